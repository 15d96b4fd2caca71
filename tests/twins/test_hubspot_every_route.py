"""HubSpot's own Python client walks every route of the twin over HTTP: by its models, and as raw transport."""

from __future__ import annotations

import json
import re
from operator import attrgetter

import hubspot
import pytest
import urllib3
from hubspot.crm.objects.exceptions import ApiException

from twins.hubspot import TOKEN
from twins.hubspot.front.routes import FAMILIES
from twins.hubspot.settings.webhooks import DEVELOPER_KEY
from twins.server import Served

SAM = "sam.seller@example.com"
HOOK = "https://app.example/hook"
# What the library has no models for; the raw walk takes these ways.
NO_MODELS = {
    "/marketing/campaigns": "12.0.0 knows no campaigns",
    "/form-integrations": "the library has the forms themselves only",
    "/communication-preferences": "the library speaks version 3, the twin 4",
    "/oauth/token/introspect": "younger than the library",
    "/oauth/private-apps": "the library knows no private apps",
    "/account-info": "the library has neither account details nor usage",
}
LIMA = {
    "filterBranchType": "OR",
    "filters": [],
    "filterBranches": [
        {
            "filterBranchType": "AND",
            "filterBranches": [],
            "filters": [
                {
                    "filterType": "PROPERTY",
                    "property": "city",
                    "operation": {
                        "operationType": "MULTISTRING",
                        "operator": "IS_EQUAL_TO",
                        "values": ["Lima"],
                    },
                }
            ],
        }
    ],
}


def routes():
    """Every verb and path template of the twin."""
    return {
        (verb, f"/{family.root}/{rest}".rstrip("/").replace("{other}", "{id}"))
        for family in FAMILIES
        for rest, verbs in family.routes.items()
        for verb in verbs
    }


def addresses():
    """Every way to every route, in every version that has it, with ids that nobody holds."""
    for family in FAMILIES:
        for rest, verbs in family.routes.items():
            kind = "deals" if family.root == "crm/pipelines" else "contacts"
            filled = re.sub(r"\{\w+\}", "1", rest.replace("{kind}", kind).replace("{to}", "companies"))
            for version in family.versions:
                for verb in verbs:
                    yield verb, address(family.root, version, filled)


def address(root, version, rest):
    first, _, second = root.partition("/")
    parts = (first, version, second) if version[0] == "v" or not second else (first, second, version)
    return "/" + "/".join(part for part in (*parts, rest) if part)


def missed(twin):
    """The routes that nobody called yet."""
    called = set(twin.calls)

    def was_called(verb, template):
        words = re.escape(template).replace(r"\{kind\}", "[^/{}]+").replace(r"\{to\}", "[^/{}]+")
        return any(one == verb and re.fullmatch(words, path) for one, path in called)

    return {route for route in routes() if not was_called(*route)}


def no_models(template):
    return any(template.startswith(root) for root in NO_MODELS)


class Library:
    """HubSpot's client, unmodified; every part that was asked for hangs up at the end."""

    def __init__(self, url, key):
        retry = urllib3.Retry(0, redirect=0, raise_on_status=False, respect_retry_after_header=False)
        self._library = hubspot.HubSpot(access_token=TOKEN, api_key=key, host=url, retry=retry)
        self._parts = []

    def of(self, path):
        part = attrgetter(path)(self._library)
        self._parts.append(part)
        return part

    def raw(self, method, path, body=None):
        kept = self.of("crm.objects.basic_api").api_client
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        reply = kept.call_api(
            path,
            method,
            header_params=headers,
            body=body,
            auth_settings=["oauth2"],
            response_types_map={},
            _preload_content=False,
            _request_timeout=(3.05, 30),
        )
        return json.loads(reply.data) if reply.data else None

    def close(self):
        for part in self._parts:
            part.api_client.rest_client.pool_manager.clear()


@pytest.fixture
def served(desk):
    desk.twin.flip(enforce_limits=False)  # the clock of these tests stands still
    with Served(desk.twin, lambda: desk.now) as served:
        yield served
        assert not served.failures


@pytest.fixture
def app(desk):
    """A public app whose developer sets its webhooks by the API."""
    return desk.twin.subscribe(desk.now, HOOK, is_public=True)


@pytest.fixture
def library(served, app):
    library = Library(served.url, DEVELOPER_KEY)
    yield library
    library.close()


def spec(type_id, category="HUBSPOT_DEFINED"):
    return [{"associationCategory": category, "associationTypeId": type_id}]


def records(library, desk):
    one, many = library.of("crm.contacts.basic_api"), library.of("crm.contacts.batch_api")
    ada = one.create({"properties": {"email": "ada@example.com"}}).id
    many.create({"inputs": [{"properties": {"email": f"p{n}@example.com"}} for n in range(3)]})
    many.upsert({"inputs": [{"id": "p0@example.com", "idProperty": "email", "properties": {"city": "Lima"}}]})
    ids = [row.id for row in one.get_page(limit=100).results]
    many.update({"inputs": [{"id": id_, "properties": {"zip": "1"}} for id_ in ids]})
    one.update(ada, {"properties": {"city": "Rome"}})
    read = many.read({"properties": ["zip"], "inputs": [{"id": id_} for id_ in ids]})
    found = library.of("crm.contacts.search_api").do_search({"limit": 100})
    survivor = one.merge({"primaryObjectId": ada, "objectIdToMerge": ids[1]}).id
    one.purge({"objectId": survivor})
    one.archive(ids[2])
    many.archive({"inputs": [{"id": ids[3]}]})

    assert {row.properties["zip"] for row in read.results} == {"1"}
    assert (len(ids), found.total, one.get_by_id(ids[2], archived=True).archived) == (4, 4, True)
    assert desk.twin.records("contacts") == []


def joins(library, desk):
    one, many = library.of("crm.associations.v4.basic_api"), library.of("crm.associations.v4.batch_api")
    words = library.of("crm.associations.v4.schema.definitions_api")
    caps = library.of("crm.associations.v4.schema.definition_configurations_api")
    ends = ("contacts", "companies")
    ada = desk.twin.create("contacts", {"email": "eve@example.com"}, SAM, desk.now)
    acme = desk.twin.create("companies", {"name": "Acme"}, SAM, desk.now)
    pair = {"from": {"id": ada}, "to": {"id": acme}}

    made = words.create(*ends, {"label": "Boss", "name": "boss", "inverseLabel": "Boss of"})
    label = made.results[0].type_id
    words.update(*ends, {"associationTypeId": label, "label": "Chief", "inverseLabel": "Chief of"})
    cap = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 9}
    caps.batch_create(*ends, {"inputs": [cap]})
    caps.batch_update(*ends, {"inputs": [{**cap, "maxToObjectIds": 8}]})
    capped = caps.get_all_between_two_object_types(*ends).results
    caps.batch_remove(*ends, {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 279}]})
    one.create("contacts", ada, "companies", acme, spec(label, "USER_DEFINED"))
    many.archive_labels(*ends, {"inputs": [{**pair, "types": spec(label, "USER_DEFINED")}]})
    many.create(*ends, {"inputs": [{**pair, "types": spec(279)}]})
    read = many.get_page(*ends, {"inputs": [{"id": ada}]})
    many.archive(*ends, {"inputs": [{"from": {"id": ada}, "to": [{"id": acme}]}]})
    many.create_default(*ends, {"inputs": [pair]})
    one.archive("contacts", ada, "companies", acme)
    one.create_default("contacts", ada, "companies", acme)
    words.remove(*ends, label)

    assert [row.user_enforced_max_to_object_ids for row in capped] == [8]
    assert read.results[0].to[0].to_object_id == acme
    assert one.get_page("contacts", ada, "companies").results[0].to_object_id == acme
    assert "Chief" not in {row.label for row in words.get_all(*ends).results}


def properties(library, desk):
    one, many = library.of("crm.properties.core_api"), library.of("crm.properties.batch_api")
    groups = library.of("crm.properties.groups_api")
    shape = {"label": "L", "type": "string", "fieldType": "text", "groupName": "own"}
    groups.create("contacts", {"name": "own", "label": "Own", "displayOrder": 1})
    groups.update("contacts", "own", {"label": "Our own"})
    one.create("contacts", {**shape, "name": "tier"})
    many.create("contacts", {"inputs": [{**shape, "name": "rank"}]})
    one.update("contacts", "tier", {"label": "Tier"})
    read = many.read("contacts", {"archived": False, "inputs": [{"name": "tier"}, {"name": "rank"}]})
    label = one.get_by_name("contacts", "tier").label
    known = {row.name for row in one.get_all("contacts").results}
    one.archive("contacts", "tier")
    many.archive("contacts", {"inputs": [{"name": "rank"}]})
    named = groups.get_by_name("contacts", "own").label
    groups.archive("contacts", "own")

    assert (len(read.results), label, named, {"tier", "rank"} <= known) == (2, "Tier", "Our own", True)
    assert "own" not in {row.name for row in groups.get_all("contacts").results}


def pipelines(library, desk):
    whole = library.of("crm.pipelines.pipelines_api")
    stages = library.of("crm.pipelines.pipeline_stages_api")
    first = {"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.5"}}
    won = {"label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}}
    made = whole.create("deals", {"label": "Renewals", "displayOrder": 1, "stages": [first]})
    whole.update("deals", made.id, {"label": "Again"})
    stage = stages.create("deals", made.id, won)
    stages.update("deals", made.id, stage.id, {"label": "Gained", "metadata": {}})
    stages.replace("deals", made.id, stage.id, {**won, "label": "Got"})
    label = stages.get_by_id("deals", made.id, stage.id).label
    count = len(stages.get_all("deals", made.id).results)
    stages.archive("deals", made.id, stage.id)
    whole.replace("deals", made.id, {"label": "Once more", "displayOrder": 1, "stages": [first]})
    named = whole.get_by_id("deals", made.id).label
    whole.archive("deals", made.id)

    assert (label, count, named) == ("Got", 2, "Once more")
    assert made.id not in {row.id for row in whole.get_all("deals").results}


def owners(library, desk):
    api = library.of("crm.owners.owners_api")

    sam = next(one for one in api.get_page().results if one.email == SAM)
    assert api.get_by_id(sam.id).user_id == sam.user_id


def lists(library, desk):
    all_, members = library.of("crm.lists.lists_api"), library.of("crm.lists.memberships_api")
    ids = [
        desk.twin.create("contacts", {"email": f"m{n}@example.com", "city": "Lima"}, SAM, desk.now)
        for n in range(2)
    ]
    by_hand = {"objectTypeId": "0-1", "processingType": "MANUAL"}
    one = all_.create({**by_hand, "name": "Guests"}).list.list_id
    other = all_.create({**by_hand, "name": "More"}).list.list_id
    fluid = all_.create(
        {"objectTypeId": "0-1", "processingType": "DYNAMIC", "name": "L", "filterBranch": LIMA}
    )
    all_.update_list_filters(fluid.list.list_id, {"filterBranch": LIMA})
    members.add(one, ids)
    members.add_all_from_list(other, one)
    members.add_and_remove(one, {"recordIdsToAdd": [ids[0]], "recordIdsToRemove": [ids[1]]})
    members.remove(one, [ids[0]])
    left = members.get_page(one).results
    joined = members.get_page_ordered_by_added_to_list_date(other).results
    of = {row.list_id for row in members.get_lists("0-1", ids[0]).results}
    members.remove_all(other)
    all_.update_name(one, list_name="Friends")
    all_.remove(one)
    all_.restore(one)
    found = all_.do_search(
        {"query": "Friends", "listIds": [], "processingTypes": [], "additionalProperties": []}
    )

    assert (left, len(joined), of) == ([], 2, {other, fluid.list.list_id})
    assert all_.get_by_name("Friends", "0-1").list.list_id == one == found.lists[0].list_id
    assert all_.get_by_id(one).list.name == all_.get_all(list_ids=[one]).lists[0].name == "Friends"


def signing_in(library, desk):
    app = desk.twin.install(desk.now)
    granted = library.of("oauth.tokens_api").create(
        grant_type="refresh_token",
        client_id=app.client_id,
        client_secret=app.client_secret,
        refresh_token=app.refresh_token,
    )
    known = library.of("oauth.refresh_tokens_api")

    told = (library.of("oauth.access_tokens_api").get(granted.access_token), known.get(app.refresh_token))
    known.archive(app.refresh_token)

    assert {one.hub_id for one in told} == {desk.twin.portal.portal_id}


def webhooks(library, desk):
    id_ = desk.twin.portal.app_id
    target, wishes = library.of("webhooks.settings_api"), library.of("webhooks.subscriptions_api")
    throttling = {"maxConcurrentRequests": 5, "period": "SECONDLY"}
    target.configure(id_, {"targetUrl": f"{HOOK}/new", "throttling": throttling})
    made = wishes.create(id_, {"eventType": "contact.creation", "active": False})
    wishes.update(made.id, id_, {"active": True})
    wishes.update_batch(id_, {"inputs": [{"id": int(made.id), "active": False}]})
    active = (wishes.get_by_id(made.id, id_).active, len(wishes.get_all(id_).results))
    wishes.archive(made.id, id_)
    url = target.get_all(id_).target_url
    target.clear(id_)

    assert (active, url) == ((False, 1), f"{HOOK}/new")


MODELS = (records, joins, properties, pipelines, owners, lists, signing_in, webhooks)


@pytest.mark.fact("GET /")
def test_every_route_that_the_library_has_models_for_answers_them(library, desk):
    """https://github.com/HubSpot/hubspot-api-python: model calls, over HTTP; what it has no models for is named."""
    assert missed(desk.twin) == routes()

    for walk in MODELS:
        walk(library, desk)

    left = missed(desk.twin)
    assert {route for route in left if not no_models(route[1])} == set()
    assert {root for root in NO_MODELS if any(path.startswith(root) for _, path in left)} == set(NO_MODELS)


@pytest.mark.fact("GET /marketing/campaigns")
@pytest.mark.fact("GET /account-info/details")
def test_what_the_library_has_no_models_for_answers_its_raw_transport(library, desk):
    """https://github.com/HubSpot/hubspot-api-python: ``call_api`` takes any path."""
    raw, root = library.raw, "/marketing/campaigns/2026-09"
    guid = raw("POST", root, {"properties": {"hs_name": "Fair"}})["id"]
    batch = [raw("POST", f"{root}/batch/create", {"inputs": [{"properties": {"hs_name": "B"}}]})]
    ids = [{"id": one["id"]} for one in batch[0]["results"]]
    raw("POST", f"{root}/batch/update", {"inputs": [{**ids[0], "properties": {"hs_notes": "n"}}]})
    assert len(raw("POST", f"{root}/batch/read", {"inputs": ids})["results"]) == 1
    raw("POST", f"{root}/batch/archive", {"inputs": ids})
    raw("PATCH", f"{root}/{guid}", {"properties": {"hs_notes": "Hall 4"}})
    for part in ("budget", "spend"):
        raw("POST", f"{root}/{guid}/{part}", {"name": part, "amount": 7, "order": 0})
    raw("PUT", f"{root}/{guid}/assets/FORM/abc")
    held = raw("GET", f"{root}/{guid}/assets/FORM")["results"]
    raw("DELETE", f"{root}/{guid}/assets/FORM/abc")
    for part in (
        "reports/metrics",
        "reports/revenue",
        "reports/contacts/contactFirstTouch",
        "budget/totals",
        "",
    ):
        raw("GET", f"{root}/{guid}/{part}".rstrip("/"))
    total = raw("GET", root)["total"]
    raw("DELETE", f"{root}/{guid}")
    desk.twin.submit_form("ada@example.com", "Webinar", {}, desk.now)
    sent = raw("GET", f"/form-integrations/v1/submissions/forms/{desk.twin.form_id('Webinar')}")["results"]
    person = "/communication-preferences/v4/statuses/ada@example.com"
    raw("POST", f"{person}/unsubscribe-all?channel=EMAIL")
    raw("GET", f"{person}/unsubscribe-all?channel=EMAIL")
    raw("GET", f"{person}?channel=EMAIL")
    raw("GET", "/account-info/2026-09/details")
    desk.twin.grant("pat-narrow", ["crm.lists.read"])
    raw("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "pat-narrow"})
    raw("GET", "/account-info/2026-09/api-usage/daily/private-apps")

    assert (len(held), total, len(sent)) == (1, 1, 1)
    assert desk.twin.record("contacts", desk.twin.contact("ada@example.com"))["hs_email_optout"] == "true"
    left = {path for _, path in missed(desk.twin) if no_models(path)}
    assert left == {"/oauth/token/introspect"}  # a form, no JSON: see the tests of signing in


@pytest.mark.fact("GET /")
def test_every_route_in_every_version_answers_the_raw_transport(library, desk):
    """https://developers.hubspot.com/docs/api-reference/legacy/migration-guide: nothing of it breaks the portal."""
    statuses = set()
    for verb, path in sorted(addresses()):
        try:
            library.raw(verb, path, None if verb in ("GET", "DELETE") else {})
        except ApiException as refused:
            statuses.add(refused.status)

    assert missed(desk.twin) == set()
    assert statuses <= {400, 401, 404, 415}
