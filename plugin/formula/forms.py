"""The functions that decide by type, read fields, or need not look at all they are given.

https://help.salesforce.com/s/articleView?id=platform.customize_functions.htm
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from plugin.formula.conditions import all_of, any_of, none_of, truth
from plugin.formula.errors import FormulaError
from plugin.formula.frame import Frame, given
from plugin.formula.operators import agreed, bare, mistyped, same
from plugin.formula.parts import Part, Type
from plugin.formula.patterns import Pattern

Form = Callable[[str, int, tuple[Part, ...]], Part]


@dataclass(frozen=True, slots=True)
class Special:
    """How many arguments a function takes, and what it makes of them."""

    least: int
    most: int
    build: Form


def _if(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    test, chosen, other = truth(what, at, parts[0]), *parts[1:]
    type_ = _one_type(what, (chosen, other))
    return Part(type_, lambda frame: chosen.run(frame) if test(frame) else other.run(frame), at)


def _case(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """CASE(value, this, then, …, else)"""
    if len(parts) % 2:
        raise FormulaError(f"Incorrect number of parameters for {what}. Expected an even number", at)
    asked, pairs, other = parts[0], parts[1:-1], parts[-1]
    compared = asked._replace(type="text") if asked.type == "picklist" else asked
    agreed(what, (compared, *pairs[::2]))
    type_ = _one_type(what, (*pairs[1::2], other))
    tests = tuple((this.run, then.run) for this, then in zip(pairs[::2], pairs[1::2], strict=True))

    def run(frame: Frame) -> Any:
        value = asked.run(frame)
        chosen = next((then for this, then in tests if same(value, this(frame))), other.run)
        return chosen(frame)

    return Part(type_, run, at)


def _one_type(what: str, parts: tuple[Part, ...]) -> Type:
    for part in parts:
        bare(part)
    return agreed(what, parts)


def _is_picked(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    field, wanted = parts
    if field.type not in ("picklist", "any") or not field.field:
        raise mistyped(what, field.at, "Picklist", field.type)
    text = _literal(what, wanted)
    return Part("boolean", lambda frame: (field.run(frame) or "") == text, at)


def _includes(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    field, wanted = parts
    if field.type not in ("choices", "any") or not field.field:
        raise mistyped(what, field.at, "Multi-Select Picklist", field.type)
    text = _literal(what, wanted)
    return Part("boolean", lambda frame: text in (field.run(frame) or "").split(";"), at)


def _literal(what: str, part: Part) -> str:
    if not isinstance(part.literal, str):
        raise FormulaError(f"{what} only accepts a text in quotes as second parameter", part.at)
    return part.literal


def _text(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    part = parts[0]
    if part.type not in ("number", "date", "datetime", "picklist", "any", "null"):
        raise mistyped(what, part.at, "Number, Date, DateTime, Picklist", part.type)
    return Part("text", lambda frame: shown(part.run(frame)), at)


def shown(value: Any) -> str:
    """A value as TEXT() writes it: no trailing zeros, moments in GMT with a Z."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = f"{value or Decimal(0):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _is_blank(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    _no_picklist(parts[0])
    run = parts[0].run
    return Part("boolean", lambda frame: run(frame) in (None, ""), at)


def _is_null(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """Text is never null (https://help.salesforce.com/s/articleView?id=platform.customize_functions_isnull.htm)."""
    _no_picklist(parts[0])
    if parts[0].type == "text":
        return Part("boolean", lambda _frame: False, at)
    if parts[0].type == "choices":
        return _is_blank(what, at, parts)
    run = parts[0].run
    return Part("boolean", lambda frame: run(frame) is None, at)


def _no_picklist(part: Part) -> None:
    if part.type == "picklist":
        bare(part)


def _blank_value(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    type_, (first, second) = _one_type(what, parts), parts

    def run(frame: Frame) -> Any:
        value = first.run(frame)
        return second.run(frame) if value in (None, "") else value

    return Part(type_, run, at)


def _null_value(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """Text is never null, so that it is never replaced."""
    type_, (first, second) = _one_type(what, parts), parts
    if type_ == "text":
        return first._replace(type=type_, field="")

    def run(frame: Frame) -> Any:
        value = first.run(frame)
        return second.run(frame) if value is None else value

    return Part(type_, run, at)


def _of_field(what: str, part: Part) -> str:
    if not part.field or part.field.startswith("$"):
        raise FormulaError(f"{what} only accepts a field as parameter", part.at)
    if "." in part.field:
        raise FormulaError(f"{what} only accepts a field of the record itself, not {part.field}", part.at)
    return part.field


def _is_changed(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """Always false for a new record
    (https://help.salesforce.com/s/articleView?id=platform.customize_functions_ischanged.htm).
    """
    name, type_, now = _of_field(what, parts[0]), parts[0].type, parts[0].run

    def run(frame: Frame) -> bool:
        if frame.prior is None or frame.context.is_new:
            return False
        return not same(now(frame), given(type_, frame.prior.get(name)))

    return Part("boolean", run, at)


def _prior_value(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """The value as it is for a new record
    (https://help.salesforce.com/s/articleView?id=platform.customize_functions_priorvalue.htm).
    """
    name, type_, now = _of_field(what, parts[0]), parts[0].type, parts[0].run

    def run(frame: Frame) -> Any:
        if frame.prior is None or frame.context.is_new:
            return now(frame)
        return given(type_, frame.prior.get(name))

    return Part(type_, run, at, field=name)


def _is_new(_what: str, at: int, _parts: tuple[Part, ...]) -> Part:
    return Part("boolean", lambda frame: frame.context.is_new, at)


def _now(_what: str, at: int, _parts: tuple[Part, ...]) -> Part:
    return Part("datetime", lambda frame: frame.context.now.astimezone(UTC), at)


def _today(_what: str, at: int, _parts: tuple[Part, ...]) -> Part:
    return Part("date", lambda frame: frame.context.now.astimezone(frame.context.zone).date(), at)


def _date_value(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """A moment's day in the user's zone; a text is YYYY-MM-DD."""
    part = parts[0]
    if part.type not in ("text", "datetime", "date", "any", "null"):
        raise mistyped(what, part.at, "Text, DateTime", part.type)

    def run(frame: Frame) -> date | None:
        value = part.run(frame)
        if isinstance(value, datetime):
            return value.astimezone(frame.context.zone).date()
        if isinstance(value, date) or not value:
            return value or None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise FormulaError(f"{what} cannot read {value!r}; write YYYY-MM-DD", at) from None

    return Part("date", run, at)


def _extreme(choose: Callable[..., Any]) -> Form:
    def build(what: str, at: int, parts: tuple[Part, ...]) -> Part:
        wrong = next((part for part in parts if part.type not in ("number", "any", "null")), None)
        if wrong is not None:
            bare(wrong)
            raise mistyped(what, wrong.at, "Number", wrong.type)

        def run(frame: Frame) -> Any:
            values = [part.run(frame) for part in parts]
            return None if None in values else choose(values)

        return Part("number", run, at)

    return build


def _regex(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """Whether the whole text matches (https://help.salesforce.com/s/articleView?id=platform.customize_functions_regex.htm)."""
    for part in parts:
        bare(part)
        if part.type not in ("text", "any", "null"):
            raise mistyped(what, part.at, "Text", part.type)
    text, wanted = parts
    fixed = _pattern(what, wanted.literal, wanted.at) if isinstance(wanted.literal, str) else None

    def run(frame: Frame) -> bool:
        pattern = fixed or _pattern(what, wanted.run(frame) or "", wanted.at)
        return pattern.matches(text.run(frame) or "")

    return Part("boolean", run, at)


def _pattern(what: str, text: str, at: int) -> Pattern:
    try:
        return Pattern(text)
    except ValueError as wrong:
        raise FormulaError(f"{what} cannot use this pattern: {wrong}", at) from None


MANY = 1000
SPECIAL: dict[str, Special] = {
    "AND": Special(1, MANY, all_of),
    "OR": Special(1, MANY, any_of),
    "NOT": Special(1, 1, none_of),
    "IF": Special(3, 3, _if),
    "CASE": Special(4, MANY, _case),
    "ISPICKVAL": Special(2, 2, _is_picked),
    "INCLUDES": Special(2, 2, _includes),
    "TEXT": Special(1, 1, _text),
    "ISBLANK": Special(1, 1, _is_blank),
    "ISNULL": Special(1, 1, _is_null),
    "BLANKVALUE": Special(2, 2, _blank_value),
    "NULLVALUE": Special(2, 2, _null_value),
    "ISCHANGED": Special(1, 1, _is_changed),
    "PRIORVALUE": Special(1, 1, _prior_value),
    "ISNEW": Special(0, 0, _is_new),
    "NOW": Special(0, 0, _now),
    "TODAY": Special(0, 0, _today),
    "DATEVALUE": Special(1, 1, _date_value),
    "MAX": Special(1, MANY, _extreme(max)),
    "MIN": Special(1, MANY, _extreme(min)),
    "REGEX": Special(2, 2, _regex),
}
