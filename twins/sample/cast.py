"""The companies and people of the sample as they really are, before two systems spoil the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from twins.sample.fates import fates
from twins.sample.lands import Land, Town, lands
from twins.sample.words import Company, Fate, Past, Person, Where, digits, slug

YEARS_DAYS = 730
WITHOUT_COMPANY = 0.12
OPEN_DOMAINS = ("example.com", "example.org", "example.net")
TITLES = (
    "Managing Director", "Head of Purchasing", "Operations Manager", "Production Planner", "IT Lead", "CFO",
    "Quality Engineer", "Marketing Manager", "Owner", "Facility Manager", "Buyer", "Data Protection Officer",
)  # fmt: skip
SALUTATIONS = ("Mr.", "Ms.", "Dr.", "Prof.", "", "")
WHERE: tuple[Where, ...] = ("both", "both", "both", "hubspot", "salesforce", "nowhere")
# How a country's post codes end, after the two signs that its towns begin with.
POST_CODES: Mapping[str, str] = {
    "GB": "# #AX", "AT": "##", "CH": "##", "AU": "##", "BG": "##", "JP": "#-####", "CN": "####",
    "BR": "###-###", "IL": "#####", "PL": "-###",
}  # fmt: skip


class Cast:
    """Draws companies and people, each with an address that nobody else has."""

    def __init__(self, past: Past, sellers: Sequence[str]) -> None:
        self.past, self.random, self.sellers = past, past.random, sellers
        self.lands = lands()
        self._weights = [land.weight for land in self.lands]
        self._taken: set[str] = set()

    def companies(self, count: int) -> list[Company]:
        """*count* companies, each with a domain of its own; the first is known on both sides."""
        return [self._company(number) for number in range(1, count + 1)]

    def people(self, count: int, employers: Sequence[Company]) -> list[Person]:
        """*count* people in the shares of the adoption table."""
        pools, drawn = _pools(employers), fates(count)
        self.random.shuffle(drawn)
        return [
            self._person(number, fate, self._employer(fate, pools))
            for number, fate in enumerate(drawn, start=1)
        ]

    def _land(self) -> Land:
        return self.random.choices(self.lands, weights=self._weights)[0]

    def _company(self, number: int) -> Company:
        random, land = self.random, self._land()
        stem, branch, town = (
            random.choice(land.stems),
            random.choice(land.branches),
            random.choice(land.towns),
        )
        plain = slug((stem.latin, branch.latin))
        local = self._untaken("{0}.example", plain, f"{plain}-{land.code.lower()}")
        name = land.company.format(stem=stem.native, branch=branch.native)
        employees = int(random.lognormvariate(4, 1.3)) + 1
        return Company(
            number=number,
            name=name if local == plain else f"{name} ({town.name})",
            domain=f"{local}.example",
            land=land,
            town=town,
            street=land.street.format(stem=random.choice(land.stems).native, number=random.randrange(1, 180)),
            post_code=_post_code(random, land, town),
            phone=digits(random, land.landline),
            employees=employees,
            revenue=employees * random.randrange(60, 300) * 1000,
            where=random.choice(WHERE) if number > 1 else "both",
            seller=random.choice(self.sellers),
            created_at=self.past.moment(land, 60, YEARS_DAYS),
        )

    def _employer(self, fate: Fate, pools: Mapping[str, list[Company]]) -> Company | None:
        if fate.kind != "Contact" and self.random.random() < WITHOUT_COMPANY:
            return None
        return self.random.choice(pools["Contact" if fate.kind == "Contact" else fate.where])

    def _person(self, number: int, fate: Fate, company: Company | None) -> Person:
        random, past = self.random, self.past
        land = company.land if company and random.random() < 0.93 else self._land()
        given, family = random.choice(land.given), random.choice(land.family)
        domain = company.domain if company else random.choice(OPEN_DOMAINS)
        local = self._untaken("{0}@" + domain, f"{slug((given.latin,))}.{slug((family.latin,))}")
        return Person(
            number=number,
            fate=fate,
            land=land,
            given=given,
            family=family,
            salutation=random.choice(SALUTATIONS),
            title=random.choice(TITLES),
            email=f"{local}@{domain}",
            phone=digits(random, land.landline),
            mobile=digits(random, land.mobile) if random.random() < 0.5 else "",
            company=company,
            seller=company.seller if company and random.random() < 0.8 else random.choice(self.sellers),
            created_at=past.after(land, company.created_at) if company else past.moment(land, 2, YEARS_DAYS),
        )

    def _untaken(self, pattern: str, first: str, *others: str) -> str:
        """The first of the words that *pattern* makes no taken address of; at last one with a number."""
        tried, number = [*reversed(others), first], 1
        while pattern.format(word := tried.pop()) in self._taken:
            if not tried:
                number += 1
                tried.append(f"{others[-1] if others else first}{number}")
        self._taken.add(pattern.format(word))
        return word


def _pools(employers: Sequence[Company]) -> dict[str, list[Company]]:
    """Who may employ whom: a contact's company has an account, a side knows its own companies."""
    return {
        "Contact": [company for company in employers if company.where in ("both", "salesforce")],
        "both": list(employers),
        "hubspot": [company for company in employers if company.where != "salesforce"],
        "salesforce": [company for company in employers if company.where != "hubspot"],
    }


def _post_code(random: Random, land: Land, town: Town) -> str:
    """A post code of *town*; the Emirates have none."""
    return town.post_code and digits(random, town.post_code + POST_CODES.get(land.code, "###"))
