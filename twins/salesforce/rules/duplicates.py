"""Duplicate rules: a lead or contact whose e-mail somebody has already is blocked, or passes with a header.

https://help.salesforce.com/s/articleView?id=sales.duplicate_rules_map_of_reference.htm; fuzzy matching of names
is not part of the twin: its matching rule compares e-mail addresses in any case of letters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.setup import DuplicateRule
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """What the header of a request says: whether alerts pass, and whether found records are told in full.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm
    """

    allow_save: bool = False
    details: bool = False

    @classmethod
    def by(cls, header: str) -> Asked:
        """Read ``allowSave=true; includeRecordDetails=true``."""
        said = {
            name.strip().lower(): value.strip().lower() == "true"
            for name, _, value in (part.partition("=") for part in re.split("[;,]", header))
        }
        return cls(said.get("allowsave", False), said.get("includerecorddetails", False))


NOTHING_ASKED = Asked()


def judge(
    org: Org, kind: Kind, old: Row | None, row: Row, *, asked: Asked, fresh: Collection[str]
) -> RowRefused | None:
    """What stops *row*, or None; records of *fresh* ids, made in this very call, are not looked at."""
    email = row.get("Email")
    if not email or (old is not None and old.get("Email") == email):
        return None  # [M] an edit is judged only when it touches what the rule matches by
    for rule in org.duplicate_rules[kind.name]:
        if rule.action == "alert" and asked.allow_save:
            continue
        found = {
            name: keys
            for name in rule.against
            if (keys := _same_email(org, name, email, {row["Id"], *fresh}))
        }
        if found:
            result = _told(org, kind, rule, found, asked)
            more = {org.switches.duplicate_result_key: result}
            return RowRefused("DUPLICATES_DETECTED", rule.message, more=more)
    return None


def _same_email(org: Org, api_name: str, email: str, but: Collection[str]) -> list[str]:
    """[M] Converted leads match no more."""
    table = org.tables[api_name]
    return [
        key
        for key in table.matching("Email", email)
        if key not in but and "IsDeleted" not in table.rows[key] and "IsConverted" not in table.rows[key]
    ]


def _told(
    org: Org, kind: Kind, rule: DuplicateRule, found: Mapping[str, list[str]], asked: Asked
) -> dict[str, Any]:
    """The duplicate result, as the SOAP schema has it
    (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm).
    """
    return {
        "allowSave": rule.action == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": kind.name,
        "errorMessage": rule.message,
        "matchResults": [_matches(org, name, keys, asked) for name, keys in found.items()],
    }


def _matches(org: Org, api_name: str, keys: list[str], asked: Asked) -> dict[str, Any]:
    return {
        "entityType": api_name,
        "errors": [],
        "matchEngine": "ExactMatchEngine",
        "matchRecords": [
            {
                "additionalInformation": [],
                "fieldDiffs": [],
                "matchConfidence": 100.0,
                "record": _record(org, api_name, key, asked),
            }
            for key in keys
        ],
        "rule": f"Standard_{api_name}_Match_Rule_v1_0",
        "size": len(keys),
        "success": True,
    }


def _record(org: Org, api_name: str, key: str, asked: Asked) -> dict[str, Any]:
    attributes = {"type": api_name, "url": f"/services/data/v66.0/sobjects/{api_name}/{key}"}
    row = org.tables[api_name].rows[key]
    names = ("Id", "Name", "Email", "Company", "OwnerId") if asked.details else ("Id",)
    return {"attributes": attributes, **{name: row[name] for name in names if name in row}}
