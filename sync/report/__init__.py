"""Turns the ledger into what people read: lines, and later the shared numbers."""
