"""From tokens to a query; what Salesforce's own grammar refuses is refused here.

Grammar: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
and, for what is refused, the parser in npm ``@salesforce/soql-common``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from twins.salesforce.soql.tokens import Token, complain, tokens

COMPARISONS = frozenset({"=", "!=", "<>", "<", ">", "<=", ">="})
_LATER = frozenset({"group", "having", "with", "for", "using", "update"})
_OFFSET_MAX = 2000
_ZONE = re.compile(r"(?:[Zz]|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps of a parent: ``Account.Owner.Name``."""

    parts: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one literal, or against several (``in``, ``not in``)."""

    path: Path
    operator: str
    literals: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all (``and``) or any (``or``) must hold."""

    word: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that must not hold."""

    part: Condition


Condition = Compare | Joined | Not


@dataclass(frozen=True, slots=True)
class Order:
    """One place in ORDER BY."""

    path: Path
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query that the grammar accepts; nothing is checked against the schema yet."""

    text: str
    fields: tuple[Path, ...]
    counts: bool
    kind: str
    kind_at: int
    where: Condition | None
    order: tuple[Order, ...]
    limit: int | None
    offset: int


def parse(text: str) -> Query:
    """The query that *text* is; raises `Rejected` with MALFORMED_QUERY, row and column."""
    return _Reader(text).query()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._place = text, tokens(text), 0

    def query(self) -> Query:
        self._need("select")
        counts, fields = self._selection()
        self._need("from")
        kind = self._take("name")
        where = self._condition() if self._skip("where") else None
        if self._now.text.lower() in _LATER:
            self._refuse(f"the twin does not know {self._now.text.upper()}")
        order = self._order() if self._skip("order") else ()
        limit = self._count() if self._skip("limit") else None
        offset = self._count() if self._skip("offset") else 0
        if self._now.kind != "end":
            self._unexpected()
        if offset > _OFFSET_MAX:
            complain(self._text, 0, "Maximum SOQL offset allowed is 2000", "NUMBER_OUTSIDE_VALID_RANGE")
        return Query(self._text, fields, counts, kind.text, kind.at, where, order, limit, offset)

    def _selection(self) -> tuple[bool, tuple[Path, ...]]:
        fields = [self._selected()]
        while self._skip(","):
            fields.append(self._selected())
        counted = [path for path in fields if path.parts == ("count()",)]
        if counted and len(fields) > 1:
            complain(self._text, counted[0].at, "unexpected token: 'count'")
        return bool(counted), tuple(fields)

    def _selected(self) -> Path:
        if self._now.text == "(":
            self._refuse("the twin does not know subqueries")
        token = self._take("name")
        if not self._skip("("):
            return Path(tuple(token.text.split(".")), token.at)
        word = token.text.lower()
        if word == "fields":
            which = self._take("name").text.upper()
        elif word == "count" and self._now.text == ")":
            which = ""
        else:
            complain(self._text, token.at, f"the twin does not know {token.text}()")
        self._need(")")
        return Path((f"{word}({which})",), token.at)

    def _condition(self) -> Condition:
        """AND and OR do not mix without parentheses, NOT stands only at the start of a condition."""
        if self._skip("not"):
            return Not(self._simple())
        parts = [self._simple()]
        word = self._now.text.lower()
        if word not in ("and", "or"):
            return parts[0]
        while self._skip(word):
            parts.append(self._simple())
        if self._now.text.lower() in ("and", "or"):
            self._unexpected()
        return Joined(word, tuple(parts))

    def _simple(self) -> Condition:
        if self._skip("("):
            inner = self._condition()
            self._need(")")
            return inner
        token = self._take("name")
        if token.text.lower() == "not":
            complain(self._text, token.at, f"unexpected token: '{token.text}'")
        path = Path(tuple(token.text.split(".")), token.at)
        if self._now.text in COMPARISONS:
            operator = self._next().text
            return Compare(path, "!=" if operator == "<>" else operator, (self._literal(),))
        if self._skip("like"):
            return Compare(path, "like", (self._take("text"),))
        operator = "not in" if self._skip("not") else "in"
        self._need("in")
        return Compare(path, operator, self._list())

    def _list(self) -> tuple[Token, ...]:
        self._need("(")
        if self._now.text.lower() == "select":
            self._refuse("the twin does not know semi-joins")
        literals = [self._literal()]
        while self._skip(","):
            literals.append(self._literal())
        self._need(")")
        return tuple(literals)

    def _literal(self) -> Token:
        token = self._next()
        if token.kind in ("text", "moment", "number"):
            if token.kind == "moment" and "T" in token.text.upper() and not _ZONE.search(token.text):
                complain(self._text, token.at, f"unexpected token: '{token.text}'")
            return token
        if token.kind != "name":
            complain(self._text, token.at, f"unexpected token: '{token.text}'")
        if self._skip(":"):
            number = self._take("number")
            return Token("name", f"{token.text}:{number.text}", token.at)
        return token

    def _order(self) -> tuple[Order, ...]:
        self._need("by")
        keys = [self._key()]
        while self._skip(","):
            keys.append(self._key())
        return tuple(keys)

    def _key(self) -> Order:
        token = self._take("name")
        descending = self._skip("desc") or (self._skip("asc") and False)
        last = False
        if self._skip("nulls"):
            last = self._skip("last")
            if not last:
                self._need("first")
        return Order(Path(tuple(token.text.split(".")), token.at), descending, last)

    def _count(self) -> int:
        token = self._take("number")
        if not token.text.isdigit():
            complain(self._text, token.at, f"unexpected token: '{token.text}'")
        return int(token.text)

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        token = self._now
        self._place += token.kind != "end"
        return token

    def _skip(self, word: str) -> bool:
        if self._now.kind in ("name", "mark") and self._now.text.lower() == word:
            self._place += 1
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._skip(word):
            self._unexpected()

    def _take(self, kind: str) -> Token:
        if self._now.kind != kind:
            self._unexpected()
        return self._next()

    def _unexpected(self) -> NoReturn:
        self._refuse(f"unexpected token: '{self._now.text}'")

    def _refuse(self, said: str) -> NoReturn:
        complain(self._text, self._now.at, said)
