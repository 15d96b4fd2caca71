"""The bridge's kinds and HubSpot's names for them, and what an id looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from connectors.errors import Refused


@dataclass(frozen=True, slots=True)
class Object:
    """How HubSpot names one kind; *unique* properties answer a batch read by value."""

    name: str
    type_id: str
    modified: str = "hs_lastmodifieddate"
    created: str = "createdate"
    unique: frozenset[str] = frozenset({"leadbridge_key"})


# Contacts alone keep the old name of the modified property:
# https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
OBJECTS: Mapping[str, Object] = MappingProxyType(
    {
        "contact": Object(
            "contacts", "0-1", "lastmodifieddate", unique=frozenset({"email", "leadbridge_key"})
        ),
        "company": Object("companies", "0-2"),
        "deal": Object("deals", "0-3"),
        "note": Object("notes", "0-46", created="hs_createdate", unique=frozenset()),
    }
)
# https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
JOINS: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("note", "contact"): 202,
        ("note", "company"): 190,
        ("note", "deal"): 214,
        ("contact", "company"): 279,
        ("contact", "deal"): 4,
        ("company", "contact"): 280,
        ("company", "deal"): 342,
        ("deal", "contact"): 3,
        ("deal", "company"): 341,
    }
)
_ID = re.compile(r"[0-9]{1,19}")
_NO_ID = 2**63
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def object_of(kind: str) -> Object:
    """HubSpot's names for *kind*."""
    try:
        return OBJECTS[kind]
    except KeyError:
        raise Refused(f"HubSpot has no kind {kind!r}; known are {', '.join(OBJECTS)} and owner.") from None


def is_id(text: str | None) -> bool:
    """Whether *text* can be a record id: nothing else may reach an address or a filter, whoever typed it."""
    return text is not None and _ID.fullmatch(text) is not None and int(text) < _NO_ID


def property_name(text: str) -> str:
    """*text* if it can be the name of a property; raises Refused otherwise."""
    if not _NAME.fullmatch(text):
        raise Refused(
            "A property name holds characters that HubSpot names cannot have; check the mapping files."
        )
    return text
