"""Marketing campaigns on HubSpot's wire: what they are, whom they reached, what they cost and brought."""

from __future__ import annotations

import pytest

ROOT = "/marketing/campaigns/2026-03"
FAIR = {"hs_name": "Fair 2026", "hs_start_date": "2026-11-01", "hs_campaign_status": "active"}
SAM = "sam.seller@example.com"


def make(desk, **properties):
    return desk.call("POST", ROOT, {"properties": {**FAIR, **properties}})


@pytest.fixture
def fair(desk):
    return make(desk).json()["id"]


@pytest.mark.fact("POST /marketing/campaigns")
@pytest.mark.parametrize("root", ["/marketing/v3/campaigns", ROOT, "/marketing/campaigns/2026-09"])
def test_a_campaign_is_made_with_an_id_that_is_a_guid(desk, root):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    made = desk.call("POST", root, {"properties": FAIR})

    told = made.json()
    assert (made.status, told["properties"], told["businessUnits"]) == (201, FAIR, [])
    assert len(told["id"].split("-")) == 5
    assert told["createdAt"] == told["updatedAt"]


@pytest.mark.fact("POST /marketing/campaigns")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"properties": []},
        {"properties": {}},
        {"properties": {"hs_name": ""}},
        {"properties": {**FAIR, "colour": "red"}},
        {"properties": {**FAIR, "hs_campaign_status": "done"}},
        {"properties": {**FAIR, "hs_budget_items_sum_amount": "7"}},
    ],
)
def test_a_campaign_needs_a_name_and_known_properties(desk, body):
    """[U] Which properties there are is partly from memory."""
    assert desk.call("POST", ROOT, body).status == 400
    assert desk.call("GET", ROOT).json()["total"] == 0


@pytest.mark.fact("POST /marketing/campaigns", switch="campaign_names_are_unique")
@pytest.mark.parametrize(("is_unique", "status"), [(False, 201), (True, 409)])
def test_two_campaigns_may_share_a_name_or_not(desk, fair, is_unique, status):
    """[U] Nobody could check: a switch."""
    desk.twin.flip(campaign_names_are_unique=is_unique)

    assert make(desk).status == status


@pytest.mark.fact("GET /marketing/campaigns", switch="marketing_hub")
@pytest.mark.parametrize(("tier", "status"), [("starter", 403), ("professional", 200), ("enterprise", 200)])
def test_campaigns_need_marketing_hub_professional(desk, tier, status):
    """[U] https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide: that it is a 403 is a guess."""
    desk.twin.flip(marketing_hub=tier)

    assert desk.call("GET", ROOT).status == status


@pytest.mark.fact("GET /marketing/campaigns/{guid}")
def test_a_campaign_shows_only_the_properties_that_were_asked_for(desk, fair):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    bare = desk.call("GET", f"{ROOT}/{fair}").json()
    full = desk.call("GET", f"{ROOT}/{fair}?properties=hs_name,hs_notes,hs_campaign_status").json()

    assert (bare["properties"], bare["assets"]) == ({}, {})
    assert full["properties"] == {"hs_name": "Fair 2026", "hs_campaign_status": "active"}
    assert desk.call("GET", f"{ROOT}/nothing").status == 404


@pytest.mark.fact("GET /marketing/campaigns")
def test_campaigns_come_in_pages_by_name(desk):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    for name in ("C", "a", "B"):
        make(desk, hs_name=name)

    first = desk.call("GET", f"{ROOT}?limit=2&properties=hs_name").json()
    after = first["paging"]["next"]["after"]
    second = desk.call("GET", f"{ROOT}?limit=2&properties=hs_name&after={after}").json()
    newest = desk.call("GET", f"{ROOT}?sort=-createdAt&properties=hs_name&limit=1").json()

    names = [one["properties"]["hs_name"] for one in (*first["results"], *second["results"])]
    assert (names, first["total"], "paging" in second) == (["a", "B", "C"], 3, False)
    assert newest["results"][0]["properties"]["hs_name"] == "B"
    assert desk.call("GET", f"{ROOT}?name=b").json()["total"] == 1
    assert desk.call("GET", f"{ROOT}?limit=101").status == 400
    assert desk.call("GET", f"{ROOT}?sort=colour").status == 400


@pytest.mark.fact("PATCH /marketing/campaigns/{guid}")
@pytest.mark.fact("DELETE /marketing/campaigns/{guid}")
def test_a_campaign_is_changed_and_deleted(desk, fair):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    changed = desk.call(
        "PATCH", f"{ROOT}/{fair}", {"properties": {"hs_notes": "Hall 4", "hs_start_date": ""}}
    )
    unnamed = desk.call("PATCH", f"{ROOT}/{fair}", {"properties": {"hs_name": ""}})
    gone = desk.call("DELETE", f"{ROOT}/{fair}")

    assert changed.json()["properties"] == {
        "hs_name": "Fair 2026",
        "hs_campaign_status": "active",
        "hs_notes": "Hall 4",
    }
    assert (unnamed.status, gone.status) == (400, 204)
    assert desk.call("GET", f"{ROOT}/{fair}").status == 404


@pytest.mark.fact("POST /marketing/campaigns/batch/create")
@pytest.mark.fact("POST /marketing/campaigns/batch/read")
@pytest.mark.fact("POST /marketing/campaigns/batch/update")
@pytest.mark.fact("POST /marketing/campaigns/batch/archive")
def test_campaigns_are_written_and_read_in_batches(desk):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    two = [{"properties": {"hs_name": "A"}}, {"properties": {"hs_name": "B"}}]

    made = desk.call("POST", f"{ROOT}/batch/create", {"inputs": two})
    ids = [{"id": one["id"]} for one in made.json()["results"]]
    change = [{**ids[0], "properties": {"hs_name": "Z"}}]
    desk.call("POST", f"{ROOT}/batch/update", {"inputs": change})
    read = desk.call("POST", f"{ROOT}/batch/read?properties=hs_name", {"inputs": [*ids, {"id": "x"}]})
    gone = desk.call("POST", f"{ROOT}/batch/archive", {"inputs": ids})
    too_many = desk.call("POST", f"{ROOT}/batch/read", {"inputs": ids * 26})

    assert (made.status, gone.status, too_many.status) == (201, 204, 400)
    assert [one["properties"]["hs_name"] for one in read.json()["results"]] == ["Z", "B"]
    assert desk.call("GET", ROOT).json()["total"] == 0


@pytest.fixture
def reached(desk, fair):
    """Two contacts that the fair reached; the first one was new, and has a deal that is won and one that is not."""
    ada, bob = (desk.contact(email=f"{name}@example.com") for name in ("ada", "bob"))
    desk.twin.touch(fair, ada, desk.later(days=1), "contactFirstTouch", "contactLastTouch")
    desk.twin.touch(fair, bob, desk.later(days=1))
    for stage, amount in (("closedwon", "100"), ("qualifiedtobuy", "50")):
        properties = {"dealname": stage, "dealstage": stage, "amount": amount}
        deal = desk.twin.create("deals", properties, SAM, desk.now)
        desk.twin.associate("deals", deal, "contacts", ada)
    return ada, bob


@pytest.mark.fact("GET /marketing/campaigns/{guid}/reports/contacts/{type}")
def test_contacts_are_told_by_how_they_were_reached(desk, fair, reached):
    """[U] https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide: the three type names are from memory."""
    told = {
        touch: [
            one["id"] for one in desk.call("GET", f"{ROOT}/{fair}/reports/contacts/{touch}").json()["results"]
        ]
        for touch in ("contactFirstTouch", "contactLastTouch", "influencedContacts")
    }

    assert told == {
        "contactFirstTouch": [reached[0]],
        "contactLastTouch": [reached[0]],
        "influencedContacts": [*reached],
    }
    assert desk.call("GET", f"{ROOT}/{fair}/reports/contacts/everybody").status == 400


@pytest.mark.fact("GET /marketing/campaigns/{guid}/reports/contacts/{type}")
def test_reached_contacts_come_in_pages_and_within_days(desk, fair, reached):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    path = f"{ROOT}/{fair}/reports/contacts/influencedContacts"

    first = desk.call("GET", f"{path}?limit=1").json()
    second = desk.call("GET", f"{path}?limit=1&after={first['paging']['next']['after']}").json()
    day = desk.call("GET", f"{path}?startDate=2026-11-24&endDate=2026-11-24").json()

    assert [one["id"] for one in (*first["results"], *second["results"])] == [*reached]
    assert [one["id"] for one in day["results"]] == [reached[0]]
    assert desk.call("GET", f"{path}?startDate=yesterday").status == 400


@pytest.mark.fact("GET /marketing/campaigns/{guid}/reports/metrics")
def test_a_campaign_counts_what_it_did(desk, fair, reached):
    """https://developers.hubspot.com/docs/api-reference/marketing-campaigns-public-api-v3/campaign-reporting/get-marketing-v3-campaigns-campaignGuid-reports-metrics"""
    assert desk.call("GET", f"{ROOT}/{fair}/reports/metrics").json() == {
        "sessions": 2,
        "newContactsFirstTouch": 1,
        "newContactsLastTouch": 1,
        "influencedContacts": 2,
    }


@pytest.mark.fact("GET /marketing/campaigns/{guid}/reports/revenue")
def test_a_campaign_tells_what_it_brought(desk, fair, reached):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/reports/get-revenue-report"""
    told = desk.call("GET", f"{ROOT}/{fair}/reports/revenue?attributionModel=LINEAR").json()

    assert told == {
        "contactsNumber": 2,
        "dealsNumber": 2,
        "dealAmount": 150.0,
        "revenueAmount": 100.0,
        "currencyCode": "EUR",
    }
    assert desk.call("GET", f"{ROOT}/{fair}/reports/revenue?attributionModel=DICE").status == 400


@pytest.mark.fact("GET /marketing/campaigns/{guid}/budget/totals")
def test_a_campaign_adds_up_its_budget_and_its_costs(desk, fair):
    """https://developers.hubspot.com/changelog/new-campaign-api-updates"""
    for path, amount in (("budget", 1000), ("budget", "500"), ("spend", 300)):
        made = desk.call("POST", f"{ROOT}/{fair}/{path}", {"name": path, "amount": amount, "order": 0})
        assert made.status == 201

    told = desk.call("GET", f"{ROOT}/{fair}/budget/totals").json()
    shown = desk.call("GET", f"{ROOT}/{fair}?properties=hs_budget_items_sum_amount").json()

    assert (told["budgetTotal"], told["spendTotal"], told["remainingBudget"]) == (1500, 300, 1200)
    assert (told["currencyCode"], len(told["budgetItems"])) == ("EUR", 2)
    assert shown["properties"] == {"hs_budget_items_sum_amount": "1500.0"}
    assert (
        desk.call("POST", f"{ROOT}/{fair}/spend", {"name": "x", "amount": "much", "order": 0}).status == 400
    )


@pytest.mark.fact("PUT /marketing/campaigns/{guid}/assets/{type}/{id}")
@pytest.mark.fact("DELETE /marketing/campaigns/{guid}/assets/{type}/{id}")
def test_forms_and_lists_belong_to_a_campaign(desk, fair):
    """https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide"""
    root = f"{ROOT}/{fair}/assets"

    added = [desk.call("PUT", f"{root}/{path}").status for path in ("FORM/abc", "OBJECT_LIST/7")]
    held = desk.call("GET", f"{ROOT}/{fair}").json()["assets"]
    gone = desk.call("DELETE", f"{root}/FORM/abc").status

    assert (added, gone) == ([204, 204], 204)
    assert held == {"FORM": {"results": [{"id": "abc"}]}, "OBJECT_LIST": {"results": [{"id": "7"}]}}
    assert desk.call("GET", f"{root}/FORM").json() == {"results": []}
    assert desk.call("PUT", f"{root}/POSTER/1").status == 400
