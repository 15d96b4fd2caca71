"""What is done when time runs out: kept in the ledger, told to owner or manager, given to the queue."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.records import Record
from mappings.lifecycle import Outcome, Tell
from mappings.lifecycle.machine import Mark
from sync.plan.draft import Draft
from sync.plan.notes import late_task
from sync.plan.situation import USER_PREFIX


def keep_late(draft: Draft, outcome: Outcome, person: Record | None) -> None:
    """Enter what is due about lateness, and make the tasks of whoever must know."""
    for one in outcome.late:
        draft.decide(
            "late",
            one.why,
            field="stage",
            rule=one.does,
            old=outcome.standing.stage,
            new=one.percent,
            other={"due": one.due.isoformat(), "owner": one.owner},
        )
    if person is None:
        return
    for message in _messages(draft, outcome, person):
        _tell(draft, message, person)


def wants_queue(draft: Draft, outcome: Outcome, person: Record | None) -> str | None:
    """The queue that the record goes to now, from a user who did not accept in time."""
    is_due = any(one.does == "give_to_queue" for one in outcome.late)
    has_user = person is not None and _is_user(person.values.get("OwnerId"))
    return draft.terms.fallback_queue if is_due and has_user else None


def say_late(draft: Draft, person: Record | None) -> None:
    """What nobody was told who could act on it waits as a problem, as long as it is so."""
    standing = draft.standing
    if standing is None or not standing.is_late:
        return
    done = [mark for mark in _marks(draft) if mark.percent <= standing.late_at]
    due = f"{standing.stage} since {standing.since:%Y-%m-%d}, late"
    if any(mark.does == "tell_ops" for mark in done):
        draft.problem(
            "late",
            f"the person stands at {due}, and the bridge cannot go on by itself",
            "find what holds the person up: an owner who is missing, an opt-out",
        )
    if person is not None and not _is_user(person.values.get("OwnerId")):
        draft.problem(
            "late",
            f"the person stands at {due}, and the record belongs to a queue: nobody was reminded",
            "let somebody take the record out of the queue in Salesforce",
            who="sales",
        )
    wants = any(mark.does == "give_to_queue" for mark in done)
    if wants and draft.terms.fallback_queue is None and person is not None:
        draft.problem(
            "no_queue",
            f"the person stands at {due}, and should go to the fallback queue, but there is none; the manager was told",
            "name a Salesforce queue as `owners.fallback_queue` in bridge.yaml, or take `give_to_queue` out of the clock",
        )


def _marks(draft: Draft) -> tuple[Mark, ...]:
    stage = draft.standing.stage if draft.standing else ""
    clock = draft.terms.agreement.lifecycle.stage(stage).clock if stage else None
    return clock.late if clock else ()


def _messages(draft: Draft, outcome: Outcome, person: Record) -> Iterator[Tell]:
    """Who is told; where there is no queue that may have the record, the manager is told instead of it."""
    no_queue = draft.terms.fallback_queue is None or person.ref.kind == "contact"
    for message in outcome.tells:
        if message.to and (message.to != "queue" or no_queue):
            yield message


def _tell(draft: Draft, message: Tell, person: Record) -> None:
    """A task for the owner or the manager; where Salesforce names no manager the owner has it."""
    owner = str(person.values.get("OwnerId") or "")
    if not _is_user(owner):
        return
    directory = draft.terms.directory
    above = directory.above(owner) if message.to != "owner" or owner in directory.inactive else None
    reader = above or owner
    if reader in directory.inactive:
        return
    said = [message.text]
    if message.to != "owner":
        said.append(f"Owner: {directory.canonical('salesforce', owner) or owner}.")
        if above is None:
            said.append("Salesforce names no active manager of the owner, so this comes to the owner.")
    late_task(draft, person, message, reader, " ".join(said))


def _is_user(owner: object) -> bool:
    return str(owner or "").startswith(USER_PREFIX)
