"""Reads how HubSpot describes the properties of its objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import Transient
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.kinds import object_of
from connectors.records import Field, Schema


def describe(client: HubSpotClient, kind: str) -> Schema:
    """The properties of *kind*."""
    path = client.paths.properties(object_of(kind).name)
    body = client.read("GET", path, "describe").body
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list):
        raise Transient("HubSpot answered GET " + path + " without a list of properties.")
    return Schema(kind, {each["name"]: _field(each) for each in results})


def _field(told: Mapping[str, Any]) -> Field:
    may = told.get("modificationMetadata") or {}
    writable = not may.get("readOnlyValue", False) and not told.get("calculated", False)
    return Field(
        name=told["name"],
        type=told.get("type", "string"),
        label=told.get("label", ""),
        createable=writable,
        updateable=writable,
        description=told.get("description") or "",
        unique=bool(told.get("hasUniqueValue", False)),
        choices=tuple(each["value"] for each in told.get("options") or () if not each.get("hidden", False)),
    )
