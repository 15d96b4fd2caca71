"""Salesforce's rules and the state machine say the same: proved over every case, and the proof itself is tried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from mappings.lifecycle.machine import START, Installing, Lifecycle, Move
from plugin.formula import FormulaError
from plugin.proof import CounterExample, Edge, Given, prove
from plugin.salesforce import bundle, mdapi
from plugin.salesforce.fields import custom_fields
from plugin.salesforce.rules import rules
from sync.bootstrap import read_agreement, shipped_config
from tests.plugin.drawn import drawn

# Enough for the edges alone: nothing is given, or all that can be asked for.
FEW = (Given(), Given("", "no_need", "", "said"))
STAGES = (START, *read_agreement(shipped_config()).lifecycle.stages)
# Besides: a reason without and with its comment, and one that is taken away.
SOME = (*FEW, Given("", "other"), Given("", "other", "", "said"), Given("no_need", ""))
FORMS = ("per_stage", "compact")


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(shipped_config())


def in_form(lifecycle: Lifecycle, form: str, *gone: str) -> Lifecycle:
    return replace(lifecycle, installing=Installing(form, gone))


def lead(lifecycle: Lifecycle) -> dict[str, bytes]:
    """A deploy of the Lead's fields and rules alone."""
    fields = [field for field in custom_fields(lifecycle) if field.object == "Lead"]
    return mdapi([*fields, *rules(lifecycle, "Lead")])


@pytest.mark.parametrize("form", FORMS)
def test_the_shipped_rules_say_what_the_lifecycle_says_in_three_seconds(agreement, form):
    lifecycle = in_form(agreement.lifecycle, form, "warming")
    files = mdapi(bundle(replace(agreement, lifecycle=lifecycle)))
    began = time.process_time()

    proof = prove(lifecycle, files)

    assert time.process_time() - began < 3
    assert proof.wrong == ()
    assert (proof.cases, proof.forbidden) == (169_848, 73_409)


def test_the_forbidden_edges_are_as_many_as_the_table_of_moves_leaves(agreement):
    sellers = [move for move in agreement.lifecycle.moves if "seller" in move.who]
    stages = len(agreement.lifecycle.stages)
    everything_given = (Given("", "no_need", "", "said"),)

    proof = prove(agreement.lifecycle, lead(agreement.lifecycle), everything_given)

    from_start = sum(move.came_from == START for move in sellers)
    # New records, and old ones that leave a stage or none; who has no stage may keep none.
    new, old = stages - from_start, (stages + 1) * stages - len(sellers)
    assert proof.cases == 2 * (stages + 1) * (stages + 2)
    assert proof.forbidden == new + old == 154


def without(lifecycle: Lifecycle, move: Move) -> Lifecycle:
    kept = [one if one is not move else replace(one, who=one.who - {"seller"}) for one in lifecycle.moves]
    return replace(lifecycle, moves=tuple(kept))


def beside(lifecycle: Lifecycle, came_from: str, to: str) -> Lifecycle:
    return replace(lifecycle, moves=(*lifecycle.moves, Move(came_from, to, frozenset({"seller"}))))


def changed_by_one_edge(lifecycle: Lifecycle, came_from: str) -> Iterator[Lifecycle]:
    """Every lifecycle in which sellers have one move less from there, or one more."""
    for to in lifecycle.stages:
        move = lifecycle.move(came_from, to, "seller")
        if move is not None:
            yield without(lifecycle, move)
        elif came_from != to:
            yield beside(lifecycle, came_from, to)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("came_from", STAGES)
def test_every_edge_dropped_or_added_is_found(agreement, form, came_from):
    lifecycle = in_form(agreement.lifecycle, form)
    mutants = list(changed_by_one_edge(lifecycle, came_from))

    found = [bool(prove(lifecycle, lead(mutant), FEW).wrong) for mutant in mutants]

    assert len(mutants) == (12 if came_from == START else 11)
    assert all(found)


def mutated(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    text = files["objects/Lead.object"].decode()
    assert old in text
    return {**files, "objects/Lead.object": text.replace(old, new).encode()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("NOT($Permission.Leadbridge_Sync), ", ""),
        ("NOT($Permission.Leadbridge_Sync)", "$Permission.Leadbridge_Sync"),
        ("ISCHANGED(Leadbridge_Stage__c), ", ""),
        ('ISNEW(), NOT(ISPICKVAL(Leadbridge_Stage__c, "")), ', "ISNEW(), "),
        (', ISPICKVAL(Leadbridge_Stage__c, "recycled")))</errorC', "))</errorC"),
        ('ISPICKVAL(Leadbridge_Reason__c, ""), ', ""),
        ("ISBLANK(Leadbridge_Sales_Comment__c), ", ""),
        (", ISCHANGED(Leadbridge_Reason__c)), ISPICKVAL", "), ISPICKVAL"),
        ("<active>true</active>", "<active>false</active>"),
        ('"accepted"', '"Accepted"'),
    ],
)
def test_a_change_of_the_text_is_found(agreement, old, new):
    files = mutated(lead(agreement.lifecycle), old, new)

    assert prove(agreement.lifecycle, files, SOME).wrong


def test_every_reason_that_stops_asking_for_a_comment_or_starts_to_is_found(agreement):
    lifecycle = agreement.lifecycle
    given = [Given("", reason, "", "") for reason in lifecycle.reasons]

    for name, reason in lifecycle.reasons_by_name.items():
        other = {**lifecycle.reasons_by_name, name: replace(reason, comment=not reason.comment)}
        mutant = replace(lifecycle, reasons_by_name=other)
        assert prove(lifecycle, lead(mutant), given).wrong, name


def test_every_move_that_stops_asking_for_something_or_starts_to_is_found(agreement):
    lifecycle = agreement.lifecycle
    moves = [move for move in lifecycle.moves if "seller" in move.who]
    given = (Given(), Given("", "no_need"), Given("", "no_need", "", "said"))

    for move, what in product(moves, ("reason", "comment")):
        other = [
            one if one is not move else replace(one, needs=one.needs ^ {what}) for one in lifecycle.moves
        ]
        mutant = replace(lifecycle, moves=tuple(other))
        assert prove(lifecycle, lead(mutant), given).wrong, (move.came_from, move.to, what)


@pytest.mark.parametrize("tens", range(24))
def test_the_rules_of_any_lifecycle_say_what_it_says(agreement, tens):
    for number in range(10 * tens, 10 * tens + 10):
        lifecycle = drawn(agreement.lifecycle, number)
        proof = prove(lifecycle, lead(lifecycle))
        assert proof.cases
        assert proof.wrong == (), (number, str(proof.wrong[0]))


def test_a_conversion_that_is_refused_or_a_stage_that_slips_in_with_it_is_found(agreement):
    lifecycle = agreement.lifecycle
    files = mdapi(bundle(agreement))
    text = files["objects/Contact.object"].decode()
    exempt = "NOT(AND(NOT(ISBLANK(Leadbridge_Stage_Changed_At__c)), "
    assert text.count(exempt) == 4

    refused = prove(
        lifecycle, {"objects/Contact.object": text.replace(exempt, "NOT(AND(FALSE, ").encode()}, FEW
    )
    too_wide = prove(
        lifecycle, {"objects/Contact.object": text.replace(exempt, "NOT(AND(TRUE, ").encode()}, FEW
    )

    assert str(refused.wrong[0]).startswith("Contact: seller, a new record → ")
    assert "out of a conversion" in str(refused.wrong[0])
    assert all(str(one).endswith("no rule refuses it") for one in too_wide.wrong)
    assert too_wide.wrong


def test_a_counter_example_is_told_in_a_sentence():
    refused = CounterExample("Lead", Edge("seller", "working", "won"), Given(), ())
    wrongly = CounterExample(
        "Lead", Edge("seller", None, ""), Given("", "other", "", "said"), ("Leadbridge_Initial",)
    )

    assert str(refused) == "Lead: seller, working → won is illegal, and no rule refuses it"
    assert str(wrongly) == (
        "Lead: seller, a new record → no stage (reason none → other, comment none → said) is legal,"
        " and refused by Leadbridge_Initial"
    )


def test_a_rule_that_cannot_be_worked_out_is_named(agreement):
    files = mutated(lead(agreement.lifecycle), "ISNEW()", "ISOLD()")

    with pytest.raises(FormulaError, match=r"Leadbridge_\w+: Unknown function ISOLD"):
        prove(agreement.lifecycle, files)
