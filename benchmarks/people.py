"""Linked people with twenty mapped fields, and colleagues who edit them.

Used by the benchmarks and by the tests that count calls: both look at the same crowd.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sync.demo.stage import write_config
from twins.hubspot import Group
from twins.salesforce import Field
from twins.sample import people
from twins.world import SEED, World

EDITED: Final = {
    "jobtitle": "Title",
    "mobilephone": "MobilePhone",
    "fax": "Fax",
    "message": "Description",
    "language": "Language__c",
}
BETWEEN_EDITS: Final = timedelta(milliseconds=20)
_STREETS: Final = {"Street": "MailingStreet", "City": "MailingCity", "State": "MailingState",
                   "PostalCode": "MailingPostalCode", "Country": "MailingCountry"}  # fmt: skip
_LINE: Final = "  - {hubspot: %s, salesforce: %s, as: text, rule: two_way, conflict: salesforce, blank: protect, first: salesforce}\n"


def config(folder: Path) -> Path:
    """The shipped config in `mode: write`, with three more lines for people: twenty on a Contact; a crowd may be edited."""
    write_config(folder)
    lines = "".join(
        _LINE % (ours, theirs) for ours, theirs in EDITED.items() if ours not in ("jobtitle", "mobilephone")
    )
    person = folder / "fields" / "person.yaml"
    person.write_text(person.read_text("utf-8") + lines, "utf-8")
    bridge = folder / "bridge.yaml"
    no_brake = bridge.read_text("utf-8").replace("at_least: 200", "at_least: 1000000")
    bridge.write_text(no_brake, "utf-8")
    return folder


def furnish(world: World) -> None:
    """Give both systems the three fields that the additional lines name."""
    group = Group("contactinformation")
    for name in ("fax", "message", "language"):
        world.hubspot.add_property("contacts", group.text(name))
    for kind in ("Lead", "Contact"):
        world.salesforce.add_fields(
            kind, [Field(name="Language__c", label="Language", type="string", length=40)]
        )


def fill(
    world: World, count: int, *, contacts: int = 0, only_in_hubspot: int = 0
) -> tuple[list[str], list[str]]:
    """*count* people on both sides, the first *contacts* as Salesforce Contacts, the others as Leads.

    The last *only_in_hubspot* of them have no Salesforce record. Answers the ids in HubSpot and in Salesforce.
    """
    now = world.now()
    rows = list(_rows(count, now, world.salesforce.sellers[0]))
    both = count - only_in_hubspot
    found = world.hubspot.load("contacts", [contact for contact, _ in rows], now)
    as_contacts = world.salesforce.load("Contact", [_as_contact(lead) for _, lead in rows[:contacts]], now)
    as_leads = world.salesforce.load("Lead", [lead for _, lead in rows[contacts:both]], now)
    if refused := [*found, *as_contacts, *as_leads]:
        raise ValueError(f"{len(refused)} rows of the crowd were not taken; the first: {refused[0]}")
    return [id_ for id_ in found.ids if id_], [id_ for id_ in (*as_contacts.ids, *as_leads.ids) if id_]


def edit_in_hubspot(world: World, ids: Sequence[str], word: str, since: datetime) -> None:
    """Marketing edits five mapped fields of each of these contacts, one after the other."""
    author = world.hubspot.owners[3].user_id
    for place, id_ in enumerate(ids):
        values = {name: _value(word, name, place) for name in EDITED}
        world.hubspot.update("contacts", id_, values, author, since + place * BETWEEN_EDITS)


def edit_in_salesforce(world: World, ids: Sequence[str], word: str, since: datetime) -> None:
    """A seller edits the same five fields of each of these Leads and Contacts."""
    seller = world.salesforce.sellers[0]
    for place, id_ in enumerate(ids):
        values = {theirs: _value(word, ours, place) for ours, theirs in EDITED.items()}
        world.salesforce.update(kind_of(id_), id_, values, seller, since + place * BETWEEN_EDITS)


def ask_for_a_call(world: World, ids: Sequence[str], since: datetime) -> None:
    """Visitors send the form that makes them sales-ready."""
    for place, id_ in enumerate(ids):
        email = world.hubspot.record("contacts", id_)["email"]
        world.hubspot.submit_form(email, "Request a call", {}, since + place * BETWEEN_EDITS)


def kind_of(id_: str) -> str:
    """The Salesforce kind of an id."""
    return "Lead" if id_.startswith("00Q") else "Contact"


def _value(word: str, name: str, place: int) -> str:
    digits = sum(map(ord, word)) % 900 + 100
    return f"+49 170 {digits}{place:06d}" if name == "mobilephone" else f"{word} {name} {place}"[:40]


def _rows(count: int, today: datetime, seller: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The crowd of the sample, with the fields that it leaves blank; one seller owns everybody."""
    for place, one in enumerate(people(count, SEED, today=today)):
        more = {
            "salutation": "Dr.", "mobilephone": f"+49 170 {place:07d}", "zip": f"{place % 90000 + 10000}",
            "website": "https://crowd.example", "fax": f"fax {place}", "message": f"message {place}",
            "language": "de", "hs_analytics_source": "OFFLINE", "hubspot_owner_id": "710001",
        }  # fmt: skip
        lead = {
            "Salutation": "Dr.", "MobilePhone": more["mobilephone"], "PostalCode": more["zip"],
            "Website": more["website"], "Fax": more["fax"], "Description": more["message"],
            "Language__c": "de", "LeadSource": "Other", "OwnerId": seller,
        }  # fmt: skip
        yield {**one.contact, **more}, {**one.lead, **lead}


def _as_contact(lead: dict[str, Any]) -> dict[str, Any]:
    """The same person as a Contact: without company and status, with a mailing address."""
    gone = {"Company", "Status", "Website"}
    return {_STREETS.get(name, name): value for name, value in lead.items() if name not in gone}
