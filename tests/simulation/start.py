"""How both systems stand before the bridge first runs: one set of people copied to both sides, then set apart."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from twins.world import World

SAM: Final = "sam.seller@example.com"
SARA: Final = "sara.santos@example.com"
TOM: Final = "tom.tanaka@example.com"
MIA: Final = "mia.marketer@example.com"
MAX: Final = "max.mueller@example.com"
SELLERS: Final = (SAM, SARA, TOM)

FIRST: Final = (
    "Ada",
    "Ben",
    "Chloé",
    "Dirk",
    "Eva",
    "Frank",
    "Grace",
    "Hana",
    "Ivo",
    "Jörg",
    "Kim",
    "Lena",
    "Zoë",
)
LAST: Final = ("Lind", "Okafor", "Müller", "O'Neill", "Santos", "da Silva", "Nguyễn", "Smith", "Łukasz", "李")
COMPANIES: Final = ("Nordwind AB", "Sunrise Foods", "Kranz & Söhne", "Acme", "Bluebird Ltd", "Hansa Pumpen")

# One column a field: HubSpot's name, the Lead's, the Contact's, and some values that it may have. Several are
# equal to each other in all but form.
COLUMNS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("salutation", "Salutation", "Salutation", ("Mr.", "Ms.", "Dr.")),
    ("firstname", "FirstName", "FirstName", FIRST),
    ("lastname", "LastName", "LastName", LAST),
    ("jobtitle", "Title", "Title", ("Buyer", "CEO", "Head of Operations", "Ärztin", "Buyer ", 'VP; Sales "EMEA"')),
    ("phone", "Phone", "Phone", ("+46 8 123 456 78", "+46812345678", "+49 30 901820", "0049 30 901820", "030 901820")),
    ("mobilephone", "MobilePhone", "MobilePhone", ("+49 171 1234567", "+491711234567", "call me")),
    ("address", "Street", "MailingStreet", ("Main St 1", "Donaugasse 2", "Hafenstr. 7\nHinterhaus", "Rue 5")),
    ("city", "City", "MailingCity", ("Berlin", "Graz", "São Paulo", "berlin")),
    ("state", "State", "MailingState", ("Bavaria", "Steiermark", "BY")),
    ("zip", "PostalCode", "MailingPostalCode", ("10115", "01234", "SW1A 1AA")),
    ("country", "Country", "MailingCountry", ("Germany", "DE", "Sweden", "SE", "Österreich")),
)  # fmt: skip


class Start:
    """Fills an empty world with people who were there before the bridge."""

    def __init__(self, world: World, chance: random.Random, now: datetime) -> None:
        self._world, self._chance, self._at = world, chance, now - timedelta(days=3)

    def fill(self, people: int) -> None:
        """Let *people* people be known to one side or both, some twice, some with companies and deals."""
        for number in range(people):
            self._person(number)

    def _person(self, number: int) -> None:
        chance = self._chance
        values = {column[0]: chance.choice(column[3]) for column in COLUMNS if chance.random() < 0.6}
        values["lastname"] = chance.choice(LAST)
        domain = f"{chance.choice(('nordwind', 'sunrise', 'kranz', 'acme'))}.example"
        email = (
            f"{chance.choice(FIRST).lower()}.{number}@{domain}".replace("é", "e")
            .replace("ö", "o")
            .replace("ë", "e")
        )
        where = chance.choices(("both", "hubspot", "salesforce"), (0.6, 0.25, 0.15))[0]
        contact = self._in_hubspot(values, email) if where != "salesforce" else None
        if where == "hubspot":
            return
        kind = chance.choices(("Lead", "Contact"), (0.7, 0.3))[0]
        row = self._in_salesforce(kind, self._apart(values), email, domain, contact)
        if chance.random() < 0.08:
            self._in_salesforce("Lead", values, email, domain, None)
        if kind == "Lead" and contact and chance.random() < 0.1:
            self._keyed(contact, row)

    def _apart(self, values: Mapping[str, str]) -> dict[str, str]:
        """The same person as the other side knows it: mostly alike."""
        chance, apart = self._chance, dict(values)
        for column in COLUMNS:
            if chance.random() < 0.15:
                apart[column[0]] = chance.choice(column[3])
            elif chance.random() < 0.1 and column[0] != "lastname":
                apart.pop(column[0], None)
        return apart

    def _in_hubspot(self, values: Mapping[str, str], email: str) -> str:
        chance, given = self._chance, {**values}
        if chance.random() < 0.95:
            given["email"] = email
        if chance.random() < 0.5:
            given["company"] = chance.choice(COMPANIES)
        if chance.random() < 0.4:
            given["hubspot_owner_id"] = self.owner(chance.choice(SELLERS))
        if chance.random() < 0.4:
            given["lifecyclestage"] = chance.choice(
                ("subscriber", "lead", "customer", "marketingqualifiedlead")
            )
        return self._world.hubspot.create("contacts", given, MIA, self._next())

    def _in_salesforce(
        self, kind: str, values: Mapping[str, str], email: str, domain: str, contact: str | None
    ) -> str:
        chance, org = self._chance, self._world.salesforce
        place = 1 if kind == "Lead" else 2
        row: dict[str, Any] = {column[place]: values[column[0]] for column in COLUMNS if column[0] in values}
        if chance.random() < 0.95:
            row["Email"] = email.upper() if chance.random() < 0.1 else email
        seller = org.user(chance.choice(SELLERS))
        row["OwnerId"] = seller
        if kind == "Lead":
            row["Company"] = chance.choice(COMPANIES)
            row["Status"] = chance.choice(
                ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
            )
            if chance.random() < 0.2:
                row["OwnerId"] = org.queue
        else:
            row["AccountId"] = self._account(domain, seller)
        if contact and chance.random() < 0.1:
            row["Leadbridge_HubSpot_Id__c"] = contact
        made = org.create(kind, row, seller, self._next())
        if kind == "Contact" and chance.random() < 0.5:
            self._opportunity(made, str(row["AccountId"]), seller)
        return made

    def _account(self, domain: str, seller: str) -> str:
        """The account with this domain; HubSpot may know the company, too."""
        org, chance, name = self._world.salesforce, self._chance, domain.partition(".")[0].title()
        for row in org.records("Account"):
            if row["Name"] == name:
                return str(row["Id"])
        if chance.random() < 0.5:
            self._world.hubspot.create("companies", {"name": name, "domain": domain}, MIA, self._next())
        values = {"Name": name, "BillingCity": chance.choice(("Berlin", "Graz")), "OwnerId": seller}
        if chance.random() < 0.7:
            values["Website"] = f"https://www.{domain}/"
        return org.create("Account", values, seller, self._next())

    def _opportunity(self, contact: str, account: str, seller: str) -> None:
        org, chance = self._world.salesforce, self._chance
        at = self._next()
        deal = org.create(
            "Opportunity",
            {
                "Name": f"Deal {chance.randint(1, 99)}", "AccountId": account, "OwnerId": seller,
                "StageName": chance.choice(("Prospecting", "Qualification", "Closed Won", "Closed Lost")),
                "CloseDate": (at + timedelta(days=chance.randint(-20, 60))).date().isoformat(),
                "Amount": chance.choice((1000, 24000.5, None)),
            },
            seller,
            at,
        )  # fmt: skip
        org.create("OpportunityContactRole", {"OpportunityId": deal, "ContactId": contact}, seller, at)

    def _keyed(self, contact: str, row: str) -> None:
        """An earlier bridge has linked them already."""
        self._world.hubspot.update("contacts", contact, {"leadbridge_key": row}, MIA, self._next())

    def owner(self, email: str) -> str:
        """HubSpot's owner with this address."""
        return next(str(one.id) for one in self._world.hubspot.owners if one.email == email)

    def _next(self) -> datetime:
        self._at += timedelta(seconds=self._chance.choice((0.0, 0.3, 61.0)))
        return self._at
