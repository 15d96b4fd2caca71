"""Two writers and one record: the same id twice, a key that is taken, upserts that race, locks, guards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office

KEY = "Leadbridge_HubSpot_Id__c"


@pytest.mark.fact("PATCH /composite/sobjects", switch="repeated_key")
@pytest.mark.parametrize(("refused", "city"), [("all", None), ("later", "Bonn")])
def test_one_id_twice_in_an_update_refuses_all_of_its_rows_or_the_later_ones(
    refused: str, city: str | None
) -> None:
    """https://help.salesforce.com/s/articleView?id=000384876; [M] the code, and that the first may pass"""
    office = Office(repeated_key=refused)
    lead, other = office.lead(), office.lead()

    first, neighbour, again = office.collection(
        "PATCH",
        {"id": lead, "City": "Bonn"},
        {"id": other, "City": "Rome"},
        {"id": lead[:15], "City": "Köln"},
    )

    assert neighbour["success"] is True
    assert first["success"] is (refused == "later")
    assert again["errors"] == [
        {"statusCode": "DUPLICATE_VALUE", "message": f"Duplicate id specified: {lead}", "fields": []}
    ]
    assert (office.twin.record(lead)["City"], office.twin.record(other)["City"]) == (city, "Rome")


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches", switch="repeated_key")
@pytest.mark.parametrize(("refused", "failed", "city"), [("all", 2, None), ("later", 1, "Bonn")])
def test_one_id_twice_in_a_bulk_update_fails_its_rows(refused: str, failed: int, city: str | None) -> None:
    """https://help.salesforce.com/s/articleView?id=000384876; [M] the code"""
    office = Office(repeated_key=refused)
    lead = office.lead()
    job = office.call("POST", "/jobs/ingest", {"operation": "update", "object": "Lead"}).json()["id"]
    rows = f"Id,City\n{lead},Bonn\n{lead},Rome\n".encode()

    office.call("PUT", f"/jobs/ingest/{job}/batches", rows, Content_Type="text/csv")
    office.call("PATCH", f"/jobs/ingest/{job}", {"state": "UploadComplete"})
    office.later(minutes=1)
    done = office.call("GET", f"/jobs/ingest/{job}").json()
    said = office.call("GET", f"/jobs/ingest/{job}/failedResults").body.decode()

    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, failed)
    assert said.count(f"DUPLICATE_VALUE:Duplicate id specified: {lead}") == failed
    assert office.twin.record(lead)["City"] == city


@pytest.mark.fact("POST /sobjects/{kind}", switch="duplicate_value_names")
@pytest.mark.parametrize("how", ["15", "18", "unknown"])
def test_a_taken_key_names_its_holder_by_15_or_18_characters_or_not_at_all(how: str) -> None:
    """https://github.com/SFDO-Community/declarative-lookup-rollup-summaries/issues/1152"""
    office = Office(duplicate_value_names=how)
    holder = office.lead(**{KEY: "7"})
    named = {"15": (KEY, holder[:15]), "18": (KEY, holder), "unknown": ("<unknown>", "<unknown>")}[how]

    reply = office.call("POST", "/sobjects/Lead", {"LastName": "Ada", "Company": "x", KEY: "7"})

    said = "duplicate value found: {} duplicates value on record with id: {}".format(*named)
    assert (reply.status, reply.json()) == (400, [{"message": said, "errorCode": "DUPLICATE_VALUE"}])


def _upsert(office: Office, way: str, city: str) -> Any:
    row = {"LastName": "Ada", "Company": "x", "City": city}
    if way == "one row":
        return office.call("PATCH", f"/sobjects/Lead/{KEY}/7", row).json()
    body = {"records": [{"attributes": {"type": "Lead"}, KEY: "7", **row}]}
    return office.call("PATCH", f"/composite/sobjects/Lead/{KEY}", body).json()[0]


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}", switch="upsert_race_ms")
@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}", switch="upsert_race_ms")
@pytest.mark.parametrize("way", ["one row", "collection"])
@pytest.mark.parametrize(("race_ms", "city"), [(0, "Rome"), (3000, "Bonn")])
def test_an_upsert_on_the_heels_of_another_may_be_a_duplicate_and_passes_later(
    way: str, race_ms: int, city: str
) -> None:
    """https://help.salesforce.com/s/articleView?id=000383480"""
    office = Office(upsert_race_ms=race_ms)
    _upsert(office, way, "Bonn")

    second = _upsert(office, way, "Rome")
    (then,) = office.twin.records("Lead")
    office.later(seconds=3)
    third = _upsert(office, way, "Paris")

    assert ("DUPLICATE_VALUE" in str(second)) is (race_ms > 0)
    assert then["City"] == city
    assert third["success"] is True
    assert [one["City"] for one in office.twin.records("Lead")] == ["Paris"]


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}", switch="locked_row_status")
@pytest.mark.parametrize("status", [400, 409])
def test_a_locked_row_answers_400_or_409(status: int) -> None:
    """[M] the status; the code: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office(locked_row_status=status)
    lead = office.lead()
    office.twin.refuse_next("Lead", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")

    locked = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Bonn"})
    again = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Bonn"})

    assert (locked.status, locked.json()[0]["errorCode"]) == (status, "UNABLE_TO_LOCK_ROW")
    assert again.status == 204


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}", switch="failed_precondition")
@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("error", "PRECONDITION_FAILED"),
        ("soap", "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE_CHECK"),
        ("empty", None),
    ],
)
def test_a_failed_guard_is_412_whatever_its_body_says(how: str, code: str | None) -> None:
    """[M] the body: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm"""
    office = Office(failed_precondition=how)
    lead = office.lead(City="Bonn")
    guard = {"If_Unmodified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"}

    reply = office.call("PATCH", f"/sobjects/Lead/{lead}", {"City": "Rome"}, **guard)

    assert reply.status == 412
    assert (reply.json()[0]["errorCode"] if reply.body else None) == code
    assert office.twin.record(lead)["City"] == "Bonn"


@pytest.mark.fact("PATCH /composite/sobjects")
def test_an_update_by_15_characters_answers_with_18() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm, ID field type"""
    office = Office()
    lead = office.lead()

    (answer,) = office.collection("PATCH", {"id": lead[:15], "City": "Bonn"})

    assert answer == {"id": lead, "success": True, "errors": []}
    assert office.twin.record(lead)["City"] == "Bonn"
