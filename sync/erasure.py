"""Find everything by which a person is known, on both sides and in the store, and erase it.

The person's records in both systems are left to those who own these systems; the bridge
forgets them and never looks at them again until it is lifted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.base import Connector
from connectors.records import Find, Record, Ref, Side
from sync.store import Erasure, Store, emails_of

_FIELDS: Final[Mapping[tuple[Side, str], tuple[str, ...]]] = {
    ("hubspot", "contact"): ("email", "hs_additional_emails"),
    ("salesforce", "lead"): ("Email", "ConvertedContactId"),
    ("salesforce", "contact"): ("Email",),
}
_BLOCK: Final = 1 << 20


@dataclass(slots=True)
class Person:
    """Everything by which one person is known; the address that was given comes first."""

    emails: list[str]
    refs: list[Ref] = field(default_factory=list)


def known_by(store: Store, connectors: Mapping[Side, Connector], email: str) -> Person:
    """Both ids, all addresses, and what they were linked with before: until nothing new turns up."""
    person = Person([email.strip().lower()])
    asked: set[str | Ref] = set()
    while True:
        emails = [one for one in person.emails if one not in asked]
        refs = [one for one in person.refs if one not in asked]
        if not emails and not refs:
            return person
        asked.update(emails)
        asked.update(refs)
        if emails:
            _add(person, store.mentioned(emails))
        if refs:
            links = store.links("person", refs).values()
            _add(
                person, {ref for link in links for ref in (link.hubspot, link.salesforce) if ref is not None}
            )
            _add(person, store.linked_once(refs))
        for record in _records(connectors, emails, refs):
            _learn(person, record)


def erase(
    store: Store, person: Person, at: datetime, on_rows: Callable[[int], None] = lambda _: None
) -> Erasure:
    """Forget *person*, down to the last byte of the store's files."""
    done = store.erase(person.refs, person.emails, at, on_rows)
    store.purge()
    return done


def still_names(folder: Path, store: Store, person: Person) -> list[Path]:
    """Files of the state folder that still name the person: older copies of the store."""
    own = store.database.file
    needles = [text.encode() for text in (*map(str, person.refs), *person.emails)]
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in files if path != own and _holds(path, needles)]


def _add(person: Person, refs: Iterable[Ref]) -> None:
    person.refs += sorted(ref for ref in refs if ref not in person.refs)


def _learn(person: Person, record: Record) -> None:
    _add(person, [record.ref])
    person.emails += [email for email in emails_of(record) if email not in person.emails]
    if became := record.values.get("ConvertedContactId"):
        _add(person, [Ref("salesforce", "contact", str(became))])


def _records(connectors: Mapping[Side, Connector], emails: list[str], refs: list[Ref]) -> Iterable[Record]:
    given, names = tuple(emails), _FIELDS["hubspot", "contact"]
    if given:
        finds = [
            Find("contact", {"email": given}, names),
            Find("contact", {"hs_additional_emails": given}, names, contains=True),
        ]
        for found in connectors["hubspot"].find(finds):
            yield from (one for one in found if set(emails) & set(emails_of(one)))
        asked = [Find(kind, {"Email": given}, _FIELDS["salesforce", kind]) for kind in ("lead", "contact")]
        for found in connectors["salesforce"].find(asked):
            yield from found
    for (side, kind), names in _FIELDS.items():
        if ids := [ref.id for ref in refs if (ref.side, ref.kind) == (side, kind)]:
            yield from connectors[side].fetch(kind, ids, names)


def _holds(path: Path, needles: list[bytes]) -> bool:
    longest = max(map(len, needles))
    with path.open("rb") as file:
        before = b""
        while block := file.read(_BLOCK):
            seen = (before + block).lower()
            if any(needle.lower() in seen for needle in needles):
                return True
            before = block[-longest:]
    return False
