"""Mistakes to plant in the real bridge: each is one small wrong function in the place of a right one, for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Final, NamedTuple
from unittest import mock

import connectors.hubspot.writing
import connectors.retry
import sync.apply.agreeing
import sync.apply.applying
import sync.engine
import sync.intake
import sync.merge
import sync.plan.person
import sync.planning
from connectors.hubspot.connector import HubSpotConnector
from connectors.records import Cursor, Receipt, Ref, Side, Write
from connectors.salesforce.connector import SalesforceConnector
from mappings.lifecycle import Lifecycle
from mappings.outcomes import Outcomes
from sync.engine import Engine
from sync.intake import Batch, Intake
from sync.merge import Merged
from sync.model import Plan
from sync.recovery import Recovered
from sync.store import Store


class Patch(NamedTuple):
    """What stands in for what, and where."""

    where: object
    name: str
    stand_in: Any


class Mutant(NamedTuple):
    """One mistake: what it does wrong, in a sentence, and the patches that make the bridge do it."""

    means: str
    patches: Callable[[], Sequence[Patch]]


MUTANTS: Final[dict[str, Mutant]] = {}
_Patches = Callable[[], Sequence[Patch]]


@contextmanager
def planted(name: str) -> Iterator[None]:
    """While it lasts the bridge makes this mistake; raises KeyError for a name that there is not."""
    with ExitStack() as stack:
        for patch in MUTANTS[name].patches():
            stack.enter_context(mock.patch.object(patch.where, patch.name, patch.stand_in))
        yield


def _mutant(means: str) -> Callable[[_Patches], _Patches]:
    def enter(patches: _Patches) -> _Patches:
        MUTANTS[patches.__name__.strip("_")] = Mutant(means, patches)
        return patches

    return enter


# ── writes and receipts ──────────────────────────────────────────────────────


@_mutant("a lost answer counts as done")
def _unknown_is_done() -> Sequence[Patch]:
    return [_receipts(connector, _taken_for_done) for connector in (HubSpotConnector, SalesforceConnector)]


def _taken_for_done(write: Write, receipt: Receipt) -> Receipt:
    ref = Ref(write.side, write.kind, write.ref_id) if write.ref_id else receipt.ref
    return replace(receipt, outcome="done", ref=ref) if receipt.outcome == "unknown" else receipt


@_mutant("a write that was put off counts as done")
def _waiting_is_done() -> Sequence[Patch]:
    def counted(write: Write, receipt: Receipt) -> Receipt:
        return replace(receipt, outcome="done") if receipt.outcome == "waiting" else receipt

    return [_receipts(connector, counted) for connector in (HubSpotConnector, SalesforceConnector)]


def _receipts(connector: type[Any], change: Callable[[Write, Receipt], Receipt]) -> Patch:
    right = connector.write

    def write(self: Any, writes: Sequence[Write], **more: Any) -> list[Receipt]:
        by_id = {one.id: one for one in writes}
        return [change(by_id[one.write_id], one) for one in right(self, writes, **more)]

    return Patch(connector, "write", write)


@_mutant("what was never answered is not looked up at the start of a pass")
def _unsettled_ignored() -> Sequence[Patch]:
    return [Patch(sync.engine, "settle_unknown", lambda *_args, **_more: Recovered())]


@_mutant("the rows of a batch's answer are matched by position")
def _matched_by_position() -> Sequence[Patch]:
    right = connectors.hubspot.writing._receipts

    def receipts(rows: Sequence[Write], results: Sequence[Any], errors: Sequence[Any]) -> Any:
        with mock.patch.object(connectors.hubspot.writing, "_answers", return_value=True):
            return right(rows, results, errors)

    return [Patch(connectors.hubspot.writing, "_receipts", receipts)]


@_mutant("one call is tried a dozen times")
def _tries_for_ever() -> Sequence[Patch]:
    return [Patch(connectors.retry, "ATTEMPTS", 12)]


# ── what is remembered ───────────────────────────────────────────────────────


@_mutant("after a write both sides' agreement is not remembered")
def _base_not_updated() -> Sequence[Patch]:
    right = sync.apply.applying.memory

    def memory(wanted: Any, *rest: Any) -> Any:
        link, base, standing, wakes_at = right(wanted, *rest)
        return link, replace(base, agreed=wanted.before.agreed), standing, wakes_at

    return [Patch(sync.apply.applying, "memory", memory)]


@_mutant("a write that was not carried out is remembered as agreed")
def _base_updated_though_refused() -> Sequence[Patch]:
    return [Patch(sync.apply.agreeing, "taken_back", lambda base, *_rest: base)]


@_mutant("the value that lost is not kept in the ledger")
def _loser_forgotten() -> Sequence[Patch]:
    right = Store.record

    def record(self: Store, pass_id: int, plans: Sequence[Plan], *rest: Any, **more: Any) -> None:
        without = [
            replace(one, decisions=tuple(replace(each, old=None, other=None) if each.what in ("field", "conflict") else each for each in one.decisions))
            for one in plans
        ]  # fmt: skip
        right(self, pass_id, without, *rest, **more)

    return [Patch(Store, "record", record)]


@_mutant("the ledger does not tell what was written")
def _writes_untold() -> Sequence[Patch]:
    right = Store.receipts

    def receipts(self: Store, pass_id: int, told: Sequence[Any], *rest: Any, **more: Any) -> None:
        silent = [
            (put, replace(receipt, outcome="waiting") if receipt.outcome == "done" else receipt)
            for put, receipt in told
        ]
        right(self, pass_id, silent, *rest, **more)

    return [Patch(Store, "receipts", receipts)]


# ── what is read ─────────────────────────────────────────────────────────────


@_mutant("the cursor stands at the vendor's present, without an overlap")
def _cursor_without_overlap() -> Sequence[Patch]:
    return [Patch(Intake, "_cursor", lambda _self, _side, page: Cursor(page.as_of))]


@_mutant("the cursor moves before the plans are recorded, and looks back no second")
def _cursor_before_plans() -> Sequence[Patch]:
    right = Engine._work

    def work(self: Engine, done: Any, batch: Batch, terms: Any) -> None:
        self._remember_progress(batch)
        right(self, done, batch, terms)

    return [Patch(Engine, "_work", work), *_cursor_without_overlap()]


@_mutant("our own write, seen again, is looked at as if somebody had edited")
def _echo_not_recognised() -> Sequence[Patch]:
    return [Patch(sync.intake, "_is_seen", lambda *_args: False)]


@_mutant("a row that HubSpot's search brought is written over without a direct look, before or after")
def _search_is_trusted() -> Sequence[Patch]:
    return [
        Patch(sync.planning, "_is_doubtful", lambda _plan: False),
        Patch(connectors.hubspot.writing, "looked_back", lambda *_args: {}),
    ]


# ── what is decided ──────────────────────────────────────────────────────────


@_mutant("a blank on one side empties the other")
def _blank_clears() -> Sequence[Patch]:
    return [Patch(sync.merge, "_blank", lambda *_args: None)]


@_mutant("in a conflict the other side wins")
def _wrong_side_wins() -> Sequence[Patch]:
    right = sync.merge._conflict

    def conflict(line: Any, hubspot: Any, salesforce: Any, tie: Any) -> Merged:
        merged = right(line, hubspot, salesforce, tie)
        if merged.to is None:
            return merged
        to: Side = "hubspot" if merged.to == "salesforce" else "salesforce"
        return replace(merged, to=to, value=merged.lost, lost=merged.value)

    return [Patch(sync.merge, "_conflict", conflict)]


@_mutant("Salesforce's edit is always carried, even where only HubSpot was edited")
def _one_sided() -> Sequence[Patch]:
    right = sync.merge._two_way

    def two_way(line: Any, base: Any, hubspot: Any, salesforce: Any, tie: Any) -> Merged:
        merged = right(line, base, hubspot, salesforce, tie)
        if merged.to != "salesforce" or not salesforce.value:
            return merged
        return replace(merged, to="hubspot", value=salesforce.value, lost=hubspot.value)

    return [
        Patch(sync.merge, "_two_way", two_way),
        Patch(sync.merge, "_RULES", {**sync.merge._RULES, "two_way": two_way}),
    ]


@_mutant("every move is allowed, whatever the lifecycle says")
def _every_move_is_legal() -> Sequence[Patch]:
    def move(self: Lifecycle, _came_from: str, to: str, _actor: str) -> Any:
        return next((one for one in self.moves if one.to == to), None)

    return [Patch(Lifecycle, "move", move)]


@_mutant("what sales made of it does not come home")
def _outcome_dropped() -> Sequence[Patch]:
    return [Patch(Outcomes, "roll_up", lambda *_args, **_more: {})]


@_mutant("a person is made in Salesforce without a look for him there")
def _created_blindly() -> Sequence[Patch]:
    return [Patch(sync.plan.person, "choose_person", lambda *_args: None)]
