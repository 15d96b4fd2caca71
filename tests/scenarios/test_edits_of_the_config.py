"""Ops edit the config while the bridge runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.town import SAM, Town, town

ADA = "ada.lind@nordwind.example"


def test_an_edit_of_the_config_is_taken_while_the_bridge_runs(tmp_path: Path) -> None:
    with town(tmp_path, people=40) as here:
        here.run(mode="observe")
        here.settle()
        observed = here.written()

        here.configure(mode="write")
        trouble = here.bridge.edits.take()
        here.settle()

        assert trouble is None
        assert observed == []
        assert here.written()


def test_a_broken_edit_keeps_the_last_good_version_and_says_why(tmp_path: Path) -> None:
    with town(tmp_path, people=0) as here:
        here.run()
        rules = here.config / "bridge.yaml"
        good = rules.read_text("utf-8")

        rules.write_text(good.replace("poll_s:", "pol_s:"), "utf-8")
        broken = here.bridge.edits.take()
        mode = here.bridge.engine.agreement.bridge.mode
        again = here.bridge.edits.take()
        rules.write_text(good, "utf-8")
        mended = here.bridge.edits.take()

        assert broken is not None
        assert "bridge.yaml" in broken
        assert "poll_s" in broken
        assert (mode, again, mended) == ("write", broken, None)


def test_a_running_bridge_does_not_change_its_name(tmp_path: Path) -> None:
    with town(tmp_path, people=0) as here:
        here.run()
        rules = here.config / "bridge.yaml"

        rules.write_text(rules.read_text("utf-8").replace("name: main", "name: other"), "utf-8")
        said = here.bridge.edits.take()

        assert said is not None
        assert "'other'" in said
        assert here.bridge.engine.agreement.bridge.name == "main"


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Ada is in Sam's hands, and the bridge runs."""
    with town(tmp_path_factory.mktemp("lively"), in_process=True) as here:
        here.run()
        here.settle()
        told = {"lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
        owned = {**told, "hubspot_owner_id": here.owner(SAM)}
        here.world.hubspot.submit_form(ADA, "Request a call", owned, here.clock.now())
        here.settle()
        here.settle()
        yield here


PARKED = ("  disqualified:\n", "  parked: {owner: marketing, means: set aside}\n  disqualified:\n")


@pytest.mark.goal("G-L2")
@pytest.mark.parametrize(
    ("file", "exchanges", "says"),
    [
        pytest.param(
            "lifecycle.yaml", [("from: qualified, to: handed_over", "from: qualified, to: handed_overr")],
            "`handed_overr` is not a stage. Did you mean `handed_over`?", id="unknown stage",
        ),
        pytest.param(
            "lifecycle.yaml", [PARKED], "The stage `parked` can never be reached: no move leads to it.",
            id="unreachable stage",
        ),
        pytest.param(
            "lifecycle.yaml",
            [PARKED, ("\nmoves:\n", "\nmoves:\n  - {from: new, to: parked, who: [marketer]}\n")],
            "The stage `parked` is a trap: start → new → parked, and from there no end can be reached.",
            id="trap",
        ),
        pytest.param(
            "lifecycle.yaml", [("[CONNECTED, ATTEMPTED_TO_CONTACT]", "[CONNECTED, CONNECTED]")],
            "of which none can be told to be the written one", id="two written values for one field",
        ),
        pytest.param(
            "lifecycle.yaml",
            [("no_need: {where: [rejected, lost], delay: 180 days}", "no_need: {where: [rejected, lost]}")],
            "The reason `no_need` has neither a delay nor `final: true`", id="reason without way back",
        ),
        pytest.param(
            "bridge.yaml", [("holidays: []", "holidays: [Atlantis]")],
            "The public holidays of `Atlantis` are not known.", id="unknown holiday country",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_lived_by_is_refused_with_its_line_and_the_sync_goes_on(
    lively: Town, file: str, exchanges: list[tuple[str, str]], says: str
) -> None:
    here, text = lively, (lively.config / file).read_text("utf-8")
    broken = text
    for old, new in exchanges:
        assert old in broken
        broken = broken.replace(old, new, 1)
    title = f"Head since {here.clock.now():%H:%M:%S}"

    (here.config / file).write_text(broken, "utf-8")
    try:
        said = here.bridge.edits.take()
        here.market(ADA, jobtitle=title)
        here.settle()
    finally:
        (here.config / file).write_text(text, "utf-8")

    assert said is not None
    assert says in said
    assert f"{file}:" in said
    assert here.sales("Lead", ADA)["Title"] == title
    assert here.bridge.edits.take() is None
