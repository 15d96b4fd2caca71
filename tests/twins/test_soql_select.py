"""What a query selects and in which order: parents, FIELDS(), TYPEOF, short names, OFFSET, scopes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office


def people(*names: str, **more: Any) -> Office:
    office = Office()
    for name in names:
        office.lead(LastName=name, Email=f"{name.lower()}@example.com", **more)
    return office


@pytest.mark.fact("GET /query")
def test_parents_are_objects_of_their_own_or_null() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships.htm"""
    office = Office()
    account = office.made("Account", Name="Engines")
    office.contact(LastName="Ada", AccountId=account)
    office.contact(LastName="Bob")

    with_account, without = office.query("SELECT Account.Name, Account.Owner.Email FROM Contact ORDER BY Id")[
        "records"
    ]

    assert with_account["Account"] == {
        "attributes": {"type": "Account", "url": f"/services/data/v66.0/sobjects/Account/{account}"},
        "Name": "Engines",
        "Owner": {
            "attributes": {
                "type": "User",
                "url": f"/services/data/v66.0/sobjects/User/{office.twin.integration_user}",
            },
            "Email": "leadbridge@example.com",
        },
    }
    assert without["Account"] is None


@pytest.mark.fact("GET /query")
def test_a_leads_owner_may_be_a_queue_and_says_which() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm"""
    office = Office()
    office.lead(OwnerId=office.twin.queue)

    (row,) = office.query("SELECT Owner.Type, Owner.Name FROM Lead WHERE Owner.Type = 'Group'")["records"]

    assert (row["Owner"]["Type"], row["Owner"]["Name"]) == ("Group", "Incoming Leads")


@pytest.mark.fact("GET /query")
def test_a_contact_role_shows_fields_of_both_its_parents() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitycontactrole.htm"""
    office = Office()
    opportunity, contact = office.opportunity(StageName="Closed Won"), office.contact(Email="ada@example.com")
    office.made("OpportunityContactRole", OpportunityId=opportunity, ContactId=contact)

    (row,) = office.rows(
        "SELECT ContactId, Contact.Email, Opportunity.StageName, Opportunity.IsWon FROM OpportunityContactRole "
        f"WHERE ContactId IN ('{contact}') AND Opportunity.IsClosed = true"
    )

    assert row["Contact"]["Email"] == "ada@example.com"
    assert row["Opportunity"]["StageName"] == "Closed Won"
    assert row["Opportunity"]["IsWon"] is True


@pytest.mark.fact("GET /query")
def test_count_answers_a_number_and_no_records() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_count.htm"""
    office = people("Ada", "Bob")

    assert office.query("SELECT COUNT() FROM Lead") == {"totalSize": 2, "done": True, "records": []}


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("Title", ["Cem", "Ada", "Bob"]),
        ("Title NULLS LAST", ["Ada", "Bob", "Cem"]),
        ("Title DESC NULLS LAST", ["Bob", "Ada", "Cem"]),
        ("Company DESC, LastName DESC", ["Cem", "Bob", "Ada"]),
    ],
)
def test_rows_come_in_the_order_asked_for_blanks_first(order: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm"""
    office = Office()
    for name, title in (("Bob", "zar"), ("Ada", "Admiral"), ("Cem", None)):
        office.lead(LastName=name, Title=title)

    assert office.values(f"SELECT LastName FROM Lead ORDER BY {order}") == found


@pytest.mark.fact("GET /query")
def test_fields_all_needs_a_limit() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm"""
    office = people("Ada")

    assert office.query("SELECT FIELDS(ALL) FROM Lead")["errorCode"] == "MALFORMED_QUERY"
    assert office.rows("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 200")[0].keys() >= {"Leadbridge_Stage__c"}
    assert "Leadbridge_Stage__c" not in office.rows("SELECT FIELDS(STANDARD) FROM Lead")[0]


@pytest.mark.fact("GET /query")
def test_stages_and_statuses_can_be_asked_for() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitystage.htm"""
    office = Office()

    won = office.values("SELECT ApiName FROM OpportunityStage WHERE IsWon = true AND IsActive = true")
    statuses = office.values("SELECT ApiName FROM LeadStatus ORDER BY SortOrder")

    assert won == ["Closed Won"]
    assert statuses == [
        "Open - Not Contacted",
        "Working - Contacted",
        "Closed - Converted",
        "Closed - Not Converted",
    ]


@pytest.mark.fact("GET /query")
def test_more_than_55_parents_are_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm"""
    office = Office()
    users = ("Owner", "CreatedBy", "LastModifiedBy")
    first = [f"Account.Parent.{one}" for one in users] + [f"ReportsTo.{one}" for one in users]
    deep = [f"{one}.{up}" for one in first for up in ("Manager", "CreatedBy", "LastModifiedBy")]
    deeper = [f"{one}.{up}" for one in deep[:10] for up in ("Manager", "CreatedBy", "LastModifiedBy")]

    few = office.query(f"SELECT {', '.join(f'{one}.Id' for one in deep)} FROM Contact")
    many = office.query(f"SELECT {', '.join(f'{one}.Id' for one in (*deep, *deeper))} FROM Contact")

    assert few["totalSize"] == 0
    assert many["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("path", "fits"), [("Parent." * 5 + "Name", True), ("Parent." * 6 + "Name", False)])
def test_a_path_leads_up_five_levels(path: str, fits: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm"""
    answered = Office().query(f"SELECT {path} FROM Account")

    assert ("totalSize" in answered) is fits


@pytest.mark.fact("GET /query")
def test_from_gives_short_names_to_a_kind_and_its_parents() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_alias.htm"""
    office = Office()
    office.contact(LastName="Ada", AccountId=office.made("Account", Name="Engines"))
    office.contact(LastName="Bob")

    (row,) = office.rows(
        "SELECT c.LastName, a.Name FROM Contact c, c.Account a WHERE a.Name = 'Engines' ORDER BY c.LastName"
    )

    assert (row["LastName"], row["Account"]["Name"]) == ("Ada", "Engines")


@pytest.mark.fact("GET /query")
def test_scope_mine_finds_what_the_caller_owns() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_using_scope.htm"""
    office = Office()
    office.lead(LastName="Mine")
    office.lead(LastName="Theirs", OwnerId=office.sam)

    assert office.values("SELECT LastName FROM Lead USING SCOPE mine") == ["Mine"]
    assert office.query("SELECT Id FROM Lead USING SCOPE everything")["totalSize"] == 2
    assert office.query("SELECT Id FROM Lead USING SCOPE nobody")["errorCode"] == "INVALID_QUERY_SCOPE"


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("clause", ["WITH SECURITY_ENFORCED", "WITH USER_MODE", "FOR VIEW", "FOR REFERENCE"])
def test_clauses_that_change_no_row_are_taken(clause: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm"""
    assert people("Ada").values(f"SELECT LastName FROM Lead {clause}") == ["Ada"]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("clause", ["UPDATE TRACKING", "WITH DATA CATEGORY A__c AT b__c", "WITH NOTHING"])
def test_clauses_for_knowledge_articles_are_refused_for_people(clause: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_with.htm"""
    assert people("Ada").query(f"SELECT LastName FROM Lead {clause}")["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("group", "has", "lacks"),
    [
        ("ALL", {"LastName", "Leadbridge_Stage__c"}, set()),
        ("CUSTOM", {"Leadbridge_Stage__c"}, {"LastName"}),
        ("STANDARD", {"LastName"}, {"Leadbridge_Stage__c"}),
    ],
)
def test_fields_stands_for_all_custom_or_standard_fields(group: str, has: set[str], lacks: set[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm"""
    (row,) = people("Ada").rows(f"SELECT FIELDS({group}) FROM Lead LIMIT 200")

    assert row.keys() >= has
    assert not row.keys() & lacks


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    "query", ["SELECT FIELDS(ALL) FROM Lead LIMIT 201", "SELECT FIELDS(NONE) FROM Lead LIMIT 1"]
)
def test_fields_takes_three_words_and_at_most_200_rows(query: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm"""
    assert Office().query(query)["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.fact("GET /query")
def test_only_aggregates_and_functions_have_aliases() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_alias.htm"""
    office = people("Ada")

    error = office.query("SELECT LastName n FROM Lead")

    assert error["message"].endswith("only aggregate expressions use field aliasing")
    assert office.rows("SELECT toLabel(Status) s FROM Lead") == [{"s": "Open - Not Contacted"}]


@pytest.mark.fact("GET /query")
def test_format_prints_for_people() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_format.htm"""
    office = Office()
    office.opportunity(Amount=1234.5, CloseDate="2026-12-01")

    (row,) = office.rows("SELECT FORMAT(Amount), FORMAT(CloseDate) d FROM Opportunity")

    assert row == {"Amount": "$1,234.50", "d": "12/1/2026"}


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("offset", "code"), [(2000, None), (2001, "NUMBER_OUTSIDE_VALID_RANGE")])
def test_offset_ends_at_2000(offset: int, code: str | None) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm"""
    assert Office().query(f"SELECT Id FROM Lead LIMIT 1 OFFSET {offset}").get("errorCode") == code


@pytest.mark.fact("GET /query")
def test_offset_skips_rows_before_limit_cuts() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm"""
    office = people("Ada", "Bob", "Cem", "Dan")

    assert office.values("SELECT LastName FROM Lead ORDER BY LastName LIMIT 2 OFFSET 1") == ["Bob", "Cem"]


@pytest.mark.fact("GET /query")
def test_a_count_may_have_a_limit_but_no_order() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_count.htm"""
    office = people("Ada", "Bob", "Cem")

    assert office.query("SELECT COUNT() FROM Lead LIMIT 2")["totalSize"] == 2
    assert office.query("SELECT COUNT() FROM Lead ORDER BY Id")["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.fact("GET /query")
def test_what_is_typeof_depends_on_what_the_parent_is() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_typeof.htm"""
    office = Office()
    lead, contact = office.lead(LastName="Ada"), office.contact(LastName="Bob", Department="IT")
    for who in (lead, contact, None):
        office.made("Task", Subject="Call", **({"WhoId": who} if who else {}))

    query = (
        "SELECT TYPEOF Who WHEN Lead THEN Company, Name WHEN Contact THEN Department ELSE Name END FROM Task"
    )
    of_lead, of_contact, of_nobody = (row["Who"] for row in office.rows(query))

    assert of_lead == {
        "attributes": {"type": "Lead", "url": f"/services/data/v66.0/sobjects/Lead/{lead}"},
        "Company": "Engines Ltd",
        "Name": "Ada",
    }
    assert of_contact["Department"] == "IT"
    assert of_nobody is None


@pytest.mark.fact("GET /query")
def test_a_parent_that_no_when_names_gets_what_else_says_or_null() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_typeof.htm"""
    office = Office()
    office.made("Task", Subject="Call", WhoId=office.lead(LastName="Ada"))

    with_else = office.rows("SELECT TYPEOF Who WHEN Contact THEN Department ELSE Name END FROM Task")
    without = office.rows("SELECT TYPEOF Who WHEN Contact THEN Department END FROM Task")

    assert with_else[0]["Who"]["Name"] == "Ada"
    assert without == [{"Who": None}]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT TYPEOF Account WHEN Account THEN Name END FROM Contact",
        "SELECT TYPEOF Who WHEN Opportunity THEN Name END FROM Task",
        "SELECT TYPEOF Who WHEN Lead THEN Nope END FROM Task",
        "SELECT TYPEOF Who WHEN Lead THEN Name END, Who.Name FROM Task",
    ],
)
def test_typeof_fits_parents_of_several_kinds_only(query: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_typeof.htm"""
    assert Office().query(query)["errorCode"] in ("INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY")
