"""With `--json` every command prints one JSON document on standard output and nothing else, however it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from rich.console import Console
from typer.main import get_command

from sync.cli.app import app
from sync.daemon import Daemon
from sync.model import Brake
from sync.store import LeaseLost
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


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with nobody in it that has leadbridge's own fields."""
    with town(tmp_path_factory.mktemp("installed"), in_process=True) as made:
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
    settings = here.settings() | here.world.admin_settings()
    if command == "plugin uninstall":  # there must be something to take out
        leadbridge("plugin", "install", "--yes", "--only", "hubspot", settings=settings)

    ended = leadbridge(*command.split(), *words.split(), "--json", settings=settings)
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


def serving(here: Town) -> dict[str, str]:
    """The settings of a daemon whose dashboard takes any free port."""
    return here.settings() | {"LEADBRIDGE_HTTP__PORT": "0"}


def test_a_daemon_that_loses_the_bridge_has_told_its_document_and_says_why_in_words(
    installed: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: Daemon) -> None:
        raise LeaseLost("another")

    monkeypatch.setattr(Daemon, "run", lost)
    ended = leadbridge("run", "--json", settings=serving(installed))

    assert set(document(ended)) == {"dashboard", "mode", "own_fields"}
    assert ended.code == 1
    assert str(LeaseLost("another")) in ended.err


def test_a_daemon_that_must_leave_it_to_a_person_says_which_brake(
    tmp_path: Path, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def met(daemon: Daemon) -> None:
        brake = Brake("foreign", None, 1, "another bridge writes here")
        daemon._engine.store.set_brake(brake, daemon._engine.clock.now())  # as if one had been met

    monkeypatch.setattr(Daemon, "run", met)
    with town(tmp_path, in_process=True) as here:
        here.configure()
        ended = leadbridge("run", "--json", settings=serving(here))
        once = leadbridge("run", "--once", "--json", settings=here.settings())

    assert set(document(ended)) == {"dashboard", "mode", "own_fields"}
    assert [one["text"] for one in document(once)["brakes"]] == ["another bridge writes here"]
    for said in (ended, once):
        assert said.code == 3
        assert "another bridge writes here" in said.err


@pytest.mark.parametrize("command", ["status", "plan", "sweep", "plugin plan", "state verify", "check"])
def test_a_command_that_is_stopped_with_ctrl_c_tells_a_machine_so(
    leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sync.cli.options.read_settings", stopped)
    ended = leadbridge(*command.split(), "--json")

    said = document(ended)
    assert said["exit"] == ended.code == 130
    assert said["errors"] == ["You stopped it with Ctrl-C; what was done until then stays done."]
    assert said["errors"][0] in ended.err


def test_a_fault_of_our_own_is_a_document_and_still_a_traceback(
    leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("a value of Ada's")

    monkeypatch.setattr("sync.cli.options.read_settings", broken)
    with pytest.raises(RuntimeError):
        leadbridge("status", "--json")

    ended = Ended(1, *capsys.readouterr())
    said = document(ended)
    assert said["exit"] == 1
    assert "a fault of leadbridge's own" in said["errors"][0]
    assert "Ada" not in ended.out


def test_the_story_that_is_stopped_tells_a_machine_so(
    leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    stop.set()
    monkeypatch.setattr("sync.cli.showing.until_interrupted", lambda: nullcontext(stop))

    ended = leadbridge("demo", "--once", "--people", "0", "--json")

    assert (document(ended), ended.code) == ({"stopped": True}, 0)


@pytest.mark.parametrize("command", ["state verify", "run --once", "backfill", "plan"])
def test_a_bar_is_for_people_and_is_not_shown_to_whom_a_machine_reads_for(
    installed: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    settings = installed.settings() | installed.world.admin_settings()

    def shown(*more: str) -> bool:
        monkeypatch.setattr("sync.cli.printing.errors", Console(stderr=True, force_terminal=True))
        ended = leadbridge(*command.split(), *more, settings=settings)
        return "\x1b[?25l" in ended.err  # a bar hides the cursor while it lasts

    assert (shown(), shown("--json")) == (True, False)
