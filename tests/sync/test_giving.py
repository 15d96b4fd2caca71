"""The turns of a batch: counted at once, in an order that the store finds again, and asked for only where there are rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.records import Record, Ref
from mappings.agreement import Agreement
from mappings.directory import Directory
from mappings.hours import BusinessHours
from mappings.lifecycle import Standing
from mappings.owners import Giving, OwnerRule
from sync.bootstrap import read_agreement, shipped_config
from sync.giving import Turns, given_to, in_turn, turns_of
from sync.model import Base, Facts, Link, Plan, Remember
from sync.plan import Terms
from sync.store import Store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANN, BOB = "005ANN", "005BOB"
PEOPLE = Directory(salesforce={ANN: "ann@example.com", BOB: "bob@example.com"})
RULE = OwnerRule(("ann@example.com", "bob@example.com"))


class Asked(Store):
    """A store that counts how often it was asked for loads."""

    times = 0

    def loads(self, *which: object) -> dict[str, object]:  # type: ignore[override]
        self.times += 1
        return {}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Asked]:
    with Asked.open(tmp_path / "state", "main") as opened:
        yield opened


@pytest.fixture
def agreement() -> Agreement:
    return read_agreement(shipped_config())


def turns() -> Turns:
    return Turns(Giving((RULE,), PEOPLE, BusinessHours(ZoneInfo("UTC")), NOW))


def facts(number: int | None, name: str) -> Facts:
    contact = Record(Ref("hubspot", "contact", name), {}, NOW, NOW, None)
    return Facts("person", Link(number, "person", contact.ref, None), Base(), hubspot=contact)


def handed_over(one: Facts) -> Plan:
    """The plan that hands this person to whom the rules offer."""
    standing = Standing("handed_over", NOW, owner=one.offered, handed_over_at=NOW)
    effect = Remember(one.link, one.base, one.link, one.base, one.standing, standing)
    return Plan(
        one.hubspot.ref if one.hubspot else Ref("hubspot", "contact", "0"), "person", effects=(effect,)
    )


def test_the_turns_go_by_the_numbers_of_the_links_and_the_plans_stay_in_their_order() -> None:
    found = [facts(None, "new"), facts(9, "later"), facts(3, "first")]

    plans = in_turn(found, turns(), handed_over, lambda *_: True)

    assert [(one.subject.id, given_to(one)) for one in plans] == [
        ("new", ANN),
        ("later", BOB),
        ("first", ANN),
    ]


def test_who_is_left_out_takes_nobody_s_turn() -> None:
    found = [facts(1, "out"), facts(2, "in"), facts(3, "in"), facts(4, "out")]

    plans = in_turn(
        found,
        turns(),
        handed_over,
        lambda one, _: one.link.hubspot is not None and one.link.hubspot.id == "in",
    )

    assert [given_to(one) for one in plans] == [ANN, ANN, BOB, ANN]


def test_what_is_planned_again_is_offered_as_if_only_the_rest_had_been_given() -> None:
    begun = turns()
    sure, _ = in_turn([facts(1, "sure"), facts(2, "doubtful")], begun, handed_over, lambda *_: True)

    [again] = in_turn([facts(2, "doubtful")], begun.after([sure]), handed_over, lambda *_: True)

    assert (given_to(sure), given_to(again)) == (ANN, BOB)


def test_who_was_handed_over_before_is_not_given_again() -> None:
    one = facts(1, "known")
    standing = Standing("handed_over", NOW, owner=ANN, handed_over_at=NOW)
    kept = Remember(one.link, one.base, one.link, one.base, standing, replace(standing, owner=BOB))
    moved_on = Remember(one.link, one.base, one.link, one.base, standing, replace(standing, stage="accepted"))
    subject = Ref("hubspot", "contact", "known")

    assert given_to(Plan(subject, "person", effects=(kept,))) is None
    assert given_to(Plan(subject, "person", effects=(moved_on,))) is None
    assert given_to(Plan(subject, "person")) is None


def test_the_store_is_asked_once_and_only_where_a_rule_has_somebody(
    store: Asked, agreement: Agreement
) -> None:
    ruled = replace(
        agreement, bridge=replace(agreement.bridge, owners=replace(agreement.bridge.owners, rules=(RULE,)))
    )

    assert turns_of(store, Terms(agreement, PEOPLE), NOW) is None
    assert turns_of(store, Terms(ruled, Directory()), NOW) is None
    assert store.times == 0
    assert turns_of(store, Terms(ruled, PEOPLE), NOW) is not None
    assert store.times == 1
