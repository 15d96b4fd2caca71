"""What is wrong with a formula, or with a value that it met."""

from __future__ import annotations


class FormulaError(ValueError):
    """The formula cannot be understood, or cannot be worked out; *at* counts characters from 0."""

    def __init__(self, says: str, at: int) -> None:
        super().__init__(f"{says} (character {at + 1})")
        self.says, self.at = says, at
