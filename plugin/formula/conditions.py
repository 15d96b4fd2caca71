"""AND, OR, NOT and their signs; what is behind a decisive condition is not looked at."""

from __future__ import annotations

from plugin.formula.frame import Frame
from plugin.formula.operators import bare, mistyped
from plugin.formula.parts import Part, Run


def truth(what: str, at: int, part: Part) -> Run:
    """*part* as a condition; raises `FormulaError` when it is none."""
    bare(part)
    if part.type not in ("boolean", "any", "null"):
        raise mistyped(what, at, "Boolean", part.type)
    return part.run


def all_of(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """True when every condition is; the ones behind a false one are not looked at."""
    runs = tuple(truth(what, at, part) for part in parts)

    def run(frame: Frame) -> bool:
        for one in runs:  # noqa: SIM110 - a third of the time of all(); rules run in every save
            if not one(frame):
                return False
        return True

    return Part("boolean", run, at)


def any_of(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """True when one condition is; the ones behind it are not looked at."""
    runs = tuple(truth(what, at, part) for part in parts)

    def run(frame: Frame) -> bool:
        for one in runs:  # noqa: SIM110 - see all_of
            if one(frame):
                return True
        return False

    return Part("boolean", run, at)


def none_of(what: str, at: int, parts: tuple[Part, ...]) -> Part:
    """True when the condition is not."""
    run = truth(what, at, parts[0])
    return Part("boolean", lambda frame: not run(frame), at)
