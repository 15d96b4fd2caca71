"""SOQL as tokens, each with its place in the text."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from twins.salesforce.errors import Rejected

LONGEST = 100_000
_TOKEN = re.compile(
    r"""\s+
    | (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<moment>\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    | (?P<mark><=|>=|!=|<>|[=<>(),:])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {
    "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f",
    "F": "\f", "'": "'", '"': '"', "\\": "\\",
}  # fmt: skip


class Token(NamedTuple):
    """*kind* is ``text``, ``moment``, ``number``, ``name``, ``mark`` or ``end``; *at* counts from 0."""

    kind: str
    text: str
    at: int


def tokens(query: str) -> list[Token]:
    """The tokens of *query*, closed by an ``end``."""
    if len(query) > LONGEST:
        said = f"SOQL statements cannot be longer than {LONGEST} characters."
        raise Rejected(400, "QUERY_TOO_COMPLICATED", said)
    found: list[Token] = []
    place = 0
    while place < len(query):
        match = _TOKEN.match(query, place)
        if match is None:
            complain(query, place, f"unexpected token: '{query[place]}'")
        if match.lastgroup is not None:
            found.append(Token(match.lastgroup, match.group(), place))
        place = match.end()
    found.append(Token("end", "<EOF>", len(query)))
    return found


def unquote(query: str, token: Token) -> str:
    """What a quoted text says
    (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm).
    """

    def plain(match: re.Match[str]) -> str:
        known = _ESCAPES.get(match.group(1))
        if known is None:
            complain(query, token.at, f"Invalid string literal {token.text}. Illegal character sequence")
        return known

    return _ESCAPE.sub(plain, token.text[1:-1]) if "\\" in token.text else token.text[1:-1]


def like_pattern(query: str, token: Token) -> str:
    r"""A regular expression for a LIKE text: ``%`` any characters, ``_`` one, ``\%`` and ``\_`` themselves."""
    parts, text, place = [], token.text[1:-1], 0
    while place < len(text):
        if text[place] == "\\":
            escaped = text[place + 1]
            kept = escaped if escaped in "%_" else unquote(query, Token("text", f"'\\{escaped}'", token.at))
            parts.append(re.escape(kept))
            place += 2
        else:
            parts.append({"%": ".*", "_": "."}.get(text[place]) or re.escape(text[place]))
            place += 1
    return "".join(parts)


def complain(query: str, at: int, said: str, code: str = "MALFORMED_QUERY") -> NoReturn:
    """Refuse the query, pointing at the place as Salesforce does: the line, a caret, row and column."""
    before = query[:at]
    row, start = before.count("\n") + 1, before.rfind("\n") + 1
    column = at - start + 1
    shown = query[max(start, at - 60) : at + 20].split("\n", maxsplit=1)[0]
    caret = " " * (at - max(start, at - 60)) + "^"
    raise Rejected(400, code, f"\n{shown}\n{caret}\nERROR at Row:{row}:Column:{column}\n{said}")
