"""What is planned is what was planned: walks through the pure core, plan by plan, against the book of them."""

from __future__ import annotations

from difflib import unified_diff

from tests.sync.plan.walks import BOOK, book


def test_every_plan_of_every_walk_says_what_the_book_says() -> None:
    stands, planned = BOOK.read_text("utf-8").splitlines(), book().splitlines()

    differs = list(unified_diff(stands, planned, "walks.txt", "as planned now", n=1, lineterm=""))
    assert differs == [], "\n".join(
        ["Meant? Then `python -m tests.sync.plan.walks` writes the book anew; read its diff.", *differs[:40]]
    )
