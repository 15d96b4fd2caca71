from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from connectors.records import Ref
from sync.model import Problem
from sync.store import Store

ADA = Ref("hubspot", "contact", "501")
BOB = Ref("hubspot", "contact", "502")
NO_OWNER = Problem("no_owner", ADA, "nobody owns Ada", "name an owner")
CONFLICT = Problem(
    "conflict", ADA, "two phones", "choose one", who="sales", field="person.phone", state="waiting"
)
HOUR = timedelta(hours=1)


def test_a_problem_is_listed_as_it_was_opened(store: Store, now: datetime) -> None:
    store.open_problems([NO_OWNER, CONFLICT], now)

    assert store.problems() == [(1, NO_OWNER, now, now, 1), (2, CONFLICT, now, now, 1)]
    assert [listed.problem for listed in store.problems("waiting")] == [CONFLICT]


def test_a_problem_met_again_is_the_same_one_with_new_words(store: Store, now: datetime) -> None:
    again = replace(NO_OWNER, text="still nobody", state="set_aside")
    store.open_problems([NO_OWNER], now)

    store.open_problems([again], now + HOUR)

    assert store.problems() == [(1, again, now, now + HOUR, 2)]


def test_a_problem_met_twice_at_one_moment_counts_once(store: Store, now: datetime) -> None:
    store.open_problems([NO_OWNER, NO_OWNER], now)
    store.open_problems([NO_OWNER], now)

    assert store.problems() == [(1, NO_OWNER, now, now, 1)]


def test_one_code_may_concern_several_fields(store: Store, now: datetime) -> None:
    store.open_problems(
        [CONFLICT, replace(CONFLICT, field="person.city"), replace(CONFLICT, subject=BOB)], now
    )

    assert len(store.problems()) == 3


def test_closing_leaves_the_codes_that_still_hold(store: Store, now: datetime) -> None:
    store.open_problems([NO_OWNER, CONFLICT, replace(NO_OWNER, subject=BOB)], now)

    assert store.close_problems(ADA, except_codes={"conflict"}) == 1

    assert [listed.problem for listed in store.problems()] == [CONFLICT, replace(NO_OWNER, subject=BOB)]
    assert store.troubled([ADA, BOB]) == [ADA, BOB]
    assert store.close_problems([ADA, BOB], at=now) == 2
    assert store.troubled([ADA, BOB]) == []


def test_a_closed_problem_that_comes_back_is_counted_and_stands_since_then(
    store: Store, now: datetime
) -> None:
    store.open_problems([NO_OWNER], now)
    store.close_problems(ADA, at=now + HOUR)

    store.open_problems([NO_OWNER], now + 2 * HOUR)

    assert store.problems() == [(1, NO_OWNER, now + 2 * HOUR, now + 2 * HOUR, 2)]
