"""Validation rules that let sellers make legal moves only, as an admin would write them; the bridge may do all."""

from __future__ import annotations

from typing import Final

from mappings.lifecycle.machine import START, Lifecycle
from twins.world import World

SYNC: Final = "Leadbridge_Sync"
_STAGE, _REASON, _COMMENT = "Leadbridge_Stage__c", "Leadbridge_Reason__c", "Leadbridge_Sales_Comment__c"


def hold_sellers(world: World, lifecycle: Lifecycle) -> None:
    """Switch the rules on for Leads and Contacts."""
    org = world.salesforce
    org.add_custom_permission(SYNC)
    org.permit(org.integration_user, SYNC)
    for kind in ("Lead", "Contact"):
        for name, (formula, message, field) in _rules(lifecycle).items():
            org.add_rule(kind, name, formula, message, field)


def _rules(lifecycle: Lifecycle) -> dict[str, tuple[str, str, str]]:
    people = f"NOT($Permission.{SYNC})"
    moves = [move for move in lifecycle.moves if "seller" in move.who]
    edges = "|".join(f"{'' if one.came_from == START else one.came_from}>{one.to}" for one in moves)
    step = f'"|" & TEXT(PRIORVALUE({_STAGE})) & ">" & TEXT({_STAGE}) & "|"'
    firsts = ", ".join(f'"{one.to}"' for one in moves if one.came_from == START)
    reasoned = ", ".join(f'ISPICKVAL({_STAGE}, "{to}")' for to in sorted(_reasoned(lifecycle)))
    commented = ", ".join(
        f'ISPICKVAL({_REASON}, "{name}")' for name, one in lifecycle.reasons_by_name.items() if one.comment
    )
    changed = f"{people}, NOT(ISNEW()), ISCHANGED({_STAGE})"
    return {
        "Leadbridge_Moves": (f'AND({changed}, NOT(CONTAINS("|{edges}|", {step})))', "No such move.", _STAGE),
        "Leadbridge_Initial": (
            f'AND({people}, ISNEW(), NOT(ISPICKVAL({_STAGE}, "")), NOT(OR(ISPICKVAL({_STAGE}, {firsts}))))',
            "Nobody begins there.",
            _STAGE,
        ),
        "Leadbridge_Reason_Required": (
            f'AND({changed}, OR({reasoned}), ISPICKVAL({_REASON}, ""))',
            "Give a reason.",
            _REASON,
        ),
        "Leadbridge_Comment_Required": (
            f"AND({changed}, OR({reasoned}), OR({commented}), ISBLANK({_COMMENT}))",
            "Say more.",
            _COMMENT,
        ),
    }


def _reasoned(lifecycle: Lifecycle) -> set[str]:
    return {move.to for move in lifecycle.moves if "seller" in move.who and "reason" in move.needs}
