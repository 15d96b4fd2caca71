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
