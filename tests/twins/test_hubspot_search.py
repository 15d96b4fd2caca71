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


@pytest.mark.fact("POST /crm/objects/{kind}/search")
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


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_between_takes_both_ends(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    span = {"propertyName": "leadbridge_round", "operator": "BETWEEN", "value": "2", "highValue": "9"}

    reply = desk.post("contacts/search", {"filterGroups": [{"filters": [span]}]})

    assert [one["id"] for one in reply.json()["results"]] == people[:1]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_groups_are_joined_by_or_and_filters_by_and(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    lima = {"propertyName": "city", "operator": "EQ", "value": "Lima"}
    customer = {"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}

    either = desk.post("contacts/search", {"filterGroups": [{"filters": [lima]}, {"filters": [customer]}]})
    both = desk.post("contacts/search", {"filterGroups": [{"filters": [lima, customer]}]})

    assert (either.json()["total"], both.json()["total"]) == (2, 0)


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_records_joined_to_another_are_found(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    deal = desk.twin.create("deals", {"dealname": "Big"}, "sam.seller@example.com", desk.now)
    desk.twin.associate("deals", deal, "contacts", people[1])

    reply = desk.search("deals", ("associations.contact", "EQ", people[1]))

    assert [one["id"] for one in reply.json()["results"]] == [deal]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_oldest_comes_first_unless_told_otherwise(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    sort = [{"propertyName": "leadbridge_round", "direction": "DESCENDING"}]

    plain = [one["id"] for one in desk.search().json()["results"]]
    by_round = [one["id"] for one in desk.search(sorts=sort).json()["results"]]

    assert plain == people
    assert by_round == [people[1], people[0], people[2]]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_poll_sees_changes_in_the_order_of_their_time(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    desk.write(people[0], city="Quito")
    sort = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]

    everybody = desk.search("contacts", ("lastmodifieddate", "GTE", "0"), sorts=sort).json()
    last = everybody["results"][-1]["properties"]["lastmodifieddate"]
    newest = desk.search("contacts", ("lastmodifieddate", "GTE", last), sorts=sort).json()

    assert [one["id"] for one in everybody["results"]] == [people[1], people[2], people[0]]
    assert [one["id"] for one in newest["results"]] == people[:1]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_pages_go_on_by_offset(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(25)], desk.now).ids

    first = desk.search(limit=20).json()
    second = desk.search(limit=20, after=first["paging"]["next"]["after"]).json()

    assert (first["total"], first["paging"]["next"]["after"]) == (25, "20")
    assert [one["id"] for one in first["results"] + second["results"]] == ids
    assert "paging" not in second


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_records_of_one_moment_are_paged_by_id(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide: 10,000 rows may share a stamp after an import."""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(30)], desk.now).ids
    at = desk.twin.record("contacts", ids[0])["lastmodifieddate"]
    sort = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]

    filters = (("lastmodifieddate", "EQ", at), ("hs_object_id", "GT", ids[9]))
    reply = desk.search("contacts", *filters, sorts=sort, limit=5).json()

    assert reply["total"] == 20
    assert [one["id"] for one in reply["results"]] == ids[10:15]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
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


@pytest.mark.fact("POST /crm/objects/{kind}/search", switch="search_lag_ms")
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


@pytest.mark.fact("POST /crm/objects/{kind}/search")
@pytest.mark.parametrize("seed", range(20))
def test_ordered_index_agrees_with_a_plain_look_at_all_records(desk, seed):
    """[U] The index is an optimisation: any order of edits gives what sorting everything would give."""
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


def totals(desk, *bodies, kind="contacts"):
    return [desk.post(f"{kind}/search", body).json()["total"] for body in bodies]


def one(name, operator, **more):
    return {"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, **more}]}]}


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_a_page_has_ten_records_unless_told_and_200_at_most(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(250)], desk.now)

    pages = [desk.search(**more).json() for more in ({}, {"limit": 200})]

    assert [len(page["results"]) for page in pages] == [10, 200]
    assert desk.search(limit=201).status == 400


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_nobody_gets_past_ten_thousand_results(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    desk.twin.load("contacts", [{"lastname": "L"} for _ in range(10_250)], desk.now)

    last = desk.search(limit=200, after="9800")
    beyond = desk.search(limit=200, after=last.json()["paging"]["next"]["after"])

    assert (last.json()["total"], len(last.json()["results"])) == (10_250, 200)
    assert beyond.status == 400


@pytest.mark.fact("POST /crm/objects/{kind}/search", switch="search_text_limit")
@pytest.mark.parametrize(("limit", "status"), [("body", 400), ("query", 200)])
def test_three_thousand_characters_are_the_limit_of_the_body_or_of_the_query(desk, limit, status):
    """[U] The guide says the body, the specification the query: about 100 ids fit into an IN, or more."""
    desk.twin.flip(search_text_limit=limit)
    many = [str(101_000_000_000 + n) for n in range(250)]

    assert desk.search("contacts", ("hs_object_id", "IN", many)).status == status
    assert desk.search(query="x" * 3001).status == 400


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_bare_filters_are_one_group(desk, people):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/491"""
    bare = {"filters": one("city", "EQ", value="lima")["filterGroups"][0]["filters"]}

    assert totals(desk, bare) == [1]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
@pytest.mark.parametrize(
    ("filter_", "problem"),
    [
        ({"operator": "BETWEEN", "value": "1"}, "operator BETWEEN requires a highValue"),
        ({"operator": "IN", "value": "1"}, "operator IN requires values"),
        ({"operator": "EQ"}, "operator EQ requires a value"),
    ],
)
def test_a_filter_without_its_value_cannot_be_built(desk, filter_, problem):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/128"""
    refusal = desk.post("contacts/search", one("createdate", **filter_))

    assert refusal.status == 400
    assert refusal.json()["message"].startswith("Invalid input JSON on line 1, column ")
    assert refusal.json()["message"].endswith(f"problem: {problem}")


@pytest.mark.fact("POST /crm/objects/{kind}/search", switch="blanks_answer_not")
@pytest.mark.parametrize(("answers", "found"), [(False, 1), (True, 2)])
@pytest.mark.parametrize(
    "filter_",
    [
        {"operator": "NEQ", "value": "Lima"},
        {"operator": "NOT_IN", "values": ["lima"]},
        {"operator": "NOT_CONTAINS_TOKEN", "value": "lima"},
    ],
)
def test_a_blank_answers_to_a_negative_filter_or_not(desk, people, filter_, answers, found):
    """[U] Whether records without a value are found by NEQ, NOT_IN and NOT_CONTAINS_TOKEN."""
    desk.twin.flip(blanks_answer_not=answers)

    assert totals(desk, one("city", **filter_)) == [found]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_the_query_looks_only_at_searchable_properties(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide: default searchable properties."""
    desk.contact(email="ada@example.com", firstname="Ada", city="Lima", company="Engines")

    assert totals(desk, {"query": "ENGINE"}, {"query": "ada@"}, {"query": "lima"}) == [1, 1, 0]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_dates_are_compared_as_milliseconds_or_as_iso(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    born = desk.twin.record("contacts", people[1])["createdate"]
    ms = "1795424402000"

    filters = [one("createdate", "GTE", value=value) for value in (born, ms)]

    assert born == "2026-11-23T09:00:02Z"
    assert totals(desk, *filters) == [2, 2]


@pytest.mark.fact("POST /crm/objects/{kind}/search")
def test_archived_records_and_merged_losers_vanish(desk, people):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    desk.call("DELETE", f"/crm/v3/objects/contacts/{people[2]}")
    merge = {"primaryObjectId": people[0], "objectIdToMerge": people[1]}
    winner = desk.post("contacts/merge", merge).json()["id"]

    assert [row["id"] for row in desk.search().json()["results"]] == [winner]


@pytest.mark.fact("POST /crm/objects/{kind}/search", switch="search_remembers")
@pytest.mark.parametrize(("remembers", "old"), [(True, 1), (False, 0)])
def test_within_the_lag_a_changed_record_is_found_as_it_was(desk, remembers, old):
    """[U] "A few moments" pass before a change is found; what search shows meanwhile is its old index."""
    ada = desk.contact(email="ada@example.com", city="Lima")
    desk.later(minutes=1)
    desk.twin.flip(search_lag_ms=30_000, search_remembers=remembers)
    desk.write(ada, city="Quito")

    young = totals(desk, one("city", "EQ", value="lima"), one("city", "EQ", value="quito"))
    desk.later(seconds=30)
    grown = totals(desk, one("city", "EQ", value="lima"), one("city", "EQ", value="quito"))

    assert (young, grown) == ([old, 0], [0, 1])


@pytest.mark.fact("POST /crm/objects/{kind}/search", switch="search_lag_ms")
def test_a_poll_within_the_lag_sees_the_old_modified_time(desk):
    """[U] "A few moments" pass before a change is found; its index entry still has the old time."""
    ada = desk.contact(email="ada@example.com", city="Lima")
    before = desk.twin.record("contacts", ada)["lastmodifieddate"]
    desk.later(minutes=1)
    desk.twin.flip(search_lag_ms=30_000)
    desk.write(ada, city="Quito")
    sort = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]

    page = desk.search("contacts", ("lastmodifieddate", "GTE", "0"), sorts=sort, properties=["city"]).json()

    (row,) = page["results"]
    assert (row["properties"]["lastmodifieddate"], row["properties"]["city"]) == (before, "Lima")


@pytest.mark.fact("POST /crm/objects/{kind}/search")
@pytest.mark.parametrize("kind", ["contacts", "companies", "deals", "notes", "tasks", "0-1", "contact"])
def test_every_kind_is_searched_alike(desk, kind):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    found = desk.search(kind, ("hs_object_id", "GT", "0"))

    assert (found.status, found.json()) == (200, {"total": 0, "results": []})


@pytest.mark.fact("POST /crm/objects/{kind}/search")
@pytest.mark.parametrize(
    "sort", ["-leadbridge_round", {"propertyName": "leadbridge_round", "direction": "DESCENDING"}]
)
def test_a_sort_rule_is_an_object_or_a_name_with_a_minus(desk, people, sort):
    """https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide"""
    assert [row["id"] for row in desk.search(sorts=[sort]).json()["results"]] == [
        people[1],
        people[0],
        people[2],
    ]
