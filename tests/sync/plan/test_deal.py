"""Deals: an Opportunity is shown in HubSpot once its people or its company are there; nothing comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.records import Fate, Record, Ref
from sync.model import Facts, Link
from tests.sync.dumb import SAM
from tests.sync.plan.people import Planner, asked, edited, remembered, unit, writes

PERSON, ACCOUNT = Ref("salesforce", "contact", "0031"), Ref("salesforce", "account", "0011")
RELATIVES = {
    PERSON: Link(7, "person", Ref("hubspot", "contact", "501"), PERSON),
    ACCOUNT: Link(8, "company", Ref("hubspot", "company", "901"), ACCOUNT),
}


def opportunity(planner: Planner, **values: Any) -> Record:
    known = {
        "Name": "Engine",
        "StageName": "Prospecting",
        "Amount": 1000,
        "CloseDate": "2026-12-01",
        "OwnerId": SAM,
        "AccountId": "0011",
    }
    return planner.record("salesforce", "opportunity", "0061", **{**known, **values})


@pytest.fixture
def settled(planner: Planner) -> Facts:
    deal = planner.record("hubspot", "deal", "701", leadbridge_key="0061")
    return planner.settled(unit(deal, opportunity(planner), "deal", relatives=RELATIVES))


def test_an_opportunity_without_linked_relatives_stays_in_salesforce(planner: Planner) -> None:
    assert planner.plan(unit(None, opportunity(planner), "deal")).puts == ()


def test_a_linked_relative_brings_the_deal_with_amount_currency_and_stage(planner: Planner) -> None:
    done = planner.plan(unit(None, opportunity(planner), "deal", relatives=RELATIVES))

    [create] = done.puts
    assert (create.write.op, create.write.key, create.gate) == ("upsert", ("leadbridge_key", "0061"), True)
    shown = create.write.values
    assert (shown["amount"], shown["deal_currency_code"], shown["dealstage"]) == (
        "1000",
        "EUR",
        "appointmentscheduled",
    )


def test_a_deal_that_carries_the_key_is_linked_and_not_made_again(planner: Planner) -> None:
    there = planner.record("hubspot", "deal", "701", leadbridge_key="0061")

    done = planner.plan(unit(None, opportunity(planner), "deal", relatives=RELATIVES, candidates=(there,)))

    assert remembered(done).link.hubspot == there.ref
    assert "upsert" not in [put.write.op for put in done.puts]


def test_people_and_company_are_joined_to_the_deal_once(planner: Planner, settled: Facts) -> None:
    fresh = replace(settled, base=replace(settled.base, joined=()))

    joined = [put for put in planner.plan(fresh).puts if put.write.op == "associate"]

    assert [str(one) for one in joined[0].write.associations] == [
        "hubspot:contact:501",
        "hubspot:company:901",
    ]
    assert planner.plan(settled).puts == ()


def test_an_edit_of_the_deal_in_hubspot_is_put_back_and_kept_in_the_ledger(
    planner: Planner, settled: Facts
) -> None:
    done = planner.plan(edited(settled, "hubspot", amount="5", dealname="Mine"))

    assert writes(done, "salesforce") == {}
    assert writes(done, "hubspot")["dealname"] == "Engine"
    assert writes(done, "hubspot")["amount"] == "1000"
    assert "Mine" in [one.old for one in done.decisions]


@pytest.mark.fault("F27")
def test_a_stage_that_is_not_in_the_map_is_a_problem_and_the_rest_travels(
    planner: Planner, settled: Facts
) -> None:
    done = planner.plan(edited(settled, "salesforce", StageName="Brand New", Name="Bigger Engine"))

    assert writes(done, "hubspot") == {"dealname": "Bigger Engine"}
    assert [problem.field for problem in done.problems] == ["deal.pipeline+dealstage"]


def test_the_people_of_an_opportunity_look_again_when_it_moved(planner: Planner, settled: Facts) -> None:
    moved = edited(settled, "salesforce", StageName="Closed Won", IsClosed=True, IsWon=True)

    assert str(PERSON) in asked(planner.plan(moved))
    assert asked(planner.plan(settled)) == []


def test_whoever_was_joined_to_a_deal_looks_again_when_its_opportunity_was_deleted(
    planner: Planner, settled: Facts
) -> None:
    lost = opportunity(planner).ref

    done = planner.plan(replace(settled, salesforce=None, fates={lost: Fate(lost)}))

    assert asked(done) == ["hubspot:contact:501"]


def test_a_deal_that_took_anothers_key_in_a_merge_gets_its_own_again(
    planner: Planner, settled: Facts
) -> None:
    done = planner.plan(edited(settled, "hubspot", leadbridge_key="0062"))

    assert writes(done, "hubspot") == {"leadbridge_key": "0061"}
