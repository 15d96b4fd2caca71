"""What planning may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.records import Fate, Record, Ref, Side
from mappings.lifecycle import Standing
from sync.model.known import Base, Link, Pair, Tombstone
from sync.model.waiting import Problem


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
