"""A stage is renamed and another one added while the bridge runs on what the plugin installed: widen, migrate, narrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import Town, town

STAGE = "Leadbridge_Stage__c"
GOES = "\nmigrations:\n  - {version: 2, stages: {nurturing: warming}}\n"
ADDED = {
    "version: 1 ": "version: 2 ",
    "  new:\n    owner": "  parked: {owner: marketing}\n  new:\n    owner",
    "      new: lead\n": "      new: lead\n      parked: lead\n",
    "      new: blank\n": "      new: blank\n      parked: blank\n",
    "      new: unchanged\n": "      new: unchanged\n      parked: unchanged\n",
    "moves:\n": "moves:\n  - {from: new, to: parked, who: [marketer]}\n  - {from: parked, to: new, who: [marketer]}\n",
}


class Upgraded(Town):
    """A town in which an admin installs with the config of the moment."""

    leadbridge: Leadbridge

    def plugin(self, *words: str) -> Ended:
        settings = self.settings() | self.world.admin_settings()
        return self.leadbridge("plugin", *words, settings=settings)

    def edit(self) -> None:
        """Version 2 says `warming` for `nurturing`, and knows `parked`."""
        file = self.config / "lifecycle.yaml"
        text = file.read_text("utf-8")
        for old, new in ADDED.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        file.write_text(text.replace("nurturing", "warming") + GOES, "utf-8")

    def stages(self) -> Counter[str]:
        people = (row for kind in ("Lead", "Contact") for row in self.world.salesforce.records(kind))
        return Counter(row[STAGE] or "" for row in people)

    def refused(self) -> list[str]:
        """What the vendors refused of what the bridge wrote."""
        return [one.decision.field or one.subject for one in self.decided("refused")]


@pytest.fixture
def here(tmp_path: Path, leadbridge: Leadbridge) -> Iterator[Upgraded]:
    """Twenty-five people stand in the stages of version 1, all by what the plugin installed."""
    with town(tmp_path, people=25, in_process=True, own_fields=False) as made:
        made.__class__ = Upgraded
        assert isinstance(made, Upgraded)
        made.leadbridge = leadbridge
        assert made.plugin("install", "--yes").code == 0
        twin = made.world.salesforce
        twin.assign_permission_set(twin.integration_user, "Leadbridge_Integration")
        twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")
        made.run()
        made.settle()
        yield made


def test_widen_migrate_narrow_with_the_bridge_running_and_no_write_refused(here: Upgraded) -> None:
    before = here.stages()
    here.edit()
    asked = here.plugin("check")
    held = here.plugin("install", "--yes")
    widened = here.plugin("install", "--widen", "--yes")
    untaken = here.bridge.edits.take(doubtful=True)  # as a running daemon does before each pass
    here.settle()
    here.settle()
    after = here.stages()
    narrowed = here.plugin("install", "--yes")
    checked = here.plugin("check")

    assert before["nurturing"] > 0
    assert asked.code == 4
    # First what stops an install, then what it would set right.
    first, later = (
        "stand in stages that are no more: nurturing",
        "when what stops it now (see above) is mended",
    )
    assert 0 < asked.err.index(first) < asked.err.index(later)
    assert "`leadbridge plugin install` sets it right." not in asked.err
    assert held.code == 3, held.out + held.err
    assert f"nurturing → warming ({before['nurturing']})" in held.err
    assert widened.code == 0, widened.err
    assert untaken is None
    assert after["warming"] == before["nurturing"]
    assert after["nurturing"] == 0
    assert narrowed.code == 0, narrowed.err
    assert checked.code == 0, checked.err
    assert here.refused() == []
    assert [one for one in here.problems() if one.code == "refused"] == []
    assert "nurturing" not in here.world.salesforce.org.kinds["Lead"].fields[STAGE].choices
