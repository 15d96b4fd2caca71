"""Store what came of some plans, in one transaction.

Station 6 of the road: good receipts become the new base; what was refused becomes a
problem, what was not carried out is knocked for again, and so is what these plans
made others depend on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connectors.records import Ref
from sync.apply import Applied, Memory
from sync.brakes import SIDES
from sync.intake import PAIR_OF, is_of_a_unit
from sync.model import Base, Decision, Knock, Lane, Plan, Problem, Remember, Tombstone
from sync.plan.company import DOUBLE
from sync.rollout import only_looked
from sync.setbacks import flapping, linked_elsewhere, over_the_hour, tried_again
from sync.store import LinkClash, Store
from sync.trying import TRIES
from sync.words import heard_of_bases, heard_of_setbacks

RETRY_AFTER: Final = timedelta(minutes=1)
HELD_FOR: Final = timedelta(minutes=10)
RETURNS_PER_PASS: Final = 2
REFUSALS: Final = frozenset({"field_refused", "write_refused", "write_not_kept"})
STANDINGS: Final = frozenset(
    {"moved", "corrected", "late"}
)  # what a standing tells, so that it is never told twice
FOUND_BY_SWEEPS: Final = frozenset({DOUBLE})


def remember(
    store: Store,
    pass_id: int,
    plans: Sequence[Plan],
    applied: Applied,
    *,
    held: Sequence[Plan],
    returns: Counter[Ref],
    lane: Lane = "live",
    word: str | None = None,
    now: datetime,
) -> None:
    """Let the store know everything about these plans at once; *returns* counts who came back in this pass.

    What plans of a slow *lane* ask for waits in that lane: it is no hand-off. *word* is the last one that a
    person had said when these plans were made; who said one since is heard. Nobody waits halfway.
    """
    observed = [plan for plan in plans if plan.observed]
    tired = _too_often(applied.again, returns)
    later = [*applied.later, *_too_often(applied.stale, returns)]
    problems = [
        *(problem for plan in plans for problem in plan.problems),
        *applied.problems,
        *map(over_the_hour, held),
        *map(tried_again, (*later, *applied.in_doubt)),
        *map(flapping, tired),
    ]
    with store.transaction():
        late = [moves for plan in applied.through if (moves := moves_of(plan))]
        late += [_entered(plan, found.kept) for plan, found in applied.overwritten if found.kept]
        store.record(pass_id, late, now, observed=False)
        store.receipts(pass_id, applied.receipts, now)
        memories = [*applied.memories, *(one for plan in (*observed, *held) for one in only_looked(plan))]
        refused, heard = applied.trying.again, list[Ref]()
        if store.last_word() != word:
            memories, agreed = heard_of_bases(store, plans, memories)
            refused, anew = heard_of_setbacks(store, applied.trying)
            heard = [*agreed, *anew]
        problems += _memories(store, memories)
        store.keep_setbacks(refused, applied.trying.over)
        store.unbury(applied.unburied)
        store.bury(applied.buried, now)
        _keep_problems(store, plans, problems, set(applied.aside), now)
        store.settle([ref for plan in plans for ref in plan.settles], seen_at=now)
        rests = {*tired, *later, *applied.in_doubt}
        asked: Lane = "live" if lane == "retry" else lane
        again = (*applied.asks, *applied.again, *applied.stale, *heard)
        store.knock([Knock(ref, asked) for ref in again if ref not in rests], now)
        store.knock([Knock(ref) for ref in applied.halfway if ref not in rests], now)
        store.knock([Knock(ref, "retry") for ref in later], now, not_before=now + RETRY_AFTER)
        waits = [*applied.ownerless, *(plan.subject for plan in held)]
        store.knock([Knock(ref, "retry") for ref in waits], now, not_before=now + HELD_FOR)


def let_in(store: Store, ref: Ref, now: datetime) -> list[Tombstone]:
    """Ops let somebody in again whose record was deleted; either of both records may be named."""
    with store.transaction():
        lifted = store.let_in(ref)
        store.knock([Knock(one.partner or one.ref) for one in lifted], now)
    return lifted


def try_again(store: Store, ref: Ref, now: datetime) -> int:
    """A person says that what was refused of this record is to be tried anew; how much was set aside or counted."""
    if not is_of_a_unit(ref):
        return 0
    pair = PAIR_OF[ref.side, ref.kind]
    with store.transaction():
        link = store.links(pair, [ref]).get(ref)
        refs = {ref, *(one for one in (link.hubspot, link.salesforce) if one)} if link else {ref}
        store.say_word()
        anew = store.try_anew(refs)
        store.knock([Knock(link.hubspot or ref) if link else Knock(ref)], now)
    return anew


def rest(store: Store, settled: Sequence[Ref], again: Sequence[Ref], now: datetime) -> None:
    """Leave these keys alone for this pass; *again* knock once the vendor had time to recover."""
    with store.transaction():
        store.settle(settled)
        store.knock([Knock(ref, "retry") for ref in again], now, not_before=now + RETRY_AFTER)


def put_off(store: Store, refs: Sequence[Ref], now: datetime) -> None:
    """Keys that knock for each other without end wait a while, and somebody is told."""
    if not refs:
        return
    with store.transaction():
        store.settle(refs)
        store.knock([Knock(ref, "retry") for ref in refs], now, not_before=now + HELD_FOR)
        store.open_problems([flapping(ref) for ref in refs], now)


def without_moves(plan: Plan) -> Plan:
    """The plan without its moves: they are entered together with the standing that they lead to."""
    return replace(plan, decisions=tuple(one for one in plan.decisions if one.what not in STANDINGS))


def moves_of(plan: Plan) -> Plan | None:
    """Those moves, once the plan was carried out; its `Remember` names both records to the ledger."""
    moves = tuple(one for one in plan.decisions if one.what in STANDINGS)
    return _entered(plan, moves) if moves else None


def _entered(plan: Plan, decisions: tuple[Decision, ...]) -> Plan:
    known = tuple(one for one in plan.effects if isinstance(one, Remember))
    return replace(plan, decisions=decisions, effects=known, problems=())


def _memories(store: Store, memories: Sequence[Memory]) -> list[Problem]:
    """Remember all units but those whose record stands in another link: these wait for a person, as they stood."""
    try:
        store.remember(memories)
    except LinkClash as clash:
        wanted = {link for link, _ in clash.clashes}
        store.remember([one for one in memories if one[0] not in wanted])
        store.remember(_as_they_stood(store, [one for one in memories if one[0] in wanted]))
        return [linked_elsewhere(link, stands) for link, stands in clash.clashes]
    return []


def _as_they_stood(store: Store, waiting: Sequence[Memory]) -> list[Memory]:
    """Units whose links cannot be, with nothing new but that they were looked at and when to look again."""
    bases = store.bases(link.id for link, *_ in waiting if link.id is not None)
    found: list[Memory] = []
    for wanted, _, _, wakes_at in waiting:
        stood = store.link(wanted.id) if wanted.id is not None else None
        if stood is None:
            continue
        for side in SIDES:
            if stood.ref(side) == wanted.ref(side):
                stood = stood.stamped(side, wanted.looked_at(side))
        found.append((stood, bases.get(stood.id or 0, Base()), None, wakes_at))
    return found


def _too_often(again: Sequence[Ref], returns: Counter[Ref]) -> list[Ref]:
    returns.update(again)
    return [ref for ref in dict.fromkeys(again) if returns[ref] > RETURNS_PER_PASS]


def _names(plan: Plan) -> tuple[Ref, ...]:
    """All names of the unit: a record that stood alone may have a problem of its own name."""
    links = [one.link for one in plan.effects if isinstance(one, Remember)]
    refs = (ref for link in links for ref in (link.hubspot, link.salesforce) if ref is not None)
    return tuple(dict.fromkeys((plan.subject, *refs)))


def _keep_problems(
    store: Store, plans: Sequence[Plan], found: Sequence[Problem], aside: Collection[Ref], now: datetime
) -> None:
    """Open what went wrong, and close what is no longer wrong with these units.

    What is set aside stays open, also while something else keeps it from being tried; and so does
    what only a sweep looks for until one has looked again.
    """
    store.open_problems(found, now)
    wrong: dict[Ref, set[str]] = defaultdict(set)
    for problem in found:
        wrong[problem.subject].add(problem.code)
    by_name = {name: plan for plan in plans if plan.settles for name in _names(plan)}
    troubled = store.troubled(by_name)
    untried = [by_name[one] for one in troubled if wrong[by_name[one].subject] or _is_untried(by_name[one])]
    names = dict.fromkeys(name for plan in untried for name in _names(plan))
    resting = {*aside, *store.refused_often(names, TRIES)}
    for subject in troubled:
        plan = by_name[subject]
        kept = wrong[subject] | (set() if resting.isdisjoint(_names(plan)) else REFUSALS)
        kept |= FOUND_BY_SWEEPS if plan.differs is None else set()
        store.close_problems(subject, except_codes=kept, at=now)


def _is_untried(plan: Plan) -> bool:
    """Whether it is right with nothing to write does not show: a write waits, or a record was not shown."""
    return bool(plan.observed and plan.puts) or bool(plan.missing)
