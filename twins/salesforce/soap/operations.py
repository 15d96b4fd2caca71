"""What SOAP does to records: each row of a call has its own fate.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm and its neighbours
merge, undelete and emptyrecyclebin
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twins.salesforce.errors import Rejected, RowRefused
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.platform import deletion
from twins.salesforce.platform.purging import purge
from twins.salesforce.records.conversion import Conversion, convert
from twins.salesforce.records.merging import merge
from twins.salesforce.records.saving import Save
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.soap.envelope import Fault
from twins.salesforce.trees import Element

Row = Callable[[Save, Element], dict[str, Any]]


def run(save: Save, operation: Element) -> list[dict[str, Any]]:
    """The results of a call of one of `OPERATIONS`, in the order of its rows; raises `Fault`."""
    name, most, one = OPERATIONS[operation.name]
    rows = operation.all(name) if name else operation.children
    if len(rows) > most:
        said = f"record limit reached. cannot submit more than {most} records into this call"
        raise Fault("EXCEEDED_ID_LIMIT", said)
    return [_fate(save, row, one) for row in rows]


def _fate(save: Save, row: Element, one: Row) -> dict[str, Any]:
    mark = save.mark()
    try:
        return one(save, row)
    except RowRefused as why:
        save.back_to(mark)
        errors = [
            {"fields": error["fields"], "message": error["message"], "statusCode": error["statusCode"]}
            for error in why.in_batch["errors"]
        ]
    except Rejected as why:
        save.back_to(mark)
        errors = [{"fields": list(why.fields), "message": why.message, "statusCode": why.code}]
    return {"errors": errors, "success": False}


def _convert(save: Save, row: Element) -> dict[str, Any]:
    lead = row.value("leadId") or ""
    status = row.value("convertedStatus")
    if status is None:
        raise RowRefused("INVALID_STATUS", "convertedStatus is required")  # [M] the code
    chosen = Conversion(
        account_id=row.value("accountId"),
        contact_id=row.value("contactId"),
        opportunity_id=row.value("opportunityId"),
        opportunity_name=row.value("opportunityName"),
        with_opportunity=row.value("doNotCreateOpportunity") != "true",
        status=status,
        owner_id=row.value("ownerId"),
        overwrite_lead_source=row.value("overwriteLeadSource") == "true",
        by_api=True,
    )
    account, contact, opportunity = convert(save, lead, chosen)
    return {
        "accountId": account,
        "contactId": contact,
        "leadId": canonical_id(lead),
        "opportunityId": opportunity or None,
        "success": True,
    }


def _merge(save: Save, row: Element) -> dict[str, Any]:
    master = row.first("masterRecord") or Element("masterRecord")
    kind = save.org.lower.get((master.value("type") or "").lower())
    if kind is None:
        raise RowRefused("INVALID_TYPE", f"sObject type '{master.value('type')}' is not supported.")
    losers = [one.text.strip() for one in row.all("recordToMergeIds")]
    winner = master.value("Id") or ""
    moved = merge(save, kind.name, winner, losers, _values(master))
    return {
        "id": canonical_id(winner),
        "mergedRecordIds": [canonical_id(loser) for loser in losers],
        "success": True,
        "updatedRelatedIds": moved,
    }


def _values(record: Element) -> Mapping[str, Any]:
    """The fields of a record in XML: text, or null where fieldsToNull names them."""
    nulls: dict[str, Any] = {one.text.strip(): None for one in record.all("fieldsToNull")}
    skipped = {"type", "id", "fieldstonull"}
    return nulls | {one.name: one.text for one in record.children if one.name.lower() not in skipped}


def _undelete(save: Save, row: Element) -> dict[str, Any]:
    kind, key = _known(save, row)
    deletion.undelete(save, kind, key)
    return {"id": key, "success": True}


def _empty(save: Save, row: Element) -> dict[str, Any]:
    kind, key = _known(save, row)
    if not purge(save.org, kind, key):
        raise RowRefused("INVALID_ID_FIELD", "the record is not in the recycle bin")  # [M] the code
    return {"id": key, "success": True}


def _known(save: Save, row: Element) -> tuple[Kind, str]:
    key = canonical_id(row.text.strip())
    kind = save.org.by_prefix.get(row.text.strip()[:3])
    if key is None or kind is None:
        raise RowRefused("MALFORMED_ID", f"malformed id {row.text.strip()}")
    return kind, key


OPERATIONS: Mapping[str, tuple[str, int, Row]] = {
    "convertLead": ("leadConverts", 100, _convert),
    # The WSDL says request, jsforce mergeRequests, others mergeRequest; all are taken:
    # https://github.com/jsforce/jsforce/issues/950, https://github.com/StevenMMortimer/salesforcer/issues/102
    "merge": ("", 200, _merge),
    "undelete": ("ids", 200, _undelete),
    "emptyRecycleBin": ("ids", 200, _empty),
}
