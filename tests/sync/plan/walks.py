"""Walks through the pure core: a person (a company, a deal) lives on both sides, and every plan is told in plain lines.

    python -m tests.sync.plan.walks        writes walks.txt anew, to be read as a diff

Each walk draws its start and its edits by its number, so it is the same for ever; what a plan
says is kept in `walks.txt`. Whoever changes what is planned sees there, walk by walk, what it changes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from connectors.records import Record, Ref, Version
from mappings.agreement import Agreement
from sync.bootstrap import read_agreement, shipped_config
from sync.model import Facts, Link, Plan
from tests.sync.dumb import MIA, SAM
from tests.sync.plan.people import NOW, QUEUE, TOM, Planner, carried_out, edited, stands, unit
from tests.sync.plan.telling import compared, told

BOOK: Final = Path(__file__).with_name("walks.txt")
WALKS: Final = 80
STEPS: Final = 5
_FORM: Final = {"recent_conversion_event_name": "Contact us"}
_SALES_STAGES: Final = ("handed_over", "accepted", "working", "opportunity", "won")


def book() -> str:
    """All walks, as they are planned by the code as it is."""
    agreement = read_agreement(shipped_config())
    return "\n".join(line for number in range(WALKS) for line in walk(agreement, number))


def walk(agreement: Agreement, number: int) -> Iterator[str]:
    """The lines of one walk."""
    chance = random.Random(number)
    illegal = chance.choice(("revert", "revert", "accept", "flag"))
    planner = Planner(replace(agreement, lifecycle=replace(agreement.lifecycle, illegal=illegal)))
    kind, start = chance.choice(_STARTS)
    facts, now = start(planner, chance), NOW
    yield f"# {number}: {kind}, illegal: {illegal}"
    for step in range(STEPS):
        said, facts, now = _happens(planner, chance, facts, now) if step else ("they meet", facts, now)
        plan = planner.plan(facts, now)
        yield f"{number}.{step} {said}"
        yield from (f"    {line}" for line in told(plan, facts))
        yield from (f"    {line}" for line in compared(facts, plan, planner.terms))
        facts = carried_out(_joined(planner, facts, plan, now), plan)
    yield ""


# ── where a walk starts ──────────────────────────────────────────────────────


def _alone(planner: Planner, chance: random.Random) -> Facts:
    return unit(planner.contact(**_drawn(chance, "hubspot")))


def _in_stage(planner: Planner, chance: random.Random) -> Facts:
    stage = chance.choice(planner.agreement.lifecycle.stages)
    more: dict[str, Any] = {
        "round": chance.randint(0, 3),
        "reason": chance.choice((None, "no_contact", "other")),
    }
    shown = planner.contact(leadbridge_stage=stage, **_drawn(chance, "hubspot"))
    if stage not in _SALES_STAGES and chance.random() < 0.5:
        return replace(unit(shown), standing=stands(stage, **more))
    lead = planner.lead(Leadbridge_Stage__c=stage, **_drawn(chance, "salesforce"))
    due = chance.choice((None, NOW + timedelta(hours=5), NOW - timedelta(days=3)))
    joined = stands(stage, joined="lead:00Q1", owner=chance.choice((SAM, QUEUE)), due_at=due, **more)
    return replace(unit(shown, lead), standing=joined)


def _met(planner: Planner, chance: random.Random) -> Facts:
    """A contact that finds candidates in Salesforce."""
    leads = [
        planner.lead(f"00Q{number}", **_drawn(chance, "salesforce")) for number in range(chance.randint(1, 2))
    ]
    contact = planner.contact(**_drawn(chance, "hubspot"))
    taken = frozenset({leads[0].ref}) if chance.random() < 0.2 else frozenset()
    return unit(contact, candidates=tuple(leads), taken=taken)


def _contact_of_an_account(planner: Planner, chance: random.Random) -> Facts:
    contact = planner.contact(leadbridge_stage="opportunity")
    sales = planner.record(
        "salesforce", "contact", "0031", Email="ada@one.example", LastName="Lovelace", OwnerId=SAM,
        AccountId="0011", CreatedById=SAM, Leadbridge_Stage__c="opportunity",
    )  # fmt: skip
    company = Link(8, "company", Ref("hubspot", "company", "901"), Ref("salesforce", "account", "0011"))
    assert company.salesforce is not None
    return unit(
        contact, sales, standing=stands("opportunity", joined="contact:0031", owner=SAM, opportunity="0061"),
        opportunities=_roles(planner, chance), relatives={company.salesforce: company},
    )  # fmt: skip


def _converted(planner: Planner, chance: random.Random) -> Facts:
    sales = planner.record(
        "salesforce", "contact", "0031", Email="ada@one.example", LastName="Lovelace", OwnerId=SAM, AccountId="0011",
    )  # fmt: skip
    lead = planner.lead(
        IsConverted=True, ConvertedContactId="0031", ConvertedOpportunityId="0061", Status="Qualified",
        Leadbridge_Stage__c="working",
    )  # fmt: skip
    facts = unit(planner.contact(leadbridge_stage="working"), lead)
    standing = stands("working", joined="lead:00Q1", owner=SAM)
    return replace(
        facts, salesforce=sales, converted=lead, opportunities=_roles(planner, chance), standing=standing
    )


def _roles(planner: Planner, chance: random.Random) -> tuple[Record, ...]:
    won, closed = chance.choice(((False, False), (True, True), (False, True)))
    role = planner.record(
        "salesforce", "opportunity_contact_role", "00K1", ContactId="0031", OpportunityId="0061",
        **{
            "Opportunity.IsWon": won, "Opportunity.IsClosed": closed, "Opportunity.Amount": 1200.5,
            "Opportunity.CloseDate": "2026-12-01", "Opportunity.StageName": "Prospecting",
            "Opportunity.CreatedDate": (NOW - timedelta(days=2)).isoformat(),
            "Opportunity.LastModifiedDate": (NOW - timedelta(hours=1)).isoformat(),
            "Opportunity.Leadbridge_Loss_Reason__c": "bad_timing" if closed and not won else None,
        },
    )  # fmt: skip
    return (role,) if chance.random() < 0.8 else ()


def _person_in_sales_only(planner: Planner, chance: random.Random) -> Facts:
    found = tuple(planner.contact(id_) for id_ in ("501", "502")[: chance.randint(0, 2)])
    return unit(salesforce=planner.lead(**_drawn(chance, "salesforce")), candidates=found)


def _company(planner: Planner, chance: random.Random) -> Facts:
    account = planner.record(
        "salesforce", "account", "0011", Name="Engines", Website="one.example", OwnerId=SAM, Phone="+4930123456",
        BillingCity=chance.choice(("Berlin", None)),
    )  # fmt: skip
    company = planner.record(
        "hubspot", "company", "901", name=chance.choice(("Engines", "Engines Ltd")), domain="one.example",
    )  # fmt: skip
    person = Ref("salesforce", "contact", "0031")
    relatives = {person: Link(7, "person", Ref("hubspot", "contact", "501"), person)}
    start = chance.randrange(3)
    if start == 0:
        return unit(company, account, "company", relatives=relatives)
    rival = replace(account, ref=Ref("salesforce", "account", "0012"))
    rivals = (account, rival) if chance.random() < 0.3 else (account,)
    candidates = (company,) if start == 1 else ()
    return unit(None, account, "company", relatives=relatives, candidates=candidates, rivals=rivals)


def _deal(planner: Planner, chance: random.Random) -> Facts:
    opportunity = planner.record(
        "salesforce", "opportunity", "0061", Name="Engine", StageName=chance.choice(("Prospecting", "Closed Won")),
        Amount=1000, CloseDate="2026-12-01", OwnerId=SAM, AccountId="0011",
    )  # fmt: skip
    person, account = Ref("salesforce", "contact", "0031"), Ref("salesforce", "account", "0011")
    relatives = {
        person: Link(7, "person", Ref("hubspot", "contact", "501"), person),
        account: Link(8, "company", Ref("hubspot", "company", "901"), account),
    }
    deal = planner.record("hubspot", "deal", "701", leadbridge_key="0061", amount="900")
    start = chance.randrange(3)
    if start == 0:
        return unit(deal, opportunity, "deal", relatives=relatives)
    candidates = (deal,) if start == 1 else ()
    return unit(None, opportunity, "deal", relatives=relatives, candidates=candidates)


_STARTS: Final[Sequence[tuple[str, Callable[[Planner, random.Random], Facts]]]] = (
    ("a contact alone", _alone),
    ("a person in a stage", _in_stage),
    ("a person in a stage", _in_stage),
    ("a person in a stage", _in_stage),
    ("a contact finds leads", _met),
    ("a contact of an account", _contact_of_an_account),
    ("a converted lead", _converted),
    ("a person in Salesforce only", _person_in_sales_only),
    ("a company", _company),
    ("a deal", _deal),
)


# ── what happens to it ───────────────────────────────────────────────────────


def _drawn(chance: random.Random, side: str) -> dict[str, Any]:
    """Some values of one side; the same few on both, so that they meet and differ."""
    names = _NAMES[side]
    texts = ("Buyer", "Head of Engines", "", None)
    return {
        name: (chance.choice(texts) or None) if name == names[0] else chance.choice(("Berlin", "Bern", None))
        for name in names
        if chance.random() < 0.7
    }


_NAMES: Final = {"hubspot": ("jobtitle", "city"), "salesforce": ("Title", "City")}


def _happens(
    planner: Planner, chance: random.Random, facts: Facts, now: datetime
) -> tuple[str, Facts, datetime]:
    """One thing happens, or time passes."""
    later = now + chance.choice(
        (timedelta(minutes=1), timedelta(hours=3), timedelta(days=4), timedelta(days=120))
    )
    side = chance.choice(("hubspot", "salesforce"))
    if facts.record(side) is None or chance.random() < 0.15:
        return f"time passes until {later:%Y-%m-%d %H:%M}", facts, later
    edits = _EDITS[facts.pair][side] if facts.pair in _EDITS else ()
    if not edits:
        return f"time passes until {later:%Y-%m-%d %H:%M}", facts, later
    values = dict(chance.choice(edits))
    if "recent_conversion_event_name" in values:
        values["recent_conversion_date"] = later.isoformat()
    by = chance.choice((MIA, None)) if side == "hubspot" else chance.choice((SAM, TOM))
    known = {
        name: value for name, value in values.items() if name in planner.fields[side, _kind(facts, side)]
    }
    after = _at(edited(facts, side, by=by, **known), side, later)
    return f"{by or 'somebody'} edits {side}: {known}", _with_history(after, side, known, by, later), later


def _kind(facts: Facts, side: str) -> str:
    record = facts.hubspot if side == "hubspot" else facts.salesforce
    assert record is not None
    return record.ref.kind


def _at(facts: Facts, side: str, at: datetime) -> Facts:
    record = facts.hubspot if side == "hubspot" else facts.salesforce
    assert record is not None
    moved = replace(record, modified_at=at)
    return replace(facts, hubspot=moved) if side == "hubspot" else replace(facts, salesforce=moved)


def _with_history(facts: Facts, side: str, values: dict[str, Any], by: str | None, at: datetime) -> Facts:
    """HubSpot tells when a property was edited and by whom."""
    if side != "hubspot" or facts.hubspot is None:
        return facts
    told = {
        name: (Version(value, at, by, "CRM_UI"), *facts.hubspot.history.get(name, ()))
        for name, value in values.items()
    }
    return replace(facts, hubspot=replace(facts.hubspot, history={**facts.hubspot.history, **told}))


_STAGES: Final = (
    "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "rejected", "recycled", "disqualified",
    "nonsense",
)  # fmt: skip
_EDITS: Final[dict[str, dict[str, tuple[dict[str, Any], ...]]]] = {
    "person": {
        "hubspot": (
            dict(_FORM), dict(_FORM), {"jobtitle": "Chief"}, {"city": ""}, {"email": "new@two.example"},
            {"hubspot_owner_id": ""}, {"hs_email_optout": "true"}, {"lifecyclestage": "customer"},
            {"hs_lead_status": "OPEN"}, {"hubspotscore": "80"}, {"country": "Narnia"},
            *({"leadbridge_stage": stage} for stage in _STAGES),
            {"leadbridge_stage": "disqualified", "leadbridge_reason": "competitor"},
            {"leadbridge_stage": "nurturing", "leadbridge_sales_comment": "our mistake"},
        ),
        "salesforce": (
            {"Title": "Chief"}, {"City": ""}, {"Email": "other@two.example"}, {"OwnerId": TOM}, {"OwnerId": QUEUE},
            {"HasOptedOutOfEmail": True}, {"DoNotCall": True}, {"Status": "Working - Contacted"},
            {"Status": "Closed - Not Converted"}, {"LastActivityDate": "2026-11-23"},
            *({"Leadbridge_Stage__c": stage} for stage in _STAGES),
            {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "no_contact"},
            {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "other", "Leadbridge_Sales_Comment__c": "no"},
            {"Leadbridge_Stage__c": "recycled", "Leadbridge_Reason__c": "bad_timing"},
        ),
    },
    "company": {
        "hubspot": ({"name": "Engines plc"}, {"city": "Bonn"}, {"domain": "two.example"}, {"phone": ""}),
        "salesforce": ({"Name": "Engines AG"}, {"BillingCity": ""}, {"Website": "https://www.two.example/x"}),
    },
    "deal": {
        "hubspot": ({"amount": "1"}, {"dealname": "Mine"}),
        "salesforce": (
            {"Amount": 2000}, {"StageName": "Closed Lost", "Leadbridge_Loss_Reason__c": "bad_timing"},
            {"StageName": "Closed Won"}, {"CloseDate": "2027-01-31"}, {"Name": "Engine II"},
        ),
    },
}  # fmt: skip


def _joined(planner: Planner, facts: Facts, plan: Plan, now: datetime) -> Facts:
    """The records that the plan links or creates stand in the unit from now on."""
    for side in ("hubspot", "salesforce"):
        write = next(
            (put.write for put in plan.puts if put.write.side == side and put.write.op != "create"), None
        )
        if facts.record(side) is not None or write is None or write.op == "associate":
            continue
        there = next((one for one in facts.candidates if one.ref.id == write.ref_id), None)
        made = there or planner.record(side, write.kind, "9001", at=now, by=None)
        facts = replace(facts, hubspot=made) if side == "hubspot" else replace(facts, salesforce=made)
    return facts


if __name__ == "__main__":
    BOOK.write_text(book(), "utf-8")
