"""What the lifecycle is told of a person's surroundings: the whole of it, compared word by word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.records import Record
from mappings.lifecycle import Opportunity, Situation
from sync.model import Facts
from sync.plan.situation import accounts_of_domain, hand_over_owner, opportunities, situation
from tests.sync.dumb import OWNER_SAM, SAM, US
from tests.sync.plan.people import NOW, QUEUE, TOM, Planner, unit
from tests.sync.roads import LONG_AGO

ROLE = {
    "OpportunityId": "0061",
    "ContactId": "0031",
    "Opportunity.IsClosed": True,
    "Opportunity.IsWon": True,
    "Opportunity.Amount": 24000.5,
    "Opportunity.CurrencyIsoCode": "EUR",
    "Opportunity.CloseDate": "2026-12-24",
    "Opportunity.CreatedDate": "2026-11-02T08:00:00.000+0000",
    "Opportunity.LastModifiedDate": "2026-11-03T08:00:00.000+0000",
    "Opportunity.StageName": "Closed Won",
    "Opportunity.Leadbridge_Loss_Reason__c": "price",
}
READ = Opportunity(
    "0061", is_closed=True, is_won=True, amount=Decimal("24000.5"), currency="EUR", close_date=date(2026, 12, 24),
    created_at=datetime(2026, 11, 2, 8, tzinfo=UTC), stage_name="Closed Won", loss_reason="price",
    changed_at=datetime(2026, 11, 3, 8, tzinfo=UTC),
)  # fmt: skip


def role(planner: Planner, **changed: Any) -> Record:
    return planner.record("salesforce", "opportunity_contact_role", "00K1", **{**ROLE, **changed})


def buyer(planner: Planner) -> Record:
    """Who has that role."""
    born = {"OwnerId": SAM, "CreatedById": SAM}
    return planner.record(
        "salesforce", "contact", "0031", Email="ada@one.example", LastName="Lovelace", **born
    )


def activity(planner: Planner, kind: str, **values: Any) -> Record:
    held = {"WhoId": "00Q1", "OwnerId": SAM, "CreatedById": SAM, "IsClosed": kind == "task"}
    return planner.record("salesforce", kind, "00T1", **{**held, **values})


def test_everything_that_is_known_is_told(planner: Planner) -> None:
    person, contact = buyer(planner), planner.contact()
    call = activity(planner, "task", WhoId="0031", CompletedDateTime="2026-11-20T10:00:00Z")
    facts = replace(unit(contact, person), opportunities=(role(planner),), activities=(call,))

    assert situation(facts, planner.terms, person, NOW) == Situation(
        hubspot=contact.values,
        salesforce=person.values,
        salesforce_kind="contact",
        owner_is_user=True,
        hand_over_owner=SAM,
        opportunities=(READ,),
        converted_opportunity=None,
        owner_activity_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        created_at=LONG_AGO,
        sales_created=False,
        bridge_created=False,
        adopted_before=planner.terms.live_since,
    )


def test_of_somebody_only_marketing_knows_nothing_is_told_of_sales(planner: Planner) -> None:
    contact = planner.contact(hubspot_owner_id="")
    terms = replace(planner.terms, fallback_queue=QUEUE)

    assert situation(unit(contact), terms, None, NOW) == Situation(
        hubspot=contact.values, hand_over_owner=QUEUE, created_at=LONG_AGO, adopted_before=terms.live_since
    )


def test_of_somebody_only_sales_knows_nothing_is_told_of_marketing(planner: Planner) -> None:
    lead = replace(planner.lead(OwnerId=QUEUE), created_at=None)

    assert situation(unit(None, lead), planner.terms, lead, NOW) == Situation(
        salesforce=lead.values,
        salesforce_kind="lead",
        opportunities=(),
        adopted_before=planner.terms.live_since,
    )


LIVE = NOW - timedelta(days=30)


@pytest.mark.parametrize(
    ("made_at", "made_by", "live_since", "us", "by_seller", "by_us"),
    [
        (LIVE - timedelta(seconds=1), SAM, LIVE, US, False, False),
        (LIVE, SAM, LIVE, US, True, False),
        (NOW, SAM, LIVE, US, True, False),
        (NOW, SAM, None, US, False, False),
        (None, SAM, LIVE, US, False, False),
        (NOW, US["salesforce"], LIVE, US, False, True),
        (LONG_AGO, US["salesforce"], LIVE, US, False, True),
        (NOW, US["salesforce"], LIVE, {}, True, False),
        (NOW, None, LIVE, {}, True, False),
    ],
)
def test_who_made_the_record_and_when_says_whose_person_he_is(
    planner: Planner, made_at: Any, made_by: Any, live_since: Any, us: Any, by_seller: bool, by_us: bool
) -> None:
    lead = replace(planner.lead(CreatedById=made_by), created_at=made_at)
    terms = replace(planner.terms, live_since=live_since, us=us)

    around = situation(unit(planner.contact(), lead), terms, lead, NOW)

    assert (around.sales_created, around.bridge_created) == (by_seller, by_us)
    assert around.adopted_before == live_since


def test_of_a_converted_person_the_lead_says_how_old_he_is_who_made_him_and_what_was_opened(
    planner: Planner,
) -> None:
    contact, person = planner.contact(), planner.record("salesforce", "contact", "0031", OwnerId=SAM)
    made = NOW - timedelta(days=3)
    lead = replace(
        planner.lead(IsConverted=True, ConvertedOpportunityId="0061", CreatedById=SAM), created_at=made
    )
    person = replace(person, created_at=NOW)

    around = situation(replace(unit(contact, person), converted=lead), planner.terms, person, NOW)

    assert (around.converted_opportunity, around.created_at) == ("0061", made)
    assert (around.salesforce_kind, around.sales_created, around.bridge_created) == ("contact", True, False)


def test_the_younger_of_two_records_says_since_when_somebody_is_a_person_of_both(planner: Planner) -> None:
    older, younger = NOW - timedelta(days=9), NOW - timedelta(days=2)
    for ours, theirs in ((older, younger), (younger, older), (younger, None), (None, younger)):
        contact = replace(planner.contact(), created_at=ours)
        lead = replace(planner.lead(), created_at=theirs)

        assert situation(unit(contact, lead), planner.terms, lead, NOW).created_at == younger


COMPLETED = datetime(2026, 11, 20, 10, tzinfo=UTC)
TOUCHED = NOW - timedelta(hours=1)  # when every record here was last changed


@pytest.mark.parametrize(
    ("kind", "values", "held"),
    [
        ("task", {"CompletedDateTime": "2026-11-20T10:00:00Z"}, COMPLETED),
        ("task", {"CompletedDateTime": None}, TOUCHED),
        ("task", {"IsClosed": False, "CompletedDateTime": "2026-11-20T10:00:00Z"}, None),
        ("task", {"OwnerId": TOM}, None),
        ("task", {"CreatedById": US["salesforce"]}, None),
        ("event", {"StartDateTime": "2026-11-20T10:00:00Z"}, COMPLETED),
        ("event", {"StartDateTime": "2026-11-20T09:00:00Z", "EndDateTime": "2026-11-20T10:00:00Z"}, COMPLETED),
        ("event", {"StartDateTime": None}, LONG_AGO),
        ("event", {"StartDateTime": "2026-11-20T10:00:00Z", "CompletedDateTime": "2026-11-22T10:00:00Z"}, COMPLETED),
        ("event", {"StartDateTime": "2026-11-20T10:00:00Z", "OwnerId": TOM}, None),
    ],
)  # fmt: skip
def test_what_the_owner_held_counts_from_when_it_was_held(
    planner: Planner, kind: str, values: dict[str, Any], held: datetime | None
) -> None:
    lead = planner.lead()
    facts = replace(unit(planner.contact(), lead), activities=(activity(planner, kind, **values),))

    assert situation(facts, planner.terms, lead, NOW).owner_activity_at == held


HALF_AN_HOUR = timedelta(minutes=30)
TODAY = {"IsAllDayEvent": True, "StartDateTime": "2026-11-23T00:00:00Z"}


@pytest.mark.parametrize(
    ("values", "over"),
    [
        ({"StartDateTime": NOW - HALF_AN_HOUR, "EndDateTime": NOW + HALF_AN_HOUR}, NOW + HALF_AN_HOUR),
        ({"StartDateTime": NOW + 4 * HALF_AN_HOUR, "EndDateTime": None}, NOW + 4 * HALF_AN_HOUR),
        # Midnight in Berlin is an hour before midnight in UTC.
        ({**TODAY, "EndDateTime": "2026-11-24T00:00:00Z"}, datetime(2026, 11, 23, 23, tzinfo=UTC)),
        ({**TODAY, "EndDateTime": "2026-11-23T00:00:00Z"}, datetime(2026, 11, 23, 23, tzinfo=UTC)),
    ],
)
def test_a_planned_event_counts_when_it_is_over(
    planner: Planner, values: dict[str, Any], over: datetime
) -> None:
    raw = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }
    lead = planner.lead()
    facts = replace(unit(planner.contact(), lead), activities=(activity(planner, "event", **raw),))

    def seen(at: datetime) -> tuple[datetime | None, datetime | None]:
        around = situation(facts, planner.terms, lead, at)
        return around.owner_activity_at, around.owner_meets_at

    assert seen(NOW) == (None, over)
    assert seen(over - timedelta(seconds=1)) == (None, over)
    assert seen(over) == (over, None)


def test_what_our_own_user_completed_is_nobody_s_activity(planner: Planner) -> None:
    lead = planner.lead()
    done = replace(activity(planner, "task"), modified_by=US["salesforce"])
    facts = replace(unit(planner.contact(), lead), activities=(done,))

    assert situation(facts, planner.terms, lead, NOW).owner_activity_at is None


def test_of_several_activities_the_newest_counts(planner: Planner) -> None:
    lead = planner.lead()
    held = tuple(activity(planner, "event", StartDateTime=f"2026-11-{day}T10:00:00Z") for day in (19, 20, 18))
    facts = replace(unit(planner.contact(), lead), activities=held)

    assert situation(facts, planner.terms, lead, NOW).owner_activity_at == COMPLETED


def test_opportunities_stand_in_the_order_of_their_making_each_once_and_undated_ones_last(
    planner: Planner,
) -> None:
    def made(id_: str, at: str | None) -> Record:
        return role(planner, **{"OpportunityId": id_, "Opportunity.CreatedDate": at})

    june, july = "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"
    roles = (
        made("5", None),
        made("4", july),
        made("2", june),
        made("3", june),
        made("4", july),
        made("1", None),
    )

    assert [one.id for one in opportunities(Facts("person", None, None, opportunities=roles), buyer(planner), planner.terms)] == [
        "2", "3", "4", "1", "5",
    ]  # fmt: skip


def test_an_opportunity_of_somebody_with_the_same_address_is_nobody_elses(planner: Planner) -> None:
    namesakes = role(planner, ContactId="0032", OpportunityId="0062")
    facts = replace(unit(planner.contact(), buyer(planner)), opportunities=(namesakes, role(planner)))

    assert opportunities(facts, buyer(planner), planner.terms) == (READ,)
    assert opportunities(facts, planner.lead(), planner.terms) == ()


def test_an_opportunity_of_which_nothing_is_said_is_open(planner: Planner) -> None:
    bare = role(planner, **dict.fromkeys(set(ROLE) - {"OpportunityId", "ContactId"}))

    assert opportunities(
        Facts("person", None, None, opportunities=(bare,)), buyer(planner), planner.terms
    ) == (Opportunity("0061", is_closed=False, is_won=False),)


def account(planner: Planner, id_: str, owner: str | None, website: str = "one.example") -> Record:
    return planner.record("salesforce", "account", id_, OwnerId=owner, Website=website)


@pytest.mark.parametrize(
    ("lead_owner", "hubspot_owner", "account_owners", "expected"),
    [
        (SAM, "", (), SAM),
        (SAM, OWNER_SAM, ("005OTHER",), SAM),
        ("005OTHER", OWNER_SAM, (), "005OTHER"),
        (TOM, OWNER_SAM, (), SAM),
        (QUEUE, OWNER_SAM, ("005OTHER",), SAM),
        (None, OWNER_SAM, ("005OTHER",), SAM),
        (None, "72", ("005OTHER",), "005OTHER"),
        (None, "", ("005OTHER", "005OTHER"), "005OTHER"),
        (None, "", ("005OTHER", "005ANOTHER"), QUEUE),
        (None, "", ("005OTHER", TOM, None), "005OTHER"),
        (None, "", (TOM,), QUEUE),
        (QUEUE, "", (), QUEUE),
        (None, "", (), QUEUE),
    ],
)
def test_who_takes_the_hand_off_is_found_in_four_steps(
    planner: Planner, lead_owner: Any, hubspot_owner: str, account_owners: tuple[Any, ...], expected: str
) -> None:
    lead = planner.lead(OwnerId=lead_owner)
    found = tuple(account(planner, f"001{place}", owner) for place, owner in enumerate(account_owners))
    facts = replace(unit(planner.contact(hubspot_owner_id=hubspot_owner), lead), accounts=found)
    terms = replace(planner.terms, fallback_queue=QUEUE)

    assert hand_over_owner(facts, terms, lead) == expected
    assert situation(facts, terms, lead, NOW).hand_over_owner == expected
    assert situation(facts, terms, lead, NOW).owner_is_user is str(lead_owner).startswith("005")


@pytest.mark.parametrize(
    ("lead_owner", "expected"),
    [("005OTHER", "005OTHER"), (TOM, "005TURN"), (QUEUE, "005TURN"), (None, "005TURN")],
)
def test_whose_turn_it_is_comes_after_the_record_s_own_user_and_before_everybody_else(
    planner: Planner, lead_owner: Any, expected: str
) -> None:
    lead = planner.lead(OwnerId=lead_owner)
    found = (account(planner, "0011", "005ACCOUNT"),)
    facts = replace(unit(planner.contact(), lead), accounts=found, offered="005TURN")

    assert hand_over_owner(facts, replace(planner.terms, fallback_queue=QUEUE), lead) == expected


def test_only_accounts_of_the_address_s_own_domain_are_his(planner: Planner) -> None:
    ours = account(planner, "0011", SAM, "https://www.one.example/about")
    others = (account(planner, "0012", SAM, "two.example"), account(planner, "0013", SAM, ""))

    known = replace(unit(planner.contact()), accounts=(ours, *others))
    nameless = replace(unit(planner.contact(email="")), accounts=(ours, *others))
    nobody = replace(unit(None, planner.lead()), accounts=(ours, *others))

    assert [accounts_of_domain(facts) for facts in (known, nameless, nobody)] == [[ours], [], []]
