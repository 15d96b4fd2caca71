"""What marketing gets to see of sales: the roll-up of a person's opportunities on the contact.

The outcome is that of the opportunity which the stage follows; the won amount is
that of the latest win, a number with its currency, never converted and never summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mappings.documents.outcomes import FIGURES, OutcomesDocument
from mappings.lifecycle.words import Opportunity


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Which figures come home to the contact."""

    contact: tuple[str, ...] = FIGURES

    def roll_up(
        self, opportunities: Sequence[Opportunity], followed: str | None, *, currency: str | None = None
    ) -> dict[str, str]:
        """The figures that ops chose, as `roll_up` finds them."""
        found = roll_up(opportunities, followed, currency=currency)
        return {f"leadbridge_{figure}": found[f"leadbridge_{figure}"] for figure in self.contact}


def compile_outcomes(document: OutcomesDocument) -> Outcomes:
    """What *document* lets come home."""
    return Outcomes(tuple(dict.fromkeys(document.contact)))


def roll_up(
    opportunities: Sequence[Opportunity], followed: str | None, *, currency: str | None = None
) -> dict[str, str]:
    """The outcome properties as HubSpot keeps them ("" clears); *currency* is that of a single-currency org."""
    wins = [one for one in opportunities if one.is_closed and one.is_won]
    win, closed = _latest(wins), _latest([one for one in opportunities if one.is_closed])
    outcome = _outcome(next((one for one in opportunities if one.id == followed), None))
    return {
        "leadbridge_outcome": outcome,
        "leadbridge_won_amount": _amount(win.amount) if win else "",
        "leadbridge_won_currency": (win.currency or currency or "") if win and win.amount is not None else "",
        "leadbridge_won_count": str(len(wins)) if opportunities else "",
        "leadbridge_closed_at": closed.close_date.isoformat() if closed and closed.close_date else "",
        "leadbridge_lost_reason": _lost_reason(opportunities, followed) if outcome == "lost" else "",
    }


def _outcome(opportunity: Opportunity | None) -> str:
    if opportunity is None:
        return ""
    if not opportunity.is_closed:
        return "open"
    return "won" if opportunity.is_won else "lost"


def _lost_reason(opportunities: Sequence[Opportunity], followed: str | None) -> str:
    return next((one.loss_reason or "unknown" for one in opportunities if one.id == followed), "")


def _latest(closed: Sequence[Opportunity]) -> Opportunity | None:
    return max(closed, key=lambda one: (one.close_date or date.min, one.id), default=None)


def _amount(amount: Decimal | None) -> str:
    """``24000``, not ``24000.00`` or ``2.4E+4``: HubSpot shows a number as it was written."""
    if amount is None:
        return ""
    plain = format(amount.normalize(), "f")
    return "0" if amount == 0 else plain
