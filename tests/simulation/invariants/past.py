"""What the twins' commit log tells of every record, over time: the ground truth that invariants look at.

Values are those of the log and of the records at the end, never the bridge's own. Of the
agreement it uses how a line reads a value and when two are alike; it merges nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from connectors.records import Ref, Side
from mappings.fields import FieldLine, Unreadable
from mappings.values import ABSENT, is_blank
from sync.model import Entry
from tests.simulation.evidence import Evidence, PassSeen
from twins.log import BULK, Commit

TWIN_KIND: Final[Mapping[tuple[str, str], str]] = {
    ("hubspot", "contact"): "contacts",
    ("hubspot", "company"): "companies",
    ("hubspot", "deal"): "deals",
    ("hubspot", "note"): "notes",
    ("salesforce", "lead"): "Lead",
    ("salesforce", "contact"): "Contact",
    ("salesforce", "account"): "Account",
    ("salesforce", "opportunity"): "Opportunity",
    ("salesforce", "task"): "Task",
}
OUR_KIND: Final[Mapping[tuple[str, str], str]] = {
    (side, theirs): ours for (side, ours), theirs in TWIN_KIND.items()
}
UNREADABLE: Final = object()
_PEOPLE: Final = {"00Q": "lead", "003": "contact"}
# Problems that name no field and let nothing of their record be written. All others say nothing of a line.
STOPS_ALL: Final = frozenset(
    {"several_candidates", "record_gone", "record_deleted", "write_refused", "brake", "hourly_cap"}
)
# How the bridge reads records by their ids.
_LOOKS: Final[Mapping[str, str]] = {"hubspot": "/{}/batch/read", "salesforce": "/composite/sobjects/{}"}
BIRTH: Final = {
    "Lead": "LastName", "Contact": "LastName", "Task": "Subject", "Account": "Name", "Opportunity": "Name",
    "contacts": "email", "companies": "name", "deals": "dealname", "notes": "hs_note_body",
}  # fmt: skip


class Step(NamedTuple):
    """One line's value on one side changed: between which commits, by whom, from what to what."""

    first: int
    seq: int
    at: datetime
    actor: str
    ref: Ref
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Couple:
    """Two records that are one by the keys they carry; in Salesforce a Lead and the Contact it became."""

    pair: str
    hubspot: tuple[Ref, ...]
    salesforce: tuple[Ref, ...]

    def now(self, side: Side) -> Ref:
        """The record of *side* that lives at the end."""
        return (self.hubspot if side == "hubspot" else self.salesforce)[-1]

    def all(self, side: Side) -> tuple[Ref, ...]:
        """Every record of *side* this one has been."""
        return self.hubspot if side == "hubspot" else self.salesforce


class Past:
    """The commit log, indexed: cells, records, couples and the steps of their lines."""

    def __init__(self, seen: Evidence) -> None:
        self.seen = seen
        self._seqs = [one.log_after for one in seen.passes]
        self._passes: dict[int, list[PassSeen]] = defaultdict(list)
        for one in seen.passes:
            self._passes[one.id].append(one)
        self._steps: dict[tuple[Ref, str, Side], list[Step]] = {}

    # ── records ──────────────────────────────────────────────────────────────

    @cached_property
    def cells(self) -> Mapping[Ref, Mapping[str, Sequence[Commit]]]:
        """Every commit, by record and field."""
        found: dict[Ref, dict[str, list[Commit]]] = defaultdict(lambda: defaultdict(list))
        for one in self.seen.log:
            if one.field != BULK:
                found[_ref(one)][one.field].append(one)
        return found

    @cached_property
    def standing(self) -> Mapping[Ref, Mapping[str, Any]]:
        """Every record that lives at the end, with its raw values."""
        return {
            Ref(side, ours, str(row["Id" if side == "salesforce" else "hs_object_id"])): row  # type: ignore[arg-type]
            for (side, ours), theirs in TWIN_KIND.items()
            for row in self.seen.records(side, theirs)  # type: ignore[arg-type]
        }

    def raw(self, ref: Ref, name: str, seq: int) -> Any:
        """What stood in a field right after commit *seq*."""
        commits = self.cells.get(ref, {}).get(name)
        if not commits:
            return self.standing.get(ref, {}).get(name)
        place = bisect_right(commits, seq, key=lambda one: one.seq)
        return commits[place - 1].new if place else commits[0].old

    def is_alive(self, ref: Ref) -> bool:
        """Whether the record lives at the end, unconverted."""
        return ref in self.standing and not self.standing[ref].get("IsConverted")

    @cached_property
    def births(self) -> Mapping[Ref, Commit]:
        """The first commit of each record that was born in this history (not loaded), by the field all are born with."""
        found: dict[Ref, Commit] = {}
        for ref, cells in self.cells.items():
            name = BIRTH.get(TWIN_KIND.get((ref.side, ref.kind), ""), "")
            first = cells[name][0] if name in cells else None
            if first is not None and first.old is None and self._is_first(ref, first):
                found[ref] = first
        return found

    def _is_first(self, ref: Ref, born: Commit) -> bool:
        earliest = min(commits[0].seq for commits in self.cells[ref].values())
        made = self.standing.get(ref, {}).get("createdate")
        if made is not None and abs((datetime.fromisoformat(str(made)) - born.at).total_seconds()) >= 1:
            return False
        made_by = self.standing.get(ref, {}).get("CreatedById")
        return (made_by is None or made_by == born.user) and abs(earliest - born.seq) < 200 and (
            self._began(born) == self._began_at(ref, earliest)
        )  # fmt: skip

    @staticmethod
    def _began(commit: Commit) -> tuple[datetime, str]:
        return commit.at, commit.request_id

    def _began_at(self, ref: Ref, seq: int) -> tuple[datetime, str]:
        first = next(cells[0] for cells in self.cells[ref].values() if cells[0].seq == seq)
        return first.at, first.request_id

    # ── couples ──────────────────────────────────────────────────────────────

    @cached_property
    def survivors(self) -> Mapping[str, tuple[str, int]]:
        """HubSpot ids that were merged away: into which, by which commit."""
        return {
            one.id: (str(one.new), one.seq)
            for one in self.seen.log
            if one.side == "hubspot" and one.field == "merged_into"
        }

    def survivor(self, id_: str, seq: int | None = None) -> str:
        """The id under which a HubSpot record goes on, at the end or right after commit *seq*."""
        while id_ in self.survivors and (seq is None or self.survivors[id_][1] <= seq):
            id_ = self.survivors[id_][0]
        return id_

    @cached_property
    def couples(self) -> Sequence[Couple]:
        """All pairs of living records that carry each other's key, where neither key is claimed twice."""
        people = self._keyed("salesforce", ("lead", "contact"), "Leadbridge_HubSpot_Id__c")
        found = []
        for key, refs in people.items():
            hubspot = Ref("hubspot", "contact", self.survivor(key))
            if len(refs) == 1 and self.is_alive(hubspot):
                found.append(Couple("person", (hubspot,), (*self._was(refs[0]), refs[0])))
        for pair, ours, theirs in (("company", "company", "account"), ("deal", "deal", "opportunity")):
            for key, refs in self._keyed("hubspot", (ours,), "leadbridge_key").items():
                salesforce = Ref("salesforce", theirs, key)
                if len(refs) == 1 and self.is_alive(salesforce):
                    found.append(Couple(pair, (refs[0],), (salesforce,)))
        return found

    def linked(self, couple: Couple, side: Side) -> list[Couple]:
        """What the bridge's links make of the record of *side*, where it is linked with another than the keys name."""
        return [
            Couple(couple.pair, (link.hubspot,), (*self._was(link.salesforce), link.salesforce))
            for link in self.seen.links
            if link.pair == couple.pair
            and link.hubspot is not None
            and link.salesforce is not None
            and link.ref(side) in couple.all(side)
            and (link.hubspot in couple.hubspot) != (link.salesforce in couple.salesforce)
        ]

    def linked_once(self, couple: Couple, step: Step) -> list[Couple]:
        """With whom a store that was lost since had the record of *step* linked when it was written, by its ledger.

        A merge on one side only may leave it to another record, and then nothing else tells of the first.
        """
        made_in, mine = self.pass_of(step.seq), (*couple.hubspot, *couple.salesforce)
        if made_in is None or not any(step.at <= lost for lost in self.seen.losses):
            return []
        partners = {
            ref
            for entry in self.seen.ledger_lost
            if entry.kind == "decided" and entry.pass_id == made_in.id
            for ref in (entry.subject, entry.counterpart)
            if step.ref in (entry.subject, entry.counterpart) and ref is not None
            and ref.side != step.ref.side and ref not in mine
        }  # fmt: skip
        return [
            Couple(couple.pair, *((ref,), (step.ref,)) if ref.side == "hubspot" else ((step.ref,), (ref,)))
            for ref in sorted(partners, key=str)
        ]

    def is_observed(self, couple: Couple) -> bool:
        """Whether the couple is outside a sample: whoever is outside is looked at and never linked."""
        if self.seen.agreement.bridge.rollout.sample is None:
            return False
        return not any(
            link.hubspot in couple.hubspot and link.salesforce in couple.salesforce
            for link in self.seen.links
        )

    @cached_property
    def merges(self) -> Mapping[str, int]:
        """By the id of a survivor, the last commit of the last merge into it."""
        found: dict[str, int] = {}
        for one in self.seen.log:
            into = self.survivor(one.id) if one.field == "merged_into" else one.new
            if one.field in ("merged_into", "MasterRecordId") and into:
                found[str(into)] = max(one.seq, self._end_of(one, str(into)))
        return found

    def _end_of(self, merge: Commit, into: str) -> int:
        """The last commit to the survivor in the same go as *merge*."""
        return max(
            (one.seq for one in self.seen.log if one.id == into and self._began(one) == self._began(merge)),
            default=merge.seq,
        )

    def merged(self, couple: Couple) -> int:
        """The commit by which the last merge into either was over, and every pass that could read before it.

        In a merge it is the vendor who drops values.
        """
        over = max((self.merges.get(ref.id, 0) for ref in (*couple.hubspot, *couple.salesforce)), default=0)
        if not over:
            return 0
        at = next(one.at for one in self.seen.log if one.seq == over)
        late = max(self.seen.late.values(), default=timedelta(0))
        reading = (one.log_after for one in self.seen.passes if _cut(one.began) - late <= at <= one.finished)
        return max(over, *reading, 0)

    def _keyed(self, side: Side, kinds: Sequence[str], name: str) -> Mapping[str, list[Ref]]:
        found: dict[str, list[Ref]] = defaultdict(list)
        for ref, row in self.standing.items():
            if ref.side == side and ref.kind in kinds and row.get(name) and self.is_alive(ref):
                key = str(row[name])
                found[self.survivor(key) if side == "salesforce" else key].append(ref)
        return found

    def _was(self, contact: Ref) -> tuple[Ref, ...]:
        standing = (ref for ref, row in self.standing.items() if row.get("ConvertedContactId") == contact.id)
        logged = (  # a converted Lead may be deleted later
            ref
            for ref, cells in self.cells.items()
            if ref.kind == "lead"
            and any(one.new == contact.id for one in cells.get("ConvertedContactId", ()))
        )
        return tuple(dict.fromkeys((*standing, *logged)))

    # ── lines ────────────────────────────────────────────────────────────────

    def read(self, line: FieldLine, ref: Ref, seq: int | None = None) -> Any:
        """A line's canonical value on a record right after commit *seq*; without it, at the end."""
        names = line.fields(ref.side, ref.kind)
        if not names:
            return ABSENT
        moment = self.seen.log[-1].seq if seq is None and self.seen.log else (seq or 0)
        values = {name: self.raw(ref, name, moment) for name in names}
        if ref.side == "salesforce" and line.type == "boolean":
            values = {name: bool(value) for name, value in values.items()}
        try:
            return line.read(ref.side, ref.kind, values, self.seen.directory)
        except Unreadable:
            return UNREADABLE

    def steps(self, couple: Couple, line: FieldLine, side: Side) -> list[Step]:
        """Every effective change of a line on one side, in order, whoever made it."""
        key = couple.now(side), line.name, side
        if key not in self._steps:
            self._steps[key] = self._stepped(couple, line, side)
        return self._steps[key]

    def _stepped(self, couple: Couple, line: FieldLine, side: Side) -> list[Step]:
        found: list[Step] = []
        value: Any = ABSENT
        for ref in couple.all(side):
            if found and not self._came_of(found[-1].ref, ref):
                value = ABSENT  # it was there already: what it holds did not come from the one before it
            for first, last in self._groups(line, ref):
                new = self.read(line, ref, last.seq)
                old = value if value is not ABSENT else self.read(line, ref, first.seq - 1)
                value = new
                if not alike(line, old, new):
                    found.append(Step(first.seq, last.seq, last.at, last.actor, ref, old, new))
        return found

    def _came_of(self, lead: Ref, contact: Ref) -> bool:
        """Whether a conversion of *lead* made *contact*, and did not only add to it."""
        born = self.births.get(contact)
        into = self.cells.get(lead, {}).get("ConvertedContactId", ())
        return born is not None and any(self._began(one) == self._began(born) for one in into)

    def _groups(self, line: FieldLine, ref: Ref) -> Iterator[tuple[Commit, Commit]]:
        """The commits of a line's fields that were made in one go: the first and the last of each."""
        cells = self.cells.get(ref, {})
        commits = sorted(
            (one for name in line.fields(ref.side, ref.kind) for one in cells.get(name, ())),
            key=lambda one: one.seq,
        )
        first: Commit | None = None
        for place, one in enumerate(commits):
            first = first or one
            after = commits[place + 1] if place + 1 < len(commits) else None
            if after is None or (after.at, after.user, after.request_id) != (one.at, one.user, one.request_id) or (
                not one.request_id and after.seq > one.seq + 60
            ) or after.field == one.field:  # fmt: skip
                yield first, one
                first = None

    def value(self, couple: Couple, line: FieldLine, side: Side, seq: int) -> Any:
        """A line's value on one side right after commit *seq*, on whichever record stood for that side then."""
        refs = [ref for ref in couple.all(side) if ref not in self.births or self.births[ref].seq <= seq]
        return self.read(line, refs[-1], seq) if refs else ABSENT

    def last_alike(self, couple: Couple, line: FieldLine, seq: int) -> int | None:
        """The newest commit at or before *seq* after which both sides said the same; None if there is none."""
        moments = {
            seq,
            *(one.seq for side in SIDES for one in self.steps(couple, line, side) if one.seq <= seq),
        }
        for moment in sorted(moments, reverse=True):
            values = [self.value(couple, line, side, moment) for side in SIDES]
            if ABSENT not in values and alike(line, *values):
                return moment
        return None

    def last_agreed(self, couple: Couple, line: FieldLine, seq: int) -> int | None:
        """The newest commit at or before *seq* at which the bridge saw both sides say the same, or made them; None if there is none.

        What both came to say, and one said no more before anybody could look, was never agreed on.
        """
        own = {one.seq for side in SIDES for one in self.steps(couple, line, side) if one.actor == "daemon"}
        for moment in sorted((one for one in own | self.looks if one <= seq), reverse=True):
            values = [self.value(couple, line, side, moment) for side in SIDES]
            if ABSENT not in values and alike(line, *values):
                return moment
        return None

    @cached_property
    def looks(self) -> frozenset[int]:
        """The last commits that answers could show, of those passes in which both systems answered."""
        found: set[int] = set()
        for one in self.seen.passes:
            answered = [
                attempt
                for attempt in self.seen.attempts
                if one.began <= attempt.at <= one.finished
                and one.log_before <= attempt.log <= one.log_after
                and 200 <= attempt.status < 300
            ]
            if {attempt.side for attempt in answered} == {*SIDES}:
                found |= {attempt.log for attempt in answered}
        return frozenset(found)

    def met(self, couple: Couple) -> int:
        """The commit by which the bridge first put a key on one of the two; before its first pass it met nobody.

        A key that people brought in says who belongs together, and nothing of what both had agreed on. Who came
        out of a merge under another key meets the other record for the first time.
        """
        keys = [
            self._remembered(couple, one.seq)
            for ref in (*couple.hubspot, *couple.salesforce)
            for name in ("leadbridge_key", "Leadbridge_HubSpot_Id__c")
            for one in self.cells.get(ref, {}).get(name, ())
            if one.actor == "daemon"
        ]
        begun = self._let_in(couple)
        joined_anew = [seq for seq in keys if seq > self.merged(couple) > 0]
        return min(joined_anew or keys, default=begun)

    def _remembered(self, couple: Couple, seq: int) -> int:
        """The commit by which a key meant that the two are known: one that a process died with is remembered by nobody.

        Where the next pass that decided anything about the two linked them anew, they met in that one, unless one
        before it could have: all were cut short, or began while a lost write might still arrive.
        """
        made_in, refs = self.pass_of(seq), {*couple.hubspot, *couple.salesforce}
        if made_in is None or made_in.ended:
            return seq
        later = [
            entry
            for entry in (*self.seen.ledger_lost, *self.seen.ledger)
            if entry.kind == "decided" and {entry.subject, entry.counterpart} <= refs
            and entry.observed_at > made_in.finished
        ]  # fmt: skip
        first = min((one.observed_at for one in later), default=None)
        anew = next((one for one in self.seen.passes if first and one.began <= first <= one.finished), None)
        if anew is None or not any(
            one.decision.what == "linked" and anew.began <= one.observed_at <= anew.finished for one in later
        ):
            return seq
        free = [one.began for one in self.seen.passes if made_in.finished <= one.began < anew.began
                and not one.cut_short]  # fmt: skip
        if free and free[-1] - free[0] >= self._rest:
            return seq
        own = (one.seq for ref in refs for some in self.cells.get(ref, {}).values() for one in some
               if one.actor == "daemon" and anew.log_before < one.seq <= anew.log_after)  # fmt: skip
        return min(own, default=anew.log_before + 1)

    @property
    def _rest(self) -> timedelta:
        """How long a unit may rest for a write whose answer was lost; a note is found by search alone, which lags."""
        bridge = self.seen.agreement.bridge
        return timedelta(seconds=max(bridge.settle_s, bridge.overlap_s["hubspot"]))

    def _let_in(self, couple: Couple) -> int:
        """The first commit of the pass that linked the two: one that was cut off before it could look met nobody.

        So it is with who was outside a sample at first.
        """
        refs = {*couple.hubspot, *couple.salesforce}
        linked = min(
            (
                entry.observed_at
                for entry in (*self.seen.ledger_lost, *self.seen.ledger)
                if entry.kind == "decided" and entry.decision.what == "linked" and entry.subject in refs
            ),
            default=None,
        )
        begun = (one for one in self.seen.passes if linked is None or one.finished >= linked)
        return next((one.log_before + 1 for one in begun), 0)

    def is_unknown(self, couple: Couple, at: datetime) -> bool:
        """Whether the store was lost after that moment, or before it and the two were not linked anew yet.

        What both had agreed on is gone then, and the first look at the two meets them for the first time.
        """
        return any(lost > at or at <= self._linked_anew(couple, lost) for lost in self.seen.losses)

    def _linked_anew(self, couple: Couple, lost: datetime) -> datetime:
        refs = {*couple.hubspot, *couple.salesforce}
        return min(
            (
                entry.observed_at
                for entry in (*self.seen.ledger_lost, *self.seen.ledger)
                if entry.kind == "decided" and entry.decision.what == "linked"
                and entry.observed_at >= lost and refs & {entry.subject, entry.counterpart}
            ),
            default=lost,
        )  # fmt: skip

    def then(self, couple: Couple, side: Side, step: Step) -> Couple:
        """The couple that the record of *side* was half of when *step* was made, by the keys right after that pass.

        Somebody whose record was deleted may be linked with another one later; what was written before came from the first.
        """
        made_in = self.pass_of(step.seq)
        seq = made_in.log_after if made_in is not None else step.seq
        named = str(self.raw(couple.now("hubspot"), "leadbridge_key", seq) or "")
        naming = str(self.raw(step.ref, "Leadbridge_HubSpot_Id__c", seq) or "")
        theirs = [str(self.raw(ref, "Leadbridge_HubSpot_Id__c", seq) or "") for ref in couple.salesforce]
        if couple.pair != "person" or named[:15] in {ref.id[:15] for ref in couple.salesforce} or (
            couple.now("hubspot").id in map(self.survivor, theirs)
        ):  # fmt: skip
            return couple
        kind = _PEOPLE.get(named[:3])
        if side == "hubspot" and kind is not None:
            partner = self._became(Ref("salesforce", kind, named), seq)
            return Couple(couple.pair, couple.hubspot, (*self._was(partner), partner))
        if side == "salesforce" and naming:
            contact = Ref("hubspot", "contact", self.survivor(naming, seq))
            return Couple(couple.pair, (contact,), couple.salesforce)
        return couple

    def _became(self, ref: Ref, seq: int) -> Ref:
        """The Contact that a Lead was converted to by commit *seq*: the key in HubSpot goes on naming the Lead."""
        contact = self.raw(ref, "ConvertedContactId", seq) if ref.kind == "lead" else None
        return Ref("salesforce", "contact", str(contact)) if contact else ref

    def is_of_another(self, couple: Couple, step: Step) -> bool:
        """Whether the contact and somebody else in Salesforce named each other right after the pass that made *step*.

        What a third one then carried of somebody merged away says nothing.
        """
        return self.other_couple(couple, step) is not None

    def other_couple(self, couple: Couple, step: Step) -> Couple | None:
        """The couple of the contact and that somebody else; None where the contact was half of *couple*."""
        made_in = self.pass_of(step.seq)
        seq = made_in.log_after if made_in is not None else step.seq
        named = str(self.raw(couple.now("hubspot"), "leadbridge_key", seq) or "")
        kind = _PEOPLE.get(named[:3]) if couple.pair == "person" and step.ref.side == "hubspot" else None
        if kind is None or named in {ref.id for ref in couple.salesforce}:
            return None
        partner = Ref("salesforce", kind, named)
        naming = str(self.raw(partner, "Leadbridge_HubSpot_Id__c", seq) or "")
        if self.survivor(naming, seq) != couple.now("hubspot").id:
            return None
        return Couple(couple.pair, couple.hubspot, (*self._was(partner), partner))

    def is_shared(self, couple: Couple, line: FieldLine, side: Side) -> bool:
        """Whether another line, which writes *side*, names one of this line's fields there too."""
        kind = couple.now(side).kind
        mine = {*line.fields(side, kind)}
        return any(
            other_line is not line and other_line.writes(side) and mine & {*other_line.fields(side, kind)}
            for other_line in self.seen.agreement.pairs[couple.pair].lines
        )

    def is_own_word(self, couple: Couple, line: FieldLine, giver: Side) -> bool:
        """Whether *giver* only says what the bridge brought there, or what the other side says itself in another line."""
        kind, taker = couple.now(giver).kind, other(giver)
        mine = {*line.fields(giver, kind)}
        steps = self.steps(couple, line, giver)
        if steps and steps[-1].actor == "daemon":
            return True
        since = steps[-1].first - 1 if steps else 0
        return any(
            self.value(couple, one, taker, since) == line.only
            or any(step.new == line.only for step in self.steps(couple, one, taker) if step.first > since)
            for one in self.seen.agreement.pairs[couple.pair].lines
            if one is not line
            and one.only == line.only
            and one.writes(giver)
            and mine & {*one.fields(giver, kind)}
        )

    def lines(self, couple: Couple) -> Iterator[FieldLine]:
        """The lines that both records of a couple have."""
        for line in self.seen.agreement.pairs[couple.pair].lines:
            if self.has(couple, line):
                yield line

    @staticmethod
    def has(couple: Couple, line: FieldLine) -> bool:
        """Whether both records of a couple have a line's fields."""
        return all(line.fields(side, couple.now(side).kind) for side in SIDES)

    # ── the bridge's own words, where a promise is about them ────────────────

    def is_after(self, entry: Entry, seq: int) -> bool:
        """Whether an entry was made in a pass that ended after commit *seq*; numbers begin anew with a lost store."""
        passes = self._passes.get(entry.pass_id, ())
        return not passes or any(one.log_after >= seq for one in passes)

    def is_by(self, entry: Entry, seq: int) -> bool:
        """Whether an entry was made in the pass that made commit *seq*, or in one before it."""
        passes = self._passes.get(entry.pass_id, ())
        return not passes or any(one.log_before < seq for one in passes)

    def is_before(self, entry: Entry, seq: int) -> bool:
        """Whether an entry was made in a pass that was over before the one that made commit *seq* began."""
        passes = self._passes.get(entry.pass_id, ())
        made_in = self.pass_of(seq)
        return made_in is not None and bool(passes) and all(one.log_after <= made_in.log_before for one in passes) and (
            entry.pass_id != made_in.id
        )  # fmt: skip

    def is_told(self, couple: Couple, line: FieldLine | None = None) -> bool:
        """Whether an open problem is about this line, or about one of the two records as a whole."""
        refs = {*couple.hubspot, *couple.salesforce}
        about = [
            one
            for one in self.seen.problems
            if one.subject in refs or replace(one.subject, id=self.survivor(one.subject.id)) in refs
        ]
        if line is None:
            return any(one.field is None for one in about)
        names = {line.name, *(name for side in SIDES for name in line.fields(side, couple.now(side).kind))}
        return any(one.field in names or (one.field is None and one.code in STOPS_ALL) for one in about)

    def is_told_of(self, ref: Ref, *codes: str) -> bool:
        """Whether an open problem (of these *codes*, too) is about this record as a whole, or names it."""
        return any(
            one.code in {*STOPS_ALL, *codes}
            and one.field is None
            and (one.subject == ref or str(ref) in one.text)
            for one in self.seen.problems
        )

    def looked_at(self, ref: Ref, died: PassSeen, rests: timedelta = timedelta(0)) -> int:
        """The last commit that was shown by the first look at records of that kind after *died*, by a pass that was not killed.

        Where the unit *rests* since the first of those passes, it is the first look after that.
        """
        later = [one for one in self.seen.passes if one.began > died.began and one.ended]
        following = next((one for one in later if one.began >= later[0].began + rests), None)
        if following is None:
            return 0
        place = _LOOKS[ref.side].format(TWIN_KIND[ref.side, ref.kind])
        return next(
            (
                one.log
                for one in self.seen.attempts
                if following.log_before <= one.log <= following.log_after
                and following.began <= one.at <= following.finished
                and one.path.endswith(place)
            ),
            following.log_before,
        )

    def is_gone_unseen(self, ref: Ref, seq: int, *ends: str, rests: timedelta = timedelta(0)) -> bool:
        """Whether the process died that made commit *seq*, and the record met one of these *ends* before another could look.

        An end that was taken back by then is none: the record lives, and shows what was written. Nobody looks
        at a unit that *rests* because another of its writes may still arrive.
        """
        made_in = self.pass_of(seq)
        if made_in is None or made_in.ended:
            return False
        until = self.looked_at(ref, made_in, rests)
        said = ([one for one in self.cells[ref].get(name, ()) if seq < one.seq <= until] for name in ends)
        return any(some[-1].new for some in said if some)

    def sent_in(self, step: Step) -> PassSeen | None:
        """The pass that sent *step*; a vendor may carry it out long after, at a moment that it then says was earlier."""
        made_in = self.pass_of(step.seq)
        if made_in is not None and _cut(made_in.began) <= step.at:
            return made_in
        return next((one for one in reversed(self.seen.passes) if _cut(one.began) <= step.at), made_in)

    def shown_by(self, side: Side, step: Step) -> int:
        """The newest commit that *side* showed for sure when the pass that sent *step* began."""
        made_in = self.sent_in(step)
        if made_in is None:
            return step.first - 1
        began = made_in.began - self.seen.late.get(side, timedelta(0))
        until = made_in.log_before
        return next((one.seq for one in reversed(self.seen.log) if one.seq <= until and one.at <= began), 0)

    def pass_of(self, seq: int) -> PassSeen | None:
        """The pass in which a commit was made."""
        place = bisect_right(self._seqs, seq - 1)
        found = self.seen.passes[place] if place < len(self.seen.passes) else None
        return found if found is not None and found.log_before < seq else None


SIDES: Final[tuple[Side, Side]] = ("hubspot", "salesforce")


def other(side: Side) -> Side:
    """The other side."""
    return "salesforce" if side == "hubspot" else "hubspot"


def alike(line: FieldLine, left: Any, right: Any) -> bool:
    """Whether two values of a line mean the same; blank is blank however it is spelled."""
    if left is UNREADABLE or right is UNREADABLE or left is ABSENT or right is ABSENT:
        return left is right
    if is_blank(left) and is_blank(right):
        return True
    return line.alike(left, right)


def _cut(at: datetime) -> datetime:
    """The moment as HubSpot tells it, in whole milliseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _ref(commit: Commit) -> Ref:
    return Ref(commit.side, OUR_KIND.get((commit.side, commit.kind), commit.kind), commit.id)
