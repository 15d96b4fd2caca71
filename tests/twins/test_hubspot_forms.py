"""Forms that visitors send, and what an address still wants to get: both outside the CRM's own paths."""

from __future__ import annotations

import pytest

STATUSES = "/communication-preferences/v4/statuses"
EMAIL = "?channel=EMAIL"


@pytest.mark.fact("GET /form-integrations/submissions/forms/{guid}")
def test_submissions_of_a_form_come_newest_first(desk):
    """[U] The old forms API, from memory."""
    desk.twin.submit_form("ada@example.com", "Webinar", {"firstname": "Ada"}, desk.later(days=1))
    desk.twin.submit_form("bob@example.com", "Webinar", {}, desk.later(days=1))
    desk.twin.submit_form("ada@example.com", "Demo", {}, desk.later(days=1))
    path = f"/form-integrations/v1/submissions/forms/{desk.twin.form_id('Webinar')}"

    told = desk.call("GET", path).json()["results"]

    sent = [{one["name"]: one["value"] for one in row["values"]} for row in told]
    assert sent == [{"email": "bob@example.com"}, {"email": "ada@example.com", "firstname": "Ada"}]
    assert told[0]["submittedAt"] > told[1]["submittedAt"]
    assert told[0]["conversionId"] != told[1]["conversionId"]
    assert "firstname" not in desk.twin.record("contacts", desk.twin.contact("bob@example.com"))


@pytest.mark.fact("GET /form-integrations/submissions/forms/{guid}")
def test_submissions_come_in_pages_of_fifty_at_most(desk):
    """[U] The old forms API, from memory."""
    for n in range(3):
        desk.twin.submit_form(f"p{n}@example.com", "Webinar", {}, desk.later(hours=1))
    path = f"/form-integrations/v1/submissions/forms/{desk.twin.form_id('Webinar')}"

    first = desk.call("GET", f"{path}?limit=2").json()
    second = desk.call("GET", f"{path}?limit=2&after={first['paging']['next']['after']}").json()

    assert (len(first["results"]), len(second["results"]), "paging" in second) == (2, 1, False)
    assert desk.call("GET", f"{path}?limit=51").status == 400
    assert desk.call("GET", f"{path[:-1]}x").status == 404


@pytest.mark.fact("GET /form-integrations/submissions/forms/{guid}")
def test_the_form_of_a_contacts_history_is_the_id_of_its_submissions(desk):
    """[U] The source id of a form's write is the form's id."""
    desk.twin.submit_form("ada@example.com", "Webinar", {"city": "Lima"}, desk.now)

    entry = desk.twin.history("contacts", desk.twin.contact("ada@example.com"), "city")[0]

    assert (entry["sourceType"], entry["sourceId"]) == ("FORM", desk.twin.form_id("Webinar"))


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}")
def test_opting_out_is_not_written_by_the_crm_api(desk):
    """https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""
    ada = desk.contact(email="ada@example.com")

    reply = desk.write(ada, hs_email_optout="true")

    assert (reply.status, reply.json()["errors"][0]["code"]) == (400, "READ_ONLY_VALUE")
    assert "hs_email_optout" not in desk.twin.record("contacts", ada)


@pytest.mark.fact("POST /communication-preferences/statuses/{email}/unsubscribe-all")
@pytest.mark.parametrize("root", [STATUSES, "/communication-preferences/2026-03/statuses"])
def test_unsubscribing_from_all_opts_the_contact_out(desk, root):
    """https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""
    ada = desk.contact(email="ada@example.com")

    reply = desk.call("POST", f"{root}/Ada@example.com/unsubscribe-all{EMAIL}&verbose=true")

    (row,) = reply.json()["results"]
    assert (reply.status, row["status"], row["subscriberIdString"]) == (
        200,
        "UNSUBSCRIBED",
        "ada@example.com",
    )
    assert row["setStatusSuccessReason"] == "UNSUBSCRIBE_FROM_ALL_OCCURRED"
    assert desk.twin.record("contacts", ada)["hs_email_optout"] == "true"
    assert [one.actor for one in desk.log.writes() if one.field == "hs_email_optout"] == ["daemon"]


@pytest.mark.fact("GET /communication-preferences/statuses/{email}/unsubscribe-all")
@pytest.mark.fact("GET /communication-preferences/statuses/{email}")
def test_an_address_tells_whether_it_unsubscribed(desk):
    """https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""
    desk.contact(email="ada@example.com")
    wide, each = f"{STATUSES}/ada@example.com/unsubscribe-all{EMAIL}", f"{STATUSES}/ada@example.com{EMAIL}"

    before = [desk.call("GET", path).json()["results"][0]["status"] for path in (wide, each)]
    desk.call("POST", wide)
    after = [desk.call("GET", path).json()["results"][0]["status"] for path in (wide, each)]

    assert (before, after) == (["NOT_SPECIFIED"] * 2, ["UNSUBSCRIBED"] * 2)


@pytest.mark.fact("POST /communication-preferences/statuses/{email}/unsubscribe-all")
def test_an_address_that_nobody_knows_can_unsubscribe(desk):
    """[U] From memory: the status is kept, no contact is made."""
    path = f"{STATUSES}/eve@example.com/unsubscribe-all{EMAIL}"

    desk.call("POST", path)

    assert desk.call("GET", path).json()["results"][0]["status"] == "UNSUBSCRIBED"
    assert desk.twin.contact("eve@example.com") is None


@pytest.mark.fact("POST /communication-preferences/statuses/{email}/unsubscribe-all")
@pytest.mark.parametrize("path", ["ada/unsubscribe-all?channel=EMAIL", "ada@example.com/unsubscribe-all"])
def test_unsubscribing_needs_an_address_and_a_channel(desk, path):
    """https://developers.hubspot.com/docs/api-reference/communication-preferences-subscriptions-v4/guide"""
    assert desk.call("POST", f"{STATUSES}/{path}").status == 400
