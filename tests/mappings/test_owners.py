"""Whose turn it is, by the owner rules: pure, fair, and never more than somebody can take."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.conditions import compile_condition
from mappings.directory import Directory
from mappings.hours import BusinessHours
from mappings.owners import Giving, Load, OwnerRule, Owners, findings, users_of

MONDAY_TEN = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES = ("ann", "bob", "cem", "dee", "eva")
EMAILS = {f"005{name}": f"{name}@example.com" for name in NAMES}
HOURS = BusinessHours(ZoneInfo("Europe/Berlin"))
GERMANS = compile_condition({"is": {"country": "Germany"}})


def giving(*rules: OwnerRule, loads: dict[str, Load] | None = None, **more: Any) -> Giving:
    inactive = frozenset(more.pop("inactive", ()))
    directory = Directory(salesforce=EMAILS, inactive=inactive, countries=more.pop("countries", {}))
    return Giving(rules, directory, more.pop("hours", HOURS), more.pop("now", MONDAY_TEN), loads or {})


def rule(*names: str, **more: Any) -> OwnerRule:
    return OwnerRule(tuple(f"{name}@example.com" for name in names), **more)


def shared_out(turns: Giving, contacts: list[dict[str, str]]) -> tuple[list[str | None], Giving]:
    """Who is given each of these contacts, one after the other."""
    found = []
    for contact in contacts:
        user = turns.offered(contact)
        found.append(user)
        turns = turns.after(user) if user else turns
    return found, turns


people = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)
countries = st.sampled_from(("Germany", "Austria"))
contacts = st.lists(st.builds(dict, country=countries), max_size=60)
loads = st.dictionaries(
    st.sampled_from(tuple(EMAILS)), st.builds(Load, st.integers(0, 40), st.integers(0, 9)), max_size=5
)
rules = st.lists(
    st.builds(
        lambda names, **more: rule(*names, **more),
        people,
        by=st.sampled_from(("round_robin", "fewest_open")),
        most_open=st.none() | st.integers(1, 30),
        when=st.sampled_from((None, GERMANS)),
        in_hours=st.booleans(),
    ),
    max_size=4,
)


@given(rules, loads, contacts)
def test_nobody_gets_more_than_a_rule_allows(
    some: list[OwnerRule], known: dict[str, Load], asked: list[dict[str, str]]
) -> None:
    turns = giving(*some, loads=known)
    for contact in asked:
        user = turns.offered(contact)
        if user is None:
            continue
        fits = [one for one in some if one.when is None or one.when.holds(contact, MONDAY_TEN)]
        allowing = [one for one in fits if EMAILS[user] in one.give_to]
        assert any(
            one.most_open is None or turns.loads.get(user, Load()).open < one.most_open for one in allowing
        )
        turns = turns.after(user)


@given(rules, loads, contacts)
def test_the_same_facts_have_the_same_owners(
    some: list[OwnerRule], known: dict[str, Load], asked: list[dict[str, str]]
) -> None:
    assert shared_out(giving(*some, loads=known), asked) == shared_out(giving(*some, loads=known), asked)


@given(people, loads, st.integers(0, 80))
def test_in_turn_nobody_of_a_batch_gets_two_more_than_another(
    names: list[str], known: dict[str, Load], count: int
) -> None:
    found, _ = shared_out(giving(rule(*names), loads=known), [{}] * count)

    had = Counter(found)
    shares = [had[f"005{name}"] for name in names]
    assert sum(shares) == count
    assert max(shares) - min(shares) <= 1


@given(people, st.lists(st.integers(1, 7), max_size=12))
def test_the_turns_go_on_over_batches(names: list[str], sizes: list[int]) -> None:
    at_once, _ = shared_out(giving(rule(*names)), [{}] * sum(sizes))
    in_parts: list[str | None] = []
    turns = giving(rule(*names))
    for size in sizes:
        found, turns = shared_out(turns, [{}] * size)
        in_parts += found

    assert in_parts == at_once


@given(people, loads, st.integers(1, 60))
def test_by_fewest_open_nobody_is_given_one_while_another_has_fewer(
    names: list[str], known: dict[str, Load], count: int
) -> None:
    turns = giving(rule(*names, by="fewest_open"), loads=known)
    for _ in range(count):
        user = turns.offered({})
        assert user is not None
        fewest = min(turns.loads.get(f"005{name}", Load()).open for name in names)
        assert turns.loads.get(user, Load()).open == fewest
        turns = turns.after(user)


def test_the_first_rule_that_fits_and_has_somebody_free_decides() -> None:
    some = (rule("ann", when=GERMANS, most_open=1), rule("bob", when=GERMANS), rule("cem", most_open=1))
    asked = [{"country": land} for land in ("Germany", "Germany", "Austria", "Austria")]

    assert shared_out(giving(*some), asked)[0] == ["005ann", "005bob", "005cem", None]


def test_who_has_waited_longest_is_first_and_who_never_had_one_before_all() -> None:
    known = {"005ann": Load(1, 3), "005bob": Load(9, 1)}

    assert shared_out(giving(rule("ann", "bob", "cem"), loads=known), [{}] * 4)[0] == [
        "005cem", "005bob", "005ann", "005cem",
    ]  # fmt: skip


def test_who_is_inactive_or_unknown_is_passed_over() -> None:
    turns = giving(rule("ann", "zoe", "bob"), inactive={"005ann"})

    assert shared_out(turns, [{}, {}])[0] == ["005bob", "005bob"]
    assert users_of(turns.rules, turns.directory) == ["005bob"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T08:59:30+01:00", None),
        ("2026-11-23T09:00:00+01:00", "005ann"),
        ("2026-11-23T16:59:00+01:00", "005ann"),
        ("2026-11-23T17:00:00+01:00", None),
        ("2026-11-22T10:00:00+01:00", None),
    ],
)
def test_a_rule_for_business_hours_gives_within_them(now: str, expected: str | None) -> None:
    assert giving(rule("ann", in_hours=True), now=datetime.fromisoformat(now)).offered({}) == expected


def test_business_hours_are_those_of_the_owner_s_own_country() -> None:
    hours = BusinessHours(ZoneInfo("Europe/Berlin"), holidays=("DE",), owners_holidays=True)
    unity_day = datetime(2025, 10, 3, 10, tzinfo=UTC)  # a Friday; only Germany rests
    turns = giving(
        rule("ann", "bob", in_hours=True),
        hours=hours,
        now=unity_day,
        countries={"005ann": "DE", "005bob": "AT"},
    )

    assert shared_out(turns, [{}, {}])[0] == ["005bob", "005bob"]


def test_what_the_org_lacks_is_named_with_the_nearest_address() -> None:
    twice = Directory(salesforce={**EMAILS, "005two": "eva@example.com"}, inactive=frozenset({"005bob"}))
    lines = {"bob@example.com": 3, "cen@example.com": 4, "eva@example.com": 5, "Inbound_Leads": 6}
    owners = Owners({}, "Inbound_Leads", (rule("ann", "bob", "cen", "eva"), rule("cen")), lines)

    found = [(one.line, one.text, one.remedy) for one in findings(owners, twice, None)]

    named, queue = "`owners.rules`: ", "`owners.fallback_queue`: "
    assert found == [
        (3, f"{named}bob@example.com is inactive in Salesforce.", "Make the user active, or name somebody else."),
        (4, f"{named}cen@example.com is no user of Salesforce.", "Did you mean cem@example.com?"),
        (5, f"{named}eva@example.com is the address of several active users.", "Let one of them have it."),
        (6, f"{queue}Inbound_Leads is no queue of Salesforce.", "Name a queue by its developer name, or make this one."),
    ]  # fmt: skip
    assert findings(Owners({}, "Inbound_Leads", (rule("ann"),)), twice, "00G1") == []
