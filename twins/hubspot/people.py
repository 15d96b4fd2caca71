"""The people of a portal: what marketers, visitors and HubSpot's own machinery do, and a look at what is there.

Every door takes the twin's one lock; what the wire may do has its own rooms.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from plugin.components import Component
from twins.hubspot.associations.joining import Hand, associate, dissociate
from twins.hubspot.associations.links import join, joined, part
from twins.hubspot.objects import doors, merging, privacy
from twins.hubspot.portal import Portal
from twins.hubspot.records import archiving
from twins.hubspot.records.drafting import Pen
from twins.hubspot.schema.fresh import Owner
from twins.hubspot.schema.properties import Property, from_component
from twins.hubspot.schema.required import Requirement
from twins.hubspot.settings import owners
from twins.hubspot.shelves.history import entries
from twins.hubspot.shelves.rows import Row, Shelf, Writer
from twins.hubspot.times import to_ms


class People:
    """The doors of a portal that no wire leads to."""

    portal: Portal
    _lock: threading.RLock

    @property
    def owners(self) -> tuple[Owner, ...]:
        """The people in this portal."""
        return self.portal.owners

    def create(self, kind: str, properties: Mapping[str, Any], by: str | int, now: datetime) -> str:
        """A person makes a record at the screen; the id. Raises Refused."""
        with self._lock:
            return doors.create(self._pen(kind, by, now), properties)

    def update(
        self, kind: str, id_: str, properties: Mapping[str, Any], by: str | int, now: datetime
    ) -> None:
        """A person edits a record at the screen. Raises Refused."""
        with self._lock:
            doors.update(self._pen(kind, by, now), id_, properties)

    def automate(
        self,
        kind: str,
        id_: str,
        properties: Mapping[str, Any],
        now: datetime,
        *,
        source: str = "AUTOMATION_PLATFORM",
    ) -> None:
        """HubSpot itself sets properties: scores, analytics, opt-outs, workflows; read-only ones too."""
        with self._lock:
            writer = Writer("automation", source, "", source)
            pen = Pen(
                portal=self.portal,
                shelf=self._shelf(kind),
                writer=writer,
                at=to_ms(now),
                is_internal=True,
            )
            doors.update(pen, id_, properties)

    def submit_form(self, email: str, form: str, properties: Mapping[str, Any], now: datetime) -> str:
        """A visitor sends a form; the contact's id. Raises Refused."""
        with self._lock:
            return doors.submit_form(self.portal, email, form, properties, to_ms(now))

    def archive(self, kind: str, id_: str, by: str | int, now: datetime) -> None:
        """A person deletes a record at the screen."""
        with self._lock:
            pen = self._pen(kind, by, now)
            archiving.archive(self.portal, pen.shelf, self._row(kind, id_), pen.writer, pen.at)

    def restore(self, kind: str, id_: str, by: str | int, now: datetime) -> None:
        """A person brings a deleted record back within 90 days. Raises Refused."""
        with self._lock:
            pen = self._pen(kind, by, now)
            archiving.restore(self.portal, pen.shelf, int(id_), pen.writer, pen.at)

    def merge(self, kind: str, primary: str, other: str, by: str | int, now: datetime) -> str:
        """A person merges *other* into *primary*; the id of the record that survives. Raises Refused."""
        with self._lock:
            pen = self._pen(kind, by, now)
            return str(merging.merge(pen, self._row(kind, primary), self._row(kind, other)).id)

    def erase(self, id_: str, by: str | int, now: datetime) -> None:
        """A person deletes a contact for good, as privacy laws ask for."""
        with self._lock:
            privacy.erase(self._pen("contacts", by, now), self._row("contacts", id_))

    def require(self, kind: str, name: str, when: tuple[str, str] | None = None) -> None:
        """An admin makes a property required: at creation, or while another property holds a value."""
        with self._lock:
            rules = self.portal.requirements.setdefault(self._shelf(kind).kind.name, [])
            rules.append(Requirement(name, when))

    def load(self, kind: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> doors.Loaded:
        """Bring many records in as they are; the list of refused rows, with all new ids beside it."""
        with self._lock:
            return doors.load(self.portal, self._shelf(kind), rows, to_ms(now))

    def associate(
        self, kind: str, id_: str, to_kind: str, to_id: str, by: str | int = "", now: datetime | None = None
    ) -> None:
        """Join two records by the default association; only one that a person makes *now* is told to apps."""
        with self._lock:
            ends = (self._shelf(kind).kind.name, self._shelf(to_kind).kind.name)
            pair = (self._row(kind, id_).id, self._row(to_kind, to_id).id)
            if now is None:
                join(self.portal, ends, *pair)
            else:
                associate(self.portal, ends, pair, None, Hand(self.portal.person(by), to_ms(now)))

    def part(
        self, kind: str, id_: str, to_kind: str, to_id: str, by: str | int = "", now: datetime | None = None
    ) -> None:
        """Take every association between two records away; only what a person does *now* has consequences."""
        with self._lock:
            ends = (self._shelf(kind).kind.name, self._shelf(to_kind).kind.name)
            pair = (int(id_), int(to_id))
            if now is None:
                part(self.portal, ends, *pair)
            else:
                dissociate(self.portal, ends, pair, None, Hand(self.portal.person(by), to_ms(now)))

    def record(self, kind: str, id_: str) -> dict[str, str]:
        """All properties of one record that hold a value; raises KeyError when there is none."""
        with self._lock:
            return _values(self._shelf(kind), self._row(kind, id_))

    def records(self, kind: str) -> list[dict[str, str]]:
        """All records of one kind by id, each with the properties that hold a value."""
        with self._lock:
            shelf = self._shelf(kind)
            return [_values(shelf, row) for row in shelf.rows.values()]

    def history(self, kind: str, id_: str, name: str) -> list[dict[str, Any]]:
        """Every value one property had, newest first, as the wire shows it."""
        with self._lock:
            return entries(self._row(kind, id_), name, self._shelf(kind).kind.name, self.portal.switches)

    def associated(self, kind: str, id_: str, to_kind: str) -> list[str]:
        """The ids of the records that one record is joined to."""
        with self._lock:
            ends = (self._shelf(kind).kind.name, self._shelf(to_kind).kind.name)
            return [str(other) for other, _ in joined(self.portal, ends, int(id_))]

    def contact(self, email: str) -> str | None:
        """The id of the contact with this address, primary or secondary."""
        with self._lock:
            row = self.portal.shelves["contacts"].holder("email", email)
            return str(row.id) if row else None

    def add_property(self, kind: str, prop: Property) -> None:
        """An admin adds a property that a fresh portal lacks."""
        with self._lock:
            self._shelf(kind).learn_property(prop)

    def bring(self, components: Iterable[Component]) -> None:
        """An admin creates properties that leadbridge brings."""
        for component in components:
            for kind in component.kinds:
                self.add_property(kind, from_component(component))

    def drop_property(self, kind: str, name: str) -> None:
        """An admin deletes a property, with all that stood in it; raises KeyError where it is unknown."""
        with self._lock:
            self._shelf(kind).forget_property(name)

    def has_property(self, kind: str, name: str) -> bool:
        """Whether the portal knows this property."""
        return name in self._shelf(kind).schema

    def add_owner(self, owner: Owner) -> Owner:
        """An admin adds a person or a queue; the owner with the ids that it was given."""
        with self._lock:
            return owners.add(self.portal, owner)

    def deactivate_owner(self, who: str) -> None:
        """An admin takes somebody's seat, by owner id or address; raises KeyError for a stranger."""
        with self._lock:
            owners.deactivate(self.portal, who)

    def form_id(self, form: str) -> str:
        """The id under which the submissions of a form are read."""
        return doors.form_guid(self.portal, form)

    def touch(self, campaign: str, contact: str, now: datetime, *how: str) -> None:
        """A campaign reaches a contact: ``contactFirstTouch``, ``contactLastTouch``, or only an influence."""
        with self._lock:
            found = self.portal.campaigns.by_guid[campaign]
            found.sessions += 1
            self.portal.campaigns.touch(found, int(contact), how, to_ms(now))

    def _shelf(self, kind: str) -> Shelf:
        return self.portal.shelf(kind)

    def _row(self, kind: str, id_: str) -> Row:
        return self._shelf(kind).rows[int(id_)]

    def _pen(self, kind: str, by: str | int, now: datetime) -> Pen:
        """What a person writes with: the admin's rules have always bound people."""
        return Pen(
            portal=self.portal,
            shelf=self._shelf(kind),
            writer=self.portal.person(by),
            at=to_ms(now),
            is_enforced=True,
        )


def _values(shelf: Shelf, row: Row) -> dict[str, str]:
    calculated = {name: value for name, read in shelf.derived.items() if (value := read(row)) is not None}
    return {**row.values, **calculated}
