"""The lifecycle is obeyed by the bridge, and kept for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connectors.records import Ref, Side
from mappings.lifecycle.definition import START
from sync.model import Entry
from tests.simulation.evidence import Evidence, PassSeen, Violation
from tests.simulation.invariants.convergence import STAGE
from tests.simulation.invariants.past import SIDES, Couple, Past, other
from tests.simulation.invariants.registry import invariant
from twins.log import Commit

_LEGAL: Final = frozenset({"legal", "implied", "unseen"})
_MERGED: Final = "merged"
_UNBOUND: Final = frozenset({"adopted", "started", "accepted_illegal", _MERGED})
_LEFT: Final = frozenset({"flagged", "asked"})
_SECOND: Final = timedelta(seconds=1)
_KINDS: Final = frozenset({("hubspot", "contact"), ("salesforce", "lead"), ("salesforce", "contact")})


@invariant(
    "I9",
    "Every stage that the bridge writes is reached by moves of the configured lifecycle, and every illegal jump of a "
    "person is put back with exactly one entry in the ledger.",
)
def i09_legality(seen: Evidence, past: Past) -> Iterator[Violation]:
    moves = moves_of(seen)
    edges = {(move.came_from, move.to) for move in seen.agreement.lifecycle.moves}
    for person, entries in moves.items():
        yield from _legal(seen, person, entries, edges)
    by_record: dict[Ref, list[tuple[Entry, Sequence[Entry]]]] = defaultdict(list)
    for entries in moves.values():
        for one in entries:
            for ref in _refs(one):
                by_record[ref].append((one, entries))
    for commit, ref in _stage_commits(past):
        if commit.actor == "daemon":
            key = past.raw(ref, "Leadbridge_HubSpot_Id__c", commit.seq)
            person = Ref("hubspot", "contact", str(key)) if ref.side == "salesforce" and key else ref
            person = _meant(past, commit, ref) or person
            entries = moves.get(person) or _of_whom(past, commit, by_record.get(ref, ()))
            entries = entries or _of_survivor(seen, person, moves)
            yield from _explained(seen, past, commit, ref, entries, edges)
    for couple in past.couples:
        if couple.pair == "person" and not past.is_told(couple) and not past.is_observed(couple):
            brought = [one for one in moves.get(couple.now("hubspot"), ()) if one.decision.rule == _MERGED]
            yield from _jumps(seen, past, couple, edges, brought)


def _meant(past: Past, commit: Commit, ref: Ref) -> Ref | None:
    """The contact that a write was sent to, where HubSpot carried it out on the survivor: the pass could not read yet that it was merged."""
    made_in = past.pass_of(commit.seq)
    sent_to = (
        entry.subject
        for entry in past.seen.ledger
        if entry.kind == "written"
        and made_in is not None
        and entry.pass_id == made_in.id
        and entry.decision.other == str(ref)
        and STAGE[ref.side] in (entry.decision.new or ())
    )
    return next((one for one in sent_to if past.survivors.get(one.id, ("", 0))[0] == ref.id), None)


def _of_whom(past: Past, commit: Commit, named: Sequence[tuple[Entry, Sequence[Entry]]]) -> Sequence[Entry]:
    """The steps of the person whose entries name the record at last before *commit*; of the first one after it, where none did."""
    in_order = sorted(named, key=lambda one: one[0].seq)
    before = [entries for one, entries in in_order if past.is_by(one, commit.seq)]
    return (before[-1:] or [entries for _, entries in in_order[:1]] or [()])[0]


def _of_survivor(seen: Evidence, person: Ref, moves: Mapping[Ref, Sequence[Entry]]) -> Sequence[Entry]:
    """The steps of the survivor to whom the link of *person* moved, from then on: who was merged away before any was entered goes on as that one."""
    merged = next((one for one in seen.ledger if one.kind == "decided" and lost_by(one) == person), None)
    return [one for one in moves.get(merged.subject, ()) if one.seq > merged.seq] if merged else ()


def moves_of(seen: Evidence) -> Mapping[Ref, Sequence[Entry]]:
    """The judged steps of every person, in the order they were judged.

    A link that moved to the survivor of a merge brings the stage along: from then on the
    survivor stands where the lost contact stood, which is a step of nobody.
    """
    found: dict[Ref, list[Entry]] = defaultdict(list)
    for entry in sorted(seen.ledger, key=lambda one: one.seq):
        if entry.kind != "decided":
            continue
        if entry.decision.what in ("moved", "reverted") and entry.decision.field == "stage":
            found[entry.subject].append(entry)
        elif (lost := lost_by(entry)) is not None:
            stood = [one for one in found[lost] if one.decision.what == "moved"][-1:]
            found[entry.subject] += [_brought(one, entry) for one in stood]
    return found


def lost_by(entry: Entry) -> Ref | None:
    """The contact whose link moved to the survivor of a merge by this entry."""
    said = entry.decision
    if (said.what, said.why, said.side) != ("linked", "merged", "hubspot"):
        return None
    return Ref("hubspot", "contact", str(said.old).rpartition(":")[2])


def _brought(stood: Entry, merged: Entry) -> Entry:
    move = replace(stood.decision, rule=_MERGED)
    return replace(merged, decision=move, counterpart=merged.counterpart or stood.counterpart)


def _refs(entry: Entry) -> list[Ref]:
    return [ref for ref in (entry.subject, entry.counterpart) if ref is not None]


def _legal(
    seen: Evidence, person: Ref, entries: Sequence[Entry], edges: set[tuple[str, str]]
) -> Iterator[Violation]:
    """Each move starts where the person stood and is an edge of the graph."""
    stands: str | None = None
    for entry in entries:
        move = entry.decision
        if move.what != "moved":
            continue
        if move.rule in _LEGAL:
            if (move.old, move.new) not in edges:
                yield Violation(
                    "I9", f"{person} went from {move.old} to {move.new}, which no move allows", (str(person),)
                )
            if stands is not None and move.old != stands:
                yield Violation(
                    "I9", f"{person} stood at {stands} and was moved from {move.old}", (str(person),)
                )
        elif move.rule not in _UNBOUND:
            yield Violation("I9", f"{person} was moved by a step judged {move.rule}", (str(person),))
        stands = str(move.new)


def _stage_commits(past: Past) -> Iterator[tuple[Commit, Ref]]:
    for ref, cells in past.cells.items():
        if (ref.side, ref.kind) in _KINDS:
            for commit in cells.get(STAGE[ref.side], ()):
                yield commit, ref


def _explained(
    seen: Evidence,
    past: Past,
    commit: Commit,
    ref: Ref,
    entries: Sequence[Entry],
    edges: set[tuple[str, str]],
) -> Iterator[Violation]:
    """The bridge writes the stage in which the ledger says that the person stood then."""
    if any(at >= commit.at for at in seen.losses):
        return  # the ledger of that time is gone
    moves = [one for one in entries if one.decision.what == "moved" and past.is_by(one, commit.seq)]
    before = [one for one in moves if past.is_before(one, commit.seq)]
    stood = {str(one.decision.new) for one in (*before[-1:], *moves[len(before) :])}
    stood |= _entered_late(past, commit, ref, entries)
    if commit.new not in seen.agreement.lifecycle.stages:
        yield Violation(
            "I9", f"the bridge wrote the stage {commit.new!r}, which there is not", _where(commit, ref)
        )
    elif commit.new not in stood and not _is_never_entered(seen, past, commit, ref, before, edges):
        yield Violation(
            "I9",
            f"the bridge wrote the stage {commit.new} while the ledger says {' or '.join(sorted(stood)) or 'nothing'}",
            _where(commit, ref),
        )


def _entered_late(past: Past, commit: Commit, ref: Ref, entries: Sequence[Entry]) -> set[str]:
    """Moves are entered with the standing: those of a pass that was killed, or lost the answer, are entered by a later one."""
    made_in = past.pass_of(commit.seq)
    late = [one for one in entries if one.decision.what == "moved" and not past.is_by(one, commit.seq)]
    if made_in is None or not late or (made_in.ended and not _is_found_late(past, commit, ref, late[0])):
        return set()
    return {str(one.decision.new) for one in late if one.pass_id == late[0].pass_id}


def _is_never_entered(
    seen: Evidence,
    past: Past,
    commit: Commit,
    ref: Ref,
    before: Sequence[Entry],
    edges: set[tuple[str, str]],
) -> bool:
    """The process died with the write, and the record was gone before another could look: nobody stands anywhere any more.

    Or the reason for it was gone: the other side was never told, nobody asks for it still, and the first pass that could
    look again moved on.
    The ledger says that the stage was about to be shown, and moves lead there from where the person stood, or
    a beginning from nowhere. Who stood nowhere and was converted by then begins anew, as the Contact.
    """
    made_in, stood = past.pass_of(commit.seq), next((one.decision.new for one in before[-1:]), None)
    if made_in is None:
        return False
    said = [
        entry
        for entry in seen.ledger
        if entry.pass_id == made_in.id
        and ref in _refs(entry)
        and (entry.decision.what, entry.decision.field, entry.decision.new)
        == ("projected", STAGE[ref.side], commit.new)
    ]
    refs = {ref, *(one for entry in said for one in _refs(entry))}
    rests = _rests(seen, past, made_in, refs)
    is_gone = past.is_gone_unseen(ref, commit.seq, "merged_into", "archived", "IsDeleted", rests=rests)
    is_gone |= stood is None and any(past.is_gone_unseen(one, commit.seq, "IsConverted") for one in refs)
    if not is_gone:
        until = _overtaken_by(past, commit, ref, refs, made_in, rests)
        if until is None or _is_asked_still(seen, past, commit, refs, edges, before[-1:], until):
            return False
    if stood is None:
        return bool(said) and commit.new in {*_begun(seen, refs), *_adopted(seen, past, refs, made_in)}
    return bool(said) and (
        (stood, commit.new) in edges or commit.new in _asked(seen, past, commit, refs, edges)
    )


def _overtaken_by(
    past: Past, commit: Commit, ref: Ref, refs: Collection[Ref], died: PassSeen, rests: timedelta
) -> PassSeen | None:
    """The first whole pass after the unit rested since that death, if another stage was shown by its end, by whomever.

    A unit that did not have to rest (both sides were told) has lost its reason only by a person's hand.
    """
    later = [one for one in past.seen.passes if one.began > died.began and one.ended]
    if died.ended or not later:
        return None
    found = _found_at(past, refs, died, commit.new)
    since = max([later[0].began + rests, *(one.began for one in later if one.id in found)])
    whole = next((one for one in later if one.began >= since and not one.cut_short), None)
    if whole is None or not (rests or _is_touched(past, refs, commit.seq, whole.log_before)):
        return None
    shown = [one for one in _stages(past, ref) if commit.seq < one.seq <= whole.log_after]
    return whole if shown and shown[-1].new != commit.new else None


def _found_at(past: Past, refs: Collection[Ref], died: PassSeen, stage: object) -> set[int]:
    """The passes that first found a write of that stage on one of these carried out: where a look had failed, the unit rested on."""
    found: dict[str, int] = {}
    for entry in past.seen.ledger:
        on, values = str(entry.decision.other), entry.decision.new
        is_told = entry.kind == "written" and entry.pass_id > died.id and on in map(str, refs)
        if is_told and (values or {}).get(STAGE[Ref.parse(on).side]) == stage:
            found.setdefault(on, entry.pass_id)
    return {*found.values()}


def _is_touched(past: Past, refs: Collection[Ref], after: int, until: int) -> bool:
    """Whether a person edited in between what the lifecycle looks at on one of these records."""
    needs = past.seen.agreement.lifecycle.needs
    commits = (
        one
        for ref in refs
        for name in needs(ref.side, ref.kind)
        for one in past.cells.get(ref, {}).get(name, ())
    )
    return any(one.actor == "human" and after < one.seq <= until for one in commits)


def _is_asked_still(
    seen: Evidence,
    past: Past,
    commit: Commit,
    refs: Collection[Ref],
    edges: set[tuple[str, str]],
    stood: Sequence[Entry],
    by: PassSeen,
) -> bool:
    """Whether the last word of a person since these *stood* where they did asks for that stage: the reason is not gone."""
    words = [
        word
        for one in refs
        for word in _stages(past, one)
        if word.actor == "human"
        and word.seq <= by.log_after
        and all(past.is_by(it, word.seq) for it in stood)
    ]
    last = max(words, key=lambda word: word.seq, default=None)
    return last is not None and last.new == commit.new and _is_taken(seen, last, edges)


def _rests(seen: Evidence, past: Past, died: PassSeen, refs: Collection[Ref]) -> timedelta:
    """How long a unit rests after that death: a stage that was about to be shown on one of both never arrived, and still may."""
    is_open = any(
        (entry.decision.what, entry.decision.field) == ("projected", STAGE[ref.side])
        and entry.decision.side == ref.side
        and not any(one.actor == "daemon" and past.pass_of(one.seq) is died for one in _stages(past, ref))
        for entry in seen.ledger
        if entry.pass_id == died.id
        for ref in _refs(entry)
        if ref in refs
    )
    return timedelta(seconds=seen.agreement.bridge.settle_s if is_open else 0)


def _stages(past: Past, ref: Ref) -> Sequence[Commit]:
    return past.cells.get(ref, {}).get(STAGE[ref.side], ())


def _asked(
    seen: Evidence, past: Past, commit: Commit, refs: Collection[Ref], edges: set[tuple[str, str]]
) -> set[str]:
    """Where the bridge itself may have moved whoever was asked for a stage, right before it wrote, by a person's hand."""
    found = set()
    for one in refs:
        before = [word for word in _stages(past, one) if word.seq < commit.seq][-1:]
        found |= {str(word.new) for word in before if word.actor == "human" and _is_taken(seen, word, edges)}
    return _onwards(seen, found)


def _is_taken(seen: Evidence, word: Commit, edges: set[tuple[str, str]]) -> bool:
    return seen.agreement.lifecycle.illegal == "accept" or (word.old, word.new) in edges


def _begun(seen: Evidence, refs: Collection[Ref]) -> set[str]:
    """Where somebody new may stand after one pass: a start, and whatever moves the bridge makes from there by itself.

    A seller starts only who is in Salesforce.
    """
    moves, is_sellers = seen.agreement.lifecycle.moves, any(one.side == "salesforce" for one in refs)
    starts = [one for one in moves if one.came_from == START and ("bridge" in one.who or is_sellers)]
    return _onwards(seen, {one.to for one in starts})


def _onwards(seen: Evidence, found: set[str]) -> set[str]:
    """These stages, and wherever the bridge moves somebody from there by itself."""
    moves = [one for one in seen.agreement.lifecycle.moves if "bridge" in one.who]
    while more := {one.to for one in moves if one.came_from in found} - found:
        found = found | more
    return found


def _adopted(seen: Evidence, past: Past, refs: Collection[Ref], by: PassSeen) -> set[str]:
    """Where somebody may be adopted: in the stage that stood on him; who was there before the bridge, by what he was."""
    rules, seq = seen.agreement.lifecycle.adoption, by.log_before
    found = {str(past.raw(one, STAGE[one.side], seq)) for one in refs}
    began = min(one.log_before for one in seen.passes)
    for one in refs:
        if one in past.births and past.births[one].seq > began:
            continue
        if one.kind == "lead":
            found |= {line.stage for line in rules.leads if line.status == past.raw(one, "Status", seq)}
        elif one.side == "hubspot":
            shown = str(past.raw(one, "lifecyclestage", seq) or "")
            found.add(rules.lifecyclestage.get(shown, rules.otherwise))
        else:
            found |= {rules.open_opportunity, rules.won_opportunity}
    return found


def _is_found_late(past: Past, commit: Commit, ref: Ref, entered: Entry) -> bool:
    """Whether the pass that *entered* the move found the write, or one before it, and since then every pass was cut
    short, or the unit still rested, before it had carried out a plan for the record: the move is entered with the next one.
    """
    later = [one for one in past.seen.passes if one.began > commit.at and one.id <= entered.pass_id]
    refs = {ref, *_refs(entered)}
    return any(
        _is_found_in(past, ref, one.id)
        and all(
            (two.cut_short or two.began < one.began + _rests_still(past, ref, refs, one))
            and not _is_carried_out(past, refs, two.id)
            for two in later[place:]
            if two.id < entered.pass_id
        )
        for place, one in enumerate(later)
    )


def _rests_still(past: Past, ref: Ref, refs: Collection[Ref], found: PassSeen) -> timedelta:
    """How long a unit rests after the pass that *found* one of its writes: the other side's was lost as well, and may still arrive."""
    said = [one for one in past.seen.ledger if one.pass_id <= found.id and {*_refs(one)} & {*refs}]
    planned = [one.seq for one in said if one.kind == "decided" and one.decision.what in ("field", "projected")
               and one.decision.side == other(ref.side)]  # fmt: skip
    told = (one.seq for one in said if one.kind in ("written", "refused") and one.decision.other
            and Ref.parse(str(one.decision.other)).side == other(ref.side))  # fmt: skip
    is_open = bool(planned) and planned[-1] > max(told, default=0)
    return timedelta(seconds=past.seen.agreement.bridge.settle_s if is_open else 0)


def _is_carried_out(past: Past, refs: Collection[Ref], pass_id: int) -> bool:
    """Whether that pass planned one of these, and every side that was to be written took it."""
    said = [one for one in past.seen.ledger if one.pass_id == pass_id and {*_refs(one)} & {*refs}]
    planned = [one for one in said if one.kind == "decided" and one.decision.what in ("field", "projected")]
    took = {
        one.decision.side
        for one in said
        if one.kind == "written" and one.seq > planned[0].seq and one.decision.why in ("done", "created")
    } if planned else set()  # fmt: skip
    return bool(planned) and {one.decision.side for one in planned} <= took


def _is_found_in(past: Past, ref: Ref, pass_id: int) -> bool:
    """Whether that pass found out that a write of the record's stage had been carried out."""
    return any(
        entry.kind == "written"
        and entry.pass_id == pass_id
        and entry.decision.other == str(ref)
        and STAGE[ref.side] in (entry.decision.new or ())
        for entry in past.seen.ledger
    )


def _where(commit: Commit, ref: Ref) -> tuple[str, ...]:
    return f"#{commit.seq}", str(ref)


def _jumps(
    seen: Evidence, past: Past, couple: Couple, edges: set[tuple[str, str]], brought: Sequence[Entry]
) -> Iterator[Violation]:
    """Each last word of a person about the stage, before the bridge's own, was judged exactly once.

    What a merge *brought* along with the link is where the lost contact stood: nobody's word.
    """
    since = max(seen.losses, default=None)
    judged = [
        entry
        for entry in seen.ledger
        if entry.kind == "decided" and entry.decision.field == "stage"
        and {*couple.hubspot, *couple.salesforce} & {*_refs(entry)}
    ]  # fmt: skip
    judged += brought
    for side in SIDES:
        words = list(_last_words(past, couple, side))
        for commit, stood in words:
            if since is not None and commit.at <= since:
                continue
            if commit.new is None or commit.new == stood or (stood, commit.new) in edges:
                continue  # a legal move, or none; whether its guards held is the lifecycle's own business
            if commit.new == _moved_last(past, judged, commit):
                continue  # back to where everybody agreed that the person stands
            if commit.new == _left_last(past, judged, side, commit):
                continue  # back to what was judged, and left, at the last look: nothing shows that it was gone
            alike = [one for one, _ in words if one.new == commit.new]
            yield from _judged_once(seen, past, couple, side, commit, judged, alike)


def _of_this_word(
    past: Past, verdicts: Sequence[Entry], commit: Commit, words: Sequence[Commit]
) -> Sequence[Entry]:
    """Those of the *verdicts* that are about *commit*: each other one of these *words* that could be judged by then
    takes the one whose time is nearest to its own, if it is nearer than to that of *commit*.
    """
    left = list(verdicts)
    for word in words:
        near = [
            one
            for one in left
            if one.decision.occurred_at is not None and past.is_after(one, word.seq)
            and _from(word, one.decision.occurred_at) < _from(commit, one.decision.occurred_at)
        ]  # fmt: skip
        if near:
            left.remove(min(near, key=lambda one: _from(word, one.decision.occurred_at or word.at)))
    return left


def _from(commit: Commit, at: datetime) -> timedelta:
    """How far the time that a verdict names is from that of a word; Salesforce tells whole seconds."""
    told = commit.at.replace(microsecond=0) if commit.side == "salesforce" else commit.at
    return abs(at - told)


def _moved_last(past: Past, judged: Sequence[Entry], commit: Commit) -> object:
    before = [one for one in judged if one.decision.what == "moved" and not past.is_after(one, commit.seq)]
    return max(before, key=lambda one: one.seq).decision.new if before else None


def _left_last(past: Past, judged: Sequence[Entry], side: Side, commit: Commit) -> object:
    """The stage that the last judgement of this side before *commit* left standing; None where it judged otherwise."""
    before = [one for one in judged if one.decision.side == side and not past.is_after(one, commit.seq)]
    last = max(before, key=lambda one: one.seq, default=None)
    return last.decision.new if last is not None and last.decision.rule in _LEFT else None


def _last_words(past: Past, couple: Couple, side: Side) -> Iterator[tuple[Commit, str | None]]:
    """A person's edits of the stage that nobody followed up before the bridge looked, and where he stood."""
    commits = [one for ref in couple.all(side) for one in past.cells.get(ref, {}).get(STAGE[side], ())]
    stood: str | None = None
    for place, one in enumerate(commits):
        if one.actor == "daemon":
            stood = one.new
            continue
        after = commits[place + 1] if place + 1 < len(commits) else None
        is_born = past.births.get(Ref(side, couple.now(side).kind, one.id)) is not None and one.old is None
        if one.actor == "human" and not is_born and stood is not None and (
            after is None or after.actor == "daemon"
        ):  # fmt: skip
            yield one, stood


def _judged_once(
    seen: Evidence,
    past: Past,
    couple: Couple,
    side: Side,
    commit: Commit,
    judged: Sequence[Entry],
    alike: Sequence[Commit],
) -> Iterator[Violation]:
    about = [
        one
        for one in judged
        if one.decision.new == commit.new and one.decision.side == side and past.is_after(one, commit.seq)
        and one.decision.occurred_at is not None and abs(one.decision.occurred_at - commit.at) <= _SECOND
    ]  # fmt: skip
    found = [
        one
        for one in about
        if one.decision.rule not in ("implied", "unseen", _MERGED) and one.decision.by in (commit.user, None)
    ]
    verdicts = _of_this_word(past, found, commit, alike)
    if len(verdicts) > 1:
        yield Violation(
            "I9",
            f"one jump to {commit.new} in {side} stands {len(verdicts)} times in the ledger",
            _where(commit, couple.now(side)),
        )
    stands = past.standing[couple.now(side)].get(STAGE[side])
    later = any(
        one.decision.new == stands and past.is_after(one, commit.seq)
        and (one.decision.what == "moved" or one.decision.rule in _LEFT)
        for one in judged
    )  # fmt: skip
    if stands == commit.new and not later:
        yield Violation(
            "I9",
            f"the illegal stage {commit.new} that somebody set in {side} stands there unjudged",
            _where(commit, couple.now(side)),
        )


@invariant(
    "G-H5",
    "Nobody is shown in an open stage that sales owns without an owner and a deadline, unless ops are told so.",
)
def h5_owner_and_deadline(seen: Evidence, past: Past) -> Iterator[Violation]:
    """At every write of the bridge that shows such a stage in HubSpot, not only at the end."""
    lifecycle = seen.agreement.lifecycle
    stages = lifecycle.stages_by_name.values()
    due = {stage.name for stage in stages if stage.owner == "sales" and stage.clock is not None}
    for ref, cells in past.cells.items():
        if (ref.side, ref.kind) != ("hubspot", "contact") or past.is_told_of(ref, "no_owner"):
            continue
        for commit in cells.get(STAGE["hubspot"], ()):
            if commit.actor != "daemon" or commit.new not in due or _was_told(seen, past, commit, ref):
                continue
            last = max(one.seq for some in cells.values() for one in some if _is_same_save(one, commit))
            for name in ("leadbridge_sales_owner", "leadbridge_sla_due_at"):
                if not past.raw(ref, name, last):
                    yield Violation(
                        "G-H5", f"the stage {commit.new} was shown without {name}", _where(commit, ref)
                    )


def _was_told(seen: Evidence, past: Past, commit: Commit, ref: Ref) -> bool:
    """Whether ops knew at that write, by the end of its pass, that nobody was found to own the person."""
    made_in = past.pass_of(commit.seq)
    return made_in is not None and any(
        (one.code, one.subject) == ("no_owner", ref)
        and one.since <= made_in.finished
        and (one.until is None or one.until >= made_in.began)
        for one in seen.told
    )


def _is_same_save(one: Commit, other: Commit) -> bool:
    return (one.at, one.request_id, one.actor) == (other.at, other.request_id, other.actor)
