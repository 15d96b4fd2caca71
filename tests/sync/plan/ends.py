"""Records end: they are deleted, merged, restored, let in again, and a pass is undone; every plan is told in plain lines.

    python -m tests.sync.plan.ends        writes ends.txt anew, to be read as a diff

Like the book of `walks`, but each page is one moment: what is known of a unit when a record of it has ended,
under every policy of `deletes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

from connectors.records import Fate, Record, Ref, Side
from mappings.agreement import Agreement
from sync.bootstrap import read_agreement, shipped_config
from sync.model import Decision, Entry, Facts, Link, Tombstone
from sync.plan.undo import plan_undo
from tests.sync.dumb import SAM
from tests.sync.plan.people import AN_HOUR_AGO, NOW, Planner, carried_out, edited, stands, unit
from tests.sync.plan.telling import told

BOOK: Final = Path(__file__).with_name("ends.txt")
_SIDES: Final[tuple[Side, Side]] = ("hubspot", "salesforce")
_POLICIES: Final = ("keep", "ask", "delete", "recreate")
_YESTERDAY: Final = NOW - timedelta(days=1)


def book() -> str:
    """All pages, as they are planned by the code as it is."""
    agreement = read_agreement(shipped_config())
    pages = (*_deletions(agreement), *_merges(agreement), *_ways_back(agreement), *_undone(agreement))
    return "\n".join(
        line for title, lines in pages for line in (f"# {title}", *(f"    {one}" for one in lines), "")
    )


_Page = tuple[str, list[str]]


def _page(title: str, planner: Planner, facts: Facts) -> _Page:
    return title, list(told(planner.plan(facts), facts))


# ── linked units ─────────────────────────────────────────────────────────────


def _person(planner: Planner) -> Facts:
    met = unit(
        planner.contact(leadbridge_key="00Q1", jobtitle="Buyer"),
        planner.lead(Leadbridge_HubSpot_Id__c="501", Title="Buyer"),
        knocks=(Ref("hubspot", "contact", "501"),),
    )  # fmt: skip
    joined = stands("accepted", joined="lead:00Q1", owner=SAM, due_at=NOW + timedelta(days=2))
    return planner.settled(replace(met, standing=joined))


def _stranger(planner: Planner) -> Facts:
    return planner.settled(unit(planner.contact()))


def _company(planner: Planner) -> Facts:
    account = planner.record(
        "salesforce", "account", "0011", Name="Engines", Website="one.example", OwnerId=SAM
    )
    company = planner.record(
        "hubspot", "company", "901", name="Engines", domain="one.example", leadbridge_key="0011"
    )
    person = Ref("salesforce", "contact", "0031")
    relatives = {person: Link(7, "person", Ref("hubspot", "contact", "501"), person)}
    return planner.settled(unit(company, account, "company", relatives=relatives))


def _deal(planner: Planner) -> Facts:
    opportunity = planner.record(
        "salesforce", "opportunity", "0061", Name="Engine", StageName="Prospecting", Amount=1000,
        CloseDate="2026-12-01", OwnerId=SAM, AccountId="0011",
    )  # fmt: skip
    account = Ref("salesforce", "account", "0011")
    relatives = {account: Link(8, "company", Ref("hubspot", "company", "901"), account)}
    deal = planner.record("hubspot", "deal", "701", leadbridge_key="0061", amount="1000")
    followers = (Ref("hubspot", "contact", "501"), Ref("hubspot", "contact", "502"))
    return planner.settled(unit(deal, opportunity, "deal", relatives=relatives, followers=followers))


_UNITS: Final = {"person": _person, "company": _company, "deal": _deal}


def _under(agreement: Agreement, pair: str, hubspot: str, salesforce: str) -> Planner:
    deletes = {**agreement.bridge.deletes, pair: {"hubspot": hubspot, "salesforce": salesforce}}
    return Planner(replace(agreement, bridge=replace(agreement.bridge, deletes=deletes)))


def _ref(facts: Facts, side: Side) -> Ref:
    ref = facts.link.ref(side)
    assert ref is not None
    return ref


def _other(side: Side) -> Side:
    return "salesforce" if side == "hubspot" else "hubspot"


def _without(facts: Facts, *gone: Side, survivors: Mapping[Ref, Record] | None = None) -> Facts:
    """The unit whose records on these sides cannot be read any more, and what became of them."""
    found = survivors or {}
    fates = {
        ref: Fate(ref, found[ref].ref if ref in found else None, AN_HOUR_AGO)
        for ref in (_ref(facts, side) for side in gone)
    }
    left: dict[str, Any] = dict.fromkeys(gone)
    return replace(facts, fates=fates, survivors=found, **left)


def _stones(facts: Facts, *sides: Side, **more: Any) -> Facts:
    stones = {
        _ref(facts, side): Tombstone(_ref(facts, side), facts.pair, facts.link.ref(_other(side)), **more)
        for side in sides
    }
    return replace(facts, tombstones=stones)


# ── deletions ────────────────────────────────────────────────────────────────


def _deletions(agreement: Agreement) -> Iterator[_Page]:
    for pair, side, policy in product(_UNITS, _SIDES, _POLICIES):
        planner = _under(agreement, pair, policy, policy)
        facts = _UNITS[pair](planner)
        gone = _without(facts, side)
        title = f"{pair}: the record in {side} was deleted, policy {policy}"
        yield _page(title, planner, gone)
        yield _page(f"{title}; it is known already", planner, _stones(gone, side))
        yield _page(f"{title}; ops let the other one in", planner, _stones(gone, side, lifted=True))
        yield _page(
            f"{title}; the other one was deleted because of it and is back", planner, _stones(gone, *_SIDES)
        )
        yield _page(f"{title}, and so was the other one", planner, _without(facts, *_SIDES))
    planner = Planner(agreement)
    alone = _stranger(planner)
    yield _page("a stranger in HubSpot was deleted", planner, _without(alone, "hubspot"))
    known = replace(alone, standing=None)
    yield _page("a contact of whom nothing is known was deleted", planner, _without(known, "hubspot"))
    sales = unit(salesforce=planner.lead())
    yield _page("a Lead that nobody is linked to was deleted", planner, _without(sales, "salesforce"))


# ── merges ───────────────────────────────────────────────────────────────────


def _survivor(planner: Planner, facts: Facts, side: Side, **values: Any) -> Record:
    lost = facts.record(side)
    assert lost is not None
    return replace(
        lost, ref=replace(lost.ref, id=f"{lost.ref.id}9"), values={**lost.values, **values}, modified_by=SAM
    )


_EDITED: Final[Mapping[str, Mapping[Side, Mapping[str, Any]]]] = {
    "person": {"hubspot": {"jobtitle": "Chief", "hubspot_owner_id": "404"}, "salesforce": {"Title": "Chief"}},
    "company": {"hubspot": {"name": "Engines plc"}, "salesforce": {"Name": "Engines AG"}},
    "deal": {"hubspot": {"amount": "7"}, "salesforce": {"Amount": 7}},
}


def _merges(agreement: Agreement) -> Iterator[_Page]:
    for pair, side in product(_UNITS, _SIDES):
        planner = Planner(agreement)
        facts = _UNITS[pair](planner)
        lost, partner = _ref(facts, side), _ref(facts, _other(side))
        for how, values in (("the same", {}), ("another", _EDITED[pair][side])):
            survivor = _survivor(planner, facts, side, **values)
            merged = _without(facts, side, survivors={lost: survivor})
            title = f"{pair}: merged in {side} into one that says {how}"
            yield _page(title, planner, merged)
            yield _page(f"{title}; it is known", planner, _stones(merged, side, survivor=survivor.ref))
            yield _page(f"{title}; it was deleted before", planner, _stones(merged, side))
        yield from _into_linked(planner, facts, side, lost, partner)
    planner = Planner(agreement)
    facts = _person(planner)
    contact = facts.hubspot
    assert contact is not None
    lost = _ref(facts, "salesforce")
    survivor = _survivor(planner, facts, "salesforce")
    other_key = replace(facts, hubspot=replace(contact, values={**contact.values, "leadbridge_key": "00Q7"}))
    merged = _without(other_key, "salesforce", survivors={lost: survivor})
    yield _page("person: merged in salesforce, the contact bears another key", planner, merged)
    both = {_ref(facts, side): _survivor(planner, facts, side) for side in _SIDES}
    yield _page("person: merged on both sides", planner, _without(facts, *_SIDES, survivors=both))
    alone = _stranger(planner)
    into = {_ref(alone, "hubspot"): _survivor(planner, alone, "hubspot")}
    yield _page("a stranger in HubSpot was merged", planner, _without(alone, "hubspot", survivors=into))
    sales = unit(salesforce=planner.lead())
    into = {_ref(sales, "salesforce"): _survivor(planner, sales, "salesforce")}
    yield _page(
        "a Lead that nobody is linked to was merged", planner, _without(sales, "salesforce", survivors=into)
    )
    losers = (Ref("salesforce", "lead", "00Q5"), Ref("salesforce", "lead", "00Q6"))
    yield _page("linked records were merged into this one", planner, replace(facts, losers=losers))
    yield _page(
        "linked records were merged into this one, which is alone", planner, replace(sales, losers=losers)
    )


def _into_linked(planner: Planner, facts: Facts, side: Side, lost: Ref, partner: Ref) -> Iterator[_Page]:
    """The survivor has a link of its own already."""
    survivor = _survivor(planner, facts, side)
    stranger = replace(partner, id=f"{partner.id}8")
    merged = _without(facts, side, survivors={lost: survivor})
    title = f"{facts.pair}: merged in {side} into one that is linked"
    for name, there in (("to another", stranger), ("to the same", partner), ("to nobody", None)):
        heir = Link(9, facts.pair, None, None).naming(survivor.ref, "key")
        heir = heir.naming(there, "key") if there else heir
        yield _page(f"{title} {name}", planner, replace(merged, heir=heir))
        yield _page(f"{title} {name}; it is known", planner, _stones(replace(merged, heir=heir), side))
        gone = replace(merged, heir=heir, fates={**merged.fates, partner: Fate(partner)})
        yield _page(f"{title} {name}; its own partner is gone", planner, gone)
    both = {lost: survivor, partner: _survivor(planner, facts, _other(side))}
    heir = Link(9, facts.pair, None, None)
    for one in both.values():
        heir = heir.naming(one.ref, "key")
    yield _page(
        f"{title}, and so was the other one",
        planner,
        replace(_without(facts, *_SIDES, survivors=both), heir=heir),
    )


# ── back again ───────────────────────────────────────────────────────────────


def _ways_back(agreement: Agreement) -> Iterator[_Page]:
    for pair, side in product(_UNITS, _SIDES):
        planner = Planner(agreement)
        facts = _UNITS[pair](planner)
        yield _page(f"{pair}: the record in {side} was restored", planner, _stones(facts, side))
    planner = Planner(agreement)
    for stage in ("qualified", "accepted", "recycled"):
        facts = _stranger(planner)
        back = replace(facts, link=replace(facts.link, how="let in again"), standing=stands(stage, owner=SAM))
        yield _page(f"person: let in again, stands at {stage}", planner, back)


# ── a pass is undone ─────────────────────────────────────────────────────────


def _entry(seq: int, ref: Ref, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Entry:
    decision = Decision("update", "written", ref, side=ref.side, old=old, new=new, other=str(ref))
    return Entry(seq, 12, "written", ref, None, decision, _YESTERDAY)


def _undone(agreement: Agreement) -> Iterator[_Page]:
    planner = Planner(agreement)
    facts = _person(planner)
    contact, lead = _ref(facts, "hubspot"), _ref(facts, "salesforce")
    cases: dict[str, tuple[Facts, list[Entry]]] = {
        "a title in Salesforce": (facts, [_entry(1, lead, {"Title": "Clerk"}, {"Title": "Buyer"})]),
        "a title in HubSpot that was blank": (facts, [_entry(1, contact, {"jobtitle": None}, {"jobtitle": "Buyer"})]),
        "a title in Salesforce that was blank": (facts, [_entry(1, lead, {"Title": None}, {"Title": "Buyer"})]),
        "a title that was changed since": (
            edited(facts, "salesforce", by=SAM, Title="Chief"),
            [_entry(1, lead, {"Title": "Clerk"}, {"Title": "Buyer"})],
        ),
        "a title that stood the same": (facts, [_entry(1, lead, {"Title": "Buyer"}, {"Title": "Buyer"})]),
        "two writes, the later one told first": (
            edited(facts, "salesforce", Title="Second"),
            [
                _entry(5, lead, {"Title": "First"}, {"Title": "Second"}),
                _entry(3, lead, {"Title": "Clerk"}, {"Title": "First"}),
            ],
        ),
        "both sides": (
            facts,
            [
                _entry(1, lead, {"Title": "Clerk", "City": "Bern"}, {"Title": "Buyer", "City": None}),
                _entry(2, contact, {"jobtitle": "Clerk"}, {"jobtitle": "Buyer"}),
            ],
        ),
        "what stood before is unknown": (facts, [_entry(1, lead, None, {"Title": "Buyer"})]),
        "one of two is known": (
            facts, [_entry(1, lead, {"City": "Bern"}, {"Title": "Buyer", "City": None})],
        ),
        "leadbridge's own fields": (
            facts,
            [_entry(1, lead, {"Leadbridge_Stage__c": None, "Title": "Clerk"}, {"Leadbridge_Stage__c": "accepted", "Title": "Buyer"})],
        ),
        "an opt-out": (
            edited(facts, "hubspot", hs_email_optout="true"),
            [_entry(1, contact, {"hs_email_optout": None}, {"hs_email_optout": "true"})],
        ),
        "a record that is gone": (
            facts, [_entry(1, Ref("salesforce", "lead", "00Q8"), {"Title": "Clerk"}, {"Title": "Buyer", "City": "Bern"})],
        ),
        "a country, written in another word": (
            facts, [_entry(1, lead, {"Country": "Narnia"}, {"Country": "Germany"})],
        ),
        "a unit of whom one record is left": (
            replace(facts, salesforce=None),
            [_entry(1, contact, {"jobtitle": "Clerk"}, {"jobtitle": "Buyer"})],
        ),
    }  # fmt: skip
    for title, (stood, written) in cases.items():
        inverse = plan_undo(stood, written, planner.terms, NOW)
        left = [f"left {one.ref} {one.field}: {one.why}" for one in inverse.left]
        yield f"undo: {title}", [f"restored {inverse.restored}", *left, *told(inverse.plan, stood)]
    title, (stood, written) = next(iter(cases.items()))
    yield from _after_undo(planner, stood, written)


def _after_undo(planner: Planner, facts: Facts, written: list[Entry]) -> Iterator[_Page]:
    """What both sides say from then on stays apart until one of them is edited."""
    after = carried_out(facts, plan_undo(facts, written, planner.terms, NOW).plan)
    yield _page("after an undo nobody edits", planner, after)
    for side, name in (("hubspot", "jobtitle"), ("salesforce", "Title")):
        yield _page(
            f"after an undo somebody edits {side}", planner, edited(after, side, by=SAM, **{name: "Chief"})
        )
    again = plan_undo(
        after,
        [_entry(9, _ref(after, "salesforce"), {"Title": "Buyer"}, {"Title": "Clerk"})],
        planner.terms,
        NOW,
    )
    yield "the undo is undone", [f"restored {again.restored}", *told(again.plan, after)]


if __name__ == "__main__":
    BOOK.write_text(book(), "utf-8")
