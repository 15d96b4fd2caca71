"""Property groups on the wire.

https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide; what live runs on 2026-09 saw:
https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md
"""

from __future__ import annotations

import json
from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.schema.properties import PropertyGroup
from twins.hubspot.settings.definitions import groups_of
from twins.hubspot.wire.bodies import needs, text, whole
from twins.hubspot.wire.call import Answer, Call


class Nested(Refused):
    """A refusal whose whole body stands as JSON text in the message of another one."""

    def body(self, correlation_id: str) -> dict[str, Any]:
        """The outer body: no category of its own."""
        inner = super().body(correlation_id)
        return {"status": "error", "message": json.dumps(inner), "correlationId": correlation_id}


def list_all(call: Call) -> Answer:
    """The groups that the properties of one kind may stand in; archived ones are never shown."""
    return Answer(200, {"results": [one.describe() for one in groups_of(call.portal, call.shelf).values()]})


def read_one(call: Call) -> Answer:
    """One group by name."""
    return Answer(200, _named(call).describe())


def create(call: Call) -> Answer:
    """POST one group: 201; the words for a name that is there are unverified."""
    body = call.json()
    needs(body, "name", "label")
    name, held = text(body, "name"), groups_of(call.portal, call.shelf)
    if name in held:
        raise Refused(409, f"A property group named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
    held[name] = PropertyGroup(name=name, label=text(body, "label"), order=whole(body, "displayOrder", -1))
    place = f"{call.request.path.rstrip('/')}/{name}"
    return Answer(201, held[name].describe(), {"Location": place})


def update(call: Call) -> Answer:
    """PATCH label or place of a group; its name never changes."""
    body, group = call.json(), _named(call)
    group.label = text(body, "label", group.label)
    group.order = whole(body, "displayOrder", group.order)
    return Answer(200, group.describe())


def archive(call: Call) -> Answer:
    """DELETE one group: 204; one that holds a property is refused, and the refusal is nested."""
    group = _named(call)
    if any(one.group == group.name for one in call.shelf.schema.values()):
        raise Nested(
            400,
            "Can't delete or purge a group with active properties",
            subCategory="PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES",
        )
    del groups_of(call.portal, call.shelf)[group.name]
    return Answer(204, None)


def _named(call: Call) -> PropertyGroup:
    name = call.params["name"]
    found = groups_of(call.portal, call.shelf).get(name)
    if found is None:
        raise Refused(404, f"Property group {name} does not exist", "OBJECT_NOT_FOUND")
    return found
