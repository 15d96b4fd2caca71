"""The wire between clients and one vendor: one road for requests, over HTTP and in process.

It adds what every vendor's front door adds (the ``Date`` of the twin's moment, gzip when asked for), lets
faults strike, and delivers commits that come late.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Literal, Protocol, runtime_checkable

from twins.faults import Faults, Struck
from twins.log import Side
from twins.messages import Reply, Request, Vendor
from twins.spoilt import instead, spoilt

GZIP_ABOVE = 1024
LONG = timedelta(seconds=20)
Before = Callable[[Request], Reply | None]
How = Literal["whole", "refused", "dns", "tls", "cut", "silence", "drip"]
_NO_ANSWER: dict[str, How] = {
    "refused": "refused",
    "dns": "dns",
    "tls": "tls",
    "cut_before": "cut",
    "cut_after": "cut",
    "silence": "silence",
    "silence_after": "silence",
    "late_commit": "silence",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What reaches the client: *reply* as a ``whole``, or byte by byte (``drip``, *seconds* each), or none.

    ``silence`` lasts *seconds*; *upto* bytes of the body come before the wire breaks (None: all).
    """

    reply: Reply
    how: How = "whole"
    seconds: float = 0.0
    upto: int | None = None


@runtime_checkable
class CountsLong(Protocol):
    """A vendor that bounds how many requests of over 20 seconds may run at once."""

    long_running: int


@dataclass(frozen=True, slots=True)
class _Late:
    due: datetime
    began: datetime
    request: Request


class Wire:
    """Carries the requests of all clients of one vendor.

    *before* sees each request first and may answer it itself; raising ConnectionError there hangs up.
    """

    def __init__(
        self,
        vendor: Vendor,
        now: Callable[[], datetime],
        *,
        side: Side = "salesforce",
        faults: Faults | None = None,
        before: Before | None = None,
    ) -> None:
        self.vendor, self.now, self.side, self.before = vendor, now, side, before
        self.faults = faults if faults is not None else Faults()
        self._late: list[_Late] = []
        self._lock = threading.Lock()

    def carry(self, request: Request) -> Delivery:
        """Take *request* to the vendor, as far as the wire is sound; what comes back of it."""
        self.catch_up()
        try:
            answered = self.before(request) if self.before else None
        except ConnectionError:
            return Delivery(Reply(0), "cut")
        if answered is not None:
            return Delivery(self._framed(answered, request))
        struck = self.faults.pick(self.side, request)
        if struck is None:
            return Delivery(self._framed(self.vendor.handle(request, self.now()), request))
        return self._struck(struck, request)

    def catch_up(self) -> None:
        """Commit what was late and is due by now."""
        if not self._late:
            return
        with self._lock:
            now = self.now()
            due = sorted((one for one in self._late if one.due <= now), key=lambda one: one.due)
            self._late = [one for one in self._late if one.due > now]
            long = sum(now - one.began >= LONG for one in self._late)
        self._tell(0)  # what is due was let in when it began
        for one in due:
            self.vendor.handle(one.request, one.began)
        self._tell(long)

    def _tell(self, long: int) -> None:
        """Say how many requests have been running for over 20 seconds, to a vendor that wants to know."""
        if isinstance(self.vendor, CountsLong):
            self.vendor.long_running = long

    def _struck(self, struck: Struck, request: Request) -> Delivery:
        began = self.now()
        seconds = float(struck.options.get("seconds", 0.0))
        if struck.fault.when == "after":
            return self._spoilt(struck, self.vendor.handle(request, began), request, seconds)
        if struck.fault.when == "late":
            due = began + timedelta(seconds=float(struck.options["delay_s"]))
            with self._lock:
                self._late.append(_Late(due, began, request))
        how = _NO_ANSWER.get(struck.name)
        if how is not None:
            return Delivery(Reply(0), how, seconds)
        return Delivery(self._framed(instead(self.side, struck, request), request))

    def _spoilt(self, struck: Struck, reply: Reply, request: Request, seconds: float) -> Delivery:
        how = _NO_ANSWER.get(struck.name)
        if how is not None:
            return Delivery(Reply(0), how, seconds)
        framed = self._framed(spoilt(self.side, struck, reply), request)
        if struck.name == "slow":
            return Delivery(framed, "drip", float(struck.options["pace_s"]))
        if struck.name == "cut_body":
            return Delivery(framed, upto=int(len(framed.body) * float(struck.options["keep"])))
        return Delivery(framed)

    def _framed(self, reply: Reply, request: Request) -> Reply:
        headers, body = {"Date": format_datetime(self.now(), usegmt=True), **reply.headers}, reply.body
        packed = "Content-Encoding" in headers
        if not packed and len(body) > GZIP_ABOVE and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(len(body))
        return Reply(reply.status, headers, body)
