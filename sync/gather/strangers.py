"""Who somebody may be that nobody is linked to yet: by our keys, by ids that HubSpot's own connector left, by e-mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from connectors.records import Find, Record, Ref
from connectors.salesforce.kinds import is_id
from mappings.matching import merged_ids, person_questions
from sync.gather.gone import what_became
from sync.gather.reader import Reader, taken_among, values_of
from sync.model import Facts, Link, Problem
from sync.plan.create import HUBSPOT_KEY, SALESFORCE_KEY
from sync.store import Store


def candidates_in_salesforce(store: Store, reader: Reader, facts: list[Facts]) -> list[Facts]:
    """Leads and Contacts that may be one of the contacts nobody is linked to yet: by key, id and e-mail."""
    strangers = [one.hubspot for one in facts if one.hubspot is not None and one.link.salesforce is None]
    if not strangers:
        return facts
    questions = [person_questions(one.ref.id, one.values) for one in strangers]
    leads = _merged(question.lead for question in questions)
    contacts = _merged(question.contact for question in questions)
    answers = reader.find(
        "salesforce",
        [
            Find("lead", leads, reader.fields["salesforce", "lead"]),
            Find("contact", contacts, reader.fields["salesforce", "contact"]),
        ],
    )
    found = [record for answer in answers for record in answer]
    index, taken = _index(found), taken_among(store, "person", found)
    return [
        replace(one, candidates=_matches(index, one.hubspot), taken=taken)
        if one.hubspot is not None and one.link.salesforce is None
        else one
        for one in facts
    ]


def known_by_key(store: Store, reader: Reader, facts: list[Facts]) -> list[Facts]:
    """A contact that names a Lead or Contact which does not answer was linked to it: what became of that one?

    What somebody typed and is no id names nobody.
    """
    named = {place: link for place, one in enumerate(facts) if (link := _lost_link(one)) is not None}
    if not named:
        return facts
    known = what_became(store, reader, [replace(facts[place], link=link) for place, link in named.items()])
    found = dict(zip(named, known, strict=True))
    return [found.get(place, one) for place, one in enumerate(facts)]


def _lost_link(facts: Facts) -> Link | None:
    contact = facts.hubspot
    key = str(contact.values.get(HUBSPOT_KEY) or "") if contact is not None else ""
    kind = {"00Q": "lead", "003": "contact"}.get(key[:3])
    if (
        contact is None
        or kind is None
        or not is_id(key)
        or facts.link.salesforce is not None
        or facts.problem is not None
    ):
        return None
    ours = (contact.ref.id, *merged_ids(contact.values))
    is_there = any(
        one.ref.id[:15] == key[:15] or one.values.get(SALESFORCE_KEY) in ours for one in facts.candidates
    )
    return None if is_there else facts.link.naming(Ref("salesforce", kind, key), "leadbridge's key")


def _merged(questions: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Many questions of one kind as one: by field, every value that is looked for."""
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for question in questions:
        for name, values in question.items():
            wanted[name].update(dict.fromkeys(values))
    return {name: tuple(values) for name, values in wanted.items()}


def _index(records: Iterable[Record]) -> dict[str, dict[Ref, Record]]:
    """Records by everything they can be recognised by."""
    index: dict[str, dict[Ref, Record]] = defaultdict(dict)
    for record in records:
        for mark in (
            record.ref.id,
            record.values.get("Leadbridge_HubSpot_Id__c"),
            record.values.get("Email"),
        ):
            if mark:
                index[str(mark).casefold()][record.ref] = record
    return index


def _matches(index: dict[str, dict[Ref, Record]], contact: Record) -> tuple[Record, ...]:
    names = ("email", "leadbridge_key", "salesforceleadid", "salesforcecontactid")
    marks = [contact.ref.id, *merged_ids(contact.values), *(contact.values.get(name) for name in names)]
    found = {
        ref: one for mark in marks if mark for ref, one in index.get(str(mark).strip().casefold(), {}).items()
    }
    return tuple(found.values())


def contacts_of_strangers(store: Store, reader: Reader, facts: list[Facts]) -> list[Facts]:
    """Contacts that a Lead or Contact nobody is linked to may belong to."""
    strangers = [one.salesforce for one in facts if one.salesforce is not None and one.link.hubspot is None]
    if not strangers:
        return facts
    names = reader.fields["hubspot", "contact"]
    [by_email] = reader.find("hubspot", [Find("contact", {"email": values_of(strangers, "Email")}, names)])
    keyed = [ref for record in strangers if (ref := _named_contact(record)) is not None]
    reader.follow(keyed, {})
    by_key = [record for ref in keyed if (record := _living(reader, ref)) is not None]
    candidates = tuple({one.ref: one for one in (*by_email, *by_key)}.values())
    links = store.links("person", [record.ref for record in by_key])
    reader.read(link.salesforce for link in links.values())
    deleted = [ref for ref, one in store.tombstones(_missing(reader, links)).items() if one.survivor is None]
    return [
        replace(
            one,
            candidates=candidates,
            problem=one.problem or _left_over(reader, one.salesforce, links, deleted),
        )
        if one.salesforce is not None and one.link.hubspot is None
        else one
        for one in facts
    ]


def _named_contact(record: Record) -> Ref | None:
    key = str(record.values.get(SALESFORCE_KEY) or "")
    return Ref("hubspot", "contact", key) if key.isdecimal() else None


def _living(reader: Reader, ref: Ref) -> Record | None:
    """The contact, or the one that it was merged into."""
    fate = reader.fate(ref)
    return reader.get(ref) or (reader.get(fate.survivor) if fate is not None else None)


def _missing(reader: Reader, links: Mapping[Ref, Link]) -> list[Ref]:
    """Who is linked and cannot be read."""
    return [
        ref for link in links.values() if (ref := link.salesforce) is not None and reader.get(ref) is None
    ]


def _left_over(
    reader: Reader, person: Record, links: Mapping[Ref, Link], deleted: Sequence[Ref]
) -> Problem | None:
    """A Lead or Contact whose contact was merged into one that is linked to somebody else: people merge the two.

    Where that one was deleted since, the contact rests, and only people can say that it goes on with this one.
    """
    named = _named_contact(person)
    contact = _living(reader, named) if named is not None else None
    link = links.get(contact.ref) if contact is not None else None
    if contact is None or link is None or contact.ref == named:
        return None
    if link.salesforce == person.ref or (
        reader.get(link.salesforce) is None and link.salesforce not in deleted
    ):
        return None
    return Problem(
        code="several_candidates",
        subject=person.ref,
        text=f"{named} was merged into {contact.ref}, which is linked to {link.salesforce}; "
        f"{person.ref} carries the key of the merged one and has no counterpart any more",
        remedy=f"merge {person.ref} and {link.salesforce}, too: they are one on the other side (if {link.salesforce} was "
        f"deleted: `leadbridge state lift {link.salesforce}`); nothing is written meanwhile",
    )
