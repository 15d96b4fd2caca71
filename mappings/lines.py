"""Compile the mapping lines of one pair, or say what is wrong with them.

What one line says is checked alone, then against the lifecycle's fields, then
against its neighbours, then against the fields that the vendors describe.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mappings import vendor
from mappings.bridge import Bridge
from mappings.documents.fields import FieldsDocument, LineShape
from mappings.documents.reading import Mistake, suggestion
from mappings.ends import TEXTLIKE, Place, Terms, end
from mappings.fields import End, FieldLine, sides_written
from mappings.fitting import misfit
from mappings.linting import line_mistakes
from mappings.pairs import PAIRS, Pair, PairLines
from mappings.values import Side
from mappings.wordmaps import TwoMeanings, WordMap, compile_words

Names = Mapping[tuple[Side, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A line on its way: what it says, and which fields it names on each side and kind."""

    shape: LineShape
    pair: str
    names: Names
    words: WordMap | None

    @property
    def writes(self) -> tuple[Side, ...]:
        """The sides it may ever write to."""
        return sides_written(self.shape.rule, self.shape.to)


def compile_lines(
    pair: str,
    file: str,
    document: FieldsDocument,
    bridge: Bridge,
    known: vendor.Described | None,
    lacking: frozenset[str] = frozenset(),
) -> tuple[PairLines, list[Mistake]]:
    """The compiled lines of *pair*, without those of the *lacking* fields, and everything that is wrong with them."""
    drafts: list[Draft] = []
    mistakes: list[Mistake] = []
    for shape in document.lines:
        if _names_any(shape, pair, lacking):
            continue
        draft, faults = _draft(shape, pair, known)
        mistakes += faults
        drafts += [draft] if draft else []
    mistakes += _written_twice(drafts)
    if mistakes:
        return _pair_lines(pair, ()), mistakes
    names = _line_names(drafts)
    return _pair_lines(pair, tuple(
        _compiled(draft, name, file, bridge, known) for draft, name in zip(drafts, names, strict=True)
    )), []  # fmt: skip


def misfits(
    pair: str, document: FieldsDocument, known: vendor.Described, lacking: frozenset[str] = frozenset()
) -> list[Mistake]:
    """The lines of *pair* whose type does not fit their fields; it does not stop the bridge."""
    there = [shape for shape in document.lines if not _names_any(shape, pair, lacking)]
    found = (misfit(shape, _names(shape, PAIRS[pair]), known) for shape in there)
    return [one for one in found if one is not None]


def _pair_lines(pair: str, lines: tuple[FieldLine, ...]) -> PairLines:
    return PairLines(pair, PAIRS[pair].hubspot, PAIRS[pair].salesforce, lines)


def _draft(shape: LineShape, pair: str, known: vendor.Described | None) -> tuple[Draft | None, list[Mistake]]:
    strange = _strange_kind(shape, PAIRS[pair])
    if strange:
        return None, [strange]
    names = vendor.without_missing_currency(_names(shape, PAIRS[pair]), known)
    mistakes = list(line_mistakes(shape, pair, names))
    if mistakes:
        return None, mistakes
    try:
        words = _words(shape)
    except TwoMeanings as trouble:
        remedy = "Map each value once, or let the line go one way."
        return None, [
            shape.mistake(f"This value map has two meanings: {trouble}.", remedy, "values", trouble.word)
        ]
    mistakes = list(vendor.mistakes(shape, names, words, known))
    return Draft(shape, pair, names, words), mistakes


def _names_any(shape: LineShape, pair: str, lacking: frozenset[str]) -> bool:
    return any(not lacking.isdisjoint(names) for names in _names(shape, PAIRS[pair]).values())


def _strange_kind(shape: LineShape, pair: Pair) -> Mistake | None:
    if isinstance(shape.salesforce, str):
        return None
    for kind in shape.salesforce:
        if kind not in pair.salesforce:
            text = f"`{kind}` is not a kind of this pair."
            return shape.mistake(text, suggestion(kind, pair.salesforce), "salesforce", kind)
    return None


def _names(shape: LineShape, pair: Pair) -> dict[tuple[Side, str], tuple[str, ...]]:
    names: dict[tuple[Side, str], tuple[str, ...]] = {("hubspot", pair.hubspot): _split(shape.hubspot)}
    for kind in pair.salesforce:
        address = shape.salesforce if isinstance(shape.salesforce, str) else shape.salesforce.get(kind)
        if address:
            names["salesforce", kind] = _split(address)
    return names


def _split(address: str) -> tuple[str, ...]:
    return tuple(address.split(" + "))


def _words(shape: LineShape) -> WordMap | None:
    if not shape.values and shape.fallback is None:
        return None
    rows = {
        word: (words,) if isinstance(words, str) else tuple(words) for word, words in shape.values.items()
    }
    return compile_words(rows, shape.fallback, sides_written(shape.rule, shape.to))


def _written_twice(drafts: list[Draft]) -> Iterator[Mistake]:
    seen: dict[tuple[Side, str, str], Draft] = {}
    for draft in drafts:
        for (side, kind), fields in draft.names.items():
            for field in fields if side in draft.writes else ():
                first = seen.setdefault((side, kind, field), draft)
                if first is not draft:
                    line = first.shape.line_of()
                    text = f"`{field}` of {side} {kind} is written by this line and by line {line}."
                    yield draft.shape.mistake(text, "Let one of them write it (`rule`), or remove one.", side)
                    break
            else:
                continue
            break


def _line_names(drafts: list[Draft]) -> list[str]:
    """`person.email`; where two lines share the HubSpot field, `person.email>Email`."""
    short = [f"{draft.pair}.{draft.shape.hubspot.replace(' ', '')}" for draft in drafts]
    long = [f"{name}>{_far(draft)}" for name, draft in zip(short, drafts, strict=True)]
    unique = [one if short.count(one) == 1 else other for one, other in zip(short, long, strict=True)]
    return [
        name if unique.count(name) == 1 else f"{name}#{unique[:place].count(name) + 1}"
        for place, name in enumerate(unique)
    ]


def _far(draft: Draft) -> str:
    return "+".join(next((names for (side, _), names in draft.names.items() if side == "salesforce"), ()))


def _compiled(
    draft: Draft, name: str, file: str, bridge: Bridge, known: vendor.Described | None
) -> FieldLine:
    shape = draft.shape
    return FieldLine(
        name=name,
        pair=draft.pair,
        type=shape.as_,
        rule=shape.rule,
        to=shape.to,
        conflict=shape.conflict,
        blank=shape.blank,
        first=shape.first,
        only=shape.only,
        if_required=shape.if_required,
        cuts=shape.if_too_long == "cut",
        verify=shape.verify,
        fingerprint=_fingerprint(shape),
        file=file,
        line=shape.line_of(),
        words=draft.words,
        ends=_ends(draft, bridge, known),
    )


def _ends(draft: Draft, bridge: Bridge, known: vendor.Described | None) -> dict[tuple[str, str], End]:
    shape = draft.shape
    lengths = [length for place in draft.names if (length := vendor.length(known, place, draft.names[place]))]
    terms = Terms(
        type=shape.as_,
        zone=bridge.zone,
        currency=bridge.currency,
        through=shape.through,
        country=shape.country,
        words=draft.words,
        cut_at=min(lengths, default=None) if shape.if_too_long == "cut" else None,
    )
    return {(side, kind): end(terms, _place(draft, side, kind, known)) for side, kind in draft.names}


def _place(draft: Draft, side: Side, kind: str, known: vendor.Described | None) -> Place:
    names = draft.names[side, kind]
    length = vendor.length(known, (side, kind), names) if draft.shape.as_ in TEXTLIKE else None
    choices = (
        vendor.closed_choices(known, (side, kind), names) if draft.shape.as_ in ("choice", "choices") else ()
    )
    return Place(side=side, fields=names, length=length, choices=frozenset(choices))


def _fingerprint(shape: LineShape) -> str:
    """Of what the line means: names, type, transform, value map; not of who wins."""
    meaning = [
        shape.hubspot, shape.salesforce, shape.as_, shape.through, shape.country, shape.only,
        sorted(shape.values.items()), shape.fallback,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:16]
