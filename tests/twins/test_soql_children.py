"""Subqueries and semi-joins: from a parent down to its children, and from there back up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import BASE, Office


def sold() -> tuple[Office, str, str, str]:
    """An account with a contact, an opportunity and a role between them."""
    office = Office()
    account = office.made("Account", Name="Engines")
    contact = office.contact(LastName="Ada", AccountId=account)
    opportunity = office.opportunity(Name="Mill", AccountId=account)
    office.made("OpportunityContactRole", OpportunityId=opportunity, ContactId=contact)
    return office, account, contact, opportunity


@pytest.mark.fact("GET /query")
def test_a_subquery_is_a_page_of_its_own_under_the_name_of_the_relation() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_understanding.htm"""
    office, account, contact, _ = sold()

    (row,) = office.query("SELECT Name, (SELECT LastName, Account.Name FROM contacts) FROM Account")[
        "records"
    ]

    assert row == {
        "attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{account}"},
        "Name": "Engines",
        "Contacts": {
            "totalSize": 1,
            "done": True,
            "records": [
                {
                    "attributes": {"type": "Contact", "url": f"{BASE}/sobjects/Contact/{contact}"},
                    "LastName": "Ada",
                    "Account": {
                        "attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{account}"},
                        "Name": "Engines",
                    },
                }
            ],
        },
    }


@pytest.mark.fact("GET /query", switch="empty_children")
@pytest.mark.parametrize(
    ("how", "shown"), [("null", None), ("page", {"totalSize": 0, "done": True, "records": []})]
)
def test_no_children_are_null_or_an_empty_page(how: str, shown: object) -> None:
    """[M] null as recorded in https://github.com/restforce/restforce, spec/fixtures"""
    office = Office(empty_children=how)
    office.made("Account", Name="Engines")

    assert office.rows("SELECT (SELECT Id FROM Contacts) FROM Account") == [{"Contacts": shown}]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("parent", "relation"),
    [
        ("Account", "Contacts"),
        ("Account", "Opportunities"),
        ("Account", "Tasks"),
        ("Contact", "OpportunityContactRoles"),
        ("Opportunity", "OpportunityContactRoles"),
        ("Lead", "Tasks"),
        ("Contact", "Events"),
        ("Lead", "CampaignMembers"),
        ("Contact", "CampaignMembers"),
        ("Campaign", "CampaignMembers"),
        ("Campaign", "Opportunities"),
        ("Lead", "Histories"),
        ("Contact", "Histories"),
        ("Account", "Histories"),
        ("Opportunity", "OpportunityHistories"),
        ("Opportunity", "Histories"),
    ],
)
def test_a_kind_knows_its_children_by_these_names(parent: str, relation: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_list.htm"""
    office = Office()

    assert "totalSize" in office.query(f"SELECT Id, (SELECT Id FROM {relation}) FROM {parent}")


@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_a_describe_names_the_relations_to_children() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm"""
    office = Office()

    children = office.call("GET", "/sobjects/Account/describe").json()["childRelationships"]

    found = {(one["childSObject"], one["field"]): one["relationshipName"] for one in children}
    assert found["Contact", "AccountId"] == "Contacts"
    assert found["Opportunity", "AccountId"] == "Opportunities"
    assert found["Lead", "ConvertedAccountId"] is None


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("relation", ["Contact", "Leads", "Nobodies__r"])
def test_an_unknown_relation_is_an_invalid_type(relation: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_understanding.htm"""
    error = Office().query(f"SELECT Id, (SELECT Id FROM {relation}) FROM Account")

    assert error["errorCode"] == "INVALID_TYPE"
    assert f"Didn't understand relationship '{relation}' in FROM part of query call" in error["message"]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("inner", "found"),
    [
        ("WHERE LastName LIKE 'B%'", ["Bob"]),
        ("ORDER BY LastName DESC", ["Cem", "Bob", "Ada"]),
        ("ORDER BY LastName LIMIT 2", ["Ada", "Bob"]),
        ("WHERE Account.Name = 'Mills'", None),
    ],
)
def test_a_subquery_has_its_own_where_order_and_limit(inner: str, found: list[str] | None) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_understanding.htm"""
    office = Office()
    account = office.made("Account", Name="Engines")
    for name in ("Bob", "Ada", "Cem"):
        office.contact(LastName=name, AccountId=account)

    (row,) = office.rows(f"SELECT (SELECT LastName FROM Contacts {inner}) FROM Account")

    told = row["Contacts"] and [one["LastName"] for one in row["Contacts"]["records"]]
    assert told == found


@pytest.mark.fact("GET /query")
def test_deleted_children_are_not_there() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm"""
    office, _, contact, _ = sold()
    office.call("DELETE", f"/sobjects/Contact/{contact}")

    assert office.rows("SELECT (SELECT Id FROM Contacts) FROM Account") == [{"Contacts": None}]


@pytest.mark.fact("GET /query")
def test_from_version_58_subqueries_stand_in_subqueries() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm"""
    office, *_ = sold()
    query = "SELECT (SELECT Id, (SELECT Id FROM OpportunityContactRoles) FROM Opportunities) FROM Account"

    (row,) = office.rows(query)
    old = office.call("GET", f"/services/data/v57.0/query?q={query.replace(' ', '+')}")

    assert row["Opportunities"]["records"][0]["OpportunityContactRoles"]["totalSize"] == 1
    assert (old.status, old.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("levels", "fits"), [(4, True), (5, False)])
def test_five_levels_are_the_deepest(levels: int, fits: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm"""
    query = "SELECT Id FROM ChildAccounts"
    for _ in range(levels - 1):
        query = f"SELECT Id, ({query}) FROM ChildAccounts"

    answered = Office().query(f"SELECT Id, ({query}) FROM Account")

    assert ("totalSize" in answered) is fits


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("number", "fits"), [(20, True), (21, False)])
def test_a_query_has_at_most_20_subqueries(number: int, fits: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm"""
    inner = ", ".join(["(SELECT Id FROM Contacts)"] * number)

    assert ("totalSize" in Office().query(f"SELECT Id, {inner} FROM Account")) is fits


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("inner", ["SELECT COUNT() FROM Contacts", "SELECT COUNT(Id) FROM Contacts"])
def test_only_root_queries_aggregate(inner: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_agg_functions.htm"""
    error = Office().query(f"SELECT Id, ({inner}) FROM Account")

    assert error["errorCode"] == "MALFORMED_QUERY"
    assert error["message"].endswith("only root queries support aggregate expressions")


@pytest.mark.fact("GET /query")
def test_a_subquery_skips_rows_only_below_a_single_parent() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm"""
    office, *_ = sold()
    inner = "SELECT Id FROM Contacts LIMIT 1 OFFSET 1"

    assert office.query(f"SELECT Id, ({inner}) FROM Account LIMIT 1")["records"][0]["Contacts"] is None
    assert office.query(f"SELECT Id, ({inner}) FROM Account")["errorCode"] == "MALFORMED_QUERY"


# ── semi-joins ───────────────────────────────────────────────────────────────


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Id IN (SELECT AccountId FROM Contact)", ["Engines"]),
        ("Id NOT IN (SELECT AccountId FROM Contact)", ["Mills"]),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Bob')", []),
        ("Id IN (SELECT AccountId FROM Contact) AND Name = 'Mills'", []),
        ("Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Opportunity)", ["Engines"]),
    ],
)
def test_a_join_finds_parents_by_their_children(condition: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm"""
    office, *_ = sold()
    office.made("Account", Name="Mills")

    assert office.values(f"SELECT Name FROM Account WHERE {condition} ORDER BY Name") == found


@pytest.mark.fact("GET /query")
def test_a_join_finds_children_of_the_same_parents() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm"""
    office, _, contact, _ = sold()
    office.contact(LastName="Bob")

    query = (
        "SELECT Id FROM Contact WHERE AccountId IN (SELECT AccountId FROM Opportunity WHERE IsClosed = false)"
    )
    assert office.values(query) == [contact]


_JOIN = "Id IN (SELECT AccountId FROM Contact)"
REFUSED = [
    (f"Name = 'a' OR {_JOIN}", "Semi join sub-selects are not allowed with the 'OR' operator"),
    (f"Name = 'a' AND (Name = 'b' OR {_JOIN})", "only allowed at the top level WHERE expressions"),
    (f"NOT {_JOIN}", "only allowed at the top level WHERE expressions"),
    (f"{_JOIN} AND {_JOIN} AND {_JOIN}", "Maximum 2 semi join sub-selects are allowed"),
    (
        "Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT ContactId FROM OpportunityContactRole))",
        "Nesting of semi join sub-selects is not supported",
    ),
    (
        "Id IN (SELECT ParentId FROM Account)",
        "The inner and outer selects should not be on the same object type",
    ),
    ("Id IN (SELECT LastName FROM Contact)", "can only query id fields, cannot use: 'LastName'"),
    ("Name IN (SELECT AccountId FROM Contact)", "should be an id field, cannot use: 'Name'"),
    ("Id IN (SELECT OwnerId FROM Contact)", "should point to the same object type"),
    ("Id IN (SELECT WhatId FROM Task)", "Entity 'Task' is not supported for semi join inner selects"),
    ("Id IN (SELECT MAX(AccountId) FROM Contact)", "can only query id fields"),
]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("condition", "said"), REFUSED)
def test_a_join_stands_at_the_top_of_where_and_compares_ids(condition: str, said: str) -> None:
    """https://www.apsona.com/docs/help-and-support/semijoin-subselect/"""
    error: Any = Office().query(f"SELECT Id FROM Account WHERE {condition}")

    assert error["errorCode"] == "MALFORMED_QUERY"
    assert said in error["message"]
