"""Property values of HubSpot's twin: what is taken, what is refused, and in which words."""

from __future__ import annotations

import json

import pytest

from twins.hubspot import Group, Switches


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com")


def told(reply):
    """The JSON inside the message."""
    assert reply.status == 400
    assert reply.json()["category"] == "VALIDATION_ERROR"
    return json.loads(reply.json()["message"].removeprefix("Property values were not valid: "))


def test_all_bad_properties_are_told_as_json_inside_the_message(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    reply = desk.write(ada, missing="x", city="Lima", lifecyclestage="no_stage")

    codes = {one["name"]: one["error"] for one in told(reply)}
    assert codes == {"missing": "PROPERTY_DOESNT_EXIST", "lifecyclestage": "INVALID_OPTION"}
    assert told(reply)[0]["message"] == 'Property "missing" does not exist'
    assert {one["code"]: one["context"] for one in reply.json()["errors"]} == {
        "PROPERTY_DOESNT_EXIST": {"propertyName": ["missing"]},
        "INVALID_OPTION": {"propertyName": ["lifecyclestage"]},
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("email", "nobody", "INVALID_EMAIL"),
        ("hs_lead_status", "new", "INVALID_OPTION"),
        ("leadbridge_sla_breached", "perhaps", "INVALID_OPTION"),
        ("hubspot_owner_id", "12", "INVALID_OPTION"),
        ("leadbridge_round", "two", "INVALID_LONG"),
        ("leadbridge_closed_at", "soon", "INVALID_DATE"),
        ("leadbridge_closed_at", "1795424400001", "INVALID_DATE"),
        ("leadbridge_handed_over_at", "soon", "INVALID_DATE"),
        ("num_conversion_events", "3", "READ_ONLY_VALUE"),
        ("createdate", "2020-01-01", "READ_ONLY_VALUE"),
        ("hs_email_optout", "true", "READ_ONLY_VALUE"),
        ("city", "x" * 65_537, "PROPERTY_VALUE_TOO_LONG"),
    ],
)
def test_value_that_does_not_fit_is_refused_with_its_code(desk, ada, name, value, code):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    before = desk.twin.record("contacts", ada)

    assert [one["error"] for one in told(desk.write(ada, **{name: value}))] == [code]
    assert desk.twin.record("contacts", ada) == before


@pytest.mark.parametrize(
    ("name", "sent", "stands"),
    [
        ("leadbridge_closed_at", "2026-11-23", "2026-11-23"),
        ("leadbridge_closed_at", 1795392000000, "2026-11-23"),
        ("leadbridge_handed_over_at", "2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
        ("leadbridge_handed_over_at", 1795424400469, "2026-11-23T09:00:00.469Z"),
        ("leadbridge_sales_optout", True, "true"),
        ("leadbridge_sales_optout", "False", "false"),
        ("leadbridge_round", 2, "2"),
        ("leadbridge_won_amount", "24000.50", "24000.50"),
        ("email", " Ada@EXAMPLE.com ", "ada@example.com"),
        ("city", " Lima ", " Lima "),
        ("city", "x" * 65_536, "x" * 65_536),
    ],
)
def test_value_is_kept_in_the_form_of_its_type(desk, ada, name, sent, stands):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    assert desk.write(ada, **{name: sent}).status == 200
    assert desk.twin.record("contacts", ada)[name] == stands


def test_empty_text_clears(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.write(ada, city="Lima")

    shown = desk.write(ada, city="").json()["results"][0]["properties"]

    assert shown["city"] is None
    assert "city" not in desk.twin.record("contacts", ada)


@pytest.mark.parametrize(("null_clears", "stands"), [(False, "Lima"), (True, None)])
def test_null_clears_only_where_the_switch_says_so(desk_with, null_clears, stands):
    """Undocumented, so it can be switched."""
    desk = desk_with(switches=Switches(null_clears=null_clears))
    ada = desk.contact(email="ada@example.com", city="Lima")

    desk.write(ada, city=None)

    assert desk.twin.record("contacts", ada).get("city") == stands


def test_leading_semicolon_appends_to_a_multiple_choice(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    prop = Group("contactinformation").choices("topics", "abc")
    desk.twin.add_property("contacts", prop)
    desk.write(ada, topics="a;b")

    desk.write(ada, topics=";b;c")
    appended = desk.twin.record("contacts", ada)["topics"]
    desk.write(ada, topics="c")

    assert appended == "a;b;c"
    assert desk.twin.record("contacts", ada)["topics"] == "c"


def test_stage_of_no_pipeline_is_refused(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    reply = desk.post("deals", {"properties": {"dealname": "Big", "dealstage": "Closed Won"}})

    assert [one["error"] for one in told(reply)] == ["INVALID_OPTION"]
    assert desk.twin.records("deals") == []
