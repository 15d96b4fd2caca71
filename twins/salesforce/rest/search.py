"""/search and /parameterizedSearch: words found in names, e-mails and telephone numbers.

Simple but true: FIND {words} [IN … FIELDS] [RETURNING Kind(fields [LIMIT n]), …] [LIMIT n]
(https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_syntax.htm).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.soql.fields.columns import bind
from twins.salesforce.soql.fields.shown import printer
from twins.salesforce.soql.reading.tree import Path

MOST = 2000
_FIND = re.compile(
    r"\s*FIND\s*\{((?:[^{}\\]|\\.)*)\}"
    r"(?:\s+IN\s+(ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS)?"
    r"(?:\s+RETURNING\s+(.+?))?(?:\s+LIMIT\s+(\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_RETURNED = re.compile(
    r"\s*(\w+)\s*(?:\(\s*([\w.]+(?:\s*,\s*[\w.]+)*)(?:\s+LIMIT\s+(\d+))?\s*\))?\s*(?:,|$)", re.IGNORECASE
)
_SCOPES: dict[str, Callable[[Field], bool]] = {
    "ALL": lambda field: field.type in ("string", "email", "phone", "textarea", "url"),
    "SIDEBAR": lambda field: field.type in ("string", "email", "phone"),
    "NAME": lambda field: field.name in ("Name", "FirstName", "LastName", "Subject"),
    "EMAIL": lambda field: field.type == "email",
    "PHONE": lambda field: field.type == "phone",
}
_SEARCHABLE = ("Account", "Campaign", "Contact", "Event", "Lead", "Opportunity", "Task", "User")
_SEPARATORS = re.compile(r"[\s,;:/@.<>()\[\]\"'+_-]+")


def search(call: Call) -> Answer:
    """GET /search?q=FIND…"""
    text = call.first("q")
    match = _FIND.fullmatch(text)
    if match is None:
        said = f"\n{text}\n^\nERROR at Row:1:Column:1\nunexpected token: {text.split(' ')[0] or '<EOF>'}"
        raise Rejected(400, "MALFORMED_SEARCH", said)
    words, scope, returning, most = match.groups()
    return _answer(
        call, _unescaped(words), (scope or "ALL").upper(), _kinds(call, returning), int(most or MOST)
    )


def parameterized(call: Call) -> Answer:
    """GET /parameterizedSearch?q=…&sobject=…&fields=…, or the same as JSON by POST
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_search_parameterized.htm).
    """
    asked = call.values() if call.method == "POST" else {name: ",".join(v) for name, v in call.query.items()}
    words = asked.get("q")
    if not isinstance(words, str) or not words:
        raise Rejected(400, "MALFORMED_SEARCH", "search term is required")
    fields = _listed(asked.get("fields")) or ["Id"]
    named = [(name, fields, MOST) for name in _listed(asked.get("sobject"))]
    several = asked.get("sobjects") if isinstance(asked.get("sobjects"), list) else []
    named += [
        (str(one.get("name")), _listed(one.get("fields")) or fields, MOST)
        for one in several or []
        if isinstance(one, dict)
    ]
    scope = str(asked.get("in") or "ALL").upper()
    limit = str(asked.get("overallLimit") or MOST)
    kinds = [(_searchable(call, name), own, most) for name, own, most in named] or _every(call)
    return _answer(
        call, words, scope if scope in _SCOPES else "ALL", kinds, int(limit) if limit.isdigit() else MOST
    )


def _answer(
    call: Call, words: str, scope: str, kinds: Iterable[tuple[Kind, list[str], int]], most: int
) -> Answer:
    wanted = _either(words)
    found: list[dict[str, Any]] = []
    for kind, names, limit in kinds:
        fields = [field.name for field in kind.fields.values() if _SCOPES[scope](field)]
        columns = [bind(call.org, kind, Path(tuple(name.split(".")), 0), "") for name in names]
        shown = printer(call.org, columns, call.base, kind)
        live = (row for row in call.org.tables[kind.name].by_id() if "IsDeleted" not in row)
        hits = (row for row in live if _holds(wanted, [row.get(name) for name in fields]))
        found += [shown(row) for row in islice(hits, limit)]
    return Answer(200, {"searchRecords": found[:most]})


def _holds(wanted: Sequence[Sequence[_Word]], values: Iterable[Any]) -> bool:
    tokens = [token for value in values for token in _tokens(value)]
    return any(all(one.is_in(tokens) for one in words) for words in wanted)


def _tokens(value: Any) -> list[str]:
    return [value.lower(), *_SEPARATORS.split(value.lower())] if isinstance(value, str) else []


class _Word:
    """A word or a phrase; ``*`` stands for any characters, ``?`` for one."""

    def __init__(self, text: str, *, wanted: bool) -> None:
        parts = re.split(r"([*?])", text.lower())
        whole = "".join({"*": ".*", "?": "."}.get(part) or re.escape(part) for part in parts)
        self._form, self._wanted = re.compile(whole, re.DOTALL), wanted

    def is_in(self, tokens: Sequence[str]) -> bool:
        return any(self._form.fullmatch(token) for token in tokens) is self._wanted


def _either(text: str) -> list[list[_Word]]:
    """Words that must all be there, OR others; AND is what stands between words anyway; two characters at least."""
    found: list[list[_Word]] = [[]]
    wanted = True
    for phrase, word in re.findall(r'"([^"]+)"|(\S+)', text):
        match word.upper():
            case "AND":
                continue
            case "OR":
                found.append([])
            case "NOT":
                wanted = False
            case _:
                if len((phrase or word).strip("*?")) < 2:
                    raise _too_short(text)
                found[-1].append(_Word(phrase or word, wanted=wanted))
                wanted = True
    if not all(found):
        raise _too_short(text)
    return found


def _too_short(text: str) -> Rejected:
    return Rejected(400, "MALFORMED_SEARCH", f"search term must be longer than one character: {text}")


def _kinds(call: Call, returning: str | None) -> list[tuple[Kind, list[str], int]]:
    if returning is None:
        return _every(call)
    found, at = [], 0
    while at < len(returning):
        match = _RETURNED.match(returning, at)
        if match is None:
            said = f"\n{returning}\nERROR at Row:1:Column:{at + 1}\nunexpected token in RETURNING"
            raise Rejected(400, "MALFORMED_SEARCH", said)
        name, fields, limit = match.groups()
        found.append((_searchable(call, name), _listed(fields) or ["Id"], int(limit or MOST)))
        at = match.end()
    return found


def _searchable(call: Call, name: str) -> Kind:
    kind = call.org.lower.get(name.lower())
    if kind is None or kind.name not in _SEARCHABLE:
        raise Rejected(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return kind


def _every(call: Call) -> list[tuple[Kind, list[str], int]]:
    kinds: Mapping[str, Kind] = call.org.kinds
    return [(kinds[name], ["Id"], MOST) for name in _SEARCHABLE if name in kinds]


def _listed(value: Any) -> list[str]:
    names = value if isinstance(value, list) else str(value or "").split(",")
    return [name.strip() for name in map(str, names) if name.strip()]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


RESOURCES: Mapping[str, Resource] = {
    "search": {"GET": search},
    "parameterizedSearch": {"GET": parameterized, "POST": parameterized},
}
