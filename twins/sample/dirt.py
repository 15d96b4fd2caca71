"""What two systems and many hands make of a clean record.

`shabby` keeps the meaning and spoils the spelling: telephone numbers in ten formats,
upper-case addresses, spaces, a country's code for its name. `contrary` changes the meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from twins.sample.lands import Land
from twins.sample.words import digits

Cells = dict[str, str]
# What is dialled at home before another country's number, where it is not 00.
EXIT_CODES = {"1": "011", "55": "0015", "61": "0011", "81": "010", "82": "001"}


def international(number: str) -> str:
    """*number* (``country area subscriber``) in E.164."""
    return "+" + number.replace(" ", "")


def phone_formats(number: str, trunk: str) -> tuple[str, ...]:
    """*number* as ten different people write it down."""
    country, area, subscriber = number.split()
    middle = len(subscriber) // 2
    first, last = subscriber[:middle], subscriber[middle:]
    home = trunk + area
    return (
        f"+{country}{area}{subscriber}",
        f"+{country} {area} {subscriber}",
        f"{EXIT_CODES.get(country, '00')}{country} {area} {subscriber}",
        f"{home} {subscriber}",
        f"{home}/{first}-{last}",
        f"({home}) {first} {last}",
        f"+{country} ({trunk}){area} {subscriber}" if trunk else f"+{country} ({area}) {subscriber}",
        f"+{country}-{area}-{first}-{last}",
        f"+{country}.{area}.{subscriber}",
        f"+{country} {area} {subscriber} ext. {len(subscriber)}{last[-1]}",
    )


def shabby(random: Random, cells: Cells, land: Land, phones: Mapping[str, str]) -> Cells:
    """*cells* with one to three spoilt spellings; *phones* are the true numbers by cell.

    The words for the cells are those of HubSpot: ``email``, ``phone``, ``country`` …
    """
    hand = _Hand(random, cells, land, phones)
    for spoil in random.sample(hand.spoilers, random.randint(1, 3)):
        spoil()
    return hand.cells


def contrary(random: Random, cells: Cells, land: Land) -> Cells:
    """*cells* as they were before a new job title, a new number, a move or a wedding."""
    hand = _Hand(random, cells, land, {})
    for change in random.sample(hand.changes, random.randint(1, 2)):
        change()
    return hand.cells


class _Hand:
    """Somebody who types; *cells* is what stands there afterwards."""

    def __init__(self, random: Random, cells: Cells, land: Land, phones: Mapping[str, str]) -> None:
        self.random, self.cells, self.land, self.phones = random, dict(cells), land, phones
        self.spoilers = (
            self._phone, self._phone, self._loud_address, self._spaces, self._spaces, self._country,
            self._blanks, self._loud_name,
        )  # fmt: skip
        self.changes = (
            self._new_title, self._new_title, self._new_phone, self._new_town, self._new_family_name,
        )  # fmt: skip

    def _phone(self) -> None:
        for name, number in self.phones.items():
            if self.cells.get(name):
                self.cells[name] = self.random.choice(phone_formats(number, self.land.trunk))

    def _loud_address(self) -> None:
        local, _, domain = self.cells["email"].partition("@")
        addresses = (f"{local}@{domain}".upper(), f"{local.title()}@{domain}", f"{local}@{domain.title()}")
        self.cells["email"] = self.random.choice(addresses)

    def _spaces(self) -> None:
        name = self.random.choice(("firstname", "lastname", "company", "city", "jobtitle"))
        text = self.cells[name]
        self.cells[name] = self.random.choice((f"{text} ", f" {text}", f"{text}  ")) if text else ""

    def _country(self) -> None:
        self.cells["country"] = self.random.choice(self.land.spellings)

    def _blanks(self) -> None:
        for name in self.random.sample(
            ("jobtitle", "salutation", "mobilephone", "zip", "state", "website"), 2
        ):
            self.cells[name] = ""

    def _loud_name(self) -> None:
        name = self.random.choice(("firstname", "lastname"))
        self.cells[name] = self.cells[name].upper()

    def _new_title(self) -> None:
        self.cells["jobtitle"] = self.random.choice(("Assistant", "Trainee", "Team Lead", "Consultant"))

    def _new_phone(self) -> None:
        self.cells["phone"] = international(digits(self.random, self.land.landline))

    def _new_town(self) -> None:
        town = self.random.choice(self.land.towns)
        self.cells.update(city=town.name, state=town.region, zip="")

    def _new_family_name(self) -> None:
        self.cells["lastname"] = self.random.choice(self.land.family).native
