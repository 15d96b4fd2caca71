"""What the bridge remembers between passes: links, bases, standings, inbox, outbox, ledger, problems."""

from sync.store.erasing import Erased, Erasure, emails_of
from sync.store.errors import (
    LeaseLost,
    LeaseTaken,
    LinkClash,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreGone,
    StoreTooNew,
    StoreUnusable,
    WrongKey,
)
from sync.store.problems import Listed
from sync.store.store import Store
from sync.store.verifying import Finding

__all__ = [
    "Erased",
    "Erasure",
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
    "StoreGone",
    "StoreTooNew",
    "StoreUnusable",
    "WrongKey",
    "emails_of",
]
