"""Date words and date functions of SOQL: which days they mean, in whose zone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.twins.office import MORNING, Office

# MORNING is Monday, 2026-11-23.
SPANS = [
    ("YESTERDAY", "2026-11-22", "2026-11-22"),
    ("TODAY", "2026-11-23", "2026-11-23"),
    ("TOMORROW", "2026-11-24", "2026-11-24"),
    ("LAST_WEEK", "2026-11-15", "2026-11-21"),
    ("THIS_WEEK", "2026-11-22", "2026-11-28"),
    ("NEXT_WEEK", "2026-11-29", "2026-12-05"),
    ("LAST_MONTH", "2026-10-01", "2026-10-31"),
    ("THIS_MONTH", "2026-11-01", "2026-11-30"),
    ("NEXT_MONTH", "2026-12-01", "2026-12-31"),
    ("LAST_90_DAYS", "2026-08-25", "2026-11-23"),
    ("NEXT_90_DAYS", "2026-11-24", "2027-02-21"),
    ("THIS_QUARTER", "2026-10-01", "2026-12-31"),
    ("LAST_QUARTER", "2026-07-01", "2026-09-30"),
    ("NEXT_QUARTER", "2027-01-01", "2027-03-31"),
    ("THIS_YEAR", "2026-01-01", "2026-12-31"),
    ("LAST_YEAR", "2025-01-01", "2025-12-31"),
    ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
    ("THIS_FISCAL_QUARTER", "2026-10-01", "2026-12-31"),
    ("LAST_FISCAL_QUARTER", "2026-07-01", "2026-09-30"),
    ("NEXT_FISCAL_QUARTER", "2027-01-01", "2027-03-31"),
    ("THIS_FISCAL_YEAR", "2026-01-01", "2026-12-31"),
    ("LAST_FISCAL_YEAR", "2025-01-01", "2025-12-31"),
    ("NEXT_FISCAL_YEAR", "2027-01-01", "2027-12-31"),
    ("LAST_N_DAYS:3", "2026-11-20", "2026-11-23"),
    ("NEXT_N_DAYS:3", "2026-11-24", "2026-11-26"),
    ("N_DAYS_AGO:3", "2026-11-20", "2026-11-20"),
    ("LAST_N_WEEKS:2", "2026-11-08", "2026-11-21"),
    ("NEXT_N_WEEKS:2", "2026-11-29", "2026-12-12"),
    ("N_WEEKS_AGO:2", "2026-11-08", "2026-11-14"),
    ("LAST_N_MONTHS:2", "2026-09-01", "2026-10-31"),
    ("NEXT_N_MONTHS:2", "2026-12-01", "2027-01-31"),
    ("N_MONTHS_AGO:2", "2026-09-01", "2026-09-30"),
    ("LAST_N_QUARTERS:2", "2026-04-01", "2026-09-30"),
    ("NEXT_N_QUARTERS:2", "2027-01-01", "2027-06-30"),
    ("N_QUARTERS_AGO:2", "2026-04-01", "2026-06-30"),
    ("LAST_N_YEARS:2", "2024-01-01", "2025-12-31"),
    ("NEXT_N_YEARS:2", "2027-01-01", "2028-12-31"),
    ("N_YEARS_AGO:2", "2024-01-01", "2024-12-31"),
    ("LAST_N_FISCAL_QUARTERS:2", "2026-04-01", "2026-09-30"),
    ("NEXT_N_FISCAL_QUARTERS:2", "2027-01-01", "2027-06-30"),
    ("N_FISCAL_QUARTERS_AGO:2", "2026-04-01", "2026-06-30"),
    ("LAST_N_FISCAL_YEARS:2", "2024-01-01", "2025-12-31"),
    ("NEXT_N_FISCAL_YEARS:2", "2027-01-01", "2028-12-31"),
    ("N_FISCAL_YEARS_AGO:2", "2024-01-01", "2024-12-31"),
]


def closing(*days: str, **switches: object) -> Office:
    office = Office(**switches)
    for day in days:
        office.opportunity(CloseDate=day)
    return office


def found(office: Office, condition: str) -> list[str]:
    return office.values(f"SELECT CloseDate FROM Opportunity WHERE {condition} ORDER BY CloseDate")


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(("word", "first", "last"), SPANS, ids=[word for word, *_ in SPANS])
def test_a_date_word_means_the_days_from_its_first_to_its_last(word: str, first: str, last: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    days = sorted({before, first, last, after})
    office = closing(*days)

    assert found(office, f"CloseDate = {word}") == sorted({first, last})
    assert found(office, f"CloseDate < {word}") == [before]
    assert found(office, f"CloseDate > {word}") == [after]
    assert found(office, f"CloseDate != {word}") == [before, after]
    assert found(office, f"CloseDate IN ({word})") == sorted({first, last})


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("word", ["LAST_N_DAYS", "TODAY:3", "LAST_N_DAYS:99999999999"])
def test_a_date_word_without_its_number_or_with_one_too_many_is_refused(word: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    assert Office().query(f"SELECT Id FROM Lead WHERE CreatedDate = {word}")["errorCode"] == "INVALID_FIELD"


@pytest.mark.fact("GET /query", switch="first_day_of_week")
@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("Sunday", ["2026-11-22", "2026-11-28"]),
        ("Monday", ["2026-11-28", "2026-11-29"]),
        ("Saturday", ["2026-11-22"]),
    ],
)
def test_a_week_begins_on_the_day_that_the_users_locale_says(day: str, days: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = closing("2026-11-20", "2026-11-22", "2026-11-28", "2026-11-29", first_day_of_week=day)

    assert found(office, "CloseDate = THIS_WEEK") == days


@pytest.mark.fact("GET /query", switch="fiscal_year_start")
@pytest.mark.parametrize(
    ("month", "word", "days"),
    [
        (1, "THIS_FISCAL_YEAR", ["2026-01-31", "2026-02-01", "2026-11-01"]),
        (2, "THIS_FISCAL_YEAR", ["2026-02-01", "2026-11-01", "2027-01-31"]),
        (2, "THIS_FISCAL_QUARTER", ["2026-11-01", "2027-01-31"]),
    ],
)
def test_a_fiscal_year_begins_in_the_month_that_the_org_says(month: int, word: str, days: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = closing("2026-01-31", "2026-02-01", "2026-11-01", "2027-01-31", fiscal_year_start=month)

    assert found(office, f"CloseDate = {word}") == days


@pytest.mark.fact("GET /query")
def test_a_date_word_follows_the_zone_of_the_user_who_asks() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = Office(zone="America/Los_Angeles")
    late = MORNING.replace(day=23, hour=6)  # still Sunday evening in Los Angeles
    office.twin.create("Lead", {"LastName": "Ada", "Company": "x"}, office.sam, late)

    assert office.values("SELECT LastName FROM Lead WHERE CreatedDate = YESTERDAY") == ["Ada"]
    assert office.values("SELECT LastName FROM Lead WHERE CreatedDate = TODAY") == []


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    "condition",
    [
        "CALENDAR_YEAR(CloseDate) = 2026",
        "CALENDAR_MONTH(CloseDate) = 11",
        "CALENDAR_QUARTER(CloseDate) = 4",
        "DAY_IN_MONTH(CloseDate) = 29",
        "DAY_IN_WEEK(CloseDate) = 1",
        "DAY_IN_YEAR(CloseDate) = 333",
        "WEEK_IN_MONTH(CloseDate) = 5",
        "WEEK_IN_YEAR(CloseDate) = 48",
        "FISCAL_YEAR(CloseDate) = 2026",
        "FISCAL_QUARTER(CloseDate) = 4",
        "FISCAL_MONTH(CloseDate) = 11",
    ],
)
def test_a_date_function_finds_rows_by_a_part_of_the_day(condition: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_date_functions.htm"""
    office = closing("2026-11-29", "2027-02-01")

    assert found(office, condition) == ["2026-11-29"]


@pytest.mark.fact("GET /query")
def test_a_part_of_a_time_is_read_in_utc_unless_it_is_converted() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_date_functions.htm"""
    office = Office(zone="Asia/Tokyo")
    office.lead(LastName="Ada")

    assert office.values("SELECT LastName FROM Lead WHERE HOUR_IN_DAY(CreatedDate) = 9") == ["Ada"]
    converted = "HOUR_IN_DAY(convertTimezone(CreatedDate))"
    assert office.values(f"SELECT LastName FROM Lead WHERE {converted} = 18") == ["Ada"]
    assert office.values("SELECT LastName FROM Lead WHERE DAY_ONLY(CreatedDate) = 2026-11-23") == ["Ada"]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("function", ["HOUR_IN_DAY(CloseDate)", "DAY_ONLY(CloseDate)", "CALENDAR_YEAR(Name)"])
def test_a_date_function_takes_only_what_has_that_part(function: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_date_functions.htm"""
    error = Office().query(f"SELECT Id FROM Opportunity WHERE {function} = 1")

    assert error["errorCode"] == "INVALID_FIELD"
