"""Notice writes by our own user that this store may not know: pure.

Another bridge with another store, or an old copy of this one, would write the same records
for ever. Only what surely is such a write counts: a late alarm is better than a false one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from connectors.records import Record, Ref
from mappings import raw
from mappings.fields import FieldLine, Unreadable
from mappings.values import pack
from sync.model import Brake, Facts
from sync.plan import Terms

# What was sent before this store began may still arrive for a while, and clocks differ.
GRACE: Final = timedelta(minutes=15)
_SAME_SAVE: Final = timedelta(seconds=2)
_KEY: Final = "Leadbridge_HubSpot_Id__c"


def suspect(facts: Facts, terms: Terms, now: datetime) -> tuple[Ref, datetime] | None:
    """The person in Salesforce whom our own user has written since we looked, with the moment of it.

    The record's last edit counts, not what else moves its stamp; and only where a field that the
    bridge writes is no longer as it was left, or where our user made a record that nobody linked.
    """
    record, us = facts.salesforce, terms.us.get("salesforce")
    if facts.pair != "person" or facts.hubspot is None or record is None:
        return None
    if us is None or record.modified_by != us:
        return None
    at = _edited_at(record)
    if at is None or terms.live_since is None or at < terms.live_since + GRACE:
        return None
    looked = facts.link.looked_at("salesforce")
    if looked is not None and at <= looked + _SAME_SAVE:
        return None
    is_ours = _was_changed(facts, record, terms) if looked is not None else _was_made(record, us, now)
    return (record.ref, at) if is_ours else None


def brake_for(ref: Ref, at: datetime, records: int) -> Brake:
    """The brake on the whole bridge that such a write trips."""
    text = (
        f"Salesforce shows a write by leadbridge's own user to {ref} at {at:%Y-%m-%d %H:%M} UTC that this store"
        " does not know: another bridge writes here too, or this store is an old copy; nothing is written any more"
    )
    return Brake("foreign", None, records, text)


def _edited_at(record: Record) -> datetime | None:
    told = record.values.get("LastModifiedDate")
    return datetime.fromisoformat(str(told)) if told else None


def _was_made(record: Record, us: str, now: datetime) -> bool:
    """Our own user made it of late, with the key of a contact."""
    is_new = record.created_at is not None and now - record.created_at < timedelta(days=2)
    return is_new and record.values.get("CreatedById") == us and bool(record.values.get(_KEY))


def _was_changed(facts: Facts, record: Record, terms: Terms) -> bool:
    shown = facts.base.shown.get("salesforce", {})
    if any(
        name in record.values and not raw.same(record.values[name], value) for name, value in shown.items()
    ):
        return True
    lines = terms.agreement.pairs[facts.pair].lines
    return any(_is_other(facts, line, record, terms) for line in lines)


def _is_other(facts: Facts, line: FieldLine, record: Record, terms: Terms) -> bool:
    agreed = facts.base.agreed.get(line.name)
    if agreed is None or agreed.line != line.fingerprint or not line.writes("salesforce"):
        return False
    try:
        value = line.read("salesforce", record.ref.kind, record.values, terms.directory)
    except Unreadable:
        return False
    return bool(pack(value) != agreed.value)
