"""/query and /queryAll: SOQL by pages.

Pages have 2,000 rows unless ``Sforce-Query-Options: batchSize=200..2000`` says less
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm);
a locator is good for two days (https://help.salesforce.com/s/articleView?id=000004410).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from twins.salesforce.call import Answer, Call, Resource
from twins.salesforce.errors import Rejected
from twins.salesforce.soql import answer, parse
from twins.salesforce.soql.shown import Shown
from twins.salesforce.store import Row

PAGE = 2000
_LEAST = 200
_LOCATOR_LIVES = timedelta(days=2)
_LONGEST_URI = 16_000
_KEPT = 100


@dataclass(frozen=True, slots=True)
class _Open:
    rows: Sequence[Row]
    shown: Shown
    since: datetime


class Cursors:
    """Answers that are longer than a page, kept until they are read to the end."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def query(self, call: Call) -> Answer:
        """GET /query?q=…"""
        return self._query(call, deleted=False)

    def query_all(self, call: Call) -> Answer:
        """GET /queryAll?q=… also shows what is in the recycle bin."""
        return self._query(call, deleted=True)

    def more(self, call: Call) -> Answer:
        """GET the nextRecordsUrl of a page."""
        locator, _, offset = call.parts[1].rpartition("-")
        kept = self._open.get(locator)
        if kept is None or not offset.isdigit() or call.now - kept.since > _LOCATOR_LIVES:
            raise Rejected(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return Answer(200, self._page(call, kept, locator, int(offset)))

    def _query(self, call: Call, *, deleted: bool) -> Answer:
        text = call.first("q")
        if not text:
            raise Rejected(400, "MALFORMED_QUERY", "A query string has to be specified")
        if isinstance(call.body, bytes) and len(quote_plus(text)) > _LONGEST_URI:
            # [M] about 16 KB of address; in a composite the query travels in a body
            raise Rejected(414, "URI_TOO_LONG", "URI Too Long")
        answered = answer(call.org, parse(text), call.now, call.base, deleted=deleted)
        if answered.counts:
            return Answer(200, {"totalSize": len(answered.rows), "done": True, "records": []})
        kept = _Open(answered.rows, answered.shown, call.now)
        locator = call.org.ids.new("0r8")
        if len(answered.rows) > _page_size(call):
            self._open[locator] = kept
            while len(self._open) > _KEPT:
                del self._open[next(iter(self._open))]
        return Answer(200, self._page(call, kept, locator, 0))

    def _page(self, call: Call, kept: _Open, locator: str, offset: int) -> dict[str, Any]:
        end = offset + _page_size(call)
        done = end >= len(kept.rows)
        page: dict[str, Any] = {"totalSize": len(kept.rows), "done": done}
        if not done:
            page["nextRecordsUrl"] = f"{call.base}/query/{locator}-{end}"
        else:
            self._open.pop(locator, None)
        return {**page, "records": [kept.shown(row) for row in kept.rows[offset:end]]}


def _page_size(call: Call) -> int:
    asked = re.search(r"batchSize\s*=\s*(\d+)", call.headers.get("sforce-query-options", ""), re.IGNORECASE)
    return min(PAGE, max(_LEAST, int(asked.group(1)))) if asked else PAGE


def resources(cursors: Cursors) -> dict[str, Resource]:
    """What stands under /query and /queryAll."""
    return {
        "query": {"GET": cursors.query},
        "queryAll": {"GET": cursors.query_all},
        "more": {"GET": cursors.more},
    }
