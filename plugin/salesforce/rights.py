"""The two permission sets: what the daemon's user needs and no more, and what sellers need of our own fields.

The daemon's rights follow from the mapping lines: it edits what a line writes, and reads what a line or the
bridge itself looks at. Nobody is given a right to delete, to modify all, or to change the org.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from mappings.agreement import Agreement
from plugin.components import Component
from plugin.marker import Marker
from plugin.salesforce.objects import OBJECTS
from plugin.salesforce.parts import FieldRight, ObjectRight, Part, PermissionSet
from plugin.salesforce.rules import COMMENT, PERMISSION, REASON, STAGE

INTEGRATION: Final = "Leadbridge_Integration"
SALES: Final = "Leadbridge_Sales_User"
_SELLERS_EDIT: Final = frozenset(
    {STAGE, REASON, COMMENT, "Leadbridge_Sales_Rating__c", "Leadbridge_Loss_Reason__c"}
)
# Of our own fields the daemon only reads what sellers alone say.
_DAEMON_READS: Final = _SELLERS_EDIT - {STAGE, REASON}
# What the bridge looks at besides the lines; the rest of it is a system field, which everybody sees.
_LOOKED_AT: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": ("Email",),
    "contact": ("Email", "AccountId"),
    "account": ("Website",),
    "opportunity": ("AccountId", "Amount"),
    "task": ("WhoId", "Description"),
    "event": ("WhoId", "IsAllDayEvent"),
}
_WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {"task": ("WhoId", "Description")}
_CREATED: Final = ("lead", "contact")
# Field-level security does not apply to what is required or the system's own, nor to a person's name: `permissionable`
# in recorded describes (https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes).
_SEEN_BY_ALL: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset(
        {"Id", "Name", "OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
         "LastActivityDate", "LastViewedDate", "LastReferencedDate", "IsDeleted", "MasterRecordId", "RecordTypeId",
         "CurrencyIsoCode", "PhotoUrl", "IndividualId",
         "Salutation", "FirstName", "MiddleName", "LastName", "Suffix"}
    ),
    "lead": frozenset({"Company", "Status", "IsConverted", "ConvertedDate", "ConvertedContactId",
                       "ConvertedAccountId", "ConvertedOpportunityId", "IsUnreadByOwner", "JigsawContactId",
                       "EmailBouncedReason", "EmailBouncedDate"}),
    "contact": frozenset({"JigsawContactId", "EmailBouncedReason", "EmailBouncedDate", "IsEmailBounced",
                          "LastCURequestDate", "LastCUUpdateDate"}),
    "account": frozenset({"JigsawCompanyId", "IsPartner", "IsCustomerPortal", "ChannelProgramName",
                          "ChannelProgramLevelName"}),
    "opportunity": frozenset({"StageName", "CloseDate", "IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName",
                              "Pricebook2Id", "Fiscal", "FiscalQuarter", "FiscalYear", "HasOverdueTask",
                              "LastAmountChangedHistoryId", "LastCloseDateChangedHistoryId"}),
    "task": frozenset({"Status", "Priority", "Subject", "ActivityDate", "IsClosed", "CompletedDateTime"}),
    "event": frozenset({"Subject", "ActivityDate", "ActivityDateTime", "StartDateTime", "EndDateTime", "IsPrivate"}),
}  # fmt: skip
# The parts of an address have the right of the whole.
_PARTS: Final = ("Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode")
_ADDRESSES: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": ("",),
    "contact": ("Mailing", "Other"),
    "account": ("Billing", "Shipping"),
}


def permission_sets(agreement: Agreement, own: Iterable[Component]) -> tuple[PermissionSet, PermissionSet]:
    """The daemon's set and the sellers'; *own* are leadbridge's own fields in Salesforce."""
    marker = Marker.of(agreement.lifecycle)
    ours = [(kind, one.name) for one in own for kind in one.kinds]
    written = _written(agreement)
    daemon = PermissionSet(
        name=INTEGRATION,
        label="leadbridge: integration user",
        description=marker.ends("For leadbridge's own user, and for nobody else."),
        objects=_objects(written),
        fields=_fields(_looked_at(agreement, ours), written | {one for one in ours if one[1] not in _DAEMON_READS}),
        custom_permissions=(PERMISSION,),
        user_permissions=("ApiEnabled", "EditTask"),
    )  # fmt: skip
    sellers = PermissionSet(
        name=SALES,
        label="leadbridge: sales",
        description=marker.ends("For sellers: they see leadbridge's fields and edit stage, reason, comment and rating."),
        fields=_fields(set(ours), {one for one in ours if one[1] in _SELLERS_EDIT}),
    )  # fmt: skip
    return daemon, sellers


def grantable(parts: Iterable[Part], open_: Collection[str]) -> tuple[Part, ...]:
    """*parts* without rights on fields that everybody sees in that org: a deployment that names one is refused.

    What is required or the system's own depends on the org ("You cannot deploy to a required field").
    """
    return tuple(
        replace(part, fields=tuple(one for one in part.fields if one.field not in open_))
        if isinstance(part, PermissionSet)
        else part
        for part in parts
    )


def _written(agreement: Agreement) -> set[tuple[str, str]]:
    """What mapping lines write in Salesforce, by kind, and the tasks by which people are told."""
    lines = [line for pair in agreement.pairs.values() for line in pair.lines if line.writes("salesforce")]
    found = {(kind, name) for line in lines for side, kind in line.ends if side == "salesforce"
             for name in line.fields("salesforce", kind)}  # fmt: skip
    return found | {(kind, name) for kind, names in _WRITTEN.items() for name in names}


def _looked_at(agreement: Agreement, ours: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    lines = {(kind, name) for kind in OBJECTS for name in agreement.fields("salesforce", kind)}
    lifecycle = {(kind, name) for kind in OBJECTS for name in agreement.lifecycle.needs("salesforce", kind)}
    return (
        lines | lifecycle | set(ours) | {(kind, name) for kind, names in _LOOKED_AT.items() for name in names}
    )


def _fields(read: set[tuple[str, str]], written: set[tuple[str, str]]) -> tuple[FieldRight, ...]:
    edited = {_named(*one) for one in written}
    named = {_named(*one) for one in (*read, *written)}
    return tuple(FieldRight(field=name, editable=name in edited) for name in sorted(named - {""}))


def _named(kind: str, name: str) -> str:
    """The name under which Salesforce keeps the right; "" where everybody sees the field."""
    if name in _SEEN_BY_ALL[""] or name in _SEEN_BY_ALL.get(kind, ()):
        return ""
    whole = next(
        (f"{of}Address" for of in _ADDRESSES.get(kind, ()) for part in _PARTS if name == of + part), name
    )
    return f"{OBJECTS[kind]}.{whole}"


def _objects(written: set[tuple[str, str]]) -> tuple[ObjectRight, ...]:
    """Read all people, companies and opportunities; edit what lines write; create people only.

    Roles are read with their opportunity, events with their person; tasks are a right of the user.
    """
    kinds = {kind for kind, _ in written} | set(_CREATED)
    return tuple(
        ObjectRight(object=OBJECTS[kind], create=kind in _CREATED, edit=kind in kinds, view_all=True)
        for kind in ("account", "contact", "lead", "opportunity")
    )
