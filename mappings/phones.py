"""Telephone numbers in one form: E.164 where that is certain, else the text as it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import phonenumbers

from mappings import forms

_INTERNATIONAL: Final = re.compile(r"\+[1-9]\d{6,14}")
# Nothing but a number: from other text ("ask for Bob") the parser would drop words.
_NUMBER_ONLY: Final = re.compile(
    r"\+?[0-9(][0-9\s().\-/\u2010-\u2015\u00a0]*(?:\s*(?:;ext=|ext\.?|x|#)\s*\d{1,7})?", re.IGNORECASE
)


def phone(raw: Any, country: str | None = None) -> str | None:
    """A number as +4930123456 (an extension follows as " x12"); what is not certain stays as it is.

    A number without international prefix is certain only where *country* is given.
    """
    text = forms.text(raw)
    return None if text is None else _certain(text, country)


def are_one(left: str, right: str) -> bool:
    """Whether two spellings are one number: a local one is read in the country of the international one."""
    if left == right:
        return True
    known, local = (left, right) if left.startswith("+") else (right, left)
    if not known.startswith("+") or local.startswith("+"):
        return False
    return known in {_certain(local, region) for region in _regions(known)}


def _regions(international: str) -> tuple[str, ...]:
    try:
        code = phonenumbers.parse(international).country_code
    except phonenumbers.NumberParseException:
        return ()
    return phonenumbers.region_codes_for_country_code(code or 0)


# Both sides mostly spell the same number alike, and the parser is slow.
@lru_cache(maxsize=4096)
def _certain(text: str, country: str | None) -> str:
    if _INTERNATIONAL.fullmatch(text) and not _has_trunk_zero(text):
        return text
    if not _NUMBER_ONLY.fullmatch(text):
        return text
    found = _international("+" + text[2:] if text.startswith("00") else text, country)
    # "+49 0000 12" loses one zero each time it is read: no telephone number.
    is_stable = found is not None and (not _has_trunk_zero(found) or _international(found) == found)
    return found if found is not None and is_stable else text


def _has_trunk_zero(text: str) -> bool:
    """After the country's code a 0 may belong to the number (Italy) or not (+49 0 30)."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return any(int(text[1:end]) in codes and text[end] == "0" for end in (2, 3, 4))


def _international(text: str, country: str | None = None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    extension = f" x{number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension
