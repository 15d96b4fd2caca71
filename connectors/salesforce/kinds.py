"""The bridge's kinds and Salesforce's names for them, and what an id looks like."""

from __future__ import annotations

import re
from types import MappingProxyType

from connectors.errors import Refused

MODIFIED, CREATED, MODIFIED_BY = "SystemModstamp", "CreatedDate", "LastModifiedById"
ALWAYS = ("Id", MODIFIED, CREATED, MODIFIED_BY)

OBJECTS = MappingProxyType(
    {
        "lead": "Lead",
        "contact": "Contact",
        "account": "Account",
        "opportunity": "Opportunity",
        "opportunity_contact_role": "OpportunityContactRole",
        "task": "Task",
        "event": "Event",
        "user": "User",
        "queue": "Group",
    }
)
# A Group is a queue only with this Type: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_group.htm
ONLY = MappingProxyType({"queue": ("Type", "Queue")})

LEAD = "lead"
DELETED, SURVIVOR = "IsDeleted", "MasterRecordId"
CONVERTED, CONVERTED_TO = "IsConverted", "ConvertedContactId"
# What two records of these kinds can become: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm
MERGED = frozenset({"lead", "contact", "account"})

# Where the old and new values of tracked fields stand, and by which field it names its record:
# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm
HISTORIES = MappingProxyType(
    {
        "lead": ("LeadHistory", "LeadId"),
        "contact": ("ContactHistory", "ContactId"),
        "account": ("AccountHistory", "AccountId"),
        "opportunity": ("OpportunityFieldHistory", "OpportunityId"),
    }
)

# How the ids of what is made without a key begin:
# https://help.salesforce.com/s/articleView?id=000385203&language=en_US&type=1
PREFIXES = MappingProxyType({"lead": "00Q", "contact": "003", "task": "00T"})

# The one unique field that the bridge itself fills.
OUR_KEY = "Leadbridge_HubSpot_Id__c"

_ID = re.compile(r"[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def object_name(kind: str) -> str:
    """Salesforce's name for *kind*."""
    try:
        return OBJECTS[kind]
    except KeyError:
        raise Refused(f"Salesforce has no kind {kind!r}; known are {', '.join(OBJECTS)}.") from None


def fate_fields(kind: str) -> tuple[str, ...]:
    """The fields that tell what became of a record of *kind*."""
    more = (CONVERTED, CONVERTED_TO) if kind == LEAD else ()
    return (DELETED, SURVIVOR, *more) if kind in MERGED else (DELETED,)


def is_id(text: str | None) -> bool:
    """Whether *text* can be a record id: nothing else may reach an address or a query.

    One whose last three characters contradict the others (people type ids) is none: a query that names it fails as a whole.
    """
    return text is not None and _ID.fullmatch(text) is not None and long_id(text[:15])[: len(text)] == text


def long_id(id_: str) -> str:
    """The 18-character form; the last three say which of the first fifteen are upper case."""
    if len(id_) != 15:
        return id_
    thirds = (id_[start : start + 5] for start in (0, 5, 10))
    return id_ + "".join(
        _SUFFIX[sum(1 << bit for bit, char in enumerate(third) if char.isupper())] for third in thirds
    )
