"""What is planned is what was planned: walks through the pure core, ends of records and single moments, against their books."""

from __future__ import annotations

from datetime import datetime
from difflib import unified_diff
from types import ModuleType

import pytest

from sync.model import Facts, Plan
from tests.sync.plan import ends, moments, walks
from tests.sync.plan.people import NOW, Planner


@pytest.mark.parametrize("told", [walks, ends, moments], ids=["walks", "ends", "moments"])
def test_every_plan_says_what_the_book_says(told: ModuleType) -> None:
    stands, planned = told.BOOK.read_text("utf-8").splitlines(), told.book().splitlines()

    differs = list(unified_diff(stands, planned, told.BOOK.name, "as planned now", n=1, lineterm=""))
    assert differs == [], "\n".join(
        [f"Meant? Then `python -m {told.__name__}` writes the book anew; read its diff.", *differs[:40]]
    )


def test_every_write_of_a_plan_has_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same facts planned at the same moment have the same names: a write that was sent is known again."""
    plans: list[Plan] = []
    plan = Planner.plan

    def kept(planner: Planner, facts: Facts, now: datetime = NOW) -> Plan:
        plans.append(plan(planner, facts, now))
        assert plans[-1].pair == facts.pair
        return plans[-1]

    monkeypatch.setattr(Planner, "plan", kept)
    moments.book()
    once = [[put.write.id for put in one.puts] for one in plans]
    plans.clear()
    moments.book()

    assert [[put.write.id for put in one.puts] for one in plans] == once
    for names in once:
        assert all(isinstance(name, str) and len(name) == 24 for name in names)
        assert len(set(names)) == len(names)
