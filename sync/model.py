"""The words that flow along the road of one change.

Pure: frozen values, no behaviour but their own sentence. Stations: knock →
gather → plan → record → apply → remember → echo (see `sync.engine`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from connectors.records import Fate, Record, Ref, Side, Version, Write
from mappings.lifecycle import Standing

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


@dataclass(frozen=True, slots=True)
class Decision:
    """Why something is done or left: one entry of the ledger.

    *what* is a constant word: ``field``, ``conflict``, ``moved``, ``reverted``,
    ``linked``, ``created``, ``held``, ``outcome``, ``told``, ``projected``, ``deleted``, ``late``, ``corrected``.
    *old* and *new* are packed values; *occurred_at* is the vendor's time.
    """

    what: str
    why: str
    subject: Ref
    field: str | None = None
    side: Side | None = None
    rule: str | None = None
    old: Any = None
    new: Any = None
    other: Any = None
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(slots=True)
class Rewrites:
    """What was written of late to one line of one side.

    *answers* counts the writes before which something else stood there than the bridge had left, by the
    value that they put back. Who edits the other side makes the bridge write, but is not answered.
    """

    last: str | None = None
    answers: Counter[str] = field(default_factory=Counter)

    def is_answer(self, old: Any) -> bool:
        """Whether writing over *old* answers somebody who changed what the bridge had written."""
        return self.last is not None and self.last != repr(old)

    def add(self, old: Any, new: Any) -> None:
        """Count one more write, of *new* over *old*."""
        if self.is_answer(old):
            self.answers[repr(new)] += 1
        self.last = repr(new)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something somebody must act on.

    *code* is one of the table in the ops guide; *who* is ``ops``, ``marketing`` or ``sales``.
    """

    code: str
    subject: Ref
    text: str
    remedy: str
    who: str = "ops"
    field: str | None = None
    state: Literal["open", "waiting", "set_aside"] = "open"


@dataclass(frozen=True, slots=True)
class Put:
    """Effect: change one record. The plan's `Remember` counts only if every *gate* was done.

    *lines* names the mapping line behind each field, so that a refused field keeps its base (a projection that goes back is a
    line of its own name); *marks* the entries of `Base.joined` and `Base.told` that are remembered only if it was done; *read* is
    the record that is changed, as it was read; *cleared* the fields that are cleared only to make room, with the value that
    follows: once they are blank, the unit is planned again.
    """

    write: Write
    gate: bool = False
    lines: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    read: Record | None = None
    cleared: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remember:
    """Effect: what the store shall know of this unit once its writes are receipted.

    *looked* and *before* are what was known when the plan was made: they stay in force
    where nothing is written, and for fields that could not be written.
    """

    link: Link
    base: Base
    looked: Link
    before: Base
    stood: Standing | None = None
    standing: Standing | None = None
    wakes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Effect: knock for another record, because this plan changed what it depends on."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Bury:
    """Effect: let this tombstone stand."""

    tombstone: Tombstone


@dataclass(frozen=True, slots=True)
class Unbury:
    """Effect: the record is there again, or let go of: its tombstone goes."""

    ref: Ref


Effect = Put | Remember | Ask | Bury | Unbury


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two linked records differ: ``drift`` is about to be repaired, ``problem`` waits, ``rule`` is meant so."""

    field: str
    reason: Literal["drift", "problem", "rule"]
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Why and what, for one unit (a linked pair, or a record alone).

    *settles* are the knocks it answers; *polled* says that HubSpot's record came with a
    search, so it must be read directly before HubSpot is written; *observed* that
    nothing of it may be written now; *missing* are sides that did not show its record;
    *foreign* is a write by our own user that nobody here may know of; *stands* the stamps of its
    records, *unseen* the sides whose record was never looked at in this state. A sweep
    says in *differs* what it found, and whether the unit *is_pair*.
    """

    subject: Ref
    pair: Pair
    decisions: tuple[Decision, ...] = ()
    effects: tuple[Effect, ...] = ()
    problems: tuple[Problem, ...] = ()
    settles: tuple[Ref, ...] = ()
    polled: bool = False
    observed: bool = False
    differs: tuple[Difference, ...] | None = None
    is_pair: bool = False
    missing: tuple[Side, ...] = ()
    foreign: tuple[Ref, datetime] | None = None
    stands: Mapping[Side, datetime] = field(default_factory=dict)
    unseen: frozenset[Side] = frozenset()

    @property
    def is_gated(self) -> bool:
        """The plan counts only if certain of its writes were done."""
        return any(put.gate for put in self.puts)

    @property
    def puts(self) -> tuple[Put, ...]:
        return tuple(effect for effect in self.effects if isinstance(effect, Put))


# Brakes that stop every write of the bridge: a person's pause, and a writer whom nobody knows.
EVERYTHING: Final = ("pause", "foreign")


@dataclass(frozen=True, slots=True)
class Brake:
    """A stop that waits for a person's word.

    *what* is ``updates``, ``clears``, ``emptied``, ``lines`` (of one *pair*), ``foreign`` or
    ``pause`` (of everything); *records* how many it was tripped by.
    """

    what: str
    pair: Pair | None
    records: int
    text: str
    covers_moves: bool = False
    id: int | None = None
    since: datetime | None = None

    @property
    def remedy(self) -> str:
        """What a person does about it."""
        if self.what == "pause":
            return "`leadbridge resume` lets the bridge write again"
        return f"find out who or what did it; `leadbridge brakes release {self.id}` lets exactly this go"


@dataclass(frozen=True, slots=True)
class Sent:
    """A move that HubSpot was to show when a process died: to which stage, who had asked for it, and when."""

    stage: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that planning may look at for one unit: both records as they are now, and what we know.

    *followers* are the people whose stage follows this opportunity. *opportunities* are a person's
    roles in them, or an Account's own.
    *joined* are the associations that HubSpot shows, where it was asked. *sent* is the move that
    was last sent, looked up where our own write hides whose edit stands in Salesforce.
    *offered* is the user whom the owner rules give this person to, if one is handed over.
    *addresses* are the domains of the e-mails of an Account's people.
    *erased* says that this person asked to be forgotten: nothing is planned or remembered.
    *candidates* may be the missing counterpart; those in *taken* are linked to another
    record already, and *rivals* are records of our own side that may claim them as well.
    *fates* say what became of records of the link that cannot be read, *survivors* what they
    were merged into, *heir* the link in which such a survivor stands, or will stand, already;
    *losers* are linked records that were merged into this one.
    """

    pair: Pair
    link: Link
    base: Base
    hubspot: Record | None = None
    salesforce: Record | None = None
    standing: Standing | None = None
    converted: Record | None = None
    candidates: tuple[Record, ...] = ()
    taken: frozenset[Ref] = frozenset()
    rivals: tuple[Record, ...] = ()
    addresses: frozenset[str] = frozenset()
    opportunities: tuple[Record, ...] = ()
    activities: tuple[Record, ...] = ()
    accounts: tuple[Record, ...] = ()
    relatives: Mapping[Ref, Link] = field(default_factory=dict)
    followers: tuple[Ref, ...] = ()
    fates: Mapping[Ref, Fate] = field(default_factory=dict)
    survivors: Mapping[Ref, Record] = field(default_factory=dict)
    heir: Link | None = None
    losers: tuple[Ref, ...] = ()
    tombstones: Mapping[Ref, Tombstone] = field(default_factory=dict)
    knocks: tuple[Ref, ...] = ()
    polled: bool = False
    problem: Problem | None = None
    erased: bool = False
    joined: tuple[str, ...] | None = None
    sent: Sent | None = None
    offered: str | None = None

    def record(self, side: Side) -> Record | None:
        """The record of *side* as it is now."""
        return self.hubspot if side == "hubspot" else self.salesforce


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger as it is read back: a decision, or the receipt of a write."""

    seq: int
    pass_id: int
    kind: Literal["observed", "decided", "written", "refused"]
    subject: Ref
    counterpart: Ref | None
    decision: Decision
    observed_at: datetime
