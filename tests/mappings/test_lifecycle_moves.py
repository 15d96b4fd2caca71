"""Every legal move and every illegal one, against a table written by hand and not read from the file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from mappings.lifecycle import Opportunity, Request, Round, Situation, Standing, decide
from mappings.lifecycle.definition import Installing

STAGES = (
    "new", "nurturing", "qualified", "handed_over", "accepted", "working",
    "opportunity", "won", "lost", "rejected", "recycled", "disqualified",
)  # fmt: skip
M, S, B = "marketer", "seller", "bridge"
MOVES = {
    ("start", "new"): {B},
    ("start", "working"): {S},
    ("new", "nurturing"): {M, B},
    ("new", "working"): {S},
    ("nurturing", "working"): {S},
    ("recycled", "working"): {S},
    ("new", "qualified"): {M, B},
    ("nurturing", "qualified"): {M, B},
    ("recycled", "qualified"): {M, B},
    ("qualified", "handed_over"): {B},
    ("qualified", "nurturing"): {M},
    ("handed_over", "nurturing"): {M},
    ("handed_over", "accepted"): {S},
    ("accepted", "working"): {S, B},
    ("accepted", "opportunity"): {S, B},
    ("working", "opportunity"): {S, B},
    ("handed_over", "rejected"): {S},
    ("accepted", "rejected"): {S},
    ("working", "rejected"): {S},
    ("working", "recycled"): {S},
    ("opportunity", "won"): {B},
    ("opportunity", "lost"): {B},
    ("opportunity", "working"): {S, B},
    ("won", "opportunity"): {B},
    ("lost", "opportunity"): {B},
    ("lost", "recycled"): {M, B},
    ("rejected", "recycled"): {M, B},
    ("lost", "disqualified"): {M, B},
    ("rejected", "disqualified"): {M, B},
    ("recycled", "disqualified"): {M, B},
    ("nurturing", "disqualified"): {M, B},
    ("new", "disqualified"): {M, B},
    ("rejected", "handed_over"): {M},
    ("recycled", "nurturing"): {B},
    ("won", "qualified"): {M, B},
    ("disqualified", "nurturing"): {M},
}
TRIPLES = list(product(STAGES, STAGES, (M, S, B)))
IN_SALES = ("handed_over", "accepted", "working", "opportunity")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASKED = NOW - timedelta(minutes=5)
ENTERED = NOW - timedelta(hours=1)
READY = {
    "email": "ada@example.com", "lastname": "Lovelace", "company": "Engines", "country": "GB",
    "recent_conversion_event_name": "Contact us", "recent_conversion_date": "2026-11-20T09:00:00Z",
}  # fmt: skip
QUIET = {"email": "ada@example.com"}
OPEN = Opportunity("006", is_closed=False, is_won=False, created_at=ENTERED, close_date=date(2027, 1, 1))
WON = replace(OPEN, is_closed=True, is_won=True)
LOST = replace(OPEN, is_closed=True, loss_reason="price")


def standing(stage, **more):
    """Somebody who entered *stage* an hour ago, in the first round."""
    ended = stage not in ("qualified", *IN_SALES)
    one = Round(1, ENTERED, 1, ENTERED if ended else None, stage if ended else None)
    rounds = () if stage in ("new", "nurturing") else (one,)
    facts = {"since": ENTERED, "round": len(rounds), "rounds": rounds, "owner": "005", "joined": "lead:00Q"}
    return Standing(stage, **(facts | more))


def situation(**more):
    facts = {
        "hubspot": QUIET,
        "salesforce": {"Id": "00Q", "OwnerId": "005"},
        "salesforce_kind": "lead",
        "owner_is_user": True,
        "opportunities": (),
    }
    return Situation(**(facts | more))


def ask(to, actor, side="hubspot", **more):
    return Request(to, actor, "user-1", ASKED, side, **more)


def around_opportunity(stage):
    """In these stages an opportunity is followed, so that the bridge itself has nothing to do."""
    found = {"opportunity": OPEN, "won": WON, "lost": LOST}.get(stage)
    if found is None:
        return {}, {}
    return {"opportunity": "006"}, {"opportunities": (found,)}


@pytest.mark.parametrize(("came_from", "to", "actor"), TRIPLES)
def test_the_machine_allows_exactly_the_moves_of_the_table(lifecycle, came_from, to, actor):
    legal = actor in MOVES.get((came_from, to), ())

    assert (lifecycle.move(came_from, to, actor) is not None) is legal


def test_the_machine_starts_as_the_table_says(lifecycle):
    starts = {
        (move.came_from, move.to): set(move.who) for move in lifecycle.moves if move.came_from == "start"
    }

    assert starts == {key: who for key, who in MOVES.items() if key[0] == "start"}


LEGAL = [
    # from, to, who, the standing besides, the situation besides, what is given
    ("new", "nurturing", M, {}, {}, {}),
    ("new", "qualified", M, {}, {"hubspot": READY}, {}),
    ("nurturing", "qualified", M, {}, {"hubspot": READY}, {}),
    ("recycled", "qualified", M, {"reason": "bad_timing"}, {"hubspot": READY}, {}),
    ("qualified", "nurturing", M, {}, {}, {"comment": "not yet"}),
    ("handed_over", "nurturing", M, {}, {}, {"comment": "a mistake"}),
    ("handed_over", "accepted", S, {}, {}, {}),
    ("accepted", "working", S, {}, {}, {}),
    ("accepted", "opportunity", S, {}, {"opportunities": (OPEN,)}, {}),
    ("working", "opportunity", S, {}, {"opportunities": (OPEN,)}, {}),
    ("new", "working", S, {}, {}, {}),
    ("nurturing", "working", S, {}, {}, {}),
    ("recycled", "working", S, {"reason": "bad_timing"}, {}, {}),
    ("handed_over", "rejected", S, {}, {}, {"reason": "no_need"}),
    ("accepted", "rejected", S, {}, {}, {"reason": "no_need"}),
    ("working", "rejected", S, {}, {}, {"reason": "other", "comment": "moved abroad"}),
    ("working", "recycled", S, {}, {}, {"reason": "bad_timing"}),
    ("opportunity", "working", S, {"opportunity": "006"}, {}, {}),
    ("lost", "recycled", M, {"reason": "price"}, {}, {}),
    ("rejected", "recycled", M, {"reason": "no_need"}, {}, {}),
    ("lost", "disqualified", M, {"reason": "price"}, {}, {"reason": "duplicate"}),
    ("rejected", "disqualified", M, {"reason": "duplicate"}, {}, {}),
    ("recycled", "disqualified", M, {"reason": "no_need"}, {}, {"reason": "wrong_segment"}),
    ("nurturing", "disqualified", M, {}, {}, {"reason": "wrong_segment"}),
    ("new", "disqualified", M, {}, {}, {"reason": "competitor_or_vendor"}),
    ("rejected", "handed_over", M, {"reason": "no_need"}, {}, {"comment": "they called us"}),
    ("won", "qualified", M, {"since": NOW - timedelta(days=31), "rounds": ()}, {"hubspot": READY}, {}),
    ("disqualified", "nurturing", M, {"reason": "duplicate"}, {}, {"comment": "not a duplicate"}),
    ("new", "nurturing", B, {}, {"hubspot": QUIET | {"hs_email_last_click_date": "2026-11-20T09:00:00Z"}}, {}),
    ("new", "qualified", B, {}, {"hubspot": READY}, {}),
    ("nurturing", "qualified", B, {}, {"hubspot": READY}, {}),
    ("recycled", "qualified", B, {"reason": "bad_timing"}, {"hubspot": READY}, {}),
    ("qualified", "handed_over", B, {}, {"hand_over_owner": "005"}, {}),
    ("accepted", "working", B, {}, {"owner_activity_at": ASKED}, {}),
    ("accepted", "opportunity", B, {}, {"opportunities": (OPEN,)}, {}),
    ("working", "opportunity", B, {}, {"opportunities": (OPEN,)}, {}),
    ("opportunity", "won", B, {"opportunity": "006"}, {"opportunities": (WON,)}, {}),
    ("opportunity", "lost", B, {"opportunity": "006"}, {"opportunities": (LOST,)}, {}),
    ("opportunity", "working", B, {"opportunity": "006"}, {}, {}),
    ("won", "opportunity", B, {"opportunity": "006"}, {"opportunities": (OPEN,)}, {}),
    ("lost", "opportunity", B, {"opportunity": "006"}, {"opportunities": (OPEN,)}, {}),
    ("lost", "recycled", B, {"reason": "price", "since": NOW - timedelta(days=9)}, {}, {}),
    ("rejected", "recycled", B, {"reason": "no_need", "since": NOW - timedelta(days=9)}, {}, {}),
    ("lost", "disqualified", B, {"reason": "duplicate", "since": NOW - timedelta(days=9)}, {}, {}),
    ("rejected", "disqualified", B, {"reason": "duplicate", "since": NOW - timedelta(days=9)}, {}, {}),
    ("recycled", "nurturing", B, {"reason": "no_contact", "rounds": (), "since": NOW - timedelta(days=31)}, {}, {}),
    ("won", "qualified", B, {"since": NOW - timedelta(days=31), "rounds": ()}, {"hubspot": READY}, {}),
]  # fmt: skip
BY_ID = [f"{came_from}-{to}-{actor}" for came_from, to, actor, *_ in LEGAL]


@pytest.mark.parametrize(("came_from", "to", "actor", "stands", "around", "given"), LEGAL, ids=BY_ID)
def test_every_legal_move_is_made(lifecycle, came_from, to, actor, stands, around, given):
    asked = [] if actor == B else [ask(to, actor, **given)]

    outcome = decide(lifecycle, standing(came_from, **stands), asked, situation(**around), NOW)

    first = outcome.steps[0]
    assert (first.came_from, first.to, first.actor, first.verdict) == (came_from, to, actor, "legal")
    assert first.why
    assert outcome.standing.stage == to
    assert not outcome.tells or to == "lost"


def test_the_legal_cases_cover_the_table():
    never_by_itself = {(came_from, "disqualified", B) for came_from in ("recycled", "nurturing", "new")}
    wanted = {(came_from, to, who) for (came_from, to), whos in MOVES.items() for who in whos}

    assert {case[:3] for case in LEGAL} == {
        triple for triple in wanted if triple[0] != "start" and triple not in never_by_itself
    }


@pytest.mark.parametrize(
    ("came_from", "to", "actor"),
    [
        triple
        for triple in TRIPLES
        if triple[2] != B and triple[0] != triple[1] and triple[2] not in MOVES.get(triple[:2], ())
    ],
)
def test_every_illegal_move_is_put_back_with_a_note(lifecycle, came_from, to, actor):
    stands, around = around_opportunity(came_from)
    before = standing(came_from, reason="no_need", **stands)
    request = ask(to, actor, reason="no_need", comment="please")

    outcome = decide(lifecycle, before, [request], situation(**around), NOW)

    [step] = outcome.steps
    assert (step.came_from, step.to, step.actor, step.verdict) == (came_from, to, actor, "illegal")
    assert outcome.standing.stage == came_from
    assert outcome.standing.since == before.since
    [note] = outcome.tells
    assert (note.side, note.key) == ("hubspot", "illegal")
    names_next = [
        name.replace("_", " ") for (start, name), who in MOVES.items() if start == came_from and actor in who
    ]
    assert all(name in note.text for name in names_next)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("actor", [M, S])
def test_asking_for_the_stage_one_is_in_changes_nothing(lifecycle, stage, actor):
    stands, around = around_opportunity(stage)

    outcome = decide(lifecycle, standing(stage, **stands), [ask(stage, actor)], situation(**around), NOW)

    assert outcome.steps == outcome.tells == ()


def ways_of_a_seller(came_from):
    """Everywhere a seller comes by legal moves, with the length of the shortest way."""
    found, edge = {}, [came_from]
    for length in range(1, len(STAGES)):
        edge = [to for (start, to), who in MOVES.items() if start in edge and S in who and to not in found]
        found |= dict.fromkeys(edge, length)
    return found


@pytest.mark.parametrize(
    ("came_from", "to"), [pair for pair in product(STAGES, STAGES) if pair[0] != pair[1]]
)
def test_a_jump_in_salesforce_is_the_shortest_way_of_a_seller(lifecycle, came_from, to):
    length = ways_of_a_seller(came_from).get(to)
    stands, around = around_opportunity(came_from)
    if to == "opportunity":
        around = {"opportunities": (replace(OPEN, created_at=NOW),)}
    if came_from == "opportunity":
        around = {"opportunities": ()}
    request = ask(to, S, "salesforce", reason="bad_timing")

    outcome = decide(lifecycle, standing(came_from, **stands), [request], situation(**around), NOW)

    by_people = [step for step in outcome.steps if step.actor == S]
    if length is None:
        assert [step.verdict for step in by_people] == ["illegal"]
        return
    assert [step.verdict for step in by_people] == ["implied"] * (length - 1) + ["legal"]
    assert by_people[-1].to == to
    assert all(S in MOVES[step.came_from, step.to] for step in by_people)


@pytest.mark.goal("G-L6")
@pytest.mark.parametrize("came_from", STAGES)
def test_a_jump_of_a_seller_whom_no_rule_holds_is_one_legal_move_or_illegal(lifecycle, came_from):
    unheld = replace(lifecycle, installing=Installing("none"))
    stands, around = around_opportunity(came_from)
    if came_from == "opportunity":
        around = {"opportunities": ()}
    for to in set(STAGES) - {came_from}:
        seen = {"opportunities": (replace(OPEN, created_at=NOW),)} if to == "opportunity" else around
        request = ask(to, S, "salesforce", reason="bad_timing")

        outcome = decide(unheld, standing(came_from, **stands), [request], situation(**seen), NOW)

        by_people = [(step.to, step.verdict) for step in outcome.steps if step.actor == S]
        assert by_people == [(to, "legal" if S in MOVES.get((came_from, to), ()) else "illegal")]


@pytest.mark.parametrize("came_from", STAGES)
def test_a_jump_of_a_marketer_is_one_move_or_illegal(lifecycle, came_from):
    stands, around = around_opportunity(came_from)
    for to in STAGES:
        outcome = decide(lifecycle, standing(came_from, **stands), [ask(to, M)], situation(**around), NOW)

        assert "implied" not in {step.verdict for step in outcome.steps}
