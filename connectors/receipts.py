"""Turns errors into receipts, and finds the bad row of a batch that was refused as a whole.

Shared by the writing of both vendors: `write` never raises, each row gets its receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from connectors.batches import stands, unsendable
from connectors.errors import ConnectorError, Gone, OverBudget, Refused, SignInFailed, Stale, Unknown
from connectors.records import Fault, Receipt, Record, Ref, Version, Write

Receipts = dict[str, Receipt]


class BadRows(Refused):
    """The vendor refused a whole batch because of what some row says; the others are innocent."""


def unsettled(write: Write, error: ConnectorError) -> Receipt:
    """The receipt of a row whose call ended in *error*."""
    ref = Ref(write.side, write.kind, write.ref_id) if write.ref_id else None
    match error:
        case Unknown():
            return Receipt(write.id, "unknown", ref, faults=(Fault("LOST_ANSWER", str(error)),))
        case Refused():
            told = error.faults or (Fault("REFUSED", str(error)),)
            return Receipt(write.id, "refused", ref, faults=told, whole=not isinstance(error, BadRows))
        case Gone():
            return Receipt(write.id, "gone", error.merged_into or ref, faults=(Fault("GONE", str(error)),))
        case Stale():
            return Receipt(write.id, "stale", ref, faults=(Fault("STALE", str(error)),))
        case OverBudget():
            return Receipt(write.id, "waiting", ref, faults=(Fault("OVER_BUDGET", str(error)),))
        case SignInFailed():
            return Receipt(write.id, "waiting", ref, faults=(Fault("SIGN_IN_FAILED", str(error)),))
    return Receipt(write.id, "waiting", ref, faults=(Fault("BUSY", str(error)),))


def refused(write: Write, code: str, message: str, fields: tuple[str, ...] = ()) -> Receipt:
    """The receipt of a row that is not sent at all."""
    ref = Ref(write.side, write.kind, write.ref_id) if write.ref_id else None
    return Receipt(write.id, "refused", ref, faults=(Fault(code, message, fields),))


def unsendable_rows(writes: Sequence[Write]) -> Receipts:
    """Receipts of rows that hold text no vendor can store."""
    bad = {write.id: (write, unsendable(write.values)) for write in writes}
    return {
        id_: refused(write, "NOT_TEXT", "The value holds a NUL or half a character.", fields)
        for id_, (write, fields) in bad.items()
        if fields
    }


def misnamed_rows(writes: Sequence[Write], form: Callable[[Write], object]) -> Receipts:
    """Receipts of rows whose kind or field names cannot go on the wire at all."""
    found: Receipts = {}
    for write in writes:
        try:
            form(write)
        except Refused as error:
            found[write.id] = unsettled(write, error)
    return found


def sift(
    rows: Sequence[Write],
    send: Callable[[Sequence[Write]], Receipts],
    spoils_every_row: frozenset[str],
) -> Receipts:
    """Send *rows*; when the batch is refused for a bad row, halve it until the bad ones stand alone.

    A fault whose code is in *spoils_every_row* condemns each row that writes its field, without asking again.
    """
    try:
        return send(rows)
    except BadRows as error:
        bad = _condemned(rows, error, spoils_every_row) or (rows if len(rows) == 1 else ())
        if bad:
            found = {row.id: unsettled(row, error) for row in bad}
            rest = [row for row in rows if row.id not in found]
            return found | (sift(rest, send, spoils_every_row) if rest else {})
        middle = len(rows) // 2
        return sift(rows[:middle], send, spoils_every_row) | sift(rows[middle:], send, spoils_every_row)
    except ConnectorError as error:
        return {row.id: unsettled(row, error) for row in rows}


def _condemned(rows: Sequence[Write], error: BadRows, codes: frozenset[str]) -> list[Write]:
    fields = {field for fault in error.faults if fault.code in codes for field in fault.fields}
    return [row for row in rows if fields & row.values.keys()]


def stood_before(row: Write, shown: Record, after: Record | None = None) -> Record | None:
    """What somebody had put into the watched fields since they were read, right before *row* was carried out.

    *shown* is the record with the history of these fields, *after* what stood there after the write.
    """
    written = {
        name: (after.values if after else row.values).get(name, row.values.get(name)) for name in row.watched
    }
    steps = {
        name: found
        for name in row.watched
        if (found := _steps_before(shown.history.get(name, ()), name, written[name], row.seen_at))
    }
    if not steps:
        return None
    return replace(shown, values={name: found[0].value for name, found in steps.items()}, history=steps)


def _steps_before(
    history: Sequence[Version], name: str, written: object, since: datetime | None
) -> tuple[Version, ...]:
    """The versions under the one that we wrote, as new as the look; what came after ours is read by the next poll."""
    ours = next(
        (place for place, one in enumerate(history) if stands({name: written}, {name: one.value})), None
    )
    if ours is None:
        return ()
    under = history[ours + 1 :] if since is not None else history[ours + 1 : ours + 2]
    return tuple(takewhile(lambda one: since is None or one.at >= since, under))
