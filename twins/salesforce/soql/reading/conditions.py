"""WHERE and HAVING, read from tokens."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from twins.salesforce.soql.reading.days import is_word
from twins.salesforce.soql.reading.reader import Reader
from twins.salesforce.soql.reading.tokens import Token, check_escapes, complain
from twins.salesforce.soql.reading.tree import Among, Compare, Condition, Foreign, Joined, Not, Query

COMPARISONS = frozenset({"=", "!=", "<>", "<", ">", "<=", ">="})
_MONEY = re.compile(r"[A-Za-z]{3}\d+")


class Conditions(Reader, ABC):
    """Reads conditions; the reader of whole queries is one of these."""

    @abstractmethod
    def _inner(self) -> Query:
        """The query of a semi-join, without the parentheses around it."""

    def _condition(self) -> Condition:
        """AND and OR do not mix without parentheses, NOT stands only at the start of a condition."""
        if self._skip("not"):
            return Not(self._simple())
        parts = [self._simple()]
        word = self._now.text.lower() if self._now.kind == "name" else ""
        if word not in ("and", "or"):
            return parts[0]
        while self._skip(word):
            parts.append(self._simple())
        if self._sees("and") or self._sees("or"):
            self._unexpected()
        return Joined(word, tuple(parts))

    def _simple(self) -> Condition:
        if self._skip("("):
            inner = self._condition()
            self._need(")")
            return inner
        if self._is_distance():
            return self._far()
        if self._names() and (self._sees("+", 1) or self._sees("-", 1)):
            return self._sum()
        left = self._expression()
        if self._now.text in COMPARISONS:
            operator = self._next().text
            return Compare(left, "!=" if operator == "<>" else operator, (self._literal(),))
        if self._skip("like"):
            return Compare(left, "like", (self._literal(like=True),))
        for word in ("includes", "excludes"):
            if self._skip(word):
                self._need("(")
                return Compare(left, word, self._literals())
        operator = "not in" if self._skip("not") else "in"
        self._need("in")
        place = self._now.at
        self._need("(")
        if not self._sees("select"):
            return Compare(left, operator, self._literals())
        found = self._inner()
        self._need(")")
        return Among(left, operator == "in", found, place)

    def _literals(self) -> tuple[Token, ...]:
        literals = [self._literal()]
        while self._skip(","):
            literals.append(self._literal())
        self._need(")")
        return tuple(literals)

    def _literal(self, *, like: bool = False) -> Token:
        token = self._next()
        if token.kind == "text":
            if "\\" in token.text:
                check_escapes(self._text, token, like=like)
            return token
        match token.kind:
            case "moment" | "number" | "money":
                return token
            case "mark" if token.text in ("+", "-"):
                return Token("number", token.text + self._take("number").text, token.at)
            case "name" if token.text.lower() in ("null", "true", "false"):
                return token
            case "name" if is_word(token.text):
                return self._counted(token)
            case "name" if _MONEY.fullmatch(token.text):
                return Token("money", token.text, token.at)
        return complain(self._text, token.at, f"unexpected token: '{token.text}'")

    def _counted(self, token: Token) -> Token:
        """A date word, perhaps with a number: ``LAST_N_DAYS:30``."""
        if not self._skip(":"):
            return token
        if not self._now.text.isdigit():
            self._unexpected()
        return Token("name", f"{token.text}:{self._take('number').text}", token.at)

    def _is_distance(self) -> bool:
        return self._sees("distance") and self._sees("(", 1) and self._sees(",", 3)

    def _distance(self) -> Foreign:
        token = self._next()
        self._need("(")
        self._name()
        self._need(",", "geolocation", "(")
        self._number()
        self._need(",")
        self._number()
        self._need(")", ",")
        self._take("text")
        self._need(")")
        return Foreign("DISTANCE()", token.at)

    def _number(self) -> None:
        if not self._skip("-"):
            self._skip("+")
        self._take("number")

    def _far(self) -> Foreign:
        distance = self._distance()
        if self._next().text not in COMPARISONS:
            self._place -= 1
            self._unexpected()
        self._literal()
        return distance

    def _sum(self) -> Foreign:
        token = self._name()
        self._next()
        self._name()
        if self._now.text not in COMPARISONS:
            self._unexpected()
        self._next()
        self._literal()
        return Foreign("sums of fields", token.at)
