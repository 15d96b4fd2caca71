"""All that an invariant may look at when it judges one history, and the word for what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from connectors.records import Cursor, Ref, Side
from mappings.agreement import Agreement
from mappings.directory import Directory
from sync.model import Entry, Link, Problem
from twins.log import Commit

Records = Callable[[Side, str], Sequence[Mapping[str, Any]]]


class Attempt(NamedTuple):
    """One request on the wire, whether a vendor saw it or not; *status* is 0 where no answer came.

    *reply_after* is the `Retry-After` of the answer in seconds, *request_id* the one the commit log has; *said*
    tells two requests apart that go to the same place. *log* is the number of the last commit that it could show.
    """

    at: datetime
    side: Side
    method: str
    path: str
    status: int
    request_id: str = ""
    reply_after: float | None = None
    said: str = ""
    log: int = 0


class Told(NamedTuple):
    """One problem that ops were told of: which, about whom, since when, and until when where it is over."""

    code: str
    subject: Ref
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PassSeen:
    """One pass as an onlooker saw it: when, between which commits, with which calls.

    *calls* counts requests by (side, method and path without ids), sign-ins apart; *pages* are those among them
    that list all there is of a kind, as a backfill or a sweep does. *cursors* are the
    store's own after the pass, *faults* how many struck in it. *ended* is False
    where the process was killed in it, *cut_short* is True where trouble ended it before its work was done, which
    *more* does not tell: it is True in each pass of a backfill, too. *losses* is how many stores had been lost before it.
    """

    id: int
    began: datetime
    finished: datetime
    log_before: int
    log_after: int
    calls: Mapping[tuple[Side, str], int] = field(default_factory=dict)
    pages: int = 0
    cursors: Mapping[tuple[Side, str], Cursor] = field(default_factory=dict)
    written: int = 0
    more: bool = False
    faults: int = 0
    ended: bool = True
    cut_short: bool = False
    losses: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One whole history.

    *log* is the twins' commit log, the ground truth; *records* answers what stands in a twin at the end,
    by side and the twin's own name of a kind (``contacts``, ``Lead``), deleted ones left out. *ledger*,
    *problems* (open ones), *told* (open or over) and *links* are the store's, read after the end, oldest first. *quiet_from* is the
    index in *passes* of the first pass by which everything must be settled. *losses* are the moments when
    the store was lost, *crashes* those when the process died, *ledger_lost* what the ledgers of lost stores said.
    *began* is the number of the last commit before the bridge first ran, *late* how old a value a side may show.
    """

    seed: int
    agreement: Agreement
    directory: Directory
    log: Sequence[Commit]
    records: Records
    ledger: Sequence[Entry] = ()
    problems: Sequence[Problem] = ()
    told: Sequence[Told] = ()
    links: Sequence[Link] = ()
    passes: Sequence[PassSeen] = ()
    attempts: Sequence[Attempt] = ()
    began: int = 0
    last_edit_seq: int = 0
    quiet_from: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    losses: Sequence[datetime] = ()
    crashes: Sequence[datetime] = ()
    ledger_lost: Sequence[Entry] = ()
    late: Mapping[Side, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Violation:
    """One promise that was not kept: which, in one sentence, and whom it is about.

    *refs* are commits' numbers or records' keys, as text, by which a reader finds the place.
    """

    invariant: str
    sentence: str
    refs: tuple[str, ...] = ()

    def __str__(self) -> str:
        about = f" [{', '.join(self.refs)}]" if self.refs else ""
        return f"{self.invariant}: {self.sentence}{about}"
