"""What breaks on the line to Salesforce: its own errors, its own answers spoilt, requests that run too long."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.twins.office import BASE, Office
from twins.faults import Faults
from twins.messages import Reply, Request
from twins.wire import Wire

Rows = list[dict[str, Any]]


class Struck:
    """An office at the end of a line that faults strike; each request comes a second after the last."""

    def __init__(self, **switches: Any) -> None:
        self.office, self.faults = Office(**switches), Faults()
        self.wire = Wire(self.office.twin, lambda: self.office.now, faults=self.faults)

    def ask(self, method: str, path: str, body: Any = None) -> Reply:
        self.office.later(seconds=1)
        sent = {"Authorization": f"Bearer {self.office.token}"}
        raw = json.dumps(body).encode() if body is not None else b""
        return self.wire.carry(Request.to(method, BASE + path, sent, raw)).reply

    def make(self, *names: str) -> Reply:
        born = {"attributes": {"type": "Lead"}, "Company": "x"}
        return self.ask("POST", "/composite/sobjects", {"records": [{**born, "LastName": n} for n in names]})

    def names(self) -> list[str]:
        return [str(one["LastName"]) for one in self.office.twin.records("Lead")]


LIMIT = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."


@pytest.mark.fact("{any} {anything}")
@pytest.mark.parametrize(
    ("fault", "status", "code", "said"),
    [
        ("too_many", 403, "REQUEST_LIMIT_EXCEEDED", LIMIT),
        ("daily_limit", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        ("expired", 401, "INVALID_SESSION_ID", "Session expired or invalid"),
        (
            "locked",
            400,
            "UNABLE_TO_LOCK_ROW",
            "unable to obtain exclusive access to this record or 1 records: ",
        ),
        ("server_error", 500, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        ("unavailable", 503, "SERVER_UNAVAILABLE", "Too many requests are waiting for connections"),
    ],
)
def test_an_error_of_the_platform_is_a_list_and_nothing_happened(
    fault: str, status: int, code: str, said: str
) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    here = Struck()
    here.faults.next(fault, side="salesforce")

    reply = here.make("Ada")

    assert reply.status == status
    assert (len(reply.json()), reply.json()[0]["errorCode"]) == (1, code)
    assert reply.json()[0]["message"].startswith(said)
    assert "Retry-After" not in reply.headers
    assert here.names() == []
    assert here.make("Ada").status == 200


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "QUERY_TIMEOUT"), (400, "QUERY_TOO_COMPLICATED"), (400, "REQUEST_RUNNING_TOO_LONG"),
        (400, "STORAGE_LIMIT_EXCEEDED"), (503, "SERVER_UNAVAILABLE"), (403, "API_CURRENTLY_DISABLED"),
    ],
)  # fmt: skip
def test_any_error_code_can_stand_in_for_an_answer(status: int, code: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    here = Struck()
    here.faults.next("refusal", status=status, code=code, message="Not now", path="/query")

    other = here.ask("GET", "/limits").status
    reply = here.ask("GET", "/query?q=SELECT+Id+FROM+Lead")

    assert other == 200
    assert (reply.status, reply.json()) == (status, [{"message": "Not now", "errorCode": code}])
    assert here.ask("GET", "/query?q=SELECT+Id+FROM+Lead").status == 200


LOST: dict[str, Callable[[Rows, Rows], bool]] = {
    "shuffled": lambda told, whole: told == whole[::-1] != whole,
    "lost_rows": lambda told, whole: told == whole[:2],
}


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize("fault", LOST)
def test_rows_of_a_collection_may_come_in_another_order_or_not_at_all(fault: str) -> None:
    """[M] no vendor's promise: what a proxy or a defect makes of an answer"""
    here, whole = Struck(), Struck()
    here.faults.next(fault)

    told = here.make("Ada", "Ben", "Cleo", "Dan").json()

    assert LOST[fault](told, whole.make("Ada", "Ben", "Cleo", "Dan").json())
    assert here.names() == ["Ada", "Ben", "Cleo", "Dan"]


@pytest.mark.fact("GET /query")
@pytest.mark.fact("GET /sobjects/{kind}/deleted")
@pytest.mark.fact("POST /composite")
def test_the_list_in_an_answer_may_be_null() -> None:
    """[M] no vendor's promise: what a proxy or a defect makes of an answer"""
    here = Struck()
    here.make("Ada")
    span = "start=2026-11-23T08:00:00Z&end=2026-11-23T09:30:00Z"
    part = {"method": "GET", "url": f"{BASE}/limits", "referenceId": "a"}
    here.faults.next("null_results", times=4)

    told = [
        here.ask("GET", "/query?q=SELECT+Id+FROM+Lead").json()["records"],
        here.ask("GET", f"/sobjects/Lead/deleted?{span}").json()["deletedRecords"],
        here.ask("GET", f"/sobjects/Lead/updated?{span}").json()["ids"],
        here.ask("POST", "/composite", {"compositeRequest": [part]}).json()["compositeResponse"],
    ]

    assert told == [None] * 4


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
@pytest.mark.fact("GET /query")
@pytest.mark.fact("POST /composite")
def test_unknown_fields_stand_in_rows_and_in_what_the_parts_of_a_composite_answer() -> None:
    """[M] new releases add fields: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm"""
    here = Struck()
    lead = here.make("Ada").json()[0]["id"]
    part = {"method": "GET", "url": f"{BASE}/sobjects/Lead/{lead}", "referenceId": "a"}
    here.faults.next("extra_fields", times=3)

    row = here.ask("GET", f"/sobjects/Lead/{lead}").json()
    page = here.ask("GET", "/query?q=SELECT+Id+FROM+Lead").json()
    parts = here.ask("POST", "/composite", {"compositeRequest": [part]}).json()["compositeResponse"]

    assert row["LastName"] == parts[0]["body"]["LastName"] == "Ada"
    assert all("brandNewField" in one for one in (row, page, page["records"][0], parts[0], parts[0]["body"]))


@pytest.mark.fact("GET /query")
@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_a_field_may_have_a_value_that_nobody_knows() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm: standard picklists take any text"""
    here = Struck()
    lead = here.make("Ada").json()[0]["id"]
    here.faults.next("new_values", field="Status", value="Brand New", times=2)

    page = here.ask("GET", "/query?q=SELECT+Id,Status,LastName+FROM+Lead").json()
    row = here.ask("GET", f"/sobjects/Lead/{lead}").json()

    assert (page["records"][0]["Status"], row["Status"]) == ("Brand New", "Brand New")
    assert page["records"][0]["LastName"] == "Ada"
    assert here.office.twin.record(lead)["Status"] == "Open - Not Contacted"


@pytest.mark.fact("{any} {anything}", switch="concurrent_calls")
@pytest.mark.parametrize(("most", "status"), [(2, 403), (3, 200)])
def test_a_request_that_commits_late_runs_from_its_20th_second_until_it_commits(
    most: int, status: int
) -> None:
    """https://help.salesforce.com/s/articleView?id=000389067"""
    here = Struck(concurrent_calls=most)
    here.faults.next("late_commit", delay_s=60, times=2)
    here.make("Ada")
    here.make("Ben")

    young = here.ask("GET", "/limits").status
    here.office.later(seconds=20)
    long = here.ask("GET", "/limits")
    here.office.later(seconds=60)
    after = here.ask("GET", "/limits").status

    assert (young, long.status, after) == (200, status, 200)
    assert long.json()[0]["message"] == LIMIT if status == 403 else True
    assert here.names() == ["Ada", "Ben"]


@pytest.mark.fact("{any} {anything}", switch="concurrent_calls")
def test_a_late_commit_of_less_than_20_seconds_never_counts_as_long() -> None:
    """https://help.salesforce.com/s/articleView?id=000389067"""
    here = Struck(concurrent_calls=1)
    here.faults.next("late_commit", delay_s=19)
    here.make("Ada")

    seen = []
    for _ in range(4):
        here.office.later(seconds=5)
        seen.append(here.ask("GET", "/limits").status)

    assert seen == [200] * 4
    assert here.names() == ["Ada"]


@pytest.mark.fact("POST /composite/sobjects")
def test_a_late_commit_bears_the_moment_of_its_beginning_among_newer_rows() -> None:
    """[M] stamps are set before the commit: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_getupdated.htm"""
    here = Struck()
    here.faults.next("late_commit", delay_s=30)
    here.make("Late")
    began = here.office.now
    here.make("Early")
    poll = f"/query?q=SELECT+LastName,SystemModstamp+FROM+Lead+WHERE+SystemModstamp+>=+{began:%Y-%m-%dT%H:%M:%SZ}"

    first = [row["LastName"] for row in here.ask("GET", poll).json()["records"]]
    here.office.later(seconds=30)
    then = {row["LastName"]: row["SystemModstamp"] for row in here.ask("GET", poll).json()["records"]}

    assert first == ["Early"]
    assert then["Late"] < then["Early"]
    assert then["Late"] == f"{began:%Y-%m-%dT%H:%M:%S}.000+0000"


@pytest.mark.fact("PATCH /composite/sobjects")
def test_a_token_that_ends_between_two_chunks_leaves_the_first_chunk_saved() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    here = Struck()
    ids = [row["id"] for row in here.make("Ada", "Ben").json()]

    def move(key: str) -> Reply:
        row = {"attributes": {"type": "Lead"}, "id": key, "City": "Bonn"}
        return here.ask("PATCH", "/composite/sobjects", {"records": [row]})

    first = move(ids[0])
    here.office.twin.expire_tokens()
    second = move(ids[1])
    cities = [here.office.twin.record(key)["City"] for key in ids]
    here.office.token = here.office.twin.token_for(here.office.twin.integration_user)

    assert (first.status, second.status) == (200, 401)
    assert cities == ["Bonn", None]
    assert move(ids[1]).json()[0]["success"] is True
