"""Requests from both sides in a few seeds; `python -m tests.simulation --about requests` lives thousands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from mappings.lifecycle import Standing
from sync.model import Link
from sync.store import Store
from tests.simulation import running
from tests.simulation.asking.judging import judge, tell, violations_of
from tests.simulation.asking.living import Told, live
from tests.simulation.asking.mix import FAULTS, draw
from tests.simulation.asking.script import Deed
from tests.simulation.start import MIA, SAM


def seeds(*, twice: bool = False, own_fields: bool = True) -> list[int]:
    """Seeds without faults; with our own fields those in which sellers are held and HubSpot keeps its history."""
    drawn = {seed: draw(seed) for seed in range(400)}
    return [
        seed
        for seed, one in drawn.items()
        if (one.is_exact or not own_fields)
        and (one.swarm.own_fields, one.is_twice) == (own_fields, twice)
        and not (one.swarm.faults or one.deaths)
        and one.terms == "shipped"
    ]


@pytest.fixture(scope="module")
def lives() -> list[Told]:
    return tell(seeds(twice=True)[0])


ADA = "ada@acme.example"
CALL = (("lastname", "Lind"), ("company", "Acme"), ("country", "Sweden"), ("hubspot_owner_id", "710001"))
SCRIPT = (
    Deed(timedelta(seconds=10), ADA, "form", "Request a call", CALL),
    Deed(timedelta(minutes=40), ADA, "sell", SAM, (("Leadbridge_Stage__c", "won"),)),
    Deed(timedelta(minutes=41), ADA, "sell", SAM, (("Leadbridge_Stage__c", "accepted"),)),
    Deed(timedelta(minutes=80), ADA, "market", MIA, (("leadbridge_stage", "qualified"),)),
)


@pytest.fixture(scope="module")
def told() -> Told:
    """A seller is refused by a rule and then accepts; a marketer asks for what is no move."""
    return live(draw(seeds(twice=True)[0]), SCRIPT)


@pytest.mark.parametrize("seed", running.failed_before("requests"))
def test_no_seed_that_failed_once_fails_again(seed: int) -> None:
    assert judge(seed).violations == ()


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
    elsewhere = {id_: replace(end, stage="lost") for id_, end in other.ends.items()}

    found = {said.invariant for said in violations_of(one, replace(other, ends=elsewhere))}

    assert {"G-L6", "I2"} <= found


@pytest.mark.goal("G-L3")
def test_a_request_that_nobody_judged_is_noticed(told: Told) -> None:
    seen = told.lived.evidence
    begun = [one for one in seen.ledger if one.decision.rule in ("adopted", "started")]
    silent = replace(told, lived=replace(told.lived, evidence=replace(seen, ledger=begun)))

    assert list(violations_of(told)) == []
    assert any("nobody judged" in said.sentence for said in violations_of(silent))


BACK = (
    Deed(timedelta(seconds=10), ADA, "form", "Newsletter", CALL[:3]),
    Deed(timedelta(minutes=40, seconds=1), ADA, "market", MIA, (("leadbridge_stage", "qualified"),)),
    Deed(timedelta(minutes=40, seconds=2), ADA, "market", MIA, (("leadbridge_stage", "nurturing"),)),
)
ELSEWHERE = (
    *BACK,
    Deed(timedelta(minutes=40, seconds=3), ADA, "market", MIA, (("leadbridge_stage", "won"),)),
)
SOON = (*BACK[:2], Deed(timedelta(hours=2), ADA, "market", MIA, (("leadbridge_stage", "qualified"),)))


@pytest.mark.goal("G-L3")
@pytest.mark.parametrize(
    ("script", "asked"), [(BACK, []), (ELSEWHERE, ["qualified", "won"]), (SOON, ["qualified", "qualified"])]
)
def test_only_what_was_taken_back_before_the_bridge_looked_was_never_asked_for(
    script: Sequence[Deed], asked: list[str]
) -> None:
    mix = next(one for one in map(draw, seeds(twice=True)) if one.poll == "900s")

    told = live(mix, script)

    seen = told.lived.evidence
    mine = [one for one in seen.ledger if one.decision.side == "hubspot" and one.decision.rule != "started"]
    silent = replace(
        told,
        lived=replace(told.lived, evidence=replace(seen, ledger=[o for o in seen.ledger if o not in mine])),
    )
    assert list(violations_of(told)) == []
    assert [one.decision.new for one in mine if one.decision.what == "reverted"] == asked
    assert len([one for one in violations_of(silent) if "nobody judged" in one.sentence]) == len(asked)


@pytest.mark.goal("G-H5")
def test_somebody_with_sales_who_has_no_deadline_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    people_in = Store.people_in

    def undue(self: Store, stages: tuple[str, ...]) -> list[tuple[Link, Standing]]:
        return [(link, replace(standing, due_at=None)) for link, standing in people_in(self, stages)]

    monkeypatch.setattr(Store, "people_in", undue)
    found = [said for seed in seeds()[:3] for said in violations_of(*tell(seed))]

    assert "G-H5" in {said.invariant for said in found}


def test_in_standard_mode_a_status_that_shows_another_stage_is_noticed() -> None:
    [told] = tell(seeds(own_fields=False)[0])
    elsewhere = {id_: replace(end, stage="rejected") for id_, end in told.ends.items()}

    assert told.ends
    assert list(violations_of(told)) == []
    assert "I2" in {said.invariant for said in violations_of(replace(told, ends=elsewhere))}


@pytest.mark.goal("G-L3")
def test_a_seller_who_is_held_by_rules_makes_only_moves_and_a_marketer_is_put_right(told: Told) -> None:
    _, refused, accepted, asked = told.did
    judged = [
        (one.decision.what, one.decision.old, one.decision.new, one.decision.rule)
        for one in told.lived.evidence.ledger
        if one.decision.field == "stage"
        and one.decision.rule != "started"
        and one.decision.side is not None
        and one.subject.id == told.emails[ADA]
    ]

    assert refused == ()
    assert ("salesforce", "Leadbridge_Stage__c", "accepted") in accepted
    assert ("hubspot", "leadbridge_stage", "qualified") in asked
    assert judged == [
        ("moved", "handed_over", "accepted", "legal"),
        ("reverted", "accepted", "qualified", "illegal"),
    ]
    assert told.ends[told.emails[ADA]].stage == "accepted"


def test_a_seller_who_converts_before_the_bridge_looked_is_stopped_by_no_rule() -> None:
    eve, stage = "eve@acme.example", "Leadbridge_Stage__c"
    script = (
        Deed(
            timedelta(seconds=10), eve, "make", SAM, (("Status", "Open - Not Contacted"), (stage, "working"))
        ),
        Deed(timedelta(seconds=20), eve, "sell", SAM, ((stage, "opportunity"),)),
        Deed(timedelta(seconds=30), eve, "convert", SAM, (("with_opportunity", True),)),
    )
    mix = next(one for one in map(draw, seeds(twice=True)) if one.poll == "900s")

    told = live(mix, script)

    assert told.blocked == ()
    assert all(told.did)
    assert list(violations_of(told)) == []
