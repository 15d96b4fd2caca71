"""Activities of HubSpot's twin: notes, tasks, calls, meetings and e-mails need their moment and join people."""

from __future__ import annotations

import pytest

MOMENT = "2026-11-23T09:00:00Z"


def to(id_, type_id):
    """What an activity is joined to at birth."""
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    return [{"to": {"id": id_}, "types": types}]


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_note_to_a_record_that_is_not_there_is_not_made(desk):
    """[U] Seen in clients' logs: ``One or more associations are invalid``."""
    to = [
        {"to": {"id": "999"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}
    ]
    one = {"properties": {"hs_timestamp": "2026-11-23T09:00:00Z"}, "associations": to}

    reply = desk.post("notes/batch/create", {"inputs": [one]})

    assert reply.status == 400
    assert reply.json()["message"] == "One or more associations are invalid"
    assert desk.twin.records("notes") == []


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize("kind", ["notes", "tasks", "calls", "meetings", "emails"])
def test_activity_needs_its_moment(desk, kind):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/124"""
    reply = desk.post(kind, {"properties": {}})

    said = f"Error creating {kind[:-1].upper()}. Some required properties were not set."
    assert (reply.status, reply.json()["message"]) == (400, said)
    assert reply.json()["context"] == {"properties": ["hs_timestamp"]}
    assert desk.twin.records(kind) == []


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize(
    ("kind", "type_id"),
    [("notes", 202), ("tasks", 204), ("calls", 194), ("emails", 198), ("meetings", 200)],
)
def test_activity_joins_its_contact_at_birth(desk, kind, type_id):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide"""
    contact = desk.contact(email="ada@example.com")

    made = desk.post(
        kind, {"properties": {"hs_timestamp": MOMENT}, "associations": to(contact, type_id)}
    ).json()["id"]

    assert desk.twin.associated("contacts", contact, kind) == [made]


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
@pytest.mark.parametrize("kind", ["notes", "tasks", "calls", "meetings", "emails"])
def test_activity_tells_its_birth_under_a_name_of_its_own(desk, kind):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm"""
    id_ = desk.post(kind, {"properties": {"hs_timestamp": MOMENT}}).json()["id"]

    shown = desk.get(f"{kind}/{id_}").json()

    assert shown["properties"]["hs_createdate"] == shown["createdAt"] == "2026-11-23T09:00:01Z"
    assert "createdate" not in shown["properties"]


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_task_keeps_its_status_priority_and_type(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-tasks-v3/guide"""
    told = {
        "hs_timestamp": MOMENT,
        "hs_task_subject": "Call Ada",
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH",
        "hs_task_type": "CALL",
    }
    id_ = desk.post("tasks", {"properties": told}).json()["id"]
    reply = desk.post("tasks", {"properties": {**told, "hs_task_status": "DONE"}})

    record = desk.twin.record("tasks", id_)
    assert {name: record[name] for name in told} == told
    assert (reply.status, reply.json()["errors"][0]["code"]) == (400, "INVALID_OPTION")


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize(("length", "status"), [(65_536, 201), (65_537, 400)])
def test_note_holds_65536_characters(desk, length, status):
    """https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide"""
    note = {"hs_timestamp": MOMENT, "hs_note_body": "x" * length}

    assert desk.post("notes", {"properties": note}).status == status


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}")
def test_note_of_a_deleted_contact_stays_and_is_joined_to_nobody(desk):
    """https://knowledge.hubspot.com/privacy-and-consent/understand-restorable-and-permanent-contact-deletions"""
    contact = desk.contact(email="ada@example.com")
    note = desk.post(
        "notes", {"properties": {"hs_timestamp": MOMENT}, "associations": to(contact, 202)}
    ).json()["id"]

    desk.call("DELETE", f"/crm/objects/2026-09/contacts/{contact}")

    assert desk.get(f"notes/{note}").status == 200
    assert desk.twin.associated("notes", note, "contacts") == []
