"""Edits of single fields, on one side or on both."""

from __future__ import annotations

from collections.abc import Iterator

from tests.scenarios.town import SARA
from tests.simulation.crash.place import Place
from tests.simulation.crash.scenarios.registry import (
    ADA,
    Meanwhile,
    Step,
    handed_over,
    lead,
    running,
    scenario,
)


@scenario
def a_marketer_edits_one_field(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, jobtitle="Head of Engines")
    yield


@scenario
def a_seller_edits_one_field(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Title="Head of Sales", Phone="+46 8 999 888 77")
    yield


@scenario
def both_sides_edit_different_fields_of_one_person(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, city="Malmö")
    here.sell(lead(here), Title="Owner")
    yield


@scenario
def both_sides_edit_the_same_field_and_one_of_them_wins(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, jobtitle="Marketing's word")
    here.sell(lead(here), Title="Sales' word")
    yield


@scenario
def a_seller_edits_while_the_bridge_is_dead(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, jobtitle="Head of Engines")
    yield Meanwhile(lambda: here.sell(lead(here), City="Uppsala"))


@scenario
def a_marketer_corrects_herself_while_the_bridge_is_dead(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, jobtitle="Head of Engnies")
    yield Meanwhile(lambda: here.market(ADA, jobtitle="Head of Engines"))


@scenario
def a_person_gets_another_e_mail_address(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Email="ada@lind.example")
    yield


@scenario
def a_lead_gets_another_owner(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), OwnerId=here.user(SARA))
    yield


@scenario
def a_refused_field_leaves_the_others_alone(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    here.world.salesforce.add_rule("Lead", "No_Boss", 'Title = "Boss"', "No bosses.", "Title")
    yield
    here.market(ADA, jobtitle="Boss", city="Malmö")
    yield
