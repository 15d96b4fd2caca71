"""/jobs/ingest and /jobs/query: how jobs are made, watched, ended and forgotten.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.access.limits import BULK_BATCHES, BULK_QUERIES, Limits
from twins.salesforce.bulk import ingest, results
from twins.salesforce.bulk.csvtext import DELIMITERS, LINE_ENDINGS
from twins.salesforce.bulk.extract import check, extract
from twins.salesforce.bulk.job import ABORTED, COMPLETE, DONE, OPEN, RUNNING, UPLOADED, Job
from twins.salesforce.errors import Rejected, not_found
from twins.salesforce.org.state import Org

_INGEST = ("insert", "update", "upsert", "delete", "hardDelete")
_QUERY = ("query", "queryAll")
_LISTED = 1000


class Jobs:
    """All jobs of an org that are not forgotten."""

    def __init__(self, org: Org, limits: Limits) -> None:
        self._org, self._limits = org, limits
        self._jobs: dict[str, Job] = {}
        self._waiting: list[Job] = []

    def run(self, now: datetime) -> None:
        """Do all that is due by *now*; the twin asks before it answers anything."""
        for job in list(self._waiting):
            if job.state == UPLOADED and job.due and now >= job.due[0]:
                job.move(RUNNING, now)
            while len(job.due) > 1 and now >= job.due[1]:
                del job.due[1]
                if job.is_query:
                    extract(self._org, job, now)
                else:
                    ingest.batch(self._org, job, now)
            if job.state == RUNNING and len(job.due) == 1:
                job.move(COMPLETE, now)
            if job.state in DONE:
                self._waiting.remove(job)

    def resource(self, below: tuple[str, ...]) -> tuple[str, Resource]:
        """What stands under /jobs; raises `Rejected` with 404."""
        match below:
            case ("ingest" | "query" as way,):
                return f"jobs/{way}", {"POST": self._create, "GET": self._list}
            case ("ingest" | "query" as way, _):
                ways: Resource = {"GET": self._show, "PATCH": self._move, "DELETE": self._forget}
                return f"jobs/{way}/job", ways
            case ("ingest", _, "batches"):
                return "jobs/ingest/batches", {"PUT": self._upload}
            case (
                "ingest",
                _,
                "successfulResults" | "failedResults" | "unprocessedRecords" | "unprocessedrecords",
            ):
                return "jobs/ingest/results", {"GET": self._ingest_results}
            case ("query", _, "results"):
                return "jobs/query/results", {"GET": self._query_results}
        raise not_found()

    # ── making and moving ────────────────────────────────────────────────────

    def _create(self, call: Call) -> Answer:
        """POST: a new job, Open for an upload, or for a query at once UploadComplete."""
        asked = call.values()
        way = call.parts[1]
        operation = _chosen(asked, "operation", _INGEST if way == "ingest" else _QUERY, "")
        _chosen(asked, "contentType", ("CSV",), "CSV")
        job = Job(
            id=call.org.ids.new("750"),
            operation=operation,
            kind="",
            user=call.user,
            version=call.version,
            created=call.now,
            stamped=call.now,
            call=call,
            delimiter=_chosen(asked, "columnDelimiter", tuple(DELIMITERS), "COMMA"),
            ending=_chosen(asked, "lineEnding", tuple(LINE_ENDINGS), "LF"),
        )
        if way == "query":
            self._plan_query(call, job, asked)
        else:
            ingest.aim(call.org, job, asked)
        self._jobs[job.id] = job
        return Answer(200, job.short())

    def _plan_query(self, call: Call, job: Job, asked: Mapping[str, Any]) -> None:
        job.query = asked.get("query") if isinstance(asked.get("query"), str) else ""  # type: ignore[assignment]
        job.kind = check(call.org, job.query, call.now)
        self._limits.spend_bulk(BULK_QUERIES, call.now)
        self._start(job, 1, call.now)

    def _upload(self, call: Call) -> Answer:
        """PUT …/batches: 201 without a body; only once a job, which is said when it is closed."""
        job = self._job(call)
        if job.state != OPEN:
            raise Rejected(
                400, "INVALIDJOBSTATE", f"Uploading to already {_told(job)} Job not allowed"
            )  # [M]
        if len(call.body) * 4 / 3 > call.org.switches.bulk_megabytes * 1024 * 1024:
            most = call.org.switches.bulk_megabytes
            raise Rejected(413, "REQUEST_TOO_LARGE", f"The upload exceeds {most} MB after base64")  # [M]
        job.uploads.append(call.body)
        return Answer(201)

    def _move(self, call: Call) -> Answer:
        """PATCH: the upload is complete, or the job is given up."""
        job = self._job(call)
        match call.values().get("state"):
            case "UploadComplete" if not job.is_query:
                self._close(call, job)
            case "Aborted":
                if job.state in DONE:
                    # https://github.com/restforce/restforce/issues/905
                    said = f"Aborting already {_told(job)} Job not allowed"
                    raise Rejected(400, "INVALIDJOBSTATE", said)
                job.due = []
                job.move(ABORTED, call.now)
            case state:
                raise Rejected(400, "INVALIDJOB", f"Invalid state of a job: {state}")
        return Answer(200, job.short())

    def _close(self, call: Call, job: Job) -> None:
        if job.state != OPEN:
            said = f"Closing already {_told(job)} Job not allowed"
            raise Rejected(400, "INVALIDJOBSTATE", said)
        if len(job.uploads) > 1:
            # https://salesforce.stackexchange.com/questions/231917
            said = f"Found multipe contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the current "
            said += "Job then create a new Job and make sure you only do 'PUT' once on a given Job."
            raise Rejected(400, "INVALIDJOB", said)
        batches = ingest.open_sheet(call.org, job, call.now)
        if job.state not in DONE:
            self._limits.spend_bulk(BULK_BATCHES, call.now, batches)
            self._start(job, batches, call.now)

    def _start(self, job: Job, batches: int, now: datetime) -> None:
        """Wait half of the time, then a batch after each equal part of the other half."""
        half = self._org.switches.bulk_seconds / 2
        steps = [now + timedelta(seconds=half * (1 + place / batches)) for place in range(1, batches + 1)]
        job.due = [now + timedelta(seconds=half), *steps]
        job.move(UPLOADED, now)
        self._waiting.append(job)

    def _forget(self, call: Call) -> Answer:
        """DELETE: only a job that nobody works on
        (https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/delete_job.htm).
        """
        job = self._job(call)
        if job.state in (OPEN, RUNNING) or (job.is_query and job.state not in DONE):
            raise Rejected(
                400, "INVALIDJOBSTATE", f"Deleting {_told(job)} Job not allowed"
            )  # [M] the wording
        del self._jobs[job.id]
        if job in self._waiting:
            self._waiting.remove(job)
        return Answer(204)

    # ── looking ──────────────────────────────────────────────────────────────

    def _show(self, call: Call) -> Answer:
        """GET: how far the job is."""
        return Answer(200, self._job(call).whole())

    def _list(self, call: Call) -> Answer:
        """GET: all jobs of the org that are kept, the newest first."""
        is_query = call.parts[1] == "query"
        found = [job for job in self._jobs.values() if job.is_query == is_query and not job.is_gone(call.now)]
        start = int(call.first("queryLocator")) if call.first("queryLocator").isdigit() else 0
        shown = [job.short() for job in reversed(found)][start : start + _LISTED]
        done = start + _LISTED >= len(found)
        more = None if done else f"{call.base}/jobs/{call.parts[1]}?queryLocator={start + _LISTED}"
        return Answer(200, {"done": done, "nextRecordsUrl": more, "records": shown})

    def _ingest_results(self, call: Call) -> Answer:
        return results.ingested(call, self._job(call))

    def _query_results(self, call: Call) -> Answer:
        return results.extracted(call, self._job(call))

    def _job(self, call: Call) -> Job:
        job = self._jobs.get(call.parts[2]) or next(
            (one for one in self._jobs.values() if one.id[:15] == call.parts[2]), None
        )
        if job is None or job.is_gone(call.now) or job.is_query != (call.parts[1] == "query"):
            raise not_found()
        return job


def _chosen(asked: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    value = asked.get(name, default)
    if value not in choices:
        raise Rejected(400, "INVALIDJOB", f"Invalid {name}: {value}; one of {', '.join(choices)}")  # [M]
    return str(value)


def _told(job: Job) -> str:
    """The state in the words of the vendor's refusals."""
    return "Completed" if job.state == COMPLETE else job.state
