"""The standard properties of leads, tickets, line items and activities.

https://developers.hubspot.com/docs/api-reference/crm-engagements-v3/guide and, for leads,
https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide; option lists are from memory.
"""

from __future__ import annotations

from twins.hubspot.schema.properties import Group, Property
from twins.hubspot.schema.stages import Pipelines


def activities(kind: str) -> list[Property]:
    """The properties of one kind of activity."""
    group = Group("engagement")
    own = {"notes": _note, "tasks": _task, "calls": _call, "emails": _email, "meetings": _meeting}
    return [
        group.moment("hs_timestamp", label="Due date" if kind == "tasks" else "Activity date"),
        *own[kind](group),
        group.text("hs_attachment_ids"),
        group.owner(),
    ]


def leads() -> list[Property]:
    """The properties of a lead of Sales Hub."""
    group = Group("leadinformation")
    return [
        group.text("hs_lead_name", label="Lead name"),
        group.choice(
            "hs_lead_type",
            {"NEW BUSINESS": "New business", "RE-ATTEMPTING": "Re-attempting", "UPSELL": "Upsell"},
        ),
        group.choice("hs_lead_label", ("HOT", "WARM", "COLD")),
        group.choice("hs_lead_disqualification_reason", ("NO_BUDGET", "BAD_TIMING", "NO_FIT", "OTHER")),
        *_staged(group, "leads"),
        group.owner(),
    ]


def tickets() -> list[Property]:
    """The properties of a ticket."""
    group = Group("ticketinformation")
    return [
        group.text("subject"),
        group.long_text("content"),
        group.choice("hs_ticket_priority", ("LOW", "MEDIUM", "HIGH", "URGENT")),
        *_staged(group, "tickets"),
        group.owner(),
    ]


def line_items() -> list[Property]:
    """The properties of a line item."""
    group = Group("lineiteminformation")
    return [
        group.text("name"),
        group.text("hs_sku"),
        group.text("hs_product_id"),
        group.number("quantity"),
        group.number("price"),
        group.number("amount", read_only=True, calculated=True),
    ]


def _staged(group: Group, kind: str) -> list[Property]:
    pipelines = Pipelines()
    known = {id_: one.label for id_, one in pipelines.of(kind).items()}
    stages = {stage.id: stage.label for _, stage in pipelines.stages(kind)}
    return [group.choice("hs_pipeline", known), group.choice("hs_pipeline_stage", stages)]


def _note(group: Group) -> list[Property]:
    return [group.long_text("hs_note_body")]


def _task(group: Group) -> list[Property]:
    return [
        group.text("hs_task_subject"),
        group.long_text("hs_task_body"),
        group.choice("hs_task_status", ("NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED")),
        group.choice("hs_task_priority", ("NONE", "LOW", "MEDIUM", "HIGH")),
        group.choice("hs_task_type", ("TODO", "CALL", "EMAIL")),
    ]


def _call(group: Group) -> list[Property]:
    return [
        group.text("hs_call_title"),
        group.long_text("hs_call_body"),
        group.choice("hs_call_direction", ("INBOUND", "OUTBOUND")),
        group.text("hs_call_disposition"),
        group.number("hs_call_duration"),
        group.text("hs_call_from_number"),
        group.text("hs_call_to_number"),
        group.choice(
            "hs_call_status",
            ("BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING", "FAILED", "IN_PROGRESS",
             "NO_ANSWER", "QUEUED", "RINGING"),
        ),
    ]  # fmt: skip


def _email(group: Group) -> list[Property]:
    return [
        group.choice("hs_email_direction", ("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL")),
        group.choice("hs_email_status", ("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT")),
        group.text("hs_email_subject"),
        group.long_text("hs_email_text"),
        group.long_text("hs_email_html"),
        group.long_text("hs_email_headers"),
    ]


def _meeting(group: Group) -> list[Property]:
    return [
        group.text("hs_meeting_title"),
        group.long_text("hs_meeting_body"),
        group.long_text("hs_internal_meeting_notes"),
        group.text("hs_meeting_location"),
        group.text("hs_meeting_external_url"),
        group.moment("hs_meeting_start_time"),
        group.moment("hs_meeting_end_time"),
        group.choice("hs_meeting_outcome", ("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED")),
    ]
