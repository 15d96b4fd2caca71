"""The objects of a fresh org, with their real lengths, requirements and picklists.

Flags and lengths as recorded describes show them
(https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes) and the object reference
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.components import Component, components
from twins.salesforce.schema import Field, Kind

LEAD_STATUSES = (
    "Open - Not Contacted",
    "Working - Contacted",
    "Closed - Converted",
    "Closed - Not Converted",
)
LEAD_SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
RATINGS = ("Hot", "Warm", "Cold")
SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")
TASK_STATUSES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
ROLES = (
    "Business User", "Decision Maker", "Economic Buyer", "Economic Decision Maker", "Evaluator",
    "Executive Sponsor", "Influencer", "Technical Buyer", "Other",
)  # fmt: skip
# name, probability, forecast category, closed, won
STAGES: tuple[tuple[str, int, str, bool, bool], ...] = (
    ("Prospecting", 10, "Pipeline", False, False),
    ("Qualification", 10, "Pipeline", False, False),
    ("Needs Analysis", 20, "Pipeline", False, False),
    ("Value Proposition", 50, "Pipeline", False, False),
    ("Id. Decision Makers", 60, "Pipeline", False, False),
    ("Perception Analysis", 70, "Pipeline", False, False),
    ("Proposal/Price Quote", 75, "Pipeline", False, False),
    ("Negotiation/Review", 90, "Pipeline", False, False),
    ("Closed Won", 100, "Closed", True, True),
    ("Closed Lost", 0, "Omitted", True, False),
)
_TYPES: dict[str, Any] = {
    "choice": "picklist", "text": "string", "long_text": "textarea", "number": "double",
    "boolean": "boolean", "datetime": "datetime", "date": "date", "url": "url",
}  # fmt: skip
_KINDS = {"lead": "Lead", "contact": "Contact", "account": "Account", "opportunity": "Opportunity"}


def fresh_org(stages: Sequence[str], reasons: Sequence[str], currencies: Sequence[str]) -> dict[str, Kind]:
    """Every kind by its API name, leadbridge's own fields included.

    With *currencies* the first is the corporate one, and records with money name theirs.
    """
    kinds = [
        _lead(), _contact(), _account(), _opportunity(), _contact_role(), _task(), _event(),
        _user(), _group(), _organization(), _lead_status(), _opportunity_stage(),
    ]  # fmt: skip
    org = {kind.name: kind for kind in kinds}
    for component in components(stages, reasons):
        if component.side == "salesforce":
            for kind in component.kinds:
                org[_KINDS[kind]].add([custom(component)])
    if currencies:
        for name in ("Lead", "Contact", "Account", "Opportunity"):
            org[name].add([_choice("CurrencyIsoCode", currencies, restricted=True, default=currencies[0])])
    return org


def custom(component: Component) -> Field:
    """A component of ours as a field; our picklists are restricted, unlike the standard ones."""
    choice = component.type == "choice"
    return Field(
        name=component.name,
        type=_TYPES[component.type],
        label=component.label,
        length=255 if choice else component.length or 0,
        digits=(component.length or 18, 0),
        choices=component.choices,
        restricted=choice,
        unique=component.unique,
        external_id=component.external_id,
        id_lookup=component.external_id,
    )


def _text(name: str, length: int, label: str = "", **more: Any) -> Field:
    return Field(name=name, type=more.pop("type", "string"), label=label or name, length=length, **more)


def _choice(name: str, choices: Sequence[str] = (), **more: Any) -> Field:
    return _text(name, more.pop("length", 255), type="picklist", choices=tuple(choices), **more)


def _of(type_: Any, *names: str, label: str = "", **more: Any) -> list[Field]:
    return [Field(name=name, type=type_, label=label or name, **more) for name in names]


def _reference(name: str, *kinds: str, **more: Any) -> Field:
    relation = more.pop("relation", name.removesuffix("Id"))
    label = more.pop("label", f"{relation} ID")
    return Field(
        name=name, type="reference", label=label, refers_to=kinds, relation=relation, length=18, **more
    )


def _kind(name: str, prefix: str, fields: Sequence[Field], **more: Any) -> Kind:
    deleted = _of("boolean", "IsDeleted", write="")
    whole = [_text("Id", 18, f"{name} ID", type="id", write=""), *deleted, *fields, *_system()]
    label = more.pop("label", name)
    return Kind(name=name, prefix=prefix, label=label, fields={one.name: one for one in whole}, **more)


def _system() -> list[Field]:
    return [
        *_of("datetime", "CreatedDate", "LastModifiedDate", "SystemModstamp", write=""),
        _reference("CreatedById", "User", write=""),
        _reference("LastModifiedById", "User", write=""),
    ]


def _owner(*kinds: str, label: str = "Owner ID") -> Field:
    return _reference("OwnerId", *kinds, label=label)


def _address(prefix: str, compound: str) -> list[Field]:
    part = {"part_of": compound}
    return [
        _text(f"{prefix}Street", 255, type="textarea", **part),
        _text(f"{prefix}City", 40, **part),
        _text(f"{prefix}State", 80, **part),
        _text(f"{prefix}PostalCode", 20, **part),
        _text(f"{prefix}Country", 80, **part),
        Field(name=compound, type="address", label=compound, write=""),
    ]


def _person(kind: str) -> list[Field]:
    return [
        _text("LastName", 80, "Last Name", required=True, part_of="Name"),
        _text("FirstName", 40, "First Name", part_of="Name"),
        _choice("Salutation", SALUTATIONS, length=40, part_of="Name"),
        _text("Name", 121, "Full Name", write=""),
        _text("Title", 128),
        _text("Email", 80, type="email", id_lookup=True),
        *[_text(name, 40, type="phone") for name in ("Phone", "MobilePhone", "Fax")],
        _text("Description", 32000, type="textarea"),
        _choice("LeadSource", LEAD_SOURCES),
        *_of("boolean", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall"),
        _text("EmailBouncedReason", 255),
        *_of("datetime", "EmailBouncedDate"),
        *_of("date", "LastActivityDate", write=""),
        _reference("MasterRecordId", kind, write="", relation="MasterRecord"),
    ]


def _company() -> list[Field]:
    return [
        _text("Website", 255, type="url"),
        _choice("Industry"),
        *_of("currency", "AnnualRevenue", digits=(18, 0)),
        *_of("int", "NumberOfEmployees", digits=(8, 0)),
        _choice("Rating", RATINGS),
    ]


def _lead() -> Kind:
    fields = [
        *_person("Lead"),
        _text("Company", 255, required=True),
        *_company(),
        *_address("", "Address"),
        _choice("Status", LEAD_STATUSES, default=LEAD_STATUSES[0]),
        _owner("Group", "User"),
        *_of("boolean", "IsConverted", write=""),
        *_of("boolean", "IsUnreadByOwner"),
        *_of("date", "ConvertedDate", write=""),
        _reference("ConvertedAccountId", "Account", write=""),
        _reference("ConvertedContactId", "Contact", write=""),
        _reference("ConvertedOpportunityId", "Opportunity", write=""),
    ]
    return _kind("Lead", "00Q", fields)


def _contact() -> Kind:
    fields = [
        *_person("Contact"),
        _reference("AccountId", "Account"),
        _reference("ReportsToId", "Contact"),
        _text("Department", 80),
        *[_text(name, 40, type="phone") for name in ("HomePhone", "OtherPhone", "AssistantPhone")],
        *_of("date", "Birthdate"),
        *_of("boolean", "IsEmailBounced", write=""),
        *_address("Mailing", "MailingAddress"),
        *_address("Other", "OtherAddress"),
        _owner("User"),
    ]
    return _kind("Contact", "003", fields)


def _account() -> Kind:
    fields = [
        _text("Name", 255, "Account Name", required=True),
        _choice("Type", ("Prospect", "Customer - Direct", "Customer - Channel", "Other")),
        _reference("ParentId", "Account"),
        *[_text(name, 40, type="phone") for name in ("Phone", "Fax")],
        _text("AccountNumber", 40),
        _text("Description", 32000, type="textarea"),
        *_company(),
        *_address("Billing", "BillingAddress"),
        *_address("Shipping", "ShippingAddress"),
        *_of("date", "LastActivityDate", write=""),
        _reference("MasterRecordId", "Account", write="", relation="MasterRecord"),
        _owner("User"),
    ]
    return _kind("Account", "001", fields)


def _opportunity() -> Kind:
    fields = [
        _text("Name", 120, required=True),
        _choice("StageName", [stage[0] for stage in STAGES], required=True, label="Stage"),
        *_of("date", "CloseDate", required=True, label="Close Date"),
        _reference("AccountId", "Account"),
        _reference("ContactId", "Contact", write="c"),
        *_of("currency", "Amount", digits=(18, 2)),
        *_of("currency", "ExpectedRevenue", digits=(18, 2), write=""),
        *_of("percent", "Probability", digits=(3, 0)),
        _choice("ForecastCategory", ("Omitted", "Pipeline", "BestCase", "Forecast", "Closed"), write=""),
        _choice("ForecastCategoryName", ("Omitted", "Pipeline", "Best Case", "Commit", "Closed")),
        *_of("boolean", "IsClosed", "IsWon", write=""),
        _choice("Type", ("New Customer", "Existing Customer - Upgrade", "Existing Customer - Replacement")),
        _choice("LeadSource", LEAD_SOURCES),
        _text("NextStep", 255),
        _text("Description", 32000, type="textarea"),
        *_of("datetime", "LastStageChangeDate", write=""),
        *_of("date", "LastActivityDate", write=""),
        _owner("User"),
    ]
    return _kind("Opportunity", "006", fields)


def _contact_role() -> Kind:
    fields = [
        _reference("OpportunityId", "Opportunity", required=True, write="c"),
        _reference("ContactId", "Contact", required=True),
        _choice("Role", ROLES),
        *_of("boolean", "IsPrimary"),
    ]
    return _kind("OpportunityContactRole", "00K", fields, label="Opportunity Contact Role", undeletable=False)


def _activity() -> list[Field]:
    return [
        _reference("WhoId", "Contact", "Lead", relation="Who", label="Name ID"),
        _reference("WhatId", "Account", "Opportunity", relation="What", label="Related To ID"),
        _text("Subject", 255),
        *_of("date", "ActivityDate"),
        _text("Description", 32000, type="textarea"),
        _choice("Type", ("Call", "Email", "Meeting", "Other"), length=40),
        _reference("AccountId", "Account", write=""),
        *_of("boolean", "IsArchived", write=""),
    ]


def _task() -> Kind:
    fields = [
        *_activity(),
        _choice("Status", TASK_STATUSES, default="Not Started"),
        _choice("Priority", ("High", "Normal", "Low"), default="Normal"),
        _choice(
            "TaskSubtype", ("Task", "Email", "Call", "List Email", "Cadence"), write="c", restricted=True
        ),
        *_of("boolean", "IsClosed", "IsHighPriority", write=""),
        *_of("datetime", "CompletedDateTime", write=""),
        *_of("int", "CallDurationInSeconds", digits=(8, 0)),
        _owner("Group", "User", label="Assigned To ID"),
    ]
    return _kind("Task", "00T", fields)


def _event() -> Kind:
    fields = [
        *_activity(),
        *_of("datetime", "ActivityDateTime", "StartDateTime", "EndDateTime"),
        *_of("int", "DurationInMinutes", digits=(8, 0)),
        *_of("boolean", "IsAllDayEvent"),
        _text("Location", 255),
        _owner("User", label="Assigned To ID"),
    ]
    return _kind("Event", "00U", fields)


def _user() -> Kind:
    fields = [
        _text("Username", 80, required=True),
        _text("LastName", 80, required=True, part_of="Name"),
        _text("FirstName", 40, part_of="Name"),
        _text("Name", 121, write=""),
        _text("Alias", 8),
        _text("Email", 128, type="email", required=True, id_lookup=True),
        _choice("UserType", ("Standard",), write=""),
        _choice("TimeZoneSidKey", length=40),
        _choice("LanguageLocaleKey", length=40),
        *_of("boolean", "IsActive"),
        _reference("ManagerId", "User"),
    ]
    return _kind("User", "005", fields, access="")


def _group() -> Kind:
    fields = [
        _text("Name", 40),
        _text("DeveloperName", 80),
        _text("Email", 255, type="email"),
        _choice("Type", ("Queue", "Regular", "Organization")),
    ]
    return _kind("Group", "00G", fields, access="")


def _organization() -> Kind:
    fields = [
        _text("Name", 80),
        _choice("OrganizationType", length=40),
        _choice("TimeZoneSidKey", length=40),
        _choice("DefaultLocaleSidKey", length=40),
        _text("InstanceName", 5),
        *_of("boolean", "IsSandbox"),
    ]
    return _kind("Organization", "00D", fields, access="")


def _lead_status() -> Kind:
    fields = [
        _text("MasterLabel", 255),
        _text("ApiName", 255),
        *_of("int", "SortOrder"),
        *_of("boolean", "IsDefault", "IsConverted"),
    ]
    return _kind("LeadStatus", "01J", fields, access="")


def _opportunity_stage() -> Kind:
    fields = [
        _text("MasterLabel", 255),
        _text("ApiName", 255),
        *_of("boolean", "IsActive", "IsClosed", "IsWon"),
        *_of("int", "SortOrder"),
        _choice("ForecastCategory"),
        _choice("ForecastCategoryName"),
        *_of("percent", "DefaultProbability", digits=(3, 0)),
        _text("Description", 255),
    ]
    return _kind("OpportunityStage", "01J", fields, access="")
