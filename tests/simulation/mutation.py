"""`make mutate`: small changes of the pure core, one at a time; how many of them does a test notice?

python -m tests.simulation.mutation                     every mutant (hours on two cores); a second call goes on
python -m tests.simulation.mutation --every 8           a fixed sample: every eighth mutant of each file
python -m tests.simulation.mutation --survivors         tries those again that no test noticed

mutmut makes and tries the mutants (`[tool.mutmut]` in pyproject.toml says of which files, and by which tests).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.simulation.proof import write_section

MUTANTS: Final = Path("mutants")
MUTMUT: Final = Path(sys.executable).with_name("mutmut")
_KILLED: Final = frozenset(
    {1, 3, 152, 24, -24, 36, 255, -9}
)  # a test failed, or the mutant never came to an end
_PART: Final = {
    "connectors.retry": "retries",
    "sync.merge": "merge",
    "sync.plan": "plan",
    "mappings.lifecycle": "lifecycle",
}


def main() -> int:
    """Try the mutants and tell the figures; 1 when fewer than *--least* percent were noticed."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.mutation", description=__doc__)
    asked.add_argument("--every", type=int, default=1, help="only every so manieth mutant")
    asked.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    asked.add_argument("--least", type=float, default=85.0, help="percent that must be noticed (85)")
    asked.add_argument("--survivors", action="store_true", help="only those that no test noticed so far")
    asked.add_argument("--told", action="store_true", help="try nothing, tell what was found")
    asked.add_argument("--proof", type=Path, help="write the figures into this page")
    told = asked.parse_args()
    if not told.told:
        if told.every > 1 or told.survivors:
            _mutmut(told.jobs, ["connectors.retry.x_retry_after_s__mutmut_1"])  # makes all of them
        chosen = _chosen(told.every, only_survivors=told.survivors)
        _mutmut(told.jobs, chosen if told.every > 1 or told.survivors else [])
    tried = {name: code for name, code in _results().items() if code is not None}
    print(table(tried, len(_results())))
    if told.proof:
        write_section(told.proof, "mutation", table(tried, len(_results())))
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


def _chosen(every: int, *, only_survivors: bool) -> list[str]:
    known = _results()
    names = [name for name, code in known.items() if not only_survivors or code in (0, 33)]
    return names[::every]


def _share(tried: Mapping[str, int | None]) -> float:
    return 100 * sum(code in _KILLED for code in tried.values()) / max(1, len(tried))


def table(tried: Mapping[str, int | None], made: int) -> str:
    """The figures, a row for each part of the core."""
    rows = [*_rows(tried), ("all", dict(tried))]
    lines = [
        f"{len(tried):,} of {made:,} mutants tried.",
        "",
        "| part | mutants | noticed | share |",
        "|---|---|---|---|",
    ]
    for name, some in rows:
        noticed = Counter(code in _KILLED for code in some.values())[True]
        lines.append(f"| {name} | {len(some):,} | {noticed:,} | {_share(some):.1f} % |")
    return "\n".join(lines)


def _rows(tried: Mapping[str, int | None]) -> Iterator[tuple[str, dict[str, int | None]]]:
    for start, name in _PART.items():
        some = {mutant: code for mutant, code in tried.items() if mutant.startswith(start)}
        if some:
            yield name, some


if __name__ == "__main__":
    sys.exit(main())
