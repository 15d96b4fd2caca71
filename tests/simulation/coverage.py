"""`make coverage`: which branches of the engine and of both connectors the tests ran.

python -m tests.simulation.coverage             runs the tests of both, some minutes
python -m tests.simulation.coverage --told      runs nothing, tells what was measured last
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import coverage
import msgspec

from tests.simulation.proof import write_section

TESTS: Final = ("tests/sync", "tests/connectors", "tests/config", "tests/mappings", "tests/scenarios")
ERRORS: Final = "error tables"
PARTS: Final = {  # each file belongs to the first part that names how it begins
    ERRORS: ("connectors/errors.py", "connectors/retry.py", "connectors/hubspot/faults.py", "connectors/salesforce/faults.py"),
    "connectors/hubspot": ("connectors/hubspot/",),
    "connectors/salesforce": ("connectors/salesforce/",),
    "connectors": ("connectors/",),
    "sync/apply": ("sync/apply/",),
    "sync/gather": ("sync/gather/",),
    "sync/merge": ("sync/merge.py",),
    "sync/plan": ("sync/plan/",),
    "sync/store": ("sync/store/",),
}  # fmt: skip
MEASURED: Final = Path("build/coverage.json")


def main() -> int:
    """Run and tell; 1 when fewer than *--least* percent of a part ran, or not the whole of the error tables."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.coverage", description=__doc__)
    asked.add_argument("--least", type=float, default=95.0, help="percent of each part (95)")
    asked.add_argument("--told", action="store_true", help="run nothing, tell what was measured last")
    asked.add_argument("--proof", type=Path, help="write the figures into this page")
    told = asked.parse_args()
    if not told.told and (ended := _run()):
        return ended
    measured = coverage.Coverage()
    measured.load()
    measured.report()  # names every line and branch that did not run
    MEASURED.parent.mkdir(exist_ok=True)
    measured.json_report(outfile=str(MEASURED))
    files = msgspec.json.decode(MEASURED.read_bytes())["files"]
    print(table(files))
    if told.proof:
        write_section(told.proof, "coverage", table(files))
    return int(any(_share(some) < (100 if part == ERRORS else told.least) for part, some in _parts(files)))


def _run() -> int:
    measuring = ("-m", "pytest", "-q", "-m", "not slow", "--cov", "--cov-report=")
    return subprocess.run([sys.executable, *measuring, *TESTS], check=False).returncode


def _parts(files: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, int]]]]:
    left = dict(files)
    for part, begins in PARTS.items():
        some = [left.pop(name)["summary"] for name in sorted(left) if name.startswith(begins)]
        if some:
            yield part, some


def _share(some: list[dict[str, int]]) -> float:
    ran = sum(one["covered_lines"] + one["covered_branches"] for one in some)
    return 100 * ran / max(1, sum(one["num_statements"] + one["num_branches"] for one in some))


def table(files: dict[str, Any]) -> str:
    """The figures, a row for each part."""
    lines = [
        f"Lines and branches that the tests in {', '.join(TESTS)} ran.",
        "",
        "| part | lines | branches | ran |",
        "|---|---|---|---|",
    ]
    for part, some in (*_parts(files), ("all", [one["summary"] for one in files.values()])):
        statements, branches = (sum(one[name] for one in some) for name in ("num_statements", "num_branches"))
        lines.append(f"| {part} | {statements:,} | {branches:,} | {_share(some):.1f} % |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
