"""The names under which a kind knows its children: ``Contacts`` of an Account.

As recorded describes name them
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from twins.salesforce.schema.kinds import Field, Kind

# By the child's kind and field; what is not here has no name, and no subquery reaches it.
_NAMES = {
    ("Contact", "AccountId"): "Contacts",
    ("Opportunity", "AccountId"): "Opportunities",
    ("Opportunity", "ContactId"): "Opportunities",
    ("Opportunity", "CampaignId"): "Opportunities",
    ("Account", "ParentId"): "ChildAccounts",
    ("Campaign", "ParentId"): "ChildCampaigns",
    ("OpportunityContactRole", "OpportunityId"): "OpportunityContactRoles",
    ("OpportunityContactRole", "ContactId"): "OpportunityContactRoles",
    ("OpportunityLineItem", "OpportunityId"): "OpportunityLineItems",
    ("OpportunityHistory", "OpportunityId"): "OpportunityHistories",
    ("CampaignMember", "CampaignId"): "CampaignMembers",
    ("CampaignMember", "LeadId"): "CampaignMembers",
    ("CampaignMember", "ContactId"): "CampaignMembers",
    ("CampaignMemberStatus", "CampaignId"): "CampaignMemberStatuses",
    ("Task", "WhoId"): "Tasks",
    ("Task", "WhatId"): "Tasks",
    ("Event", "WhoId"): "Events",
    ("Event", "WhatId"): "Events",
    ("User", "ManagerId"): "ManagedUsers",
    ("LeadHistory", "LeadId"): "Histories",
    ("ContactHistory", "ContactId"): "Histories",
    ("AccountHistory", "AccountId"): "Histories",
    ("CampaignHistory", "CampaignId"): "Histories",
    ("OpportunityFieldHistory", "OpportunityId"): "Histories",
}


class Child(NamedTuple):
    """One way from a parent down to rows of *kind*, whose *field* refers to it; *name* may be empty."""

    name: str
    kind: Kind
    field: Field


def children(kinds: Mapping[str, Kind], parent: Kind) -> Iterator[Child]:
    """Every reference to *parent*, with the name of the relation."""
    for kind in kinds.values():
        for field in kind.fields.values():
            if parent.name in field.refers_to:
                custom = f"{kind.name.removesuffix('__c')}s__r" if field.custom else ""
                yield Child(field.children or _NAMES.get((kind.name, field.name), custom), kind, field)


def child(kinds: Mapping[str, Kind], parent: Kind, name: str) -> Child | None:
    """The relation of this name in any case of letters."""
    lower = name.lower()
    return next((one for one in children(kinds, parent) if one.name and one.name.lower() == lower), None)


def described(kinds: Mapping[str, Kind], parent: Kind) -> list[dict[str, Any]]:
    """``childRelationships`` of a describe; a relation without a name says null."""
    return [
        {
            "cascadeDelete": one.field.required,
            "childSObject": one.kind.name,
            "deprecatedAndHidden": False,
            "field": one.field.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": one.name or None,
            "restrictedDelete": False,
        }
        for one in children(kinds, parent)
    ]
