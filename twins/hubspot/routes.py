"""Which path leads to which resource, in the dated form and in the old one.

``/crm/objects/2026-09/contacts`` and ``/crm/v3/objects/contacts`` are the same place; associations
are ``v4`` in the old form (https://developers.hubspot.com/docs/api-reference/legacy/migration-guide).
"""

from __future__ import annotations

from typing import NamedTuple

from twins.hubspot import associations, listing, objects, owners, pipelines, properties, search
from twins.hubspot.call import Route
from twins.hubspot.errors import not_found

DATED = frozenset({"2026-03", "2026-09"})

# Literal parts stand before placeholders: the first line that fits wins.
ROUTES: dict[str, dict[str, Route]] = {
    "objects/{kind}": {"GET": listing.list_all, "POST": objects.create_one},
    "objects/{kind}/search": {"POST": search.search},
    "objects/{kind}/batch/read": {"POST": objects.batch_read},
    "objects/{kind}/batch/create": {"POST": objects.batch_create},
    "objects/{kind}/batch/update": {"POST": objects.batch_update},
    "objects/{kind}/batch/upsert": {"POST": objects.batch_upsert},
    "objects/{kind}/{id}": {
        "GET": objects.read_one,
        "PATCH": objects.update_one,
        "DELETE": objects.archive_one,
    },
    "objects/{kind}/{id}/associations/{to}": {"GET": associations.read_one},
    "objects/{kind}/{id}/associations/default/{to}/{other}": {"PUT": associations.join_default},
    "objects/{kind}/{id}/associations/{to}/{other}": {"DELETE": associations.part_one},
    "associations/{kind}/{to}/batch/read": {"POST": associations.batch_read},
    "associations/{kind}/{to}/batch/create": {"POST": associations.batch_create},
    "associations/{kind}/{to}/batch/associate/default": {"POST": associations.batch_default},
    "associations/{kind}/{to}/labels": {"GET": associations.labels},
    "properties/{kind}": {"GET": properties.list_all},
    "properties/{kind}/groups": {"GET": properties.groups},
    "properties/{kind}/{name}": {"GET": properties.read_one},
    "pipelines/{kind}": {"GET": pipelines.list_all},
    "pipelines/{kind}/{id}": {"GET": pipelines.read_one},
    "owners": {"GET": owners.list_all},
    "owners/{id}": {"GET": owners.read_one},
}
_SPLIT = [(template.split("/"), template) for template in ROUTES]


class Place(NamedTuple):
    """Where a path leads: what answers which method, and what the path names."""

    template: str
    methods: dict[str, Route]
    params: dict[str, str]


def find(segments: list[str]) -> Place:
    """The place of one path under ``/crm``; raises Refused when it leads nowhere."""
    parts = _without_version(segments)
    for pattern, template in _SPLIT:
        params = _fit(pattern, parts)
        if params is not None:
            return Place(template, ROUTES[template], params)
    raise not_found()


def _without_version(segments: list[str]) -> list[str]:
    match segments:
        case ["crm", "v3" | "v4" as version, family, *rest]:
            joins = family == "associations" or rest[2:3] == ["associations"]
            if (version == "v4") is joins:
                return [family, *rest]
        case ["crm", family, version, *rest] if version in DATED:
            return [family, *rest]
    raise not_found()


def _fit(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    params = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted[0] == "{":
            params[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return params
