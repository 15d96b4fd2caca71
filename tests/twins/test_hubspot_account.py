"""Everything around the records of HubSpot's twin: people, definitions, associations, refusals, headers."""

from __future__ import annotations

import re

import pytest


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_missing_or_wrong_token_is_a_401(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    reply = desk.call("GET", "/crm/objects/2026-09/contacts", token="wrong")

    assert reply.status == 401
    assert reply.json()["category"] == "INVALID_AUTHENTICATION"
    assert reply.json()["message"].startswith("Authentication credentials not found.")


@pytest.mark.fact("GET /")
@pytest.mark.parametrize(
    "path", ["/crm/objects/2025-01/contacts", "/crm/v3/associations/contacts/deals/labels", "/nowhere"]
)
def test_path_that_leads_nowhere_is_a_404(desk, path):
    """https://developers.hubspot.com/docs/api-reference/legacy/migration-guide"""
    assert desk.call("GET", path).status == 404


@pytest.mark.fact("GET /crm/objects/{kind}/batch/read")
def test_wrong_verb_is_a_405(desk):
    """[U] The path is there, the method is not; which status that is nobody could check."""
    assert desk.call("GET", "/crm/objects/2026-09/contacts/batch/read").status == 405


@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
def test_body_that_is_no_json_is_a_400(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    assert desk.post("contacts/batch/read", None).status == 400
    assert desk.post("contacts/batch/read", {"inputs": "all"}).status == 400


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_every_refusal_carries_the_correlation_id_of_its_header(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    reply = desk.get("contacts/999")

    id_ = reply.headers["x-hubspot-correlation-id"]
    assert reply.json()["correlationId"] == id_
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", id_)


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_rate_headers_are_on_every_answer_but_a_search(desk):
    """https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"""
    first, second = desk.get("contacts").headers, desk.get("contacts").headers

    assert first["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    left = [int(one["X-HubSpot-RateLimit-Daily-Remaining"]) for one in (first, second)]
    assert left[0] - left[1] == 1
    assert not any("RateLimit" in name for name in desk.search().headers)


@pytest.mark.fact("GET /account-info/api-usage/daily/private-apps")
def test_daily_budget_starts_again_at_midnight_of_the_account(desk):
    """https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"""
    path = "/account-info/v3/api-usage/daily/private-apps"
    desk.get("contacts")

    usage = desk.call("GET", path).json()["results"][0]
    desk.later(hours=14)
    tomorrow = desk.call("GET", path).json()["results"][0]

    assert (usage["currentUsage"], usage["resetsAt"]) == (2, "2026-11-23T23:00:00Z")
    assert tomorrow["currentUsage"] == 1


@pytest.mark.fact("GET /account-info/details")
def test_account_tells_its_zone_and_currency(desk):
    """https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide"""
    told = desk.call("GET", "/account-info/v3/details").json()

    assert (told["timeZone"], told["companyCurrency"], told["utcOffset"]) == (
        "Europe/Berlin",
        "EUR",
        "+01:00",
    )


@pytest.mark.fact("at the screen")
def test_calls_are_counted_by_verb_and_path_template(desk):
    """[U] The twin's own count: ids and versions do not make a call another one."""
    id_ = desk.contact(email="ada@example.com")
    desk.get(f"contacts/{id_}")
    desk.call("GET", f"/crm/v3/objects/contacts/{id_}")

    assert desk.twin.calls["GET", "/crm/objects/contacts/{id}"] == 2
    assert desk.twin.calls["POST", "/crm/objects/contacts"] == 1


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_person_with_a_token_acts_as_at_the_screen(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide (sourceType)"""
    ada = desk.contact(email="ada@example.com")
    token = desk.twin.token_for("sara.santos@example.com")

    desk.call("PATCH", f"/crm/objects/2026-09/contacts/{ada}", {"properties": {"city": "Lima"}}, token=token)

    newest = desk.twin.history("contacts", ada, "city")[0]
    assert (newest["sourceType"], newest["updatedByUserId"]) == ("CRM_UI", 47812002)
    assert [one.actor for one in desk.log.writes() if one.field == "city"] == ["human"]


@pytest.mark.fact("GET /crm/owners")
def test_owner_id_is_not_the_user_id(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    owners = desk.call("GET", "/crm/v3/owners/?limit=100").json()["results"]

    assert {"sam.seller@example.com", "mia.marketer@example.com"} <= {one["email"] for one in owners}
    assert all(isinstance(one["id"], str) and isinstance(one["userId"], int) for one in owners)
    assert all(one["id"] != str(one["userId"]) for one in owners)


@pytest.mark.fact("GET /crm/owners")
def test_owner_is_found_by_address(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    found = desk.call("GET", "/crm/owners/2026-09?email=Sam.Seller@example.com").json()["results"]

    assert [one["lastName"] for one in found] == ["Seller"]
    assert desk.call("GET", f"/crm/owners/2026-09/{found[0]['id']}").json() == found[0]


@pytest.mark.fact("GET /crm/owners")
def test_owners_come_in_pages(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    first = desk.call("GET", "/crm/v3/owners/?limit=3").json()
    second = desk.call("GET", f"/crm/v3/owners/?limit=3&after={first['paging']['next']['after']}").json()

    assert (len(first["results"]), len(second["results"])) == (3, 2)
    assert "paging" not in second


@pytest.mark.fact("GET /crm/properties/{kind}")
def test_portal_is_born_with_leadbridges_own_properties(desk):
    """[U] The twin's own: one list of components serves both twins and the daemon."""
    rows = desk.call("GET", "/crm/v3/properties/contacts").json()["results"]
    by_name = {row["name"]: row for row in rows}

    stage, key = by_name["leadbridge_stage"], by_name["leadbridge_key"]
    assert [one["value"] for one in stage["options"]][:2] == ["new", "nurturing"]
    assert (stage["type"], stage["groupName"], stage["hubspotDefined"]) == (
        "enumeration",
        "leadbridge",
        False,
    )
    assert key["hasUniqueValue"]


@pytest.mark.fact("GET /crm/properties/{kind}/{name}")
def test_lifecycle_options_come_in_their_order(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    prop = desk.call("GET", "/crm/properties/2026-09/0-1/lifecyclestage").json()

    options = sorted(prop["options"], key=lambda one: one["displayOrder"])
    assert [one["value"] for one in options] == [
        "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer",
        "evangelist", "other",
    ]  # fmt: skip


@pytest.mark.fact("GET /crm/properties/{kind}/{name}")
def test_calculated_property_says_that_its_value_is_read_only(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    prop = desk.call("GET", "/crm/v3/properties/deals/hs_is_closed").json()

    assert prop["modificationMetadata"]["readOnlyValue"]
    assert prop["calculated"]


@pytest.mark.fact("GET /crm/properties/{kind}/{name}")
def test_unknown_property_is_a_404(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    assert desk.call("GET", "/crm/v3/properties/contacts/no_such").status == 404


@pytest.mark.fact("GET /crm/pipelines/{kind}")
def test_stage_metadata_are_texts(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    (pipeline,) = desk.call("GET", "/crm/v3/pipelines/deals").json()["results"]

    stages = {one["id"]: one["metadata"] for one in pipeline["stages"]}
    assert pipeline["id"] == "default"
    assert stages["closedwon"] == {"isClosed": "true", "probability": "1.0"}
    assert stages["contractsent"] == {"isClosed": "false", "probability": "0.9"}


@pytest.fixture
def pair(desk):
    """A contact and a company."""
    company = desk.twin.create("companies", {"name": "Acme"}, "sam.seller@example.com", desk.now)
    return desk.contact(email="ada@example.com"), company


def joined(desk, contact):
    reply = desk.call("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies")
    return {
        one["toObjectId"]: {each["typeId"] for each in one["associationTypes"]}
        for one in reply.json()["results"]
    }


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/associate/default")
def test_default_association_joins_both_directions(desk, pair):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    body = {"inputs": [{"from": {"id": pair[0]}, "to": {"id": pair[1]}}]}

    reply = desk.call("POST", "/crm/associations/2026-09/contacts/companies/batch/associate/default", body)

    types = [one["associationSpec"]["associationTypeId"] for one in reply.json()["results"]]
    assert (reply.status, types) == (200, [279, 280])
    assert desk.twin.associated("companies", pair[1], "contacts") == [pair[0]]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/read")
def test_association_read_has_a_number_on_one_end_and_text_on_the_other(desk, pair):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    desk.twin.associate("contacts", pair[0], "companies", pair[1])

    path = "/crm/v4/associations/contacts/companies/batch/read"
    (row,) = desk.call("POST", path, {"inputs": [{"id": pair[0]}]}).json()["results"]

    assert row["from"]["id"] == pair[0]
    assert row["to"][0]["toObjectId"] == int(pair[1])
    labels = {one["typeId"]: one["label"] for one in row["to"][0]["associationTypes"]}
    assert labels == {1: "Primary", 279: None}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/read")
def test_record_joined_to_nobody_is_told_in_a_207(desk, pair):
    """[U] Seen in many clients' logs (``crm.associations.NO_ASSOCIATIONS_FOUND``); the documentation is silent."""
    path = "/crm/v4/associations/contacts/companies/batch/read"

    reply = desk.call("POST", path, {"inputs": [{"id": pair[0]}]})

    assert reply.status == 207
    assert reply.json()["errors"][0]["context"]["fromObjectId"] == [pair[0]]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_there_is_one_primary_company(desk, pair):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    other = desk.twin.create("companies", {"name": "Beta"}, "sam.seller@example.com", desk.now)
    desk.twin.associate("contacts", pair[0], "companies", pair[1])
    desk.twin.associate("contacts", pair[0], "companies", other)
    before = joined(desk, pair[0])

    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    body = {"inputs": [{"from": {"id": pair[0]}, "to": {"id": other}, "types": types}]}
    reply = desk.call("POST", "/crm/v4/associations/contacts/companies/batch/create", body)

    assert reply.status == 201
    assert before == {int(pair[1]): {1, 279}, int(other): {279}}
    assert joined(desk, pair[0]) == {int(pair[1]): {279}, int(other): {1, 279}}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/associate/default")
def test_association_to_a_missing_record_is_told(desk, pair):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    body = {"inputs": [{"from": {"id": pair[0]}, "to": {"id": "999"}}]}

    reply = desk.call("POST", "/crm/v4/associations/contacts/companies/batch/associate/default", body)

    assert reply.status == 207
    assert joined(desk, pair[0]) == {}


@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/default/{to}/{id}")
def test_association_is_made_and_taken_away_one_by_one(desk, pair):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    root = f"/crm/objects/2026-09/contacts/{pair[0]}/associations"

    made = desk.call("PUT", f"{root}/default/companies/{pair[1]}")
    there = joined(desk, pair[0])
    gone = desk.call("DELETE", f"{root}/companies/{pair[1]}")

    assert (made.status, gone.status) == (200, 204)
    assert (set(there), joined(desk, pair[0])) == ({int(pair[1])}, {})
