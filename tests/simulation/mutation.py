"""`make mutate`: small changes of the pure core, one at a time; how many of them does a test notice?

python -m tests.simulation.mutation                     every mutant (many hours on two cores); a second call goes on
python -m tests.simulation.mutation --sample 600        so many, drawn at random (`--seed` draws others)
python -m tests.simulation.mutation --survivors         tries those again that no test noticed

mutmut makes and tries the mutants (`[tool.mutmut]` in pyproject.toml says of which files, and by which tests).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from math import sqrt
from pathlib import Path
from typing import Final

from tests.simulation.proof import write_section

MUTANTS: Final = Path("mutants")
MUTMUT: Final = Path(sys.executable).with_name("mutmut")
SURE: Final = 1.96  # standard deviations on either side that hold 95 of 100 samples
_KILLED: Final = frozenset(
    {1, 3, 152, 24, -24, 36, 255, -9}
)  # a test failed, or the mutant never came to an end
_ALIVE: Final = frozenset({0, 33})  # all tests passed, or none comes by
_ONE: Final = "connectors.retry.x_retry_after_s__mutmut_1"
_PART: Final = {
    "connectors.retry": "retries",
    "sync.merge": "merge",
    "sync.plan": "plan",
    "mappings.lifecycle": "lifecycle",
}
Codes = Mapping[str, int | None]


def main() -> int:
    """Try mutants and tell the figures; 1 when fewer than *--least* percent were noticed."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.mutation", description=__doc__)
    asked.add_argument("--sample", type=int, default=0, help="only so many, drawn at random")
    asked.add_argument("--seed", type=int, default=1, help="which sample is drawn (1)")
    asked.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    asked.add_argument("--least", type=float, default=85.0, help="percent that must be noticed (85)")
    asked.add_argument("--survivors", action="store_true", help="only those that no test noticed so far")
    asked.add_argument("--told", action="store_true", help="try nothing, tell what was found")
    asked.add_argument("--proof", type=Path, help="write the figures into this page")
    told = asked.parse_args()
    if told.sample or told.survivors:
        if not told.told:
            if told.sample:
                shutil.rmtree(MUTANTS, ignore_errors=True)  # it is about the code as it is now
            _mutmut(told.jobs, [_ONE])  # makes all of them
        chosen = _drawn(told.sample, told.seed) if told.sample else _alive(_results())
        if chosen and not told.told:
            _mutmut(told.jobs, chosen)
    elif not told.told:
        _mutmut(told.jobs, [])
    known = _results()
    names = _drawn(told.sample, told.seed) if told.sample else known
    tried = {name: known[name] for name in names if known[name] is not None}
    page = table(tried, len(known), told.seed if told.sample else None)
    print("\n".join([page, "", *_alive(tried)]))
    if told.proof:
        write_section(told.proof, "mutation", page)
    return int(_share(tried) < told.least)


def _mutmut(jobs: int, names: list[str]) -> None:
    done = subprocess.run(
        [MUTMUT, "run", "--max-children", str(jobs), *names], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"mutmut ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _results() -> dict[str, int | None]:
    """Each mutant's exit code: 0 where all tests passed, 33 where no test comes by, None where it was not tried."""
    found: dict[str, int | None] = {}
    for path in sorted(MUTANTS.rglob("*.meta")):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def _drawn(count: int, seed: int) -> list[str]:
    """So many of all mutants, each as likely as any other; the same ones for the same seed and the same code."""
    names = sorted(_results())
    return random.Random(f"mutants {seed}").sample(names, min(count, len(names)))


def _alive(codes: Codes) -> list[str]:
    return sorted(name for name, code in codes.items() if code in _ALIVE)


def _noticed(codes: Iterable[int | None]) -> int:
    return sum(code in _KILLED for code in codes)


def _share(tried: Codes) -> float:
    return 100 * _noticed(tried.values()) / max(1, len(tried))


def between(noticed: int, tried: int) -> tuple[float, float]:
    """The percent between which the share of all mutants lies, by this sample, in 95 of 100 samples (Wilson's interval)."""
    if not tried:
        return 0.0, 100.0
    share, weight = noticed / tried, SURE**2 / tried
    middle = (share + weight / 2) / (1 + weight)
    reach = SURE * sqrt(share * (1 - share) / tried + weight / (4 * tried)) / (1 + weight)
    return 100 * max(0.0, middle - reach), 100 * min(1.0, middle + reach)


def table(tried: Codes, made: int, seed: int | None) -> str:
    """What was tried and how, and the figures, a row for each part of the core."""
    lines = [_how(tried, made, seed), "", *_head(is_sample=seed is not None)]
    for name, some in (*_rows(tried), ("all", tried)):
        noticed = _noticed(some.values())
        row = f"| {name} | {len(some):,} | {noticed:,} | {_share(some):.1f} % |"
        if seed is not None:
            low, high = between(noticed, len(some))
            row += f" {low:.1f} % to {high:.1f} % |"
        lines.append(row)
    return "\n".join(lines)


def _how(tried: Codes, made: int, seed: int | None) -> str:
    drawn = "" if seed is None else f", drawn at random (seed {seed})"
    return (
        f"{len(tried):,} of {made:,} mutants tried{drawn}. Noticed is one by which a test fails or which never comes to an "
        "end; one that no test comes by is not. Some of the others change nothing that can be seen; they are not "
        "left out. The words of errors and of the log are not mutated."
    )


def _head(*, is_sample: bool) -> list[str]:
    if not is_sample:
        return ["| part | mutants | noticed | share |", "|---|---|---|---|"]
    return [
        "| part | drawn | noticed | share | of all mutants, with 95 % confidence |",
        "|---|---|---|---|---|",
    ]


def _rows(tried: Codes) -> Iterator[tuple[str, Codes]]:
    for start, name in _PART.items():
        some = {mutant: code for mutant, code in tried.items() if mutant.startswith(start)}
        if some:
            yield name, some


if __name__ == "__main__":
    sys.exit(main())
