"""Over HTTP and in process, the bridge meets the same systems: the same history, commit for commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.town import SAM, Town, town
from twins.log import Commit


def lived(folder: Path, *, in_process: bool, faults: tuple[str, ...] = ()) -> list[Commit]:
    """A morning in a town of 60 people with edits on both sides and a conversion; what was committed."""
    with town(folder, people=60, in_process=in_process) as here:
        here.run()
        here.settle()
        for fault in faults:
            here.world.faults.next(fault, side="salesforce", says='"PATCH"')
            here.world.faults.next(fault, side="hubspot", path="/batch/update")
        _act(here)
        for _ in range(4):
            here.clock.advance(600)
            here.settle()
        return list(here.world.log)


def _act(here: Town) -> None:
    ada = here.sales("Lead", "ada.lind@nordwind.example") if _has_ada(here) else _first_lead(here)
    here.sell(ada, Title="Head of Engines")
    people = here.world.hubspot.records("contacts")
    mia = here.world.hubspot.owners[0].user_id
    for one in people[:5]:
        here.world.hubspot.update(
            "contacts", one["hs_object_id"], {"jobtitle": "Buyer"}, mia, here.clock.now()
        )
    here.world.salesforce.convert_lead(ada["Id"], here.user(SAM), here.clock.now())


def _has_ada(here: Town) -> bool:
    return any(row["Email"] == "ada.lind@nordwind.example" for row in here.world.salesforce.records("Lead"))


def _first_lead(here: Town) -> dict[str, object]:
    return next(row for row in here.world.salesforce.records("Lead") if not row["IsConverted"])


def told(commits: list[Commit]) -> list[tuple[object, ...]]:
    """What a commit says, without the number of its request."""
    return [(one.side, one.kind, one.id, one.field, one.old, one.new, one.actor) for one in commits]


def without_moments(commits: list[Commit]) -> list[tuple[object, ...]]:
    """The same, but for moments: threads share one turning clock, and a wait before a retry is drawn by lot."""
    plain = [tuple("moment" if _is_moment(part) else part for part in one) for one in told(commits)]
    return sorted(plain, key=repr)


def _is_moment(part: object) -> bool:
    return isinstance(part, str) and part[:2] == "20" and part[10:11] == "T"


def test_both_ways_give_the_same_history(tmp_path: Path) -> None:
    over_http = lived(tmp_path / "a", in_process=False)
    in_process = lived(tmp_path / "b", in_process=True)

    assert len(in_process) > 500
    assert without_moments(in_process) == without_moments(over_http)


@pytest.mark.parametrize(
    "fault", ["cut_before", "cut_after", "truncated", "unavailable", "gateway_timeout_after"]
)
def test_a_fault_on_the_line_is_overcome_in_the_same_way(tmp_path: Path, fault: str) -> None:
    over_http = lived(tmp_path / "a", in_process=False, faults=(fault,))
    in_process = lived(tmp_path / "b", in_process=True, faults=(fault,))

    assert without_moments(in_process) == without_moments(over_http)
