"""The definitions of associations: which types there are, labels that people make, and caps on a type.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-schema/guide; what live
runs saw: https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.associations.joining import Hand, dissociate
from twins.hubspot.associations.links import joined
from twins.hubspot.associations.words import ends_of, spec
from twins.hubspot.errors import Refused, not_found
from twins.hubspot.records.naming import is_id
from twins.hubspot.schema.association_types import MOST_LABELS, TYPES, AssociationType, Ends
from twins.hubspot.wire.batching import batch
from twins.hubspot.wire.bodies import needs, text, whole
from twins.hubspot.wire.call import Answer, Call, batch_inputs

NO_LIMIT = 500_000


def list_all(call: Call) -> Answer:
    """The types between two kinds, the labelled ones first."""
    ends = ends_of(call)
    known = sorted(call.portal.association_types.of(ends), key=lambda one: one == TYPES[ends][0])
    return Answer(200, {"results": [spec(call.portal, ends, one) for one in known]})


def create(call: Call) -> Answer:
    """POST a label: two types, one a direction; without ``inverseLabel`` both sides have the same text."""
    body, ends, types = call.json(), ends_of(call), call.portal.association_types
    needs(body, "label", "name")
    name, said = text(body, "name"), text(body, "label")
    if name in types.names:
        raise Refused(400, f"An association type with the name '{name}' already exists")
    if any(one.label == said for one in types.made_by_people(ends)):
        raise Refused(400, f"An association label '{said}' already exists between these objects")
    if len(types.made_by_people(ends)) >= MOST_LABELS:
        raise Refused(437, f"No more than {MOST_LABELS} association types are allowed between {ends}")
    to, back = types.add_label(ends, name, said, text(body, "inverseLabel", said))
    made = [spec(call.portal, ends, to), spec(call.portal, (ends[1], ends[0]), back)]
    return Answer(200, {"results": made})


def update(call: Call) -> Answer:
    """PUT other words on a label: 204; without ``inverseLabel`` both sides get the same text."""
    body, ends = call.json(), ends_of(call)
    needs(body, "associationTypeId", "label")
    one = _own(call, ends, text(body, "associationTypeId"))
    said = text(body, "label")
    call.portal.association_types.relabel(ends, one.id, said, text(body, "inverseLabel", said))
    return Answer(204, None)


def delete(call: Call) -> Answer:
    """DELETE a label in both directions: 204; records that had it stay joined without it."""
    ends, hand = ends_of(call), Hand(call.writer, call.at, call.correlation_id)
    one = _own(call, ends, call.params["type"])
    for id_ in list(call.portal.links.get(ends, {})):
        for other, types in list(joined(call.portal, ends, id_)):
            if one.id in types:
                dissociate(call.portal, ends, (id_, other), {one.id}, hand)
    call.portal.association_types.drop_label(ends, one.id)
    return Answer(204, None)


def limits(call: Call) -> Answer:
    """The caps that the account set on the types between two kinds."""
    ends = ends_of(call)
    held = call.portal.association_types.limits
    return Answer(
        200,
        {"results": [_limit(call, ends, one, most) for (pair, one), most in held.items() if pair == ends]},
    )


def set_limits(call: Call) -> Answer:
    """Cap how many records one may be joined to under a type; 500,000 means no cap."""
    ends = ends_of(call)
    results = []
    for one in batch_inputs(call.json()):
        needs(one, "category", "typeId", "maxToObjectIds")
        type_id, most = whole(one, "typeId", 0), whole(one, "maxToObjectIds", NO_LIMIT)
        code = -type_id if one["category"] == "USER_DEFINED" else type_id
        if code not in call.portal.association_types.of(ends):
            raise not_found()
        if not 1 <= most <= NO_LIMIT:
            raise Refused(400, f"maxToObjectIds must be between 1 and {NO_LIMIT}")
        call.portal.association_types.limits[ends, code] = most
        results.append(_limit(call, ends, code, most))
    return batch(call, results, [])


def purge_limits(call: Call) -> Answer:
    """Take caps away: 204, also where there was none."""
    ends = ends_of(call)
    for one in batch_inputs(call.json()):
        needs(one, "category", "typeId")
        type_id = whole(one, "typeId", 0)
        code = -type_id if one["category"] == "USER_DEFINED" else type_id
        call.portal.association_types.limits.pop((ends, code), None)
    return Answer(204, None)


def _own(call: Call, ends: Ends, number: str) -> AssociationType:
    """A label that people made; HubSpot's own cannot be changed."""
    one = call.portal.association_types.of(ends).get(-int(number)) if is_id(number) else None
    if one is not None:
        return one
    if is_id(number) and int(number) in call.portal.association_types.of(ends):
        raise Refused(400, f"Association type {number} is defined by HubSpot and cannot be changed")
    raise not_found()


def _limit(call: Call, ends: Ends, code: int, most: int) -> dict[str, Any]:
    shown = spec(call.portal, ends, code)
    kinds = [call.portal.shelves[end].kind.type_id for end in ends]
    return {
        **shown,
        "fromObjectTypeId": kinds[0],
        "toObjectTypeId": kinds[1],
        "userEnforcedMaxToObjectIds": most,
    }
