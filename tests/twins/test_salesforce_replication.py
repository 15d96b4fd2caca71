"""getUpdated and getDeleted: what changed and what went in a span of time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office

SPAN = "start=2026-11-23T09:00:00Z&end=2026-11-23T10:00:00Z"


def told(office: Office, which: str, span: str = SPAN, kind: str = "Lead") -> Any:
    return office.call("GET", f"/sobjects/{kind}/{which}/?{span}").json()


@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_get_updated_answers_ids_and_the_date_it_covers() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm"""
    office = Office()
    lead = office.lead()
    office.later(hours=2)
    office.lead()

    assert told(office, "updated") == {"ids": [lead], "latestDateCovered": "2026-11-23T10:00:00.000+0000"}


@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_get_updated_ignores_the_seconds() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    office = Office()
    lead = office.lead()
    office.later(hours=2)

    later = told(office, "updated", "start=2026-11-23T09:00:59Z&end=2026-11-23T09:01:30Z")

    assert later == {"ids": [lead], "latestDateCovered": "2026-11-23T09:01:00.000+0000"}


@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_get_updated_goes_by_system_modstamp() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    office = Office()
    lead = office.lead()
    office.twin.bounce(lead, office.later(hours=2))
    office.later(hours=1)

    assert told(office, "updated", "start=2026-11-23T11:00:00Z&end=2026-11-23T12:00:00Z")["ids"] == [lead]


@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_get_updated_covers_no_date_that_is_still_to_come() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    office = Office()
    office.later(minutes=30)

    assert told(office, "updated")["latestDateCovered"] == "2026-11-23T09:30:00.000+0000"


@pytest.mark.fact("GET /sobjects/{kind}/deleted")
def test_get_deleted_answers_ids_with_the_time_they_went() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm"""
    office = Office()
    lead = office.lead()
    office.call("DELETE", f"/sobjects/Lead/{lead}")
    office.later(hours=2)

    answer = told(office, "deleted")

    assert answer["deletedRecords"] == [{"id": lead, "deletedDate": "2026-11-23T09:00:02.000+0000"}]
    assert answer["latestDateCovered"] == "2026-11-23T10:00:00.000+0000"
    assert answer["earliestDateAvailable"] < "2026-11-23"
    assert told(office, "updated")["ids"] == []


@pytest.mark.fact("GET /sobjects/{kind}/deleted")
def test_an_undeleted_record_is_updated_not_deleted() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getdeleted.htm"""
    office = Office()
    lead = office.lead()
    office.twin.delete("Lead", lead, office.sam, office.later(minutes=5))
    office.twin.undelete("Lead", lead, office.sam, office.later(minutes=5))
    office.later(hours=2)

    assert told(office, "deleted")["deletedRecords"] == []
    assert told(office, "updated")["ids"] == [lead]


@pytest.mark.fact("GET /sobjects/{kind}/deleted")
def test_a_contact_role_that_is_gone_for_good_is_told_by_get_deleted() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitycontactrole.htm"""
    office = Office()
    role = office.made(
        "OpportunityContactRole", OpportunityId=office.opportunity(), ContactId=office.contact()
    )
    office.call("DELETE", f"/sobjects/OpportunityContactRole/{role}")
    office.later(hours=2)

    gone = told(office, "deleted", kind="OpportunityContactRole")["deletedRecords"]

    assert [one["id"] for one in gone] == [role]


@pytest.mark.fact("GET /sobjects/{kind}/deleted")
@pytest.mark.parametrize(
    "span",
    [
        "start=2026-11-23T09:00:00Z&end=2026-11-23T09:01:00Z",
        "start=2026-11-23T09:00:10Z&end=2026-11-23T09:01:50Z",
        "start=2026-11-23T10:00:00Z&end=2026-11-23T09:00:00Z",
    ],
)
def test_the_start_of_get_deleted_precedes_its_end_by_more_than_a_minute(span: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getdeleted.htm"""
    office = Office()

    reply = office.call("GET", f"/sobjects/Lead/deleted?{span}")

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


@pytest.mark.fact("GET /sobjects/{kind}/updated")
@pytest.mark.fact("GET /sobjects/{kind}/deleted")
@pytest.mark.parametrize("which", ["updated", "deleted"])
@pytest.mark.parametrize(
    ("span", "code"),
    [
        ("start=2026-10-23T09:00:00Z&end=2026-11-23T09:00:00Z", "INVALID_REPLICATION_DATE"),
        ("start=2026-11-23T09:00:00Z&end=2026-11-23T09:00:00Z", "INVALID_REPLICATION_DATE"),
        ("start=yesterday&end=2026-11-23T09:00:00Z", "INVALID_REPLICATION_DATE"),
        ("start=2026-11-23T09:00:00&end=2026-11-23T10:00:00Z", "INVALID_REPLICATION_DATE"),
        ("end=2026-11-23T09:00:00Z", "MISSING_ARGUMENT"),
    ],
)
def test_a_span_that_cannot_be_is_refused(which: str, span: str, code: str) -> None:
    """https://sfdecoded.github.io/errors/invalid-replication-date.html"""
    office = Office()

    reply = office.call("GET", f"/sobjects/Lead/{which}?{span}")

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, code)


@pytest.mark.fact("GET /sobjects/{kind}/updated")
@pytest.mark.fact("GET /sobjects/{kind}/deleted")
@pytest.mark.parametrize("which", ["updated", "deleted"])
@pytest.mark.parametrize(("start", "status"), [("2026-10-24T09:01:00Z", 200), ("2026-10-24T08:59:00Z", 400)])
def test_a_span_begins_at_most_thirty_days_ago(which: str, start: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    office = Office()

    assert (
        office.call("GET", f"/sobjects/Lead/{which}?start={start}&end=2026-11-23T09:00:00Z").status == status
    )


@pytest.mark.fact("GET /sobjects/{kind}/updated")
@pytest.mark.fact("GET /sobjects/{kind}/deleted")
@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        ("09:30", "09:33", True),
        ("09:27", "09:30", False),
        ("09:31", "09:34", False),
        ("09:28", "09:31", True),
    ],
)
def test_a_span_has_its_first_moment_and_not_its_last(start: str, end: str, seen: bool) -> None:
    """[M] whether the last moment belongs to it: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    office = Office()
    gone = office.lead()
    office.later(minutes=30)
    office.now = office.now.replace(minute=30, second=0)
    kept = office.twin.create("Lead", {"LastName": "Ada", "Company": "x"}, office.sam, office.now)
    office.twin.delete("Lead", gone, office.sam, office.now)
    office.later(hours=1)
    span = f"start=2026-11-23T{start}:00Z&end=2026-11-23T{end}:00Z"

    updated = office.call("GET", f"/sobjects/Lead/updated?{span}").json()["ids"]
    deleted = office.call("GET", f"/sobjects/Lead/deleted?{span}").json()["deletedRecords"]

    assert updated == ([kept] if seen else [])
    assert [one["id"] for one in deleted] == ([gone] if seen else [])


@pytest.mark.fact("GET /sobjects/{kind}/updated", switch="replication_ids")
@pytest.mark.fact("GET /sobjects/{kind}/deleted", switch="replication_ids")
@pytest.mark.parametrize(("most", "status"), [(2, 400), (3, 200), (600_000, 200)])
def test_more_ids_than_can_be_told_are_refused(most: int, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm"""
    office = Office(replication_ids=most)
    leads = [office.lead() for _ in range(6)]
    for lead in leads[:3]:
        office.call("DELETE", f"/sobjects/Lead/{lead}")
    office.later(hours=2)

    replies = [office.call("GET", f"/sobjects/Lead/{which}?{SPAN}") for which in ("updated", "deleted")]

    assert [reply.status for reply in replies] == [status, status]
    if status == 400:
        assert {reply.json()[0]["errorCode"] for reply in replies} == {"EXCEEDED_ID_LIMIT"}


@pytest.mark.fact("GET /sobjects/{kind}/deleted", switch="purged_deletes")
@pytest.mark.parametrize("purged", ["silent", "refused"])
def test_a_purge_shows_in_the_earliest_date_or_refuses_the_span(purged: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getdeleted.htm"""
    office = Office(purged_deletes=purged)
    office.call("DELETE", f"/sobjects/Lead/{office.lead()}")
    office.twin.empty_recycle_bin(office.later(minutes=30))
    office.later(hours=2)

    reply = office.call("GET", f"/sobjects/Lead/deleted?{SPAN}")

    if purged == "refused":
        assert reply.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"
    else:
        assert reply.json()["deletedRecords"] == []
        assert reply.json()["earliestDateAvailable"] == "2026-11-23T09:00:02.000+0000"


@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_a_kind_that_is_not_there_has_no_updates() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm"""
    office = Office()

    assert office.call("GET", f"/sobjects/Laed/updated?{SPAN}").status == 404


@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_a_plus_in_the_zone_may_arrive_encoded_or_not() -> None:
    """[M] simple-salesforce sends 2026-11-23T09%3A00%3A00%2B00%3A00."""
    office = Office()
    lead = office.lead()
    office.later(hours=2)

    for plus in ("%2B", "+"):
        span = f"start=2026-11-23T09%3A00%3A00{plus}00%3A00&end=2026-11-23T10%3A00%3A00{plus}00%3A00"
        assert told(office, "updated", span)["ids"] == [lead]
