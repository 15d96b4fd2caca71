"""/tooling/query: what the Tooling API knows of validation rules, hand-made ones included.

https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_validationrule.htm
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected
from twins.salesforce.metadata.shelf import SHELVES
from twins.salesforce.org.ids import full_id
from twins.salesforce.org.state import BIRTH, Org
from twins.salesforce.org.store import Table
from twins.salesforce.rest.query import Cursors
from twins.salesforce.rules.seen import Seen
from twins.salesforce.schema.declared import kind_of, reference, several, text
from twins.salesforce.schema.kinds import Kind

_RULE = "ValidationRule"


class _Tooling(Seen):
    """The org as the Tooling API shows it: other kinds, filled from what is installed right now."""

    def __init__(self, whole: Org) -> None:
        super().__init__(whole, {kind.name: kind for kind in _kinds()})
        self.tables = {name: Table(kind) for name, kind in self.kinds.items()}
        for kind in whole.kinds.values():
            self._put("EntityDefinition", kind.name, QualifiedApiName=kind.name, Label=kind.label)
        for name in SHELVES[_RULE].names(whole):
            self._rule(name)

    def kind_of(self, key: str) -> Kind:
        """An object is known by its name here, a rule by its id."""
        return self.kinds[_RULE if key.startswith("03d") else "EntityDefinition"]

    def _rule(self, name: str) -> None:
        tree, stored = SHELVES[_RULE].read(self.whole, name, 0), self.whole.installed.parts.get((_RULE, name))
        if tree is None:
            return
        object_, _, rule = name.partition(".")
        id_ = stored.id if stored else full_id(f"03d5h{crc32(name.encode()):010d}")
        self._put(
            _RULE, id_, ValidationName=rule, EntityDefinitionId=object_, Active=tree.is_true("active") or None,
            Description=tree.value("description"), ErrorMessage=tree.value("errorMessage"),
            ErrorDisplayField=tree.value("errorDisplayField"),
        )  # fmt: skip

    def _put(self, kind: str, id_: str, **values: Any) -> None:
        stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), BIRTH)
        told = {name: value for name, value in values.items() if value is not None}
        self.tables[kind].put({"Id": id_, **told, **stamps})


def _kinds() -> list[Kind]:
    entity = [text("QualifiedApiName", 70), text("Label", 70)]
    rule = [
        text("ValidationName", 80), reference("EntityDefinitionId", "EntityDefinition"),
        *several("boolean", "Active"), text("Description", 255), text("ErrorMessage", 255),
        text("ErrorDisplayField", 80), text("NamespacePrefix", 15),
    ]  # fmt: skip
    return [
        kind_of("EntityDefinition", "4ie", entity, label="Entity Definition", access=""),
        kind_of(_RULE, "03d", rule, label="Validation Rule", access=""),
    ]


def resource(cursors: Cursors) -> Resource:
    """What stands under /tooling/query."""

    def query(call: Call) -> Answer:
        if not call.org.whole.rights.views_setup(call.user):
            said = "This feature is not currently enabled for this user."
            raise Rejected(403, "FUNCTIONALITY_NOT_ENABLED", said)  # [M] code and wording
        return cursors.answer(call, _Tooling(call.org.whole), deleted=False)

    return {"GET": query}
