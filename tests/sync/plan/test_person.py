"""One person's fields: what was edited travels, what is equal stays, one line's trouble is its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Side
from mappings.agreement import Agreement
from mappings.values import ABSENT, is_blank, same
from sync.model import Facts, Problem
from tests.sync.plan.people import Planner, carried_out, codes, edited, remembered, unit, writes

HUBSPOT: Side = "hubspot"
SALESFORCE: Side = "salesforce"


@pytest.fixture
def settled(planner: Planner) -> Facts:
    return planner.settled(unit(planner.contact(jobtitle="Countess", phone="+49 30 1234567"), planner.lead()))


@pytest.mark.invariant("I1", "I13")
def test_a_settled_unit_plans_nothing(planner: Planner, settled: Facts) -> None:
    done = planner.plan(settled)

    assert done.puts == ()
    assert done.decisions == ()
    assert done.problems == ()


@pytest.mark.parametrize(
    ("side", "edit", "other"),
    [
        (HUBSPOT, {"jobtitle": "Analyst"}, {"Title": "Analyst"}),
        (SALESFORCE, {"Title": "Analyst"}, {"jobtitle": "Analyst"}),
        (HUBSPOT, {"email": "Ada@New.example"}, {"Email": "ada@new.example"}),
        (SALESFORCE, {"Street": "1 Road\r\nFlat 2"}, {"address": "1 Road\nFlat 2"}),
        (SALESFORCE, {"DoNotCall": True}, {"leadbridge_do_not_call": "true"}),
        (HUBSPOT, {"hs_email_optout": "true"}, {"HasOptedOutOfEmail": True}),
    ],
)
def test_an_edit_on_one_side_goes_to_the_other_and_nowhere_else(
    planner: Planner, settled: Facts, side: Side, edit: dict[str, Any], other: dict[str, Any]
) -> None:
    done = planner.plan(edited(settled, side, **edit))

    assert writes(done, HUBSPOT if side == SALESFORCE else SALESFORCE) == other
    assert writes(done, side) == {}


@pytest.mark.fault("F32")
@pytest.mark.parametrize(
    ("side", "edit"),
    [
        (HUBSPOT, {"phone": "0049 (30) 123-4567"}),
        (SALESFORCE, {"Phone": "+49301234567"}),
        (HUBSPOT, {"email": "ADA@ONE.EXAMPLE"}),
        (SALESFORCE, {"Country": "DE"}),
        (HUBSPOT, {"jobtitle": "Countess "}),
    ],
)
def test_another_spelling_of_the_same_value_is_never_written(
    planner: Planner, settled: Facts, side: Side, edit: dict[str, Any]
) -> None:
    done = planner.plan(edited(settled, side, **edit))

    assert done.puts == ()


def test_edits_of_different_fields_on_both_sides_both_survive(planner: Planner, settled: Facts) -> None:
    both = edited(edited(settled, HUBSPOT, jobtitle="Analyst"), SALESFORCE, City="London")

    done = planner.plan(both)

    assert writes(done, SALESFORCE) == {"Title": "Analyst"}
    assert writes(done, HUBSPOT) == {"city": "London"}


@pytest.mark.fault("F34")
@pytest.mark.invariant("I3")
def test_a_conflict_is_decided_by_the_line_and_keeps_the_value_that_lost(
    planner: Planner, settled: Facts
) -> None:
    both = edited(edited(settled, HUBSPOT, jobtitle="Analyst"), SALESFORCE, Title="Baroness")

    done = planner.plan(both)

    assert writes(done, HUBSPOT) == {"jobtitle": "Baroness"}
    [conflict] = [one for one in done.decisions if one.what == "conflict"]
    assert (conflict.new, conflict.old, conflict.rule) == ("Baroness", "Analyst", "two_way")


@pytest.mark.invariant("I3a")
def test_a_conflict_left_to_a_person_touches_neither_side_and_keeps_the_base(
    planner: Planner, settled: Facts
) -> None:
    both = edited(edited(settled, HUBSPOT, email="a@new.example"), SALESFORCE, Email="b@new.example")

    done = planner.plan(both)

    assert done.puts == ()
    assert codes(done) == ["conflict"]
    assert remembered(done).base.agreed["person.email"].value == "ada@one.example"


@pytest.mark.invariant("I5")
@pytest.mark.parametrize(("side", "name"), [(HUBSPOT, "jobtitle"), (SALESFORCE, "Title")])
def test_a_blank_travels_only_where_the_line_says_clear(
    planner: Planner, settled: Facts, side: Side, name: str
) -> None:
    blanked = edited(settled, side, **{name: ""})
    clearing = planner.with_line("person.jobtitle", blank="clear")

    protected, cleared = planner.plan(blanked), clearing.plan(blanked)

    assert writes(protected, side) == {name: "Countess"}
    other: Side = SALESFORCE if side == HUBSPOT else HUBSPOT
    assert list(writes(cleared, other).values()) in (
        [
            "",
        ],
        [None],
    )


@pytest.mark.fault("F28")
def test_a_field_that_is_not_seen_is_not_empty(planner: Planner, settled: Facts) -> None:
    assert settled.salesforce
    values = {name: value for name, value in settled.salesforce.values.items() if name != "Title"}
    clearing = planner.with_line("person.jobtitle", blank="clear")

    done = clearing.plan(replace(settled, salesforce=replace(settled.salesforce, values=values)))

    assert done.puts == ()
    assert remembered(done).base.agreed["person.jobtitle"] == settled.base.agreed["person.jobtitle"]


@pytest.mark.fault("F44")
def test_a_value_nobody_understands_is_a_problem_and_the_other_fields_travel(
    planner: Planner, settled: Facts
) -> None:
    done = planner.plan(edited(settled, HUBSPOT, hs_email_optout="perhaps", jobtitle="Analyst"))

    assert codes(done) == ["value_not_understood"]
    assert writes(done, SALESFORCE) == {"Title": "Analyst"}


def test_an_opt_out_is_added_and_never_lifted(planner: Planner) -> None:
    out = planner.settled(unit(planner.contact(hs_email_optout="true"), planner.lead()))
    assert out.salesforce
    assert out.salesforce.values["HasOptedOutOfEmail"] is True

    done = planner.plan(edited(out, HUBSPOT, hs_email_optout="false"))

    assert done.puts == ()


def test_a_changed_line_meets_for_the_first_time_and_the_other_lines_do_not(
    planner: Planner, settled: Facts
) -> None:
    both = edited(edited(settled, HUBSPOT, jobtitle="Analyst"), HUBSPOT, city="London")
    changed = planner.with_line("person.jobtitle", fingerprint="another", first="salesforce")

    done = changed.plan(both)

    assert writes(done, HUBSPOT) == {"jobtitle": "Countess"}
    assert writes(done, SALESFORCE) == {"City": "London"}


@pytest.mark.fault("F24")
def test_a_unit_whose_record_is_gone_is_left_alone(planner: Planner, settled: Facts) -> None:
    assert settled.salesforce
    gone = Problem("record_gone", settled.salesforce.ref, "cannot be read", "restore it")
    lost = replace(settled, salesforce=None, problem=gone)

    done = planner.plan(lost)

    assert done.puts == ()
    assert codes(done) == ["record_gone"]
    assert remembered(done).base == settled.base


# ── whatever the values are ──────────────────────────────────────────────────

TEXTS = st.sampled_from([None, "", "a", "b", " a ", "A"])
PHONES = st.sampled_from([None, "+49 30 1234567", "+49301234567", "12", "+1 650 253 0000"])
TRUTHS = st.sampled_from([None, True, False])
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "jobtitle": TEXTS, "city": TEXTS, "phone": PHONES, "email": st.sampled_from(["ada@one.example", "b@x.example", None]),
        "hs_email_optout": st.sampled_from([None, "true", "false"]), "company": TEXTS,
    },
)  # fmt: skip
SALES_EDITS = st.fixed_dictionaries(
    {},
    optional={
        "Title": TEXTS, "City": TEXTS, "Phone": PHONES, "Email": st.sampled_from(["ada@one.example", "c@x.example", None]),
        "HasOptedOutOfEmail": TRUTHS, "Company": TEXTS,
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def known(shipped: Agreement) -> tuple[Planner, Facts]:
    planner = Planner(shipped)
    return planner, planner.settled(
        unit(planner.contact(jobtitle="Countess", phone="+49 30 1234567"), planner.lead())
    )


@given(ours=EDITS, theirs=SALES_EDITS)
def test_the_same_facts_give_the_same_plan(known: tuple[Planner, Facts], ours: Any, theirs: Any) -> None:
    planner, facts = known
    both = edited(edited(facts, HUBSPOT, **ours), SALESFORCE, **theirs)

    assert planner.plan(both) == planner.plan(both)


@pytest.mark.invariant("I1", "I13")
@given(ours=EDITS, theirs=SALES_EDITS)
def test_whatever_was_edited_comes_to_rest(known: tuple[Planner, Facts], ours: Any, theirs: Any) -> None:
    planner, facts = known
    both = edited(edited(facts, HUBSPOT, **ours), SALESFORCE, **theirs)

    # An opt-out goes over by one line and comes back to another field by a second one.
    after = planner.settled(both, most=3)

    assert planner.plan(after).puts == ()


@pytest.mark.invariant("I4", "I5")
@given(ours=EDITS, theirs=SALES_EDITS)
def test_nothing_equal_is_written_nothing_is_invented_and_nothing_emptied(
    known: tuple[Planner, Facts], ours: Any, theirs: Any
) -> None:
    planner, facts = known
    both = edited(edited(facts, HUBSPOT, **ours), SALESFORCE, **theirs)

    done = planner.plan(both)

    after = carried_out(both, done)
    for line in planner.agreement.pairs["person"].lines:
        left, right = (_read(planner, line, one) for one in (both.hubspot, both.salesforce))
        for side, one in ((HUBSPOT, after.hubspot), (SALESFORCE, after.salesforce)):
            stood, value = (left if side == HUBSPOT else right), _read(planner, line, one)
            touched = set(line.fields(side, "contact" if side == HUBSPOT else "lead")) & set(
                writes(done, side)
            )
            if not touched or line.name not in _written_lines(done, side):
                continue
            assert not same(stood, value)
            assert same(value, left) or same(value, right)
            assert not is_blank(value)


def _read(planner: Planner, line: Any, record: Any) -> Any:
    found = line.read(record.ref.side, record.ref.kind, record.values, planner.terms.directory)
    return None if found is ABSENT else found


def _written_lines(done: Any, side: Side) -> set[str]:
    return {name for put in done.puts if put.write.side == side for name in put.lines.values()}
