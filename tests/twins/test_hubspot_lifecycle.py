"""The lifecycle stage of HubSpot's twin goes forward only, and every property has a history."""

from __future__ import annotations

import pytest

from twins.hubspot import Refused

MIA = "mia.marketer@example.com"


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com", lifecyclestage="salesqualifiedlead")


def test_earlier_stage_is_silently_ignored(desk, ada):
    """https://integrate.hubspot.com/t/1333: success, and nothing changed."""
    before = desk.twin.record("contacts", ada)

    reply = desk.write(ada, lifecyclestage="lead")

    assert reply.status == 200
    assert reply.json()["results"][0]["properties"]["lifecyclestage"] == "salesqualifiedlead"
    assert desk.twin.record("contacts", ada) == before
    assert len(desk.twin.history("contacts", ada, "lifecyclestage")) == 1


def test_later_stage_is_taken(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    desk.write(ada, lifecyclestage="customer")

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "customer"


def test_cleared_stage_may_be_set_to_an_earlier_one_and_history_keeps_the_clear(desk, ada):
    """https://integrate.hubspot.com/t/1333: the clear and the set are two requests."""
    desk.write(ada, lifecyclestage="")
    desk.write(ada, lifecyclestage="lead")

    steps = [one["value"] for one in desk.twin.history("contacts", ada, "lifecyclestage")]
    assert steps == ["lead", "", "salesqualifiedlead"]
    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "lead"


def test_company_follows_the_same_rule(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.post("companies", {"properties": {"name": "Acme", "lifecyclestage": "customer"}}).json()["id"]

    desk.write(id_, "companies", lifecyclestage="lead")

    assert desk.twin.record("companies", id_)["lifecyclestage"] == "customer"


def test_other_properties_of_the_same_write_are_taken(desk, ada):
    """The ignored stage does not make the call fail."""
    desk.write(ada, lifecyclestage="lead", city="Lima")

    assert desk.twin.record("contacts", ada)["city"] == "Lima"


def test_lead_status_has_no_order(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    desk.write(ada, hs_lead_status="OPEN_DEAL")
    desk.write(ada, hs_lead_status="NEW")

    assert desk.twin.record("contacts", ada)["hs_lead_status"] == "NEW"


def test_entering_a_stage_is_stamped(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    desk.write(ada, lifecyclestage="customer")

    record = desk.twin.record("contacts", ada)
    assert record["hs_lifecyclestage_salesqualifiedlead_date"] == record["createdate"]
    assert record["hs_lifecyclestage_customer_date"] == record["lastmodifieddate"]


def test_person_at_the_screen_may_pick_any_stage(desk, ada):
    """Unverified: HubSpot's help says that people may move a stage back by hand."""
    desk.twin.update("contacts", ada, {"lifecyclestage": "lead"}, MIA, desk.now)

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "lead"


def test_history_tells_value_time_and_author_newest_first(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    ada = desk.contact(email="ada@example.com", leadbridge_stage="new")
    desk.twin.update("contacts", ada, {"leadbridge_stage": "nurturing"}, MIA, desk.later(hours=1))

    body = {"propertiesWithHistory": ["leadbridge_stage"], "inputs": [{"id": ada}]}
    record = desk.post("contacts/batch/read", body).json()["results"][0]

    human, app = record["propertiesWithHistory"]["leadbridge_stage"]
    assert human == {
        "value": "nurturing",
        "timestamp": "2026-11-23T10:00:01Z",
        "sourceType": "CRM_UI",
        "sourceId": "userId:47812004",
        "updatedByUserId": 47812004,
    }
    assert app == {
        "value": "new",
        "timestamp": "2026-11-23T09:00:01Z",
        "sourceType": "INTEGRATION",
        "sourceId": "1160452",
    }


def test_histories_are_read_for_at_most_fifty_records(desk):
    """https://github.com/PipedreamHQ/pipedream/issues/8462"""
    body = {"propertiesWithHistory": ["city"], "inputs": [{"id": str(n)} for n in range(51)]}

    assert desk.post("contacts/batch/read", body).status == 400
    assert desk.post("contacts/batch/read", {**body, "inputs": body["inputs"][:50]}).status == 207


def test_history_keeps_a_limited_number_of_values(desk, ada):
    """Unverified: 45 for contacts."""
    for n in range(60):
        desk.write(ada, city=f"Town {n}")

    kept = desk.twin.history("contacts", ada, "city")
    assert (len(kept), kept[0]["value"]) == (45, "Town 59")


def test_loaded_row_has_one_value_of_history_from_its_creation(desk):
    """A load stores no history: it begins with the first edit."""
    row = {"email": "ada@example.com", "leadbridge_stage": "new", "createdate": "2023-05-01T00:00:00Z"}
    (ada,) = desk.twin.load("contacts", [row], desk.now).ids
    before = desk.twin.history("contacts", ada, "leadbridge_stage")
    desk.write(ada, leadbridge_stage="nurturing")

    assert [(one["value"], one["timestamp"]) for one in before] == [("new", "2023-05-01T00:00:00Z")]
    steps = [one["value"] for one in desk.twin.history("contacts", ada, "leadbridge_stage")]
    assert steps == ["nurturing", "new"]


def test_form_makes_a_contact_once_and_notes_every_conversion(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    first = desk.twin.submit_form("ada@example.com", "Contact us", {"lastname": "Lovelace"}, desk.now)
    again = desk.twin.submit_form("Ada@example.com", "Request a demo", {}, desk.later(days=1))

    record = desk.twin.record("contacts", first)
    assert first == again
    assert record["first_conversion_event_name"] == "Contact us"
    assert record["recent_conversion_event_name"] == "Request a demo"
    assert record["recent_conversion_date"] == "2026-11-24T09:00:00Z"
    assert record["num_conversion_events"] == "2"
    newest = desk.twin.history("contacts", first, "recent_conversion_event_name")[0]
    assert (newest["sourceType"], newest["sourceLabel"]) == ("FORM", "Request a demo")


def test_hubspot_itself_may_set_what_nobody_else_may(desk, ada):
    """Scores and analytics are read-only for apps and people."""
    desk.twin.automate("contacts", ada, {"hubspotscore": "60", "hs_email_optout": "true"}, desk.now)

    assert desk.twin.record("contacts", ada)["hubspotscore"] == "60"
    with pytest.raises(Refused):
        desk.twin.update("contacts", ada, {"hubspotscore": "70"}, MIA, desk.now)
    assert desk.twin.record("contacts", ada)["hubspotscore"] == "60"


def test_every_changed_property_is_one_commit_under_its_author(desk, ada):
    """The log knows who did what; a load is one commit."""
    start = len(desk.log)
    reply = desk.write(ada, city="Lima", zip="15001", email="ada@example.com")
    desk.twin.update("contacts", ada, {"city": "Cusco"}, MIA, desk.now)
    desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(50)], desk.now)

    commits = desk.log.writes(after=start)
    told = [(one.actor, one.user, one.field, one.old, one.new) for one in commits]
    assert told == [
        ("daemon", "1160452", "city", None, "Lima"),
        ("daemon", "1160452", "zip", None, "15001"),
        ("human", "47812004", "city", "Lima", "Cusco"),
        ("human", "load", "*", None, 50),
    ]
    assert commits[0].request_id == reply.headers["x-hubspot-correlation-id"]


def test_load_refuses_bad_rows_and_keeps_the_others(desk):
    """Each refused row says its place, the property and why."""
    rows = [
        {"email": "ada@example.com", "hubspot_owner_id": "710001", "hubspotscore": "12"},
        {"email": "ADA@example.com"},
        {"email": "bob"},
        {"lastname": "Li", "no_such": "x"},
        {"lastname": "Wu", "lifecyclestage": "customer"},
    ]

    refused = desk.twin.load("contacts", rows, desk.now)

    assert [(one.row, one.field) for one in refused] == [(1, "email"), (2, "email"), (3, "no_such")]
    assert [one is None for one in refused.ids] == [False, True, True, True, False]
    assert len(desk.twin.records("contacts")) == 2


def test_load_keeps_the_times_it_is_given(desk):
    """Three-year-old leads show three-year-old dates."""
    row = {"lastname": "Li", "createdate": "2023-05-01", "lastmodifieddate": "2024-06-01T10:00:00Z"}
    (id_,) = desk.twin.load("contacts", [row], desk.now).ids

    record = desk.twin.record("contacts", id_)
    assert (record["createdate"], record["lastmodifieddate"]) == (
        "2023-05-01T00:00:00Z",
        "2024-06-01T10:00:00Z",
    )


def test_loaded_deal_stands_in_the_default_pipeline(desk):
    """A deal without a pipeline would be neither open nor closed."""
    (id_,) = desk.twin.load("deals", [{"dealname": "Big", "dealstage": "closedlost"}], desk.now).ids

    record = desk.twin.record("deals", id_)
    assert (record["pipeline"], record["hs_is_closed_lost"]) == ("default", "true")
