"""Fields of linked people through the whole bridge: who edits what, and what both sides then show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mappings.values import unpack
from sync.model import Decision
from tests.scenarios.town import MIA, SAM, SARA, Town, town

ADA = "ada.lind@nordwind.example"
PAST = "2026-01-05T09:00:00.000Z"


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Town]:
    """Ada is a contact and a Lead, both the same; the bridge has met her."""
    with town(tmp_path) as made:
        contact = {
            "email": ADA, "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
            "jobtitle": "Buyer", "phone": "+46 8 123 456 78", "city": "Lund", "hubspot_owner_id": made.owner(SAM),
            "createdate": PAST, "lastmodifieddate": PAST,
        }  # fmt: skip
        lead = {
            "Email": ADA, "FirstName": "Ada", "LastName": "Lind", "Company": "Nordwind AB", "Country": "SE",
            "Title": "Buyer", "Phone": "0046 8-12345678", "City": "Lund", "OwnerId": made.user(SAM),
            "Status": "Working - Contacted", "CreatedDate": PAST, "LastModifiedDate": PAST,
        }  # fmt: skip
        assert list(made.world.hubspot.load("contacts", [contact], made.clock.now())) == []
        assert list(made.world.salesforce.load("Lead", [lead], made.clock.now())) == []
        made.run()
        made.settle()
        yield made


def _lead(here: Town) -> dict[str, Any]:
    [lead] = here.world.salesforce.records("Lead")
    return lead


def _contact(here: Town) -> dict[str, str]:
    [contact] = here.world.hubspot.records("contacts")
    return contact


def _market(here: Town, **properties: str) -> None:
    here.world.hubspot.update("contacts", _contact(here)["hs_object_id"], properties, MIA, here.clock.now())


def _last(here: Town, what: str, field: str) -> Decision:
    return [one.decision for one in here.decided(what) if one.decision.field == field][-1]


def _comes_to_rest(here: Town) -> None:
    before = len(here.written())
    here.settle()
    assert here.written()[before:] == []


def test_equal_values_in_other_spellings_are_never_written(linked: Town) -> None:
    fields = {one.field for one in linked.written()}

    assert {"phone", "Phone", "country", "Country", "email", "Email", "city", "City"}.isdisjoint(fields)
    linked.sell(_lead(linked), Phone="+46 (8) 123-456-78", Email=ADA.upper(), Country="Sverige")
    before = len(linked.written())
    linked.settle()

    assert [one.field for one in linked.written()[before:]] == []
    assert _contact(linked)["phone"] == "+46 8 123 456 78"


def test_disjoint_edits_of_both_sides_survive(linked: Town) -> None:
    _market(linked, jobtitle="Director", city="Malmö")
    linked.sell(_lead(linked), Phone="+46 40 99 88 77", Street="Storgatan 1")
    linked.settle()

    lead, contact = _lead(linked), _contact(linked)
    assert (lead["Title"], lead["City"]) == (contact["jobtitle"], contact["city"]) == ("Director", "Malmö")
    assert lead["Phone"] == "+46 40 99 88 77"
    assert contact["phone"].replace(" ", "") == "+4640998877"
    assert lead["Street"] == contact["address"] == "Storgatan 1"
    assert linked.decided("conflict") == []
    _comes_to_rest(linked)


def test_a_conflict_follows_the_line_and_the_ledger_keeps_both_values(linked: Town) -> None:
    _market(linked, jobtitle="Director")
    linked.sell(_lead(linked), Title="Head of Purchasing")
    linked.settle()

    assert _lead(linked)["Title"] == _contact(linked)["jobtitle"] == "Head of Purchasing"
    conflict = _last(linked, "conflict", "person.jobtitle")
    assert {unpack(conflict.old), unpack(conflict.new)} == {"Director", "Head of Purchasing"}
    assert conflict.why == "conflict: salesforce"
    assert linked.problems() == []
    _comes_to_rest(linked)


def test_a_conflict_that_asks_waits_for_a_person(linked: Town) -> None:
    _market(linked, email="ada@lind.example")
    linked.sell(_lead(linked), Email="ada.l@nordwind.example", Title="Director")
    linked.settle()

    assert _contact(linked)["email"] == "ada@lind.example"
    assert _lead(linked)["Email"] == "ada.l@nordwind.example"
    assert _contact(linked)["jobtitle"] == "Director"
    [problem] = linked.problems()
    assert (problem.code, problem.field) == ("conflict", "person.email")
    conflict = _last(linked, "conflict", "person.email")
    assert {unpack(conflict.new), unpack(conflict.other)} == {"ada@lind.example", "ada.l@nordwind.example"}
    _comes_to_rest(linked)

    linked.sell(_lead(linked), Email="ada@lind.example")
    linked.settle()

    assert linked.problems() == []


def test_an_edit_where_the_other_side_decides_is_put_back(linked: Town) -> None:
    _market(linked, hubspot_owner_id=linked.owner(SARA), jobtitle="Director")
    linked.settle()

    assert _contact(linked)["hubspot_owner_id"] == linked.owner(SAM)
    assert _lead(linked)["OwnerId"] == linked.user(SAM)
    assert _lead(linked)["Title"] == "Director"
    assert _last(linked, "field", "person.hubspot_owner_id").rule == "always_salesforce"
    _comes_to_rest(linked)


def test_a_new_owner_in_salesforce_is_the_owner_in_hubspot(linked: Town) -> None:
    linked.sell(_lead(linked), OwnerId=linked.user(SARA))
    linked.settle()

    assert _contact(linked)["hubspot_owner_id"] == linked.owner(SARA)
    _comes_to_rest(linked)


def test_a_queue_owns_a_lead_and_hubspot_keeps_its_owner(linked: Town) -> None:
    linked.sell(_lead(linked), OwnerId=linked.world.salesforce.queue, Title="Director")
    linked.settle()

    assert _contact(linked)["hubspot_owner_id"] == linked.owner(SAM)
    assert _lead(linked)["OwnerId"] == linked.world.salesforce.queue
    assert _contact(linked)["jobtitle"] == "Director"
    _comes_to_rest(linked)


def test_an_opt_out_is_added_and_never_lifted(linked: Town) -> None:
    linked.world.hubspot.automate(
        "contacts", _contact(linked)["hs_object_id"], {"hs_email_optout": "true"}, linked.clock.now()
    )
    linked.settle()
    assert _lead(linked)["HasOptedOutOfEmail"] is True

    linked.world.hubspot.automate(
        "contacts", _contact(linked)["hs_object_id"], {"hs_email_optout": "false"}, linked.clock.now()
    )
    linked.settle()

    assert _lead(linked)["HasOptedOutOfEmail"] is True
    _comes_to_rest(linked)


def test_an_opt_out_of_marketing_does_not_come_back_as_one_of_sales(linked: Town) -> None:
    contact = _contact(linked)["hs_object_id"]
    linked.world.hubspot.automate("contacts", contact, {"hs_email_optout": "true"}, linked.clock.now())
    linked.settle()
    linked.sell(_lead(linked), Title="Director")
    linked.settle()
    assert not _said_by_sales(linked)

    linked.world.hubspot.automate("contacts", contact, {"hs_email_optout": "false"}, linked.clock.now())
    linked.settle()
    linked.sell(_lead(linked), Title="Head of Sales")
    linked.settle()
    assert not _said_by_sales(linked)

    linked.sell(_lead(linked), HasOptedOutOfEmail=False)
    linked.settle()
    linked.sell(_lead(linked), HasOptedOutOfEmail=True)
    linked.settle()
    assert _said_by_sales(linked)
    _comes_to_rest(linked)


def _said_by_sales(town: Town) -> bool:
    return bool(_contact(town).get("leadbridge_sales_optout") == "true")


def test_an_opt_out_that_sales_took_is_shown_to_marketing(linked: Town) -> None:
    linked.sell(_lead(linked), HasOptedOutOfEmail=True, DoNotCall=True)
    linked.settle()

    contact = _contact(linked)
    assert (contact["leadbridge_sales_optout"], contact["leadbridge_do_not_call"]) == ("true", "true")
    linked.sell(_lead(linked), HasOptedOutOfEmail=False, DoNotCall=False)
    linked.settle()
    contact = _contact(linked)
    assert (contact["leadbridge_sales_optout"], contact["leadbridge_do_not_call"]) == ("true", "false")
    _comes_to_rest(linked)


def test_what_sales_thinks_of_a_lead_is_shown_to_marketing(linked: Town) -> None:
    linked.sell(_lead(linked), Leadbridge_Sales_Rating__c="poor")
    linked.settle()

    assert _contact(linked)["leadbridge_sales_rating"] == "poor"
    _market(linked, leadbridge_sales_rating="good")
    linked.settle()
    assert _contact(linked)["leadbridge_sales_rating"] == "poor"
    _comes_to_rest(linked)


def test_a_value_too_long_is_held_and_the_other_fields_are_written(linked: Town) -> None:
    _market(linked, firstname="A" * 60, jobtitle="Director")
    linked.settle()

    assert (_lead(linked)["FirstName"], _lead(linked)["Title"]) == ("Ada", "Director")
    assert _contact(linked)["firstname"] == "A" * 60
    [problem] = linked.problems()
    assert "firstname" in str(problem.field)
    assert problem.remedy
    _comes_to_rest(linked)

    _market(linked, firstname="Ada Augusta")
    linked.settle()

    assert _lead(linked)["FirstName"] == "Ada Augusta"
    assert linked.problems() == []


def test_a_blank_is_filled_again_where_it_is_protected(linked: Town) -> None:
    _market(linked, city="")
    linked.sell(_lead(linked), Title=None)
    linked.settle()

    assert _contact(linked)["city"] == _lead(linked)["City"] == "Lund"
    assert _contact(linked)["jobtitle"] == _lead(linked)["Title"] == "Buyer"
    _comes_to_rest(linked)


def test_a_new_address_keeps_the_link(linked: Town) -> None:
    _market(linked, email="ada@lind.example")
    linked.settle()

    assert _lead(linked)["Email"] == "ada@lind.example"
    linked.sell(_lead(linked), Email="ada.lind@home.example")
    linked.settle()

    assert _contact(linked)["email"] == "ada.lind@home.example"
    assert len(linked.world.salesforce.records("Lead")) == 1
    assert linked.problems() == []
    _comes_to_rest(linked)


def test_what_is_written_once_goes_its_own_way_afterwards(linked: Town) -> None:
    identity = _contact(linked)["hs_object_id"]
    linked.world.hubspot.automate(
        "contacts", identity, {"hs_analytics_source": "PAID_SEARCH"}, linked.clock.now()
    )
    linked.settle()
    assert _lead(linked)["LeadSource"] == "Web"

    linked.sell(_lead(linked), LeadSource="Partner Referral")
    linked.world.hubspot.automate(
        "contacts", identity, {"hs_analytics_source": "OFFLINE"}, linked.clock.now()
    )
    linked.settle()

    assert _lead(linked)["LeadSource"] == "Partner Referral"
    assert _contact(linked)["hs_analytics_source"] == "OFFLINE"
    _comes_to_rest(linked)


def test_a_projection_that_somebody_edits_is_put_back(linked: Town) -> None:
    _market(linked, hs_lead_status="BAD_TIMING")
    linked.settle()
    assert _contact(linked)["hs_lead_status"] == "CONNECTED"

    _market(linked, hs_lead_status="ATTEMPTED_TO_CONTACT")
    linked.settle()

    assert _contact(linked)["hs_lead_status"] == "ATTEMPTED_TO_CONTACT"
    assert _contact(linked)["leadbridge_stage"] == "working"
    _comes_to_rest(linked)


@pytest.mark.fault("F47")
def test_two_people_with_one_address_in_salesforce_wait_for_a_person(linked: Town) -> None:
    twin = {
        "LastName": "Berg",
        "Company": "Sydvind",
        "Email": "bo@sydvind.example",
        "OwnerId": linked.user(SAM),
    }
    ids = [
        linked.world.salesforce.create("Lead", twin, linked.user(SAM), linked.clock.now()) for _ in range(2)
    ]
    linked.world.hubspot.create(
        "contacts", {"email": "bo@sydvind.example", "lastname": "Bergh"}, MIA, linked.clock.now()
    )
    linked.settle()

    [problem] = linked.problems()
    assert problem.code == "several_candidates"
    assert all(id_ in problem.text for id_ in ids)
    assert [linked.world.salesforce.record(id_)["LastName"] for id_ in ids] == ["Berg", "Berg"]
    assert linked.contact("bo@sydvind.example")["lastname"] == "Bergh"
    _comes_to_rest(linked)
