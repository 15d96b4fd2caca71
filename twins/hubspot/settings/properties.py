"""Property definitions on the wire: read, create, change, archive, one by one and in batches.

https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide; what live runs on 2026-09 saw:
https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twins.hubspot.errors import Refused, Unreadable
from twins.hubspot.schema.properties import Property
from twins.hubspot.schema.values import read
from twins.hubspot.settings.definitions import (
    check_group,
    check_types,
    property_from,
    repeated,
    type_from,
    with_options,
)
from twins.hubspot.settings.property_uses import check_unused
from twins.hubspot.times import to_text
from twins.hubspot.wire.batching import batch
from twins.hubspot.wire.bodies import rows, text
from twins.hubspot.wire.call import Answer, Call, batch_inputs


def list_all(call: Call) -> Answer:
    """All properties of one kind, without paging, or all archived ones."""
    if call.is_true("archived"):
        gone = call.portal.stock.archived.get(call.shelf.kind.name, {})
        return Answer(200, {"results": [_archived(*one) for one in gone.values()]})
    return Answer(200, {"results": [one.describe() for one in call.shelf.schema.values()]})


def read_one(call: Call) -> Answer:
    """One property by name; an archived one only when it is asked for."""
    shown = _shown(call, call.params["name"], is_archived=call.is_true("archived"))
    if shown is None:
        raise _unknown(call.params["name"])
    return Answer(200, shown)


def create(call: Call) -> Answer:
    """POST one property: 201. The name of an archived one brings that one back with the new definition."""
    made = _create(call, call.json())
    place = f"{call.request.path.rstrip('/')}/{made.name}"
    return Answer(201, made.describe(), {"Location": place})


def update(call: Call) -> Answer:
    """PATCH one property: ``options`` replaces the whole list; what cannot change is ignored."""
    name, body = call.params["name"], call.json()
    prop = call.shelf.schema.get(name)
    if prop is None:
        raise _unknown(name)
    changed = _changed(call, prop, body)
    if prop.hubspot_defined:
        _check_own(prop, changed)
    call.shelf.schema[name] = changed
    if "options" in body and not call.portal.switches.removed_option_stays:
        _clear_removed(call, prop, changed)
    return Answer(200, changed.describe())


def archive(call: Call) -> Answer:
    """DELETE one property: 204; values stay with the records for as long as it may come back."""
    name = call.params["name"]
    if name not in call.shelf.schema:
        raise _unknown(name)
    _archive(call, name)
    return Answer(204, None)


def batch_read(call: Call) -> Answer:
    """Several properties by name; what nobody knows is told in a 207."""
    body = call.json()
    names = [text(one, "name") for one in batch_inputs(body)]
    found = {name: _shown(call, name, is_archived=bool(body.get("archived"))) for name in names}
    missing = [name for name, shown in found.items() if shown is None]
    errors = [_unknown(name).row(name=[name]) for name in missing]
    return batch(call, [shown for shown in found.values() if shown is not None], errors)


def batch_create(call: Call) -> Answer:
    """Several properties: 201, or 207 when some could not be made."""
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for one in batch_inputs(call.json()):
        try:
            results.append(_create(call, one).describe())
        except Refused as why:
            errors.append(why.row(name=[str(one.get("name"))]))
    return batch(call, results, errors, good=201)


def batch_archive(call: Call) -> Answer:
    """Several properties go, or none when one of them cannot: 204; an unknown name is no error."""
    names = [text(one, "name") for one in batch_inputs(call.json())]
    known = [name for name in dict.fromkeys(names) if name in call.shelf.schema]
    for name in known:
        _check_archivable(call, call.shelf.schema[name])
    for name in known:
        _archive(call, name)
    return Answer(204, None)


def _create(call: Call, body: dict[str, Any]) -> Property:
    made = property_from(call.portal, call.shelf, body, call.at)
    gone = call.portal.stock.archived.get(call.shelf.kind.name, {}).pop(made.name, None)
    call.shelf.learn_property(made)
    if gone is not None and made.unique:
        for row in call.shelf.rows.values():
            call.shelf.learn(row, made.name)
    return made


def _changed(call: Call, prop: Property, body: dict[str, Any]) -> Property:
    group = text(body, "groupName", prop.group)
    check_group(call.portal, call.shelf, group)
    changed = replace(
        prop,
        label=text(body, "label", prop.label),
        group=group,
        field_type=text(body, "fieldType", prop.field_type),
    )
    if body.get("type") is not None:
        changed = replace(changed, type=type_from(text(body, "type")))
        _check_values(call, changed)
    if body.get("options") is not None:
        changed = with_options(changed, rows(body, "options"))
        if prop.type == "enumeration" and prop.reference is None and not changed.options:
            raise Refused(400, "Enumeration properties need options")
    if not prop.hubspot_defined:
        check_types(changed)
    told = {**changed.told, **repeated(body), "updatedAt": to_text(call.at)}
    return replace(changed, told=told)


def _check_values(call: Call, after: Property) -> None:
    """A property gets another type only when every value can be read as one (unverified)."""
    for row in call.shelf.rows.values():
        held = row.values.get(after.name)
        try:
            if held is not None:
                read(after, held)
        except Unreadable:
            raise Refused(400, f"{after.name} of {row.id} cannot become a {after.type}: {held}") from None


def _check_own(before: Property, after: Property) -> None:
    """Of HubSpot's own properties only the options may change, and where its machinery needs them not even these."""
    frozen = replace(after, options=before.options, told=before.told)
    if frozen != before:
        raise Refused(400, f"Property {before.name} is defined by HubSpot: its definition is read only")
    if after.options != before.options and (before.read_only or before.type == "bool"):
        raise Refused(400, f"The options of property {before.name} are read only")


def _clear_removed(call: Call, before: Property, after: Property) -> None:
    removed = set(before.options) - set(after.options)
    for row in call.shelf.rows.values():
        if row.values.get(before.name) in removed:
            del row.values[before.name]


def _archive(call: Call, name: str) -> None:
    shelf, prop = call.shelf, call.shelf.schema[name]
    _check_archivable(call, prop)
    del shelf.schema[name]
    shelf.unique.pop(name, None)
    call.portal.stock.archived.setdefault(shelf.kind.name, {})[name] = (prop, call.at)


def _check_archivable(call: Call, prop: Property) -> None:
    if prop.hubspot_defined:
        raise Refused(400, f"Property {prop.name} is defined by HubSpot and cannot be deleted")
    check_unused(call.portal, call.shelf, prop.name)


def _shown(call: Call, name: str, *, is_archived: bool) -> dict[str, Any] | None:
    if is_archived:
        gone = call.portal.stock.archived.get(call.shelf.kind.name, {}).get(name)
        return _archived(*gone) if gone else None
    prop = call.shelf.schema.get(name)
    return prop.describe() if prop else None


def _archived(prop: Property, at: int) -> dict[str, Any]:
    return {**prop.describe(), "archived": True, "archivedAt": to_text(at)}


def _unknown(name: str) -> Refused:
    return Refused(404, f"Property {name} does not exist", "OBJECT_NOT_FOUND")
