"""The named transforms that a mapping line may pass its values ``through``.

Each is pure and typed, and stable: what it makes stays as it is when it goes
through again. A transform changes the line's form, and by that its fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from typing import Any, Final

from mappings import forms
from mappings.values import Side, Value


@dataclass(frozen=True, slots=True)
class Form:
    """How one side's raw value becomes canonical, and back."""

    read: Callable[[Any], Value]
    write: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Transform:
    """A named change of a line's form on one side, for some types."""

    types: frozenset[str]
    promise: str
    change: Callable[[Form, Side, tzinfo], Form]


def domain(value: str) -> str:
    """The host of a web address without ``www.``; other text stays as it is."""
    host = value.partition("://")[2] or value
    for end in "/?#":
        host = host.partition(end)[0]
    host = host.rpartition("@")[2].partition(":")[0].lower().strip(". ")
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.").lstrip(".")
    return host if "." in host and not any(sign.isspace() for sign in host) else value


def _through(change: Callable[[str], str]) -> Callable[[Form, Side, tzinfo], Form]:
    def changed(form: Form, _side: Side, _zone: tzinfo) -> Form:
        def read(raw: Any) -> Value:
            value = form.read(raw)
            return change(value) if isinstance(value, str) else value

        return replace(form, read=read)

    return changed


def _midnight(form: Form, side: Side, zone: tzinfo) -> Form:
    if side == "salesforce":
        return form
    return Form(partial(forms.day_in, zone), lambda value: forms.iso(forms.midnight(zone, value)))


_WORDS: Final = frozenset({"text", "choice"})
TRANSFORMS: Final[Mapping[str, Transform]] = {
    "domain": Transform(frozenset({"url", "text"}), "only the domain of a web address", _through(domain)),
    "lower": Transform(_WORDS, "small letters", _through(lambda value: forms.text(value.lower()) or value)),
    "upper": Transform(_WORDS, "capital letters", _through(lambda value: forms.text(value.upper()) or value)),
    "midnight": Transform(
        frozenset({"date"}), "HubSpot keeps the date as 00:00 in the bridge's time zone", _midnight
    ),
}
