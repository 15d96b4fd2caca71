"""Associations between records: who is joined to whom, under which type ids, seen from both ends.

Type ids: https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide
"""

from __future__ import annotations

from collections.abc import Iterator

from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal

# (from, to) → plain id, primary id. The two company ↔ note/task ids from the company's end are unverified.
TYPES: dict[tuple[str, str], tuple[int, int | None]] = {
    ("contacts", "companies"): (279, 1),
    ("companies", "contacts"): (280, 2),
    ("deals", "contacts"): (3, None),
    ("contacts", "deals"): (4, None),
    ("deals", "companies"): (341, 5),
    ("companies", "deals"): (342, 6),
    ("notes", "contacts"): (202, None),
    ("contacts", "notes"): (201, None),
    ("notes", "companies"): (190, None),
    ("companies", "notes"): (189, None),
    ("notes", "deals"): (214, None),
    ("deals", "notes"): (213, None),
    ("tasks", "contacts"): (204, None),
    ("contacts", "tasks"): (203, None),
    ("tasks", "companies"): (192, None),
    ("companies", "tasks"): (191, None),
    ("tasks", "deals"): (216, None),
    ("deals", "tasks"): (215, None),
}


def type_ids(ends: tuple[str, str]) -> tuple[int, int | None]:
    """Plain and primary type id from one kind to another; raises Refused when there are none."""
    try:
        return TYPES[ends]
    except KeyError:
        raise Refused(400, f"No association between {ends[0]} and {ends[1]} is known") from None


def joined(portal: Portal, ends: tuple[str, str], id_: int) -> Iterator[tuple[int, list[int]]]:
    """The living records that one record is joined to, with the type ids, by id."""
    there = portal.shelves[ends[1]].rows
    for other, types in sorted(portal.links.get(ends, {}).get(id_, {}).items()):
        if other in there:
            yield other, sorted(types)


def join(
    portal: Portal, ends: tuple[str, str], id_: int, other: int, types: set[int] | None = None
) -> set[int]:
    """Join two records; without *types* by the default one. Returns the type ids that stand now.

    The first company of a record becomes its primary one, and a primary association
    always comes with the plain one.
    """
    plain, primary = type_ids(ends)
    wanted = {plain, *(types or ())}
    if types is None and "companies" in ends and portal.switches.first_company_is_primary:
        wanted |= _first_company(portal, ends, id_, other)
    if unknown := wanted - {plain, primary}:
        raise Refused(
            400, f"Association types {sorted(unknown)} do not exist between {ends[0]} and {ends[1]}"
        )
    if primary in wanted:
        _take_primary(portal, ends, id_, other)
    return _both_ends(portal, ends, id_, other, wanted)


def part(portal: Portal, ends: tuple[str, str], id_: int, other: int) -> None:
    """Take every association between two records away."""
    portal.links.get(ends, {}).get(id_, {}).pop(other, None)
    portal.links.get((ends[1], ends[0]), {}).get(other, {}).pop(id_, None)


def label(ends: tuple[str, str], type_id: int) -> str | None:
    """The label of a type id: only primary ones have one."""
    return "Primary" if type_id == TYPES[ends][1] else None


def _first_company(portal: Portal, ends: tuple[str, str], id_: int, other: int) -> set[int]:
    from_company = ends[0] == "companies"
    seen_from = ((ends[1], ends[0]), other) if from_company else (ends, id_)
    _, primary = TYPES[seen_from[0]]
    has_one = any(primary in types for _, types in joined(portal, *seen_from))
    own_primary = TYPES[ends][1]
    return set() if has_one or own_primary is None else {own_primary}


def _take_primary(portal: Portal, ends: tuple[str, str], id_: int, other: int) -> None:
    """Only one company is the primary one: the former stays joined, plainly."""
    back = (ends[1], ends[0])
    ends, id_ = (back, other) if ends[0] == "companies" else (ends, id_)
    for former in portal.links.get(ends, {}).get(id_, {}):
        portal.links[ends][id_][former].discard(TYPES[ends][1] or 0)
        portal.links[ends[1], ends[0]][former][id_].discard(TYPES[ends[1], ends[0]][1] or 0)


def _both_ends(portal: Portal, ends: tuple[str, str], id_: int, other: int, wanted: set[int]) -> set[int]:
    back = (ends[1], ends[0])
    mirror = dict(zip(TYPES[ends], TYPES[back], strict=True))
    here = portal.links.setdefault(ends, {}).setdefault(id_, {}).setdefault(other, set())
    there = portal.links.setdefault(back, {}).setdefault(other, {}).setdefault(id_, set())
    here |= wanted
    there |= {found for one in wanted if (found := mirror[one]) is not None}
    return here
