"""Who is who: a link is made by the strongest sign, explained, and never guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.records import Ref
from sync.model import Facts
from tests.sync.dumb import SAM
from tests.sync.plan.people import Planner, asked, codes, edited, remembered, unit, writes


def stranger(planner: Planner, *candidates: Any, **contact: Any) -> Facts:
    return unit(planner.contact(**contact), candidates=candidates)


def test_a_contact_is_linked_to_the_one_lead_with_its_email(planner: Planner) -> None:
    done = planner.plan(stranger(planner, planner.lead("00Q1")))

    assert remembered(done).link.salesforce == Ref("salesforce", "lead", "00Q1")
    assert [one.why for one in done.decisions if one.what == "linked"] == ["the same e-mail"]


def test_a_link_writes_the_key_of_the_other_on_both_sides(planner: Planner) -> None:
    done = planner.plan(stranger(planner, planner.lead("00Q1")))

    assert writes(done, "hubspot")["leadbridge_key"] == "00Q1"
    assert writes(done, "salesforce")["Leadbridge_HubSpot_Id__c"] == "501"


def test_our_key_is_stronger_than_an_email(planner: Planner) -> None:
    by_key = planner.lead("00Q2", Email="other@one.example", Leadbridge_HubSpot_Id__c="501")

    done = planner.plan(stranger(planner, planner.lead("00Q1"), by_key))

    assert remembered(done).link.salesforce == by_key.ref


@pytest.mark.fault("F47")
def test_two_leads_with_one_email_are_a_problem_and_nothing_is_written(planner: Planner) -> None:
    done = planner.plan(stranger(planner, planner.lead("00Q1"), planner.lead("00Q2")))

    assert codes(done) == ["several_candidates"]
    assert done.puts == ()
    assert remembered(done).link.salesforce is None


def test_a_candidate_that_is_linked_elsewhere_is_never_taken(planner: Planner) -> None:
    lead = planner.lead("00Q1")

    done = planner.plan(replace(stranger(planner, lead), taken=frozenset({lead.ref})))

    assert codes(done) == ["several_candidates"]
    assert done.puts == ()


def test_a_converted_lead_is_nobodys_counterpart(planner: Planner) -> None:
    done = planner.plan(stranger(planner, planner.lead("00Q1", IsConverted=True)))

    assert remembered(done).link.salesforce is None


def test_a_lead_alone_only_points_to_its_contact(planner: Planner) -> None:
    alone = unit(None, planner.lead("00Q1"), candidates=(planner.contact("501"),))

    done = planner.plan(alone)

    assert asked(done) == ["hubspot:contact:501"]
    assert done.puts == ()


def test_a_lead_that_nobody_in_hubspot_knows_is_left_in_salesforce(planner: Planner) -> None:
    done = planner.plan(unit(None, planner.lead("00Q1")))

    assert (asked(done), done.puts, done.problems) == ([], (), ())


@pytest.mark.fault("F25")
def test_the_link_of_a_converted_lead_moves_to_its_contact(planner: Planner) -> None:
    known = planner.settled(unit(planner.contact(), planner.lead("00Q1")))
    converted = edited(
        known, "salesforce", IsConverted=True, ConvertedContactId="0031", Status="Closed - Converted"
    )
    person = planner.record(
        "salesforce",
        "contact",
        "0031",
        Email="ada@one.example",
        LastName="Lovelace",
        OwnerId=SAM,
        AccountId="0011",
    )

    done = planner.plan(replace(converted, converted=converted.salesforce, salesforce=person))

    assert remembered(done).link.salesforce == person.ref
    assert remembered(done).link.id == known.link.id
    assert "salesforce:account:0011" in asked(done)
