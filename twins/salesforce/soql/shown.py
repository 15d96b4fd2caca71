"""SELECT, bound to the schema: a row as the API prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from twins.salesforce.org import Org
from twins.salesforce.schema import Field, Kind
from twins.salesforce.soql.columns import Column, bind, parent, value_of
from twins.salesforce.soql.grammar import Path, Query
from twins.salesforce.soql.tokens import complain
from twins.salesforce.store import Row

Shown = Callable[[Row], dict[str, Any]]
_FIELDS_LIMIT = 200


def selection(org: Org, kind: Kind, query: Query, base: str) -> Shown:
    """How the rows of *query* are printed; raises `Rejected` with INVALID_FIELD."""
    columns: dict[tuple[str, ...], Column] = {}
    for path in query.fields:
        for column in _columns(org, kind, path, query):
            key = (*(field.name for field in column.references), column.name)
            if key in columns:
                complain(query.text, path.at, f"duplicate field selected: {column.name}", "INVALID_FIELD")
            columns[key] = column
    return printer(org, list(columns.values()), base, kind)


def _columns(org: Org, kind: Kind, path: Path, query: Query) -> list[Column]:
    word = path.parts[0]
    if not word.startswith("fields("):
        return [bind(org, kind, path, query.text)]
    wanted = _GROUPS.get(word)
    if wanted is None:
        complain(query.text, path.at, f"unexpected token: '{word}'")
    if word != "fields(STANDARD)" and (query.limit is None or query.limit > _FIELDS_LIMIT):
        said = "The SOQL FIELDS function must have a LIMIT of at most 200"
        complain(query.text, path.at, said)
    return [Column(field, (), value_of(field, org)) for field in kind.fields.values() if wanted(field)]


_GROUPS: dict[str, Callable[[Field], bool]] = {
    "fields(ALL)": lambda _field: True,
    "fields(STANDARD)": lambda field: not field.custom,
    "fields(CUSTOM)": lambda field: field.custom,
}


def printer(org: Org, columns: Sequence[Column], base: str, kind: Kind | None = None) -> Shown:
    """A row with its ``attributes`` first and each parent as an object of its own, or null."""
    parts: dict[str, Callable[[Row], Any]] = {}
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
    return _printed(org, list(parts.items()), base, kind)


def _printed(
    org: Org, parts: Iterable[tuple[str, Callable[[Row], Any]]], base: str, kind: Kind | None
) -> Shown:
    whole = tuple(parts)

    def shown(row: Row) -> dict[str, Any]:
        key = row["Id"]
        printed: dict[str, Any] = {"attributes": attributes(kind or org.kind_of(key), key, base)}
        for name, of in whole:
            printed[name] = of(row)
        return printed

    return shown


def _parent(org: Org, columns: Sequence[Column], base: str) -> Callable[[Row], Any]:
    reference = columns[0].references[0]
    below = [Column(one.field, one.references[1:], value_of(one.field, org)) for one in columns]
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
