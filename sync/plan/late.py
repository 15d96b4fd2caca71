"""What is done when time runs out: kept in the ledger, told to owner or manager, given to the queue."""

from __future__ import annotations

from dataclasses import replace

from connectors.records import Record
from mappings.lifecycle import Late, Outcome
from mappings.lifecycle.definition import Mark
from sync.plan.draft import Draft
from sync.plan.notes import late_task, was_handed_on
from sync.plan.situation import USER_PREFIX


def tell_late(draft: Draft, outcome: Outcome, person: Record | None, greeted: str | None) -> None:
    """Enter what is due about lateness, and give whoever must know of it one task, with the highest mark.

    Who is *greeted* as the owner of the hand-off reads there until when to accept.
    """
    readers = [_reader(draft, one, person) for one in outcome.late]
    tasks = due_to(draft, outcome, person)
    for one, reader in zip(outcome.late, readers, strict=True):
        task = None if reader is None or reader == greeted else tasks[reader]
        draft.decide(
            "late",
            f"{one.why}: {_answer(draft, one, person, reader, task)}",
            field="stage",
            rule=one.does,
            old=outcome.standing.stage,
            new=one.percent,
            other={"due": one.due.isoformat(), "owner": one.owner},
        )
    for reader, one in tasks.items():
        if person is not None and reader != greeted:
            late_task(draft, person, one, reader, _text(draft, one, person))


def due_to(draft: Draft, outcome: Outcome, person: Record | None) -> dict[str, Late]:
    """Whoever is to be told of lateness now, each with the highest mark."""
    readers = ((_reader(draft, one, person), one) for one in outcome.late)
    return {reader: one for reader, one in readers if reader is not None}


def queue_at_last(draft: Draft, person: Record) -> str | None:
    """The queue that takes the record from a user past that mark; once, however late the queue is named.

    A store that meets the person only now knows by the tasks of the hand-off whether it went through other hands.
    """
    standing = draft.standing
    if standing is None or standing.was_queued or not _should_go(draft):
        return None
    if was_handed_on(draft, standing, _owner(person)):
        draft.standing = replace(standing, was_queued=True)
        return None
    queue = _queue(draft, person)
    if queue is not None or not _is_user(_owner(person)):
        draft.standing = replace(standing, was_queued=True)
    return queue


def say_late(draft: Draft, person: Record | None) -> None:
    """What nobody was told who could act on it waits as a problem, as long as it is so."""
    standing = draft.standing
    if standing is None:
        return
    stands = f"the person stands at {standing.stage} since {standing.since:%Y-%m-%d}"
    used_up = f"{standing.late_at} % of the time used up"
    if any(mark.does == "tell_ops" for mark in _done(draft)):
        draft.problem(
            "late",
            f"{stands}, {used_up}, and the bridge cannot go on by itself",
            "find what holds the person up: an owner who is missing, an opt-out",
        )
    stage = draft.terms.agreement.lifecycle.stage(standing.stage)
    if person is None or not stage.is_open_for_sales:
        return
    if standing.is_late and not _is_user(_owner(person)):
        draft.problem(
            "late_in_queue",
            f"{stands}, late, and the record belongs to a queue: nobody was reminded",
            "let somebody take the record out of the queue in Salesforce",
            who="sales",
        )
    if _is_user(_owner(person)) and _should_go(draft) and not standing.was_queued:
        _say_no_queue(draft, person, f"{stands}, {used_up}, and should go to the fallback queue, but")


def _say_no_queue(draft: Draft, person: Record, stands: str) -> None:
    if person.ref.kind != "lead":
        draft.problem(
            "no_queue",
            f"{stands} Salesforce lets a queue have Leads only, and this is a Contact; the manager was told",
            "give the Contact to somebody who has time, or accept or reject the person",
            who="sales",
        )
    elif draft.terms.fallback_queue is None:
        draft.look_again()
        draft.problem(
            "no_queue",
            f"{stands} there is none; the manager was told",
            "name a Salesforce queue as `owners.fallback_queue` in bridge.yaml, or take `give_to_queue` out of the clock",
        )


def _answer(draft: Draft, late: Late, person: Record | None, reader: str | None, task: Late | None) -> str:
    """What is done of it, in words that are true of this record; the *reader* has a *task* of that mark, or the hand-off's."""
    if late.does == "tell_ops":
        return "ops are told"
    if person is None or not _is_user(_owner(person)):
        return "nobody is told, as no user has the record"
    if _may_go(draft, late, person):
        goes = draft.written("salesforce").get("OwnerId") == _queue(draft, person)
        return (
            "the record goes to the queue"
            if goes
            else "the record stays, as it went through other hands before"
        )
    why = "; no queue can have the record" if late.does == "give_to_queue" else ""
    if reader is None:
        return f"nobody is told, as the owner left and has no active manager{why}"
    who, done = ("owner", "reminded") if reader == _owner(person) else ("manager", "told")
    if task is None:
        return f"the {who} is {done} by the task of the hand-off{why}"
    if task.key in draft.told:
        return f"the {who} was {done} before{why}"
    return f"the {who} is {done}{f' by the task of {task.percent} %' if task is not late else ''}{why}"


def _reader(draft: Draft, late: Late, person: Record | None) -> str | None:
    """The owner or the manager; where Salesforce names no manager the owner has it; None where nobody is told."""
    if (
        late.does == "tell_ops"
        or person is None
        or not _is_user(_owner(person))
        or _may_go(draft, late, person)
    ):
        return None
    directory, owner = draft.terms.directory, _owner(person)
    is_for_manager = late.does != "remind" or owner in directory.inactive
    reader = (directory.above(owner) if is_for_manager else None) or owner
    return None if reader in directory.inactive else reader


def _may_go(draft: Draft, late: Late, person: Record) -> bool:
    return late.does == "give_to_queue" and _queue(draft, person) is not None


def _text(draft: Draft, late: Late, person: Record) -> str:
    said, owner, directory = [late.text], _owner(person), draft.terms.directory
    if late.does != "remind":
        said.append(f"Owner: {directory.canonical('salesforce', owner) or owner}.")
        if directory.above(owner) is None:
            said.append("Salesforce names no active manager of the owner, so this comes to the owner.")
    return " ".join(said)


def _done(draft: Draft) -> tuple[Mark, ...]:
    """The marks that the person is past."""
    standing = draft.standing
    clock = draft.terms.agreement.lifecycle.stage(standing.stage).clock if standing else None
    return tuple(one for one in clock.late if standing and one.percent <= standing.late_at) if clock else ()


def _should_go(draft: Draft) -> bool:
    return any(mark.does == "give_to_queue" for mark in _done(draft))


def _queue(draft: Draft, person: Record) -> str | None:
    """The queue that may take the record from a user: Salesforce lets queues have Leads only."""
    return draft.terms.fallback_queue if person.ref.kind == "lead" and _is_user(_owner(person)) else None


def _owner(person: Record) -> str:
    return str(person.values.get("OwnerId") or "")


def _is_user(owner: str) -> bool:
    return owner.startswith(USER_PREFIX)
