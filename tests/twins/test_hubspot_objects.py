"""Single records of HubSpot's twin: identity, reading, creating, deleting, lists; each fact as HubSpot documents it."""

from __future__ import annotations

import re

import pytest

from twins.hubspot import Refused

MIA = "mia.marketer@example.com"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
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


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_created_record_answers_201_with_its_place(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    reply = desk.post("contacts", {"properties": {"email": "ada@example.com"}})

    assert reply.status == 201
    assert reply.headers["Location"].endswith("/contacts/" + reply.json()["id"])


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_ids_are_decimal_text_beyond_32_bits(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    record = desk.get("contacts/" + desk.contact(email="ada@example.com")).json()

    assert int(record["id"]) > 1 << 32
    assert record["properties"]["hs_object_id"] == record["id"]


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_contact_needs_an_address_or_a_name(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    assert desk.post("contacts", {"properties": {"city": "Kyoto"}}).status == 400
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_contact_made_by_an_app_becomes_a_lead_unless_told_otherwise(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    plain = desk.contact(email="ada@example.com")
    told = desk.contact(email="bob@example.com", lifecyclestage="subscriber")

    assert desk.twin.record("contacts", plain)["lifecyclestage"] == "lead"
    assert desk.twin.record("contacts", told)["lifecyclestage"] == "subscriber"
    assert desk.twin.record("contacts", plain)["hs_object_source"] == "INTEGRATION"


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_known_address_conflicts_whatever_its_case(desk):
    """https://github.com/HubSpot/hubspot-api-python/issues/51"""
    id_ = desk.contact(email="ada@example.com")

    reply = desk.post("contacts", {"properties": {"email": " ADA@Example.com "}})

    assert reply.status == 409
    assert reply.json()["category"] == "CONFLICT"
    assert reply.json()["message"] == f"Contact already exists. Existing ID: {id_}"


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_secondary_address_of_another_contact_conflicts_and_the_second_id_is_the_owner(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    owner = desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example;a@x.example")

    reply = desk.post("contacts", {"properties": {"email": "ada@work.example"}})

    assert reply.status == 400
    assert "propertyName=email, value=ada@work.example}" in reply.json()["message"]
    assert re.search(r"(\d+) already has that value", reply.json()["message"]).group(1) == owner
    assert len(desk.twin.records("contacts")) == 1


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_contact_is_read_and_changed_by_its_address(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example")

    path = "/crm/objects/2026-09/contacts/ada@work.example?idProperty=email"
    changed = desk.call("PATCH", path, {"properties": {"city": "Lima"}})

    assert changed.status == 200
    assert desk.call("GET", path).json()["id"] == id_
    assert desk.twin.record("contacts", id_)["city"] == "Lima"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_address_is_free_again_when_its_contact_changes_it(desk):
    """An address belongs to who holds it now: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com")
    desk.write(id_, email="ada@new.example")

    other = desk.contact(email="ada@example.com")

    assert desk.twin.contact("ada@example.com") == other
    assert desk.twin.contact("ada@new.example") == id_


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_empty_property_is_null_and_unknown_property_is_left_out(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.contact(email="ada@example.com")

    shown = desk.get(f"contacts/{id_}?properties=city,no_such_thing").json()["properties"]

    assert shown["city"] is None
    assert "no_such_thing" not in shown


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize("query", ["properties=city&properties=zip", "properties=city,zip"])
def test_properties_come_repeated_or_with_commas(desk, query):
    """The documentation joins with commas, HubSpot's own client repeats:
    https://github.com/HubSpot/hubspot-api-python/blob/master/hubspot/crm/objects/api/basic_api.py
    """
    id_ = desk.contact(email="ada@example.com", city="Lima", zip="15001")

    shown = desk.get(f"contacts/{id_}?{query}").json()["properties"]

    assert (shown["city"], shown["zip"]) == ("Lima", "15001")


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="always_fractions")
def test_stamps_have_no_fraction_when_the_milliseconds_are_zero(desk):
    """[U] Seen in captured traffic; the documentation shows three digits."""
    whole = desk.contact(email="ada@example.com")
    desk.later(milliseconds=469)
    part = desk.contact(email="bob@example.com")

    assert desk.get(f"contacts/{whole}").json()["createdAt"] == "2026-11-23T09:00:01Z"
    assert desk.get(f"contacts/{part}").json()["createdAt"] == "2026-11-23T09:00:02.469Z"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_modified_moves_with_a_changed_value_only(desk):
    """[U] A write that changes nothing is no change: our own echo must not look like one."""
    id_ = desk.contact(email="ada@example.com", city="Lima")
    born = desk.twin.record("contacts", id_)["lastmodifieddate"]

    desk.write(id_, city="Lima")
    same = desk.twin.record("contacts", id_)["lastmodifieddate"]
    desk.write(id_, city="Quito")

    assert same == born
    assert desk.twin.record("contacts", id_)["lastmodifieddate"] > born


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_unknown_numeric_id_is_a_404_without_category(desk):
    """[U] Several clients' logs agree; the documentation is silent."""
    reply = desk.get("contacts/999")

    assert reply.status == 404
    assert reply.json()["message"] == "resource not found"
    assert "category" not in reply.json()


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_id_that_is_no_number_is_told_so(desk):
    """[U] The two spaces are HubSpot's; six code bases have them."""
    reply = desk.get("contacts/ada")

    assert reply.status == 404
    assert reply.json()["message"] == "Object not found.  objectId are usually numeric."


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_unique_value_of_another_record_is_refused(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    owner = desk.contact(email="ada@example.com", leadbridge_key="00Q1")
    other = desk.contact(email="bob@example.com")

    reply = desk.write(other, leadbridge_key="00Q1")

    assert reply.status == 400
    assert f"{owner} already has that value" in reply.json()["message"]
    assert "leadbridge_key" not in desk.twin.record("contacts", other)


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}")
def test_archived_record_is_gone_from_reads_lists_and_searches(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    id_ = desk.contact(email="ada@example.com")

    assert desk.call("DELETE", f"/crm/objects/2026-09/contacts/{id_}").status == 204

    assert desk.get(f"contacts/{id_}").status == 404
    assert desk.get("contacts").json()["results"] == []
    assert desk.search().json()["total"] == 0
    assert desk.contact(email="ada@example.com") != id_


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_list_pages_by_record_id_and_the_last_page_has_no_paging(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    ids = [desk.contact(email=f"p{n}@example.com") for n in range(5)]

    first = desk.get("contacts?limit=3").json()
    second = desk.get(f"contacts?limit=3&after={first['paging']['next']['after']}").json()

    assert first["paging"]["next"]["after"] == ids[2]
    assert [one["id"] for one in first["results"] + second["results"]] == ids
    assert "paging" not in second


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_the_link_to_the_next_page_leads_to_hubspots_own_host(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide: follow ``after``, not the link."""
    ids = [desk.contact(email=f"p{n}@example.com") for n in range(2)]

    told = desk.get("contacts?limit=1&properties=email&properties=city").json()["paging"]["next"]["link"]

    root = "https://api.hubapi.com/crm/objects/2026-09/contacts"
    assert told == f"{root}?limit=1&properties=email&properties=city&after={ids[0]}"


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_list_takes_at_most_a_hundred_and_fifty_with_history(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    assert desk.get("contacts?limit=101").status == 400
    assert desk.get("contacts?limit=51&propertiesWithHistory=city").status == 400


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_list_reads_archived_in_any_case(desk):
    """HubSpot's own Python client sends ``True``: https://github.com/HubSpot/hubspot-api-python"""
    desk.contact(email="ada@example.com")

    assert desk.get("contacts?archived=True").json()["results"] == []
    assert len(desk.get("contacts?archived=False").json()["results"]) == 1


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
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


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="always_fractions")
def test_a_portal_may_show_three_digits_of_a_second_always(desk):
    """[U] The documentation's examples have three digits, captured traffic has none when they are zero."""
    desk.twin.flip(always_fractions=True)
    id_ = desk.contact(email="ada@example.com", leadbridge_handed_over_at="2026-11-23T09:00:00Z")

    shown = desk.get(f"contacts/{id_}?properties=createdate,leadbridge_handed_over_at").json()

    assert shown["createdAt"] == shown["properties"]["createdate"] == "2026-11-23T09:00:01.000Z"
    assert shown["properties"]["leadbridge_handed_over_at"] == "2026-11-23T09:00:00.000Z"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="shows_url")
def test_a_record_carries_the_address_of_its_page(desk):
    """[U] Present in newer answers, as captured traffic shows."""
    id_ = desk.contact(email="ada@example.com")

    shown = desk.get(f"contacts/{id_}").json()
    desk.twin.flip(shows_url=False)

    assert shown["url"].endswith(f"/record/0-1/{id_}")
    assert "url" not in desk.get(f"contacts/{id_}").json()


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize(
    ("kind", "properties", "shown"),
    [
        ("contacts", {"email": "ada@example.com"}, "email firstname lastname createdate lastmodifieddate"),
        ("companies", {"name": "Acme"}, "name domain createdate hs_lastmodifieddate"),
        (
            "deals",
            {"dealname": "Big"},
            "dealname amount closedate pipeline dealstage createdate hs_lastmodifieddate",
        ),
        ("notes", {"hs_timestamp": "2026-11-23T09:00:00Z"}, "hs_createdate hs_lastmodifieddate"),
        ("line_items", {"name": "Bolt"}, "quantity amount price createdate hs_lastmodifieddate"),
    ],
)
def test_each_kind_shows_its_own_properties_when_none_are_asked_for(desk, kind, properties, shown):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis"""
    id_ = desk.twin.create(kind, properties, MIA, desk.now)

    assert set(desk.get(f"{kind}/{id_}").json()["properties"]) == {*shown.split(), "hs_object_id"}


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_associations_stand_in_a_record_when_they_are_asked_for(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    contact = desk.contact(email="ada@example.com")
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    desk.twin.associate("contacts", contact, "companies", company)

    one = desk.get(f"contacts/{contact}?associations=companies").json()["associations"]
    listed = desk.get("contacts?associations=companies").json()["results"][0]["associations"]

    assert {each["id"] for each in one["companies"]["results"]} == {company}
    assert listed == one


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_record_without_what_it_needs_is_refused_with_the_names_of_it(desk):
    """https://github.com/PipedreamHQ/pipedream/issues/12366"""
    reply = desk.post("contacts", {"properties": {"city": "Kyoto"}})

    assert reply.status == 400
    assert reply.json()["message"] == "Error creating CONTACT. Some required properties were not set."
    assert set(reply.json()["context"]["properties"]) == {"email", "firstname", "lastname"}
    assert reply.json()["category"] == "VALIDATION_ERROR"


@pytest.mark.fact("POST /crm/objects/{kind}", switch="records_need_a_name")
@pytest.mark.parametrize(
    ("kind", "properties"), [("companies", {"city": "Kyoto"}), ("deals", {"amount": "12"})]
)
def test_company_needs_name_or_domain_and_deal_its_name(desk, kind, properties):
    """https://developers.hubspot.com/changelog/crm-imports-api-new-validation-for-required-properties"""
    assert desk.post(kind, {"properties": properties}).status == 400
    desk.twin.flip(records_need_a_name=False)

    assert desk.post(kind, {"properties": properties}).status == 201


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}", switch="address_conflict_on_update")
@pytest.mark.parametrize("status", [409, 400])
def test_address_of_another_contact_is_refused_in_an_update(desk, status):
    """https://github.com/stape-io/hubspot-tag/issues/7; the other form was captured in 2026."""
    desk.twin.flip(address_conflict_on_update=str(status))
    owner, other = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")

    reply = desk.call(
        "PATCH", f"/crm/objects/2026-09/contacts/{other}", {"properties": {"email": "ada@example.com"}}
    )

    words = {409: f"Existing ID: {owner}", 400: f" on {other}. {owner} already has that value."}
    assert reply.status == status
    assert reply.json()["message"].endswith(words[status])
    assert desk.twin.record("contacts", other)["email"] == "bob@example.com"


@pytest.mark.fact("POST /crm/objects/{kind}", switch="lowercases_addresses")
def test_address_is_stored_in_lower_case(desk):
    """[U] Told by many; with the switch off it stays as typed, and is still one identity."""
    first = desk.contact(email="Ada@Example.com")
    desk.twin.flip(lowercases_addresses=False)
    second = desk.contact(email="Bob@Example.com")

    again = desk.post("contacts", {"properties": {"email": "BOB@example.com"}})

    assert desk.twin.record("contacts", first)["email"] == "ada@example.com"
    assert desk.twin.record("contacts", second)["email"] == "Bob@Example.com"
    assert again.json()["message"] == f"Contact already exists. Existing ID: {second}"


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_contact_made_by_an_app_is_no_marketing_contact_and_tells_its_origin(desk):
    """[U] Captured once in 2024: source, and a marketing status nobody asked for."""
    record = desk.twin.record("contacts", desk.contact(email="ada@example.com"))

    told = [record[name] for name in ("hs_marketable_status", "hs_object_source", "hs_object_source_id")]
    assert told == ["false", "INTEGRATION", "1160452"]


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_list_of_archived_records_shows_only_those_with_their_moment(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    gone, stays = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")
    desk.call("DELETE", f"/crm/objects/2026-09/contacts/{gone}")

    archived = desk.get("contacts?archived=true&properties=email").json()["results"]

    assert [one["id"] for one in desk.get("contacts").json()["results"]] == [stays]
    assert [(one["id"], one["archived"], one["archivedAt"]) for one in archived] == [
        (gone, True, "2026-11-23T09:00:03Z")
    ]
    assert archived[0]["properties"]["email"] == "ada@example.com"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_archived_record_is_read_only_when_archived_ones_are_asked_for(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    gone, stays = desk.contact(email="ada@example.com"), desk.contact(email="bob@example.com")
    desk.twin.archive("contacts", gone, MIA, desk.now)

    asked = {id_: desk.get(f"contacts/{id_}?archived=true") for id_ in (gone, stays)}

    assert desk.get(f"contacts/{gone}").status == 404
    assert (asked[gone].status, asked[stays].status) == (200, 404)
    assert asked[gone].json()["archived"] is True


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_archived_record_cannot_be_changed(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""
    gone = desk.contact(email="ada@example.com")
    desk.twin.archive("contacts", gone, MIA, desk.now)

    reply = desk.call("PATCH", f"/crm/objects/2026-09/contacts/{gone}", {"properties": {"city": "Lima"}})

    assert reply.status == 404


@pytest.mark.fact("at the screen")
def test_restored_record_stands_again_with_its_values_and_joins(desk):
    """https://knowledge.hubspot.com/records/restore-deleted-records"""
    contact = desk.contact(email="ada@example.com", city="Lima")
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    desk.twin.associate("contacts", contact, "companies", company)
    desk.twin.archive("contacts", contact, MIA, desk.now)
    joined_meanwhile = desk.twin.associated("companies", company, "contacts")

    desk.twin.restore("contacts", contact, MIA, desk.later(days=89))

    assert joined_meanwhile == []
    assert desk.twin.record("contacts", contact)["city"] == "Lima"
    assert desk.twin.contact("ada@example.com") == contact
    assert desk.twin.associated("companies", company, "contacts") == [contact]
    assert desk.search("contacts", ("email", "EQ", "ada@example.com")).json()["total"] == 1


@pytest.mark.fact("at the screen")
def test_record_can_be_restored_for_ninety_days(desk):
    """https://knowledge.hubspot.com/records/restore-deleted-records"""
    contact = desk.contact(email="ada@example.com")
    desk.twin.archive("contacts", contact, MIA, desk.now)

    with pytest.raises(Refused):
        desk.twin.restore("contacts", contact, MIA, desk.later(days=91))
    assert desk.get("contacts?archived=true").json()["results"] == []


@pytest.mark.fact("at the screen")
def test_contact_whose_address_another_one_holds_now_cannot_be_restored(desk):
    """https://knowledge.hubspot.com/records/restore-deleted-records"""
    contact = desk.contact(email="ada@example.com")
    desk.twin.archive("contacts", contact, MIA, desk.now)
    other = desk.contact(email="ada@example.com")

    with pytest.raises(Refused):
        desk.twin.restore("contacts", contact, MIA, desk.now)
    assert desk.twin.contact("ada@example.com") == other


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}", switch="unknown_archive_is_fine")
@pytest.mark.parametrize(("is_fine", "status"), [(True, 204), (False, 404)])
def test_deleting_what_nobody_has_is_no_error(desk, is_fine, status):
    """[U] Many clients rely on 204."""
    desk.twin.flip(unknown_archive_is_fine=is_fine)

    assert desk.call("DELETE", "/crm/objects/2026-09/contacts/999").status == status
    assert desk.post("contacts/batch/archive", {"inputs": [{"id": "999"}]}).status == status


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_record_is_named_by_a_unique_property(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    id_ = desk.contact(email="ada@example.com", leadbridge_key="00Q1")

    path = "/crm/objects/2026-09/contacts/00Q1?idProperty=leadbridge_key"
    desk.call("PATCH", path, {"properties": {"city": "Lima"}})

    assert desk.call("GET", path).json()["id"] == id_
    assert desk.twin.record("contacts", id_)["city"] == "Lima"
    assert desk.get("contacts/Lima?idProperty=city").status == 400


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize(
    "body",
    [
        {"properties": []},
        {"properties": "email"},
        {"properties": {"city": {"name": "Lima"}}},
        {"properties": {"city": ["Lima"]}},
    ],
)
def test_properties_of_the_wrong_shape_are_refused(desk, body):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    assert desk.post("contacts", {**body, "email": "ada@example.com"}).status == 400
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize("key", ["9" * 5000, "\u00b2", "-1", "1.5"])
def test_no_id_however_odd_breaks_the_portal(desk, key):
    """[U] Whatever is no number of HubSpot's is told so."""
    assert desk.get(f"contacts/{key}").status in (404, 414)


@pytest.mark.fact("GET /crm/objects/{kind}")
@pytest.mark.fact("POST /crm/objects/{kind}/search")
@pytest.mark.fact("GET /crm/objects/{kind}/{id}/associations/{to}")
@pytest.mark.fact("GET /crm/lists/{list}")
@pytest.mark.parametrize("number", ["9" * 5000, "\u00b2"])
def test_no_number_however_odd_breaks_the_portal(desk, number):
    """[U] Whatever is no number of HubSpot's is told so, or found nowhere."""
    asked = [
        desk.get(f"contacts?after={number}"),
        desk.get(f"contacts?limit={number}"),
        desk.get(f"contacts/{number}/associations/companies"),
        desk.call("GET", f"/crm/lists/2026-09/{number}"),
    ]

    sought = desk.search("contacts", ("hs_object_id", "IN", [number]))

    assert all(reply.status in (400, 404, 414) for reply in asked)
    assert sought.status == 400 or sought.json()["total"] == 0


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize("name", ["email", "hs_additional_emails"])
def test_secondary_address_of_another_contact_is_refused_in_an_update_too(desk, name):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    owner = desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example")
    other = desk.contact(email="bob@example.com")

    reply = desk.write(other, **{name: "ada@work.example"})

    assert reply.status == 400
    assert reply.json()["message"].endswith(f"on {other}. {owner} already has that value.")
    assert desk.twin.contact("ada@work.example") == owner
