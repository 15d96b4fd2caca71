"""The story of the defaults, event by event: one person, two rounds, all projections."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mappings.lifecycle import Opportunity, Situation, decide, project, read_requests
from mappings.outcomes import roll_up

BERLIN = ZoneInfo("Europe/Berlin")
US = "005-us"
SAM = "005-sam"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


class World:
    """Both records of Ada, the bridge's memory, and a pass between them."""

    def __init__(self, lifecycle):
        self.lifecycle = lifecycle
        self.hubspot = lifecycle.blank("hubspot", "contact") | {
            "email": "ada@example.com", "lastname": "Lovelace", "company": "Engines", "country": "GB",
            "lifecyclestage": "subscriber",
        }  # fmt: skip
        self.salesforce, self.kind = None, None
        self.standing, self.shown = None, {"hubspot": {}, "salesforce": {}}
        self.around = Situation(adopted_before=at("2026-11-01 00:00"), created_at=at("2026-11-23 09:55"))

    def read(self, side, kind, values, by, now):
        return read_requests(
            self.lifecycle, self.standing, side, kind, self.shown[side], values, (), now, by, is_bridge=False
        )

    def run(self, now, by=SAM, **around):
        self.around = replace(
            self.around,
            hubspot=self.hubspot,
            salesforce=self.salesforce,
            salesforce_kind=self.kind,
            owner_is_user=True,
            hand_over_owner=SAM,
            **around,
        )
        asked = self.read("hubspot", "contact", self.hubspot, "marketer", at(now))
        if self.salesforce is not None:
            asked += self.read("salesforce", self.kind, self.salesforce, by, at(now))
        outcome = decide(self.lifecycle, self.standing, asked, self.around, at(now))
        self.standing = outcome.standing
        if outcome.hands_over and self.salesforce is None:
            self.kind = "lead"
            self.salesforce = self.lifecycle.blank("salesforce", "lead") | {"Id": "00Q1", "OwnerId": SAM}
        for _ in range(2):
            written = project(self.lifecycle, self.standing, self.hubspot, self.salesforce, self.kind)
            self.hubspot |= written.hubspot
            if self.salesforce is not None:
                self.salesforce |= written.salesforce
        assert written.is_empty
        self.shown = {"hubspot": dict(self.hubspot), "salesforce": dict(self.salesforce or {})}
        return outcome

    def becomes_contact(self, opportunity):
        lead = self.salesforce
        blank = self.lifecycle.blank("salesforce", "contact")
        self.salesforce = blank | {"Id": "0031", "OwnerId": SAM}
        self.kind = "contact"
        self.shown["salesforce"] = {}
        self.converted = lead | {"IsConverted": True, "Status": "Closed - Converted"}
        self.around = replace(self.around, converted_opportunity=opportunity)

    @property
    def projections(self):
        status = self.salesforce.get("Status") if self.salesforce else None
        return (self.hubspot["lifecyclestage"], self.hubspot["hs_lead_status"] or None, status)


def test_the_story_of_ada(lifecycle):  # noqa: PLR0915 - one story, told in order
    # Mon 23 Nov 10:00: Ada asks for a call; same pass: owner Sam by rule
    ada = World(lifecycle)
    ada.hubspot |= {
        "recent_conversion_event_name": "Request a call: website",
        "recent_conversion_date": "2026-11-23T09:00:00Z",
    }
    outcome = ada.run("2026-11-23 10:01")
    assert [step.to for step in outcome.steps] == ["new", "qualified", "handed_over"]
    assert outcome.hands_over
    assert ada.standing.round == 1
    assert ada.standing.definition_version == 1
    assert ada.standing.due_at == at("2026-11-23 14:01")
    assert ada.projections == ("marketingqualifiedlead", "OPEN", "Open - Not Contacted")
    assert "Request a call" in ada.salesforce["Leadbridge_Marketing_Summary__c"]

    # Mon 11:20: Sam presses Accept
    ada.salesforce["Leadbridge_Stage__c"] = "accepted"
    ada.run("2026-11-23 11:20")
    assert ada.standing.stage == "accepted"
    assert ada.standing.due_at == at("2026-11-24 11:20")
    assert ada.projections == ("salesqualifiedlead", "IN_PROGRESS", "Open - Not Contacted")

    # Mon 15:00: Sam logs a call
    ada.salesforce["LastActivityDate"] = "2026-11-23"
    assert lifecycle.awaits_activity(ada.standing, ada.salesforce)
    outcome = ada.run("2026-11-23 15:01", owner_activity_at=at("2026-11-23 15:00"))
    assert [(step.to, step.actor) for step in outcome.steps] == [("working", "bridge")]
    assert ada.standing.due_at == at("2026-12-07 15:00")
    assert ada.projections == ("salesqualifiedlead", "CONNECTED", "Working - Contacted")

    # Tue 24 Nov 09:30: Sam rejects, bad timing
    ada.salesforce |= {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "bad_timing"}
    ada.run("2026-11-24 09:30")
    assert ada.standing.stage == "rejected"
    assert ada.hubspot["leadbridge_reason"] == "bad_timing"
    assert ada.standing.due_at == ada.standing.wakes_at == at("2026-11-27 09:30")
    assert ada.projections == ("salesqualifiedlead", "UNQUALIFIED", "Closed - Not Converted")

    # Fri 27 Nov 09:30: marketing did not object
    assert ada.run("2026-11-27 09:29").steps == ()
    ada.run("2026-11-27 09:30")
    assert ada.standing.stage == "recycled"
    assert ada.standing.wakes_at == at("2027-02-22 09:30")
    assert ada.projections == ("salesqualifiedlead", "BAD_TIMING", "Closed - Not Converted")

    # 22 Feb: the delay is over; 10 Mar 2027: score 60 after a webinar
    assert ada.run("2027-02-22 09:29").steps == ()
    ada.run("2027-02-22 09:30")
    assert ada.standing.stage == "nurturing"
    assert ada.standing.wakes_at is None
    ada.hubspot |= {
        "hubspotscore": "60",
        "recent_conversion_event_name": "Webinar",
        "recent_conversion_date": "2027-03-10T09:00:00Z",
    }
    outcome = ada.run("2027-03-10 10:01")
    assert [step.to for step in outcome.steps] == ["qualified", "handed_over"]
    assert ada.standing.round == 2
    assert ada.standing.due_at == at("2027-03-10 14:01")
    assert ada.salesforce["Leadbridge_Reason__c"] is None
    assert ada.salesforce["Id"] == "00Q1"
    assert ada.projections == ("salesqualifiedlead", "OPEN", "Open - Not Contacted")

    # 15 Mar: Sam converts with an opportunity
    deal = Opportunity("0061", is_closed=False, is_won=False, created_at=at("2027-03-15 10:00"),
                       close_date=date(2027, 5, 14))  # fmt: skip
    ada.becomes_contact("0061")
    outcome = ada.run("2027-03-15 10:01", opportunities=(deal,))
    assert [(step.to, step.verdict) for step in outcome.steps] == [
        ("accepted", "implied"),
        ("opportunity", "legal"),
    ]
    assert ada.standing.opportunity == "0061"
    assert ada.projections == ("opportunity", "OPEN_DEAL", None)
    assert ada.hubspot["leadbridge_sf_contact_id"] == "0031"

    # 30 Apr: closed won, 24,000 EUR
    deal = replace(deal, is_closed=True, is_won=True, amount=Decimal("24000.00"), currency="EUR",
                   close_date=date(2027, 4, 30))  # fmt: skip
    ada.run("2027-04-30 16:00", opportunities=(deal,))
    assert ada.standing.stage == "won"
    assert ada.projections == ("customer", None, None)
    home = roll_up((deal,), ada.standing.opportunity)
    assert (home["leadbridge_won_amount"], home["leadbridge_won_currency"]) == ("24000", "EUR")
    assert (home["leadbridge_outcome"], home["leadbridge_closed_at"]) == ("won", "2027-04-30")
    assert [(one.number, one.end, one.reason) for one in ada.standing.rounds] == [
        (1, "rejected", "bad_timing"),
        (2, "won", None),
    ]

    # 3 May: a marketer sets the stage back to handed_over
    ada.hubspot["leadbridge_stage"] = "handed_over"
    outcome = ada.run("2027-05-03 10:00", opportunities=(deal,))
    assert [(step.to, step.verdict) for step in outcome.steps] == [("handed_over", "illegal")]
    assert ada.standing.stage == "won"
    assert ada.hubspot["leadbridge_stage"] == "won"
    [note] = outcome.tells
    assert (note.side, note.key) == ("hubspot", "illegal")
    assert "qualified (sales-ready again, 30 days after winning)" in note.text
    assert ada.run("2027-05-03 10:01", opportunities=(deal,)).steps == ()


def test_a_stage_set_by_a_marketer_is_a_request_like_any_other(lifecycle):
    ada = World(lifecycle)
    ada.run("2026-11-23 10:01")
    assert ada.standing.stage == "new"

    ada.hubspot["leadbridge_stage"] = "nurturing"
    outcome = ada.run("2026-11-23 10:05")

    assert [(step.to, step.actor, step.verdict) for step in outcome.steps] == [
        ("nurturing", "marketer", "legal")
    ]


def test_a_request_reads_as_a_request_only_once(lifecycle):
    ada = World(lifecycle)
    ada.run("2026-11-23 10:01")
    ada.hubspot["leadbridge_stage"] = "won"

    first, second = ada.run("2026-11-23 10:05"), ada.run("2026-11-23 10:06")

    assert [step.verdict for step in first.steps] == ["illegal"]
    assert second.steps == ()
