"""People who are created by their e-mail, where no external id of ours is there.

Salesforce has no unique e-mail, so both Leads and Contacts are looked at right before the rows go out.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.errors import ConnectorError
from connectors.receipts import Receipts
from connectors.records import Fault, Find, Receipt, Write
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.reading import find

EMAIL = "Email"


def is_by_email(row: Write) -> bool:
    """Whether the row's key is the e-mail: it is created, never updated."""
    return row.op == "upsert" and row.key is not None and row.key[0] == EMAIL


def met(client: SalesforceClient, rows: Sequence[Write]) -> Receipts:
    """The rows that are not sent: somebody has the e-mail by now, or nobody could say."""
    if not rows:
        return {}
    wanted = {EMAIL: tuple(dict.fromkeys(row.key[1] for row in rows if row.key))}
    try:
        answers = find(
            client, [Find("lead", wanted, (EMAIL, "IsConverted")), Find("contact", wanted, (EMAIL,))]
        )
    except ConnectorError as error:
        told = (Fault("NOT_LOOKED_UP", str(error)),)
        return {row.id: Receipt(row.id, "waiting", faults=told) for row in rows}
    there = {
        str(one.values[EMAIL]).casefold(): one.ref
        for answer in answers
        for one in answer
        if not one.values.get("IsConverted")
    }
    return {
        row.id: Receipt(row.id, "stale", ref=ref)
        for row in rows
        if row.key and (ref := there.get(row.key[1].casefold())) is not None
    }
