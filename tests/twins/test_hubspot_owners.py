"""Owners on HubSpot's wire: ids, pages, queues, teams, and people who left."""

from __future__ import annotations

import pytest

from twins.hubspot import Owner

ROOT = "/crm/owners/2026-09"
SAM = "sam.seller@example.com"


def owners(desk, more=""):
    return desk.call("GET", f"{ROOT}{more}").json()["results"]


def sam(desk):
    return owners(desk, f"?email={SAM}")[0]


@pytest.mark.fact("GET /crm/owners/{id}")
def test_an_owner_is_read_by_id_or_by_user_id(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    one = sam(desk)

    assert desk.call("GET", f"{ROOT}/{one['id']}").json() == one
    assert desk.call("GET", f"{ROOT}/{one['userId']}?idProperty=userId").json() == one
    assert desk.call("GET", f"{ROOT}/{one['userId']}").status == 404


@pytest.mark.fact("GET /crm/owners")
def test_who_left_is_an_archived_owner_without_a_user_id(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    one = sam(desk)

    desk.twin.deactivate_owner(SAM)

    (gone,) = owners(desk, "?archived=True")
    assert owners(desk, f"?email={SAM}") == []
    assert (gone["id"], gone["archived"]) == (one["id"], True)
    assert (gone["userId"], gone["userIdIncludingInactive"]) == (None, one["userId"])
    assert desk.call("GET", f"{ROOT}/{one['id']}").status == 404
    assert desk.call("GET", f"{ROOT}/{one['id']}?archived=true").json() == gone


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_records_stay_with_an_owner_who_left(desk):
    """[U] From memory: nobody takes them over by itself."""
    one = sam(desk)
    ada = desk.contact(email="ada@example.com", hubspot_owner_id=one["id"])

    desk.twin.deactivate_owner(one["id"])

    assert desk.twin.record("contacts", ada)["hubspot_owner_id"] == one["id"]
    assert desk.write(ada, city="Lima").status == 200


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}", switch="archived_owner_is_refused")
@pytest.mark.parametrize(("is_refused", "status"), [(True, 400), (False, 200)])
def test_a_record_is_not_given_to_an_owner_who_left(desk, is_refused, status):
    """[U] From memory: a 400; the other behaviour is a switch."""
    desk.twin.flip(archived_owner_is_refused=is_refused)
    one, ada = sam(desk), desk.contact(email="ada@example.com")
    desk.twin.deactivate_owner(SAM)

    reply = desk.write(ada, hubspot_owner_id=one["id"])

    assert reply.status == status
    assert desk.write(ada, hubspot_owner_id="4711").status == 400


@pytest.mark.fact("GET /crm/owners")
def test_a_queue_is_an_owner_without_a_user(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    queue = desk.twin.add_owner(Owner("", 0, "", "Inbound", "", type="QUEUE"))

    told = desk.call("GET", f"{ROOT}/{queue.id}").json()
    ada = desk.contact(email="ada@example.com", hubspot_owner_id=queue.id)
    assert (told["type"], told["userId"], told["email"]) == ("QUEUE", None, None)
    assert desk.twin.record("contacts", ada)["hubspot_owner_id"] == queue.id
    assert {one["type"] for one in owners(desk)} == {"PERSON", "QUEUE"}


@pytest.mark.fact("GET /crm/owners")
def test_an_owner_tells_their_teams_the_primary_one_first(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    teams = (("11", "EMEA"), ("12", "Renewals"))

    new = desk.twin.add_owner(Owner("", 0, "nia.new@example.com", "Nia", "New", teams=teams))

    (told,) = owners(desk, "?email=nia.new@example.com")
    assert told["teams"] == [
        {"id": "11", "name": "EMEA", "primary": True},
        {"id": "12", "name": "Renewals", "primary": False},
    ]
    assert (told["id"], told["userId"]) == (new.id, new.user_id)
    assert new.id != str(new.user_id)


@pytest.mark.fact("GET /crm/owners")
@pytest.mark.parametrize("query", ["?limit=501", "?limit=many", "?after=last"])
def test_an_owner_page_out_of_bounds_is_a_400(desk, query):
    """https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide"""
    assert desk.call("GET", f"{ROOT}{query}").status == 400
