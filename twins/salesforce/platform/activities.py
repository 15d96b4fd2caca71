"""Tasks and events, and what they do to the people and things they are about.

LastActivityDate is the due date of the newest closed task or the date of the newest event
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm);
when it moves, the record's SystemModstamp moves, LastModifiedDate does not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.store import Row
from twins.salesforce.platform.running import Running
from twins.salesforce.schema.moments import moment, stamp

_CLOSED = "Completed"
_WHOLE_DAY = 24 * 60
_ARCHIVED_AFTER = timedelta(days=365)


def derive_task(save: Running, _old: Row | None, row: dict[str, Any]) -> None:
    """A completed task is closed from that moment; reopened, it is not."""
    _about(save, row)
    if row.get("Status") == _CLOSED:
        row["IsClosed"] = True
        row.setdefault("CompletedDateTime", save.stamp)
    else:
        row.pop("IsClosed", None)
        row.pop("CompletedDateTime", None)
    row.setdefault("TaskSubtype", "Task")
    if row.get("Priority") == "High":
        row["IsHighPriority"] = True
    else:
        row.pop("IsHighPriority", None)


def derive_event(save: Running, old: Row | None, row: dict[str, Any]) -> None:
    """An event needs a start and a length; its date is the start's day in the org's zone, or the day it fills."""
    _about(save, row)
    start = _start(old, row)
    if start is None:
        said = "Required fields are missing: [ActivityDateTime, DurationInMinutes]"
        raise RowRefused("REQUIRED_FIELD_MISSING", said, ["ActivityDateTime", "DurationInMinutes"])
    begins = moment(start)
    ends = _end(old, row, begins)
    if ends < begins:
        # [M] the wording
        raise RowRefused("FIELD_INTEGRITY_EXCEPTION", "Event ends before it begins", ["EndDateTime"])
    row |= {"StartDateTime": start, "ActivityDateTime": start, "EndDateTime": stamp(ends)}
    row["DurationInMinutes"] = int((ends - begins).total_seconds() // 60)
    zone = UTC if row.get("IsAllDayEvent") else save.org.zone
    row["ActivityDate"] = begins.astimezone(zone).date().isoformat()


def _start(old: Row | None, row: dict[str, Any]) -> str | None:
    """The two names of the start are one; an event that fills its day needs the day only."""
    before: Row = old or {}
    if row.get("IsAllDayEvent") and row.get("ActivityDate") != before.get("ActivityDate"):
        return f"{row['ActivityDate']}T00:00:00.000+0000" if row.get("ActivityDate") else None
    if row.get("ActivityDateTime") and row["ActivityDateTime"] != before.get("ActivityDateTime"):
        return str(row["ActivityDateTime"])
    return row.get("StartDateTime") or row.get("ActivityDateTime")


def _end(old: Row | None, row: dict[str, Any], begins: datetime) -> datetime:
    before: Row = old or {}
    minutes, end = row.get("DurationInMinutes"), row.get("EndDateTime")
    if row.get("IsAllDayEvent") and end is None and minutes is None:
        minutes = _WHOLE_DAY
    if end is None and minutes is None:
        said = "Required fields are missing: [DurationInMinutes]"
        raise RowRefused("REQUIRED_FIELD_MISSING", said, ["DurationInMinutes"])
    if end is not None and (old is None or end != before.get("EndDateTime")):
        return moment(end)
    return begins + timedelta(minutes=minutes if minutes is not None else before.get("DurationInMinutes", 0))


def touch(save: Running, _old: Row | None, row: Row) -> None:
    """Move LastActivityDate of everything that *row* is about, where it is the newest there."""
    on = _happened_on(save, row)
    if on is None:
        return
    for key in filter(None, (row.get("WhoId"), row.get("WhatId"), row.get("AccountId"))):
        about = save.org.tables[save.org.kind_of(key).name].rows.get(key)
        if about is not None and on > (about.get("LastActivityDate") or ""):
            save.touch(key, {"LastActivityDate": on})


def archive(save: Running) -> int:
    """Mark closed tasks and past events that are over a year old; answers how many
    (https://help.salesforce.com/s/articleView?id=000382834).
    """
    last = (save.now - _ARCHIVED_AFTER).astimezone(save.org.zone).date().isoformat()
    count = 0
    for api_name in ("Task", "Event"):
        for row in list(save.org.tables[api_name].by_id()):
            on = _happened_on(save, row)
            if on is not None and on < last and "IsArchived" not in row and "IsDeleted" not in row:
                save.touch(row["Id"], {"IsArchived": True})
                count += 1
    return count


def _happened_on(save: Running, row: Row) -> str | None:
    if row["Id"].startswith("00U"):
        day: str | None = row["ActivityDate"]
    elif row.get("IsClosed"):
        # [M] a closed task without a due date counts on the day it was completed
        day = (
            row.get("ActivityDate")
            or moment(row["CompletedDateTime"]).astimezone(save.org.zone).date().isoformat()
        )
    else:
        day = None
    return day


def _about(save: Running, row: dict[str, Any]) -> None:
    """A lead stands alone; a contact or an opportunity brings its account along."""
    who, what = row.get("WhoId"), row.get("WhatId")
    if who and what and who.startswith("00Q"):
        raise RowRefused("FIELD_INTEGRITY_EXCEPTION", "Related To ID: a lead cannot have one", ["WhatId"])
    account = what if what and what.startswith("001") else None
    for key in (what, who):
        if account is None and key and key[:3] in ("003", "006"):
            account = save.org.tables[save.org.kind_of(key).name].rows.get(key, {}).get("AccountId")
    if account:
        row["AccountId"] = account
    else:
        row.pop("AccountId", None)
