"""The benchmarks run to their end, on a handful of people, and say what they found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_benchmarks_write_a_page_of_counts_and_ratios(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"

    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks",
            "--sizes",
            "20,40",
            "--records",
            "200",
            "--crowd",
            "200",
            "--out",
            page,
        ],
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    written = page.read_text("utf-8")
    assert written in ended.stdout
    assert "| 40 | change in HubSpot | 40 |" in written
    assert "log-log slope" in written
    assert "| HubSpot, batch update | 100 |" in written
    assert "| Salesforce Leads | 200 |" in written
