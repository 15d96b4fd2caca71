"""What people do with installed pages: press a quick action, open a list view, look at what is installed.

https://help.salesforce.com/s/articleView?id=platform.actions_overview.htm and
https://help.salesforce.com/s/articleView?id=platform.customviews.htm
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.metadata.shelf import SHELVES
from twins.salesforce.metadata.uses import action_fields
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.records.saving import Save
from twins.salesforce.rules.seen import seen_by
from twins.salesforce.schema.kinds import NUMBERS, Field, Kind
from twins.salesforce.trees import Element


class Pages:
    """The doors to what was deployed."""

    org: Org
    _lock: threading.RLock

    def use_action(
        self, name: str, row_id: str, by: str, now: datetime, values: Mapping[str, Any] | None = None
    ) -> None:
        """A person presses a quick action on a record, fills *values* in and saves.

        Raises KeyError where that object has no such action, ValueError for a field that its layout does not let
        one edit, `RowRefused` for a required one that is blank, and for what any edit is refused for.
        """
        with self._lock, Save(self.org, by, now) as save:
            kind = self.org.kind_of(row_id)
            tree = self.org.installed.tree("QuickAction", f"{kind.name}.{name}")
            if tree is None:
                raise KeyError(f"{kind.name} has no quick action {name}")
            filled = {**self.org.tables[kind.name].rows[row_id], **(values or {})}
            shown = action_fields(tree)
            closed = [one for one in values or {} if shown.get(one, "Readonly") == "Readonly"]
            if closed:
                raise ValueError(f"{name} does not let one edit {', '.join(closed)}")
            blank = [one for one, how in shown.items() if how == "Required" and not filled.get(one)]
            if blank:
                raise RowRefused(
                    "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(blank)}]", blank
                )
            literals = {
                one.value("field") or "": one.value("literalValue") for one in tree.all("fieldOverrides")
            }
            save.update(kind.name, row_id, {**literals, **(values or {})})

    def list_view(self, api_name: str, name: str, by: str) -> list[str]:
        """A person opens a list view; the ids of its records. Raises KeyError where there is none of this name."""
        with self._lock:
            kind = self.org.kind(api_name)
            tree = self.org.installed.tree("ListView", f"{kind.name}.{name}")
            if tree is None:
                raise KeyError(f"{kind.name} has no list view {name}")
            seen = seen_by(self.org, by).kinds.get(kind.name)
            tests = [_test(seen, one) for one in tree.all("filters")] if seen else []
            mine = tree.value("filterScope") == "Mine"
            return [
                row["Id"]
                for row in self.org.tables[kind.name].by_id()
                if seen and "IsDeleted" not in row and (not mine or row.get("OwnerId") == by)
                if all(test(row) for test in tests)
            ]

    def components(self) -> list[dict[str, str]]:
        """What is installed, by type and name, with its description; fields and rules made by hand included."""
        with self._lock:
            found = [
                (type_, name, SHELVES[type_].read(self.org, name, 0))
                for type_ in SHELVES
                for name in SHELVES[type_].names(self.org)
            ]
        return [
            {"type": type_, "name": name, "description": (tree.value("description") or "") if tree else ""}
            for type_, name, tree in found
        ]


def _test(kind: Kind, one: Element) -> Callable[[Row], bool]:
    """Whether a row passes a filter; several values with commas between them are alternatives."""
    field = kind.find(one.value("field") or "")
    if field is None:
        raise ValueError(f"the twin does not know the filter {one.value('field')}")
    wanted = [_read(field, text.strip()) for text in (one.value("value") or "").split(",")]
    compare = _COMPARE.get(one.value("operation") or "")
    if compare is None:
        raise ValueError(f"the twin does not know the operation {one.value('operation')}")
    name, blank = field.name, False if field.type == "boolean" else _read(field, "")
    return lambda row: compare(_folded(row.get(name, blank)), wanted)


def _read(field: Field, text: str) -> Any:
    if field.type == "boolean":
        return text.lower() in ("1", "true")
    if field.type in NUMBERS:
        return float(text) if text else 0.0
    return text.lower()


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_COMPARE: Mapping[str, Callable[[Any, list[Any]], bool]] = {
    "equals": lambda had, wanted: had in wanted,
    "notEqual": lambda had, wanted: had not in wanted,
    "lessThan": lambda had, wanted: had < wanted[0],
    "greaterThan": lambda had, wanted: had > wanted[0],
    "lessOrEqual": lambda had, wanted: had <= wanted[0],
    "greaterOrEqual": lambda had, wanted: had >= wanted[0],
    "contains": lambda had, wanted: any(one in had for one in wanted),
    "notContain": lambda had, wanted: not any(one in had for one in wanted),
    "startsWith": lambda had, wanted: any(had.startswith(one) for one in wanted),
}
