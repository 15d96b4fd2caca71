"""What a person says while a pass has the record in hand stands, whatever that pass comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connectors.records import Fault, Receipt, Ref, Write
from sync.conflicts import resolve
from sync.model import Knock
from sync.remember import try_again
from sync.store import Store
from sync.trying import TRIES
from tests.sync.roads import POLL_S, Road

MIAS, SAMS = "ada@lind.example", "ada.l@nordwind.example"


@pytest.fixture
def other(road: Road) -> Iterator[Store]:
    """The store as another process has it open."""
    with Store.open(road.folder, road.agreement.bridge.name) as opened:
        yield opened


def _meanwhile(road: Road, says: Callable[[], object]) -> None:
    """While the next write is answered by Salesforce, somebody *says* a word."""

    def answered(receipt: Receipt) -> Receipt:
        road.salesforce.answers = lambda later: later
        says()
        return receipt

    road.salesforce.answers = answered


def test_a_conflict_that_is_resolved_while_its_person_is_written_stays_resolved(
    road: Road, other: Store
) -> None:
    contact, lead = road.person("ada@example.com")
    assert lead is not None
    road.settle()
    road.hubspot.edit(contact, email=MIAS)
    road.salesforce.edit(lead, Email=SAMS)
    road.settle()
    [conflict] = road.problems()
    before = road.clock.now()
    road.clock.advance(POLL_S)
    road.hubspot.edit(contact, jobtitle="Chief")
    _meanwhile(road, lambda: resolve(other, road.agreement, conflict, "hubspot", before))

    road.settle()
    road.settle()

    assert road.salesforce.values(lead)["Title"] == "Chief"
    assert (road.hubspot.values(contact)["email"], road.salesforce.values(lead)["Email"]) == (MIAS, MIAS)
    assert road.codes() == []


def test_who_is_tried_anew_while_it_is_refused_once_more_is_tried_again_and_counted_from_one(
    road: Road, other: Store
) -> None:
    contact, lead = road.person("ada@example.com")
    assert lead is not None
    road.settle()
    sent = _refusing(road)
    road.hubspot.edit(contact, jobtitle="Head")
    road.settle()
    for _ in range(TRIES - len(sent) - 1):
        road.store.knock([Knock(contact)], road.clock.now())
        road.settle()
    assert len(sent) == TRIES - 1
    before = road.clock.now()
    _meanwhile(road, lambda: try_again(other, contact, before))

    road.clock.advance(POLL_S)
    road.store.knock([Knock(contact)], road.clock.now())
    road.engine.run_pass()

    assert len(sent) == TRIES + 1
    [refused] = road.problems()
    assert (refused.code, refused.state) == ("write_refused", "open")


def _refusing(road: Road) -> list[Write]:
    """Salesforce refuses every title; what it was asked for."""
    sent: list[Write] = []

    def refuses(write: Write) -> Fault | None:
        if "Title" not in write.values:
            return None
        sent.append(write)
        return Fault("NO_TITLES", "No titles, please")

    road.salesforce.refuses = refuses
    return sent


def test_a_word_is_heard_by_the_pass_that_runs_only(road: Road, other: Store) -> None:
    first = road.store.last_word()
    try_again(other, Ref("hubspot", "contact", "501"), road.clock.now())
    second = road.store.last_word()

    assert (first, second) == (None, "1")
    assert road.engine.run_pass().word == second
