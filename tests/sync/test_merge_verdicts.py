"""The whole verdict of a merge: what stands, who is written, the rule that says so, and the value that gives way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mappings.fields import FieldLine
from mappings.values import ABSENT
from sync.merge import Merged, Met, Seen, merge

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
APART = Merged(None, None, "left apart", settled=False)


def line(rule: str = "two_way", **more: Any) -> FieldLine:
    settings: dict[str, Any] = {
        "name": "person.jobtitle", "pair": "person", "type": "text", "rule": rule, "to": None,
        "conflict": "salesforce", "blank": "clear", "first": "fill", "only": None, "if_required": None,
        "cuts": False, "verify": False, "fingerprint": "f", "file": "fields/person.yaml",
        "line": 1, "ends": {},
    }  # fmt: skip
    return FieldLine(**{**settings, **more})


def row(name: str, verdict: Merged, base: Any, hubspot: Any, salesforce: Any, **settings: Any) -> Any:
    return pytest.param(line(**settings), base, hubspot, salesforce, verdict, id=name)


def to_hubspot(value: Any, why: str, lost: Any, **more: Any) -> Merged:
    return Merged(value, "hubspot", why, lost=lost, **more)


def to_salesforce(value: Any, why: str, lost: Any, **more: Any) -> Merged:
    return Merged(value, "salesforce", why, lost=lost, **more)


def asked(why: str) -> Merged:
    return Merged(None, None, why, settled=False, conflict=True, waits=True)


X = Met("x")
OUT, IN = True, False
VERDICTS = [
    # Two ways.
    row("equal", Merged("x", None, "equal"), X, "x", "x"),
    row("equal, the base was another", Merged("y", None, "equal"), X, "y", "y"),
    row("both blank", Merged(None, None, "equal"), X, None, None),
    row("edited in HubSpot", to_salesforce("h", "two_way", "x"), X, "h", "x"),
    row("edited in Salesforce", to_hubspot("s", "two_way", "x"), X, "x", "s"),
    row("blanked in HubSpot", to_salesforce(None, "two_way", "x"), X, None, "x"),
    row("blanked in Salesforce", to_hubspot(None, "two_way", "x"), X, "x", None),
    row("blanked in HubSpot, protected", to_hubspot("x", "blank is filled", None), X, None, "x", blank="protect"),
    row("blanked in Salesforce, protected", to_salesforce("x", "blank is filled", None), X, "x", None, blank="protect"),
    row("blank in HubSpot is ignored", APART, X, None, "s", blank="ignore"),
    row("blank in Salesforce is ignored", APART, X, "h", None, blank="ignore"),
    row("blank in Salesforce as an empty text", to_salesforce("x", "blank is filled", ""), X, "x", "", blank="protect"),
    row("both edited, Salesforce's counts", to_hubspot("s", "conflict: salesforce", "h", conflict=True), X, "h", "s"),
    row(
        "both edited, HubSpot's counts",
        to_salesforce("h", "conflict: hubspot", "s", conflict=True), X, "h", "s", conflict="hubspot",
    ),
    row("both edited, people are asked", asked("conflict: ask"), X, "h", "s", conflict="ask"),
    # The first meeting.
    row("first meeting, people are asked", asked("first meeting: fill"), None, "h", "s"),
    row("first meeting, Salesforce's", to_hubspot("s", "first meeting: salesforce", "h"), None, "h", "s", first="salesforce"),
    row("first meeting, HubSpot's", to_salesforce("h", "first meeting: hubspot", "s"), None, "h", "s", first="hubspot"),
    row("first meeting fills HubSpot", to_hubspot("s", "blank is filled", None), None, None, "s"),
    row("first meeting fills Salesforce", to_salesforce("h", "blank is filled", None), None, "h", None),
    # One side gives.
    row("Salesforce always", to_hubspot("s", "always_salesforce", "h"), X, "h", "s", rule="always_salesforce"),
    row("HubSpot always", to_salesforce("h", "always_hubspot", "s"), X, "h", "s", rule="always_hubspot"),
    row("Salesforce always, also a blank", to_hubspot(None, "always_salesforce", "h"), X, "h", None, rule="always_salesforce"),
    row("HubSpot always, also a blank", to_salesforce(None, "always_hubspot", "s"), X, None, "s", rule="always_hubspot"),
    row("Salesforce always, but no blank", APART, X, "h", None, rule="always_salesforce", blank="protect"),
    row("HubSpot always, but no blank", APART, X, None, "s", rule="always_hubspot", blank="ignore"),
    # One side is preferred.
    row(
        "Salesforce's is preferred",
        to_hubspot("s", "prefer_salesforce_unless_blank", "h"), X, "h", "s", rule="prefer_salesforce_unless_blank",
    ),
    row(
        "HubSpot's is preferred",
        to_salesforce("h", "prefer_hubspot_unless_blank", "s"), X, "h", "s", rule="prefer_hubspot_unless_blank",
    ),
    row(
        "the preferred one is blank: Salesforce",
        to_salesforce("h", "blank is filled", None), X, "h", None, rule="prefer_salesforce_unless_blank",
    ),
    row(
        "the preferred one is blank: HubSpot",
        to_hubspot("s", "blank is filled", None), X, None, "s", rule="prefer_hubspot_unless_blank",
    ),
    row(
        "the other one is blank",
        to_hubspot("s", "prefer_salesforce_unless_blank", None), X, None, "s",
        rule="prefer_salesforce_unless_blank", blank="protect",
    ),
    row(
        "the other one is blank and stays so", APART, X, None, "s",
        rule="prefer_salesforce_unless_blank", blank="ignore",
    ),
    row(
        "preferred, at the first meeting people are asked", asked("first meeting: fill"), None, "h", "s",
        rule="prefer_salesforce_unless_blank",
    ),
    row(
        "preferred, at the first meeting", to_hubspot("s", "prefer_salesforce_unless_blank", "h"), None, "h", "s",
        rule="prefer_salesforce_unless_blank", first="salesforce",
    ),
    row(
        "preferred, the first meeting fills", to_hubspot("s", "prefer_salesforce_unless_blank", None), None, None, "s",
        rule="prefer_salesforce_unless_blank",
    ),
    # Once.
    row("once, into Salesforce", to_salesforce("h", "write_once", None), None, "h", None, rule="write_once", to="salesforce"),
    row("once, into HubSpot", to_hubspot("s", "write_once", None), None, None, "s", rule="write_once", to="hubspot"),
    row("once, was filled", Merged("s", None, "write_once: was filled"), None, "h", "s", rule="write_once", to="salesforce"),
    row("once, was filled in HubSpot", Merged("h", None, "write_once: was filled"), None, "h", "s", rule="write_once", to="hubspot"),
    row("once, agreed before", APART, X, "h", None, rule="write_once", to="salesforce"),
    row("once, agreed on a blank before", to_salesforce("h", "write_once", None), Met(None), "h", None, rule="write_once", to="salesforce"),
    row("once, nothing to give", APART, None, None, "s", rule="write_once", to="salesforce"),
    # Only ever one value.
    row("only, from HubSpot", to_salesforce(OUT, "always_hubspot", IN), None, OUT, IN, rule="always_hubspot", only=True),
    row("only, from Salesforce", to_hubspot(OUT, "always_salesforce", None), X, None, OUT, rule="always_salesforce", only=True),
    row(
        "only, there already", Merged(OUT, None, "only ever added"), None, OUT, OUT,
        rule="always_hubspot", only=True,
    ),
    row(
        "only, never taken back", Merged(OUT, None, "only ever added", settled=False), None, IN, OUT,
        rule="always_hubspot", only=True,
    ),
    row(
        "only, not this value", Merged(None, None, "only ever added"), None, IN, None,
        rule="always_hubspot", only=True,
    ),
    # Not seen, or not for us.
    row("HubSpot's was not seen", APART, X, ABSENT, "s"),
    row("Salesforce's was not seen", APART, X, "h", ABSENT),
    row("not synced", APART, X, "h", "s", rule="dont_sync"),
    row("not synced, though equal", APART, X, "x", "x", rule="dont_sync"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "base", "hubspot", "salesforce", "verdict"), VERDICTS)
def test_the_verdict_names_value_target_rule_and_loser(
    one: FieldLine, base: Met | None, hubspot: Any, salesforce: Any, verdict: Merged
) -> None:
    assert merge(one, base, Seen(hubspot), Seen(salesforce), tie="salesforce") == verdict


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "tie", "winner"),
    [
        pytest.param((None, None), (AT, AT), "hubspot", "hubspot", id="HubSpot's time is unknown"),
        pytest.param((None, AT), (AT, AT), "hubspot", "hubspot", id="since when in HubSpot is unknown"),
        pytest.param((AT, AT), (None, AT), "hubspot", "hubspot", id="since when in Salesforce is unknown"),
        pytest.param((AT, AT), (AT, None), "salesforce", "salesforce", id="until when is unknown"),
    ],
)
def test_without_a_known_time_the_tie_side_wins(hubspot: Any, salesforce: Any, tie: Any, winner: str) -> None:
    verdict = merge(line(conflict="latest"), Met("x"), Seen("h", *hubspot), Seen("s", *salesforce), tie=tie)

    lost = "s" if winner == "hubspot" else "h"
    assert (verdict.to, verdict.lost, verdict.why) == (
        "salesforce" if winner == "hubspot" else "hubspot", lost, "conflict: latest",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hubspot", "salesforce", "winner"),
    [
        pytest.param((0, 0), (301, 301), "salesforce", id="Salesforce is later by more than five minutes"),
        pytest.param((301, 301), (0, 0), "hubspot", id="HubSpot is later by more than five minutes"),
        pytest.param((0, 0), (300, 300), "hubspot", id="five minutes are too close to call"),
        pytest.param((0, 400), (500, 900), "hubspot", id="the intervals are too close to call"),
        pytest.param((0, 100), (500, 900), "salesforce", id="the intervals are far apart"),
    ],
)
def test_the_later_edit_wins_only_beyond_five_minutes(
    hubspot: tuple[int, int], salesforce: tuple[int, int], winner: str
) -> None:
    def seen(value: str, since: int, until: int) -> Seen:
        return Seen(value, AT + timedelta(seconds=since), AT + timedelta(seconds=until))

    verdict = merge(
        line(conflict="latest"), Met("x"), seen("h", *hubspot), seen("s", *salesforce), tie="hubspot"
    )

    assert verdict.value == ("h" if winner == "hubspot" else "s")


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_a_value_set_back_to_the_base_counts_as_edited(side: str) -> None:
    back, other = Seen("x", AT, AT, edited=True), Seen("y")
    hubspot, salesforce = (back, other) if side == "hubspot" else (other, back)

    verdict = merge(line(conflict=side), Met("x"), hubspot, salesforce, tie="salesforce")

    assert (verdict.value, verdict.lost, verdict.conflict) == ("x", "y", True)
