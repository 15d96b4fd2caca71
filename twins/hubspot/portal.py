"""One portal: its shelves of records, its people, its associations, and its switches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from twins.hubspot.access.keys import Keys
from twins.hubspot.access.limits import Meter
from twins.hubspot.errors import Refused, missing_scopes
from twins.hubspot.schema.association_types import AssociationTypes
from twins.hubspot.schema.fresh import KINDS, OWNERS, Owner, fresh_schema
from twins.hubspot.schema.required import Requirement
from twins.hubspot.schema.stages import Pipelines
from twins.hubspot.shelves.campaigns import Campaigns
from twins.hubspot.shelves.derived import derived
from twins.hubspot.shelves.rows import Shelf, Writer
from twins.hubspot.shelves.segments import Segments
from twins.hubspot.shelves.stock import Stock
from twins.hubspot.shelves.submissions import Submissions
from twins.hubspot.switches import Switches
from twins.hubspot.webhooks.sender import Webhooks
from twins.log import CommitLog

NOT_INFERRED = 400
Links = dict[tuple[str, str], dict[int, dict[int, set[int]]]]


@dataclass(slots=True, kw_only=True)
class Portal:
    """Everything that one HubSpot account holds."""

    portal_id: int
    app_id: int
    zone: ZoneInfo
    currency: str
    log: CommitLog
    shelves: Mapping[str, Shelf]
    switches: Switches
    owners: tuple[Owner, ...] = OWNERS
    former_owners: tuple[Owner, ...] = ()
    active_ids: frozenset[str] = field(init=False)
    known_ids: frozenset[str] = field(init=False)
    links: Links = field(default_factory=dict)
    pipelines: Pipelines = field(default_factory=Pipelines)
    association_types: AssociationTypes = field(default_factory=AssociationTypes)
    stock: Stock = field(default_factory=Stock)
    segments: Segments = field(default_factory=Segments)
    campaigns: Campaigns = field(default_factory=Campaigns)
    submissions: Submissions = field(default_factory=Submissions)
    unsubscribed: dict[str, int] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    requirements: dict[str, list[Requirement]] = field(default_factory=dict)
    meter: Meter = field(init=False)
    webhooks: Webhooks = field(init=False)

    def __post_init__(self) -> None:
        self.meter, self.webhooks = Meter(self.zone), Webhooks(self.portal_id, lambda: self.switches)
        self.settle_owners(self.owners, self.former_owners)
        for shelf in self.shelves.values():
            shelf.follows_merges = lambda: self.switches.merged_id_is_found
            shelf.derived = derived(shelf.kind, self.pipelines, self.currency, lambda: self.switches)

    def shelf(self, name: str) -> Shelf:
        """The shelf of one kind by API name, singular or type id."""
        for shelf in self.shelves.values():
            if name in (shelf.kind.name, shelf.kind.singular, shelf.kind.type_id):
                if shelf.kind.name == "leads" and not self.switches.has_leads:
                    if self.switches.no_leads_status == NOT_INFERRED:
                        break
                    raise missing_scopes(("crm.objects.leads.read", "crm.objects.leads.write"))
                return shelf
        raise Refused(400, f"Unable to infer object type from: {name}")

    @property
    def owner_ids(self) -> frozenset[str]:
        """Who may be given a record: those who left only by the switch."""
        return self.active_ids if self.switches.archived_owner_is_refused else self.known_ids

    def settle_owners(self, owners: tuple[Owner, ...], former: tuple[Owner, ...]) -> None:
        """Somebody came or went."""
        self.owners, self.former_owners = owners, former
        self.active_ids = frozenset(one.id for one in owners)
        self.known_ids = self.active_ids | {one.id for one in former}

    def person(self, who: str | int) -> Writer:
        """A person at the screen, by user id or e-mail."""
        for one in self.owners:
            if str(who) in (str(one.user_id), one.email):
                return Writer("human", "CRM_UI", f"userId:{one.user_id}", "", one.user_id)
        raise KeyError(f"no user {who} in this portal")

    def publish(self, event: str, kind: str, id_: int, at: int, writer: Writer, **more: Any) -> None:
        """Something happened to a record: apps that subscribed to it are told.

        *event* is ``creation``, ``deletion``, ``propertyChange`` (with *property*, *value*), ``merge``,
        ``restore``, ``associationChange`` or ``privacyDeletion``; *kind* the shelf's name.
        """
        if self.webhooks.subscribed:
            self.webhooks.note(event, self.shelves[kind].kind, id_, at, writer, more)

    @property
    def daemon(self) -> Writer:
        """The app that holds the portal's token."""
        return Writer("daemon", "INTEGRATION", str(self.app_id))


def fresh_shelves(stages: Sequence[str], reasons: Sequence[str]) -> dict[str, Shelf]:
    """Empty shelves for every kind."""
    schema = fresh_schema(stages, reasons)
    return {kind.name: Shelf(kind, schema[kind.name]) for kind in KINDS}
