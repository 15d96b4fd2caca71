"""Named switches: what no one could verify about a vendor, or what differs between accounts.

Each vendor has one frozen dataclass of them; a twin replaces it as a whole, also while it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any, TypeVar

Switches = TypeVar("Switches", bound=Any)


def switch(says: str, *, default: Any, choices: tuple[Any, ...] = ()) -> Any:
    """A field of a dataclass of switches: *says* what it decides, *choices* are its only values (empty: any)."""
    return field(default=default, metadata={"says": says, "choices": choices})


def flipped(switches: Switches, changes: Mapping[str, Any]) -> Switches:
    """*switches* with *changes*; raises ValueError for an unknown name or a value it cannot have."""
    known = {one.name: one for one in fields(switches)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"no switch {name!r}; there are: {', '.join(known)}")
        choices = known[name].metadata["choices"]
        if choices and value not in choices:
            raise ValueError(f"{name} is one of {', '.join(map(repr, choices))}, not {value!r}")
        if isinstance(value, int | float) and value < 0:
            raise ValueError(f"{name} is never below zero, so not {value!r}")
        if not choices and not _fits(known[name].default, value):
            raise ValueError(f"{name} takes a value like {known[name].default!r}, not {value!r}")
    changed: Switches = replace(switches, **changes)
    return changed


def told(switches: Any) -> list[dict[str, Any]]:
    """Every switch: name, value now, default, choices, and what it decides."""
    return [
        {
            "name": one.name,
            "value": getattr(switches, one.name),
            "default": one.default,
            "choices": list(one.metadata["choices"]),
            "says": one.metadata["says"],
        }
        for one in fields(switches)
    ]


def _fits(default: Any, value: Any) -> bool:
    """Whether *value* has the type of *default*; a whole number may stand for a fraction, True for no number."""
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(default)
