"""Associations between records: who is joined to whom, under which types, seen from both ends.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide
"""

from __future__ import annotations

from collections.abc import Iterator

from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal
from twins.hubspot.schema.association_types import TYPES, Ends, holder_first


def type_ids(ends: Ends) -> tuple[int, int | None]:
    """Plain and primary type id from one kind to another; raises Refused when there are none."""
    try:
        return TYPES[ends]
    except KeyError:
        raise Refused(400, f"No association between {ends[0]} and {ends[1]} is known") from None


def joined(portal: Portal, ends: Ends, id_: int) -> Iterator[tuple[int, list[int]]]:
    """The living records that one record is joined to, with the type ids, by id."""
    there = portal.shelves[ends[1]].rows
    for other, types in sorted(portal.links.get(ends, {}).get(id_, {}).items()):
        if other in there:
            yield other, sorted(types)


def types_between(portal: Portal, ends: Ends, id_: int, other: int) -> set[int]:
    """The type ids under which two records are joined; empty when they are not."""
    return portal.links.get(ends, {}).get(id_, {}).get(other, set())


def join(portal: Portal, ends: Ends, id_: int, other: int, types: set[int] | None = None) -> set[int]:
    """Join two records; without *types* by the default one. Returns the type ids that stand now.

    The first company of a record becomes its primary one, and a primary association
    always comes with the plain one.
    """
    plain, primary = type_ids(ends)
    wanted = {plain, *(types or ())}
    if types is None and "companies" in ends and portal.switches.first_company_is_primary:
        wanted |= _first_company(portal, ends, id_, other)
    check_types(portal, ends, wanted)
    _check_limits(portal, ends, id_, other, wanted)
    if primary in wanted:
        _take_primary(portal, ends, id_, other)
    return _both_ends(portal, ends, id_, other, wanted)


def part(portal: Portal, ends: Ends, id_: int, other: int, types: set[int] | None = None) -> set[int]:
    """Take every association between two records away, or only *types*; the types that went."""
    back = (ends[1], ends[0])
    standing = types_between(portal, ends, id_, other)
    if types is None or TYPES[ends][0] in types or standing <= types:
        portal.links.get(ends, {}).get(id_, {}).pop(other, None)
        portal.links.get(back, {}).get(other, {}).pop(id_, None)
        return set(standing)
    gone = standing & types
    known = portal.association_types.of(ends)
    standing -= gone
    there = types_between(portal, back, other, id_)
    there -= {inverse for one in gone if (inverse := known[one].inverse) is not None}
    return gone


def label(portal: Portal, ends: Ends, type_id: int) -> str | None:
    """The label of a type; the plain one has none."""
    return portal.association_types.of(ends)[type_id].label


def check_types(portal: Portal, ends: Ends, wanted: set[int]) -> None:
    """Refuse types that do not lead from the one kind to the other.

    The words for a type of another pair were seen in traffic, those for an unknown one never.
    """
    unknown = sorted(wanted - set(portal.association_types.of(ends)))
    if not unknown:
        return
    for pair, types in portal.association_types.known.items():
        if unknown[0] in types:
            here, expected = (portal.shelves[one].kind.type_id for one in (ends[0], pair[0]))
            said = f"invalid from object type {here} for associations to be created. expected: {expected}"
            raise Refused(400, said)
    raise Refused(400, f"Association types {[abs(one) for one in unknown]} do not exist")


def _first_company(portal: Portal, ends: Ends, id_: int, other: int) -> set[int]:
    own_primary = TYPES[ends][1]
    if own_primary is None:
        return set()
    seen_from = (ends, id_) if holder_first(ends) else ((ends[1], ends[0]), other)
    _, primary = TYPES[seen_from[0]]
    has_one = any(primary in types for _, types in joined(portal, *seen_from))
    return set() if has_one else {own_primary}


def _take_primary(portal: Portal, ends: Ends, id_: int, other: int) -> None:
    """Only one record is the primary one: the former stays joined, plainly."""
    back = (ends[1], ends[0])
    ends, id_ = (ends, id_) if holder_first(ends) else (back, other)
    back = (ends[1], ends[0])
    here, there = TYPES[ends][1], TYPES[back][1]
    for former, types in portal.links.get(ends, {}).get(id_, {}).items():
        types.discard(here or 0)
        portal.links[back][former][id_].discard(there or 0)


def _check_limits(portal: Portal, ends: Ends, id_: int, other: int, wanted: set[int]) -> None:
    limits = portal.association_types.limits
    if not limits:
        return
    for one in wanted:
        most = limits.get((ends, one))
        if most is None:
            continue
        held = [to for to, types in joined(portal, ends, id_) if one in types and to != other]
        if len(held) >= most:
            raise Refused(400, f"{ends[0]} {id_} has reached its limit of {most} associated {ends[1]}")


def _both_ends(portal: Portal, ends: Ends, id_: int, other: int, wanted: set[int]) -> set[int]:
    back = (ends[1], ends[0])
    known = portal.association_types.of(ends)
    here = portal.links.setdefault(ends, {}).setdefault(id_, {}).setdefault(other, set())
    there = portal.links.setdefault(back, {}).setdefault(other, {}).setdefault(id_, set())
    here |= wanted
    there |= {inverse for one in wanted if (inverse := known[one].inverse) is not None}
    return here
