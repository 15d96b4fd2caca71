"""The little language of guards and filters: typed predicates over plain values.

A condition is written in YAML, compiled once, and asked many times. Nothing in it
is ever evaluated as code; patterns know ``*`` and ``?`` only, so that asking takes
time linear in the text.

::

    all: [...]   any: [...]   not: ...
    is: {country: DE}          in: {country: [DE, AT, CH]}
    at_least: {score: 50}      blank: company        contains: {form: demo}
    matches: {email: "?*@?*"}  older_than: {seen: 30 days}  within_days: {seen: 30}
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mappings import raw

Subject = Mapping[str, Any]
Asked = Callable[[Subject, datetime], bool]

_DEEPEST = 12
_MOST_PREDICATES = 200
_LONGEST_PATTERN = 200
_NOT_OURS = "\\^$()[]{}|"
_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class Unclear(ValueError):
    """A condition cannot be understood; *path* leads to the place, the text says what would be right."""

    def __init__(self, path: tuple[str | int, ...], text: str) -> None:
        super().__init__(text)
        self.path = path
        self.text = text


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition: *said* is what YAML says, *names* are the fields it looks at."""

    said: str
    names: frozenset[str] = field(repr=False, compare=False)
    _asked: Asked = field(repr=False, compare=False)

    def holds(self, subject: Subject, now: datetime) -> bool:
        """Whether it is true of *subject* at *now*; a name that *subject* lacks counts as blank."""
        return self._asked(subject, now)


def compile_condition(document: Any) -> Condition:
    """Compile what YAML says; raises `Unclear` with the path to the mistake."""
    compiler = _Compiler()
    asked = compiler.compile(document, ())
    said = json.dumps(document, sort_keys=True, default=str)
    return Condition(said, frozenset(compiler.names), asked)


class _Compiler:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.count = 0

    def compile(self, document: Any, path: tuple[str | int, ...]) -> Asked:
        self.count += 1
        if self.count > _MOST_PREDICATES or len(path) > 2 * _DEEPEST:
            raise Unclear(
                path, f"a condition may hold {_MOST_PREDICATES} predicates, {_DEEPEST} deep; this is more"
            )
        if not isinstance(document, Mapping) or len(document) != 1:
            raise Unclear(
                path, f"a condition is one predicate such as `blank: company`, not {_shown(document)}"
            )
        [(word, operand)] = document.items()
        return self._predicate(word, operand, (*path, str(word)))

    def _predicate(self, word: Any, operand: Any, path: tuple[str | int, ...]) -> Asked:
        if word in ("all", "any"):
            return self._several(word, operand, path)
        if word == "not":
            inner = self.compile(operand, path)
            return lambda subject, now: not inner(subject, now)
        if word == "blank":
            name = self._name(operand, path)
            return lambda subject, _: raw.is_blank(subject.get(name))
        if word not in _TESTS:
            raise Unclear(path[:-1], f"there is no predicate {word!r}{_nearest(str(word))}")
        return self._test(word, operand, path)

    def _several(self, word: str, operand: Any, path: tuple[str | int, ...]) -> Asked:
        if not isinstance(operand, list | tuple) or not operand:
            raise Unclear(path, f"`{word}` takes a list of conditions, not {_shown(operand)}")
        parts = [self.compile(part, (*path, place)) for place, part in enumerate(operand)]
        if word == "all":
            return lambda subject, now: all(part(subject, now) for part in parts)
        return lambda subject, now: any(part(subject, now) for part in parts)

    def _test(self, word: str, operand: Any, path: tuple[str | int, ...]) -> Asked:
        if not isinstance(operand, Mapping) or len(operand) != 1:
            raise Unclear(path, f"`{word}` takes one field and a value, `{word}: {{field: value}}`")
        [(field, wanted)] = operand.items()
        name = self._name(field, path)
        test = _TESTS[word](wanted, (*path, name))
        return lambda subject, now: test(subject.get(name), now)

    def _name(self, name: Any, path: tuple[str | int, ...]) -> str:
        if not isinstance(name, str) or not name.strip():
            raise Unclear(path, f"a field is named by text, not {_shown(name)}")
        self.names.add(name)
        return name


_Test = Callable[[Any, datetime], bool]
_Path = tuple[str | int, ...]


def _is(wanted: Any, path: _Path) -> _Test:
    if not isinstance(wanted, str | int | float | bool | Decimal):
        raise Unclear(
            path, f"`is` compares with one value, not {_shown(wanted)}; for blank say `blank: field`"
        )
    return lambda value, _: raw.same(value, wanted)


def _in(wanted: Any, path: _Path) -> _Test:
    if not isinstance(wanted, list | tuple) or not wanted:
        raise Unclear(path, f"`in` takes a list of values, not {_shown(wanted)}")
    tests = [_is(one, (*path, place)) for place, one in enumerate(wanted)]
    return lambda value, now: any(test(value, now) for test in tests)


def _at_least(wanted: Any, path: _Path) -> _Test:
    least = raw.number(wanted)
    if isinstance(wanted, str) or least is None:
        raise Unclear(path, f"`at_least` takes a number, not {_shown(wanted)}")
    return lambda value, _: (found := raw.number(value)) is not None and found >= least


def _contains(wanted: Any, path: _Path) -> _Test:
    parts = wanted if isinstance(wanted, list | tuple) else [wanted]
    if not parts or not all(isinstance(part, str) and part.strip() for part in parts):
        raise Unclear(path, f"`contains` takes a text or a list of texts, not {_shown(wanted)}")
    looked_for = [part.casefold() for part in parts]
    return lambda value, _: any(part in str(value or "").casefold() for part in looked_for)


def _matches(wanted: Any, path: _Path) -> _Test:
    if not isinstance(wanted, str) or not wanted or len(wanted) > _LONGEST_PATTERN:
        raise Unclear(path, f"`matches` takes a pattern of 1 to {_LONGEST_PATTERN} characters")
    strange = sorted(set(wanted) & set(_NOT_OURS))
    if strange:
        raise Unclear(
            path,
            f"`matches` knows only * (any text) and ? (one character), not {' '.join(strange)} in {wanted!r}",
        )
    pattern = wanted.casefold()
    return lambda value, _: not raw.is_blank(value) and is_like(str(value).strip().casefold(), pattern)


def _older_than(wanted: Any, path: _Path) -> _Test:
    age = span(wanted)
    if age is None:
        raise Unclear(path, f"`older_than` takes a time such as `30 days` or `4 hours`, not {_shown(wanted)}")
    return lambda value, now: (found := raw.moment(value)) is not None and found < now - age


def _within_days(wanted: Any, path: _Path) -> _Test:
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 0 < wanted < 36_500:
        raise Unclear(path, f"`within_days` takes a whole number of days, not {_shown(wanted)}")
    age = timedelta(days=wanted)
    return lambda value, now: (found := raw.moment(value)) is not None and now - age <= found <= now + age


_TESTS: Mapping[str, Callable[[Any, _Path], _Test]] = {
    "is": _is,
    "in": _in,
    "at_least": _at_least,
    "contains": _contains,
    "matches": _matches,
    "older_than": _older_than,
    "within_days": _within_days,
}
_WORDS = ("all", "any", "not", "blank", *_TESTS)


def span(spelled: Any) -> timedelta | None:
    """The length of time that a text such as ``30 days`` spells, else None."""
    parts = spelled.split() if isinstance(spelled, str) else []
    if len(parts) != 2 or not parts[0].isdecimal() or len(parts[0]) > 4:
        return None
    unit = _UNITS.get(parts[1].removesuffix("s"))
    return unit * int(parts[0]) if unit else None


def is_like(text: str, pattern: str) -> bool:
    """Whether *text* matches *pattern* of ``*`` and ``?``, in steps bounded by their lengths' product."""
    place, star, resume, step = 0, -1, 0, 0
    while place < len(text):
        if step < len(pattern) and pattern[step] == "*":
            star, resume, step = step, place, step + 1
        elif step < len(pattern) and pattern[step] in ("?", text[place]):
            place, step = place + 1, step + 1
        elif star >= 0:
            resume, step = resume + 1, star + 1
            place = resume
        else:
            return False
    return all(sign == "*" for sign in pattern[step:])


def _nearest(word: str) -> str:
    near = difflib.get_close_matches(word, _WORDS, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(_WORDS)}"


def _shown(value: Any) -> str:
    spelled = repr(value)
    return spelled if len(spelled) <= 60 else spelled[:57] + "..."
