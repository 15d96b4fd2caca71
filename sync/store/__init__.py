"""What the bridge remembers between passes: links, bases, standings, inbox, outbox, ledger, problems."""

from sync.store.errors import (
    LeaseLost,
    LeaseTaken,
    LinkClash,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreTooNew,
    StoreUnusable,
    WrongKey,
)
from sync.store.problems import Listed
from sync.store.store import Store
from sync.store.verifying import Finding

__all__ = [
    "Finding",
    "LeaseLost",
    "LeaseTaken",
    "LinkClash",
    "Listed",
    "Store",
    "StoreBusy",
    "StoreCorrupt",
    "StoreError",
    "StoreFull",
    "StoreTooNew",
    "StoreUnusable",
    "WrongKey",
]
