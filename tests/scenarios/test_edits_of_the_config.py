"""Ops edit the config while the bridge runs."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.town import town


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
