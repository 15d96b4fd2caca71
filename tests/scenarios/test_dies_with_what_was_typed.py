"""Salesforce keeps no history of what was typed under a write: the bridge has written it down before it calls again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from connectors.records import Ref
from sync import braking
from sync.remember import let_in
from tests.scenarios.town import SAM, is_update
from tests.simulation.crash.place import Place, place, quick
from tests.simulation.crash.seam import Seam
from tests.simulation.seams import Killed
from twins.messages import Request

ADA: Final = "ada.lind@nordwind.example"
EVA: Final = "eva.dahl@dahl.example"
TYPED: Final = "Sam's own title"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Ada is in Sam's hands; Mia gives her a title and takes her back, in one of many writes."""
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    with quick(), place(tmp_path) as made:
        made.run()
        made.look()
        told = {"lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
        owned = {**told, "jobtitle": "Buyer", "hubspot_owner_id": made.owner(SAM)}
        made.world.hubspot.submit_form(ADA, "Request a call", owned, made.clock.now())
        made.rest()
        made.market(
            ADA, jobtitle="From Mia", leadbridge_stage="nurturing", leadbridge_sales_comment="Not yet."
        )
        yield made


@pytest.mark.fault("F34", "F37")
@pytest.mark.invariant("I3", "I9", "I12")
@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("after COMMIT", 1),
        ("before salesforce POST /services/data/v66.0/composite", 1),
        ("after salesforce POST /services/data/v66.0/composite", 2),
        ("before COMMIT", 2),
        ("after COMMIT", 2),
    ],
    ids=["written down", "before it is put back", "put back", "before that is settled", "settled"],
)
def test_what_a_seller_typed_and_asked_for_under_a_write_outlives_the_process(
    here: Place, moment: str, number: int
) -> None:
    _dies_at(here, moment, number)

    here.rest()

    lead, contact = here.sales("Lead", ADA), here.contact(ADA)
    assert (lead["Title"], contact["jobtitle"]) == (TYPED, TYPED)
    assert (lead["Leadbridge_Stage__c"], contact["leadbridge_stage"]) == ("working", "working")
    assert len([one for one in here.decided("moved") if one.decision.new == "working"]) == 1


@pytest.mark.fault("F37")
def test_what_no_answer_had_brought_home_when_the_process_died_leaves_both_sides_alike(here: Place) -> None:
    _dies_at(here, "before COMMIT", 1)

    here.rest()

    lead, contact = here.sales("Lead", ADA), here.contact(ADA)
    assert (lead["Title"], contact["jobtitle"]) == ("From Mia", "From Mia")
    assert (lead["Leadbridge_Stage__c"], contact["leadbridge_stage"]) == ("nurturing", "nurturing")


@pytest.mark.fault("F34", "F37")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize("asks", [True, False], ids=["with other fields", "alone"])
@pytest.mark.parametrize("one_by_one", [0, 20])
def test_what_a_seller_types_over_a_write_that_the_process_did_not_outlive_is_the_sellers(
    here: Place, monkeypatch: pytest.MonkeyPatch, asks: bool, one_by_one: int
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", one_by_one)
    if not asks:
        here.rest()
        here.market(ADA, jobtitle="Mia's second title")

    _dies_once(here, lambda: _is_mias(here), lambda: here.sell(here.sales("Lead", ADA), Title=TYPED))

    here.rest()
    assert (here.sales("Lead", ADA)["Title"], here.contact(ADA)["jobtitle"]) == (TYPED, TYPED)


@pytest.mark.fault("F37")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize("one_by_one", [0, 20])
def test_what_a_seller_puts_back_over_it_looks_as_never_written_and_leaves_both_sides_alike(
    here: Place, monkeypatch: pytest.MonkeyPatch, one_by_one: int
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", one_by_one)

    _dies_once(here, lambda: _is_mias(here), lambda: here.sell(here.sales("Lead", ADA), Title="Buyer"))

    here.rest()
    assert (here.sales("Lead", ADA)["Title"], here.contact(ADA)["jobtitle"]) == ("From Mia", "From Mia")


@pytest.mark.fault("F29", "F37")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize("edits", [{}, {"MobilePhone": "+46 70 1234567"}], ids=["left", "edited since"])
@pytest.mark.parametrize("one_by_one", [0, 20])
def test_a_title_that_salesforce_refused_before_the_death_stays_mias_and_is_a_problem(
    here: Place, monkeypatch: pytest.MonkeyPatch, edits: dict[str, str], one_by_one: int
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", one_by_one)
    here.world.salesforce.add_rule("Lead", "NoFrom", 'BEGINS(Title, "From")', "no", "Title")
    here.market(ADA, city="Lund")

    _dies_once(
        here,
        lambda: here.sales("Lead", ADA)["City"] == "Lund",
        lambda: here.sell(here.sales("Lead", ADA), **edits) if edits else None,
    )

    here.rest()
    assert (here.sales("Lead", ADA)["Title"], here.contact(ADA)["jobtitle"]) == ("Buyer", "From Mia")
    told = [one.problem for one in here.bridge.store.problems()]
    assert [(one.code, one.field) for one in told] == [("write_refused", "Title")]


@pytest.mark.fault("F37")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize("one_by_one", [0, 20])
def test_a_title_that_never_left_is_written_though_the_seller_typed_the_same_city(
    here: Place, monkeypatch: pytest.MonkeyPatch, one_by_one: int
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", one_by_one)
    here.market(ADA, city="Lund")

    _dies_once(
        here,
        lambda: bool(here.bridge.store.unsettled()),
        lambda: here.sell(here.sales("Lead", ADA), City="Lund"),
        "before salesforce ",
    )

    here.clock.advance(600)
    here.rest()
    assert (here.sales("Lead", ADA)["Title"], here.contact(ADA)["jobtitle"]) == ("From Mia", "From Mia")


@pytest.mark.fault("F37")
@pytest.mark.invariant("I12")
def test_a_stage_that_never_left_is_not_entered_as_written_though_the_seller_chose_the_same(
    here: Place,
) -> None:
    chosen = {"Leadbridge_Stage__c": "nurturing", "Leadbridge_Reason__c": "bad_timing"}

    _dies_once(
        here,
        lambda: bool(here.bridge.store.unsettled()),
        lambda: here.sell(here.sales("Lead", ADA), **chosen),
        "before salesforce ",
    )

    here.clock.advance(600)
    here.rest()
    wrote = [
        one
        for one in here.world.log.writes(actor="daemon", side="salesforce")
        if (one.field, one.new) == ("Leadbridge_Stage__c", "nurturing")
    ]
    entered = [
        one
        for one in here.bridge.store.entries(None, 1000)
        if one.kind == "written" and (one.decision.new or {}).get("Leadbridge_Stage__c") == "nurturing"
    ]
    assert len(entered) == len(wrote)


@pytest.mark.fault("F29", "F37")
@pytest.mark.invariant("I12")
@pytest.mark.parametrize("edits", [{}, {"Title": TYPED}], ids=["left", "edited since"])
def test_what_was_written_before_the_death_is_entered_though_salesforce_refused_a_field_that_is_ours_alone(
    here: Place, edits: dict[str, str]
) -> None:
    ours = "Leadbridge_Stage_Changed_At__c"
    here.world.salesforce.add_rule("Lead", "NoMoment", f"ISCHANGED({ours})", "no", ours)

    _dies_once(
        here,
        lambda: here.sales("Lead", ADA)["Leadbridge_Stage__c"] == "nurturing",
        lambda: here.sell(here.sales("Lead", ADA), **edits) if edits else None,
    )
    here.rest()

    [entered] = [
        one.decision.new
        for one in here.bridge.store.entries(None, 1000)
        if one.kind == "written" and (one.decision.new or {}).get("Leadbridge_Stage__c") == "nurturing"
    ]
    assert ours not in entered
    assert here.decided("conflict") == []
    assert [one.problem.field for one in here.bridge.store.problems()] == [ours]


@pytest.mark.fault("F37")
@pytest.mark.invariant("I9")
@pytest.mark.parametrize(("typed", "reverted"), [(None, 0), ("recycled", 1)])
def test_a_stage_that_a_dead_process_showed_on_somebody_new_is_nobodys_request_and_one_typed_over_it_is(
    here: Place, typed: str | None, reverted: int
) -> None:
    told = {"lastname": "Dahl", "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(EVA, "Newsletter", told, here.clock.now())

    _dies_once(
        here,
        lambda: here.contact(EVA).get("leadbridge_stage") == "nurturing",
        lambda: here.world.salesforce.create(
            "Lead", {"LastName": "Dahl", "Company": "Dahl", "Email": EVA}, here.user(SAM), here.clock.now()
        ),
        "after hubspot POST",
    )

    if typed is not None:
        here.market(EVA, leadbridge_stage=typed)
    here.rest()
    assert here.contact(EVA)["leadbridge_stage"] == "working"
    assert len(here.decided("reverted")) == len(here.decided("told")) == reverted


@pytest.mark.fault("F06", "F24", "F37")
@pytest.mark.invariant("I6", "I12")
def test_a_lead_that_a_dead_process_made_and_a_seller_threw_away_is_not_made_again(
    here: Place,
) -> None:
    _ask_for_a_call(here)

    _dies_once(here, lambda: _eva(here) is not None, lambda: _throw_away(here))
    here.rest()

    assert len(_made_for_eva(here)) == 1
    assert _eva(here) is None
    assert [one.decision.why for one in here.decided("deleted")] == ["deleted; policy keep"]


@pytest.mark.fault("F06", "F24", "F37")
@pytest.mark.invariant("I6", "I12")
@pytest.mark.parametrize("at_once", [True, False], ids=["before the stop", "while it is stopped"])
def test_such_a_lead_is_not_made_again_however_long_the_bridge_only_polled_before_it_looked(
    here: Place, at_once: bool
) -> None:
    _ask_for_a_call(here)

    _dies_once(here, lambda: _eva(here) is not None, lambda: _throw_away(here) if at_once else None)
    braking.pause(here.bridge.store, here.clock.now())
    _poll_for_ten_minutes(here)
    if not at_once:
        _throw_away(here)
        _poll_for_ten_minutes(here)
    assert here.bridge.store.unsettled()
    braking.resume(here.bridge.store, here.clock.now())
    here.rest()

    assert len(_made_for_eva(here)) == 1
    assert _eva(here) is None
    assert [one.decision.why for one in here.decided("deleted")] == ["deleted; policy keep"]


@pytest.mark.fault("F05", "F24", "F37")
def test_a_lead_that_was_thrown_away_earlier_is_not_taken_for_the_one_that_never_left(here: Place) -> None:
    _ask_for_a_call(here)
    here.rest()
    lead = _eva(here)
    _throw_away(here)
    here.rest()
    assert lead is not None
    assert _eva(here) is None
    assert let_in(here.bridge.store, Ref("salesforce", "lead", str(lead["Id"])), here.clock.now())

    _dies_once(here, lambda: True, lambda: None, "before salesforce PATCH")
    here.rest()

    assert len(_made_for_eva(here)) == 2
    assert _eva(here) is not None
    entered = [one for one in here.bridge.store.entries(None, 1000) if one.kind == "written"]
    assert len([one for one in entered if (one.decision.new or {}).get("Email") == EVA]) == 2


def _ask_for_a_call(here: Place) -> None:
    told = {"lastname": "Dahl", "country": "Sweden", "company": "Dahl", "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(EVA, "Request a call", told, here.clock.now())


def _eva(here: Place) -> Mapping[str, object] | None:
    leads = here.world.salesforce.records("Lead")
    return next((one for one in leads if one.get("Email") == EVA and not one.get("IsDeleted")), None)


def _throw_away(here: Place) -> None:
    lead = _eva(here)
    assert lead is not None
    here.world.salesforce.delete("Lead", str(lead["Id"]), here.user(SAM), here.clock.now())


def _poll_for_ten_minutes(here: Place) -> None:
    for _ in range(3):
        here.look()
        here.clock.advance(200)


def _made_for_eva(here: Place) -> list[object]:
    return [one for one in here.world.log if (one.kind, one.field, one.new) == ("Lead", "Email", EVA)]


def _is_mias(here: Place) -> bool:
    return str(here.sales("Lead", ADA)["Title"]).startswith(("From", "Mia"))


def _dies_once(
    here: Place, is_time: Callable[[], bool], sam: Callable[[], object], moment: str = "after salesforce POST"
) -> None:
    """At the first such moment when it *is_time*, Sam edits and the process dies; another one starts."""
    seam = Seam()

    def at(_count: int, what: str) -> None:
        if what.startswith(moment) and ("composite" in what or "batch" in what) and is_time():
            here.clock.advance(2)
            sam()
            seam.die(what)

    seam.at = at
    seam.is_counting = True
    with seam.below(here.world):
        with pytest.raises(Killed):
            here.look()
        seam.revive()
    _starts_again(here)


def _dies_at(here: Place, moment: str, number: int) -> None:
    """Sam types right under the write; the process dies at this moment after it, and another one starts."""
    seam = Seam()
    met: list[str] = []

    def at(_count: int, what: str) -> None:
        met.append(what)
        if met.count(moment) == number:
            seam.die(what)

    def before(request: Request) -> None:
        if not seam.is_counting and not seam.is_dead and is_update(request):
            here.clock.advance(2)
            here.sell(here.sales("Lead", ADA), Title=TYPED, Leadbridge_Stage__c="working")
            here.clock.advance(2)
            seam.is_counting = True

    seam.at = at
    here.world.wires["salesforce"].before = before
    with seam.below(here.world):
        with pytest.raises(Killed):
            here.look()
        here.world.wires["salesforce"].before = None
        seam.revive()
    _starts_again(here)


def _starts_again(here: Place) -> None:
    """Another process takes over what the dead one left on the disk."""
    left = here.folder / "left"
    left.mkdir()
    here.copy(left)
    here.die(left)
    here.open()
