"""The command line: every command, and how each of them ends.

Exit codes: 0 done · 1 failed · 2 config or arguments wrong · 3 needs a person's
decision · 4 checked, and something differs. What a person can mend ends in
sentences, never in a traceback; with `--json` they are printed as `{"errors": […], "exit": n}`, too.
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
from sync.cli.endings import ending_of
from sync.cli.printing import as_json, complain

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
    json = "--json" in sys.argv[1:]
    try:
        sys.exit(app(standalone_mode=not json) or 0)
    except Exception as error:
        ending = ending_of(error)
        if ending is None:
            raise
        if json:
            as_json({"errors": ending.sentences, "exit": ending.code})
        complain(ending.sentences)
        sys.exit(ending.code)
