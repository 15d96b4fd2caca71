"""Thousands of histories, each from a seed of its own, held to every invariant.

python -m tests.simulation --seeds 1000 --from 0        one line for each seed that fails; exit 1 if one does
python -m tests.simulation --replay 4711                one history with its log and all that is wrong with it
python -m tests.simulation --twice 50                   the same trace in two processes with other hash seeds?
python -m tests.simulation --about requests             short ones in which people ask for stages, from both sides
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation import running
from tests.simulation.asking import judging as asking
from tests.simulation.figures import Figures
from tests.simulation.history import live
from tests.simulation.judging import Judged, violations_of
from tests.simulation.proof import write_section


def main() -> int:
    """Exit code 1 when a promise was broken."""
    asked = _arguments()
    level = logging.WARNING if asked.replay is not None else logging.CRITICAL
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level), cache_logger_on_first_use=True
    )
    logging.disable(logging.CRITICAL)
    if asked.traces is not None:
        return _tell_traces(asked.traces, asked.about)
    if asked.replay is not None and asked.about == "requests":
        return _replay_requests(asked.replay, in_full=asked.full)
    if asked.replay is not None:
        return _replay(asked.replay, asked.mutant, in_full=asked.full)
    if asked.twice is not None:
        return _twice(range(asked.first, asked.first + asked.twice), asked.about)
    return _run(asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many histories")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument(
        "--about",
        choices=tuple(running.JUDGES),
        default="everything",
        help="what people do: all they can, or requests",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--replay", type=int, help="live one seed and tell everything that is wrong")
    parser.add_argument("--full", action="store_true", help="with --replay: the whole trace, line by line")
    parser.add_argument("--mutant", help="with --replay: plant this mistake first")
    parser.add_argument("--twice", type=int, help="compare so many seeds in two processes")
    parser.add_argument("--traces", help=argparse.SUPPRESS)
    parser.add_argument("--proof", type=Path, help="write the figures into this page")
    parser.add_argument(
        "--but-known",
        action="store_true",
        help="seeds that are listed as open in seeds/ are lived and told, but fail nobody",
    )
    parser.add_argument("--keep", action="store_true", help="append failing seeds to seeds/failed.txt")
    return parser.parse_args()


def _run(asked: argparse.Namespace) -> int:
    fresh = range(asked.first, asked.first + asked.seeds)
    about = asked.about
    before = [seed for seed in running.failed_before(about) if seed not in fresh]
    seeds = [*before, *fresh]
    known = running.known_open(about) if asked.but_known else frozenset()
    fresh_wrong = 0
    console, figures, traces = Console(highlight=False, soft_wrap=True), Figures(), dict[int, str]()
    running.warm(about)
    with _bar(console) as bar:
        task = bar.add_task("histories", total=len(seeds))
        for one in running.judged(seeds, asked.jobs, about):
            figures.add(one)
            traces[one.seed] = one.trace
            _tell(bar.console, one, about)
            fresh_wrong += bool(one.violations) and one.seed not in known
            if one.violations and asked.keep:
                running.keep(one, about)
            bar.update(task, advance=1, description=f"histories ({figures.violated} violated)")
    again = seeds[:: max(1, min(100, len(seeds)))]
    differing = _differing(again, traces, running.traces(again, 1 + asked.first % 1000, about))
    for seed in differing:
        console.print(f"seed {seed}: I20: two processes lived two different histories", markup=False)
    table = figures.table(asked.first, len(again) - len(differing))
    console.print(table, markup=False)
    if asked.proof:
        write_section(asked.proof, "simulate" if about == "everything" else about, table)
    if known:
        console.print(
            f"{figures.violated - fresh_wrong} of these are open and known (in seeds/), {fresh_wrong} are not"
        )
    return int(bool(fresh_wrong or differing))


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _tell(console: Console, one: Judged, about: str) -> None:
    which = "" if about == "everything" else f"--about {about} "
    for found in one.violations[:3]:
        replay = f"python -m tests.simulation {which}--replay {one.seed}"
        console.print(f"seed {one.seed}: {found}  → {replay}", markup=False)


def _replay(seed: int, mutant: str | None, *, in_full: bool) -> int:
    lived = live(seed, mutant=mutant, trace=in_full)
    print(lived.swarm)
    print(lived.trace)
    violations = list(violations_of(lived))
    for found in violations:
        print(found)
    return int(bool(violations))


def _replay_requests(seed: int, *, in_full: bool) -> int:
    lives = asking.tell(seed, trace=in_full)
    for told in lives:
        print(told.mix)
        for deed, did in zip(told.script, told.did, strict=True):
            print(deed, "→", did or "in vain")
        print(told.lived.trace)
    violations = list(asking.violations_of(*lives))
    for found in violations:
        print(found)
    return int(bool(violations))


def _twice(seeds: Sequence[int], about: str) -> int:
    differing = _differing(seeds, running.traces(seeds, 1, about), running.traces(reversed(seeds), 2, about))
    for seed in differing:
        print(f"seed {seed}: two processes lived two different histories")
    print(f"{len(seeds) - len(differing)} of {len(seeds)} seeds came out the same twice")
    return int(bool(differing))


def _differing(seeds: Sequence[int], one: dict[int, str], other: dict[int, str]) -> list[int]:
    return [seed for seed in seeds if one.get(seed) != other.get(seed)]


def _tell_traces(told: str, about: str) -> int:
    for seed in map(int, told.split(",")):
        print(seed, running.JUDGES[about](seed).trace)
    return 0


if __name__ == "__main__":
    sys.exit(main())
