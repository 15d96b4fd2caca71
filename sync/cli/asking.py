"""Asks the person at the terminal before something is done that is hard to take back."""

from __future__ import annotations

import sys

import typer


class Declined(Exception):
    """A person did not say yes, so that nothing was done."""


def require_word(question: str) -> None:
    """Ask the person at the terminal; raise `Declined` for a no, or where nobody can be asked."""
    if not sys.stdin.isatty():
        raise Declined("Nobody is there to be asked: say --yes. Nothing was changed.")
    if not typer.confirm(question, err=True):
        raise Declined("You did not say yes: nothing was changed.")
