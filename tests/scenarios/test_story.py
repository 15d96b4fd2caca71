"""The story of one person, event by event, with everything that both systems then show.

Ada asks for a call, is handed over, accepted, called, rejected, rests, comes back, is
converted and buys; a marketer's illegal edit changes nothing. The table of the shipped
defaults, through both client libraries, HTTP, store and daemon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.town import MIA, SAM, Town, berlin, moment, town

ADA = "ada.lind@nordwind.example"


@dataclass
class Ada:
    """Ada as both systems show her."""

    town: Town

    @property
    def contact(self) -> dict[str, str]:
        return self.town.contact(ADA)

    @property
    def lead(self) -> dict[str, Any]:
        return self.town.sales("Lead", ADA)

    @property
    def person(self) -> dict[str, Any]:
        """Her Salesforce record that people work with: the Contact once there is one."""
        is_contact = any(row["Email"] == ADA for row in self.town.world.salesforce.records("Contact"))
        return self.town.sales("Contact" if is_contact else "Lead", ADA)

    @property
    def stage(self) -> str:
        """Her stage, which both sides and the store agree on."""
        [link] = self.town.bridge.store.links("person", [self.town.bridge.contact_with(ADA)]).values()
        standing = self.town.bridge.store.standings([link.id])[link.id]
        assert self.contact["leadbridge_stage"] == self.person["Leadbridge_Stage__c"] == standing.stage
        return standing.stage

    @property
    def round(self) -> int:
        """Her round, which both sides agree on."""
        assert self.contact["leadbridge_round"] == str(int(self.person["Leadbridge_Round__c"]))
        return int(self.contact["leadbridge_round"])

    @property
    def projections(self) -> tuple[str | None, str | None, str | None]:
        """`lifecyclestage`, `hs_lead_status`, `Lead.Status`."""
        return self.contact.get("lifecyclestage"), self.contact.get("hs_lead_status"), self.lead["Status"]

    @property
    def due(self) -> datetime | None:
        """Her deadline, which both sides agree on."""
        ours = moment(self.contact.get("leadbridge_sla_due_at"))
        assert ours == moment(self.person["Leadbridge_SLA_Due_At__c"])
        return ours

    @property
    def moves(self) -> list[str]:
        """Every move she made, as the ledger tells it."""
        return [
            str(one.decision.new)
            for one in self.town.decided("moved")
            if one.subject.id == self.contact["hs_object_id"]
        ]

    @property
    def wakes_at(self) -> datetime | None:
        [link] = self.town.bridge.store.links("person", [self.town.bridge.contact_with(ADA)]).values()
        return self.town.bridge.store.standings([link.id])[link.id].wakes_at

    @property
    def notes(self) -> list[str]:
        """The notes on the contact in HubSpot."""
        notes = self.town.world.hubspot.associated("contacts", self.contact["hs_object_id"], "notes")
        return [self.town.world.hubspot.record("notes", note)["hs_note_body"] for note in notes]

    @property
    def tasks(self) -> list[dict[str, Any]]:
        """The tasks that the bridge gave to somebody about her."""
        us = self.town.world.salesforce.integration_user
        return [row for row in self.town.world.salesforce.records("Task") if row["CreatedById"] == us]

    @property
    def deal(self) -> dict[str, str]:
        [deal] = self.town.world.hubspot.records("deals")
        return deal

    @property
    def opportunity(self) -> dict[str, Any]:
        return self.town.world.salesforce.record(self.lead["ConvertedOpportunityId"])


@pytest.mark.parametrize("companies_from_addresses", [False, True])
def test_one_person_from_a_form_to_a_won_deal(tmp_path: Path, companies_from_addresses: bool) -> None:
    with town(tmp_path) as here:
        here.world.hubspot.flip(companies_from_addresses=companies_from_addresses)
        here.run()
        here.daemon.settle()
        ada = Ada(here)

        _asks_for_a_call(here, ada)
        _is_accepted(here, ada)
        _is_called(here, ada)
        _is_rejected(here, ada)
        _rests(here, ada)
        _comes_back(here, ada)
        _is_converted(here, ada)
        _buys(here, ada)
        _stays_won(here, ada)

        assert here.problems() == []
        assert [sum(done.written.values()) for done in here.settle()] == [0]


def _asks_for_a_call(here: Town, ada: Ada) -> None:
    """Mon 23 Nov 2026 10:00: a form; one pass later Sam has her, until 14:01."""
    here.clock.set(berlin("2026-11-23 10:00"))
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "phone": "+46 8 123 456 78", "hubspot_owner_id": here.owner(SAM),
    }  # fmt: skip
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())
    here.settle()

    assert ada.moves == ["new", "qualified", "handed_over"]
    assert (ada.stage, ada.round) == ("handed_over", 1)
    assert ada.projections == ("marketingqualifiedlead", "OPEN", "Open - Not Contacted")
    assert ada.contact["leadbridge_definition_version"] == "1"
    assert ada.due == berlin("2026-11-23 14:01")
    assert ada.lead["OwnerId"] == here.user(SAM)
    assert ada.lead["Leadbridge_HubSpot_Id__c"] == ada.contact["hs_object_id"]
    assert ada.contact["leadbridge_key"] == ada.contact["leadbridge_sf_lead_id"] == ada.lead["Id"]
    assert "Request a call" in ada.lead["Leadbridge_Marketing_Summary__c"]
    assert moment(ada.contact["leadbridge_handed_over_at"]) == berlin("2026-11-23 10:01")

    [task] = ada.tasks
    assert (task["WhoId"], task["OwnerId"]) == (ada.lead["Id"], here.user(SAM))
    assert (task["ActivityDate"], task["IsClosed"]) == ("2026-11-23", False)
    assert "Mon 23 Nov 14:01" in task["Subject"]
    assert "Request a call" in task["Description"]
    assert "definition 1" in task["Description"]


def _is_accepted(here: Town, ada: Ada) -> None:
    """Mon 11:20: Sam presses Accept; the first contact is due in eight business hours."""
    here.clock.set(berlin("2026-11-23 11:20"))
    here.sell(ada.lead, Leadbridge_Stage__c="accepted")
    here.settle()

    assert (ada.stage, ada.round) == ("accepted", 1)
    assert ada.projections == ("salesqualifiedlead", "IN_PROGRESS", "Open - Not Contacted")
    assert ada.due == berlin("2026-11-24 11:20")
    assert moment(ada.contact["leadbridge_accepted_at"]) == berlin("2026-11-23 11:20")


def _is_called(here: Town, ada: Ada) -> None:
    """Mon 15:00: Sam logs a call; the bridge sees that he works on her."""
    here.clock.set(berlin("2026-11-23 15:00"))
    here.world.salesforce.log_task(ada.lead["Id"], "First call", here.user(SAM), here.clock.now())
    here.settle()

    assert (ada.stage, ada.round) == ("working", 1)
    assert ada.projections == ("salesqualifiedlead", "CONNECTED", "Working - Contacted")
    assert ada.due == berlin("2026-12-07 15:00")
    assert here.decided("moved")[-1].decision.by == "bridge"


def _is_rejected(here: Town, ada: Ada) -> None:
    """Tue 24 Nov 09:30: Sam rejects, bad timing; marketing reads why and may object until Friday."""
    here.clock.set(berlin("2026-11-24 09:30"))
    here.sell(ada.lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")
    here.settle()

    assert (ada.stage, ada.round) == ("rejected", 1)
    assert ada.projections == ("salesqualifiedlead", "UNQUALIFIED", "Closed - Not Converted")
    assert ada.contact["leadbridge_reason"] == "bad_timing"
    assert ada.due == berlin("2026-11-27 09:30")


def _rests(here: Town, ada: Ada) -> None:
    """Fri 27 Nov 09:30: marketing did not object; she rests for ninety days from the rejection."""
    assert here.settle("2026-11-27 09:29")[-1].written == {}
    assert ada.stage == "rejected"
    here.settle("2026-11-27 09:30")

    assert (ada.stage, ada.round) == ("recycled", 1)
    assert ada.projections == ("salesqualifiedlead", "BAD_TIMING", "Closed - Not Converted")
    assert ada.due is None
    assert ada.wakes_at == berlin("2027-02-22 09:30")

    here.settle("2027-02-22 09:29")
    assert ada.stage == "recycled"
    here.settle("2027-02-22 09:30")

    assert (ada.stage, ada.round) == ("nurturing", 1)
    assert ada.projections == ("salesqualifiedlead", None, "Closed - Not Converted")


def _comes_back(here: Town, ada: Ada) -> None:
    """10 Mar 2027: score 60 after a webinar; the same Lead, a second round, a new deadline and task."""
    first = ada.lead["Id"]
    here.clock.set(berlin("2027-03-10 11:00"))
    seen = {"hubspotscore": "60", "hs_analytics_last_visit_timestamp": "2027-03-10T10:00:00Z"}
    here.world.hubspot.automate("contacts", ada.contact["hs_object_id"], seen, here.clock.now())
    here.settle()

    assert ada.moves[-2:] == ["qualified", "handed_over"]
    assert (ada.stage, ada.round) == ("handed_over", 2)
    assert ada.projections == ("salesqualifiedlead", "OPEN", "Open - Not Contacted")
    assert ada.lead["Id"] == first
    assert len(here.world.salesforce.records("Lead")) == 1
    assert ada.due == berlin("2027-03-10 15:01")
    assert ada.lead["Leadbridge_Reason__c"] is None
    assert "leadbridge_reason" not in ada.contact
    assert [task["ActivityDate"] for task in ada.tasks] == ["2026-11-23", "2027-03-10"]
    assert "round 2" in ada.tasks[-1]["Description"]


def _is_converted(here: Town, ada: Ada) -> None:
    """15 Mar: Sam converts with an opportunity; link, deal and company follow."""
    here.clock.set(berlin("2027-03-15 10:00"))
    here.world.salesforce.convert_lead(
        ada.lead["Id"], here.user(SAM), here.clock.now(), opportunity_name="Nordwind: first order"
    )
    here.settle()

    implied = [one.decision.rule for one in here.decided("moved")[-2:]]
    assert ada.moves[-2:] == ["accepted", "opportunity"]
    assert implied == ["implied", "legal"]
    assert (ada.stage, ada.round) == ("opportunity", 2)
    assert ada.projections == ("opportunity", "OPEN_DEAL", "Closed - Converted")

    hubspot, contact = here.world.hubspot, here.sales("Contact", ADA)
    [link] = here.bridge.store.links("person", [here.bridge.contact_with(ADA)]).values()
    assert link.salesforce is not None
    assert (link.salesforce.kind, link.salesforce.id) == ("contact", contact["Id"])
    assert ada.contact["leadbridge_sf_contact_id"] == contact["Id"]
    assert contact["Leadbridge_HubSpot_Id__c"] == ada.contact["hs_object_id"]

    assert (ada.deal["dealname"], ada.deal["dealstage"]) == ("Nordwind: first order", "appointmentscheduled")
    assert ada.deal["leadbridge_key"] == ada.opportunity["Id"]
    [role] = here.world.salesforce.records("OpportunityContactRole")
    assert (role["OpportunityId"], role["ContactId"]) == (ada.opportunity["Id"], contact["Id"])
    [company] = hubspot.records("companies")
    assert (company["name"], company["leadbridge_key"]) == ("Nordwind AB", contact["AccountId"])
    me, deal = ada.contact["hs_object_id"], ada.deal["hs_object_id"]
    assert hubspot.associated("deals", deal, "contacts") == [me]
    assert hubspot.associated("deals", deal, "companies") == [company["hs_object_id"]]
    assert hubspot.associated("contacts", me, "companies") == [company["hs_object_id"]]
    assert ada.contact["leadbridge_outcome"] == "open"


def _buys(here: Town, ada: Ada) -> None:
    """30 Apr: closed won, 24,000 EUR; marketing sees the money."""
    here.clock.set(berlin("2027-04-30 16:00"))
    won = {"StageName": "Closed Won", "Amount": 24000, "CloseDate": "2027-04-30"}
    here.sell(ada.opportunity, "Opportunity", **won)
    here.settle()

    assert (ada.stage, ada.round) == ("won", 2)
    assert ada.projections == ("customer", None, "Closed - Converted")
    assert ada.due is None
    roll_up = {name: ada.contact.get(f"leadbridge_{name}") for name in (
        "outcome", "won_amount", "won_currency", "won_count", "closed_at", "lost_reason",
    )}  # fmt: skip
    assert roll_up == {
        "outcome": "won", "won_amount": "24000", "won_currency": "EUR", "won_count": "1",
        "closed_at": "2027-04-30", "lost_reason": None,
    }  # fmt: skip
    assert (ada.deal["dealstage"], ada.deal["amount"], ada.deal["deal_currency_code"]) == (
        "closedwon",
        "24000",
        "EUR",
    )
    assert moment(ada.deal["closedate"]) == berlin("2027-04-30 00:00")


def _stays_won(here: Town, ada: Ada) -> None:
    """3 May: a marketer sets the stage back; it is put back, with one note a day."""
    before = ada.contact
    entries = len(here.decided("reverted"))

    for at, notes, put_back in (
        ("2027-05-03 09:00", 1, 1),
        ("2027-05-03 12:00", 1, 2),
        ("2027-05-04 09:00", 2, 3),
    ):
        here.clock.set(berlin(at))
        here.market(ADA, by=MIA, leadbridge_stage="handed_over")
        here.settle()

        assert (ada.stage, ada.round) == ("won", 2)
        assert ada.projections == ("customer", None, "Closed - Converted")
        assert len(ada.notes) == notes
        assert len(here.decided("reverted")) == entries + put_back
    assert "qualified (sales-ready again, 30 days after winning)" in ada.notes[0]
    unchanged = {"lastmodifieddate"}
    assert {k: v for k, v in ada.contact.items() if k not in unchanged} == {
        k: v for k, v in before.items() if k not in unchanged
    }
    assert here.world.salesforce.records("Task")[-1]["Subject"] != "leadbridge put the stage right"
