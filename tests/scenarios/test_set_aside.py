"""A record that the vendor refuses again and again is set aside, until a person has been there."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.records import Ref
from sync.model import Knock
from sync.store import Listed
from sync.trying import TRIES
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.struck import ADA, Struck, struck
from tests.scenarios.town import SAM, is_update
from twins.messages import Request


@pytest.fixture
def here(tmp_path: Path):
    with struck(tmp_path) as made:
        yield made


def _contact(here: Struck) -> Ref:
    return Ref("hubspot", "contact", here.contact(ADA)["hs_object_id"])


def _knocks(here: Struck, times: int) -> None:
    """The bridge looks again, though nobody has edited anything."""
    for _ in range(times):
        here.bridge.store.knock([Knock(_contact(here))], here.clock.now())
        here.settle()


def _sent(here: Struck) -> list[str]:
    """Every write that goes to Salesforce from now on."""
    seen: list[str] = []

    def before(request: Request) -> None:
        if is_update(request):
            seen.append(request.path)

    here.world.wires["salesforce"].before = before
    return seen


def _problem(here: Struck) -> Listed:
    [found] = here.bridge.store.problems()
    return found


def _refused(here: Struck, times: int = TRIES) -> None:
    here.world.salesforce.add_rule("Lead", "NoHeads", 'BEGINS(Title, "Head")', "No heads, please")
    here.market(ADA, jobtitle="Head of Engines")
    here.settle()
    _knocks(here, times)


@pytest.mark.fault("F44")
@pytest.mark.invariant("I15")
@pytest.mark.goal("G-P9")
def test_a_row_that_is_refused_five_times_rests_until_it_is_edited(here: Struck) -> None:
    sent = _sent(here)
    _refused(here, times=20)

    assert 0 < len(sent) <= TRIES
    problem = _problem(here).problem
    assert (problem.code, problem.state) == ("write_refused", "set_aside")
    assert "No heads, please" in problem.text
    assert "problems retry" in problem.remedy

    tried = len(sent)
    here.market(ADA, city="Lund")
    here.settle()
    assert len(sent) == tried + 1
    assert _problem(here).problem.state == "set_aside"

    here.market(ADA, jobtitle="Chief")
    here.settle()
    assert (here.lead["Title"], here.lead["City"]) == ("Chief", "Lund")
    assert here.problems() == []


@pytest.mark.goal("G-P9")
def test_a_person_who_mended_the_rule_lets_it_be_tried_anew(here: Struck, leadbridge: Leadbridge) -> None:
    _refused(here)
    number, settings = _problem(here).id, here.settings()
    shown = leadbridge("problems", "show", str(number), "--json", settings=settings).json
    assert [(one["id"], one["state"]) for one in shown] == [(number, "set_aside")]
    here.world.salesforce.org.rules.clear()
    _knocks(here, 3)
    assert here.lead["Title"] != "Head of Engines"

    told = leadbridge("problems", "retry", str(_contact(here)), "--json", settings=settings)
    here.settle()

    assert told.code == 0
    assert told.json == {"refs": [str(_contact(here))], "refusals": 1}
    assert here.lead["Title"] == "Head of Engines"
    here.assert_quiet()


def test_a_problem_that_is_dismissed_is_gone_and_nothing_is_tried(
    here: Struck, leadbridge: Leadbridge
) -> None:
    _refused(here)
    sent, number = _sent(here), _problem(here).id

    ended = leadbridge("problems", "dismiss", f"#{number}", settings=here.settings())
    _knocks(here, 2)

    assert (ended.code, here.problems(), sent) == (0, [], [])
    again = leadbridge("problems", "dismiss", str(number), settings=here.settings())
    assert again.code == 2
    assert leadbridge("problems", "retry", "nobody", settings=here.settings()).code == 2


@pytest.mark.fault("F44")
def test_while_one_record_rests_its_own_other_side_and_its_neighbours_go_on(here: Struck) -> None:
    _refused(here)
    lead = here.world.salesforce.create(
        "Lead",
        {"LastName": "Okafor", "Company": "S", "Email": "ben@sydvind.example"},
        here.user(SAM),
        here.clock.now(),
    )
    here.sell(here.lead, Phone="+46 40 99 88 77")
    here.settle()

    assert here.contact(ADA)["phone"].replace(" ", "") == "+4640998877"
    assert here.world.salesforce.record(lead)["LastName"] == "Okafor"
    assert _problem(here).problem.state == "set_aside"


@pytest.mark.invariant("I15")
@pytest.mark.parametrize("fault", ["unavailable", "locked", "redirect", "too_many"])
def test_a_vendor_that_is_away_sets_nobody_aside(here: Struck, fault: str) -> None:
    here.world.faults.rate(fault, 1.0, side="salesforce", says='"PATCH"')
    after = here.edit()
    here.settle()
    _knocks(here, TRIES + 3)
    assert [one.state for one in here.problems() if one.state == "set_aside"] == []

    here.world.faults.clear()
    _knocks(here, 3)
    here.assert_both_arrived_once(after)


@pytest.mark.goal("G-P9")
def test_what_is_set_aside_stays_told_while_the_bridge_is_paused(
    here: Struck, leadbridge: Leadbridge
) -> None:
    _refused(here)
    settings = here.settings()

    leadbridge("pause", settings=settings)
    _knocks(here, 2)
    paused = [(one.code, one.state) for one in here.problems()]
    leadbridge("resume", settings=settings)
    _knocks(here, 2)

    assert paused == [("write_refused", "set_aside")]
    assert [(one.code, one.state) for one in here.problems()] == [("write_refused", "set_aside")]


def test_what_is_set_aside_stays_told_where_planning_fails_meanwhile(
    here: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refused(here)
    with monkeypatch.context() as patched:
        patched.setattr("sync.plan.person.merge_lines", None)
        _knocks(here, 1)
        meanwhile = {one.code for one in here.problems()}
    _knocks(here, 2)

    assert meanwhile == {"internal_error", "write_refused"}
    assert [(one.code, one.state) for one in here.problems()] == [("write_refused", "set_aside")]


def test_what_was_set_aside_is_closed_once_the_edit_was_taken_back(here: Struck) -> None:
    stood = here.contact(ADA).get("jobtitle", "")
    _refused(here)

    here.market(ADA, jobtitle=stood)
    here.settle()

    assert here.problems() == []
