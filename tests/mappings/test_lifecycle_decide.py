"""Behaviour of judging that no table of moves shows: rounds, reasons, clocks, adoption, policies."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from mappings.lifecycle import (
    Opportunity,
    Request,
    Round,
    Situation,
    Standing,
    decide,
    wants_hand_over,
)
from mappings.lifecycle.clocks import months_before, review_over_at
from mappings.lifecycle.decide import PUT_BACK_A_DAY
from mappings.lifecycle.definition import Installing, ReasonField

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


NOW = at("2026-11-23 10:00")
LIVE = at("2026-11-01 00:00")
LONG_AGO = at("2025-01-01 00:00")
ENTERED = at("2026-11-23 09:00")
READY = {
    "email": "ada@example.com", "lastname": "Lovelace", "company": "Engines", "country": "GB",
    "recent_conversion_event_name": "Contact us", "recent_conversion_date": "2026-11-20T09:00:00Z",
}  # fmt: skip
QUIET = {"email": "ada@example.com"}
LEAD = {"Id": "00Q", "OwnerId": "005", "Status": "Open - Not Contacted"}
OPEN = Opportunity("006", is_closed=False, is_won=False, created_at=NOW, close_date=date(2027, 1, 29))


def standing(stage, **more):
    running = stage in ("qualified", "handed_over", "accepted", "working", "opportunity")
    one = Round(1, ENTERED, 1, *(() if running else (ENTERED, stage)))
    facts = {"round": 1, "rounds": (one,), "owner": "005", "joined": "lead:00Q", "since": ENTERED}
    return Standing(stage, **(facts | more))


def situation(**more):
    facts = {
        "hubspot": QUIET,
        "salesforce": LEAD,
        "salesforce_kind": "lead",
        "owner_is_user": True,
        "opportunities": (),
        "adopted_before": LIVE,
        "created_at": LONG_AGO,
    }
    return Situation(**(facts | more))


def sales(to, source="stage", **given):
    return Request(to, "seller", "005", NOW, "salesforce", source, **given)


def marketing(to, **given):
    return Request(to, "marketer", "77", NOW, "hubspot", **given)


def path(outcome):
    return [(step.to, step.verdict) for step in outcome.steps]


# Hand-over.


def test_a_new_person_who_is_ready_is_handed_over_in_one_go(lifecycle):
    around = situation(hubspot=READY, salesforce=None, hand_over_owner="005", created_at=NOW)

    outcome = decide(lifecycle, None, [], around, NOW)

    assert path(outcome) == [("new", "started"), ("qualified", "legal"), ("handed_over", "legal")]
    assert outcome.hands_over
    assert outcome.standing.owner == "005"
    assert outcome.standing.due_at == at("2026-11-23 14:00")
    assert outcome.standing.rounds == (Round(1, NOW, lifecycle.version),)


def test_without_an_owner_a_person_stays_qualified_and_is_looked_at_again_at_the_deadline(lifecycle):
    around = situation(hubspot=READY, salesforce=None, created_at=NOW)

    outcome = decide(lifecycle, None, [], around, NOW)

    assert outcome.standing.stage == "qualified"
    assert not outcome.hands_over
    assert outcome.standing.due_at == at("2026-11-23 11:00")
    assert outcome.standing.wakes_at == at("2026-11-23 11:00")


@pytest.mark.parametrize("opt_out", ["hs_email_optout", "leadbridge_sales_optout"])
def test_who_opted_out_is_not_handed_over(lifecycle, opt_out):
    around = situation(hubspot=READY | {opt_out: "true"}, hand_over_owner="005")

    outcome = decide(lifecycle, standing("qualified"), [], around, NOW)

    assert outcome.standing.stage == "qualified"


@pytest.mark.parametrize("missing", ["lastname", "company", "country", "email"])
def test_nobody_is_ready_with_a_blank(lifecycle, missing):
    around = situation(hubspot=READY | {missing: ""}, salesforce=None, created_at=NOW, hand_over_owner="005")

    assert decide(lifecycle, None, [], around, NOW).standing.stage in ("new", "nurturing")


@pytest.mark.parametrize(
    ("score", "visited", "stage"),
    [
        ("50", "2026-11-20T00:00:00Z", "handed_over"),
        ("49", "2026-11-20T00:00:00Z", "nurturing"),
        ("80", "2026-09-20T00:00:00Z", "nurturing"),
        ("80", "", "new"),
    ],
)
def test_a_score_counts_with_an_engagement_of_the_last_30_days(lifecycle, score, visited, stage):
    known = READY | {
        "recent_conversion_event_name": "",
        "recent_conversion_date": "",
        "hubspotscore": score,
        "hs_analytics_last_visit_timestamp": visited,
    }
    around = situation(hubspot=known, salesforce=None, created_at=NOW, hand_over_owner="005")

    assert decide(lifecycle, None, [], around, NOW).standing.stage == stage


def test_a_form_that_was_answered_by_a_rejection_is_no_news(lifecycle):
    resting = standing("nurturing", engaged_after=at("2026-11-21 00:00"), reason="bad_timing")
    seen_again = READY | {"hs_analytics_last_visit_timestamp": "2026-11-22T09:00:00Z"}
    asked_again = READY | {"recent_conversion_date": "2026-11-22T09:00:00Z"}

    for known, stage in ((READY, "nurturing"), (seen_again, "nurturing"), (asked_again, "handed_over")):
        around = situation(hubspot=known, hand_over_owner="005")
        assert decide(lifecycle, resting, [], around, NOW).standing.stage == stage
        assert wants_hand_over(lifecycle, resting, known, NOW) is (stage == "handed_over")


def test_a_marketer_may_qualify_whom_the_bridge_would_not(lifecycle):
    resting = standing("nurturing", engaged_after=at("2026-11-21 00:00"))

    outcome = decide(lifecycle, resting, [marketing("qualified")], situation(hubspot=READY), NOW)

    assert path(outcome) == [("qualified", "legal")]
    assert wants_hand_over(lifecycle, resting, READY | {"leadbridge_stage": "qualified"}, NOW)


@pytest.mark.parametrize(
    ("stage", "asked_for", "known", "expected"),
    [
        (None, "", QUIET, False),
        (None, "", READY, True),
        (None, "handed_over", QUIET, True),
        (None, "qualified", QUIET, True),
        ("nurturing", "handed_over", QUIET, True),
        ("nurturing", "qualified", QUIET, True),
        ("nurturing", "won", QUIET, False),
        ("nurturing", "", READY, True),
        ("qualified", "", QUIET, True),
        ("working", "", READY, False),
        ("working", "handed_over", READY, True),
    ],
)
def test_an_owner_is_looked_for_where_a_hand_over_could_follow(lifecycle, stage, asked_for, known, expected):
    before = standing(stage) if stage else None

    assert wants_hand_over(lifecycle, before, known | {"leadbridge_stage": asked_for}, NOW) is expected


def test_only_a_rejection_or_a_loss_is_reviewed(lifecycle):
    over = {stage: review_over_at(lifecycle, standing(stage)) for stage in lifecycle.stages}

    assert {stage for stage, moment in over.items() if moment} == {"rejected", "lost"}


def test_a_marketer_may_not_qualify_who_is_not_ready(lifecycle):
    outcome = decide(lifecycle, standing("nurturing"), [marketing("qualified")], situation(), NOW)

    assert path(outcome) == [("qualified", "refused_guard")]
    [note] = outcome.tells
    assert "sales-ready" in note.text


def three_rounds(stage, **more):
    rounds = tuple(Round(n, at(f"2026-0{n + 5}-01 09:00"), 1, ENTERED, "rejected") for n in (1, 2, 3))
    return standing(stage, round=3, rounds=rounds, **more)


def test_after_three_rounds_in_a_year_only_a_marketer_with_a_comment_qualifies(lifecycle):
    around = situation(hubspot=READY)

    assert decide(lifecycle, three_rounds("nurturing"), [], around, NOW).steps == ()
    refused = decide(lifecycle, three_rounds("nurturing"), [marketing("qualified")], around, NOW)
    allowed = decide(lifecycle, three_rounds("nurturing"), [marketing("qualified", comment="!")], around, NOW)

    assert path(refused) == [("qualified", "refused_guard")]
    assert path(allowed) == [("qualified", "legal")]
    assert allowed.standing.round == 4


def test_rounds_of_more_than_a_year_ago_do_not_count(lifecycle):
    later = at("2027-07-02 09:00")
    recent = READY | {"recent_conversion_date": "2027-07-01T09:00:00Z"}

    outcome = decide(lifecycle, three_rounds("nurturing"), [], situation(hubspot=recent), later)

    assert path(outcome) == [("qualified", "legal")]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-23", 12, "2025-11-23"), ("2026-11-23", 6, "2026-05-23"), ("2026-11-23", 0, "2026-11-23"),
        ("2026-01-31", 1, "2025-12-31"), ("2026-12-31", 12, "2025-12-31"), ("2026-12-31", 1, "2026-11-30"),
        ("2026-03-31", 1, "2026-02-28"), ("2028-03-30", 1, "2028-02-29"), ("2028-02-29", 12, "2027-02-28"),
    ],
)  # fmt: skip
def test_months_ago_is_the_same_day_and_time_or_the_last_day_of_that_month(day, months, before):
    now, then = (datetime.fromisoformat(f"{one}T10:30:00+00:00") for one in (day, before))

    assert months_before(now, months) == then


def test_the_third_rejection_in_a_year_ends_the_way(lifecycle):
    rejected = three_rounds("rejected", reason="bad_timing")

    outcome = decide(lifecycle, rejected, [], situation(), NOW + timedelta(days=7))

    assert path(outcome) == [("disqualified", "legal")]


# Acceptance, rejection, review.


def test_a_queue_cannot_accept(lifecycle):
    around = situation(owner_is_user=False)

    outcome = decide(lifecycle, standing("handed_over"), [sales("accepted")], around, NOW)

    assert path(outcome) == [("accepted", "refused_guard")]
    assert "user and not a queue" in outcome.tells[0].text
    assert outcome.tells[0].side == "salesforce"


def test_a_status_of_working_implies_acceptance(lifecycle):
    outcome = decide(lifecycle, standing("handed_over"), [sales("working", "status")], situation(), NOW)

    assert path(outcome) == [("accepted", "implied"), ("working", "legal")]
    assert outcome.standing.accepted_at == NOW


@pytest.mark.goal("G-L6")
def test_a_step_that_neither_a_history_nor_a_rule_vouches_for_is_marked_unseen(lifecycle):
    unheld = replace(lifecycle, installing=Installing("none"))
    asked = replace(sales("working", "status"), unseen=True)
    contact = situation(salesforce={"Id": "003", "OwnerId": "005"}, salesforce_kind="contact")

    by_status = decide(unheld, standing("handed_over"), [asked], situation(), NOW)
    converted = decide(unheld, standing("handed_over"), [], contact, NOW)

    assert path(by_status) == path(converted) == [("accepted", "unseen"), ("working", "legal")]
    assert by_status.steps[1].why.endswith("; steps before it since the last look, if any, were unseen")
    assert "unseen" not in converted.steps[1].why  # a Lead is converted once


def test_a_rejection_by_status_waits_for_its_reason(lifecycle):
    closed = LEAD | {"Status": "Closed - Not Converted"}
    asked = decide(
        lifecycle, standing("handed_over"), [sales("rejected", "status")], situation(salesforce=closed), NOW
    )
    again = decide(
        lifecycle, asked.standing, [sales("rejected", "status")], situation(salesforce=closed), NOW
    )
    given = closed | {"Leadbridge_Reason__c": "no_need"}
    done = decide(
        lifecycle,
        again.standing,
        [sales("rejected", "status", reason="no_need")],
        situation(salesforce=given),
        NOW,
    )

    assert path(asked) == [("rejected", "asked")]
    assert [note.key for note in asked.tells] == ["asked"]
    assert "no_need" in asked.tells[0].text
    assert "unknown" not in asked.tells[0].text
    assert asked.standing.stage == "handed_over"
    assert again.steps == again.tells == ()
    assert path(done) == [("rejected", "legal")]
    assert done.standing.reason == "no_need"
    assert done.standing.asked is None


def test_a_question_is_forgotten_when_the_status_goes_back(lifecycle):
    waiting = standing("handed_over", asked="rejected")

    assert decide(lifecycle, waiting, [], situation(), NOW).standing.asked is None


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, "refused_guard"),
        ({"reason": "unknown"}, "refused_guard"),
        ({"reason": "price"}, "refused_guard"),
        ({"reason": "nonsense"}, "refused_guard"),
        ({"reason": "other"}, "refused_guard"),
        ({"reason": "other", "comment": "moved"}, "legal"),
        ({"reason": "no_need"}, "legal"),
    ],
)
def test_a_rejection_needs_a_reason_of_the_list(lifecycle, given, verdict):
    outcome = decide(lifecycle, standing("working"), [sales("rejected", **given)], situation(), NOW)

    assert path(outcome) == [("rejected", verdict)]
    assert (outcome.standing.stage == "rejected") is (verdict == "legal")


def test_the_seller_may_correct_his_reason_while_marketing_reviews(lifecycle):
    rejected = standing("rejected", reason="no_need")
    around = situation(salesforce=LEAD | {"Leadbridge_Reason__c": "no_contact"})

    outcome = decide(lifecycle, rejected, [], around, NOW)

    assert outcome.standing.reason == "no_contact"
    assert outcome.standing.rounds[-1].reason == "no_contact"


def test_a_rejection_can_be_disputed_once_a_round(lifecycle):
    rejected = standing("rejected", reason="no_need")
    first = decide(lifecycle, rejected, [marketing("handed_over", comment="they called")], situation(), NOW)
    back = decide(lifecycle, first.standing, [sales("rejected", reason="no_need")], situation(), NOW)
    second = decide(lifecycle, back.standing, [marketing("handed_over", comment="again")], situation(), NOW)

    assert first.hands_over
    assert first.standing.round == 1
    assert first.standing.rounds[-1].ended_at is None
    assert first.standing.due_at == at("2026-11-23 14:00")
    assert path(second) == [("handed_over", "refused_guard")]


@pytest.mark.parametrize(
    ("given_to", "owner"), [("0059", "0059"), (None, "005")], ids=["to another user", "to whom it was"]
)
def test_a_disputed_rejection_stands_with_whoever_is_given_it_before_the_record_says_so(
    lifecycle, given_to, owner
):
    around = situation(hand_over_owner=given_to, salesforce=LEAD | {"OwnerId": "005"})
    disputes = [marketing("handed_over", comment="they called")]

    outcome = decide(lifecycle, standing("rejected", reason="no_need"), disputes, around, NOW)

    assert (outcome.standing.stage, outcome.standing.owner) == ("handed_over", owner)


@pytest.mark.parametrize(
    ("stage", "reason", "days", "ends"),
    [
        ("rejected", "bad_timing", 3, "recycled"),
        ("rejected", "duplicate", 3, "disqualified"),
        ("rejected", None, 3, "recycled"),
        ("lost", "price", 5, "recycled"),
        ("lost", "duplicate", 5, "disqualified"),
    ],
)
def test_the_bridge_decides_by_the_reason_when_the_review_is_over(
    lifecycle, hours, stage, reason, days, ends
):
    before = standing(stage, reason=reason)
    over = hours.add_days(ENTERED, days)

    waiting = decide(lifecycle, before, [], situation(), over - timedelta(seconds=1))
    moved = decide(lifecycle, before, [], situation(), over)

    assert waiting.standing.stage == stage
    assert waiting.standing.wakes_at == waiting.standing.due_at == over
    assert moved.standing.stage == ends


@pytest.mark.parametrize(("reason", "days"), [("wrong_contact_data", 7), ("bad_timing", 90), (None, 180)])
def test_recycling_rests_for_the_reasons_delay_from_the_rejection(lifecycle, hours, reason, days):
    resting = standing("recycled", reason=reason, since=ENTERED + timedelta(days=4))
    over = hours.add_calendar_days(ENTERED, days)

    assert decide(lifecycle, resting, [], situation(), over - timedelta(seconds=1)).standing.wakes_at == over
    assert decide(lifecycle, resting, [], situation(), over).standing.stage == "nurturing"


# Opportunities.


def test_the_stage_follows_the_first_opportunity_opened_after_hand_over(lifecycle):
    older = replace(OPEN, id="001", created_at=ENTERED - timedelta(days=9))
    later = replace(OPEN, id="009", created_at=NOW + timedelta(hours=1))
    before = standing("working", handed_over_at=ENTERED)

    outcome = decide(lifecycle, before, [], situation(opportunities=(later, OPEN, older)), NOW)

    assert outcome.standing.opportunity == "006"
    assert outcome.standing.stage == "opportunity"


def test_the_conversions_opportunity_goes_first(lifecycle):
    made = replace(OPEN, id="007", created_at=NOW + timedelta(hours=1))
    around = situation(opportunities=(OPEN, made), converted_opportunity="007", salesforce_kind="contact")

    outcome = decide(lifecycle, standing("handed_over", handed_over_at=ENTERED), [], around, NOW)

    assert outcome.standing.opportunity == "007"
    assert path(outcome) == [("accepted", "implied"), ("opportunity", "legal")]


def test_a_conversion_without_an_opportunity_shows_work(lifecycle):
    around = situation(salesforce={"Id": "003", "OwnerId": "005"}, salesforce_kind="contact")

    outcome = decide(lifecycle, standing("handed_over"), [], around, NOW)

    assert path(outcome) == [("accepted", "implied"), ("working", "legal")]
    assert decide(lifecycle, outcome.standing, [], around, NOW).steps == ()


def test_an_opportunity_opened_and_lost_between_two_looks_is_seen_as_both(lifecycle):
    lost = replace(OPEN, is_closed=True, loss_reason="competitor_won")

    outcome = decide(
        lifecycle, standing("working", handed_over_at=ENTERED), [], situation(opportunities=(lost,)), NOW
    )

    assert path(outcome) == [("opportunity", "legal"), ("lost", "legal")]
    assert outcome.standing.reason == "competitor_won"
    assert outcome.tells == ()


@pytest.mark.parametrize(("word", "reason"), [("Too dear", "price"), ("Fate", "unknown"), (None, "unknown")])
def test_in_standard_mode_a_loss_is_told_in_the_words_of_the_companys_own_field(lifecycle, word, reason):
    own = ReasonField({"opportunity": "Why__c"}, {"Too dear": "price"})
    standard = replace(lifecycle, reason_field=own, lacking=frozenset({"Leadbridge_Loss_Reason__c"}))
    lost = replace(OPEN, is_closed=True, loss_reason=word)

    outcome = decide(
        standard, standing("opportunity", opportunity="006"), [], situation(opportunities=(lost,)), NOW
    )

    assert (outcome.standing.stage, outcome.standing.reason) == ("lost", reason)
    assert standard.reason_name("opportunity") == "Why__c"
    assert standard.reason_name("lead") is None


def test_a_loss_without_a_reason_is_unknown_and_the_owner_is_asked(lifecycle):
    lost = replace(OPEN, is_closed=True)
    before = standing("opportunity", opportunity="006")

    outcome = decide(lifecycle, before, [], situation(opportunities=(lost,)), NOW)
    told = replace(lost, loss_reason="price")
    later = decide(lifecycle, outcome.standing, [], situation(opportunities=(told,)), NOW)

    assert outcome.standing.reason == "unknown"
    assert [(note.side, note.key) for note in outcome.tells] == [("salesforce", "lost_reason")]
    assert later.standing.reason == "price"
    assert later.steps == ()


def test_a_win_that_becomes_a_loss_is_reopened_in_between(lifecycle):
    lost = replace(OPEN, is_closed=True, loss_reason="price")

    outcome = decide(lifecycle, standing("won", opportunity="006"), [], situation(opportunities=(lost,)), NOW)

    assert path(outcome) == [("opportunity", "legal"), ("lost", "legal")]
    assert outcome.standing.round == 1
    assert len(outcome.standing.rounds) == 1


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_who_is_reopened_is_in_the_hands_of_whoever_has_the_record_by_now(lifecycle, stage):
    before = standing(stage, opportunity="006", owner="005")
    around = situation(opportunities=(OPEN,), salesforce=LEAD | {"OwnerId": "0059"})

    outcome = decide(lifecycle, before, [], around, NOW)

    assert path(outcome) == [("opportunity", "legal")]
    assert outcome.standing.owner == "0059"


def test_nothing_follows_from_opportunities_nobody_looked_at(lifecycle):
    before = standing("opportunity", opportunity="006")

    outcome = decide(lifecycle, before, [], situation(opportunities=None), NOW)

    assert outcome.steps == ()


def test_an_opportunity_of_an_earlier_round_is_not_followed_again(lifecycle):
    earlier = Round(1, LONG_AGO, 1, ENTERED, "lost", "price", opportunity="006")
    before = standing("working", round=2, rounds=(earlier, Round(2, ENTERED, 1)), handed_over_at=ENTERED)
    around = situation(opportunities=(OPEN,), converted_opportunity="006")

    assert decide(lifecycle, before, [], around, NOW).steps == ()


@pytest.mark.parametrize(
    ("lacking", "kind", "called", "stage"),
    [
        (frozenset({"Leadbridge_Stage__c"}), "contact", ENTERED, "working"),
        (frozenset({"Leadbridge_Stage__c"}), "contact", ENTERED - timedelta(hours=1), "handed_over"),
        (frozenset({"Leadbridge_Stage__c"}), "contact", None, "handed_over"),
        (frozenset({"Leadbridge_Stage__c"}), "lead", ENTERED, "handed_over"),
        (frozenset(), "contact", ENTERED, "handed_over"),
    ],
)
def test_the_owner_of_a_contact_without_a_stage_answers_the_hand_off_by_what_he_does_since(
    lifecycle, lacking, kind, called, stage
):
    before = standing("handed_over", handed_over_at=ENTERED, joined=f"{kind}:00Q")
    around = situation(salesforce_kind=kind, owner_activity_at=called)

    outcome = decide(replace(lifecycle, lacking=lacking), before, [], around, NOW)

    assert outcome.standing.stage == stage


# Clocks.


def test_an_activity_starts_the_clock_of_working_again(lifecycle):
    called = at("2026-11-24 15:00")

    outcome = decide(
        lifecycle, standing("working"), [], situation(owner_activity_at=called), at("2026-11-25 09:00")
    )
    later = decide(lifecycle, outcome.standing, [], situation(), at("2026-11-26 09:00"))

    assert outcome.standing.due_at == later.standing.due_at == at("2026-12-08 15:00")


def test_an_activity_before_acceptance_does_not_count(lifecycle):
    before = standing("accepted", accepted_at=ENTERED)
    around = situation(owner_activity_at=ENTERED - timedelta(hours=1))

    assert decide(lifecycle, before, [], around, NOW).steps == ()


@pytest.mark.parametrize(
    ("close_date", "due"),
    [
        (date(2026, 11, 27), "2026-12-04 17:00"),
        (date(2027, 6, 1), "2027-01-04 09:00"),
        (None, "2027-01-04 09:00"),
    ],
)
def test_an_opportunity_is_due_after_its_close_date_or_30_days_without_change(lifecycle, close_date, due):
    around = situation(opportunities=(replace(OPEN, close_date=close_date),))

    outcome = decide(lifecycle, standing("opportunity", opportunity="006"), [], around, NOW)

    assert outcome.standing.due_at == at(due)


# Adoption and start.

WON = replace(OPEN, is_closed=True, is_won=True, close_date=date(2026, 5, 5))


@pytest.mark.parametrize(
    ("around", "stage", "reason"),
    [
        ({"opportunities": (OPEN, WON), "salesforce_kind": "contact"}, "opportunity", None),
        ({"opportunities": (WON,), "salesforce_kind": "contact"}, "won", None),
        ({"salesforce": LEAD | {"Status": "Working - Contacted"}}, "working", None),
        ({}, "accepted", None),
        ({"owner_is_user": False}, "nurturing", None),
        ({"salesforce": LEAD | {"Status": "Closed - Not Converted"}}, "nurturing", "unknown"),
        ({"salesforce": LEAD | {"Status": "Something else"}}, "nurturing", None),
        ({"salesforce": None, "hubspot": {"lifecyclestage": "customer"}}, "won", None),
        ({"salesforce": None, "hubspot": {"lifecyclestage": "subscriber"}}, "new", None),
        ({"salesforce": None, "hubspot": {"lifecyclestage": ""}}, "new", None),
        ({"salesforce": None, "hubspot": READY | {"lifecyclestage": "marketingqualifiedlead"}}, "nurturing", None),
        ({"salesforce": None, "hubspot": READY | {"lifecyclestage": "subscriber"}}, "new", None),
    ],
)  # fmt: skip
def test_who_was_there_before_is_adopted_and_never_handed_over(lifecycle, around, stage, reason):
    outcome = decide(lifecycle, None, [], situation(hand_over_owner="005", **around), NOW)

    assert path(outcome) == [(stage, "adopted")]
    assert outcome.standing.reason == reason
    assert outcome.standing.engaged_after == outcome.standing.adopted_at == NOW
    assert not outcome.hands_over
    assert outcome.tells == ()
    has_deadline = stage in ("accepted", "working", "opportunity")
    assert outcome.standing.due_at == (at("2026-12-07 10:00") if has_deadline else None)
    assert (
        decide(lifecycle, outcome.standing, [], situation(hand_over_owner="005", **around), NOW).steps == ()
    )


def test_an_adopted_win_keeps_the_vendors_date(lifecycle):
    outcome = decide(lifecycle, None, [], situation(opportunities=(WON,)), NOW)

    assert outcome.standing.since == at("2026-05-05 17:00")
    assert outcome.standing.opportunity == "006"


def test_an_activity_after_adoption_starts_the_usual_clock(lifecycle):
    working = situation(salesforce=LEAD | {"Status": "Working - Contacted"})
    adopted = decide(lifecycle, None, [], working, NOW).standing
    called = replace(working, owner_activity_at=at("2026-11-25 15:00"))

    assert decide(lifecycle, adopted, [], called, NOW).standing.due_at == at("2026-12-09 15:00")


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        ("recycled", None, "recycled"),
        (None, "working", "working"),
        ("nurturing", "working", "working"),
        ("rejected", "recycled", "rejected"),
        ("handed_over", "nurturing", "handed_over"),
        ("retired_stage", None, "accepted"),
    ],
)
def test_a_stage_in_our_own_field_is_kept(lifecycle, ours, theirs, kept):
    around = situation(
        hubspot=QUIET | {"leadbridge_stage": ours, "leadbridge_round": "2", "leadbridge_reason": "bad_timing",
                         "leadbridge_stage_changed_at": "2026-11-20T09:00:00Z"},
        salesforce=LEAD | {"Leadbridge_Stage__c": theirs},
    )  # fmt: skip

    outcome = decide(lifecycle, None, [], around, NOW)

    assert path(outcome) == [(kept, "adopted")]
    if kept != "accepted":
        assert outcome.standing.since == datetime(2026, 11, 20, 9, tzinfo=UTC)
        assert outcome.standing.round == 2
        assert outcome.standing.reason == "bad_timing"


def test_a_kept_stage_goes_on_with_the_opportunity_it_followed_though_it_was_lost_meanwhile(lifecycle):
    lost = Opportunity(
        "0061", is_closed=True, is_won=False, created_at=ENTERED, close_date=date(2026, 11, 23)
    )
    won_before = Opportunity(
        "0060", is_closed=True, is_won=True, created_at=LONG_AGO, close_date=date(2026, 1, 1)
    )
    around = situation(
        hubspot=QUIET
        | {"leadbridge_stage": "opportunity", "leadbridge_handed_over_at": "2026-11-20T09:00:00Z"},
        salesforce_kind="contact",
        opportunities=(won_before, lost),
    )

    outcome = decide(lifecycle, None, [], around, NOW)

    assert [step.to for step in outcome.steps] == ["opportunity", "lost"]
    assert outcome.standing.opportunity == "0061"


@pytest.mark.parametrize(
    ("beside", "followed"),
    [
        ((), "0061"),
        (({"id": "0060", "is_won": True},), "0060"),
        (({"id": "0060", "is_won": True}, {"id": "0062", "is_closed": False}), "0062"),
    ],
    ids=["lost", "won", "open"],
)
def test_a_kept_stage_without_an_opportunity_of_its_round_follows_one_that_is_open_else_won_else_lost(
    lifecycle, beside, followed
):
    lost = Opportunity(
        "0061", is_closed=True, is_won=False, created_at=LONG_AGO, close_date=date(2026, 11, 20)
    )
    around = situation(
        hubspot=QUIET
        | {"leadbridge_stage": "opportunity", "leadbridge_stage_changed_at": "2026-11-20T09:00:00Z"},
        salesforce_kind="contact",
        opportunities=(lost, *(replace(lost, **one) for one in beside)),
    )

    assert decide(lifecycle, None, [], around, NOW).standing.opportunity == followed


def test_a_kept_deadline_stays_as_it_stands(lifecycle):
    around = situation(
        hubspot=QUIET | {"leadbridge_stage": "working", "leadbridge_sla_due_at": "2026-11-30T10:00:00Z"}
    )

    assert decide(lifecycle, None, [], around, NOW).standing.due_at == datetime(2026, 11, 30, 10, tzinfo=UTC)


def test_a_lead_that_a_seller_made_by_hand_starts_as_working(lifecycle):
    around = situation(sales_created=True, created_at=NOW)

    outcome = decide(lifecycle, None, [], around, NOW)

    assert path(outcome) == [("working", "started")]
    assert outcome.steps[0].actor == "seller"
    assert outcome.standing.owner == "005"
    assert outcome.standing.round == 1
    assert outcome.standing.due_at is not None


def test_a_seller_who_makes_a_lead_of_a_known_person_takes_him(lifecycle):
    known = standing("nurturing", joined=None, rounds=(), round=0)
    around = situation(sales_created=True, created_at=NOW)

    outcome = decide(lifecycle, known, [], around, NOW)
    given_back = decide(lifecycle, outcome.standing, [sales("rejected", reason="no_need")], around, NOW)
    resting = replace(given_back.standing, stage="nurturing")

    assert path(outcome) == [("working", "legal")]
    assert decide(lifecycle, resting, [], around, NOW).steps == ()


OLD = LEAD | {"CreatedDate": "2025-01-01T00:00:00.000+0000"}


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ({"salesforce": OLD | {"Status": "Working - Contacted"}}, ["working"]),
        ({"salesforce": OLD, "opportunities": (OPEN,), "salesforce_kind": "contact"}, ["opportunity"]),
        ({"salesforce": OLD, "opportunities": (WON,), "salesforce_kind": "contact"}, ["won", "qualified", "handed_over"]),
        ({"salesforce": OLD | {"Status": "Closed - Not Converted"}}, ["new", "qualified", "handed_over"]),
        ({"salesforce": OLD, "salesforce_kind": "contact"}, ["new", "qualified", "handed_over"]),
    ],
)  # fmt: skip
def test_whom_sales_had_in_hand_before_is_not_new_when_he_turns_up_in_hubspot(lifecycle, around, expected):
    outcome = decide(
        lifecycle, None, [], situation(hubspot=READY, hand_over_owner="005", created_at=NOW, **around), NOW
    )

    assert [step.to for step in outcome.steps] == expected


def test_a_stage_given_to_a_new_record_is_a_request(lifecycle):
    around = situation(hubspot=QUIET | {"leadbridge_stage": "won"}, salesforce=None, created_at=NOW)

    outcome = decide(lifecycle, None, [], around, NOW)

    assert path(outcome) == [("new", "started"), ("won", "illegal")]


# Policies, and other things that must not be forgotten.


@pytest.mark.parametrize(
    ("policy", "verdict", "stage", "notes"),
    [("revert", "illegal", "nurturing", 1), ("accept", "accepted_illegal", "rejected", 0), ("flag", "flagged", "nurturing", 1)],
)  # fmt: skip
def test_an_illegal_edit_follows_the_policy(lifecycle, policy, verdict, stage, notes):
    lenient = replace(lifecycle, illegal=policy)
    around = situation(hubspot=QUIET | {"leadbridge_stage": "rejected"})

    outcome = decide(lenient, standing("nurturing"), [marketing("rejected")], around, NOW)

    assert path(outcome) == [("rejected", verdict)]
    assert outcome.standing.stage == stage
    assert len(outcome.tells) == notes


STAGE_FIELDS = frozenset({"leadbridge_stage", "Leadbridge_Stage__c"})


@pytest.mark.parametrize(
    ("lacking", "policy", "verdict"),
    [
        (STAGE_FIELDS, "flag", "flagged"),
        (STAGE_FIELDS, "revert", "refused_guard"),
        (STAGE_FIELDS, "accept", "refused_guard"),
        (frozenset(), "flag", "refused_guard"),
        (frozenset(), "revert", "refused_guard"),
    ],
)
def test_a_status_that_asks_for_too_much_is_left_only_where_it_is_all_that_people_have(
    lifecycle, lacking, policy, verdict
):
    machine = replace(lifecycle, lacking=lacking, illegal=policy)
    at_queue = situation(owner_is_user=False)

    outcome = decide(machine, standing("handed_over"), [sales("working", "status")], at_queue, NOW)

    assert path(outcome) == [("working", verdict)]
    assert outcome.standing.stage == "handed_over"
    assert len(outcome.tells) == 1


@pytest.mark.fault("F34")
def test_an_illegal_stage_that_does_not_stand_any_more_is_not_left_as_it_stands(lifecycle):
    lenient = replace(lifecycle, illegal="flag")

    outcome = decide(lenient, standing("nurturing"), [marketing("rejected", stands=False)], situation(), NOW)

    assert path(outcome) == [("rejected", "illegal")]
    assert outcome.standing.flagged is None
    assert ["put back" in tell.text for tell in outcome.tells] == [True]


@pytest.mark.fault("F34")
def test_a_status_that_does_not_stand_any_more_and_lacks_its_reason_is_refused_and_not_waited_for(lifecycle):
    hidden = sales("rejected", "status", stands=False)

    outcome = decide(lifecycle, standing("handed_over"), [hidden], situation(), NOW)

    assert path(outcome) == [("rejected", "refused_guard")]
    assert outcome.standing.asked is None
    assert len(outcome.tells) == 1


@pytest.mark.parametrize("to", ["", "nonsense"])
@pytest.mark.parametrize("policy", ["revert", "accept", "flag"])
def test_what_is_no_stage_is_always_put_back(lifecycle, to, policy):
    outcome = decide(
        replace(lifecycle, illegal=policy), standing("nurturing"), [marketing(to)], situation(), NOW
    )

    assert path(outcome) == [(to, "illegal")]
    assert outcome.standing.stage == "nurturing"


@pytest.mark.invariant("I9")
@pytest.mark.fault("F33")
@pytest.mark.parametrize("to", ["won", ""])
def test_what_comes_back_whenever_it_was_put_back_is_left_at_last(lifecycle, to):
    stands, verdicts = standing("nurturing"), []
    around = situation(hubspot=QUIET | {"leadbridge_stage": to})
    for minute in range(PUT_BACK_A_DAY + 1):
        at = NOW + timedelta(minutes=minute)
        outcome = decide(lifecycle, stands, [replace(marketing(to), at=at)], around, at)
        stands = outcome.standing
        verdicts.append(path(outcome)[-1])

    assert verdicts == [*[(to, "illegal")] * PUT_BACK_A_DAY, (to, "flagged")]
    assert (stands.stage, stands.flagged) == ("nurturing", ("hubspot", to))


@pytest.mark.invariant("I9")
def test_what_was_put_back_yesterday_does_not_count_today(lifecycle):
    stands = replace(standing("nurturing"), put_back=(NOW - timedelta(days=1),) * PUT_BACK_A_DAY)

    outcome = decide(lifecycle, stands, [marketing("won")], situation(), NOW)

    assert path(outcome) == [("won", "illegal")]
    assert len(outcome.standing.put_back) == 1


def test_our_own_write_whose_receipt_was_lost_is_taken_over_in_silence(lifecycle):
    ours = Request("accepted", "bridge", None, NOW, "salesforce")

    outcome = decide(lifecycle, standing("handed_over"), [ours], situation(), NOW)

    assert path(outcome) == [("accepted", "legal")]
    assert outcome.tells == ()


def test_what_the_bridge_did_in_several_moves_before_it_died_is_taken_over_move_by_move(lifecycle):
    ours = Request("handed_over", "bridge", None, NOW, "salesforce")

    outcome = decide(lifecycle, standing("nurturing"), [ours], situation(), NOW)

    assert path(outcome) == [("qualified", "implied"), ("handed_over", "legal")]
    assert outcome.tells == ()


def test_requests_are_judged_in_the_order_of_the_vendors_time(lifecycle):
    first = replace(sales("accepted"), at=NOW - timedelta(minutes=9))
    second = replace(sales("rejected", reason="no_need"), at=NOW - timedelta(minutes=3))

    outcome = decide(lifecycle, standing("handed_over"), [second, first], situation(), NOW)

    assert path(outcome) == [("accepted", "legal"), ("rejected", "legal")]
    assert [step.at for step in outcome.steps] == [first.at, second.at]


def test_withdrawing_ends_the_round_and_the_next_is_numbered_on(lifecycle):
    withdrawn = decide(
        lifecycle, standing("handed_over"), [marketing("nurturing", comment="mistake")], situation(), NOW
    )
    fresh = READY | {"recent_conversion_date": "2026-11-23T12:00:00Z"}
    again = decide(lifecycle, withdrawn.standing, [], situation(hubspot=fresh, hand_over_owner="005"), NOW)

    assert withdrawn.standing.rounds[-1].end == "nurturing"
    assert [one.number for one in again.standing.rounds] == [1, 2]
    assert again.standing.definition_version == lifecycle.version


def test_a_standing_survives_the_store(lifecycle):
    before = replace(
        standing("won", opportunity="006", activity_on=date(2026, 11, 23), flagged=("hubspot", "won")),
        put_back=(NOW,),
        due_at=NOW,
        comment="Grüße",
    )

    assert msgspec.json.decode(msgspec.json.encode(before), type=Standing) == before


def test_the_same_question_has_the_same_answer(lifecycle):
    around = situation(hubspot=READY, salesforce=None, hand_over_owner="005", created_at=NOW)

    assert decide(lifecycle, None, [], around, NOW) == decide(lifecycle, None, [], around, NOW)


@pytest.mark.fault("F37")
@pytest.mark.parametrize("shown", ["handed_over", "accepted"])
def test_a_lead_that_the_bridge_made_before_it_died_was_handed_over_and_that_is_nobody_s_request(
    lifecycle, shown
):
    """The upsert was committed, the standing was not kept; a seller may have gone on since."""
    around = situation(
        hubspot=READY,
        salesforce=LEAD | {"Leadbridge_Stage__c": shown},
        hand_over_owner="005",
        bridge_created=True,
        created_at=NOW - timedelta(minutes=1),
    )

    outcome = decide(lifecycle, None, [], around, NOW)

    assert outcome.standing.stage == shown
    assert outcome.standing.round == 1
    assert outcome.standing.handed_over_at is not None
    assert outcome.tells == ()
    assert [step.to for step in outcome.steps[:3]] == ["new", "qualified", "handed_over"]
    assert {step.verdict for step in outcome.steps} <= {"started", "legal"}
