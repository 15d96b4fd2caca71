"""Joining and parting records with all that follows: the commit log, webhooks, a lead that dies with its last primary.

A lead without a primary contact or company is deleted:
https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide
"""

from __future__ import annotations

from typing import NamedTuple

from twins.hubspot.associations.links import join, joined, part, types_between
from twins.hubspot.portal import Portal
from twins.hubspot.records.archiving import archive
from twins.hubspot.schema.association_types import TYPES, Ends, holder_first
from twins.hubspot.shelves.rows import Writer
from twins.hubspot.times import to_datetime

LOGGED_AS = "associations"
Pair = tuple[int, int]


class Hand(NamedTuple):
    """Who joins or parts records, when, and in which request."""

    writer: Writer
    at: int
    request_id: str = ""


def associate(portal: Portal, ends: Ends, pair: Pair, types: set[int] | None, hand: Hand) -> set[int]:
    """Join two records, by the default type without *types*; the types that stand now."""
    before = set(types_between(portal, ends, *pair))
    formers = _primaries(portal, ends, pair)
    standing = join(portal, ends, *pair, types)
    for former, types_before in formers:
        log_change(portal, ends, former, types_before, hand)
    log_change(portal, ends, pair, before, hand)
    _tell(portal, ends, pair, standing - before, hand, is_removed=False)
    return standing


def dissociate(portal: Portal, ends: Ends, pair: Pair, types: set[int] | None, hand: Hand) -> set[int]:
    """Part two records, or take only *types* away; the types that went."""
    before = set(types_between(portal, ends, *pair))
    gone = part(portal, ends, *pair, types)
    log_change(portal, ends, pair, before, hand)
    _tell(portal, ends, pair, gone, hand, is_removed=True)
    if gone:
        _bury_lead(portal, ends, pair, hand)
    return gone


def relabel(portal: Portal, ends: Ends, pair: Pair, types: set[int], hand: Hand) -> set[int]:
    """Join two records by *types*: every other label they had goes."""
    wanted = {TYPES[ends][0], *types}
    standing = associate(portal, ends, pair, wanted, hand)
    if too_many := standing - wanted:
        dissociate(portal, ends, pair, too_many, hand)
    return set(types_between(portal, ends, *pair))


def log_change(portal: Portal, ends: Ends, pair: Pair, before: set[int], hand: Hand) -> None:
    """One commit for the pair when its types are others than *before*.

    The pair has one name from whichever end it is joined: the kind that comes first in the alphabet stands first.
    """
    after = types_between(portal, ends, *pair)
    if after == before:
        return
    first, second = sorted(zip(ends, pair, strict=True))
    if (first[0], second[0]) != ends:
        known = portal.association_types.of(ends)
        before, after = (
            {inverse for one in types if (inverse := known[one].inverse) is not None}
            for types in (before, after)
        )
    portal.log.add(
        to_datetime(hand.at),
        "hubspot",
        LOGGED_AS,
        f"{first[0]}/{first[1]}:{second[0]}/{second[1]}",
        [("types", _listed(before), _listed(after))],
        actor=hand.writer.actor,
        user=hand.writer.user,
        request_id=hand.request_id,
    )


def _listed(types: set[int]) -> str | None:
    return ";".join(str(abs(one)) for one in sorted(types)) or None


def _primaries(portal: Portal, ends: Ends, pair: Pair) -> list[tuple[Pair, set[int]]]:
    """The other pairs, seen from *ends*, that may lose their primary type to this one."""
    primary = TYPES[ends][1] if ends in TYPES else None
    if primary is None:
        return []
    if holder_first(ends):
        known = portal.links.get(ends, {}).get(pair[0], {})
        return [
            ((pair[0], other), set(types))
            for other, types in known.items()
            if primary in types and other != pair[1]
        ]
    mirrored = TYPES[ends[1], ends[0]][1]
    known = portal.links.get((ends[1], ends[0]), {}).get(pair[1], {})
    others = [other for other, types in known.items() if mirrored in types and other != pair[0]]
    return [((other, pair[1]), set(types_between(portal, ends, other, pair[1]))) for other in others]


def _tell(portal: Portal, ends: Ends, pair: Pair, types: set[int], hand: Hand, *, is_removed: bool) -> None:
    if not portal.webhooks.subscribed:
        return
    for one in sorted(types):
        portal.publish(
            "associationChange",
            ends[0],
            pair[0],
            hand.at,
            hand.writer,
            to_kind=ends[1],
            to=pair[1],
            type=abs(one),
            removed=is_removed,
            primary=one == TYPES[ends][1],
        )


def _bury_lead(portal: Portal, ends: Ends, pair: Pair, hand: Hand) -> None:
    if "leads" not in ends:
        return
    shelf = portal.shelves["leads"]
    row = shelf.rows.get(pair[ends.index("leads")])
    if row is not None and not _has_primary(portal, row.id):
        archive(portal, shelf, row, hand.writer, hand.at, hand.request_id)


def _has_primary(portal: Portal, lead: int) -> bool:
    return any(
        TYPES["leads", kind][1] in types
        for kind in ("contacts", "companies")
        for _, types in joined(portal, ("leads", kind), lead)
    )
