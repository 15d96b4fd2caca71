"""`lifecyclestage` under `policy: follow`: it goes back with the person, cleared and then set, in two verified calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from sync.intake import Batch
from sync.model import Knock
from sync.settling import Pass
from sync.trying import TRIES
from tests.scenarios.test_deletes import ADA, ask_for_a_call
from tests.scenarios.town import Town, mutations, town
from twins.messages import Request
from twins.wire import Delivery

STAGE = "lifecyclestage"
MODES = ["accept", "ignore", "refuse"]


@contextmanager
def following(folder: Path, policy: str = "follow") -> Iterator[Town]:
    """Ada is in Sam's hands, and her contact follows her stage."""
    with town(folder, in_process=True) as here:
        rules = here.config / "lifecycle.yaml"
        said = rules.read_text("utf-8")
        assert "    policy: high_water " in said
        rules.write_text(said.replace("    policy: high_water ", f"    policy: {policy} "), "utf-8")
        here.run()
        here.settle()
        ask_for_a_call(here)
        for _ in range(3):
            here.settle()
        assert here.contact(ADA)[STAGE] == "marketingqualifiedlead"
        yield here


def stages(here: Town, after: int = 0) -> list[str | None]:
    """What the bridge wrote into the contact's lifecycle stage, one after the other."""
    return [one.new or None for one in here.written(after) if one.field == STAGE and one.side == "hubspot"]


def rejects(here: Town) -> None:
    here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_contact")


def accepts(here: Town) -> None:
    here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="accepted")
    here.settle()


def is_quiet(here: Town) -> None:
    """Further looks, an hour on as well, call nobody to write."""
    here.settle()
    before, calls = len(here.world.log), mutations(here.world)
    for minutes in (1, 1, 60):
        here.clock.advance(60 * minutes)
        here.settle()
    assert here.written(before) == []
    assert mutations(here.world) == calls


@pytest.mark.goal("G-L4")
@pytest.mark.parametrize("mode", MODES)
def test_from_mql_to_sal_to_recycled_to_mql_the_stage_of_hubspot_goes_along(
    tmp_path: Path, mode: str
) -> None:
    with following(tmp_path) as here:
        here.world.hubspot.flip(backward_stage=mode)
        seen = [here.contact(ADA)[STAGE]]
        before = len(here.world.log)

        accepts(here)
        seen.append(here.contact(ADA)[STAGE])
        rejects(here)
        here.settle()
        seen.append(here.contact(ADA)[STAGE])
        here.settle("2026-11-30 09:30")
        assert here.contact(ADA)["leadbridge_stage"] == "recycled"
        seen.append(here.contact(ADA)[STAGE])
        here.settle("2027-01-15 09:30")
        assert here.contact(ADA)["leadbridge_stage"] == "nurturing"
        ask_for_a_call(here)
        here.settle()
        seen.append(here.contact(ADA)[STAGE])

        assert seen == [
            "marketingqualifiedlead", "salesqualifiedlead", "marketingqualifiedlead", "lead", "marketingqualifiedlead",
        ]  # fmt: skip
        assert stages(here, before) == [
            "salesqualifiedlead", None, "marketingqualifiedlead", None, "lead", "marketingqualifiedlead",
        ]  # fmt: skip
        assert here.problems() == []
        is_quiet(here)


@pytest.mark.goal("G-L4")
@pytest.mark.parametrize("mode", MODES)
def test_it_is_cleared_in_one_call_and_set_in_the_next(tmp_path: Path, mode: str) -> None:
    with following(tmp_path) as here:
        here.world.hubspot.flip(backward_stage=mode)
        accepts(here)
        sent = _sent(here)

        rejects(here)
        here.settle()

        assert sent == ["", "marketingqualifiedlead"]
        is_quiet(here)


@pytest.mark.goal("G-L4")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("value", ["", "marketingqualifiedlead"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_dies_between_the_two_calls_leaves_nobody_without_a_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, value: str, when: str
) -> None:
    """Each of both calls once before it reaches HubSpot, and once after HubSpot has carried it out."""
    with following(tmp_path) as here:
        here.world.hubspot.flip(backward_stage=mode)
        accepts(here)
        rejects(here)
        wire = here.world.wires["hubspot"]
        carry = wire.carry

        def dying(request: Request) -> Delivery:
            dies = value in _values(request)
            if not dies or when == "after":
                delivery = carry(request)
            if dies:
                raise _Killed
            return delivery

        with monkeypatch.context() as patched:
            patched.setattr(wire, "carry", dying)
            with pytest.raises(_Killed):
                here.settle()
        here.run()
        for _ in range(6):
            here.settle()

        assert here.contact(ADA)[STAGE] == "marketingqualifiedlead"
        assert here.contact(ADA)["leadbridge_stage"] == "rejected"
        assert here.problems() == []
        is_quiet(here)


@pytest.mark.goal("G-L4")
def test_who_was_cleared_by_a_backfill_does_not_wait_for_its_share_of_the_calls(tmp_path: Path) -> None:
    with following(tmp_path) as here:
        accepts(here)
        rejects(here)
        engine, now = here.bridge.engine, here.clock.now()
        contact = here.bridge.contact_with(ADA)
        found = Batch(lane="backfill", knocks=[Knock(contact, "backfill")])

        for plans in engine.planning.plans(found, engine.terms(now), now):
            engine.settle(Pass(here.bridge.store.next_pass(now)), plans, now, "backfill")

        assert STAGE not in here.contact(ADA)
        assert [knock.ref for knock in here.bridge.store.due(now, 10, ("live",))] == [contact]


@pytest.mark.goal("G-L4")
def test_a_stage_that_somebody_blanks_is_simply_set(tmp_path: Path) -> None:
    with following(tmp_path) as here:
        sent = _sent(here)

        here.market(ADA, lifecyclestage="")
        here.settle()

        assert sent == ["marketingqualifiedlead"]
        assert here.contact(ADA)[STAGE] == "marketingqualifiedlead"


@pytest.mark.fault("F34")
@pytest.mark.parametrize("typed_under", ["", "marketingqualifiedlead"])
def test_what_somebody_picks_under_either_call_stands_in_the_ledger(tmp_path: Path, typed_under: str) -> None:
    with following(tmp_path) as here:
        accepts(here)
        rejects(here)
        picked: list[str] = []

        def before(request: Request) -> None:
            if typed_under in _values(request) and not picked:
                picked.append("opportunity")
                here.market(ADA, lifecyclestage="opportunity")

        here.world.wires["hubspot"].before = before
        for _ in range(3):
            here.settle()

        assert picked
        assert here.contact(ADA)[STAGE] == "marketingqualifiedlead"
        kept = [
            one.decision.old for one in here.decided("conflict", "projected") if one.decision.field == STAGE
        ]
        assert "opportunity" in kept
        assert here.problems() == []
        is_quiet(here)


@pytest.mark.goal("G-C10")
@pytest.mark.parametrize(("mode", "code"), [("ignore", "write_not_kept"), ("refuse", "field_refused")])
def test_a_portal_that_never_lets_it_go_back_is_told_of_and_not_asked_for_ever(
    tmp_path: Path, mode: str, code: str
) -> None:
    with following(tmp_path) as here:
        here.world.hubspot.flip(backward_stage=mode, cleared_stage_is_free=False)
        accepts(here)
        rejects(here)
        sent = _sent(here)
        here.settle()
        [told] = here.problems()
        for _ in range(6):
            here.settle()
        assert sent[0] == ""
        assert 1 <= sent.count("marketingqualifiedlead") == len(sent) - 1 <= TRIES
        for number in range(6):
            here.sell(here.sales("Lead", ADA), Title=f"Chief {number}")
            here.settle()

        [problem] = here.problems()
        assert (told.code, told.field) == (problem.code, problem.field) == (code, STAGE)
        assert problem.state == "set_aside"
        for remedy in (told.remedy, problem.remedy):
            assert "set the value by hand in HubSpot" in remedy
            assert "`policy: high_water`" in remedy
        assert set(sent[1:]) == {"marketingqualifiedlead"}
        assert here.contact(ADA)["leadbridge_stage"] == "rejected"
        assert here.contact(ADA)["jobtitle"] == "Chief 5"
        is_quiet(here)

        here.market(ADA, lifecyclestage="marketingqualifiedlead")
        here.settle()

        assert here.problems() == []
        is_quiet(here)


@pytest.mark.goal("G-C10")
@pytest.mark.fault("F33")
def test_a_workflow_that_sets_the_stage_forward_each_time_ends_as_a_problem(tmp_path: Path) -> None:
    with following(tmp_path) as here:
        accepts(here)
        rejects(here)
        here.settle()
        written = []
        for _ in range(12):
            before = len(here.world.log)
            here.market(ADA, lifecyclestage="opportunity")
            here.settle()
            written.append(stages(here, before))

        assert written[0] == [None, "marketingqualifiedlead"]
        assert written[-3:] == [[], [], []]
        [problem] = here.problems()
        assert (problem.code, problem.field) == ("write_not_kept", STAGE)
        assert "leadbridge writes “marketingqualifiedlead”, something else “opportunity”" in problem.text
        assert "`policy: high_water`" in problem.remedy
        is_quiet(here)


@pytest.mark.goal("G-L4")
@pytest.mark.parametrize("mode", MODES)
def test_high_water_never_goes_back_and_never_fights(tmp_path: Path, mode: str) -> None:
    with following(tmp_path, "high_water") as here:
        here.world.hubspot.flip(backward_stage=mode)
        accepts(here)
        before = len(here.world.log)
        rejects(here)
        here.settle()
        for _ in range(8):
            here.market(ADA, lifecyclestage="opportunity")
            here.settle()
        here.settle("2026-11-30 09:30")

        assert here.contact(ADA)["leadbridge_stage"] == "recycled"
        assert stages(here, before) == []
        assert here.problems() == []
        is_quiet(here)


@pytest.mark.goal("G-L4b")
def test_both_policies_give_the_same_funnel(tmp_path: Path) -> None:
    funnels = []
    for policy in ("follow", "high_water"):
        (tmp_path / policy).mkdir()
        with following(tmp_path / policy, policy) as here:
            accepts(here)
            rejects(here)
            here.settle()
            moved = [(one.decision.old, one.decision.new) for one in here.decided("moved")]
            funnels.append((here.bridge.store.people_by_stage(), moved))

    assert funnels[0] == funnels[1]


def _sent(here: Town) -> list[str]:
    """What is sent from now on as the contact's lifecycle stage, call by call."""
    sent: list[str] = []

    def before(request: Request) -> None:
        sent.extend(_values(request))

    here.world.wires["hubspot"].before = before
    return sent


def _values(request: Request) -> list[str]:
    if not request.path.endswith("/contacts/batch/update"):
        return []
    rows = [row["properties"] for row in msgspec.json.decode(request.body)["inputs"]]
    return [row[STAGE] for row in rows if STAGE in row]


class _Killed(BaseException):
    """The process is gone."""
