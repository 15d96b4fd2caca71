"""Two records become one.

Since the change told at
https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies
the result is a new record, and the values of the primary one win; before, the primary one stayed and the
newest values won. Old ids lead to the survivor. Exceptions: https://knowledge.hubspot.com/records/merge-records
"""

from __future__ import annotations

from collections.abc import Iterator

from twins.hubspot.associations.joining import Hand, log_change
from twins.hubspot.errors import Refused, not_found, too_many_identities
from twins.hubspot.objects.single import pen_of
from twins.hubspot.records.drafting import Pen
from twins.hubspot.records.lifecycle import STAGE, furthest
from twins.hubspot.records.naming import found
from twins.hubspot.records.reading import View
from twins.hubspot.schema.association_types import TYPES
from twins.hubspot.shelves.history import Past, past
from twins.hubspot.shelves.rows import Changes, Row, Shelf, Writer, claims
from twins.hubspot.times import to_datetime
from twins.hubspot.wire.bodies import needs, text
from twins.hubspot.wire.call import Answer, Call

MOST_IDENTITIES = 250
KINDS = frozenset({"contacts", "companies", "deals", "tickets"})
_IDS, _VIDS = "hs_merged_object_ids", "hs_calculated_merged_vids"
_EITHER = ("hs_marketable_status", "hs_email_optout")
_COUNTED = ("num_conversion_events", "num_unique_conversion_events")


def merge_route(call: Call) -> Answer:
    """POST the ids of two records: the answer is the one they became."""
    shelf, body = call.shelf, call.json()
    needs(body, "objectIdToMerge", "primaryObjectId")
    primary, other = (found(shelf, text(body, name), None) for name in ("primaryObjectId", "objectIdToMerge"))
    if primary is None or other is None:
        raise not_found()
    return Answer(200, View(call.portal, shelf).record(merge(pen_of(call), primary, other)))


def merge(pen: Pen, primary: Row, other: Row) -> Row:
    """*other* goes into *primary*; the record that survives. Raises Refused."""
    portal, shelf = pen.portal, pen.shelf
    _check(shelf, primary, other)
    values = _values(pen, primary, other)
    moved = sum(1 for name, value in values.items() if primary.values.get(name) != value)
    makes_new = portal.switches.merge_makes_new_record
    survivor = Row(shelf.next_id(), 0, pen.at, primary.born) if makes_new else primary
    former = {} if makes_new else dict(primary.values)
    _carry_over(pen, survivor, (primary, other), values)
    _log(pen, survivor, former, [row for row in (primary, other) if row is not survivor])
    portal.publish(
        "merge",
        shelf.kind.name,
        survivor.id,
        pen.at,
        pen.writer,
        primary=primary.id,
        merged=[other.id],
        new=survivor.id,
        moved=moved,
    )
    return survivor


def _check(shelf: Shelf, primary: Row, other: Row) -> None:
    if shelf.kind.name not in KINDS:
        raise Refused(400, f"{shelf.kind.name} cannot be merged")
    if primary is other:
        raise Refused(400, "A record cannot be merged with itself")
    identities = [*_addresses(primary), *_addresses(other), *_merged_ids(primary), *_merged_ids(other)]
    if shelf.kind.name == "contacts" and len(identities) > MOST_IDENTITIES:
        raise too_many_identities()


def _carry_over(pen: Pen, survivor: Row, both: tuple[Row, Row], values: Changes) -> None:
    """Histories, values and joins of both go to the survivor; the other ids lead to it."""
    shelf, kind = pen.shelf, pen.shelf.kind.name
    undo = _history_of_both(pen, both, values)
    created = min(row.created for row in both)
    for row in both:
        shelf.remove(row)
    survivor.created, survivor.undo = created, undo
    survivor.values = {name: value for name, value in values.items() if value is not None}
    survivor.modified = pen.at
    shelf.put_back(survivor)
    for row in both:
        if row is not survivor:
            shelf.merged[row.id] = survivor.id
            _move_joins(pen, kind, row.id, survivor.id)


def _values(pen: Pen, primary: Row, other: Row) -> Changes:
    values: Changes = dict(primary.values)
    for name, value in other.values.items():
        is_newer = not pen.portal.switches.merge_makes_new_record and _is_newer(name, other, primary)
        if name not in values or is_newer:
            values[name] = value
    ids = dict.fromkeys([*_merged_ids(primary), *_merged_ids(other), str(primary.id), str(other.id)])
    if not pen.portal.switches.merge_makes_new_record:
        ids.pop(str(primary.id))
    values[_IDS] = ";".join(ids)
    if pen.shelf.kind.name == "contacts":
        values |= _person(pen, primary, other, list(ids))
    if STAGE in pen.shelf.schema:
        values[STAGE] = furthest(pen.shelf, (primary.values.get(STAGE), other.values.get(STAGE)))
    return values


def _person(pen: Pen, primary: Row, other: Row, ids: list[str]) -> Changes:
    """What is special about people: the primary address stays, all others become additional ones."""
    address = primary.values.get("email") or other.values.get("email")
    others = [one for one in dict.fromkeys((*_addresses(primary), *_addresses(other))) if one != address]
    known = dict(one.split(":") for row in (primary, other) for one in _listed(row, _VIDS))
    vids = {id_: known.get(id_, str(pen.at)) for id_ in ids}
    person: Changes = {
        "email": address,
        "hs_additional_emails": ";".join(others) or None,
        _VIDS: ";".join(f"{id_}:{at}" for id_, at in vids.items()),
    }
    for name in _EITHER:
        said = {row.values.get(name) for row in (primary, other)}
        person[name] = "true" if "true" in said else next((one for one in said if one), None)
    for name in _COUNTED:
        counts = [row.values[name] for row in (primary, other) if name in row.values]
        person[name] = str(sum(int(float(count)) for count in counts)) if counts else None
    return person


def _is_newer(name: str, row: Row, than: Row) -> bool:
    mine, theirs = next(past(row, name), None), next(past(than, name), None)
    return mine is not None and (theirs is None or mine.at > theirs.at)


def _history_of_both(pen: Pen, both: tuple[Row, Row], values: Changes) -> list[tuple[int, Writer, Changes]]:
    """One undo log in which every value of either record stands with its own time and author."""
    signs = Writer(pen.writer.actor, f"MERGE_{pen.shelf.kind.name.upper()}", pen.writer.source_id)
    undo: list[tuple[int, Writer, Changes]] = []
    for name in dict.fromkeys((*values, *both[1].values, *_once_held(both))):
        steps = sorted((one for row in both for one in past(row, name)), key=lambda one: one.at)
        if (steps[-1].value if steps else None) != values.get(name):
            steps.append(Past(values.get(name), pen.at, signs))
        before: str | None = None
        for step in steps:
            undo.append((step.at, step.writer, {name: before}))
            before = step.value
    return sorted(undo, key=lambda one: one[0])


def _once_held(both: tuple[Row, Row]) -> Iterator[str]:
    for row in both:
        for _, _, before in row.undo or ():
            yield from before


def _move_joins(pen: Pen, kind: str, old: int, new: int) -> None:
    """Whoever was joined to *old* is joined to *new*; a primary company that *new* has already stays its only one."""
    portal, hand = pen.portal, Hand(pen.writer, pen.at, pen.request_id)
    for ends, by_id in list(portal.links.items()):
        if ends[0] != kind or old not in by_id:
            continue
        back, own = portal.links.setdefault((ends[1], ends[0]), {}), by_id.setdefault(new, {})
        primary, mirrored = TYPES[ends][1], TYPES[ends[1], ends[0]][1]
        is_taken = ends[1] == "companies" and any(primary in types for types in own.values())
        for other, types in by_id.pop(old).items():
            there = back.get(other, {}).pop(old, set())
            log_change(portal, ends, (old, other), types, hand)
            if other == new:
                continue
            before = set(own.get(other, ()))
            own.setdefault(other, set()).update(types - ({primary} if is_taken else set()))
            inverse = there - ({mirrored} if is_taken else set())
            back.setdefault(other, {}).setdefault(new, set()).update(inverse)
            log_change(portal, ends, (new, other), before, hand)


def _log(pen: Pen, survivor: Row, former: dict[str, str], gone: list[Row]) -> None:
    names = dict.fromkeys((*former, *survivor.values))
    own = [(name, former.get(name), survivor.values.get(name)) for name in names]
    told = [(survivor.id, [one for one in own if one[1] != one[2]])]
    told += [(row.id, [("merged_into", None, str(survivor.id))]) for row in gone]
    for id_, changes in told:
        pen.portal.log.add(
            to_datetime(pen.at),
            "hubspot",
            pen.shelf.kind.name,
            str(id_),
            changes,
            actor=pen.writer.actor,
            user=pen.writer.user,
            request_id=pen.request_id,
        )


def _addresses(row: Row) -> list[str]:
    return claims("email", row.values)


def _merged_ids(row: Row) -> list[str]:
    return _listed(row, _IDS)


def _listed(row: Row, name: str) -> list[str]:
    return [one for one in (row.values.get(name) or "").split(";") if one]
