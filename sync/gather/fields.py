"""Which fields of which kind the bridge looks at: what the agreement names, and its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.records import Side
from mappings.agreement import Agreement

Fields = Mapping[tuple[Side, str], tuple[str, ...]]

_OWN: Final[Mapping[tuple[Side, str], tuple[str, ...]]] = {
    ("hubspot", "contact"): (
        "email",
        "hs_additional_emails",
        "hs_merged_object_ids",
        "createdate",
        "hubspot_owner_id",
        "leadbridge_key",
        "salesforceleadid",
        "salesforcecontactid",
        "leadbridge_outcome",
        "leadbridge_won_amount",
        "leadbridge_won_currency",
        "leadbridge_won_count",
        "leadbridge_closed_at",
        "leadbridge_lost_reason",
    ),
    ("hubspot", "company"): ("domain", "leadbridge_key", "salesforceaccountid", "hs_merged_object_ids"),
    ("hubspot", "deal"): ("leadbridge_key", "hs_merged_object_ids"),
    ("salesforce", "lead"): (
        "Id",
        "Email",
        "OwnerId",
        "CreatedById",
        "LastModifiedDate",
        "LastActivityDate",
        "Leadbridge_HubSpot_Id__c",
        "IsConverted",
        "ConvertedContactId",
        "ConvertedOpportunityId",
        "ConvertedAccountId",
    ),
    ("salesforce", "contact"): (
        "Id",
        "Email",
        "OwnerId",
        "CreatedById",
        "LastModifiedDate",
        "LastActivityDate",
        "Leadbridge_HubSpot_Id__c",
        "AccountId",
    ),
    ("salesforce", "account"): ("Id", "Website", "OwnerId"),
    ("salesforce", "opportunity"): ("Id", "AccountId", "IsClosed", "IsWon"),
    ("salesforce", "opportunity_contact_role"): ("OpportunityId", "ContactId"),
    ("salesforce", "task"): (
        "WhoId",
        "OwnerId",
        "Subject",
        "Description",
        "IsClosed",
        "CompletedDateTime",
        "CreatedById",
    ),
    ("salesforce", "event"): (
        "WhoId",
        "OwnerId",
        "StartDateTime",
        "EndDateTime",
        "IsAllDayEvent",
        "CreatedById",
    ),
    ("salesforce", "user"): ("Id", "Email", "IsActive", "Name", "ManagerId", "Country"),
    ("salesforce", "queue"): ("Id", "Name", "DeveloperName"),
    ("hubspot", "owner"): ("email", "userId", "firstName", "lastName"),
    ("hubspot", "note"): ("hs_note_body", "hs_timestamp"),
}
_ROLE_OPPORTUNITY: Final = (
    "Amount", "StageName", "IsClosed", "IsWon", "CloseDate", "CreatedDate", "LastModifiedDate",
)  # fmt: skip


def watched_fields(agreement: Agreement, *, has_currency: bool) -> Fields:
    """The fields to ask for, by side and kind; *has_currency* for an org with several currencies."""
    watched = {
        (side, kind): tuple(
            dict.fromkeys((*own, *agreement.fields(side, kind), *_lifecycle(agreement, side, kind)))
        )
        for (side, kind), own in _OWN.items()
    }
    reason = agreement.lifecycle.reason_name("opportunity")
    more = ("CurrencyIsoCode" if has_currency else None, reason)
    names = dict.fromkeys((*_ROLE_OPPORTUNITY, *(name for name in more if name)))
    role = watched["salesforce", "opportunity_contact_role"]
    watched["salesforce", "opportunity_contact_role"] = (*role, *(f"Opportunity.{name}" for name in names))
    return {
        place: tuple(one for one in found if not _is_lacking(one, agreement))
        for place, found in watched.items()
    }


def _is_lacking(name: str, agreement: Agreement) -> bool:
    """One of our own fields that is not there; a parent's stands under a dotted name."""
    return name.rpartition(".")[2] in agreement.own.lacking


def _lifecycle(agreement: Agreement, side: Side, kind: str) -> tuple[str, ...]:
    """What the lifecycle looks at, and the conditions of the roll-out and of the owner rules."""
    if kind not in ("contact", "lead"):
        return ()
    bridge = agreement.bridge
    conditions = (bridge.rollout.condition, *(rule.when for rule in bridge.owners.rules))
    asked = sorted({name for one in conditions if one is not None for name in one.names})
    return (*agreement.lifecycle.needs(side, kind), *(asked if side == "hubspot" else ()))
