"""Aggregates, GROUP BY, HAVING, ROLLUP; and choices of several values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office
from twins.salesforce import Field


def pipeline() -> Office:
    office = Office()
    for name, stage, amount, day in (
        ("a", "Prospecting", 100.0, "2026-10-05"),
        ("b", "Prospecting", 50.0, "2026-11-05"),
        ("c", "Closed Won", 7.5, "2026-11-20"),
        ("d", "Closed Won", None, "2027-11-20"),
    ):
        more = {} if amount is None else {"Amount": amount}
        office.opportunity(Name=name, StageName=stage, CloseDate=day, **more)
    return office


@pytest.mark.fact("GET /query")
def test_an_aggregate_result_has_a_type_and_no_address() -> None:
    """https://github.com/restforce/restforce, spec/fixtures/sobject/query_aggregate_success_response.json"""
    page = pipeline().query("SELECT COUNT(Id) FROM Opportunity")

    assert page == {
        "totalSize": 1,
        "done": True,
        "records": [{"attributes": {"type": "AggregateResult"}, "expr0": 4}],
    }


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("COUNT(Id)", 4),
        ("COUNT(Amount)", 3),
        ("COUNT_DISTINCT(StageName)", 2),
        ("SUM(Amount)", 157.5),
        ("AVG(Amount)", 52.5),
        ("MIN(Amount)", 7.5),
        ("MAX(Amount)", 100.0),
        ("MIN(CloseDate)", "2026-10-05"),
        ("MAX(Name)", "d"),
    ],
)
def test_an_aggregate_leaves_blanks_out(function: str, value: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_agg_functions.htm"""
    assert pipeline().values(f"SELECT {function} FROM Opportunity") == [value]


@pytest.mark.fact("GET /query")
def test_of_no_rows_the_count_is_0_and_the_sum_is_null() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_agg_functions.htm"""
    found = Office().rows("SELECT COUNT(Id) n, SUM(Amount) total, MAX(Amount) most FROM Opportunity")

    assert found == [{"n": 0, "total": None, "most": None}]


@pytest.mark.fact("GET /query")
def test_an_aggregate_without_a_name_is_called_expr_and_its_place() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_alias.htm"""
    office = pipeline()

    (row,) = office.rows("SELECT COUNT(Id), MAX(Amount) most, MIN(Amount) FROM Opportunity")

    assert row == {"expr0": 4, "most": 100.0, "expr1": 7.5}


@pytest.mark.fact("GET /query")
def test_group_by_answers_a_row_for_each_value() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm"""
    office = pipeline()

    rows = office.rows(
        "SELECT StageName, COUNT(Id) n, SUM(Amount) total FROM Opportunity GROUP BY StageName ORDER BY StageName"
    )

    assert rows == [
        {"StageName": "Closed Won", "n": 2, "total": 7.5},
        {"StageName": "Prospecting", "n": 2, "total": 150.0},
    ]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("order", "stages"),
    [("SUM(Amount) DESC", ["Prospecting", "Closed Won"]), ("MAX(CloseDate)", ["Prospecting", "Closed Won"])],
)
def test_groups_are_ordered_by_their_aggregates(order: str, stages: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_orderby.htm"""
    office = pipeline()

    assert office.values(f"SELECT StageName FROM Opportunity GROUP BY StageName ORDER BY {order}") == stages
    first = office.values(f"SELECT StageName FROM Opportunity GROUP BY StageName ORDER BY {order} LIMIT 1")
    assert first == stages[:1]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("condition", "stages"),
    [
        ("SUM(Amount) > 100", ["Prospecting"]),
        ("COUNT(Id) = 2 AND StageName LIKE 'Closed%'", ["Closed Won"]),
        ("MAX(CloseDate) > THIS_YEAR", ["Closed Won"]),
        ("COUNT(Id) > 2", []),
    ],
)
def test_having_chooses_among_groups(condition: str, stages: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_having.htm"""
    query = f"SELECT StageName FROM Opportunity GROUP BY StageName HAVING {condition}"

    assert pipeline().values(query) == stages


@pytest.mark.fact("GET /query")
def test_groups_can_be_made_of_parents_and_of_parts_of_a_date() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_date_functions.htm"""
    office = pipeline()

    years = office.rows(
        "SELECT CALENDAR_YEAR(CloseDate), COUNT(Id) n FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate) "
        "ORDER BY CALENDAR_YEAR(CloseDate)"
    )
    owners = office.rows("SELECT Owner.Name, COUNT(Id) n FROM Opportunity GROUP BY Owner.Name")

    assert years == [{"expr0": 2026, "n": 3}, {"expr0": 2027, "n": 1}]
    assert owners == [{"Name": "Leadbridge Integration", "n": 4}]


@pytest.mark.fact("GET /query")
def test_rollup_adds_subtotals_and_grouping_tells_them_apart() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_rollup.htm"""
    rows = pipeline().rows(
        "SELECT StageName, COUNT(Id) n, GROUPING(StageName) total FROM Opportunity GROUP BY ROLLUP(StageName)"
    )

    assert rows == [
        {"StageName": "Prospecting", "n": 2, "total": 0},
        {"StageName": "Closed Won", "n": 2, "total": 0},
        {"StageName": None, "n": 4, "total": 1},
    ]


@pytest.mark.fact("GET /query")
def test_cube_adds_every_subtotal() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_cube.htm"""
    rows = pipeline().rows(
        "SELECT StageName, IsWon, COUNT(Id) n FROM Opportunity GROUP BY CUBE(StageName, IsWon)"
    )

    assert len(rows) == 2 + 2 + 2 + 1
    assert rows[-1] == {"StageName": None, "IsWon": None, "n": 4}


REFUSED = [
    ("Name, COUNT(Id) FROM Opportunity GROUP BY StageName", "Field must be grouped or aggregated: Name"),
    ("Name, COUNT(Id) FROM Opportunity", "Field must be grouped or aggregated: Name"),
    (
        "StageName FROM Opportunity GROUP BY StageName ORDER BY Name",
        "Field must be grouped or aggregated: Name",
    ),
    (
        "StageName, COUNT(StageName) FROM Opportunity GROUP BY StageName",
        "Grouped field should not be aggregated",
    ),
    ("SUM(Name) FROM Opportunity", "field Name does not support aggregate operator SUM"),
    ("MAX(Description) FROM Opportunity", "field Description does not support aggregate operator MAX"),
    ("COUNT(Id) FROM Opportunity LIMIT 1", "overall aggregate functions cannot also use LIMIT"),
    ("COUNT(Id) n, MAX(Amount) n FROM Opportunity", "duplicate alias: n"),
    ("CALENDAR_YEAR(CloseDate) FROM Opportunity", "Field must be grouped or aggregated: CloseDate"),
    ("Id FROM Opportunity WHERE COUNT(Id) > 1", "COUNT is not allowed here"),
]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("query", "said"), REFUSED)
def test_what_is_neither_grouped_nor_aggregated_is_refused(query: str, said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_considerations.htm"""
    error = Office().query(f"SELECT {query}")

    assert error["errorCode"] == "MALFORMED_QUERY"
    assert said in error["message"]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("field", ["Amount", "CreatedDate", "Description"])
def test_money_times_and_long_text_make_no_groups(field: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_considerations.htm"""
    error = Office().query(f"SELECT {field} FROM Opportunity GROUP BY {field}")

    assert error["errorCode"] == "INVALID_FIELD"
    assert error["message"].endswith(f"field '{field}' can not be grouped in a query call")


@pytest.mark.fact("GET /query")
def test_the_name_of_an_aggregate_is_no_field_to_order_by() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_alias.htm"""
    error = Office().query("SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName ORDER BY n")

    assert error["errorCode"] == "INVALID_FIELD"
    assert "No such column 'n' on entity 'Opportunity'" in error["message"]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("INCLUDES ('mills')", ["Ada", "Bob"]),
        ("INCLUDES ('Mills;Looms')", ["Bob"]),
        ("INCLUDES ('Mills;Looms', 'Engines')", ["Ada", "Bob"]),
        ("EXCLUDES ('Looms')", ["Ada", "Cem"]),
        ("= 'Mills;Looms'", ["Bob"]),
        ("= null", ["Cem"]),
    ],
)
def test_several_choices_are_searched_by_what_they_include(condition: str, found: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_querying_multiselect_picklists.htm"""
    office = Office()
    many = Field(name="Likes__c", type="multipicklist", label="Likes", length=4099,
                 choices=("Engines", "Mills", "Looms"))  # fmt: skip
    office.twin.org.add_fields("Lead", [many])
    office.lead(LastName="Ada", Likes__c="Engines;Mills")
    office.lead(LastName="Bob", Likes__c="Mills;Looms")
    office.lead(LastName="Cem")

    assert office.values(f"SELECT LastName FROM Lead WHERE Likes__c {condition} ORDER BY LastName") == found


@pytest.mark.fact("GET /query")
def test_one_choice_cannot_include_another() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_querying_multiselect_picklists.htm"""
    error = Office().query("SELECT Id FROM Lead WHERE Status INCLUDES ('x')")

    assert error["errorCode"] == "INVALID_QUERY_FILTER_OPERATOR"
