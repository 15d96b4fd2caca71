"""What an edit asks for on either side, and what is no request at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mappings.lifecycle import Standing, read_requests
from mappings.lifecycle.definition import Installing

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HISTORY_START = NOW - timedelta(hours=5)


def standing(stage="handed_over", **more):
    return Standing(stage, NOW - timedelta(days=1), **({"joined": "lead:00Q"} | more))


def read(lifecycle, stands, side, kind, shown, values, history=(), is_bridge=False, **more):
    return read_requests(
        lifecycle, stands, side, kind, shown, values, history, NOW, "user", is_bridge, **more
    )


def in_hubspot(lifecycle, stands, shown, now, history=(), **more):
    return read(
        lifecycle,
        stands,
        "hubspot",
        "contact",
        {"leadbridge_stage": shown},
        {"leadbridge_stage": now},
        history,
        **more,
    )


def on_lead(lifecycle, stands, values, shown=None, **more):
    known = {"Leadbridge_Stage__c": stands.stage, "Status": "Open - Not Contacted"}
    return read(
        lifecycle, stands, "salesforce", "lead", known if shown is None else shown, known | values, **more
    )


def steps(requests):
    return [(one.to, one.actor, one.source) for one in requests]


def test_an_edit_of_the_stage_is_a_request_of_the_side_where_it_was_made(lifecycle):
    [ours] = in_hubspot(lifecycle, standing(), "handed_over", "nurturing")
    [theirs] = on_lead(lifecycle, standing(), {"Leadbridge_Stage__c": "accepted"})

    assert (ours.to, ours.actor, ours.side, ours.source) == ("nurturing", "marketer", "hubspot", "stage")
    assert (theirs.to, theirs.actor, theirs.side) == ("accepted", "seller", "salesforce")
    assert (theirs.at, theirs.user) == (NOW, "user")


@pytest.mark.parametrize(
    ("shown", "now"),
    [
        ("handed_over", "handed_over"),
        ("qualified", "qualified"),
        (None, "handed_over"),
        (None, None),
        ("", ""),
    ],
)
def test_what_is_known_or_already_so_is_no_request(lifecycle, shown, now):
    assert in_hubspot(lifecycle, standing(), shown, now) == []


def test_a_field_that_was_not_seen_asks_for_nothing(lifecycle):
    assert read(lifecycle, standing(), "hubspot", "contact", {"leadbridge_stage": "qualified"}, {}) == []


def test_nobody_without_a_standing_asks(lifecycle):
    assert in_hubspot(lifecycle, None, None, "won") == []


@pytest.mark.parametrize("kind", ["company", "deal"])
def test_only_people_have_a_stage(lifecycle, kind):
    values = {"leadbridge_stage": "won"}

    assert read(lifecycle, standing(), "hubspot", kind, {}, values) == []


def test_clearing_the_stage_is_a_request_for_none(lifecycle):
    assert steps(in_hubspot(lifecycle, standing(), "handed_over", "")) == [("", "marketer", "stage")]
    assert steps(on_lead(lifecycle, standing(), {"Leadbridge_Stage__c": None})) == [("", "seller", "stage")]


def test_a_contact_that_a_lead_became_does_not_ask_by_what_it_carries(lifecycle):
    for carried in (None, "working", "nurturing"):
        assert (
            read(lifecycle, standing(), "salesforce", "contact", {}, {"Leadbridge_Stage__c": carried}) == []
        )

    later = standing(joined="contact:003")
    known = {"Leadbridge_Stage__c": "handed_over"}
    asked = read(lifecycle, later, "salesforce", "contact", known, {"Leadbridge_Stage__c": "accepted"})
    assert steps(asked) == [("accepted", "seller", "stage")]


def test_who_acts_for_the_other_team_is_told_by_the_teams(lifecycle):
    [request] = in_hubspot(
        lifecycle, standing(), "handed_over", "accepted", actor_of=lambda _side, _user: "seller"
    )

    assert request.actor == "seller"


def history(*newest_first):
    """(value, by) newest first; `us` is the bridge."""
    return [
        (value, NOW - timedelta(minutes=minutes), by, by == "us")
        for minutes, (value, by) in enumerate(newest_first)
    ]


@pytest.mark.parametrize(
    ("newest_first", "asked"),
    [
        ([("nurturing", "a"), ("handed_over", "us")], ["nurturing"]),
        ([("qualified", "b"), ("nurturing", "a"), ("handed_over", "us")], ["nurturing", "qualified"]),
        ([("won", "a"), ("lost", "b"), ("handed_over", "us"), ("new", "us")], ["lost", "won"]),
        ([("nurturing", "a"), ("handed_over", "a"), ("new", "us")], ["nurturing"]),
        ([("nurturing", "a")], ["nurturing"]),
        ([("", "a"), ("handed_over", "us")], [""]),
    ],
)
def test_hubspots_history_gives_every_step_since_the_last_known(lifecycle, newest_first, asked):
    requests = in_hubspot(lifecycle, standing(), "handed_over", newest_first[0][0], history(*newest_first))

    assert [one.to for one in requests] == asked
    assert [one.at for one in requests] == sorted(one.at for one in requests)
    assert {one.user for one in requests} <= {"a", "b"}


@pytest.mark.goal("G-L6")
def test_every_step_since_the_last_look_is_judged_also_where_one_of_them_went_back(lifecycle):
    steps = history(
        ("qualified", "b"), ("nurturing", "a"), ("recycled", "a"), ("nurturing", "us"), ("new", "us")
    )
    stands = standing("nurturing")

    known = in_hubspot(lifecycle, stands, "nurturing", "qualified", steps, since=steps[3][1])
    unsure = in_hubspot(lifecycle, stands, "nurturing", "qualified", steps)
    unlike = in_hubspot(lifecycle, stands, "new", "qualified", steps, since=steps[2][1])

    assert [one.to for one in known] == ["recycled", "nurturing", "qualified"]
    assert [one.to for one in unsure] == ["qualified"]
    assert [one.to for one in unlike] == ["recycled", "nurturing", "qualified"]


@pytest.mark.goal("G-L6")
def test_a_stage_that_was_left_elsewhere_and_came_back_is_asked_for_step_by_step(lifecycle):
    stands = standing("nurturing", flagged=("hubspot", "handed_over"))
    there_and_back = history(("nurturing", "a"), ("disqualified", "b"), ("handed_over", "b"))
    put_right = history(("nurturing", "us"), ("handed_over", "b"))

    asked = in_hubspot(lifecycle, stands, "handed_over", "nurturing", there_and_back)

    assert [(one.to, one.user) for one in asked] == [("disqualified", "b"), ("nurturing", "a")]
    assert in_hubspot(lifecycle, stands, "handed_over", "nurturing", put_right) == []
    assert in_hubspot(lifecycle, stands, "handed_over", "nurturing") == []


@pytest.mark.goal("G-L6")
def test_what_stood_between_two_looks_is_unseen_without_history_and_rules(lifecycle):
    unheld = replace(lifecycle, installing=Installing("none"))
    accepted, working = {"Leadbridge_Stage__c": "accepted"}, {"Status": "Working - Contacted"}

    def unseen(requests):
        return [one.unseen for one in requests]

    assert unseen(in_hubspot(lifecycle, standing(), "handed_over", "nurturing")) == [True]
    told = history(("nurturing", "a"), ("handed_over", "us"))
    assert unseen(in_hubspot(lifecycle, standing(), "handed_over", "nurturing", told)) == [False]
    for edit in (accepted, working):
        assert unseen(on_lead(lifecycle, standing(), edit)) == [False]
        assert unseen(on_lead(unheld, standing(), edit)) == [True]
    assert unseen(on_lead(unheld, standing(), accepted, is_bridge=True)) == [False]


def test_a_history_that_lags_behind_the_value_is_not_used(lifecycle):
    requests = in_hubspot(lifecycle, standing(), "handed_over", "nurturing", history(("handed_over", "us")))

    assert [(one.to, one.at) for one in requests] == [("nurturing", NOW)]


def test_our_own_write_is_the_bridges_request(lifecycle):
    by_history = in_hubspot(lifecycle, standing(), "qualified", "accepted", history(("accepted", "us")))
    by_user = on_lead(
        lifecycle,
        standing(),
        {"Leadbridge_Stage__c": "accepted"},
        shown={"Leadbridge_Stage__c": "qualified"},
        is_bridge=True,
    )

    assert steps(by_history) == steps(by_user) == [("accepted", "bridge", "stage")]


@pytest.mark.parametrize("stage", ["handed_over", "accepted"])
@pytest.mark.parametrize(
    ("status", "to"), [("Working - Contacted", "working"), ("Closed - Not Converted", "rejected")]
)
def test_two_edits_of_the_lead_status_are_requests(lifecycle, stage, status, to):
    requests = on_lead(lifecycle, standing(stage), {"Status": status})

    assert steps(requests) == [(to, "seller", "status")]


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("handed_over", "Open - Not Contacted"),
        ("working", "Closed - Not Converted"),
        ("working", "Open - Not Contacted"),
        ("recycled", "Working - Contacted"),
        ("handed_over", "Something else"),
    ],
)
def test_any_other_edit_of_the_lead_status_asks_for_nothing(lifecycle, stage, status):
    assert on_lead(lifecycle, standing(stage), {"Status": status}) == []


def test_a_status_that_still_stands_from_before_asks_for_nothing(lifecycle):
    closed = {"Leadbridge_Stage__c": "handed_over", "Status": "Closed - Not Converted"}

    assert on_lead(lifecycle, standing(), closed, shown=closed) == []


def test_a_rejection_that_waits_for_its_reason_is_read_again(lifecycle):
    closed = {"Leadbridge_Stage__c": "handed_over", "Status": "Closed - Not Converted"}
    waiting = standing(asked="rejected")

    [request] = on_lead(lifecycle, waiting, closed | {"Leadbridge_Reason__c": "no_need"}, shown=closed)

    assert (request.to, request.source, request.reason) == ("rejected", "status", "no_need")


def test_a_seller_gives_reason_and_comment_on_the_record(lifecycle):
    given = {
        "Leadbridge_Stage__c": "rejected",
        "Leadbridge_Reason__c": "other",
        "Leadbridge_Sales_Comment__c": "moved",
    }

    [request] = on_lead(lifecycle, standing(), given)

    assert (request.reason, request.comment) == ("other", "moved")


def test_a_marketer_gives_what_he_has_changed(lifecycle):
    stands = standing("rejected", reason="no_need", comment="call in May")
    shown = {
        "leadbridge_stage": "rejected", "leadbridge_reason": "no_need", "leadbridge_sales_comment": "call in May",
    }  # fmt: skip
    untouched = shown | {"leadbridge_stage": "disqualified"}
    changed = untouched | {"leadbridge_reason": "duplicate", "leadbridge_sales_comment": "see Bob"}

    [first] = read(lifecycle, stands, "hubspot", "contact", shown, untouched)
    [second] = read(lifecycle, stands, "hubspot", "contact", shown, changed)

    assert (first.reason, first.comment) == (None, None)
    assert (second.reason, second.comment) == ("duplicate", "see Bob")


@pytest.mark.parametrize(
    ("stood", "known", "now", "given"),
    [
        ("no_need", None, "no_need", None),
        ("no_need", "duplicate", "no_need", None),
        ("no_need", "duplicate", "duplicate", None),
        ("no_need", "no_need", "duplicate", "duplicate"),
        ("no_need", "no_need", "call in May", "call in May"),
        (None, None, "no_need", "no_need"),
        ("no_need", "no_need", None, None),
    ],
)
def test_what_is_the_person_s_own_or_was_known_there_is_not_given_anew(lifecycle, stood, known, now, given):
    """Each of the two fields is held against what the person has in that one."""
    [by_reason] = read(
        lifecycle, standing("rejected", reason=stood, comment="call in May"), "hubspot", "contact",
        {"leadbridge_stage": "rejected", "leadbridge_reason": known},
        {"leadbridge_stage": "disqualified", "leadbridge_reason": now},
    )  # fmt: skip
    [by_comment] = read(
        lifecycle, standing("rejected", reason="call in May", comment=stood), "hubspot", "contact",
        {"leadbridge_stage": "rejected", "leadbridge_sales_comment": known},
        {"leadbridge_stage": "disqualified", "leadbridge_sales_comment": now},
    )  # fmt: skip

    assert (by_reason.reason, by_comment.comment) == (given, given)


@pytest.mark.parametrize(
    ("stage", "opportunity", "asked"),
    [
        ("handed_over", "006", [("opportunity", "seller", "conversion")]),
        ("recycled", "006", [("opportunity", "seller", "conversion")]),
        ("handed_over", None, [("working", "seller", "conversion")]),
        ("recycled", None, []),
    ],
)
def test_a_conversion_is_a_request_once(lifecycle, stage, opportunity, asked):
    converted = {"IsConverted": True, "Status": "Closed - Converted", "ConvertedOpportunityId": opportunity}

    assert steps(on_lead(lifecycle, standing(stage), converted)) == asked
    assert on_lead(lifecycle, standing(stage), converted, shown=converted) == []


@pytest.mark.parametrize(
    ("stage", "opportunity", "asked"),
    [
        ("nurturing", None, [("working", "seller", "stage")]),
        ("working", None, []),
        ("nurturing", "006", [("opportunity", "seller", "conversion")]),
        ("handed_over", None, [("working", "seller", "conversion")]),
    ],
)
def test_a_stage_that_was_chosen_before_a_conversion_stands_where_the_conversion_asks_for_none(
    lifecycle, stage, opportunity, asked
):
    converted = {"Leadbridge_Stage__c": "working", "IsConverted": True, "ConvertedOpportunityId": opportunity}

    assert steps(on_lead(lifecycle, standing(stage), converted)) == asked
    assert on_lead(lifecycle, standing(stage), converted, shown={"IsConverted": True}) == []


def test_a_flagged_edit_is_not_read_again(lifecycle):
    flagged = replace(standing(), flagged=("hubspot", "won"))

    assert in_hubspot(lifecycle, flagged, "handed_over", "won") == []
    assert len(in_hubspot(lifecycle, flagged, "handed_over", "lost")) == 1
