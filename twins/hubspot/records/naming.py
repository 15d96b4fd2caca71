"""Which record a call means: by id, by e-mail or another unique property, through a merge to the survivor."""

from __future__ import annotations

from typing import Any

from twins.hubspot.errors import invalid_json, not_numeric, not_unique
from twins.hubspot.shelves.rows import Row, Shelf

_TOO_LONG = 20  # digits; HubSpot's ids are 64-bit numbers


def named_in_path(shelf: Shelf, key: str, by: str) -> Row | None:
    """The record that a path names; a path that could be no id is told so (Refused)."""
    if not by and not is_id(key):
        raise not_numeric(key)
    return found(shelf, key, by)


def found(shelf: Shelf, key: str, by: str | None) -> Row | None:
    """The living record of an id or a unique value; Refused when *by* names no unique property.

    The id of a merged record leads to the one that survived:
    https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies
    """
    if not by or by == "hs_object_id":
        return shelf.find(int(key)) if is_id(key) else None
    if by not in shelf.unique:
        raise not_unique(shelf.kind.type_id)
    return shelf.holder(by, key)


def is_id(key: str) -> bool:
    """Whether a text could be an id, or another whole number of HubSpot's."""
    return key.isascii() and key.isdecimal() and len(key) < _TOO_LONG


def key_of(one: dict[str, Any]) -> str:
    """The id of one input of a batch, as text; raises Refused when it is neither text nor number."""
    key = one.get("id", "")
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise invalid_json("id must be a text")
    return str(key)


def key_property(one: dict[str, Any]) -> str:
    """The ``idProperty`` of one input of a batch, "" when there is none; raises Refused when it is no text."""
    by = one.get("idProperty") or ""
    if not isinstance(by, str):
        raise invalid_json("idProperty must be a text")
    return by
