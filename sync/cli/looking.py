"""Commands that look and change nothing: plan, status, why, timeline."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from connectors.records import Ref
from mappings.own_fields import IN_WORDS
from sync.cli.brakes import told
from sync.cli.endings import DIFFERS, BadArgument, writing_to
from sync.cli.options import (
    PAIRS,
    Config,
    Json,
    Pair,
    opened_bridge,
    opened_store,
    readable,
    require_pair,
    settings_with,
)
from sync.cli.plugin_words import install_in_words
from sync.cli.printing import as_json, clock_time, in_one_line, in_order, json_bytes, progress, say, table
from sync.cli.problems import in_words
from sync.clock import SystemClock
from sync.installs import OWN_FIELDS, last_installs
from sync.model import Plan
from sync.report.forecast import forecast
from sync.report.lines import Line
from sync.report.views import shown, story_of

_SHOWN_AT_ONCE = 60


def plan(
    pair: Pair = None,
    config: Config = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Also write the plan to FILE as JSON.")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Print every change, not only the first ones.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 4 when there are changes.")
    ] = False,
    json: Json = False,
) -> None:
    """Print what a pass over every record would change, in both directions, and by which rule. Writes nothing.

    Example: leadbridge plan --pair person
    """
    require_pair(pair)
    plans: list[Plan] = []
    with opened_bridge(config, quiet=True) as bridge, progress("reading both systems") as bar:
        for one in bridge.engine.preview(pair):
            bar.advance(1)
            if one.puts or one.problems:
                plans.append(one)
    plans.sort(key=lambda one: PAIRS.index(one.pair))
    changes = [change for one in plans for change in _changes(one)]
    said = {
        "changes": changes,
        "problems": [in_words(p) for one in plans for p in one.problems],
        "forecast": forecast(plans),
    }
    if out is not None:
        with writing_to(out):
            out.write_bytes(msgspec.json.format(json_bytes(said), indent=2))
    if json:
        as_json(said)
    else:
        _print_plan(changes, said, show_all)
    if exit_code and changes:
        raise typer.Exit(DIFFERS)


def _changes(one: Plan) -> list[dict[str, Any]]:
    """One row a field that would be written: where, old, new, and the rule that causes it."""
    return [
        {
            "ref": one.subject,
            "side": decision.side,
            "field": decision.field,
            "old": shown(decision.old),
            "new": shown(decision.new),
            "rule": decision.rule or decision.what,
            "why": decision.why,
        }
        for decision in one.decisions
        if decision.side is not None
        and decision.what in ("field", "conflict", "projected", "outcome", "created", "linked")
    ]


def _print_plan(changes: list[dict[str, Any]], said: dict[str, Any], show_all: bool) -> None:
    rows = changes if show_all else changes[:_SHOWN_AT_ONCE]
    for ref, group in groupby(rows, key=lambda row: row["ref"]):
        say(str(ref))
        for row in group:
            rule = row["rule"] if row["why"] == row["rule"] else f"{row['rule']}: {row['why']}"
            say(f"  → {row['side']:<10}  {_change(row)}   ({rule})")
    if len(rows) < len(changes):
        say(f"… and {len(changes) - len(rows)} more changes (--all prints them).")
    for problem in said["problems"][: None if show_all else _SHOWN_AT_ONCE]:
        say(f"! {problem['ref']}: {problem['text']}")
    say()
    counted = Counter((row["side"], row["rule"]) for row in changes)
    table(
        ["to", "rule", "changes"], ([side, rule, n] for (side, rule), n in sorted(counted.items(), key=str))
    )
    say(f"{len(changes)} changes, {len(said['problems'])} problems; nothing was written.")
    say(
        "A company or deal is created in HubSpot once one of its people is linked: it is in the plan from then on."
    )
    say(
        f"Writing them takes {said['forecast']['salesforce']} Salesforce and {said['forecast']['hubspot']} HubSpot calls."
    )


def _change(row: dict[str, Any]) -> str:
    if row["field"] is None:
        return f"{row['rule']} {row['new'] or ''}".rstrip()
    return f"{row['field']}: {_quoted(row['old'])} → {_quoted(row['new'])}"


def _quoted(value: str | None) -> str:
    return "(blank)" if value in (None, "") else f"“{in_one_line(str(value))}”"


def status(config: Config = None, json: Json = False) -> None:
    """Show how the bridge is: mode, brakes, people per stage, backlog, problems, today's calls.

    Example: leadbridge status --json
    """
    found = readable(settings_with(config))
    stages = found.agreement.lifecycle.stages if found.agreement else ()
    with opened_store(config) as store:
        said: dict[str, Any] = {
            "bridge": found.name,
            "mode": found.rules.mode if found.rules else None,
            "config_errors": found.mistakes,
            "own_fields": store.fact(OWN_FIELDS),
            "installs": last_installs(store),
            "live_since": store.fact("live_since"),
            "people": in_order(store.people_by_stage(), stages),
            "backlog": store.backlog(),
            "brakes": told(store),
            "problems": dict(Counter(listed.problem.code for listed in store.problems())),
            "calls_today": {
                f"{side} {why}": n for (side, why), n in store.calls(SystemClock().now().date()).items()
            },
        }
    if json:
        as_json(said)
        return
    mode = said["mode"] or "unknown (bridge.yaml is broken)"
    say(f"bridge {found.name}: mode {mode}, {_first_wrote(said['live_since'], found.zone)}")
    if said["own_fields"] is not None:
        say(f"{IN_WORDS[said['own_fields']]}.")
    for side, install in said["installs"].items():
        say(f"{side}: {install_in_words(install, found.zone)}.")
    for brake in said["brakes"]:
        say(f"brake #{brake['id']}: {brake['text']}; {brake['waiting']} records wait; {brake['remedy']}.")
    for heading in ("people", "backlog", "problems", "calls_today"):
        rows = said[heading]
        if rows:
            table([heading.replace("_", " "), "n"], rows.items())


def _first_wrote(live_since: str | None, zone: Any) -> str:
    if live_since is None:
        return "has never written"
    return f"first wrote {clock_time(datetime.fromisoformat(live_since), zone)}"


def why(
    ref: Annotated[
        str, typer.Argument(help="hubspot:contact:501, salesforce:lead:00Q…, or an e-mail address.")
    ],
    field: Annotated[str | None, typer.Argument(help="A field or mapping line; all without it.")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say why a value is as it is: the last decision about it.

    Example: leadbridge why hubspot:contact:501 stage
    """
    lines = _lines(config, ref)
    about = [
        line
        for line in lines
        if field is None or (line.field or "").split(".")[-1] == field or line.field == field
    ]
    newest = {line.field or line.what: line for line in about}
    if not newest:
        raise BadArgument(
            f"Nothing was decided about {field or 'any field'} of {ref}; `leadbridge timeline {ref}` shows all there is."
        )
    _print_lines(config, list(newest.values()), json)


def timeline(
    ref: Annotated[
        str, typer.Argument(help="hubspot:contact:501, salesforce:lead:00Q…, or an e-mail address.")
    ],
    config: Config = None,
    json: Json = False,
) -> None:
    """Show everything that was seen, decided and written about one person, company or deal, in order.

    Example: leadbridge timeline ada@example.com
    """
    lines = _lines(config, ref)
    if not lines:
        raise BadArgument(f"Nothing is known of {ref}.")
    _print_lines(config, lines, json)


def _lines(config: Path | None, ref: str) -> list[Line]:
    """The ledger's lines about *ref*; only an e-mail address needs HubSpot."""
    if not ref.isprintable():
        raise BadArgument(f"{ref!a} is neither a reference nor an e-mail address.")
    if "@" in ref:
        with opened_bridge(config, quiet=True) as bridge:
            found = bridge.contact_with(ref)
            return [] if found is None else story_of(bridge.store, found)
    try:
        known = Ref.parse(ref)
    except ValueError as error:
        raise BadArgument(f"{error}, nor an e-mail address.") from None
    with opened_store(config) as store:
        return story_of(store, known)


def _print_lines(config: Path | None, lines: list[Line], json: bool) -> None:
    if json:
        as_json(lines)
        return
    zone = readable(settings_with(config)).zone
    for line in lines:
        what = (
            f"{line.field}: {_quoted(line.old)} → {_quoted(line.new)}" if line.field else f"{line.new or ''}"
        )
        where = f" in {line.side}" if line.side else ""
        say(
            f"{clock_time(line.at, zone)}  {line.who}  {line.what}{where}  {what}".rstrip()
            + f"   ({in_one_line(line.why)})"
        )
