"""Reads how Salesforce describes its objects to the signed-in user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import Transient
from connectors.records import Field, Schema
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.kinds import object_name


def describe(client: SalesforceClient, kind: str) -> Schema:
    """The fields of *kind* that the signed-in user sees; an invisible field is not there."""
    path = "sobjects/" + object_name(kind) + "/describe"
    body = client.read("GET", path, "describe").body
    fields = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(fields, list):
        raise Transient("Salesforce answered GET " + path + " without a list of fields.")
    return Schema(kind, {each["name"]: _field(each) for each in fields})


def _field(told: Mapping[str, Any]) -> Field:
    createable = bool(told.get("createable", True))
    return Field(
        name=told["name"],
        type=told.get("type", "string"),
        label=told.get("label", ""),
        length=told.get("length") or None,
        createable=createable,
        updateable=bool(told.get("updateable", True)),
        required=createable and not told.get("nillable", True) and not told.get("defaultedOnCreate", False),
        unique=bool(told.get("unique", False)),
        closable=bool(told.get("permissionable", True)),
        choices=tuple(each["value"] for each in told.get("picklistValues") or () if each.get("active", True)),
    )
