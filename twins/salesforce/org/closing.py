"""What field-level security closes, and a kind as it is seen by whom something is closed to.

https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twins.salesforce.errors import RowRefused
from twins.salesforce.schema.kinds import Field, Kind

OBJECT_RIGHTS = "rcud"
# Records that have no rights of their own: who may read or edit these may read or edit those.
BELONGS = {
    "OpportunityContactRole": "Opportunity", "OpportunityLineItem": "Opportunity",
    "OpportunityHistory": "Opportunity", "OpportunityFieldHistory": "Opportunity",
    "CampaignMember": "Campaign", "CampaignMemberStatus": "Campaign", "CampaignHistory": "Campaign",
    "LeadHistory": "Lead", "ContactHistory": "Contact", "AccountHistory": "Account",
}  # fmt: skip
# `permissionable` is false for these in recorded describes
# (https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes); [M] for tasks.
_ALWAYS = frozenset({"Id", "Name", "OwnerId", "IsDeleted", "RecordTypeId", "CreatedDate", "CreatedById",
                     "LastModifiedDate", "LastModifiedById", "SystemModstamp", "IsConverted", "MasterRecordId",
                     "LastActivityDate", "LastViewedDate", "LastReferencedDate", "PhotoUrl", "IndividualId",
                     "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "IsUnreadByOwner",
                     "IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName", "Fiscal", "FiscalQuarter", "FiscalYear",
                     "EmailBouncedReason", "EmailBouncedDate", "IsEmailBounced", "StartDateTime", "EndDateTime",
                     "ActivityDate", "ActivityDateTime", "CompletedDateTime", "CurrencyIsoCode",
                     "Status", "Subject", "Priority"})  # fmt: skip


def may(kind: Kind | None, way: str, *, status: int) -> None:
    """Raise `RowRefused` when the user, who sees *kind* so, may not create, update or delete its records."""
    if kind is not None and way in kind.access:
        return
    if way == "c":
        name = kind.name if kind else "record"
        said = f"entity type cannot be inserted: {name}"
        raise RowRefused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", said)
    raise RowRefused(
        "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=status
    )


def can_be_closed(one: Field) -> bool:
    """Whether field-level security applies: system and required fields, and a person's name, are seen by all
    (https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm, and `permissionable` in recorded describes:
    https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes).
    """
    return not (one.open_to_all or one.name in _ALWAYS or one.required or one.part_of == "Name")


def closed_as(kind: Kind, one: Field) -> str:
    """The name under which a field is closed or granted: the parts of an address go together."""
    return one.part_of if one.part_of in kind.fields and one.part_of != "Name" else one.name


def seen(kind: Kind, letters: str, field_rights: Callable[[str], str], readable: set[str]) -> Kind:
    """*kind* as somebody sees it who has these *letters* on its records, and so much on each field."""
    fields = {}
    for name, one in kind.fields.items():
        shown = _seen_field(kind, one, field_rights)
        if shown is not None:
            fields[name] = _without_hidden_parents(shown, readable)
    return Kind(
        name=kind.name, prefix=kind.prefix, label=kind.label, fields=fields,
        access="".join(letter for letter in kind.access if letter in letters),
        queryable=kind.queryable, undeletable=kind.undeletable,
    )  # fmt: skip


def _seen_field(kind: Kind, one: Field, field_rights: Callable[[str], str]) -> Field | None:
    if not can_be_closed(one) or (kind.name in BELONGS and not one.custom):
        return one
    access = field_rights(closed_as(kind, one))
    if "r" not in access:
        return None
    return one if "e" in access or not one.write else replace(one, write="")


def _without_hidden_parents(one: Field, readable: set[str]) -> Field:
    """A look-up stays, the way to a parent that cannot be read does not."""
    shown = tuple(name for name in one.refers_to if name in readable)
    if shown == one.refers_to:
        return one
    return replace(one, refers_to=shown, relation=one.relation if shown else "")
