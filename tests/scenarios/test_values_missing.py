"""A field of ours that lacks a value of the definition: `check` says so, and a refusal blames no record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.folder import LOOK_AGAIN
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, Town, town

ADA = "ada.lind@nordwind.example"
STAGE = {"hubspot": "leadbridge_stage", "salesforce": "Leadbridge_Stage__c"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, in_process=True) as made:
        yield made


def offer(here: Town, side: str, *without: str) -> None:
    """An admin lets the stage field of contacts (HubSpot) or Leads (Salesforce) offer all stages but these."""
    stages = here.agreement.lifecycle.stages
    if side == "hubspot":
        prop = here.world.hubspot.portal.shelves["contacts"].schema[STAGE[side]]
        here.world.hubspot.add_property(
            "contacts", replace(prop, options={one: one for one in stages if one not in without})
        )
    else:
        org = here.world.salesforce.org
        field = org.kinds["Lead"].fields[STAGE[side]]
        choices = tuple(one for one in stages if one not in without)
        org.change_field(org.kinds["Lead"], replace(field, choices=choices))


@pytest.mark.parametrize(
    ("side", "where"),
    [
        ("hubspot", "`leadbridge_stage` of hubspot contact"),
        ("salesforce", "`Leadbridge_Stage__c` of salesforce lead"),
    ],
)
def test_check_names_the_field_the_side_and_each_value_it_lacks(
    here: Town, leadbridge: Leadbridge, side: str, where: str
) -> None:
    here.configure(mode="observe")
    fits = leadbridge("check", settings=here.settings())
    offer(here, side, "working", "recycled")

    lacks = leadbridge("check", settings=here.settings())

    assert fits.code == 0
    assert (lacks.code, "is sound" in fits.out, "is sound" in lacks.out) == (4, True, False)
    assert f"The field {where} does not offer these stages: `working`, `recycled`." in lacks.err
    assert "leadbridge plugin install" in lacks.err


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_a_refused_stage_blames_the_field_and_goes_through_once_an_admin_added_it(
    here: Town, side: str
) -> None:
    offer(here, side, "handed_over")
    here.run()
    here.daemon.settle()
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())
    here.settle()
    refused = [one for one in here.problems() if one.subject.kind == "contact"]
    bridge_s = [one for one in here.problems() if one.subject.kind == "fields"]

    assert [(one.code, one.field) for one in refused] == [("value_missing", STAGE[side])]
    assert "does not offer “handed_over”" in refused[0].text
    assert "leadbridge plugin install" in refused[0].remedy
    assert "mend the record" not in refused[0].remedy
    assert [one.code for one in bridge_s] == ["value_missing"]

    offer(here, side)
    here.clock.advance(LOOK_AGAIN.total_seconds())
    here.bridge.edits.take()
    here.market(ADA, jobtitle="Head of Purchasing")
    here.settle()
    here.settle()

    assert here.problems() == []
    assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
    assert here.sales("Lead", ADA)["Leadbridge_Stage__c"] == "handed_over"
