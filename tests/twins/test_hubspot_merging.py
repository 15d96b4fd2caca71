"""Merges in HubSpot's twin: whose id stays, whose values win, and what leads where afterwards."""

from __future__ import annotations

import pytest

from twins.hubspot import Refused

MIA = "mia.marketer@example.com"


@pytest.fixture
def two(desk):
    """A primary contact and one that will go into it."""
    primary = desk.contact(email="ada@example.com", city="Lima", lifecyclestage="lead")
    other = desk.contact(email="ada@work.example", city="Rome", zip="00100", lifecyclestage="customer")
    return primary, other


def merged(desk, primary, other, kind="contacts"):
    """The answer of a merge."""
    return desk.post(f"{kind}/merge", {"primaryObjectId": primary, "objectIdToMerge": other})


@pytest.mark.fact("POST /crm/objects/{kind}/merge", switch="merge_makes_new_record")
@pytest.mark.parametrize("kind", ["contacts", "companies", "deals"])
def test_a_merge_makes_a_new_record_with_a_new_id(desk, kind):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    name = {"contacts": "lastname", "companies": "name", "deals": "dealname"}[kind]
    ids = [desk.post(kind, {"properties": {name: one}}).json()["id"] for one in ("One", "Two")]

    reply = merged(desk, *ids, kind)

    assert reply.status == 200
    assert reply.json()["id"] not in ids
    assert [one["hs_object_id"] for one in desk.twin.records(kind)] == [reply.json()["id"]]


@pytest.mark.fact("POST /crm/objects/{kind}/merge", switch="merge_makes_new_record")
def test_the_primary_record_of_a_merge_may_keep_its_id(desk, two):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies: as it was."""
    desk.twin.flip(merge_makes_new_record=False)

    assert merged(desk, *two).json()["id"] == two[0]
    assert desk.get(f"contacts/{two[1]}").json()["id"] == two[0]
    assert desk.twin.record("contacts", two[0])["hs_merged_object_ids"] == two[1]


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_the_ids_of_merged_records_lead_to_the_survivor(desk, two):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    survivor = merged(desk, *two).json()["id"]
    third = desk.contact(email="third@example.com")
    last = merged(desk, survivor, third).json()["id"]

    asked = [*two, survivor, third, last]
    assert {desk.get(f"contacts/{one}").json()["id"] for one in asked} == {last}
    read = desk.post("contacts/batch/read", {"inputs": [{"id": one} for one in asked]})
    assert (read.status, [one["id"] for one in read.json()["results"]]) == (200, [last])


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_merged_records_vanish_from_search_and_lists(desk, two):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    survivor = merged(desk, *two).json()["id"]

    found = desk.search("contacts", ("hs_object_id", "IN", list(two))).json()
    assert found["total"] == 0
    assert [one["id"] for one in desk.get("contacts").json()["results"]] == [survivor]
    assert desk.get("contacts?archived=true").json()["results"] == []


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_values_of_the_primary_record_win_and_gaps_are_filled(desk, two):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    record = desk.twin.record("contacts", merged(desk, *two).json()["id"])

    assert (record["city"], record["zip"]) == ("Lima", "00100")


@pytest.mark.fact("POST /crm/objects/{kind}/merge", switch="merge_makes_new_record")
def test_before_the_change_the_newest_value_of_both_won(desk, two):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    desk.twin.flip(merge_makes_new_record=False)

    assert desk.twin.record("contacts", merged(desk, *two).json()["id"])["city"] == "Rome"


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_merged_person_keeps_the_primary_address_and_gains_the_others(desk, two):
    """https://knowledge.hubspot.com/articles/kcs_article/contacts/what-happens-when-i-merge-two-contacts"""
    survivor = merged(desk, *two).json()["id"]

    record = desk.twin.record("contacts", survivor)
    assert (record["email"], record["hs_additional_emails"]) == ("ada@example.com", "ada@work.example")
    assert desk.twin.contact("ada@work.example") == survivor
    again = desk.post("contacts", {"properties": {"email": "ada@work.example"}})
    assert f"{survivor} already has that value" in again.json()["message"]


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_merged_person_stands_in_the_furthest_stage_of_both(desk, two):
    """https://knowledge.hubspot.com/articles/kcs_article/contacts/how-do-i-merge-contacts"""
    assert desk.twin.record("contacts", merged(desk, *two).json()["id"])["lifecyclestage"] == "customer"


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_merged_record_is_as_old_as_the_older_one(desk, two):
    """https://knowledge.hubspot.com/records/merge-records"""
    primary, other = two
    older = desk.twin.record("contacts", primary)["createdate"]

    assert desk.twin.record("contacts", merged(desk, other, primary).json()["id"])["createdate"] == older


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_person_who_left_the_mailings_under_one_address_has_left_them(desk, two):
    """https://knowledge.hubspot.com/records/merge-records"""
    desk.twin.automate(
        "contacts", two[1], {"hs_email_optout": "true", "hs_marketable_status": "true"}, desk.now
    )

    record = desk.twin.record("contacts", merged(desk, *two).json()["id"])
    assert (record["hs_email_optout"], record["hs_marketable_status"]) == ("true", "true")


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_a_survivor_names_the_ids_that_went_into_it(desk, two):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/6"""
    record = desk.twin.record("contacts", merged(desk, *two).json()["id"])

    assert record["hs_merged_object_ids"].split(";") == list(two)
    vids = [one.split(":") for one in record["hs_calculated_merged_vids"].split(";")]
    assert [id_ for id_, _ in vids] == list(two)
    assert {moment for _, moment in vids} == {str(int(desk.now.timestamp() * 1000))}


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_a_survivor_has_the_history_of_both(desk, two):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    survivor = merged(desk, *two).json()["id"]

    steps = desk.twin.history("contacts", survivor, "city")
    assert [(one["value"], one["sourceType"]) for one in steps] == [
        ("Lima", "MERGE_CONTACTS"),
        ("Rome", "INTEGRATION"),
        ("Lima", "INTEGRATION"),
    ]


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_joins_of_both_go_to_the_survivor_and_the_primary_company_stays_one(desk, two):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    acme, bolt = (
        desk.post("companies", {"properties": {"name": name}}).json()["id"] for name in ("Acme", "Bolt")
    )
    desk.twin.associate("contacts", two[0], "companies", acme)
    desk.twin.associate("contacts", two[1], "companies", bolt)
    deal = desk.twin.create("deals", {"dealname": "Big"}, MIA, desk.now)
    desk.twin.associate("contacts", two[1], "deals", deal)

    survivor = merged(desk, *two).json()["id"]

    read = {"inputs": [{"id": survivor}]}
    path = "/crm/associations/2026-09/contacts/companies/batch/read"
    to = desk.call("POST", path, read).json()["results"][0]["to"]
    labels = {str(one["toObjectId"]): {each["typeId"] for each in one["associationTypes"]} for one in to}
    assert labels == {acme: {1, 279}, bolt: {279}}
    assert desk.twin.associated("contacts", survivor, "deals") == [deal]
    assert desk.twin.associated("deals", deal, "contacts") == [survivor]
    assert desk.twin.associated("companies", bolt, "contacts") == [survivor]


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_contacts_of_a_merged_company_follow_it(desk):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    acme, bolt = (
        desk.post("companies", {"properties": {"name": name}}).json()["id"] for name in ("Acme", "Bolt")
    )
    contact = desk.contact(email="ada@example.com")
    desk.twin.associate("contacts", contact, "companies", bolt)

    survivor = merged(desk, acme, bolt, "companies").json()["id"]

    assert desk.twin.associated("contacts", contact, "companies") == [survivor]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="merged_id_in_update")
@pytest.mark.parametrize(("does", "results", "city"), [("left_out", 0, "Lima"), ("survivor", 1, "Oslo")])
def test_a_merged_id_is_missing_from_the_results_of_an_update_without_an_error(
    desk, two, does, results, city
):
    """[U] A public connector has a test for it; whether the survivor changes is not known."""
    desk.twin.flip(merged_id_in_update=does)
    survivor = merged(desk, *two).json()["id"]

    reply = desk.write(two[1], city="Oslo")

    assert (reply.status, len(reply.json()["results"])) == (200, results)
    assert desk.twin.record("contacts", survivor)["city"] == city


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_a_single_update_by_a_merged_id_reaches_the_survivor(desk, two):
    """[U] As a read does."""
    survivor = merged(desk, *two).json()["id"]

    reply = desk.call("PATCH", f"/crm/objects/2026-09/contacts/{two[1]}", {"properties": {"city": "Oslo"}})

    assert reply.json()["id"] == survivor
    assert desk.twin.record("contacts", survivor)["city"] == "Oslo"


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_person_with_more_than_250_identities_is_not_made(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    crowds = [
        {"lastname": name, "hs_additional_emails": ";".join(f"{name}{n}@example.com" for n in range(126))}
        for name in ("one", "two")
    ]
    ids = desk.twin.load("contacts", crowds, desk.now).ids

    reply = merged(desk, *ids)

    assert (reply.status, reply.json()["message"]) == (
        414,
        "Cannot have more than 250 identities on a profile",
    )
    assert len(desk.twin.records("contacts")) == 2


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_merge_needs_two_records_that_are_there(desk, two):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/merge-contacts"""
    bodies = (
        {"primaryObjectId": two[0], "objectIdToMerge": two[0]},
        {"primaryObjectId": two[0], "objectIdToMerge": "999"},
        {"primaryObjectId": two[0]},
        {"primaryObjectId": two[0], "objectIdToMerge": {}},
    )

    assert [desk.post("contacts/merge", body).status for body in bodies] == [400, 404, 400, 400]
    assert len(desk.twin.records("contacts")) == 2


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_activities_cannot_be_merged(desk):
    """https://knowledge.hubspot.com/records/merge-records"""
    ids = [
        desk.post("notes", {"properties": {"hs_timestamp": "2026-11-23T09:00:00Z"}}).json()["id"]
        for _ in range(2)
    ]

    assert merged(desk, *ids, "notes").status == 400


@pytest.mark.fact("at the screen")
def test_people_merge_at_the_screen_as_apps_do(desk, two):
    """https://knowledge.hubspot.com/records/merge-records"""
    survivor = desk.twin.merge("contacts", *two, MIA, desk.now)

    assert desk.get(f"contacts/{two[1]}").json()["id"] == survivor
    told = {(one.id, one.field, one.new, one.actor) for one in desk.log.writes("human")}
    assert (two[0], "merged_into", survivor, "human") in told
    assert (survivor, "city", "Lima", "human") in told
    with pytest.raises(Refused):
        desk.twin.merge("contacts", survivor, survivor, MIA, desk.now)


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_a_unique_key_of_either_record_finds_the_survivor(desk):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    bare = desk.contact(email="ada@example.com")
    keyed = desk.contact(email="ada@work.example", leadbridge_key="00Q1")

    survivor = merged(desk, bare, keyed).json()["id"]

    found = desk.get("contacts/00Q1?idProperty=leadbridge_key")
    assert found.json()["id"] == survivor


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
def test_of_two_unique_keys_the_primary_one_stays_and_the_other_is_free(desk):
    """https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies"""
    one = desk.contact(email="ada@example.com", leadbridge_key="00Q1")
    two = desk.contact(email="ada@work.example", leadbridge_key="00Q2")

    merged(desk, one, two)

    assert desk.get("contacts/00Q1?idProperty=leadbridge_key").status == 200
    assert desk.get("contacts/00Q2?idProperty=leadbridge_key").status == 404
    assert desk.contact(email="new@example.com", leadbridge_key="00Q2")
