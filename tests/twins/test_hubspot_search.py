"""Search of HubSpot's twin: operators, order, pages and caps."""

from __future__ import annotations

import random

import pytest


@pytest.fixture
def people(desk):
    """Three contacts with different facts; their ids."""
    rows = (
        {"email": "ada@example.com", "firstname": "Ada", "city": "Lima", "leadbridge_round": "2"},
        {"email": "bob@example.org", "firstname": "Bob", "city": "New York", "leadbridge_round": "10"},
        {"email": "cy@example.org", "firstname": "Cy", "lifecyclestage": "customer"},
    )
    return [desk.contact(**row) for row in rows]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (("city", "EQ", "lima"), "A"),
        (("city", "NEQ", "Lima"), "B"),
        (("leadbridge_round", "LT", "10"), "A"),
        (("leadbridge_round", "LTE", "10"), "AB"),
        (("leadbridge_round", "GT", "2"), "B"),
        (("leadbridge_round", "GTE", "2"), "AB"),
        (("city", "HAS_PROPERTY"), "AB"),
        (("city", "NOT_HAS_PROPERTY"), "C"),
        (("city", "IN", ["lima", "rome"]), "A"),
        (("city", "IN", ["Lima"]), ""),
        (("city", "NOT_IN", ["lima"]), "B"),
        (("email", "IN", ["ada@example.com", "cy@example.org"]), "AC"),
        (("email", "CONTAINS_TOKEN", "*@example.org"), "BC"),
        (("email", "NOT_CONTAINS_TOKEN", "*@example.org"), "A"),
        (("city", "CONTAINS_TOKEN", "york"), "B"),
        (("city", "CONTAINS_TOKEN", "yor"), ""),
        (("lifecyclestage", "EQ", "customer"), "C"),
        (("lifecyclestage", "EQ", "Customer"), ""),
        (("createdate", "GTE", "2026-11-23T09:00:02Z"), "BC"),
    ],
)
def test_operator_finds_what_it_means(desk, people, question, found):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    results = desk.search("contacts", question).json()["results"]

    assert "".join(one["properties"]["firstname"][0] for one in results) == found


def test_between_takes_both_ends(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    span = {"propertyName": "leadbridge_round", "operator": "BETWEEN", "value": "2", "highValue": "9"}

    reply = desk.post("contacts/search", {"filterGroups": [{"filters": [span]}]})

    assert [one["id"] for one in reply.json()["results"]] == people[:1]


def test_groups_are_joined_by_or_and_filters_by_and(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    lima = {"propertyName": "city", "operator": "EQ", "value": "Lima"}
    customer = {"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}

    either = desk.post("contacts/search", {"filterGroups": [{"filters": [lima]}, {"filters": [customer]}]})
    both = desk.post("contacts/search", {"filterGroups": [{"filters": [lima, customer]}]})

    assert (either.json()["total"], both.json()["total"]) == (2, 0)


def test_records_joined_to_another_are_found(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    deal = desk.twin.create("deals", {"dealname": "Big"}, "sam.seller@example.com", desk.now)
    desk.twin.associate("deals", deal, "contacts", people[1])

    reply = desk.search("deals", ("associations.contact", "EQ", people[1]))

    assert [one["id"] for one in reply.json()["results"]] == [deal]


def test_oldest_comes_first_unless_told_otherwise(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    sort = [{"propertyName": "leadbridge_round", "direction": "DESCENDING"}]

    plain = [one["id"] for one in desk.search().json()["results"]]
    by_round = [one["id"] for one in desk.search(sorts=sort).json()["results"]]

    assert plain == people
    assert by_round == [people[1], people[0], people[2]]


def test_poll_sees_changes_in_the_order_of_their_time(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    desk.write(people[0], city="Quito")
    sort = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]

    everybody = desk.search("contacts", ("lastmodifieddate", "GTE", "0"), sorts=sort).json()
    last = everybody["results"][-1]["properties"]["lastmodifieddate"]
    newest = desk.search("contacts", ("lastmodifieddate", "GTE", last), sorts=sort).json()

    assert [one["id"] for one in everybody["results"]] == [people[1], people[2], people[0]]
    assert [one["id"] for one in newest["results"]] == people[:1]


def test_pages_go_on_by_offset(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(25)], desk.now).ids

    first = desk.search(limit=20).json()
    second = desk.search(limit=20, after=first["paging"]["next"]["after"]).json()

    assert (first["total"], first["paging"]["next"]["after"]) == (25, "20")
    assert [one["id"] for one in first["results"] + second["results"]] == ids
    assert "paging" not in second


def test_records_of_one_moment_are_paged_by_id(desk):
    """More than 10,000 rows may share one stamp after an import."""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(30)], desk.now).ids
    at = desk.twin.record("contacts", ids[0])["lastmodifieddate"]
    sort = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]

    filters = (("lastmodifieddate", "EQ", at), ("hs_object_id", "GT", ids[9]))
    reply = desk.search("contacts", *filters, sorts=sort, limit=5).json()

    assert reply["total"] == 20
    assert [one["id"] for one in reply["results"]] == ids[10:15]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"sorts": [{"propertyName": "email"}, {"propertyName": "city"}]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "city", "operator": "HAS_PROPERTY"}] * 7}]},
        {"filterGroups": [{"filters": [{"propertyName": "city", "operator": "HAS_PROPERTY"}] * 4}] * 5},
        {"query": "x" * 3_000},
        {"filterGroups": [{"filters": [{"propertyName": "no_such", "operator": "EQ", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "city", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "createdate", "operator": "GT", "value": "soon"}]}]},
    ],
)
def test_search_beyond_its_caps_is_refused(desk, people, body):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    assert desk.post("contacts/search", body).status == 400


def test_young_changes_are_not_found_yet(desk_with):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide: a few moments later."""
    desk = desk_with(search_lag_s=30)
    ada = desk.contact(email="ada@example.com")
    sort = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]

    totals = [desk.search().json()["total"], desk.search(sorts=sort).json()["total"]]
    read = desk.get(f"contacts/{ada}").status
    desk.later(seconds=30)

    assert (totals, read) == ([0, 0], 200)
    assert [desk.search().json()["total"], desk.search(sorts=sort).json()["total"]] == [1, 1]


@pytest.mark.parametrize("seed", range(20))
def test_ordered_index_agrees_with_a_plain_look_at_all_records(desk, seed):
    """The index is an optimisation: any order of edits gives what sorting everything would give."""
    dice = random.Random(seed)
    rows = [{"lastname": "L", "createdate": "2026-01-01"} for _ in range(40)]
    ids = desk.twin.load("contacts", rows, desk.now).ids
    for n in range(1500):
        desk.twin.update(
            "contacts",
            dice.choice(ids[:35]),
            {"city": str(n)},
            "sam.seller@example.com",
            desk.later(seconds=dice.choice((0, 1))),
        )
    records = desk.twin.records("contacts")
    low = dice.choice(records)["lastmodifieddate"]

    sort = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]
    reply = desk.search("contacts", ("lastmodifieddate", "GTE", low), sorts=sort, limit=200).json()

    wanted = sorted(
        (one["lastmodifieddate"], one["hs_object_id"]) for one in records if one["lastmodifieddate"] >= low
    )
    assert [one["id"] for one in reply["results"]] == [id_ for _, id_ in wanted]
    assert reply["total"] == len(wanted)
