"""The demo as it is seen on a terminal: the story while it happens, then what came of it."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connectors.records import Ref
from sync.cli.endings import FAILED
from sync.cli.printing import as_json, clock_time, console, in_one_line, in_order, progress, say, table
from sync.cli.serving import dashboard
from sync.cli.trying import usable
from sync.clock import SystemClock
from sync.demo import ADA, BEN, Scene, Stage, contact_of, keep_running, staged, until_interrupted
from sync.logs import start_logging
from sync.model import Entry
from sync.report.views import line_of

STATE: Final = Path("state") / "demo"
PAUSE_S: Final = 2.5


@dataclass(frozen=True, slots=True)
class Played:
    """What the play left behind, in figures that can be checked."""

    people: dict[str, int]
    won: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    problems: dict[str, int]
    unexplained: int
    refused: list[str]
    writes: dict[str, int]
    writes_after: int

    @property
    def is_told(self) -> bool:
        """The story came to its end, and nothing is left to write."""
        ends = [one["leadbridge_stage"] for one in (*self.won, *self.rejected)]
        return self.writes_after == 0 and ends == ["won", "nurturing"]


def play(*, once: bool, people: int, data: Path | None, port: int, json: bool) -> int:
    """Play the story; with *once* return its exit code, else go on until interrupted."""
    start_logging("auto", "warning")
    with ExitStack() as stack:
        say_unless(
            json,
            "Two stand-in systems, Salesforce and HubSpot, with "
            f"{'your own records' if data else 'a sample company'}; leadbridge between them.",
        )
        with usable(data):
            stage = stack.enter_context(staged(STATE, people=people, data=data, port=0 if once else port))
        say_unless(
            json, "The plugin is installed in both; the bridge's user has exactly the rights it generates."
        )
        _list_refusals(stage, json)
        stop = stack.enter_context(until_interrupted())
        if not once:
            url = stack.enter_context(dashboard(stage.bridge, stage.daemon))
            say_unless(json, f"Dashboard: {url}  (stop with Ctrl-C)")
        _adopt(stage, json)
        for scene in stage.story.scenes:
            if stop.is_set():
                return _stopped(json)
            _show(stage, scene, json)
            if not once:
                SystemClock().wait(PAUSE_S, stop)
        played = _sum_up(stage)
        _print_summary(stage, played, json)
        if not once:
            say_unless(
                json, "The story is told; both systems and the bridge go on running. Stop with Ctrl-C."
            )
            keep_running(stage, stop)
    return 0 if played.is_told else FAILED


def _stopped(json: bool) -> int:
    if json:
        as_json({"stopped": True})
    return 0


def say_unless(json: bool, text: str) -> None:
    """Print for a person, unless a machine reads."""
    if not json:
        say(text)


def _list_refusals(stage: Stage, json: bool) -> None:
    if stage.world.refusals and not json:
        say(f"{len(stage.world.refusals)} rows were refused:")
        for refused in stage.world.refusals[:20]:
            say(f"  {refused}")


def _adopt(stage: Stage, json: bool) -> None:
    """The bridge meets everybody who was there before it."""
    with progress("meeting everybody who was there before") as bar:
        stage.daemon.settle(on_pass=lambda done: bar.advance(done.planned))
    if json:
        return
    say(
        "Everybody who was there before the bridge has a stage now; nobody was handed over, nobody counts as late:"
    )
    counted = in_order(stage.bridge.store.people_by_stage(), stage.bridge.agreement.lifecycle.stages)
    table(["stage", "people"], counted.items())


def _show(stage: Stage, scene: Scene, json: bool) -> None:
    newest = stage.bridge.store.entries(None, 1)
    last = newest[0].seq if newest else 0
    refusal = stage.show(scene)
    if json:
        return
    when = clock_time(scene.at, stage.bridge.agreement.bridge.zone)
    console.print()
    say(
        f" {scene.what}." if scene.who else f": {scene.what}.",
        bold=f"{when}  {scene.who or 'Time passes'}",
    )
    if refusal:
        say(f"    Salesforce does not save it: {refusal}")
    for entry in _about(stage, scene, last):
        say(f"    {in_one_line(in_words(entry))}")


def _about(stage: Stage, scene: Scene, last: int) -> list[Entry]:
    refs = [contact_of(stage, email) for email in scene.about]
    if any(email == ADA for email in scene.about):
        refs += _deals(stage)
    found = stage.bridge.store.entries(refs, 200)
    return [
        entry
        for entry in reversed(found)
        if entry.seq > last and entry.kind == "decided" and line_of(entry).is_of_the_story
    ]


def _deals(stage: Stage) -> list[Ref]:
    try:
        return [Ref("salesforce", "opportunity", stage.story.opportunity())]
    except (LookupError, StopIteration):
        return []


def in_words(entry: Entry) -> str:
    """One decision of the story in a sentence."""
    line = line_of(entry)
    said = {
        "moved": f"{line.old or 'start'} → {line.new}",
        "reverted": f"{line.old} stays, not {line.new}",
        "corrected": f"the reason is {line.new}, no longer {line.old or 'none'}",
        "late": f"late at {line.old}",
        "linked": f"{line.ref} and {line.new} belong together",
        "conflict": f"two values for {line.field}",
        "deleted": f"{line.old} is gone",
    }
    match line.what:
        case "outcome":
            return f"bridge: {line.field} = {line.new} on the contact in HubSpot"
        case "told":
            return f"bridge writes a note in {line.side}: {line.why}"
        case "created":
            return f"bridge creates a {line.new} in {line.side}   ({line.why})"
    return f"bridge: {said.get(line.what, line.what)}   ({line.why})"


def _sum_up(stage: Stage) -> Played:
    contacts = {row["email"]: row for row in stage.world.hubspot.records("contacts") if "email" in row}
    writes: Counter[str] = Counter(commit.side for commit in stage.world.log.writes(actor="daemon"))
    stage.clock.advance(60)
    after = sum(sum(done.written.values()) for done in stage.daemon.settle())
    return Played(
        people=in_order(stage.bridge.store.people_by_stage(), stage.bridge.agreement.lifecycle.stages),
        won=[_won(contacts[ADA])],
        rejected=[_rejected(contacts[BEN])],
        problems=dict(Counter(one.problem.code for one in stage.bridge.store.problems())),
        unexplained=sum(one.problem.code == "internal_error" for one in stage.bridge.store.problems()),
        refused=[str(one) for one in stage.world.refusals],
        writes=dict(writes),
        writes_after=after,
    )


def _print_problems(stage: Stage, played: Played) -> None:
    """What waits for a person, by kind, with what to do; each one is listed by its own command."""
    if not played.problems:
        return
    say("Waiting for a person's word:")
    remedies = {one.problem.code: one.problem.remedy for one in stage.bridge.store.problems()}
    for code, n in played.problems.items():
        say(f"  {n} {code}: {remedies[code]}")
    say(f"  Each with its records: LEADBRIDGE_STATE={STATE} leadbridge problems list")
    say(f"Problems without an explanation: {played.unexplained}")


def _won(row: Any) -> dict[str, Any]:
    names = (
        "email",
        "leadbridge_stage",
        "leadbridge_outcome",
        "leadbridge_won_amount",
        "leadbridge_won_currency",
        "lifecyclestage",
    )
    return {name: row.get(name) for name in names}


def _rejected(row: Any) -> dict[str, Any]:
    names = ("email", "leadbridge_stage", "leadbridge_reason", "leadbridge_round", "lifecyclestage")
    return {name: row.get(name) for name in names}


def _print_summary(stage: Stage, played: Played, json: bool) -> None:
    if json:
        as_json(played)
        return
    console.print()
    say("What stands in HubSpot now:")
    for row in (*played.won, *played.rejected):
        say("  " + " · ".join(f"{name} {value}" for name, value in row.items()))
    table(["stage", "people"], played.people.items())
    _print_problems(stage, played)
    written = ", ".join(f"{n} in {side}" for side, n in sorted(played.writes.items()))
    say(f"Field values that the bridge wrote (stages, deadlines, keys, fields): {written}.")
    say(f"Writes made by one more `run --once` on this world: {played.writes_after}")
