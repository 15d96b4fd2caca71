"""People who had themselves deleted for good from HubSpot's twin: gone everywhere, and who may come back how."""

from __future__ import annotations

import pytest

from twins.hubspot import Refused

MIA = "mia.marketer@example.com"
MOMENT = "2026-11-23T09:00:00Z"


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com", hs_additional_emails="ada@work.example")


def erased(desk, id_, **more):
    """The answer to a deletion for good."""
    return desk.post("contacts/gdpr-delete", {"objectId": id_, **more})


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
@pytest.mark.parametrize("path", ["/crm/v3/objects/contacts", "/crm/objects/2026-09/contacts"])
def test_a_person_deleted_for_good_is_nowhere(desk, ada, path):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/gdpr/gdpr-delete-contact"""
    reply = desk.call("POST", f"{path}/gdpr-delete", {"objectId": ada})

    assert (reply.status, reply.body) == (204, b"")
    assert desk.get(f"contacts/{ada}").status == desk.get(f"contacts/{ada}?archived=true").status == 404
    assert desk.get("contacts?archived=true").json()["results"] == []
    assert desk.search().json()["total"] == 0


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
def test_a_person_is_named_by_address_too(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/gdpr/gdpr-delete-contact"""
    assert erased(desk, "Ada@example.com", idProperty="email").status == 204
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
def test_an_archived_person_can_be_deleted_for_good(desk, ada):
    """https://knowledge.hubspot.com/records/restore-deleted-records"""
    desk.twin.archive("contacts", ada, MIA, desk.now)

    assert erased(desk, ada).status == 204
    with pytest.raises(Refused):
        desk.twin.restore("contacts", ada, MIA, desk.now)


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
def test_deletion_for_good_parts_the_person_from_everybody(desk, ada):
    """https://developers.hubspot.com/changelog/gdpr-deletion"""
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    desk.twin.associate("contacts", ada, "companies", company)

    erased(desk, ada)

    assert desk.twin.associated("companies", company, "contacts") == []
    assert desk.get(f"companies/{company}").status == 200


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
def test_unknown_id_is_a_404_and_an_unknown_address_is_blocked(desk):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/gdpr/gdpr-delete-contact"""
    assert erased(desk, "999").status == 404
    assert erased(desk, "bob@example.com", idProperty="email").status == 204

    with pytest.raises(Refused):
        desk.twin.create("contacts", {"email": "bob@example.com"}, MIA, desk.now)


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize("address", ["ada@example.com", "ada@work.example"])
def test_screen_and_import_may_not_bring_a_deleted_person_back(desk, ada, address):
    """https://knowledge.hubspot.com/privacy-and-consent/how-do-i-perform-a-gdpr-delete-in-hubspot"""
    desk.twin.erase(ada, MIA, desk.now)

    with pytest.raises(Refused):
        desk.twin.create("contacts", {"email": address}, MIA, desk.now)
    assert [one.field for one in desk.twin.load("contacts", [{"email": address}], desk.now)] == ["email"]
    assert desk.twin.records("contacts") == []


@pytest.mark.fact("at the screen")
def test_visitor_who_sends_a_form_comes_back_as_a_new_contact(desk, ada):
    """https://knowledge.hubspot.com/privacy-and-consent/how-do-i-perform-a-gdpr-delete-in-hubspot"""
    erased(desk, ada)

    back = desk.twin.submit_form("ada@example.com", "Call me", {}, desk.now)

    assert back != ada
    assert desk.twin.contact("ada@example.com") == back


@pytest.mark.fact("POST /crm/objects/{kind}", switch="api_brings_back_deleted")
@pytest.mark.parametrize(("may", "status"), [(True, 201), (False, 400)])
def test_an_app_may_bring_a_deleted_person_back(desk, ada, may, status):
    """https://knowledge.hubspot.com/articles/kcs_article/contacts/how-do-i-perform-a-gdpr-compliant-delete-in-hubspot

    The API's own page says that a blocked address cannot be used again: hence the switch.
    """
    desk.twin.flip(api_brings_back_deleted=may)
    erased(desk, ada)

    assert desk.post("contacts", {"properties": {"email": "ada@example.com"}}).status == status


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("contacts", {}, 400),
        ("contacts", {"objectId": []}, 400),
        ("contacts", {"objectId": "x", "idProperty": "city"}, 400),
        ("companies", {"objectId": "1"}, 404),
    ],
)
def test_deletion_for_good_that_names_nobody_is_refused(desk, kind, body, status):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/gdpr/gdpr-delete-contact"""
    assert desk.post(f"{kind}/gdpr-delete", body).status == status


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
def test_deletion_for_good_is_one_entry_of_the_log(desk, ada):
    """[M] A promise of the twin itself: what happened can be judged without the person's values."""
    start = len(desk.log)

    erased(desk, ada)

    told = [(one.id, one.field, one.old, one.new, one.actor) for one in desk.log.writes(after=start)]
    assert told == [(ada, "erased", None, "true", "daemon")]
