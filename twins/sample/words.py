"""What a generated company and person are, and the moments of their past.

The rest of `twins.sample` makes them and writes them as rows of either side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from twins.sample.lands import Land, Name, Town

FRIDAY = 4
Where = Literal["both", "hubspot", "salesforce", "nowhere"]
Outcome = Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One company; *where* says which side has a record of it."""

    number: int
    name: str
    domain: str
    land: Land
    town: Town
    street: str
    post_code: str
    phone: str
    employees: int
    revenue: int
    where: Where
    seller: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """How a person stands on the day the bridge comes: a row of the adoption table.

    *shown* are the values of ``lifecyclestage`` that HubSpot may show for it, *status*
    those of ``hs_lead_status`` (empty: blank). *share* is counted per 2,000 people.
    """

    name: str
    where: Where
    share: int
    kind: Literal["Lead", "Contact", ""] = ""
    lead_status: str = ""
    queued: bool = False
    outcomes: tuple[Outcome, ...] = ()
    shown: tuple[str, ...] = ("",)
    status: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One human being, before the two systems spoil the record."""

    number: int
    fate: Fate
    land: Land
    given: Name
    family: Name
    salutation: str
    title: str
    email: str
    phone: str
    mobile: str
    company: Company | None
    seller: str
    created_at: datetime


class Past:
    """Moments before *today*, in somebody's office hours."""

    def __init__(self, random: Random, today: datetime) -> None:
        self.random, self.today = random, today.astimezone(UTC)
        self._zones: dict[str, ZoneInfo] = {}

    def moment(self, land: Land, newest_days: int, oldest_days: int) -> datetime:
        """A working moment in *land*, between *newest_days* and *oldest_days* ago."""
        day = self.today - timedelta(days=self.random.randint(newest_days, max(newest_days, oldest_days)))
        day -= timedelta(days=max(0, day.weekday() - FRIDAY))
        second = self.random.randrange(8 * 3600, 18 * 3600)
        zone = self._zones.setdefault(land.zone, ZoneInfo(land.zone))
        local = datetime.combine(day.date(), time(second // 3600, second // 60 % 60, second % 60), zone)
        return min(local.astimezone(UTC), self.today - timedelta(hours=1))

    def after(self, land: Land, earlier: datetime, *, newest_days: int = 1) -> datetime:
        """A working moment in *land* after *earlier*."""
        age = (self.today - earlier).days
        return max(self.moment(land, min(newest_days, age), age), earlier + timedelta(minutes=10))


def iso(at: datetime) -> str:
    """*at* as both vendors write a moment."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def filled(values: Mapping[str, str]) -> dict[str, str]:
    """Only the cells that hold something."""
    return {name: value for name, value in values.items() if value}


def digits(random: Random, pattern: str) -> str:
    """*pattern* with a digit for each ``#``."""
    count = pattern.count("#")
    drawn = f"{random.randrange(10**count):0{count}}" if count else ""
    for digit in drawn:
        pattern = pattern.replace("#", digit, 1)
    return pattern


def slug(words: Sequence[str]) -> str:
    """Latin words as one part of an address."""
    kept = "".join(sign for sign in "-".join(words).lower() if sign.isalnum() or sign in " -")
    return kept.replace(" ", "-")
