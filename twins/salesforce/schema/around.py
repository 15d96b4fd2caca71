"""The other objects of a fresh org: activities, people who sign in, the lists that an admin keeps."""

from __future__ import annotations

from twins.salesforce.schema.declared import choice, kind_of, owner, reference, several, text
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.schema.picklists import TASK_STATUSES


def _activity() -> list[Field]:
    return [
        reference("WhoId", "Contact", "Lead", relation="Who", label="Name ID"),
        reference("WhatId", "Account", "Opportunity", "Campaign", relation="What", label="Related To ID"),
        text("Subject", 255),
        *several("date", "ActivityDate"),
        text("Description", 32000, type="textarea"),
        choice("Type", ("Call", "Email", "Meeting", "Other"), length=40),
        reference("AccountId", "Account", write=""),
        *several("boolean", "IsArchived", write=""),
    ]


def task() -> Kind:
    """Task as a fresh org has it."""
    fields = [
        *_activity(),
        choice("Status", TASK_STATUSES, default="Not Started"),
        choice("Priority", ("High", "Normal", "Low"), default="Normal"),
        choice("TaskSubtype", ("Task", "Email", "Call", "List Email", "Cadence"), write="c", restricted=True),
        *several("boolean", "IsClosed", "IsHighPriority", write=""),
        *several("datetime", "CompletedDateTime", write=""),
        *several("int", "CallDurationInSeconds", digits=(8, 0)),
        owner("Group", "User", label="Assigned To ID"),
    ]
    return kind_of("Task", "00T", fields)


def event() -> Kind:
    """Event as a fresh org has it."""
    fields = [
        *_activity(),
        *several("datetime", "ActivityDateTime", "StartDateTime", "EndDateTime"),
        *several("int", "DurationInMinutes", digits=(8, 0)),
        *several("boolean", "IsAllDayEvent"),
        text("Location", 255),
        owner("User", label="Assigned To ID"),
    ]
    return kind_of("Event", "00U", fields)


def user() -> Kind:
    """User as a fresh org has it."""
    fields = [
        text("Username", 80, required=True),
        text("LastName", 80, required=True, part_of="Name"),
        text("FirstName", 40, part_of="Name"),
        text("Name", 121, write=""),
        text("Alias", 8),
        text("Email", 128, type="email", required=True, id_lookup=True),
        choice("UserType", ("Standard",), write=""),
        choice("TimeZoneSidKey", length=40),
        choice("LanguageLocaleKey", length=40),
        *several("boolean", "IsActive"),
        reference("ManagerId", "User"),
        text("City", 40),
        text("State", 80),
        text("PostalCode", 20),
        text("Country", 80),
    ]
    return kind_of("User", "005", fields, access="")


def group() -> Kind:
    """Group as a fresh org has it."""
    fields = [
        text("Name", 40),
        text("DeveloperName", 80),
        text("Email", 255, type="email"),
        choice("Type", ("Queue", "Regular", "Organization")),
    ]
    return kind_of("Group", "00G", fields, access="")


def organization() -> Kind:
    """Organization as a fresh org has it."""
    fields = [
        text("Name", 80),
        choice("OrganizationType", length=40),
        choice("TimeZoneSidKey", length=40),
        choice("DefaultLocaleSidKey", length=40),
        text("InstanceName", 5),
        *several("boolean", "IsSandbox"),
    ]
    return kind_of("Organization", "00D", fields, access="")


def lead_status() -> Kind:
    """LeadStatus as a fresh org has it."""
    fields = [
        text("MasterLabel", 255),
        text("ApiName", 255),
        *several("int", "SortOrder"),
        *several("boolean", "IsDefault", "IsConverted"),
    ]
    return kind_of("LeadStatus", "01J", fields, access="")


def opportunity_stage() -> Kind:
    """OpportunityStage as a fresh org has it."""
    fields = [
        text("MasterLabel", 255),
        text("ApiName", 255),
        *several("boolean", "IsActive", "IsClosed", "IsWon"),
        *several("int", "SortOrder"),
        choice("ForecastCategory"),
        choice("ForecastCategoryName"),
        *several("percent", "DefaultProbability", digits=(3, 0)),
        text("Description", 255),
    ]
    return kind_of("OpportunityStage", "01J", fields, access="")


def record_type() -> Kind:
    """RecordType as a fresh org has it: no rows."""
    fields = [
        text("Name", 80),
        text("DeveloperName", 80),
        text("Description", 255),
        choice("SobjectType"),
        *several("boolean", "IsActive"),
    ]
    return kind_of("RecordType", "012", fields, access="", label="Record Type")
