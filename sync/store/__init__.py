"""What the bridge remembers between passes: links, bases, standings, inbox, outbox, ledger, problems."""

from sync.store.errors import (
    LeaseLost,
    LeaseTaken,
    LinkClash,
    StoreBusy,
    StoreError,
    StoreTooNew,
    StoreUnusable,
)
from sync.store.problems import Listed
from sync.store.store import Store

__all__ = [
    "LeaseLost",
    "LeaseTaken",
    "LinkClash",
    "Listed",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreTooNew",
    "StoreUnusable",
]
