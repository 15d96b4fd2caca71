"""Merge one field of two records against what both sides last agreed on.

Part of station 3 (plan). Pure. A side was *edited* when its value differs from the
base, or when its own change time for this field is newer than the base's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from connectors.records import Side
from mappings.fields import FieldLine
from mappings.values import ABSENT, is_blank

TIE_WINDOW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Seen:
    """One side's value now, and when the vendor says it was changed.

    A known moment has ``since == until``; for a field without history the change
    lies somewhere between the two. *edited* is the vendor's own word that this
    field was changed after the base, whatever its value is now.
    """

    value: Any
    since: datetime | None = None
    until: datetime | None = None
    by: str | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """What both sides last agreed on for this line."""

    value: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """What shall stand on both sides, who has to be written, and the rule that says so.

    *settled* is False where nothing was agreed (the base stays as it is). *waits*
    marks a difference that a person must decide.
    """

    value: Any = None
    to: Side | None = None
    why: str = "equal"
    settled: bool = True
    conflict: bool = False
    waits: bool = False
    lost: Any = None


_LEFT_APART: Final = Merged(why="left apart", settled=False)


def merge(line: FieldLine, base: Met | None, hubspot: Seen, salesforce: Seen, *, tie: Side) -> Merged:
    """Keep every edit made since *base*; where both sides edited, let the line's rule choose."""
    if hubspot.value is ABSENT or salesforce.value is ABSENT or line.rule == "dont_sync":
        return _LEFT_APART
    if line.only is not None:
        return _only(line, hubspot.value, salesforce.value)
    if line.alike(hubspot.value, salesforce.value):
        return Merged(_fuller(hubspot.value, salesforce.value))
    return _RULES[line.rule](line, base, hubspot, salesforce, tie)


def _fuller(hubspot: Any, salesforce: Any) -> Any:
    """Of two spellings that are equal, the one that says more: a telephone number with its country."""
    return salesforce if isinstance(salesforce, str) and salesforce.startswith("+") else hubspot


def _only(line: FieldLine, hubspot: Any, salesforce: Any) -> Merged:
    """A line with `only` carries that one value, and never takes it back."""
    to: Side = "hubspot" if line.rule == "always_salesforce" else "salesforce"
    giver, taker = (salesforce, hubspot) if to == "hubspot" else (hubspot, salesforce)
    if giver == line.only and taker != line.only:
        return Merged(giver, to, line.rule, lost=taker)
    return Merged(taker, settled=giver == line.only or taker != line.only, why="only ever added")


def _two_way(line: FieldLine, base: Met | None, hubspot: Seen, salesforce: Seen, tie: Side) -> Merged:
    blank = _blank(line, hubspot, salesforce)
    if blank is not None and (base is None or line.blank != "clear"):
        return blank
    if base is None:
        return _first_meeting(line, hubspot.value, salesforce.value)
    left = hubspot.edited or not line.alike(hubspot.value, base.value)
    right = salesforce.edited or not line.alike(salesforce.value, base.value)
    if left and right:
        return _conflict(line, hubspot, salesforce, tie)
    if left:
        return Merged(hubspot.value, "salesforce", "two_way", lost=salesforce.value)
    return Merged(salesforce.value, "hubspot", "two_way", lost=hubspot.value)


def _blank(line: FieldLine, hubspot: Seen, salesforce: Seen) -> Merged | None:
    """One side is blank: `ignore` leaves it, otherwise it is filled from the other side."""
    if not is_blank(hubspot.value) and not is_blank(salesforce.value):
        return None
    if line.blank == "ignore":
        return _LEFT_APART
    if is_blank(hubspot.value):
        return Merged(salesforce.value, "hubspot", "blank is filled", lost=hubspot.value)
    return Merged(hubspot.value, "salesforce", "blank is filled", lost=salesforce.value)


def _first_meeting(line: FieldLine, hubspot: Any, salesforce: Any) -> Merged:
    why = f"first meeting: {line.first}"
    if line.first == "salesforce":
        return Merged(salesforce, "hubspot", why, lost=hubspot)
    if line.first == "hubspot":
        return Merged(hubspot, "salesforce", why, lost=salesforce)
    return Merged(why=why, settled=False, conflict=True, waits=True)


def _conflict(line: FieldLine, hubspot: Seen, salesforce: Seen, tie: Side) -> Merged:
    winner = _latest(hubspot, salesforce, tie) if line.conflict == "latest" else line.conflict
    why = f"conflict: {line.conflict}"
    if winner == "salesforce":
        return Merged(salesforce.value, "hubspot", why, conflict=True, lost=hubspot.value)
    if winner == "hubspot":
        return Merged(hubspot.value, "salesforce", why, conflict=True, lost=salesforce.value)
    return Merged(why=why, settled=False, conflict=True, waits=True)


def _latest(hubspot: Seen, salesforce: Seen, tie: Side) -> Side:
    """The side that changed last by the vendors' clocks; too close to call goes to *tie*."""
    if hubspot.until is None or hubspot.since is None or salesforce.until is None or salesforce.since is None:
        return tie
    if hubspot.since - salesforce.until > TIE_WINDOW:
        return "hubspot"
    if salesforce.since - hubspot.until > TIE_WINDOW:
        return "salesforce"
    return tie


def _always(
    giver: Side, line: FieldLine, base: Met | None, hubspot: Seen, salesforce: Seen, tie: Side
) -> Merged:
    given, taken = _ordered(giver, hubspot, salesforce)
    if is_blank(given.value) and line.blank != "clear":
        return _LEFT_APART
    return Merged(given.value, _other(giver), line.rule, lost=taken.value)


def _prefer(
    giver: Side, line: FieldLine, base: Met | None, hubspot: Seen, salesforce: Seen, tie: Side
) -> Merged:
    given, taken = _ordered(giver, hubspot, salesforce)
    if is_blank(given.value):
        return Merged(taken.value, giver, "blank is filled", lost=given.value)
    if is_blank(taken.value) and line.blank == "ignore":
        return _LEFT_APART
    if base is None and line.first == "fill" and not is_blank(taken.value):
        return _first_meeting(line, hubspot.value, salesforce.value)
    return Merged(given.value, _other(giver), line.rule, lost=taken.value)


def _write_once(line: FieldLine, base: Met | None, hubspot: Seen, salesforce: Seen, tie: Side) -> Merged:
    to: Side = "hubspot" if line.to == "hubspot" else "salesforce"
    given, taken = _ordered(_other(to), hubspot, salesforce)
    if base is not None and not is_blank(base.value):
        return _LEFT_APART
    if is_blank(given.value):
        return _LEFT_APART
    if not is_blank(taken.value):
        return Merged(taken.value, why="write_once: was filled")
    return Merged(given.value, to, "write_once", lost=taken.value)


def _ordered(giver: Side, hubspot: Seen, salesforce: Seen) -> tuple[Seen, Seen]:
    return (hubspot, salesforce) if giver == "hubspot" else (salesforce, hubspot)


def _other(side: Side) -> Side:
    return "salesforce" if side == "hubspot" else "hubspot"


_Rule = Callable[[FieldLine, "Met | None", Seen, Seen, Side], Merged]
_RULES: Final[dict[str, _Rule]] = {
    "two_way": _two_way,
    "always_salesforce": partial(_always, "salesforce"),
    "always_hubspot": partial(_always, "hubspot"),
    "prefer_salesforce_unless_blank": partial(_prefer, "salesforce"),
    "prefer_hubspot_unless_blank": partial(_prefer, "hubspot"),
    "write_once": _write_once,
}
