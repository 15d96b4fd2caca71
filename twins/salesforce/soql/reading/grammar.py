"""From tokens to a query; what Salesforce's own grammar refuses is refused here.

Grammar: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
and, for what is refused, the parser in npm ``@salesforce/soql-common``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from twins.salesforce.errors import Rejected
from twins.salesforce.soql.reading.conditions import Conditions
from twins.salesforce.soql.reading.tokens import check_escapes
from twins.salesforce.soql.reading.tree import Choice, Groups, Order, Path, Query, Selected

__all__ = ["Order", "Path", "Query", "parse"]
One = TypeVar("One")
_NAME = "[a-z][a-z0-9_.]*"
_PLAIN = re.compile(rf"select\s+{_NAME}(\s*,\s*{_NAME})*\s+(?=from\s)", re.ASCII | re.IGNORECASE)


def parse(text: str) -> Query:
    """The query that *text* is; raises `Rejected` with MALFORMED_QUERY, row and column."""
    head = _PLAIN.match(text)
    selected = _plain(head.group()) if head else None
    if head is None or selected is None:
        return _Queries(text).whole()
    return _Queries(text, head.end()).whole(selected)


@lru_cache(maxsize=256)
def _plain(head: str) -> tuple[Selected, ...] | None:
    """What is selected by a mere list of fields up to FROM: a client asks for the same ones all the time."""
    try:
        return _Queries(f"{head}FROM Any").whole().selected
    except Rejected:
        return None


class _Queries(Conditions):
    def whole(self, selected: tuple[Selected, ...] | None = None) -> Query:
        """The query and nothing after it; what is *selected* may have been read already."""
        query = self._query() if selected is None else self._onward(0, counts=False, selected=selected)
        if self._now.kind != "end":
            self._unexpected()
        return query

    def _query(self) -> Query:
        start = self._now.at
        self._need("select")
        counts, selected = self._selection()
        return self._onward(start, counts=counts, selected=selected)

    def _onward(self, start: int, *, counts: bool, selected: tuple[Selected, ...]) -> Query:
        query = replace(self._from(), at=start, counts=counts, selected=selected)
        where = self._condition() if self._skip("where") else None
        clauses = query.clauses + self._withs()
        groups = self._groups() if self._sees("group") else None
        order = self._order() if self._sees("order") else ()
        end_at = self._now.at
        limit = self._whole() if self._skip("limit") else None
        offset = self._whole() if self._skip("offset") else 0
        clauses += self._last()
        return replace(
            query, where=where, clauses=clauses, groups=groups, order=order, limit=limit, offset=offset,
            end_at=end_at,
        )  # fmt: skip

    def _inner(self) -> Query:
        """A semi-join selects one field and has neither order nor limit."""
        start = self._now.at
        self._need("select")
        place = self._now.at
        selected = (Selected(self._expression(), "", place),)
        query = replace(self._from(), at=start, selected=selected)
        where = self._condition() if self._skip("where") else None
        clauses = self._withs(equals=True)
        return replace(query, where=where, clauses=query.clauses + clauses)

    # ── SELECT ───────────────────────────────────────────────────────────────

    def _selection(self) -> tuple[bool, tuple[Selected, ...]]:
        if self._sees("count") and self._sees("(", 1) and self._sees(")", 2):
            self._place += 3
            return True, ()
        return False, self._several(self._selected)

    def _selected(self) -> Selected:
        place = self._now.at
        if self._skip("("):
            inner = self._query()
            self._need(")")
            return Selected(inner, self._alias(), place)
        if self._sees("typeof") and self._names(1) and self._sees("when", 2):
            return Selected(self._choice(), self._alias(), place)
        if self._is_distance():
            return Selected(self._distance(), self._alias(), place)
        return Selected(self._expression(), self._alias(), place)

    def _alias(self) -> str:
        return self._next().text if self._names() else ""

    def _choice(self) -> Choice:
        place = self._next().at
        relation, whens = self._path(), []
        while self._skip("when"):
            kind = self._path()
            self._need("then")
            whens.append((kind, self._several(self._path)))
        otherwise = self._several(self._path) if self._skip("else") else None
        self._need("end")
        return Choice(relation, tuple(whens), otherwise, place)

    # ── FROM and what follows ────────────────────────────────────────────────

    def _from(self) -> Query:
        self._need("from")
        token = self._name()
        aliases: dict[str, tuple[str, ...]] = {}
        self._short(aliases, ())
        clauses = self._using()
        while self._skip(","):
            self._short(aliases, self._path().parts)
        return Query(text=self._text, at=0, selected=(), counts=False, kind=token.text, kind_at=token.at,
                     aliases=aliases, clauses=clauses)  # fmt: skip

    def _short(self, aliases: dict[str, tuple[str, ...]], path: tuple[str, ...]) -> None:
        """``Contact c, c.Account a``: a short name stands for a path from the queried object."""
        self._skip("as")
        full = (*aliases[path[0].lower()], *path[1:]) if path and path[0].lower() in aliases else path
        if self._names() and not self._starts_clause():
            aliases[self._next().text.lower()] = full

    def _starts_clause(self) -> bool:
        """ORDER, GROUP and OFFSET may be short names, too: what follows tells."""
        if self._sees("order") or self._sees("group"):
            return self._sees("by", 1)
        return self._sees("offset") and (self._ahead(1).kind == "number" or self._ahead(1).text in ("+", "-"))

    def _using(self) -> tuple[tuple[str, str, int], ...]:
        if not self._skip("using"):
            return ()
        place = self._now.at
        self._need("scope")
        return (("using", self._name().text, place),)

    def _withs(self, *, equals: bool = False) -> tuple[tuple[str, str, int], ...]:
        found = []
        while self._skip("with"):
            token = self._name()
            if token.text.lower() == "data" and self._skip("category"):
                self._categories()
            elif self._skip("="):
                check_escapes(self._text, self._take("text"))
            elif equals:
                self._unexpected()
            elif self._skip("("):
                self._several(self._setting)
                self._need(")")
            found.append(("with", token.text, token.at))
        return tuple(found)

    def _categories(self) -> None:
        while True:
            self._name()
            if self._now.text.lower() not in ("at", "above", "below", "above_or_below"):
                self._unexpected()
            self._next()
            if self._skip("("):
                self._several(self._name)
                self._need(")")
            else:
                self._name()
            if not self._skip("and"):
                return

    def _setting(self) -> None:
        self._name()
        self._need("=")
        if self._next().kind not in ("text", "number", "name"):
            self._place -= 1
            self._unexpected()

    def _groups(self) -> Groups:
        self._need("group", "by")
        word = next((word for word in ("rollup", "cube") if self._skip(word)), "")
        if word:
            self._need("(")
        by = self._several(self._expression)
        if word:
            self._need(")")
        return Groups(word, by, self._condition() if self._skip("having") else None)

    def _order(self) -> tuple[Order, ...]:
        self._need("order", "by")
        return self._several(self._key)

    def _key(self) -> Order:
        key = self._distance() if self._is_distance() else self._expression()
        descending = self._skip("desc") or (self._skip("asc") and False)
        last = False
        if self._skip("nulls"):
            last = self._skip("last")
            if not last:
                self._need("first")
        return Order(key, descending, last)

    def _last(self) -> tuple[tuple[str, str, int], ...]:
        found = []
        place = self._now.at
        if self._skip("bind"):
            self._several(self._setting)
            found.append(("bind", "", place))
        place = self._now.at
        if self._skip("for"):
            word = self._now.text.lower()
            if word not in ("view", "reference"):
                self._unexpected()
            self._next()
            found.append(("for", word, place))
        if self._skip("update"):
            found += [("update", token.text, token.at) for token in self._several(self._name)]
        return tuple(found)

    def _several(self, read: Callable[[], One]) -> tuple[One, ...]:
        found = [read()]
        while self._skip(","):
            found.append(read())
        return tuple(found)
