"""Asks the person at the terminal before something is done that is hard to take back."""

from __future__ import annotations

import sys

import typer


class Declined(Exception):
    """A person did not say yes to what is hard to take back, so that nothing was done."""


def require_word(question: str, *, json: bool = False) -> None:
    """Ask the person at the terminal; raise `Declined` for a no, or where nobody can be asked, as with *json*."""
    if json:
        raise Declined("With --json nobody is asked: say --yes. Nothing was changed.")
    if not sys.stdin.isatty():
        raise Declined("Nobody is there to be asked: say --yes. Nothing was changed.")
    if not typer.confirm(question, err=True):
        raise Declined("You did not say yes: nothing was changed.")
