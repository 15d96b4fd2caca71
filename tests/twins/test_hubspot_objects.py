"""Records of HubSpot's twin: identity, single calls and batches, each fact as HubSpot documents it."""

from __future__ import annotations

import re

import pytest


def test_one_handler_answers_dated_and_v3_paths(desk):
    """https://developers.hubspot.com/docs/api-reference/legacy/migration-guide"""
    id_ = desk.contact(email="ada@example.com")

    paths = [
        f"/crm/v3/objects/contacts/{id_}",
        *(f"/crm/objects/{v}/0-1/{id_}" for v in ("2026-03", "2026-09")),
    ]
    answers = [desk.call("GET", path).json() for path in paths]

    assert [one["id"] for one in answers] == [id_] * 3
    assert answers[0] == answers[1] == answers[2]


def test_created_record_answers_201_with_its_place(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    reply = desk.post("contacts", {"properties": {"email": "ada@example.com"}})

    assert reply.status == 201
    assert reply.headers["Location"].endswith("/contacts/" + reply.json()["id"])


def test_ids_are_decimal_text_beyond_32_bits(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    record = desk.get("contacts/" + desk.contact(email="ada@example.com")).json()

    assert int(record["id"]) > 1 << 32
    assert record["properties"]["hs_object_id"] == record["id"]


def test_contact_needs_an_address_or_a_name(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    assert desk.post("contacts", {"properties": {"city": "Kyoto"}}).status == 400
    assert desk.twin.records("contacts") == []


def test_contact_made_by_an_app_becomes_a_lead_unless_told_otherwise(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    plain = desk.contact(email="ada@example.com")
    told = desk.contact(email="bob@example.com", lifecyclestage="subscriber")

    assert desk.twin.record("contacts", plain)["lifecyclestage"] == "lead"
    assert desk.twin.record("contacts", told)["lifecyclestage"] == "subscriber"
    assert desk.twin.record("contacts", plain)["hs_object_source"] == "INTEGRATION"


def test_known_address_conflicts_whatever_its_case(desk):
    """https://github.com/HubSpot/hubspot-api-python/issues/51"""
    id_ = desk.contact(email="ada@example.com")

    reply = desk.post("contacts", {"properties": {"email": " ADA@Example.com "}})

    assert reply.status == 409
    assert reply.json()["category"] == "CONFLICT"
    assert reply.json()["message"] == f"Contact already exists. Existing ID: {id_}"


def test_secondary_address_of_another_contact_conflicts_and_the_second_id_is_the_owner(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    owner = desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example;a@x.example")

    reply = desk.post("contacts", {"properties": {"email": "ada@work.example"}})

    assert reply.status == 400
    assert "propertyName=email, value=ada@work.example}" in reply.json()["message"]
    assert re.search(r"(\d+) already has that value", reply.json()["message"]).group(1) == owner
    assert len(desk.twin.records("contacts")) == 1


def test_contact_is_read_and_changed_by_its_address(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example")

    path = "/crm/objects/2026-09/contacts/ada@work.example?idProperty=email"
    changed = desk.call("PATCH", path, {"properties": {"city": "Lima"}})

    assert changed.status == 200
    assert desk.call("GET", path).json()["id"] == id_
    assert desk.twin.record("contacts", id_)["city"] == "Lima"


def test_address_is_free_again_when_its_contact_changes_it(desk):
    """An address belongs to who holds it now."""
    id_ = desk.contact(email="ada@example.com")
    desk.write(id_, email="ada@new.example")

    other = desk.contact(email="ada@example.com")

    assert desk.twin.contact("ada@example.com") == other
    assert desk.twin.contact("ada@new.example") == id_


def test_empty_property_is_null_and_unknown_property_is_left_out(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com")

    shown = desk.get(f"contacts/{id_}?properties=city,no_such_thing").json()["properties"]

    assert shown["city"] is None
    assert "no_such_thing" not in shown


@pytest.mark.parametrize("query", ["properties=city&properties=zip", "properties=city,zip"])
def test_properties_come_repeated_or_with_commas(desk, query):
    """The documentation joins with commas, HubSpot's own client repeats: both work in production."""
    id_ = desk.contact(email="ada@example.com", city="Lima", zip="15001")

    shown = desk.get(f"contacts/{id_}?{query}").json()["properties"]

    assert (shown["city"], shown["zip"]) == ("Lima", "15001")


def test_stamps_have_no_fraction_when_the_milliseconds_are_zero(desk):
    """Seen in captured traffic; the documentation shows three digits."""
    whole = desk.contact(email="ada@example.com")
    desk.later(milliseconds=469)
    part = desk.contact(email="bob@example.com")

    assert desk.get(f"contacts/{whole}").json()["createdAt"] == "2026-11-23T09:00:01Z"
    assert desk.get(f"contacts/{part}").json()["createdAt"] == "2026-11-23T09:00:02.469Z"


def test_modified_moves_with_a_changed_value_only(desk):
    """A write that changes nothing is no change: our own echo must not look like one."""
    id_ = desk.contact(email="ada@example.com", city="Lima")
    born = desk.twin.record("contacts", id_)["lastmodifieddate"]

    desk.write(id_, city="Lima")
    same = desk.twin.record("contacts", id_)["lastmodifieddate"]
    desk.write(id_, city="Quito")

    assert same == born
    assert desk.twin.record("contacts", id_)["lastmodifieddate"] > born


def test_unknown_numeric_id_is_a_404_without_category(desk):
    """Several clients' logs agree; the documentation is silent."""
    reply = desk.get("contacts/999")

    assert reply.status == 404
    assert reply.json()["message"] == "resource not found"
    assert "category" not in reply.json()


def test_id_that_is_no_number_is_told_so(desk):
    """The two spaces are HubSpot's."""
    reply = desk.get("contacts/ada")

    assert reply.status == 404
    assert reply.json()["message"] == "Object not found.  objectId are usually numeric."


def test_batch_read_tells_missing_ids_in_a_207(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    id_ = desk.contact(email="ada@example.com")

    reply = desk.post("contacts/batch/read", {"inputs": [{"id": "998"}, {"id": id_}, {"id": "999"}]})

    assert reply.status == 207
    assert [one["id"] for one in reply.json()["results"]] == [id_]
    assert reply.json()["numErrors"] == 1
    error = reply.json()["errors"][0]
    assert (error["category"], error["context"]) == ("OBJECT_NOT_FOUND", {"ids": ["998", "999"]})
    assert error["message"].startswith("Could not get some CONTACT objects")


def test_batch_read_finds_by_address(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com")

    body = {"idProperty": "email", "inputs": [{"id": "Ada@example.com"}, {"id": "x@y.example"}]}
    reply = desk.post("contacts/batch/read", body)

    assert [one["id"] for one in reply.json()["results"]] == [id_]
    assert reply.json()["errors"][0]["context"] == {"ids": ["x@y.example"]}


@pytest.mark.parametrize("verb", ["read", "create", "update", "upsert"])
def test_batch_of_more_than_a_hundred_is_refused(desk, verb):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    inputs = [{"id": str(n), "properties": {"email": f"p{n}@example.com"}} for n in range(101)]

    assert desk.post(f"contacts/batch/{verb}", {"inputs": inputs}).status == 400
    assert desk.twin.records("contacts") == []


def test_batch_create_is_all_or_nothing(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    inputs = [{"properties": {"email": "ada@example.com"}}, {"properties": {"email": "broken"}}]

    reply = desk.post("contacts/batch/create", {"inputs": inputs})

    assert reply.status == 400
    assert desk.twin.records("contacts") == []


def test_batch_create_with_trace_ids_tells_who_failed(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    addresses = ("ada@example.com", "broken", "bob@example.com")
    inputs = [
        {"properties": {"email": one}, "objectWriteTraceId": f"t{n}"} for n, one in enumerate(addresses)
    ]

    reply = desk.post("contacts/batch/create", {"inputs": inputs})

    assert reply.status == 207
    assert {one["properties"]["email"] for one in reply.json()["results"]} == {
        "ada@example.com",
        "bob@example.com",
    }
    assert [one["context"] for one in reply.json()["errors"]] == [{"objectWriteTraceId": ["t1"]}]


def test_batch_create_answers_201(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    assert desk.post("contacts/batch/create", {"inputs": [{"properties": {"lastname": "Li"}}]}).status == 201


def test_batch_update_tells_unknown_ids_and_shows_the_values(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    id_ = desk.contact(email="ada@example.com")

    inputs = [{"id": id_, "properties": {"city": "Lima"}}, {"id": "999", "properties": {"city": "Rome"}}]
    reply = desk.post("contacts/batch/update", {"inputs": inputs})

    assert reply.status == 207
    assert [(one["id"], one["properties"]["city"]) for one in reply.json()["results"]] == [(id_, "Lima")]
    assert reply.json()["errors"][0]["context"] == {"ids": ["999"]}


def test_one_bad_value_fails_the_whole_batch_update(desk):
    """Widely assumed; the documentation names partial answers for creates only."""
    ada, bob = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")

    inputs = [{"id": ada, "properties": {"city": "Lima"}}, {"id": bob, "properties": {"missing": "x"}}]
    reply = desk.post("contacts/batch/update", {"inputs": inputs})

    assert reply.status == 400
    assert "city" not in desk.twin.record("contacts", ada)


def test_batch_update_by_address_is_refused_and_a_bare_address_changes_nothing(desk):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/548"""
    id_ = desk.contact(email="ada@example.com")
    properties = {"city": "Lima"}

    named = {"inputs": [{"id": "ada@example.com", "idProperty": "email", "properties": properties}]}
    bare = {"inputs": [{"id": "ada@example.com", "properties": properties}]}

    assert desk.post("contacts/batch/update", named).status == 400
    assert desk.post("contacts/batch/update", bare).status == 200
    assert "city" not in desk.twin.record("contacts", id_)


def test_one_record_twice_in_a_batch_is_refused(desk):
    """Unverified wording; every client removes duplicates first."""
    id_ = desk.contact(email="ada@example.com")
    inputs = [{"id": id_, "properties": {"city": city}} for city in ("Lima", "Rome")]

    assert desk.post("contacts/batch/update", {"inputs": inputs}).status == 400


def test_upsert_creates_once_and_finds_it_the_second_time(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    one = {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"email": "ada@example.com"}}

    first = desk.post("contacts/batch/upsert", {"inputs": [one]}).json()["results"][0]
    again = desk.post("contacts/batch/upsert", {"inputs": [one]}).json()["results"][0]

    assert (first["new"], again["new"]) == (True, False)
    assert first["id"] == again["id"]
    assert desk.twin.record("contacts", first["id"])["leadbridge_key"] == "00Q1"


def test_upsert_by_address_fails_as_a_whole_even_with_trace_ids(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    rows = (("ada@example.com", "Lima"), ("bob@example.com", None))
    inputs = [
        {
            "id": email,
            "idProperty": "email",
            "properties": {"city": city} if city else {"missing": "x"},
            "objectWriteTraceId": email,
        }
        for email, city in rows
    ]

    assert desk.post("contacts/batch/upsert", {"inputs": inputs}).status == 400
    assert desk.twin.records("contacts") == []


def test_upsert_by_a_unique_property_may_fail_in_part(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    inputs = [
        {"id": key, "idProperty": "leadbridge_key", "properties": {"email": email}, "objectWriteTraceId": key}
        for key, email in (("00Q1", "ada@example.com"), ("00Q2", "broken"))
    ]

    reply = desk.post("contacts/batch/upsert", {"inputs": inputs})

    assert reply.status == 207
    assert [one["properties"]["email"] for one in reply.json()["results"]] == ["ada@example.com"]
    assert reply.json()["errors"][0]["context"] == {"objectWriteTraceId": ["00Q2"]}


def test_unique_value_of_another_record_is_refused(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    owner = desk.contact(email="ada@example.com", leadbridge_key="00Q1")
    other = desk.contact(email="bob@example.com")

    reply = desk.write(other, leadbridge_key="00Q1")

    assert reply.status == 400
    assert f"{owner} already has that value" in reply.json()["message"]
    assert "leadbridge_key" not in desk.twin.record("contacts", other)


def test_archived_record_is_gone_from_reads_lists_and_searches(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    id_ = desk.contact(email="ada@example.com")

    assert desk.call("DELETE", f"/crm/objects/2026-09/contacts/{id_}").status == 204

    assert desk.get(f"contacts/{id_}").status == 404
    assert desk.get("contacts").json()["results"] == []
    assert desk.search().json()["total"] == 0
    assert desk.contact(email="ada@example.com") != id_


def test_list_pages_by_record_id_and_the_last_page_has_no_paging(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    ids = [desk.contact(email=f"p{n}@example.com") for n in range(5)]

    first = desk.get("contacts?limit=3").json()
    second = desk.get(f"contacts?limit=3&after={first['paging']['next']['after']}").json()

    assert first["paging"]["next"]["after"] == ids[2]
    assert [one["id"] for one in first["results"] + second["results"]] == ids
    assert "paging" not in second


def test_list_takes_at_most_a_hundred_and_fifty_with_history(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    assert desk.get("contacts?limit=101").status == 400
    assert desk.get("contacts?limit=51&propertiesWithHistory=city").status == 400


def test_list_reads_archived_in_any_case(desk):
    """HubSpot's own Python client sends ``True``."""
    desk.contact(email="ada@example.com")

    assert desk.get("contacts?archived=True").json()["results"] == []
    assert len(desk.get("contacts?archived=False").json()["results"]) == 1


def test_deal_is_closed_by_its_stage(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    id_ = desk.post("deals", {"properties": {"dealname": "Big", "dealstage": "contractsent"}}).json()["id"]
    before = desk.twin.record("deals", id_)
    desk.write(id_, "deals", dealstage="closedwon")
    after = desk.twin.record("deals", id_)

    told = ("hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost", "hs_deal_stage_probability")
    assert [before[name] for name in told] == ["false", "false", "false", "0.9"]
    assert [after[name] for name in told] == ["true", "true", "false", "1.0"]
    assert after["pipeline"] == "default"


def test_note_needs_its_moment_and_joins_its_contact(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide"""
    contact = desk.contact(email="ada@example.com")
    to = [
        {
            "to": {"id": contact},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}],
        }
    ]
    note = {"hs_timestamp": "2026-11-23T09:00:00Z", "hs_note_body": "Put back."}

    made = desk.post("notes", {"properties": note, "associations": to})
    bare = desk.post("notes", {"properties": {"hs_note_body": "When?"}})

    assert (made.status, bare.status) == (201, 400)
    assert desk.twin.associated("contacts", contact, "notes") == [made.json()["id"]]


def test_note_to_a_record_that_is_not_there_is_not_made(desk):
    """Seen in clients' logs: ``One or more associations are invalid``."""
    to = [
        {"to": {"id": "999"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}
    ]
    one = {"properties": {"hs_timestamp": "2026-11-23T09:00:00Z"}, "associations": to}

    reply = desk.post("notes/batch/create", {"inputs": [one]})

    assert reply.status == 400
    assert reply.json()["message"] == "One or more associations are invalid"
    assert desk.twin.records("notes") == []
