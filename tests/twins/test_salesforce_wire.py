"""The front door: paths, methods, bodies, types; bad input gets the vendor's answer."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.twins.office import BASE, Office
from twins.messages import Request

ADA = {"LastName": "Lovelace", "Company": "Engines Ltd"}


@pytest.mark.fact("GET /")
def test_the_root_of_a_version_names_its_resources() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_discoveryresource.htm"""
    office = Office()

    named = office.call("GET", "/").json()

    assert named["sobjects"] == f"{BASE}/sobjects"
    assert {"composite", "jobs", "limits", "query", "queryAll", "search"} <= set(named)


@pytest.mark.fact("GET /services/data", switch="paths_ignore_case")
@pytest.mark.parametrize(("forgiven", "status"), [(False, 404), (True, 200)])
def test_the_case_of_a_path_may_matter(forgiven: bool, status: int) -> None:
    """[M] whether the beginning of a path is read in any case of letters"""
    office = Office(paths_ignore_case=forgiven)
    headers = {"Authorization": f"Bearer {office.token}"}

    reply = office.twin.handle(Request.to("GET", "/Services/Data/V66.0/limits", headers), office.now)

    assert reply.status == status


@pytest.mark.fact("GET /sobjects/{kind}")
@pytest.mark.parametrize("path", ["/sobjects/lead", "/sobjects/LEAD/", "//sobjects//Lead", "/sobjects/Lead?"])
def test_kinds_are_named_in_any_case_and_slashes_are_forgiven(path: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.258.0.api_rest.meta/api_rest/requests_composite_batch.htm"""
    office = Office()

    assert office.call("GET", path).json()["objectDescribe"]["name"] == "Lead"


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("application/json", 201), ("application/json; charset=UTF-8", 201), ("APPLICATION/JSON", 201), ("", 201),
        ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("text/csv", 415),
    ],
)  # fmt: skip
def test_a_body_is_json_and_says_so(given: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    reply = office.call("POST", "/sobjects/Lead", ADA, Content_Type=given)

    assert reply.status == status
    if status == 415:
        said = f"Content-Type header specified in HTTP request is not supported: {given}"
        assert reply.json() == [{"message": said, "errorCode": "UNSUPPORTED_MEDIA_TYPE"}]
        assert office.twin.records("Lead") == []


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_body_may_come_compressed() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_compression.htm"""
    office = Office()
    zipped = gzip.compress(json.dumps(ADA).encode())

    made = office.call("POST", "/sobjects/Lead", zipped, Content_Encoding="gzip")
    broken = office.call("POST", "/sobjects/Lead", zipped[:20], Content_Encoding="gzip")
    plain = office.call("POST", "/sobjects/Lead", b"{}", Content_Encoding="gzip")

    assert [one.status for one in (made, broken, plain)] == [201, 400, 400]
    assert len(office.twin.records("Lead")) == 1


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The HTTP entity body is required, but this request has no entity body."),
        (b"null", "The HTTP entity body is required, but this request has no entity body."),
        (b"{", "at [line:1, column:"),
        (b'{"LastName":\n "Ada",}', "at [line:2, column:"),
        (b"{'LastName': 'Ada'}", "Unexpected character (''' (code 39))"),
        (b"[]", "START_ARRAY"),
        (b'"x"', "VALUE_STRING"),
        (b'{"AnnualRevenue": NaN}', "Non-standard token 'NaN'"),
        (b'{"AnnualRevenue": Infinity}', "Non-standard token 'Infinity'"),
        (b"\xff\xfe\xff", "at [line:1, column:1]"),
        (b"[" * 100_000, "at [line:1, column:1]"),
    ],
)
def test_json_that_cannot_be_read_is_a_parser_error_with_its_place(body: bytes, said: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    reply = office.call("POST", "/sobjects/Lead", body)

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert said in reply.json()[0]["message"]
    assert office.twin.records("Lead") == []


@pytest.mark.fact("POST /sobjects/{kind}")
def test_half_a_character_is_stored_as_a_question_mark() -> None:
    """[M] JSON can spell half of a surrogate pair, no database can hold it"""
    office = Office()

    made = office.call(
        "POST", "/sobjects/Lead", b'{"LastName": "Ada \\ud83d", "Company": "x \\ud83d\\ude00"}'
    )

    (lead,) = office.twin.records("Lead")
    assert made.status == 201
    assert (lead["LastName"], lead["Company"]) == ("Ada ?", "x \U0001f600")
    assert office.query("SELECT LastName FROM Lead")["records"][0]["LastName"] == "Ada ?"


@pytest.mark.fact("{any} {anything}")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/limits"), ("POST", "/query"), ("DELETE", "/sobjects/Lead"), ("GET", "/composite/batch"),
        ("PATCH", "/composite"), ("PUT", "/sobjects/Lead/00Q5g0000000001EAA"), ("POST", "/limits/recordCount"),
        ("PUT", "/jobs/ingest"), ("DELETE", "/search"), ("POST", "/sobjects/Lead/describe"), ("OPTIONS", "/"),
    ],
)  # fmt: skip
def test_a_method_that_is_not_there_names_those_that_are(method: str, path: str) -> None:
    """https://salesforce.stackexchange.com/questions/13294"""
    office = Office()

    reply = office.call(method, path)

    assert (reply.status, reply.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")
    assert f"HTTP Method '{method}' not allowed. Allowed are " in reply.json()[0]["message"]


@pytest.mark.fact("HEAD /{anything}")
def test_head_is_asked_wherever_get_is() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_resources.htm"""
    office = Office()

    statuses = [office.call("HEAD", path).status for path in ("/", "/limits", "/sobjects/Lead", "/composite")]

    assert statuses == [200, 200, 200, 405]


@pytest.mark.fact("GET /search")
@pytest.mark.parametrize(
    ("sosl", "names"),
    [
        ("FIND {Lovelace}", ["Lead", "Contact"]),
        ("FIND {lovelace} RETURNING Lead", ["Lead"]),
        ("FIND {Love*} RETURNING Contact(Id, Name), Lead(Id LIMIT 1)", ["Contact", "Lead"]),
        ("FIND {L?velace AND nobody} RETURNING Lead", []),
        ("FIND {Lovelace AND Engines} RETURNING Lead", ["Lead"]),
        ("FIND {nobody OR Lovelace} RETURNING Lead", ["Lead"]),
        ("FIND {Lovelace AND NOT Engines}", ["Contact"]),
        ('FIND {"Engines Ltd"} RETURNING Lead', ["Lead"]),
        ("find {ada@example.com} in email fields returning Lead", ["Lead"]),
        ("FIND {ada@example.com} IN NAME FIELDS RETURNING Lead", []),
        ("FIND {Engines} IN NAME FIELDS", []),
        ("FIND {ada\\@example.com} LIMIT 1", ["Lead"]),
        ("FIND {00491234567} IN PHONE FIELDS", ["Lead"]),
    ],
)
def test_sosl_finds_words_in_names_mails_and_numbers(sosl: str, names: list[str]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_syntax.htm"""
    office = Office()
    office.lead(Email="ada@example.com", Phone="00491234567")
    office.contact()
    office.twin.delete("Lead", office.lead(), office.sam, office.later(seconds=1))

    found = office.twin.handle(
        Request(
            "GET", f"{BASE}/search", {"q": [sosl]}, {"authorization": f"Bearer {office.token}"}
        ),
        office.now,
    )  # fmt: skip

    assert found.status == 200, found.json()
    kinds = [one["attributes"]["type"] for one in found.json()["searchRecords"]]
    assert sorted(kinds) == sorted(names)


@pytest.mark.fact("GET /search")
@pytest.mark.parametrize(
    ("sosl", "code"),
    [
        ("", "MALFORMED_SEARCH"), ("nonsense", "MALFORMED_SEARCH"), ("FIND {x}", "MALFORMED_SEARCH"),
        ("FIND {}", "MALFORMED_SEARCH"), ("FIND {Ada} RETURNING", "MALFORMED_SEARCH"),
        ("FIND {Ada} RETURNING Lead(", "MALFORMED_SEARCH"), ("FIND {Ada} RETURNING Laed", "INVALID_TYPE"),
        ("FIND {Ada} RETURNING LeadStatus", "INVALID_TYPE"), ("FIND {Ada} RETURNING Lead(Nope)", "INVALID_FIELD"),
    ],
)  # fmt: skip
def test_sosl_that_makes_no_sense_is_malformed(sosl: str, code: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_search.htm"""
    office = Office()
    asked = Request("GET", f"{BASE}/search", {"q": [sosl]}, {"authorization": f"Bearer {office.token}"})

    refused = office.twin.handle(asked, office.now)

    assert (refused.status, refused.json()[0]["errorCode"]) == (400, code)


@pytest.mark.fact("POST /parameterizedSearch")
def test_a_parameterized_search_may_be_posted() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_search_parameterized.htm"""
    office = Office()
    lead = office.lead()
    asked = {
        "q": "Lovelace",
        "in": "NAME",
        "sobjects": [{"name": "Lead", "fields": ["LastName"]}],
        "overallLimit": 5,
    }

    found = office.call("POST", "/parameterizedSearch", asked).json()["searchRecords"]
    nothing = office.call("POST", "/parameterizedSearch", {"sobjects": 3})

    assert [one["attributes"]["url"].rpartition("/")[2] for one in found] == [lead]
    assert found[0]["LastName"] == "Lovelace"
    assert nothing.status == 400


_ODD: tuple[Any, ...] = (None, True, 3, "x", [], {}, [None], [{}], {"x": {}}, [["x"]])
_PLACES = (
    ("POST", "/sobjects/Lead"), ("PATCH", "/sobjects/Lead/00Q5g0000000001EAA"),
    ("PATCH", "/sobjects/Lead/Leadbridge_HubSpot_Id__c/x"), ("POST", "/composite/sobjects"),
    ("PATCH", "/composite/sobjects"), ("PATCH", "/composite/sobjects/Lead/Id"), ("POST", "/composite/sobjects/Lead"),
    ("POST", "/composite"), ("POST", "/composite/batch"), ("POST", "/composite/tree/Lead"),
    ("POST", "/composite/graph"), ("POST", "/jobs/ingest"), ("POST", "/jobs/query"), ("POST", "/parameterizedSearch"),
)  # fmt: skip


@pytest.mark.fact("{any} {anything}")
@pytest.mark.parametrize(("method", "path"), _PLACES)
def test_bodies_of_any_odd_shape_are_answered_with_an_error(method: str, path: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    names = ("records", "compositeRequest", "batchRequests", "graphs", "ids", "fields", "operation", "q")
    bodies = [*_ODD, *({name: odd} for name in names for odd in _ODD)]

    for body in bodies:
        reply = office.call(method, path, json.dumps(body).encode())

        assert reply.status < 500, body
        rows = reply.json() if reply.body else []
        failed = reply.status >= 400 or not any(isinstance(row, dict) and row.get("success") for row in rows)
        assert failed, body
    assert office.twin.records("Lead") == []


@pytest.mark.fact("{any} {anything}")
@pytest.mark.parametrize("odd", [3, True, "x", None, [], {}, {"type": 3}, {"type": "Lead", "url": 3}])
@pytest.mark.parametrize("name", ["attributes", "id", "Id", "LastName", "Leadbridge_HubSpot_Id__c"])
def test_cells_of_any_odd_shape_are_answered_with_an_error(name: str, odd: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    record = {"attributes": {"type": "Lead"}, name: odd}

    for method, path in (
        ("POST", ""),
        ("PATCH", ""),
        ("PATCH", "/Lead/Leadbridge_HubSpot_Id__c"),
        ("PATCH", "/Lead/Id"),
    ):
        reply = office.call(method, f"/composite/sobjects{path}", {"records": [record]})

        assert reply.status in (200, 400)
        assert all(not row.get("success") for row in reply.json())
