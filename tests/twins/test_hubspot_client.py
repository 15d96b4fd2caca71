"""HubSpot's own Python client and HubSpot's twin understand each other over HTTP."""

from __future__ import annotations

import json
import threading

import hubspot
import pytest
import urllib3
from hubspot.crm.objects.exceptions import ApiException

from twins.hubspot import TOKEN
from twins.server import Served


@pytest.fixture
def served(desk):
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


def test_refusal_arrives_as_the_librarys_exception(client):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    one = {"properties": {"email": "ada@example.com"}}
    _, _, made = call(client, "POST", "/crm/objects/2026-09/contacts", one)

    with pytest.raises(ApiException) as refused:
        call(client, "POST", "/crm/objects/2026-09/contacts", one)

    assert refused.value.status == 409
    assert f"Existing ID: {made['id']}" in refused.value.body


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


def test_parallel_writers_lose_nothing(client, desk):
    """One lock: every commit of every thread is there, none twice."""
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
