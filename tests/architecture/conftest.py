"""The house as a list of files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PACKAGES = ("connectors", "mappings", "plugin", "sync", "twins")


@pytest.fixture(scope="session")
def house() -> Path:
    return HOUSE


@pytest.fixture(scope="session")
def modules() -> list[Path]:
    """Every module of ours, relative to the checkout."""
    found = [file for package in PACKAGES for file in sorted((HOUSE / package).rglob("*.py"))]
    return [file.relative_to(HOUSE) for file in found]


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=HOUSE,
        capture_output=True,
        check=True,
        text=True,
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return [name for name in names if (HOUSE / name).is_file()]
