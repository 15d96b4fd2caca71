"""What marketing sees of sales: the followed outcome, the latest win with its currency, all wins counted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mappings.documents import parse
from mappings.documents.outcomes import OutcomesDocument
from mappings.lifecycle import Opportunity
from mappings.outcomes import Outcomes, compile_outcomes, roll_up

OPEN = Opportunity("1", is_closed=False, is_won=False, amount=Decimal(10), currency="EUR")
WON = Opportunity(
    "2", is_closed=True, is_won=True, amount=Decimal("24000.00"), currency="EUR", close_date=date(2027, 4, 30)
)
OLDER = replace(WON, id="3", amount=Decimal(500), currency="USD", close_date=date(2026, 1, 1))
LOST = Opportunity("4", is_closed=True, is_won=False, close_date=date(2027, 6, 1), loss_reason="price")


def home(opportunities, followed):
    return {
        name.removeprefix("leadbridge_"): value for name, value in roll_up(opportunities, followed).items()
    }


@pytest.mark.parametrize(
    ("opportunities", "followed", "expected"),
    [
        ((), None, {"outcome": "", "won_amount": "", "won_count": "", "closed_at": "", "lost_reason": ""}),
        ((OPEN,), "1", {"outcome": "open", "won_amount": "", "won_count": "0", "closed_at": ""}),
        (
            (WON,),
            "2",
            {"outcome": "won", "won_amount": "24000", "won_currency": "EUR", "closed_at": "2027-04-30"},
        ),
        ((OLDER, WON), "2", {"won_amount": "24000", "won_currency": "EUR", "won_count": "2"}),
        ((WON, OLDER, LOST), "4", {"outcome": "lost", "lost_reason": "price", "won_amount": "24000",
                                   "won_count": "2", "closed_at": "2027-06-01"}),
        ((replace(LOST, loss_reason=None),), "4", {"outcome": "lost", "lost_reason": "unknown"}),
        ((LOST, OPEN), "1", {"outcome": "open", "lost_reason": "", "closed_at": "2027-06-01"}),
        ((WON,), None, {"outcome": "", "won_count": "1"}),
        ((replace(WON, amount=None),), "2", {"won_amount": "", "won_currency": "", "won_count": "1"}),
    ],
)  # fmt: skip
def test_outcomes_come_home(opportunities, followed, expected):
    found = home(opportunities, followed)

    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("amount", "written"),
    [("24000.00", "24000"), ("0.10", "0.1"), ("1E+5", "100000"), ("0", "0"), ("0.00", "0"), ("-5", "-5"), ("12345678.99", "12345678.99")],
)  # fmt: skip
def test_an_amount_is_a_plain_number(amount, written):
    assert home((replace(WON, amount=Decimal(amount)),), "2")["won_amount"] == written


def test_a_currency_is_never_relabelled():
    dollars = replace(WON, currency="USD")

    assert roll_up((dollars,), "2", currency="EUR")["leadbridge_won_currency"] == "USD"
    assert roll_up((replace(WON, currency=None),), "2", currency="EUR")["leadbridge_won_currency"] == "EUR"


def test_the_order_of_opportunities_does_not_matter():
    assert roll_up((WON, OLDER, LOST), "4") == roll_up((LOST, OLDER, WON), "4")


def test_ops_choose_what_comes_home():
    document, mistakes = parse(OutcomesDocument, "contact: [outcome, won_count]", "outcomes.yaml")
    assert document is not None, mistakes

    assert compile_outcomes(document).roll_up((WON,), "2") == {
        "leadbridge_outcome": "won",
        "leadbridge_won_count": "1",
    }
    assert Outcomes().roll_up((WON,), "2") == roll_up((WON,), "2")
