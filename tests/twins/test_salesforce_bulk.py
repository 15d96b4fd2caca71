"""Bulk 2.0: states by the clock, CSV by its rules, a fate for every row."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.twins.office import Office
from twins.messages import Reply

KEY = "Leadbridge_HubSpot_Id__c"
JOBS = "/jobs/ingest"


def opened(office: Office, operation: str = "insert", kind: str = "Lead", **more: str) -> str:
    made = office.call("POST", JOBS, {"operation": operation, "object": kind, "contentType": "CSV", **more})
    assert made.status == 200, made.json()
    job: str = made.json()["id"]
    return job


def upload(office: Office, job: str, text: str) -> Reply:
    return office.call("PUT", f"{JOBS}/{job}/batches", text.encode(), Content_Type="text/csv; charset=UTF-8")


def close(office: Office, job: str, state: str = "UploadComplete") -> Reply:
    return office.call("PATCH", f"{JOBS}/{job}", {"state": state})


def shown(office: Office, job: str) -> dict[str, Any]:
    about: dict[str, Any] = office.call("GET", f"{JOBS}/{job}").json()
    return about


def results(office: Office, job: str, which: str, delimiter: str = ",") -> list[dict[str, str]]:
    text = office.call("GET", f"{JOBS}/{job}/{which}").body.decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def done(office: Office, text: str, operation: str = "insert", kind: str = "Lead", **more: str) -> str:
    """A job that has worked off *text*."""
    job = opened(office, operation, kind, **more)
    assert upload(office, job, text).status == 201
    assert close(office, job).status == 200
    office.twin.work_off(office.later(seconds=10))
    return job


def failure(office: Office, job: str) -> str:
    (row,) = results(office, job, "failedResults")
    return row["sf__Error"]


# ── states ───────────────────────────────────────────────────────────────────


@pytest.mark.fact("POST /jobs/ingest")
def test_a_new_ingest_job_is_open_and_says_where_to_upload() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm"""
    office = Office()

    made = office.call("POST", JOBS, {"operation": "insert", "object": "lead", "contentType": "CSV"}).json()

    assert made["id"].startswith("750")
    assert (made["state"], made["object"], made["apiVersion"]) == ("Open", "Lead", 66.0)
    assert made["contentUrl"] == f"services/data/v66.0/jobs/ingest/{made['id']}/batches"
    assert (made["columnDelimiter"], made["lineEnding"]) == ("COMMA", "LF")


@pytest.mark.fact("GET /jobs/ingest/{id}", switch="bulk_seconds")
@pytest.mark.parametrize("seconds", [0.0, 8.0])
def test_a_job_goes_from_open_to_complete_by_the_clock(seconds: float) -> None:
    """https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-job-states.html"""
    office = Office(bulk_seconds=seconds)
    job = opened(office)
    upload(office, job, "LastName,Company\nAda,x\n")

    states = [shown(office, job)["state"], close(office, job).json()["state"]]
    states += [shown(office, job)["state"] for _ in range(10)]

    if seconds:
        assert states == ["Open", *["UploadComplete"] * 4, *["InProgress"] * 4, *["JobComplete"] * 3]
    else:
        assert states == ["Open", "UploadComplete", *["JobComplete"] * 10]
    assert len(office.twin.records("Lead")) == 1


@pytest.mark.fact("PATCH /jobs/ingest/{id}")
def test_nothing_is_saved_before_the_upload_is_declared_complete() -> None:
    """https://developer.salesforce.com/docs/platform/api-asynch/guide/close-job.html"""
    office = Office()
    job = opened(office)

    upload(office, job, "LastName,Company\nAda,x\n")
    office.later(hours=1)

    assert shown(office, job)["state"] == "Open"
    assert office.twin.records("Lead") == []


@pytest.mark.fact("PATCH /jobs/ingest/{id}")
@pytest.mark.parametrize(("state", "word"), [("Aborted", "Aborting"), ("UploadComplete", "Closing")])
def test_a_job_that_is_over_cannot_be_moved(state: str, word: str) -> None:
    """https://github.com/restforce/restforce/issues/905"""
    office = Office()
    job = done(office, "LastName,Company\nAda,x\n")

    refused = close(office, job, state)

    assert refused.status == 400
    assert refused.json() == [
        {"message": f"{word} already Completed Job not allowed", "errorCode": "INVALIDJOBSTATE"}
    ]


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_an_upload_to_a_closed_job_is_an_invalid_state() -> None:
    """[M] the wording; the code: https://github.com/restforce/restforce/issues/905"""
    office = Office()
    job = done(office, "LastName,Company\nAda,x\n")

    refused = upload(office, job, "LastName,Company\nBob,x\n")

    assert (refused.status, refused.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


@pytest.mark.fact("PATCH /jobs/ingest/{id}")
def test_two_uploads_to_one_job_are_refused_when_it_is_closed() -> None:
    """https://salesforce.stackexchange.com/questions/231917/providing-multiple-batches-to-the-bulk-api-2-0"""
    office = Office()
    job = opened(office)
    uploads = [upload(office, job, "LastName,Company\nAda,x\n").status for _ in range(2)]

    refused = close(office, job)

    assert uploads == [201, 201]
    assert (refused.status, refused.json()[0]["errorCode"]) == (400, "INVALIDJOB")
    assert "make sure you only do 'PUT' once" in refused.json()[0]["message"]


@pytest.mark.fact("PATCH /jobs/ingest/{id}", switch="bulk_batch")
def test_a_job_aborted_midway_keeps_what_is_done_and_lists_the_rest_as_unprocessed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_unprocessed_results.htm"""
    office = Office(bulk_batch=2, bulk_seconds=12.0)
    job = opened(office)
    upload(office, job, "LastName,Company\n" + "".join(f"Lead {n},x\n" for n in range(6)))
    close(office, job)
    office.later(seconds=8)

    aborted = close(office, job, "Aborted").json()
    office.later(hours=1)

    assert aborted["state"] == shown(office, job)["state"] == "Aborted"
    assert len(office.twin.records("Lead")) == len(results(office, job, "successfulResults")) == 2
    assert [row["LastName"] for row in results(office, job, "unprocessedRecords")] == [
        f"Lead {n}" for n in range(2, 6)
    ]


@pytest.mark.fact("DELETE /jobs/ingest/{id}")
def test_a_finished_job_can_be_deleted_and_an_open_one_not() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/delete_job.htm"""
    office = Office()
    over, fresh = done(office, "LastName,Company\nAda,x\n"), opened(office)

    statuses = [office.call("DELETE", f"{JOBS}/{job}").status for job in (over, fresh)]

    assert statuses == [204, 400]
    assert office.call("GET", f"{JOBS}/{over}").status == 404


@pytest.mark.fact("GET /jobs/ingest/{id}/failedResults")
def test_results_of_an_unfinished_job_are_an_invalid_state() -> None:
    """[M] the code of a results request before the end"""
    office = Office()
    job = opened(office)

    refused = office.call("GET", f"{JOBS}/{job}/failedResults")

    assert (refused.status, refused.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


@pytest.mark.fact("GET /jobs/ingest/{id}")
def test_jobs_are_kept_seven_days() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm"""
    office = Office()
    job = done(office, "LastName,Company\nAda,x\n")

    office.later(days=6)
    before = office.call("GET", f"{JOBS}/{job}").status
    office.later(days=2)

    assert (before, office.call("GET", f"{JOBS}/{job}").status) == (200, 404)


@pytest.mark.fact("GET /jobs/ingest")
@pytest.mark.fact("GET /jobs/query")
def test_jobs_are_listed_newest_first_and_by_their_way() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_all_jobs.htm"""
    office = Office()
    first, second = opened(office), opened(office)
    query = office.call("POST", "/jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"})

    ingest = office.call("GET", JOBS).json()
    queries = office.call("GET", "/jobs/query").json()

    assert (ingest["done"], ingest["nextRecordsUrl"]) == (True, None)
    assert [one["id"] for one in ingest["records"]] == [second, first]
    assert [one["id"] for one in queries["records"]] == [query.json()["id"]]


@pytest.mark.fact("GET /jobs/ingest/{id}")
def test_counts_tell_processed_and_failed_rows() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_info.htm"""
    office = Office()

    about = shown(office, done(office, "LastName,Company\nAda,x\nBob,\n"))

    assert (about["numberRecordsProcessed"], about["numberRecordsFailed"]) == (2, 1)
    assert (about["jobType"], about["retries"]) == ("V2Ingest", 0)


@pytest.mark.fact("POST /jobs/ingest")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"operation": "insert", "object": "Laed"}, "INVALIDENTITY"),
        ({"operation": "insert", "object": "LeadStatus"}, "INVALIDENTITY"),
        ({"operation": "insert"}, "INVALIDENTITY"),
        ({"operation": "query", "object": "Lead"}, "INVALIDJOB"),
        ({"object": "Lead"}, "INVALIDJOB"),
        ({"operation": ["insert"], "object": "Lead"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Lead", "contentType": "XML"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Lead", "columnDelimiter": "COLON"}, "INVALIDJOB"),
        ({"operation": "upsert", "object": "Lead"}, "INVALIDJOB"),
        ({"operation": "upsert", "object": "Lead", "externalIdFieldName": "City"}, "INVALIDJOB"),
        ({"operation": "hardDelete", "object": "Lead"}, "FEATURENOTENABLED"),
    ],
)
def test_a_job_that_makes_no_sense_is_not_made(asked: dict[str, Any], code: str) -> None:
    """[M] the codes; https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm"""
    office = Office()

    refused = office.call("POST", JOBS, asked)

    assert (refused.status, refused.json()[0]["errorCode"]) == (400, code)


@pytest.mark.fact("GET /jobs/ingest/{id}")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs/ingest/7505g0000000zzzAAA"),
        ("GET", "/jobs/query/{job}"),
        ("GET", "/jobs/ingest/{job}/nonsense"),
        ("GET", "/jobs/nonsense"),
        ("GET", "/jobs"),
    ],
)
def test_an_unknown_job_or_place_is_not_found(method: str, path: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    assert office.call(method, path.format(job=opened(office))).status == 404


# ── CSV ──────────────────────────────────────────────────────────────────────


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.parametrize(
    ("name", "sign"),
    [("COMMA", ","), ("TAB", "\t"), ("PIPE", "|"), ("SEMICOLON", ";"), ("CARET", "^"), ("BACKQUOTE", "`")],
)
def test_a_job_reads_and_answers_in_its_own_delimiter(name: str, sign: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm"""
    office = Office()

    job = done(office, f"LastName{sign}Company\nAda{sign}Engines, Ltd\n" if sign != "," else "LastName,Company\nAda,x\n",
               columnDelimiter=name)  # fmt: skip

    (row,) = results(office, job, "successfulResults", sign)
    assert row["LastName"] == office.twin.record(row["sf__Id"])["LastName"] == "Ada"


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.parametrize(
    ("declared", "sent", "works"),
    [("LF", "\n", True), ("CRLF", "\r\n", True), ("LF", "\r\n", False), ("CRLF", "\n", False)],
)
def test_line_endings_must_be_those_of_the_job(declared: str, sent: str, works: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm"""
    office = Office()

    about = shown(office, done(office, sent.join(["LastName,Company", "Ada,x", ""]), lineEnding=declared))

    assert about["state"] == ("JobComplete" if works else "Failed")
    assert len(office.twin.records("Lead")) == works
    if not works:
        said = f"LineEnding is invalid on user data. Current LineEnding setting is {declared}"
        assert about["errorMessage"] == f"ClientInputError : {said}"


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_a_quoted_cell_holds_delimiters_quotes_and_line_breaks() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm"""
    office = Office()

    done(office, 'LastName,Company,Description\n"O""Hara, Jr.","x","one\ntwo"\n')

    (lead,) = office.twin.records("Lead")
    assert (lead["LastName"], lead["Description"]) == ('O"Hara, Jr.', "one\ntwo")


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.parametrize("row", ['"Ada" ,x', ' "Ada",x', 'A""da,x', "Ada,x,y", "Ada"])
def test_a_row_that_cannot_be_read_fails_alone(row: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm"""
    office = Office()

    job = done(office, f"LastName,Company\n{row}\nBob,x\n")

    assert len(results(office, job, "failedResults")) == 1
    assert [lead["LastName"] for lead in office.twin.records("Lead")] == ["Bob"]


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_an_empty_cell_leaves_a_value_and_the_null_sign_clears_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_valid_record_rows.htm"""
    office = Office()
    lead = office.lead(City="Bonn", Street="Main Street 1")

    done(office, f"Id,City,Street\n{lead},,#N/A\n", "update")

    row = office.twin.record(lead)
    assert (row["City"], row["Street"]) == ("Bonn", None)


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [("true", True), ("TRUE", True), ("yes", True), ("1", True), ("0", False), ("off", False)],
)
def test_truth_has_many_words_in_csv(sent: str, kept: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_valid_record_rows.htm"""
    office = Office()

    done(office, f"LastName,Company,HasOptedOutOfEmail\nAda,x,{sent}\n")

    assert office.twin.records("Lead")[0]["HasOptedOutOfEmail"] is kept


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_a_value_of_the_wrong_type_fails_its_row_only() -> None:
    """[M] the wording; https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_valid_record_rows.htm"""
    office = Office()

    job = done(office, "LastName,Company,AnnualRevenue\nAda,x,plenty\nBob,x,12\n")

    assert failure(office, job).startswith("INVALID_TYPE_ON_FIELD_IN_RECORD:")
    assert [lead["AnnualRevenue"] for lead in office.twin.records("Lead")] == [12.0]


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("LastName,Nope\nAda,x\n", "InvalidBatch : Field name not found : Nope"),
        ("LastName;Company\nAda;x\n", "InvalidBatch : Field name not found : LastName;Company"),
        ("LastName,Owner.Nope\nAda,x\n", "InvalidBatch : Field name not found : Owner.Nope"),
        ("LastName,Nope.Email\nAda,x\n", "InvalidBatch : Field name not found : Nope.Email"),
        ("LastName,lastname\nAda,x\n", "InvalidBatch : Duplicate column in header"),
        ("LastName,\nAda,x\n", "InvalidBatch : Failed to parse header of CSV"),
        ("", "InvalidBatch : The 'body' is empty"),
    ],
)
def test_a_header_that_is_wrong_fails_the_whole_job(text: str, said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm"""
    office = Office()

    about = shown(office, done(office, text))

    assert (about["state"], about["errorMessage"]) == ("Failed", said)
    assert about["numberRecordsProcessed"] == 0
    assert office.twin.records("Lead") == []


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_what_is_not_utf_8_fails_the_whole_job() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm"""
    office = Office()
    job = opened(office)
    office.call(
        "PUT", f"{JOBS}/{job}/batches", "LastName,Company\nZoë,x\n".encode("latin-1"), Content_Type="text/csv"
    )

    close(office, job)

    assert shown(office, job)["state"] == "Failed"


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches", switch="bulk_megabytes")
@pytest.mark.parametrize(("most", "status"), [(0.001, 413), (150.0, 201)])
def test_an_upload_has_a_largest_size_after_base64(most: float, status: int) -> None:
    """[M] the status; https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm"""
    office = Office(bulk_megabytes=most)

    assert upload(office, opened(office), "LastName,Company\n" + "Ada,x\n" * 150).status == status


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_an_upload_must_say_that_it_is_csv() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm"""
    office = Office()
    job = opened(office)

    refused = office.call("PUT", f"{JOBS}/{job}/batches", b"Id\n", Content_Type="application/json")

    assert (refused.status, refused.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


# ── relations and keys ───────────────────────────────────────────────────────


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.parametrize("header", ["Owner.Email", "User:Owner.Email", "owner.email"])
def test_a_column_may_name_an_owner_by_e_mail(header: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_rel_field_header_row.htm"""
    office = Office()

    done(office, f"LastName,Company,{header}\nAda,x,Sara.Santos@example.com\n")

    assert office.twin.records("Lead")[0]["OwnerId"] == office.twin.user("sara.santos@example.com")


@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
def test_a_parent_that_nobody_has_fails_the_row() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_rel_field_header_row.htm"""
    office = Office()

    job = done(office, "LastName,Company,Owner.Email\nAda,x,nobody@example.com\n")

    assert failure(office, job).startswith(
        "INVALID_FIELD:Foreign key external ID: nobody@example.com not found"
    )
    assert office.twin.records("Lead") == []


@pytest.mark.fact("POST /jobs/ingest")
def test_a_bulk_upsert_creates_updates_and_says_which() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/walkthrough_upsert.htm"""
    office = Office(bulk_results_in_order=True)
    old = office.lead(**{KEY: "1"})

    job = done(office, f"{KEY},LastName,Company\n1,Ada,x\n2,Bob,x\n", "upsert", externalIdFieldName=KEY)

    rows = results(office, job, "successfulResults")
    assert [row["sf__Created"] for row in rows] == ["false", "true"]
    assert rows[0]["sf__Id"] == old
    assert office.twin.record(old)["LastName"] == "Ada"


@pytest.mark.fact("POST /jobs/ingest", switch="repeated_key")
@pytest.mark.parametrize(("rule", "kept"), [("all", 0), ("later", 1)])
def test_one_key_twice_in_a_chunk_is_a_duplicate_value(rule: str, kept: int) -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office(repeated_key=rule)

    job = done(office, f"{KEY},LastName,Company\n2,Ada,x\n2,Bob,x\n", "upsert", externalIdFieldName=KEY)

    failed = results(office, job, "failedResults")
    assert all(row["sf__Error"].startswith("DUPLICATE_VALUE:") for row in failed)
    assert (len(failed), len(office.twin.records("Lead"))) == (2 - kept, kept)


@pytest.mark.fact("POST /jobs/ingest")
def test_a_bulk_upsert_on_id_creates_where_the_id_is_blank() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm"""
    office = Office()
    lead = office.lead()

    done(office, f"Id,LastName,Company\n{lead},Ada,x\n,Bob,x\n", "upsert", externalIdFieldName="Id")

    assert [one["LastName"] for one in office.twin.records("Lead")] == ["Ada", "Bob"]


@pytest.mark.fact("POST /jobs/ingest")
@pytest.mark.parametrize(
    ("operation", "text"),
    [("update", "LastName\nAda\n"), ("delete", "Id,LastName\nx,Ada\n"), ("upsert", "LastName\nAda\n")],
)
def test_updates_need_ids_deletes_only_ids_and_upserts_their_key(operation: str, text: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_csv_header_row.htm"""
    office = Office()
    key = {"externalIdFieldName": KEY} if operation == "upsert" else {}

    assert shown(office, done(office, text, operation, **key))["state"] == "Failed"


@pytest.mark.fact("POST /jobs/ingest")
def test_a_bulk_delete_fills_the_recycle_bin() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm"""
    office = Office()
    lead = office.lead()

    job = done(office, f"Id\n{lead}\n00Q5g00000000zzEAA\n\n", "delete")

    assert [row["sf__Id"] for row in results(office, job, "successfulResults")] == [lead]
    assert results(office, job, "failedResults")[0]["sf__Id"] == "00Q5g00000000zzEAA"
    assert office.twin.record(lead)["IsDeleted"] is True


# ── rules of saving ──────────────────────────────────────────────────────────


@pytest.mark.fact("GET /jobs/ingest/{id}/failedResults", switch="bulk_error_fields")
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (True, "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"),
        (False, "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]"),
    ],
)
def test_a_refused_row_says_code_message_and_fields(fields: bool, said: str) -> None:
    """[M] the text of sf__Error"""
    office = Office(bulk_error_fields=fields)

    job = done(office, "FirstName,Company\nAda,x\n")

    text = office.call("GET", f"{JOBS}/{job}/failedResults").body.decode()
    assert text.splitlines()[0] == '"sf__Id","sf__Error","FirstName","Company"'
    assert failure(office, job) == said


@pytest.mark.fact("GET /jobs/ingest/{id}/successfulResults", switch="bulk_results_in_order")
@pytest.mark.parametrize("in_order", [True, False])
def test_results_need_not_come_in_the_order_that_was_sent(in_order: bool) -> None:
    """https://github.com/StevenMMortimer/salesforcer"""
    office = Office(bulk_results_in_order=in_order)

    job = done(office, "LastName,Company\nAda,x\nBob,x\nCyd,x\n")

    names = [row["LastName"] for row in results(office, job, "successfulResults")]
    assert sorted(names) == ["Ada", "Bob", "Cyd"]
    assert (names == ["Ada", "Bob", "Cyd"]) is in_order


@pytest.mark.fact("POST /jobs/ingest")
def test_rows_of_a_job_are_written_by_whoever_made_it() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_intro.htm"""
    office = Office()
    office.token = office.twin.token_for(office.sam)

    done(office, "LastName,Company\nAda,x\n")
    office.call("GET", "/limits")

    assert office.twin.records("Lead")[0]["CreatedById"] == office.sam
    assert {commit.user for commit in office.log} == {office.sam}


@pytest.mark.fact("GET /limits")
def test_bulk_jobs_use_up_batches_and_query_jobs() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm"""
    office = Office(bulk_batch=2)
    done(office, "LastName,Company\nAda,x\nBob,x\nCyd,x\n")
    office.call("POST", "/jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"})

    limits = office.call("GET", "/limits").json()

    assert limits["DailyBulkApiBatches"] == {"Max": 15_000, "Remaining": 14_998}
    assert limits["DailyBulkV2QueryJobs"] == {"Max": 10_000, "Remaining": 9_999}


# ── queries ──────────────────────────────────────────────────────────────────


def asked(office: Office, soql: str, operation: str = "query", **more: str) -> str:
    made = office.call("POST", "/jobs/query", {"operation": operation, "query": soql, **more})
    assert made.status == 200, made.json()
    job: str = made.json()["id"]
    return job


@pytest.mark.fact("GET /jobs/query/{id}/results")
def test_results_of_a_query_that_still_runs_are_412() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm"""
    office = Office(bulk_seconds=60.0)
    job = asked(office, "SELECT Id FROM Lead")

    early = office.call("GET", f"/jobs/query/{job}/results")

    assert (early.status, early.json()[0]["errorCode"]) == (412, "JOB_NOT_COMPLETE")
    assert office.call("GET", f"/jobs/query/{job}").json()["state"] == "UploadComplete"


@pytest.mark.fact("GET /jobs/query/{id}/results")
def test_results_are_asked_in_the_version_of_the_job() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm"""
    office = Office()
    job = asked(office, "SELECT Id FROM Lead")
    office.later(seconds=10)

    assert office.call("GET", f"/services/data/v65.0/jobs/query/{job}/results").status == 409
    assert office.call("GET", f"/jobs/query/{job}/results").status == 200


@pytest.mark.fact("GET /jobs/query/{id}/results")
def test_a_query_answers_by_pages_with_locator_and_count() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm"""
    office = Office()
    for number in range(3):
        office.lead(LastName=f"Lead {number}")
    job = asked(
        office, "SELECT Id, lastname FROM Lead ORDER BY Id", columnDelimiter="PIPE", lineEnding="CRLF"
    )
    office.later(seconds=10)

    first = office.call("GET", f"/jobs/query/{job}/results?maxRecords=2")
    locator = first.headers["Sforce-Locator"]
    last = office.call("GET", f"/jobs/query/{job}/results?maxRecords=2&locator={locator}")
    wrong = office.call("GET", f"/jobs/query/{job}/results?locator=nonsense")

    assert first.body.decode().split("\r\n")[0] == '"Id"|"LastName"'
    assert [one.headers["Sforce-NumberOfRecords"] for one in (first, last)] == ["2", "1"]
    assert last.headers["Sforce-Locator"] == "null"
    assert last.body.decode().split("\r\n")[1].endswith('|"Lead 2"')
    assert wrong.status == 400


@pytest.mark.fact("GET /jobs/query/{id}/results", switch="bulk_zulu")
@pytest.mark.parametrize(("zulu", "ends"), [(True, ".000Z"), (False, ".000+0000")])
def test_a_query_prints_blanks_truth_and_times_as_text(zulu: bool, ends: str) -> None:
    """[M] Z in place of +0000"""
    office = Office(bulk_zulu=zulu)
    office.lead()
    job = asked(office, "SELECT City, IsConverted, CreatedDate FROM Lead")
    office.later(seconds=10)

    text = office.call("GET", f"/jobs/query/{job}/results").body.decode()

    city, converted, created = text.splitlines()[1].split(",")
    assert (city, converted) == ('""', '"false"')
    assert created.endswith(f'{ends}"')


@pytest.mark.fact("GET /jobs/query/{id}/results")
def test_a_query_without_hits_still_has_its_header() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm"""
    office = Office()
    job = asked(office, "SELECT Id, Owner.Name FROM Lead")
    office.later(seconds=10)

    reply = office.call("GET", f"/jobs/query/{job}/results")

    assert (reply.headers["Sforce-NumberOfRecords"], reply.headers["Sforce-Locator"]) == ("0", "null")
    assert reply.body == b'"Id","Owner.Name"\n'


@pytest.mark.fact("POST /jobs/query")
def test_query_all_shows_the_recycle_bin() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_create_job.htm"""
    office = Office()
    office.twin.delete("Lead", office.lead(), office.sam, office.later(seconds=1))
    jobs = [asked(office, "SELECT Id FROM Lead", way) for way in ("query", "queryAll")]
    office.later(seconds=10)

    counts = [office.call("GET", f"/jobs/query/{job}").json()["numberRecordsProcessed"] for job in jobs]

    assert counts == [0, 1]


@pytest.mark.fact("POST /jobs/query")
@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Laed", "INVALID_TYPE"),
        ("nonsense", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
        ("SELECT MailingAddress FROM Contact", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT COUNT() FROM Lead", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Id FROM Lead OFFSET 5", "FUNCTIONALITY_NOT_ENABLED"),
    ],
)
def test_what_bulk_does_not_query_is_refused_at_once(soql: str, code: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_soql_considerations.htm"""
    office = Office()

    refused = office.call("POST", "/jobs/query", {"operation": "query", "query": soql})

    assert (refused.status, refused.json()[0]["errorCode"]) == (400, code)


@pytest.mark.fact("PATCH /jobs/query/{id}")
def test_a_query_job_can_be_aborted_but_not_closed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_abort_job.htm"""
    office = Office(bulk_seconds=60.0)
    job = asked(office, "SELECT Id FROM Lead")

    closed = office.call("PATCH", f"/jobs/query/{job}", {"state": "UploadComplete"}).status
    aborted = office.call("PATCH", f"/jobs/query/{job}", {"state": "Aborted"}).json()

    assert (closed, aborted["state"]) == (400, "Aborted")


@pytest.mark.fact("POST /jobs/ingest")
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", json.dumps("x").encode()])
def test_a_job_is_an_object(body: bytes) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    refused = office.call("POST", JOBS, body)

    assert (refused.status, refused.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
