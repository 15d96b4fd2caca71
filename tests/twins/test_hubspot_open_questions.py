"""What nobody could verify about HubSpot, or what accounts settle for themselves: both ways of each."""

from __future__ import annotations

import json

import pytest

from twins.hubspot import Group
from twins.hubspot.webhooks.subscriptions import Wish

MIA = "mia.marketer@example.com"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="cleared_stage_is_free")
@pytest.mark.parametrize(("is_free", "stands"), [(True, "lead"), (False, None)])
def test_after_a_clear_an_earlier_stage_is_taken_or_still_ignored(desk, is_free, stands):
    """[U] The documented way back is to clear first; that any stage may follow is what we believe."""
    desk.twin.flip(cleared_stage_is_free=is_free)
    ada = desk.contact(email="ada@example.com", lifecyclestage="customer")
    desk.write(ada, lifecyclestage="")

    assert desk.write(ada, lifecyclestage="lead").status == 200
    back = desk.twin.record("contacts", ada).get("lifecyclestage")
    desk.write(ada, lifecyclestage="evangelist")

    assert back == stands
    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "evangelist"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="merged_id_is_found")
@pytest.mark.fact("POST /crm/objects/{kind}/batch/read", switch="merged_id_is_found")
@pytest.mark.parametrize("is_found", [True, False])
def test_a_merged_id_leads_to_the_survivor_or_nowhere(desk, is_found):
    """[U] That an old id answers with the survivor, whose id is another one, was never seen on the wire."""
    ada, double = desk.contact(email="ada@example.com"), desk.contact(email="ada@example.org")
    merged = desk.post("contacts/merge", {"primaryObjectId": ada, "objectIdToMerge": double}).json()["id"]
    desk.twin.flip(merged_id_is_found=is_found)

    one = desk.get(f"contacts/{double}")
    many = desk.post("contacts/batch/read", {"inputs": [{"id": double}]})
    changed = desk.call("PATCH", f"/crm/objects/2026-09/contacts/{double}", {"properties": {"city": "Lima"}})

    assert [one.status, many.status, changed.status] == ([200, 200, 200] if is_found else [404, 207, 404])
    assert [row["id"] for row in many.json()["results"]] == ([merged] if is_found else [])
    assert desk.twin.record("contacts", merged).get("city") == ("Lima" if is_found else None)


@pytest.mark.fact("POST /crm/objects/{kind}", switch="duplicate_check_lag_ms")
@pytest.mark.parametrize(("lag", "status"), [(0, 409), (30_000, 400)])
def test_an_address_so_young_that_the_first_check_misses_it_is_refused_by_the_store(desk, lag, status):
    """https://github.com/stape-io/hubspot-tag/issues/7: two ids in the message, the second is the owner."""
    desk.twin.flip(duplicate_check_lag_ms=lag)
    ada = desk.contact(email="ada@example.com")

    young = desk.post("contacts", {"properties": {"email": "Ada@example.com"}})
    desk.later(minutes=1)
    old = desk.post("contacts", {"properties": {"email": "ada@example.com"}})

    said = young.json()["message"]
    assert (young.status, old.status) == (status, 409)
    assert said.endswith(f"{ada} already has that value." if lag else f"Existing ID: {ada}")
    assert len(desk.twin.records("contacts")) == 1


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="bools_in_any_case")
@pytest.mark.parametrize("takes", [False, True])
def test_true_with_a_capital_is_no_option_of_a_yes_no_property(desk, takes):
    """https://github.com/hubspot-net/HubSpot.NET/issues/85; the models of HubSpot's Python client send just that."""
    desk.twin.flip(bools_in_any_case=takes)
    ada = desk.contact(email="ada@example.com")

    reply = desk.write(ada, leadbridge_sales_optout="True")
    whole = desk.write(ada, leadbridge_sales_optout="false")

    assert (reply.status, whole.status) == (200 if takes else 400, 200)
    if not takes:
        assert reply.json()["errors"][0]["code"] == "INVALID_OPTION"


@pytest.mark.fact("POST /crm/objects/{kind}")
@pytest.mark.parametrize(("sent", "stands"), [(";a", "a"), (";b;a;b", "b;a"), (";", None), ("a;b", "a;b")])
def test_a_leading_semicolon_of_a_new_record_is_not_kept(desk, sent, stands):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.twin.add_property("contacts", Group("contactinformation").choices("topics", "abc"))

    ada = desk.contact(email="ada@example.com", topics=sent)

    assert desk.twin.record("contacts", ada).get("topics") == stands


@pytest.mark.fact("POST /crm/objects/{kind}", switch="company_domains_are_unique")
@pytest.mark.parametrize("is_unique", [False, True])
def test_two_companies_may_have_one_domain(desk, is_unique):
    """[U] The domain is how HubSpot itself tells companies apart; its API was never seen to insist on it."""
    desk.twin.flip(company_domains_are_unique=is_unique)
    first = desk.post("companies", {"properties": {"domain": "acme.example"}}).json()["id"]

    second = desk.post("companies", {"properties": {"domain": "Acme.example"}})

    assert second.status == (400 if is_unique else 201)
    assert len(desk.twin.records("companies")) == (1 if is_unique else 2)
    if is_unique:
        assert second.json()["message"].endswith(f"{first} already has that value.")
    assert desk.write(first, "companies", domain="acme.example", city="Lima").status == 200


@pytest.mark.fact("POST /crm/objects/{kind}", switch="companies_from_addresses")
@pytest.mark.parametrize("makes", [False, True])
def test_a_contacts_address_makes_and_joins_its_company_where_the_account_says_so(desk, makes):
    """https://knowledge.hubspot.com/articles/kcs_article/contacts/automatically-create-and-associate-companies-with-contacts"""
    desk.twin.flip(companies_from_addresses=makes)

    ada, bob = desk.contact(email="ada@acme.example"), desk.contact(email="bob@acme.example")
    desk.contact(email="eve@gmail.com")

    companies = desk.twin.records("companies")
    assert [one["domain"] for one in companies] == (["acme.example"] if makes else [])
    for one in companies:
        assert desk.twin.associated("contacts", ada, "companies") == [one["hs_object_id"]]
        assert desk.twin.associated("contacts", bob, "companies") == [one["hs_object_id"]]
        assert {commit.actor for commit in desk.log.writes(kind="companies")} == {"automation"}


@pytest.mark.fact("POST /crm/objects/{kind}", switch="companies_from_addresses")
def test_a_company_of_the_domain_is_joined_and_none_is_made_twice(desk):
    """https://knowledge.hubspot.com/articles/kcs_article/contacts/automatically-create-and-associate-companies-with-contacts"""
    desk.twin.flip(companies_from_addresses=True)
    acme = desk.twin.create("companies", {"name": "Acme", "domain": "ACME.example"}, MIA, desk.now)

    ada = desk.contact(lastname="Lovelace")
    desk.write(ada, email="ada@acme.example")
    desk.write(ada, email="ada@other.example")

    assert desk.twin.associated("contacts", ada, "companies") == [acme]
    assert len(desk.twin.records("companies")) == 1


@pytest.mark.fact("POST /crm/objects/{kind}", switch="born_marketable")
@pytest.mark.parametrize("is_marketable", [False, True])
def test_a_contact_made_by_an_app_is_a_marketing_contact_or_none(desk, is_marketable):
    """[U] Which of the two an account makes of them is a setting."""
    desk.twin.flip(born_marketable=is_marketable)

    ada = desk.contact(email="ada@example.com")

    assert desk.twin.record("contacts", ada)["hs_marketable_status"] == str(is_marketable).lower()


@pytest.mark.fact("GET /crm/objects/{kind}", switch="no_leads_status")
@pytest.mark.parametrize("status", [403, 400])
def test_an_account_without_leads_answers_403_or_400(desk, status):
    """[U] Nobody wrote down what it says."""
    desk.twin.flip(has_leads=False, no_leads_status=status)

    assert desk.get("leads").status == desk.get("leads/1").status == status


@pytest.mark.fact("POST to the app", switch="webhook_double_id")
@pytest.mark.parametrize(("which", "ids"), [("same", 1), ("new", 2)])
def test_an_event_that_comes_twice_has_the_same_id_or_a_new_one(desk, which, ids):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: no id is promised to be unique."""
    desk.twin.flip(webhook_double_every=1, webhook_double_id=which)
    desk.twin.subscribe(desk.now, "https://app.example/hook", Wish("contact.creation"))

    desk.contact(email="ada@example.com")

    events = [event for one in desk.twin.webhooks.due(desk.now) for event in one.events()]
    assert len(events) == 2
    assert len({event["eventId"] for event in events}) == ids
    assert len({event["objectId"] for event in events}) == 1


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_a_currency_that_the_account_does_not_have_is_refused(desk):
    """https://developers.hubspot.com/changelog/deal-currenct-code-validation"""
    made = desk.post("deals", {"properties": {"dealname": "Big", "deal_currency_code": "EUR"}})
    refused = desk.post("deals", {"properties": {"dealname": "Big", "deal_currency_code": "XAU"}})

    told = json.loads(refused.json()["message"].removeprefix("Property values were not valid: "))
    assert (made.status, refused.status) == (201, 400)
    assert [one["error"] for one in told] == ["INVALID_OPTION"]


@pytest.mark.fact("GET /crm/objects/{kind}", switch="lists_lag")
@pytest.mark.parametrize(("lags", "shown"), [(False, 1), (True, 0)])
def test_a_new_record_stands_in_the_list_before_search_finds_it_or_not(desk, lags, shown):
    """[U] We believe that pages of all records come from the store and not from the index."""
    desk.twin.flip(search_lag_ms=30_000, lists_lag=lags)
    ada = desk.contact(email="ada@example.com")

    listed, found = desk.get("contacts").json()["results"], desk.search().json()["total"]
    desk.later(minutes=1)

    assert (len(listed), found) == (shown, 0)
    assert [one["id"] for one in desk.get("contacts").json()["results"]] == [ada]


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_a_deal_calculates_its_amounts(desk):
    """[U] Names from memory: what is won, what is likely, and what it is in the account's own currency."""
    names = ("amount_in_home_currency", "hs_closed_amount", "hs_projected_amount")

    def amounts(**properties):
        body = {"properties": {"dealname": "Big", "dealstage": "contractsent", **properties}}
        record = desk.twin.record("deals", desk.post("deals", body).json()["id"])
        return tuple(record.get(name) for name in names)

    assert amounts(amount="24000.50") == ("24000.50", "0", "21600.45")
    assert amounts(amount="24000.50", dealstage="closedwon") == ("24000.50", "24000.50", "24000.5")
    assert amounts(amount="10", dealstage="closedlost", deal_currency_code="USD") == (None, "0", "0")
    assert amounts() == (None, None, None)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_the_amounts_of_a_deal_that_hubspot_calculates_cannot_be_written(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    deal = desk.post("deals", {"properties": {"dealname": "Big"}}).json()["id"]

    reply = desk.write(deal, "deals", hs_closed_amount="7")

    assert reply.json()["errors"][0]["code"] == "READ_ONLY_VALUE"
