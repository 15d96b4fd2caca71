"""The twin's SOQL: what Salesforce's grammar takes and refuses, and what the answers look like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.twins.office import MORNING, Office
from twins.salesforce.errors import Rejected
from twins.salesforce.soql import parse

CORPUS = json.loads((Path(__file__).parent / "soql_corpus.json").read_text("utf-8"))["queries"]


def people(*names: str, **more: Any) -> Office:
    office = Office()
    for name in names:
        office.lead(LastName=name, Email=f"{name.lower()}@example.com", **more)
    return office


@pytest.mark.fact("GET /query")
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


@pytest.mark.fact("GET /query")
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
    """Salesforce's own parser refuses each of these: https://www.npmjs.com/package/@salesforce/soql-common"""
    office = Office()

    error = office.query(query)

    assert error["errorCode"] == "MALFORMED_QUERY"
    assert f"ERROR at Row:1:Column:{column}\n" in error["message"]


@pytest.mark.fact("GET /query")
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
    """Salesforce's own parser takes each of these: https://www.npmjs.com/package/@salesforce/soql-common"""
    office = people("Ada")

    assert office.query(query)["totalSize"] == 1


@pytest.mark.fact("GET /query")
def test_an_error_in_a_later_line_names_its_row() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    error = office.query("SELECT Id\nFROM Lead\nWHERE City 'a'")

    assert "ERROR at Row:3:Column:12\n" in error["message"]


@pytest.mark.fact("GET /query")
def test_an_unknown_object_is_an_invalid_type() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes"""
    office = Office()

    error = office.query("select count() from XYZZY")

    assert error["errorCode"] == "INVALID_TYPE"
    assert "ERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported" in error["message"]


@pytest.mark.fact("GET /query")
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


@pytest.mark.fact("GET /query")
def test_a_text_that_is_no_id_cannot_be_compared_with_one() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    assert office.query("SELECT Id FROM Lead WHERE Id = 'x'")["errorCode"] == "INVALID_QUERY_FILTER_OPERATOR"


@pytest.mark.fact("GET /query")
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


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("pattern", "found"), [(r"50\%%", ["50% off"]), ("50%", ["50% off", "50x"]), (r"50\_", [])]
)
def test_like_knows_escaped_wildcards(pattern: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm"""
    office = Office()
    office.lead(LastName="50% off")
    office.lead(LastName="50x")

    assert office.values(f"SELECT LastName FROM Lead WHERE LastName LIKE '{pattern}'") == found


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


@pytest.mark.fact("GET /query")
def test_a_day_begins_in_the_zone_of_the_user() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = Office(zone="Asia/Tokyo")
    office.twin.create(
        "Lead", {"LastName": "Ada", "Company": "x"}, office.sam, MORNING.replace(day=22, hour=20)
    )

    assert office.values("SELECT LastName FROM Lead WHERE CreatedDate = TODAY") == ["Ada"]


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
@pytest.mark.parametrize("query", CORPUS, ids=lambda query: query["soql"])
def test_the_grammar_takes_and_refuses_what_salesforces_own_parser_does(query: dict[str, Any]) -> None:
    """Each line was put to that parser: https://www.npmjs.com/package/@salesforce/soql-common"""
    if query["valid"]:
        assert parse(query["soql"]).text == query["soql"]
        return
    with pytest.raises(Rejected) as refused:
        parse(query["soql"])
    assert (refused.value.status, refused.value.code) == (400, "MALFORMED_QUERY")


@pytest.mark.fact("GET /query")
def test_what_the_parser_takes_the_schema_may_still_refuse_but_never_breaks_on() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = people("Ada")

    answers = [office.call("GET", f"/query?q={quote_plus(query['soql'])}") for query in CORPUS]

    assert {reply.status for reply in answers} == {200, 400}


@pytest.mark.fact("GET /query")
def test_an_id_of_15_characters_finds_what_its_18_characters_find() -> None:
    """https://help.salesforce.com/s/articleView?id=000385585"""
    office = Office()
    lead = office.lead()

    assert office.values(f"SELECT Id FROM Lead WHERE Id = '{lead[:15]}'") == [lead]
    assert office.values(f"SELECT Id FROM Lead WHERE Id IN ('{lead[:15]}', '{lead}')") == [lead]


@pytest.mark.fact("GET /query")
def test_ids_are_compared_by_their_case() -> None:
    """[M] by the 15 characters: upper case comes before lower case."""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(62)], office.now)
    ids = sorted(row["Id"] for row in office.twin.records("Lead"))
    upper, lower = (next(one for one in ids if one[14] == letter) for letter in "Zz")

    found = office.values(f"SELECT Id FROM Lead WHERE Id > '{upper[:15]}' ORDER BY Id")

    assert lower in found
    assert upper not in found
    assert found == [one for one in ids if one > upper]


@pytest.mark.fact("GET /query")
def test_an_id_cannot_be_compared_with_like() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm"""
    error = Office().query("SELECT Id FROM Lead WHERE OwnerId LIKE '005%'")

    assert error["errorCode"] == "INVALID_QUERY_FILTER_OPERATOR"
    assert error["message"].endswith("invalid operator on id field")


@pytest.mark.fact("GET /query")
def test_a_text_of_more_than_4000_characters_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm"""
    office = Office()

    assert office.query(f"SELECT Id FROM Lead WHERE City = '{'x' * 4000}'")["totalSize"] == 0
    assert office.query(f"SELECT Id FROM Lead WHERE City = '{'x' * 4001}'")["errorCode"] == "MALFORMED_QUERY"


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
