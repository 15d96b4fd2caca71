"""Both twins on one machine: filled, served, and told to a shell."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from twins.world import SELLERS, World

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
STAGES, REASONS = ("new", "nurturing", "handed_over"), ("other", "unknown")


@pytest.fixture(scope="module")
def full() -> Iterator[World]:
    with World(lambda: NOW, STAGES, REASONS).serve() as made:
        yield made


def test_sample_company_comes_in_without_a_refusal(full: World) -> None:
    assert full.refusals == []
    assert len(full.hubspot.records("contacts")) == 1600
    assert len(full.salesforce.records("Lead")) + len(full.salesforce.records("Contact")) > 1350


def test_sample_shows_every_lead_status_and_open_won_and_lost_business(full: World) -> None:
    leads = Counter(row["Status"] for row in full.salesforce.records("Lead"))
    opportunities = Counter((row["IsClosed"], row["IsWon"]) for row in full.salesforce.records("Opportunity"))
    owners = Counter(row["OwnerId"] for row in full.salesforce.records("Lead"))

    assert set(leads) == {
        "Open - Not Contacted",
        "Working - Contacted",
        "Closed - Not Converted",
        "Closed - Converted",
    }
    assert min(opportunities[False, False], opportunities[True, True], opportunities[True, False]) > 50
    assert owners[full.salesforce.queue] > 100


def test_won_business_has_an_amount_a_primary_contact_and_a_past(full: World) -> None:
    won = [row for row in full.salesforce.records("Opportunity") if row["IsWon"]]
    primary = {
        row["OpportunityId"] for row in full.salesforce.records("OpportunityContactRole") if row["IsPrimary"]
    }

    assert all(row["Id"] in primary for row in won)
    assert sum(row["Amount"] is not None for row in won) > len(won) * 0.8
    assert all(row["SystemModstamp"] < "2026-11-23" for row in won)


def test_sellers_own_records_on_both_sides(full: World) -> None:
    portal = {owner.email: owner.id for owner in full.hubspot.owners}
    ours = {row.get("hubspot_owner_id") for row in full.hubspot.records("contacts")}
    theirs = {row["OwnerId"] for row in full.salesforce.records("Contact")}

    assert ours == {None, *(portal[email] for email in SELLERS)}
    assert theirs == {full.salesforce.user(email) for email in SELLERS}


def test_same_seed_gives_the_same_world() -> None:
    one, other = (World(lambda: NOW, STAGES, REASONS, people=100) for _ in range(2))

    assert one.hubspot.records("contacts") == other.hubspot.records("contacts")
    assert one.salesforce.records("Lead") == other.salesforce.records("Lead")


def test_world_of_nobody_is_empty() -> None:
    empty = World(lambda: NOW, STAGES, REASONS, people=0)

    assert len(empty.log) == 0
    assert empty.hubspot.records("contacts") == []


def test_settings_open_both_doors(full: World) -> None:
    settings = full.settings()
    hubspot = settings["LEADBRIDGE_HUBSPOT__BASE_URL"] + "/crm/v3/objects/contacts?limit=1"
    signed = {"Authorization": f"Bearer {settings['LEADBRIDGE_HUBSPOT__ACCESS_TOKEN']}"}
    form = (
        f"grant_type=client_credentials&client_id={settings['LEADBRIDGE_SALESFORCE__CLIENT_ID']}"
        f"&client_secret={settings['LEADBRIDGE_SALESFORCE__CLIENT_SECRET']}"
    )
    salesforce = settings["LEADBRIDGE_SALESFORCE__LOGIN_URL"] + "/services/oauth2/token"

    with (
        urlopen(Request(hubspot, headers=signed)) as page,
        urlopen(Request(salesforce, form.encode())) as token,
    ):
        contacts, granted = json.load(page), json.load(token)

    assert len(contacts["results"]) == 1
    assert granted["instance_url"] == settings["LEADBRIDGE_SALESFORCE__INSTANCE_URL"]


def free_ports() -> int:
    """The first of three neighbouring ports below the range that the system hands out."""
    for port in range(20_000 + os.getpid() % 5_000, 32_000, 3):
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + 1)),
            socket.create_server(("127.0.0.1", port + 2)),
        ):
            return port
    raise OSError("no three free ports")


def test_hubspot_answers_beside_salesforce() -> None:
    empty = World(lambda: NOW, STAGES, REASONS, people=0)
    free = free_ports()

    with empty.serve(free):
        ports = {side: urlsplit(url).port for side, url in empty.urls.items()}

    assert ports == {"salesforce": free, "hubspot": free + 1, "control": free + 2}
    assert empty.urls == {}


def test_crowd_is_one_contact_and_one_lead_a_person_in_two_log_entries() -> None:
    made = World(lambda: NOW, STAGES, REASONS, people=0)

    made.crowd(1000)

    leads = {row["Email"]: row for row in made.salesforce.records("Lead")}
    assert made.refusals == []
    assert len(made.log) == 2
    assert len(leads) == 1000
    assert all(leads[row["email"]]["LastName"] == row["lastname"] for row in made.hubspot.records("contacts"))


def test_crowd_may_be_known_to_marketing_alone() -> None:
    made = World(lambda: NOW, STAGES, REASONS, people=0)

    made.crowd(50, leads=False)

    assert len(made.hubspot.records("contacts")) == 50
    assert made.salesforce.records("Lead") == []


def test_same_crowd_does_not_come_twice() -> None:
    made = World(lambda: NOW, STAGES, REASONS, people=0)
    made.crowd(5, leads=False)

    with pytest.raises(ValueError, match="5 of the crowd"):
        made.crowd(5, leads=False)

    assert len(made.hubspot.records("contacts")) == 5


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_one_of_a_crowd_takes_less_than_two_kilobytes(side: str) -> None:
    made = World(lambda: NOW, STAGES, REASONS, people=0)

    tracemalloc.start()
    made.crowd(5_000, leads=side == "salesforce", contacts=side == "hubspot")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held / 5_000 < 2_000
