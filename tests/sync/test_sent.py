"""A process dies between its writes and its memory: whose move it was is known all the same."""

from __future__ import annotations

import pytest

from connectors.records import Ref
from tests.simulation.seams import Killed
from tests.sync.dumb import SAM, still
from tests.sync.roads import Road

SARA = "005000000000002"


def handed_over(road: Road) -> tuple[Ref, Ref]:
    """A person who stands with Sam; both records show it."""
    contact, lead = road.person("ada@one.example")
    assert lead
    road.hubspot.edit(contact, leadbridge_stage="qualified")
    road.settle()
    assert road.stage(contact) == "handed_over"
    road.clock.advance(3600)
    return contact, lead


def dies_once(road: Road, moment: str) -> None:
    """The process ends when it comes to this moment of its call to HubSpot; another one starts."""

    def beat(now: str) -> None:
        if now == moment:
            raise Killed(moment)

    road.hubspot.pulse = beat
    with pytest.raises(Killed):
        road.settle()
    road.hubspot.pulse = still
    road.again()


def in_the_end(road: Road) -> None:
    """Look, and look again when nothing that was sent can arrive any longer."""
    road.settle()
    road.settle(seconds=600)


@pytest.mark.fault("F37")
@pytest.mark.parametrize("moment", ["row", "all written"])
def test_a_move_that_was_sent_by_a_process_that_died_keeps_who_asked_for_it_and_when(
    road: Road, moment: str
) -> None:
    contact, lead = handed_over(road)
    road.salesforce.edit(lead, Leadbridge_Stage__c="accepted")
    asked_at = road.clock.now()

    dies_once(road, moment)
    in_the_end(road)

    shown = road.hubspot.values(contact)
    assert (road.stage(contact), shown["leadbridge_stage_changed_by"]) == ("accepted", SAM)
    assert shown["leadbridge_stage_changed_at"] == asked_at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.fault("F37")
def test_a_second_move_of_one_seller_is_known_as_theirs_although_hubspot_shows_them_already(
    road: Road,
) -> None:
    contact, lead = handed_over(road)
    road.salesforce.edit(lead, Leadbridge_Stage__c="accepted")
    road.settle()
    road.salesforce.edit(lead, Leadbridge_Stage__c="working")

    dies_once(road, "row")
    in_the_end(road)

    shown = road.hubspot.values(contact)
    assert (shown["leadbridge_stage"], shown["leadbridge_stage_changed_by"]) == ("working", SAM)


@pytest.mark.fault("F37")
def test_whoever_edits_after_the_death_is_the_one_who_asked(road: Road) -> None:
    contact, lead = handed_over(road)
    road.salesforce.edit(lead, Leadbridge_Stage__c="accepted")

    dies_once(road, "row")
    road.salesforce.edit(lead, by=SARA, Leadbridge_Stage__c="working")
    in_the_end(road)

    assert road.hubspot.values(contact)["leadbridge_stage_changed_by"] == SARA


@pytest.mark.fault("F37")
def test_a_process_that_dies_twice_over_one_move_still_knows_whose_it_was(road: Road) -> None:
    contact, lead = handed_over(road)
    road.salesforce.edit(lead, Leadbridge_Stage__c="accepted")

    dies_once(road, "row")
    road.settle()
    road.clock.advance(600)
    dies_once(road, "row")
    in_the_end(road)

    assert road.hubspot.values(contact)["leadbridge_stage_changed_by"] == SAM


def test_people_whose_records_name_their_editor_cost_no_look_at_the_ledger(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lead = handed_over(road)
    asked: list[object] = []
    entries = road.store.entries

    def counted(*told: object, **more: object) -> object:
        asked.append(told)
        return entries(*told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(road.store), "entries", lambda _store, *told, **more: counted(*told, **more))
    road.salesforce.edit(lead, Leadbridge_Stage__c="accepted")
    road.settle()
    road.settle()

    assert asked == []
