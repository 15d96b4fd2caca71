"""What planning may look at is read once, in batches, and not from a stale index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.records import Record, Ref
from sync.gather import watched_fields
from tests.sync.dumb import MIA, SAM
from tests.sync.roads import Road


def searched(road: Road, ref: Ref, seconds: float, **values: object) -> None:
    """Let HubSpot's search show a record as it was *seconds* ago."""
    fields = watched_fields(road.agreement, has_currency=False)["hubspot", ref.kind]
    [record] = road.hubspot.fetch(ref.kind, [ref.id], fields)
    road.hubspot.searched[ref] = older(record, seconds, values)


def older(record: Record, seconds: float, values: dict[str, object]) -> Record:
    return replace(
        record,
        values={**record.values, **values},
        modified_at=record.modified_at - timedelta(seconds=seconds),
    )


@pytest.mark.fault("F18")
def test_a_search_row_older_than_what_is_known_is_read_by_id(road: Road) -> None:
    contact, lead = road.person("ada@one.example")
    assert lead
    road.settle()
    road.clock.advance(10)
    road.salesforce.edit(lead, Title="Countess")
    road.settle()
    searched(road, contact, 40, jobtitle=None)
    written = road.written()

    road.settle()

    assert road.hubspot.values(contact)["jobtitle"] == "Countess"
    assert road.salesforce.values(lead)["Title"] == "Countess"
    assert road.written() == written


@pytest.mark.fault("F34")
def test_a_record_that_a_search_brought_is_read_again_before_it_is_written(road: Road) -> None:
    contact, lead = road.person("ada@one.example")
    assert lead
    road.settle()
    road.clock.advance(10)
    road.salesforce.edit(lead, Title="Countess")
    road.hubspot.edit(contact, city="London")
    before = len(road.hubspot.asked_for("gather"))

    road.settle()

    assert [ids for _, ids, _ in road.hubspot.asked_for("gather")[before:]] == [(contact.id,)]


def histories(road: Road) -> list[tuple[str, ...]]:
    return [names for _, _, names in road.hubspot.asked_for("history")]


@pytest.mark.invariant("I10")
def test_history_is_not_asked_for_where_only_one_record_moved(road: Road) -> None:
    contact, _ = road.person("ada@one.example")
    road.settle()
    road.clock.advance(10)

    road.hubspot.edit(contact, jobtitle="Countess")
    road.settle()

    assert histories(road) == []


def test_history_is_asked_for_the_fields_that_differ_where_both_records_moved(road: Road) -> None:
    contact, lead = road.person("ada@one.example", jobtitle="Lady")
    assert lead
    road.settle()
    road.clock.advance(10)

    road.hubspot.edit(contact, jobtitle="Countess")
    road.salesforce.edit(lead, City="London")
    road.settle()

    assert histories(road)
    assert set(histories(road)[0]) == {"jobtitle", "city"}


@pytest.mark.fault("F35")
def test_a_field_set_back_to_its_base_is_an_edit_where_both_records_moved(road: Road) -> None:
    latest = road.agreement.pairs["person"]
    lines = tuple(
        replace(one, conflict="latest") if one.name == "person.jobtitle" else one for one in latest.lines
    )
    contact, lead = road.person("ada@one.example", jobtitle="Lady")
    assert lead
    road.again(
        replace(road.agreement, pairs={**road.agreement.pairs, "person": replace(latest, lines=lines)})
    )
    road.settle()
    road.clock.advance(60)
    road.salesforce.edit(lead, Title="Baroness")
    road.clock.advance(3600)
    road.hubspot.edit(contact, jobtitle="Countess")
    road.hubspot.edit(contact, jobtitle="Lady")

    road.settle()

    assert road.salesforce.values(lead)["Title"] == "Lady"
    assert road.hubspot.values(contact)["jobtitle"] == "Lady"


def test_history_is_asked_for_our_stage_where_it_moved(road: Road) -> None:
    contact, _ = road.person("ada@one.example")
    road.settle()
    road.clock.advance(10)

    road.hubspot.edit(contact, by=MIA, leadbridge_stage="won")
    road.settle()

    assert [names for names in histories(road) if "leadbridge_stage" in names]


@pytest.mark.invariant("I10")
def test_a_hundred_strangers_are_looked_for_at_once(road: Road) -> None:
    for number in range(100):
        road.hubspot.put("contact", email=f"p{number}@one.example")
    before = len(road.salesforce.asked)

    road.settle()

    # Once as the search brought them, once as they were read before they are written.
    assert [what for what, _ in road.salesforce.asked[before:]] == ["poll", "find", "find", "poll"]


@pytest.mark.fault("F24")
def test_a_record_that_no_recycle_bin_knows_is_a_problem_and_its_counterpart_is_left_alone(
    road: Road,
) -> None:
    contact, lead = road.person("ada@one.example")
    assert lead
    road.settle()
    road.salesforce.delete(lead)
    road.salesforce.bin.clear()
    road.clock.advance(10)
    road.hubspot.edit(contact, jobtitle="Countess")
    written = road.written()

    road.settle()

    assert road.codes() == ["record_gone"]
    assert road.written() == written


@pytest.mark.fault("F25")
def test_a_converted_lead_is_read_on_as_its_contact(road: Road) -> None:
    contact, lead = road.person("ada@one.example")
    assert lead
    road.settle()
    road.clock.advance(10)
    became = road.salesforce.put(
        "contact", Email="ada@one.example", LastName="Lovelace", FirstName="Ada", OwnerId=SAM
    )
    road.salesforce.edit(lead, IsConverted=True, ConvertedContactId=became.id, Status="Closed - Converted")

    road.settle()

    assert road.store.links("person", [contact])[contact].salesforce == became
    assert road.problems() == []
