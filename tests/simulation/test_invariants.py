"""The judge itself: small commit logs, made by hand, with a broken promise or without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import pytest

from connectors.records import Ref, Side
from mappings.agreement import Agreement
from mappings.directory import Directory
from sync.bootstrap import read_agreement, shipped_config
from sync.model import Decision, Entry
from tests.simulation.evidence import Evidence, PassSeen, Violation
from tests.simulation.invariants import judge
from twins.log import Actor, Commit

START: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ADA: Final = Ref("hubspot", "contact", "101")
LEAD: Final = Ref("salesforce", "lead", "00Q000000000001AAA")
OTHER: Final = Ref("salesforce", "lead", "00Q000000000002AAA")
_THEIRS: Final = {"contact": "contacts", "lead": "Lead"}


@cache
def shipped() -> Agreement:
    return read_agreement(shipped_config())


class Life:
    """A history in the making: every commit is a second after the one before it."""

    def __init__(self) -> None:
        self.log: list[Commit] = []
        self.rows: dict[Ref, dict[str, Any]] = defaultdict(dict)
        self.passes: list[PassSeen] = []
        self.ledger: list[Entry] = []
        self.losses: list[datetime] = []
        self.now = START

    def loaded(self, ref: Ref, **values: Any) -> None:
        """A record that was there before everything."""
        name = "hs_object_id" if ref.side == "hubspot" else "Id"
        self.rows[ref] = {name: ref.id, **values}

    def edits(self, ref: Ref, actor: Actor = "human", **values: Any) -> None:
        self.now += timedelta(seconds=1)
        for name, new in values.items():
            row = self.rows[ref]
            seq = len(self.log) + 1
            self.log.append(
                Commit(
                    seq, self.now, ref.side, _THEIRS[ref.kind], ref.id, name, row.get(name), new, actor, actor,
                    f"request {self.now}",
                )
            )  # fmt: skip
            row[name] = new

    def bridge(self, *writes: tuple[Ref, Mapping[str, Any]], said: Sequence[Decision] = ()) -> None:
        """One pass that writes, and enters what it *said*."""
        self.now += timedelta(seconds=10)
        began, before, number = self.now, len(self.log), len(self.passes) + 1
        for ref, values in writes:
            self.edits(ref, "daemon", **values)
        self.passes.append(PassSeen(number, began, self.now, before, len(self.log)))
        self.ledger += [
            Entry(len(self.ledger) + place, number, "decided", one.subject, LEAD, one, self.now)
            for place, one in enumerate(said, start=1)
        ]

    def loses_its_store(self) -> None:
        self.now += timedelta(seconds=1)
        self.losses.append(self.now)
        self.ledger.clear()

    def broken(self, *only: str) -> list[Violation]:
        return judge(
            Evidence(
                seed=0,
                agreement=shipped(),
                directory=Directory(),
                log=self.log,
                records=self._records,
                ledger=self.ledger,
                passes=self.passes,
                losses=self.losses,
                quiet_from=len(self.passes),
            ),
            only,
        )

    def _records(self, side: Side, kind: str) -> Sequence[Mapping[str, Any]]:
        return [row for ref, row in self.rows.items() if (ref.side, _THEIRS[ref.kind]) == (side, kind)]


@pytest.fixture
def life() -> Life:
    """Ada and her Lead, who were linked by the bridge and say the same."""
    made = Life()
    made.loaded(ADA, email="ada@acme.example", jobtitle="CEO")
    made.loaded(LEAD, Email="ada@acme.example", Title="CEO")
    made.bridge((ADA, {"leadbridge_key": LEAD.id}), (LEAD, {"Leadbridge_HubSpot_Id__c": ADA.id}))
    return made


def linked() -> Decision:
    return Decision("linked", "leadbridge's key", ADA, new=str(LEAD))


def overwritten(old: str, new: str) -> Decision:
    return Decision("field", "first meeting", ADA, field="person.jobtitle", side="hubspot", old=old, new=new)


def test_an_edit_that_comes_to_both_sides_breaks_nothing(life: Life) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((LEAD, {"Title": "CTO"}), said=[overwritten("CEO", "CTO")])

    assert life.broken("I3", "I4", "I16") == []


@pytest.mark.invariant("I3")
def test_an_edit_that_the_bridge_puts_back_is_lost_though_the_ledger_has_it(life: Life) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CEO"}), said=[overwritten("CTO", "CEO")])

    assert [one.invariant for one in life.broken("I3")] == ["I3"]


@pytest.mark.invariant("I3")
def test_after_a_loss_of_the_store_the_first_look_may_overwrite_what_the_ledger_keeps(life: Life) -> None:
    life.loses_its_store()
    life.edits(ADA, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CEO"}), said=[linked(), overwritten("CTO", "CEO")])

    assert life.broken("I3") == []


@pytest.mark.invariant("I3")
def test_once_they_are_linked_anew_an_edit_that_is_put_back_is_lost_again(life: Life) -> None:
    life.loses_its_store()
    life.bridge(said=[linked()])
    life.edits(ADA, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CEO"}), said=[overwritten("CTO", "CEO")])

    assert [one.invariant for one in life.broken("I3")] == ["I3"]


@pytest.mark.invariant("I4")
def test_what_came_from_the_record_somebody_was_linked_to_before_is_not_invented(life: Life) -> None:
    life.edits(LEAD, Title="CTO")
    life.bridge((ADA, {"jobtitle": "CTO"}), said=[overwritten("CEO", "CTO")])
    _is_linked_with_another(life)

    assert life.broken("I4") == []


@pytest.mark.invariant("I4")
def test_what_the_record_somebody_was_linked_to_before_never_held_is_invented(life: Life) -> None:
    life.bridge((ADA, {"jobtitle": "Chief"}), said=[overwritten("CEO", "Chief")])
    _is_linked_with_another(life)

    assert [one.refs[0] for one in life.broken("I4")] == ["#3"]


def _is_linked_with_another(life: Life) -> None:
    """Ada's Lead is deleted, and ops let her in again: she is found in another one."""
    life.loaded(OTHER, Email="ada@acme.example", Title="CFO")
    life.edits(LEAD, IsDeleted=True)
    del life.rows[LEAD]
    life.bridge(
        (OTHER, {"Leadbridge_HubSpot_Id__c": ADA.id}),
        (ADA, {"leadbridge_key": OTHER.id, "jobtitle": "CFO"}),
    )
