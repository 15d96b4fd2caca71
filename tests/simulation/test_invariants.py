"""The judge itself: small commit logs, made by hand, with a broken promise or without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import pytest

from connectors.records import Ref, Side
from mappings.agreement import Agreement
from mappings.directory import Directory
from sync.bootstrap import read_agreement, shipped_config
from sync.model import Decision, Entry, Link, Problem
from tests.simulation.evidence import Attempt, Evidence, PassSeen, Told, Violation
from tests.simulation.invariants import judge
from twins.log import Actor, Commit

START: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ADA: Final = Ref("hubspot", "contact", "101")
LEAD: Final = Ref("salesforce", "lead", "00Q000000000001AAA")
EVE: Final = Ref("hubspot", "contact", "102")
OTHER: Final = Ref("salesforce", "lead", "00Q000000000002AAA")
THIRD: Final = Ref("salesforce", "lead", "00Q000000000003AAA")
ACME: Final = Ref("hubspot", "company", "201")
ACME_AGAIN: Final = Ref("hubspot", "company", "202")
NOTE: Final = Ref("hubspot", "note", "301")
NOTE_AGAIN: Final = Ref("hubspot", "note", "302")
PERSON: Final = Ref("salesforce", "contact", "003000000000001AAA")
EMPTY: Final = Ref("salesforce", "contact", "003000000000002AAA")
DEAL: Final = Ref("salesforce", "opportunity", "006000000000001AAA")
ROLE: Final = Ref("salesforce", "opportunity_contact_role", "00K000000000001AAA")
_THEIRS: Final = {
    ("hubspot", "contact"): "contacts", ("hubspot", "company"): "companies", ("hubspot", "note"): "notes",
    ("salesforce", "lead"): "Lead",
    ("salesforce", "contact"): "Contact", ("salesforce", "opportunity"): "Opportunity",
    ("salesforce", "opportunity_contact_role"): "OpportunityContactRole",
}  # fmt: skip


PUT_BACK: Final = (
    "The stage was edited; this was put back: marketing may not move from new to won. Legal next steps for marketing"
    f" from new: qualified (sales-ready); lost.<br><br>leadbridge · {ADA} · illegal hubspot 2026-11-23"
)


@cache
def shipped() -> Agreement:
    return read_agreement(shipped_config())


class Life:
    """A history in the making: every commit is a second after the one before it."""

    def __init__(self) -> None:
        self.log: list[Commit] = []
        self.rows: dict[Ref, dict[str, Any]] = defaultdict(dict)
        self.passes: list[PassSeen] = []
        self.ledger: list[Entry] = []
        self.losses: list[datetime] = []
        self.links: list[Link] = []
        self.problems: list[Problem] = []
        self.told: list[Told] = []
        self.attempts: list[Attempt] = []
        self.agreement = shipped()
        self.now = START

    def loaded(self, ref: Ref, **values: Any) -> None:
        """A record that was there before everything."""
        name = "hs_object_id" if ref.side == "hubspot" else "Id"
        self.rows[ref] = {name: ref.id, **values}

    def edits(self, ref: Ref, actor: Actor = "human", **values: Any) -> None:
        self.now += timedelta(seconds=1)
        for name, new in values.items():
            row = self.rows[ref]
            seq = len(self.log) + 1
            self.log.append(
                Commit(
                    seq, self.now, ref.side, _THEIRS[ref.side, ref.kind], ref.id, name, row.get(name), new, actor, actor,
                    f"request {self.now}",
                )
            )  # fmt: skip
            row[name] = new

    def bridge(
        self, *writes: tuple[Ref, Mapping[str, Any]], said: Sequence[Decision] = (), dies: bool = False
    ) -> None:
        """One pass that writes, and enters what it *said*."""
        with self.a_pass(dies=dies):
            for ref, values in writes:
                self.edits(ref, "daemon", **values)
        self.ledger += [
            Entry(len(self.ledger) + place, len(self.passes), "decided", one.subject, LEAD, one, self.now)
            for place, one in enumerate(said, start=1)
        ]

    @contextmanager
    def a_pass(
        self, *, dies: bool = False, answer: Collection[Side] = ("hubspot", "salesforce")
    ) -> Iterator[None]:
        """One pass, with what happens in it; both sides *answer* it."""
        self.now += timedelta(seconds=10)
        began, before = self.now, len(self.log)
        self.attempts += [Attempt(began, one, "POST", "/", 200, log=before) for one in answer]
        yield
        number = len(self.passes) + 1
        self.passes.append(
            PassSeen(
                number,
                began,
                self.now,
                before,
                len(self.log),
                ended=not dies,
                cut_short=dies,
                losses=len(self.losses),
            )
        )

    def looks(self, ref: Ref) -> None:
        """The bridge reads a record in Salesforce by its id."""
        path = f"/services/data/v66.0/composite/sobjects/{_THEIRS[ref.side, ref.kind]}"
        self.attempts.append(Attempt(self.now, ref.side, "POST", path, 200, log=len(self.log)))

    def carries_out_late(self, ref: Ref, at: datetime, **values: Any) -> None:
        """A vendor carries out what it was sent long ago, and says that it did so then."""
        self.edits(ref, "daemon", **values)
        self.log[-len(values) :] = [one._replace(at=at) for one in self.log[-len(values) :]]

    def tells(self, code: str, ref: Ref, text: str = "", field: str | None = None) -> None:
        self.problems.append(Problem(code, ref, text, "", field=field))

    def loses_its_store(self) -> None:
        self.now += timedelta(seconds=1)
        self.losses.append(self.now)
        self.ledger.clear()

    def broken(self, *only: str) -> list[Violation]:
        return judge(
            Evidence(
                seed=0,
                agreement=self.agreement,
                directory=Directory(),
                log=self.log,
                records=self._records,
                ledger=self.ledger,
                passes=self.passes,
                losses=self.losses,
                links=self.links,
                problems=self.problems,
                told=self.told,
                attempts=self.attempts,
                quiet_from=len(self.passes),
            ),
            only,
        )

    def _records(self, side: Side, kind: str) -> Sequence[Mapping[str, Any]]:
        return [
            row for ref, row in self.rows.items() if (ref.side, _THEIRS[ref.side, ref.kind]) == (side, kind)
        ]


@pytest.fixture
def life() -> Life:
    """Ada and her Lead, who were linked by the bridge and say the same."""
    made = Life()
    made.loaded(ADA, email="ada@acme.example", jobtitle="CEO")
    made.loaded(LEAD, Email="ada@acme.example", Title="CEO")
    made.bridge((ADA, {"leadbridge_key": LEAD.id}), (LEAD, {"Leadbridge_HubSpot_Id__c": ADA.id}))
    return made


def linked() -> Decision:
    return Decision("linked", "leadbridge's key", ADA, new=str(LEAD))


def overwritten(old: str, new: str) -> Decision:
    return Decision("field", "first meeting", ADA, field="person.jobtitle", side="hubspot", old=old, new=new)


def test_an_edit_that_comes_to_both_sides_breaks_nothing(life: Life) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((LEAD, {"Title": "CTO"}), said=[overwritten("CEO", "CTO")])

    assert life.broken("I3", "I4", "I16") == []


@pytest.mark.invariant("I3")
def test_an_edit_that_the_bridge_puts_back_is_lost_though_the_ledger_has_it(life: Life) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CEO"}), said=[overwritten("CTO", "CEO")])

    assert [one.invariant for one in life.broken("I3")] == ["I3"]


@pytest.mark.invariant("I3")
def test_after_a_loss_of_the_store_the_first_look_may_overwrite_what_the_ledger_keeps(life: Life) -> None:
    life.loses_its_store()
    life.edits(ADA, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CEO"}), said=[linked(), overwritten("CTO", "CEO")])

    assert life.broken("I3") == []


@pytest.mark.invariant("I3")
def test_once_they_are_linked_anew_an_edit_that_is_put_back_is_lost_again(life: Life) -> None:
    life.loses_its_store()
    life.bridge(said=[linked()])
    life.edits(ADA, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CEO"}), said=[overwritten("CTO", "CEO")])

    assert [one.invariant for one in life.broken("I3")] == ["I3"]


@pytest.mark.invariant("I4")
def test_what_came_from_the_record_somebody_was_linked_to_before_is_not_invented(life: Life) -> None:
    life.edits(LEAD, Title="CTO")
    life.bridge((ADA, {"jobtitle": "CTO"}), said=[overwritten("CEO", "CTO")])
    _is_linked_with_another(life)

    assert life.broken("I4") == []


@pytest.mark.invariant("I4")
def test_what_the_record_somebody_was_linked_to_before_never_held_is_invented(life: Life) -> None:
    life.bridge((ADA, {"jobtitle": "Chief"}), said=[overwritten("CEO", "Chief")])
    _is_linked_with_another(life)

    assert [one.refs[0] for one in life.broken("I4")] == ["#3"]


def _is_linked_with_another(life: Life) -> None:
    """Ada's Lead is deleted, and ops let her in again: she is found in another one."""
    life.loaded(OTHER, Email="ada@acme.example", Title="CFO")
    life.edits(LEAD, IsDeleted=True)
    del life.rows[LEAD]
    life.bridge(
        (OTHER, {"Leadbridge_HubSpot_Id__c": ADA.id}),
        (ADA, {"leadbridge_key": OTHER.id, "jobtitle": "CFO"}),
    )


@pytest.mark.invariant("I4")
@pytest.mark.parametrize(("title", "is_broken"), [("CTO", False), ("Chief", True)])
def test_what_the_contact_said_that_a_lead_became_is_not_invented_whatever_it_was_merged_into(
    life: Life, title: str, is_broken: bool
) -> None:
    life.edits(PERSON, LastName="Lovelace", Title="CEO", Leadbridge_HubSpot_Id__c=ADA.id)
    life.edits(LEAD, IsConverted=True, ConvertedContactId=PERSON.id)
    life.edits(PERSON, Title="CTO")
    life.bridge((ADA, {"jobtitle": title}), said=[overwritten("CEO", title)])
    life.loaded(EMPTY, LastName="Lovelace")
    life.edits(PERSON, IsDeleted=True, MasterRecordId=EMPTY.id)
    del life.rows[PERSON]
    life.bridge((EMPTY, {"Leadbridge_HubSpot_Id__c": ADA.id, "Title": title}))

    assert bool(life.broken("I4")) == is_broken


@pytest.mark.invariant("I3")
@pytest.mark.parametrize("is_beaten", [True, False])
def test_an_edit_is_beaten_by_whom_the_contact_was_linked_with_then_and_not_by_a_lead_that_a_merge_left_over(
    life: Life, is_beaten: bool
) -> None:
    life.loaded(EVE, email="eve@acme.example", jobtitle="CEO")
    life.loaded(PERSON, Email="eve@acme.example", Title="CEO")
    life.bridge((EVE, {"leadbridge_key": PERSON.id}), (PERSON, {"Leadbridge_HubSpot_Id__c": EVE.id}))
    life.edits(ADA, merged_into=EVE.id)
    del life.rows[ADA]
    with life.a_pass():
        pass
    life.edits(EVE, jobtitle="CTO")
    life.edits(PERSON, actor="human" if is_beaten else "daemon", Title="Chief")
    life.bridge((EVE, {"jobtitle": "Chief"}), said=[replace(overwritten("CTO", "Chief"), subject=EVE)])
    life.edits(PERSON, IsDeleted=True)
    del life.rows[PERSON]

    assert bool(life.broken("I3")) != is_beaten


@pytest.mark.invariant("I3")
@pytest.mark.parametrize(
    ("answer", "is_broken"), [(("hubspot", "salesforce"), True), (("hubspot",), False), ((), False)]
)
def test_what_both_said_while_nobody_could_look_was_never_agreed_on(
    life: Life, answer: tuple[Side, ...], is_broken: bool
) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.edits(LEAD, Title="CTO")
    with life.a_pass(answer=answer):
        pass
    life.edits(ADA, jobtitle="Chief")
    life.bridge((ADA, {"jobtitle": "CTO"}), said=[overwritten("Chief", "CTO")])

    assert bool(life.broken("I3")) == is_broken


@pytest.mark.invariant("I3")
@pytest.mark.parametrize(
    ("dies", "links", "between", "is_broken"),
    [
        (True, True, "rests", False),
        (True, True, "is cut short", False),
        (True, True, "looks", True),
        (True, False, "rests", True),
        (False, True, "rests", True),
    ],
)
def test_two_whom_a_process_died_with_meet_in_the_pass_that_links_them_anew_if_none_before_it_could(
    dies: bool, links: bool, between: str, is_broken: bool
) -> None:
    life = Life()
    life.loaded(ADA, email="ada@acme.example", jobtitle="CEO")
    life.loaded(LEAD, Email="ada@acme.example", Title="CEO")
    life.bridge((LEAD, {"Leadbridge_HubSpot_Id__c": ADA.id}), dies=dies)
    life.bridge()
    if between != "rests":
        life.now += timedelta(hours=1)
        life.bridge()
        life.passes[-1] = replace(life.passes[-1], cut_short=between == "is cut short")
    life.edits(ADA, jobtitle="CTO")
    said = [overwritten("CTO", "CEO"), *([linked()] if links else [])]
    life.bridge((ADA, {"leadbridge_key": LEAD.id, "jobtitle": "CEO"}), said=said)

    assert bool(life.broken("I3")) == is_broken


@pytest.mark.invariant("I3")
@pytest.mark.parametrize(("side", "is_broken"), [("hubspot", False), ("salesforce", True)])
def test_who_meets_the_other_anew_keeps_what_the_side_says_that_the_line_names_first(
    side: Side, is_broken: bool
) -> None:
    life = Life()
    life.loaded(ADA, email="ada@acme.example", jobtitle="CEO")
    life.loaded(LEAD, Email="ada@acme.example", Title="CEO")
    life.bridge((LEAD, {"Leadbridge_HubSpot_Id__c": ADA.id}), dies=True)
    ref, name = (ADA, "jobtitle") if side == "hubspot" else (LEAD, "Title")
    life.edits(ref, **{name: "CTO"})
    said = [linked(), replace(overwritten("CTO", "CEO"), side=side)]
    life.bridge((ADA, {"leadbridge_key": LEAD.id}), (ref, {name: "CEO"}), said=said)

    assert bool(life.broken("I3")) == is_broken


@pytest.mark.invariant("I3")
def test_what_the_bridge_brought_itself_is_agreed_on_before_it_looks_again(life: Life) -> None:
    life.edits(LEAD, Title="CTO")
    life.bridge((ADA, {"jobtitle": "CTO"}), said=[overwritten("CEO", "CTO")])
    life.edits(ADA, jobtitle="Chief")
    life.bridge((ADA, {"jobtitle": "CTO"}), said=[overwritten("Chief", "CTO")])

    assert [one.invariant for one in life.broken("I3")] == ["I3"]


@pytest.mark.invariant("I7")
@pytest.mark.parametrize(("told_of", "is_broken"), [((), True), ((LEAD,), True), ((LEAD, OTHER), False)])
def test_who_carries_one_key_with_two_others_is_excused_by_a_problem_of_his_own(
    life: Life, told_of: Sequence[Ref], is_broken: bool
) -> None:
    life.loaded(OTHER, Email="ada@acme.example", Leadbridge_HubSpot_Id__c=ADA.id)
    life.loaded(THIRD, Email="ada@acme.example", Leadbridge_HubSpot_Id__c=ADA.id)
    for ref in told_of:
        life.tells("several_candidates", ref)

    assert bool(life.broken("I7")) == is_broken


@pytest.mark.invariant("I7")
@pytest.mark.parametrize(("whom", "is_broken"), [((LEAD, OTHER), False), ((THIRD,), True), ((), True)])
def test_two_who_carry_one_key_are_told_of_where_the_contacts_problem_names_them(
    life: Life, whom: Sequence[Ref], is_broken: bool
) -> None:
    life.loaded(OTHER, Email="ada@acme.example", Leadbridge_HubSpot_Id__c=ADA.id)
    life.tells("several_candidates", ADA, f"{ADA} could be any of {', '.join(one.id for one in whom)}")

    assert bool(life.broken("I7")) == is_broken


@pytest.mark.invariant("I7")
@pytest.mark.parametrize(
    ("code", "field"), [("conflict", "person.email"), ("field_refused", None), ("late", None)]
)
def test_a_problem_about_anything_else_excuses_no_key_that_two_carry(
    life: Life, code: str, field: str | None
) -> None:
    life.loaded(OTHER, Email="ada@acme.example", Leadbridge_HubSpot_Id__c=ADA.id)
    life.tells(code, LEAD, field=field)

    assert [one.invariant for one in life.broken("I7")] == ["I7"]


@pytest.mark.invariant("I7")
@pytest.mark.parametrize(
    ("is_sample", "is_linked", "is_broken"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_only_outside_a_sample_nobody_is_told_of_two_who_carry_one_key(
    life: Life, is_sample: bool, is_linked: bool, is_broken: bool
) -> None:
    if is_sample:
        _is_a_sample(life)
    life.loaded(OTHER, Email="ada@acme.example")
    life.edits(OTHER, Leadbridge_HubSpot_Id__c=ADA.id)
    life.links.append(Link(1, "person", ADA, LEAD if is_linked else None))

    assert bool(life.broken("I7")) == is_broken


@pytest.mark.invariant("I7")
@pytest.mark.parametrize(("key", "is_broken"), [(ADA.id, True), (EVE.id, False)])
def test_outside_a_sample_the_bridge_gives_no_two_records_one_key(
    life: Life, key: str, is_broken: bool
) -> None:
    _is_a_sample(life)
    life.loaded(OTHER, Email="ada@acme.example")
    life.loaded(EVE)
    life.bridge((OTHER, {"Leadbridge_HubSpot_Id__c": key}))
    life.edits(EVE, merged_into=ADA.id)
    del life.rows[EVE]

    assert bool(life.broken("I7")) == is_broken


def _is_a_sample(life: Life) -> None:
    rules = life.agreement.bridge
    rollout = replace(rules.rollout, sample=4)
    life.agreement = replace(life.agreement, bridge=replace(rules, rollout=rollout))


@pytest.fixture
def apart(life: Life) -> Life:
    """The keys name Ada's Lead, the bridge has linked her with another one, and a problem says so."""
    life.loaded(OTHER, Email="ada@acme.example", Title="CFO")
    life.links.append(Link(1, "person", ADA, OTHER))
    life.tells("several_candidates", ADA)
    return life


@pytest.mark.invariant("I4")
def test_who_is_linked_with_another_than_the_keys_name_may_get_what_that_one_says(apart: Life) -> None:
    apart.bridge((ADA, {"jobtitle": "CFO"}), said=[overwritten("CEO", "CFO")])

    assert apart.broken("I4", "I5", "I16") == []


@pytest.mark.invariant("I4")
@pytest.mark.invariant("I16")
def test_what_neither_of_the_two_ever_said_is_invented_whatever_a_problem_tells(apart: Life) -> None:
    apart.bridge((ADA, {"jobtitle": "Chief"}))

    assert [one.invariant for one in apart.broken("I4", "I16")] == ["I4", "I16"]


@pytest.mark.invariant("I5")
def test_what_neither_of_the_two_emptied_is_not_emptied_whatever_a_problem_tells(apart: Life) -> None:
    apart.bridge((ADA, {"jobtitle": None}), said=[overwritten("CEO", "")])

    assert [one.invariant for one in apart.broken("I5")] == ["I5"]


@pytest.mark.invariant("I13")
@pytest.mark.parametrize("is_late", [True, False])
def test_a_write_that_a_vendor_carries_out_late_was_caused_by_what_was_there_when_it_was_sent(
    life: Life, is_late: bool
) -> None:
    life.edits(LEAD, Title="CTO")
    life.bridge()
    sent_at = life.now
    life.now += timedelta(hours=1)
    life.edits(LEAD, Title="CFO")
    if is_late:
        life.carries_out_late(ADA, sent_at, jobtitle="CTO")
    else:
        life.bridge((ADA, {"jobtitle": "CTO"}))
    life.bridge((ADA, {"jobtitle": "CFO"}))

    assert bool(life.broken("I13")) != is_late


@pytest.mark.invariant("I13")
@pytest.mark.parametrize(("before", "is_broken"), [(timedelta(0), False), (timedelta(milliseconds=1), True)])
def test_a_vendor_that_tells_milliseconds_means_the_pass_that_began_in_that_one(
    before: timedelta, is_broken: bool
) -> None:
    life = Life()
    life.now += timedelta(milliseconds=5, microseconds=832)
    life.loaded(ADA, jobtitle="CEO", leadbridge_key=LEAD.id)
    life.loaded(LEAD, Title="CEO", Leadbridge_HubSpot_Id__c=ADA.id)
    life.edits(LEAD, Title="CTO")
    life.bridge()
    sent_at = life.now - timedelta(microseconds=832) - before
    life.edits(LEAD, Title="CFO")
    life.carries_out_late(ADA, sent_at, jobtitle="CTO")
    life.bridge((ADA, {"jobtitle": "CFO"}))

    assert bool(life.broken("I13")) == is_broken


@pytest.mark.invariant("I4")
@pytest.mark.parametrize("is_in_the_pass", [True, False])
def test_what_a_pass_had_read_of_a_contact_that_was_merged_in_its_first_millisecond_is_not_invented(
    is_in_the_pass: bool,
) -> None:
    life = Life()
    life.loaded(EVE, jobtitle="CEO", leadbridge_key=LEAD.id)
    life.loaded(LEAD, Title="CFO", Leadbridge_HubSpot_Id__c=EVE.id)
    life.loaded(ADA, jobtitle="CTO")
    life.bridge()
    life.now += timedelta(microseconds=832)
    with life.a_pass():
        at = life.now.replace(microsecond=0) - timedelta(hours=0 if is_in_the_pass else 1)
        life.edits(ADA, merged_into=EVE.id)
        life.log[-1] = life.log[-1]._replace(at=at)
        life.edits(LEAD, "daemon", Title="CTO")
    del life.rows[ADA]

    assert bool(life.broken("I4")) != is_in_the_pass


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("is_lost_after", [True, False])
def test_in_the_instant_of_a_loss_only_what_a_pass_before_it_wrote_went_with_the_store(
    life: Life, is_lost_after: bool
) -> None:
    now = life.now
    if not is_lost_after:
        life.losses.append(now)
    life.bridge((LEAD, {"Title": "CTO"}))
    if is_lost_after:
        life.losses.append(now)
    life.passes[-1] = replace(life.passes[-1], began=now, finished=now)
    life.log = [one._replace(at=now) if one.field == "Title" else one for one in life.log]

    assert any("wrote Title" in str(one) for one in life.broken("I12")) != is_lost_after


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("is_sent_after", [True, False])
def test_what_arrives_late_went_with_the_store_that_was_lost_since_it_was_sent(
    life: Life, is_sent_after: bool
) -> None:
    life.bridge()
    sent = life.now
    life.loses_its_store()
    if is_sent_after:
        life.bridge()
        sent = life.now
    with life.a_pass():
        life.carries_out_late(LEAD, sent, Title="CTO")

    assert any("wrote Title" in str(one) for one in life.broken("I12")) == is_sent_after


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("was_running", [True, False])
def test_what_arrives_late_and_was_sent_in_the_instant_of_a_loss_was_sent_after_it_where_no_pass_was_running_still(
    life: Life, was_running: bool
) -> None:
    life.bridge()
    life.loses_its_store()
    life.bridge()
    life.losses[-1] = life.now
    if was_running:
        life.passes[0] = replace(life.passes[0], finished=life.now)
    sent = life.now.replace(microsecond=life.now.microsecond // 1000 * 1000)  # HubSpot tells milliseconds
    with life.a_pass():
        life.carries_out_late(LEAD, sent, Title="CTO")

    assert any("wrote Title" in str(one) for one in life.broken("I12")) != was_running


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("worked_out", [{}, {"lifecyclestage": "lead"}])
@pytest.mark.parametrize("typed", ["CFO", "CMO"])
def test_of_two_entries_of_a_pass_a_write_takes_the_one_with_its_values(
    life: Life, typed: str, worked_out: Mapping[str, Any]
) -> None:
    life.edits(ADA, jobtitle=typed)
    life.bridge((ADA, {"jobtitle": "CTO", **worked_out}))
    for values in ({"jobtitle": "CFO"}, {"jobtitle": "CTO", **worked_out}):
        written = Decision("update", "done", ADA, old={}, new=values, other=str(ADA))
        entry = Entry(len(life.ledger) + 1, len(life.passes), "written", ADA, LEAD, written, life.now)
        life.ledger.append(entry)

    assert any("never made" in str(one) for one in life.broken("I12")) == (typed != "CFO")


def about_to_be(new: str) -> Decision:
    return Decision("field", "two_way", ADA, field="person.jobtitle", side="salesforce", old="CEO", new=new)


@pytest.mark.invariant("I12")
@pytest.mark.parametrize(
    ("dies", "said", "edited", "is_broken"),
    [
        (True, True, True, False),
        (False, True, True, True),
        (True, False, True, True),
        (True, True, False, True),
    ],
)
def test_only_a_write_that_left_no_trace_behind_may_be_missing_in_the_ledger(
    life: Life, dies: bool, said: bool, edited: bool, is_broken: bool
) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((LEAD, {"Title": "CTO"}), said=[about_to_be("CTO")] if said else (), dies=dies)
    if edited:
        life.edits(LEAD, Title="CFO")
    life.bridge()

    missing = [one for one in life.broken("I12") if "wrote Title" in str(one)]
    assert bool(missing) == is_broken


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("dies_again", [True, False])
def test_a_write_leaves_its_trace_until_a_pass_looks_that_is_not_killed(life: Life, dies_again: bool) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((LEAD, {"Title": "CTO"}), said=[about_to_be("CTO")], dies=True)
    life.bridge(dies=dies_again)
    life.edits(LEAD, Title="CFO")
    life.bridge()

    assert any("wrote Title" in str(one) for one in life.broken("I12")) != dies_again


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("is_told", [True, False])
def test_a_write_without_a_trace_does_not_take_the_entry_of_a_later_one(life: Life, is_told: bool) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((LEAD, {"Title": "CTO"}), said=[about_to_be("CTO")], dies=True)
    life.edits(LEAD, Title="CFO")
    life.bridge((LEAD, {"Title": "CTO"}))
    written = Decision("update", "done", ADA, old={}, new={"Title": "CTO"}, other=str(LEAD))
    if is_told:
        entry = Entry(len(life.ledger) + 1, len(life.passes), "written", ADA, LEAD, written, life.now)
        life.ledger.append(entry)

    assert any("wrote Title" in str(one) for one in life.broken("I12")) != is_told


@pytest.mark.invariant("I12")
@pytest.mark.parametrize(
    ("told", "is_broken"),
    [(["CTO"], False), (["CTO", "CTO"], True), (["CTO", "ZZZ"], True), (["CTO", "CFO"], False)],
)
def test_a_write_that_left_no_trace_wrote_what_people_had_typed(
    life: Life, told: Sequence[str], is_broken: bool
) -> None:
    life.edits(LEAD, Title="CFO")
    life.bridge((LEAD, {"Title": "CTO"}))
    for title in told:
        written = Decision("update", "done", ADA, old={}, new={"Title": title}, other=str(LEAD))
        entry = Entry(len(life.ledger) + 1, len(life.passes), "written", ADA, LEAD, written, life.now)
        life.ledger.append(entry)

    assert any("never made" in str(one) for one in life.broken("I12")) == is_broken


@pytest.mark.invariant("I12")
@pytest.mark.parametrize(
    ("old", "new", "is_broken"), [("CTO", "CTO", False), ("ZZZ", "ZZZ", True), ("CFO", "CTO", True)]
)
def test_what_is_sent_once_more_leaves_no_trace_and_its_entry_says_that_it_stood(
    life: Life, old: str, new: str, is_broken: bool
) -> None:
    life.edits(LEAD, Title="CFO")
    life.bridge((LEAD, {"Title": "CTO"}))
    for was, title in (("CFO", "CTO"), (old, new)):
        written = Decision("update", "done", ADA, old={"Title": was}, new={"Title": title}, other=str(LEAD))
        entry = Entry(len(life.ledger) + 1, len(life.passes), "written", ADA, LEAD, written, life.now)
        life.ledger.append(entry)

    assert any("never made" in str(one) for one in life.broken("I12")) == is_broken


@pytest.mark.invariant("I12")
@pytest.mark.parametrize("is_in_time", [True, False])
def test_a_write_leaves_its_trace_until_the_next_pass_has_looked_at_the_record(
    life: Life, is_in_time: bool
) -> None:
    life.edits(ADA, jobtitle="CTO")
    life.bridge((LEAD, {"Title": "CTO"}), said=[about_to_be("CTO")], dies=True)
    with life.a_pass():
        if is_in_time:
            life.edits(LEAD, Title="CFO")
        life.looks(LEAD)
        if not is_in_time:
            life.edits(LEAD, Title="CFO")

    assert any("wrote Title" in str(one) for one in life.broken("I12")) != is_in_time


@pytest.mark.invariant("I3")
@pytest.mark.parametrize("was", ["005SAM", "005TOM"])
def test_whose_a_record_was_before_a_hand_off_stands_in_the_ledger_or_is_lost(life: Life, was: str) -> None:
    life.edits(LEAD, OwnerId="005SAM")
    given = Decision(
        "field", "owner of the hand-off", ADA, field="OwnerId", side="salesforce", old=was, new="005ADA"
    )
    life.bridge((LEAD, {"OwnerId": "005ADA"}), said=[given])

    assert bool(life.broken("I3")) == (was != "005SAM")


@pytest.mark.invariant("I4")
def test_what_a_record_was_born_with_by_the_vendors_default_is_not_invented() -> None:
    life = Life()
    life.bridge()
    life.loaded(ADA, email="ada@acme.example")
    life.edits(LEAD, LastName="Lovelace", Email="ada@acme.example", Leadbridge_HubSpot_Id__c=ADA.id)
    life.rows[LEAD]["Id"] = LEAD.id
    life.edits(LEAD, DoNotCall=True)
    life.bridge((ADA, {"leadbridge_do_not_call": "false", "leadbridge_key": LEAD.id}))

    assert life.broken("I4") == []


@pytest.mark.invariant("I12")
@pytest.mark.parametrize(
    ("dies", "goes", "is_broken"), [(True, True, False), (False, True, True), (True, False, True)]
)
def test_a_contact_that_was_merged_away_before_anybody_could_look_shows_no_write(
    life: Life, dies: bool, goes: bool, is_broken: bool
) -> None:
    life.loaded(EVE)
    life.bridge((ADA, {"leadbridge_stage": "working"}), said=[shows("working")], dies=dies)
    if goes:
        life.edits(ADA, merged_into=EVE.id)
    life.bridge()

    assert any("wrote leadbridge_stage" in str(one) for one in life.broken("I12")) == is_broken


def shows(stage: str) -> Decision:
    return Decision(
        "projected", f"shows the stage {stage}", ADA, field="leadbridge_stage", side="hubspot", new=stage
    )


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("stage", "said", "goes", "is_broken"),
    [
        ("opportunity", "opportunity", True, False),
        ("opportunity", "working", True, True),
        ("opportunity", "opportunity", False, True),
        ("won", "won", True, True),
    ],
)
def test_a_move_is_never_entered_only_where_the_record_was_gone_before_anybody_could_look(
    life: Life, stage: str, said: str, goes: bool, is_broken: bool
) -> None:
    life.bridge((ADA, {"leadbridge_stage": "working"}), said=[moved("start", "working", "adopted")])
    life.bridge((ADA, {"leadbridge_stage": stage}), said=[shows(said)], dies=True)
    if goes:
        life.edits(ADA, archived="true")
    life.bridge()

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("stage", "was", "is_broken"),
    [
        ("new", "lead", False),
        ("qualified", "lead", False),
        ("nurturing", "lead", False),
        ("won", "customer", False),
        ("won", "lead", True),
        ("accepted", "customer", True),
    ],
)
def test_who_is_never_entered_at_all_stands_where_somebody_may_begin(
    life: Life, stage: str, was: str, is_broken: bool
) -> None:
    life.loaded(EVE, lifecyclestage=was)
    shown = Decision("projected", "it is so", EVE, field="leadbridge_stage", side="hubspot", new=stage)
    life.bridge((EVE, {"leadbridge_stage": stage}), dies=True)
    life.ledger.append(Entry(1, len(life.passes), "decided", EVE, None, shown, life.now))
    life.edits(EVE, archived="true")
    life.bridge()

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("stage", "is_converted", "is_known", "is_broken"),
    [
        ("nurturing", True, False, False),
        ("accepted", True, False, True),
        ("nurturing", False, False, True),
        ("nurturing", True, True, True),
    ],
)
def test_who_was_never_entered_and_is_converted_before_anybody_could_look_begins_anew(
    life: Life, stage: str, is_converted: bool, is_known: bool, is_broken: bool
) -> None:
    life.rows[LEAD]["Status"] = "Closed - Not Converted"
    life.bridge(said=[moved("start", "working", "adopted")] if is_known else [])
    writes = ((ADA, {"leadbridge_stage": stage}), (LEAD, {"Leadbridge_Stage__c": stage}))
    there = replace(shows(stage), field="Leadbridge_Stage__c", side="salesforce")
    life.bridge(*writes, said=[shows(stage), there], dies=True)
    if is_converted:
        life.edits(LEAD, IsConverted=True)
    life.bridge(said=[moved("start", "opportunity", "started")])

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("asked", "arrived", "is_thrown_away", "is_broken"),
    [
        ("qualified", (LEAD,), "resting", False),
        ("qualified", (LEAD, ADA), "resting", True),
        ("qualified", (LEAD,), "looked at", True),
        ("accepted", (LEAD,), "resting", True),
        (None, (LEAD,), "resting", True),
    ],
)
def test_a_move_is_never_entered_whose_record_goes_while_its_unit_rests_for_a_write_that_may_still_arrive(
    life: Life, asked: str | None, arrived: tuple[Ref, ...], is_thrown_away: str, is_broken: bool
) -> None:
    fields, stage = {ADA: "leadbridge_stage", LEAD: "Leadbridge_Stage__c"}, "handed_over"
    life.bridge((LEAD, {fields[LEAD]: "new"}), said=[moved("start", "new", "adopted")])
    if asked:
        life.edits(LEAD, Leadbridge_Stage__c=asked)
    there = replace(shows(stage), field=fields[LEAD], side="salesforce")
    life.bridge(*((one, {fields[one]: stage}) for one in arrived), said=[shows(stage), there], dies=True)
    life.bridge()
    if is_thrown_away == "looked at":
        life.now += timedelta(seconds=60)
        life.bridge()
    life.edits(LEAD, IsDeleted=True)
    life.now += timedelta(seconds=60)
    life.bridge()

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("arrived", "moves_on_in", "is_broken"),
    [((LEAD,), 0, False), ((LEAD, ADA), 0, True), ((LEAD,), 1, True), ((LEAD,), None, True)],
)
def test_a_move_is_never_entered_where_one_side_was_told_and_its_reason_was_gone_when_its_unit_had_rested(
    life: Life, arrived: tuple[Ref, ...], moves_on_in: int | None, is_broken: bool
) -> None:
    fields, stage = {ADA: "leadbridge_stage", LEAD: "Leadbridge_Stage__c"}, "won"
    life.bridge((LEAD, {fields[LEAD]: "opportunity"}), said=[moved("start", "opportunity", "adopted")])
    there = replace(shows(stage), field=fields[LEAD], side="salesforce")
    life.bridge(*((one, {fields[one]: stage}) for one in arrived), said=[shows(stage), there], dies=True)
    life.bridge()
    for place in range(2):  # passes after the rest
        life.now += timedelta(seconds=60)
        if place == moves_on_in:
            life.bridge((LEAD, {fields[LEAD]: "working"}), said=[moved("opportunity", "working", "legal")])
        else:
            life.bridge()

    assert any("the stage won" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("found_in", "edits", "moves_on_in", "is_broken"),
    [
        (
            1,
            {1: "OwnerId"},
            1,
            False,
        ),  # the look of the first pass after the death had failed: the unit rested on
        (0, {0: "OwnerId"}, 0, False),
        (1, {1: "Phone"}, 1, True),  # no reason of the lifecycle's
        (1, {}, 1, True),  # nobody's hand: the reason is not gone
        (0, {1: "OwnerId"}, 1, True),  # the first pass could have moved on
        (1, {2: "OwnerId"}, 2, True),
        (1, {1: "OwnerId"}, None, True),
    ],
)
def test_a_move_that_both_sides_were_told_is_never_entered_where_a_person_took_its_reason_before_a_pass_could_plan(
    life: Life, found_in: int, edits: Mapping[int, str], moves_on_in: int | None, is_broken: bool
) -> None:
    fields, stage = {ADA: "leadbridge_stage", LEAD: "Leadbridge_Stage__c"}, "working"
    life.bridge((LEAD, {fields[LEAD]: "accepted"}), said=[moved("start", "accepted", "adopted")])
    there = replace(shows(stage), field=fields[LEAD], side="salesforce")
    told = [(one, {fields[one]: stage}) for one in (ADA, LEAD)]
    life.bridge(*told, said=[shows(stage), there], dies=True)
    for place in range(3):  # passes after the death
        life.now += timedelta(seconds=60)
        if place in edits:
            life.edits(LEAD, **{edits[place]: "0055g0000000003AAA"})
        life.bridge(*[(one, {fields[one]: "accepted"}) for one in fields if place == moves_on_in])
        for one in (ADA, LEAD) if place == found_in else ():
            found = Decision("update", "done", ADA, old={}, new={fields[one]: stage}, other=str(one))
            number, seq = len(life.passes), len(life.ledger) + 1
            life.ledger.append(Entry(seq, number, "written", ADA, LEAD, found, life.now))

    assert any("the stage working" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("typed", "is_broken"), [("while it rests", False), ("later", True), ("never", True)]
)
def test_a_stage_that_a_seller_chose_over_one_that_only_he_was_told_is_where_somebody_new_begins(
    life: Life, typed: str, is_broken: bool
) -> None:
    fields, stage = {ADA: "leadbridge_stage", LEAD: "Leadbridge_Stage__c"}, "qualified"
    there = replace(shows(stage), field=fields[LEAD], side="salesforce")
    life.bridge((LEAD, {fields[LEAD]: stage}), said=[shows(stage), there], dies=True)
    life.bridge()
    for moment in ("while it rests", "later"):
        if typed == moment:
            life.edits(LEAD, Leadbridge_Stage__c="working")
        life.now += timedelta(seconds=60)
        life.bridge(said=[moved("start", "working", "adopted")] if typed == moment else [])

    assert any("the stage qualified" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("asked", "then", "is_broken"),
    [
        ("since", None, True),
        ("since", "lost", False),
        ("before", None, False),
        ("under the death", None, True),
        ("never", None, False),
    ],
)
def test_a_move_that_somebody_asks_for_still_is_entered_whatever_is_shown_when_its_unit_had_rested(
    life: Life, asked: str, then: str | None, is_broken: bool
) -> None:
    fields, stage = {ADA: "leadbridge_stage", LEAD: "Leadbridge_Stage__c"}, "won"
    life.rows[ADA][fields[ADA]] = "opportunity"
    if asked == "before":
        life.edits(ADA, leadbridge_stage=stage)
    life.bridge((LEAD, {fields[LEAD]: "opportunity"}), said=[moved("start", "opportunity", "adopted")])
    if asked == "since":
        life.edits(ADA, leadbridge_stage=stage)
    there = replace(shows(stage), field=fields[LEAD], side="salesforce")
    life.bridge((LEAD, {fields[LEAD]: stage}), said=[shows(stage), there], dies=True)
    if asked == "under the death":
        life.edits(ADA, leadbridge_stage=stage)
    life.bridge()
    if then is not None:
        life.edits(ADA, leadbridge_stage=then)
    life.now += timedelta(seconds=60)
    life.bridge((LEAD, {fields[LEAD]: "working"}), said=[moved("opportunity", "working", "legal")])

    assert any("the stage won" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("is_in_time", [True, False])
def test_a_contact_that_was_restored_before_anybody_could_look_is_not_gone(
    life: Life, is_in_time: bool
) -> None:
    life.bridge((ADA, {"leadbridge_stage": "working"}), said=[moved("start", "working", "adopted")])
    life.bridge((ADA, {"leadbridge_stage": "opportunity"}), said=[shows("opportunity")], dies=True)
    life.edits(ADA, archived="true")
    if is_in_time:
        life.edits(ADA, archived=None)
        life.bridge()
    else:
        life.bridge()
        life.edits(ADA, archived=None)

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_in_time


def moved(old: str, new: str, rule: str) -> Decision:
    return Decision("moved", "so it is", ADA, field="stage", rule=rule, old=old, new=new, by="bridge")


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("is_found", [True, False])
def test_a_move_is_entered_late_only_with_the_write_whose_answer_was_lost(life: Life, is_found: bool) -> None:
    life.bridge(said=[moved("start", "handed_over", "adopted")])
    life.bridge((LEAD, {"Leadbridge_Stage__c": "accepted"}))
    life.bridge(said=[moved("handed_over", "accepted", "legal")])
    written = Decision(
        "update", "done", ADA, old={}, new={"Leadbridge_Stage__c": "accepted"}, other=str(LEAD)
    )
    if is_found:
        number = life.passes[-1].id
        life.ledger.append(Entry(len(life.ledger) + 1, number, "written", ADA, LEAD, written, life.now))

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) != is_found


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("cut_short", "sent", "planned", "is_excused"),
    [
        ("by trouble", "before", "no", True),
        ("by trouble", "before", "unanswered", True),
        ("by trouble", "before", "done", False),
        ("by trouble", "in it", "no", False),
        ("in a backfill", "before", "no", False),
        ("no", "before", "no", False),
    ],
)
def test_a_move_is_entered_later_than_its_write_was_found_only_where_passes_were_cut_short_before_a_plan_was_carried_out(
    life: Life, cut_short: str, sent: str, planned: str, is_excused: bool
) -> None:
    life.bridge(said=[moved("start", "handed_over", "adopted")])
    sent_at = life.now
    life.bridge((LEAD, {"Leadbridge_Stage__c": "accepted"}))
    if sent == "before":
        life.log[-1] = life.log[-1]._replace(at=sent_at)
    life.passes[-1] = replace(
        life.passes[-1],
        more=cut_short != "no",
        cut_short=cut_short == "by trouble",
    )
    found = Decision("update", "done", ADA, old={}, new={"Leadbridge_Stage__c": "accepted"}, other=str(LEAD))
    shown = Decision("projected", "shows the stage", ADA, field="leadbridge_stage", side="hubspot")
    done = Decision(
        "update", "done", ADA, side="hubspot", old={}, new={"leadbridge_stage": "accepted"}, other=str(ADA)
    )
    said = [
        ("written", found),
        *[("decided", shown)] * (planned != "no"),
        *[("written", done)] * (planned == "done"),
    ]
    number = life.passes[-1].id
    life.ledger += [
        Entry(len(life.ledger) + place, number, kind, ADA, LEAD, one, life.now)
        for place, (kind, one) in enumerate(said, start=1)
    ]
    life.bridge(said=[moved("handed_over", "accepted", "legal")])

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) != is_excused


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("sent_to", "found", "looked_after", "is_excused"),
    [
        ((LEAD, ADA), (LEAD,), 0, True),
        ((LEAD, ADA), (LEAD,), 60, False),
        ((LEAD, ADA), (LEAD, ADA), 0, False),
        ((LEAD,), (LEAD,), 0, False),
    ],
)
def test_a_move_is_entered_later_than_its_write_was_found_while_its_unit_rests_for_the_other_sides_write(
    life: Life, sent_to: tuple[Ref, ...], found: tuple[Ref, ...], looked_after: int, is_excused: bool
) -> None:
    fields = {ADA: "leadbridge_stage", LEAD: "Leadbridge_Stage__c"}
    life.bridge(said=[moved("start", "handed_over", "adopted")])
    life.bridge(said=[replace(shows("accepted"), field=fields[one], side=one.side) for one in sent_to])
    sent_at = life.now
    with life.a_pass():
        life.carries_out_late(LEAD, sent_at, Leadbridge_Stage__c="accepted")
    for one in found:
        written = Decision("update", "done", ADA, old={}, new={fields[one]: "accepted"}, other=str(one))
        number = life.passes[-1].id
        life.ledger.append(Entry(len(life.ledger) + 1, number, "written", ADA, LEAD, written, life.now))
    life.now += timedelta(seconds=looked_after)
    life.bridge()
    life.bridge(said=[moved("handed_over", "accepted", "legal")])

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) != is_excused


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(("stage", "is_broken"), [("accepted", False), ("working", True)])
def test_a_stage_is_explained_by_whose_record_it_was_then_and_not_by_who_has_it_at_the_end(
    life: Life, stage: str, is_broken: bool
) -> None:
    life.edits(LEAD, Leadbridge_HubSpot_Id__c="103")
    life.bridge((LEAD, {"Leadbridge_Stage__c": stage}), said=[moved("start", "accepted", "adopted")])
    merged = Decision("linked", "merged", EVE, side="hubspot", old=str(ADA), new=str(EVE))
    life.bridge(said=[merged])

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("dies", "is_linked", "stage", "is_broken"),
    [
        (True, True, "accepted", False),
        (True, True, "working", True),
        (True, False, "accepted", True),
        (False, True, "accepted", True),
    ],
)
def test_who_was_merged_away_before_any_move_was_entered_goes_on_as_whom_the_link_moved_to(
    dies: bool, is_linked: bool, stage: str, is_broken: bool
) -> None:
    life = Life()
    life.loaded(ADA)
    life.loaded(EVE)
    life.bridge((ADA, {"leadbridge_stage": "accepted"}), dies=dies)
    life.bridge()
    life.edits(ADA, merged_into=EVE.id)
    del life.rows[ADA]
    merged = Decision("linked", "merged", EVE, side="hubspot", old=str(ADA), new=str(EVE))
    entered = replace(moved("start", stage, "adopted"), subject=EVE)
    life.bridge(said=[merged, entered] if is_linked else [entered])

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("stage", "is_merged", "is_told", "is_broken"),
    [
        ("working", True, True, False),
        ("won", True, True, True),
        ("working", False, True, True),
        ("working", True, False, True),
    ],
)
def test_a_stage_that_hubspot_wrote_on_the_survivor_is_explained_by_whom_it_was_sent_to(
    stage: str, is_merged: bool, is_told: bool, is_broken: bool
) -> None:
    life = Life()
    life.loaded(ADA)
    life.loaded(EVE)
    life.bridge(said=[moved("start", "working", "adopted")])
    with life.a_pass():
        if is_merged:
            life.edits(ADA, merged_into=EVE.id)
        life.edits(EVE, "daemon", leadbridge_stage=stage)
    written = Decision("update", "done", ADA, old={}, new={"leadbridge_stage": stage}, other=str(EVE))
    if is_told:
        life.ledger.append(Entry(len(life.ledger) + 1, 2, "written", ADA, None, written, life.now))

    assert any("wrote the stage" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("stage", "is_linked", "is_broken"), [("won", True, False), ("won", False, True), ("lost", True, True)]
)
def test_a_stage_that_a_merge_brought_along_with_the_link_is_nobodys_jump(
    stage: str, is_linked: bool, is_broken: bool
) -> None:
    life = Life()
    life.loaded(ADA)
    life.loaded(EVE)
    life.loaded(LEAD, Leadbridge_HubSpot_Id__c=EVE.id)
    life.bridge((ADA, {"leadbridge_stage": "won"}), (EVE, {"leadbridge_stage": "new"}))
    life.ledger.append(Entry(1, 1, "decided", ADA, None, moved("start", "won", "adopted"), life.now))
    life.edits(EVE, leadbridge_stage=stage)
    life.edits(ADA, merged_into=EVE.id)
    del life.rows[ADA]
    merged = Decision("linked", "merged", EVE, side="hubspot", old=str(ADA), new=str(EVE))
    life.bridge(said=[merged] if is_linked else [])

    assert any("unjudged" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("times", [1, 2])
def test_a_jump_whose_verdict_a_merge_brought_along_with_the_link_stands_once_in_the_ledger(
    times: int,
) -> None:
    life = Life()
    life.loaded(ADA)
    life.loaded(EVE)
    life.loaded(LEAD, Leadbridge_HubSpot_Id__c=ADA.id)
    life.bridge((LEAD, {"Leadbridge_Stage__c": "new"}), said=[moved("start", "new", "adopted")])
    life.edits(LEAD, Leadbridge_Stage__c="rejected")
    judged = replace(moved("new", "rejected", "legal"), side="salesforce", by="human", occurred_at=life.now)
    life.bridge(said=[judged] * times)
    life.edits(ADA, merged_into=EVE.id)
    del life.rows[ADA]
    merged = Decision("linked", "merged", EVE, side="hubspot", old=str(ADA), new=str(EVE))
    life.bridge((LEAD, {"Leadbridge_HubSpot_Id__c": EVE.id}), said=[merged])

    assert any("times in the ledger" in str(one) for one in life.broken("I9")) == (times > 1)


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
@pytest.mark.parametrize(("told", "is_broken"), [((0, 1), False), ((0, 0), True), ((1, 1), True)])
def test_of_two_jumps_within_a_second_each_stands_once_in_the_ledger(
    life: Life, side: Side, told: Sequence[int], is_broken: bool
) -> None:
    ref, name = (ADA, "leadbridge_stage") if side == "hubspot" else (LEAD, "Leadbridge_Stage__c")
    life.bridge((ref, {name: "new"}), said=[moved("start", "new", "adopted")])
    jumps: list[datetime] = []
    at = life.now + timedelta(milliseconds=500)
    for late in (timedelta(0), timedelta(milliseconds=800)):
        life.now = at + late - timedelta(seconds=1)
        life.edits(ref, **{name: "won"})
        jumps.append(life.now if side == "hubspot" else life.now.replace(microsecond=0))
        life.bridge((ref, {name: "new"}))
    said = Decision(
        "reverted", "no", ADA, field="stage", rule="illegal", old="new", new="won", side=side, by="human"
    )
    life.bridge(said=[replace(said, occurred_at=jumps[one]) for one in told])

    assert any("times in the ledger" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize(
    ("times", "is_there", "is_broken"), [(1, True, False), (2, True, True), (1, False, True)]
)
def test_another_jump_within_a_second_takes_one_verdict_that_came_after_it(
    life: Life, times: int, is_there: bool, is_broken: bool
) -> None:
    life.bridge((ADA, {"leadbridge_stage": "new"}), said=[moved("start", "new", "adopted")])
    life.edits(ADA, leadbridge_stage="won")
    first, second = life.now, life.now + timedelta(milliseconds=800)
    life.bridge((ADA, {"leadbridge_stage": "new"}))
    said = Decision(
        "reverted", "no", ADA, field="stage", rule="illegal", old="new", new="won", side="hubspot", by="human"
    )
    verdicts = [replace(said, occurred_at=at) for at in (first, *[second] * times)]
    if not is_there:
        life.bridge(said=verdicts)
    # The other word was a move back to where the person stood by then: nobody holds it to one verdict of its own.
    life.bridge(said=[moved("new", "won", "accepted_illegal")])
    life.edits(ADA, leadbridge_stage="won")
    life.log[-1] = life.log[-1]._replace(at=second)
    life.bridge((ADA, {"leadbridge_stage": "new"}), said=verdicts if is_there else ())

    assert any("times in the ledger" in str(one) for one in life.broken("I9")) == is_broken


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("is_moved", [True, False])
def test_a_stage_that_was_put_back_once_may_stand_where_a_later_word_moved_there(
    life: Life, is_moved: bool
) -> None:
    life.bridge((LEAD, {"Leadbridge_Stage__c": "new"}), said=[moved("start", "new", "adopted")])
    life.edits(LEAD, Leadbridge_Stage__c="accepted")
    put_back = Decision(
        "reverted", "no", ADA, field="stage", rule="illegal", new="accepted", side="salesforce"
    )
    told = replace(put_back, occurred_at=life.now)
    life.bridge((LEAD, {"Leadbridge_Stage__c": "handed_over"}), said=[told])
    life.edits(LEAD, Leadbridge_Stage__c="accepted")
    followed = replace(moved("handed_over", "accepted", "legal"), side="salesforce", occurred_at=life.now)
    life.bridge(said=[followed] if is_moved else [])

    assert any("unjudged" in str(one) for one in life.broken("I9")) != is_moved


@pytest.mark.invariant("I9")
@pytest.mark.parametrize("is_left", [True, False])
def test_only_a_stage_that_was_left_standing_may_come_back_unseen(life: Life, is_left: bool) -> None:
    life.bridge((ADA, {"leadbridge_stage": "accepted"}), said=[moved("start", "accepted", "adopted")])
    life.edits(ADA, leadbridge_stage="nurturing")
    left = Decision(
        "reverted",
        "it stands",
        ADA,
        field="stage",
        rule="flagged",
        old="accepted",
        new="nurturing",
        side="hubspot",
    )
    life.bridge(said=[left] if is_left else [])
    life.edits(ADA, leadbridge_stage="qualified")
    life.edits(ADA, leadbridge_stage="nurturing")
    life.bridge()

    assert any("unjudged" in str(one) for one in life.broken("I9")) != is_left


@pytest.mark.invariant("I8")
@pytest.mark.parametrize(
    ("first", "shown", "is_broken"),
    [
        ("opportunity", "open", False),
        ("opportunity", "won", True),
        ("working", "open", True),
        ("working", "", False),
    ],
)
def test_whom_a_merge_brought_along_follows_the_opportunity_that_the_lost_contact_followed(
    first: str, shown: str, is_broken: bool
) -> None:
    life = Life()
    life.loaded(ADA)
    life.loaded(EVE, leadbridge_outcome=shown, leadbridge_won_count="0")
    life.loaded(PERSON, Leadbridge_HubSpot_Id__c=EVE.id)
    life.loaded(DEAL, StageName="Prospecting", IsClosed=False, IsWon=False)
    life.loaded(ROLE, OpportunityId=DEAL.id, ContactId=PERSON.id)
    life.bridge(said=[moved("start", first, "legal")])
    life.bridge(said=[moved(first, "new", "accepted_illegal")])
    life.edits(ADA, merged_into=EVE.id)
    del life.rows[ADA]
    life.bridge(said=[Decision("linked", "merged", EVE, side="hubspot", old=str(ADA), new=str(EVE))])

    assert any("leadbridge_outcome" in str(one) for one in life.broken("I8")) == is_broken


@pytest.mark.invariant("I6")
@pytest.mark.parametrize(
    ("is_lost", "is_met", "is_broken"),
    [(True, False, False), (True, True, True), (False, False, True)],
)
def test_a_company_is_made_again_only_for_a_store_that_was_lost_and_never_met_it(
    life: Life, is_lost: bool, is_met: bool, is_broken: bool
) -> None:
    account = "001000000000001AAA"
    for company in (ACME, ACME_AGAIN):
        life.loaded(company)
    life.bridge((ACME, {"name": "Acme", "leadbridge_key": account}))
    if is_lost:
        life.loses_its_store()
    life.bridge(said=[Decision("linked", "leadbridge's key", ADA, new=str(ACME))] if is_met else ())
    life.edits(ACME, archived="true")
    life.bridge((ACME_AGAIN, {"name": "Acme", "leadbridge_key": account}))

    assert bool(life.broken("I6")) == is_broken


@pytest.mark.invariant("I6")
@pytest.mark.parametrize(
    ("is_lost", "asked", "is_broken"),
    [
        (True, "won", False),
        (True, None, True),
        (True, "qualified", True),
        (True, "lost", True),
        (False, "won", True),
    ],
)
def test_the_same_words_are_told_again_that_day_only_of_the_same_request_for_a_store_that_was_lost(
    life: Life, is_lost: bool, asked: str | None, is_broken: bool
) -> None:
    for place, note in enumerate((NOTE, NOTE_AGAIN)):
        life.loaded(note)
        if asked or place == 0:
            life.edits(ADA, leadbridge_stage=asked if place else "won")
        life.bridge((ADA, {"leadbridge_stage": "new"}), (note, {"hs_note_body": PUT_BACK}))
        if is_lost and place == 0:
            life.loses_its_store()

    assert bool(life.broken("I6")) == is_broken


@pytest.mark.invariant("I6")
@pytest.mark.parametrize("is_put_back", [True, False])
def test_what_a_lost_store_put_back_itself_is_not_told_again_by_the_next_one(
    life: Life, is_put_back: bool
) -> None:
    for note in (NOTE, NOTE_AGAIN):
        life.loaded(note)
    life.edits(ADA, leadbridge_stage="won")
    life.bridge((ADA, {"leadbridge_stage": "new"}), (NOTE, {"hs_note_body": PUT_BACK}))
    life.edits(ADA, leadbridge_stage="won")
    life.bridge(*[(ADA, {"leadbridge_stage": "new"})] * is_put_back)
    life.loses_its_store()
    life.bridge((ADA, {"leadbridge_stage": "new"}), (NOTE_AGAIN, {"hs_note_body": PUT_BACK}))

    assert bool(life.broken("I6")) == is_put_back


@pytest.mark.invariant("I6")
@pytest.mark.parametrize("name", ["lifecyclestage", "jobtitle"])
def test_that_a_field_is_left_is_told_again_that_day_only_where_that_field_was_edited(
    life: Life, name: str
) -> None:
    left = "lifecyclestage was edited; it is left as it stands, and not followed: the stage is new."
    for place, note in enumerate((NOTE, NOTE_AGAIN)):
        life.loaded(note)
        life.edits(ADA, **{name if place else "lifecyclestage": f"another {place}"})
        life.bridge((note, {"hs_note_body": f"{left}<br><br>leadbridge · {ADA} · left hubspot 2026-11-23"}))
        if place == 0:
            life.loses_its_store()

    assert bool(life.broken("I6")) == (name != "lifecyclestage")


@pytest.mark.invariant("I4")
@pytest.mark.parametrize(
    ("is_under", "put_back", "is_broken"),
    [(True, "CFO", False), (True, "Chief", True), (False, "CFO", True)],
)
def test_only_what_was_typed_under_a_write_of_the_bridge_may_come_back_where_it_stood(
    life: Life, is_under: bool, put_back: str, is_broken: bool
) -> None:
    life.edits(LEAD, Title="CTO")
    life.bridge()
    sent_at = life.now
    life.now += timedelta(seconds=1)
    life.edits(ADA, jobtitle="CFO")
    if is_under:
        life.carries_out_late(ADA, sent_at, jobtitle="CTO")
    else:
        life.now += timedelta(seconds=1)
        life.bridge((ADA, {"jobtitle": "CTO"}))
    life.bridge((ADA, {"jobtitle": put_back}))

    assert bool(life.broken("I4")) == is_broken


@pytest.mark.goal("G-H5")
@pytest.mark.parametrize(
    ("code", "is_over_before", "is_broken"),
    [("no_owner", False, False), ("no_owner", True, True), ("late", False, True)],
)
def test_who_is_shown_without_an_owner_is_excused_by_what_ops_were_told_then(
    life: Life, code: str, is_over_before: bool, is_broken: bool
) -> None:
    since = life.now
    life.bridge((ADA, {"leadbridge_stage": "accepted"}))
    until = since if is_over_before else life.now + timedelta(hours=1)
    life.told.append(Told(code, ADA, since, until))

    assert bool(life.broken("G-H5")) == is_broken
