"""The twin's SOQL: what Salesforce's grammar takes and refuses, and what the answers look like."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import MORNING, Office


def people(*names: str, **more: Any) -> Office:
    office = Office()
    for name in names:
        office.lead(LastName=name, Email=f"{name.lower()}@example.com", **more)
    return office


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("LastName = 'ADA'", ["Ada"]),
        ("LastName != 'Ada'", ["Bob", "Cem"]),
        ("LastName <> 'Ada'", ["Bob", "Cem"]),
        ("LastName IN ('ada', 'CEM')", ["Ada", "Cem"]),
        ("LastName NOT IN ('Ada', 'Cem')", ["Bob"]),
        ("LastName LIKE 'b%'", ["Bob"]),
        ("LastName LIKE '_e_'", ["Cem"]),
        ("LastName > 'Ada' AND LastName <= 'Cem'", ["Bob", "Cem"]),
        ("LastName = 'Ada' OR LastName = 'Bob'", ["Ada", "Bob"]),
        ("(LastName = 'Ada' OR LastName = 'Bob') AND Email LIKE 'a%'", ["Ada"]),
        ("NOT LastName = 'Ada'", ["Bob", "Cem"]),
        ("LastName != 'Ada' AND (NOT (LastName = 'Bob'))", ["Cem"]),
        ("Title = null", ["Ada", "Bob", "Cem"]),
        ("Title = ''", ["Ada", "Bob", "Cem"]),
        ("Title != null", []),
        ("Title != 'CEO'", ["Ada", "Bob", "Cem"]),
        ("IsConverted = false AND HasOptedOutOfEmail = FALSE", ["Ada", "Bob", "Cem"]),
        ("Email = 'BOB@example.com'", ["Bob"]),
        ("Owner.Type = 'User' AND LastModifiedBy.Name LIKE 'leadbridge%'", ["Ada", "Bob", "Cem"]),
        ("Lead.LastName = 'Ada'", ["Ada"]),
    ],
)
def test_a_condition_finds_what_it_says(condition: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm"""
    office = people("Ada", "Bob", "Cem")

    assert office.values(f"SELECT LastName FROM Lead WHERE {condition} ORDER BY Id") == found


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("SELECT Id FROM Lead WHERE City = 'a' AND City = 'b' OR City = 'c'", 53),
        ("SELECT Id FROM Lead WHERE City = 'a' AND NOT (City = 'b')", 42),
        ("SELECT Id FROM Lead WHERE SystemModstamp > 2026-11-23T09:00:00", 54),
        ("SELECT Id FROM Lead WHERE Id IN ()", 34),
        ("SELECT Id FROM Lead LIMIT 1 ORDER BY Id", 29),
        ("SELECT * FROM Lead", 8),
        ('SELECT Id FROM Lead WHERE City = "a"', 34),
        ("SELECT Id FROM Lead ALL ROWS", 25),
        ("SELECT Id FROM Lead WHERE City = 'a", 34),
        ("SELECT Id FROM Lead;", 20),
        ("SELECT Id FROM Lead WHERE", 26),
        ("SELECT Id, FROM Lead", 12),
    ],
)
def test_what_the_grammar_refuses_is_a_malformed_query_with_its_place(query: str, column: int) -> None:
    """The parser in npm @salesforce/soql-common refuses each of these."""
    office = Office()

    error = office.query(query)

    assert error["errorCode"] == "MALFORMED_QUERY"
    assert f"ERROR at Row:1:Column:{column}\n" in error["message"]


@pytest.mark.parametrize(
    "query",
    [
        "select id from lead where systemmodstamp > 2026-01-01T00:00:00.000+0000",
        "SELECT Id FROM Lead WHERE SystemModstamp > 2026-01-01T00:00:00Z",
        "SELECT Id FROM Lead WHERE SystemModstamp > 2026-01-01T00:00:00+00:00",
        "SELECT FIELDS(ALL) FROM Lead LIMIT 200",
        "SELECT\n  Id\nFROM Lead\nORDER BY LastName DESC NULLS LAST, Id ASC\nLIMIT 5 OFFSET 0",
    ],
)
def test_what_the_grammar_takes_is_answered(query: str) -> None:
    """The parser in npm @salesforce/soql-common takes each of these."""
    office = people("Ada")

    assert office.query(query)["totalSize"] == 1


def test_an_error_in_a_later_line_names_its_row() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    error = office.query("SELECT Id\nFROM Lead\nWHERE City 'a'")

    assert "ERROR at Row:3:Column:12\n" in error["message"]


def test_an_unknown_object_is_an_invalid_type() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    office = Office()

    error = office.query("select count() from XYZZY")

    assert error["errorCode"] == "INVALID_TYPE"
    assert "ERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported" in error["message"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT Nope FROM Lead", "No such column 'Nope' on entity 'Lead'"),
        ("SELECT Id FROM Lead WHERE Nope = 'a'", "No such column 'Nope' on entity 'Lead'"),
        ("SELECT Id FROM Lead ORDER BY Nope", "No such column 'Nope' on entity 'Lead'"),
        ("SELECT Owner.Nope FROM Lead", "No such column 'Nope' on entity 'Name'"),
        ("SELECT Owner.Type FROM Contact", "No such column 'Type' on entity 'User'"),
        ("SELECT Nobody.Name FROM Lead", "Didn't understand relationship 'Nobody' in field path"),
        ("SELECT Id FROM Lead WHERE Description = 'a'", "field 'Description' can not be filtered"),
        (
            "SELECT Id FROM Lead WHERE SystemModstamp > '2026-11-23'",
            "must be of type dateTime and should not be",
        ),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-23", "must be of type dateTime"),
        ("SELECT Id FROM Lead WHERE IsConverted = 'false'", "must be of type boolean and should not be"),
        ("SELECT Id FROM Lead WHERE City = 5", "must be of type string and should be enclosed"),
        ("SELECT Id, id FROM Lead", "duplicate field selected: Id"),
    ],
)
def test_a_field_that_does_not_fit_is_an_invalid_field(query: str, said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    error = office.query(query)

    assert error["errorCode"] == "INVALID_FIELD"
    assert said in error["message"]


def test_a_text_that_is_no_id_cannot_be_compared_with_one() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    assert office.query("SELECT Id FROM Lead WHERE Id = 'x'")["errorCode"] == "INVALID_QUERY_FILTER_OPERATOR"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("O'Brien", r"O\'Brien"),
        ("a\\b", r"a\\b"),
        ("a\nb", r"a\nb"),
        ('say "x"', r"say \"x\""),
        ("50% off_", "50% off_"),
    ],
)
def test_escapes_in_a_text_mean_what_they_stand_for(name: str, written: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm"""
    office = Office()
    office.lead(LastName=name)
    office.lead(LastName="50 percent offs")

    assert office.values(f"SELECT LastName FROM Lead WHERE LastName = '{written}'") == [name]


@pytest.mark.parametrize(
    ("pattern", "found"), [(r"50\%%", ["50% off"]), ("50%", ["50% off", "50x"]), (r"50\_", [])]
)
def test_like_knows_escaped_wildcards(pattern: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm"""
    office = Office()
    office.lead(LastName="50% off")
    office.lead(LastName="50x")

    assert office.values(f"SELECT LastName FROM Lead WHERE LastName LIKE '{pattern}'") == found


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


def test_a_leads_owner_may_be_a_queue_and_says_which() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm"""
    office = Office()
    office.lead(OwnerId=office.twin.queue)

    (row,) = office.query("SELECT Owner.Type, Owner.Name FROM Lead WHERE Owner.Type = 'Group'")["records"]

    assert (row["Owner"]["Type"], row["Owner"]["Name"]) == ("Group", "Incoming Leads")


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


def test_count_answers_a_number_and_no_records() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_count.htm"""
    office = people("Ada", "Bob")

    assert office.query("SELECT COUNT() FROM Lead") == {"totalSize": 2, "done": True, "records": []}


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


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("CloseDate = TODAY", ["2026-11-23"]),
        ("CloseDate < TODAY", ["2026-11-20"]),
        ("CloseDate >= YESTERDAY", ["2026-11-23", "2027-01-05"]),
        ("CloseDate = LAST_N_DAYS:3", ["2026-11-20", "2026-11-23"]),
        ("CloseDate = NEXT_N_DAYS:60", ["2027-01-05"]),
        ("CloseDate > THIS_YEAR", ["2027-01-05"]),
        ("CloseDate = THIS_MONTH", ["2026-11-20", "2026-11-23"]),
        ("CloseDate > 2026-11-22", ["2026-11-23", "2027-01-05"]),
        ("CreatedDate = TODAY AND CloseDate = LAST_WEEK", ["2026-11-20"]),
    ],
)
def test_date_words_are_spans_of_days(condition: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = Office()
    for day in ("2026-11-20", "2026-11-23", "2027-01-05"):
        office.opportunity(CloseDate=day)

    assert office.values(f"SELECT CloseDate FROM Opportunity WHERE {condition} ORDER BY Id") == found


def test_a_day_begins_in_the_zone_of_the_user() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = Office(zone="Asia/Tokyo")
    office.twin.create(
        "Lead", {"LastName": "Ada", "Company": "x"}, office.sam, MORNING.replace(day=22, hour=20)
    )

    assert office.values("SELECT LastName FROM Lead WHERE CreatedDate = TODAY") == ["Ada"]


def test_a_long_answer_comes_in_pages_of_two_thousand() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm"""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(4500)], office.now)

    pages = [office.query("SELECT LastName FROM Lead")]
    while not pages[-1]["done"]:
        pages.append(office.call("GET", pages[-1]["nextRecordsUrl"]).json())

    assert [len(page["records"]) for page in pages] == [2000, 2000, 500]
    assert {page["totalSize"] for page in pages} == {4500}
    assert "nextRecordsUrl" not in pages[-1]
    assert len({row["LastName"] for page in pages for row in page["records"]}) == 4500


@pytest.mark.parametrize(
    ("asked", "rows"), [("batchSize=250", 250), ("batchSize=1", 200), ("batchSize=9999", 450)]
)
def test_the_page_size_may_be_between_200_and_2000(asked: str, rows: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm"""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(450)], office.now)

    page = office.query("SELECT Id FROM Lead", Sforce_Query_Options=asked)

    assert len(page["records"]) == rows


def test_a_locator_is_good_for_two_days() -> None:
    """https://help.salesforce.com/s/articleView?id=000004410"""
    office = Office()
    office.twin.load("Lead", [{"LastName": "L", "Company": "x"}] * 201, office.now)
    page = office.query("SELECT Id FROM Lead", Sforce_Query_Options="batchSize=200")

    office.later(days=2, minutes=1)
    reply = office.call("GET", page["nextRecordsUrl"])

    assert reply.status == 400
    assert reply.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_fields_all_needs_a_limit() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm"""
    office = people("Ada")

    assert office.query("SELECT FIELDS(ALL) FROM Lead")["errorCode"] == "MALFORMED_QUERY"
    assert office.rows("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 200")[0].keys() >= {"Leadbridge_Stage__c"}
    assert "Leadbridge_Stage__c" not in office.rows("SELECT FIELDS(STANDARD) FROM Lead")[0]


def test_a_query_of_more_than_100000_characters_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm"""
    office = Office()
    long = "','".join("x" * 100 for _ in range(1000))

    reply = office.composite(("GET", f"/query?q=SELECT+Id+FROM+Lead+WHERE+City+IN+('{long}')"))

    assert reply["compositeResponse"][0]["httpStatusCode"] == 400


def test_a_long_query_does_not_fit_into_an_address() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve.htm"""
    office = Office()
    long = "','".join("x" * 100 for _ in range(200))

    assert office.call("GET", f"/query?q=SELECT+Id+FROM+Lead+WHERE+City+IN+('{long}')").status == 414


def test_deleted_rows_are_seen_by_query_all_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm"""
    office = people("Ada", "Bob")
    office.twin.delete("Lead", office.twin.records("Lead")[0]["Id"], office.sam, office.later(seconds=1))

    everything = office.call("GET", "/queryAll?q=SELECT+LastName,IsDeleted+FROM+Lead+ORDER+BY+Id").json()[
        "records"
    ]

    assert office.values("SELECT LastName FROM Lead") == ["Bob"]
    assert [(row["LastName"], row["IsDeleted"]) for row in everything] == [("Ada", True), ("Bob", False)]


def test_a_keyset_walk_sees_every_row_once_though_all_share_a_stamp() -> None:
    """Whole seconds: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm"""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(50)], office.now)
    seen: list[str] = []
    where = "SystemModstamp >= 2026-01-01T00:00:00Z"

    while page := office.rows(
        f"SELECT Id, SystemModstamp FROM Lead WHERE {where} ORDER BY SystemModstamp, Id LIMIT 7"
    ):
        seen += [row["Id"] for row in page]
        stamp, last = page[-1]["SystemModstamp"], page[-1]["Id"]
        where = f"((SystemModstamp = {stamp} AND Id > '{last}') OR SystemModstamp > {stamp}) AND IsConverted = false"

    assert len(seen) == len(set(seen)) == 50


def test_an_edited_row_moves_to_the_end_of_the_order_of_changes() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm"""
    office = people("Ada", "Bob", "Cem")
    first = office.twin.records("Lead")[0]["Id"]

    office.twin.update("Lead", first, {"City": "Bonn"}, office.sam, office.later(minutes=1))

    order = "ORDER BY SystemModstamp, Id"
    assert office.values(f"SELECT LastName FROM Lead {order}") == ["Bob", "Cem", "Ada"]
    assert office.values(
        f"SELECT LastName FROM Lead WHERE SystemModstamp >= 2026-11-23T09:01:00Z {order}"
    ) == ["Ada"]


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
