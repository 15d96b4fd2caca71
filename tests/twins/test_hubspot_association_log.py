"""Who joined and parted whom stands in the commit log of HubSpot's twin: one commit a pair and change."""

from __future__ import annotations

import pytest

from twins.hubspot import Switches

SAM = "sam.seller@example.com"
V4 = "/crm/v4/associations/contacts/companies"


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com")


@pytest.fixture
def acme(desk):
    return desk.twin.create("companies", {"name": "Acme"}, SAM, desk.now)


def joins(desk, actor=None):
    """Every commit about an association: the pair, what stood there, what stands there."""
    return [(one.id, one.old, one.new) for one in desk.log.writes(actor, kind="associations")]


def types(*ids):
    return [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": one} for one in ids]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/associate/default")
@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/archive")
def test_joining_and_parting_are_commits_with_their_author_and_request(desk, ada, acme):
    """[M] Of the twin itself: its commit log is the truth that tests judge the bridge by."""
    pair = f"companies/{acme}:contacts/{ada}"
    body = {"inputs": [{"from": {"id": ada}, "to": {"id": acme}}]}

    joined = desk.call("POST", f"{V4}/batch/associate/default", body)
    again = desk.call("POST", f"{V4}/batch/associate/default", body)
    parting = {"inputs": [{"from": {"id": ada}, "to": [{"id": acme}]}]}
    desk.call("POST", f"{V4}/batch/archive", parting)

    assert (joined.status, again.status) == (200, 200)
    assert joins(desk, "daemon") == [(pair, None, "2;280"), (pair, "2;280", None)]
    assert desk.log.writes(kind="associations")[0].request_id == joined.headers["x-hubspot-correlation-id"]


@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/default/{to}/{id}")
@pytest.mark.parametrize("from_contact", [True, False])
def test_a_pair_has_one_name_in_the_log_whichever_end_it_is_joined_from(desk, ada, acme, from_contact):
    """[M] Of the twin itself."""
    here, there = ("contacts", ada), ("companies", acme)
    if not from_contact:
        here, there = there, here

    desk.call("PUT", f"/crm/v4/objects/{here[0]}/{here[1]}/associations/default/{there[0]}/{there[1]}")

    assert joins(desk) == [(f"companies/{acme}:contacts/{ada}", None, "2;280")]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_the_former_primary_company_stands_in_the_log_too(desk, ada, acme):
    """[M] Of the twin itself."""
    beta = desk.twin.create("companies", {"name": "Beta"}, SAM, desk.now)
    for company in (acme, beta):
        one = {"from": {"id": ada}, "to": {"id": company}, "types": types(1)}
        desk.call("POST", f"{V4}/batch/create", {"inputs": [one]})

    assert joins(desk) == [
        (f"companies/{acme}:contacts/{ada}", None, "2;280"),
        (f"companies/{acme}:contacts/{ada}", "2;280", "280"),
        (f"companies/{beta}:contacts/{ada}", None, "2;280"),
    ]


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_a_join_at_birth_is_a_commit_of_the_same_request(desk, ada):
    """[M] Of the twin itself."""
    body = {
        "properties": {"hs_timestamp": "2026-12-01T09:00:00Z"},
        "associations": [{"to": {"id": ada}, "types": types(202)}],
    }

    made = desk.post("notes", body)

    (commit,) = desk.log.writes("daemon", kind="associations")
    assert (commit.id, commit.new) == (f"contacts/{ada}:notes/{made.json()['id']}", "201")
    assert commit.request_id == made.headers["x-hubspot-correlation-id"]


@pytest.mark.fact("POST /crm/objects/{kind}/merge", switch="merge_makes_new_record")
@pytest.mark.parametrize("makes_new", [True, False])
def test_a_merge_moves_joins_before_the_eyes_of_the_log(desk_with, makes_new):
    """[M] Of the twin itself."""
    desk = desk_with(switches=Switches(merge_makes_new_record=makes_new))
    ada, double = desk.contact(email="ada@example.com"), desk.contact(email="ada@example.org")
    acme = desk.twin.create("companies", {"name": "Acme"}, SAM, desk.now)
    desk.call("PUT", f"/crm/v4/objects/contacts/{double}/associations/default/companies/{acme}")
    before = len(desk.log)

    merged = desk.post("contacts/merge", {"primaryObjectId": ada, "objectIdToMerge": double}).json()["id"]

    told = [
        (one.id, one.old, one.new) for one in desk.log.writes("daemon", kind="associations", after=before)
    ]
    assert told == [
        (f"companies/{acme}:contacts/{double}", "2;280", None),
        (f"companies/{acme}:contacts/{merged}", None, "2;280"),
    ]


@pytest.mark.fact("at the screen")
def test_a_person_who_joins_is_named_and_a_load_is_silent(desk, ada, acme):
    """[M] Of the twin itself: what is loaded is the state from which the log begins."""
    desk.twin.associate("contacts", ada, "companies", acme)
    loaded = joins(desk)
    desk.twin.part("contacts", ada, "companies", acme, SAM, desk.now)

    (commit,) = desk.log.writes(kind="associations")
    assert loaded == []
    assert (commit.actor, commit.user, commit.old, commit.new) == ("human", "47812001", "2;280", None)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/upsert")
def test_an_upsert_joins_nobody(desk, acme):
    """https://github.com/HubSpot/hubspot-api-python: its inputs have no ``associations``, those of a create have."""
    one = {
        "id": "00Q1",
        "idProperty": "leadbridge_key",
        "properties": {"email": "ada@example.com"},
        "associations": [{"to": {"id": acme}, "types": types(279)}],
    }

    made = desk.post("contacts/batch/upsert", {"inputs": [one]}).json()["results"][0]

    assert desk.twin.associated("contacts", made["id"], "companies") == []
