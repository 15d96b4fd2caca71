"""What a query says, as the grammar reads it; nothing is checked against the schema yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twins.salesforce.soql.reading.tokens import Token


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps of a parent: ``Account.Owner.Name``."""

    parts: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Called:
    """A function of a field or of another function: ``MAX(Amount)``; *name* in lower case."""

    name: str
    inside: Expression
    at: int

    @property
    def text(self) -> str:
        return f"{self.name}({self.inside.text})"


Expression = Path | Called


@dataclass(frozen=True, slots=True)
class Foreign:
    """What the grammar takes and the twin does not know: distances, sums of fields."""

    what: str
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one literal, or against several (``in``, ``not in``, ``includes``, ``excludes``)."""

    left: Expression
    operator: str
    literals: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Among:
    """A semi-join or an anti-join: one field against what a query of its own finds."""

    left: Expression
    among: bool
    inner: Query
    at: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all (``and``) or any (``or``) must hold."""

    word: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that must not hold."""

    part: Condition


Condition = Compare | Among | Joined | Not | Foreign


@dataclass(frozen=True, slots=True)
class Choice:
    """TYPEOF: what to select of a parent, by the kind it turns out to be."""

    relation: Path
    whens: tuple[tuple[Path, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...] | None
    at: int


@dataclass(frozen=True, slots=True)
class Selected:
    """One place in SELECT."""

    what: Expression | Query | Choice | Foreign
    alias: str
    at: int


@dataclass(frozen=True, slots=True)
class Order:
    """One place in ORDER BY."""

    key: Expression | Foreign
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """GROUP BY; *word* is empty, ``rollup`` or ``cube``."""

    word: str
    by: tuple[Expression, ...]
    having: Condition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query, or the part of one that stands in parentheses.

    *aliases* are the short names of FROM; *clauses* the rare ones (USING, WITH, UPDATE, BIND) with their words.
    """

    text: str
    at: int
    selected: tuple[Selected, ...]
    counts: bool
    kind: str
    kind_at: int
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clauses: tuple[tuple[str, str, int], ...] = ()
    where: Condition | None = None
    groups: Groups | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    end_at: int = 0
