"""What a save makes of a value: letters of e-mails, line ends, days that are none."""

from __future__ import annotations

import pytest

from tests.twins.office import Office


@pytest.mark.fact("POST /composite/sobjects", switch="lowered_emails")
@pytest.mark.parametrize(("lowered", "stored"), [(True, "ada@example.com"), (False, "Ada@Example.COM")])
def test_an_e_mail_is_stored_in_lower_case(lowered: bool, stored: str) -> None:
    """https://salesforce.stackexchange.com/questions/246995"""
    office = Office(lowered_emails=lowered)

    (made,) = office.collection("POST", {"LastName": "Ada", "Company": "x", "Email": "Ada@Example.COM"})

    assert office.twin.record(made["id"])["Email"] == stored
    assert office.values("SELECT Id FROM Lead WHERE Email = 'ADA@example.com'") == [made["id"]]


@pytest.mark.fact("at the screen")
def test_an_e_mail_that_a_person_types_is_stored_in_lower_case() -> None:
    """https://technweb.atlassian.net/wiki/spaces/IWS/pages/3278340097/Sync+of+Customers+with+case+sensitive+emails"""
    office = Office()

    lead = office.twin.create(
        "Lead", {"LastName": "Ada", "Company": "x", "Email": "ADA@x.com"}, office.sam, office.now
    )

    assert office.twin.record(lead)["Email"] == "ada@x.com"


@pytest.mark.fact("PATCH /composite/sobjects", switch="line_ends")
@pytest.mark.parametrize(
    ("how", "stored"), [("LF", "a\nb\nc\nd"), ("CRLF", "a\r\nb\r\nc\r\nd"), ("given", "a\r\nb\nc\rd")]
)
def test_line_ends_are_stored_in_one_way_or_as_given(how: str, stored: str) -> None:
    """[M] how a text area keeps its line ends"""
    office = Office(line_ends=how)
    lead = office.lead()

    office.collection("PATCH", {"id": lead, "Description": "a\r\nb\nc\rd"})

    assert office.values("SELECT Description FROM Lead") == [stored]


@pytest.mark.fact("POST /composite/sobjects", switch="wide_characters")
@pytest.mark.parametrize(
    ("counts", "name", "fits"),
    [(1, "😀" * 80, True), (2, "😀" * 40, True), (2, "😀" * 40 + "x", False), (2, "ü" * 80, True)],
)
def test_an_emoji_counts_once_or_twice_against_a_length(counts: int, name: str, fits: bool) -> None:
    """[M] for lengths; in formulas it is two: https://help.salesforce.com/s/articleView?id=005166849"""
    office = Office(wide_characters=counts)

    (made,) = office.collection("POST", {"LastName": name, "Company": "x"})

    assert made["success"] is fits
    assert fits or made["errors"][0]["statusCode"] == "STRING_TOO_LONG"


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(
    ("day", "status"),
    [("1699-12-31", 400), ("1700-01-01", 201), ("4000-12-31", 201), ("4001-01-01", 400), ("9999-12-31", 400)],
)
def test_days_lie_between_1700_and_4000(day: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm"""
    office = Office()

    reply = office.call("POST", "/sobjects/Opportunity", {"Name": "x", "StageName": "Won", "CloseDate": day})

    assert reply.status == status
    if status == 400:
        assert (reply.json()[0]["errorCode"], reply.json()[0]["fields"]) == (
            "FIELD_INTEGRITY_EXCEPTION",
            ["CloseDate"],
        )
    assert len(office.twin.records("Opportunity")) == (status == 201)


@pytest.mark.fact("POST /composite/sobjects")
def test_a_moment_out_of_range_refuses_its_row_only() -> None:
    """https://salesforce.stackexchange.com/questions/339236"""
    office = Office()
    born = {"Subject": "x", "DurationInMinutes": 5}

    wrong, right = office.collection(
        "POST",
        {**born, "ActivityDateTime": "9999-12-31T00:00:00Z"},
        {**born, "ActivityDateTime": "2026-12-31T00:00:00Z"},
        kind="Event",
    )

    assert wrong["errors"][0]["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert right["success"] is True
