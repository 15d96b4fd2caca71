"""What a person waits for, or what nobody understood of it, is a problem of who must give it."""

from __future__ import annotations

from typing import Final

from mappings.lifecycle import Outcome, Situation
from mappings.lifecycle.definition import UNKNOWN_REASON
from mappings.lifecycle.following import followed
from mappings.lifecycle.guards import IDENTIFIED, Case, failing, said
from sync.plan.draft import Draft

NO_EMAIL: Final = (
    "has no e-mail address, and without leadbridge's own fields nothing else says in Salesforce who it is"
)
GIVE_EMAIL: Final = "give the contact an e-mail address in HubSpot, or install leadbridge's own fields"


def say_unmeant(draft: Draft, outcome: Outcome, around: Situation) -> None:
    """Open a problem where a seller gave a reason in words of the company's own that lifecycle.yaml does not name."""
    lifecycle, standing = draft.terms.agreement.lifecycle, outcome.standing
    if lifecycle.reason_field is None or standing.reason != UNKNOWN_REASON:
        return
    if standing.stage == "lost":
        kind, lost = "opportunity", followed(standing, around)
        word = lost.loss_reason if lost is not None else None
    else:
        kind, word = (
            around.salesforce_kind or "",
            lifecycle.reason_word(around.salesforce_kind, around.salesforce),
        )
    if word and lifecycle.reason_meant(word) is None:
        name = lifecycle.reason_name(kind)
        draft.problem(
            "reason_not_named",
            f"the reason stands as “{word[:80]}” in {kind.capitalize()}.{name}, which lifecycle.yaml does not name:"
            f" at {standing.stage} it counts as unknown",
            "say under `reason_field: says:` in lifecycle.yaml which reason it means",
            field=name,
        )


def say_waits(draft: Draft, outcome: Outcome, around: Situation) -> None:
    """Open a problem for each thing that keeps a person at `qualified`: an address, an owner, a condition of the file."""
    lifecycle, standing = draft.terms.agreement.lifecycle, outcome.standing
    move = lifecycle.move("qualified", "handed_over", "bridge")
    if standing.stage != "qualified" or outcome.hands_over or move is None:
        return
    missing = list(failing(Case(lifecycle, standing, around, draft.now, "bridge"), move))
    if IDENTIFIED in missing:
        missing.remove(IDENTIFIED)
        draft.problem("no_email", f"the person is sales-ready, but {NO_EMAIL}", GIVE_EMAIL, who="marketing")
    if "owner_found" in missing:
        missing.remove("owner_found")
        draft.look_again()
        draft.problem(
            "no_owner",
            "the person is sales-ready, but no owner was found: no HubSpot owner with a Salesforce user, "
            "no Account of this domain, no fallback queue",
            "give the contact an owner in HubSpot, or name `owners.fallback_queue` in bridge.yaml",
        )
    if missing:
        draft.problem(
            "not_handed_over",
            f"the person stands at qualified, but a hand-off needs: {said(lifecycle, missing)}",
            "mend the contact in HubSpot, or take the person back to nurturing",
            who="marketing",
        )
