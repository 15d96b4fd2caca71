"""Leads of Sales Hub: each needs the contact or company it is about, and dies without one.

https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.archiving import archive
from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal
from twins.hubspot.rows import Writer

PRIMARY = frozenset({578, 580})
_ABOUT = ("contacts", "companies")


def check_primary(given: Any) -> None:
    """Refuse a new lead that names neither a primary contact (578) nor a primary company (580)."""
    for one in given if isinstance(given, list) else ():
        types = one.get("types") if isinstance(one, dict) else None
        for type_ in types if isinstance(types, list) else ():
            if isinstance(type_, dict) and type_.get("associationTypeId") in PRIMARY:
                return
    # The rule is documented, the words are not.
    raise Refused(400, "A lead must be associated with a primary contact or company", "VALIDATION_ERROR")


def bury_without_primary(
    portal: Portal, ends: tuple[str, str], id_: int, other: int, writer: Writer, at: int
) -> None:
    """Two records were parted: a lead that has no primary contact or company left is deleted."""
    lead = {"leads": id_}.get(ends[0], other if ends[1] == "leads" else None)
    row = portal.shelves["leads"].rows.get(lead) if lead is not None else None
    if row is not None and not _has_primary(portal, row.id):
        archive(portal, portal.shelves["leads"], row, writer, at)


def _has_primary(portal: Portal, id_: int) -> bool:
    joined = (portal.links.get(("leads", kind), {}).get(id_, {}) for kind in _ABOUT)
    return any(PRIMARY & set(types) for others in joined for types in others.values())
