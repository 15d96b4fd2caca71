"""/search and /parameterizedSearch: words found in names, e-mails and telephone numbers.

Simple but true: FIND {words} [IN … FIELDS] [RETURNING Kind(fields [LIMIT n]), …] [LIMIT n]
(https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_syntax.htm).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from twins.salesforce.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected
from twins.salesforce.schema import Field, Kind
from twins.salesforce.soql.columns import bind
from twins.salesforce.soql.grammar import Path
from twins.salesforce.soql.shown import printer
from twins.salesforce.store import Row

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
    tests = [_test(word) for word in _words(words)]
    found: list[dict[str, Any]] = []
    for kind, names, limit in kinds:
        fields = [field.name for field in kind.fields.values() if _SCOPES[scope](field)]
        columns = [bind(call.org, kind, Path(tuple(name.split(".")), 0), "") for name in names]
        shown = printer(call.org, columns, call.base, kind)
        rows = _hits(call.org.tables[kind.name].by_id(), fields, tests)
        found += [shown(row) for row, _ in zip(rows, range(limit), strict=False)]
    return Answer(200, {"searchRecords": found[:most]})


def _hits(rows: Iterable[Row], fields: Iterable[str], tests: list[re.Pattern[str]]) -> Iterator[Row]:
    for row in rows:
        if "IsDeleted" in row:
            continue
        tokens = [token for name in fields for token in _tokens(row.get(name))]
        if all(any(test.fullmatch(token) for token in tokens) for test in tests):
            yield row


def _tokens(value: Any) -> list[str]:
    return [value.lower(), *_SEPARATORS.split(value.lower())] if isinstance(value, str) else []


def _words(text: str) -> list[str]:
    """The words that all must be there; a phrase in quotes is one; a word has two characters or more."""
    words = [phrase or word for phrase, word in re.findall(r'"([^"]+)"|(\S+)', text)]
    if not words or any(len(word.strip("*?")) < 2 for word in words):
        said = f"search term must be longer than one character: {text}"
        raise Rejected(400, "MALFORMED_SEARCH", said)
    return words


def _test(word: str) -> re.Pattern[str]:
    """``*`` stands for any characters, ``?`` for one."""
    parts = re.split(r"([*?])", word.lower())
    whole = "".join({"*": ".*", "?": "."}.get(part) or re.escape(part) for part in parts)
    return re.compile(whole, re.DOTALL)


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
