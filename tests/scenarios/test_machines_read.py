"""With `--json` every command prints one JSON document on standard output and nothing else, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest
from typer.main import get_command

from sync.cli.app import app
from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import Town, town

ADA: Final = "hubspot:contact:501"
# Every command, as a machine might say it on a town that has nobody in it; and what it ends with.
SAID: Final[dict[str, tuple[str, int]]] = {
    "init": ("a-config", 0),
    "check": ("--offline", 0),
    "demo": ("--once --data nowhere", 2),
    "twins": ("--host 0.0.0.0", 2),
    "run": ("--once", 0),
    "backfill": ("--pair person", 0),
    "plan": ("", 0),
    "status": ("", 0),
    "pause": ("", 0),
    "brakes list": ("", 3),
    "resume": ("", 0),
    "brakes release": ("7", 2),
    "problems list": ("", 0),
    "problems show": ("12", 2),
    "problems retry": (ADA, 2),
    "problems dismiss": ("12", 2),
    "problems resolve": ("12 --keep both", 2),
    "notify list": ("", 0),
    "notify test": ("nobody", 2),
    "sweep": ("", 0),
    "undo": ("", 0),
    "erase": ("ada@example.com", 2),
    "plugin plan": ("--exit-code", 4),
    "plugin install": ("", 3),
    "plugin check": ("", 4),
    "plugin export": ("an-export", 0),
    "plugin uninstall": ("", 3),
    "state verify": ("", 0),
    "state rebuild": ("", 3),
    "state backup": ("a-backup.db", 0),
    "state lift": (ADA, 2),
    "why": (ADA, 2),
    "timeline": (ADA, 2),
}
# Documents that say in their own words why somebody must act.
OWN_WORDS: Final = frozenset({"brakes list"})


def every_command(group: Any = None, *above: str) -> Iterator[str]:
    for name, one in (group or get_command(app)).commands.items():
        if hasattr(one, "commands"):
            yield from every_command(one, *above, name)
        else:
            yield " ".join((*above, name))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with nobody in it, whose systems have never heard of leadbridge."""
    with town(tmp_path_factory.mktemp("town"), own_fields=False, in_process=True) as made:
        made.configure()
        yield made


def document(ended: Ended) -> Any:
    """What stands on standard output, which is one line of JSON."""
    assert ended.out.count("\n") == 1, ended.out
    return msgspec.json.decode(ended.out)


def test_there_is_a_case_for_every_command() -> None:
    assert set(SAID) == set(every_command())


@pytest.mark.parametrize("command", SAID)
def test_a_machine_reads_one_document(here: Town, leadbridge: Leadbridge, command: str) -> None:
    words, code = SAID[command]
    settings = {**here.settings(), **here.world.admin_settings()}
    if command == "plugin uninstall":  # there must be something to take out
        leadbridge("plugin", "install", "--yes", "--only", "hubspot", settings=settings, clock=here.clock)

    ended = leadbridge(*command.split(), *words.split(), "--json", settings=settings, clock=here.clock)
    said = document(ended)

    assert ended.code == code, ended.err
    if code in (1, 2, 3) and command not in OWN_WORDS:
        assert said["exit"] == code
        assert all(sentence in ended.err for sentence in said["errors"])


@pytest.mark.parametrize("command", tuple(every_command()))
def test_a_machine_that_says_it_wrong_reads_so(leadbridge: Leadbridge, command: str) -> None:
    ended = leadbridge(*command.split(), "--json", "--no-such-option")

    said = document(ended)
    assert said["exit"] == ended.code == 2
    assert "No such option: --no-such-option" in said["errors"][0]
    assert said["errors"][0] in ended.err


def test_who_leaves_an_argument_out_or_knows_another_command_reads_so(leadbridge: Leadbridge) -> None:
    without, unknown = leadbridge("timeline", "--json"), leadbridge("plugin", "instal", "--json")

    assert document(without) == {"errors": ["Missing argument 'ref'."], "exit": 2}
    assert "No such command 'instal'" in document(unknown)["errors"][0]
    assert without.code == unknown.code == 2
