"""An owner who left: what nobody accepted yet goes to the queue, everything else waits for a person's word."""

from __future__ import annotations

from typing import Final

from connectors.records import Record
from sync.plan.draft import Draft

LEFT: Final = "owner_left"
WHY: Final = "its owner is inactive in Salesforce"


def queue_instead(draft: Draft, person: Record | None) -> str | None:
    """The queue that takes a hand-off from an owner who left before accepting it."""
    standing = draft.standing
    if standing is None or standing.stage != "handed_over" or not _has_left(draft, person):
        return None
    return draft.terms.fallback_queue


def say_left(draft: Draft, person: Record | None) -> None:
    """Somebody sales works on whose owner left is a problem until the record has another owner."""
    standing = draft.standing
    if person is None or standing is None or not _has_left(draft, person):
        return
    if not draft.terms.agreement.lifecycle.stage(standing.stage).is_open_for_sales:
        return
    remedy = f"give the {person.ref.kind} another owner in Salesforce"
    if standing.stage == "handed_over" and draft.terms.fallback_queue is None:
        draft.look_again()
        remedy += (
            "; with `owners.fallback_queue` in bridge.yaml a Lead that nobody accepted goes there by itself"
        )
    draft.problem(
        LEFT,
        f"the person stands at {standing.stage}, and the owner of the record is inactive in Salesforce: nobody works on them",
        remedy,
        who="sales",
    )


def _has_left(draft: Draft, person: Record | None) -> bool:
    return person is not None and person.values.get("OwnerId") in draft.terms.directory.inactive
