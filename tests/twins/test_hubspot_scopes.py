"""What a token of HubSpot's twin may do: its scopes, call by call."""

from __future__ import annotations

import pytest

LIMITED = "limited-token"
DATED = "/2026-09"


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_a_call_without_its_scope_is_a_403_that_names_the_granular_scopes(desk):
    """https://github.com/PostHog/posthog/issues/53339"""
    desk.twin.grant(LIMITED, ["crm.objects.contacts.read"])

    refusal = desk.post("contacts", {"properties": {"email": "ada@example.com"}}, token=LIMITED)

    body = refusal.json()
    assert (refusal.status, body["category"]) == (403, "MISSING_SCOPES")
    assert body["message"].startswith("This app hasn't been granted all required scopes to make this call.")
    assert body["errors"] == [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": ["crm.objects.contacts.write"]},
        }
    ]
    assert body["links"] == {"scopes": "https://developers.hubspot.com/scopes"}
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_the_token_a_portal_is_born_with_has_every_scope(desk):
    """https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"""
    assert desk.post("contacts", {"properties": {"email": "ada@example.com"}}).status == 201


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        pytest.param("GET", "/crm/v3/objects/contacts", "crm.objects.contacts.read"),
        pytest.param("POST", "/crm/v3/objects/contacts/search", "crm.objects.contacts.read"),
        pytest.param("POST", "/crm/v3/objects/companies/batch/read", "crm.objects.companies.read"),
        pytest.param("POST", "/crm/v3/objects/deals/batch/create", "crm.objects.deals.write"),
        pytest.param("POST", "/crm/v3/objects/notes/batch/create", "crm.objects.contacts.write"),
        pytest.param("GET", "/crm/v3/objects/tasks", "crm.objects.contacts.read"),
        pytest.param("GET", "/crm/v3/properties/contacts", "crm.schemas.contacts.read"),
        pytest.param("GET", "/crm/v3/properties/contacts", "crm.objects.contacts.read"),
        pytest.param("GET", "/crm/v3/pipelines/deals", "crm.objects.deals.read"),
        pytest.param("GET", "/crm/v3/owners/", "crm.objects.owners.read"),
    ],
)
@pytest.mark.fact("GET /crm/properties/{kind}")
@pytest.mark.fact("GET /crm/pipelines/{kind}")
@pytest.mark.fact("GET /crm/owners")
def test_each_call_asks_for_its_own_scope_and_for_no_other(desk, method, path, scope):
    """https://github.com/HubSpot/HubSpot-public-api-spec-collection (the security lines of each call)"""
    body = {"inputs": []} if method == "POST" else None
    desk.twin.grant("with", [scope])
    desk.twin.grant("without", ["crm.objects.quotes.read"])

    with_it = desk.call(method, path, body, token="with")
    without = desk.call(method, path, body, token="without")

    assert with_it.status in (200, 201)
    assert without.status == 403
    assert scope in without.json()["errors"][0]["context"]["requiredGranularScopes"]


@pytest.mark.parametrize(
    ("method", "path", "body", "scope"),
    [
        ("POST", "/crm/v3/properties/contacts", {}, "crm.schemas.contacts.write"),
        ("PATCH", "/crm/v3/properties/companies/name", {}, "crm.schemas.companies.write"),
        ("POST", "/crm/v3/properties/deals/groups", {}, "crm.schemas.deals.write"),
        ("GET", "/crm/v3/properties/contacts/groups", None, "crm.schemas.contacts.read"),
        ("GET", "/crm/v3/lists/object-type-id/0-1/name/Recycled", None, "crm.lists.read"),
        ("POST", "/crm/v3/lists/search", {}, "crm.lists.read"),
        ("POST", "/crm/v3/lists", {}, "crm.lists.write"),
        ("PUT", "/crm/v3/lists/1/update-list-filters", {}, "crm.lists.write"),
    ],
)
@pytest.mark.fact("POST /crm/properties/{kind}")
@pytest.mark.fact("POST /crm/lists")
def test_what_an_admin_sets_up_asks_for_scopes_that_no_record_asks_for(desk, method, path, body, scope):
    """https://github.com/HubSpot/HubSpot-public-api-spec-collection (the security lines of each call)"""
    records = [f"crm.objects.{kind}.write" for kind in ("contacts", "companies", "deals")]
    desk.twin.grant("admin", [scope])
    desk.twin.grant("daemon", records)

    refused = desk.call(method, path, body, token="daemon")

    assert desk.call(method, path, body, token="admin").status != 403
    assert refused.status == 403
    assert scope in refused.json()["errors"][0]["context"]["requiredGranularScopes"]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/read")
def test_associations_ask_for_the_scopes_of_both_ends(desk):
    """[U] The specification lists the scopes of every object as alternatives."""
    path = f"/crm/associations{DATED}/contacts/companies/batch/read"
    desk.twin.grant("one-end", ["crm.objects.contacts.read"])
    desk.twin.grant("both-ends", ["crm.objects.contacts.read", "crm.objects.companies.read"])

    statuses = [desk.call("POST", path, {"inputs": []}, token=one).status for one in ("one-end", "both-ends")]

    assert statuses == [403, 200]


@pytest.mark.fact("GET /account-info/details")
def test_account_details_ask_for_no_scope(desk):
    """https://developers.hubspot.com/docs/api-reference/account-account-info-v3/guide"""
    desk.twin.grant(LIMITED, [])

    assert desk.call("GET", "/account-info/v3/details", token=LIMITED).status == 200


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_scopes_can_be_taken_away_while_the_token_stays(desk):
    """https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"""
    desk.twin.grant("twin-token", ["crm.objects.deals.read"])

    assert (desk.get("contacts").status, desk.get("deals").status) == (403, 200)


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_a_revoked_token_opens_nothing(desk):
    """https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"""
    desk.twin.grant(LIMITED, None)
    before = desk.call("GET", "/crm/v3/objects/contacts", token=LIMITED).status
    desk.twin.revoke(LIMITED)

    after = desk.call("GET", "/crm/v3/objects/contacts", token=LIMITED)

    assert (before, after.status, after.json()["category"]) == (200, 401, "INVALID_AUTHENTICATION")


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_writes_of_another_app_are_signed_with_its_id(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide (propertiesWithHistory)"""
    desk.twin.grant("other", None, app_id=77)
    made = desk.post("contacts", {"properties": {"email": "ada@example.com"}}, token="other").json()

    newest = desk.twin.history("contacts", made["id"], "email")[0]

    assert (newest["sourceType"], newest["sourceId"]) == ("INTEGRATION", "77")
