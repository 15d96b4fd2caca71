"""Two people whose addresses were swapped on one side: nobody is joined to the other, and the field is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.test_deletes import ADA, ask_for_a_call, comes_to_rest
from tests.scenarios.town import Town, town

BEN = "ben.okafor@nordwind.example"
CY = "cy@nordwind.example"


@pytest.mark.fault("F47", "F30")
@pytest.mark.parametrize("answer", ["409", "400"])
def test_addresses_that_sales_swapped_are_told_by_field_and_nobody_is_taken_for_the_other(
    tmp_path: Path, answer: str
) -> None:
    with town(tmp_path, in_process=True) as here:
        here.world.hubspot.flip(address_conflict_on_update=answer)
        here.run()
        here.settle()
        for email in (ADA, BEN):
            ask_for_a_call(here, email)
        here.settle()
        keys = _keys(here)
        ada, ben = here.sales("Lead", ADA), here.sales("Lead", BEN)
        for lead, email in ((ada, CY), (ben, ADA), (ada, BEN)):
            here.sell(lead, Email=email)
            here.sell(lead, Title=f"Once {email}")
        comes_to_rest(here)

        assert _keys(here) == keys
        assert {one.field for one in here.problems()} == {"email"}
        assert {one.code for one in here.problems()} <= {"field_refused", "write_refused"}
        titles = {one["hs_object_id"]: one.get("jobtitle") for one in here.world.hubspot.records("contacts")}
        assert [titles[lead["Leadbridge_HubSpot_Id__c"]] for lead in (ada, ben)] == [
            f"Once {BEN}",
            f"Once {ADA}",
        ]


@pytest.mark.fault("F33", "F47")
def test_an_address_that_is_refused_is_no_fight_however_often_the_rest_of_the_person_is_written(
    tmp_path: Path,
) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        for email in (ADA, BEN):
            ask_for_a_call(here, email)
        here.settle()
        ada = here.sales("Lead", ADA)
        here.sell(ada, Email=BEN)
        told: list[set[tuple[str, str]]] = []
        for number in range(14):
            here.sell(ada, Title=f"Title {number}")
            here.settle()
            told.append({(one.code, one.field or "") for one in here.problems()})

        assert here.contact(ADA)["jobtitle"] == "Title 13"
        assert all(told)
        assert set().union(*told) <= {("field_refused", "email"), ("write_refused", "email")}


def _keys(here: Town) -> set[tuple[str, str]]:
    return {(one["Id"], one["Leadbridge_HubSpot_Id__c"]) for one in here.world.salesforce.records("Lead")}
