"""Property definitions and their groups.

https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

from twins.hubspot.call import Answer, Call
from twins.hubspot.errors import Refused
from twins.hubspot.schema import pretty


def list_all(call: Call) -> Answer:
    """All properties of one kind, without paging; none is archived."""
    schema = {} if call.is_true("archived") else call.shelf.schema
    return Answer(200, {"results": [one.describe() for one in schema.values()]})


def read_one(call: Call) -> Answer:
    """One property by name."""
    found = call.shelf.schema.get(call.params["name"])
    if found is None:
        raise Refused(404, f"Property {call.params['name']} does not exist", "OBJECT_NOT_FOUND")
    return Answer(200, found.describe())


def groups(call: Call) -> Answer:
    """The groups that the properties of one kind stand in."""
    names = dict.fromkeys(one.group for one in call.shelf.schema.values())
    rows = [
        {"name": name, "label": pretty(name), "displayOrder": place, "archived": False}
        for place, name in enumerate(names)
    ]
    return Answer(200, {"results": rows})
