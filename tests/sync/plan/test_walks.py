"""What is planned is what was planned: walks through the pure core and ends of records, against the books of them."""

from __future__ import annotations

from difflib import unified_diff
from types import ModuleType

import pytest

from tests.sync.plan import ends, walks


@pytest.mark.parametrize("told", [walks, ends], ids=["walks", "ends"])
def test_every_plan_says_what_the_book_says(told: ModuleType) -> None:
    stands, planned = told.BOOK.read_text("utf-8").splitlines(), told.book().splitlines()

    differs = list(unified_diff(stands, planned, told.BOOK.name, "as planned now", n=1, lineterm=""))
    assert differs == [], "\n".join(
        [f"Meant? Then `python -m {told.__name__}` writes the book anew; read its diff.", *differs[:40]]
    )
