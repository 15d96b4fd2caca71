"""The objects of a fresh org that people sell with: leads, contacts, accounts, opportunities."""

from __future__ import annotations

from twins.salesforce.schema.declared import address_parts, choice, kind_of, owner, reference, several, text
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.schema.picklists import LEAD_SOURCES, LEAD_STATUSES, RATINGS, ROLES, SALUTATIONS, STAGES


def _person(kind: str) -> list[Field]:
    return [
        text("LastName", 80, "Last Name", required=True, part_of="Name"),
        text("FirstName", 40, "First Name", part_of="Name"),
        choice("Salutation", SALUTATIONS, length=40, part_of="Name"),
        text("Name", 121, "Full Name", write=""),
        text("Title", 128),
        text("Email", 80, type="email", id_lookup=True),
        *[text(name, 40, type="phone") for name in ("Phone", "MobilePhone", "Fax")],
        text("Description", 32000, type="textarea"),
        choice("LeadSource", LEAD_SOURCES),
        *several("boolean", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall"),
        text("EmailBouncedReason", 255),
        *several("datetime", "EmailBouncedDate"),
        *several("date", "LastActivityDate", write=""),
        reference("MasterRecordId", kind, write="", relation="MasterRecord"),
    ]


def _company() -> list[Field]:
    return [
        text("Website", 255, type="url"),
        choice("Industry"),
        *several("currency", "AnnualRevenue", digits=(18, 0)),
        *several("int", "NumberOfEmployees", digits=(8, 0)),
        choice("Rating", RATINGS),
    ]


def lead() -> Kind:
    """Lead as a fresh org has it."""
    fields = [
        *_person("Lead"),
        text("Company", 255, required=True),
        *_company(),
        *address_parts("", "Address"),
        choice("Status", LEAD_STATUSES, default=LEAD_STATUSES[0]),
        owner("Group", "User"),
        *several("boolean", "IsConverted", write="c"),
        *several("boolean", "IsUnreadByOwner"),
        *several("date", "ConvertedDate", write=""),
        reference("ConvertedAccountId", "Account", write=""),
        reference("ConvertedContactId", "Contact", write=""),
        reference("ConvertedOpportunityId", "Opportunity", write=""),
    ]
    return kind_of("Lead", "00Q", fields)


def contact() -> Kind:
    """Contact as a fresh org has it."""
    fields = [
        *_person("Contact"),
        reference("AccountId", "Account"),
        reference("ReportsToId", "Contact"),
        text("Department", 80),
        *[text(name, 40, type="phone") for name in ("HomePhone", "OtherPhone", "AssistantPhone")],
        *several("date", "Birthdate"),
        *several("boolean", "IsEmailBounced", write=""),
        *address_parts("Mailing", "MailingAddress"),
        *address_parts("Other", "OtherAddress"),
        owner("User"),
    ]
    return kind_of("Contact", "003", fields)


def account() -> Kind:
    """Account as a fresh org has it."""
    fields = [
        text("Name", 255, "Account Name", required=True),
        choice("Type", ("Prospect", "Customer - Direct", "Customer - Channel", "Other")),
        reference("ParentId", "Account"),
        *[text(name, 40, type="phone") for name in ("Phone", "Fax")],
        text("AccountNumber", 40),
        text("Description", 32000, type="textarea"),
        *_company(),
        *address_parts("Billing", "BillingAddress"),
        *address_parts("Shipping", "ShippingAddress"),
        *several("date", "LastActivityDate", write=""),
        reference("MasterRecordId", "Account", write="", relation="MasterRecord"),
        owner("User"),
    ]
    return kind_of("Account", "001", fields)


def opportunity() -> Kind:
    """Opportunity as a fresh org has it."""
    fields = [
        text("Name", 120, required=True),
        choice("StageName", [stage[0] for stage in STAGES], required=True, label="Stage"),
        *several("date", "CloseDate", required=True, label="Close Date"),
        reference("AccountId", "Account"),
        reference("ContactId", "Contact", write="c"),
        *several("currency", "Amount", digits=(18, 2)),
        *several("currency", "ExpectedRevenue", digits=(18, 2), write=""),
        *several("boolean", "HasOpportunityLineItem", write=""),
        *several("double", "TotalOpportunityQuantity", digits=(18, 2)),
        reference("CampaignId", "Campaign"),
        *several("percent", "Probability", digits=(3, 0)),
        choice("ForecastCategory", ("Omitted", "Pipeline", "BestCase", "Forecast", "Closed"), write=""),
        choice("ForecastCategoryName", ("Omitted", "Pipeline", "Best Case", "Commit", "Closed")),
        *several("boolean", "IsClosed", "IsWon", write=""),
        choice(
            "Type",
            (
                "Existing Customer - Upgrade",
                "Existing Customer - Replacement",
                "Existing Customer - Downgrade",
                "New Customer",
            ),
        ),
        choice("LeadSource", LEAD_SOURCES),
        text("NextStep", 255),
        text("Description", 32000, type="textarea"),
        *several("datetime", "LastStageChangeDate", write=""),
        *several("date", "LastActivityDate", write=""),
        owner("User"),
    ]
    return kind_of("Opportunity", "006", fields)


def contact_role() -> Kind:
    """ContactRole as a fresh org has it."""
    fields = [
        reference("OpportunityId", "Opportunity", required=True, write="c"),
        reference("ContactId", "Contact", required=True),
        choice("Role", ROLES),
        *several("boolean", "IsPrimary"),
    ]
    return kind_of(
        "OpportunityContactRole", "00K", fields, label="Opportunity Contact Role", undeletable=False
    )


def product_line() -> Kind:
    """OpportunityLineItem as a fresh org has it, without a price book."""
    fields = [
        reference("OpportunityId", "Opportunity", required=True, write="c"),
        *several("double", "Quantity", digits=(12, 2), required=True),
        *several("currency", "UnitPrice", digits=(18, 2), required=True),
        *several("currency", "TotalPrice", digits=(18, 2), write=""),
        text("Description", 255),
    ]
    return kind_of("OpportunityLineItem", "00k", fields, label="Opportunity Product")
