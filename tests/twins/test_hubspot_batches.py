"""Batches of HubSpot's twin: whole or in part, in what order, and what is told of the rows that failed."""

from __future__ import annotations

import pytest


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
def test_batch_read_finds_by_address(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com")

    body = {"idProperty": "email", "inputs": [{"id": "Ada@example.com"}, {"id": "x@y.example"}]}
    reply = desk.post("contacts/batch/read", body)

    assert [one["id"] for one in reply.json()["results"]] == [id_]
    assert reply.json()["errors"][0]["context"] == {"ids": ["x@y.example"]}


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
@pytest.mark.parametrize("verb", ["read", "create", "update", "upsert"])
def test_batch_of_more_than_a_hundred_is_refused(desk, verb):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    inputs = [{"id": str(n), "properties": {"email": f"p{n}@example.com"}} for n in range(101)]

    assert desk.post(f"contacts/batch/{verb}", {"inputs": inputs}).status == 400
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_batch_create_is_all_or_nothing(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    inputs = [{"properties": {"email": "ada@example.com"}}, {"properties": {"email": "broken"}}]

    reply = desk.post("contacts/batch/create", {"inputs": inputs})

    assert reply.status == 400
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_batch_create_answers_201(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    assert desk.post("contacts/batch/create", {"inputs": [{"properties": {"lastname": "Li"}}]}).status == 201


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_batch_update_tells_unknown_ids_and_shows_the_values(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    id_ = desk.contact(email="ada@example.com")

    inputs = [{"id": id_, "properties": {"city": "Lima"}}, {"id": "999", "properties": {"city": "Rome"}}]
    reply = desk.post("contacts/batch/update", {"inputs": inputs})

    assert reply.status == 207
    assert [(one["id"], one["properties"]["city"]) for one in reply.json()["results"]] == [(id_, "Lima")]
    assert reply.json()["errors"][0]["context"] == {"ids": ["999"]}


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="bad_value_fails_batch")
def test_one_bad_value_fails_the_whole_batch_update(desk):
    """[U] Widely assumed; the documentation names partial answers for creates only."""
    ada, bob = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")

    inputs = [{"id": ada, "properties": {"city": "Lima"}}, {"id": bob, "properties": {"missing": "x"}}]
    reply = desk.post("contacts/batch/update", {"inputs": inputs})

    assert reply.status == 400
    assert "city" not in desk.twin.record("contacts", ada)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_batch_update_by_address_is_refused_and_a_bare_address_changes_nothing(desk):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/548"""
    id_ = desk.contact(email="ada@example.com")
    properties = {"city": "Lima"}

    named = {"inputs": [{"id": "ada@example.com", "idProperty": "email", "properties": properties}]}
    bare = {"inputs": [{"id": "ada@example.com", "properties": properties}]}

    assert desk.post("contacts/batch/update", named).status == 400
    assert desk.post("contacts/batch/update", bare).status == 200
    assert "city" not in desk.twin.record("contacts", id_)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_one_record_twice_in_a_batch_is_refused(desk):
    """https://github.com/segmentio/action-destinations/pull/3969"""
    id_ = desk.contact(email="ada@example.com")
    inputs = [{"id": id_, "properties": {"city": city}} for city in ("Lima", "Rome")]

    assert desk.post("contacts/batch/update", {"inputs": inputs}).status == 400


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
def test_upsert_creates_once_and_finds_it_the_second_time(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    one = {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"email": "ada@example.com"}}

    first = desk.post("contacts/batch/upsert", {"inputs": [one]}).json()["results"][0]
    again = desk.post("contacts/batch/upsert", {"inputs": [one]}).json()["results"][0]

    assert (first["new"], again["new"]) == (True, False)
    assert first["id"] == again["id"]
    assert desk.twin.record("contacts", first["id"])["leadbridge_key"] == "00Q1"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert", switch="address_upserts_fail_whole")
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
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


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="bad_value_fails_batch")
def test_a_portal_may_tell_the_bad_rows_of_an_update_in_a_207(desk):
    """[U] The other reading of the documentation: only the bad row fails."""
    desk.twin.flip(bad_value_fails_batch=False)
    ada, bob = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")

    inputs = [{"id": ada, "properties": {"city": "Lima"}}, {"id": bob, "properties": {"missing": "x"}}]
    reply = desk.post("contacts/batch/update", {"inputs": inputs})

    assert (reply.status, reply.json()["numErrors"]) == (207, 1)
    assert reply.json()["errors"][0]["context"] == {"ids": [bob]}
    assert desk.twin.record("contacts", ada)["city"] == "Lima"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_trace_ids_that_are_not_unique_make_a_batch_whole_again(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    inputs = [
        {"properties": {"email": one}, "objectWriteTraceId": "same"} for one in ("ada@example.com", "broken")
    ]

    assert desk.post("contacts/batch/create", {"inputs": inputs}).status == 400
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_only_the_first_known_address_of_a_batch_is_named(desk):
    """https://github.com/HubSpot/hubspot-api-python/issues/51"""
    ada = desk.contact(email="ada@example.com")
    desk.contact(email="bob@example.com")
    addresses = ("new@example.com", "ada@example.com", "bob@example.com")

    reply = desk.post(
        "contacts/batch/create", {"inputs": [{"properties": {"email": one}} for one in addresses]}
    )

    assert (reply.status, reply.json()["category"]) == (409, "CONFLICT")
    assert reply.json()["message"] == f"Contact already exists. Existing ID: {ada}"
    assert desk.twin.contact("new@example.com") is None


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_one_address_twice_in_a_batch_is_refused(desk):
    """https://github.com/Joystream/youtube-synch/pull/355"""
    inputs = [{"properties": {"email": one}} for one in ("ada@example.com", "Ada@example.com")]

    assert desk.post("contacts/batch/create", {"inputs": inputs}).status == 409
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create", switch="echoes_trace_ids")
@pytest.mark.parametrize("echoes", [False, True])
def test_results_do_not_carry_the_trace_id(desk, echoes):
    """https://developers.hubspot.com/docs/api-reference/error-handling shows none; the model has a field for it."""
    desk.twin.flip(echoes_trace_ids=echoes)
    one = {"properties": {"email": "ada@example.com"}, "objectWriteTraceId": "t1"}

    result = desk.post("contacts/batch/create", {"inputs": [one]}).json()["results"][0]

    assert result.get("objectWriteTraceId") == ("t1" if echoes else None)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="batch_order")
@pytest.mark.parametrize(("order", "shown"), [("sent", "cab"), ("reversed", "bac"), ("by_id", "abc")])
def test_results_need_not_come_in_the_order_sent(desk, order, shown):
    """[U] The documentation promises no order."""
    desk.twin.flip(batch_order=order)
    ids = {name: desk.contact(lastname=name) for name in "abc"}

    inputs = [{"id": ids[name], "properties": {"city": "Lima"}} for name in "cab"]
    results = desk.post("contacts/batch/update", {"inputs": inputs}).json()["results"]

    assert [one["id"] for one in results] == [ids[name] for name in shown]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_two_keys_of_one_record_in_a_batch_are_refused(desk):
    """https://github.com/segmentio/action-destinations/pull/3969"""
    id_ = desk.contact(email="ada@example.com", leadbridge_key="00Q1")

    inputs = [
        {"id": id_, "properties": {"city": "Lima"}},
        {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"city": "Rome"}},
    ]
    reply = desk.post("contacts/batch/update", {"inputs": inputs})

    assert (reply.status, reply.json()["context"]) == (400, {"ids": ["00Q1"]})
    assert reply.json()["message"] == "Duplicate IDs found in batch input: [00Q1]. IDs must be unique"
    assert "city" not in desk.twin.record("contacts", id_)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_batch_update_finds_by_a_unique_property_of_each_input(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    id_ = desk.contact(email="ada@example.com", leadbridge_key="00Q1")

    one = {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"city": "Lima"}}
    reply = desk.post("contacts/batch/update", {"inputs": [one]})

    assert [each["id"] for each in reply.json()["results"]] == [id_]
    assert desk.twin.record("contacts", id_)["city"] == "Lima"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
def test_batch_read_knows_no_associations(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    contact = desk.contact(email="ada@example.com")
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    desk.twin.associate("contacts", contact, "companies", company)

    body = {"inputs": [{"id": contact}], "associations": ["companies"]}

    assert "associations" not in desk.post("contacts/batch/read", body).json()["results"][0]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
def test_batch_read_names_one_id_once(desk):
    """[U] A record that is asked for twice comes once."""
    id_ = desk.contact(email="ada@example.com")

    reply = desk.post("contacts/batch/read", {"inputs": [{"id": id_}, {"id": id_}]})

    assert (reply.status, [one["id"] for one in reply.json()["results"]]) == (200, [id_])


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
def test_batch_read_of_archived_records_finds_only_those(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    gone, stays = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")
    desk.call("DELETE", f"/crm/objects/2026-09/contacts/{gone}")

    body = {"inputs": [{"id": gone}, {"id": stays}]}
    reply = desk.post("contacts/batch/read?archived=true", body)

    assert [(one["id"], one["archived"]) for one in reply.json()["results"]] == [(gone, True)]
    assert reply.json()["errors"][0]["context"] == {"ids": [stays]}


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert", switch="address_upserts_fail_whole")
def test_a_portal_may_take_part_of_an_upsert_by_address(desk):
    """[U] HubSpot says that partial upserts are not supported with addresses, not what that means."""
    desk.twin.flip(address_upserts_fail_whole=False)
    inputs = [
        {"id": email, "idProperty": "email", "properties": properties, "objectWriteTraceId": email}
        for email, properties in (
            ("ada@example.com", {"city": "Lima"}),
            ("bob@example.com", {"missing": "x"}),
        )
    ]

    reply = desk.post("contacts/batch/upsert", {"inputs": inputs})

    assert reply.status == 207
    assert [one["email"] for one in desk.twin.records("contacts")] == ["ada@example.com"]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
def test_upsert_by_address_finds_whom_a_secondary_address_names(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example")

    one = {"id": "ada@work.example", "idProperty": "email", "properties": {"city": "Lima"}}
    result = desk.post("contacts/batch/upsert", {"inputs": [one]}).json()["results"][0]

    assert (result["id"], result["new"]) == (id_, False)
    assert desk.twin.record("contacts", id_)["email"] == "ada@example.com"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
def test_upsert_by_a_unique_property_conflicts_with_the_address_of_another(desk):
    """[U] The key is new, the address is not."""
    owner = desk.contact(email="ada@example.com")

    one = {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"email": "ada@example.com"}}
    reply = desk.post("contacts/batch/upsert", {"inputs": [one]})

    assert (reply.status, reply.json()["message"]) == (409, f"Contact already exists. Existing ID: {owner}")


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert", switch="one_key_per_upsert")
@pytest.mark.parametrize(("is_one", "status"), [(True, 400), (False, 200)])
def test_all_inputs_of_an_upsert_name_the_same_property(desk, is_one, status):
    """[U] One idProperty a request, in practice."""
    desk.twin.flip(one_key_per_upsert=is_one)
    inputs = [
        {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"lastname": "Li"}},
        {"id": "ada@example.com", "idProperty": "email", "properties": {"lastname": "Li"}},
    ]

    assert desk.post("contacts/batch/upsert", {"inputs": inputs}).status == status


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
def test_one_key_twice_in_an_upsert_is_refused(desk):
    """https://github.com/segmentio/action-destinations/pull/3969"""
    one = {"id": "00Q1", "idProperty": "leadbridge_key", "properties": {"lastname": "Li"}}

    assert desk.post("contacts/batch/upsert", {"inputs": [one, one]}).status == 400
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
def test_upsert_needs_a_unique_property(desk):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/548"""
    one = {"id": "Lima", "idProperty": "city", "properties": {"lastname": "Li"}}

    reply = desk.post("contacts/batch/upsert", {"inputs": [one]})

    assert reply.status == 400
    assert reply.json()["message"] == "Unable to perform update/upsert by non-unique 0-1 property"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/archive")
def test_batch_archive_deletes_and_answers_nothing(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    gone, stays = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")

    reply = desk.post("contacts/batch/archive", {"inputs": [{"id": gone}, {"id": gone}, {"id": "999"}]})

    assert (reply.status, reply.body) == (204, b"")
    assert [one["hs_object_id"] for one in desk.twin.records("contacts")] == [stays]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize("verb", ["read", "create", "update", "upsert", "archive"])
@pytest.mark.parametrize(
    "one",
    [
        {"id": {"a": 1}},
        {"id": ["1"]},
        {"id": None, "properties": None},
        {"id": True},
        {"id": "1", "idProperty": 7},
        {"id": "1", "properties": [1]},
        {"id": "9" * 5000},
        {"associations": 5, "properties": {"lastname": "Li"}},
        {"associations": [7], "properties": {"lastname": "Li"}},
    ],
)
def test_input_of_the_wrong_shape_is_no_failure_of_the_portal(desk, verb, one):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    reply = desk.post(f"contacts/batch/{verb}", {"inputs": [one]})

    assert reply.status in (200, 201, 204, 207, 400, 404)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
@pytest.mark.parametrize("field", ["properties", "propertiesWithHistory"])
@pytest.mark.parametrize("names", ["email", [1], [{"name": "email"}]])
def test_names_of_the_wrong_shape_are_refused(desk, field, names):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    assert desk.post("contacts/batch/read", {"inputs": [{"id": "1"}], field: names}).status == 400
