"""One query and all it is asked with: its org, its kind, the user, the moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import NoReturn
from zoneinfo import ZoneInfo

from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.soql.fields.columns import ADVICE, Column, bind, follow, value_of
from twins.salesforce.soql.fields.functions import DATES, LABELS, date_part
from twins.salesforce.soql.reading.days import Calendar
from twins.salesforce.soql.reading.tokens import complain
from twins.salesforce.soql.reading.tree import Called, Expression, Path, Query

AGGREGATES = frozenset({"count", "count_distinct", "sum", "avg", "min", "max"})
_MOST_PARENTS = 55


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks an org at which moment, under which address; *deleted* rows only on demand."""

    org: Org
    now: datetime
    base: str
    user: str
    version: float
    deleted: bool = False

    @cached_property
    def calendar(self) -> Calendar:
        """How the user counts days: the zone of the user, else of the org."""
        row = self.org.tables["User"].rows.get(self.user, {})
        zone = row.get("TimeZoneSidKey")
        switches = self.org.switches
        return Calendar(
            ZoneInfo(zone) if zone else self.org.zone, switches.first_day_of_week, switches.fiscal_year_start
        )


class Asking:
    """One query, or a query in parentheses, bound to the kind it reads."""

    def __init__(self, asked: Asked, kind: Kind, query: Query, parents: set[tuple[str, ...]]) -> None:
        self.asked, self.org, self.kind, self.query = asked, asked.org, kind, query
        self._parents = parents

    def within(self, kind: Kind, query: Query) -> Asking:
        """A query in parentheses of this one; both share the count of parents."""
        return Asking(self.asked, kind, query, self._parents)

    def refuse(self, at: int, said: str, code: str = "MALFORMED_QUERY") -> NoReturn:
        """Refuse the query, pointing at a place in it."""
        complain(self.query.text, at, said, code)

    def path(self, path: Path) -> Path:
        """*path* with the short names of FROM spelt out."""
        aliases = self.query.aliases
        if aliases and len(path.parts) > 1:
            full = aliases.get(path.parts[0].lower())
            if full is not None:
                return Path((*full, *path.parts[1:]), path.at)
        return path

    def identity(self, expression: Expression) -> str:
        """What two ways to write the same expression have in common."""
        if isinstance(expression, Called):
            return f"{expression.name}({self.identity(expression.inside)})"
        parts = [part.lower() for part in self.path(expression).parts]
        own = len(parts) > 1 and parts[0] == self.kind.name.lower() and parts[0] not in self.kind.relations
        return ".".join(parts[1:] if own else parts)

    def column(self, expression: Expression) -> Column:
        """How to get the value of *expression* out of a row; raises `Rejected`."""
        if isinstance(expression, Path):
            column = bind(self.org, self.kind, self.path(expression), self.query.text)
            if column.references:
                self._count(column.references, expression.at)
            return column
        if expression.name in DATES:
            return self._date(expression)
        if expression.name in LABELS and isinstance(expression.inside, Path):
            inner = self.column(expression.inside)
            return replace(inner, last=value_of(inner.field, self.org))
        if expression.name in AGGREGATES or expression.name == "grouping":
            self.refuse(expression.at, f"Aggregate function {expression.name.upper()} is not allowed here")
        return self.refuse(expression.at, f"the twin does not know {expression.name}()")

    def _date(self, expression: Called) -> Column:
        """A part of a day: in UTC, unless convertTimezone() brings it into the user's zone."""
        inside, zone = expression.inside, None
        if isinstance(inside, Called):
            if inside.name != "converttimezone":
                self.refuse(inside.at, f"unexpected token: '{inside.name}'")
            inside, zone = inside.inside, self.asked.calendar.zone
        if isinstance(inside, Called):
            self.refuse(inside.at, f"unexpected token: '{inside.name}'")
        inner = self.column(inside)
        type_, only, of = DATES[expression.name]
        if inner.field.type not in only or (zone is not None and inner.field.type != "datetime"):
            said = f"Field {inner.name} of type {inner.field.type} does not fit {expression.name.upper()}()"
            self.refuse(expression.at, said, "INVALID_FIELD")
        last = date_part(of, value_of(inner.field, self.org), zone, self.asked.calendar)
        field = Field(name=inner.name, type=type_, label=inner.field.label)
        return Column(field, inner.references, follow(self.org, inner.references, last), last)

    def _count(self, references: Iterable[Field], at: int) -> None:
        names: tuple[str, ...] = ()
        for one in references:
            names = (*names, one.name)
            self._parents.add((self.kind.name, *names))
        if len(self._parents) > _MOST_PARENTS:
            self.refuse(at, f"a query may have at most {_MOST_PARENTS} child-to-parent relationships")

    # ── rows ─────────────────────────────────────────────────────────────────

    def seen(self, rows: Iterable[Row], test: Callable[[Row], bool]) -> tuple[Iterable[Row], bool]:
        """Those of *rows* that the user may see and for which *test* holds, and whether they kept their order."""
        held, kept = self._lagging(rows)
        if self.asked.deleted:
            return (row for row in held if test(row)), kept
        found: Iterable[Row] = (row for row in held if test(row) and "IsDeleted" not in row)
        if "IsArchived" in self.kind.fields and self.org.switches.archived_activities == "hidden":
            found = (row for row in found if "IsArchived" not in row)
        return found, kept

    def _lagging(self, rows: Iterable[Row]) -> tuple[Iterable[Row], bool]:
        """The rows as a query sees them, which may be as they were a moment ago."""
        lag = self.org.switches.query_lag_ms
        if not lag:
            return rows, True
        before = self.org.lag.unseen(self.kind.name, self.asked.now, lag)
        if not before:
            return rows, True
        old: list[Row] = [row for row in before.values() if row is not None]
        return chain((row for row in rows if row["Id"] not in before), old), False


def kind_of(org: Org, query: Query) -> Kind:
    """The kind that *query* names in FROM; raises `Rejected` with INVALID_TYPE."""
    kind = org.lower.get(query.kind.lower())
    if kind is None:
        said = (
            f"sObject type '{query.kind}' is not supported. If you are attempting to use a custom object, be "
        )
        said += f"sure to append the '__c' after the entity name. {ADVICE}"
        complain(query.text, query.kind_at, said, "INVALID_TYPE")
    if not kind.queryable:
        said = f"entity type {kind.name} does not support query"
        complain(query.text, query.kind_at, said, "INVALID_TYPE_FOR_OPERATION")
    return kind
