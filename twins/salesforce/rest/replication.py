"""/sobjects/{Kind}/updated and /deleted: which records changed or went in a span of time.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import BIRTH
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.schema.moments import moment, stamp

_BACK = timedelta(days=30)


def updated(call: Call) -> Answer:
    """GET /sobjects/{Kind}/updated?start=…&end=…: ids by SystemModstamp, from start up to end."""
    kind, start, end = _span(call, least=timedelta(0))
    table = call.org.tables[kind.name]
    since, until = stamp(start), stamp(end)
    ids = []
    for row in table.by_stamp(since):
        if row["SystemModstamp"] >= until:
            break
        if "IsDeleted" not in row:
            ids.append(row["Id"])
    _no_more_than(call, len(ids))
    return Answer(200, {"ids": ids, "latestDateCovered": stamp(_covered(call, end))})


def deleted(call: Call) -> Answer:
    """GET /sobjects/{Kind}/deleted?start=…&end=…: ids and when, as long as the recycle bin knows them."""
    kind, start, end = _span(call, least=timedelta(minutes=1))
    since, until = stamp(start), stamp(end)
    earliest = call.org.bin.earliest.get(kind.name, BIRTH)
    if since < earliest and call.org.switches.purged_deletes == "refused":
        raise _refused(f"the recycle bin was purged; the earliest date available is {earliest}")
    rows = call.org.tables[kind.name].rows
    gone = [
        {"id": one.key, "deletedDate": one.at}
        for one in call.org.bin.of(kind.name)
        if since <= one.at < until and ((row := rows.get(one.key)) is None or "IsDeleted" in row)
    ]
    _no_more_than(call, len(gone))
    told: dict[str, Any] = {"deletedRecords": gone, "earliestDateAvailable": earliest}
    return Answer(200, {**told, "latestDateCovered": stamp(_covered(call, end))})


def _span(call: Call, least: timedelta) -> tuple[Kind, datetime, datetime]:
    """Kind, start and end, both to the minute: the seconds are ignored."""
    kind = call.org.kind(call.parts[1])
    start, end = (_minute(call, name) for name in ("start", "end"))
    if end - start <= least:
        said = (
            "startDate must be before endDate by more than a minute"
            if least
            else "startDate must be before endDate"
        )
        raise _refused(said)
    if call.now - start > _BACK:
        raise _refused("startDate cannot be more than 30 days ago")
    return kind, start, end


def _minute(call: Call, name: str) -> datetime:
    text = call.first(name).replace(" ", "+")  # a plus that was not encoded arrives as a space
    if not text:
        raise Rejected(400, "MISSING_ARGUMENT", f"{name} is required")
    try:
        return moment(text).replace(second=0, microsecond=0)
    except ValueError:
        raise _refused(f"{name} is no date and time: {text}") from None


def _covered(call: Call, end: datetime) -> datetime:
    """Never later than what can have been looked at."""
    return min(end, call.now.replace(second=0, microsecond=0))


def _no_more_than(call: Call, count: int) -> None:
    most = call.org.switches.replication_ids
    if count > most:
        raise Rejected(
            400, "EXCEEDED_ID_LIMIT", f"too many ids: {count}; choose dates that are closer together"
        )


def _refused(said: str) -> Rejected:
    """[M] the wording."""
    return Rejected(400, "INVALID_REPLICATION_DATE", said)


UPDATED: Resource = {"GET": updated}
DELETED: Resource = {"GET": deleted}
