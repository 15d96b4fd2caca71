"""One sample company from a seed: who exists, and what each side knows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from random import Random

from twins.sample import marketing, selling
from twins.sample.cast import Cast
from twins.sample.dirt import Cells, contrary, international, shabby
from twins.sample.words import Past, Person
from twins.tables import ACCOUNT, COMPANIES, CONTACT, CONTACTS, DEALS, LEAD, OPPORTUNITY, Row, Shelf, Tables

PEOPLE_A_COMPANY = 5
EQUAL, SLIGHT = 0.45, 0.80
SECOND_RECORD = 0.04
CONVERTED_BEFORE = 0.4


def sample(
    seed: int,
    *,
    today: datetime,
    people_count: int,
    sellers: Sequence[str],
    queue: str,
    several_currencies: bool = False,
) -> Tables:
    """The rows of *people_count* people and their companies as both sides have them on *today*.

    *sellers* are the e-mail addresses of the owners on both sides, *queue* is the name of the
    Salesforce queue; *several_currencies* says whether the org has ``CurrencyIsoCode``.
    """
    past = Past(Random(seed), today)  # noqa: S311 - a sample must be the same for everybody, not secret
    cast = Cast(past, sellers)
    employers = cast.companies(people_count // PEOPLE_A_COMPANY + 1)
    everybody = cast.people(people_count, employers)
    known = [(person, *_two_views(person, past)) for person in everybody]
    drop = () if several_currencies else ("CurrencyIsoCode",)
    leads = (row for person, _, cells in known for row in _leads(person, cells, past, queue))
    contacts = (row for person, _, cells in known for row in _contacts(person, cells, past))
    marketed = (
        marketing.contact_row(person, cells, past) for person, cells, _ in known if _is_marketed(person)
    )
    return {
        ACCOUNT: _oldest_first(ACCOUNT, selling.account_rows(employers, past), drop),
        CONTACT: _oldest_first(CONTACT, contacts),
        LEAD: _oldest_first(LEAD, leads),
        OPPORTUNITY: _oldest_first(OPPORTUNITY, selling.opportunity_rows(everybody, past), drop),
        COMPANIES: _oldest_first(COMPANIES, marketing.company_rows(employers, past)),
        CONTACTS: _oldest_first(CONTACTS, marketed),
        DEALS: _oldest_first(DEALS, marketing.deal_rows(everybody, past)),
    }


def _oldest_first(shelf: Shelf, cells: Iterable[Cells], drop: Sequence[str] = ()) -> list[Row]:
    """*cells* as rows in the order in which people made them, without the columns to *drop*."""
    made = "CreatedDate" if shelf.side == "salesforce" else "createdate"
    ordered = sorted(cells, key=lambda row: row[made])
    return [
        Row(shelf, line, {name: value for name, value in row.items() if name not in drop})
        for line, row in enumerate(ordered, start=2)
    ]


def _is_marketed(person: Person) -> bool:
    return person.fate.where in ("both", "hubspot")


def _two_views(person: Person, past: Past) -> tuple[Cells, Cells]:
    """The plain fields of *person* in HubSpot and in Salesforce: equal, slightly different or in conflict."""
    random, clean, phones = past.random, _cells(person), {"phone": person.phone, "mobilephone": person.mobile}
    drawn = random.random()
    if drawn < EQUAL:
        return clean, clean
    if drawn < SLIGHT:
        spoilt = shabby(random, clean, person.land, phones)
        return (spoilt, clean) if random.random() < 0.5 else (clean, spoilt)
    return contrary(random, clean, person.land), shabby(random, clean, person.land, phones)


def _cells(person: Person) -> Cells:
    company, land = person.company, person.land
    town = company.town if company and company.land is land else land.towns[person.number % len(land.towns)]
    return {
        "email": person.email,
        "salutation": person.salutation,
        "firstname": person.given.native,
        "lastname": person.family.native,
        "jobtitle": person.title,
        "phone": international(person.phone),
        "mobilephone": international(person.mobile) if person.mobile else "",
        "company": company.name if company else "",
        "website": company.domain if company else "",
        "address": land.street.format(
            stem=land.stems[person.number % len(land.stems)].native, number=person.number % 97 + 1
        ),
        "city": town.name,
        "state": town.region,
        "zip": company.post_code if company and company.land is land else "",
        "country": land.name,
    }


def _leads(person: Person, cells: Cells, past: Past, queue: str) -> Iterator[dict[str, str]]:
    """The leads of one person: none, one, or by somebody's haste a second one with the same e-mail."""
    twice = person.fate.where != "hubspot" and past.random.random() < SECOND_RECORD
    if person.fate.kind == "Lead":
        if person.fate.where == "salesforce" and past.random.random() < 0.05:
            cells = {**cells, "email": ""}
        yield selling.lead_row(person, cells, past, queue)
    if person.fate.outcomes and person.company and past.random.random() < CONVERTED_BEFORE:
        yield selling.converted_row(person, person.company, cells, past)
    elif twice:
        row = selling.lead_row(person, cells, past, queue)
        yield {"Status": "Open - Not Contacted", **row, "Id": f"{row['Id']}-b"}


def _contacts(person: Person, cells: Cells, past: Past) -> Iterator[dict[str, str]]:
    """The contacts of one person: none, one, or rarely two with the same e-mail."""
    if person.fate.kind != "Contact" or person.company is None:
        return
    row = selling.contact_row(person, person.company, cells, past)
    yield row
    if past.random.random() < SECOND_RECORD / 2:
        yield {**row, "Id": f"{row['Id']}-b", "Title": ""}
