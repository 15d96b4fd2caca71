"""What is deployed for the shipped lifecycle, kept as files so that every change of it is read as a diff.

python -m tests.plugin.book        writes golden/default-lifecycle anew
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from plugin.salesforce import bundle, mdapi
from sync.bootstrap import read_agreement, shipped_config

KEPT: Final = Path(__file__).parent / "golden" / "default-lifecycle"


def made() -> dict[str, bytes]:
    """The files as they are made now, by path."""
    return mdapi(bundle(read_agreement(shipped_config())))


def kept() -> dict[str, bytes]:
    """The files as they are kept, by path."""
    return {
        path.relative_to(KEPT).as_posix(): path.read_bytes() for path in KEPT.rglob("*") if path.is_file()
    }


if __name__ == "__main__":
    shutil.rmtree(KEPT, ignore_errors=True)
    for name, text in made().items():
        path = KEPT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
