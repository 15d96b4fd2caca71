"""docs/twins.md says what the tests prove, no more and no less."""

from __future__ import annotations

from tests.twins import facts


def test_every_test_of_a_vendor_is_a_fact_with_a_source() -> None:
    assert facts.unmarked() == []


def test_every_switch_is_tried_by_a_fact() -> None:
    assert facts.untested_switches() == []


def test_the_page_is_the_one_that_the_tests_write() -> None:
    text = facts.PAGE.read_text("utf-8")

    assert text == facts.page(text), "run: python -m tests.twins.facts"
