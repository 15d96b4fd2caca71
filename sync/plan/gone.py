"""Plan what follows when a linked record was deleted, merged or restored.

A merge moves the link to the survivor. A deletion is answered by the policy of
`deletes` in bridge.yaml, and a tombstone lets the link rest until the record is
restored or ops let the other one in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from connectors.records import Fate, Record, Ref, Side, Write
from mappings.bridge import Policy
from mappings.fields import Unreadable
from mappings.values import ABSENT, same, unpack
from sync.model import Bury, Put, Tombstone, Unbury
from sync.plan.again import let_go, make_again
from sync.plan.create import HUBSPOT_KEY, SALESFORCE_KEY
from sync.plan.draft import Draft
from sync.plan.lines import read

LET_IN: Final = "let in again"
_PEOPLE: Final = frozenset({"lead", "contact"})


def goes_on(draft: Draft) -> bool:
    """Whether the unit is planned as usual after this; False where its records' end decides all.

    A link that has moved is planned anew, with everything about the survivor gathered.
    """
    facts = draft.facts
    for ref in facts.losers:
        draft.ask(ref)
    if facts.losers and _partner(draft, "hubspot") is None:
        draft.rest()
        return False
    if facts.heir is not None:
        _give_way(draft)
        return False
    deleted = [fate for fate in facts.fates.values() if fate.survivor is None]
    if deleted:
        _answer(draft, deleted)
        _rest_under_survivors(draft)
        return False
    if facts.survivors and facts.link.hubspot is None:
        _pass_on(draft)
        return False
    if facts.survivors:
        for lost, record in facts.survivors.items():
            _move_to(draft, lost, record)
        draft.ask(draft.subject)
        return False
    for ref in facts.tombstones:
        draft.then(Unbury(ref))
        draft.decide("linked", "restored", side=ref.side, new=str(ref))
    return True


def _partner(draft: Draft, side: Side) -> Ref | None:
    """The link's record on the other side than *side*."""
    return draft.facts.link.salesforce if side == "hubspot" else draft.facts.link.hubspot


def _bury(draft: Draft, ref: Ref, survivor: Ref | None = None) -> None:
    stood = draft.facts.tombstones.get(ref)
    if stood is None or stood.survivor != survivor:
        draft.then(Bury(Tombstone(ref, draft.facts.pair, _partner(draft, ref.side), survivor)))


# ── merges ───────────────────────────────────────────────────────────────────


def _move_to(draft: Draft, lost: Ref, survivor: Record) -> None:
    """The link names the survivor from now on; what was agreed with the lost one counts where the survivor says the same."""
    _rename(draft, lost, survivor)
    draft.adopt(survivor)
    _forget_what_differs(draft, survivor)
    needs = draft.terms.agreement.lifecycle.needs(survivor.ref.side, survivor.ref.kind)
    draft.shown = {**draft.shown, survivor.ref.side: {name: survivor.values.get(name) for name in needs}}
    _rewrite_key(draft, lost, survivor)
    _bury(draft, lost, survivor.ref)


def _rename(draft: Draft, lost: Ref, survivor: Record) -> None:
    draft.join(survivor.ref, "merged")
    draft.decide(
        "linked",
        "merged",
        side=lost.side,
        old=str(lost),
        new=str(survivor.ref),
        by=survivor.modified_by,
        occurred_at=survivor.modified_at,
    )


def _rest_under_survivors(draft: Draft) -> None:
    """The partner was deleted and the record merged: the link rests all the same, and names the survivor."""
    for lost, survivor in draft.facts.survivors.items():
        _rename(draft, lost, survivor)
        _bury(draft, lost, survivor.ref)
        draft.ask(survivor.ref)


def _pass_on(draft: Draft) -> None:
    """Nobody was linked to the lost record: it claims no survivor for itself, whose own unit is looked at."""
    draft.rest()
    for lost, record in draft.facts.survivors.items():
        _bury(draft, lost, record.ref)
        draft.ask(record.ref)


def _forget_what_differs(draft: Draft, survivor: Record) -> None:
    """A value that came with the merge is nobody's edit: its line meets the survivor for the first time."""
    for line in draft.terms.agreement.pairs[draft.facts.pair].lines:
        agreed = draft.agreed.get(line.name)
        if agreed is None:
            continue
        try:
            value = read(draft, line, survivor)
        except Unreadable:
            continue
        if value is ABSENT or not same(value, unpack(agreed.value)):
            del draft.agreed[line.name]


def _rewrite_key(draft: Draft, lost: Ref, survivor: Record) -> None:
    """The key on the other side named the lost record; a lost store must find the survivor by it.

    The survivor may bring the key of a record that it is linked to no more: it would be claimed by two.
    """
    if lost.side == "salesforce" and draft.hubspot is not None:
        if str(draft.hubspot.values.get(HUBSPOT_KEY) or "")[:15] == lost.id[:15]:
            draft.set("hubspot", {HUBSPOT_KEY: survivor.ref.id})
        if survivor.ref.kind in _PEOPLE and survivor.values.get(SALESFORCE_KEY) != draft.hubspot.ref.id:
            draft.set("salesforce", {SALESFORCE_KEY: draft.hubspot.ref.id})
    elif draft.salesforce is not None and draft.salesforce.ref.kind in _PEOPLE:
        draft.set("salesforce", {SALESFORCE_KEY: survivor.ref.id})
        if survivor.values.get(HUBSPOT_KEY) != draft.salesforce.ref.id:
            draft.set("hubspot", {HUBSPOT_KEY: draft.salesforce.ref.id})


def _give_way(draft: Draft) -> None:
    """The survivor stands in another link: this one ends where both mean the same two records, else a person merges them."""
    facts, heir = draft.facts, draft.facts.heir
    if heir is None:
        return
    mine = {side: _resolved(draft, side) for side in ("hubspot", "salesforce")}
    ends = all(ref is None or ref == heir.ref(side) for side, ref in mine.items())  # type: ignore[arg-type]
    if not ends:
        orphans = [ref for side, ref in mine.items() if ref is not None and ref != heir.ref(side)]  # type: ignore[arg-type]
        kept = [heir.ref(ref.side) for ref in orphans]
        draft.problem(
            "several_candidates",
            f"{' and '.join(map(str, facts.survivors))} was merged on one side only: "
            f"{_named(orphans)} has no counterpart any more, {_named(kept)} stays linked",
            f"merge {_named(orphans)} and {_named(kept)}, too: they are one on the other side (if {_named(kept)} was deleted: "
            f"`leadbridge state lift {_named(kept)}`); nothing is written meanwhile",
        )
    alive = [ref for ref in (facts.link.hubspot, facts.link.salesforce) if ref and ref not in facts.fates]
    draft.rest()
    if ends and any(ref.side == "hubspot" for ref in alive):
        for record in facts.survivors.values():
            draft.ask(record.ref)  # its link lets go of it first
        return
    if ends and (alive or facts.link.hubspot is not None):
        draft.link = let_go(draft.link, "salesforce")
    for lost, record in facts.survivors.items():
        _bury(draft, lost, record.ref)
        if ends and lost not in facts.tombstones:
            draft.ask(record.ref)


def _resolved(draft: Draft, side: Side) -> Ref | None:
    ref = draft.facts.link.ref(side)
    record = draft.facts.survivors.get(ref) if ref is not None else None
    return record.ref if record is not None else ref


def _named(refs: list[Ref | None] | list[Ref]) -> str:
    return " and ".join(sorted(str(ref) for ref in refs if ref is not None))


# ── deletions ────────────────────────────────────────────────────────────────


def _answer(draft: Draft, deleted: list[Fate]) -> None:
    """Do what the policy says, once; a link that rests already goes on resting."""
    facts = draft.facts
    ref = deleted[0].ref
    partner = _partner(draft, ref.side)
    record = draft.record(partner.side) if partner is not None else None
    stone = facts.tombstones.get(ref)
    if record is not None and stone is not None and stone.lifted:
        _let_in(draft, ref, record)
    elif record is None or stone is not None:
        _rest(draft, deleted)
    else:
        _told(draft, ref)
        _POLICIES[_policy(draft, ref.side)](draft, ref, record)
    for follower in facts.followers:
        draft.ask(follower)
    if facts.pair == "deal":
        _ask_joined(draft)


def _ask_joined(draft: Draft) -> None:
    """Whose deal it was looks again: the roles in a deleted Opportunity are gone for good, and no poll tells of them.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitycontactrole.htm
    """
    for ref in map(Ref.parse, draft.facts.base.joined):
        if ref.kind == "contact":
            draft.ask(ref)


def _policy(draft: Draft, side: Side) -> Policy:
    return draft.terms.agreement.bridge.deletes[draft.facts.pair][side]


def _told(draft: Draft, ref: Ref) -> None:
    fate = draft.facts.fates[ref]
    policy = _policy(draft, ref.side)
    draft.decide(
        "deleted", f"deleted; policy {policy}", side=ref.side, rule=policy, old=str(ref), occurred_at=fate.at
    )


def _rest(draft: Draft, deleted: list[Fate]) -> None:
    """Nothing is written and nothing made again; a tombstone whose own record is back waits for a person."""
    draft.rest()
    for fate in deleted:
        was_known = _partner(draft, fate.ref.side) is not None or draft.standing is not None
        if was_known and fate.ref not in draft.facts.tombstones:
            _told(draft, fate.ref)
            _bury(draft, fate.ref)
    gone = deleted[0].ref
    partner = _partner(draft, gone.side)
    if partner is None or draft.record(partner.side) is None:
        return
    if partner in draft.facts.tombstones:
        _wait(draft, gone, f"{partner} was restored, but {gone}, which was deleted because of it, was not")
    elif _policy(draft, gone.side) == "ask":
        _wait(draft, gone, f"{gone} was deleted, {partner} was not")


def _wait(draft: Draft, gone: Ref, text: str) -> None:
    draft.problem(
        "record_deleted",
        text,
        f"restore {gone}, delete the other one as well, or let it go its own way with `leadbridge state lift {gone}`; "
        "nothing is written meanwhile",
    )


def _keep(draft: Draft, gone: Ref, partner: Record) -> None:
    draft.rest()
    _bury(draft, gone)


def _ask(draft: Draft, gone: Ref, partner: Record) -> None:
    _keep(draft, gone, partner)
    _wait(draft, gone, f"{gone} was deleted, {partner.ref} was not")


def _delete(draft: Draft, gone: Ref, partner: Record) -> None:
    draft.rest()
    _bury(draft, gone)
    _bury(draft, partner.ref)
    write = Write(
        id=draft.write_id(f"delete {partner.ref}"),
        side=partner.ref.side,
        kind=partner.ref.kind,
        op="delete",
        ref_id=partner.ref.id,
    )
    draft.put(Put(write, gate=True, read=partner))


def _recreate(draft: Draft, gone: Ref, partner: Record) -> None:
    _let_go_of(draft, gone, partner)
    make_again(draft, partner)


def _let_in(draft: Draft, gone: Ref, partner: Record) -> None:
    """The partner is alone from now on and goes its own way: matched again, or handed over again."""
    _let_go_of(draft, gone, partner)
    draft.link = replace(draft.link, how=LET_IN)
    draft.decide("linked", LET_IN, side=gone.side, old=str(gone))
    draft.ask(partner.ref)


def _let_go_of(draft: Draft, gone: Ref, partner: Record) -> None:
    """The link forgets the deleted record and all that was agreed with it, on the partner's key, too."""
    draft.link = let_go(draft.link, gone.side)
    draft.agreed, draft.joined = {}, [] if gone.side == "hubspot" else draft.joined
    draft.shown = {**draft.shown, gone.side: {}}
    draft.hidden.pop(gone.side, None)
    for ref in draft.facts.tombstones:
        draft.then(Unbury(ref))
    key = HUBSPOT_KEY if partner.ref.side == "hubspot" else SALESFORCE_KEY
    if partner.values.get(key) not in (None, ""):
        draft.set(partner.ref.side, {key: None})


_POLICIES: Final[Mapping[Policy, Callable[[Draft, Ref, Record], None]]] = {
    "keep": _keep,
    "ask": _ask,
    "delete": _delete,
    "recreate": _recreate,
}
