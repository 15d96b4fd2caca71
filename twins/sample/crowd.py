"""Any number of plain people, one after the other: for benchmarks and for backfill.

An iterator: memory stays flat at a million. The person with number *k* is the same
whatever the size of the crowd.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from twins.sample.dirt import international
from twins.sample.lands import Land, lands
from twins.sample.words import digits, iso

MINUTES_OF_TWO_YEARS = 730 * 24 * 60


@dataclass(frozen=True, slots=True)
class Twosome:
    """One person as a HubSpot contact and as a Salesforce lead; both hold the same values."""

    contact: dict[str, str]
    lead: dict[str, str]


def people(count: int, seed: int, *, today: datetime) -> Iterator[Twosome]:
    """*count* people in the order of their numbers, each on both sides, with an address of their own."""
    known, random = lands(), Random(seed)  # noqa: S311 - a crowd must be the same for everybody, not secret
    for number in range(1, count + 1):
        yield _twosome(number, random, known, today)


def _twosome(number: int, random: Random, known: tuple[Land, ...], today: datetime) -> Twosome:
    land = known[number % len(known)]
    given, family, town = random.choice(land.given), random.choice(land.family), random.choice(land.towns)
    made = today - timedelta(minutes=random.randrange(60, MINUTES_OF_TWO_YEARS))
    changed = made + (today - made) * random.random() * 0.9
    email = f"person.{number}@crowd.example"
    first, last = iso(made), iso(changed)
    phone, company = international(digits(random, land.landline)), f"Company {number % 9973}"
    street = land.street.format(stem=land.stems[0].native, number=number % 97 + 1)
    contact = {
        "email": email,
        "firstname": given.native,
        "lastname": family.native,
        "jobtitle": "Buyer",
        "phone": phone,
        "company": company,
        "address": street,
        "city": town.name,
        "state": town.region,
        "country": land.name,
        "lifecyclestage": "lead",
        "createdate": first,
        "lastmodifieddate": last,
    }
    lead = {
        "Email": email,
        "FirstName": given.native,
        "LastName": family.native,
        "Title": "Buyer",
        "Phone": phone,
        "Company": company,
        "Street": street,
        "City": town.name,
        "State": town.region,
        "Country": land.name,
        "Status": "Open - Not Contacted",
        "CreatedDate": first,
        "LastModifiedDate": last,
        "SystemModstamp": last,
    }
    return Twosome(contact, lead)
