"""Tasks and events: whom they are about, what they move, and when they are archived."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import MORNING, Office


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize("what", ["Account", "Opportunity", "Campaign"])
def test_a_lead_cannot_be_combined_with_anything_else(what: str) -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    other = office.opportunity() if what == "Opportunity" else office.made(what, Name="x")

    error = office.refusal(kind="Task", WhoId=office.lead(), WhatId=other)

    assert (error["statusCode"], error["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", ["WhatId"])


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize("what", ["Account", "Opportunity", "Campaign"])
def test_a_contact_goes_with_an_account_an_opportunity_or_a_campaign(what: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    other = office.opportunity() if what == "Opportunity" else office.made(what, Name="x")
    contact = office.contact()

    task = office.made("Task", WhoId=contact, WhatId=other, Subject="Call")

    (row,) = office.rows(f"SELECT Who.Type, What.Type FROM Task WHERE Id = '{task}'")
    assert (row["Who"]["Type"], row["What"]["Type"]) == ("Contact", what)


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(("field", "kind"), [("WhoId", "Account"), ("WhatId", "Contact"), ("WhatId", "Lead")])
def test_people_are_whom_and_things_are_what(field: str, kind: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    key = {
        "Account": lambda: office.made("Account", Name="x"), "Contact": office.contact, "Lead": office.lead,
    }[kind]()  # fmt: skip

    error = office.refusal(kind="Task", Subject="Call", **{field: key})

    assert error["statusCode"] == "MALFORMED_ID"


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_task_about_a_contact_knows_the_account() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    account = office.made("Account", Name="Engines")

    task = office.made("Task", WhoId=office.contact(AccountId=account), Subject="Call")

    assert office.twin.record(task)["AccountId"] == account


@pytest.mark.fact("POST /sobjects/{kind}")
def test_no_task_is_about_a_converted_lead() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    lead = office.lead()
    office.twin.convert_lead(lead, office.sam, office.later(hours=1))

    error = office.refusal(kind="Task", Subject="Call", WhoId=lead)

    assert error["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize("subtype", ["Call", "Email", "Task"])
def test_the_subtype_of_a_task_is_given_at_birth(subtype: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()

    task = office.made("Task", Subject="x", TaskSubtype=subtype)

    assert office.twin.record(task)["TaskSubtype"] == subtype
    error = office.refusal("PATCH", kind="Task", id=task, TaskSubtype="Call")
    assert error["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_subtype_that_is_not_in_the_list_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()

    error = office.refusal(kind="Task", Subject="x", TaskSubtype="Visit")

    assert error["statusCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_task_that_is_reopened_is_no_longer_closed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm"""
    office = Office()
    task = office.made("Task", Subject="x", Status="Completed")

    office.call("PATCH", f"/sobjects/Task/{task}", {"Status": "In Progress"})

    row = office.twin.record(task)
    assert (row["IsClosed"], row["CompletedDateTime"]) == (False, None)


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"StartDateTime": "2026-11-23T10:00:00Z"},
        {"DurationInMinutes": 30},
    ],
)
def test_an_event_needs_a_start_and_a_length(values: dict[str, Any]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm"""
    office = Office()

    error = office.refusal(kind="Event", Subject="Demo", **values)

    assert error["statusCode"] == "REQUIRED_FIELD_MISSING"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_a_longer_event_ends_later() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm"""
    office = Office()
    start = "2026-11-23T10:00:00Z"
    event = office.made("Event", StartDateTime=start, DurationInMinutes=30)

    office.call("PATCH", f"/sobjects/Event/{event}", {"DurationInMinutes": 90})

    assert office.twin.record(event)["EndDateTime"] == "2026-11-23T11:30:00.000+0000"


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.parametrize("name", ["StartDateTime", "ActivityDateTime"])
def test_a_moved_event_keeps_its_length(name: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm"""
    office = Office()
    event = office.made("Event", StartDateTime="2026-11-23T10:00:00Z", DurationInMinutes=30)

    office.call("PATCH", f"/sobjects/Event/{event}", {name: "2026-11-24T10:00:00Z"})

    row = office.twin.record(event)
    assert row["StartDateTime"] == row["ActivityDateTime"] == "2026-11-24T10:00:00.000+0000"
    assert (row["EndDateTime"], row["DurationInMinutes"]) == ("2026-11-24T10:30:00.000+0000", 30)
    assert row["ActivityDate"] == "2026-11-24"


@pytest.mark.fact("POST /sobjects/{kind}")
def test_an_event_that_fills_its_day_needs_the_day_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm"""
    office = Office()

    event = office.twin.record(office.made("Event", IsAllDayEvent=True, ActivityDate="2026-11-24"))

    assert (event["ActivityDate"], event["DurationInMinutes"]) == ("2026-11-24", 1440)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_an_event_does_not_end_before_it_begins() -> None:
    """[M] the code: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm"""
    office = Office()
    span = {"StartDateTime": "2026-11-23T10:00:00Z", "EndDateTime": "2026-11-23T09:00:00Z"}

    error = office.refusal(kind="Event", Subject="Demo", **span)

    assert error["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"


@pytest.mark.fact("at the screen", switch="archived_activities")
@pytest.mark.parametrize(("archived", "seen"), [("hidden", 1), ("shown", 3)])
def test_activities_over_a_year_old_are_archived_and_only_query_all_shows_them(
    archived: str, seen: int
) -> None:
    """[M] After 365 days: https://help.salesforce.com/s/articleView?id=000382834"""
    office = Office(archived_activities=archived)
    lead = office.lead()
    office.made("Task", WhoId=lead, Subject="old", Status="Completed", ActivityDate="2025-11-01")
    office.made("Event", WhoId=lead, StartDateTime="2025-11-01T10:00:00Z", DurationInMinutes=30)
    office.made("Task", WhoId=lead, Subject="open", ActivityDate="2025-11-01")

    assert office.twin.archive_activities(office.later(hours=1)) == 2

    found = [len(office.values(f"SELECT Id FROM {kind}")) for kind in ("Task", "Event")]
    assert sum(found) == seen
    assert len(office.all_rows("SELECT Id FROM Task WHERE IsArchived = true")) == 1


@pytest.mark.fact("at the screen")
def test_an_older_activity_does_not_move_last_activity_date_back() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
    office = Office()
    lead = office.lead()
    office.twin.log_task(lead, "Call", office.sam, office.later(hours=1))
    before = office.twin.record(lead)

    office.made("Task", WhoId=lead, Subject="Late note", Status="Completed", ActivityDate="2026-11-01")

    assert office.twin.record(lead) == before


@pytest.mark.fact("at the screen")
def test_a_call_that_is_saved_late_has_the_older_stamp_and_sets_none_of_its_lead_before_the_last_edit() -> (
    None
):
    """Stamps are set before the commit: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm

    SystemModstamp is never before LastModifiedDate, or `If-Unmodified-Since` would refuse whoever has read it.
    """
    office = Office()
    lead = office.lead()
    office.twin.update("Lead", lead, {"City": "Bonn"}, office.sam, office.later(hours=2))

    office.twin.log_task(lead, "Call", office.sam, MORNING)

    row = office.twin.record(lead)
    [call] = office.twin.records("Task")
    assert (row["LastActivityDate"], row["City"]) == ("2026-11-23", "Bonn")
    assert call["SystemModstamp"] == "2026-11-23T09:00:00.000+0000"
    assert row["SystemModstamp"] == row["LastModifiedDate"] > call["SystemModstamp"]


@pytest.mark.fact("at the screen")
@pytest.mark.parametrize("kind", ["Lead", "Contact"])
def test_a_bounced_mail_moves_the_modstamp_without_an_edit(kind: str) -> None:
    """https://www.infallibletechie.com/ on SystemModstamp, and https://help.salesforce.com/s/articleView?id=sales.emailadmin_bounce_management.htm"""
    office = Office()
    person = office.lead() if kind == "Lead" else office.contact()
    before = office.twin.record(person)

    office.twin.bounce(person, office.later(hours=1), "550 unknown")

    row = office.twin.record(person)
    assert row["EmailBouncedReason"] == "550 unknown"
    assert row["EmailBouncedDate"] == row["SystemModstamp"] == "2026-11-23T10:00:01.000+0000"
    assert (row["LastModifiedDate"], row["LastModifiedById"]) == (
        before["LastModifiedDate"],
        before["LastModifiedById"],
    )
    assert row.get("IsEmailBounced") is (True if kind == "Contact" else None)


@pytest.mark.fact("at the screen")
def test_a_replaced_picklist_value_moves_the_modstamp_of_every_record_that_had_it() -> None:
    """https://www.infallibletechie.com/ on SystemModstamp"""
    office = Office()
    web, other = office.lead(LeadSource="Web"), office.lead(LeadSource="Other")
    born = office.twin.record(web)["LastModifiedDate"]

    count = office.twin.replace_picklist_value("Lead", "LeadSource", "Web", "Website", office.later(hours=1))

    row = office.twin.record(web)
    assert (count, row["LeadSource"], row["LastModifiedDate"]) == (1, "Website", born)
    assert row["SystemModstamp"] == "2026-11-23T10:00:02.000+0000"
    assert office.twin.record(other)["LeadSource"] == "Other"
