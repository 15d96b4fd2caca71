"""Every crash point of every scenario, real kills, lost answers and lost stores: `make crash`."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sync.logs import start_logging
from tests.simulation.crash.kills import kills, one_kill
from tests.simulation.crash.lives import Verdict
from tests.simulation.crash.losses import losses, one_loss
from tests.simulation.crash.lost_answers import lost_answers
from tests.simulation.crash.place import quick
from tests.simulation.crash.points import Chosen, Figures, Told, about, each, every_point, one_point
from tests.simulation.crash.scenarios import SCENARIOS
from tests.simulation.proof import write_section

Row = tuple[str, str, int]
COMMAND = "python -m tests.simulation.crash"


def main() -> int:
    """Run what was asked for; 1 when something did not hold."""
    told = _arguments()
    start_logging("json", "critical")
    names = _named(told.scenarios)
    with quick():
        if told.point is not None:
            return _replay(one_point(names[0], told.point))
        if told.kill is not None:
            return _replay(one_kill(names[0], told.kill))
        if told.loss is not None:
            return _replay(one_loss(names[0], told.loss))
        return _run(told, names)


def _run(told: argparse.Namespace, names: list[str]) -> int:
    began = time.monotonic()
    asked = {_kills: told.kills, _losses: told.losses, _creates: told.creates}
    parts, wrong = [], 0
    if told.points != "none":
        text, wrong = _points(told, names)
        parts.append(text)
    rows = []
    for run, is_wanted in asked.items():
        if is_wanted:
            found = run(told, names)
            rows += [f"| {what} | {how_often} | {violations:,} |" for what, how_often, violations in found]
            wrong += sum(violations for _, _, violations in found)
    if rows:
        parts.append("\n".join(["| what | how often | violations |", "|---|---|---|", *rows]))
    print("\n\n".join(parts) + f"\n{time.monotonic() - began:.0f} s with {told.jobs} jobs")
    if told.proof:
        write_section(Path(told.proof), "crash", "\n\n".join(parts))
    return 1 if wrong else 0


def _points(told: argparse.Namespace, names: list[str]) -> tuple[str, int]:
    """Every scenario's figures as a table, and how many violations there were."""
    rows = ["| scenario | points | states | lived on from | violations |", "|---|---:|---:|---:|---:|"]
    total = Figures()
    with _progress("crash points", len(names)) as tick:
        for name in names:
            twice = told.points == "every"
            found = every_point(
                name, chosen=_chosen(told, name), jobs=told.jobs, twice=twice, told=_say("point")
            )
            rows.append(_row(name, found))
            print(rows[-1], file=sys.stderr, flush=True)
            total.add(found)
            tick()
    rows.append(_row(f"**all {total.scenarios}**", total))
    told_how = (
        "A point is right before or right after one call, statement or commit; points that leave the same "
    )
    told_how += "town are one state, and one life tells for all of them."
    return f"{told_how}\n\n" + "\n".join(rows), len(total.wrong)


def _row(name: str, found: Figures) -> str:
    figures = found.points, found.states, found.lived, len(found.wrong)
    return f"| {name} | " + " | ".join(f"{one:,}" for one in figures) + " |"


def _kills(told: argparse.Namespace, names: list[str]) -> list[Row]:
    with _progress("kills", told.kills) as tick:
        found = kills(told.kills, jobs=told.jobs, seed=told.seed, names=names, told=_say("kill", tick))
    what = "SIGKILL of a real process: file database, real HTTP"
    return [(what, f"{len(found):,} kills", sum(bool(one.wrong) for one in found))]


def _losses(told: argparse.Namespace, names: list[str]) -> list[Row]:
    with _progress("losses", told.losses) as tick:
        found = losses(told.losses, jobs=told.jobs, seed=told.seed, names=names, told=_say("loss", tick))
    what = "the store is lost together with its process"
    return [(what, f"{len(found):,} losses", sum(bool(one.wrong) for one in found))]


def _creates(told: argparse.Namespace, _names: list[str]) -> list[Row]:
    rows: list[Row] = []
    for made in lost_answers(told.creates):
        what = f"{made.wanted:,} creations, all answers cut after the commit ({made.cut} calls)"
        for sentence in made.wrong[:5]:
            print(f"FAILED {sentence}", file=sys.stderr)
        rows.append(
            (what, ", ".join(f"{count:,} {kind}" for kind, count in made.records.items()), len(made.wrong))
        )
    return rows


def _chosen(told: argparse.Namespace, name: str) -> Chosen:
    if told.points.startswith("sample:"):
        return about(int(told.points.removeprefix("sample:")), name, told.seed)
    return each


def _replay(verdict: Verdict) -> int:
    print(f"{verdict.scenario}, {verdict.point}: {verdict.what}")
    for sentence in verdict.wrong:
        print(f"  {sentence}")
    print("  nothing is wrong" if not verdict.wrong else "")
    return 1 if verdict.wrong else 0


def _say(how: str, tick: Callable[[], None] = lambda: None) -> Told:
    """One line a failure, with the command that shows it again."""

    def told(verdict: Verdict) -> None:
        tick()
        if verdict.wrong:
            again = f"{COMMAND} --scenarios {shlex.quote(verdict.scenario)} --{how} {verdict.point}"
            print(
                f"FAILED {verdict.what}: {_last_line(verdict.wrong[0])} · again: {again}",
                file=sys.stderr,
                flush=True,
            )

    return told


def _last_line(wrong: str) -> str:
    return wrong.strip().rpartition("\n")[2]


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    # Drawn by hand: a thread that draws would stand in every fork.
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False) as bar:
        task = bar.add_task(what, total=total)

        def tick() -> None:
            bar.advance(task)
            bar.refresh()

        yield tick


def _named(told: str | None) -> list[str]:
    if not told:
        return list(SCENARIOS)
    wanted = [one.strip().replace("-", " ") for one in told.split(",")]
    found = [name for name in SCENARIOS if any(one in name for one in wanted)]
    if not found:
        raise SystemExit(f"no scenario is called {told!r}; there are:\n  " + "\n  ".join(SCENARIOS))
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--scenarios", help="names or parts of names, by commas; all without it")
    parser.add_argument(
        "--points", default="all", help="all · every (also those that leave one state) · sample:N · none"
    )
    parser.add_argument("--kills", type=int, default=0, help="how many processes are killed")
    parser.add_argument("--losses", type=int, default=0, help="how often the store is lost")
    parser.add_argument("--creates", type=int, default=0, help="how many creations lose their answer")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--point", type=int, help="die at this one point again")
    parser.add_argument("--kill", type=int, help="this one kill again")
    parser.add_argument("--loss", type=int, help="lose the store at this one point again")
    parser.add_argument("--proof", help="the page to write the figures into")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
