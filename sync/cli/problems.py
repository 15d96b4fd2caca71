"""`leadbridge problems`: what went wrong, who must act, and what to do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from connectors.records import Ref, Side
from sync.bootstrap import read_agreement
from sync.cli.endings import DIFFERS, BadArgument
from sync.cli.options import Config, Json, opened_store, settings_with
from sync.cli.printing import as_json, say
from sync.clock import SystemClock
from sync.conflicts import CONFLICT, CannotResolve, resolve
from sync.intake import PAIR_OF
from sync.model import Problem
from sync.remember import try_again
from sync.store import Listed, Store

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


Which = Annotated[
    str, typer.Argument(metavar="ID|REF", help="The number that `problems list` shows, or a record.")
]


@problems.command("show")
def problems_show(which: Which, config: Config = None, json: Json = False) -> None:
    """Show one problem, or all of one record, with state and moments; exits with 4 when there is anything.

    Example: leadbridge problems show 12
    """
    with opened_store(config) as store:
        found = _found(store, which)
    if json:
        as_json([_whole(one) for one in found])
    else:
        for one in found:
            _print_problem(one.id, one.problem, one.times)
            said = one.problem.state.replace("_", " ")
            say(
                f"    {said}, since {one.since:%Y-%m-%d %H:%M} UTC, last met {one.last_at:%Y-%m-%d %H:%M} UTC"
            )
    raise typer.Exit(DIFFERS)


@problems.command("retry")
def problems_retry(which: Which, config: Config = None, json: Json = False) -> None:
    """Try what was refused or set aside anew; a running daemon takes it with its next pass.

    Example: leadbridge problems retry hubspot:contact:501
    """
    with opened_store(config) as store, store.transaction():
        found = _found(store, which)
        if of_none := [one for one in found if not _is_of_a_record(one)]:
            raise BadArgument(f"#{of_none[0].id} is about no record; {of_none[0].problem.remedy}.")
        refs = [one.problem.subject for one in found]
        anew = {str(ref): try_again(store, ref, SystemClock().now()) for ref in dict.fromkeys(refs)}
    if json:
        as_json({"refs": list(anew), "refusals": sum(anew.values())})
    else:
        say(f"{', '.join(anew)}: looked at with the next pass; what was refused is tried anew.")


@problems.command("dismiss")
def problems_dismiss(which: Which, config: Config = None, json: Json = False) -> None:
    """Close a problem that nobody will act on; it opens again when it is met again.

    What was set aside stays so, and is not tried until somebody edits the record.

    Example: leadbridge problems dismiss 12
    """
    with opened_store(config) as store:
        closed = [one.id for one in _found(store, which) if store.close_problem(one.id, SystemClock().now())]
    if json:
        as_json({"dismissed": closed})
    else:
        say(f"Dismissed: {', '.join(f'#{number}' for number in closed)}.")


@problems.command("resolve")
def problems_resolve(
    which: Which,
    keep: Annotated[
        str, typer.Option("--keep", help="Whose value stays: hubspot or salesforce.", show_default=False)
    ],
    config: Config = None,
    json: Json = False,
) -> None:
    """Settle a conflict: the value of one side stays, and goes to the other with the next pass.

    Both values stay in the ledger. Whoever edits the field meanwhile is asked again.

    Example: leadbridge problems resolve 12 --keep hubspot
    """
    side: Side | None = "hubspot" if keep == "hubspot" else "salesforce" if keep == "salesforce" else None
    if side is None:
        raise BadArgument(f"--keep is {keep!r}; it must be hubspot or salesforce. Nothing was changed.")
    agreement = read_agreement(settings_with(config).config)
    with opened_store(config) as store, store.transaction():
        found, now = _found(store, which), SystemClock().now()
        try:
            for one in _conflicts(found):
                resolve(store, agreement, one.problem, side, now)
                store.close_problem(one.id, now)
        except CannotResolve as error:
            raise BadArgument(f"{error} Nothing was changed.") from None
    if json:
        as_json({"resolved": [one.id for one in _conflicts(found)], "keep": side})
    else:
        numbers = ", ".join(f"#{one.id}" for one in _conflicts(found))
        say(f"Resolved: {numbers}; the value of {keep} goes to the other side with the next pass.")


def _conflicts(found: list[Listed]) -> list[Listed]:
    """The conflicts among the problems of one record; where there is none, all of them."""
    return [one for one in found if one.problem.code == CONFLICT] or found


def _is_of_a_record(one: Listed) -> bool:
    ref = one.problem.subject
    return (ref.side, ref.kind) in PAIR_OF


def _found(store: Store, which: str) -> list[Listed]:
    """The open problems with this number, or of this record."""
    number = int(which.lstrip("#")) if which.lstrip("#").isdecimal() else None
    if number is None:
        try:
            Ref.parse(which)
        except ValueError as error:
            raise BadArgument(f"{error}, nor a number of a problem.") from None
    found = [one for one in store.problems() if which == str(one.problem.subject) or one.id == number]
    if not found:
        raise BadArgument(
            f"There is no open problem {which}; `leadbridge problems list` shows those that are."
        )
    return found


def _whole(one: Listed) -> dict[str, Any]:
    seen = {"state": one.problem.state, "since": one.since, "last_at": one.last_at, "times": one.times}
    return {"id": one.id, **in_words(one.problem), **seen}


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
