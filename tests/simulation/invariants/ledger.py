"""The ledger tells what the bridge did: nothing is missing from it, and nothing in it did not happen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from connectors.records import Ref, Side
from sync.model import Entry
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.past import OUR_KIND, Past
from tests.simulation.invariants.registry import invariant
from twins.log import Commit

_DERIVED: Final = frozenset({
    "Name", "IsClosed", "IsWon", "Probability", "ForecastCategory", "ForecastCategoryName", "hs_marketable_status",
    "TaskSubtype", "IsConverted", "lifecyclestage", "pipeline",
})  # fmt: skip
_TOLD: Final = timedelta(milliseconds=1)  # how exactly HubSpot tells when
_DELETED: Final[Mapping[Side, str]] = {"hubspot": "archived", "salesforce": "IsDeleted"}


class Done(NamedTuple):
    """One write of the bridge as the commit log tells it."""

    ref: Ref
    at: datetime
    seq: int
    values: Mapping[str, object]
    request_id: str

    @property
    def fields(self) -> frozenset[str]:
        """The fields that were written; what the vendor works out of them is left out."""
        return frozenset(self.values)


@invariant(
    "I12",
    "Every write of the bridge stands in the ledger exactly once, and every write in the ledger was made.",
)
def i12_completeness(seen: Evidence, past: Past) -> Iterator[Violation]:
    since = max(seen.losses, default=None)
    done = [one for one in _done(seen.log) if since is None or _is_since(past, one, since)]
    told = _told(seen.ledger)
    claimed: set[int] = set()
    traces = [(one, one.fields - _without_trace(seen, past, one)) for one in done]
    for one, shown in sorted(
        traces, key=lambda each: not each[1]
    ):  # who left none claims what nobody else does
        born = past.births.get(one.ref)
        is_born = born is not None and (born.at, born.request_id) == (one.at, one.request_id)
        entry = _first(
            one,
            (
                entry
                for entry in told.get(one.ref, ())
                if entry.seq not in claimed
                and past.is_after(entry, one.seq)
                and _tells(entry, one, shown or one.fields, is_born=is_born)
            ),
        )
        if entry is None and shown:
            yield Violation(
                "I12",
                f"the bridge wrote {', '.join(sorted(one.fields))} and the ledger does not say so",
                (f"#{one.seq}", str(one.ref)),
            )
        elif entry is not None:
            claimed.add(entry.seq)
    yield from _phantoms(past, told, claimed)
    yield from _unexplained(seen)


def _first(done: Done, telling: Iterable[Entry]) -> Entry | None:
    """The first entry that tells of a write; in one pass the one with its very values goes before the others."""
    found = list(telling)
    of_its_pass = [one for one in found if one.pass_id == found[0].pass_id]
    return min(of_its_pass, key=lambda one: not _has_its_values(one, done), default=None)


def _has_its_values(entry: Entry, done: Done) -> bool:
    """Whether an entry tells of these values, but for what the vendor works out."""
    return all(
        _is_same(done.values.get(str(name)), sent)
        for name, sent in (entry.decision.new or {}).items()
        if name not in _DERIVED
    )


def _is_since(past: Past, done: Done, since: datetime) -> bool:
    """Whether a write was sent after the last loss of a store, perhaps in that very instant: by a pass that was run later.

    What a vendor carries out late, and says that it did so before the pass in which it arrives, was sent by an earlier one;
    in the very instant of the loss by one after it, where none before it was running still.
    """
    made_in, losses = past.pass_of(done.seq), len(past.seen.losses)
    if made_in is None or done.at < made_in.began.replace(microsecond=0):
        was_running = any(one.finished >= done.at for one in past.seen.passes if one.losses < losses)
        return done.at > since or (since - done.at < _TOLD and not was_running)
    return made_in.losses == losses


def _without_trace(seen: Evidence, past: Past, done: Done) -> set[str]:
    """The fields that people edited after the process died that wrote them, and before one could look that did not die.

    Salesforce keeps no history of fields that nobody tracks, and HubSpot none of a record that was merged away.
    The ledger says what was about to be written.
    """
    made_in = past.pass_of(done.seq)
    if made_in is None or made_in.ended:
        return set()
    about_to_be = _about_to_be(seen, past, done, made_in.id)
    if done.ref.side == "hubspot":
        return about_to_be if past.is_gone_unseen(done.ref, done.seq, "merged_into") else set()
    until = past.looked_at(done.ref, made_in)
    overwritten = {
        one.field
        for commits in past.cells[done.ref].values()
        for one in commits
        if done.seq < one.seq <= until and one.actor != "daemon"
    }
    return overwritten & about_to_be


def _about_to_be(seen: Evidence, past: Past, done: Done, pass_id: int) -> set[str]:
    """The fields that a pass said it would write to that record."""
    said = {
        entry.decision.field
        for entry in seen.ledger
        if entry.kind == "decided"
        and entry.pass_id == pass_id
        and entry.decision.side == done.ref.side
        and done.ref in (entry.subject, entry.counterpart)
    }
    lines = (line for pair in seen.agreement.pairs.values() for line in pair.lines if line.name in said)
    return {*map(str, said), *(name for line in lines for name in line.fields(done.ref.side, done.ref.kind))}


def _done(log: Sequence[Commit]) -> list[Done]:
    groups: dict[tuple[Ref, str], list[Commit]] = defaultdict(list)
    for one in log:
        kind = OUR_KIND.get((one.side, one.kind))
        if one.actor == "daemon" and kind is not None:
            groups[Ref(one.side, kind, one.id), one.request_id].append(one)
    return sorted(
        (
            Done(
                ref,
                some[0].at,
                some[0].seq,
                {one.field: one.new for one in some if one.field not in _DERIVED},
                request,
            )
            for (ref, request), some in groups.items()
        ),
        key=lambda one: one.seq,
    )


def _told(ledger: Sequence[Entry]) -> Mapping[Ref, Sequence[Entry]]:
    found: dict[Ref, list[Entry]] = defaultdict(list)
    for entry in ledger:
        if entry.kind == "written" and entry.decision.what != "associate" and entry.decision.other:
            found[Ref.parse(str(entry.decision.other))].append(entry)
    return found


def _tells(entry: Entry, done: Done, shown: frozenset[str], *, is_born: bool) -> bool:
    """A new record has more fields than were sent: those that the vendor works out or has defaults for."""
    named = _names(entry)
    return named <= done.fields | _DERIVED if is_born else shown <= named


def _names(entry: Entry) -> set[str]:
    """The fields that an entry tells of; a deletion sends none, and each vendor marks it with one of its own."""
    if entry.decision.what == "delete":
        return {_DELETED[Ref.parse(str(entry.decision.other)).side]}
    return {*map(str, entry.decision.new or ())}


def _phantoms(past: Past, told: Mapping[Ref, Sequence[Entry]], claimed: set[int]) -> Iterator[Violation]:
    """Entries of writes that left no trace; where all values stood there already, there is none to leave."""
    for ref, entries in told.items():
        for entry in entries:
            if entry.seq not in claimed and not _had_no_trace_to_leave(past, ref, entry):
                yield Violation(
                    "I12",
                    f"the ledger tells of a write that was never made: {sorted(_names(entry))}",
                    (f"entry {entry.seq}", str(ref)),
                )


def _had_no_trace_to_leave(past: Past, ref: Ref, entry: Entry) -> bool:
    """Whether all that was sent stood there at one moment by the end of that pass, and not all by the bridge's own hand.

    What the bridge itself wrote stands in the ledger with that write; sent once more, the entry says that it stood there before.
    """
    if entry.decision.what == "create":
        return False
    until = max((one.log_after for one in past.seen.passes if one.id == entry.pass_id), default=None)
    cells = past.cells.get(ref, {})
    commits = [
        one for name in _names(entry) for one in cells.get(name, ()) if until is None or one.seq <= until
    ]
    sent = {name: (entry.decision.new or {}).get(name, "true") for name in _names(entry)}
    old = entry.decision.old or {}
    is_again = all(name in old and _is_same(old[name], sent[name]) for name in sent)
    return any(
        (is_again or one.actor != "daemon")
        and all(_is_same(past.raw(ref, name, one.seq), sent[name]) for name in sent)
        for one in commits
    )


def _is_same(stood: object, sent: object) -> bool:
    """Whether a value that stood is the one that was sent, however a vendor spells numbers, moments and nothing."""
    return _plain(stood) == _plain(sent)


def _plain(value: object) -> object:
    said = "" if value is None or value is False else str(value).strip().lower()
    for read in (float, datetime.fromisoformat):
        try:
            return read(said)
        except ValueError:
            continue
    return said if said != "false" else ""


def _unexplained(seen: Evidence) -> Iterator[Violation]:
    for entry in seen.ledger:
        if entry.kind == "decided" and not entry.decision.why:
            yield Violation("I12", "an entry of the ledger gives no reason", (f"entry {entry.seq}",))
