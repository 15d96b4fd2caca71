"""How the command line speaks: words and tables for people, JSON for machines."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from connectors.records import Ref

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(slots=True)
class Machine:
    """Reads standard output where `--json` was said: one document of a command, with no bar beside it."""

    has_read: bool = False


_MACHINE: Final[ContextVar[Machine | None]] = ContextVar("machine", default=None)


@contextmanager
def read_by_machine() -> Iterator[Machine]:
    """While it lasts a machine reads what is printed; it knows whether it has read its document."""
    machine = Machine()
    before = _MACHINE.set(machine)
    try:
        yield machine
    finally:
        _MACHINE.reset(before)


def complain(sentences: Iterable[str]) -> None:
    """Say what is wrong on standard error, a bullet each."""
    for sentence in sentences:
        errors.print(Text("• ", style="red") + Text(harmless(sentence)))


def say(text: str = "", *, bold: str = "") -> None:
    """Print one line for a person, *bold* before it; all of it is text, never an instruction to the terminal."""
    console.print(Text.assemble((harmless(bold), "bold"), harmless(text)))


def harmless(text: str) -> str:
    """Control characters are shown and not obeyed: people's own values stand in what is printed."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def in_one_line(text: str) -> str:
    """The same for a value that stands in a line."""
    return harmless(text).replace("\n", "\\n")


def as_json(value: Any) -> None:
    """Print *value* as one line of JSON."""
    sys.stdout.buffer.write(json_bytes(value) + b"\n")
    sys.stdout.flush()
    if (machine := _MACHINE.get()) is not None:
        machine.has_read = True


def json_bytes(value: Any) -> bytes:
    """*value* as JSON: references as text, moments in ISO."""
    return msgspec.json.encode(_plain(value))


def _plain(value: Any) -> Any:
    """Only JSON's own kinds; msgspec alone would take a reference apart, because it is a dataclass."""
    if isinstance(value, Ref):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; None is an empty cell."""
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    cells = [tuple(row) for row in rows]
    for place, heading in enumerate(headings):
        counts = bool(cells) and all(isinstance(row[place], int) for row in cells)
        grid.add_column(heading, overflow="fold", justify="right" if counts else "left")
    for row in cells:
        grid.add_row(*(Text("" if cell is None else in_one_line(str(cell))) for cell in row))
    console.print(grid)


def in_order(counted: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """*counted* in the order of *names*; those without a name there come last."""
    return {name: counted[name] for name in (*names, *counted) if name in counted}


def clock_time(at: datetime | None, zone: Any) -> str:
    """A moment as people of *zone* write it."""
    return at.astimezone(zone).strftime("%a %d %b %Y %H:%M") if at else ""


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[_Bar]:
    """A progress bar while standard error is a terminal; silent elsewhere, and where a machine reads."""
    is_silent = _MACHINE.get() is not None or not errors.is_terminal
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=errors, disable=is_silent, transient=True) as shown:
        yield _Bar(shown, shown.add_task(what, total=total))


class _Bar:
    def __init__(self, shown: Progress, task: Any) -> None:
        self._shown, self._task = shown, task

    def advance(self, by: int, what: str | None = None) -> None:
        """Move on by *by*."""
        self._shown.update(self._task, advance=by, description=what)

    def reach(self, done: int, what: str) -> None:
        """Stand at *done*."""
        self._shown.update(self._task, completed=done, description=what)

    def total(self, total: int) -> None:
        """Set how far it goes."""
        self._shown.update(self._task, total=total)
