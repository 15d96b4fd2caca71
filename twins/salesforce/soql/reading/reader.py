"""A place in the tokens of a query, and the ways to move on from it."""

from __future__ import annotations

from typing import NoReturn

from twins.salesforce.soql.reading.tokens import Token, complain, tokens
from twins.salesforce.soql.reading.tree import Called, Expression, Path

# The other keywords (ORDER, GROUP, OFFSET, VIEW …) may be the names of fields.
RESERVED = frozenset((
    "select", "from", "where", "and", "or", "not", "null", "true", "false", "limit", "like", "in",
    "includes", "excludes", "first", "last", "asc", "desc", "by", "update", "for", "with", "using",
    "nulls", "rollup", "cube", "as", "having", "else", "bind", "lookup",
))  # fmt: skip


class Reader:
    """Reads the tokens of one query, one after another; what stands before *start* was read already."""

    def __init__(self, text: str, start: int = 0) -> None:
        self._text, self._tokens, self._place = text, tokens(text, start), 0

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _ahead(self, steps: int) -> Token:
        return self._tokens[min(self._place + steps, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._now
        self._place += token.kind != "end"
        return token

    def _sees(self, word: str, steps: int = 0) -> bool:
        token = self._ahead(steps)
        return token.kind in ("name", "mark") and token.text.lower() == word

    def _skip(self, word: str) -> bool:
        if self._sees(word):
            self._place += 1
            return True
        return False

    def _need(self, *words: str) -> None:
        for word in words:
            if not self._skip(word):
                self._unexpected()

    def _take(self, kind: str) -> Token:
        if self._now.kind != kind:
            self._unexpected()
        return self._next()

    def _names(self, steps: int = 0) -> bool:
        """Whether the token may be the name of something."""
        token = self._ahead(steps)
        return token.kind == "name" and token.text.lower() not in RESERVED

    def _name(self) -> Token:
        if not self._names():
            self._unexpected()
        return self._next()

    def _path(self) -> Path:
        token = self._name()
        return Path(tuple(token.text.split(".")), token.at)

    def _expression(self) -> Expression:
        """A field, or a function of a field, or a function of a function of a field."""
        return self._called(deep=True) if self._names() and self._sees("(", 1) else self._path()

    def _called(self, *, deep: bool) -> Called:
        token = self._name()
        self._need("(")
        inside: Expression = (
            self._called(deep=False) if deep and self._names() and self._sees("(", 1) else self._path()
        )
        self._need(")")
        return Called(token.text.lower(), inside, token.at)

    def _whole(self) -> int:
        sign = -1 if self._skip("-") else 1
        if sign == 1:
            self._skip("+")
        if not self._now.text.isdigit():
            self._unexpected()
        return sign * int(self._take("number").text)

    def _unexpected(self) -> NoReturn:
        complain(self._text, self._now.at, f"unexpected token: '{self._now.text}'")
