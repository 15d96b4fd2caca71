"""HubSpot's own Python client and HubSpot's twin understand each other over HTTP."""

from __future__ import annotations

import json
import threading
from operator import attrgetter

import hubspot
import pytest
import urllib3
from hubspot.crm.objects.exceptions import ApiException

from twins.hubspot import TOKEN
from twins.server import Served


@pytest.fixture
def served(desk):
    desk.twin.flip(enforce_limits=False)  # the clock of these tests stands still
    with Served(desk.twin, lambda: desk.now) as served:
        yield served
        assert not served.failures


@pytest.fixture
def client(served):
    retry = urllib3.Retry(total=0, redirect=0, raise_on_status=False, respect_retry_after_header=False)
    library = hubspot.HubSpot(access_token=TOKEN, host=served.url, base_url=served.url, retry=retry)
    kept = library.crm.objects.basic_api.api_client
    kept.set_default_header("Accept-Encoding", "gzip")
    yield kept
    kept.rest_client.pool_manager.clear()


def call(client, method, path, body=None):
    reply = client.call_api(
        path,
        method,
        header_params={"Accept": "application/json", "Content-Type": "application/json"},
        body=body,
        auth_settings=["oauth2"],
        response_types_map={},
        _preload_content=False,
        _request_timeout=(3.05, 30),
    )
    return reply.status, reply.headers, json.loads(reply.data)


class Library:
    """HubSpot's client, unmodified; every part that was asked for hangs up at the end."""

    def __init__(self, url):
        retry = urllib3.Retry(0, redirect=0, raise_on_status=False, respect_retry_after_header=False)
        self._library = hubspot.HubSpot(access_token=TOKEN, host=url, base_url=url, retry=retry)
        self._parts = []

    def of(self, path):
        """One part by its dotted name, such as ``crm.contacts.basic_api``."""
        part = attrgetter(path)(self._library)
        self._parts.append(part)
        return part

    def close(self):
        for part in self._parts:
            part.api_client.rest_client.pool_manager.clear()


@pytest.fixture
def library(served):
    library = Library(served.url)
    yield library
    library.close()


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
@pytest.mark.fact("POST /crm/objects/{kind}/batch/read")
@pytest.mark.parametrize("root", ["/crm/objects/2026-09", "/crm/v3/objects"])
def test_kept_client_creates_searches_and_reads_on_any_path(client, desk, root):
    """https://github.com/HubSpot/hubspot-api-python: one kept ApiClient as raw transport."""
    inputs = [{"properties": {"email": f"p{n}@example.com", "city": "Köln"}} for n in range(100)]

    created, headers, made = call(client, "POST", f"{root}/contacts/batch/create", {"inputs": inputs})
    _, _, found = call(client, "POST", f"{root}/contacts/search", {"limit": 200, "properties": ["city"]})
    ids = [{"id": one["id"]} for one in found["results"]]
    _, _, read = call(client, "POST", f"{root}/contacts/batch/read", {"properties": ["city"], "inputs": ids})

    assert (created, len(made["results"]), found["total"]) == (201, 100, 100)
    assert {one["properties"]["city"] for one in read["results"]} == {"Köln"}
    assert headers["x-hubspot-correlation-id"]
    assert headers["Date"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert len(desk.twin.records("contacts")) == 100


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_refusal_arrives_as_the_librarys_exception(client):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    one = {"properties": {"email": "ada@example.com"}}
    _, _, made = call(client, "POST", "/crm/objects/2026-09/contacts", one)

    with pytest.raises(ApiException) as refused:
        call(client, "POST", "/crm/objects/2026-09/contacts", one)

    assert refused.value.status == 409
    assert f"Existing ID: {made['id']}" in refused.value.body


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_models_of_the_library_read_the_twins_answers(served, desk):
    """https://github.com/HubSpot/hubspot-api-python: model calls of the old path family."""
    desk.contact(email="ada@example.com", city="Lima")
    library = hubspot.HubSpot(access_token=TOKEN, host=served.url)
    contacts, owners = library.crm.contacts.basic_api, library.crm.owners.owners_api
    pipelines, properties = library.crm.pipelines.pipelines_api, library.crm.properties.core_api

    page = contacts.get_page(limit=10, properties=["city"], archived=False)

    assert page.results[0].properties["city"] == "Lima"
    assert page.results[0].created_at.year == 2026
    assert len(owners.get_page().results) == 5
    assert pipelines.get_all("deals").results[0].stages[0].metadata["probability"] == "0.2"
    assert properties.get_by_name("contacts", "email").type == "string"
    for api in (contacts, owners, pipelines, properties):
        api.api_client.rest_client.pool_manager.clear()


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_parallel_writers_lose_nothing(client, desk):
    """[U] One lock: every commit of every thread is there, none twice."""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(40)], desk.now).ids

    def write(worker: int) -> None:
        inputs = [
            {"id": id_, "properties": {"city": f"{worker}"}} for id_ in ids[worker * 10 : worker * 10 + 10]
        ]
        for n in range(10):
            for one in inputs:
                one["properties"]["zip"] = str(n)
            call(client, "POST", "/crm/objects/2026-09/contacts/batch/update", {"inputs": inputs})

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    cities = [one["city"] for one in desk.twin.records("contacts")]
    assert cities == [str(n // 10) for n in range(40)]
    assert len(desk.log.writes("daemon")) == 40 + 40 * 10


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}")
def test_one_record_lives_its_life_in_model_calls(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    contacts = library.of("crm.contacts.basic_api")

    made = contacts.create({"properties": {"email": "ada@example.com", "city": "Lima"}})
    changed = contacts.update(made.id, {"properties": {"city": "Quito"}})
    by_address = contacts.get_by_id("ada@example.com", id_property="email", properties=["city"])
    history = contacts.get_by_id(made.id, properties_with_history=["city"]).properties_with_history["city"]
    contacts.archive(made.id)
    gone = contacts.get_page(archived=True)

    assert (changed.properties["city"], by_address.id) == ("Quito", made.id)
    assert [one.value for one in history] == ["Quito", "Lima"]
    assert [one.id for one in gone.results] == [made.id]
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
@pytest.mark.fact("POST /crm/objects/{kind}/batch/archive")
def test_batches_go_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    contacts = library.of("crm.contacts.batch_api")

    made = contacts.create({"inputs": [{"properties": {"email": f"p{n}@example.com"}} for n in range(3)]})
    ids = [one.id for one in made.results]
    changed = contacts.update({"inputs": [{"id": id_, "properties": {"city": "Lima"}} for id_ in ids]})
    upserts = [
        {"id": mail, "idProperty": "email", "properties": {"city": "Rome"}}
        for mail in ("p0@example.com", "new@example.com")
    ]
    upserted = contacts.upsert({"inputs": upserts})
    read = contacts.read({"properties": ["city"], "inputs": [{"id": one} for one in [*ids, "999"]]})
    contacts.archive({"inputs": [{"id": id_} for id_ in ids]})

    assert {one.properties["city"] for one in changed.results} == {"Lima"}
    assert sorted(one.new for one in upserted.results) == [False, True]
    assert (read.status, read.num_errors, len(read.results)) == ("COMPLETE", 1, 3)
    assert [one["email"] for one in desk.twin.records("contacts")] == ["new@example.com"]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_a_search_goes_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    for n in range(3):
        desk.contact(email=f"p{n}@example.com", city="Lima" if n else "Rome")
    wanted = {
        "filterGroups": [{"filters": [{"propertyName": "city", "operator": "EQ", "value": "Lima"}]}],
        "sorts": [{"propertyName": "createdate", "direction": "DESCENDING"}],
        "properties": ["email"],
        "limit": 1,
    }

    found = library.of("crm.contacts.search_api").do_search(wanted)

    assert (found.total, found.paging.next.after) == (2, "1")
    assert found.results[0].properties["email"] == "p2@example.com"


@pytest.mark.fact("POST /crm/objects/{kind}/merge")
@pytest.mark.fact("POST /crm/objects/{kind}/gdpr-delete")
def test_merging_and_forgetting_go_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    contacts = library.of("crm.contacts.basic_api")
    ada, double = desk.contact(email="ada@example.com"), desk.contact(email="ada@example.org")

    merged = contacts.merge({"primaryObjectId": ada, "objectIdToMerge": double})
    eaten = contacts.get_by_id(merged.id, properties=["hs_merged_object_ids"])
    contacts.purge({"objectId": merged.id})

    assert double in eaten.properties["hs_merged_object_ids"].split(";")
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/{to}/{id}")
def test_associations_go_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    one, many = library.of("crm.associations.v4.basic_api"), library.of("crm.associations.v4.batch_api")
    labels = library.of("crm.associations.v4.schema.definitions_api")
    ada, acme = (
        desk.contact(email="ada@example.com"),
        desk.twin.create("companies", {"name": "Acme"}, "sam.seller@example.com", desk.now),
    )
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    pair = {"from": {"id": ada}, "to": {"id": acme}}

    one.create_default("contacts", ada, "companies", acme)
    page = one.get_page("contacts", ada, "companies")
    one.archive("contacts", ada, "companies", acme)
    one.create("contacts", ada, "companies", acme, spec)
    read = many.get_page("contacts", "companies", {"inputs": [{"id": ada}]})
    many.archive("contacts", "companies", {"inputs": [{"from": {"id": ada}, "to": [{"id": acme}]}]})
    many.create_default("contacts", "companies", {"inputs": [pair]})
    many.create("contacts", "companies", {"inputs": [{**pair, "types": spec}]})

    assert [row.to_object_id for row in page.results] == [acme]  # the library makes texts of them
    assert read.results[0].to[0].to_object_id == acme
    assert desk.twin.associated("contacts", ada, "companies") == [acme]
    assert {279, 1} <= {row.type_id for row in labels.get_all("contacts", "companies").results}


@pytest.mark.fact("POST /crm/properties/{kind}")
@pytest.mark.fact("PATCH /crm/properties/{kind}/{name}")
@pytest.mark.fact("DELETE /crm/properties/{kind}/{name}")
@pytest.mark.fact("POST /crm/properties/{kind}/groups")
def test_properties_and_groups_go_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    properties, groups = library.of("crm.properties.core_api"), library.of("crm.properties.groups_api")
    shape = {"name": "tier", "label": "Tier", "type": "string", "fieldType": "text", "groupName": "own"}

    group = groups.create("contacts", {"name": "own", "label": "Our own", "displayOrder": 1})
    made = properties.create("contacts", shape)
    changed = properties.update("contacts", "tier", {"label": "Level"})
    everything = [one.name for one in properties.get_all("contacts").results]
    properties.archive("contacts", "tier")

    assert (group.name, made.group_name, changed.label) == ("own", "own", "Level")
    assert "tier" in everything
    assert not desk.twin.has_property("contacts", "tier")


@pytest.mark.fact("POST /crm/pipelines/{kind}")
@pytest.mark.fact("POST /crm/pipelines/{kind}/{id}/stages")
def test_pipelines_and_stages_go_through_the_models(library):
    """https://github.com/HubSpot/hubspot-api-python"""
    pipelines = library.of("crm.pipelines.pipelines_api")
    stages = library.of("crm.pipelines.pipeline_stages_api")
    first = {"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.5"}}

    made = pipelines.create("deals", {"label": "Renewals", "displayOrder": 1, "stages": [first]})
    won = stages.create(
        "deals", made.id, {"label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}}
    )
    read = pipelines.get_by_id("deals", made.id)
    pipelines.archive("deals", made.id)

    assert [one.label for one in read.stages] == ["Open", "Won"]
    assert won.metadata["probability"] == "1.0"
    assert made.id not in {one.id for one in pipelines.get_all("deals").results}


@pytest.mark.fact("GET /crm/owners/{id}")
def test_owners_go_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    owners = library.of("crm.owners.owners_api")
    sam = next(one for one in desk.twin.owners if one.email == "sam.seller@example.com")

    page = owners.get_page(limit=2)
    by_user = owners.get_by_id(sam.user_id, id_property="userId")

    assert (len(page.results), by_user.id) == (2, sam.id)


@pytest.mark.fact("POST /crm/lists")
@pytest.mark.fact("PUT /crm/lists/{list}/memberships/add")
def test_lists_go_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    lists, members = library.of("crm.lists.lists_api"), library.of("crm.lists.memberships_api")
    ada = desk.contact(email="ada@example.com")

    made = lists.create({"name": "Guests", "objectTypeId": "0-1", "processingType": "MANUAL"})
    members.add(made.list.list_id, [ada])
    page = members.get_page(made.list.list_id)
    lists.remove(made.list.list_id)

    assert [one.record_id for one in page.results] == [ada]
    with pytest.raises(Exception, match="404"):
        lists.get_by_id(made.list.list_id)


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize(
    ("part", "kind", "properties"),
    [
        ("tasks", "tasks", {"hs_timestamp": "2026-12-01T09:00:00Z", "hs_task_subject": "Call"}),
        ("notes", "notes", {"hs_timestamp": "2026-12-01T09:00:00Z", "hs_note_body": "Hello"}),
    ],
)
def test_activities_go_through_the_models(library, desk, part, kind, properties):
    """https://github.com/HubSpot/hubspot-api-python"""
    api = library.of(f"crm.objects.{part}.basic_api")
    ada = desk.contact(email="ada@example.com")
    type_id = {"tasks": 204, "notes": 202}[kind]
    to = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]

    made = api.create({"properties": properties, "associations": [{"to": {"id": ada}, "types": to}]})
    page = api.get_page(associations=["contacts"])

    assert page.results[0].id == made.id
    assert page.results[0].associations["contacts"].results[0].id == ada


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_any_object_goes_through_the_general_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python"""
    objects = library.of("crm.objects.basic_api")

    by_name = objects.create("companies", {"properties": {"name": "Acme", "domain": "acme.example"}})
    by_type_id = objects.get_by_id("0-2", by_name.id)

    assert by_type_id.properties["name"] == "Acme"


@pytest.mark.fact("POST /oauth/token")
@pytest.mark.fact("GET /oauth/access-tokens/{token}")
def test_signing_in_goes_through_the_models(library, desk):
    """https://github.com/HubSpot/hubspot-api-python (speaks version 1 of OAuth)"""
    app = desk.twin.install(desk.now, scopes=["crm.objects.contacts.read"])

    granted = library.of("oauth.tokens_api").create(
        grant_type="refresh_token",
        client_id=app.client_id,
        client_secret=app.client_secret,
        refresh_token=app.refresh_token,
    )
    told = library.of("oauth.access_tokens_api").get(granted.access_token)

    assert (granted.expires_in, told.hub_id) == (1800, desk.twin.portal.portal_id)


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize(
    ("token", "id_", "kind"),
    [
        ("wrong", "1", "UnauthorizedException"),
        (TOKEN, "1", "NotFoundException"),
        ("bare", "1", "ForbiddenException"),
    ],
)
def test_refusals_become_the_librarys_own_exceptions(library, desk, token, id_, kind):
    """https://github.com/HubSpot/hubspot-api-python"""
    desk.twin.grant("bare", [])
    contacts = library.of("crm.contacts.basic_api")
    contacts.api_client.configuration.access_token = token

    with pytest.raises(Exception, match=r"^\(40[134]\)") as refused:
        contacts.get_by_id(id_)

    assert type(refused.value).__name__ == kind


RAW = (
    ("GET", "/crm/objects/{v}/contacts?limit=1", None, 200),
    ("POST", "/crm/objects/{v}/companies", {"properties": {"name": "Acme"}}, 201),
    ("POST", "/crm/objects/{v}/contacts/search", {}, 200),
    ("POST", "/crm/objects/{v}/contacts/batch/read", {"inputs": []}, 200),
    ("GET", "/crm/properties/{v}/contacts", None, 200),
    ("GET", "/crm/properties/{v}/contacts/groups", None, 200),
    ("GET", "/crm/pipelines/{v}/deals", None, 200),
    ("GET", "/crm/owners/{v}", None, 200),
    ("GET", "/crm/lists/{v}/object-type-id/0-1/name/None", None, 404),
    ("GET", "/crm/associations/{v}/contacts/companies/labels", None, 200),
    ("GET", "/account-info/{v}/details", None, 200),
    ("GET", "/account-info/{v}/api-usage/daily/private-apps", None, 200),
)


@pytest.mark.fact("GET /account-info/details")
@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
@pytest.mark.parametrize(("method", "path", "body", "status"), RAW)
def test_dated_paths_answer_the_raw_transport(client, version, method, path, body, status):
    """https://developers.hubspot.com/docs/api-reference/legacy/migration-guide"""
    try:
        found = call(client, method, path.format(v=version), body)[0]
    except ApiException as refused:
        found = refused.status

    assert found == status
