"""The words of a formula as a tree.

Operators of one strength are kept side by side in a `Chain`, so that a long formula is no deep one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from plugin.formula.errors import FormulaError
from plugin.formula.tokens import Token, tokens, unquoted

# https://help.salesforce.com/s/articleView?id=platform.customize_functions.htm lists the operators; how strongly
# each binds is [M].
_STRENGTHS = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"=", "==", "<>", "!="}),
    frozenset({"<", ">", "<=", ">="}),
    frozenset({"+", "-", "&"}),
    frozenset({"*", "/"}),
    frozenset({"^"}),
)
_LEVEL = {sign: level for level, signs in enumerate(_STRENGTHS) for sign in signs}
# https://help.salesforce.com/s/articleView?id=platform.formula_size_limits.htm
LONGEST = 3900
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the formula; None is NULL."""

    value: str | Decimal | bool | None
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A field, perhaps of a parent, or a global such as ``$User.Id``."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is asked about; *name* in capitals."""

    name: str
    arguments: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x``, ``+x`` or ``!x``."""

    sign: str
    of: Node
    at: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by operators of one strength, worked out from left to right."""

    first: Node
    rest: tuple[tuple[str, int, Node], ...]

    @property
    def at(self) -> int:
        return self.first.at


Node = Literal | Name | Call | Unary | Chain


def parse(text: str) -> Node:
    """The tree of *text*; raises `FormulaError` with the place."""
    if len(text) > LONGEST:
        says = f"Formula is too long ({len(text):,} characters). Maximum length is {LONGEST:,} characters"
        raise FormulaError(says, LONGEST)
    words = list(tokens(text))
    if len(words) == 1:
        raise FormulaError("Syntax error. The formula is empty", 0)
    parser = _Parser(words)
    tree = parser.expression(0)
    if parser.now.kind != "end":
        raise FormulaError(f"Syntax error. Extra {parser.now.text}", parser.now.at)
    return tree


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words, self._place, self._depth = words, 0, 0

    @property
    def now(self) -> Token:
        return self._words[self._place]

    def expression(self, level: int) -> Node:
        """Everything that operators of strength *level* and above join."""
        left = self._operand()
        while (found := self._operator(level)) is not None:
            rest = []
            while self.now.kind == "sign" and _LEVEL.get(self.now.text) == found:
                sign = self._next()
                rest.append((sign.text, sign.at, self.expression(found + 1)))
            left = Chain(left, tuple(rest))
        return left

    def _operator(self, level: int) -> int | None:
        found = _LEVEL.get(self.now.text) if self.now.kind == "sign" else None
        return found if found is not None and found >= level else None

    def _operand(self) -> Node:
        word = self._next()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FormulaError(f"Formula is nested too deeply, more than {_DEEPEST} levels", word.at)
        try:
            return self._of(word)
        finally:
            self._depth -= 1

    def _of(self, word: Token) -> Node:
        match word.kind, word.text:
            case "number", text:
                return Literal(Decimal(text), word.at)
            case "text", _:
                return Literal(unquoted(word), word.at)
            case "name", text if self.now.text == "(" and self.now.kind == "sign":
                return Call(text.upper(), self._arguments(), word.at)
            case "name", text:
                return _word(text, word.at)
            case "sign", ("-" | "+" | "!") as sign:
                return Unary(sign, self._operand(), word.at)
            case "sign", "(":
                inner = self.expression(0)
                self._close()
                return inner
            case "end", _:
                raise FormulaError("Syntax error. The formula ends where a value is expected", word.at)
        raise FormulaError(f"Syntax error. Found {word.text} where a value is expected", word.at)

    def _arguments(self) -> tuple[Node, ...]:
        self._next()
        if self.now.text == ")" and self.now.kind == "sign":
            self._next()
            return ()
        found = [self.expression(0)]
        while self.now.kind == "sign" and self.now.text == ",":
            self._next()
            found.append(self.expression(0))
        self._close()
        return tuple(found)

    def _close(self) -> None:
        if self.now.kind != "sign" or self.now.text != ")":
            raise FormulaError("Syntax error. Missing ')'", self.now.at)
        self._next()

    def _next(self) -> Token:
        word = self.now
        if word.kind != "end":
            self._place += 1
        return word


def _word(text: str, at: int) -> Node:
    match text.upper():
        case "TRUE":
            return Literal(value=True, at=at)
        case "FALSE":
            return Literal(value=False, at=at)
        case "NULL":
            return Literal(None, at)
    return Name(text, at)
