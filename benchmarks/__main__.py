"""`make bench`: measure, print, and write docs/benchmarks.md.

Each size runs in a process of its own, so that peak memory is that of this size alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.measure import Measured, measure
from benchmarks.page import page, parts, twins_page
from benchmarks.twins import CROWD, measure_twins
from sync.cli.printing import progress

SIZES: Final = (1_000, 10_000, 100_000)
PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    asked = _asked()
    before = asked.out.read_text("utf-8") if asked.out.is_file() else ""
    bridge, stage = parts(before)
    if asked.part in ("bridge", "all"):
        bridge = page(_measured(asked.sizes), _where())
    if asked.part in ("twins", "all"):
        stage = twins_page(measure_twins(asked.records, asked.crowd), _where())
    text = bridge + stage
    if asked.out != Path("-"):
        asked.out.write_text(text, "utf-8")
    print(text)  # noqa: T201 - the door for people prints


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="linked people, e.g. 1000,10000")
    parser.add_argument(
        "--records", type=int, default=20_000, help="records through each of the twins' batches"
    )
    parser.add_argument("--crowd", type=int, default=CROWD, help="people in the twins' memory test")
    parser.add_argument(
        "--part", choices=("all", "bridge", "twins"), default="all", help="the other part stays"
    )
    parser.add_argument("--out", type=Path, default=PAGE, help="the page to write; - writes none")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",")))


def _measured(sizes: Sequence[int]) -> list[Measured]:
    spawned = multiprocessing.get_context("spawn")
    found = []
    with progress("", total=sum(sizes)) as bar:
        for size in sizes:
            bar.advance(0, f"{size:,} linked people")
            with ProcessPoolExecutor(1, mp_context=spawned) as alone:
                found.append(alone.submit(measure, size).result())
            bar.advance(size)
    return found


def _where() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("simple-salesforce", "hubspot-api-client"))
    return f"Python {platform.python_version()}, {libraries}"


if __name__ == "__main__":
    main()
