"""Who is told what, and when: over a real store, to addresses that really answer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from connectors.records import Ref
from mappings.agreement import Agreement
from mappings.lifecycle import Standing
from mappings.notifications import Notification
from sync.clock import VirtualClock
from sync.model import Base, Decision, Link, Plan, Problem
from sync.notify import Message, Notifier, Reading, links, told_so_far
from sync.notify.post import sent
from sync.store import Store
from tests.sync.notify.answering import Hook, hook

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
MINUTES = 60
NEWS = Notification(
    "sales", frozenset({"handed_over", "rejected", "late"}), "{stage}: {link}", timedelta(minutes=15)
)
PROBLEMS = Notification(
    "ops", frozenset({"problem", "brake"}), "{stage} {reason}: {count}", timedelta(minutes=15)
)
WINS = Notification("team", frozenset({"won"}), "", timedelta(minutes=15), "wins")


class Killed(BaseException):
    """The process dies here."""


def _to(address: str, message: Message) -> str | None:
    return sent(address, message.title, message.text)


@dataclass
class Office:
    """A bridge's store in which things happen, and a notifier that tells them."""

    folder: Path
    agreement: Agreement
    hook: Hook
    clock: VirtualClock
    told: tuple[Notification, ...] = (NEWS,)
    addresses: dict[str, str] | None = None

    def open(self, send: Callable[[str, Message], str | None] = _to) -> None:
        """Start (again): a new process over the same store."""
        self.store = Store.open(self.folder, "main")
        self.store.take_lease("test", self.clock.now(), 3600)
        reading = Reading(
            self.store,
            lambda: self.agreement.lifecycle,
            {"0051": "Sam Seller"}.get,  # type: ignore[arg-type]
            links(7, lambda: "https://example.my.salesforce.com"),
        )
        given = dict.fromkeys(("sales", "ops", "team"), self.hook.url)
        self.notifier = Notifier(
            store=self.store,
            agreed=lambda: replace(self.agreement.bridge, notifications=self.told),
            addresses=given if self.addresses is None else self.addresses,
            reading=reading,
            send=send,
            now=self.clock.now,
        )

    def turn(self, seconds: float = 0) -> int:
        """Somebody turns the clock on, and the notifier looks."""
        self.clock.advance(seconds)
        return self.notifier.turn()

    def person(self, number: int, stage: str, **more: Any) -> Ref:
        """Somebody who stands there."""
        contact, lead = Ref("hubspot", "contact", str(number)), Ref("salesforce", "lead", f"00Q{number}")
        standing = Standing(stage, self.clock.now(), owner="0051", **more)
        self.store.remember([(Link(None, "person", contact, lead), Base(), standing, None)])
        return contact

    def move(
        self, number: int, stage: str, *, rule: str = "legal", observed: bool = False, **more: Any
    ) -> None:
        """Somebody enters a stage."""
        contact = self.person(number, stage, **more)
        decision = Decision("moved", "it was so", contact, "stage", rule=rule, old="qualified", new=stage)
        self.record(decision, observed=observed)

    def record(self, *decisions: Decision, observed: bool = False) -> None:
        subject = decisions[0].subject
        self.store.record(1, [Plan(subject, "person", decisions)], self.clock.now(), observed=observed)

    def problems(self) -> list[Problem]:
        return [one.problem for one in self.store.problems()]


@pytest.fixture
def office(tmp_path: Path, shipped: Agreement) -> Iterator[Office]:
    with hook() as made:
        office = Office(tmp_path, shipped, made, VirtualClock(MONDAY))
        office.open()
        office.turn()
        yield office
        office.store.close()


def test_what_happens_is_told_once(office: Office) -> None:
    office.move(1, "handed_over")
    office.move(2, "nurturing")

    assert [office.turn(), office.turn(900), office.turn(900)] == [1, 0, 0]
    [(_, body)] = office.hook.posted
    assert body["title"] == "leadbridge main: 1 handed over"
    assert body["message"] == "handed over: https://example.my.salesforce.com/00Q1"


def test_a_new_name_is_not_told_of_the_past(office: Office) -> None:
    office.move(1, "handed_over")
    office.told = (NEWS, replace(NEWS, to="team"))

    assert [office.turn(), office.turn(900)] == [1, 0]


def test_what_was_only_observed_or_adopted_is_no_news(office: Office) -> None:
    office.move(1, "handed_over", observed=True)
    office.move(2, "handed_over", rule="adopted")

    assert office.turn() == 0


def test_one_message_in_so_long_holds_all_that_happened_meanwhile(office: Office) -> None:
    office.move(1, "handed_over")
    office.turn()
    for number in (2, 3, 4):
        office.clock.advance(60)
        office.move(number, "handed_over")
        office.turn()

    assert len(office.hook.posted) == 1
    assert office.turn(15 * MINUTES) == 1
    assert [text.count("00Q") for text in office.hook.texts] == [1, 3]


def test_the_pause_between_two_messages_outlives_the_process(office: Office) -> None:
    office.move(1, "handed_over")
    office.turn()
    office.store.close()

    office.open()
    office.move(2, "handed_over")

    assert [office.turn(60), office.turn(15 * MINUTES)] == [0, 1]


def test_who_is_killed_after_sending_tells_it_once_more_and_nothing_is_lost(office: Office) -> None:
    def killed(address: str, message: Message) -> str | None:
        _to(address, message)
        raise Killed

    office.store.close()
    office.open(killed)
    office.move(1, "handed_over")
    with pytest.raises(Killed):
        office.turn()
    office.store.close()

    office.open()
    office.move(2, "handed_over")

    assert [office.turn(), office.turn(900)] == [1, 0]
    assert ["00Q1" in text for text in office.hook.texts] == [True, True]
    assert "00Q2" in office.hook.texts[1]


@settings(max_examples=12)
@given(st.lists(st.sampled_from(["move", "move", "turn", "down", "up", "die"]), max_size=25))
def test_whatever_fails_or_dies_in_between_everything_is_told_and_only_deaths_tell_it_twice(
    shipped: Agreement, story: list[str]
) -> None:
    heard: list[str] = []
    state = {"down": False, "dies": False}

    def send(address: str, message: Message) -> str | None:
        if state["down"]:
            return "it answered 503"
        heard.extend(message.text.split())
        if state["dies"]:
            raise Killed
        return None

    with TemporaryDirectory() as folder:
        office = Office(Path(folder), shipped, Hook("json://localhost/"), VirtualClock(MONDAY))
        office.told = (replace(NEWS, text="{link}"),)
        office.open(send)
        office.turn()
        moved = 0
        for event in [*story, "up", "turn"]:
            office.clock.advance(2 * 3600)
            state["down"] = {"down": True, "up": False}.get(event, state["down"])
            state["dies"] = event == "die"
            if event == "move":
                moved += 1
                office.move(moved, "handed_over")
            elif event == "turn":
                office.turn()
            elif event == "die":
                with suppress(Killed):
                    office.turn()
                office.store.close()
                office.open(send)
        office.store.close()

    links_told = Counter(heard)
    assert set(links_told) == {f"https://example.my.salesforce.com/00Q{n}" for n in range(1, moved + 1)}
    assert "die" in story or set(links_told.values()) <= {1}


def test_an_address_that_is_down_is_a_problem_that_closes_by_itself_and_then_hears_everything(
    office: Office,
) -> None:
    office.hook.status = 503
    office.move(1, "handed_over")
    office.turn()
    office.move(2, "handed_over")
    [problem] = office.problems()

    office.hook.status = 200
    told = office.turn(2 * MINUTES)

    assert (problem.code, problem.who, str(problem.subject)) == (
        "notifier_failed", "ops", "hubspot:notifier:sales",
    )  # fmt: skip
    assert "it answered 503" in problem.text
    assert office.hook.url not in problem.text
    assert (told, office.problems()) == (1, [])
    assert [text.count("00Q") for text in office.hook.texts] == [2]


def test_who_fails_is_tried_again_after_one_minute_then_two_up_to_an_hour(office: Office) -> None:
    tries: list[datetime] = []

    def refuse(address: str, message: Message) -> str:
        tries.append(office.clock.now())
        return "no"

    office.store.close()
    office.open(refuse)
    office.move(1, "handed_over")
    for _ in range(6 * 60):
        office.turn(60)

    waits = [(later - earlier) / timedelta(minutes=1) for earlier, later in pairwise(tries)]
    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_name_without_an_address_is_a_problem_until_it_has_one_and_loses_nothing(office: Office) -> None:
    office.store.close()
    office.addresses = {}
    office.open()
    office.move(1, "handed_over")
    office.turn()
    [problem] = office.problems()
    office.store.close()

    office.addresses = None
    office.open()

    assert "LEADBRIDGE_NOTIFY__SALES is missing" in problem.text
    assert (office.turn(), office.problems()) == (1, [])


def test_the_problem_of_a_mended_setting_closes_though_there_is_nothing_to_tell(office: Office) -> None:
    office.store.close()
    office.addresses = {"sales": "gopher://example.com"}
    office.open()
    office.turn()
    before = [one.code for one in office.problems()]
    office.store.close()

    office.addresses = None
    office.open()
    office.turn()

    assert (before, office.problems()) == (["notifier_failed"], [])


def test_a_name_that_is_told_no_more_leaves_no_problem_behind(office: Office) -> None:
    office.hook.status = 503
    office.move(1, "handed_over")
    office.turn()
    office.told = ()

    office.turn()

    assert office.problems() == []


def test_one_address_that_fails_keeps_no_other_from_being_told(office: Office) -> None:
    office.store.close()
    office.addresses = {"team": office.hook.url, "sales": "json://127.0.0.1:1/"}
    office.told = (NEWS, replace(NEWS, to="team"))
    office.open()
    office.turn()
    office.move(1, "handed_over")

    assert office.turn() == 1
    assert [one.subject.id for one in office.problems()] == ["sales"]


def test_problems_and_brakes_are_told_once_their_pass_is_over(office: Office) -> None:
    office.told = (PROBLEMS,)
    office.turn()
    office.store.next_pass(office.clock.now())
    ada, bea = Ref("hubspot", "contact", "1"), Ref("hubspot", "contact", "2")
    office.clock.advance(1)
    found = [Problem("no_owner", ref, "nobody", "give one") for ref in (ada, bea)]
    held = Problem("brake", Ref("hubspot", "brake", "3"), "300 records of person would be updated", "look")
    office.store.open_problems([*found, held], office.clock.now())

    during = office.turn(900)
    office.store.next_pass(office.clock.now())
    after = [office.turn(900), office.turn(900)]

    assert (during, after) == (0, [1, 0])
    assert office.hook.texts == ["problem no owner: 2\nbrake 300 records of person would be updated: 1"]


def test_at_rest_the_brake_of_the_last_pass_is_told_and_not_again(office: Office) -> None:
    office.told = (PROBLEMS,)
    office.turn()
    office.store.next_pass(office.clock.now())
    held = Problem("brake", Ref("hubspot", "brake", "3"), "300 records of person would be updated", "look")
    office.store.open_problems([held], office.clock.now())

    told = office.notifier.turn(at_rest=True)
    office.clock.advance(900)
    office.store.next_pass(office.clock.now())

    assert (told, office.turn(900)) == (1, 0)
    assert office.hook.texts == ["brake 300 records of person would be updated: 1"]


def test_problems_of_one_moment_are_all_told_and_those_that_are_over_are_not(office: Office) -> None:
    office.told = (PROBLEMS,)
    office.turn()
    office.clock.advance(1)
    refs = [Ref("hubspot", "contact", str(number)) for number in range(2500)]
    office.store.open_problems(
        [Problem("no_owner", ref, "nobody", "give one") for ref in refs], office.clock.now()
    )
    office.store.close_problems(refs[:100], at=office.clock.now())
    office.clock.advance(1)
    office.store.next_pass(office.clock.now())

    told = [office.turn(900) for _ in range(4)]

    counts = [int(text.rpartition(": ")[2]) for text in office.hook.texts]
    assert (told, sum(counts)) == ([1, 1, 1, 0], 2400)


def test_a_clock_that_once_ran_ahead_hides_no_problem(office: Office) -> None:
    office.told = (PROBLEMS,)
    office.turn()
    place = office.store.fact("notify:ops:news")
    assert place is not None
    office.store.set_fact("notify:ops:news", place.replace("2026", "2031"))
    office.store.close()
    office.open()
    office.store.next_pass(office.clock.now())
    office.turn()
    office.clock.advance(60)
    office.store.open_problems(
        [Problem("no_owner", Ref("hubspot", "contact", "1"), "", "")], office.clock.now()
    )
    office.clock.advance(60)
    office.store.next_pass(office.clock.now())

    assert office.turn(900) == 1


def test_the_wins_of_a_week_are_told_on_monday_with_their_sums_and_a_week_without_is_passed_over(
    office: Office,
) -> None:
    office.told = (WINS,)
    office.turn()
    for number, amount in ((1, "1200.50"), (2, "800"), (2, "900")):
        office.move(number, "won")
        contact = Ref("hubspot", "contact", str(number))
        home = {"leadbridge_won_amount": amount, "leadbridge_won_currency": "EUR"}
        office.record(
            *(Decision("outcome", "", contact, name, "hubspot", new=value) for name, value in home.items())
        )
    weekly = [office.turn(24 * 3600) for _ in range(21)]

    [(_, body)] = office.hook.posted
    assert [day for day, told in enumerate(weekly, 1) if told] == [7]
    assert body["title"] == "leadbridge main: 2 people won, 2,100.50 EUR"
    assert body["message"].splitlines()[0] == "Sam Seller: 2, 2,100.50 EUR"
    assert "https://example.my.salesforce.com/00Q1, owner Sam Seller, 1,200.50 EUR" in body["message"]
    last = told_so_far(office.store, WINS)
    assert last is not None
    assert last > MONDAY + timedelta(days=20)


def test_a_win_that_was_taken_back_is_not_celebrated_until_it_is_won_again(office: Office) -> None:
    office.told = (WINS,)
    office.turn()
    for number in (1, 2, 3):
        office.move(number, "won")
    for number in (2, 3):
        contact = office.person(number, "opportunity")
        office.record(
            Decision("moved", "reopened", contact, "stage", rule="legal", old="won", new="opportunity")
        )
    office.move(3, "won")
    office.move(1, "qualified")

    office.turn(7 * 24 * 3600)

    [(_, body)] = office.hook.posted
    assert body["title"] == "leadbridge main: 2 people won"
    assert ["00Q2" in body["message"], "00Q3" in body["message"]] == [False, True]


def test_who_is_not_the_writer_tells_nobody(office: Office) -> None:
    office.move(1, "handed_over")
    office.store.drop_lease()

    assert office.turn() == 0
    assert office.hook.posted == []


def test_an_edit_of_the_config_counts_from_the_next_turn(office: Office) -> None:
    office.move(1, "rejected")
    office.turn()
    office.told = (replace(NEWS, on=frozenset({"handed_over"})),)
    office.move(2, "rejected")

    assert office.turn(900) == 0


def test_the_thread_goes_on_after_an_error_and_ends_with_the_block(office: Office) -> None:
    turned, calls = threading.Event(), iter([None, None])

    def broken() -> datetime:
        if next(calls, 1) is None:
            raise ZeroDivisionError
        turned.set()
        return office.clock.now()

    office.notifier._now = broken
    with capture_logs() as said, office.notifier.turning(0.001):
        assert turned.wait(10)

    assert [one["event"] for one in said] == ["nobody was told"] * 2
    assert [one for one in threading.enumerate() if one.name == "notify"] == []
