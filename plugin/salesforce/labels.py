"""How names of the lifecycle are read by people: ``handed_over`` is "Handed over"."""

from __future__ import annotations

from collections.abc import Sequence


def label(name: str) -> str:
    """The words of a name, the first one with a capital."""
    return name.replace("_", " ").capitalize()


def one_of(names: Sequence[str]) -> str:
    """Labels as a choice: "Accepted, Rejected or Nurturing"."""
    labels = [label(name) for name in names]
    return " or ".join(filter(None, [", ".join(labels[:-1]), labels[-1]])) if labels else ""
