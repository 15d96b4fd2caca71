"""Moments that a walk seldom comes by: hidden requests, contested stages, reasons, standard mode, lateness; each plan in plain lines.

    python -m tests.sync.plan.moments        writes moments.txt anew, to be read as a diff

Like the book of `ends`, each page is one moment: what is known of a unit, and what is planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from connectors.records import Record, Ref, Version
from mappings.agreement import Agreement, compile_agreement
from mappings.bridge import Teams
from mappings.own_fields import OwnFields
from mappings.values import pack
from sync.bootstrap import read_agreement, shipped_config
from sync.folder import read_texts
from sync.model import Agreed, Facts, Hidden, Link
from sync.model.facts import Sent
from tests.sync.dumb import MIA, SAM, US
from tests.sync.plan.people import (
    AN_HOUR_AGO,
    BOSS,
    NOW,
    QUEUE,
    TOM,
    Planner,
    carried_out,
    edited,
    stands,
    unit,
)
from tests.sync.plan.telling import compared, told

BOOK: Final = Path(__file__).with_name("moments.txt")
_DAY: Final = timedelta(days=1)
_REASONS: Final = "reason_field: {lead: Rejection_Reason__c, opportunity: Loss_Reason__c, says: {Timing: bad_timing, Price: price}}\n"
_Page = tuple[str, list[str]]


def book() -> str:
    """All pages, as they are planned by the code as it is."""
    agreement = read_agreement(shipped_config())
    ours, theirs = Planner(agreement), Planner(standard())
    pages = (
        *_hidden(ours), *_sent(ours), *_stages(ours), *_corrections(ours), *_standard(theirs), *_followed(), *_met(ours), *_lines(agreement),
        *_late(ours), *_deals(ours), *_companies(ours), *_activities(ours),
    )  # fmt: skip
    return "\n".join(
        line for title, lines in pages for line in (f"# {title}", *(f"    {one}" for one in lines), "")
    )


def standard(own: str = _REASONS) -> Agreement:
    """The shipped agreement where none of leadbridge's own fields is there, and reasons stand in the company's own."""
    texts = read_texts(shipped_config())
    texts["lifecycle.yaml"] += own
    whole = compile_agreement(texts)
    outcomes = (
        "leadbridge_outcome",
        "leadbridge_won_count",
        "leadbridge_closed_at",
        "leadbridge_lost_reason",
    )
    kinds = (
        ("hubspot", "contact"),
        ("salesforce", "lead"),
        ("salesforce", "contact"),
        ("salesforce", "opportunity"),
    )
    missing = tuple(
        (side, kind, name)
        for side, kind in kinds
        for name in (*whole.fields(side, kind), *whole.lifecycle.needs(side, kind), *outcomes, *_KEYS)
        if name.lower().startswith("leadbridge_")
    )  # fmt: skip
    return compile_agreement(texts, None, OwnFields("absent", missing))


_KEYS: Final = ("leadbridge_key", "Leadbridge_HubSpot_Id__c", "Leadbridge_Loss_Reason__c")


def _page(title: str, planner: Planner, facts: Facts, now: Any = NOW) -> _Page:
    return title, list(told(planner.plan(facts, now), facts))


def _compared(title: str, planner: Planner, facts: Facts) -> _Page:
    """A page that says as well what a sweep would certify."""
    plan = planner.plan(facts)
    return title, [*told(plan, facts), *compared(facts, plan, planner.terms)]


def _in(planner: Planner, stage: str, lead: dict[str, Any] | None = None, **standing: Any) -> Facts:
    """Somebody whom both sides show in *stage*, as far as they have fields for it."""
    lacking = planner.agreement.own.lacking
    sales = {"Leadbridge_Stage__c": stage, "Leadbridge_HubSpot_Id__c": "501", "OwnerId": SAM, **(lead or {})}
    market = {"leadbridge_stage": stage, "leadbridge_key": "00Q1"}
    met = unit(
        planner.contact(**{name: value for name, value in market.items() if name not in lacking}),
        planner.lead(**{name: value for name, value in sales.items() if name not in lacking}),
    )
    about = {"joined": "lead:00Q1", "owner": SAM, **standing}
    return planner.settled(replace(met, standing=stands(stage, **about)))


def _alone(planner: Planner, stage: str, **contact: Any) -> Facts:
    shown = {} if "leadbridge_stage" in planner.agreement.own.lacking else {"leadbridge_stage": stage}
    return replace(unit(planner.contact(**shown, **contact)), standing=stands(stage))


def _looked(facts: Facts, **values: Any) -> Facts:
    return replace(facts, base=replace(facts.base, **values))


# ── what our own write hid, and what was sent before the process died ────────


def _hidden(planner: Planner) -> Iterator[_Page]:
    at = NOW - timedelta(minutes=5)
    facts = _in(planner, "handed_over")
    for by in (SAM, TOM, US["salesforce"], None):
        asks = Hidden({"Leadbridge_Stage__c": "accepted"}, at, by)
        yield _page(f"our write hid that {by} accepted", planner, _looked(facts, hidden={"salesforce": asks}))
    wrong = Hidden({"Leadbridge_Stage__c": "won"}, at, SAM)
    yield _page(
        "our write hid a stage that is not legal", planner, _looked(facts, hidden={"salesforce": wrong})
    )
    reason = {"Leadbridge_Stage__c": "rejected", "Leadbridge_Reason__c": "no_contact"}
    yield _page(
        "our write hid a rejection with its reason",
        planner, _looked(facts, hidden={"salesforce": Hidden(reason, at, SAM)}),
    )  # fmt: skip
    steps = (
        Version("nurturing", at, MIA, "CRM_UI"),
        Version("recycled", at - timedelta(minutes=1), MIA, "CRM_UI"),
        Version("handed_over", at - timedelta(minutes=2), US["hubspot"], "INTEGRATION"),
    )
    moved = Hidden({"leadbridge_stage": "nurturing"}, at, MIA, steps)
    yield _page("our write hid steps in HubSpot", planner, _looked(facts, hidden={"hubspot": moved}))
    both = {
        "hubspot": moved,
        "salesforce": Hidden({"Leadbridge_Stage__c": "accepted"}, at - timedelta(minutes=3), SAM),
    }
    yield _page("our writes hid requests on both sides", planner, _looked(facts, hidden=both))
    later = edited(facts, "salesforce", by=SAM, Leadbridge_Stage__c="working")
    yield _page(
        "our write hid a request, and another one stands", planner,
        _looked(later, hidden={"salesforce": Hidden({"Leadbridge_Stage__c": "accepted"}, at, SAM)}),
    )  # fmt: skip
    lead = planner.lead(
        IsConverted=True, ConvertedContactId="0031", ConvertedOpportunityId=None, Leadbridge_Stage__c="handed_over",
    )  # fmt: skip
    sales = planner.record("salesforce", "contact", "0031", Email="ada@one.example", OwnerId=SAM)
    converted = replace(facts, salesforce=sales, converted=lead)
    asks = Hidden({"Leadbridge_Stage__c": "accepted"}, at, SAM)
    yield _page(
        "our write hid that somebody accepted before the Lead was converted", planner,
        _looked(converted, hidden={"salesforce": asks}),
    )  # fmt: skip
    yield _page("a Lead was converted while it was handed over", planner, converted)


def _sent(planner: Planner) -> Iterator[_Page]:
    """Under *planner*'s teams, and where two users act for the other team."""
    swapped = Teams(marketing=frozenset({TOM}), sales=frozenset({MIA}))
    bridge = replace(planner.agreement.bridge, teams=swapped)
    other = Planner(replace(planner.agreement, bridge=bridge))
    facts = edited(
        _in(other, "handed_over"), "salesforce", by=US["salesforce"], Leadbridge_Stage__c="accepted"
    )
    yield _page(
        "the last move that was sent was one of a marketer in Salesforce",
        other,
        replace(facts, sent=Sent("accepted", TOM, NOW - timedelta(hours=2))),
    )
    for side, name, by in (("hubspot", "leadbridge_stage", MIA), ("salesforce", "Leadbridge_Stage__c", TOM)):
        given = edited(_in(other, "handed_over"), side, by=by, **{name: "accepted"})  # type: ignore[arg-type]
        yield _page(f"{by} acts for the other team, and accepts in {side}", other, given)
    yield from _sent_of(planner)


def _sent_of(planner: Planner) -> Iterator[_Page]:
    facts = edited(
        _in(planner, "handed_over"), "salesforce", by=US["salesforce"], Leadbridge_Stage__c="accepted"
    )
    early = NOW - timedelta(hours=2)
    sents = {
        "a seller's": Sent("accepted", SAM, early),
        "a seller's, later than the record says": Sent("accepted", SAM, NOW + timedelta(hours=2)),
        "the team's": Sent("accepted", "seller", early),
        "the bridge's": Sent("accepted", "bridge", early),
        "one that is not dated": Sent("accepted", SAM, None),
        "one to another stage": Sent("working", SAM, early),
    }
    for title, sent in sents.items():
        yield _page(f"the last move that was sent was {title}", planner, replace(facts, sent=sent))
    by_tom = edited(_in(planner, "handed_over"), "salesforce", by=TOM, Leadbridge_Stage__c="accepted")
    yield _page(
        "a request says itself who made it", planner, replace(by_tom, sent=Sent("accepted", SAM, early))
    )


# ── stages ───────────────────────────────────────────────────────────────────


def _stages(planner: Planner) -> Iterator[_Page]:
    for stage in ("qualified", "handed_over", "accepted", "working", "opportunity", "won", "nurturing"):
        yield _page(f"{stage}, and no record in Salesforce", planner, _alone(planner, stage))
    often = tuple(NOW - timedelta(hours=number) for number in (3, 2, 1))
    facts = _in(planner, "accepted", put_back=often)
    for side, name, by in (("salesforce", "Leadbridge_Stage__c", SAM), ("hubspot", "leadbridge_stage", MIA)):
        yield _page(
            f"an illegal stage in {side} after many that were put back",
            planner,
            edited(facts, side, by=by, minutes=50, **{name: "new"}),  # type: ignore[arg-type]
        )
        shown = edited(_in(planner, "accepted"), side, by=by, **{name: "new"})  # type: ignore[arg-type]
        flagged = stands("accepted", joined="lead:00Q1", owner=SAM, flagged=(side, "new"), put_back=often)
        seen = {**shown.base.shown, side: {**shown.base.shown[side], name: "new"}}  # type: ignore[index]
        left = replace(_looked(shown, shown=seen), standing=flagged)
        yield _page(f"an illegal stage was left in {side}", planner, left)
    tolerant = Planner(
        replace(planner.agreement, lifecycle=replace(planner.agreement.lifecycle, illegal="flag"))
    )
    yield _page(
        "illegal stages are flagged", tolerant,
        edited(_in(tolerant, "accepted"), "salesforce", by=SAM, Leadbridge_Stage__c="new"),
    )  # fmt: skip
    ready = {"recent_conversion_event_name": "Contact us", "recent_conversion_date": AN_HOUR_AGO.isoformat()}
    for title, more in {
        "has no owner": {"hubspot_owner_id": ""},
        "opted out": {"hs_email_optout": "true"},
        "has no owner and opted out": {"hubspot_owner_id": "", "hs_email_optout": "true"},
        "has no address": {"email": ""},
        "has all it takes": {},
    }.items():
        yield _page(
            f"somebody sales-ready {title}", planner,
            replace(unit(planner.contact(leadbridge_stage="qualified", **ready, **more)), standing=stands("qualified", adopted_at=None)),
        )  # fmt: skip
    disputed = _in(planner, "handed_over", round=2, disputed=True, comment="our mistake", adopted_at=None)
    shown = {
        "recent_conversion_event_name": "Contact us", "recent_conversion_date": "2026-11-20T08:00:00Z",
        "hs_email_last_click_date": "2026-11-19T08:00:00Z", "hs_analytics_last_visit_timestamp": "2026-11-18T08:00:00Z",
        "hubspotscore": "80", "hs_analytics_source": "PAID_SEARCH",
    }  # fmt: skip
    yield _page("a dispute is handed over", planner, edited(_looked(disputed, told={}), "hubspot", **shown))
    yield _page(
        "somebody is handed over with all evidence", planner,
        replace(unit(planner.contact(leadbridge_stage="qualified", **shown)), standing=stands("qualified", adopted_at=None)),
    )  # fmt: skip
    undated = {**shown, "recent_conversion_date": ""}
    yield _page(
        "somebody is handed over who filled in a form, nobody knows when",
        planner,
        _let_in(planner, "handed_over", **undated),
    )
    yield _page("somebody let in again", planner, _let_in(planner))
    yield _page(
        "somebody let in again whose owner is in no queue", planner, _let_in(planner, hubspot_owner_id="")
    )


def _let_in(planner: Planner, stage: str = "working", **contact: Any) -> Facts:
    facts = _alone(planner, stage, **contact)
    return replace(facts, link=replace(facts.link, how="let in again"))


def _corrections(planner: Planner) -> Iterator[_Page]:
    given = {"Leadbridge_Reason__c": "no_contact"}
    facts = _in(planner, "rejected", given, reason="no_contact")
    for by in (SAM, US["salesforce"]):
        yield _page(
            f"the reason of a rejection is corrected by {by}", planner,
            edited(facts, "salesforce", by=by, Leadbridge_Reason__c="bad_timing"),
        )  # fmt: skip
    yield _page(
        "a rejection's reason is one that only fits a loss", planner,
        edited(facts, "salesforce", by=SAM, Leadbridge_Reason__c="price"),
    )  # fmt: skip
    words = {"Leadbridge_Sales_Comment__c": "call again in May"}
    for stage in ("nurturing", "handed_over", "accepted", "rejected", "recycled"):
        for comment in (None, "our mistake"):
            there = _in(planner, stage, comment=comment, reason="no_contact")
            yield _page(
                f"the seller comments at {stage} after {comment!r}",
                planner,
                edited(there, "salesforce", by=SAM, **words),
            )
    lost = replace(
        _in(planner, "lost", reason="unknown", opportunity="0061"), opportunities=(_role(planner),)
    )
    person = planner.record(
        "salesforce", "contact", "0031", Email="ada@one.example", OwnerId=SAM, Leadbridge_Stage__c="lost"
    )
    joined = replace(
        lost, salesforce=person, link=replace(lost.link, salesforce=person.ref),
        standing=stands("lost", reason="unknown", opportunity="0061", joined="contact:0031", owner=SAM),
    )  # fmt: skip
    yield _page("a loss is given a reason on the opportunity", planner, joined)
    untold = replace(joined, opportunities=(_role(planner, Leadbridge_Loss_Reason__c=None),))
    yield _page("a loss without a reason", planner, untold)
    for owner in (SAM, QUEUE, None):
        won = stands("opportunity", opportunity="0061", joined="contact:0031", owner=owner)
        yield _page(
            f"an opportunity is lost without a reason, its person is {owner}'s",
            planner, replace(untold, standing=won),
        )  # fmt: skip


def _role(planner: Planner, id_: str = "0061", **opportunity: Any) -> Record:
    seen = {
        "IsWon": False, "IsClosed": True, "Amount": 1200.5, "CloseDate": "2026-12-01", "StageName": "Closed Lost",
        "CurrencyIsoCode": "EUR", "CreatedDate": (NOW - timedelta(days=20)).isoformat(), "LastModifiedDate": AN_HOUR_AGO.isoformat(),
        "Leadbridge_Loss_Reason__c": "bad_timing", **opportunity,
    }  # fmt: skip
    values = {
        "ContactId": "0031",
        "OpportunityId": id_,
        **{f"Opportunity.{name}": one for name, one in seen.items()},
    }
    return planner.record("salesforce", "opportunity_contact_role", f"00K{id_}", **values)


# ── standard mode ────────────────────────────────────────────────────────────


def _standard(planner: Planner) -> Iterator[_Page]:
    """Leadbridge's own fields are not there: the stage is kept here, and shown by the vendors' own fields alone."""
    ready = {"recent_conversion_event_name": "Contact us", "recent_conversion_date": AN_HOUR_AGO.isoformat()}
    for email in ("ada@one.example", "", " ada@one.example "):
        facts = replace(
            unit(planner.contact(**ready, email=email)), standing=stands("qualified", adopted_at=None)
        )
        yield _page(f"standard mode: somebody sales-ready with the address {email!r}", planner, facts)
    for email in ("ada@one.example", ""):
        yield _page(
            f"standard mode: somebody with the address {email!r} is let in again",
            planner,
            _let_in(planner, email=email),
        )
    facts = _in(planner, "accepted", {"Status": "Open - Not Contacted"})
    yield _page("standard mode: nothing happens", planner, facts)
    edits: dict[str, Facts] = {
        "lifecyclestage": edited(facts, "hubspot", by=MIA, lifecyclestage="customer"),
        "hs_lead_status": edited(facts, "hubspot", by=MIA, hs_lead_status="NEW"),
        "both of HubSpot": edited(facts, "hubspot", by=MIA, lifecyclestage="customer", hs_lead_status="NEW"),
        "Status, which asks for nothing": edited(facts, "salesforce", by=SAM, Status="Frozen"),
        "Status, which asks for a stage": edited(facts, "salesforce", by=SAM, Status="Working - Contacted"),
        "Status, which rejects": edited(facts, "salesforce", by=SAM, Status="Closed - Not Converted"),
    }
    for title, after in edits.items():
        yield _page(f"standard mode: somebody edits {title}", planner, after)
        settled = carried_out(after, planner.plan(after))
        yield _page(f"standard mode: somebody edited {title} before", planner, settled)
        both = edited(
            edited(settled, "hubspot", by=MIA, hs_lead_status="UNQUALIFIED"),
            "salesforce",
            by=SAM,
            Status="Odd",
        )
        yield _page(
            f"standard mode: somebody edited {title} before, and edits again", planner, both, NOW + _DAY
        )
        moved = edited(settled, "salesforce", by=SAM, Status="Working - Contacted")
        yield _page(
            f"standard mode: somebody edited {title} before, and the person moves on",
            planner,
            moved,
            NOW + _DAY,
        )
    for word in ("Timing", "Price", "No money", "", None):
        rejected = edited(
            facts, "salesforce", by=SAM, Status="Closed - Not Converted", Rejection_Reason__c=word
        )
        yield _page(f"standard mode: rejected for {word!r}", planner, rejected)
        there = replace(facts, standing=stands("rejected", joined="lead:00Q1", owner=SAM, reason="unknown"))
        yield _page(
            f"standard mode: stands at rejected for {word!r}",
            planner,
            edited(there, "salesforce", Rejection_Reason__c=word),
        )
        person = planner.record("salesforce", "contact", "0031", Email="ada@one.example", OwnerId=SAM)
        role = _role(planner, Loss_Reason__c=word)
        lost = replace(
            unit(planner.contact(), person), opportunities=(role,),
            standing=stands("lost", joined="contact:0031", owner=SAM, opportunity="0061", reason="unknown", since=NOW),
        )  # fmt: skip
        yield _page(f"standard mode: lost for {word!r}", planner, lost)
        yield _page(
            f"standard mode: lost for {word!r}, the role is gone", planner, replace(lost, opportunities=())
        )
    account = planner.record(
        "salesforce", "account", "0011", Name="Engines", Website="one.example", OwnerId=SAM
    )
    relatives = {person.ref: Link(7, "person", Ref("hubspot", "contact", "501"), person.ref)}
    yield _page(
        "standard mode: a company is not created",
        planner,
        unit(None, account, "company", relatives=relatives),
    )
    opportunity = planner.record("salesforce", "opportunity", "0061", Name="Engine", StageName="Prospecting")
    yield _page(
        "standard mode: a deal is not created", planner, unit(None, opportunity, "deal", relatives=relatives)
    )


def _followed() -> Iterator[_Page]:
    """The lifecycle stage of HubSpot goes back with the stage."""
    texts = read_texts(shipped_config())
    texts["lifecycle.yaml"] = texts["lifecycle.yaml"].replace(
        "    policy: high_water ", "    policy: follow ", 1
    )
    planner = Planner(compile_agreement(texts))
    for stage in ("nurturing", "accepted", "recycled", "won", "disqualified"):
        facts = _in(planner, stage, reason="other")
        for shows in ("", "lead", "customer", "evangelist"):
            ahead = edited(facts, "hubspot", by=MIA, lifecyclestage=shows)
            yield _page(f"policy: follow; at {stage} somebody sets {shows!r}", planner, ahead)


# ── who is it ────────────────────────────────────────────────────────────────


def _met(planner: Planner) -> Iterator[_Page]:
    contact = planner.contact()
    sales = planner.record(
        "salesforce",
        "contact",
        "0031",
        Email="ada@one.example",
        LastName="Lovelace",
        OwnerId=SAM,
        AccountId="0011",
    )
    roles = tuple(_role(planner, id_, IsClosed=False, StageName="Prospecting") for id_ in ("0061", "0062"))
    found = unit(contact, candidates=(sales, planner.lead("00Q7")), opportunities=roles)
    yield _page("a contact finds a Contact with opportunities, a Lead beside it", planner, found)
    without = replace(sales, values={**sales.values, "AccountId": None})
    yield _page("a contact finds a Contact without an Account", planner, unit(contact, candidates=(without,)))
    lead = planner.lead(
        IsConverted=True, ConvertedContactId="0031", Leadbridge_Stage__c="working", Status="Qualified"
    )
    worked = stands("working", joined="lead:00Q1", owner=SAM)
    for stage in ("handed_over", "accepted", "working"):
        ours = replace(planner.lead(Leadbridge_Stage__c=stage), modified_by=US["salesforce"])
        lost = replace(
            unit(planner.contact(leadbridge_stage="qualified"), ours),
            standing=stands("qualified", adopted_at=None),
        )
        yield _page(f"our own write of {stage} stands in Salesforce, its receipt was lost", planner, lost)
    queue = replace(sales, values={**sales.values, "OwnerId": QUEUE})
    at_queue = replace(
        unit(planner.contact(leadbridge_stage="handed_over"), lead), salesforce=queue, converted=lead, standing=stands("handed_over", joined="lead:00Q1"),
    )  # fmt: skip
    yield _page("a Lead was converted whose owner is no user", planner, at_queue)
    converted = replace(
        unit(planner.contact(leadbridge_stage="working"), lead), salesforce=sales, converted=lead, opportunities=roles, standing=worked,
    )  # fmt: skip
    yield _page("a Lead was converted, with two opportunities", planner, converted)
    made = replace(lead, values={**lead.values, "ConvertedOpportunityId": "0061"})
    known = {"salesforce": lead.values, "hubspot": {"leadbridge_stage": "working"}}
    person = replace(sales, values={**sales.values, "Leadbridge_Stage__c": "working"})
    later = replace(_looked(converted, shown=known), salesforce=person, converted=made)
    yield _page("the opportunity of a conversion that is known is seen later", planner, later)
    for stage in ("nurturing", "handed_over", "accepted"):
        joined = replace(
            unit(planner.contact(leadbridge_stage=stage), sales),
            standing=stands(stage, joined="lead:00Q1", owner=SAM),
        )
        yield _page(f"whose Lead it was at {stage} is a Contact now", planner, joined)
    account = Ref("salesforce", "account", "0011")
    company = {account: Link(8, "company", Ref("hubspot", "company", "901"), account)}
    linked = replace(
        unit(contact, sales), opportunities=roles, relatives=company, standing=stands("opportunity")
    )
    yield _page("the company of a linked Contact is linked", planner, linked)
    yield _page(
        "it is joined already",
        planner,
        replace(linked, joined=("hubspot:company:901", "hubspot:company:902")),
    )
    knocks = unit(salesforce=planner.lead(), candidates=(planner.contact(),))
    yield _page("a Lead knows of a contact", planner, knocks)
    yield _page("somebody was erased", planner, replace(knocks, erased=True, knocks=(contact.ref,)))
    live = replace(
        contact, created_at=AN_HOUR_AGO, values={**contact.values, "leadbridge_stage": "nurturing"}
    )
    for by in (MIA, None):
        given = replace(
            live, history={"leadbridge_stage": (Version("nurturing", AN_HOUR_AGO, by, "CRM_UI"),)}
        )
        yield _compared(f"a contact was made with a stage by {by}", planner, unit(given))
        yield _compared(
            f"a contact that is known was made with a stage by {by}",
            planner,
            replace(unit(given), standing=stands("nurturing")),
        )
    for by, stage in (
        (SAM, "working"),
        (TOM, "working"),
        (US["salesforce"], "working"),
        (SAM, "new"),
        (SAM, "won"),
    ):
        made = replace(
            planner.lead(Leadbridge_Stage__c=stage, CreatedById=SAM), created_at=AN_HOUR_AGO, modified_by=by
        )
        yield _page(f"a seller made a Lead at {stage}, {by} had it last", planner, unit(contact, made))


# ── lines ────────────────────────────────────────────────────────────────────


def _lines(agreement: Agreement) -> Iterator[_Page]:
    planner = Planner(agreement)
    facts = _in(planner, "accepted", {"Title": "Buyer"})
    for title, hubspot, salesforce in (
        ("a title too long for Salesforce", {"jobtitle": "x" * 200}, {}),
        ("a country that nobody knows", {"country": "Narnia"}, {}),
        ("a country that nobody knows in Salesforce", {}, {"Country": "Narnia"}),
        ("an owner who is not in HubSpot", {}, {"OwnerId": TOM}),
        ("an owner who is nobody", {"hubspot_owner_id": "404"}, {}),
        ("a name that Salesforce requires is cleared", {"lastname": ""}, {}),
        ("a company that Salesforce requires is cleared", {"company": ""}, {}),
        ("one title on both sides", {"jobtitle": "Chief"}, {"Title": "Chief"}),
        ("two titles", {"jobtitle": "Chief"}, {"Title": "Clerk"}),
        ("an opt-out on both sides", {"hs_email_optout": "true"}, {"HasOptedOutOfEmail": True}),
        ("an opt-out in Salesforce", {}, {"HasOptedOutOfEmail": True}),
    ):
        after = edited(facts, "hubspot", by=MIA, **hubspot) if hubspot else facts
        after = edited(after, "salesforce", 12, by=SAM, **salesforce) if salesforce else after
        for conflict in ("latest", "hubspot", "salesforce", "ask"):
            decides = Planner(agreement).with_line("person.jobtitle", conflict=conflict)
            if conflict == "latest" or title == "two titles":
                yield _compared(f"{title}, conflict: {conflict}", decides, after)
    two = edited(edited(facts, "hubspot", by=MIA, jobtitle="Chief"), "salesforce", by=SAM, Title="Clerk")
    for rule in (
        "dont_sync",
        "two_way",
        "always_hubspot",
        "always_salesforce",
        "prefer_hubspot_unless_blank",
        "prefer_salesforce_unless_blank",
    ):
        yield _compared(f"two titles, rule: {rule}", planner.with_line("person.jobtitle", rule=rule), two)
    first = unit(planner.contact(jobtitle="Chief"), planner.lead(Title="Clerk"))
    for rule in ("newest", "hubspot", "salesforce", "ask"):
        yield _compared(
            f"two titles meet, first: {rule}", planner.with_line("person.jobtitle", first=rule), first
        )
    lived = unit(
        planner.contact(leadbridge_key="00Q1", jobtitle="Chief"),
        planner.lead(Leadbridge_HubSpot_Id__c="501", Title="Clerk"),
    )
    yield _compared("two titles of people whom a lost store knew", planner, lived)
    apart = _looked(
        edited(facts, "hubspot", by=MIA, jobtitle="Chief"),
        apart={"person.jobtitle": (pack("Chief"), pack("Buyer"))},
    )
    yield _compared("an undo left two titles apart", planner, apart)
    for side, name in (("hubspot", "jobtitle"), ("salesforce", "Title")):
        yield _compared(
            f"an undo left two titles apart, one of {side} is edited",
            planner,
            edited(apart, side, by=SAM, **{name: "Boss"}),
        )  # type: ignore[arg-type]
    both = edited(edited(apart, "hubspot", by=MIA, jobtitle="One"), "salesforce", by=SAM, Title="Two")
    yield _compared("an undo left two titles apart, both are edited", planner, both)
    old = replace(facts, base=replace(facts.base, agreed={
        name: Agreed(one.value, "another line") if name == "person.jobtitle" else one for name, one in facts.base.agreed.items()
    }))  # fmt: skip
    yield _compared(
        "a line was rewritten since it was agreed on",
        planner,
        edited(old, "salesforce", by=SAM, Title="Chief"),
    )
    ready = {"recent_conversion_event_name": "Contact us", "recent_conversion_date": AN_HOUR_AGO.isoformat()}
    for title, odd in (
        ("title too long", {"jobtitle": "x" * 200}),
        ("country nobody knows", {"country": "Narnia"}),
        ("name missing", {"lastname": ""}),
    ):
        new = replace(unit(planner.contact(**ready, **odd)), standing=stands("qualified", adopted_at=None))
        yield _compared(f"a Lead is made, its {title}", planner, new)
    steps = {
        "jobtitle": (
            Version("Chief", NOW - timedelta(minutes=5), MIA, "CRM_UI"),
            Version("chief", AN_HOUR_AGO, MIA, "CRM_UI"),
        )
    }
    told_by = edited(facts, "hubspot", by=MIA, jobtitle="Chief")
    assert told_by.hubspot is not None
    stepped = replace(told_by, hubspot=replace(told_by.hubspot, history=steps))
    yield _compared(
        "the history tells when a title was edited",
        planner,
        edited(stepped, "salesforce", 3, by=SAM, Title="Clerk"),
    )
    ours = {"jobtitle": (Version("Chief", NOW - timedelta(minutes=5), US["hubspot"], "INTEGRATION"),)}
    mine = replace(told_by, hubspot=replace(told_by.hubspot, history=ours))
    yield _compared(
        "the history tells that a title is our own",
        planner,
        edited(mine, "salesforce", 3, by=SAM, Title="Clerk"),
    )


# ── lateness ─────────────────────────────────────────────────────────────────


def _late(planner: Planner) -> Iterator[_Page]:
    long_ago = NOW - timedelta(days=12)
    queued = Planner(planner.agreement)
    queued.terms = replace(queued.terms, fallback_queue=QUEUE)
    for stage in ("qualified", "handed_over", "accepted", "working", "opportunity"):
        for owner in (SAM, TOM, QUEUE):
            about = {
                "since": long_ago, "adopted_at": None, "clock_from": long_ago, "round": 1, "due_at": long_ago + _DAY,
                "wakes_at": NOW - _DAY, "handed_over_at": long_ago,
            }  # fmt: skip
            shown = unit(
                planner.contact(leadbridge_stage=stage),
                planner.lead(Leadbridge_Stage__c=stage, OwnerId=owner),
            )
            facts = replace(shown, standing=stands(stage, joined="lead:00Q1", owner=owner, **about))
            yield _page(f"{stage} is late, the Lead is {owner}'s", planner, facts)
            yield _page(f"{stage} is late, the Lead is {owner}'s, there is a queue", queued, facts)
            known = f"hand-off 1 {BOSS}"
            yield _page(
                f"{stage} is late, the Lead is {owner}'s, {BOSS} was asked before, there is a queue", queued,
                replace(_looked(facts, told={known: "2026-11-20", "late accepted 0 50 20260101T000000": "2026-01-01"}), standing=replace(facts.standing, late_at=50) if facts.standing else None),
            )  # fmt: skip
        person = planner.record(
            "salesforce", "contact", "0031", Email="ada@one.example", OwnerId=SAM, Leadbridge_Stage__c=stage
        )
        late = stands(stage, joined="contact:0031", owner=SAM, **about)
        of_contact = replace(unit(planner.contact(leadbridge_stage=stage), person), standing=late)
        yield _page(f"{stage} is late, there is a Contact", queued, of_contact)
        silent = unit(
            planner.contact(leadbridge_stage=stage, hs_email_optout="true"),
            planner.lead(Leadbridge_Stage__c=stage),
        )
        yield _page(
            f"{stage} is late, the person opted out",
            planner,
            replace(silent, standing=stands(stage, joined="lead:00Q1", owner=SAM, **about)),
        )
        yield _page(
            f"{stage} is late, nobody is there",
            planner,
            replace(unit(planner.contact(leadbridge_stage=stage)), standing=stands(stage, **about)),
        )


# ── deals, companies, activities ─────────────────────────────────────────────


def _deals(planner: Planner) -> Iterator[_Page]:
    opportunity = planner.record(
        "salesforce", "opportunity", "0061", Name="Engine", StageName="Prospecting", Amount=1000, CloseDate="2026-12-01", OwnerId=SAM
    )  # fmt: skip
    lead, person = Ref("salesforce", "lead", "00Q1"), Ref("salesforce", "contact", "0031")
    relatives = {
        lead: Link(6, "person", Ref("hubspot", "contact", "500"), lead),
        person: Link(7, "person", None, person),
    }
    deal = planner.record("hubspot", "deal", "701", leadbridge_key="0061", amount="900")
    other = planner.record("hubspot", "deal", "702", leadbridge_key="0062")
    followers = (Ref("hubspot", "contact", "509"),)
    yield _page(
        "a deal is found by its key",
        planner,
        unit(None, opportunity, "deal", candidates=(other, deal), followers=followers),
    )
    yield _page(
        "a deal is found by no key",
        planner,
        unit(None, opportunity, "deal", candidates=(other,), relatives=relatives),
    )
    frozen = replace(opportunity, values={**opportunity.values, "StageName": "Frozen"})
    yield _page(
        "a deal is made, nobody maps its stage", planner, unit(None, frozen, "deal", relatives=relatives)
    )
    yield _page("an opportunity of nobody", planner, unit(None, opportunity, "deal", followers=followers))
    yield _page("a deal without its opportunity", planner, unit(deal, None, "deal"))
    still = unit(deal, opportunity, "deal", relatives=relatives, followers=followers)
    yield _page("an opportunity that did not move", planner, still)
    for stage in ("Closed Won", "Closed Lost", "Frozen"):
        yield _page(
            f"an opportunity moved to {stage}", planner, edited(still, "salesforce", by=SAM, StageName=stage)
        )
    yield _page("a deal bears another's key", planner, edited(still, "hubspot", leadbridge_key="0069"))


def _companies(planner: Planner) -> Iterator[_Page]:
    account = planner.record(
        "salesforce", "account", "0011", Name="Engines", Website="one.example", OwnerId=SAM
    )
    company = planner.record("hubspot", "company", "901", name="Engines", domain="one.example")
    person = Ref("salesforce", "contact", "0031")
    relatives = {person: Link(7, "person", Ref("hubspot", "contact", "501"), person)}
    roles = (_role(planner),)
    yield _page("a company without its Account", planner, unit(company, None, "company"))
    yield _page(
        "a company is made", planner, unit(None, account, "company", relatives=relatives, opportunities=roles)
    )
    yield _page(
        "a company is found",
        planner,
        unit(None, account, "company", relatives=relatives, opportunities=roles, candidates=(company,)),
    )
    twin = planner.record("hubspot", "company", "902", name="Engines", domain="one.example")
    yield _page(
        "two companies of one domain",
        planner,
        unit(None, account, "company", relatives=relatives, candidates=(company, twin)),
    )
    yield _page(
        "a company beside the linked one",
        planner,
        unit(company, account, "company", relatives=relatives, candidates=(twin,)),
    )
    taken = frozenset({company.ref})
    yield _page(
        "a company that is taken",
        planner,
        unit(None, account, "company", relatives=relatives, candidates=(company,), taken=taken),
    )
    bare = replace(account, values={**account.values, "Website": None})
    addresses = frozenset({"one.example"})
    yield _page(
        "a company is found by the addresses of its people",
        planner,
        unit(None, bare, "company", relatives=relatives, candidates=(company,), addresses=addresses),
    )
    rival = replace(bare, ref=Ref("salesforce", "account", "0012"))
    yield _page(
        "two Accounts whose people have one domain",
        planner,
        unit(
            None,
            bare,
            "company",
            relatives=relatives,
            candidates=(company,),
            addresses=addresses,
            rivals=(bare, rival),
        ),
    )


def _activities(planner: Planner) -> Iterator[_Page]:
    facts = _in(planner, "handed_over")
    noon = NOW - timedelta(minutes=30)
    for title, kind, values in (
        ("a task that is done", "task", {"IsClosed": True, "CompletedDateTime": noon.isoformat()}),
        ("a task that is done, undated", "task", {"IsClosed": True}),
        ("a task that is open", "task", {"IsClosed": False}),
        ("a task of somebody else", "task", {"IsClosed": True, "OwnerId": TOM}),
        ("a task that we made", "task", {"IsClosed": True, "CreatedById": US["salesforce"]}),
        (
            "a meeting that is over",
            "event",
            {"StartDateTime": AN_HOUR_AGO.isoformat(), "EndDateTime": noon.isoformat()},
        ),
        ("a meeting without an end", "event", {"StartDateTime": noon.isoformat()}),
        (
            "a meeting to come",
            "event",
            {"StartDateTime": (NOW + _DAY).isoformat(), "EndDateTime": (NOW + _DAY).isoformat()},
        ),
        (
            "a meeting of a whole day",
            "event",
            {"StartDateTime": "2026-11-22T00:00:00+00:00", "IsAllDayEvent": True},
        ),
        ("a meeting without a time", "event", {}),
    ):
        seen = {"OwnerId": SAM, "CreatedById": SAM, "IsClosed": None, "CompletedDateTime": None, **values}
        one = Record(Ref("salesforce", kind, "00T1"), seen, noon, AN_HOUR_AGO, SAM)
        for stage in ("handed_over", "accepted"):
            there = facts if stage == "handed_over" else _in(planner, "accepted")
            moved = edited(there, "salesforce", by=SAM, LastActivityDate="2026-11-23")
            yield _page(f"{title}, at {stage}", planner, replace(moved, activities=(one,)))


if __name__ == "__main__":
    BOOK.write_text(book(), "utf-8")
