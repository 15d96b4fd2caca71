"""Where components are saved: an org at one moment, by one user."""

from __future__ import annotations

from dataclasses import dataclass

from twins.salesforce.metadata.messages import PartRefused
from twins.salesforce.org.installed import Stored
from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.trees import Element

_PREFIXES = {
    "CustomField": "00N", "GlobalValueSet": "0Nt", "ValidationRule": "03d", "CustomPermission": "0CP",
    "PermissionSet": "0PS", "QuickAction": "09D", "ListView": "00B",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """An org, who saves components in it, and when."""

    org: Org
    by: str
    at: str

    def kind(self, name: str, line: int = 0) -> Kind:
        """The kind of this name; raises `PartRefused`."""
        kind = self.org.kinds.get(name)
        if kind is None:
            raise PartRefused(f"no CustomObject named {name} found", line)
        return kind

    def field(self, path: str, element: Element) -> tuple[Kind, Field]:
        """The kind and the field of ``Lead.City``, which *element* names; raises `PartRefused`."""
        kind_name, _, name = path.partition(".")
        kind = self.org.kinds.get(kind_name)
        found = (kind.fields.get(name) or kind.fields.get(f"{name}Id")) if kind else None
        if kind is None or found is None:
            said = f"In field: {element.name} - no CustomField named {path} found"
            raise PartRefused(said, element.line)
        return kind, found

    def keep(self, type_: str, name: str, tree: Element) -> None:
        """Write a component down as it was saved."""
        parts = self.org.installed.parts
        old = parts.get((type_, name))
        made = (old.id, old.made_by, old.made_at) if old else (self._id(type_), self.by, self.at)
        parts[type_, name] = Stored(tree, *made, self.by, self.at)

    def forget(self, type_: str, name: str) -> None:
        """Forget a component; it may never have been written down."""
        self.org.installed.parts.pop((type_, name), None)

    def _id(self, type_: str) -> str:
        return self.org.ids.new(_PREFIXES[type_])
