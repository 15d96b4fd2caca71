"""The objects that marketing has in an org: campaigns, their members and what a member's status can be."""

from __future__ import annotations

from twins.salesforce.schema.declared import choice, kind_of, owner, reference, several, text
from twins.salesforce.schema.kinds import Kind

STATUSES = ("Planned", "In Progress", "Completed", "Aborted")
TYPES = ("Conference", "Webinar", "Trade Show", "Email", "Advertisement", "Direct Mail", "Other")


def kinds() -> list[Kind]:
    """What a fresh org has for campaigns."""
    return [campaign(), member(), member_status()]


def campaign() -> Kind:
    """Campaign as a fresh org has it."""
    counts = (
        "NumberOfLeads", "NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses",
        "NumberOfOpportunities", "NumberOfWonOpportunities",
    )  # fmt: skip
    fields = [
        text("Name", 80, required=True),
        reference("ParentId", "Campaign"),
        choice("Type", TYPES),
        choice("Status", STATUSES, default="Planned"),
        *several("boolean", "IsActive"),
        *several("date", "StartDate", "EndDate"),
        *several("currency", "BudgetedCost", "ActualCost", "ExpectedRevenue", digits=(18, 0)),
        *several("percent", "ExpectedResponse", digits=(10, 2)),
        *several("double", "NumberSent", digits=(18, 0)),
        text("Description", 32000, type="textarea"),
        *several("int", *counts, digits=(9, 0), write="", default=0),
        *several("currency", "AmountAllOpportunities", "AmountWonOpportunities", write="", default=0.0),
        *several("date", "LastActivityDate", write=""),
        owner("User"),
    ]
    return kind_of("Campaign", "701", fields)


def member() -> Kind:
    """CampaignMember as a fresh org has it."""
    fields = [
        reference("CampaignId", "Campaign", required=True, write="c"),
        reference("LeadId", "Lead", write="c"),
        reference("ContactId", "Contact", write="c"),
        choice("Status", ("Sent", "Responded"), length=40),
        *several("boolean", "HasResponded", write=""),
        *several("date", "FirstRespondedDate", write=""),
        choice("Type", ("Lead", "Contact"), length=40, write=""),
        reference("LeadOrContactId", "Lead", "Contact", write="", relation="LeadOrContact"),
    ]
    return kind_of("CampaignMember", "00v", fields, label="Campaign Member", undeletable=False)


def member_status() -> Kind:
    """CampaignMemberStatus as a fresh org has it."""
    fields = [
        reference("CampaignId", "Campaign", required=True, write="c"),
        text("Label", 765, required=True),
        *several("int", "SortOrder", digits=(9, 0)),
        *several("boolean", "IsDefault", "HasResponded"),
    ]
    return kind_of("CampaignMemberStatus", "01Y", fields, label="Campaign Member Status", undeletable=False)
