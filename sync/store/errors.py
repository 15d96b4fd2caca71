"""What can go wrong with the store, in words that say what to do.

::

    StoreError
    ├── StoreUnusable    cannot be opened: the file, the folder or the address is wrong
    │   ├── StoreCorrupt     its file is damaged
    │   └── StoreGone        its file was deleted, or replaced, since it was opened
    ├── StoreTooNew      written by a newer leadbridge
    ├── WrongKey         written under another key
    ├── StoreBusy        somebody else writes for longer than we wait
    ├── NotAFile         a database server's: not ours to copy
    ├── StoreFull        cannot be written: no space, or read-only
    ├── LeaseTaken       another process serves this bridge
    ├── LeaseLost        another process has taken this bridge over
    └── LinkClash        a record would belong to two links
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sync.model import Link


class StoreError(Exception):
    """The store cannot do what was asked; the text says why and what to do."""


class StoreUnusable(StoreError):
    """The store cannot be opened."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"The store {place} cannot be opened: {reason}. Check LEADBRIDGE_STATE, the rights on "
            "the folder and the space on its disk."
        )


class StoreCorrupt(StoreUnusable):
    """The store's file is damaged."""

    def __init__(self, place: str, reason: str) -> None:
        StoreError.__init__(
            self,
            f"The store {place} is damaged: {reason}. Nothing more is written. `leadbridge state rebuild` keeps the "
            "file aside and builds the store anew from both systems; or put a backup in its place.",
        )


class StoreGone(StoreUnusable):
    """The store's file was deleted, or replaced, since it was opened."""

    def __init__(self, place: str, reason: str) -> None:
        StoreError.__init__(
            self,
            f"The store {place} is no longer the one that was opened: {reason}. Nothing more is sent to either "
            "system. Put the file back and start leadbridge again; or build the store anew from both systems with "
            "`leadbridge state rebuild`.",
        )


class WrongKey(StoreError):
    """The store was written under another key."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The store {place} was written under another key than the one that is set. Put the right one into "
            "LEADBRIDGE_HASH_KEY, or the file hash.key back into the state folder."
        )


class NotAFile(StoreError):
    """The store is not the embedded one."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The store {place} is a database server's: back it up with its own tools, as pg_dump."
        )


class StoreFull(StoreError):
    """The store cannot be written; while it cannot, nothing is sent to a vendor either."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"The store {place} cannot be written: {reason}. Nothing is sent to either system until it can: "
            "make space on its disk, or mend its rights."
        )


class StoreTooNew(StoreError):
    """The store was written by a newer leadbridge."""

    def __init__(self, place: str, revision: str) -> None:
        super().__init__(
            f"The store {place} was written by a newer leadbridge (revision {revision}). "
            "Start that version again, or open a copy that was made before it."
        )
        self.revision = revision


class StoreBusy(StoreError):
    """Somebody else has been writing to the store for longer than the bridge waits; try again."""

    def __init__(self, place: str, timeout_s: float) -> None:
        super().__init__(
            f"The store {place} was kept busy by another process for more than {timeout_s:g} s; try again."
        )


class LeaseTaken(StoreError):
    """Another process serves this bridge."""

    def __init__(self, holder: str, until: datetime) -> None:
        super().__init__(
            f"This bridge is served by {holder} (its lease lasts until {until:%Y-%m-%d %H:%M:%S} UTC). "
            "One process serves a bridge: stop that one, or wait until it has ended."
        )
        self.holder = holder
        self.until = until


class LeaseLost(StoreError):
    """Another process has taken this bridge over; this one writes nothing more."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"The bridge was taken over by {holder or 'another process'}; this one must stop.")
        self.holder = holder


class LinkClash(StoreError):
    """A record would belong to two links; *clashes* names each link wanted and the one that stands."""

    def __init__(self, clashes: Sequence[tuple[Link, Link]]) -> None:
        said = "; ".join(f"{_ends(wanted)} is wanted, {_ends(held)} stands" for wanted, held in clashes)
        super().__init__(f"A record can belong to one link only: {said}.")
        self.clashes = tuple(clashes)


def _ends(link: Link) -> str:
    return f"{link.hubspot or 'nothing'} = {link.salesforce or 'nothing'}"


_WORDS: Final[tuple[tuple[str, type[StoreCorrupt | StoreFull]], ...]] = (
    ("malformed", StoreCorrupt),
    ("is not a database", StoreCorrupt),
    ("is full", StoreFull),
    ("disk I/O error", StoreFull),
    ("readonly", StoreFull),
    ("unable to open database file", StoreFull),
    ("No space left", StoreFull),
)


def in_our_words(place: str, reason: str, timeout_s: float) -> StoreError | None:
    """The error of ours that a database's *reason* means; None for one that is our own mistake."""
    if "is locked" in reason:
        return StoreBusy(place, timeout_s)
    return next((error(place, reason) for words, error in _WORDS if words in reason), None)
