"""Small lives in which a process may die anywhere; each name is a sentence.

A scenario prepares a town up to its first `yield`; from there on, points are numbered. At each later one the
bridge works to rest. What is yielded may be a call that the bridge's process makes first (its own start), or
`Meanwhile`: what people do once the bridge rests, or, if its process died, before the next one starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.scenarios.town import MIA, SAM, SARA
from tests.simulation.crash.place import Place

ADA: Final = "ada.lind@nordwind.example"
BEN: Final = "ben.okafor@sunrise.example"
CLEO: Final = "cleo.ruiz@fjord.example"


@dataclass(frozen=True)
class Meanwhile:
    """What people do while nobody looks."""

    act: Callable[[], object]


Step = Callable[[], object] | Meanwhile | None
Scenario = Callable[[Place], Iterator[Step]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(live: Scenario) -> Scenario:
    """One of the scenarios, by its name as a sentence."""
    SCENARIOS[live.__name__.replace("_", " ")] = live
    return live


# ── people ───────────────────────────────────────────────────────────────────


def asks(here: Place, email: str = ADA, first: str = "Ada", **more: str) -> str:
    """Somebody asks for a call in a form; Sam is the owner."""
    told = {
        "firstname": first, "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM), **more,
    }  # fmt: skip
    return here.world.hubspot.submit_form(email, "Request a call", told, here.clock.now())


def lead(here: Place, email: str = ADA) -> dict[str, Any]:
    """The lead with this address."""
    return here.sales("Lead", email)


def handed_over(here: Place, email: str = ADA, first: str = "Ada") -> None:
    """Somebody asked and is Sam's lead by now; an hour passes."""
    asks(here, email, first)
    here.rest()
    here.clock.advance(3600)


def converted(here: Place, email: str = ADA, first: str = "Ada", **how: Any) -> str:
    """Somebody is an Account, a Contact and an Opportunity by now; the Opportunity's id."""
    handed_over(here, email, first)
    found = here.world.salesforce.convert_lead(
        lead(here, email)["Id"], here.user(SAM), here.clock.now(), "First order", **how
    )
    here.rest()
    here.clock.advance(3600)
    return found[2]


def running(here: Place) -> None:
    """A bridge has been live for some minutes."""
    here.run()
    here.rest()


# ── marketing to sales ───────────────────────────────────────────────────────


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
    from sync.backfill import start

    yield lambda: start(here.bridge.store, None)


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


# ── fields ───────────────────────────────────────────────────────────────────


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


# ── sales to marketing ───────────────────────────────────────────────────────


@scenario
def a_lead_is_accepted_and_worked_on(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Leadbridge_Stage__c="accepted")
    yield
    here.clock.advance(3600)
    here.world.salesforce.log_task(lead(here)["Id"], "First call", here.user(SAM), here.clock.now())
    yield


@scenario
def a_rejection_comes_home_with_its_reason(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")
    yield


@scenario
def a_rejected_person_comes_back_to_rest_and_to_nurture(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    here.sell(lead(here), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")
    here.rest()
    yield
    here.clock.advance(4 * 86_400)
    yield
    here.clock.advance(91 * 86_400)
    yield


@scenario
def an_illegal_edit_is_put_back_and_a_note_tells_why(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.market(ADA, leadbridge_stage="won")
    yield


@scenario
def an_illegal_edit_of_a_seller_is_put_back_and_a_task_tells_why(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.sell(lead(here), Leadbridge_Stage__c="nurturing")
    yield


@scenario
def a_lead_is_converted_with_an_opportunity(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.world.salesforce.convert_lead(lead(here)["Id"], here.user(SAM), here.clock.now(), "First order")
    yield


@scenario
def a_lead_is_converted_without_an_opportunity(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    here.world.salesforce.convert_lead(
        lead(here)["Id"], here.user(SAM), here.clock.now(), with_opportunity=False
    )
    yield


@scenario
def an_opportunity_is_won(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    yield
    won = {"StageName": "Closed Won", "Amount": 24000, "CloseDate": "2026-11-30"}
    here.sell({"Id": opportunity}, "Opportunity", **won)
    yield


@scenario
def an_opportunity_is_lost_and_the_reason_comes_home(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    yield
    lost = {"StageName": "Closed Lost", "Leadbridge_Loss_Reason__c": "price"}
    here.sell({"Id": opportunity}, "Opportunity", **lost)
    yield


@scenario
def a_second_opportunity_becomes_a_deal_of_the_same_person(here: Place) -> Iterator[Step]:
    running(here)
    converted(here)
    contact = here.sales("Contact", ADA)
    yield
    more = {
        "Name": "Second order", "AccountId": contact["AccountId"], "StageName": "Prospecting",
        "CloseDate": "2027-01-31", "Amount": 500,
    }  # fmt: skip
    made = here.world.salesforce.create("Opportunity", more, here.user(SAM), here.clock.now())
    role = {"OpportunityId": made, "ContactId": contact["Id"], "IsPrimary": True}
    here.world.salesforce.create("OpportunityContactRole", role, here.user(SAM), here.clock.now())
    yield


@scenario
def a_seller_renames_the_account_of_a_company(here: Place) -> Iterator[Step]:
    running(here)
    converted(here)
    account = here.sales("Contact", ADA)["AccountId"]
    yield
    here.sell({"Id": account}, "Account", Name="Nordwind International AB", BillingCity="Lund")
    yield


@scenario
def a_customer_who_won_goes_back_to_sales_in_a_second_round(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    won = {"StageName": "Closed Won", "Amount": 24000, "CloseDate": "2026-11-30"}
    here.sell({"Id": opportunity}, "Opportunity", **won)
    here.rest()
    yield
    here.clock.advance(40 * 86_400)
    asks(here)
    yield


# ── hubspot's own ────────────────────────────────────────────────────────────


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


# ── ops ──────────────────────────────────────────────────────────────────────


@scenario
def ops_let_a_bridge_write_that_only_looked(here: Place) -> Iterator[Step]:
    here.run(mode="observe")
    asks(here)
    asks(here, BEN, "Ben", lastname="Okafor")
    here.rest()
    yield
    yield here.run


@scenario
def ops_change_a_mapping_line_and_start_again(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    here.market(ADA, company="Nordwind of Marketing")
    here.rest()
    yield
    lines = here.config / "fields" / "person.yaml"
    text = lines.read_text("utf-8")
    changed = text.replace("rule: prefer_salesforce_unless_blank", "rule: two_way")
    assert changed != text
    lines.write_text(changed, "utf-8")
    yield here.run
