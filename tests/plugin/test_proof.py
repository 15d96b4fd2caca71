"""Salesforce's rules and the state machine say the same: proved over every case, and the proof itself is tried."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from mappings.lifecycle.definition import START, Installing, Move
from mappings.lifecycle.machine import Lifecycle
from plugin.formula import FormulaError
from plugin.proof import CounterExample, Edge, Given, is_legal, prove
from plugin.salesforce import bundle, mdapi
from plugin.salesforce.fields import custom_fields
from plugin.salesforce.rules import rules
from sync.bootstrap import read_agreement, shipped_config
from tests.plugin import sellers_table
from tests.plugin.drawn import drawn

# Enough for the edges alone: nothing is given, or all that can be asked for.
FEW = (Given(), Given("", "no_need", "", "said"))
STAGES = (START, *read_agreement(shipped_config()).lifecycle.stages)
# Besides: a reason without and with its comment, and one that is taken away.
SOME = (*FEW, Given("", "other"), Given("", "other", "", "said"), Given("no_need", ""))
# Reason and comment given, kept, exchanged and taken away, as far as the rules for them tell cases apart.
BOTH = (
    Given(), Given("", "no_need"), Given("no_need", "no_need"), Given("no_need", ""), Given("", "no_need", "", "said"),
    Given("", "other"), Given("", "other", "", "said"), Given("no_need", "other"), Given("other", "other"),
    Given("other", "other", "said", ""),
)  # fmt: skip
# Nothing, a reason, and a comment, too.
GIVEN = (Given(), Given("", "no_need"), Given("", "no_need", "", "said"))
FORMS = ("per_stage", "compact")


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(shipped_config())


def in_form(lifecycle: Lifecycle, form: str, *gone: str) -> Lifecycle:
    return replace(lifecycle, installing=Installing(form, gone))


def lead(lifecycle: Lifecycle, object_: str = "Lead") -> dict[str, bytes]:
    """A deploy of the Lead's (or the other object's) fields and rules alone."""
    fields = [field for field in custom_fields(lifecycle) if field.object == object_]
    return mdapi([*fields, *rules(lifecycle, object_)])


def contact(lifecycle: Lifecycle) -> dict[str, bytes]:
    """A deploy of the Contact's fields and rules alone."""
    return lead(lifecycle, "Contact")


@pytest.mark.parametrize("form", FORMS)
def test_the_shipped_rules_say_what_the_lifecycle_says_in_three_seconds(agreement, form):
    lifecycle = in_form(agreement.lifecycle, form, "warming")
    files = mdapi(bundle(replace(agreement, lifecycle=lifecycle)))
    began = time.process_time()

    proof = prove(lifecycle, files)

    assert time.process_time() - began < 3
    assert proof.wrong == ()
    assert (proof.cases, proof.forbidden) == (155_568, 65_014)


def test_where_there_are_to_be_no_rules_one_that_is_there_is_told(agreement):
    unheld = in_form(agreement.lifecycle, "none")

    free, held = prove(unheld, lead(unheld), FEW), prove(unheld, lead(agreement.lifecycle), FEW)

    assert (free.forbidden, free.wrong) == (0, ())
    assert "is legal, and refused by Leadbridge_From_handed_over" in " ".join(map(str, held.wrong))


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

    proof = prove(agreement.lifecycle, contact(agreement.lifecycle), everything_given)

    # Of a Contact only those that leave a stage.
    assert proof.forbidden == stages * stages - (len(sellers) - from_start)


@pytest.mark.parametrize("form", FORMS)
def test_the_shipped_rules_say_what_the_table_of_moves_says_that_was_written_by_hand(agreement, form):
    lifecycle = in_form(agreement.lifecycle, form)
    files = {**lead(lifecycle), **contact(lifecycle)}

    proof = prove(lifecycle, files, judge=sellers_table.judge)

    assert proof.wrong == ()
    assert (proof.cases, proof.forbidden) == (134_264, 54_984)


ATOM = re.compile(r"(?:ISPICKVAL|ISBLANK|ISCHANGED|ISNEW)\((?:[^()]|\([^()]*\))*\)|\$Permission\.\w+")


def text_of(files: dict[str, bytes], object_: str, rule: str) -> tuple[str, str]:
    """The whole file, and the formula in it as it stands there."""
    text = files[f"objects/{object_}.object"].decode()
    [formula] = re.findall(
        rf"<fullName>{rule}</fullName>.*?<errorConditionFormula>(.*?)</err", text, re.DOTALL
    )
    return text, formula


def atoms_changed(formula: str) -> Iterator[str]:
    """The formula with one condition in it always true, never true, or the opposite."""
    for found in ATOM.finditer(formula):
        for instead in ("TRUE", "FALSE", f"NOT({found[0]})"):
            # What a new record may not be is refused by the rules of stages, too, and ISCHANGED is false for one.
            if (found[0], instead) == ("ISNEW()", "FALSE"):
                continue
            yield formula[: found.start()] + instead + formula[found.end() :]
        if '"' in found[0]:
            yield formula[: found.start()] + re.sub('".*?"', '"working"', found[0]) + formula[found.end() :]


@pytest.mark.parametrize(
    ("object_", "rule", "n"),
    [
        ("Lead", "Leadbridge_Reason_Required", 23), ("Lead", "Leadbridge_Comment_Required", 29),
        ("Contact", "Leadbridge_Reason_Required", 24), ("Contact", "Leadbridge_Comment_Required", 27),
    ],
)  # fmt: skip
def test_every_change_of_a_condition_of_the_rules_for_reason_and_comment_is_found(
    agreement, object_, rule, n
):
    lifecycle = agreement.lifecycle
    files = lead(lifecycle, object_)
    text, formula = text_of(files, object_, rule)
    mutants = list(atoms_changed(formula))

    survived = []
    for mutant in mutants:
        changed = {f"objects/{object_}.object": text.replace(formula, mutant).encode()}
        if not prove(lifecycle, changed, BOTH, sellers_table.judge).wrong:
            survived.append(mutant)

    assert len(mutants) == n
    assert survived == []


def test_a_mistake_that_rules_and_lifecycle_share_is_found_by_the_table_written_by_hand(agreement):
    lifecycle = agreement.lifecycle
    mistaken: list[tuple[Lifecycle, tuple[Given, ...]]] = []

    for move, what in product(lifecycle.moves, ("reason", "comment")):
        if "seller" in move.who:
            other = replace(move, needs=move.needs ^ {what})
            moves = tuple(other if one is move else one for one in lifecycle.moves)
            mistaken.append((replace(lifecycle, moves=moves), GIVEN))
    for name, reason in lifecycle.reasons_by_name.items():
        reasons = {**lifecycle.reasons_by_name, name: replace(reason, comment=not reason.comment)}
        mistaken.append((replace(lifecycle, reasons_by_name=reasons), (Given("", name),)))

    assert len(mistaken) == 42
    for mutant, given in mistaken:
        files = lead(mutant)
        assert prove(mutant, files, given).wrong == ()
        assert prove(mutant, files, given, sellers_table.judge).wrong


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
    of_contacts = [bool(prove(lifecycle, contact(mutant), FEW).wrong) for mutant in mutants]

    assert len(mutants) == (12 if came_from == START else 11)
    assert all(found)
    # How a Contact came by its first stage is not judged.
    assert all(one is (came_from != START) for one in of_contacts)


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
        assert prove(lifecycle, contact(mutant), given).wrong, name


def test_every_move_that_stops_asking_for_something_or_starts_to_is_found(agreement):
    lifecycle = agreement.lifecycle
    moves = [move for move in lifecycle.moves if "seller" in move.who]

    for move, what in product(moves, ("reason", "comment")):
        other = [
            one if one is not move else replace(one, needs=one.needs ^ {what}) for one in lifecycle.moves
        ]
        mutant = replace(lifecycle, moves=tuple(other))
        assert prove(lifecycle, lead(mutant), GIVEN).wrong, (move.came_from, move.to, what)
        judged = bool(prove(lifecycle, contact(mutant), GIVEN).wrong)
        assert judged is (move.came_from != START), (move.came_from, move.to, what)


@pytest.mark.parametrize("tens", range(24))
def test_the_rules_of_any_lifecycle_say_what_it_says(agreement, tens):
    for number in range(10 * tens, 10 * tens + 10):
        lifecycle = drawn(agreement.lifecycle, number)
        proof = prove(lifecycle, {**lead(lifecycle), **contact(lifecycle)})
        assert proof.cases
        assert proof.wrong == (), (number, str(proof.wrong[0]))


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        ("per_stage", 'NOT(ISPICKVAL(PRIORVALUE(Leadbridge_Stage__c), ""))', "TRUE"),
        ("compact", 'NOT(ISPICKVAL(PRIORVALUE(Leadbridge_Stage__c), ""))', "TRUE"),
        ("per_stage", 'ISPICKVAL(PRIORVALUE(Leadbridge_Stage__c), "new")', "TRUE"),
        ("per_stage", "ISCHANGED(Leadbridge_Stage__c), NOT", "NOT"),
    ],
)
def test_a_rule_that_could_stop_a_conversion_is_found(agreement, form, old, new):
    lifecycle = in_form(agreement.lifecycle, form)
    text = contact(lifecycle)["objects/Contact.object"].decode()
    assert old in text

    wrong = prove(lifecycle, {"objects/Contact.object": text.replace(old, new).encode()}, SOME).wrong

    assert any("is legal, and refused by" in str(one) for one in wrong)


@pytest.mark.parametrize("object_", ["Lead", "Contact"])
def test_what_a_save_says_of_reason_and_comment_is_asked_where_the_lifecycle_needs_it(agreement, object_):
    def may(prior: str, stage: str, *given: str) -> bool:
        return is_legal(agreement.lifecycle, object_, Edge("seller", prior, stage), Given(*given))

    for_ever = object_ == "Lead"
    # The move: a reason, and the comment of a reason that asks for one.
    assert not may("working", "rejected")
    assert not may("working", "rejected", "", "other")
    assert may("working", "rejected", "", "other", "", "said")
    # What stands from before binds nobody in a stage that does not need it.
    assert may("working", "working", "other", "other", "said", "")
    assert may("working", "working", "", "other")
    assert may("recycled", "working", "other", "other")
    # Where it was needed it stays, on a Lead: a Contact's blanks may be those of a conversion.
    assert may("rejected", "rejected", "no_need", "other") is not for_ever
    assert may("rejected", "rejected", "other", "other", "said", "") is not for_ever
    assert may("rejected", "rejected", "other", "") is not for_ever
    assert may("rejected", "rejected", "no_need", "no_need", "said", "")
    assert may("rejected", "rejected", "other", "other")


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
