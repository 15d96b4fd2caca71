"""The key of the ledger's chain and of hashed personal values: made once, kept beside the store."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

FILE_NAME: Final = "hash.key"


def hash_key(folder: Path, given: str | None = None) -> bytes:
    """The key that was *given*, else the one in *folder*, which is made at the first start."""
    if given:
        return given.encode()
    file = folder / FILE_NAME
    if not file.exists():
        _make(file)
    return file.read_bytes().strip()


def _make(file: Path) -> None:
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, token_hex(32).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    with suppress(FileExistsError):  # somebody else was first: theirs is the key
        os.link(fresh, file)
    fresh.unlink()
