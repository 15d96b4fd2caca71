"""docs/plugin-admin-guide.md is walked as a new admin would: every command that it gives, in its order, on the twins."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import Town, town

GUIDE: Final = Path(__file__).parents[2] / "docs" / "plugin-admin-guide.md"
_SECTION: Final = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)
_CONSOLE: Final = re.compile(r"```console\n(.*?)```", re.DOTALL)
_PROSE: Final = re.compile(r"`(leadbridge\s[^`]+)`")
_ENDS: Final = re.compile(r"# exit (\d)")
OBJECTS: Final = ("Lead", "Contact", "Opportunity")
# What the prose of a section tells an admin to run, and how it ends.
WALK: Final[dict[str, list[tuple[str, int]]]] = {
    "Install": [
        ("leadbridge plugin plan", 0),
        ("leadbridge plugin install", 0),
        ("leadbridge plugin check", 0),
        ("leadbridge check", 0),
        ("leadbridge plugin export --format sfdx DIR", 0),
    ],
    "Check": [
        ("leadbridge plugin check", 0),
        ("leadbridge plugin install", 0),
        ("leadbridge status", 0),
    ],
    "Upgrade": [
        ("leadbridge plugin install", 0),
        ("leadbridge plugin install --widen", 0),
        ("leadbridge brakes list", 0),
        ("leadbridge plugin install", 0),
        ("leadbridge plugin check", 0),
    ],
    "Uninstall": [
        ("leadbridge plugin uninstall", 0),
        ("leadbridge plugin uninstall --delete-data --save DIR", 0),
    ],
}


def sections() -> dict[str, str]:
    return dict(_SECTION.findall(GUIDE.read_text("utf-8")))


def given(section: str) -> list[str]:
    """The commands in the prose of a section, in order; one that is named again at once is run once."""
    named = (" ".join(one.split()) for one in _PROSE.findall(_CONSOLE.sub("", sections()[section])))
    return [command for command, _ in groupby(named)]


@dataclass
class Walk:
    """An admin with a shell beside a town that has never heard of leadbridge."""

    here: Town
    leadbridge: Leadbridge
    folder: Path

    def run(self, command: str, *more: str) -> Ended:
        words = [*shlex.split(command, comments=True)[1:], *more]
        if {"install", "uninstall"} & {*words} and "--yes" not in words:
            words.append("--yes")  # nobody sits there to be asked
        named = [str(self.folder / f"{words[1]}ed") if one == "DIR" else one for one in words]
        settings = self.here.settings() | self.here.world.admin_settings()
        return self.leadbridge(*named, settings=settings)

    def edit(self, **replaced: str) -> None:
        """Ops edit lifecycle.yaml."""
        file = self.here.config / "lifecycle.yaml"
        text = file.read_text("utf-8")
        for old, new in replaced.items():
            text = re.sub(rf"\b{old.replace('_is_', ': ')}\b", new, text)
        file.write_text(text, "utf-8")

    def steps(self, section: str) -> Iterator[str]:
        """Run the section's commands; each is handed over before it is run, for what an admin does before it."""
        assert given(section) == [command for command, _ in WALK[section]]
        for command, code in WALK[section]:
            yield command
            ended = self.run(command)
            assert ended.code == code, f"{command}: {ended.out}{ended.err}"


@pytest.fixture
def walk(tmp_path: Path, leadbridge: Leadbridge) -> Iterator[Walk]:
    with town(tmp_path, own_fields=False, in_process=True) as here:
        yield Walk(here, leadbridge, tmp_path)


def test_the_trial_at_the_head_of_the_guide_ends_as_its_comments_say(walk: Walk) -> None:
    twin = walk.here.world.salesforce
    blocks = _CONSOLE.findall(sections()["Try it first"])
    lines = re.findall(r"^\$ ((?:.*\\\n)*.*)", "".join(blocks), re.MULTILINE)
    ran = []
    for line in lines:
        verb, *words = shlex.split(line, comments=True)
        if verb == "leadbridge":
            wanted = _ENDS.search(line)
            # The twins that this one would serve are the town's.
            ended = walk.run(line, *(("--help",) if words[0] == "twins" else ()))
            assert ended.code == int(wanted[1] if wanted else 0), f"{line}: {ended.out}{ended.err}"
        elif verb == "screen":
            getattr(twin, words[0])(**json.loads(words[1]))
        ran.append(" ".join((verb, *words[:2])))

    assert ran == [
        "leadbridge init config",
        "leadbridge twins --without-plugin",
        "source state/twins.env",
        "leadbridge plugin plan",
        "leadbridge plugin install",
        "leadbridge plugin check",
        "screen() { curl",
        'screen assign_permission_set {"user": "0055g0000000001AAA", "name": "Leadbridge_Integration"}',
        'screen map_lead_field {"field": "Leadbridge_HubSpot_Id__c"}',
        "leadbridge plugin check",
    ]  # fmt: skip


def test_install_check_upgrade_and_uninstall_go_as_the_guide_says(walk: Walk) -> None:
    twin = walk.here.world.salesforce
    daemon, admin = twin.integration_user, twin.admin()
    for number, _ in enumerate(walk.steps("Install")):
        if number == 2:
            twin.assign_permission_set(daemon, "Leadbridge_Integration")
            twin.assign_permission_set(admin, "Leadbridge_Sales_User")
            twin.map_lead_field("Leadbridge_HubSpot_Id__c")
    list(walk.steps("Check"))

    for number, _ in enumerate(walk.steps("Upgrade")):
        if number == 0:
            walk.edit(version_is_1="version: 2")
        if number == 1:
            walk.edit(version_is_2="version: 3", nurturing="warming")
            with (walk.here.config / "lifecycle.yaml").open("a", encoding="utf-8") as file:
                file.write("\nmigrations:\n  - {version: 3, stages: {nurturing: warming}}\n")

    for number, _ in enumerate(walk.steps("Uninstall")):
        if number == 0:
            twin.unassign_permission_set(daemon, "Leadbridge_Integration")
            twin.unassign_permission_set(admin, "Leadbridge_Sales_User")
        else:
            prepare_to_delete(walk.here)

    assert not [name for name in twin.org.kinds["Lead"].fields if name.startswith("Leadbridge_")]
    assert not walk.here.world.hubspot.has_property("contacts", "leadbridge_stage")
    assert (walk.folder / "uninstalled" / "salesforce-lead.csv").is_file()


def prepare_to_delete(here: Town) -> None:
    """What the guide asks of an admin before the data goes: read all fields, unmap them, and more scopes in HubSpot."""
    twin = here.world.salesforce
    ours = {
        kind: [one for one in twin.org.kinds[kind].fields if one.startswith("Leadbridge_")]
        for kind in OBJECTS
    }
    twin.add_permission_set("Ours", fields={kind: dict.fromkeys(names, "r") for kind, names in ours.items()})
    twin.assign_permission_set(twin.admin(), "Ours")
    for name in ours["Lead"]:
        twin.map_lead_field(name)
