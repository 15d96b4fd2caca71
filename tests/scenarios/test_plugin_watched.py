"""The running bridge knows what an admin installed: a migration that came with it needs no second word, and drift is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.hubspot import HubSpotSettings
from connectors.hubspot.admin import HubSpotAdmin
from sync.folder import LOOK_AGAIN
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.test_plugin_upgrade import STAGE, Upgraded
from tests.scenarios.town import town
from twins.world import URLS

OLD = "The stage. [leadbridge 1.0.0 lifecycle 1 00000000]"


@pytest.fixture
def here(request: pytest.FixtureRequest, tmp_path: Path, leadbridge: Leadbridge) -> Iterator[Upgraded]:
    """Some people stand in the stages of version 1, all by what the plugin installed; a brake holds whatever moves two."""
    with town(tmp_path, people=getattr(request, "param", 5), in_process=True, own_fields=False) as made:
        made.__class__ = Upgraded
        assert isinstance(made, Upgraded)
        made.leadbridge = leadbridge
        assert made.plugin("install", "--yes").code == 0
        twin = made.world.salesforce
        twin.give_minimum_access(twin.integration_user)
        twin.assign_permission_set(twin.integration_user, "Leadbridge_Integration")
        twin.assign_permission_set(twin.admin(), "Leadbridge_Sales_User")
        made.run()
        made.settle()
        yield made


def describe_stage_as(here: Upgraded, description: str) -> None:
    """A HubSpot admin writes this below the property `leadbridge_stage`."""
    token = here.world.admin_settings()["LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN"]
    admin = HubSpotAdmin(
        HubSpotSettings(access_token=token, base_url=URLS["hubspot"]),
        clock_now=here.clock.now,
        sleep=here.clock.advance,
    )
    admin.portal.change_property("contact", "leadbridge_stage", {"description": description})
    admin.close()


def let_few_pass(here: Upgraded) -> None:
    """A brake holds whatever updates more than one record in a pass."""
    file = here.config / "bridge.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("updates: {at_least: 200, percent: 10}", "updates: {at_least: 1, percent: 1}"), "utf-8")  # fmt: skip


def drifted(here: Upgraded) -> list[str]:
    return [one.text for one in here.problems() if one.code == "plugin_drifted"]


def look_again(here: Upgraded) -> None:
    """An hour passes, and the bridge looks at the fields before its next pass."""
    here.clock.advance(LOOK_AGAIN.total_seconds())
    here.bridge.edits.take()
    here.settle()


VALUES = "in hubspot, and salesforce got the values from elsewhere"


def installed(here: Upgraded, where: str) -> str:
    """What the first install of version 2 says."""
    kept = here.state
    if where == VALUES:
        here.state = kept.with_name("another-state")
    only = ("--only", "hubspot") if where == "in hubspot" else ()
    told = here.plugin("install", "--widen", "--yes", *only).out
    here.state = kept
    if where == VALUES:
        here.plugin("uninstall", "--yes", "--only", "hubspot")
        here.plugin("install", "--widen", "--yes", "--only", "hubspot")
    if where == "in neither":  # the values are there, and no mark says that this definition was installed
        describe_stage_as(here, OLD)
    return told


@pytest.mark.parametrize("here", [25], indirect=True)
@pytest.mark.parametrize("where", ["in both", "in neither", "in hubspot", VALUES])
def test_a_migration_that_an_admin_installed_in_both_systems_trips_no_brake_and_another_one_does(
    here: Upgraded, where: str
) -> None:
    before = here.stages()["nurturing"]
    here.stop()
    let_few_pass(here)
    here.edit()

    told = installed(here, where)
    here.run()
    here.settle()
    here.settle()

    brakes = [brake.what for brake in here.bridge.store.brakes()]
    assert before > 1
    assert "nurturing → warming (" in told
    if where == "in both":
        assert brakes == []
        assert (here.stages()["nurturing"], here.stages()["warming"]) == (0, before)
    else:
        assert brakes == ["lines"]
        assert here.stages()["nurturing"] == before
        assert "changed mapping lines or `migrations` would update" in here.bridge.store.brakes()[0].text


def test_an_edit_of_the_config_is_held_against_the_fields_of_that_moment(here: Upgraded) -> None:
    here.edit()
    here.plugin("install", "--widen", "--yes")

    untaken = here.bridge.edits.take()
    here.settle()

    assert untaken is None
    assert here.bridge.engine.agreement.unoffered == ()
    assert here.bridge.engine.agreement.own.marker.startswith("[leadbridge 1.0.0 lifecycle 2 ")


def test_what_is_no_longer_as_the_config_says_is_told_within_the_hour_and_stops_nothing(
    here: Upgraded, leadbridge: Leadbridge
) -> None:
    before = (here.bridge.agreement.own.state, drifted(here))
    twin = here.world.salesforce
    twin.change_permission_set("Leadbridge_Integration", f"Lead.{STAGE}", "r")
    describe_stage_as(here, OLD)

    look_again(here)
    status = leadbridge("status", settings=here.settings())
    [told] = drifted(here)
    here.plugin("install", "--yes", "--only", "salesforce")
    describe_stage_as(here, here.bridge.agreement.own.marker)
    look_again(here)
    after = leadbridge("status", "--json", settings=here.settings())

    assert before == ("installed", [])
    assert "hubspot holds what leadbridge 1.0.0 brings for version 1 of the lifecycle (00000000)" in told
    assert f"salesforce Lead.{STAGE}: leadbridge's user may not edit it" in told
    assert "no longer as the config says" in status.out
    assert drifted(here) == []
    assert after.json["own_fields"] == "installed"


def test_an_install_leaves_a_trace_in_the_store_that_the_bridge_has_made(
    here: Upgraded, leadbridge: Leadbridge
) -> None:
    def status(*words: str):
        return leadbridge("status", *words, settings=here.settings())

    before = status("--json").json["installs"]
    here.plugin("uninstall", "--yes", "--only", "hubspot")
    twin = here.world.salesforce
    twin.change_permission_set("Leadbridge_Integration", f"Lead.{STAGE}", "r")
    told = here.plugin("install", "--yes")
    first, shown = status("--json").json["installs"], status().out
    out = here.plugin("uninstall", "--yes", "--only", "hubspot", "--json")
    gone = status("--json").json["installs"]

    assert before == {}  # the fixture's install was before the bridge's first start
    assert f"are kept in {here.state / 'leadbridge.db'}: `leadbridge status` shows them." in told.out
    salesforce = first["salesforce"]
    assert first == {"salesforce": salesforce, "hubspot": {**salesforce, "at": first["hubspot"]["at"]}}
    assert (salesforce["version"], salesforce["lifecycle"]) == ("1.0.0", 1)
    assert len(salesforce["bundle"]) == len(salesforce["sha"]) == 8
    assert salesforce["by"] == twin.admin()
    assert f"salesforce: plugin 1.0.0 for version 1 of the lifecycle (bundle {salesforce['bundle']})" in shown
    assert out.json["trace"] == str(here.state / "leadbridge.db")
    assert (gone["salesforce"], gone["hubspot"]["removed"]) == (salesforce, True)
    assert "was taken out" in status().out


def test_where_the_bridge_has_made_no_store_an_install_makes_none_and_says_so(
    here: Upgraded, tmp_path: Path
) -> None:
    kept, here.state = here.state, tmp_path / "of-an-admin"

    told = here.plugin("uninstall", "--yes", "--only", "hubspot").out
    installed = here.plugin("install", "--yes", "--only", "hubspot", "--json")
    made, here.state = here.state.exists(), kept

    assert f"No trace of it is kept: the bridge's store was not written in {tmp_path / 'of-an-admin'}" in told
    assert installed.json["trace"] is None
    assert not made
