"""A thousand creations whose answer is cut off after the vendor committed: a thousand records, none twice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.scenarios.town import MIA, SAM
from tests.simulation.crash.judging import lacking, made_by_us
from tests.simulation.crash.place import SHM, Place, place

CREATIONS: Final = "/composite/sobjects/Lead/", "/companies/batch/upsert", "/deals/batch/upsert"


@dataclass(frozen=True)
class Made:
    """How many were wanted, how many of each kind the bridge made, how many answers were cut, what is wrong."""

    wanted: int
    records: dict[str, int]
    cut: int
    wrong: list[str]


def lost_answers(count: int) -> list[Made]:
    """*count* leads, then *count* companies and as many deals; every call that creates is answered by a cut."""
    return [_leads(count), _companies_and_deals(count)]


def _leads(count: int) -> Made:
    with _town() as here:
        _let_crowds_pass(here)
        here.run()
        here.rest()
        began, at, owner = len(here.world.log), here.clock.now(), here.owner(SAM)
        for n in range(count):
            told = {"firstname": f"P{n}", "lastname": "Lind", "company": f"Firm {n} AB"}
            told |= {"country": "Sweden", "hubspot_owner_id": owner}
            here.world.hubspot.submit_form(f"p{n}@firm{n}.example", "Request a call", told, at)
        return _judged(here, count, began, ("Lead", "Task"))


def _companies_and_deals(count: int) -> Made:
    with _town() as here:
        _let_crowds_pass(here)
        here.run()
        here.rest()
        salesforce, sam = here.world.salesforce, here.user(SAM)
        began, at = len(here.world.log), here.clock.now()
        for n in range(count):
            account = salesforce.create("Account", {"Name": f"Firm {n} AB"}, sam, at)
            person = {"LastName": f"Lind {n}", "AccountId": account, "Email": f"p{n}@firm{n}.example"}
            contact = salesforce.create("Contact", person, sam, at)
            order = {
                "Name": f"Order {n}", "AccountId": account, "StageName": "Prospecting", "CloseDate": "2027-01-31",
            }  # fmt: skip
            deal = salesforce.create("Opportunity", order, sam, at)
            salesforce.create(
                "OpportunityContactRole",
                {"OpportunityId": deal, "ContactId": contact, "IsPrimary": True},
                sam,
                at,
            )
            here.world.hubspot.create(
                "contacts", {"email": f"p{n}@firm{n}.example", "lastname": f"Lind {n}"}, MIA, at
            )
        return _judged(here, count, began, ("companies", "deals"))


def _judged(here: Place, count: int, began: int, kinds: tuple[str, ...]) -> Made:
    for path in CREATIONS:
        here.world.faults.next("cut_after", times=count // 100 + 1, path=path)
    here.rest()
    here.world.faults.clear()
    before = len(here.world.log)
    made = made_by_us(here.world)
    wrong = list(lacking(here, began))
    here.look()
    wrong += [f"at rest, the bridge still wrote {one.kind}.{one.field}" for one in here.since(before)[:3]]
    records = {kind: made.get(kind, 0) for kind in kinds}
    wrong += [f"{kind}: {number} instead of {count}" for kind, number in records.items() if number != count]
    return Made(count, records, sum(here.world.faults.struck.values()), wrong)


def _let_crowds_pass(here: Place) -> None:
    """Neither the hourly cap nor a brake is in the way: a crowd is what is wanted here."""
    rules = here.config / "bridge.yaml"
    text = rules.read_text("utf-8")
    for cap in ("new_records_per_hour: 500", "updates: {at_least: 200", "clears: {at_least: 20"):
        assert cap in text
        text = text.replace(cap, f"{cap.rpartition(' ')[0]} 1000000")
    rules.write_text(text, "utf-8")


@contextmanager
def _town() -> Iterator[Place]:
    with (
        tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None, prefix="leadbridge-") as folder,
        place(Path(folder)) as here,
    ):
        yield here
