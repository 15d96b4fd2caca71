"""The words on the border between the bridge and a vendor.

Every station of the road speaks of records in these words; a connector turns
its vendor's wire into them and back. They hold raw vendor values: what a value
*means* is the business of `mappings`.

Kinds: Salesforce ``lead contact account opportunity opportunity_contact_role
task event user queue``; HubSpot ``contact company deal note owner``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

Side = Literal["hubspot", "salesforce"]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The key of one record: ``hubspot:contact:501``, ``salesforce:lead:00Q…``."""

    side: Side
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.side}:{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``side:kind:id``; raise ValueError for anything else."""
        side, _, rest = text.partition(":")
        kind, _, id_ = rest.partition(":")
        if side not in ("hubspot", "salesforce") or not kind or not id_:
            raise ValueError(f"{text!r} is not a reference such as hubspot:contact:501")
        return cls(side, kind, id_)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Version:
    """One step in a field's history, as the vendor tells it."""

    value: Any
    at: datetime
    by: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the record *ref*: merged into *survivor*, or deleted (None) and still to be restored.

    *at* is the row's own modified time, where the vendor tells it.
    """

    ref: Ref
    survivor: Ref | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record as one side shows it: vendor field names, raw values.

    A field that is not in *values* was not seen (absent is not empty). A parent's
    field stands under its dotted name, ``Opportunity.IsWon``. *history* is newest
    first and only there when it was asked for. A row with a *fate* is no record any
    more: it only says that there was one.
    """

    ref: Ref
    values: Values
    modified_at: datetime
    created_at: datetime | None = None
    modified_by: str | None = None
    history: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one kind was read: a place in the order (time, id).

    *token* continues a listing inside one pass and is never stored.
    """

    at: datetime
    id: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Ask for the records of one kind that changed at or after *cursor*."""

    kind: str
    fields: tuple[str, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of one kind, in order, and where to go on (None: that was all).

    *as_of* is the vendor's own clock when it answered.
    """

    kind: str
    records: tuple[Record, ...]
    next: Cursor | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Find:
    """Ask for the records of one kind where any named field holds one of its values.

    With *contains* the field's text must contain the value instead of being it; with *deleted* Salesforce's
    recycle bin answers, too.
    """

    kind: str
    wanted: Mapping[str, tuple[str, ...]]
    fields: tuple[str, ...]
    contains: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """One row of a batch.

    ``update`` changes the record *ref_id*; ``upsert`` finds it by the unique *key*
    (field, value) and creates it when there is none; ``create`` is for notes and
    tasks only, which have no key; ``associate`` joins *ref_id* to *associations*;
    ``delete`` puts *ref_id* where people can restore it. *seen_at* is the record's own
    modified time as it was read: who edits it later must not be overwritten in silence.
    *watched* are the fields that people may have edited since; *owed* says that nothing
    would plan it again: it puts back what a person had typed.
    """

    id: str
    side: Side
    kind: str
    op: Literal["update", "upsert", "create", "associate", "delete"]
    values: Values = field(default_factory=dict)
    ref_id: str | None = None
    key: tuple[str, str] | None = None
    associations: tuple[Ref, ...] = ()
    seen_at: datetime | None = None
    watched: tuple[str, ...] = ()
    owed: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What a vendor said against one row: its code, its words, the fields it names.

    *taken* says that another record has the value already; *holder* is that record's id, where the vendor names it.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()
    taken: bool = False
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one write.

    ``done``: carried out, *record* shows the row after it (at least the written
    fields) · ``refused``: the vendor will not · ``unknown``: sent, the answer was
    lost · ``waiting``: not carried out, may be tried later · ``gone``: the record
    is deleted, merged or converted · ``stale``: it changed since it was read.
    *whole* says that the whole call was refused, which tells nothing of this row.
    *before* shows what stood there right before the write, as far as the vendor tells;
    its history names who put it there. Where *looked* is False nobody has asked yet.
    """

    write_id: str
    outcome: Literal["done", "refused", "unknown", "waiting", "gone", "stale"]
    ref: Ref | None = None
    created: bool = False
    record: Record | None = None
    faults: tuple[Fault, ...] = ()
    whole: bool = False
    before: Record | None = None
    looked: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the vendor describes it; one that is not *closable* is seen by everybody."""

    name: str
    type: str
    label: str = ""
    length: int | None = None
    createable: bool = True
    updateable: bool = True
    required: bool = False
    unique: bool = False
    closable: bool = True
    description: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of one kind, by name."""

    kind: str
    fields: Mapping[str, Field]
