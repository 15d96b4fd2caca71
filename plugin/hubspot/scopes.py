"""The least scopes of HubSpot that are needed: the daemon's follow from the agreement, the admin's from the parts.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mappings.agreement import Agreement
from plugin.hubspot.generating import bundle
from plugin.hubspot.parts import Part, Segment

_PLURALS: Final = {"contact": "contacts", "company": "companies", "deal": "deals"}
# To search for whoever stands in a stage that is to go.
COUNTS: Final = "crm.objects.contacts.read"


def daemons(agreement: Agreement) -> tuple[str, ...]:
    """What the daemon's token needs: owners, and the records of each pair, which get the key or the outcome.

    Notes and their joins go with the scopes of contacts.
    """
    kinds = sorted(_PLURALS[pair.hubspot_kind] for pair in agreement.pairs.values())
    records = (f"crm.objects.{kind}.{verb}" for kind in kinds for verb in ("read", "write"))
    return (*records, "crm.objects.owners.read")


def admins(parts: Iterable[Part]) -> tuple[str, ...]:
    """What the token of `plugin install` needs: properties of these kinds, segments, and to count who stands in a stage."""
    parts = tuple(parts)
    kinds = sorted({_PLURALS[part.kind] for part in parts if not isinstance(part, Segment)})
    schemas = (f"crm.schemas.{kind}.{verb}" for kind in kinds for verb in ("read", "write"))
    lists = ("crm.lists.read", "crm.lists.write") if any(isinstance(one, Segment) for one in parts) else ()
    return (COUNTS, *schemas, *lists)


def of_both(agreement: Agreement) -> dict[str, tuple[str, ...]]:
    """What both tokens need: the bridge's, and the admin's who installs for it."""
    return {"bridge": daemons(agreement), "admin": admins(bundle(agreement))}


def unwritable(parts: Iterable[Part], held: frozenset[str] | None) -> tuple[str, ...]:
    """The scopes that an admin's token lacks to write *parts*; none where nobody tells what it may do."""
    needed = (one for one in admins(parts) if one.endswith(".write"))
    return () if held is None else tuple(one for one in needed if one not in held)


def unreadable(parts: Iterable[Part], held: frozenset[str] | None) -> tuple[str, ...]:
    """The scopes that an admin's token lacks to read what stands in *parts*; none where nobody tells what it may do."""
    kinds = sorted({_PLURALS[part.kind] for part in parts if not isinstance(part, Segment)})
    needed = (f"crm.objects.{kind}.read" for kind in kinds)
    return () if held is None else tuple(one for one in needed if one not in held)


def lacking(agreement: Agreement, held: frozenset[str] | None) -> tuple[str, ...]:
    """A sentence for the scopes that the daemon's token lacks; none where nobody tells what it may do."""
    missing = () if held is None else tuple(one for one in daemons(agreement) if one not in held)
    if not missing:
        return ()
    return (f"hubspot: the bridge's token lacks {', '.join(missing)}: add them to its scopes.",)


def excess(agreement: Agreement, held: frozenset[str] | None) -> tuple[str, ...]:
    """A sentence for the scopes that the daemon's token has and does not need."""
    more = sorted((held or frozenset()) - {*daemons(agreement), "oauth"})
    return (f"The bridge's token may do more than it needs: {', '.join(more)}.",) if more else ()
