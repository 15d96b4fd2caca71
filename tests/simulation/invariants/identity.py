"""Who is who: nobody is made twice, and two records that are one stay one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from connectors.records import Ref
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.convergence import STAGE
from tests.simulation.invariants.past import Past
from tests.simulation.invariants.registry import invariant

_KEY: Final[Mapping[tuple[str, str], str]] = {
    ("salesforce", "lead"): "Leadbridge_HubSpot_Id__c",
    ("salesforce", "contact"): "Leadbridge_HubSpot_Id__c",
    ("hubspot", "contact"): "leadbridge_key",
    ("hubspot", "company"): "leadbridge_key",
    ("hubspot", "deal"): "leadbridge_key",
}
_TEXT: Final = {("salesforce", "task"): "Description", ("hubspot", "note"): "hs_note_body"}
# How a note names the stage where it says what was edited; every other field it names by its own name.
_STAGE: Final = "The stage"


@invariant(
    "I6",
    "The bridge makes at most one record for one key, and one note or task for one occasion, come what may.",
)
def i06_no_duplicate(seen: Evidence, past: Past) -> Iterator[Violation]:
    made: dict[tuple[str, str], list[tuple[Ref, str]]] = defaultdict(list)
    for ref, born in sorted(past.births.items(), key=lambda one: one[1].seq):
        key = _key(past, ref, born.seq) if born.actor == "daemon" else None
        if key is not None:
            group = "person" if ref.kind in ("lead", "contact") else ref.kind
            made[group, past.survivor(key)].append((ref, key))
    for (what, key), some in made.items():
        refs = [ref for ref, _ in some]
        again = [ref for place, (ref, own) in enumerate(some) if _is_second(past, ref, own, some[:place])]
        again = [ref for ref in again if not _tells_of_another(seen, past, ref, refs)]
        if len(again) > sum(_is_forgotten(seen, past, ref, refs) for ref in refs):
            yield Violation("I6", f"the bridge made {len(refs)} of {what} {key}", tuple(map(str, refs)))
    yield from _second_persons(seen, past)


def _is_second(past: Past, ref: Ref, key: str, before: Sequence[tuple[Ref, str]]) -> bool:
    """Whether one made before had that key when this one was made: two who were merged later were two then."""
    during = past.pass_of(past.births[ref].seq)
    known = during.log_before if during is not None else past.births[ref].seq
    return any(past.survivor(one, known) == past.survivor(key, known) for _, one in before)


def _is_forgotten(seen: Evidence, past: Past, ref: Ref, made: Sequence[Ref]) -> bool:
    """Archived in HubSpot, or deprived of its key by a merge, before the store that makes the next one ever met it.

    HubSpot finds no archived record by a key, and an Opportunity or Account does not name what it was
    linked to: where it lives again, nothing but the lost store could tell of the first one. Where people
    merge two companies in HubSpot, and not their Accounts, the one that is left bears one key of the two.
    """
    after = [past.births[one].seq for one in made if past.births[one].seq > past.births[ref].seq]
    during = past.pass_of(min(after)) if after and ref.kind in ("deal", "company") else None
    gone = _gone_at(past, ref)
    if during is None or gone is None:
        return False
    lost = max((one for one in seen.losses if one <= during.finished), default=None)
    return lost is not None and not _is_met_since(seen, past, ref, lost, gone)


def _is_met_since(seen: Evidence, past: Past, ref: Ref, lost: datetime, gone: datetime) -> bool:
    """Whether a record was made, linked or named in the ledger between that loss and its end: the new store knew it."""
    met = past.births[ref].at >= lost or any(ref in (link.hubspot, link.salesforce) for link in seen.links)
    return gone >= lost and (
        met
        or any(
            str(ref) in map(str, (one.subject, one.counterpart, one.decision.new, one.decision.other))
            for one in (*seen.ledger_lost, *seen.ledger)
            if lost <= one.observed_at <= gone
        )
    )


def _gone_at(past: Past, ref: Ref) -> datetime | None:
    """When a record could be found by its key no more: archived, merged away, or survived with the other one's key."""
    cells = past.cells[ref]
    archived, merged = cells.get("archived", ())[-1:], cells.get("merged_into", ())[-1:]
    taken = [
        one
        for one in cells.get("leadbridge_key", ())
        if one.actor == "human" and one.old and past.merges.get(ref.id)
    ]
    gone = [*(one for one in archived if one.new is not None), *merged, *taken]
    return min((one.at for one in gone), default=None)


def _tells_of_another(seen: Evidence, past: Past, ref: Ref, made: Sequence[Ref]) -> bool:
    """A note of another edit than all before it that day, after the store was lost that knew who had been told.

    One a day is a mercy, told or not stands in the store alone; what must not be told twice is one edit.
    """
    text = _TEXT.get((ref.side, ref.kind))
    if ref.kind != "note" or text is None:
        return False
    at = past.births[ref].at
    before = [one for one in made if past.births[one].seq < past.births[ref].seq]
    said = {str(past.raw(one, text, past.births[one].seq)) for one in before}
    lost = all(any(past.births[one].at <= moment <= at for moment in seen.losses) for one in before)
    is_new = str(past.raw(ref, text, past.births[ref].seq)) not in said
    return lost and (is_new or _is_asked_again(seen, past, ref, before))


def _is_asked_again(seen: Evidence, past: Past, ref: Ref, before: Sequence[Ref]) -> bool:
    """Whether somebody did once more what a note is about, after all notes *before* it, which may have said the same.

    It stood there when the store that tells it looked: what was put back before that is nothing to tell again.
    """
    born = past.births[ref]
    text = str(past.raw(ref, _TEXT[ref.side, ref.kind], born.seq))
    about = Ref.parse(str(_key(past, ref, born.seq)).split(" · ")[1])
    edited = text.partition(" was edited")[0]
    words = past.cells.get(about, {}).get(STAGE["hubspot"] if edited == _STAGE else edited, ())
    ends = [*(one.seq for one in words[1:]), born.seq]
    told = max(past.births[one].seq for one in before)
    store = sum(one <= born.at for one in seen.losses)
    since = next((one.log_before for one in seen.passes if one.losses >= store), born.seq)
    return any(
        one.actor != "daemon" and told < one.seq < born.seq and end > since
        and (edited != _STAGE or _is_refused(text, one.new))
        for one, end in zip(words, ends, strict=False)
    )  # fmt: skip


def _is_refused(text: str, stage: object) -> bool:
    """Whether a note says that this stage was asked for, and why it is refused."""
    why = text.partition(": ")[2].partition(". ")[0]
    if not stage:
        return why.startswith("the stage was cleared")
    asked = str(stage).replace("_", " ")
    return f" to {asked};" in f"{why};" or why.startswith((f"{asked} needs ", f"{stage!r} is not a stage"))


def _key(past: Past, ref: Ref, seq: int) -> str | None:
    """The key a record was made under; a note's or task's is the signature in its last line."""
    text = _TEXT.get((ref.side, ref.kind))
    if text is not None:
        lines = str(past.raw(ref, text, seq) or "").replace("<br>", "\n").splitlines()
        return lines[-1] if lines else None
    name = _KEY.get((ref.side, ref.kind))
    cells = past.cells[ref].get(name, ()) if name else ()
    own = [one for one in cells if one.request_id == past.births[ref].request_id]
    return str(own[0].new) if own else None


def _second_persons(seen: Evidence, past: Past) -> Iterator[Violation]:
    """A Lead or Contact that the bridge made while an unlinked one with that address was there already."""
    for ref, born in past.births.items():
        if born.actor != "daemon" or ref.kind not in ("lead", "contact") or ref.side != "salesforce":
            continue
        address = _address(past, ref, born.seq)
        during = past.pass_of(born.seq)
        before = during.log_before if during is not None else born.seq
        for twin in _people(past):
            if twin == ref or not address or _address(past, twin, before) != address:
                continue
            if _was_there(past, twin, before) and not past.raw(twin, "Leadbridge_HubSpot_Id__c", before):
                yield Violation(
                    "I6", "the bridge made a person who was in Salesforce already", (str(ref), str(twin))
                )


def _people(past: Past) -> set[Ref]:
    known = {*past.standing, *past.cells}
    return {ref for ref in known if ref.side == "salesforce" and ref.kind in ("lead", "contact")}


def _address(past: Past, ref: Ref, seq: int) -> str:
    return str(past.raw(ref, "Email", seq) or "").strip().lower()


def _was_there(past: Past, ref: Ref, seq: int) -> bool:
    born = past.births.get(ref)
    if born is not None and born.seq > seq:
        return False
    return not past.raw(ref, "IsDeleted", seq) and not past.raw(ref, "IsConverted", seq)


@invariant(
    "I7",
    "Links are one to one: no two living records carry one key, and each link joins the two that name each other.",
)
def i07_bijection(seen: Evidence, past: Past) -> Iterator[Violation]:
    yield from _claimed_twice(past)
    stands: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in seen.links:
        for ref in (link.hubspot, link.salesforce):
            if ref is not None:
                stands[link.pair, str(ref)].append(str(link.id))
    for (pair, key), ids in stands.items():
        if len(ids) > 1:
            yield Violation("I7", f"{len(ids)} links of {pair} hold one record", (key,))
    yield from _strangers(seen, past)


def _claimed_twice(past: Past) -> Iterator[Violation]:
    claims: dict[tuple[str, str], list[Ref]] = defaultdict(list)
    for ref, row in past.standing.items():
        name = _KEY.get((ref.side, ref.kind))
        if name is None or not row.get(name) or not past.is_alive(ref):
            continue
        group = "person in Salesforce" if ref.side == "salesforce" else f"{ref.kind} in HubSpot"
        key = past.survivor(str(row[name])) if ref.side == "salesforce" else str(row[name])
        claims[group, key].append(ref)
    for (group, key), refs in claims.items():
        if _are_left_over(past, refs) or _are_outside(past, refs):
            continue
        untold = [ref for ref in refs if not any(past.is_told_of(one) for one in (ref, *_named(past, [ref])))]
        untold = [ref for ref in untold if not _is_offered(past, ref)]
        if len(refs) > 1 and len(untold) > 1:
            yield Violation(
                "I7", f"{len(refs)} living records carry the key {key} of one {group}", tuple(map(str, refs))
            )


def _is_offered(past: Past, ref: Ref) -> bool:
    """Whether the one whom a record's key names is told to be one of several, with this record's id in the text."""
    key = past.standing[ref][_KEY[ref.side, ref.kind]]
    return any(
        one.code == "several_candidates" and one.subject.id == past.survivor(str(key)) and ref.id in one.text
        for one in past.seen.problems
    )


def _are_left_over(past: Past, refs: Sequence[Ref]) -> bool:
    """They name contacts that were merged into one which is gone: each was one person's, and nobody's now."""
    keys = [str(past.standing[ref][_KEY[ref.side, ref.kind]]) for ref in refs if ref.side == "salesforce"]
    return len(set(keys)) == len(refs) and not any(
        past.is_alive(Ref("hubspot", "contact", past.survivor(key))) for key in keys
    )


def _are_outside(past: Past, refs: Sequence[Ref]) -> bool:
    """Nobody of them is linked, as their contact is outside a sample: whoever is outside is looked at and never told of.

    Nor is he written to: where the bridge itself made two bear one key, nobody is excused.
    """
    linked = {
        ref
        for link in past.seen.links
        if link.hubspot and link.salesforce
        for ref in (link.hubspot, link.salesforce)
    }
    is_sampled = past.seen.agreement.bridge.rollout.sample is not None
    return is_sampled and not linked & {*refs} and not any(_is_doubled(past, ref, refs) for ref in refs)


def _is_doubled(past: Past, ref: Ref, refs: Sequence[Ref]) -> bool:
    """Whether the bridge gave a record the key that it carries when another one carried that very key already."""
    names = {one: _KEY[one.side, one.kind] for one in refs}
    key = past.standing[ref][names[ref]]
    return any(
        one.actor == "daemon" and one.new == key
        and any(past.raw(two, names[two], one.seq) == key for two in refs if two != ref)
        for one in past.cells.get(ref, {}).get(names[ref], ())
    )  # fmt: skip


def _named(past: Past, refs: Iterable[Ref]) -> list[Ref]:
    """The contacts that the keys name where what they became is gone as well: a problem tells of them by their own names."""
    keys = [str(past.standing[ref][_KEY[ref.side, ref.kind]]) for ref in refs if ref.side == "salesforce"]
    named = {key: Ref("hubspot", "contact", past.survivor(key)) for key in keys}
    return [Ref("hubspot", "contact", key) for key, end in named.items() if not past.is_alive(end)]


def _strangers(seen: Evidence, past: Past) -> Iterator[Violation]:
    """A link whose two records live, but name others."""
    couples = {str(couple.now("hubspot")): couple for couple in past.couples}
    for link in seen.links:
        if link.hubspot is None or link.salesforce is None:
            continue
        if past.is_told_of(link.hubspot) or past.is_told_of(link.salesforce):
            continue  # merged on one side only: the problem names the record that stays linked
        merged = past.survivor(link.hubspot.id) if link.hubspot.kind == "contact" else link.hubspot.id
        if merged != link.hubspot.id and past.is_alive(Ref("hubspot", link.hubspot.kind, merged)):
            yield Violation("I7", "a link still holds a record that was merged away", (str(link.hubspot),))
        couple = couples.get(str(link.hubspot))
        if couple is not None and link.salesforce not in couple.salesforce and past.is_alive(link.salesforce):
            yield Violation(
                "I7",
                f"the link says {link.salesforce}, the keys say {couple.now('salesforce')}",
                (str(link.hubspot),),
            )
