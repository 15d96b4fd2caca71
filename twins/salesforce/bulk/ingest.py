"""Rows of an ingest job on their way in: the same rules of saving as one row by REST.

The server cuts a job into batches, and a batch into transactions of 200 rows
(https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_concepts_limits.htm).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from twins.salesforce.bulk.csvtext import Line, Unreadable, read
from twins.salesforce.bulk.job import Job
from twins.salesforce.bulk.relations import Column, column
from twins.salesforce.errors import Rejected, RowRefused
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.state import Org
from twins.salesforce.platform.purging import purge
from twins.salesforce.records.saving import Save
from twins.salesforce.records.upserting import Keyed, folded, twice
from twins.salesforce.schema.kinds import Kind

CHUNK = 200
NULL = "#N/A"
_UNREADABLE = RowRefused("INVALID_CSV", "The row cannot be read: check its quotes and its number of columns")


def aim(org: Org, job: Job, asked: Mapping[str, Any]) -> None:
    """Say what the job writes; raises `Rejected` when it cannot be written so."""
    kind = org.lower.get(str(asked.get("object")).lower())
    if kind is None:
        said = f"Unable to find object: {asked.get('object')}"
        raise Rejected(400, "INVALIDENTITY", said)  # [M]
    job.kind = kind.name
    if not kind.access:
        raise Rejected(400, "INVALIDENTITY", f"Entity '{kind.name}' is not supported by the Bulk API.")
    if job.operation == "hardDelete" and not org.switches.bulk_hard_delete:
        said = "hardDelete operation requires special user profile permission, please contact your system administrator"
        raise Rejected(400, "FEATURENOTENABLED", said)
    if job.operation == "upsert":
        field = kind.find(str(asked.get("externalIdFieldName")))
        if field is None or not field.is_key:
            said = f"External ID field does not exist: {asked.get('externalIdFieldName')}"
            raise Rejected(400, "INVALIDJOB", said)  # [M]
        job.key = field.name


def open_sheet(org: Org, job: Job, now: datetime) -> int:
    """Read the upload; answers into how many batches it is cut, and fails the job when it cannot be read."""
    try:
        job.sheet = read(b"".join(job.uploads), job.delimiter, job.ending)
        columns(org, job)
    except Unreadable as why:
        job.fail(str(why), now)
    job.uploads = []
    size = max(1, org.switches.bulk_batch)
    return max(1, -(-len(job.sheet.lines) // size)) if job.sheet else 1


def columns(org: Org, job: Job) -> list[Column]:
    """The header, bound to the schema; raises `Unreadable`."""
    assert job.sheet is not None
    kind = org.kinds[job.kind]
    found = [column(org, kind, name) for name in job.sheet.header]
    names = {one.field.name for one in found if not one.lookup}
    if job.operation in ("delete", "hardDelete") and [name.lower() for name in job.sheet.header] != ["id"]:
        raise Unreadable("InvalidBatch : Only the Id column is allowed for delete")  # [M] the wording
    if job.operation == "update" and "Id" not in names:
        raise Unreadable("InvalidBatch : The Id column is required for update")  # [M] the wording
    if job.operation == "upsert" and job.key not in names:
        raise Unreadable(f"InvalidBatch : Field name not found : {job.key}")
    return found


def batch(org: Org, job: Job, now: datetime) -> None:
    """Save the next batch of rows, 200 in a transaction, each row with its own fate."""
    assert job.sheet is not None
    start = len(job.outcomes)
    lines = job.sheet.lines[start : start + org.switches.bulk_batch]
    bound = columns(org, job)
    for at in range(0, len(lines), CHUNK):
        with replace(job.call, now=now).transaction() as save:
            _Chunk(save, job, org.kinds[job.kind], bound).keep(start + at, lines[at : at + CHUNK])


class _Chunk:
    """Up to 200 rows of a job in one transaction."""

    def __init__(self, save: Save, job: Job, kind: Kind, bound: Sequence[Column]) -> None:
        self._save, self._job, self._kind, self._bound = save, job, kind, bound

    def keep(self, start: int, lines: Sequence[Line]) -> None:
        """Save the rows and note what became of each."""
        keys = [] if self._job.operation != "upsert" else [folded(self._key(line)) for line in lines]
        field = self._kind.find(self._job.key or "Id")
        assert field is not None
        keyed = Keyed(self._save, self._kind, field, keys)
        repeated = (
            twice(self._save, list(map(self._given_id, lines))) if self._job.operation == "update" else {}
        )
        for place, line in enumerate(lines, start):
            mark = self._save.mark()
            try:
                if place - start in repeated:
                    raise repeated[place - start]
                key, created = self._one(line, keyed)
                self._job.outcomes.append((place, key, created, ""))
            except RowRefused as why:
                self._save.back_to(mark)
                said = error_text(why, with_fields=self._save.org.switches.bulk_error_fields)
                self._job.outcomes.append((place, self._given_id(line), False, said))

    def _one(self, line: Line, keyed: Keyed) -> tuple[str, bool]:
        if line.cells is None:
            raise _UNREADABLE
        values = self._values(line.cells)
        key = values.pop("Id", None)
        match self._job.operation:
            case "insert":
                return self._saved(None, values), True
            case "update":
                return self._saved(key or "", values), False
            case "upsert":
                value = key if self._job.key == "Id" else values.get(self._job.key)
                with _reworded():
                    return keyed.upsert(values, value)
        self._save.delete(self._kind.name, key or "")
        if self._job.operation == "hardDelete":
            purge(self._save.org, self._kind, str(canonical_id(key)))
        return str(canonical_id(key)), False

    def _saved(self, key: str | None, values: Mapping[str, Any]) -> str:
        with _reworded():
            if key is None:
                return self._save.create(self._kind.name, values)
            self._save.update(self._kind.name, key, values)
        return str(canonical_id(key))

    def _values(self, cells: Sequence[str]) -> dict[str, Any]:
        """Blank cells are left out, ``#N/A`` is null."""
        values: dict[str, Any] = {}
        for one, cell in zip(self._bound, cells, strict=True):
            if cell == "":
                continue
            if cell == NULL:
                values[one.field.name] = None
            else:
                values[one.field.name] = one.value(self._save.org, cell)
        return values

    def _key(self, line: Line) -> str:
        place = next(at for at, one in enumerate(self._bound) if one.field.name == self._job.key)
        return line.cells[place] if line.cells else ""

    def _given_id(self, line: Line) -> str:
        for one, cell in zip(self._bound, line.cells or (), strict=False):
            if one.field.name == "Id":
                return cell
        return ""


@contextmanager
def _reworded() -> Iterator[None]:
    """A value of the wrong type refuses a request by REST, but only its row in a job."""
    try:
        yield
    except Rejected as why:
        raise RowRefused("INVALID_TYPE_ON_FIELD_IN_RECORD", why.message, why.fields) from None


def error_text(why: RowRefused, *, with_fields: bool) -> str:
    """``CODE:message:Field --``, once for each thing that is wrong."""
    said = []
    for one in why.in_batch["errors"]:
        tail = f":{','.join(one['fields'])} --" if with_fields else ""
        said.append(f"{one['statusCode']}:{one['message']}{tail}")
    return ";".join(said)
