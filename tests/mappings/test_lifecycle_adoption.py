"""The whole verdict on somebody seen for the first time: every word of the standing and of the step, not one more."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from mappings.lifecycle import Opportunity, Request, Round, Situation, Standing
from mappings.lifecycle.adoption import (
    adopt,
    adopt_from_sales,
    asked_at_birth,
    is_adopted,
    kept_stage,
    start,
)
from mappings.lifecycle.words import Step

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


NOW = at("2026-11-23 10:00")
LIVE = at("2026-11-01 00:00")
GRACE = at("2026-12-07 10:00")
CHANGED = datetime(2026, 11, 20, 9, tzinfo=UTC)
HANDED = datetime(2026, 11, 18, 8, tzinfo=UTC)
ACCEPTED = datetime(2026, 11, 19, 8, tzinfo=UTC)
DUE = datetime(2026, 11, 30, 10, tzinfo=UTC)
LEAD = {"Id": "00Q", "OwnerId": "005", "Status": "Open - Not Contacted"}
OURS = {
    "leadbridge_stage_changed_at": "2026-11-20T09:00:00Z",
    "leadbridge_stage_changed_by": "77",
    "leadbridge_definition_version": "7",
    "leadbridge_round": "2",
    "leadbridge_reason": "bad_timing",
    "leadbridge_sales_comment": "call in spring",
    "leadbridge_sales_owner": "005OLD",
    "leadbridge_handed_over_at": "2026-11-18T08:00:00Z",
    "leadbridge_accepted_at": "2026-11-19T08:00:00Z",
    "leadbridge_sla_due_at": "2026-11-30T10:00:00Z",
}
THEIRS = {
    "Leadbridge_Stage_Changed_At__c": "2026-11-20T09:00:00.000+0000",
    "Leadbridge_Round__c": 3.0,
    "Leadbridge_Reason__c": "no_need",
    "Leadbridge_Handed_Over_At__c": "2026-11-18T08:00:00.000+0000",
    "Leadbridge_SLA_Due_At__c": "2026-11-30T10:00:00.000+0000",
    "Leadbridge_Sales_Comment__c": "not for HubSpot",
}
OPEN = Opportunity("006", is_closed=False, is_won=False, amount=Decimal(5), created_at=ACCEPTED)
WON = replace(OPEN, id="006W", is_closed=True, is_won=True, close_date=date(2026, 5, 5))
LOST = replace(OPEN, id="006L", is_closed=True, close_date=date(2026, 6, 6))


def situation(stage=None, theirs=None, **more):
    facts = {
        "hubspot": {"email": "ada@example.com"} | ({"leadbridge_stage": stage} if stage else {}),
        "salesforce": LEAD | ({"Leadbridge_Stage__c": theirs} if theirs else {}),
        "salesforce_kind": "lead",
        "owner_is_user": True,
        "opportunities": (),
        "adopted_before": LIVE,
        "created_at": at("2025-01-01 00:00"),
    }
    return Situation(**(facts | more))


def full(stage, theirs=None, **more):
    """Somebody of whom HubSpot shows all that the bridge ever kept there."""
    around = situation(stage, theirs, **more)
    return replace(around, hubspot={**around.hubspot, **OURS})


def half(theirs, **more):
    """Somebody of whom only Salesforce shows what the bridge kept."""
    around = situation(None, theirs, **more)
    return replace(around, salesforce={**around.salesforce, **THEIRS})


def told(standing, why, reason=None):
    return Step("start", standing.stage, "bridge", None, NOW, None, "adopted", why, reason)


KEPT = Standing(
    stage="working", since=CHANGED, round=2, rounds=(Round(2, HANDED, 7),), definition_version=7, reason="bad_timing",
    comment="call in spring", owner="005", handed_over_at=HANDED, accepted_at=ACCEPTED, adopted_at=NOW,
    engaged_after=NOW, changed_by="77", grace_until=DUE,
)  # fmt: skip
ENDED = replace(KEPT, owner="005OLD")


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        pytest.param(full("working"), KEPT, id="in the hands of sales"),
        pytest.param(full("handed_over", salesforce={"OwnerId": ""}), replace(KEPT, stage="handed_over", owner="005OLD"),
                     id="the owner of then, where Salesforce names none"),
        pytest.param(full("handed_over", salesforce=None), replace(KEPT, stage="handed_over", owner="005OLD"),
                     id="no record in Salesforce"),
        pytest.param(full("recycled"), replace(ENDED, stage="recycled",
                     rounds=(Round(2, HANDED, 7, CHANGED, "recycled", "bad_timing"),)), id="the round is over"),
        pytest.param(full("nurturing"), replace(ENDED, stage="nurturing",
                     rounds=(Round(2, HANDED, 7, CHANGED, "nurturing", "bad_timing"),)), id="back with marketing"),
        pytest.param(full("opportunity", opportunities=(LOST, WON, OPEN)), replace(KEPT, stage="opportunity", opportunity="006"),
                     id="the open opportunity"),
        pytest.param(full("won", opportunities=(LOST, WON, OPEN)), replace(KEPT, stage="won", opportunity="006W",
                     rounds=(Round(2, HANDED, 7, CHANGED, "won", "bad_timing", "006W"),)), id="the won opportunity"),
        pytest.param(full("lost", opportunities=(LOST, WON, OPEN)), replace(ENDED, stage="lost", opportunity="006L",
                     rounds=(Round(2, HANDED, 7, CHANGED, "lost", "bad_timing", "006L"),)), id="the lost opportunity"),
        pytest.param(full("lost", opportunities=(LOST, WON, OPEN), converted_opportunity="006W"), replace(ENDED, stage="lost",
                     opportunity="006W", rounds=(Round(2, HANDED, 7, CHANGED, "lost", "bad_timing", "006W"),)),
                     id="the opportunity of the conversion before any other"),
        pytest.param(full("working", opportunities=(OPEN,)), KEPT, id="no opportunity before its stage"),
        pytest.param(full("won", opportunities=None), replace(KEPT, stage="won",
                     rounds=(Round(2, HANDED, 7, CHANGED, "won", "bad_timing"),)), id="nobody looked for opportunities"),
        pytest.param(situation("nurturing"), Standing("nurturing", NOW, adopted_at=NOW, engaged_after=NOW,
                     changed_by="bridge", grace_until=GRACE), id="nothing but the stage, out of a round"),
        pytest.param(situation("accepted"), Standing("accepted", NOW, round=1, rounds=(Round(1, NOW, 1),), owner="005",
                     adopted_at=NOW, engaged_after=NOW, changed_by="bridge", grace_until=GRACE), id="nothing but the stage, in a round"),
        pytest.param(half("working"), Standing("working", CHANGED, round=3, rounds=(Round(3, HANDED, 1),), owner="005",
                     handed_over_at=HANDED, adopted_at=NOW, engaged_after=NOW, changed_by="bridge", grace_until=DUE),
                     id="told by Salesforce alone, whose reason is not that of work"),
        pytest.param(half("rejected"), Standing("rejected", CHANGED, round=3, reason="no_need",
                     rounds=(Round(3, HANDED, 1, CHANGED, "rejected", "no_need"),), handed_over_at=HANDED,
                     adopted_at=NOW, engaged_after=NOW, changed_by="bridge", grace_until=DUE),
                     id="a rejection told by Salesforce alone"),
        pytest.param(half("working", hubspot=None), Standing("working", CHANGED, round=3, rounds=(Round(3, HANDED, 1),), owner="005",
                     handed_over_at=HANDED, adopted_at=NOW, engaged_after=NOW, changed_by="bridge", grace_until=DUE),
                     id="no record in HubSpot"),
        pytest.param(half("nurturing"), Standing("nurturing", CHANGED, round=3, reason="no_need",
                     rounds=(Round(3, HANDED, 1, CHANGED, "nurturing", "no_need"),), handed_over_at=HANDED,
                     adopted_at=NOW, engaged_after=NOW, changed_by="bridge", grace_until=DUE),
                     id="given back, while HubSpot shows nothing yet"),
    ],
)  # fmt: skip
def test_whose_stage_stands_in_our_own_field_is_taken_as_all_our_fields_tell_him(lifecycle, around, expected):
    standing, step = adopt(lifecycle, around, NOW)

    assert standing == expected
    assert step == told(expected, "this stage stood in leadbridge's own field", expected.reason)


def test_what_the_two_sides_tell_differently_is_taken_from_hubspot(lifecycle):
    around = full("rejected", "rejected")
    around = replace(around, salesforce={**around.salesforce, **THEIRS})
    later = "2026-11-22T09:00:00.000+0000"
    around.salesforce.update(dict.fromkeys(("Leadbridge_Stage_Changed_At__c", "Leadbridge_Handed_Over_At__c",
                                            "Leadbridge_SLA_Due_At__c"), later))  # fmt: skip

    standing, _ = adopt(lifecycle, around, NOW)

    ended = (Round(2, HANDED, 7, CHANGED, "rejected", "bad_timing"),)
    assert standing == replace(ENDED, stage="rejected", rounds=ended)


def test_at_nurturing_a_reason_of_salesforce_is_an_older_one_once_hubspot_shows_the_stage(lifecycle):
    around = situation("nurturing", "nurturing")
    around = replace(around, salesforce={**around.salesforce, "Leadbridge_Reason__c": "no_need"})

    assert adopt(lifecycle, around, NOW)[0].reason is None


def test_a_reason_that_is_on_no_list_is_not_taken(lifecycle):
    around = full("rejected")
    around = replace(around, hubspot={**around.hubspot, "leadbridge_reason": "whatever"})

    standing, step = adopt(lifecycle, around, NOW)

    assert (standing.reason, step.reason, standing.rounds[0].reason) == (None, None, None)


def test_a_round_never_begins_after_its_stage(lifecycle):
    around = full("working")
    around = replace(around, hubspot={**around.hubspot, "leadbridge_handed_over_at": "2026-11-21T09:00:00Z"})

    assert adopt(lifecycle, around, NOW)[0].rounds == (Round(2, CHANGED, 7),)


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        (None, None, None),
        ("nurturing", None, "nurturing"),
        (None, "nurturing", "nurturing"),
        ("nurturing", "recycled", "nurturing"),
        ("nurturing", "working", "working"),
        ("working", "nurturing", "working"),
        ("working", "accepted", "accepted"),
        ("nonsense", "nurturing", "nurturing"),
        ("nurturing", "nonsense", "nurturing"),
        ("nonsense", "nonsense", None),
    ],
)
def test_where_our_two_fields_differ_salesforce_s_counts_if_sales_owns_it(lifecycle, ours, theirs, kept):
    assert kept_stage(lifecycle, situation(ours, theirs), NOW) == kept


def found(stage, since=NOW, **more):
    facts = {"adopted_at": NOW, "engaged_after": NOW, "changed_by": "bridge", "grace_until": GRACE}
    return Standing(stage, since, **(facts | more))


CLOSED = at("2026-05-05 17:00")
RUNNING = (Round(1, NOW, 1),)


@pytest.mark.parametrize(
    ("around", "expected", "why"),
    [
        pytest.param({"opportunities": (WON, OPEN)}, found("opportunity", round=1, rounds=RUNNING, owner="005", opportunity="006"),
                     "has an open opportunity", id="open"),
        pytest.param({"opportunities": (LOST, WON)}, found("won", since=CLOSED, round=1, owner="005", opportunity="006W",
                     rounds=(Round(1, CLOSED, 1, CLOSED, "won", None, "006W"),)), "has a won opportunity and none open", id="won"),
        pytest.param({"opportunities": (replace(WON, close_date=date(2027, 5, 5)),)}, found("won", round=1, owner="005",
                     opportunity="006W", rounds=(Round(1, NOW, 1, NOW, "won", None, "006W"),)),
                     "has a won opportunity and none open", id="won, and to be closed in the future"),
        pytest.param({"opportunities": (replace(WON, close_date=None),)}, found("won", round=1, owner="005",
                     opportunity="006W", rounds=(Round(1, NOW, 1, NOW, "won", None, "006W"),)),
                     "has a won opportunity and none open", id="won, nobody says when"),
        pytest.param({}, found("accepted", round=1, rounds=RUNNING, owner="005"),
                     "Lead.Status was Open - Not Contacted, owned by a user", id="a user's open lead"),
        pytest.param({"owner_is_user": False}, found("nurturing"),
                     "Lead.Status was Open - Not Contacted, owned by a queue", id="a queue's open lead"),
        pytest.param({"salesforce": LEAD | {"Status": "Working - Contacted"}, "owner_is_user": False},
                     found("working", round=1, rounds=RUNNING, owner="005"),
                     "Lead.Status was Working - Contacted, owned by a queue", id="worked on, whoever owns it"),
        pytest.param({"salesforce": LEAD | {"Status": "Closed - Not Converted"}}, found("nurturing", reason="unknown"),
                     "Lead.Status was Closed - Not Converted, owned by a user", id="closed"),
        pytest.param({"salesforce": LEAD | {"Status": None}}, found("nurturing"),
                     "Lead.Status was blank, owned by a user", id="no status"),
        pytest.param({"salesforce": LEAD | {"IsConverted": True}}, found("new"), "lifecyclestage was blank", id="converted"),
        pytest.param({"hubspot": None, "salesforce_kind": "contact"}, found("new"), "lifecyclestage was blank", id="nobody in HubSpot"),
        pytest.param({"salesforce_kind": "contact"}, found("new"), "lifecyclestage was blank", id="a Contact"),
        pytest.param({"salesforce": None, "hubspot": {"lifecyclestage": "of their own"}}, found("nurturing"),
                     "lifecyclestage was of their own", id="a word that stands in no line"),
        pytest.param({"salesforce": None, "hubspot": {"lifecyclestage": "customer"}, "opportunities": None}, found("won"),
                     "lifecyclestage was customer", id="a customer nobody knows in Salesforce"),
    ],
)  # fmt: skip
def test_who_was_there_before_stands_where_the_vendors_fields_put_him(lifecycle, around, expected, why):
    standing, step = adopt(lifecycle, situation(**around), NOW)

    assert standing == expected
    assert step == told(expected, why, expected.reason)


@pytest.mark.parametrize(
    ("created_at", "before", "expected"),
    [
        (NOW, None, True),
        (None, NOW, True),
        (LIVE, NOW, True),
        (NOW, NOW, False),
        (NOW, LIVE, False),
    ],
)
def test_who_is_older_than_the_bridge_or_of_unknown_age_is_adopted(created_at, before, expected):
    assert is_adopted(situation(created_at=created_at, adopted_before=before)) is expected


OLD = LEAD | {"CreatedDate": "2026-10-01T00:00:00.000+0000"}


def test_whom_sales_had_in_hand_before_stands_there_and_what_he_did_since_the_bridge_lives_is_news(lifecycle):
    standing, step = adopt_from_sales(lifecycle, situation(salesforce=OLD), NOW)

    assert standing == found("accepted", round=1, rounds=RUNNING, owner="005", engaged_after=LIVE)
    why = "sales knew the person first: Lead.Status was Open - Not Contacted, owned by a user"
    assert step == told(standing, why)


@pytest.mark.parametrize(
    "around",
    [
        pytest.param({"adopted_before": None}, id="the bridge does not write yet"),
        pytest.param({"salesforce": LEAD}, id="nobody knows since when"),
        pytest.param({"salesforce": None}, id="nobody there"),
        pytest.param({"salesforce": LEAD | {"CreatedDate": LIVE.isoformat()}}, id="made in that very moment"),
        pytest.param({"owner_is_user": False}, id="a queue had him"),
        pytest.param({"salesforce": OLD | {"Status": "Closed - Not Converted"}}, id="given up"),
        pytest.param({"salesforce": OLD | {"IsConverted": True}, "hubspot": {"lifecyclestage": "customer"}},
                     id="what HubSpot says of him is no word of sales"),
    ],
)  # fmt: skip
def test_whom_sales_did_not_have_in_hand_before_is_not_adopted_from_them(lifecycle, around):
    assert adopt_from_sales(lifecycle, situation(**({"salesforce": OLD} | around)), NOW) is None


BORN = at("2026-11-23 09:30")
BY_SELLER = Standing("working", BORN, round=1, rounds=(Round(1, BORN, 1),), owner="005", changed_by="005")
BY_BRIDGE = Standing("new", BORN, changed_by="bridge")


@pytest.mark.parametrize(
    ("to", "around", "standing", "step"),
    [
        ("working", {}, BY_SELLER, Step("start", "working", "seller", "005", BORN, "salesforce", "started",
                                        "a seller made the Lead or Contact by hand")),
        ("working", {"salesforce": {"OwnerId": None}}, replace(BY_SELLER, owner=None, changed_by=None),
         Step("start", "working", "seller", None, BORN, "salesforce", "started", "a seller made the Lead or Contact by hand")),
        ("working", {"salesforce": None}, replace(BY_SELLER, owner=None, changed_by=None),
         Step("start", "working", "seller", None, BORN, "salesforce", "started", "a seller made the Lead or Contact by hand")),
        ("new", {}, BY_BRIDGE, Step("start", "new", "bridge", None, BORN, "hubspot", "started", "contact in HubSpot")),
        ("new", {"created_at": None}, replace(BY_BRIDGE, since=NOW),
         Step("start", "new", "bridge", None, NOW, "hubspot", "started", "contact in HubSpot")),
        ("new", {"created_at": at("2026-11-24 10:00")}, replace(BY_BRIDGE, since=NOW),
         Step("start", "new", "bridge", None, NOW, "hubspot", "started", "contact in HubSpot")),
    ],
)  # fmt: skip
def test_who_came_after_the_bridge_starts_by_one_of_the_two_moves(lifecycle, to, around, standing, step):
    move = next(one for one in lifecycle.moves if (one.came_from, one.to) == ("start", to))

    assert start(lifecycle, move, situation(**({"created_at": BORN} | around)), NOW) == (standing, step)


def request(to, actor, side, **more):
    return Request(to, actor, None, BORN, side, **more)


MARKETERS = {"leadbridge_reason": "duplicate", "leadbridge_sales_comment": "seen twice"}
SELLERS = {"Leadbridge_Reason__c": "no_need", "Leadbridge_Sales_Comment__c": "has one"}
ANSWERED = [request("qualified", "bridge", "salesforce"), request("handed_over", "bridge", "salesforce")]


@pytest.mark.parametrize(
    ("ours", "theirs", "made_by_us", "expected"),
    [
        (None, None, False, []),
        ("new", "new", False, []),
        ("nonsense", "nonsense", False, []),
        ("disqualified", None, False, [request("disqualified", "marketer", "hubspot", reason="duplicate", comment="seen twice")]),
        ("qualified", None, True, [request("qualified", "marketer", "hubspot", reason="duplicate", comment="seen twice")]),
        (None, "rejected", False, [request("rejected", "seller", "salesforce", reason="no_need", comment="has one")]),
        (None, "handed_over", False, [request("handed_over", "seller", "salesforce", reason="no_need", comment="has one")]),
        (None, "handed_over", True, ANSWERED),
        (None, "qualified", True, ANSWERED),
        (None, "rejected", True, [*ANSWERED, request("rejected", "seller", "salesforce", reason="no_need", comment="has one")]),
        ("qualified", "accepted", False, [
            request("qualified", "marketer", "hubspot", reason="duplicate", comment="seen twice"),
            request("accepted", "seller", "salesforce", reason="no_need", comment="has one"),
        ]),
    ],
)  # fmt: skip
def test_a_stage_that_a_new_record_was_born_with_is_a_request_unless_the_bridge_gave_it(
    lifecycle, ours, theirs, made_by_us, expected
):
    around = situation(ours, theirs, bridge_created=made_by_us)
    around = replace(
        around, hubspot={**around.hubspot, **MARKETERS}, salesforce={**around.salesforce, **SELLERS}
    )

    assert asked_at_birth(lifecycle, BY_BRIDGE, around) == expected


@pytest.mark.parametrize(("giver", "asked"), [("bridge", 0), ("marketer", 1), ("seller", 1)])
def test_what_the_bridge_itself_gave_to_a_contact_is_nobodys_request(lifecycle, giver, asked):
    around = situation("nurturing", None, authors={"hubspot": (giver, "somebody", BORN)})

    assert len(asked_at_birth(lifecycle, BY_BRIDGE, around)) == asked
