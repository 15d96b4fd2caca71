"""What people were told already, read from the notes and tasks themselves: asked where the store was lost.

A store that knows a person tells an occasion once a day. A new one meets a person who bears
our key and has to look for what the old one wrote, or the same would be told again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from connectors.records import Find, Record, Ref
from sync.gather.reader import Reader
from sync.model import Base, Facts
from sync.plan.create import HUBSPOT_KEY, SALESFORCE_KEY
from sync.plan.notes import signed

_TASK: Final = ("WhoId", "Description")
_NOTE: Final = ("hs_note_body",)


def with_told(reader: Reader, found: list[Facts]) -> list[Facts]:
    """The same people, with the day of everything that our notes and tasks tell about those the store knows nothing of."""
    has_keys = HUBSPOT_KEY in reader.fields["hubspot", "contact"]
    met = {
        place: facts.hubspot.ref
        for place, facts in enumerate(found)
        if facts.hubspot is not None and _is_met_again(facts, facts.hubspot, has_keys=has_keys)
    }
    if not met:
        return found
    told = _in_tasks(reader, (found[place] for place in met)) + _in_notes(reader, met.values())
    return [
        replace(facts, base=replace(facts.base, told=_days(met[place], told))) if place in met else facts
        for place, facts in enumerate(found)
    ]


def _is_met_again(facts: Facts, contact: Record, *, has_keys: bool) -> bool:
    """Where there is no key of ours, everybody who is in Salesforce may have been met before."""
    if not has_keys:
        return facts.base == Base() and bool(_people(facts))
    bears_ours = bool(contact.values.get(HUBSPOT_KEY)) or any(
        one.values.get(SALESFORCE_KEY) == contact.ref.id for one in _people(facts)
    )
    return facts.base == Base() and bears_ours


def _people(facts: Facts) -> list[Record]:
    records = (facts.salesforce, facts.converted, *facts.candidates)
    return [one for one in records if one is not None and one.ref.side == "salesforce"]


def _in_tasks(reader: Reader, found: Iterable[Facts]) -> list[object]:
    ids = tuple(dict.fromkeys(one.ref.id for facts in found for one in _people(facts)))
    [tasks] = reader.find("salesforce", [Find("task", {"WhoId": ids}, _TASK)])
    return [task.values.get("Description") for task in tasks]


def _in_notes(reader: Reader, contacts: Iterable[Ref]) -> list[object]:
    by_contact = reader.joined("contact", "note", [ref.id for ref in contacts])
    ids = sorted({id_ for some in by_contact.values() for id_ in some})
    return [note.values.get("hs_note_body") for note in reader.plainly("hubspot", "note", ids, _NOTE)]


def _days(contact: Ref, told: Iterable[object]) -> Mapping[str, str]:
    """By key, the newest day that one of our signatures about *contact* names."""
    days: dict[str, str] = defaultdict(str)
    for text in told:
        for key, day in signed(contact, text).items():
            days[key] = max(days[key], day)
    return dict(days)
