"""Joining and parting records with all that follows: webhooks, and a lead that dies with its last primary.

A lead without a primary contact or company is deleted:
https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide
"""

from __future__ import annotations

from twins.hubspot.associations.links import join, joined, part, types_between
from twins.hubspot.portal import Portal
from twins.hubspot.records.archiving import archive
from twins.hubspot.schema.association_types import TYPES, Ends
from twins.hubspot.shelves.rows import Writer

Pair = tuple[int, int]


def associate(
    portal: Portal, ends: Ends, pair: Pair, types: set[int] | None, writer: Writer, at: int
) -> set[int]:
    """Join two records, by the default type without *types*; the types that stand now."""
    before = set(types_between(portal, ends, *pair))
    standing = join(portal, ends, *pair, types)
    _tell(portal, ends, pair, standing - before, writer, at, is_removed=False)
    return standing


def dissociate(
    portal: Portal, ends: Ends, pair: Pair, types: set[int] | None, writer: Writer, at: int
) -> set[int]:
    """Part two records, or take only *types* away; the types that went."""
    gone = part(portal, ends, *pair, types)
    _tell(portal, ends, pair, gone, writer, at, is_removed=True)
    if gone:
        _bury_lead(portal, ends, pair, writer, at)
    return gone


def relabel(portal: Portal, ends: Ends, pair: Pair, types: set[int], writer: Writer, at: int) -> set[int]:
    """Join two records by *types*: every other label they had goes."""
    wanted = {TYPES[ends][0], *types}
    standing = associate(portal, ends, pair, wanted, writer, at)
    if too_many := standing - wanted:
        dissociate(portal, ends, pair, too_many, writer, at)
    return set(types_between(portal, ends, *pair))


def _tell(
    portal: Portal, ends: Ends, pair: Pair, types: set[int], writer: Writer, at: int, *, is_removed: bool
) -> None:
    if not portal.webhooks.subscribed:
        return
    for one in sorted(types):
        portal.publish(
            "associationChange",
            ends[0],
            pair[0],
            at,
            writer,
            to_kind=ends[1],
            to=pair[1],
            type=abs(one),
            removed=is_removed,
            primary=one == TYPES[ends][1],
        )


def _bury_lead(portal: Portal, ends: Ends, pair: Pair, writer: Writer, at: int) -> None:
    if "leads" not in ends:
        return
    shelf = portal.shelves["leads"]
    row = shelf.rows.get(pair[ends.index("leads")])
    if row is not None and not _has_primary(portal, row.id):
        archive(portal, shelf, row, writer, at)


def _has_primary(portal: Portal, lead: int) -> bool:
    return any(
        TYPES["leads", kind][1] in types
        for kind in ("contacts", "companies")
        for _, types in joined(portal, ("leads", kind), lead)
    )
