"""Which kinds may be joined, under which type ids, and which of them are one of a pair.

HubSpot's own ids: https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
A label that people make has a number too; inside it is kept below zero, so that it never meets one of HubSpot's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

Ends = tuple[str, str]
MOST_LABELS = 50
_PLAIN = (
    ("contacts", "companies", 279, 280),
    ("deals", "contacts", 3, 4),
    ("deals", "companies", 341, 342),
    ("leads", "contacts", 608, 609),
    ("leads", "companies", 610, 611),
    ("leads", "deals", 1037, 1038),
    ("tickets", "contacts", 16, 15),
    ("tickets", "companies", 339, 340),
    ("tickets", "deals", 28, 27),
    ("deals", "line_items", 19, 20),
    ("notes", "contacts", 202, 201),
    ("notes", "companies", 190, 189),
    ("notes", "deals", 214, 213),
    ("notes", "leads", 855, 854),
    ("notes", "tickets", 228, 227),
    ("tasks", "contacts", 204, 203),
    ("tasks", "companies", 192, 191),
    ("tasks", "deals", 216, 215),
    ("tasks", "leads", 647, 646),
    ("tasks", "tickets", 230, 229),
    ("calls", "contacts", 194, 193),
    ("calls", "companies", 182, 181),
    ("calls", "deals", 206, 205),
    ("calls", "tickets", 220, 219),
    ("emails", "contacts", 198, 197),
    ("emails", "companies", 186, 185),
    ("emails", "deals", 210, 209),
    ("emails", "tickets", 224, 223),
    ("meetings", "contacts", 200, 199),
    ("meetings", "companies", 188, 187),
    ("meetings", "deals", 212, 211),
    ("meetings", "tickets", 226, 225),
    ("contacts", "contacts", 449, 449),
    ("companies", "companies", 450, 450),
)
# One record of the first kind has one of these at most; where the way back is None, nobody lists an id for it.
_PRIMARY = (
    ("contacts", "companies", 1, 2),
    ("deals", "companies", 5, 6),
    ("tickets", "companies", 26, 25),
    ("leads", "contacts", 578, None),
    ("leads", "companies", 580, None),
    ("leads", "deals", 582, 583),
)


class AssociationType(NamedTuple):
    """One type in one direction: its label, and the id of the same type seen from the other end."""

    id: int
    label: str | None
    inverse: int | None
    is_primary: bool = False


Known = dict[Ends, dict[int, AssociationType]]


def _fresh() -> Known:
    known: Known = {}
    for here, there, to, back in _PLAIN:
        _add(known, (here, there), AssociationType(to, None, back))
        _add(known, (there, here), AssociationType(back, None, to))
    for here, there, to, back_or_none in _PRIMARY:
        _add(known, (here, there), AssociationType(to, "Primary", back_or_none, is_primary=True))
        if back_or_none is not None:
            _add(known, (there, here), AssociationType(back_or_none, "Primary", to, is_primary=True))
    ends = ("companies", "companies")
    _add(known, ends, AssociationType(13, "Child Company", 14))
    _add(known, ends, AssociationType(14, "Parent Company", 13))
    return known


def _add(known: Known, ends: Ends, one: AssociationType) -> None:
    known.setdefault(ends, {})[one.id] = one


# (from, to) → plain id, primary id.
TYPES: dict[Ends, tuple[int, int | None]] = {
    ends: (next(iter(types)), next((one.id for one in types.values() if one.is_primary), None))
    for ends, types in _fresh().items()
}


@dataclass(slots=True)
class AssociationTypes:
    """All types of a portal; *names* are those of the labels that people made, *limits* the caps they set."""

    known: Known = field(default_factory=_fresh)
    names: dict[str, tuple[Ends, int]] = field(default_factory=dict)
    limits: dict[tuple[Ends, int], int] = field(default_factory=dict)
    given: int = 0

    def of(self, ends: Ends) -> dict[int, AssociationType]:
        """The types from one kind to another by id; none when the two cannot be joined."""
        return self.known.get(ends, {})

    def made_by_people(self, ends: Ends) -> list[AssociationType]:
        """The labels that people made, from one kind to another."""
        return [one for one in self.of(ends).values() if one.id < 0]

    def add_label(self, ends: Ends, name: str, label: str, inverse_label: str) -> tuple[int, int]:
        """A new label as a pair of types, one a direction; their numbers."""
        to, back = self.given + 1, self.given + 2
        self.given = back
        _add(self.known, ends, AssociationType(-to, label, -back))
        _add(self.known, (ends[1], ends[0]), AssociationType(-back, inverse_label, -to))
        self.names[name] = (ends, -to)
        return -to, -back

    def relabel(self, ends: Ends, id_: int, label: str, inverse_label: str) -> None:
        """Other words for a label, on both sides."""
        back = (ends[1], ends[0])
        one = self.known[ends][id_]
        self.known[ends][id_] = one._replace(label=label)
        if one.inverse is not None:
            self.known[back][one.inverse] = self.known[back][one.inverse]._replace(label=inverse_label)

    def drop_label(self, ends: Ends, id_: int) -> None:
        """A label goes, in both directions."""
        one = self.known[ends].pop(id_)
        if one.inverse is not None:
            self.known[ends[1], ends[0]].pop(one.inverse, None)
        pair = {id_, one.inverse}
        self.names = {name: held for name, held in self.names.items() if held[1] not in pair}


def holder_first(ends: Ends) -> bool:
    """Whether the first end is the one that has a single primary record at the other."""
    return any((here, there) == ends for here, there, _, _ in _PRIMARY)
