"""Create the missing counterpart of a record: always an upsert on a unique key, after a look.

Where our own key is not there (standard mode) a person's key is the e-mail, and nothing else is created.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.records import Record, Side, Write
from mappings.fields import Unreadable, Unrenderable
from mappings.values import ABSENT, is_blank, pack
from sync.model import Agreed, Put
from sync.plan.draft import Draft
from sync.plan.lines import read
from sync.plan.waits import GIVE_EMAIL, NO_EMAIL

HUBSPOT_KEY: Final = "leadbridge_key"
SALESFORCE_KEY: Final = "Leadbridge_HubSpot_Id__c"
EMAIL: Final = "Email"


def can_create_in_hubspot(draft: Draft) -> bool:
    """A company or deal is created only with the key by which it is found again."""
    return HUBSPOT_KEY not in draft.terms.agreement.own.lacking


def create_in_hubspot(draft: Draft, kind: str, original: Record) -> None:
    """Create the company or deal of a Salesforce record, found again by the Salesforce id it carries."""
    values, lines = first_values(draft, original, "hubspot", kind)
    values[HUBSPOT_KEY] = original.ref.id
    write = Write(
        id=draft.write_id(f"create {kind}"),
        side="hubspot",
        kind=kind,
        op="upsert",
        key=(HUBSPOT_KEY, original.ref.id),
        values=values,
    )
    _create(draft, write, lines, original, f"a person or company of this {original.ref.kind} is linked")


def create_person(draft: Draft, kind: str, contact: Record, extra: dict[str, Any]) -> None:
    """Create the Lead or Contact of a HubSpot contact at hand-over, or of one whose record was deleted."""
    key = _key_of(draft, contact)
    if key is None:
        draft.problem(
            "no_email",
            f"the person would be given to sales again, but {NO_EMAIL}",
            GIVE_EMAIL,
            who="marketing",
        )
        return
    values, lines = first_values(draft, contact, "salesforce", kind)
    values |= {**extra, key[0]: key[1]}
    write = Write(
        id=draft.write_id(f"create {kind}"),
        side="salesforce",
        kind=kind,
        op="upsert",
        key=key,
        values=values,
    )
    _create(draft, write, lines, contact, f"handed over as a {kind}")


def _key_of(draft: Draft, contact: Record) -> tuple[str, str] | None:
    """How the new record is found again: by the contact's id that it carries, else by the e-mail."""
    if SALESFORCE_KEY not in draft.terms.agreement.own.lacking:
        return SALESFORCE_KEY, contact.ref.id
    email = str(contact.values.get("email") or "").strip()
    return (EMAIL, email) if email else None


def _create(draft: Draft, write: Write, lines: Mapping[str, str], original: Record, why: str) -> None:
    draft.put(Put(write, gate=True, lines=lines))
    draft.ask(original.ref)
    draft.decide("created", why, side=write.side, new=write.kind, occurred_at=original.modified_at)


def first_values(
    draft: Draft, original: Record, side: Side, kind: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a new record of *kind* is born with, and by which line: every one that may write there, required blanks filled.

    What it is given is agreed on from then on: who edits either record before we look again has edited it.
    """
    values: dict[str, Any] = {}
    lines: dict[str, str] = {}
    for line in draft.terms.agreement.pairs[draft.facts.pair].lines:
        if not line.writes(side) or not line.fields(side, kind):
            continue
        try:
            value = known = read(draft, line, original)
            if is_blank(value) or value is ABSENT:
                value = line.if_required
            if value is None or (line.only is not None and value != line.only):
                continue
            rendered = line.render(side, kind, value, draft.terms.directory)
        except (Unreadable, Unrenderable) as error:
            draft.problem("value_cannot_be_written", str(error), error.remedy, field=line.name)
            continue
        values.update(rendered)
        if value is known:
            lines.update(dict.fromkeys(rendered, line.name))
            draft.agreed[line.name] = Agreed(pack(value), line.fingerprint).written(
                original.ref.side, original.modified_at
            )
        draft.decide(
            "field",
            "first value",
            field=line.name,
            side=side,
            rule=line.rule,
            new=pack(value),
            occurred_at=original.modified_at,
        )
    return values, lines


def settle_key(draft: Draft, ours: Record, theirs: Record) -> None:
    """Let the HubSpot record carry the Salesforce id, so that a lost store finds it again.

    What came out of a merge may carry another one's, also where rewriting it was cut off; the link says whose it is.
    """
    key = str(ours.values.get(HUBSPOT_KEY) or "")
    if not key or (key != theirs.ref.id and _is_anothers(draft, key, ours, theirs)):
        draft.set("hubspot", {HUBSPOT_KEY: theirs.ref.id})


def _is_anothers(draft: Draft, key: str, ours: Record, theirs: Record) -> bool:
    """The key names a record of the same kind; that of the Lead somebody was stays, it is written once."""
    link = draft.facts.link
    if theirs.ref.kind in ("account", "opportunity"):
        return link.hubspot == ours.ref
    return (link.hubspot, link.salesforce) == (ours.ref, theirs.ref) and key[:3] == theirs.ref.id[:3]
