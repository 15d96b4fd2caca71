"""Who is who on both sides: owners and users with one e-mail are one person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Connector
from connectors.records import Record, Ref, Side
from mappings.directory import Directory
from mappings.holidays import code_of
from mappings.hours import BusinessHours
from mappings.owners import Owners
from sync.model import Problem

KEPT_FOR: Final = timedelta(hours=1)


class Roster:
    """Reads owners, users and queues once an hour."""

    def __init__(
        self,
        connectors: Mapping[Side, Connector],
        owners: Owners,
        fields: Mapping[tuple[Side, str], tuple[str, ...]],
    ) -> None:
        self._connectors = connectors
        self._owners = owners
        self._fields = fields
        self._directory: Directory | None = None
        self._read_at: datetime | None = None
        self._is_news = False
        self.fallback_queue: str | None = None
        self._names: dict[str, str] = {}

    @property
    def countries(self) -> Mapping[str, str]:
        """The countries of Salesforce's users by id; none before anybody looked."""
        known = self._directory
        return known.countries if known is not None else {}

    def name_of(self, user: str) -> str:
        """The name of a user of either side; a user that is not known keeps the id."""
        return self._names.get(user, user)

    def forget(self) -> None:
        """Read everybody again when they are asked for next."""
        self._directory = None

    def take_unplaced(self, hours: BusinessHours) -> tuple[list[Problem], list[Ref]] | None:
        """Once after each reading: the sellers whose country is not known, each a problem, and all other users."""
        if not self._is_news or self._directory is None:
            return None
        self._is_news = False
        known = self._directory
        unplaced = [user for user in known.salesforce if hours.owners_holidays and _is_unplaced(known, user)]
        others = [Ref("salesforce", "user", user) for user in known.salesforce if user not in unplaced]
        return [_country_unknown(user, self.name_of(user)) for user in unplaced], others

    def directory(self, now: datetime) -> Directory:
        """The people of both sides, at most an hour old."""
        if self._directory is None or self._read_at is None or now - self._read_at > KEPT_FOR:
            self._directory = self._read()
            self._read_at = now
            self._is_news = True
        return self._directory

    def _read(self) -> Directory:
        users, owners = self._all("salesforce", "user"), self._all("hubspot", "owner")
        self._names = {one.ref.id: str(one.values["Name"]) for one in users if one.values.get("Name")}
        self._names |= {
            str(one.values["userId"]): _full_name(one) for one in owners if one.values.get("userId")
        }
        self.fallback_queue = self._queue() if self._owners.fallback_queue else None
        return Directory(
            hubspot={one.ref.id: str(one.values["email"]) for one in owners if one.values.get("email")},
            salesforce={one.ref.id: str(one.values["Email"]) for one in users if one.values.get("Email")},
            table=dict(self._owners.table),
            inactive=frozenset(one.ref.id for one in users if not one.values.get("IsActive")),
            managers={
                one.ref.id: str(one.values["ManagerId"]) for one in users if one.values.get("ManagerId")
            },
            countries={one.ref.id: code for one in users if (code := code_of(one.values.get("Country")))},
        )

    def _queue(self) -> str | None:
        wanted = self._owners.fallback_queue
        names = ("Id", "Name", "DeveloperName")
        queues = self._all("salesforce", "queue")
        return next(
            (one.ref.id for one in queues if wanted in [one.values.get(name) for name in names]), None
        )

    def _all(self, side: Side, kind: str) -> list[Record]:
        found: list[Record] = []
        after: str | None = ""
        while after is not None:
            page = self._connectors[side].everything(kind, self._fields[side, kind], after)
            found.extend(page.records)
            after = page.next.id if page.next else None
        return found


def _is_unplaced(known: Directory, user: str) -> bool:
    """An active user who is an owner in HubSpot as well, and of whom Salesforce names no country."""
    is_seller = known.salesforce[user].lower() in {email.lower() for email in known.hubspot.values()}
    return is_seller and user not in known.inactive and user not in known.countries


def _country_unknown(user: str, name: str) -> Problem:
    return Problem(
        code="owner_country_unknown",
        subject=Ref("salesforce", "user", user),
        text=f"Salesforce names no country of {name} whose holidays are known; those of bridge.yaml decide about the deadlines",
        remedy="give the user a Country in Salesforce, or set `business_hours.owners_holidays: false`",
    )


def _full_name(owner: Record) -> str:
    names = (owner.values.get("firstName"), owner.values.get("lastName"))
    return " ".join(str(name) for name in names if name) or str(owner.values.get("email") or owner.ref.id)
