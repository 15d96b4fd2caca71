"""The command line: every command, and how each of them ends.

Exit codes: 0 done · 1 failed · 2 config or arguments wrong · 3 needs a person's
decision · 4 checked, and something differs · 130 stopped with Ctrl-C. What a person
can mend ends in sentences, never in a traceback. With `--json` one document is printed
however a command ends: its own, or the sentences as `{"errors": […], "exit": n}`.
"""

from __future__ import annotations

import sys

import typer

from sync.cli import (
    brakes,
    forgetting,
    looking,
    notifying,
    plugin,
    problems,
    running,
    setting_up,
    state,
    sweeping,
    undoing,
)
from sync.cli.endings import OWN_FAULT, STOPPED, Ending, ending_of
from sync.cli.printing import Machine, as_json, complain, read_by_machine

app = typer.Typer(
    name="leadbridge",
    help="Bridges HubSpot and Salesforce: one funnel, one set of words, one set of numbers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

app.command("init")(setting_up.init)
app.command("check")(setting_up.check)
app.command("demo")(running.demo)
app.command("twins")(running.twins)
app.command("run")(running.run)
app.command("backfill")(running.backfill)
app.command("plan")(looking.plan)
app.command("status")(looking.status)
app.command("pause")(brakes.pause)
app.command("resume")(brakes.resume)
app.add_typer(brakes.brakes, name="brakes")
app.add_typer(problems.problems, name="problems")
app.add_typer(notifying.notify, name="notify")
app.command("sweep")(sweeping.sweep)
app.command("undo")(undoing.undo)
app.command("erase")(forgetting.erase)
app.add_typer(plugin.plugin, name="plugin")
app.add_typer(state.state, name="state")
app.command("why")(looking.why)
app.command("timeline")(looking.timeline)


def main() -> None:
    """Run one command and leave with its exit code."""
    if "--json" in sys.argv[1:]:
        sys.exit(_for_a_machine())
    try:
        sys.exit(app() or 0)
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
        complain(ending.sentences)
        sys.exit(ending.code)


def _for_a_machine() -> int:
    """Run one command of which a machine reads one document, however it ends; return its exit code."""
    with read_by_machine() as machine:
        try:
            code = int(app(standalone_mode=False) or 0)
        except Exception as error:
            ending = ending_of(error)
            _tell(machine, ending or OWN_FAULT)
            if ending is None:
                raise
            return ending.code
        if code == STOPPED.code:
            _tell(machine, STOPPED)
        return code


def _tell(machine: Machine, ending: Ending) -> None:
    if not machine.has_read:
        as_json({"errors": ending.sentences, "exit": ending.code})
    complain(ending.sentences)
