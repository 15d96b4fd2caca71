"""What a token may do: the scopes that each call asks for.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes; the security
lines of HubSpot's own OpenAPI files name them call by call.
"""

from __future__ import annotations

from collections.abc import Iterable

# Any one scope of an alternative is enough; every alternative is asked for.
Needs = tuple[tuple[str, ...], ...]
_READS = ("/search", "/batch/read")
_AS_CONTACTS = frozenset({"notes", "tasks", "calls", "emails", "meetings"})
_READ_OF = {
    "/crm/owners": ("crm.objects.owners.read",),
    "/marketing/forms": ("forms",),
    "/form-integrations": ("forms",),
    "/communication-preferences": ("communication_preferences.read", "communication_preferences.read_write"),
}
_WRITE_OF = {
    "/marketing/forms": ("forms",),
    "/communication-preferences": ("communication_preferences.write", "communication_preferences.read_write"),
}
_STEMS = {
    "/crm/lists": "crm.lists",
    "/marketing/campaigns": "marketing.campaigns",
    "/marketing/marketing-events": "crm.objects.marketing_events",
}


def needed(method: str, template: str, kinds: Iterable[str]) -> Needs:
    """The scopes that one call asks for; *kinds* are the names of the kinds in its path."""
    reads = method == "GET" or template.endswith(_READS)
    verb = "read" if reads else "write"
    root = _root(template)
    if root in ("/crm/objects", "/crm/associations"):
        return tuple((_of_kind(kind, verb),) for kind in kinds)
    if root in ("/crm/properties", "/crm/pipelines"):
        return tuple(_schemas(kind, reads=reads) for kind in kinds)
    if root in _STEMS:
        return ((f"{_STEMS[root]}.{verb}",),)
    fixed = (_READ_OF if reads else _WRITE_OF).get(root)
    return (fixed,) if fixed else ()


def missing(held: frozenset[str] | None, needs: Needs) -> tuple[str, ...]:
    """The scopes of the first alternative that nobody granted; None holds all of them."""
    if held is None:
        return ()
    return next((one for one in needs if held.isdisjoint(one)), ())


def _root(template: str) -> str:
    parts = template.split("/")
    return "/".join(parts[:3] if parts[1] in ("crm", "marketing") else parts[:2])


def _of_kind(kind: str, verb: str) -> str:
    return f"crm.objects.{'contacts' if kind in _AS_CONTACTS else kind}.{verb}"


def _schemas(kind: str, *, reads: bool) -> tuple[str, ...]:
    named = "contacts" if kind in _AS_CONTACTS else kind
    if not reads:
        return (f"crm.schemas.{named}.write",)
    return (f"crm.objects.{named}.read", f"crm.schemas.{named}.read")
