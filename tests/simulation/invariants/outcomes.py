"""What sales made of it comes home to the contact, worked out here from the org alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from connectors.records import Ref
from tests.simulation.evidence import Evidence, Violation
from tests.simulation.invariants.past import Past
from tests.simulation.invariants.registry import invariant


@invariant(
    "I8",
    "At the end the contact shows the newest outcome of its opportunities, with the amount and number of wins.",
)
def i08_outcomes(seen: Evidence, past: Past) -> Iterator[Violation]:
    if seen.passes and seen.passes[-1].held:
        return
    deals = _deals_of(seen, past)
    for couple in past.couples:
        person = couple.now("salesforce")
        if couple.pair != "person" or person.kind != "contact" or past.is_told(couple):
            continue
        shown, mine = past.standing[couple.now("hubspot")], deals.get(person.id, [])
        for name, expected in _expected(seen, mine).items():
            stands = shown.get(name) or ""
            if name in _wanted(seen) and not _is_one_of(stands, expected):
                yield Violation(
                    "I8",
                    f"{name} stands at {stands!r}, sales says {' or '.join(map(repr, expected))}",
                    (str(couple.now("hubspot")), str(person)),
                )


def _deals_of(seen: Evidence, past: Past) -> Mapping[str, list[Mapping[str, Any]]]:
    """The living opportunities of each Contact, by its roles."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for role in seen.records("salesforce", "OpportunityContactRole"):
        deal = past.standing.get(Ref("salesforce", "opportunity", str(role["OpportunityId"])))
        if deal is not None and deal not in found[str(role["ContactId"])]:
            found[str(role["ContactId"])].append(deal)
    return found


def _wanted(seen: Evidence) -> set[str]:
    return {f"leadbridge_{figure}" for figure in seen.agreement.outcomes.contact}


def _expected(seen: Evidence, deals: list[Mapping[str, Any]]) -> Mapping[str, set[str]]:
    """What each property may show; the stage follows one of the opportunities, which one is not judged here."""
    wins = [one for one in deals if one.get("IsWon")]
    closed = [one for one in deals if one.get("IsClosed")]
    words = {"won" if one.get("IsWon") else "lost" if one.get("IsClosed") else "open" for one in deals}
    last_win = {str(one.get("CloseDate") or "") for one in wins}
    latest = [one for one in wins if str(one.get("CloseDate") or "") == max(last_win, default="")]
    return {
        "leadbridge_outcome": words or {""},
        "leadbridge_won_count": {str(len(wins)) if deals else ""},
        "leadbridge_won_amount": {_plain(one.get("Amount")) for one in latest} or {""},
        "leadbridge_closed_at": {max((str(one.get("CloseDate") or "") for one in closed), default="")},
    }


def _is_one_of(stands: Any, expected: set[str]) -> bool:
    return str(stands) in expected or (bool(stands) and _plain(stands) in expected)


def _plain(value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except ArithmeticError:
        return str(value)
