"""Rows into the twins: labels become ids, and what is refused is left out whole and said.

One way in for people's CSV files (`twins.csvfiles`), for the sample company
(`twins.sample`) and for tests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from twins.hubspot import HubSpotTwin
from twins.hubspot import Refusal as HubSpotRefusal
from twins.salesforce import Refusal as SalesforceRefusal
from twins.salesforce import SalesforceTwin
from twins.tables import CONTACTS, LABELS, LINKS, SEVERAL, SHELVES, Refused, Row, Shelf, Side, Tables

OWNERS: Mapping[Side, str] = {"salesforce": "OwnerId", "hubspot": "hubspot_owner_id"}
# https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide
ONE_OF: Mapping[Shelf, tuple[str, ...]] = {CONTACTS: ("email", "firstname", "lastname")}


class _Wrong(ValueError):
    """Why one row cannot come in."""


def load(tables: Tables, salesforce: SalesforceTwin, hubspot: HubSpotTwin, now: datetime) -> list[Refused]:
    """Put all rows of *tables* into the twins; answers those left out, in the order of files and lines."""
    loading = _Loading(salesforce, hubspot, now)
    for shelf in SHELVES:
        loading.fill(shelf, tables.get(shelf, []))
    return sorted(loading.refused, key=lambda one: (SHELVES.index(one.shelf), one.line))


class _Loading:
    """One load: what is in by now, under which label, and what was left out."""

    def __init__(self, salesforce: SalesforceTwin, hubspot: HubSpotTwin, now: datetime) -> None:
        self.salesforce, self.hubspot, self.now = salesforce, hubspot, now
        self.refused: list[Refused] = []
        self._ids: dict[Shelf, dict[str, str]] = defaultdict(dict)
        self._left_out: dict[Shelf, set[str]] = defaultdict(set)
        self._owners: Mapping[Side, Mapping[str, str]] = {
            "salesforce": dict(_salesforce_owners(salesforce)),
            "hubspot": dict(_hubspot_owners(hubspot)),
        }

    def fill(self, shelf: Shelf, rows: Sequence[Row]) -> None:
        """Bring the rows of one file in; rows that point to others of the same file come after them."""
        waiting = self._without_doubles(rows)
        own_links = [name for name, other in LINKS[shelf].items() if other == shelf]
        while waiting:
            labels = {row.label for row in waiting if row.label}
            later = [row for row in waiting if any(_label(row, name) in labels for name in own_links)]
            if len(later) == len(waiting):
                self._leave_out(later, f"{' or '.join(own_links)} goes round in a ring")
                return
            held_back = set(map(id, later))
            self._put(shelf, [row for row in waiting if id(row) not in held_back])
            waiting = later

    def _without_doubles(self, rows: Iterable[Row]) -> list[Row]:
        first: dict[str, int] = {}
        kept = []
        for row in rows:
            if row.label and row.label in first:
                why = f"line {first[row.label]} has the same {LABELS[row.shelf.side]}, {row.label}"
                self.refused.append(Refused(row.shelf, row.line, why))
            else:
                first[row.label] = row.line
                kept.append(row)
        return kept

    def _put(self, shelf: Shelf, rows: Sequence[Row]) -> None:
        """Load the rows, then what joins them to others."""
        ready: list[tuple[Row, dict[str, str]]] = []
        for row in rows:
            try:
                ready.append((row, self._values(row)))
            except _Wrong as why:
                self._leave_out([row], str(why))
        if not ready:
            return
        came_in = list(self._load(shelf, ready))
        self._ids[shelf] |= {row.label: id_ for row, id_ in came_in if row.label}
        if shelf.side == "hubspot":
            self._associate(shelf, came_in)
        else:
            self._give_roles(came_in)

    def _load(self, shelf: Shelf, ready: Sequence[tuple[Row, dict[str, str]]]) -> Iterator[tuple[Row, str]]:
        """The rows that the twin took, each with its id."""
        twin = self.salesforce if shelf.side == "salesforce" else self.hubspot
        loaded = twin.load(shelf.kind, [values for _, values in ready], self.now)
        reasons = iter([_reason(refusal) for refusal in loaded])
        for (row, _), id_ in zip(ready, loaded.ids, strict=True):
            if id_ is None:
                self._leave_out([row], next(reasons))
            else:
                yield row, id_

    def _associate(self, shelf: Shelf, came_in: Iterable[tuple[Row, str]]) -> None:
        for row, id_ in came_in:
            for name, other in LINKS[shelf].items():
                for label in _labels(row, name):
                    self.hubspot.associate(shelf.kind, id_, other.kind, self._ids[other][label])

    def _give_roles(self, came_in: Iterable[tuple[Row, str]]) -> None:
        """An opportunity's contacts as its contact roles, the first one primary."""
        roles = [
            {"OpportunityId": id_, "ContactId": self._ids[other][label], "IsPrimary": str(place == 0).lower()}
            for row, id_ in came_in
            for name, other in LINKS[row.shelf].items()
            if name in SEVERAL
            for place, label in enumerate(_labels(row, name))
        ]
        if roles:
            self.salesforce.load("OpportunityContactRole", roles, self.now)

    def _values(self, row: Row) -> dict[str, str]:
        """The cells of *row* as its twin takes them: no label, links and owners by id."""
        needed = ONE_OF.get(row.shelf, ())
        if needed and not any(row.values.get(name, "").strip() for name in needed):
            raise _Wrong(f"one of {', '.join(needed)} is needed")
        values = {name: value for name, value in row.values.items() if name != LABELS[row.shelf.side]}
        for name, other in LINKS[row.shelf].items():
            ids = [self._id(name, other, label) for label in _labels(row, name)]
            values.pop(name, None)
            if ids and name not in SEVERAL:
                values[name] = ids[0]
        owner = OWNERS[row.shelf.side]
        if values.get(owner, "").strip():
            values[owner] = self._owner(row.shelf.side, owner, values[owner].strip())
        if row.shelf.side == "hubspot":
            return values
        return {name: value for name, value in values.items() if value.strip()}

    def _id(self, name: str, other: Shelf, label: str) -> str:
        if label in self._ids[other]:
            return self._ids[other][label]
        why = "was left out" if label in self._left_out[other] else f"is not in {other}"
        raise _Wrong(f"{name} points to {label}, which {why}")

    def _owner(self, side: Side, name: str, who: str) -> str:
        owners = self._owners[side]
        if who.lower() not in owners:
            known = ", ".join(one for one in owners if "@" in one or " " in one)
            raise _Wrong(f"{name}: nobody here is called {who}; write one of {known}, or leave it empty")
        return owners[who.lower()]

    def _leave_out(self, rows: Iterable[Row], why: str) -> None:
        for row in rows:
            self._left_out[row.shelf].add(row.label)
            self.refused.append(Refused(row.shelf, row.line, why))


def _label(row: Row, name: str) -> str:
    return row.values.get(name, "").strip()


def _labels(row: Row, name: str) -> list[str]:
    """The labels in a cell; only some columns may hold several."""
    parts = _label(row, name).split(";") if name in SEVERAL else [_label(row, name)]
    return list(dict.fromkeys(label for part in parts if (label := part.strip())))


def _reason(refusal: HubSpotRefusal | SalesforceRefusal) -> str:
    """A vendor's words in one line, with the column that they are about."""
    if isinstance(refusal, HubSpotRefusal):
        said, field = refusal.why, refusal.field or ""
    else:
        said, field = refusal.message, ", ".join(refusal.fields)
    # What follows in Salesforce's words is about a request body, which nobody here has written.
    line = " ".join(said.partition(" or request may be missing")[0].split())
    return line if not field or field in line else f"{field}: {line}"


def _salesforce_owners(twin: SalesforceTwin) -> Iterator[tuple[str, str]]:
    """Every user by id, e-mail and user name, every queue by id and name."""
    for names, kind in ((("Email", "Username"), "User"), (("Name",), "Group")):
        for row in twin.records(kind):
            for name in (*names, "Id"):
                yield str(row[name]).lower(), str(row["Id"])


def _hubspot_owners(twin: HubSpotTwin) -> Iterator[tuple[str, str]]:
    for owner in twin.owners:
        yield owner.email.lower(), owner.id
        yield owner.id, owner.id
