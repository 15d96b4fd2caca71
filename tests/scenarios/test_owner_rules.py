"""Hand-offs are given to sellers by the owner rules of bridge.yaml: in turn, up to what each can take, else to the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, SARA, Town, town
from twins.messages import Reply, Request

TOM = "tom.tanaka@example.com"
THREE = f"[{SAM}, {SARA}, {TOM}]"


class Fallen(BaseException):
    """The process dies."""


class Giving(Town):
    """A town whose hand-offs are given by rules."""

    def rules(self, *rules: str, queue: bool = True) -> None:
        """Ops write these rules, and name the queue."""
        file = self.config / "bridge.yaml"
        text = file.read_text("utf-8").replace("  rules: []", f"  rules: [{', '.join(rules)}]")
        if queue:
            text = text.replace("fallback_queue: null", "fallback_queue: Incoming_Leads")
        file.write_text(text, "utf-8")
        self.run()
        self.daemon.settle()

    def ask(self, first: int, count: int, country: str = "Germany") -> None:
        """So many people ask for a call within one poll."""
        for number in range(first, first + count):
            told = {
                "firstname": "Ada",
                "lastname": f"Lind {number}",
                "company": "Nordwind AB",
                "country": country,
            }
            email = f"ada{number}@nordwind{number}.example"
            self.world.hubspot.submit_form(email, "Request a call", told, self.clock.now())

    def given(self) -> Counter[str]:
        """How many Leads each owner has."""
        names = {self.user(email): email for email in (SAM, SARA, TOM)}
        names[self.world.salesforce.queue] = "queue"
        return Counter(names[row["OwnerId"]] for row in self.world.salesforce.records("Lead"))

    def dies(self, patched: pytest.MonkeyPatch, moment: str) -> None:
        """The process dies when it makes Leads: before the call takes effect, after it, or before it is remembered."""
        twin = self.world.salesforce
        handle = twin.handle

        def struck(request: Request, *rest: object) -> Reply:
            if not _makes_leads(request):
                return handle(request, *rest)
            if moment == "after":
                handle(request, *rest)
            raise Fallen

        def forgets(*_: object, **__: object) -> None:
            raise Fallen

        if moment == "remember":
            patched.setattr("sync.settling.remember", forgets)
        else:
            patched.setattr(twin, "handle", struck)


def _makes_leads(request: Request) -> bool:
    return request.method in ("PATCH", "POST") and b"LastName" in request.body


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Giving]:
    with town(tmp_path, in_process=True) as made:
        made.__class__ = Giving
        assert isinstance(made, Giving)
        made.clock.advance(7200)  # ten o'clock: people work
        yield made


@pytest.mark.goal("G-H1")
def test_thirty_hand_offs_at_once_are_shared_out_evenly(here: Giving) -> None:
    here.rules(f"{{give_to: {THREE}}}")
    here.ask(0, 30)
    here.settle()
    here.settle()

    assert here.given() == {SAM: 10, SARA: 10, TOM: 10}
    assert here.bridge.store.people_by_stage() == {"handed_over": 30}


@pytest.mark.goal("G-H1")
def test_the_turns_go_on_where_they_were_whoever_stops_in_between(here: Giving) -> None:
    here.rules(f"{{give_to: {THREE}}}")
    for batch in range(6):
        here.ask(2 * batch, 2)
        here.settle()
        here.settle()
        here.run()

        given = here.given()
        assert max(given.values()) - min(given[email] for email in (SAM, SARA, TOM)) <= 1, given
    assert here.given() == {SAM: 4, SARA: 4, TOM: 4}


@pytest.mark.goal("G-H1")
def test_who_has_enough_gets_no_more_then_the_next_rule_gives_then_the_queue(here: Giving) -> None:
    here.rules(f"{{give_to: [{SAM}], most_open: 3}}", f"{{give_to: [{SARA}], most_open: 2}}")
    here.ask(0, 8)
    here.settle()
    here.settle()
    assert here.given() == {SAM: 3, SARA: 2, "queue": 3}

    [first, *_] = [row for row in here.world.salesforce.records("Lead") if row["OwnerId"] == here.user(SAM)]
    here.sell(first, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_need")
    here.settle()
    here.settle()
    assert here.bridge.store.people_by_stage() == {"handed_over": 7, "rejected": 1}
    here.ask(8, 2)
    here.settle()
    here.settle()

    assert here.given() == {SAM: 4, SARA: 2, "queue": 4}


@pytest.mark.fault("F37")
@pytest.mark.parametrize("moment", ["before", "after", "remember"])
def test_killed_in_the_middle_nobody_is_given_twice_and_the_turns_are_kept(
    here: Giving, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    here.rules(f"{{give_to: {THREE}}}")
    here.ask(0, 30)
    with monkeypatch.context() as patched:
        here.dies(patched, moment)
        with pytest.raises(Fallen):
            here.settle()
    here.run()
    for _ in range(4):
        here.settle()
    assert here.given() == {SAM: 10, SARA: 10, TOM: 10}
    tasks = Counter(row["WhoId"] for row in here.world.salesforce.records("Task"))
    assert set(tasks.values()) == {1}
    assert len(tasks) == 30

    here.ask(30, 2)
    here.settle()
    here.settle()

    assert sorted(here.given().values()) == [10, 11, 11]
    assert [sum(done.written.values()) for done in here.settle()] == [0]


@pytest.mark.goal("G-H1")
def test_a_rule_fits_by_the_contact_and_gives_in_business_hours_only(here: Giving) -> None:
    german = f"{{when: {{is: {{country: Germany}}}}, give_to: [{SAM}], in_hours: true}}"
    here.rules(german, f"{{when: {{is: {{country: Austria}}}}, give_to: [{SARA}]}}")
    here.ask(0, 2)
    here.ask(2, 3, country="Austria")
    here.ask(5, 1, country="Sweden")
    here.settle()
    here.settle()
    assert here.given() == {SAM: 2, SARA: 3, "queue": 1}

    here.settle("2026-11-23 20:00")
    here.ask(6, 1)
    here.ask(7, 1, country="Austria")
    here.settle()
    here.settle()

    assert here.given() == {SAM: 2, SARA: 4, "queue": 2}


@pytest.mark.goal("G-H1")
def test_who_has_the_fewest_open_people_is_given_the_next(here: Giving) -> None:
    here.rules(
        f"{{when: {{is: {{country: Austria}}}}, give_to: [{SAM}]}}", f"{{give_to: {THREE}, by: fewest_open}}"
    )
    here.ask(0, 3, country="Austria")
    here.settle()
    here.settle()
    here.ask(3, 5)
    here.settle()
    here.settle()

    assert here.given() == {SAM: 3, SARA: 3, TOM: 2}


def test_whoever_is_inactive_or_unknown_gets_nothing_and_ops_are_told(here: Giving) -> None:
    here.world.salesforce.deactivate(here.user(TOM), here.clock.now())
    here.rules(f"{{give_to: [{TOM}, sam.seler@example.com]}}", f"{{give_to: [{SARA}]}}")
    here.ask(0, 2)
    here.settle()
    here.settle()

    assert here.given() == {SARA: 2}
    [told] = here.problems()
    said = (here.config / "bridge.yaml").read_text("utf-8").splitlines()
    [line] = [number for number, one in enumerate(said, 1) if "sam.seler" in one]
    assert told.code == "owner_unknown"
    assert told.text == (
        f"nothing is given to whom the org does not know. bridge.yaml:{line}: `owners.rules`: {TOM} is inactive in "
        f"Salesforce. bridge.yaml:{line}: `owners.rules`: sam.seler@example.com is no user of Salesforce."
    )

    file = here.config / "bridge.yaml"
    file.write_text(
        file.read_text("utf-8").replace(f"{{give_to: [{TOM}, sam.seler@example.com]}}, ", ""), "utf-8"
    )
    here.run()
    here.settle()
    assert here.problems() == []


def test_check_names_owners_and_queues_that_the_org_does_not_know(
    tmp_path: Path, leadbridge: Leadbridge
) -> None:
    with town(tmp_path) as here:
        file = here.config / "bridge.yaml"
        said = file.read_text("utf-8").replace("  rules: []", "  rules: [{give_to: [nobody@else.example]}]")
        file.write_text(said.replace("fallback_queue: null", "fallback_queue: Incomming"), "utf-8")
        offline = leadbridge("check", "--offline", settings=here.settings())
        ended = leadbridge("check", settings=here.settings())

    assert offline.code == 0
    assert ended.code == 4
    rules, queue = (
        next(number for number, one in enumerate(said.splitlines(), 1) if word in one)
        for word in ("nobody@else", "fallback_queue: null")
    )
    assert f"bridge.yaml:{rules}: `owners.rules`: nobody@else.example is no user of Salesforce." in ended.err
    assert f"bridge.yaml:{queue}: `owners.fallback_queue`: Incomming is no queue of Salesforce." in ended.err


def test_what_an_owner_who_left_did_not_accept_goes_to_the_queue_the_rest_is_told(here: Giving) -> None:
    here.rules(f"{{give_to: [{SAM}]}}")
    here.ask(0, 2)
    here.settle()
    here.settle()
    [accepted, waiting] = here.world.salesforce.records("Lead")
    here.sell(accepted, Leadbridge_Stage__c="accepted")
    here.settle()
    assert here.bridge.store.people_by_stage() == {"handed_over": 1, "accepted": 1}

    here.world.salesforce.deactivate(here.user(SAM), here.clock.now())
    here.settle("2026-11-23 12:00")
    here.bridge.engine.sweep.begin(here.clock.now())
    here.settle()
    here.settle()

    assert here.given() == {SAM: 1, "queue": 1}
    [moved] = [row for row in here.world.salesforce.records("Lead") if row["Id"] == waiting["Id"]]
    assert moved["OwnerId"] == here.world.salesforce.queue
    left = [one for one in here.problems() if one.code == "owner_left"]
    assert [(one.text, one.remedy, one.who) for one in left] == [
        (
            "the person stands at accepted, and the owner of the record is inactive in Salesforce: nobody works on them",
            "give the lead another owner in Salesforce",
            "sales",
        )
    ]

    here.sell(accepted, by=SARA, OwnerId=here.user(SARA))
    here.settle()
    assert [one for one in here.problems() if one.code == "owner_left"] == []
