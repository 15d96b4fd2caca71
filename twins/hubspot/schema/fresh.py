"""What a fresh portal is born with: kinds, their standard properties, pipelines and owners.

Only what leadbridge's shipped config names, and what HubSpot itself needs. Where a
name or an option list was never checked against a live portal, the reference pages say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plugin.components import components
from twins.hubspot.schema.fresh_activities import activities, leads, line_items, tickets
from twins.hubspot.schema.properties import Group, Property, from_component
from twins.hubspot.schema.stages import Pipelines

LIFECYCLE = {
    "subscriber": "Subscriber",
    "lead": "Lead",
    "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesqualifiedlead": "Sales Qualified Lead",
    "opportunity": "Opportunity",
    "customer": "Customer",
    "evangelist": "Evangelist",
    "other": "Other",
}
LEAD_STATUS = {
    "NEW": "New",
    "OPEN": "Open",
    "IN_PROGRESS": "In Progress",
    "OPEN_DEAL": "Open Deal",
    "UNQUALIFIED": "Unqualified",
    "ATTEMPTED_TO_CONTACT": "Attempted to Contact",
    "CONNECTED": "Connected",
    "BAD_TIMING": "Bad Timing",
}
ORIGINS = (
    "ORGANIC_SEARCH",
    "PAID_SEARCH",
    "EMAIL_MARKETING",
    "SOCIAL_MEDIA",
    "REFERRALS",
    "OTHER_CAMPAIGNS",
    "DIRECT_TRAFFIC",
    "OFFLINE",
    "PAID_SOCIAL",
    "ORGANIC_SOCIAL",
)
CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "JPY",
    "CAD",
    "AUD",
    "BRL",
    "INR",
)
AMOUNTS = ("amount_in_home_currency", "hs_closed_amount", "hs_projected_amount")
_PIPELINES = Pipelines()
ACTIVITIES = ("notes", "tasks", "calls", "emails", "meetings")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its names on the wire and what is shown when nothing is asked for."""

    name: str
    singular: str
    type_id: str
    created: str
    modified: str
    shown: tuple[str, ...]
    first_id: int


@dataclass(frozen=True, slots=True)
class Owner:
    """A person in the portal, or a queue: *id* owns records, *user_id* signs edits (a queue has none: 0).

    *teams* are (id, name), the primary one first.
    """

    id: str
    user_id: int
    email: str
    first_name: str
    last_name: str
    type: str = "PERSON"
    teams: tuple[tuple[str, str], ...] = ()


KINDS = (
    Kind("contacts", "contact", "0-1", "createdate", "lastmodifieddate",
         ("email", "firstname", "lastname"), 101_000_000_001),
    Kind("companies", "company", "0-2", "createdate", "hs_lastmodifieddate",
         ("name", "domain"), 102_000_000_001),
    Kind("deals", "deal", "0-3", "createdate", "hs_lastmodifieddate",
         ("dealname", "amount", "closedate", "pipeline", "dealstage"), 103_000_000_001),
    Kind("notes", "note", "0-46", "hs_createdate", "hs_lastmodifieddate", (), 104_000_000_001),
    Kind("tasks", "task", "0-27", "hs_createdate", "hs_lastmodifieddate", (), 105_000_000_001),
    Kind("calls", "call", "0-48", "hs_createdate", "hs_lastmodifieddate", (), 106_000_000_001),
    Kind("emails", "email", "0-49", "hs_createdate", "hs_lastmodifieddate", (), 107_000_000_001),
    Kind("meetings", "meeting", "0-47", "hs_createdate", "hs_lastmodifieddate", (), 108_000_000_001),
    Kind("leads", "lead", "0-136", "createdate", "hs_lastmodifieddate", (), 109_000_000_001),
    Kind("tickets", "ticket", "0-5", "createdate", "hs_lastmodifieddate",
         ("subject", "content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority"), 110_000_000_001),
    Kind("line_items", "line_item", "0-8", "createdate", "hs_lastmodifieddate",
         ("quantity", "amount", "price"), 111_000_000_001),
)  # fmt: skip

OWNERS = (
    Owner("710001", 47812001, "sam.seller@example.com", "Sam", "Seller"),
    Owner("710002", 47812002, "sara.santos@example.com", "Sara", "Santos"),
    Owner("710003", 47812003, "tom.tanaka@example.com", "Tom", "Tanaka"),
    Owner("710004", 47812004, "mia.marketer@example.com", "Mia", "Marketer"),
    Owner("710005", 47812005, "max.mueller@example.com", "Max", "Müller"),
)


def fresh_schema(stages: Sequence[str], reasons: Sequence[str]) -> dict[str, dict[str, Property]]:
    """The properties of every kind by name, leadbridge's own included."""
    by_kind = {
        "contacts": [*_contact(), *_system("contacts", "contactinformation")],
        "companies": [*_company(), *_system("companies", "companyinformation")],
        "deals": [*_deal(), *_system("deals", "dealinformation")],
        "leads": [*leads(), *_system("leads", "leadinformation")],
        "tickets": [*tickets(), *_system("tickets", "ticketinformation")],
        "line_items": [*line_items(), *_system("line_items", "lineiteminformation")],
        **{kind: [*activities(kind), *_system(kind, "engagement")] for kind in ACTIVITIES},
    }
    plural = {kind.singular: kind.name for kind in KINDS}
    for component in components(stages, reasons):
        if component.side == "hubspot":
            for kind in component.kinds:
                by_kind[plural[kind]].append(from_component(component))
    return {kind: {one.name: one for one in properties} for kind, properties in by_kind.items()}


def _system(kind_name: str, group_name: str) -> list[Property]:
    kind = next(kind for kind in KINDS if kind.name == kind_name)
    group = Group(group_name)
    return [
        group.number("hs_object_id", label="Record ID", read_only=True, calculated=True),
        group.moment(kind.created, label="Create date", read_only=True, calculated=True),
        group.moment(kind.modified, label="Last modified date", read_only=True, calculated=True),
        group.text("hs_merged_object_ids", label="Merged record IDs", read_only=True, calculated=True),
        group.text("hs_object_source", label="Record source", read_only=True, calculated=True),
        group.text("hs_object_source_id", label="Record source ID", read_only=True, calculated=True),
        group.text("hs_object_source_label", label="Record source label", read_only=True, calculated=True),
    ]


def _stage_dates(group: Group) -> list[Property]:
    return [
        group.moment(
            f"hs_lifecyclestage_{stage}_date", label=f"Became a {label} date", read_only=True, calculated=True
        )
        for stage, label in LIFECYCLE.items()
    ]


def _stage_times(group: Group, stages: Iterable[str]) -> list[Property]:
    """https://knowledge.hubspot.com/properties/stage-calculated-properties; their names were seen in several clients."""
    return [
        prop
        for stage in stages
        for prop in (
            group.moment(f"hs_v2_date_entered_{stage}", read_only=True, calculated=True),
            group.moment(f"hs_v2_date_exited_{stage}", read_only=True, calculated=True),
            group.number(f"hs_v2_latest_time_in_{stage}", read_only=True, calculated=True),
        )
    ]


def _status(group: Group) -> list[Property]:
    return [
        group.choice("lifecyclestage", LIFECYCLE, label="Lifecycle stage"),
        group.choice("hs_lead_status", LEAD_STATUS, label="Lead status"),
        *_stage_dates(group),
        *_stage_times(group, LIFECYCLE),
    ]


def _contact() -> list[Property]:
    group = Group("contactinformation")
    texts = (
        "salutation", "firstname", "lastname", "jobtitle", "phone", "mobilephone", "company", "website",
        "address", "city", "state", "zip", "country", "salesforcecontactid", "salesforceleadid",
        "salesforceaccountid",
    )  # fmt: skip
    facts = (
        "first_conversion_event_name", "recent_conversion_event_name", "hs_analytics_source_data_1",
        "hs_analytics_source_data_2", "hs_latest_source_data_1", "hs_latest_source_data_2",
    )  # fmt: skip
    moments = (
        "first_conversion_date", "recent_conversion_date", "hs_email_last_click_date",
        "hs_email_last_open_date", "hs_analytics_first_timestamp", "hs_analytics_last_visit_timestamp",
    )  # fmt: skip
    numbers = ("hubspotscore", "num_conversion_events", "num_unique_conversion_events")
    return [
        # The portal-wide unique address is no "unique property" of the properties API.
        group.text("email", label="Email"),
        group.text("hs_additional_emails", label="Additional email addresses"),
        group.text("hs_calculated_merged_vids", label="Merged vids", read_only=True, calculated=True),
        *(group.text(name) for name in texts),
        group.owner(),
        *_status(group),
        group.yes_no("hs_email_optout", label="Unsubscribed from all email", read_only=True),
        group.yes_no("hs_marketable_status", label="Marketing contact status", read_only=True),
        group.choice("hs_analytics_source", ORIGINS, label="Original Traffic Source", read_only=True),
        group.choice("hs_latest_source", ORIGINS, label="Latest Traffic Source", read_only=True),
        *(group.text(name, read_only=True) for name in facts),
        *(group.moment(name, read_only=True) for name in moments),
        *(group.number(name, read_only=True) for name in numbers),
    ]


def _company() -> list[Property]:
    group = Group("companyinformation")
    texts = (
        "name", "domain", "website", "phone", "address", "city", "state", "zip", "country",
        "salesforceaccountid",
    )  # fmt: skip
    return [
        *(group.text(name) for name in texts),
        group.number("numberofemployees", label="Number of Employees"),
        group.number("annualrevenue", label="Annual Revenue"),
        group.owner(),
        *_status(group),
    ]


def _deal() -> list[Property]:
    group = Group("dealinformation")
    closed = ("hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost")
    return [
        group.text("dealname", label="Deal Name"),
        group.number("amount"),
        group.choice("deal_currency_code", {code: code for code in CURRENCIES}, label="Currency"),
        group.moment("closedate", label="Close Date"),
        group.choice("pipeline", {"default": "Sales Pipeline"}),
        group.choice("dealstage", {stage.id: stage.label for _, stage in _PIPELINES.stages("deals")}),
        group.choice("dealtype", {"newbusiness": "New Business", "existingbusiness": "Existing Business"}),
        group.long_text("closed_lost_reason", label="Closed Lost Reason"),
        group.long_text("closed_won_reason", label="Closed Won Reason"),
        group.long_text("description"),
        group.owner(),
        group.number("hs_deal_stage_probability", read_only=True, calculated=True),
        *(group.number(name, read_only=True, calculated=True) for name in AMOUNTS),
        *(group.yes_no(name, read_only=True, calculated=True) for name in closed),
        *_stage_times(group, (stage.id for _, stage in _PIPELINES.stages("deals"))),
    ]
