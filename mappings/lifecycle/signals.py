"""What the HubSpot properties say of a person: the subject that guards are asked about.

For the bridge's own moves only what happened after a given moment counts: an
engagement that was answered by a rejection, or that is older than adoption, is no
news, and neither is a form that was sent before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mappings import raw
from mappings.lifecycle.definition import Signals
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Raw


def subject(lifecycle: Lifecycle, hubspot: Raw | None, after: datetime | None = None) -> dict[str, Any]:
    """The properties and the four signals; with *after* only later engagements and forms count."""
    values = hubspot or {}
    signals = lifecycle.signals
    asked_at = _later(raw.moment(values.get(signals.form_at)), after)
    asks = _is_contact_form(signals, values.get(signals.form_name)) and (
        after is None or asked_at is not None
    )
    return {
        **values,
        "asked_for_contact": asks,
        "asked_at": asked_at if asks else None,
        "score": values.get(signals.score),
        "engaged_at": _later(engaged_at(signals, values), after),
    }


def engaged_at(signals: Signals, values: Raw) -> datetime | None:
    """The newest engagement of all."""
    found = [moment for name in signals.engagement if (moment := raw.moment(values.get(name)))]
    return max(found, default=None)


def marketing_summary(lifecycle: Lifecycle, hubspot: Raw) -> str:
    """What marketing did, in a few lines for the seller; values stand as HubSpot shows them."""
    signals = lifecycle.signals
    asked = raw.text(hubspot.get(signals.form_name))
    lines = [
        f"Form: {asked}{_on(hubspot.get(signals.form_at))}" if asked else "",
        f"Score: {raw.text(hubspot.get(signals.score))}" if raw.text(hubspot.get(signals.score)) else "",
        f"Last engagement: {_day(engaged_at(signals, hubspot))}" if engaged_at(signals, hubspot) else "",
        f"Campaign: {campaign(lifecycle, hubspot)}" if campaign(lifecycle, hubspot) else "",
        f"Definition: sales_ready version {lifecycle.version}",
    ]
    return "\n".join(filter(None, lines))[:8000]


def campaign(lifecycle: Lifecycle, hubspot: Raw) -> str | None:
    """The campaign that brought the person, as HubSpot names it."""
    return raw.text(hubspot.get(lifecycle.signals.campaign))


def _is_contact_form(signals: Signals, name: Any) -> bool:
    folded = str(name or "").casefold()
    return any(form.casefold() in folded for form in signals.contact_forms)


def _later(found: datetime | None, after: datetime | None) -> datetime | None:
    return found if found and (after is None or found > after) else None


def _on(at: Any) -> str:
    found = raw.moment(at)
    return f" on {_day(found)}" if found else ""


def _day(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d") if at else ""
