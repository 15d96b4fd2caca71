"""Property values of HubSpot's twin: what is taken, what is refused and in which words, what is required."""

from __future__ import annotations

import json

import pytest

from twins.hubspot import Group, Refused, Switches


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com")


def told(reply):
    """The JSON inside the message."""
    assert reply.status == 400
    assert reply.json()["category"] == "VALIDATION_ERROR"
    return json.loads(reply.json()["message"].removeprefix("Property values were not valid: "))


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("email", "nobody", "INVALID_EMAIL"),
        ("hs_lead_status", "new", "INVALID_OPTION"),
        ("leadbridge_sla_breached", "perhaps", "INVALID_OPTION"),
        ("leadbridge_sla_breached", "False", "INVALID_OPTION"),
        ("leadbridge_sla_breached", 1, "INVALID_OPTION"),
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize(
    ("name", "sent", "stands"),
    [
        ("leadbridge_closed_at", "2026-11-23", "2026-11-23"),
        ("leadbridge_closed_at", 1795392000000, "2026-11-23"),
        ("leadbridge_handed_over_at", "2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
        ("leadbridge_handed_over_at", 1795424400469, "2026-11-23T09:00:00.469Z"),
        ("leadbridge_sales_optout", True, "true"),
        ("leadbridge_sales_optout", "false", "false"),
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_empty_text_clears(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.write(ada, city="Lima")

    shown = desk.write(ada, city="").json()["results"][0]["properties"]

    assert shown["city"] is None
    assert "city" not in desk.twin.record("contacts", ada)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="null_clears")
@pytest.mark.parametrize(("null_clears", "stands"), [(False, "Lima"), (True, None)])
def test_null_clears_only_where_the_switch_says_so(desk_with, null_clears, stands):
    """[U] Undocumented, so it can be switched."""
    desk = desk_with(switches=Switches(null_clears=null_clears))
    ada = desk.contact(email="ada@example.com", city="Lima")

    desk.write(ada, city=None)

    assert desk.twin.record("contacts", ada).get("city") == stands


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
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


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_stage_of_no_pipeline_is_refused(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    reply = desk.post("deals", {"properties": {"dealname": "Big", "dealstage": "Closed Won"}})

    assert [one["error"] for one in told(reply)] == ["INVALID_OPTION"]
    assert desk.twin.records("deals") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("leadbridge_closed_at", "2026-11-23T10:00:00Z", "INVALID_DATE"),
        ("leadbridge_closed_at", "20261123", "INVALID_DATE"),
        ("leadbridge_closed_at", "2026-W48-1", "INVALID_DATE"),
        ("leadbridge_closed_at", "2026-02-30", "INVALID_DATE"),
        ("leadbridge_closed_at", "23.11.2026", "INVALID_DATE"),
        ("leadbridge_closed_at", "9" * 400, "INVALID_DATE"),
        ("leadbridge_handed_over_at", "9999999999999999", "INVALID_DATE"),
        ("leadbridge_handed_over_at", True, "INVALID_DATE"),
        ("leadbridge_round", "1,5", "INVALID_LONG"),
        ("leadbridge_round", "1.2.3", "INVALID_LONG"),
        ("leadbridge_round", "NaN", "INVALID_LONG"),
        ("leadbridge_round", "\u0661", "INVALID_LONG"),
        ("leadbridge_round", True, "INVALID_LONG"),
        ("lifecyclestage", "Lead", "INVALID_OPTION"),
        ("lifecyclestage", 7, "INVALID_OPTION"),
        ("email", "ada@example", "INVALID_EMAIL"),
        ("email", "ada@@example.com", "INVALID_EMAIL"),
        ("hs_additional_emails", "ada@work.example;nobody", "INVALID_EMAIL"),
        ("hs_marketable_status", "true", "READ_ONLY_VALUE"),
        ("hs_object_id", "12", "READ_ONLY_VALUE"),
        ("hs_merged_object_ids", "12", "READ_ONLY_VALUE"),
        ("hs_analytics_source", "OFFLINE", "READ_ONLY_VALUE"),
        ("Email", "ada@example.com", "PROPERTY_DOESNT_EXIST"),
    ],
)
def test_odd_value_is_refused_with_its_code(desk, ada, name, value, code):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    before = desk.twin.record("contacts", ada)

    assert [one["error"] for one in told(desk.write(ada, **{name: value}))] == [code]
    assert desk.twin.record("contacts", ada) == before


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_read_only_value_is_told_in_hubspot_s_words(desk, ada):
    """[U] One client quotes them."""
    said = told(desk.write(ada, createdate="2020-01-01"))[0]["message"]

    assert said == '"createdate" is a calculated property; its value cannot be set.'


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_wrong_option_is_told_with_all_that_are_allowed(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    said = told(desk.write(ada, hs_lead_status="HOT"))[0]["message"]

    assert said.startswith('HOT was not one of the allowed options: [label: "New"')


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize("zone", ["+02:00", "-05:00"])
def test_day_written_as_a_moment_must_be_midnight_in_utc(desk, ada, zone):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    local = desk.write(ada, leadbridge_closed_at=f"2026-11-23T00:00:00{zone}")
    utc = desk.write(ada, leadbridge_closed_at="2026-11-23T00:00:00Z")

    assert [one["error"] for one in told(local)] == ["INVALID_DATE"]
    assert utc.status == 200
    assert desk.twin.record("contacts", ada)["leadbridge_closed_at"] == "2026-11-23"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_leading_semicolon_appends_to_nothing_too(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.twin.add_property("contacts", Group("contactinformation").choices("topics", "abc"))

    desk.write(ada, topics=";a")
    refused = desk.write(ada, topics=";z")

    assert [one["error"] for one in told(refused)] == ["INVALID_OPTION"]
    assert desk.twin.record("contacts", ada)["topics"] == "a"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="stage_of_another_pipeline_is_refused")
def test_lead_s_stage_must_be_one_of_its_pipeline(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    contact = desk.contact(email="ada@example.com")
    to = [
        {
            "to": {"id": contact},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 578}],
        }
    ]
    body = {"properties": {"hs_lead_name": "Ada", "hs_pipeline_stage": "closedwon"}, "associations": to}

    assert desk.post("leads", body).status == 400


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/crm/objects/2026-09", 400),
        ("/crm/objects/2026-03", 200),
        ("/crm/v3/objects", 200),
    ],
)
def test_required_while_another_property_says_so_from_2026_09_on(desk, path, status):
    """https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement"""
    desk.twin.require("deals", "closed_lost_reason", when=("dealstage", "closedlost"))
    id_ = desk.post("deals", {"properties": {"dealname": "Big", "dealstage": "contractsent"}}).json()["id"]

    reply = desk.call("PATCH", f"{path}/deals/{id_}", {"properties": {"dealstage": "closedlost"}})

    assert reply.status == status
    stage = {400: "contractsent", 200: "closedlost"}[status]
    assert desk.twin.record("deals", id_)["dealstage"] == stage


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_missing_required_property_is_told_by_name(desk):
    """https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement"""
    desk.twin.require("deals", "closed_lost_reason", when=("dealstage", "closedlost"))
    id_ = desk.post("deals", {"properties": {"dealname": "Big", "dealstage": "contractsent"}}).json()["id"]

    lost = desk.write(id_, "deals", dealstage="closedlost")
    told_why = desk.write(id_, "deals", dealstage="closedlost", closed_lost_reason="Price")
    emptied = desk.write(id_, "deals", closed_lost_reason="")

    assert [(one["name"], one["error"]) for one in told(lost)] == [
        ("closed_lost_reason", "MISSING_REQUIRED_PROPERTY")
    ]
    assert told_why.status == 200
    assert [one["error"] for one in told(emptied)] == ["MISSING_REQUIRED_PROPERTY"]


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_required_at_creation_binds_new_records_only(desk, ada):
    """https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement"""
    desk.twin.require("contacts", "jobtitle")

    bare = desk.post("contacts", {"properties": {"email": "bob@example.com"}})
    full = desk.post("contacts", {"properties": {"email": "bob@example.com", "jobtitle": "Chef"}})
    old = desk.call("POST", "/crm/v3/objects/contacts", {"properties": {"email": "eve@example.com"}})

    assert [one["name"] for one in told(bare)] == ["jobtitle"]
    assert (full.status, old.status) == (201, 201)
    assert desk.write(ada, city="Lima").status == 200


@pytest.mark.fact("at the screen")
def test_required_properties_have_always_bound_people(desk):
    """https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement"""
    desk.twin.require("contacts", "jobtitle")

    with pytest.raises(Refused):
        desk.twin.create("contacts", {"lastname": "Li"}, "mia.marketer@example.com", desk.now)
    form = desk.twin.submit_form("ada@example.com", "Call me", {}, desk.now)

    assert [one["hs_object_id"] for one in desk.twin.records("contacts")] == [form]


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_record_that_breaks_a_rule_already_may_be_changed_elsewhere(desk):
    """[U] Only a write that touches the rule's properties is judged by it."""
    (deal,) = desk.twin.load("deals", [{"dealname": "Big", "dealstage": "closedlost"}], desk.now).ids
    desk.twin.require("deals", "closed_lost_reason", when=("dealstage", "closedlost"))

    assert desk.write(deal, "deals", amount="12").status == 200
