"""Records that are deleted, brought back or merged, on either side and under each policy."""

from __future__ import annotations

from collections.abc import Iterator

from tests.scenarios.town import MIA, SAM
from tests.simulation.crash.place import Place
from tests.simulation.crash.scenarios.registry import (
    ADA,
    BEN,
    Meanwhile,
    Step,
    converted,
    handed_over,
    lead,
    running,
    scenario,
)


def _when_deleted(here: Place, policy: str) -> None:
    """Ops decide what becomes of a person's other record."""
    rules = here.config / "bridge.yaml"
    text = rules.read_text("utf-8")
    changed = text.replace(
        "person: {hubspot: keep, salesforce: keep}", f"person: {{hubspot: {policy}, salesforce: {policy}}}"
    )
    assert changed != text or policy == "keep"
    rules.write_text(changed, "utf-8")


def _archived(here: Place, email: str = ADA) -> str:
    """A marketer deletes the contact with this address, and a seller's edit lets the bridge look. The contact's id."""
    contact = here.contact(email)["hs_object_id"]
    here.world.hubspot.archive("contacts", contact, MIA, here.clock.now())
    here.sell(lead(here, email), Title="Touched")
    return contact


def _binned(here: Place, kind: str, id_: str) -> str:
    """A seller deletes a record; its id."""
    here.world.salesforce.delete(kind, id_, here.user(SAM), here.clock.now())
    return id_


# ── deleted ──────────────────────────────────────────────────────────────────


@scenario
def a_contact_is_deleted_and_its_lead_is_kept(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    _archived(here)
    yield
    here.sell(lead(here), Title="Nobody in HubSpot")
    yield


@scenario
def a_lead_is_deleted_and_its_contact_is_kept(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    yield
    _binned(here, "Lead", lead(here)["Id"])
    yield
    here.market(ADA, jobtitle="Nobody in Salesforce")
    yield


@scenario
def a_contact_is_deleted_and_its_lead_goes_too(here: Place) -> Iterator[Step]:
    _when_deleted(here, "delete")
    running(here)
    handed_over(here)
    yield
    _archived(here)
    yield


@scenario
def a_lead_is_deleted_and_its_contact_goes_too(here: Place) -> Iterator[Step]:
    _when_deleted(here, "delete")
    running(here)
    handed_over(here)
    yield
    _binned(here, "Lead", lead(here)["Id"])
    yield


@scenario
def a_deleted_lead_is_made_again(here: Place) -> Iterator[Step]:
    _when_deleted(here, "recreate")
    running(here)
    handed_over(here)
    yield
    _binned(here, "Lead", lead(here)["Id"])
    yield
    here.market(ADA, jobtitle="Head of Engines")
    yield


@scenario
def a_deleted_contact_is_made_again(here: Place) -> Iterator[Step]:
    _when_deleted(here, "recreate")
    running(here)
    handed_over(here)
    yield
    _archived(here)
    yield
    here.sell(lead(here), Title="Head of Sales")
    yield


@scenario
def a_deleted_lead_waits_for_a_persons_word(here: Place) -> Iterator[Step]:
    _when_deleted(here, "ask")
    running(here)
    handed_over(here)
    yield
    _binned(here, "Lead", lead(here)["Id"])
    yield
    here.market(ADA, jobtitle="Head of Engines")
    yield


@scenario
def an_opportunity_is_deleted_and_its_deal_goes_too(here: Place) -> Iterator[Step]:
    running(here)
    opportunity = converted(here)
    yield
    _binned(here, "Opportunity", opportunity)
    yield


# ── brought back ─────────────────────────────────────────────────────────────


@scenario
def a_deleted_contact_comes_back(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    contact = _archived(here)
    here.rest()
    here.sell(lead(here), Title="Typed meanwhile")
    here.rest()
    yield
    here.world.hubspot.restore("contacts", contact, MIA, here.clock.now())
    yield
    here.market(ADA, city="Lund")
    yield


@scenario
def a_deleted_lead_comes_back(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    gone = _binned(here, "Lead", lead(here)["Id"])
    here.rest()
    here.market(ADA, jobtitle="Typed meanwhile")
    here.rest()
    yield
    here.world.salesforce.undelete("Lead", gone, here.user(SAM), here.clock.now())
    yield
    here.sell(lead(here), City="Lund")
    yield


@scenario
def a_lead_is_deleted_and_back_again_while_the_bridge_is_dead(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    id_ = lead(here)["Id"]
    yield
    here.market(ADA, jobtitle="Head of Engines")
    _binned(here, "Lead", id_)
    yield Meanwhile(lambda: here.world.salesforce.undelete("Lead", id_, here.user(SAM), here.clock.now()))


# ── merged ───────────────────────────────────────────────────────────────────


def _two(here: Place) -> None:
    handed_over(here)
    handed_over(here, BEN, "Ben")


@scenario
def two_contacts_are_merged_in_hubspot(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    twin = here.world.hubspot.create(
        "contacts", {"email": "ada@lind.example", "lastname": "Lind"}, MIA, here.clock.now()
    )
    here.rest()
    yield
    here.world.hubspot.merge("contacts", here.contact(ADA)["hs_object_id"], twin, MIA, here.clock.now())
    yield
    here.sell(lead(here), Title="Head of Sales")
    yield


@scenario
def two_linked_contacts_are_merged_in_hubspot(here: Place) -> Iterator[Step]:
    running(here)
    _two(here)
    yield
    ada, ben = (here.contact(one)["hs_object_id"] for one in (ADA, BEN))
    here.world.hubspot.merge("contacts", ada, ben, MIA, here.clock.now())
    yield


@scenario
def two_leads_are_merged_in_salesforce(here: Place) -> Iterator[Step]:
    running(here)
    handed_over(here)
    twin = {"LastName": "Lind", "Company": "Nordwind", "Email": "ada@lind.example", "OwnerId": here.user(SAM)}
    other = here.world.salesforce.create("Lead", twin, here.user(SAM), here.clock.now())
    here.rest()
    yield
    here.world.salesforce.merge("Lead", other, [lead(here)["Id"]], here.user(SAM), here.clock.now())
    yield


@scenario
def two_linked_leads_are_merged_in_salesforce(here: Place) -> Iterator[Step]:
    running(here)
    _two(here)
    yield
    ada, ben = (lead(here, one)["Id"] for one in (ADA, BEN))
    here.world.salesforce.merge("Lead", ada, [ben], here.user(SAM), here.clock.now())
    yield
    here.sell(lead(here), Title="Head of Sales")
    yield


@scenario
def two_companies_are_merged_in_hubspot(here: Place) -> Iterator[Step]:
    running(here)
    converted(here)
    [made] = here.world.hubspot.records("companies")
    twin = here.world.hubspot.create("companies", {"name": "Nordwind Twin"}, MIA, here.clock.now())
    here.rest()
    yield
    here.world.hubspot.merge("companies", made["hs_object_id"], twin, MIA, here.clock.now())
    yield
    account = here.sales("Contact", ADA)["AccountId"]
    here.sell({"Id": account}, "Account", BillingCity="Lund")
    yield
