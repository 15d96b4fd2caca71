"""What an admin has set up in an org: duplicate rules, record types, validation rules; `rules` goes by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plugin.formula import Formula
from twins.salesforce.org.store import Row

Action = Literal["block", "alert"]
MESSAGE = "Use one of these records?"
Read = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """A rule for new and edited records of one kind; *against* are the kinds it looks through."""

    name: str
    action: Action
    against: tuple[str, ...]
    message: str = MESSAGE


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type of a kind; *choices* are the values of the picklists that it narrows."""

    id: str
    name: str
    developer_name: str
    choices: Mapping[str, tuple[str, ...]]
    is_default: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One active rule; *at* is the field its message stands beside, "" for the top of the page."""

    name: str
    formula: Formula
    message: str
    at: str = ""


@dataclass(slots=True)
class Rules:
    """The rules of one kind, and how to get what they read out of a row."""

    by_name: dict[str, Rule] = field(default_factory=dict)
    readers: dict[str, Read] = field(default_factory=dict)
