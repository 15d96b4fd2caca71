"""What comes of people who ask, and of what marketers do."""

from __future__ import annotations

from collections.abc import Iterator

from sync.backfill import start
from tests.scenarios.town import MIA, SAM
from tests.simulation.crash.place import Place
from tests.simulation.crash.scenarios.registry import (
    ADA,
    BEN,
    CLEO,
    Command,
    Step,
    asks,
    handed_over,
    running,
    scenario,
)


@scenario
def a_new_contact_is_qualified_and_handed_over(here: Place) -> Iterator[Step]:
    running(here)
    yield
    asks(here)
    yield


@scenario
def the_bridge_starts_for_the_first_time_on_an_empty_store(here: Place) -> Iterator[Step]:
    asks(here)
    here.clock.advance(600)
    yield
    yield here.run


@scenario
def two_people_meet_for_the_first_time_and_are_adopted(here: Place) -> Iterator[Step]:
    told = {
        "email": ADA,
        "firstname": "Ada",
        "lastname": "Lind",
        "jobtitle": "Buyer",
        "phone": "+46 8 123 456 78",
    }
    here.world.hubspot.create("contacts", told, MIA, here.clock.now())
    stands = {
        "LastName": "Lind",
        "FirstName": "Ada L.",
        "Company": "Nordwind AB",
        "Email": ADA,
        "City": "Lund",
    }
    here.world.salesforce.create("Lead", stands, here.user(SAM), here.clock.now())
    here.clock.advance(600)
    yield
    yield here.run


@scenario
def a_backfill_goes_through_its_pages(here: Place) -> Iterator[Step]:
    running(here)
    for n in range(6):
        email = f"person{n}@crowd.example"
        told = {"email": email, "firstname": f"P{n}", "lastname": "Crowd", "city": "Lund"}
        here.world.hubspot.create("contacts", told, MIA, here.clock.now())
        stands = {"LastName": "Crowd", "Company": "Crowd AB", "Email": email, "Title": f"No. {n}"}
        here.world.salesforce.create("Lead", stands, here.user(SAM), here.clock.now())
    here.rest()
    yield
    yield Command(lambda: start(here.bridge.store, None))


@scenario
def a_hand_off_is_cut_off_after_salesforce_made_the_lead(here: Place) -> Iterator[Step]:
    running(here)
    yield
    asks(here)
    here.world.faults.next("cut_after", side="salesforce", path="/composite/sobjects/Lead/")
    yield


@scenario
def one_of_three_hand_offs_is_refused_by_a_rule(here: Place) -> Iterator[Step]:
    running(here)
    rule = 'AND(LastName = "Bad", ISBLANK(City))'
    here.world.salesforce.add_rule("Lead", "Needs_City", rule, "Give a city.")
    yield
    for email, first, last in ((ADA, "Ada", "Lind"), (BEN, "Ben", "Bad"), (CLEO, "Cleo", "Ruiz")):
        asks(here, email, first, lastname=last)
    yield
    here.market(BEN, city="Lagos")
    yield


@scenario
def an_opt_out_in_hubspot_reaches_the_lead(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    out = {"hs_email_optout": "true"}
    here.world.hubspot.automate("contacts", here.contact(ADA)["hs_object_id"], out, here.clock.now())
    yield


@scenario
def a_marketer_makes_a_deal_in_hubspot(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    made = here.world.hubspot.create(
        "deals",
        {"dealname": "Pilot", "pipeline": "default", "dealstage": "appointmentscheduled"},
        MIA,
        here.clock.now(),
    )
    me = here.contact(ADA)["hs_object_id"]
    here.world.hubspot.associate("deals", made, "contacts", me, MIA, here.clock.now())
    yield


@scenario
def a_marketer_edits_what_only_the_stage_may_show(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, hs_lead_status="UNQUALIFIED")
    yield
