"""The definition changes while five hundred people stand in it: one stage is renamed, another one is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mappings.documents.broken import Broken
from sync import braking
from sync.model import Plan
from sync.store import Store
from tests.scenarios.town import Town, is_update, town
from twins.messages import Reply, Request

PARKED = 12
FIRST = {
    "  new:\n    owner": "  parked: {owner: marketing}\n  new:\n    owner",
    "      new: lead\n": "      new: lead\n      parked: lead\n",
    "      new: blank\n": "      new: blank\n      parked: blank\n",
    "      new: unchanged\n": "      new: unchanged\n      parked: unchanged\n",
    "moves:\n": "moves:\n  - {from: nurturing, to: parked, who: [marketer]}\n  - {from: parked, to: nurturing, who: [marketer]}\n",
}
SECOND = {
    "version: 1 ": "version: 2 ",
    "  parked: {owner: marketing}\n": "",
    "      parked: lead\n": "",
    "      parked: blank\n": "",
    "      parked: unchanged\n": "",
    "  - {from: nurturing, to: parked, who: [marketer]}\n  - {from: parked, to: nurturing, who: [marketer]}\n": "",
}
GOES = "\nmigrations:\n  - {version: 2, stages: {nurturing: warming, parked: warming}}\n"


class Fallen(BaseException):
    """The process dies."""


class Changing(Town):
    """A town whose lifecycle is edited."""

    def edit(self, exchanges: dict[str, str]) -> None:
        file = self.config / "lifecycle.yaml"
        text = file.read_text("utf-8")
        for old, new in exchanges.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        file.write_text(text, "utf-8")

    def rename(self, *, and_say_where: bool) -> None:
        """Version 2 says `warming` for `nurturing`, and knows no `parked`."""
        self.edit(SECOND)
        file = self.config / "lifecycle.yaml"
        text = file.read_text("utf-8").replace("nurturing", "warming")
        file.write_text(text + (GOES if and_say_where else ""), "utf-8")

    def say_where(self) -> None:
        file = self.config / "lifecycle.yaml"
        file.write_text(file.read_text("utf-8") + GOES, "utf-8")

    def stages(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """How many stand where: by the store, by HubSpot, and by Salesforce where it has the person."""
        hubspot = Counter(row.get("leadbridge_stage") or "" for row in self.world.hubspot.records("contacts"))
        people = (row for kind in ("Lead", "Contact") for row in self.world.salesforce.records(kind))
        salesforce = Counter(row["Leadbridge_Stage__c"] or "" for row in people)
        return Counter(self.bridge.store.people_by_stage()), hubspot, salesforce

    def dies_at(self, call: int, side: str = "hubspot", *, is_answered: bool = False) -> None:
        """The process dies with so many of its updates of this side sent, or carried out: that answer it never reads."""
        twin, seen = getattr(self.world, side), 0
        handle = twin.handle

        def struck(request: Request, *rest: object) -> Reply:
            nonlocal seen
            seen += is_update(request)
            reply: Reply | None = handle(request, *rest) if is_answered or seen != call else None
            if seen == call or reply is None:
                raise Fallen
            return reply

        twin.handle = struck

    def revive(self, side: str = "hubspot") -> None:
        """Start again, nobody dies any more."""
        del getattr(self.world, side).handle
        self.run()


@pytest.fixture
def here(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Changing]:
    """Some hundred people are known; a dozen of them are parked."""
    with town(
        tmp_path, people=getattr(request, "param", 100), in_process=True, more_stages=("warming", "parked")
    ) as made:
        made.__class__ = Changing
        assert isinstance(made, Changing)
        made.edit(FIRST)
        made.run()
        made.settle()
        nurtured = [
            row
            for row in made.world.hubspot.records("contacts")
            if row.get("leadbridge_stage") == "nurturing"
        ]
        for row in nurtured[:PARKED]:
            made.market(row["email"], leadbridge_stage="parked")
        made.settle()
        assert made.stages()[0]["parked"] == PARKED
        yield made


def _settle_past_the_brake(here: Changing) -> None:
    """What touches so many waits for a person's word, who gives it."""
    here.settle()
    for brake in here.bridge.store.brakes():
        assert brake.id is not None
        braking.release(here.bridge.store, brake.id, here.clock.now())
    here.settle()
    here.settle()


def test_people_in_a_stage_that_is_no_more_stop_the_start_with_a_sentence(here: Changing) -> None:
    many = here.stages()[0]["nurturing"]
    here.stop()
    here.rename(and_say_where=False)

    with pytest.raises(Broken) as refused:
        here.run()

    [mistake] = refused.value.mistakes
    assert (
        mistake.text
        == f"{many + PARKED} people stand in stages that are no more: nurturing ({many}), parked ({PARKED})."
    )
    assert "migrations" in mistake.remedy


def test_such_an_edit_is_not_taken_by_a_running_bridge(here: Changing) -> None:
    here.rename(and_say_where=False)

    said = here.bridge.edits.take()

    assert said is not None
    assert "people stand in stages that are no more" in said
    assert here.bridge.engine.agreement.lifecycle.version == 1


@pytest.mark.goal("G-L7")
@pytest.mark.parametrize("here", [500], indirect=True)
def test_the_plan_says_exactly_who_moves_and_writes_nothing(here: Changing) -> None:
    before, written = here.stages()[0], len(here.world.log)
    here.stop()
    here.rename(and_say_where=True)
    here.run(mode="observe")

    moves = Counter(
        (one.old, one.new)
        for plan in here.bridge.engine.preview("person")
        for one in plan.decisions
        if one.what == "moved" and one.rule == "migrated"
    )

    assert moves == {("nurturing", "warming"): before["nurturing"], ("parked", "warming"): PARKED}
    assert here.stages()[0] == before
    assert len(here.world.log) == written


@pytest.mark.goal("G-L7")
@pytest.mark.parametrize("here", [500], indirect=True)
def test_killed_half_way_and_resumed_everybody_stands_right_on_both_sides(here: Changing) -> None:
    before, known = here.stages(), here.problems()
    assert all(one["nurturing"] > 100 and one["parked"] > 5 for one in before)
    here.stop()
    here.rename(and_say_where=True)
    here.run()
    here.settle()
    [brake] = here.bridge.store.brakes()
    assert brake.id is not None
    braking.release(here.bridge.store, brake.id, here.clock.now())
    here.dies_at(3)
    with pytest.raises(Fallen):
        here.settle()
    half = here.stages()[1]
    assert 0 < half["warming"] < before[1]["nurturing"] + PARKED

    here.revive()
    for _ in range(4):
        here.settle()

    for stood, stands in zip(before, here.stages(), strict=True):
        moved = stood["nurturing"] + stood["parked"]
        expected = Counter({**stood, "warming": moved})
        del expected["nurturing"], expected["parked"]
        assert +stands == +expected, (+stands - +expected, +expected - +stands)
    assert here.problems() == known
    assert [sum(done.written.values()) for done in here.settle()] == [0]


@pytest.mark.goal("G-L7")
@pytest.mark.parametrize("here", [500], indirect=True)
@pytest.mark.parametrize("dies_again", [False, True], ids=["once", "and again at the next start"])
def test_a_death_under_a_migration_that_a_person_let_go_asks_nobody_for_another_word(
    here: Changing, monkeypatch: pytest.MonkeyPatch, dies_again: bool
) -> None:
    before, known = here.stages(), here.problems()
    here.stop()
    here.rename(and_say_where=True)
    here.run()
    here.settle()
    [brake] = here.bridge.store.brakes()
    assert brake.id is not None
    braking.release(here.bridge.store, brake.id, here.clock.now())
    here.dies_at(1, "salesforce", is_answered=True)
    with pytest.raises(Fallen):
        here.settle()
    assert here.stages()[2]["warming"] > 0

    here.revive("salesforce")
    if dies_again:
        with monkeypatch.context() as seam:
            seam.setattr("sync.engine.look_back", _falls_once_nothing_is_unsettled)
            with pytest.raises(Fallen):
                here.settle()
        here.run()
    for _ in range(3):
        here.settle()

    assert here.bridge.store.brakes() == []
    assert [one["warming"] for one in here.stages()] == [one["nurturing"] + one["parked"] for one in before]
    assert here.problems() == known


def _falls_once_nothing_is_unsettled(store: Store, *_: object) -> list[Plan]:
    """In the place of the look back, which comes right after what was lost is settled."""
    if store.unsettled():
        return []
    raise Fallen


def test_nobody_is_late_or_handed_over_because_a_stage_was_renamed(here: Changing) -> None:
    tasks = len(here.world.salesforce.records("Task"))
    here.stop()
    here.rename(and_say_where=True)
    here.run()
    _settle_past_the_brake(here)

    assert here.stages()[0]["nurturing"] == 0
    assert len(here.world.salesforce.records("Task")) == tasks
    assert here.decided("late") == []


def test_a_lost_store_knows_what_the_old_words_meant(here: Changing) -> None:
    before = here.stages()[1]
    here.forget()
    here.rename(and_say_where=True)
    here.run()
    _settle_past_the_brake(here)

    hubspot = here.stages()[1]
    assert hubspot["warming"] == before["nurturing"] + PARKED
    assert hubspot["nurturing"] == hubspot["parked"] == 0
