"""How names of the lifecycle are read by people: ``handed_over`` is "Handed over"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MESSAGE_LENGTH: Final = 255


def label(name: str) -> str:
    """The words of a name, the first one with a capital."""
    return name.replace("_", " ").capitalize()


def one_of(names: Sequence[str]) -> str:
    """Labels as a choice: "Accepted, Rejected or Nurturing"."""
    labels = [label(name) for name in names]
    return " or ".join(filter(None, [", ".join(labels[:-1]), labels[-1]])) if labels else ""


def shortened(message: str, most: int = MESSAGE_LENGTH) -> str:
    """*message* if Salesforce takes so many characters, else as many whole words as fit."""
    if len(message) <= most:
        return message
    return message[: most - 1].rsplit(" ", 1)[0].rstrip(",") + "…"
