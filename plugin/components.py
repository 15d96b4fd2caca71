"""Names and types of every field that leadbridge brings to both systems: the one list.

The twins are born with it, the daemon reads it, the generator will install it.
Imports nothing of ours: stages and reasons are handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["choice", "text", "long_text", "number", "boolean", "datetime", "date", "url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One field on one or more kinds of one side; *length* is in characters or digits."""

    side: Literal["hubspot", "salesforce"]
    kinds: tuple[str, ...]
    name: str
    label: str
    type: Type
    length: int | None = None
    unique: bool = False
    external_id: bool = False
    choices: tuple[str, ...] = ()


_PERSON = ("lead", "contact")
_RATINGS = ("good", "fair", "poor")
_CASE_STUDY = ("none", "asked", "agreed", "done")


def components(stages: Sequence[str], reasons: Sequence[str]) -> tuple[Component, ...]:
    """Every field of both sides, for a lifecycle with these stages and reasons."""
    return _salesforce(tuple(stages), tuple(reasons)) + _hubspot(tuple(stages), tuple(reasons))


def _salesforce(stages: tuple[str, ...], reasons: tuple[str, ...]) -> tuple[Component, ...]:
    def field(name: str, label: str, type_: Type, length: int | None = None, **more: Any) -> Component:
        kinds = more.pop("kinds", _PERSON)
        api_name = f"Leadbridge_{name}__c"
        return Component(
            side="salesforce", kinds=kinds, name=api_name, label=label, type=type_, length=length, **more
        )

    return (
        field("Stage", "Stage", "choice", choices=stages),
        field("Reason", "Reason", "choice", choices=reasons),
        field("Sales_Rating", "Sales rating", "choice", choices=_RATINGS),
        field("Sales_Comment", "Sales comment", "text", 255),
        field("Stage_Changed_At", "Stage changed at", "datetime"),
        field("Handed_Over_At", "Handed over at", "datetime"),
        field("SLA_Due_At", "Due at", "datetime"),
        field("SLA_Breached", "Late", "boolean"),
        field("Round", "Round", "number", 4),
        field("HubSpot_Id", "HubSpot id", "text", 50, unique=True, external_id=True),
        field("HubSpot_URL", "In HubSpot", "url", 255),
        field("Marketing_Summary", "What marketing did", "long_text", 8000),
        field("Source_Campaign", "Source campaign", "text", 255),
        field("Loss_Reason", "Loss reason", "choice", choices=reasons, kinds=("opportunity",)),
    )


def _hubspot(stages: tuple[str, ...], reasons: tuple[str, ...]) -> tuple[Component, ...]:
    def field(name: str, label: str, type_: Type, **more: Any) -> Component:
        kinds = more.pop("kinds", ("contact",))
        return Component(
            side="hubspot", kinds=kinds, name=f"leadbridge_{name}", label=label, type=type_, **more
        )

    outcome_kinds = ("contact", "company")
    return (
        field("key", "Salesforce key", "text", unique=True, kinds=("contact", "company", "deal")),
        field("stage", "Stage", "choice", choices=stages),
        field("stage_changed_at", "Stage changed at", "datetime"),
        field("stage_changed_by", "Stage changed by", "text"),
        field("handed_over_at", "Handed over at", "datetime"),
        field("accepted_at", "Accepted at", "datetime"),
        field("sla_due_at", "Due at", "datetime"),
        field("sla_breached", "Late", "boolean"),
        field("reason", "Reason", "choice", choices=reasons),
        field("lost_reason", "Loss reason", "choice", choices=reasons),
        field("sales_comment", "Sales comment", "text"),
        field("sales_rating", "Sales rating", "choice", choices=_RATINGS),
        field("round", "Round", "number"),
        field("definition_version", "Definition version", "number"),
        field("outcome", "Outcome", "choice", choices=("open", "won", "lost"), kinds=outcome_kinds),
        field("won_amount", "Won amount", "number", kinds=outcome_kinds),
        field("won_currency", "Won currency", "text", kinds=outcome_kinds),
        field("won_count", "Times won", "number", kinds=outcome_kinds),
        field("closed_at", "Closed on", "date", kinds=outcome_kinds),
        field("sf_lead_id", "Salesforce lead id", "text"),
        field("sf_contact_id", "Salesforce contact id", "text"),
        field("sf_opportunity_ids", "Salesforce opportunity ids", "text"),
        field("sales_owner", "Sales owner", "text"),
        field("sales_optout", "Sales opt-out", "boolean"),
        field("do_not_call", "Do not call", "boolean"),
        field("case_study", "Case study", "choice", choices=_CASE_STUDY),
    )
