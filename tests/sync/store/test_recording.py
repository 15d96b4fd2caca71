"""Decisions and intents go in together; receipts settle them; the ledger tells it all afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.records import Cursor, Fault, Receipt, Record, Ref, Write
from sync.model import Base, Decision, Effect, Link, Plan, Problem, Put, Remember
from sync.store import Store

ADA = Ref("hubspot", "contact", "501")
LEAD = Ref("salesforce", "lead", "00Q000000000001AAA")
LINK = Link(1, "person", ADA, LEAD)
DAY = timedelta(days=1)


def write(id_: str = "w1", **values: str) -> Write:
    return Write(id_, "salesforce", "lead", "update", values or {"Phone": "+4930123456"}, LEAD.id)


def field(what: str = "field", subject: Ref = ADA, **more: object) -> Decision:
    decision = Decision(what, "HubSpot edited it", subject, "person.phone", "salesforce", "two_way")
    return replace(decision, **more)  # type: ignore[arg-type]


def remember(link: Link = LINK) -> Remember:
    return Remember(link, Base(), link, Base())


def plan(*decisions: Decision, puts: tuple[Put, ...] = (), link: Link | None = LINK, **more: object) -> Plan:
    effects: tuple[Effect, ...] = (*puts, remember(link)) if link else puts
    return replace(Plan(ADA, "person", decisions, effects), **more)  # type: ignore[arg-type]


def test_a_plan_stands_in_ledger_and_outbox_before_anything_is_sent(store: Store, now: datetime) -> None:
    decision = field(
        old="+49 1", new="+49 2", other={"amount": "1.00", "currency": "EUR"}, by="77", occurred_at=now - DAY
    )

    store.record(7, [plan(decision, puts=(Put(write()),))], now, observed=False)

    [entry] = store.entries(None, 10)
    assert (entry.seq, entry.pass_id, entry.kind, entry.observed_at) == (1, 7, "decided", now)
    assert (entry.subject, entry.counterpart, entry.decision) == (ADA, LEAD, decision)
    assert store.unsettled() == [(write(), ADA, 7)]


def test_what_was_intended_keeps_how_far_its_kind_was_polled_by_then(store: Store, now: datetime) -> None:
    task = Write("t1", "salesforce", "task", "create", {"WhoId": LEAD.id})
    store.move_cursors([("salesforce", "lead", Cursor(now - DAY)), ("hubspot", "contact", Cursor(now))])
    store.record(7, [plan(puts=(Put(write()), Put(task)))], now, observed=False)

    store.move_cursor("salesforce", "lead", Cursor(now + DAY))
    store.record(8, [plan(puts=(Put(write("w2")),))], now, observed=False)

    assert store.sent_after() == {"w1": now - DAY, "w2": now + DAY}
    store.record(9, [plan(puts=(Put(write()),))], now, observed=False)
    assert store.sent_after()["w1"] == now + DAY


def test_of_what_an_older_store_intended_it_is_known_how_far_its_kind_is_polled_now(
    store: Store, now: datetime
) -> None:
    store.record(7, [plan(puts=(Put(write()),))], now, observed=False)
    assert store.sent_after() == {}

    store.move_cursor("salesforce", "lead", Cursor(now))

    assert store.sent_after() == {"w1": now}


def test_an_observed_plan_stands_in_the_ledger_only(store: Store, now: datetime) -> None:
    problem = Problem("no_owner", ADA, "nobody owns it", "name an owner")

    store.record(7, [plan(field(), puts=(Put(write()),), problems=(problem,))], now, observed=True)

    assert [entry.kind for entry in store.entries(None, 10)] == ["observed"]
    assert store.unsettled() == []
    assert store.problems() == []


def test_what_was_observed_is_entered_again_only_when_it_is_news(store: Store, now: datetime) -> None:
    one, other, asked = field(new="+49 1"), field(new="+49 2"), field("moved", new="+49 1")
    seen = [[one], [one], [one, asked], [other], [other, asked], [one]]

    for number, decisions in enumerate(seen):
        store.record(number, [plan(*decisions)], now, observed=True)
    store.record(6, [plan(one)], now, observed=False)
    store.record(7, [plan(one)], now, observed=True)

    entries = sorted(store.entries(None, 100), key=lambda entry: entry.seq)
    assert [(entry.pass_id, entry.kind, entry.decision) for entry in entries] == [
        (0, "observed", one),
        (2, "observed", asked),
        (3, "observed", other),
        (5, "observed", one),
        (6, "decided", one),
        (7, "observed", one),
    ]


def test_a_line_of_which_something_is_news_is_entered_as_a_whole_and_then_known(
    store: Store, now: datetime
) -> None:
    first, second = field("told", why="first"), field("told", why="second")

    for number, decisions in enumerate([[first], [first, second], [first, second], [first], [first, second]]):
        store.record(number, [plan(*decisions)], now, observed=True)

    assert sorted(entry.pass_id for entry in store.entries(None, 100)) == [0, 1, 1]


def test_an_edit_back_and_forth_is_news_each_time_it_is_made(store: Store, now: datetime) -> None:
    edits = [field(new="Countess", by="77", occurred_at=now + number * DAY) for number in range(3)]

    for number, edit in enumerate(edits):
        store.record(number, [plan(edit)], now, observed=True)

    assert len(store.entries(None, 100)) == 3


def test_an_empty_plan_leaves_no_trace(store: Store, now: datetime) -> None:
    store.record(7, [plan(), plan()], now, observed=False)
    store.record(8, [plan(field())], now, observed=False)

    assert [entry.seq for entry in store.entries(None, 10)] == [1]


def test_the_problems_of_a_plan_are_opened_with_it(store: Store, now: datetime) -> None:
    problem = Problem("no_owner", ADA, "nobody owns it", "name an owner")

    store.record(7, [plan(problems=(problem,))], now, observed=False)

    assert [listed.problem for listed in store.problems()] == [problem]


def test_two_writes_of_one_batch_may_not_share_an_id(store: Store, now: datetime) -> None:
    with pytest.raises(ValueError, match="share an id"):
        store.record(7, [plan(field(), puts=(Put(write()), Put(write())))], now, observed=False)

    assert store.entries(None, 10) == []
    assert store.unsettled() == []


def test_a_done_write_is_entered_by_its_field_names_and_its_values_leave(store: Store, now: datetime) -> None:
    stood = Record(LEAD, {"Phone": "\ud83d", "City": None, "Title": "Dr"}, modified_at=now)
    put = Put(write(Phone="+4930123456", City="Ulm"), read=stood)
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    record = Record(LEAD, {"Phone": "+4930123456"}, modified_at=now + DAY)
    store.receipts(7, [(put, Receipt("w1", "done", LEAD, record=record))], now)

    written, _ = store.entries(None, 10)
    assert (written.kind, written.subject, written.counterpart) == ("written", ADA, LEAD)
    assert (written.decision.what, written.decision.why, written.decision.side) == (
        "update",
        "done",
        "salesforce",
    )
    assert written.decision.old == {"Phone": "\ud83d", "City": None}
    assert written.decision.new == {"City": "Ulm", "Phone": "+4930123456"}
    assert written.decision.other == str(LEAD)
    assert written.decision.occurred_at == now + DAY
    assert store.unsettled() == []


def test_a_created_record_becomes_the_counterpart(store: Store, now: datetime) -> None:
    put = Put(replace(write(), op="upsert", ref_id=None, key=("Leadbridge_HubSpot_Id__c", "501")))
    store.record(7, [plan(field(), puts=(put,), link=Link(None, "person", ADA, None))], now, observed=False)

    store.receipts(7, [(put, Receipt("w1", "done", LEAD, created=True))], now)

    [written] = store.entries([LEAD], 10)
    assert (written.subject, written.counterpart, written.decision.why) == (ADA, LEAD, "created")


def test_a_refused_write_is_entered_with_the_vendors_words(store: Store, now: datetime) -> None:
    put = Put(write())
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    fault = Fault("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Phone must not be \ud83d empty")
    store.receipts(7, [(put, Receipt("w1", "refused", faults=(fault,)))], now)

    [refused, _] = store.entries([ADA], 10)
    assert refused.kind == "refused"
    assert (
        refused.decision.why == "refused: FIELD_CUSTOM_VALIDATION_EXCEPTION: Phone must not be \ufffd empty"
    )
    assert store.unsettled() == []


@pytest.mark.parametrize("outcome", ["gone", "stale"])
def test_a_write_that_met_another_record_than_planned_is_entered(
    store: Store, now: datetime, outcome: str
) -> None:
    put = Put(write())
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    store.receipts(7, [(put, Receipt("w1", outcome))], now)  # type: ignore[arg-type]

    assert [(entry.kind, entry.decision.why) for entry in store.entries(None, 1)] == [("refused", outcome)]
    assert store.unsettled() == []


def test_a_write_that_was_not_sent_leaves_without_a_word(store: Store, now: datetime) -> None:
    put = Put(write())
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    store.receipts(7, [(put, Receipt("w1", "waiting"))], now)

    assert store.unsettled() == []
    assert [entry.kind for entry in store.entries(None, 10)] == ["decided"]


def test_a_write_whose_answer_was_lost_stays_until_somebody_has_looked(store: Store, now: datetime) -> None:
    put = Put(write())
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    store.receipts(7, [(put, Receipt("w1", "unknown"))], now)
    assert store.unsettled() == [(write(), ADA, 7)]

    store.receipts(8, [(put, Receipt("w1", "done", LEAD))], now)
    assert store.unsettled() == []
    assert [(entry.pass_id, entry.kind) for entry in store.entries(None, 10)] == [
        (8, "written"),
        (7, "decided"),
    ]


def test_a_write_that_nobody_looked_behind_is_entered_and_stays_with_what_was_read_before(
    store: Store, now: datetime
) -> None:
    read = Record(LEAD, {"Phone": "+49 1", "City": "Lund"}, now)
    done = Receipt("w1", "done", LEAD, record=Record(LEAD, {"Phone": "+4930123456"}, now), looked=False)
    put = Put(write(), read=read)
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    store.receipts(7, [(put, done)], now)

    assert [entry.kind for entry in store.entries(None, 10)] == ["written", "decided"]
    assert store.unsettled() == []
    assert store.doubted(now) == {}
    assert store.unlooked(10) == [(write(), ADA, {"Phone": "+49 1"})]
    store.looked_back(["w1"])
    assert store.unlooked(10) == []


def test_a_second_receipt_changes_nothing(store: Store, now: datetime) -> None:
    put = Put(write())
    store.record(7, [plan(field(), puts=(put,))], now, observed=False)

    for _ in range(2):
        store.receipts(7, [(put, Receipt("w1", "done", LEAD))], now)

    assert [entry.kind for entry in store.entries(None, 10)] == ["written", "decided"]


def test_the_ledger_is_read_newest_first_in_pages(store: Store, now: datetime) -> None:
    store.record(7, [plan(*(field(new=number) for number in range(5)))], now, observed=False)

    first = store.entries(None, 2)
    second = store.entries(None, 2, before=first[-1].seq)

    assert [entry.decision.new for entry in (*first, *second)] == [4, 3, 2, 1]


def test_entries_are_found_by_either_side_of_a_link(store: Store, now: datetime) -> None:
    other = Ref("hubspot", "contact", "502")
    store.record(
        7,
        [
            plan(field(new="about Ada")),
            plan(field(subject=LEAD, new="about her lead")),
            plan(field(subject=other), link=None, subject=other),
        ],
        now,
        observed=False,
    )

    both = ["about her lead", "about Ada"]
    assert [entry.decision.new for entry in store.entries([ADA], 10)] == both
    assert [entry.decision.new for entry in store.entries([LEAD], 10)] == both
    assert [entry.decision.new for entry in store.entries([ADA, LEAD], 1)] == both[:1]
    assert [entry.counterpart for entry in store.entries([other], 10)] == [None]


def test_moves_come_in_the_order_in_which_they_happened(store: Store, now: datetime) -> None:
    moves = [
        field("moved", new="last", occurred_at=None),
        field("moved", new="three years ago", occurred_at=now - 1000 * DAY),
        field("moved", new="yesterday", occurred_at=now - DAY),
        field("field", new="no move", occurred_at=now - DAY),
    ]
    store.record(7, [plan(*moves)], now, observed=False)

    assert [entry.decision.new for entry in store.moves_since(now - DAY)] == ["yesterday", "last"]
    assert [entry.decision.new for entry in store.moves_since(now - 2000 * DAY, now)] == [
        "three years ago",
        "yesterday",
    ]


@pytest.mark.invariant("I9")
def test_an_edit_that_was_put_back_is_entered_once_however_often_its_writing_was_cut_off(
    store: Store, now: datetime
) -> None:
    refused = replace(field("reverted"), new="won", field="stage", occurred_at=now - DAY)
    later = replace(refused, occurred_at=now)

    store.record(7, [plan(refused, puts=(Put(write("a")),))], now, observed=False)
    store.record(8, [plan(refused, field(), puts=(Put(write("b")),))], now, observed=False)
    store.record(9, [plan(later)], now, observed=False)

    entered = [(one.pass_id, one.decision.what) for one in store.entries(None, 10)]
    assert entered == [(9, "reverted"), (8, "field"), (7, "reverted")]
    assert [pass_id for _, _, pass_id in store.unsettled()] == [7, 8]
