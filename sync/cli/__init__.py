"""The doors for people: the command `leadbridge`."""

from sync.cli.app import main

__all__ = ["main"]
