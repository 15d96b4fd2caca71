"""Turns HubSpot's rows into records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.errors import Transient
from connectors.hubspot.kinds import object_of
from connectors.records import Record, Ref, Version


def record(kind: str, row: Mapping[str, Any]) -> Record:
    """One record; its modified time is the property that searches filter on."""
    try:
        values = row["properties"]
        modified = moment(values.get(object_of(kind).modified) or row["updatedAt"])
        created = moment(row["createdAt"]) if row.get("createdAt") else None
        history = {
            name: tuple(_version(each) for each in steps)
            for name, steps in (row.get("propertiesWithHistory") or {}).items()
        }
        return Record(Ref("hubspot", kind, str(row["id"])), values, modified, created, history=history)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Transient(
            "HubSpot answered with a " + kind + " without a readable id, time or properties."
        ) from None


def owner(row: Mapping[str, Any]) -> Record:
    """One owner; `id` is what ``hubspot_owner_id`` holds, `userId` is what history names."""
    try:
        values = {name: value for name, value in row.items() if name != "teams"}
        created = moment(row["createdAt"]) if row.get("createdAt") else None
        return Record(Ref("hubspot", "owner", str(row["id"])), values, moment(row["updatedAt"]), created)
    except (KeyError, TypeError, ValueError):
        raise Transient("HubSpot answered with an owner without a readable id or time.") from None


def moment(text: str) -> datetime:
    """HubSpot's times come with milliseconds, without any, or as epoch milliseconds."""
    if text.isdecimal():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def _version(step: Mapping[str, Any]) -> Version:
    source = step.get("sourceType")
    return Version(step.get("value"), moment(step["timestamp"]), _author(step, source), source)


def _author(step: Mapping[str, Any], source: str | None) -> str | None:
    """An app by its id, a person by the user id, whichever way HubSpot tells it."""
    told = step.get("sourceId")
    if source != "INTEGRATION" and step.get("updatedByUserId") is not None:
        return str(step["updatedByUserId"])
    return str(told).removeprefix("userId:") if told else None
