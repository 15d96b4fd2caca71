"""/composite/tree/{Kind}: up to 200 new records in nested trees; all stand or fall.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobject_tree.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected, RowRefused, unparsable
from twins.salesforce.org.state import Org
from twins.salesforce.records.saving import Save
from twins.salesforce.schema.kinds import Kind

ROWS = 200
KINDS = 5
LEVELS = 5


@dataclass(frozen=True, slots=True)
class _Node:
    kind: Kind
    reference: str
    values: dict[str, Any]
    parent: _Node | None
    level: int


def tree(call: Call) -> Answer:
    """POST: the ids of all by their reference; or only the culprit, and nothing is kept."""
    kind = call.org.kind(call.parts[2])
    nodes = list(_nodes(call.org, call.values().get("records"), kind, None))
    _within_limits(nodes)
    try:
        with call.save() as save:
            ids = _created(save, nodes)
    except _Refused as no:
        return Answer(400, {"hasErrors": True, "results": [no.result]})
    results = [{"referenceId": name, "id": key} for name, key in ids.items()]
    return Answer(201, {"hasErrors": False, "results": results})


class _Refused(Exception):
    def __init__(self, reference: str, why: RowRefused) -> None:
        super().__init__(reference)
        self.result = {"referenceId": reference, "errors": why.in_batch["errors"]}


def _created(save: Save, nodes: list[_Node]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for node in nodes:
        values = dict(node.values)
        try:
            if node.parent is not None:
                values[_reference(node.kind, node.parent.kind)] = ids[node.parent.reference]
            ids[node.reference] = save.create(node.kind.name, values)
        except RowRefused as why:
            raise _Refused(node.reference, why) from None
    return ids


def _nodes(org: Org, records: Any, kind: Kind, parent: _Node | None) -> Iterator[_Node]:
    """All records, parents before their children."""
    if not isinstance(records, list) or not records:
        raise unparsable("Cannot deserialize instance of SObjectTree: a list of records is required")
    for record in records:
        attributes = record.get("attributes") if isinstance(record, dict) else None
        if not isinstance(attributes, dict):
            raise unparsable("Include attributes with a type and a referenceId in each record")
        own = org.lower.get(str(attributes.get("type")).lower())
        if own is None or (parent is None and own is not kind):
            raise Rejected(400, "INVALID_TYPE", f"sObject type '{attributes.get('type')}' is not supported.")
        below = {name: one for name, one in record.items() if name != "attributes" and _is_children(one)}
        values = {name: one for name, one in record.items() if name != "attributes" and name not in below}
        level = parent.level + 1 if parent else 1
        node = _Node(own, str(attributes.get("referenceId") or ""), values, parent, level)
        yield node
        for children in below.values():
            yield from _nodes(org, children["records"], kind, node)


def _is_children(value: Any) -> bool:
    return isinstance(value, Mapping) and "records" in value


def _within_limits(nodes: list[_Node]) -> None:
    """200 records, five kinds, five levels, and a name for each record."""
    names = [node.reference for node in nodes]
    if len(nodes) > ROWS:
        raise Rejected(400, "LIMIT_EXCEEDED", f"The number of records exceeds the limit of {ROWS}")
    if len({node.kind.name for node in nodes}) > KINDS or max(node.level for node in nodes) > LEVELS:
        raise Rejected(400, "LIMIT_EXCEEDED", f"A tree has at most {KINDS} kinds and {LEVELS} levels")
    if "" in names:
        raise Rejected(400, "INVALID_INPUT", "Include a reference ID for each record in the request.")
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise Rejected(400, "INVALID_INPUT", f"Duplicate ReferenceId provided in the request: {repeated}")


def _reference(child: Kind, parent: Kind) -> str:
    """The field by which a child names its parent."""
    fields = [one.name for one in child.fields.values() if parent.name in one.refers_to and "c" in one.write]
    if not fields:
        raise RowRefused("INVALID_FIELD", f"{child.name} is no child of {parent.name}")
    return f"{parent.name}Id" if f"{parent.name}Id" in fields else fields[0]


TREE: Resource = {"POST": tree}
