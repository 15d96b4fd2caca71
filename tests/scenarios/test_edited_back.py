"""An edit that goes back to what stood before is an edit: it is met by the line's rule like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.scenarios.struck import ADA, Struck, struck
from tests.scenarios.town import MIA, SAM

TITLE: Final = "Head of Engines"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Struck]:
    with struck(tmp_path) as made:
        made.sell(made.lead, Title=TITLE)
        settle(made)
        yield made


def settle(here: Struck) -> None:
    for _ in range(4):
        here.settle()


def tracked(here: Struck, kind: str = "Lead", *fields: str) -> None:
    """An admin has switched field history on."""
    here.world.salesforce.track(kind, fields or ("Title", "Phone"))


def there_and_back(here: Struck, *, also: str = "+46 40 11 22 33") -> None:
    """Sam tries another title and goes back to the one that stood; he edits a telephone number as well."""
    for values in ({"Title": "Tried"}, {"Title": TITLE}, {"Phone": also}):
        here.sell(here.lead, **values)
        here.clock.advance(10)


def both(here: Struck) -> tuple[Any, Any]:
    return here.contact(ADA)["jobtitle"], here.lead["Title"]


def conflicts(here: Struck) -> list[tuple[str | None, Any, Any]]:
    return [(one.decision.field, one.decision.old, one.decision.new) for one in here.decided("conflict")]


class Questions:
    """Counts the questions for a history that reach Salesforce."""

    def __init__(self, here: Struck) -> None:
        self.asked = 0
        here.world.wires["salesforce"].before = self

    def __call__(self, request: Any) -> None:
        self.asked += b"LeadHistory" in request.body


@pytest.mark.fault("F35")
def test_a_title_that_a_seller_edited_and_edited_back_meets_a_marketers_edit(here: Struck) -> None:
    tracked(here)

    here.market(ADA, jobtitle="From Mia")
    there_and_back(here)
    settle(here)

    assert both(here) == (TITLE, TITLE)
    assert conflicts(here) == [("person.jobtitle", "From Mia", TITLE)]
    here.assert_quiet()


@pytest.mark.fault("F35")
def test_where_the_field_is_not_tracked_only_what_stands_there_counts(here: Struck) -> None:
    here.market(ADA, jobtitle="From Mia")
    there_and_back(here)
    settle(here)

    assert both(here) == ("From Mia", "From Mia")
    assert conflicts(here) == []
    here.assert_quiet()


@pytest.mark.fault("F35")
def test_what_was_edited_back_before_both_sides_were_seen_to_agree_is_nobodys_edit(here: Struck) -> None:
    tracked(here)
    there_and_back(here)
    settle(here)

    here.market(ADA, jobtitle="From Mia")
    here.sell(here.lead, Phone="+46 40 99 99 99")
    settle(here)

    assert both(here) == ("From Mia", "From Mia")
    assert conflicts(here) == []


@pytest.mark.fault("F35")
def test_our_own_write_in_the_history_is_nobodys_edit(here: Struck) -> None:
    tracked(here)
    here.market(ADA, jobtitle="First")
    settle(here)

    here.market(ADA, jobtitle="Second")
    here.sell(here.lead, Phone="+46 40 99 99 99")
    settle(here)

    assert both(here) == ("Second", "Second")
    assert conflicts(here) == []


def test_a_history_is_asked_for_only_where_both_sides_moved_and_the_line_differs(here: Struck) -> None:
    tracked(here)
    questions = Questions(here)

    settle(here)
    here.market(ADA, jobtitle="From Mia")
    settle(here)
    there_and_back(here)
    settle(here)
    assert questions.asked == 0

    here.market(ADA, jobtitle="From Mia again")
    here.sell(here.lead, Phone="+46 40 99 99 99")
    settle(here)
    assert questions.asked == 2  # what a search brought is read again before HubSpot is written


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Struck]:
    """Ada works for a company that is linked; its name may be edited on both sides, and HubSpot wins."""
    with struck(tmp_path) as made:
        lines = made.config / "fields" / "company.yaml"
        text = lines.read_text("utf-8")
        for field in ("name", "phone"):
            start = text.index(f"{{hubspot: {field},")
            end = text.index("}", start)
            line = text[start:end].replace("prefer_salesforce_unless_blank", "two_way")
            text = text[:start] + line.replace("conflict: salesforce", "conflict: hubspot") + text[end:]
        lines.write_text(text, "utf-8")
        made.run()
        sales = made.world.salesforce
        website = {"Name": "Nordwind AB", "Website": "https://nordwind.example", "Phone": "+46 40 11 22 33"}
        account = sales.create("Account", website, made.user(SAM), made.clock.now())
        person = {"LastName": "Berg", "Email": "bo.berg@nordwind.example", "AccountId": account}
        sales.create("Contact", person, made.user(SAM), made.clock.now())
        made.world.hubspot.create(
            "contacts", {"email": "bo.berg@nordwind.example", "lastname": "Berg"}, MIA, made.clock.now()
        )
        settle(made)
        yield made


@pytest.mark.fault("F35")
def test_a_companys_name_that_a_marketer_edited_and_edited_back_meets_a_sellers_edit(beside: Struck) -> None:
    [account] = beside.world.salesforce.records("Account")
    [company] = [
        one for one in beside.world.hubspot.records("companies") if one.get("leadbridge_key") == account["Id"]
    ]

    beside.sell(account, "Account", Name="From Sam")
    for name in ("Tried", "Nordwind AB"):
        beside.world.hubspot.update(
            "companies", company["hs_object_id"], {"name": name}, MIA, beside.clock.now()
        )
        beside.clock.advance(10)
    settle(beside)

    assert beside.world.salesforce.record(account["Id"])["Name"] == "Nordwind AB"
    assert beside.world.hubspot.record("companies", company["hs_object_id"])["name"] == "Nordwind AB"
    assert conflicts(beside) == [("company.name", "From Sam", "Nordwind AB")]
    beside.assert_quiet()
