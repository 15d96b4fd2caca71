"""One row at a time: how it is addressed, on which conditions it is read and written, who may set its past."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.twins.office import BASE, Office

KEY = "/sobjects/Lead/Leadbridge_HubSpot_Id__c"
BORN = "Mon, 23 Nov 2026 09:00:01 GMT"


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
@pytest.mark.parametrize("tail", ["", "/", "?fields="])
def test_a_slash_at_the_end_changes_nothing(tail: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_retrieve_get.htm"""
    office = Office()
    lead = office.lead()

    assert office.call("GET", f"/sobjects/Lead/{lead}{tail}").json()["Id"] == lead


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_an_unknown_field_is_named_when_a_row_is_read() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_retrieve_get.htm"""
    office = Office()

    reply = office.call("GET", f"/sobjects/Lead/{office.lead()}?fields=City,Nope")

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert "No such column 'Nope' on entity 'Lead'" in reply.json()[0]["message"]


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
@pytest.mark.parametrize("key", ["0035g0000000001AAA", "00Q5g0000000001", "abc", "00Q5g0000000001AAB"])
def test_an_id_of_another_kind_or_of_nobody_is_not_found(key: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    office.contact()

    assert office.call("GET", f"/sobjects/Lead/{key}").status == 404


@pytest.mark.fact("HEAD /sobjects/{kind}/{id}")
def test_a_head_asks_whether_a_row_is_there() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_resources.htm"""
    office = Office()

    there = office.call("HEAD", f"/sobjects/Lead/{office.lead()}")
    gone = office.call("HEAD", "/sobjects/Lead/00Q5g00000000zzEAA")

    assert (there.status, gone.status) == (200, 404)


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.parametrize("name", ["Id", "id"])
def test_an_update_that_names_the_id_in_its_body_is_refused(name: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_update_fields.htm"""
    office = Office()
    lead = office.lead()

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {name: lead, "City": "Bonn"})

    assert reply.status == 400
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD"
    assert reply.json()[0]["message"] == "The Id field should not be specified in the sobject data."
    assert office.twin.record(lead)["City"] is None


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_new_row_cannot_bring_its_id() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    body = {"Id": "00Q5g00000000zzEAA", "LastName": "Ada", "Company": "x"}

    reply = office.call("POST", "/sobjects/Lead", body)

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert reply.json()[0]["message"] == "cannot specify Id in an insert call"


@pytest.mark.fact("POST /sobjects/{kind}/Id")
def test_a_post_to_the_key_id_makes_a_row() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()

    reply = office.call("POST", "/sobjects/Lead/Id", {"LastName": "Ada", "Company": "x"})

    assert (reply.status, reply.json()["id"]) == (201, office.twin.records("Lead")[0]["Id"])


@pytest.mark.fact("GET /sobjects/{kind}/{field}/{value}")
def test_a_row_is_read_by_its_external_id_and_by_fields() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_get.htm"""
    office = Office()
    office.lead(Leadbridge_HubSpot_Id__c="a b/c", City="Bonn")

    reply = office.call("GET", f"{KEY}/{quote('a b/c', safe='')}?fields=City")

    assert (reply.status, reply.json()["City"]) == (200, "Bonn")
    assert "LastName" not in reply.json()
    assert office.call("GET", f"{KEY}/nobody").status == 404


@pytest.mark.fact("GET /sobjects/{kind}/{field}/{value}")
def test_a_key_that_several_rows_have_answers_300_to_a_read_too() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_get.htm"""
    office = Office()
    both = [office.contact(Email="ada@example.com") for _ in range(2)]

    reply = office.call("GET", "/sobjects/Contact/Email/ada@example.com")

    assert reply.status == 300
    assert reply.json() == [f"{BASE}/sobjects/Contact/{key}" for key in both]


@pytest.mark.fact("DELETE /sobjects/{kind}/{field}/{value}")
def test_a_row_is_deleted_by_its_external_id() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_delete.htm"""
    office = Office()
    office.lead(Leadbridge_HubSpot_Id__c="7")

    assert office.call("DELETE", f"{KEY}/7").status == 204
    assert office.twin.records("Lead") == []
    assert office.call("DELETE", f"{KEY}/7").status == 404


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}", switch="upsert_answers_from")
@pytest.mark.parametrize(
    ("since", "version", "status"),
    [(46, "45.0", 204), (46, "46.0", 200), (46, "66.0", 200), (67, "66.0", 204), (67, "67.0", 200)],
)
def test_an_upsert_that_updates_answers_with_a_body_on_newer_versions(
    since: int, version: str, status: int
) -> None:
    """[M] the version: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office(upsert_answers_from=since)
    lead = office.lead(Leadbridge_HubSpot_Id__c="7")

    reply = office.call("PATCH", f"/services/data/v{version}{KEY}/7", {"City": "Bonn"})

    assert (reply.status, office.twin.record(lead)["City"]) == (status, "Bonn")
    assert bool(reply.body) is (status == 200)


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}")
def test_an_upsert_may_be_told_to_update_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()
    office.lead(Leadbridge_HubSpot_Id__c="7")

    there = office.call("PATCH", f"{KEY}/7?updateOnly=true", {"City": "Bonn"})
    gone = office.call("PATCH", f"{KEY}/8?updateOnly=true", {"LastName": "x", "Company": "x"})

    assert (there.status, gone.status) == (200, 404)
    assert len(office.twin.records("Lead")) == 1


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}", switch="file_like_keys")
@pytest.mark.parametrize(("taken", "status"), [("refused", 404), ("taken", 201)])
def test_a_key_that_looks_like_a_file_is_not_found_in_a_path(taken: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office(file_like_keys=taken)

    reply = office.call("PATCH", f"{KEY}/ada@example.inc", {"LastName": "Ada", "Company": "x"})

    assert reply.status == status
    assert len(office.twin.records("Lead")) == (status == 201)


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_a_key_that_looks_like_a_file_is_taken_in_a_body() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()
    record = {"attributes": {"type": "Lead"}, "LastName": "Ada", "Company": "x"}
    record["Leadbridge_HubSpot_Id__c"] = "ada.inc"

    reply = office.call("PATCH", f"/composite{KEY}", {"records": [record]})

    assert reply.json()[0]["success"] is True


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Mon, 23 Nov 2026 09:00:00 GMT", 200),
        (BORN, 304),
        ("Mon, 23 Nov 2026 10:00:00 GMT", 304),
        ("yesterday", 200),
    ],
)
def test_a_row_that_did_not_change_since_is_304_without_a_body(header: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()

    reply = office.call("GET", f"/sobjects/Lead/{office.lead()}", If_Modified_Since=header)

    assert reply.status == status
    assert bool(reply.body) is (status == 200)


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_a_read_tells_when_the_row_was_modified() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()

    reply = office.call("GET", f"/sobjects/Lead/{office.lead()}")

    assert reply.headers["Last-Modified"] == BORN
    assert "ETag" not in reply.headers


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_guard_does_not_see_an_edit_in_its_own_second() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    lead = office.lead()
    office.twin.update("Lead", lead, {"City": "Bonn"}, office.sam, office.now)

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Berlin"}, If_Unmodified_Since=BORN)

    assert (reply.status, office.twin.record(lead)["City"]) == (204, "Berlin")


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_guard_goes_by_last_modified_date_not_by_modstamp() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    lead = office.lead()
    office.twin.log_task(lead, "Call", office.sam, office.later(hours=1))

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Berlin"}, If_Unmodified_Since=BORN)

    assert reply.status == 204


@pytest.mark.fact("DELETE /sobjects/{kind}/{id}")
def test_a_delete_knows_no_conditions() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    lead = office.lead()

    reply = office.call(
        "DELETE", f"/sobjects/Lead/{lead}", If_Unmodified_Since="Mon, 23 Nov 2020 09:00:01 GMT"
    )

    assert reply.status == 204


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_an_account_has_a_tag_that_guards_reads_and_writes() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    path = f"/sobjects/Account/{office.made('Account', Name='Engines')}"
    old = office.call("GET", path).headers["ETag"]

    unchanged = office.call("GET", path, If_None_Match=old)
    first = office.call("PATCH", path, {"Phone": "1"}, If_Match=f'"other", {old}')
    second = office.call("PATCH", path, {"Phone": "2"}, If_Match=old)
    new = office.call("GET", path, If_None_Match=old)

    assert (unchanged.status, first.status, second.status, new.status) == (304, 204, 412, 200)
    assert new.headers["ETag"] == first.headers["ETag"] != old
    assert new.json()["Phone"] == "1"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.parametrize("header", ["If_Match", "If_None_Match"])
def test_a_tag_without_quotes_is_400_for_a_write(header: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()
    path = f"/sobjects/Account/{office.made('Account', Name='Engines')}"

    reply = office.call("PATCH", path, {"Phone": "1"}, **{header: "nonsense"})

    assert reply.status == 400


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_tags_guard_accounts_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office()

    reply = office.call("PATCH", f"/sobjects/Lead/{office.lead()}", {"City": "Bonn"}, If_Match='"other"')

    assert reply.status == 204


@pytest.mark.fact("POST /sobjects/{kind}", switch="sets_the_past")
@pytest.mark.parametrize("may", [False, True])
def test_the_past_of_a_new_row_is_set_with_a_permission_only(may: bool) -> None:
    """https://help.salesforce.com/s/articleView?id=000386875"""
    office = Office(sets_the_past=may)
    body = {
        "LastName": "Ada",
        "Company": "x",
        "CreatedDate": "2023-05-01T08:00:00Z",
        "CreatedById": office.sam,
    }

    reply = office.call("POST", "/sobjects/Lead", body)

    if not may:
        assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
        return
    row = office.twin.record(reply.json()["id"])
    assert row["CreatedDate"] == row["LastModifiedDate"] == "2023-05-01T08:00:00.000+0000"
    assert row["CreatedById"] == row["LastModifiedById"] == office.sam
    assert row["SystemModstamp"] == "2026-11-23T09:00:01.000+0000"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}", switch="sets_the_past")
@pytest.mark.parametrize("may", [False, True])
def test_the_past_of_an_old_row_is_never_set(may: bool) -> None:
    """https://help.salesforce.com/s/articleView?id=000386875"""
    office = Office(sets_the_past=may)

    reply = office.call("PATCH", f"/sobjects/Lead/{office.lead()}", {"CreatedDate": "2023-05-01T08:00:00Z"})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def sent(office: Office, *, late: bool) -> dict[str, Any]:
    """A lead after an edit that began a minute before another one and is saved after it."""
    lead = office.lead()
    began = office.later(minutes=1)
    office.twin.update("Lead", lead, {"City": "Bonn"}, office.sam, office.later(minutes=1))
    office.twin.update("Lead", lead, {"Title": "CTO"}, office.sam, began if late else office.now)
    return office.twin.record(lead)


@pytest.mark.fact("at the screen")
def test_a_save_that_began_earlier_and_commits_later_has_the_earlier_stamp() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    row = sent(Office(), late=True)

    assert (row["City"], row["Title"]) == ("Bonn", "CTO")
    assert row["SystemModstamp"] == "2026-11-23T09:01:01.000+0000"
