"""What a person edits between the bridge's read and its write is not lost, whichever field it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest

from connectors.base import Connector
from connectors.records import Receipt, Side, Write
from sync.intake import begin_backfill
from tests.scenarios.test_faults_of_time import Skewed
from tests.scenarios.town import MIA, SAM, Town

ADA = "ada.lind@nordwind.example"


@pytest.fixture
def handed(empty_town: Town) -> Town:
    """Ada is in Sam's hands, and all is quiet."""
    here = empty_town
    here.run()
    here.settle()
    told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
    owned = {**told, "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(ADA, "Request a call", owned, here.clock.now())
    here.settle()
    here.settle()
    return here


@pytest.mark.fault("F34")
def test_a_seller_edits_another_field_just_before_the_write(
    handed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed.market(ADA, jobtitle="Head of Operations")

    with _just_before(
        handed,
        "salesforce",
        lambda: handed.sell(handed.sales("Lead", ADA), Phone="+46 8 999 99 99"),
        monkeypatch,
    ):
        handed.settle()
    handed.settle()

    assert handed.contact(ADA)["phone"] == "+4689999999"
    assert handed.sales("Lead", ADA)["Title"] == "Head of Operations"


def test_a_seller_accepts_just_before_the_write(handed: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    handed.market(ADA, jobtitle="Head of Operations")

    with _just_before(
        handed,
        "salesforce",
        lambda: handed.sell(handed.sales("Lead", ADA), Leadbridge_Stage__c="accepted"),
        monkeypatch,
    ):
        handed.settle()
    handed.settle()

    assert handed.contact(ADA)["leadbridge_stage"] == "accepted"


def test_a_marketer_edits_another_field_just_before_the_write(
    handed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed.sell(handed.sales("Lead", ADA), Title="Chief")

    with _just_before(handed, "hubspot", lambda: handed.market(ADA, city="Lund"), monkeypatch):
        handed.settle()
    handed.settle()

    assert handed.sales("Lead", ADA)["City"] == "Lund"
    assert handed.contact(ADA)["jobtitle"] == "Chief"


@contextmanager
def _just_before(
    here: Town, side: Side, act: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """*act* happens once, after the bridge has read and before it writes to *side*."""
    connector: Connector = here.bridge.connectors[side]
    write, acted = connector.write, False

    def late(writes: Sequence[Write], *, read_back: Mapping[str, Sequence[str]]) -> list[Receipt]:
        nonlocal acted
        if not acted:
            acted = True
            here.clock.advance(2)
            act()
            here.clock.advance(2)
        return write(writes, read_back=read_back)

    with monkeypatch.context() as patched:
        patched.setattr(connector, "write", late)
        yield
    assert acted


@pytest.mark.fault("F22", "F34")
@pytest.mark.parametrize("ahead", [0, 10, -10], ids=["right", "ahead", "behind"])
def test_a_query_that_shows_a_record_as_it_was_in_the_very_second_of_our_write_puts_nothing_back(
    handed: Town, ahead: int
) -> None:
    right = handed.clock
    handed.clock = Skewed(right, timedelta(minutes=ahead))
    handed.run()
    handed.clock = right
    handed.market(ADA, jobtitle="Buyer")
    handed.settle()
    handed.world.salesforce.flip(query_lag_ms=1000)
    handed.clock.set(handed.clock.now().replace(microsecond=100_000) + timedelta(seconds=90))
    handed.market(ADA, jobtitle="Head of Operations")
    handed.sell(handed.sales("Lead", ADA), Phone="+46 8 999 99 99")
    handed.clock.advance(0.4)
    handed.bridge.engine.run_pass()
    assert handed.sales("Lead", ADA)["Title"] == "Head of Operations"
    before = len(handed.world.log)
    begin_backfill(handed.bridge.store, "word")
    handed.clock.advance(0.7)
    handed.bridge.engine.run_pass()

    assert [(one.side, one.field) for one in handed.written(before)] == []
    assert handed.contact(ADA)["jobtitle"] == "Head of Operations"


@pytest.mark.invariant("I9")
def test_a_stage_that_a_seller_chose_on_a_lead_and_converted_it_before_the_bridge_looked_is_followed(
    empty_town: Town,
) -> None:
    here, now = empty_town, empty_town.clock.now()
    here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Lind"}, MIA, now)
    lost = {"LastName": "Lind", "Company": "Nordwind AB", "Email": ADA, "Status": "Closed - Not Converted"}
    lead = here.world.salesforce.create("Lead", lost, here.user(SAM), now)
    here.run()
    here.settle()
    assert here.contact(ADA)["leadbridge_stage"] == "nurturing"

    here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="working")
    here.world.salesforce.convert_lead(lead, here.user(SAM), here.clock.now(), with_opportunity=False)
    here.settle()
    here.settle()

    stands = here.contact(ADA)["leadbridge_stage"], here.sales("Contact", ADA)["Leadbridge_Stage__c"]
    assert stands == ("working", "working")
    assert [one.decision.new for one in here.decided("moved")][-1] == "working"
