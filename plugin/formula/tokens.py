"""A formula cut into words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from plugin.formula.errors import FormulaError

TokenKind = Literal["number", "text", "name", "sign", "end"]
_PART = re.compile(
    r"""(?P<space>\s+|/\*.*?\*/)
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>\$?[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|::?)\$?[A-Za-z_][A-Za-z0-9_]*)*)
    |(?P<sign>&&|\|\||==|!=|<>|<=|>=|/(?!\*)|[-+*^&=<>!(),])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


class Token(NamedTuple):
    """One word of the formula and where it begins."""

    kind: TokenKind
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """The words of *text*, ended by one of kind ``end``; comments and white space are left out."""
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            raise FormulaError(_unreadable(text, at), at)
        kind = match.lastgroup
        if kind != "space":
            yield Token(kind, match.group(), at)  # type: ignore[arg-type]
        at = match.end()
    yield Token("end", "", len(text))


def unquoted(token: Token) -> str:
    r"""The text that a literal means: ``\"`` is a quote, ``\n`` a line end."""
    return re.sub(r"\\(.)", lambda match: _ESCAPED.get(match[1], match[1]), token.text[1:-1], flags=re.DOTALL)


def _unreadable(text: str, at: int) -> str:
    if text[at] in "\"'":
        return "Syntax error. The text that begins here has no closing quote"
    if text.startswith("/*", at):
        return "Syntax error. The comment that begins here has no end"
    return f"Syntax error. Found {text[at]!r}, which means nothing in a formula"
