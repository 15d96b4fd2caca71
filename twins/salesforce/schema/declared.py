"""How the fields and kinds of a fresh org are written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twins.salesforce.schema.kinds import Field, Kind


def text(name: str, length: int, label: str = "", **more: Any) -> Field:
    """A text field, or one of the kinds of text."""
    return Field(name=name, type=more.pop("type", "string"), label=label or name, length=length, **more)


def choice(name: str, choices: Sequence[str] = (), **more: Any) -> Field:
    """A picklist; open, as the standard ones are, unless it says restricted."""
    return text(name, more.pop("length", 255), type="picklist", choices=tuple(choices), **more)


def several(type_: Any, *names: str, label: str = "", **more: Any) -> list[Field]:
    """Fields that are alike but for their names."""
    return [Field(name=name, type=type_, label=label or name, **more) for name in names]


def reference(name: str, *kinds: str, **more: Any) -> Field:
    """A look-up to one of *kinds*."""
    relation = more.pop("relation", name.removesuffix("Id"))
    label = more.pop("label", f"{relation} ID")
    return Field(
        name=name, type="reference", label=label, refers_to=kinds, relation=relation, length=18, **more
    )


def kind_of(name: str, prefix: str, fields: Sequence[Field], **more: Any) -> Kind:
    """A kind with the system fields that all have."""
    deleted = several("boolean", "IsDeleted", write="")
    whole = [text("Id", 18, f"{name} ID", type="id", write=""), *deleted, *fields, *_system()]
    label = more.pop("label", name)
    return Kind(name=name, prefix=prefix, label=label, fields={one.name: one for one in whole}, **more)


def _system() -> list[Field]:
    return [
        *several("datetime", "CreatedDate", "LastModifiedDate", "SystemModstamp", write=""),
        reference("CreatedById", "User", write=""),
        reference("LastModifiedById", "User", write=""),
    ]


def owner(*kinds: str, label: str = "Owner ID") -> Field:
    """Who owns the record: a user, for some kinds also a queue."""
    return reference("OwnerId", *kinds, label=label)


def address_parts(prefix: str, compound: str) -> list[Field]:
    """The writable parts of an address and its read-only compound."""
    part = {"part_of": compound}
    return [
        text(f"{prefix}Street", 255, type="textarea", **part),
        text(f"{prefix}City", 40, **part),
        text(f"{prefix}State", 80, **part),
        text(f"{prefix}PostalCode", 20, **part),
        text(f"{prefix}Country", 80, **part),
        Field(name=compound, type="address", label=compound, write=""),
    ]
