"""What can be wrong with one mapping line by itself, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import phonenumbers

from mappings.documents.fields import LineShape
from mappings.documents.reading import Mistake
from mappings.ends import BETWEEN
from mappings.fields import sides_written
from mappings.pairs import belongs_to_lifecycle
from mappings.transforms import TRANSFORMS
from mappings.values import Side

Names = Mapping[tuple[Side, str], tuple[str, ...]]


def line_mistakes(shape: LineShape, pair: str, names: Names) -> Iterator[Mistake]:
    """Everything that the line itself shows to be wrong; a status field hides the rest."""
    status = _status_field(shape, names)
    if status:
        yield status
        return
    for check in _CHECKS:
        fault = check(shape)
        if fault:
            key, text, remedy = fault
            yield shape.mistake(text, remedy, key)
    yield from _several_fields(shape, names)


def _status_field(shape: LineShape, names: Names) -> Mistake | None:
    writes = sides_written(shape.rule, shape.to)
    for (side, kind), fields in names.items():
        for field in fields:
            if belongs_to_lifecycle(side, kind, field, written=side in writes):
                text = f"`{field}` of {side} {kind} belongs to the lifecycle."
                return shape.mistake(
                    text, "Remove this line; lifecycle.yaml says what the field shows.", side, kind
                )
    return None


Fault = tuple[str, str, str] | None


def _to(shape: LineShape) -> Fault:
    if shape.rule == "write_once" and shape.to is None:
        return (
            "rule",
            "`write_once` does not say which side it fills.",
            "Add `to: salesforce` or `to: hubspot`.",
        )
    if shape.rule != "write_once" and shape.to is not None:
        return "to", f"`to` means nothing with `{shape.rule}`.", "Remove it, or use `rule: write_once`."
    return None


def _only(shape: LineShape) -> Fault:
    if shape.only is None:
        return None
    if shape.only is False:
        return "only", "`only: false` would lift opt-outs.", "Write `only: true`, or remove it."
    if shape.as_ != "boolean" or shape.rule not in ("always_salesforce", "always_hubspot"):
        return (
            "only",
            "`only` is for one-way lines of true and false.",
            "Use `as: boolean` and an `always_` rule.",
        )
    return None


def _words(shape: LineShape) -> Fault:
    if (shape.values or shape.fallback is not None) and shape.as_ not in ("choice", "choices"):
        key = "values" if shape.values else "fallback"
        return (
            key,
            f"A value map needs a choice, not `as: {shape.as_}`.",
            "Write `as: choice`, or remove the map.",
        )
    if shape.fallback is not None and len(sides_written(shape.rule, shape.to)) != 1:
        text = "A `fallback` cannot be read backwards, and this line goes both ways."
        return "fallback", text, "List every value in `values`, or choose a rule that goes one way."
    return None


def _through(shape: LineShape) -> Fault:
    if shape.through is None or shape.as_ in TRANSFORMS[shape.through].types:
        return None
    types = " or ".join(f"`as: {name}`" for name in sorted(TRANSFORMS[shape.through].types))
    return "through", f"`{shape.through}` does not fit `as: {shape.as_}`.", f"Use it with {types}."


def _country(shape: LineShape) -> Fault:
    if shape.country is None:
        return None
    if shape.as_ != "phone":
        return "country", "`country` is for phone numbers only.", "Remove it, or write `as: phone`."
    if shape.country not in phonenumbers.SUPPORTED_REGIONS:
        return (
            "country",
            f"`{shape.country}` is not a country.",
            "Use its two letters. Example: `country: DE`.",
        )
    return None


def _too_long(shape: LineShape) -> Fault:
    if shape.if_too_long == "cut" and shape.as_ != "text":
        return (
            "if_too_long",
            f"`as: {shape.as_}` cannot be cut without becoming another.",
            "Remove `if_too_long`.",
        )
    return None


def _no_blank(shape: LineShape) -> Fault:
    writes = sides_written(shape.rule, shape.to)
    if shape.blank == "clear" and shape.as_ in ("boolean", "owner") and "salesforce" in writes:
        return "blank", f"Salesforce has no blank {shape.as_}.", "Use `blank: ignore` or `blank: protect`."
    return None


_CHECKS: Final[tuple[Callable[[LineShape], Fault], ...]] = (
    _to, _only, _words, _through, _country, _too_long, _no_blank,
)  # fmt: skip


def _several_fields(shape: LineShape, names: Names) -> Iterator[Mistake]:
    most = {"money": 2, "choice": 4}.get(shape.as_, 1)
    for (side, kind), fields in names.items():
        if len(fields) > most:
            text = (
                f"`as: {shape.as_}` takes {most} field{'s' if most > 1 else ''} of {side}, not {len(fields)}."
            )
            yield shape.mistake(text, "Write one line a field.", side, kind)
            return
    if shape.as_ == "choice":
        yield from _parts(shape, len(names[next(iter(names))]))


def _parts(shape: LineShape, wanted: int) -> Iterator[Mistake]:
    """Each HubSpot word of a composite names one value a field."""
    if wanted > 1 and not shape.values:
        text = f"`{shape.hubspot}` are several fields, and nothing says which values belong together."
        yield shape.mistake(text, "Add `values`. Example: `default / closedwon: Closed Won`.", "hubspot")
        return
    for word in shape.values:
        if wanted > 1 and word.count(BETWEEN) != wanted - 1:
            remedy = f"Write `{shape.hubspot.replace(' + ', BETWEEN)}`. Example: `default / closedwon: Closed Won`."
            yield shape.mistake(f"`{word}` does not name {wanted} values.", remedy, "values", word)
