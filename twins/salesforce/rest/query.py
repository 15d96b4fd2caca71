"""/query and /queryAll: SOQL by pages.

Pages have 2,000 rows, children counted, unless ``Sforce-Query-Options: batchSize=200..2000`` says less
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm);
a locator is good for two days (https://help.salesforce.com/s/articleView?id=000004410).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twins.salesforce.access.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.soql import Answered, answer, parse
from twins.salesforce.soql.answer import Below

PAGE = 2000
_LEAST = 200
_LOCATOR_LIVES = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Open:
    answered: Answered
    user: str
    since: datetime


class Cursors:
    """Answers that are longer than a page, kept until they are read to the end."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def query(self, call: Call) -> Answer:
        """GET /query?q=…"""
        return self.answer(call, call.org, deleted=False)

    def query_all(self, call: Call) -> Answer:
        """GET /queryAll?q=… also shows what is in the recycle bin."""
        return self.answer(call, call.org, deleted=True)

    def more(self, call: Call) -> Answer:
        """GET the nextRecordsUrl of a page."""
        locator, _, offset = call.parts[1].rpartition("-")
        kept = self._open.get(locator)
        mine = kept is not None and kept.user == call.user and call.now - kept.since <= _LOCATOR_LIVES
        if kept is None or not mine or not re.fullmatch(r"[0-9]{1,9}", offset):
            raise Rejected(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return Answer(200, _Pages(self, call).page(kept.answered, locator, int(offset)))

    def keep(self, call: Call, answered: Answered) -> str:
        """A locator for the rest of *answered*; the user's oldest is let go when there are too many."""
        own = [locator for locator, kept in self._open.items() if kept.user == call.user]
        for locator in own[: max(0, len(own) + 1 - call.org.switches.open_cursors)]:
            del self._open[locator]
        locator = call.org.ids.new("0r8")
        self._open[locator] = _Open(answered, call.user, call.now)
        return locator

    def close(self, locator: str) -> None:
        """Forget an answer that was read to the end."""
        self._open.pop(locator, None)

    def answer(self, call: Call, org: Org, *, deleted: bool) -> Answer:
        """The first page of what *org*, as the caller may see it, answers to the query of *call*."""
        text = call.first("q")
        if not text:
            raise Rejected(400, "MALFORMED_QUERY", "A query string has to be specified")
        answered = answer(
            org, parse(text), call.now, call.base,
            deleted=deleted, user=call.user, version=float(call.version),
        )  # fmt: skip
        if answered.counts:
            return Answer(200, {"totalSize": len(answered.rows), "done": True, "records": []})
        if answered.grouped and len(answered.rows) > _page_size(call):
            said = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
            raise Rejected(400, "EXCEEDED_ID_LIMIT", said)
        return Answer(200, _Pages(self, call).page(answered, "", 0))


class _Pages:
    """Makes one page: rows and their children until it is full."""

    def __init__(self, cursors: Cursors, call: Call) -> None:
        self._cursors, self._call, self._room = cursors, call, _page_size(call)

    def page(self, answered: Answered, locator: str, offset: int) -> dict[str, Any]:
        """The rows of *answered* from *offset* on; what does not fit waits behind a locator."""
        rows = answered.rows
        if answered.below:
            records = self._with_children(answered, offset)
        else:
            chosen = rows[offset : offset + max(1, self._room)]
            records = [answered.shown(row) for row in chosen]
            self._room -= len(records)
        end = offset + len(records)
        page: dict[str, Any] = {"totalSize": len(rows), "done": end >= len(rows)}
        if end < len(rows):
            locator = locator or self._cursors.keep(self._call, answered)
            page["nextRecordsUrl"] = f"{self._call.base}/query/{locator}-{end}"
        else:
            self._cursors.close(locator)
        return {**page, "records": records}

    def _with_children(self, answered: Answered, offset: int) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        for row in _from(answered.rows, offset):
            if records and self._room <= 0:
                break
            self._room -= 1
            printed = answered.shown(row)
            for below in answered.below:
                printed[below.name] = self._children(below, row)
            records.append(printed)
        return records

    def _children(self, below: Below, row: Row) -> dict[str, Any] | None:
        """No children are null (https://github.com/restforce/restforce, spec/fixtures), or an empty page."""
        answered = below.of(row)
        if not answered.rows and self._call.org.switches.empty_children == "null":
            return None
        return self.page(answered, "", 0)


def _from(rows: Sequence[Row], offset: int) -> Sequence[Row]:
    return rows[offset:] if offset else rows


def _page_size(call: Call) -> int:
    asked = re.search(
        r"batchSize\s*=\s*([0-9]{1,9})", call.headers.get("sforce-query-options", ""), re.IGNORECASE
    )
    return min(PAGE, max(_LEAST, int(asked.group(1)))) if asked else PAGE


def resources(cursors: Cursors) -> dict[str, Resource]:
    """What stands under /query and /queryAll."""
    return {
        "query": {"GET": cursors.query},
        "queryAll": {"GET": cursors.query_all},
        "more": {"GET": cursors.more},
    }
