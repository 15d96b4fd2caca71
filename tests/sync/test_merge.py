"""The merge of one field: the rules' truth table, the merge rows, first meetings, blanks, ties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from mappings.fields import FieldLine
from mappings.values import ABSENT
from sync.merge import Merged, Met, Seen, merge

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def line(rule: str = "two_way", **more: Any) -> FieldLine:
    settings: dict[str, Any] = {
        "name": "person.jobtitle", "pair": "person", "type": "text", "rule": rule, "to": None,
        "conflict": "salesforce", "blank": "clear", "first": "fill", "only": None, "if_required": None,
        "cuts": False, "verify": False, "fingerprint": "f", "file": "fields/person.yaml",
        "line": 1, "ends": {},
    }  # fmt: skip
    return FieldLine(**{**settings, **more})


def merged(rule: str, base: Any, hubspot: Any, salesforce: Any, **more: Any) -> Merged:
    return merge(line(rule, **more), Met(base), Seen(hubspot), Seen(salesforce), tie="salesforce")


# The nine change patterns of a test: each side unedited, edited to a value, edited to blank.
BASE = "x"
PATTERNS = {
    "neither edited": (BASE, BASE),
    "hubspot edited": ("h", BASE),
    "hubspot blanked": (None, BASE),
    "salesforce edited": (BASE, "s"),
    "salesforce blanked": (BASE, None),
    "both edited": ("h", "s"),
    "hubspot edited, salesforce blanked": ("h", None),
    "hubspot blanked, salesforce edited": (None, "s"),
    "both blanked": (None, None),
}
# What stands afterwards on (hubspot, salesforce), read off the table of the rules, with `blank: clear`.
TABLE: dict[str, list[tuple[Any, Any]]] = {
    "two_way": [
        ("x", "x"), ("h", "h"), (None, None), ("s", "s"), (None, None), ("s", "s"), (None, None), ("s", "s"),
        (None, None),
    ],
    "always_salesforce": [
        ("x", "x"), ("x", "x"), ("x", "x"), ("s", "s"), (None, None), ("s", "s"), (None, None), ("s", "s"),
        (None, None),
    ],
    "always_hubspot": [
        ("x", "x"), ("h", "h"), (None, None), ("x", "x"), ("x", "x"), ("h", "h"), ("h", "h"), (None, None),
        (None, None),
    ],
    "prefer_salesforce_unless_blank": [
        ("x", "x"), ("x", "x"), ("x", "x"), ("s", "s"), ("x", "x"), ("s", "s"), ("h", "h"), ("s", "s"),
        (None, None),
    ],
    "prefer_hubspot_unless_blank": [
        ("x", "x"), ("h", "h"), ("x", "x"), ("x", "x"), ("x", "x"), ("h", "h"), ("h", "h"), ("s", "s"),
        (None, None),
    ],
    "write_once": [
        ("x", "x"), ("h", "x"), (None, "x"), ("x", "s"), ("x", None), ("h", "s"), ("h", None), (None, "s"),
        (None, None),
    ],
    "dont_sync": [
        ("x", "x"), ("h", "x"), (None, "x"), ("x", "s"), ("x", None), ("h", "s"), ("h", None), (None, "s"),
        (None, None),
    ],
}  # fmt: skip
CASES = [
    pytest.param(rule, *PATTERNS[name], *after, id=f"{rule}: {name}")
    for rule, afters in TABLE.items()
    for name, after in zip(PATTERNS, afters, strict=True)
]


def stands_after(verdict: Merged, hubspot: Any, salesforce: Any) -> tuple[Any, Any]:
    if verdict.to == "hubspot":
        return verdict.value, salesforce
    if verdict.to == "salesforce":
        return hubspot, verdict.value
    return hubspot, salesforce


def test_there_are_sixty_three_cases() -> None:
    assert len(CASES) == 63


@pytest.mark.parametrize(("rule", "hubspot", "salesforce", "after_hubspot", "after_salesforce"), CASES)
def test_a_rule_leaves_what_its_row_of_the_table_says(
    rule: str, hubspot: Any, salesforce: Any, after_hubspot: Any, after_salesforce: Any
) -> None:
    verdict = merged(rule, BASE, hubspot, salesforce, to="salesforce" if rule == "write_once" else None)

    assert stands_after(verdict, hubspot, salesforce) == (after_hubspot, after_salesforce)


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "to", "value", "conflict"),
    [
        pytest.param("x", "x", None, "x", False, id="nothing to do"),
        pytest.param("y", "x", "salesforce", "y", False, id="left edited"),
        pytest.param("x", "y", "hubspot", "y", False, id="right edited"),
        pytest.param("y", "y", None, "y", False, id="both agree, only the base moves"),
        pytest.param("y", "z", "hubspot", "z", True, id="conflict: the rule chooses"),
    ],
)
def test_a_two_way_field_merges_by_its_row(
    hubspot: str, salesforce: str, to: str | None, value: str, conflict: bool
) -> None:
    verdict = merged("two_way", "x", hubspot, salesforce)

    assert (verdict.to, verdict.value, verdict.conflict, verdict.settled) == (to, value, conflict, True)


def test_an_edit_back_to_the_base_value_is_an_edit() -> None:
    edited_back = Seen("x", AT, AT, edited=True)

    verdict = merge(line(conflict="hubspot"), Met("x"), edited_back, Seen("y"), tie="salesforce")

    assert (verdict.to, verdict.value, verdict.conflict, verdict.lost) == ("salesforce", "x", True, "y")


def test_a_conflict_left_to_people_writes_nothing_and_keeps_the_base() -> None:
    verdict = merged("two_way", "x", "y", "z", conflict="ask")

    assert (verdict.to, verdict.waits, verdict.settled) == (None, True, False)


@pytest.mark.parametrize(
    ("minutes", "to"),
    [(10, "salesforce"), (5, "hubspot"), (0, "hubspot"), (-5, "hubspot"), (-10, "hubspot")],
)
def test_latest_goes_by_vendor_time_and_close_calls_go_to_the_tie_side(minutes: int, to: str) -> None:
    hubspot_at = AT + timedelta(minutes=minutes)

    verdict = merge(
        line(conflict="latest"),
        Met("x"),
        Seen("h", hubspot_at, hubspot_at),
        Seen("s", AT, AT),
        tie="salesforce",
    )

    assert verdict.to == to


def test_latest_with_overlapping_intervals_goes_to_the_tie_side() -> None:
    hubspot = Seen("h", AT + timedelta(hours=1), AT + timedelta(hours=1))
    salesforce = Seen("s", AT, AT + timedelta(hours=2))

    verdict = merge(line(conflict="latest"), Met("x"), hubspot, salesforce, tie="hubspot")

    assert verdict.to == "salesforce"


@pytest.mark.parametrize("blank", ["protect", "clear", "ignore"])
@pytest.mark.parametrize(("hubspot", "salesforce"), [(ABSENT, "s"), ("h", ABSENT), (ABSENT, ABSENT)])
def test_an_absent_field_is_never_written_nor_cleared(blank: str, hubspot: Any, salesforce: Any) -> None:
    verdict = merged("two_way", "x", hubspot, salesforce, blank=blank)

    assert (verdict.to, verdict.settled) == (None, False)


@pytest.mark.parametrize(
    ("blank", "to", "value"),
    [("protect", "hubspot", "x"), ("clear", "salesforce", None), ("ignore", None, None)],
)
def test_a_blanked_value_is_filled_again_or_travels_or_rests(
    blank: str, to: str | None, value: str | None
) -> None:
    verdict = merged("two_way", "x", None, "x", blank=blank)

    assert (verdict.to, verdict.value) == (to, value)


@pytest.mark.parametrize(
    ("first", "to", "waits"),
    [("fill", None, True), ("salesforce", "hubspot", False), ("hubspot", "salesforce", False)],
)
def test_at_the_first_meeting_the_line_says_who_wins(first: str, to: str | None, waits: bool) -> None:
    verdict = merge(line(first=first), None, Seen("h"), Seen("s"), tie="salesforce")

    assert (verdict.to, verdict.waits) == (to, waits)


@pytest.mark.parametrize("rule", ["two_way", "prefer_salesforce_unless_blank", "prefer_hubspot_unless_blank"])
def test_at_the_first_meeting_blanks_are_filled(rule: str) -> None:
    from_hubspot = merge(line(rule, blank="protect"), None, Seen("h"), Seen(None), tie="salesforce")
    from_salesforce = merge(line(rule, blank="protect"), None, Seen(None), Seen("s"), tie="salesforce")

    assert (from_hubspot.to, from_hubspot.value) == ("salesforce", "h")
    assert (from_salesforce.to, from_salesforce.value) == ("hubspot", "s")


def test_write_once_fills_a_blank_once_and_leaves_it_to_people_ever_after() -> None:
    once = line("write_once", to="hubspot", blank="ignore")

    filled = merge(once, None, Seen(None), Seen("s"), tie="salesforce")
    emptied_later = merge(once, Met("s"), Seen(None), Seen("s"), tie="salesforce")

    assert (filled.to, filled.value) == ("hubspot", "s")
    assert emptied_later.to is None


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "to"),
    [(True, False, "salesforce"), (True, None, "salesforce"), (False, True, None)],
)
def test_an_opt_out_is_added_and_never_lifted(hubspot: Any, salesforce: Any, to: str | None) -> None:
    verdict = merge(
        line("always_hubspot", only=True, blank="ignore"),
        None,
        Seen(hubspot),
        Seen(salesforce),
        tie="salesforce",
    )

    assert verdict.to == to


@pytest.mark.parametrize(("rule", "blank"), list(product(TABLE, ["protect", "clear", "ignore"])))
def test_equal_values_are_never_written(rule: str, blank: str) -> None:
    verdict = merged(rule, "other", "same", "same", blank=blank, to="salesforce")

    assert verdict.to is None


@pytest.mark.parametrize(
    ("hubspot", "salesforce"),
    [
        ("+551155501753", "011/5550-1753"),
        ("(030) 2312 5243", "+493023125243"),
        ("+12025550143", "202-555-0143"),
    ],
)
def test_a_local_spelling_of_the_same_number_is_never_written_over(hubspot: str, salesforce: str) -> None:
    verdict = merge(
        line(type="phone", first="salesforce"), None, Seen(hubspot), Seen(salesforce), tie="salesforce"
    )

    assert verdict.to is None
    assert str(verdict.value).startswith("+")


def test_another_local_number_is_a_difference() -> None:
    verdict = merge(
        line(type="phone", first="salesforce"),
        None,
        Seen("+493023125243"),
        Seen("(030) 2312 5244"),
        tie="salesforce",
    )

    assert (verdict.to, verdict.value) == ("hubspot", "(030) 2312 5244")
