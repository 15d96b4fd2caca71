"""How a command ends when something is wrong: which exit code, which sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from typer.exceptions import TyperException

from connectors.errors import ConnectorError, SignInFailed
from mappings.documents.broken import Broken
from plugin.installing import DeployFailed
from sync.cli.asking import Declined
from sync.folder import HalfInstalled
from sync.settings import UnusableSettings
from sync.store import LeaseTaken, StoreError
from sync.undo import Stopped
from sync.web import CannotServe

DONE: Final = 0
FAILED: Final = 1
WRONG: Final = 2
DECIDE: Final = 3
DIFFERS: Final = 4


class BadArgument(Exception):
    """An argument of the command line cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An exit code and what is said on the way out."""

    code: int
    sentences: tuple[str, ...]


STOPPED: Final = Ending(130, ("You stopped it with Ctrl-C; what was done until then stays done.",))
OWN_FAULT: Final = Ending(
    FAILED, ("This is a fault of leadbridge's own; what follows here is for who mends it: please report it.",)
)


def _said(error: Any) -> tuple[str, ...]:
    return (str(error),)


_ENDINGS: Final[Mapping[type[Exception], tuple[int, Callable[[Any], tuple[str, ...]]]]] = {
    HalfInstalled: (DECIDE, lambda error: tuple(str(mistake) for mistake in error.mistakes)),
    Broken: (WRONG, lambda error: tuple(str(mistake) for mistake in error.mistakes)),
    UnusableSettings: (WRONG, lambda error: error.sentences),
    BadArgument: (WRONG, lambda error: tuple(str(error).splitlines())),
    CannotServe: (WRONG, _said),
    Declined: (DECIDE, _said),
    TyperException: (WRONG, lambda error: (error.format_message(),)),
    DeployFailed: (FAILED, lambda error: error.sentences),
    Stopped: (DECIDE, _said),
    SignInFailed: (FAILED, _said),
    ConnectorError: (FAILED, _said),
    LeaseTaken: (FAILED, _said),
    StoreError: (FAILED, _said),
}


def ending_of(error: Exception) -> Ending | None:
    """The ending for what a person can mend; None for a fault of our own."""
    for kind in type(error).__mro__:
        if kind in _ENDINGS:
            code, say = _ENDINGS[kind]
            return Ending(code, say(error))
    return None


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """While it lasts, a *place* that cannot be written is the argument that was wrong."""
    try:
        yield
    except OSError as error:
        raise BadArgument(f"{place} cannot be written: {error.strerror}.") from None
