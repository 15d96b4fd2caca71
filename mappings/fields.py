"""One compiled mapping line: read a record's canonical value, render it for a side, know what it touches.

Station 3 (plan) reads both sides through it and renders what is to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mappings.directory import Directory
from mappings.forms import Trouble, Unreadable, Unrenderable
from mappings.phones import are_one
from mappings.values import ABSENT, Seen, Side, Value, same
from mappings.wordmaps import WordMap

__all__ = ["Directory", "End", "FieldLine", "Known", "Trouble", "Unreadable", "Unrenderable"]

Rule = Literal[
    "two_way",
    "always_salesforce",
    "always_hubspot",
    "prefer_salesforce_unless_blank",
    "prefer_hubspot_unless_blank",
    "write_once",
    "dont_sync",
]
Conflict = Literal["latest", "salesforce", "hubspot", "ask"]
Blank = Literal["protect", "clear", "ignore"]
First = Literal["fill", "salesforce", "hubspot"]

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What a vendor says about one of its fields."""

    type: str = "string"
    length: int | None = None
    createable: bool = True
    updateable: bool = True
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """A line as it stands on one kind of one side."""

    fields: tuple[str, ...]
    read: Callable[[Raw, Directory], Seen]
    render: Callable[[Value, Directory, Raw | None], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """What corresponds to what, and who wins; see docs of the rules in `config/fields/`.

    *fingerprint* changes with names, type, transform or value map: then both sides
    meet for the first time again, for this line only.
    """

    name: str
    pair: str
    type: str
    rule: Rule
    to: Side | None
    conflict: Conflict
    blank: Blank
    first: First
    only: bool | None
    if_required: str | None
    cuts: bool
    verify: bool
    fingerprint: str
    file: str
    line: int
    words: WordMap | None = None
    ends: Mapping[tuple[str, str], End] = field(repr=False, compare=False)

    def fields(self, side: Side, kind: str) -> tuple[str, ...]:
        """The vendor's names of the fields it touches; none if the line does not exist for *kind*."""
        end = self.ends.get((side, kind))
        return end.fields if end else ()

    def read(self, side: Side, kind: str, values: Raw, directory: Directory) -> Seen:
        """The canonical value in a record's raw *values*; raise `Unreadable` where it has none."""
        end = self.ends.get((side, kind))
        if end is None:
            return ABSENT
        try:
            return end.read(values, directory)
        except Unreadable as trouble:
            raise self._located(trouble, side, kind) from None

    def render(
        self, side: Side, kind: str, value: Value, directory: Directory, standing: Raw | None = None
    ) -> dict[str, Any]:
        """The raw values to write so that *side* says *value*; raise `Unrenderable` where it cannot.

        *standing* are the raw values of the record as it is; only money in Salesforce asks
        for them, because a record's currency there is that of all its amounts.
        """
        end = self.ends.get((side, kind))
        if end is None:
            return {}
        try:
            if self.only is not None and value is not self.only:
                raise Unrenderable(
                    f"This line only ever writes {self.only}.".lower(), "Change it by hand on that side."
                )
            return end.render(value, directory, standing)
        except Unrenderable as trouble:
            raise self._located(trouble, side, kind) from None

    def alike(self, left: Value, right: Value) -> bool:
        """Say whether two of its canonical values are equal; a local telephone number may equal a full one."""
        if same(left, right):
            return True
        if self.type != "phone" or not isinstance(left, str) or not isinstance(right, str):
            return False
        return are_one(left, right)

    def writes(self, side: Side) -> bool:
        """Say whether this line may ever write to *side*."""
        return side in sides_written(self.rule, self.to)

    def _located(self, trouble: Trouble, side: Side, kind: str) -> Trouble:
        where = f"{_TITLES[side]} {kind} {' + '.join(self.fields(side, kind))}"
        return type(trouble)(f"{where}: {trouble.why}", f"{trouble.remedy} (line: {self.file}:{self.line})")


_TITLES: Mapping[Side, str] = {"hubspot": "HubSpot", "salesforce": "Salesforce"}


def sides_written(rule: Rule, to: Side | None) -> tuple[Side, ...]:
    """The sides that a rule may ever write to."""
    match rule:
        case "two_way" | "prefer_salesforce_unless_blank" | "prefer_hubspot_unless_blank":
            return ("hubspot", "salesforce")
        case "always_salesforce":
            return ("hubspot",)
        case "always_hubspot":
            return ("salesforce",)
        case "write_once":
            return (to,) if to else ()
        case "dont_sync":
            return ()
