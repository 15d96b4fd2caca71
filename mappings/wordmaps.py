"""The value map of a line: which word of HubSpot is which word of Salesforce.

One side's words are the canonical ones: those of the side that is written, or
HubSpot's where both are. Where a map goes both ways it is unambiguous both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappings.forms import Unreadable, Unrenderable
from mappings.values import Side

Rows = Mapping[str, tuple[str, ...]]


class TwoMeanings(ValueError):
    """A value map can be read in two ways; *word* is the HubSpot word of the offending row."""

    def __init__(self, word: str, text: str) -> None:
        super().__init__(text)
        self.word = word


@dataclass(frozen=True, slots=True)
class WordMap:
    """Translates the words of one side into the canonical words of the other, and back."""

    canonical: Side
    into: Mapping[str, str]
    back: Mapping[str, str]
    fallback: str | None

    def words(self, side: Side) -> tuple[str, ...]:
        """Every word of *side* that the map names, in its order."""
        if side == self.canonical:
            named = (*self.into.values(), *((self.fallback,) if self.fallback else ()))
        else:
            named = (*self.into, *self.back.values())
        return tuple(dict.fromkeys(named))

    def read(self, side: Side, word: str) -> str:
        """The canonical word; raise `Unreadable` for one that the map does not know."""
        if side == self.canonical:
            return word
        found = self.into.get(word, self.fallback)
        if found is None:
            raise Unreadable(
                f"`{word}` is not in the value map.", "Add it to `values`, or give the line a `fallback`."
            )
        return found

    def render(self, side: Side, value: str) -> str:
        """The word of *side*; raise `Unrenderable` for one that the map does not know."""
        if side == self.canonical:
            return value
        if value not in self.back:
            raise Unrenderable(f"`{value}` is not in the value map.", "Add it to `values`.")
        return self.back[value]


def compile_words(rows: Rows, fallback: str | None, writes: Sequence[Side]) -> WordMap:
    """The map of *rows* (HubSpot word → Salesforce words) for a line that writes these sides."""
    canonical: Side = "salesforce" if tuple(writes) == ("salesforce",) else "hubspot"
    if "salesforce" in writes:
        _one_word_each(rows)
    if "hubspot" in writes:
        _no_word_twice(rows)
    forwards = {word: words[0] for word, words in rows.items() if words}
    backwards = {one: word for word, words in reversed(list(rows.items())) for one in words}
    if canonical == "salesforce":
        return WordMap(canonical, forwards, {}, fallback)
    return WordMap(canonical, backwards, forwards, fallback)


def _one_word_each(rows: Rows) -> None:
    for word, words in rows.items():
        if len(words) != 1:
            listed = " and ".join(f"`{one}`" for one in words)
            raise TwoMeanings(word, f"`{word}` of HubSpot would be written to Salesforce as {listed}")


def _no_word_twice(rows: Rows) -> None:
    seen: dict[str, str] = {}
    for word, words in rows.items():
        for one in words:
            if one in seen:
                raise TwoMeanings(
                    word, f"`{one}` of Salesforce is both `{seen[one]}` and `{word}` in HubSpot"
                )
            seen[one] = word
