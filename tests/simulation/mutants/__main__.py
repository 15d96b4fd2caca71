"""`python -m tests.simulation.mutants`: every planted bug must be found within so many histories."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutants.hunting import Found, hunted
from tests.simulation.proof import write_section

PROOF: Final = Path("docs/proof.md")


def main() -> int:
    """Hunt every mutant (or those that are named); 1 when one of them was not found."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    asked.add_argument("mutants", nargs="*", default=list(MUTANTS), help="only these")
    asked.add_argument("--seeds", type=int, default=200, help="histories for each at most (200)")
    asked.add_argument("--from", dest="first", type=int, default=0, help="the first seed (0)")
    asked.add_argument("--jobs", type=int, default=2, help="processes (2)")
    asked.add_argument("--write", action="store_true", help=f"put the table into {PROOF}")
    told = asked.parse_args()
    found: list[Found] = []
    with ProcessPoolExecutor(told.jobs, mp_context=get_context("spawn")) as pool:
        for one in pool.map(hunted, [(name, told.first, told.seeds) for name in told.mutants]):
            found.append(one)
            print(_row(one), flush=True)
    missed = [one.mutant for one in found if one.seed is None]
    print(f"{len(found) - len(missed)} of {len(found)} found within {told.seeds} histories")
    if told.write:
        write_section(PROOF, "mutants", table(found, told.seeds))
    return 1 if missed else 0


def _row(one: Found) -> str:
    if one.seed is None:
        return f"{one.mutant:30} NOT FOUND in {one.tried} histories"
    return (
        f"{one.mutant:30} history {one.tried:3}, seed {one.seed:4}, by {one.invariant}: {one.sentence[:90]}"
    )


def table(found: list[Found], most: int) -> str:
    """The table of the page of proof."""
    head = "| planted bug | what it does wrong | found in history | by |\n|---|---|---|---|"
    rows = [
        f"| `{one.mutant}` | {MUTANTS[one.mutant].means} | {one.tried if one.seed is not None else 'not found'} | {one.invariant} |"
        for one in found
    ]
    caught = sum(one.seed is not None for one in found)
    return "\n".join([f"{caught} of {len(found)} found, each within {most} histories.", "", head, *rows])


if __name__ == "__main__":
    sys.exit(main())
