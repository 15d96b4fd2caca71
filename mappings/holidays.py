"""Public holidays of countries and their parts, from the library of that name: dates only, nothing is asked online."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from posixpath import commonprefix
from typing import Any

from mappings.countries import atlas


@lru_cache(maxsize=1024)
def holidays_of(code: str, year: int) -> frozenset[date]:
    """The holidays of a country (`DE`) or a part of it (`DE-BY`) in one year; an unknown code has none."""
    calendar = _calendar(code, year)
    return frozenset(calendar) if calendar is not None else frozenset()


@lru_cache(maxsize=1024)
def is_known(code: str) -> bool:
    """Whether the library knows the holidays of this country or part of it."""
    return _calendar(code, 2026) is not None


def code_of(country: str | None) -> str | None:
    """The code of a country however people name it; None for a blank, and for one whose holidays are not known."""
    code = atlas().canonical(country) if country else None
    return code if code and is_known(code) and "-" not in code else None


def nearest(code: str) -> str:
    """What would be right instead of a code that the library lacks."""
    from holidays import list_supported_countries

    known: dict[str, list[str]] = list_supported_countries()
    country, _, part = code.upper().partition("-")
    if part and known.get(country):
        parts = [f"{country}-{one}" for one in known[country]]
        return f"Did you mean `{_closest(code, parts)}`? There are {', '.join(parts)}."
    named = code_of(code.partition("-")[0]) or _closest(country, [one for one in known if len(one) == 2])
    return f"Did you mean `{named}`? A country is two letters, a part of it such as `DE-BY`."


def _closest(code: str, known: Sequence[str]) -> str:
    """The one that begins alike as long as possible, and then is most alike."""
    alike = difflib.SequenceMatcher(b=code.upper())

    def likeness(other: str) -> tuple[int, float]:
        alike.set_seq1(other.upper())
        return len(commonprefix([code.upper(), other.upper()])), alike.ratio()

    return max(known, key=likeness)


def _calendar(code: str, year: int) -> Any:
    from holidays import country_holidays

    country, _, part = code.partition("-")
    if country not in atlas().names:
        return None
    try:
        return country_holidays(country, subdiv=part or None, years=year)
    except (
        NotImplementedError
    ):  # so the library `holidays` says that it does not know this country, or part of it
        return None
