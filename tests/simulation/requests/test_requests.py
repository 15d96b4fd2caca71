"""Requests from both sides in a few seeds; `python -m tests.simulation --about requests` lives thousands."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.simulation import running
from tests.simulation.requests.judging import judge, tell, violations_of
from tests.simulation.requests.living import End, Told
from tests.simulation.requests.mix import FAULTS, draw

TWICE = next(seed for seed in range(100) if draw(seed).is_exact and draw(seed).is_twice)


@pytest.fixture(scope="module")
def lives() -> list[Told]:
    return tell(TWICE)


def test_no_seed_that_failed_once_fails_again() -> None:
    seeds = running.failed_before("requests")

    assert {seed: judge(seed).violations for seed in seeds} == dict.fromkeys(seeds, ())


def test_seeds_differ_in_all_that_the_promise_speaks_of() -> None:
    drawn = [draw(seed) for seed in range(1000)]
    for poll in ("10s", "60s", "900s"):
        assert sum(one.poll == poll for one in drawn) > 100
    assert {name for one in drawn for name in one.swarm.faults} == set(FAULTS)
    for kind in (
        [one.is_held for one in drawn], [one.has_history for one in drawn], [one.swarm.own_fields for one in drawn],
        ["follow" in one.terms for one in drawn], ["turns" in one.terms for one in drawn], [one.is_exact for one in drawn],
    ):  # fmt: skip
        assert min(Counter(kind)[True], Counter(kind)[False]) > 100


@pytest.mark.goal("G-L6")
def test_one_script_is_played_with_both_polls_and_ends_the_same(lives: list[Told]) -> None:
    assert {told.mix.poll for told in lives} == {"10s", "900s"}
    assert lives[0].script == lives[1].script
    assert len(lives[0].lived.evidence.passes) != len(lives[1].lived.evidence.passes)
    assert list(violations_of(*lives)) == []


@pytest.mark.goal("G-L6")
def test_two_ends_of_one_script_are_noticed(lives: list[Told]) -> None:
    one, other = lives
    elsewhere = {id_: End("lost", None, (), end.lead) for id_, end in other.ends.items()}

    found = {said.invariant for said in violations_of(one, replace(other, ends=elsewhere))}

    assert {"G-L6", "I2"} <= found


def test_validation_rules_refuse_a_seller_what_is_no_move_and_nothing_else() -> None:
    """Of the seeds in which sellers are held none has a jump of theirs in the ledger that no move leads to."""
    held = [tell(seed)[0] for seed in range(40) if draw(seed).is_held][:4]
    wanted = [
        did for told in held for deed, did in zip(told.script, told.did, strict=True) if deed.what == "sell"
    ]

    assert wanted.count(()) > 0
    assert any(one[:2] == ("salesforce", "Leadbridge_Stage__c") for did in wanted for one in did)
    assert not [
        entry
        for told in held
        for entry in told.lived.evidence.ledger
        if entry.decision.rule == "illegal" and entry.decision.side == "salesforce"
    ]
