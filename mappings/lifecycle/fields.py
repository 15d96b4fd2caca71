"""The raw vendor fields that belong to the lifecycle, by their names on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

STAGE = {"hubspot": "leadbridge_stage", "salesforce": "Leadbridge_Stage__c"}
REASON = {"hubspot": "leadbridge_reason", "salesforce": "Leadbridge_Reason__c"}
LOST_REASON = {"hubspot": "leadbridge_lost_reason", "salesforce": "Leadbridge_Loss_Reason__c"}
GIVEN_IN = {
    "lead": REASON["salesforce"],
    "contact": REASON["salesforce"],
    "opportunity": LOST_REASON["salesforce"],
}
COMMENT = {"hubspot": "leadbridge_sales_comment", "salesforce": "Leadbridge_Sales_Comment__c"}
# Whether the deadline is over: the clock alone changes it, for many people at once.
LATE = {"hubspot": "leadbridge_sla_breached", "salesforce": "Leadbridge_SLA_Breached__c"}
# What nobody but the bridge puts on a person in Salesforce: where it stands as it was, the bridge has not written since.
OURS_ALONE = frozenset({
    "Leadbridge_Stage_Changed_At__c",
    "Leadbridge_Handed_Over_At__c",
    "Leadbridge_SLA_Due_At__c",
    "Leadbridge_SLA_Breached__c",
    "Leadbridge_Round__c",
})  # fmt: skip
# By which a person's record in Salesforce is found again.
KEY = "Leadbridge_HubSpot_Id__c"
# What people ask for a stage with, and what they give along with it.
ASKING = {"hubspot": (STAGE["hubspot"],), "salesforce": (STAGE["salesforce"], "Status")}
GIVEN = {side: (REASON[side], COMMENT[side]) for side in ("hubspot", "salesforce")}

HUBSPOT: tuple[str, ...] = (
    "email",
    "createdate",
    "lifecyclestage",
    "hs_lead_status",
    "leadbridge_stage",
    "leadbridge_stage_changed_at",
    "leadbridge_stage_changed_by",
    "leadbridge_handed_over_at",
    "leadbridge_accepted_at",
    "leadbridge_sla_due_at",
    "leadbridge_sla_breached",
    "leadbridge_reason",
    "leadbridge_sales_comment",
    "leadbridge_round",
    "leadbridge_definition_version",
    "leadbridge_sf_lead_id",
    "leadbridge_sf_contact_id",
    "leadbridge_sales_owner",
)
_PERSON: tuple[str, ...] = (
    "Id",
    "OwnerId",
    "CreatedDate",
    "CreatedById",
    "LastActivityDate",
    "Leadbridge_Stage__c",
    "Leadbridge_Stage_Changed_At__c",
    "Leadbridge_Handed_Over_At__c",
    "Leadbridge_SLA_Due_At__c",
    "Leadbridge_SLA_Breached__c",
    "Leadbridge_Round__c",
    "Leadbridge_Reason__c",
    "Leadbridge_Sales_Comment__c",
    "Leadbridge_Marketing_Summary__c",
    "Leadbridge_Source_Campaign__c",
)
SALESFORCE: Mapping[str, tuple[str, ...]] = {
    "lead": (
        *_PERSON,
        "Status",
        "IsConverted",
        "ConvertedDate",
        "ConvertedContactId",
        "ConvertedOpportunityId",
    ),
    "contact": _PERSON,
    "opportunity": (
        "Id",
        "StageName",
        "IsClosed",
        "IsWon",
        "Amount",
        "CloseDate",
        "CreatedDate",
        "LastModifiedDate",
        "Leadbridge_Loss_Reason__c",
    ),
}

# The fields of ours that take one of a list of values, which the definition gives.
LISTED = frozenset({*STAGE.values(), *REASON.values(), *LOST_REASON.values()})


def unique(*groups: Iterable[str]) -> tuple[str, ...]:
    """All names of *groups*, each once, in order."""
    return tuple(dict.fromkeys(name for group in groups for name in group))
