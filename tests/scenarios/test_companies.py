"""One company in the world is one company in HubSpot, whoever made it there first: HubSpot itself, people or the bridge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.town import MIA, SAM, Town, town

ADA = "ada.lind@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.daemon.settle()
        yield made


def meets(here: Town, account: str, email: str = ADA) -> None:
    """Marketing and sales come to know one person in the same minute."""
    now, sam = here.clock.now(), here.user(SAM)
    sales = {"LastName": "Lind", "Email": email, "AccountId": account}
    here.world.salesforce.create("Contact", sales, sam, now)
    here.world.hubspot.create("contacts", {"email": email, "lastname": "Lind"}, MIA, now)


def companies(here: Town) -> list[tuple[str | None, str | None]]:
    return sorted(
        (one.get("domain"), one.get("leadbridge_key")) for one in here.world.hubspot.records("companies")
    )


def codes(here: Town) -> list[str]:
    return [one.code for one in here.problems()]


@pytest.mark.fault("F23")
@pytest.mark.invariant("I7")
def test_a_company_that_took_in_another_ones_keeps_the_key_of_its_own_account(here: Town) -> None:
    org, sam = here.world.salesforce, here.user(SAM)
    here.world.hubspot.flip(merge_makes_new_record=False)
    for name in ("nordwind", "sunrise"):
        site = {"Name": name.title(), "Website": f"https://www.{name}.example"}
        meets(here, org.create("Account", site, sam, here.clock.now()), f"ada@{name}.example")
    for _ in range(4):
        here.settle()
    linked = {one["hs_object_id"]: one["leadbridge_key"] for one in here.world.hubspot.records("companies")}
    first, second = linked

    left = here.world.hubspot.merge("companies", first, second, MIA, here.clock.now())
    here.world.hubspot.update("companies", left, {"leadbridge_key": linked[second]}, MIA, here.clock.now())
    for _ in range(4):
        here.settle()

    assert codes(here) == ["several_candidates"]
    assert here.world.hubspot.record("companies", left)["leadbridge_key"] == linked[first]


@pytest.mark.fault("F18")
@pytest.mark.parametrize("website", [None, "https://www.nordwind.example"])
def test_a_company_that_hubspot_made_a_moment_ago_is_taken_before_its_search_shows_it(
    here: Town, website: str | None
) -> None:
    here.world.hubspot.flip(companies_from_addresses=True, search_lag_ms=300_000)
    now, sam = here.clock.now(), here.user(SAM)
    account = here.world.salesforce.create("Account", {"Name": "Nordwind AB", "Website": website}, sam, now)
    here.settle()
    here.world.salesforce.create(
        "Contact", {"LastName": "Lind", "Email": ADA, "AccountId": account}, sam, here.clock.now()
    )
    here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Lind"}, MIA, here.clock.now())
    for _ in range(8):
        here.settle()

    assert companies(here) == [("nordwind.example", account)]
    assert here.problems() == []


def test_two_accounts_whose_people_share_a_domain_are_told_and_nobody_takes_the_company(here: Town) -> None:
    here.world.hubspot.flip(companies_from_addresses=True)
    now, sam = here.clock.now(), here.user(SAM)
    for name, email in (("Nordwind AB", ADA), ("Nordwind GmbH", "ben@nordwind.example")):
        meets(here, here.world.salesforce.create("Account", {"Name": name}, sam, now), email)
    here.settle()
    here.settle()

    assert companies(here) == [("nordwind.example", None)]
    assert set(codes(here)) == {"several_candidates"}


def test_a_company_that_hubspot_makes_later_beside_ours_is_told_by_the_sweep_until_it_is_merged(
    here: Town,
) -> None:
    account = here.world.salesforce.create(
        "Account", {"Name": "Nordwind AB"}, here.user(SAM), here.clock.now()
    )
    meets(here, account)
    here.settle()
    here.settle()
    [(_, ours)] = companies(here)
    assert ours == account

    theirs = here.world.hubspot.create("companies", {"domain": "nordwind.example"}, MIA, here.clock.now())
    here.settle()
    assert here.problems() == []
    sweep(here)
    [problem] = here.problems()
    assert (problem.code, theirs in problem.text) == ("double_company", True)

    here.world.salesforce.update(
        "Account", account, {"Phone": "+46812345678"}, here.user(SAM), here.clock.now()
    )
    here.settle()
    assert codes(here) == ["double_company"]

    [kept] = [
        one["hs_object_id"] for one in here.world.hubspot.records("companies") if one.get("leadbridge_key")
    ]
    here.world.hubspot.merge("companies", kept, theirs, MIA, here.clock.now())
    here.settle()
    sweep(here)
    assert here.problems() == []


def sweep(here: Town) -> None:
    here.bridge.engine.sweep.begin(here.clock.now())
    here.settle()
    here.settle()
