"""SOQL as tokens, each with its place in the text."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from twins.salesforce.errors import Rejected

LONGEST = 100_000
_TOKEN = re.compile(
    r"""[ \t\r\n\f]+
    | (?P<text>'(?:[^'\\\n]|\\[^\n])*')
    | (?P<moment>\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2}))?
        | \d{2}:\d{2}:\d{2}(?:\.\d+)?[Zz])
    | (?P<money>[A-Za-z]{3}\d+\.\d+)
    | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    | (?P<mark><\s*=|>\s*=|!=|<>|[=<>(),:+-])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {
    "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f",
    "F": "\f", "'": "'", '"': '"', "\\": "\\",
}  # fmt: skip


class Token(NamedTuple):
    """*kind* is ``text``, ``moment``, ``number``, ``money``, ``name``, ``mark`` or ``end``; *at* counts from 0."""

    kind: str
    text: str
    at: int


def tokens(query: str, start: int = 0) -> list[Token]:
    """The tokens of *query* from *start* on, closed by an ``end``."""
    if len(query) > LONGEST:
        said = f"SOQL statements cannot be longer than {LONGEST} characters."
        raise Rejected(400, "QUERY_TOO_COMPLICATED", said)
    found: list[Token] = []
    place = start
    while place < len(query):
        match = _TOKEN.match(query, place)
        if match is None:
            complain(query, place, f"unexpected token: '{query[place]}'")
        kind = match.lastgroup
        if kind is not None:
            text = match.group()
            found.append(
                Token(kind, "".join(text.split()) if kind == "mark" and len(text) > 1 else text, place)
            )
        place = match.end()
    found.append(Token("end", "<EOF>", len(query)))
    return found


def check_escapes(query: str, token: Token, *, like: bool = False) -> None:
    """Refuse an escape that a text (or a LIKE text) does not know, at its place."""
    for match in _ESCAPE.finditer(token.text[1:-1]):
        escaped = match.group(1)
        if _plain(escaped) is None and not (like and escaped in ("%", "_")):
            place = token.at + 1 + match.start()
            complain(query, place, f"Invalid string literal {token.text}. Illegal character sequence")


def unquote(token: Token) -> str:
    """What a quoted text says
    (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm).
    """
    inside = token.text[1:-1]
    return _ESCAPE.sub(lambda match: _plain(match.group(1)) or "", inside) if "\\" in inside else inside


def like_pattern(token: Token) -> str:
    r"""A regular expression for a LIKE text: ``%`` any characters, ``_`` one, ``\%`` and ``\_`` themselves."""
    parts, text, place = [], token.text[1:-1], 0
    while place < len(text):
        match = _ESCAPE.match(text, place)
        if match is not None:
            parts.append(re.escape(_plain(match.group(1)) or match.group(1)))
            place = match.end()
        else:
            parts.append({"%": ".*", "_": "."}.get(text[place]) or re.escape(text[place]))
            place += 1
    return "".join(parts)


def _plain(escaped: str) -> str | None:
    if len(escaped) == 5:
        return chr(int(escaped[1:], 16))
    return _ESCAPES.get(escaped)


def complain(query: str, at: int, said: str, code: str = "MALFORMED_QUERY") -> NoReturn:
    """Refuse the query, pointing at the place as Salesforce does: the line, a caret, row and column."""
    before = query[:at]
    row, start = before.count("\n") + 1, before.rfind("\n") + 1
    column = at - start + 1
    shown = query[max(start, at - 60) : at + 20].split("\n", maxsplit=1)[0]
    caret = " " * (at - max(start, at - 60)) + "^"
    raise Rejected(400, code, f"\n{shown}\n{caret}\nERROR at Row:{row}:Column:{column}\n{said}")
