"""The shipped machine is sound; one broken machine a rule is refused with a path that shows why."""

from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from mappings.documents import parse
from mappings.documents.broken import Broken
from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.matching import MatchingDocument
from mappings.documents.outcomes import OutcomesDocument
from mappings.lifecycle import compile_lifecycle
from tests.mappings import refusals

TWELVE = (
    "new", "nurturing", "qualified", "handed_over", "accepted", "working",
    "opportunity", "won", "lost", "rejected", "recycled", "disqualified",
)  # fmt: skip
LAST_MOVE = "  - {from: disqualified, to: nurturing, who: [marketer], needs: [comment]}\n"


@pytest.fixture
def mistakes(hours, shipped_text):
    """Compile the shipped file with some lines exchanged, and say what is wrong with it."""

    def changed(*exchanges):
        text = shipped_text
        for old, new in exchanges:
            assert old in text, old
            text = text.replace(old, new, 1)
        document, found = parse(LifecycleDocument, text, "lifecycle.yaml")
        if document is None:
            return found
        try:
            compile_lifecycle(document, hours)
        except Broken as broken:
            return list(broken.mistakes)
        return []

    return changed


def stage(name, more):
    """Exchanges that add a stage, shown everywhere."""
    shown = f"      new: lead\n      {name}: lead\n"
    return [
        ("  new:\n    owner", f"  {name}: {more}\n  new:\n    owner"),
        ("      new: lead\n", shown),
        ("      new: blank\n", f"      new: blank\n      {name}: blank\n"),
        ("      new: unchanged\n", f"      new: unchanged\n      {name}: unchanged\n"),
    ]


def move(line):
    return (LAST_MOVE, LAST_MOVE + f"  - {line}\n")


def test_the_shipped_machine_is_sound(lifecycle):
    assert lifecycle.stages == TWELVE
    assert len(lifecycle.reasons) == 16
    assert lifecycle.version == 1


def test_the_shipped_reasons_are_those_of_the_defaults(lifecycle):
    delays = {name: lifecycle.reason(name).delay_days for name in lifecycle.reasons}

    assert delays == {
        "no_contact": 30, "bad_timing": 90, "no_budget": 120, "no_need": 180, "no_decision": 180, "price": 180,
        "competitor_won": 180, "wrong_contact_data": 7, "not_ready": 60, "wrong_segment": None,
        "student_or_job_seeker": None, "competitor_or_vendor": None, "duplicate": None,
        "asked_not_to_be_contacted": None, "other": 60, "unknown": 180,
    }  # fmt: skip
    assert lifecycle.reason("other").comment
    assert lifecycle.reason("unknown").who == {"bridge"}


def test_the_table_of_moves_reads_aloud(lifecycle):
    lines = lifecycle.table().splitlines()

    assert len(lines) == 1 + len(lifecycle.moves)
    assert lines[0].split() == ["from", "to", "who", "when"]
    assert any(line.split()[:3] == ["handed_over", "rejected", "seller"] for line in lines)
    assert lines == Path(__file__).with_name("moves.txt").read_text("utf-8").splitlines()


def test_a_move_that_needs_both_says_the_reason_first(lifecycle):
    move = replace(lifecycle.moves[0], needs=frozenset({"comment", "reason"}), says="marketing gives up")

    [_, line] = replace(lifecycle, moves=(move,)).table().splitlines()

    assert line.endswith("  marketing gives up; needs reason and comment")


def test_the_raw_fields_it_wants_are_named(lifecycle):
    contact = lifecycle.needs("hubspot", "contact")

    assert {"leadbridge_stage", "lifecyclestage", "hs_email_optout", "hubspotscore", "lastname"} <= set(
        contact
    )
    assert "score" not in contact
    assert len(contact) == len(set(contact))
    assert "Status" in lifecycle.needs("salesforce", "lead")
    assert "Status" not in lifecycle.needs("salesforce", "contact")
    assert lifecycle.needs("hubspot", "company") == lifecycle.needs("salesforce", "account") == ()


@pytest.mark.goal("G-L2")
@pytest.mark.parametrize(
    ("exchanges", "says"),
    [
        pytest.param(
            stage("parked", "{owner: marketing}"), "`parked` can never be reached: no move leads to it",
            id="unreachable stage",
        ),
        pytest.param(
            [
                *stage("parked", "{owner: marketing}"),
                *stage("waiting", "{owner: marketing}"),
                move("{from: parked, to: waiting, who: [bridge]}"),
                move("{from: waiting, to: parked, who: [bridge]}"),
            ],
            "`parked` can never be reached: its only ways in, from waiting, cannot be reached either",
            id="an island",
        ),
        pytest.param(
            [
                *stage("parked", "{owner: marketing}"),
                move("{from: new, to: parked, who: [marketer]}"),
            ],
            "`parked` is a trap: start → new → parked, and from there no end can be reached",
            id="trap",
        ),
        pytest.param(
            [
                (
                    "    clock:\n      within: 4 hours\n      until: accepted\n      late: [{at: 50, do: remind}, {at: 100, do: tell_manager}, {at: 300, do: give_to_queue}]\n",
                    "",
                )
            ],
            "`handed_over` has no clock, but sales owns it: start → working → rejected → handed_over",
            id="sales without a deadline",
        ),
        pytest.param(
            [("{at: 50, do: remind}, {at: 100, do: tell_m", "{at: 100, do: remind}, {at: 100, do: tell_m")],
            "100 percent do not come after 100.",
            id="marks out of order",
        ),
        pytest.param(
            [("late: [{at: 100, do: tell_ops}]", "late: [{at: 100, do: tell_manager}]")],
            "At `qualified` no seller has the person: `tell_manager` would find nobody.",
            id="marketing is told as if it were sales",
        ),
        pytest.param(
            [("{at: 200, do: tell_manager}", "{at: 200, do: give_to_queue}")],
            "At `accepted` somebody has accepted the person: he cannot be given to a queue.",
            id="an accepted person for a queue",
        ),
        pytest.param(
            [("{within: 3 days, until: reviewed}", "{within: 3 days, until: reviewed, late: [{at: 100, do: tell_ops}]}")],
            "When the clock of `rejected` is over, the bridge decides by the reason: nobody is late there.",
            id="a review that is late",
        ),
        pytest.param(
            [("{within: 5 days, until: decided}", "{within: 5 days, segments: [{when: {iss: {a: 1}}, within: 1 day}]}")],
            "This segment cannot be understood: there is no predicate 'iss'; did you mean 'is'?",
            id="a segment that nobody understands",
        ),
        pytest.param(
            [("guards: [owner_found, contactable]", "guards: [contactable]")],
            "In the stage `handed_over` a person may be without an owner: start → new → qualified → handed_over",
            id="sales without an owner",
        ),
        pytest.param(
            [("to: rejected, who: [seller], needs: [reason]}", "to: rejected, who: [seller]}")],
            "A rejection without a reason is possible: start → working → rejected.",
            id="rejection without a reason",
        ),
        pytest.param(
            [("no_need: {where: [rejected, lost], delay: 180 days}", "no_need: {where: [rejected, lost]}")],
            "The reason `no_need` has neither a delay nor `final: true`: what happens after"
            " start → working → opportunity → lost and start → working → rejected with it is not said.",
            id="reason without a way back",
        ),
        pytest.param(
            [("no_need: {where: [rejected, lost], delay: 180 days}",
              "no_need: {where: [rejected, lost], delay: 180 days, final: true}")],
            "The reason `no_need` has both a delay and `final`: what happens after"
            " start → working → opportunity → lost and start → working → rejected with it is not said.",
            id="reason with two ways",
        ),
        pytest.param(
            [("  - {from: [lost, rejected], to: recycled, who: [marketer, bridge]",
              "  - {from: [lost, rejected], to: recycled, who: [marketer]")],
            "`rejected` is a dead end: no move of the bridge leads to a stage where the delay runs. Who ends there:"
            " start → working → rejected with the reasons `no_contact`, `bad_timing`,",
            id="no way back for a reason",
        ),
        pytest.param(
            [("nurturing, new], to: disqualified, who: [marketer, bridge]",
              "nurturing, new], to: disqualified, who: [marketer]")],
            "`rejected` is a dead end: no move of the bridge leads to an end. Who ends there:"
            " start → working → rejected with the reasons `wrong_segment`,",
            id="no end for a final reason",
        ),
        pytest.param(
            [("      working: [CONNECTED, ATTEMPTED_TO_CONTACT]\n", "")],
            "`hs_lead_status` for the stage `working` is not said: no value would be written",
            id="no value for a stage",
        ),
        pytest.param(
            [("[CONNECTED, ATTEMPTED_TO_CONTACT]", "[CONNECTED, CONNECTED]")],
            "of which none can be told to be the written one",
            id="two values for a stage",
        ),
        pytest.param(
            [("      won: customer\n", "      won: champion\n")],
            "`lifecyclestage` for the stage `won` is `champion`, which has no place in `order`",
            id="value outside the order",
        ),
        pytest.param(
            [("      won: customer\n", "      won: evangelist\n")],
            "which stands under `leave_alone`",
            id="a value that is left alone",
        ),
        pytest.param(
            [("    policy: high_water ", "    policy: follow "), ("      recycled: lead\n", "")],
            "`lifecyclestage` for the stage `recycled` is `unchanged`, but with `follow` every stage shows a value",
            id="a stage that is not followed",
        ),
        pytest.param(
            [("      recycled: lead\n", "")],
            "`lifecyclestage` for the stage `recycled` is `unchanged`, but with `follow` every stage shows a value",
            id="a stage that would not be followed",
        ),
        pytest.param(
            [("      recycled: lead\n", "      recycled: [lead, lead]\n")],
            "`lifecyclestage` for the stage `recycled` names 1 values of which none can be told",
            id="two values to follow",
        ),
        pytest.param(
            [("      recycled: lead\n", "      recycld: lead\n")],
            "`recycld` is not a stage",
            id="unknown stage that is followed",
        ),
        pytest.param(
            [("    policy: high_water ", "    policy: folow ")],
            "`folow` is not a word",
            id="unknown policy of a projection",
        ),
        pytest.param(
            [("shows: Working - Contacted, asks_for", "shows: Open - Not Contacted, asks_for")],
            "In the stage `accepted` a Lead.Status `Open - Not Contacted` is what that stage itself shows",
            id="a reading of one's own hand",
        ),
        pytest.param(
            [("shows: Working - Contacted, asks_for: working", "shows: Working - Contacted, asks_for: won")],
            "would ask for `won`, where no way of a seller leads",
            id="a reading that leads nowhere",
        ),
        pytest.param(
            [("from: qualified, to: handed_over", "from: qualified, to: handed_overr")],
            "`handed_overr` is not a stage",
            id="unknown stage",
        ),
        pytest.param(
            [("guards: [owner_found, contactable]", "guards: [owner_fund, contactable]")],
            "`owner_fund` is not a guard",
            id="unknown guard",
        ),
        pytest.param(
            [("no_contact: {where: [rejected]", "no_contact: {where: [rejcted]")],
            "`rejcted` is not a stage",
            id="unknown stage of a reason",
        ),
        pytest.param([("reason: unknown}", "reason: unknwn}")], "`unknwn` is not a reason", id="unknown reason"),
        pytest.param(
            [move("{from: won, to: qualified, who: [marketer]}")],
            "The move won → qualified stands in two lines",
            id="one move twice",
        ),
        pytest.param([move("{from: won, to: won, who: [marketer]}")], "from `won` to itself", id="no move"),
        pytest.param(
            [("        - not: {blank: company}", "        - nott: {blank: company}")],
            "there is no predicate 'nott'; did you mean 'not'",
            id="unclear guard",
        ),
        pytest.param(
            [("  contactable:\n", "  owner_found:\n")],
            "`owner_found` is a fact that the bridge knows by itself",
            id="a guard named like a fact",
        ),
        pytest.param(
            [("  unknown: {where: [lost], delay: 180 days, who: [bridge], means: nobody said}\n", "")],
            "The reason `unknown` is missing",
            id="no unknown",
        ),
        pytest.param([("# illegal: revert", "illegal: ignore")], "`ignore` is not a word", id="unknown policy"),
        pytest.param([("version: 1 ", "vresion: 1 ")], "`vresion` is not a key here", id="unknown key"),
    ],
)  # fmt: skip
def test_a_broken_machine_is_refused_with_a_counter_example(mistakes, exchanges, says):
    found = mistakes(*exchanges)

    assert any(says in one.text for one in found), [str(one) for one in found]
    assert all(one.file == "lifecycle.yaml" and one.line > 1 and one.remedy for one in found)


def test_every_refusal_says_what_the_book_says():
    stands, said = refusals.BOOK.read_text("utf-8").splitlines(), refusals.book().splitlines()

    differs = list(unified_diff(stands, said, refusals.BOOK.name, "as refused now", n=1, lineterm=""))
    assert differs == [], "\n".join(
        [f"Meant? Then `python -m {refusals.__name__}` writes the book anew; read its diff.", *differs[:40]]
    )


def test_a_mistake_names_its_line(mistakes, shipped_text):
    [found] = mistakes(("guards: [owner_found, contactable]", "guards: [owner_fund, contactable]"))
    line = next(
        n for n, text in enumerate(shipped_text.splitlines(), 1) if "owner_found, contactable" in text
    )

    assert found.line == line
    assert "owner_found" in found.remedy


def test_one_dead_end_is_told_once_where_the_way_ends(mistakes, shipped_text):
    onward = (
        "  - {from: recycled, to: nurturing, who: [bridge], guards: [delay_over], says: the delay is over}\n"
    )
    [found] = mistakes((onward, ""))
    line = next(n for n, text in enumerate(shipped_text.splitlines(), 1) if text == "  recycled:")

    assert found.line == line
    assert found.text.startswith("`recycled` is a dead end: no move of the bridge leads out of it when")
    assert "start → working → opportunity → lost with the reasons `bad_timing`" in found.text
    assert found.remedy == "Add a move from `recycled` that the bridge may make, with `guards: [delay_over]`."


def test_who_cannot_come_to_rest_is_told_the_stage_that_rests(mistakes):
    way = "  - {from: [lost, rejected], to: recycled, who: [marketer, bridge]"
    found = mistakes((way, way.replace(", bridge", "")))

    assert [one.remedy for one in found] == [
        "Add a move from `rejected` that the bridge may make, to `recycled`.",
        "Add a move from `lost` that the bridge may make, to `recycled`.",
    ]


def test_all_mistakes_are_told_at_once(mistakes):
    found = mistakes(
        ("guards: [owner_found, contactable]", "guards: [owner_fund, contactable]"),
        ("to: rejected, who: [seller]", "to: rejcted, who: [seller]"),
    )

    assert {"`owner_fund` is not a guard.", "`rejcted` is not a stage."} <= {one.text for one in found}


def test_a_stage_may_be_added(mistakes):
    added = [
        *stage("parked", "{owner: marketing}"),
        move("{from: new, to: parked, who: [marketer]}"),
        move("{from: parked, to: nurturing, who: [marketer]}"),
    ]

    assert mistakes(*added) == []


def shapes(shape):
    """A shape and all shapes below it."""
    yield shape
    for field in shape.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from shapes(part)


@pytest.mark.parametrize("document", [LifecycleDocument, MatchingDocument, OutcomesDocument])
def test_every_key_is_described_and_has_an_example(document):
    for shape in shapes(document):
        for name, field in shape.model_fields.items():
            assert field.description, (shape, name)
            assert field.examples, (shape, name)
