"""What every answer of HubSpot's twin has in common: versions of paths, refusals, bodies, ids."""

from __future__ import annotations

import json
import random

import pytest

from twins.hubspot import TOKEN
from twins.messages import Request

CONTACT = {"properties": {"email": "ada@example.com"}}
JSON = "application/json"


def send(desk, method, url, body=b"", content_type=JSON, authorization=f"Bearer {TOKEN}"):
    headers = {"Authorization": authorization, "Content-Type": content_type}
    sent = {name: value for name, value in headers.items() if value}
    return desk.twin.handle(Request.to(method, url, sent, body), desk.later(seconds=1))


@pytest.mark.fact("GET /crm/objects/{kind}")
@pytest.mark.parametrize(
    "path", ["/crm/v3/objects/contacts", "/crm/objects/2026-03/contacts", "/crm/objects/2026-09/contacts"]
)
def test_old_and_dated_paths_are_the_same_place(desk, path):
    """https://developers.hubspot.com/docs/api-reference/legacy/migration-guide"""
    ada = desk.contact(email="ada@example.com")

    assert [one["id"] for one in send(desk, "GET", path).json()["results"]] == [ada]


@pytest.mark.fact("GET /crm/associations/{kind}/{to}/labels")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/crm/v4/associations/contacts/companies/labels", 200),
        ("/crm/associations/2026-09/contacts/companies/labels", 200),
        ("/crm/v4/objects/contacts", 404),
        ("/crm/2026-09/objects/contacts", 404),
        ("/crm/objects/v3/contacts", 404),
        ("/crm/objects/2025-09/contacts", 404),
        ("/account-info/v3/details", 200),
        ("/account-info/2026-03/details", 200),
        ("/account-info/v4/details", 404),
        ("/crm/v3/owners", 200),
        ("/crm/v3/owners/", 200),
        ("/crm", 404),
        ("/", 404),
    ],
)
def test_a_version_in_the_wrong_place_leads_nowhere(desk, path, status):
    """https://developers.hubspot.com/docs/api-reference/legacy/migration-guide"""
    assert send(desk, "GET", path).status == status


@pytest.mark.fact("GET /crm/objects/{kind}")
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} more"]
)
def test_no_token_and_a_wrong_token_are_the_same_401(desk, authorization):
    """https://developers.hubspot.com/docs/api-reference/error-handling; text: captured traffic of several clients."""
    refusal = send(desk, "GET", "/crm/v3/objects/contacts", authorization=authorization)

    body = refusal.json()
    assert (refusal.status, body["category"]) == (401, "INVALID_AUTHENTICATION")
    assert body["message"].startswith("Authentication credentials not found. This API supports OAuth 2.0")


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_an_unknown_number_is_a_404_without_category_and_a_word_one_with_it(desk):
    """[U] Texts and categories from captured traffic of six clients."""
    number, word = desk.get("contacts/999").json(), desk.get("contacts/abc").json()

    assert (number["message"], "category" in number) == ("resource not found", False)
    assert word["message"] == "Object not found.  objectId are usually numeric."
    assert (word["category"], word["context"]) == ("OBJECT_NOT_FOUND", {"id": ["abc"]})


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_an_unknown_object_type_is_a_400(desk):
    """[U] "Unable to infer object type" in captured traffic."""
    refusal = desk.get("unicorns")

    assert refusal.status == 400
    assert refusal.json()["message"] == "Unable to infer object type from: unicorns"


@pytest.mark.fact("PUT /crm/objects/{kind}")
def test_a_wrong_verb_is_a_405(desk):
    """[U] Status by HTTP; text unverified."""
    assert send(desk, "PUT", "/crm/v3/objects/contacts", b"{}").status == 405


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"null", b"{}x"])
def test_a_body_that_is_no_json_object_is_a_400_without_category(desk, body):
    """https://github.com/Chinchilla-Software-Com/HubSpot.NET/issues/23"""
    refusal = send(desk, "POST", "/crm/v3/objects/contacts", body)

    assert refusal.status == 400
    assert refusal.json()["message"].startswith("Invalid input JSON on line 1, column ")
    assert "category" not in refusal.json()


@pytest.mark.fact("POST /crm/objects/{kind}", switch="wrong_content_type_status")
@pytest.mark.parametrize("status", [415, 400])
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_declared_as_json_is_refused(desk, content_type, status):
    """[U] Status and text."""
    desk.twin.flip(wrong_content_type_status=status)

    refusal = send(desk, "POST", "/crm/v3/objects/contacts", json.dumps(CONTACT).encode(), content_type)

    assert refusal.status == status
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_a_charset_beside_the_content_type_does_no_harm(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    body = json.dumps(CONTACT).encode()

    made = send(desk, "POST", "/crm/v3/objects/contacts", body, "Application/JSON; charset=UTF-8")

    assert made.status == 201
    assert made.headers["Content-Type"] == "application/json;charset=utf-8"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_every_answer_carries_a_correlation_id_and_refusals_repeat_it(desk):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    replies = [desk.get("contacts"), desk.get("contacts/1"), send(desk, "GET", "/nowhere")]

    ids = [reply.headers["x-hubspot-correlation-id"] for reply in replies]
    assert len(set(ids)) == 3
    assert [reply.json()["correlationId"] for reply in replies[1:]] == ids[1:]
    assert all(id_[14] == "7" and len(id_) == 36 for id_ in ids)


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_booleans_in_a_query_count_in_any_case(desk):
    """https://github.com/HubSpot/hubspot-api-python (sends archived=True and archived=False)"""
    ada = desk.contact(email="ada@example.com")

    found = [desk.get(f"contacts?archived={word}").json()["results"] for word in ("False", "false", "True")]

    assert [[one["id"] for one in page] for page in found] == [[ada], [ada], []]


@pytest.mark.fact("GET /crm/objects/{kind}")
@pytest.mark.parametrize("query", ["properties=city,phone", "properties=city&properties=phone"])
def test_names_in_a_query_are_repeated_or_joined_by_commas(desk, query):
    """https://github.com/HubSpot/hubspot-api-python (repeats them); the documentation joins them"""
    desk.contact(email="ada@example.com", city="Lima")

    properties = desk.get(f"contacts?{query}").json()["results"][0]["properties"]

    assert (properties["city"], properties["phone"]) == ("Lima", None)


BODIES = (
    None,
    [],
    {},
    {"inputs": None},
    {"inputs": {}},
    {"inputs": [None]},
    {"inputs": [[]]},
    {"inputs": [{}]},
    {"inputs": [{"id": None}]},
    {"inputs": [{"id": {}}]},
    {"inputs": [{"id": "1", "properties": []}]},
    {"inputs": [{"id": "٣", "properties": {}}]},
    {"inputs": [{"id": "1" * 40, "properties": {"email": None}}]},
    {"inputs": [{"id": "x", "idProperty": 1, "properties": {"email": 1}}]},
    {"inputs": [{"id": "1", "idProperty": "email"}]},
    {"inputs": [{"from": None, "to": None}]},
    {"inputs": [{"from": {"id": None}, "to": {"id": []}, "types": "x"}]},
    {"inputs": [{"from": {"id": "1"}, "to": {"id": "1"}, "types": [{}]}]},
    {"inputs": [{"properties": {"email": {}}, "associations": [{}]}]},
    {"inputs": [{"properties": {"email": "a@b.de"}, "associations": "x"}]},
    {"inputs": [], "properties": 1, "propertiesWithHistory": "email", "idProperty": []},
    {"properties": {"email": [], "firstname": True, "nope": {}}},
    {"properties": "x"},
    {"properties": None, "associations": [{"to": 1, "types": 1}]},
    {"filterGroups": "x"},
    {"filterGroups": [None]},
    {"filterGroups": [{"filters": ["x"]}]},
    {"filterGroups": [{"filters": [{"propertyName": [], "operator": {}, "value": []}]}]},
    {"filterGroups": [{"filters": [{"propertyName": "createdate", "operator": "GT", "value": "9" * 40}]}]},
    {"filterGroups": [{"filters": [{"propertyName": "hs_object_id", "operator": "IN", "values": ["x"]}]}]},
    {"filterGroups": [{"filters": [{"propertyName": "associations.x", "operator": "EQ", "value": "1"}]}]},
    {"sorts": [None]},
    {"sorts": "createdate"},
    {"sorts": [{"propertyName": "createdate", "direction": "UP"}]},
    {"limit": "many", "after": -1, "properties": {}, "query": []},
    {"limit": 1e300},
    {"primaryObjectId": None, "objectIdToMerge": []},
    {"objectId": {}, "idProperty": 5},
    {"name": {}, "label": [], "type": 1, "options": "x", "stages": 3, "displayOrder": "x"},
    {"eventType": [], "active": "yes", "targetUrl": 5, "throttling": 1},
)
PATHS = (
    "/crm/v3/objects/contacts",
    "/crm/v3/objects/contacts/search",
    "/crm/v3/objects/deals/search",
    "/crm/v3/objects/contacts/batch/read",
    "/crm/v3/objects/contacts/batch/create",
    "/crm/v3/objects/contacts/batch/update",
    "/crm/v3/objects/contacts/batch/upsert",
    "/crm/v3/objects/contacts/batch/archive",
    "/crm/v3/objects/contacts/merge",
    "/crm/v3/objects/contacts/gdpr-delete",
    "/crm/v4/associations/contacts/companies/batch/read",
    "/crm/v4/associations/contacts/companies/batch/create",
    "/crm/v4/associations/contacts/companies/batch/archive",
    "/crm/v4/associations/contacts/companies/batch/associate/default",
    "/crm/v3/properties/contacts",
    "/crm/v3/pipelines/deals",
    "/webhooks/v3/1160452/subscriptions?hapikey=twin-developer-key",
    "/oauth/2026-03/token",
)


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize("path", PATHS)
def test_no_body_however_odd_makes_the_twin_fail(desk, path):
    """[U] HubSpot's own words for most of these are unknown; that it answers is not."""
    desk.twin.flip(enforce_limits=False)
    desk.twin.subscribe(desk.now, "https://app.example", is_public=True)
    desk.contact(email="ada@example.com")

    for body in BODIES:
        reply = send(desk, "POST", path, json.dumps(body).encode())

        assert reply.status in (200, 201, 204, 207, 400, 404, 405, 409, 415), body


WORDS = """crm v3 v4 2026-09 objects contacts 0-1 deals associations batch read default labels merge properties
email groups pipelines default owners lists 1 0 -1 abc %FF %2F ٣ account-info details webhooks oauth
token marketing campaigns forms search 99999999999999999999999 form-integrations v1 submissions"""


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize("seed", range(10))
def test_no_address_however_odd_makes_the_twin_fail(desk, seed):
    """[U] HubSpot's own words for most of these are unknown; that it answers is not."""
    desk.twin.flip(enforce_limits=False)
    dice = random.Random(seed)
    parts = WORDS.split()
    queries = ("limit=x", "limit=0", "after=-1", "idProperty=nope", "properties=%FF", "archived=1", "limit=٣")

    for _ in range(300):
        path = "/" + "/".join(dice.choice(parts) for _ in range(dice.randint(1, 8)))
        method = dice.choice(("GET", "POST", "PUT", "PATCH", "DELETE"))
        reply = send(desk, method, f"{path}?{dice.choice(queries)}", b"{}")

        assert reply.status < 500, (method, path)
