"""Check a mapping line against the fields that the vendors describe.

Works on any description with the attributes of `mappings.fields.Known`; a side and
kind that is not described is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from mappings.documents.fields import LineShape
from mappings.documents.reading import Mistake, nearest, suggestion
from mappings.ends import BETWEEN
from mappings.fields import sides_written
from mappings.values import Side
from mappings.wordmaps import WordMap


class DescribedField(Protocol):
    """One field as a vendor describes it."""

    @property
    def type(self) -> str: ...
    @property
    def length(self) -> int | None: ...
    @property
    def createable(self) -> bool: ...
    @property
    def updateable(self) -> bool: ...
    @property
    def required(self) -> bool: ...
    @property
    def choices(self) -> tuple[str, ...]: ...


Place = tuple[Side, str]
Described = Mapping[Place, Mapping[str, DescribedField]]
Names = Mapping[Place, tuple[str, ...]]

# Fields that only an org or portal with several currencies has.
_CURRENCIES = frozenset({"CurrencyIsoCode", "deal_currency_code"})


def without_missing_currency(names: Names, known: Described | None) -> Names:
    """*names* without the currency field where there is one currency only: then it is the bridge's."""
    if known is None:
        return names
    return {
        place: tuple(
            name for name in fields if name not in _CURRENCIES or name in known.get(place, {name: None})
        )
        for place, fields in names.items()
    }


def length(known: Described | None, place: Place, fields: tuple[str, ...]) -> int | None:
    """How many characters the one field of an end holds, if that is known."""
    described = (known or {}).get(place, {}).get(fields[0]) if len(fields) == 1 else None
    return described.length or None if described else None


def closed_choices(known: Described | None, place: Place, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The only values that HubSpot takes; Salesforce's standard picklists take others as well."""
    described = (known or {}).get(place, {}).get(fields[0]) if len(fields) == 1 else None
    return described.choices if described and place[0] == "hubspot" else ()


def mistakes(
    shape: LineShape, names: Names, words: WordMap | None, known: Described | None
) -> Iterator[Mistake]:
    """What the vendors' descriptions show to be wrong with a line."""
    for place, fields in names.items():
        if known is None or place not in known:
            continue
        faults = list(_field_mistakes(shape, place, fields, known[place]))
        yield from faults or _lost_currency(shape, place, fields, known[place])
        if not faults and words:
            yield from _word_mistakes(shape, place, [known[place][name] for name in fields], words)


def _field_mistakes(
    shape: LineShape, place: Place, fields: tuple[str, ...], described: Mapping[str, DescribedField]
) -> Iterator[Mistake]:
    side, kind = place
    written = side in sides_written(shape.rule, shape.to)
    for name in fields:
        if name not in described:
            text = f"`{name}` is not a field of {side} {kind}."
            yield shape.mistake(text, _leading_to(name, described), side, kind)
        elif written and not (described[name].updateable or described[name].createable):
            text = f"`{name}` of {side} {kind} cannot be written."
            yield shape.mistake(
                text, f"Choose a rule that never writes {side}, or another field.", side, kind
            )


def _lost_currency(
    shape: LineShape, place: Place, fields: tuple[str, ...], described: Mapping[str, DescribedField]
) -> Iterator[Mistake]:
    """An amount whose currency stands beside it must not be read without it."""
    side, kind = place
    beside = sorted(_CURRENCIES & described.keys())
    if shape.as_ == "money" and len(fields) == 1 and beside:
        text = f"`{fields[0]}` of {side} {kind} has its currency in `{beside[0]}`."
        yield shape.mistake(text, f"Write `{fields[0]} + {beside[0]}`.", side, kind)


def _leading_to(name: str, described: Mapping[str, DescribedField]) -> str:
    close = nearest(name, described)
    return (
        f"Did you mean `{close}`?"
        if close
        else "Create it there, let the bridge's user see it, or remove the line."
    )


def _word_mistakes(
    shape: LineShape, place: Place, described: list[DescribedField], words: WordMap
) -> Iterator[Mistake]:
    side, writes = place[0], sides_written(shape.rule, shape.to)
    reads_here = any(other != side for other in writes)
    if reads_here and len(described) == 1 and words.fallback is None:
        yield from _not_total(shape, side, described[0].choices)
    if side in writes:
        yield from _no_choice(shape, side, described)


def _not_total(shape: LineShape, side: Side, choices: tuple[str, ...]) -> Iterator[Mistake]:
    missing = [word for word in choices if word not in _words_of(shape, side)]
    if missing:
        listed = ", ".join(f"`{word}`" for word in missing[:10])
        text = f"The value map says nothing about {listed} of {side}."
        yield shape.mistake(text, "Add them to `values`, or give the line a `fallback`.", "values")


def _words_of(shape: LineShape, side: Side) -> set[str]:
    if side == "hubspot":
        return set(shape.values)
    return {one for words in shape.values.values() for one in ([words] if isinstance(words, str) else words)}


def _no_choice(shape: LineShape, side: Side, described: list[DescribedField]) -> Iterator[Mistake]:
    """A word that would be written must be one of the field's choices (HubSpot refuses it, Salesforce adds it)."""
    written = _words_of(shape, side) | (
        {shape.fallback} if shape.fallback and _falls_on(shape, side) else set()
    )
    for word in sorted(written):
        for part, field in zip(
            word.split(BETWEEN) if len(described) > 1 else [word], described, strict=False
        ):
            if field.choices and part not in field.choices:
                yield shape.mistake(
                    f"`{part}` is not a choice of {side}.", suggestion(part, field.choices), "values", word
                )


def _falls_on(shape: LineShape, side: Side) -> bool:
    return sides_written(shape.rule, shape.to) == (side,)
