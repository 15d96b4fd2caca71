"""Salesforce ids: 15 case-sensitive characters and a checksum of three.

Ids of one kind rise in the order they are given, so that the order of ids is the order of creation.
"""

from __future__ import annotations

import re

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_POD = "5g0"
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def full_id(short: str) -> str:
    """The 18-character form of a 15-character id.

    One check character per five: bit k is set when character k is upper case
    (https://help.salesforce.com/s/articleView?id=000385585).
    """
    checks = []
    for start in (0, 5, 10):
        group = short[start : start + 5]
        checks.append(_CHECK[sum(1 << place for place, char in enumerate(group) if "A" <= char <= "Z")])
    return short + "".join(checks)


def canonical_id(text: object) -> str | None:
    """The 18-character form of *text*, or None when it is no id."""
    if not isinstance(text, str) or _ID.fullmatch(text) is None:
        return None
    if len(text) == 15:
        return full_id(text)
    return text if full_id(text[:15]) == text else None


class Ids:
    """Gives new ids, kind by kind, always the same ones in the same order."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def new(self, prefix: str) -> str:
        """A new 18-character id that starts with *prefix*."""
        number = self._given[prefix] = self._given.get(prefix, 0) + 1
        digits = ""
        while number:
            number, rest = divmod(number, 62)
            digits = _DIGITS[rest] + digits
        return full_id(f"{prefix}{_POD}{digits:0>9}")
