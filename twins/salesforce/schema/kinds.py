"""Kinds and fields as the twin knows them; `fresh` says which ones a fresh org has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Type = Literal[
    "id", "string", "textarea", "email", "phone", "url", "picklist", "boolean", "double", "int",
    "currency", "percent", "date", "datetime", "reference", "address", "anyType", "multipicklist",
]  # fmt: skip
TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "picklist", "multipicklist"})
NUMBERS = frozenset({"double", "int", "currency", "percent"})
MOMENTS = frozenset({"date", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: what it holds, who may write it, what is refused.

    *write* has ``c`` when it is createable and ``u`` when it is updateable. *choices* are the active values of
    a picklist, *inactive* the others. *relation* is the way up to the parent, *children* the way down to here.
    One that is *open_to_all* is not closed to anybody, as those are that the system needs.
    """

    name: str
    type: Type
    label: str
    length: int = 0
    digits: tuple[int, int] = (18, 0)
    write: str = "cu"
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()
    inactive: tuple[str, ...] = ()
    restricted: bool = False
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    refers_to: tuple[str, ...] = ()
    relation: str = ""
    children: str = ""
    part_of: str = ""
    open_to_all: bool = False

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def filterable(self) -> bool:
        """Long text cannot be filtered, nor can compounds and the values of a history."""
        return self.type not in ("address", "anyType") and not (self.type == "textarea" and self.length > 255)

    @property
    def never_blank(self) -> bool:
        """Whether a stored row always has it."""
        return self.required or self.default is not None or self.name == "OwnerId"

    @property
    def is_key(self) -> bool:
        """Whether an upsert may find records by it."""
        return self.external_id or self.id_lookup or self.type == "id"


@dataclass(slots=True)
class Kind:
    """One object type; *access* has ``c``, ``u`` and ``d`` for what the API may do to it."""

    name: str
    prefix: str
    label: str
    fields: dict[str, Field]
    access: str = "cud"
    queryable: bool = True
    undeletable: bool = True
    lower: dict[str, Field] = field(default_factory=dict)
    relations: dict[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.fields.values():
            self._learn(one)

    def _learn(self, one: Field) -> None:
        self.fields[one.name] = self.lower[one.name.lower()] = one
        if one.relation:
            self.relations[one.relation.lower()] = one

    def add(self, fields: Iterable[Field]) -> None:
        """Let an admin add custom fields."""
        for one in fields:
            self._learn(one)

    def drop(self, names: Iterable[str]) -> None:
        """Let an admin delete custom fields."""
        for name in names:
            del self.fields[name], self.lower[name.lower()]

    def find(self, name: str) -> Field | None:
        """The field of this name in any case of letters."""
        return self.fields.get(name) or self.lower.get(name.lower())

    @property
    def indexed(self) -> tuple[str, ...]:
        """Fields by which the store keeps a look-up: keys, unique texts and references."""
        return tuple(
            one.name
            for one in self.fields.values()
            if (one.is_key and one.type != "id")
            or (one.unique and one.type in TEXTS)
            or (one.type == "reference" and one.name not in _EVERYWHERE)
        )


_EVERYWHERE = frozenset({"CreatedById", "LastModifiedById", "OwnerId"})
