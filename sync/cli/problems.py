"""`leadbridge problems`: what went wrong, who must act, and what to do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sync.cli.endings import DIFFERS
from sync.cli.options import Config, Json, opened_store
from sync.cli.printing import as_json, say
from sync.model import Problem

problems = typer.Typer(
    help="What went wrong, who must act, and what to do.\n\nExample: leadbridge problems list",
    short_help="What went wrong, who must act, and what to do.",
    no_args_is_help=True,
)


@problems.command("list")
def problems_list(
    config: Config = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only problems with this code, e.g. conflict.")
    ] = None,
    json: Json = False,
) -> None:
    """List what somebody must act on, the oldest first; exits with 4 when there is anything.

    Example: leadbridge problems list --kind conflict
    """
    with opened_store(config) as store:
        every = store.problems()
    found = [one for one in every if kind in (None, one.problem.code)]
    if json:
        as_json(
            [{"id": one.id, **in_words(one.problem), "since": one.since, "times": one.times} for one in found]
        )
    elif found:
        for one in found:
            _print_problem(one.id, one.problem, one.times)
    else:
        say(_none_of(kind, sorted({one.problem.code for one in every})))
    if found:
        raise typer.Exit(DIFFERS)


def _none_of(kind: str | None, codes: list[str]) -> str:
    """That nothing is listed; and which codes there are, for one that was mistyped."""
    if kind is None or not codes:
        return "No open problems."
    return f"No open problems with the code {kind}; there are some with {', '.join(codes)}."


def _print_problem(number: int, problem: Problem, times: int) -> None:
    about = f" · {problem.field}" if problem.field else ""
    met = f" · met {times} times" if times > 1 else ""
    say(f"#{number}  {problem.code}  {problem.subject}{about}{met}")
    say(f"    what: {problem.text}")
    say(f"    {problem.who} must act: {problem.remedy}")


def in_words(problem: Problem) -> dict[str, Any]:
    """A problem as machines read it."""
    return {
        "code": problem.code, "ref": problem.subject, "field": problem.field,
        "text": problem.text, "remedy": problem.remedy, "who": problem.who,
    }  # fmt: skip
