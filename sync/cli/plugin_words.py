"""How the plan of an install is told: a table and sentences for people, JSON for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import typer

from plugin.diff import VERBS, counted, touched
from plugin.planning import Plan
from sync.cli.endings import DECIDE, FAILED, WRONG
from sync.cli.plugin_trace import Trace
from sync.cli.printing import as_json, clock_time, complain, say, table


def stop(found: Plan) -> None:
    """Leave when something stands in the way: 2 for the config, 3 for a person's decision."""
    if not found.stops:
        return
    complain(stop.text for stop in found.stops)
    raise typer.Exit(_ends(found))


def _ends(found: Plan) -> int:
    return WRONG if any(stop.how == "wrong" for stop in found.stops) else DECIDE


def _row(one: Any) -> dict[str, str]:
    return {"side": one.side, "type": one.type, "name": one.name, "verb": one.verb, "why": one.why}


def said(found: Plan) -> dict[str, Any]:
    """The plan as `--json` prints it; *errors* say what stands in the way, and *exit* how the command ends then."""
    exit_ = {"exit": _ends(found)} if found.stops else {}
    return {
        "version": str(found.marker),
        "counts": counted(found.changes),
        "changes": [_row(one) for one in touched(found.changes)],
        "errors": [stop.text for stop in found.stops],
        **exit_,
        "notes": list(found.notes),
    }


def print_plan(found: Plan) -> None:
    """What would be done, a line each, then notes and how many of each kind."""
    rows = sorted(
        touched(found.changes), key=lambda one: (VERBS.index(one.verb), one.side, one.type, one.name)
    )
    if rows:
        table(
            ["what", "where", "type", "name", "why"],
            ([one.verb, one.side, one.type, one.name, one.why] for one in rows),
        )
    for note in found.notes:
        say(note)
    say(", ".join(f"{n} {verb}" for verb, n in counted(found.changes).items()) + ".")


def _next_steps(found: Plan, widen: bool) -> Iterator[str]:
    """What an install does not do: people's rights and pages, and what comes after a wider one."""
    if widen:
        yield (
            "Nothing was taken away. Restart the bridge, which moves people by `migrations`; when nobody stands in a"
            " stage that goes any more: leadbridge plugin install."
        )
    if any(one.type == "PermissionSet" and one.verb == "create" for one in found.changes):
        yield (
            "Next, by hand: give the bridge's user the permission set Leadbridge_Integration and sellers"
            " Leadbridge_Sales_User, put fields and buttons on the page layouts, map the Lead's fields to the Contact's"
            " (docs/plugin-admin-guide.md)."
        )


def tell_installed(found: Plan, left: Plan, trace: Trace, json: bool, *, widen: bool) -> None:
    """What was done, where its *trace* is, what is left to do by hand; exits with 1 where a second look misses something."""
    missing = touched(left.changes)
    lacking = [f"{one.side} {one.type} {one.name}: {one.why or 'missing'}" for one in missing]
    if json:
        exit_ = {"exit": FAILED} if lacking else {}
        more = {"left": [_row(one) for one in missing], "trace": trace.place and str(trace.place)}
        as_json({**said(found), **more, "errors": lacking, **exit_})
    elif not lacking:
        say(f"All is installed: {left.marker}.")
        if not found.is_empty:
            say(trace.told)
        for step in _next_steps(found, widen):
            say(step)
    if lacking:
        complain(lacking)
        raise typer.Exit(FAILED)


def install_in_words(install: Mapping[str, Any], zone: Any) -> str:
    """Which plugin stands there, for which lifecycle, since when and by whom."""
    when = clock_time(datetime.fromisoformat(install["at"]), zone)
    what = "taken out" if install["removed"] else "installed, wider" if install["widened"] else "installed"
    by = f" by user {install['by']}" if install["by"] else ""
    return (
        f"plugin {install['version']} for version {install['lifecycle']} of the lifecycle (bundle {install['bundle']})"
        f" was {what} {when}{by}"
    )
