"""What a job answers: CSV in the job's own delimiter and line ending.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twins.salesforce.access.call import Answer, Call
from twins.salesforce.bulk.csvtext import Line, write
from twins.salesforce.bulk.job import COMPLETE, DONE, Job
from twins.salesforce.errors import Rejected

_TYPE = {"Content-Type": "text/csv;charset=UTF-8"}
_PAGE = 50_000


def ingested(call: Call, job: Job) -> Answer:
    """GET …/successfulResults, failedResults or unprocessedRecords of a job that is over."""
    if job.state not in DONE:
        raise Rejected(400, "INVALIDJOBSTATE", f"Results of a Job in state {job.state} not allowed")  # [M]
    rows: list[Sequence[str]]
    header = list(job.sheet.header) if job.sheet else []
    match call.parts[3]:
        case "successfulResults":
            rows = [["sf__Id", "sf__Created", *header], *_fates(call, job, failed=False)]
        case "failedResults":
            rows = [["sf__Id", "sf__Error", *header], *_fates(call, job, failed=True)]
        case _:
            lines = job.sheet.lines[len(job.outcomes) :] if job.sheet else []
            rows = [header, *(_sent(line, len(header)) for line in lines)]
    return Answer(200, headers=_TYPE, text=write(rows, job.delimiter, job.ending))


def extracted(call: Call, job: Job) -> Answer:
    """GET …/results?maxRecords=…&locator=…: a page with the header; its locator, or the word null at the end."""
    if job.version != call.version:
        said = f"The API version of the job is {job.version}; use the same for its results"
        raise Rejected(409, "API_VERSION_MISMATCH", said)  # [M] code and wording
    if job.state != COMPLETE:
        raise Rejected(412, "JOB_NOT_COMPLETE", f"The job is not complete: {job.state}")
    start, size = _number(call, "locator", 0), _number(call, "maxRecords", _PAGE)
    if start > len(job.records) or not size:
        raise Rejected(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    page = job.records[start : start + size]
    end = start + len(page)
    headers = {
        **_TYPE,
        "Sforce-Locator": str(end) if end < len(job.records) else "null",
        "Sforce-NumberOfRecords": str(len(page)),
    }
    return Answer(200, headers=headers, text=write([job.header, *page], job.delimiter, job.ending))


def _fates(call: Call, job: Job, *, failed: bool) -> Iterator[list[str]]:
    """The rows that failed, or those that did not; their order is not the one that was sent
    (https://github.com/StevenMMortimer/salesforcer).
    """
    assert job.sheet is not None or not job.outcomes
    in_order = call.org.switches.bulk_results_in_order
    for place, key, created, error in job.outcomes if in_order else reversed(job.outcomes):
        if bool(error) == failed and job.sheet is not None:
            sent = _sent(job.sheet.lines[place], len(job.sheet.header))
            yield [key, error or str(created).lower(), *sent]


def _sent(line: Line, width: int) -> Sequence[str]:
    """The cells as sent; a line that could not be read stands in the first column."""
    return line.cells if line.cells is not None else (line.text, *[""] * (width - 1))


def _number(call: Call, name: str, default: int) -> int:
    value = call.first(name)
    if value in ("", "null"):
        return default
    if not value.isdigit():
        raise Rejected(400, "INVALID_QUERY_LOCATOR", f"invalid {name}: {value}")  # [M]
    return int(value)
