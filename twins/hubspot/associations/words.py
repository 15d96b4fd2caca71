"""How associations are written on the wire: specs in, specs with labels out, and the ends of a pair."""

from __future__ import annotations

from typing import Any

from twins.hubspot.associations.links import joined, label, type_ids
from twins.hubspot.errors import Refused, invalid_json
from twins.hubspot.portal import Portal
from twins.hubspot.records.naming import is_id
from twins.hubspot.schema.association_types import TYPES, Ends
from twins.hubspot.wire.bodies import needs, objects
from twins.hubspot.wire.call import Call

PAGE = 500


def ends_of(call: Call) -> Ends:
    """The two kinds that the path names; Refused when they cannot be joined."""
    ends = (call.shelf.kind.name, call.portal.shelf(call.params["to"]).kind.name)
    type_ids(ends)
    return ends


def types_from(given: Any) -> set[int]:
    """The types of a list of specs; those that people made come out below zero."""
    found = set()
    for one in objects(given, "types"):
        needs(one, "associationCategory", "associationTypeId")
        number = str(one["associationTypeId"])
        if not is_id(number):
            raise invalid_json(f"associationTypeId must be a number, not {number}")
        found.add(-int(number) if one["associationCategory"] == "USER_DEFINED" else int(number))
    return found


def spec(portal: Portal, ends: Ends, type_id: int) -> dict[str, Any]:
    """One type as reads show it."""
    category = "USER_DEFINED" if type_id < 0 else "HUBSPOT_DEFINED"
    return {"category": category, "typeId": abs(type_id), "label": label(portal, ends, type_id)}


def others(
    portal: Portal, ends: Ends, id_: int, after: int, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of the records that one is joined to, and where the next page begins."""
    found = [one for one in joined(portal, ends, id_) if one[0] > after]
    shown = [
        {"toObjectId": other, "associationTypes": [spec(portal, ends, one) for one in types]}
        for other, types in found[:limit]
    ]
    return shown, str(found[limit - 1][0]) if len(found) > limit else None


def pair_from(portal: Portal, ends: Ends, one: dict[str, Any]) -> tuple[int, int] | str:
    """Both ids of an input, or the one that nobody has."""
    here = id_in(one.get("from"))
    return _both(portal, ends, here, id_in(one.get("to")))


def _both(portal: Portal, ends: Ends, here: str, there: str) -> tuple[int, int] | str:
    for kind, key in zip(ends, (here, there), strict=True):
        if not is_id(key) or int(key) not in portal.shelves[kind].rows:
            return key
    return int(here), int(there)


def id_in(end: Any) -> str:
    """The id in ``{"id": …}``, as text."""
    if not isinstance(end, dict) or end.get("id") is None:
        raise Refused(
            400, "Invalid input JSON on line 1, column 1: Some required fields were not set: [from, to]"
        )
    return str(end["id"])


def default_results(ends: Ends, pair: tuple[int, int]) -> list[dict[str, Any]]:
    """Both directions of a default association."""
    back = (ends[1], ends[0])
    return [
        {
            "from": {"id": str(one)},
            "to": {"id": str(other)},
            "associationSpec": {
                "associationCategory": "HUBSPOT_DEFINED",
                "associationTypeId": TYPES[way][0],
            },
        }
        for way, one, other in ((ends, pair[0], pair[1]), (back, pair[1], pair[0]))
    ]


def labelled(portal: Portal, ends: Ends, pair: tuple[int, int], types: set[int]) -> dict[str, Any]:
    """A pair with its labels; both ids are numbers here."""
    return {
        "fromObjectTypeId": portal.shelves[ends[0]].kind.type_id,
        "fromObjectId": pair[0],
        "toObjectTypeId": portal.shelves[ends[1]].kind.type_id,
        "toObjectId": pair[1],
        "labels": [told for one in sorted(types) if (told := label(portal, ends, one))],
    }


def nobody(call: Call, ends: Ends, key: str) -> dict[str, Any]:
    """Seen in many clients' logs; the documentation is silent."""
    here, there = (call.portal.shelves[end].kind.singular for end in ends)
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {there} is associated with {here} {key}.",
        "context": {"fromObjectId": [key], "fromObjectType": [here], "toObjectType": [there]},
    }
