"""SELECT, bound to the schema: a row as the API prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.soql.fields.columns import Column, follow, parent, value_of

Shown = Callable[[Row], dict[str, Any]]
Part = Callable[[Row], Any]


def printer(
    org: Org,
    columns: Sequence[Column],
    base: str,
    kind: Kind | None = None,
    more: Iterable[tuple[str, Part]] = (),
) -> Shown:
    """A row with its ``attributes`` first and each parent as an object of its own, or null; then *more*."""
    parts: dict[str, Part] = {}
    nested: dict[str, list[Column]] = {}
    for column in columns:
        if column.is_own:
            parts[column.name] = column.of
        else:
            relation = column.references[0].relation
            nested.setdefault(relation, []).append(column)
            parts.setdefault(relation, lambda _row: None)
    for relation, below in nested.items():
        parts[relation] = _parent(org, below, base)
    return _printed(org, [*parts.items(), *more], base, kind)


def _printed(org: Org, parts: Iterable[tuple[str, Part]], base: str, kind: Kind | None) -> Shown:
    whole = tuple(parts)

    def shown(row: Row) -> dict[str, Any]:
        key = row["Id"]
        printed: dict[str, Any] = {"attributes": attributes(kind or org.kind_of(key), key, base)}
        for name, of in whole:
            printed[name] = of(row)
        return printed

    return shown


def _parent(org: Org, columns: Sequence[Column], base: str) -> Part:
    reference = columns[0].references[0]
    below = []
    for one in columns:
        last = one.last or value_of(one.field, org)
        references = one.references[1:]
        below.append(Column(one.field, references, follow(org, references, last), last))
    shown = printer(org, below, base)

    def printed(row: Row) -> dict[str, Any] | None:
        found = parent(org, row, [reference.name])
        if found is None:
            return None
        said = shown(found)
        if len(reference.refers_to) > 1:
            said["attributes"] = {**said["attributes"], "type": "Name"}
        return said

    return printed


def attributes(kind: Kind, key: str, base: str) -> dict[str, str]:
    """What every record begins with."""
    return {"type": kind.name, "url": f"{base}/sobjects/{kind.name}/{key}"}
