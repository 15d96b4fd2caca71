"""What is known of records: that they changed, which belong together, what both sides last agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from connectors.records import Ref, Side, Version

Lane = Literal["live", "retry", "backfill", "sweep"]
Pair = str


# Salesforce's stamps have whole seconds. A state that our own write left is kept a trace earlier,
# so that a person's edit within that very second is not taken for it.
OURS: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Knock:
    """Something says that *ref* changed; why does not matter. *tries* counts earlier attempts."""

    ref: Ref
    lane: Lane = "live"
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """What the store knows of one record or of two that are one.

    Either side may be missing: a record that was seen and has no counterpart yet.
    The stamps are each side's own modified time when it was last looked at.
    """

    id: int | None
    pair: Pair
    hubspot: Ref | None
    salesforce: Ref | None
    hubspot_modified_at: datetime | None = None
    salesforce_modified_at: datetime | None = None
    how: str = ""

    def ref(self, side: Side) -> Ref | None:
        """The record on *side*."""
        return self.hubspot if side == "hubspot" else self.salesforce

    def looked_at(self, side: Side) -> datetime | None:
        """The stamp of the record on *side* when it was last looked at."""
        return self.hubspot_modified_at if side == "hubspot" else self.salesforce_modified_at

    def naming(self, ref: Ref, how: str) -> Link:
        """This link with *ref* as its record of that side."""
        if ref.side == "hubspot":
            return replace(self, hubspot=ref, how=how)
        return replace(self, salesforce=ref, how=how)

    def stamped(self, side: Side, at: datetime | None) -> Link:
        """This link with *side* looked at in the state of *at*."""
        if at is None:
            return self
        if side == "hubspot":
            return replace(self, hubspot_modified_at=at)
        return replace(self, salesforce_modified_at=at)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A linked record that is gone. While it stands the link rests: nothing is written, nothing made again.

    *partner* is the other record of the link, *survivor* what the record was merged into;
    *lifted* that ops let the partner in again.
    """

    ref: Ref
    pair: Pair
    partner: Ref | None
    survivor: Ref | None = None
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both sides last agreed on for one mapping line, and under which wording of it.

    *value* is packed (`mappings.values.pack`). Who changed it stands in the ledger.
    """

    value: Any
    line: str
    hubspot_at: datetime | None = None
    salesforce_at: datetime | None = None

    def changed_at(self, side: Side) -> datetime | None:
        """When *side* changed the field, as far as it was known when it was agreed."""
        return self.hubspot_at if side == "hubspot" else self.salesforce_at

    def written(self, side: Side, at: datetime) -> Agreed:
        """This agreement after the bridge wrote it to *side*."""
        return replace(self, hubspot_at=at) if side == "hubspot" else replace(self, salesforce_at=at)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A stage that somebody asked for between our read and our write, which hid it: a request that nobody judged yet.

    *values* are the raw values that were given, by field; *steps* those of the stage, newest first, where the vendor tells them.
    """

    values: Mapping[str, Any]
    at: datetime
    by: str | None = None
    steps: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """What both sides last agreed on: one `Agreed` a mapping line, and each side's last seen stage.

    *shown* holds raw values the bridge last knew to stand in lifecycle-owned fields,
    per side and field; *joined* the associations it has made; *told* the notes and
    tasks it has written to people, by key, with the day; *apart* the two values that an undo
    left on both sides of a line, which stay so until one of them is edited; *hidden* the
    requests, by side, that our own write hid, until they are judged.
    """

    agreed: Mapping[str, Agreed] = field(default_factory=dict)
    shown: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    joined: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    hidden: Mapping[str, Hidden] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setback:
    """How often in a row the vendor refused one record, or one *field* of it ('': the whole row).

    *target* is the record that was to be written, *stood* the stamps of both sides at the last refusal:
    who has edited neither since need not try again.
    """

    target: str
    field: str
    subject: Ref
    times: int
    stood: Mapping[Side, datetime]
