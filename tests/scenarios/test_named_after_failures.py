"""Failures that other products are known for, each by its name; none of them may happen here."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import log2
from pathlib import Path

import pytest

from connectors.hubspot import searching
from connectors.records import Ref, Side
from tests.scenarios.struck import struck
from tests.scenarios.test_deletes import (
    ADA,
    ask_for_a_call,
    codes,
    comes_to_rest,
    contacts,
    delete_lead,
    handed_over,
    leads,
)
from tests.scenarios.town import MIA, SAM, Town, berlin, is_update, moment, town
from twins.hubspot.schema.properties import Property
from twins.hubspot.search import routes as hubspot_search
from twins.messages import Request
from twins.salesforce.rest import query as salesforce_query
from twins.salesforce.schema.declared import choice, text

BEN = "ben.okafor@sydvind.example"
MANY = 450
_SCORE = "  - {hubspot: score, salesforce: {lead: NumberOfEmployees}, as: number, rule: two_way, first: salesforce}\n"

_TIER = "  - {hubspot: tier, salesforce: {lead: Tier__c}, as: text, rule: two_way, conflict: salesforce}\n"
_LIKES = (
    "  - {hubspot: likes, salesforce: {lead: Likes__c}, as: choices, rule: two_way, conflict: salesforce}\n"
)


def _linked(here: Town) -> Ref | None:
    ref = Ref("hubspot", "contact", here.contact(ADA)["hs_object_id"])
    return here.bridge.store.links("person", [ref])[ref].salesforce


@pytest.mark.goal("G-I8")
def test_revived_delete(tmp_path: Path) -> None:
    """A deleted Lead stays deleted, whatever its contact does, today or after the store was lost."""
    with handed_over(tmp_path) as here:
        delete_lead(here)
        here.settle()
        for title in ("one", "two"):
            ask_for_a_call(here, jobtitle=title)
            comes_to_rest(here)
        here.forget()
        here.run()
        ask_for_a_call(here, jobtitle="three")
        comes_to_rest(here)

        assert leads(here) == []


@pytest.mark.goal("G-F8")
def test_orphan_after_filter(tmp_path: Path) -> None:
    """Who has left the roll-out's condition is still linked: the deletion of the Lead is seen and remembered."""
    with town(tmp_path, in_process=True) as here:
        here.run(rollout="{is: {country: Sweden}}")
        here.settle()
        ask_for_a_call(here)
        here.settle()
        linked = _linked(here)
        assert linked is not None
        here.market(ADA, country="Norway")
        comes_to_rest(here)
        assert _linked(here) == linked

        delete_lead(here)
        comes_to_rest(here)
        here.market(ADA, country="Sweden")
        ask_for_a_call(here)
        comes_to_rest(here)

        assert leads(here) == []
        assert [entry.decision.old for entry in here.decided("deleted")] == [str(linked)]


@pytest.mark.goal("G-I3")
def test_hopping_twin(tmp_path: Path) -> None:
    """A Lead and a Contact with one e-mail, edited in turn: the link stays where it is."""
    with handed_over(tmp_path) as here:
        linked = _linked(here)
        account = here.world.salesforce.create("Account", {"Name": "N"}, here.user(SAM), here.clock.now())
        twin = {"LastName": "Lind", "Email": ADA, "AccountId": account}
        here.world.salesforce.create("Contact", twin, here.user(SAM), here.clock.now())
        for turn in range(3):
            here.sell(here.sales("Contact", ADA), "Contact", Title=f"Twin {turn}")
            here.settle()
            here.sell(here.sales("Lead", ADA), Title=f"Boss {turn}")
            here.settle()
            assert _linked(here) == linked
            assert here.contact(ADA)["jobtitle"] == f"Boss {turn}"
        comes_to_rest(here)


@pytest.mark.goal("G-I6")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_email_change_new_lead(tmp_path: Path, side: str) -> None:
    """An e-mail that changes on either side keeps the link and makes nobody new."""
    with handed_over(tmp_path) as here:
        lead = here.sales("Lead", ADA)["Id"]
        if side == "hubspot":
            contact = here.contact(ADA)["hs_object_id"]
            changed = {"email": "ada@sydwind.example"}
            here.world.hubspot.update("contacts", contact, changed, MIA, here.clock.now())
        else:
            here.sell(here.sales("Lead", ADA), Email="ada@sydwind.example")
        comes_to_rest(here)

        assert [one["Id"] for one in leads(here)] == [lead]
        assert [one["email"] for one in contacts(here)] == ["ada@sydwind.example"]
        assert here.sales("Lead", "ada@sydwind.example")["Id"] == lead
        assert codes(here) == []


@pytest.mark.goal("G-I5")
def test_summed_score_merge(tmp_path: Path) -> None:
    """A number that is mapped is never added up when two people become one."""
    with town(tmp_path, in_process=True) as here:
        score = Property(
            name="score", label="Score", type="number", field_type="number", group="contactinformation"
        )
        here.world.hubspot.add_property("contacts", score)
        lines = here.config / "fields" / "person.yaml"
        lines.write_text(lines.read_text("utf-8") + _SCORE, "utf-8")
        here.run()
        here.settle()
        ada = ask_for_a_call(here, score="30")
        here.settle()
        assert here.sales("Lead", ADA)["NumberOfEmployees"] == 30
        told = {"email": "a.lind@nordwind.example", "lastname": "Lind", "score": "40"}
        twin = here.world.hubspot.create("contacts", told, MIA, here.clock.now())
        comes_to_rest(here)
        left = here.world.hubspot.merge("contacts", ada, twin, MIA, here.clock.now())
        comes_to_rest(here)

        assert here.world.hubspot.record("contacts", left)["score"] == "30"
        assert here.sales("Lead", ADA)["NumberOfEmployees"] == 30


# ── what was lost or doubled ─────────────────────────────────────────────────


@pytest.mark.goal("G-I7")
@pytest.mark.parametrize("fault", ["cut_after", "late_commit", "gateway_timeout_after", "empty"])
def test_timeout_after_commit(tmp_path: Path, fault: str) -> None:
    """A create is committed and its answer lost, on either side: one record, one task, however long it rests."""
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        here.world.faults.next(fault, side="salesforce", method="PATCH", path="/sobjects/Lead/")
        here.world.faults.next(fault, side="hubspot", path="/contacts/batch/upsert")
        ask_for_a_call(here)
        lead = {"LastName": "Okafor", "Company": "Sydvind", "Email": BEN}
        here.world.salesforce.create("Lead", lead, here.user(SAM), here.clock.now())
        comes_to_rest(here, after=6)

        assert here.world.faults.struck.total() >= 1
        assert sorted(one["Email"] for one in leads(here)) == [ADA, BEN]
        assert [one["email"] for one in contacts(here)].count(ADA) == 1
        assert len([one for one in contacts(here) if one.get("email") == BEN]) <= 1
        assert len(here.world.salesforce.records("Task")) == 1
        assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
        assert codes(here) == []


@pytest.mark.goal("G-C10")
@pytest.mark.parametrize("answer", ["ignore", "refuse"])
def test_silent_204(tmp_path: Path, answer: str) -> None:
    """A stage that HubSpot says it took and did not: what stands there is believed, and nothing is written for ever."""
    with handed_over(tmp_path) as here:
        here.world.hubspot.flip(backward_stage=answer)
        acted: list[str] = []

        def before(request: Request) -> None:
            if request.path.endswith("/contacts/batch/update") and not acted:
                acted.append("customer")
                here.market(ADA, lifecyclestage="customer")

        here.world.wires["hubspot"].before = before
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="accepted")
        comes_to_rest(here, after=6)

        assert acted == ["customer"]
        assert here.contact(ADA)["lifecyclestage"] == "customer"
        assert here.contact(ADA)["leadbridge_stage"] == "accepted"
        assert codes(here) == []
        told = here.bridge.store.links("person", [_contact(here)])
        [base] = here.bridge.store.bases([link.id for link in told.values() if link.id]).values()
        assert base.shown["hubspot"]["lifecyclestage"] in ("customer", None)


@pytest.mark.goal("G-P16")
@pytest.mark.parametrize("pause", [1, 120])
def test_same_timestamp_10k(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: int) -> None:
    """More changes of one moment than a search gives out at all: every row is read, and the listing ends."""
    monkeypatch.setattr(hubspot_search, "TOTAL_LIMIT", 400)
    monkeypatch.setattr(searching, "LAST_RESULT", 400)
    with _many(tmp_path, MANY) as here:
        now = here.clock.now()
        for row in contacts(here):
            here.world.hubspot.update("contacts", row["hs_object_id"], {"jobtitle": "Chief"}, MIA, now)
        here.clock.advance(pause)
        comes_to_rest(here)

        assert [lead["Title"] for lead in leads(here)] == ["Chief"] * MANY


@pytest.mark.goal("G-P16")
def test_no_next_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit on a page of a query is read as well."""
    monkeypatch.setattr(salesforce_query, "PAGE", 200)
    with _many(tmp_path, MANY) as here:
        for row in leads(here):
            here.sell(row, Title="Chief")
        comes_to_rest(here)

        assert [one["jobtitle"] for one in contacts(here)] == ["Chief"] * MANY


@pytest.mark.goal("G-P16")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_cursor_after_processing(tmp_path: Path, side: Side) -> None:
    """An edit that is made while a pass writes, and which takes longer than any look goes back, is seen by the next."""
    with handed_over(tmp_path) as here:
        ask_for_a_call(here, BEN, lastname="Okafor")
        comes_to_rest(here)
        acted: list[str] = []

        def before(request: Request) -> None:
            if acted or not is_update(request):
                return
            acted.append(request.path)
            if side == "hubspot":
                here.market(BEN, jobtitle="Made meanwhile")
            else:
                here.sell(here.sales("Lead", BEN), Title="Made meanwhile")
            here.clock.advance(1800)

        for wire in here.world.wires.values():
            wire.before = before
        here.market(ADA, jobtitle="Head of Engine")
        here.sell(here.sales("Lead", ADA), Phone="+46 40 99 88 77")
        comes_to_rest(here)

        assert acted != []
        assert here.sales("Lead", BEN)["Title"] == here.contact(BEN)["jobtitle"] == "Made meanwhile"
        assert here.sales("Lead", ADA)["Title"] == here.contact(ADA)["jobtitle"] == "Head of Engine"


@pytest.mark.goal("G-P16")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
@pytest.mark.parametrize("pause", [0, 1, 30])
def test_id_only_dedupe(tmp_path: Path, side: Side, pause: int) -> None:
    """One record that is edited again and again: the last edit arrives each time, though its id was seen before."""
    with handed_over(tmp_path) as here:
        for turn in range(4):
            for word in ("first", "last"):
                title = f"{word} {turn}"
                if side == "hubspot":
                    here.market(ADA, jobtitle=title)
                else:
                    here.sell(here.sales("Lead", ADA), Title=title)
                here.clock.advance(pause)
            here.bridge.engine.run_pass()
            here.settle()
            assert here.sales("Lead", ADA)["Title"] == here.contact(ADA)["jobtitle"] == f"last {turn}"
        comes_to_rest(here)


@pytest.mark.fault("F17")
def test_a_burst_that_no_webhook_told_of_is_found_by_one_poll_and_each_person_written_once(
    tmp_path: Path,
) -> None:
    """The bridge listens to no webhook: how many events a minute brought changes neither its calls nor its writes."""
    with _many(tmp_path, 150) as here:
        for turn in range(5):
            for one in contacts(here):
                here.market(one["email"], jobtitle=f"Chief {turn}")
        before = len(here.world.log)
        here.settle()

        written = Counter(one.id for one in here.written(after=before) if one.field == "Title")
        assert set(written.values()) == {1}
        assert {lead["Title"] for lead in leads(here)} == {"Chief 4"}
        assert len(written) == 150


# ── what was changed on its way ──────────────────────────────────────────────


@pytest.mark.goal("G-R1")
@pytest.mark.parametrize("code", ["EUR", "USD", "GBP"])
def test_relabelled_currency(tmp_path: Path, code: str) -> None:
    """An amount keeps its currency, whatever the corporate one is, and is never converted."""
    with town(tmp_path, in_process=True) as here:
        money = choice("CurrencyIsoCode", ("USD", "EUR", "GBP"), restricted=True, default="USD")
        here.world.salesforce.org.kinds["Opportunity"].add([money])
        here.run()
        here.settle()
        ask_for_a_call(here)
        here.settle()
        lead, seller = here.sales("Lead", ADA), here.user(SAM)
        _, _, deal = here.world.salesforce.convert_lead(lead["Id"], seller, here.clock.now(), "First order")
        here.clock.advance(2)
        won = {"Amount": 24000, "CurrencyIsoCode": code, "StageName": "Closed Won", "CloseDate": "2026-11-23"}
        here.sell(here.world.salesforce.record(str(deal)), "Opportunity", **won)
        comes_to_rest(here)

        [shown] = here.world.hubspot.records("deals")
        assert (shown["amount"], shown["deal_currency_code"]) == ("24000", code)
        ada = here.contact(ADA)
        assert (ada["leadbridge_won_amount"], ada["leadbridge_won_currency"]) == ("24000", code)
        stands = here.world.salesforce.record(str(deal))
        assert (float(stands["Amount"]), stands["CurrencyIsoCode"]) == (24000, code)


@pytest.mark.goal("G-C4")
def test_semicolon_eater(tmp_path: Path) -> None:
    """Semicolons separate the words of a multi-select and stay what they are in a text."""
    with town(tmp_path, in_process=True) as here:
        words = {"a": "A", "b": "B", "c": "C"}
        likes = Property(name="likes", label="Likes", type="enumeration", field_type="checkbox", group="contactinformation", options=words)  # fmt: skip
        here.world.hubspot.add_property("contacts", likes)
        several = text("Likes__c", 255, type="multipicklist", choices=tuple(words))
        here.world.salesforce.org.kinds["Lead"].add([several])
        lines = here.config / "fields" / "person.yaml"
        lines.write_text(lines.read_text("utf-8") + _LIKES, "utf-8")
        here.run()
        here.settle()
        said = "Sales; Marketing;; 50 %; and ;"
        ask_for_a_call(here, jobtitle=said, likes="a;c")
        comes_to_rest(here)
        lead = here.sales("Lead", ADA)
        assert (lead["Title"], lead["Likes__c"]) == (said, "a;c")

        here.sell(lead, Title=f"{said}; Boss", Likes__c="b;c")
        comes_to_rest(here)
        ada = here.contact(ADA)
        assert (ada["jobtitle"], sorted(ada["likes"].split(";"))) == (f"{said}; Boss", ["b", "c"])


@pytest.mark.goal("G-C4")
@pytest.mark.parametrize(
    ("machine", "night"),
    [("America/Los_Angeles", "2026-10-25 01:50"), ("Pacific/Auckland", "2027-03-28 01:50")],
)
def test_time_zone_freeze(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, night: str) -> None:
    """A machine in another zone, in the night of the changed clocks: edits go on, no date moves by a day."""
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        with struck(tmp_path, at=berlin(night)) as here:
            day = night[:10]
            lead, seller = here.lead, here.user(SAM)
            due, shown = lead["Leadbridge_SLA_Due_At__c"], here.contact(ADA)["leadbridge_sla_due_at"]
            assert moment(due) == moment(shown)
            for _ in range(3):
                after = here.edit()
                here.clock.advance(1500)
                here.live(2)
                here.assert_both_arrived_once(after)
            _, _, deal = here.world.salesforce.convert_lead(lead["Id"], seller, here.clock.now(), "Order")
            here.clock.advance(2)
            here.sell(here.world.salesforce.record(str(deal)), "Opportunity", CloseDate=day)
            here.live(3)

            [standing] = here.world.hubspot.records("deals")
            assert moment(standing["closedate"]) == berlin(f"{day} 00:00")
            assert here.world.salesforce.record(str(deal))["CloseDate"] == day
            here.assert_quiet()
    finally:
        monkeypatch.undo()
        time.tzset()


# ── what cost too much, or went round in a ring ──────────────────────────────


@pytest.mark.goal("G-P8", "G-P12")
@pytest.mark.fault("F09")
@pytest.mark.invariant("I15")
def test_bulk_falls_back_row_by_row(tmp_path: Path) -> None:
    """Three bad rows among two hundred: the rest goes through, and each bad one costs a handful of calls."""
    with town(tmp_path, in_process=True) as here:
        tier = Property(
            name="tier", label="Tier", type="number", field_type="number", group="contactinformation"
        )
        here.world.hubspot.add_property("contacts", tier)
        here.world.salesforce.org.kinds["Lead"].add([text("Tier__c", 40)])
        lines = here.config / "fields" / "person.yaml"
        lines.write_text(lines.read_text("utf-8") + _TIER, "utf-8")
        _fill(here, 200)
        bad = [f"p{number}@p{number}.example" for number in (7, 77, 177)]
        for row in leads(here):
            here.sell(row, Title="Chief", Tier__c="first class" if row["Email"] in bad else "1")
        before = Counter(here.world.hubspot.calls)
        here.settle()
        spent = Counter(here.world.hubspot.calls) - before
        updates = sum(n for (_, path), n in spent.items() if path.endswith("/batch/update"))

        assert [one["email"] for one in contacts(here) if one["jobtitle"] != "Chief"] == []
        assert sorted(one["email"] for one in contacts(here) if one.get("tier") != "1") == sorted(bad)
        assert [one.field for one in here.problems()] == ["tier"] * 3
        assert updates <= 2 + 3 * (2 * log2(100) + 5)
        comes_to_rest(here)


@pytest.mark.goal("G-I2")
def test_two_users_one_contact(tmp_path: Path) -> None:
    """Two Leads with one contact's e-mail: a person is asked, and neither ever writes to the other."""
    with town(tmp_path, in_process=True) as here:
        here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Lind"}, MIA, here.clock.now())
        rows = [{"LastName": "Lind", "Company": company, "Email": ADA} for company in ("Nordwind", "Sydvind")]
        both = [here.world.salesforce.create("Lead", row, here.user(SAM), here.clock.now()) for row in rows]
        here.clock.advance(900)
        here.run()
        comes_to_rest(here)
        assert codes(here) != []
        before = len(here.world.log)
        for turn in range(3):
            for place, lead in enumerate(both):
                here.sell({"Id": lead}, Title=f"Boss {place} {turn}")
                here.settle()
        here.market(ADA, jobtitle="Neither")
        comes_to_rest(here)

        assert here.written(after=before) == []
        assert [here.world.salesforce.record(lead)["Title"] for lead in both] == ["Boss 0 2", "Boss 1 2"]
        assert set(codes(here)) == {"several_candidates"}


@contextmanager
def _many(folder: Path, count: int) -> Iterator[Town]:
    """A town with so many linked people, whose bridge may touch all of them at once."""
    with town(folder, in_process=True) as here:
        _fill(here, count)
        yield here


def _fill(here: Town, count: int) -> None:
    """So many people come in on both sides, and the bridge meets them."""
    rules = here.config / "bridge.yaml"
    rules.write_text(rules.read_text("utf-8").replace("at_least: 200", "at_least: 100000"), "utf-8")
    names = [f"p{number}@p{number}.example" for number in range(count)]
    people = [{"email": name, "lastname": "Lind", "jobtitle": "Clerk"} for name in names]
    sold = [{"LastName": "Lind", "Company": "N", "Email": name, "OwnerId": here.user(SAM), "Title": "Clerk"} for name in names]  # fmt: skip
    assert list(here.world.hubspot.load("contacts", people, here.clock.now())) == []
    assert list(here.world.salesforce.load("Lead", sold, here.clock.now())) == []
    here.clock.advance(900)
    here.run()
    comes_to_rest(here, after=8)


def _contact(here: Town) -> Ref:
    return Ref("hubspot", "contact", here.contact(ADA)["hs_object_id"])


@pytest.mark.goal("G-C7")
@pytest.mark.invariant("I1")
@pytest.mark.parametrize("first", ["hubspot", "salesforce"])
def test_flip_flop(tmp_path: Path, first: Side) -> None:
    """Two quick edits of one field, one on each side: one of them wins at once, and nothing is written ever after."""
    with handed_over(tmp_path) as here:
        before = len(here.world.log)
        for side in (first, "salesforce" if first == "hubspot" else "hubspot"):
            if side == "hubspot":
                here.market(ADA, jobtitle="Chief")
            else:
                here.sell(here.sales("Lead", ADA), Title="Boss")
            here.clock.advance(0.4)
        here.settle()
        writes = [(one.field, one.new) for one in here.written(after=before)]
        for _ in range(10):
            here.settle()

        assert writes == [("jobtitle", "Boss")]
        assert (here.contact(ADA)["jobtitle"], here.sales("Lead", ADA)["Title"]) == ("Boss", "Boss")
        assert len(here.written(after=before)) == len(writes)


@pytest.mark.goal("G-P19")
@pytest.mark.invariant("I6")
def test_mass_switch_on(tmp_path: Path) -> None:
    """Everybody there is, switched on at once: nobody is doubled, handed over, written to or given a task."""
    with town(tmp_path, people=300, in_process=True) as here:
        people = ("contacts", "Lead", "Contact")
        before = _counted(here, people)
        here.run(mode="observe")
        here.settle()
        here.run()
        comes_to_rest(here)

        assert _counted(here, people) == before
        assert {str(one.decision.new) for one in here.decided("moved")} & {
            "qualified",
            "handed_over",
        } == set()
        assert here.decided("told") == []
        us = here.world.salesforce.integration_user
        assert [row for row in here.world.salesforce.records("Task") if row["CreatedById"] == us] == []
        keys = Counter(
            one["leadbridge_key"]
            for one in here.world.hubspot.records("companies")
            if one.get("leadbridge_key")
        )
        assert set(keys.values()) == {1}


def _counted(here: Town, kinds: tuple[str, ...]) -> dict[str, int]:
    hubspot, salesforce = here.world.hubspot, here.world.salesforce
    return {kind: len((hubspot if kind.islower() else salesforce).records(kind)) for kind in kinds}
