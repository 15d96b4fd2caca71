"""Histories of HubSpot's twin: every value a property had, who wrote it, and what a load leaves."""

from __future__ import annotations

import pytest

MIA = "mia.marketer@example.com"


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com", lifecyclestage="salesqualifiedlead")


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_cleared_stage_may_be_set_to_an_earlier_one_and_history_keeps_the_clear(desk, ada):
    """https://integrate.hubspot.com/t/1333: the clear and the set are two requests."""
    desk.write(ada, lifecyclestage="")
    desk.write(ada, lifecyclestage="lead")

    steps = [one["value"] for one in desk.twin.history("contacts", ada, "lifecyclestage")]
    assert steps == ["lead", "", "salesqualifiedlead"]
    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "lead"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
def test_histories_are_read_for_at_most_fifty_records(desk):
    """https://github.com/PipedreamHQ/pipedream/issues/8462"""
    body = {"propertiesWithHistory": ["city"], "inputs": [{"id": str(n)} for n in range(51)]}

    assert desk.post("contacts/batch/read", body).status == 400
    assert desk.post("contacts/batch/read", {**body, "inputs": body["inputs"][:50]}).status == 207


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="history_kept_contacts")
@pytest.mark.parametrize("most", [45, 20])
def test_history_keeps_a_limited_number_of_values(desk, ada, most):
    """[U] 45 for contacts, 20 for the others."""
    desk.twin.flip(history_kept_contacts=most)
    for n in range(60):
        desk.write(ada, city=f"Town {n}")

    kept = desk.twin.history("contacts", ada, "city")
    assert (len(kept), kept[0]["value"]) == (most, "Town 59")


@pytest.mark.fact("at the screen")
def test_loaded_row_has_one_value_of_history_from_its_creation(desk):
    """[U] A load stores no history: it begins with the first edit."""
    row = {"email": "ada@example.com", "leadbridge_stage": "new", "createdate": "2023-05-01T00:00:00Z"}
    (ada,) = desk.twin.load("contacts", [row], desk.now).ids
    before = desk.twin.history("contacts", ada, "leadbridge_stage")
    desk.write(ada, leadbridge_stage="nurturing")

    assert [(one["value"], one["timestamp"]) for one in before] == [("new", "2023-05-01T00:00:00Z")]
    steps = [one["value"] for one in desk.twin.history("contacts", ada, "leadbridge_stage")]
    assert steps == ["nurturing", "new"]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_every_changed_property_is_one_commit_under_its_author(desk, ada):
    """[M] A promise of the twin itself: the log knows who did what; a load is one commit."""
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


@pytest.mark.fact("at the screen")
def test_load_refuses_bad_rows_and_keeps_the_others(desk):
    """[M] A promise of the twin itself: each refused row says its place, the property and why."""
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


@pytest.mark.fact("at the screen")
def test_load_keeps_the_times_it_is_given(desk):
    """[M] A promise of the twin itself: three-year-old leads show three-year-old dates."""
    row = {"lastname": "Li", "createdate": "2023-05-01", "lastmodifieddate": "2024-06-01T10:00:00Z"}
    (id_,) = desk.twin.load("contacts", [row], desk.now).ids

    record = desk.twin.record("contacts", id_)
    assert (record["createdate"], record["lastmodifieddate"]) == (
        "2023-05-01T00:00:00Z",
        "2024-06-01T10:00:00Z",
    )


@pytest.mark.fact("at the screen")
def test_loaded_deal_stands_in_the_default_pipeline(desk):
    """[M] A promise of the twin itself: a deal without a pipeline would be neither open nor closed."""
    (id_,) = desk.twin.load("deals", [{"dealname": "Big", "dealstage": "closedlost"}], desk.now).ids

    record = desk.twin.record("deals", id_)
    assert (record["pipeline"], record["hs_is_closed_lost"]) == ("default", "true")


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="history_kept")
def test_history_of_other_kinds_is_shorter(desk):
    """[U] 20 values."""
    id_ = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    for n in range(30):
        desk.write(id_, "companies", city=f"Town {n}")
    usual = len(desk.twin.history("companies", id_, "city"))
    desk.twin.flip(history_kept=5)

    assert (usual, len(desk.twin.history("companies", id_, "city"))) == (20, 5)


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_histories_stand_in_lists_and_single_reads(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    desk.write(ada, lifecyclestage="customer")

    asked = "propertiesWithHistory=lifecyclestage"
    one = desk.get(f"contacts/{ada}?{asked}").json()
    listed = desk.get(f"contacts?{asked}").json()["results"][0]

    steps = [step["value"] for step in one["propertiesWithHistory"]["lifecyclestage"]]
    assert steps == ["customer", "salesqualifiedlead"]
    assert listed["propertiesWithHistory"] == one["propertiesWithHistory"]
    assert one["properties"]["lifecyclestage"] == "customer"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_history_of_an_unknown_property_is_left_out(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    record = desk.get(f"contacts/{ada}?propertiesWithHistory=no_such,city").json()

    assert record["propertiesWithHistory"] == {"city": []}


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="always_fractions")
def test_a_portal_may_show_three_digits_of_a_second_in_histories_too(desk, ada):
    """[U] As in the documentation's examples."""
    desk.twin.flip(always_fractions=True)

    assert desk.twin.history("contacts", ada, "email")[0]["timestamp"] == "2026-11-23T09:00:01.000Z"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize(
    ("write", "source"),
    [
        (lambda desk, id_: desk.write(id_, city="Lima"), "INTEGRATION"),
        (lambda desk, id_: desk.twin.update("contacts", id_, {"city": "Lima"}, MIA, desk.now), "CRM_UI"),
        (
            lambda desk, id_: desk.twin.automate("contacts", id_, {"city": "Lima"}, desk.now),
            "AUTOMATION_PLATFORM",
        ),
        (
            lambda desk, id_: desk.twin.submit_form("ada@example.com", "Call me", {"city": "Lima"}, desk.now),
            "FORM",
        ),
    ],
)
def test_history_tells_apps_people_workflows_and_forms_apart(desk, ada, write, source):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide (sourceType)"""
    write(desk, ada)

    assert desk.twin.history("contacts", ada, "city")[0]["sourceType"] == source
