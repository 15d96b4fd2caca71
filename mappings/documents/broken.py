"""The one way in which config files are refused: all mistakes at once."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.documents.tree import Mistake


class Broken(Exception):
    """The config files cannot be used; every mistake names file, line and remedy."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)
