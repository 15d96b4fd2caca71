"""Companies: an Account gets one in HubSpot once somebody who works there is linked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.records import Record, Ref
from sync.model import Facts, Link
from tests.sync.dumb import SAM
from tests.sync.plan.people import Planner, asked, codes, edited, remembered, unit, writes

WORKER = Ref("salesforce", "contact", "0031")


def account(planner: Planner, id_: str = "0011", **values: Any) -> Record:
    return planner.record(
        "salesforce",
        "account",
        id_,
        **{"Name": "One", "Website": "https://one.example", "OwnerId": SAM, **values},
    )


def company(planner: Planner, id_: str = "901", **values: Any) -> Record:
    return planner.record("hubspot", "company", id_, **{"name": "One", "domain": "one.example", **values})


def lone(record: Record, **more: Any) -> Facts:
    return unit(None, record, "company", **more)


def worker() -> dict[Ref, Link]:
    return {WORKER: Link(7, "person", Ref("hubspot", "contact", "501"), WORKER)}


def test_an_account_without_linked_people_stays_in_salesforce(planner: Planner) -> None:
    done = planner.plan(lone(account(planner)))

    assert (done.puts, done.problems) == ((), ())


def test_a_linked_person_brings_the_company_which_carries_the_accounts_id(planner: Planner) -> None:
    done = planner.plan(lone(account(planner), relatives=worker()))

    [create] = done.puts
    assert (create.write.op, create.write.key, create.gate) == ("upsert", ("leadbridge_key", "0011"), True)
    assert create.write.values["domain"] == "one.example"
    assert str(WORKER) in asked(done)


@pytest.mark.parametrize(
    "sign", [{"leadbridge_key": "0011", "domain": None}, {"salesforceaccountid": "0011", "domain": None}, {}]
)
def test_the_company_that_is_there_is_linked_and_not_made_again(
    planner: Planner, sign: dict[str, Any]
) -> None:
    there = company(planner, **sign)

    done = planner.plan(lone(account(planner), candidates=(there,), relatives=worker()))

    assert remembered(done).link.hubspot == there.ref
    assert [put.write.op for put in done.puts if put.write.op == "upsert"] == []


@pytest.mark.fault("F47")
def test_two_companies_of_one_domain_are_a_problem_and_none_is_made(planner: Planner) -> None:
    both = (company(planner, "901"), company(planner, "902"))

    done = planner.plan(lone(account(planner), candidates=both, relatives=worker()))

    assert codes(done) == ["several_candidates"]
    assert done.puts == ()


@pytest.mark.fault("F47")
def test_two_accounts_of_one_domain_do_not_take_one_company(planner: Planner) -> None:
    rivals = (account(planner, "0011"), account(planner, "0012"))

    done = planner.plan(lone(rivals[0], candidates=(company(planner),), rivals=rivals, relatives=worker()))

    assert codes(done) == ["several_candidates"]
    assert done.puts == ()


def test_where_the_account_names_no_website_its_peoples_addresses_say_which_company_it_is(
    planner: Planner,
) -> None:
    there, alone = company(planner), lone(account(planner, Website=None), relatives=worker())

    done = planner.plan(replace(alone, candidates=(there,), addresses=frozenset({"one.example"})))
    other = planner.plan(replace(alone, candidates=(there,), addresses=frozenset({"two.example"})))

    assert remembered(done).link.hubspot == there.ref
    assert writes(done, "hubspot")["leadbridge_key"] == "0011"
    assert [put.write.op for put in other.puts] == ["upsert"]


def test_free_mailers_and_a_website_of_another_domain_say_nothing_of_the_company(planner: Planner) -> None:
    free = lone(
        account(planner, Website=None),
        relatives=worker(),
        candidates=(company(planner, domain="gmail.com"),),
        addresses=frozenset({"gmail.com"}),
    )
    elsewhere = lone(
        account(planner, Website="two.example"),
        relatives=worker(),
        candidates=(company(planner),),
        addresses=frozenset({"one.example"}),
    )

    assert [put.write.op for put in planner.plan(free).puts] == ["upsert"]
    assert [put.write.op for put in planner.plan(elsewhere).puts] == ["upsert"]


@pytest.mark.fault("F47")
def test_people_of_two_accounts_with_one_domain_in_their_addresses_are_a_problem(planner: Planner) -> None:
    ours = account(planner, Website=None)
    rival = planner.record("salesforce", "contact", "0032", Email="x@one.example", AccountId="0012")

    done = planner.plan(
        lone(
            ours,
            relatives=worker(),
            candidates=(company(planner),),
            addresses=frozenset({"one.example"}),
            rivals=(rival,),
        )
    )

    assert codes(done) == ["several_candidates"]
    assert "salesforce:account:0012" in done.problems[0].text
    assert done.puts == ()


def test_a_second_company_of_the_domain_that_nobody_is_linked_to_is_told(planner: Planner) -> None:
    ours, theirs = company(planner, leadbridge_key="0011"), company(planner, "902")
    linked = company(planner, "903", leadbridge_key="0019")

    done = planner.plan(unit(ours, account(planner), "company", candidates=(ours, theirs, linked)))
    third = company(planner, "904")
    more = planner.plan(unit(ours, account(planner), "company", candidates=(ours, theirs, linked, third)))

    [problem] = done.problems
    assert (problem.code, problem.subject.id) == ("double_company", "0011")
    assert problem.text.startswith("hubspot:company:902 has")
    assert more.problems[0].text.startswith("hubspot:company:902, hubspot:company:904 has")


def test_salesforce_knows_companies_better_but_a_blank_there_is_filled(planner: Planner) -> None:
    settled = planner.settled(unit(company(planner), account(planner), "company"))

    renamed = planner.plan(edited(settled, "hubspot", name="Uno", city="Berlin"))

    assert writes(renamed, "hubspot") == {"name": "One"}
    assert writes(renamed, "salesforce") == {"BillingCity": "Berlin"}


def test_a_company_that_took_anothers_key_in_a_merge_gets_its_own_again(planner: Planner) -> None:
    settled = planner.settled(unit(company(planner, leadbridge_key="0011"), account(planner), "company"))

    done = planner.plan(edited(settled, "hubspot", leadbridge_key="0012"))

    assert writes(done, "hubspot") == {"leadbridge_key": "0011"}
    assert planner.plan(settled).puts == ()
