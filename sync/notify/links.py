"""Where a person opens a record: its page in HubSpot or in Salesforce."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from connectors.records import Ref

# The numbers of object types: https://developers.hubspot.com/docs/api/crm/understanding-the-crm
_TYPES: Final = {"contact": "0-1", "company": "0-2", "deal": "0-3"}


def links(portal: int | None, instance: Callable[[], str | None]) -> Callable[[Ref], str]:
    """The address of a record's page; where it is not known whose page that is, the record's own name.

    HubSpot's pages are known by the number of the portal, Salesforce's by the org's address.
    """

    def link_to(ref: Ref) -> str:
        if ref.side == "hubspot" and portal is not None and ref.kind in _TYPES:
            return f"https://app.hubspot.com/contacts/{portal}/record/{_TYPES[ref.kind]}/{ref.id}"
        home = instance() if ref.side == "salesforce" else None
        return f"{home}/{ref.id}" if home else str(ref)

    return link_to
