"""Countries by any of their names: Germany, DE, DEU and Deutschland are one.

Names come from the Unicode CLDR (https://cldr.unicode.org/), in the languages below.
A name that means two countries, or none, stays text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from babel import Locale
from babel.core import get_global

from mappings import forms

LANGUAGES: Final = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "nb", "fi", "hu", "ro", "el", "tr",
    "ru", "uk", "ar", "he", "zh", "ja", "ko", "hi",
)  # fmt: skip
_NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
# Two countries answer to it, though the CLDR's languages know one only.
_TWO: Final = frozenset({"congo", "kongo", "korea", "corea"})
# In use, but not in the CLDR's short names.
_ALSO: Final = {
    "america": "US", "united states of america": "US", "great britain": "GB", "bosnia and herzegovina": "BA",
    "bosnia": "BA", "burma": "MM", "cape verde": "CV", "czech republic": "CZ", "east timor": "TL",
    "holy see": "VA", "hong kong": "HK", "iran, islamic republic of": "IR", "ivory coast": "CI",
    "myanmar": "MM", "korea, republic of": "KR", "republic of korea": "KR", "lao people's democratic republic": "LA",
    "macao": "MO", "macau": "MO", "macedonia": "MK", "moldova, republic of": "MD", "palestine": "PS",
    "russian federation": "RU", "swaziland": "SZ", "syrian arab republic": "SY", "taiwan, province of china": "TW",
    "tanzania, united republic of": "TZ", "turkiye": "TR", "türkiye": "TR", "turkey": "TR", "uk": "GB",
    "uae": "AE", "viet nam": "VN",
}  # fmt: skip
# How people write them, where the CLDR's name says more than that.
_WRITTEN: Final = {"HK": "Hong Kong", "MM": "Myanmar", "MO": "Macao", "PS": "Palestine"}


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every certain name → ISO code, and ISO code → English name."""

    codes: Mapping[str, str]
    names: Mapping[str, str]

    def canonical(self, raw: Any) -> str | None:
        """The ISO code of a country however it is named; other text stays as it is."""
        text = forms.text(raw)
        return self.codes.get(folded(text), text) if text else None

    def name(self, value: str) -> str:
        """The English name of an ISO code; other text stays as it is."""
        return self.names.get(value, value)


def folded(name: str) -> str:
    """A country's name without case, points and a leading "the"."""
    return " ".join(name.casefold().replace(".", "").split()).removeprefix("the ")


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    """The countries of the world."""
    english = _territories("en")
    codes = {**_three_letters(english), **_foreign_names(english)}
    codes |= {folded(name): code for code, name in english.items()}
    codes |= {code.casefold(): code for code in english}
    return Atlas(codes | {folded(name): code for name, code in _ALSO.items()}, english)


def _territories(language: str) -> dict[str, str]:
    return {
        code: name
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }


def _foreign_names(english: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in _territories(language).items():
            found.setdefault(folded(name), set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1 and name not in _TWO}


def _three_letters(english: Mapping[str, str]) -> dict[str, str]:
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    return {
        alias.casefold(): codes[0]
        for alias, codes in aliases.items()
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in english
    }
