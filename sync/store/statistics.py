"""What SQLite's planner is told of a store that has grown: the same in every store, from its first day.

Every key begins with the bridge's name, and a planner without figures takes that for a choice as
good as any: it walks through all rows of the bridge for each record it is asked for. What
``ANALYZE`` counts would depend on the day it ran; so the figures stand here, as SQLite foresees
it (https://www.sqlite.org/queryplanner-ng.html#howtofix). PostgreSQL keeps figures of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Connection, Table

from sync.store.tables import METADATA

_ROWS: Final = 1_000_000
# In how many rows one value stands; of a column that is not named here, in few.
_FEW: Final = 10
_ROWS_OF_ONE: Final = {
    "bridge": _ROWS,
    "pair": _ROWS // 4,
    "lane": _ROWS // 4,
    "code": _ROWS // 10,
    "stage": _ROWS // 10,
    "owner": _ROWS // 100,
    "brake": _ROWS // 100,
    "sweep": _ROWS // 100,
    "pass_id": _ROWS // 1000,
}


def tell_planner(connection: Connection) -> None:
    """Write what the planner shall know of every index; whoever opens the store after this plans by it."""
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes the table of figures where there is none
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    figures = [figure for table in METADATA.sorted_tables for figure in _figures(table)]
    # What stands for the counts of a large store.
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", figures)
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # reads them


def _figures(table: Table) -> Iterator[tuple[str, str, str]]:
    is_own_index = table.dialect_options["sqlite"]["with_rowid"] is False
    key = table.name if is_own_index else f"sqlite_autoindex_{table.name}_1"
    yield table.name, key, _figure([each.name for each in table.primary_key.columns], is_unique=True)
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        names = [each.name if isinstance(each, Column) else "" for each in index.expressions]
        yield table.name, str(index.name), _figure(names, is_unique=bool(index.unique))


def _figure(columns: list[str], *, is_unique: bool) -> str:
    """The rows of the index, then in how many of them the same values stand in its first column, first two, …"""
    same = [_ROWS]
    for name in columns:
        same.append(min(same[-1], _ROWS_OF_ONE.get(name, _FEW)))
    if is_unique:
        same[-1] = 1
    return " ".join(map(str, same))
