"""What both sides show for every stage, what is left alone, and that showing twice writes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings import raw
from mappings.documents import parse
from mappings.documents.lifecycle import LifecycleDocument
from mappings.lifecycle import Projection, Standing, compile_lifecycle, project

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
SHOWN = {
    # stage: lifecyclestage, hs_lead_status, Lead.Status of a fresh record
    "new": ("lead", "", None),
    "nurturing": ("lead", "", "Closed - Not Converted"),
    "qualified": ("marketingqualifiedlead", "NEW", None),
    "handed_over": ("marketingqualifiedlead", "OPEN", "Open - Not Contacted"),
    "accepted": ("salesqualifiedlead", "IN_PROGRESS", "Open - Not Contacted"),
    "working": ("salesqualifiedlead", "CONNECTED", "Working - Contacted"),
    "opportunity": ("opportunity", "OPEN_DEAL", None),
    "won": ("customer", "", None),
    "lost": (None, "", None),
    "rejected": (None, "UNQUALIFIED", "Closed - Not Converted"),
    "recycled": (None, "BAD_TIMING", "Closed - Not Converted"),
    "disqualified": (None, "UNQUALIFIED", "Closed - Not Converted"),
}
ORDER = ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"]


def standing(stage, **more):
    return Standing(
        stage, NOW, **({"round": 1, "due_at": NOW + timedelta(hours=4), "changed_by": "bridge"} | more)
    )


def contact(lifecycle, **values):
    return lifecycle.blank("hubspot", "contact") | values


def lead(lifecycle, **values):
    return lifecycle.blank("salesforce", "lead") | {"Id": "00Q"} | values


@pytest.mark.parametrize("stage", SHOWN)
def test_every_stage_is_shown_as_the_table_says(lifecycle, stage):
    lifecyclestage, lead_status, status = SHOWN[stage]
    busy = contact(lifecycle, hs_lead_status="SOMETHING")

    shown = project(lifecycle, standing(stage), busy, lead(lifecycle, Status="Something"), "lead")

    assert shown.hubspot.get("lifecyclestage") == lifecyclestage
    assert shown.hubspot["hs_lead_status"] == lead_status
    assert shown.salesforce.get("Status") == status
    assert shown.hubspot["leadbridge_stage"] == shown.salesforce["Leadbridge_Stage__c"] == stage


@pytest.mark.parametrize("stage", SHOWN)
@pytest.mark.parametrize("found", ORDER)
def test_lifecyclestage_is_never_moved_back(lifecycle, stage, found):
    wanted = SHOWN[stage][0]

    shown = project(lifecycle, standing(stage), contact(lifecycle, lifecyclestage=found), None, None)

    moves_on = wanted is not None and ORDER.index(wanted) > ORDER.index(found)
    assert shown.hubspot.get("lifecyclestage") == (wanted if moves_on else None)


@pytest.mark.parametrize("found", ["evangelist", "other", "987654321"])
def test_a_lifecyclestage_of_the_portals_own_is_left_alone(lifecycle, found):
    shown = project(lifecycle, standing("won"), contact(lifecycle, lifecyclestage=found), None, None)

    assert "lifecyclestage" not in shown.hubspot


FOLLOWED = {name: values[0] for name, values in SHOWN.items()} | {
    "lost": "salesqualifiedlead",
    "rejected": "marketingqualifiedlead",
    "recycled": "lead",
    "disqualified": "other",
}


@pytest.fixture(scope="module")
def following(hours, shipped_text):
    """The shipped lifecycle with the other policy: one word is edited."""
    text = shipped_text.replace("    policy: high_water ", "    policy: follow ", 1)
    document, mistakes = parse(LifecycleDocument, text, "lifecycle.yaml")
    assert mistakes == []
    return compile_lifecycle(document, hours)


@pytest.mark.parametrize("stage", FOLLOWED)
@pytest.mark.parametrize("found", [*ORDER, "other", "987654321", ""])
def test_a_followed_lifecyclestage_shows_every_stage_cleared_first_where_hubspot_may_call_it_earlier(
    following, stage, found
):
    wanted = FOLLOWED[stage]
    is_onward = found in ORDER and wanted in ORDER and ORDER.index(found) < ORDER.index(wanted)

    first = project(following, standing(stage), contact(following, lifecyclestage=found), None, None)
    after = first.hubspot.get("lifecyclestage", found)
    second = project(following, standing(stage), contact(following, lifecyclestage=after), None, None)

    if found == wanted:
        assert "lifecyclestage" not in first.hubspot
        assert first.cleared == {}
    elif found == "" or is_onward:
        assert after == wanted
        assert first.cleared == {}
    else:
        assert after == ""
        assert first.cleared == {"lifecyclestage": wanted}
        assert second.hubspot["lifecyclestage"] == wanted
    assert second.cleared == {}


def test_who_follows_leaves_alone_what_no_stage_shows(following):
    for stage in FOLLOWED:
        shown = project(
            following, standing(stage), contact(following, lifecyclestage="evangelist"), None, None
        )

        assert "lifecyclestage" not in shown.hubspot


@pytest.mark.parametrize(
    ("stage", "found", "written"),
    [
        ("working", "ATTEMPTED_TO_CONTACT", None),
        ("working", "CONNECTED", None),
        ("working", "OPEN", "CONNECTED"),
        ("won", "OPEN_DEAL", ""),
        ("won", "", None),
    ],
)
def test_of_several_values_the_first_is_written_and_the_others_are_left_alone(
    lifecycle, stage, found, written
):
    shown = project(lifecycle, standing(stage), contact(lifecycle, hs_lead_status=found), None, None)

    assert shown.hubspot.get("hs_lead_status") == written


def test_a_converted_lead_is_never_written(lifecycle):
    converted = lead(lifecycle, IsConverted=True, Status="Closed - Converted")

    assert project(lifecycle, standing("opportunity"), None, converted, "lead").is_empty


def test_a_contact_has_no_status(lifecycle):
    values = lifecycle.blank("salesforce", "contact")

    shown = project(lifecycle, standing("working"), None, values, "contact")

    assert "Status" not in shown.salesforce
    assert shown.salesforce["Leadbridge_Stage__c"] == "working"


def test_the_status_waits_while_a_reason_is_asked_for(lifecycle):
    closed = lead(lifecycle, Status="Closed - Not Converted")

    assert (
        "Status"
        not in project(lifecycle, standing("accepted", asked="rejected"), None, closed, "lead").salesforce
    )
    assert "Status" in project(lifecycle, standing("accepted"), None, closed, "lead").salesforce


def test_a_flagged_edit_is_left_standing_on_its_side_only(lifecycle):
    flagged = standing("nurturing", flagged=("hubspot", "won"))

    shown = project(lifecycle, flagged, contact(lifecycle, leadbridge_stage="won"), lead(lifecycle), "lead")

    assert "leadbridge_stage" not in shown.hubspot
    assert shown.salesforce["Leadbridge_Stage__c"] == "nurturing"


def test_what_a_side_did_not_show_is_not_written(lifecycle):
    seen = {"leadbridge_stage": "new"}

    assert project(lifecycle, standing("nurturing"), seen, None, None) == Projection(
        {"leadbridge_stage": "nurturing"}, {}
    )


@pytest.mark.parametrize(
    ("stage", "stands", "written"),
    [
        ("rejected", None, "no_need"),
        ("lost", "price", "no_need"),
        ("disqualified", None, "no_need"),
        ("nurturing", None, "no_need"),
        ("working", "price", "absent"),
    ],
)
def test_the_reason_is_shown_in_salesforce_when_no_round_is_running(lifecycle, stage, stands, written):
    shown = project(
        lifecycle,
        standing(stage, reason="no_need"),
        None,
        lead(lifecycle, Leadbridge_Reason__c=stands),
        "lead",
    )

    assert shown.salesforce.get("Leadbridge_Reason__c", "absent") == written


def test_the_reason_is_cleared_and_the_evidence_written_once_a_hand_over(lifecycle):
    known = contact(
        lifecycle, recent_conversion_event_name="Contact us", hs_analytics_source_data_1="spring fair"
    )
    before = lead(lifecycle, Leadbridge_Reason__c="bad_timing")
    handed = standing("handed_over", handed_over_at=NOW)

    first = project(lifecycle, handed, known, before, "lead").salesforce
    after = before | first | {"Leadbridge_Reason__c": "no_need"}
    changed = known | {"recent_conversion_event_name": "Webinar", "hs_analytics_source_data_1": "mail"}
    second = project(lifecycle, handed, changed, after, "lead").salesforce

    assert first["Leadbridge_Reason__c"] is None
    assert "Contact us" in first["Leadbridge_Marketing_Summary__c"]
    assert first["Leadbridge_Source_Campaign__c"] == "spring fair"
    assert second == {}


@pytest.mark.parametrize(
    ("asked_at", "said"),
    [
        ("2026-11-20T09:00:00Z", "Form: Contact us on 2026-11-20"),
        ("", "Form: Contact us"),
        (None, "Form: Contact us"),
    ],
)
def test_the_evidence_names_the_form_and_its_day_where_hubspot_tells_it(lifecycle, asked_at, said):
    known = contact(lifecycle, recent_conversion_event_name="Contact us", recent_conversion_date=asked_at)
    handed = standing("handed_over", handed_over_at=NOW)

    shown = project(lifecycle, handed, known, lead(lifecycle, Leadbridge_Reason__c="bad_timing"), "lead")

    assert shown.salesforce["Leadbridge_Marketing_Summary__c"].splitlines()[0] == said


def test_ids_and_owner_are_kept_on_the_contact(lifecycle):
    shown = project(
        lifecycle,
        standing("accepted", owner="005"),
        contact(lifecycle),
        lead(lifecycle),
        "lead",
        owner="sam@x.example",
    )

    assert shown.hubspot["leadbridge_sf_lead_id"] == "00Q"
    assert shown.hubspot["leadbridge_sales_owner"] == "sam@x.example"


def test_values_are_compared_by_what_they_mean(lifecycle):
    stands = standing("new", due_at=None, round=1)
    settled = contact(
        lifecycle,
        leadbridge_stage="new",
        leadbridge_stage_changed_at="2026-11-23T09:00:00.999+0000",
        leadbridge_stage_changed_by="bridge",
        leadbridge_round="1.0",
        leadbridge_definition_version="1",
        lifecyclestage="lead",
        hs_lead_status="",
    )
    there = lead(
        lifecycle,
        Leadbridge_Stage__c="new",
        Leadbridge_Stage_Changed_At__c="2026-11-23T10:00:00.000+01:00",
        Leadbridge_Round__c=1.0,
    )

    assert project(lifecycle, stands, settled | {"leadbridge_sf_lead_id": "00Q"}, there, "lead").is_empty


MOMENTS = st.none() | st.integers(1_600_000_000_000_000, 1_900_000_000_000_000).map(
    lambda micros: datetime.fromtimestamp(micros / 1e6, UTC)
)
TEXTS = st.none() | st.text(max_size=20)


def as_hubspot_keeps(values):
    return {name: None if raw.is_blank(value) else str(value) for name, value in values.items()}


def as_salesforce_keeps(values):
    return {
        name: value.replace("Z", ".000+0000") if name.endswith("_At__c") and value else value
        for name, value in values.items()
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stage=st.sampled_from(sorted(SHOWN)),
    moments=st.tuples(MOMENTS, MOMENTS, MOMENTS),
    reason=st.sampled_from([None, "no_need", "other", "unknown"]),
    comment=TEXTS,
    number=st.integers(0, 40),
    asked=st.sampled_from([None, "rejected"]),
    found=st.sampled_from([None, *ORDER, "evangelist", "123"]),
    status=st.sampled_from(
        [None, "Open - Not Contacted", "Working - Contacted", "Closed - Not Converted", "x"]
    ),
    kind=st.sampled_from(["lead", "contact"]),
)
def test_showing_twice_writes_nothing(
    lifecycle, stage, moments, reason, comment, number, asked, found, status, kind
):
    due, handed, accepted = moments
    stands = replace(
        standing(stage), due_at=due, handed_over_at=handed, accepted_at=accepted, reason=reason, comment=comment,
        round=number, asked=asked, owner="005",
    )  # fmt: skip
    ours = contact(lifecycle, lifecyclestage=found, hubspotscore="60")
    theirs = lifecycle.blank("salesforce", kind) | {"Id": "003", "OwnerId": "005"}
    if kind == "lead":
        theirs["Status"] = status

    first = project(lifecycle, stands, ours, theirs, kind)
    second = project(
        lifecycle,
        stands,
        ours | as_hubspot_keeps(first.hubspot),
        theirs | as_salesforce_keeps(first.salesforce),
        kind,
    )

    assert second.is_empty
