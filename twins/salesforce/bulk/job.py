"""One Bulk 2.0 job: what it is told to do, how far it is, and how it is printed.

https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-job-states.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from twins.salesforce.access.call import Call
from twins.salesforce.bulk.csvtext import Sheet
from twins.salesforce.schema.moments import stamp

OPEN, UPLOADED, RUNNING = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
DONE = frozenset({COMPLETE, FAILED, ABORTED})
KEPT = timedelta(days=7)


@dataclass(slots=True, kw_only=True)
class Job:
    """A job that *call* made; *outcomes* are the fates of the rows so far: (place, id, created, error)."""

    id: str
    operation: str
    kind: str
    user: str
    version: str
    created: datetime
    call: Call
    delimiter: str
    ending: str
    key: str = ""
    query: str = ""
    state: str = OPEN
    stamped: datetime
    uploads: list[bytes] = field(default_factory=list)
    sheet: Sheet | None = None
    outcomes: list[tuple[int, str, bool, str]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    records: list[list[str]] = field(default_factory=list)
    message: str = ""
    due: list[datetime] = field(default_factory=list)

    @property
    def is_query(self) -> bool:
        return self.operation in ("query", "queryAll")

    def move(self, state: str, now: datetime) -> None:
        """Go on to *state*."""
        self.state, self.stamped = state, now

    def fail(self, message: str, now: datetime) -> None:
        """End without having done anything more."""
        self.message = message
        self.due = []
        self.move(FAILED, now)

    def is_gone(self, now: datetime) -> bool:
        """Whether its seven days are over
        (https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm).
        """
        return now - self.stamped > KEPT

    def short(self) -> dict[str, Any]:
        """As it is answered when it is made, and in lists."""
        about: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "object": self.kind,
            "createdById": self.user,
            "createdDate": stamp(self.created),
            "systemModstamp": stamp(self.stamped),
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": self.ending,
            "columnDelimiter": self.delimiter,
        }
        if self.key:
            about["externalIdFieldName"] = self.key
        if not self.is_query:
            about["contentUrl"] = f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"
        return about

    def whole(self) -> dict[str, Any]:
        """As a GET of the job shows it."""
        ms = int((self.stamped - self.created).total_seconds() * 1000) if self.state in DONE else 0
        about = self.short()
        about.pop("contentUrl", None)
        about["jobType"] = "V2Query" if self.is_query else "V2Ingest"
        about |= {"retries": 0, "totalProcessingTime": ms}
        about["numberRecordsProcessed"] = len(self.records) if self.is_query else len(self.outcomes)
        if not self.is_query:
            about["numberRecordsFailed"] = sum(1 for *_, error in self.outcomes if error)
            about |= {"apiActiveProcessingTime": ms, "apexProcessingTime": 0}
        if self.message:
            about["errorMessage"] = self.message
        return about
