"""For which fields a history is worth a call, and for which it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.records import Record, Side, Version
from sync.model import OURS, Facts
from sync.plan.history import doubtful_fields, last_change
from tests.sync.dumb import MIA, OWNER_SAM, SAM, US
from tests.sync.plan.people import AN_HOUR_AGO, BOSS, Planner, edited, stands, unit, writes


@pytest.fixture
def agreed(planner: Planner) -> Facts:
    """Two records that are one, of which both sides say the same, and remember it."""
    shown = unit(planner.contact(leadbridge_stage="working"), planner.lead(Leadbridge_Stage__c="working"))
    return planner.settled(replace(shown, standing=stands("working", round=1, joined="lead:00Q1")))


def both_edited(facts: Facts, ours: dict[str, Any], theirs: dict[str, Any]) -> Facts:
    return edited(edited(facts, "hubspot", **ours), "salesforce", **theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ({"lastname": "King"}, {"LastName": "Byron"}, ("lastname",)),
        ({"lastname": "King"}, {"City": "Ockham"}, ("lastname", "city")),
        ({"lastname": "King"}, {"LastName": "King"}, ()),
        ({"lastname": "King", "firstname": "Ada"}, {"LastName": "Byron", "FirstName": "Augusta"}, ("firstname", "lastname")),
        ({"hs_lead_status": "NEW"}, {"Status": "Working - Contacted"}, ()),
    ],
)  # fmt: skip
def test_fields_that_were_edited_on_both_sides_and_differ_are_doubtful(
    planner: Planner, agreed: Facts, ours: dict[str, Any], theirs: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert sorted(doubtful_fields(both_edited(agreed, ours, theirs), planner.terms, "hubspot")) == sorted(
        expected
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "conflict", "expected"),
    [
        ({"lastname": "King"}, {"City": "Ockham"}, "salesforce", ("LastName",)),
        ({"lastname": "King"}, {"LastName": "Byron"}, "salesforce", ()),
        ({"lastname": "King"}, {"LastName": "Byron"}, "latest", ("LastName",)),
        ({"lastname": "King"}, {"LastName": "King"}, "latest", ()),
    ],
)
def test_salesforce_is_asked_where_its_value_does_not_say_whether_it_was_edited_or_when(
    planner: Planner,
    agreed: Facts,
    ours: dict[str, Any],
    theirs: dict[str, Any],
    conflict: str,
    expected: tuple[str, ...],
) -> None:
    terms = planner.with_line("person.lastname", conflict=conflict).terms
    facts = planner.with_line("person.lastname", conflict=conflict).settled(agreed)

    asked = doubtful_fields(both_edited(facts, ours, theirs), terms, "salesforce")

    assert asked == expected


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_an_edit_on_one_side_alone_leaves_no_doubt(planner: Planner, agreed: Facts, side: Side) -> None:
    name = "lastname" if side == "hubspot" else "LastName"

    assert doubtful_fields(edited(agreed, side, **{name: "King"}), planner.terms, side) == ()


@pytest.mark.parametrize(("later", "expected"), [(OURS, ()), (2 * OURS, ("lastname",))])
def test_the_trace_of_our_own_write_is_no_edit(
    planner: Planner, agreed: Facts, later: timedelta, expected: tuple[str, ...]
) -> None:
    facts = both_edited(agreed, {"lastname": "King"}, {"LastName": "Byron"})
    looked_at = facts.salesforce.modified_at - later  # type: ignore[union-attr]

    assert (
        doubtful_fields(
            replace(facts, link=facts.link.stamped("salesforce", looked_at)), planner.terms, "hubspot"
        )
        == expected
    )


def test_records_that_were_never_looked_at_may_both_have_been_edited(planner: Planner, agreed: Facts) -> None:
    facts = both_edited(agreed, {"lastname": "King"}, {"LastName": "Byron"})
    unseen = replace(facts.link, hubspot_modified_at=None, salesforce_modified_at=None)

    assert doubtful_fields(replace(facts, link=unseen), planner.terms, "hubspot") == ("lastname",)


def test_on_what_nobody_ever_agreed_no_history_says_who_is_right(planner: Planner, agreed: Facts) -> None:
    facts = both_edited(agreed, {"lastname": "King"}, {"LastName": "Byron"})

    assert (
        doubtful_fields(replace(facts, base=replace(facts.base, agreed={})), planner.terms, "hubspot") == ()
    )


def test_only_where_both_may_write_the_edits_are_weighed(planner: Planner, agreed: Facts) -> None:
    facts = both_edited(agreed, {"lastname": "King"}, {"LastName": "Byron"})

    assert (
        doubtful_fields(facts, planner.with_line("person.lastname", rule="always_hubspot").terms, "hubspot")
        == ()
    )


def test_two_owners_differ_if_they_are_two_people(planner: Planner) -> None:
    planner = planner.with_line("person.hubspot_owner_id", rule="two_way")
    met = unit(planner.contact(leadbridge_stage="new"), planner.lead())
    facts = planner.settled(replace(met, standing=stands("new", joined="lead:00Q1")))

    apart = both_edited(facts, {"hubspot_owner_id": OWNER_SAM}, {"OwnerId": BOSS})
    as_one = both_edited(facts, {"hubspot_owner_id": OWNER_SAM}, {"OwnerId": SAM})

    assert doubtful_fields(apart, planner.terms, "hubspot") == ("hubspot_owner_id",)
    assert doubtful_fields(as_one, planner.terms, "hubspot") == ()


def test_a_value_that_nobody_can_read_is_no_doubt_of_this_kind(planner: Planner, agreed: Facts) -> None:
    half_a_sign = "\ud83d"
    ours, theirs = {"firstname": half_a_sign, "lastname": "King"}, {"FirstName": "Ada", "LastName": "Byron"}
    facts = both_edited(agreed, ours, theirs)

    assert doubtful_fields(facts, planner.terms, "hubspot") == ("lastname",)


@pytest.mark.parametrize(
    ("shown", "stands_now", "expected"),
    [
        ({"leadbridge_stage": "working"}, "working", ()),
        ({"leadbridge_stage": "working"}, "won", ("leadbridge_stage",)),
        ({"leadbridge_stage": "working"}, "", ("leadbridge_stage",)),
        ({"leadbridge_stage": ""}, "", ()),
        ({"leadbridge_stage": None}, "", ()),
        ({"hs_lead_status": "NEW"}, "", ()),
        ({"hs_lead_status": "NEW"}, "won", ("leadbridge_stage",)),
        ({}, "won", ()),
    ],
)
def test_our_stage_is_doubtful_when_it_is_not_what_the_bridge_last_knew_there(
    planner: Planner, shown: dict[str, Any], stands_now: str, expected: tuple[str, ...]
) -> None:
    facts = unit(planner.contact(leadbridge_stage=stands_now), planner.lead())
    facts = replace(facts, base=replace(facts.base, shown={"hubspot": shown}))

    assert doubtful_fields(facts, planner.terms, "hubspot") == expected


def test_of_somebody_hubspot_does_not_know_there_is_no_history(planner: Planner) -> None:
    assert doubtful_fields(unit(None, planner.lead()), planner.terms, "hubspot") == ()


def phones(planner: Planner, *steps: tuple[float, str]) -> Record:
    """A contact whose telephone number was typed so, each time so many minutes after it was last looked at."""
    told = tuple(Version(number, AN_HOUR_AGO + timedelta(minutes=after), MIA) for after, number in steps)
    contact = planner.contact(phone=steps[-1][1], country="Sweden")
    return replace(contact, history={"phone": told[::-1]})


@pytest.mark.parametrize(
    ("steps", "changed"),
    [
        ([(-60, "+46812345678"), (30, "+46 8 123 456 78")], -60),
        ([(-60, "+46812345678"), (20, "08-123 456 78"), (30, "+46 8 123 456 78")], -60),
        ([(-60, "+4930901820"), (20, "+46812345678"), (30, "+46 8 123 456 78")], 20),
        ([(-60, "+46812345678"), (20, "+4930901820"), (30, "+46 8 123 456 78")], 30),
        ([(30, "+46 8 123 456 78")], 30),
    ],
)
def test_who_only_spells_a_value_anew_changes_nothing(
    planner: Planner, steps: list[tuple[float, str]], changed: float
) -> None:
    contact = phones(planner, *steps)
    [line] = [one for one in planner.agreement.pairs["person"].lines if one.name == "person.phone"]
    value = line.read("hubspot", "contact", contact.values, planner.terms.directory)

    change = last_change(line, contact, value, planner.terms.directory)

    assert change is not None
    assert change.at == AN_HOUR_AGO + timedelta(minutes=changed)


@pytest.mark.invariant("I3")
@pytest.mark.parametrize(
    ("side", "name", "other"), [("hubspot", "lastname", "LastName"), ("salesforce", "LastName", "lastname")]
)
@pytest.mark.parametrize(
    ("minutes", "is_ours", "is_edit"),
    [(-10, False, False), (10, False, True), (30, False, True), (10, True, False), (30, True, False)],
)
def test_who_typed_the_same_again_since_that_side_agreed_has_edited_it_and_our_own_user_never_has(
    planner: Planner,
    agreed: Facts,
    side: Side,
    name: str,
    other: str,
    minutes: float,
    is_ours: bool,
    is_edit: bool,
) -> None:
    """The other side agreed twenty minutes later: each side's history is held against its own moment."""
    ours, theirs = AN_HOUR_AGO, AN_HOUR_AGO + timedelta(minutes=20)
    known = agreed.base.agreed["person.lastname"]
    known = replace(known, **{f"{side}_at": ours, f"{_other(side)}_at": theirs})
    facts = replace(
        agreed, base=replace(agreed.base, agreed={**agreed.base.agreed, "person.lastname": known})
    )
    facts = edited(edited(facts, side), _other(side), by=SAM, **{other: "Byron"})
    step = Version("Lovelace", ours + timedelta(minutes=minutes), US[side] if is_ours else MIA)
    record = facts.record(side)
    assert record is not None
    told = replace(record, history={name: (step,)})
    facts = replace(facts, **{side: told})  # type: ignore[arg-type]

    done = planner.plan(facts)

    [decision] = [one for one in done.decisions if one.field == "person.lastname"]
    assert decision.what == ("conflict" if is_edit else "field")


def _other(side: Side) -> Side:
    return "salesforce" if side == "hubspot" else "hubspot"


@pytest.mark.invariant("I3")
@pytest.mark.parametrize("conflict", ["latest", "hubspot"])
def test_a_number_that_is_only_spelled_anew_never_wins_over_another_number(
    planner: Planner, conflict: str
) -> None:
    planner = planner.with_line("person.phone", conflict=conflict)
    stood = phones(planner, (-60, "+46812345678"))
    agreed = planner.settled(unit(stood, planner.lead(Phone="+46812345678", Country="Sweden")))
    facts = both_edited(agreed, {"phone": "+46 8 123 456 78"}, {"Phone": "+49 30 901820"})
    spelled = phones(planner, (-60, "+46812345678"), (30, "+46 8 123 456 78"))
    facts = replace(facts, hubspot=replace(facts.hubspot, history=spelled.history))  # type: ignore[type-var]

    done = planner.plan(facts)

    assert writes(done, "hubspot").get("phone") == "+4930901820"
    assert "Phone" not in writes(done, "salesforce")
