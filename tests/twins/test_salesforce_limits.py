"""The day's calls, what /limits shows, and how many long calls may run."""

from __future__ import annotations

import pytest

from tests.twins.office import Office


@pytest.mark.fact("GET /limits")
def test_limits_show_maximum_and_rest_of_each() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm"""
    office = Office(calls_per_day=15_000)

    limits = office.call("GET", "/limits").json()

    assert limits["DailyApiRequests"] == {"Max": 15_000, "Remaining": 14_999}
    assert {"DailyBulkApiBatches", "DailyBulkV2QueryJobs", "DataStorageMB", "FileStorageMB"} <= set(limits)
    assert all(set(one) == {"Max", "Remaining"} for one in limits.values())
    assert list(limits) == sorted(limits)


@pytest.mark.fact("GET /limits")
def test_calls_come_back_hour_by_hour_over_24_hours() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm"""
    office = Office(calls_per_day=3)
    office.call("GET", "/limits")
    office.later(hours=12)
    office.call("GET", "/limits")
    office.call("GET", "/limits")

    full = office.call("GET", "/limits").status
    office.later(hours=12)
    after = office.call("GET", "/limits")

    assert (full, after.status) == (403, 200)
    assert after.headers["Sforce-Limit-Info"] == "api-usage=3/3"


@pytest.mark.fact("GET /limits")
def test_a_call_that_is_refused_for_the_limit_tells_the_usage_and_costs_nothing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"""
    office = Office(calls_per_day=1)
    office.call("GET", "/limits")

    refused = [office.call("GET", "/limits") for _ in range(3)]

    assert {one.headers["Sforce-Limit-Info"] for one in refused} == {"api-usage=1/1"}


@pytest.mark.fact("POST /services/oauth2/token")
@pytest.mark.fact("GET /services/data")
def test_signing_in_and_the_list_of_versions_cost_no_call() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm"""
    office = Office()

    form = b"grant_type=client_credentials&client_id=twin-client&client_secret=twin-secret"

    signed_in = office.call("POST", "/services/oauth2/token", form, Authorization="")
    office.call("GET", "/services/data")

    assert signed_in.json()["access_token"]
    assert office.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=1/100000"


@pytest.mark.fact("GET /limits", switch="per_app_usage")
@pytest.mark.parametrize(
    ("told", "header"),
    [
        (False, "api-usage=1/100000"),
        (True, "api-usage=1/100000; per-app-api-usage=1/100000(appName=twin-client)"),
    ],
)
def test_an_app_may_have_a_usage_of_its_own(told: bool, header: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"""
    office = Office(per_app_usage=told)

    assert office.call("GET", "/limits").headers["Sforce-Limit-Info"] == header


@pytest.mark.fact("GET /limits", switch="concurrent_calls")
@pytest.mark.parametrize(
    ("most", "running", "status"), [(25, 24, 200), (25, 25, 403), (5, 5, 403), (5, 4, 200)]
)
def test_too_many_long_calls_at_once_refuse_the_next(most: int, running: int, status: int) -> None:
    """https://help.salesforce.com/s/articleView?id=000389067"""
    office = Office(concurrent_calls=most)
    office.twin.limits.running = running

    reply = office.call("GET", "/query?q=SELECT+Id+FROM+Lead")
    office.twin.limits.running = 0

    assert reply.status == status
    assert office.call("GET", "/limits").status == 200
    if status == 403:
        assert reply.json() == [
            {
                "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
                "errorCode": "REQUEST_LIMIT_EXCEEDED",
            }
        ]


@pytest.mark.fact("GET /limits/recordCount")
def test_counts_of_rows_leave_out_empty_and_unknown_kinds() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_record_count.htm"""
    office = Office()
    office.lead()

    some = office.call("GET", "/limits/recordCount?sObjects=lead,Contact,Laed").json()["sObjects"]
    every = office.call("GET", "/limits/recordCount").json()["sObjects"]

    assert some == [{"count": 1, "name": "Lead"}]
    assert {"Lead", "User"} <= {one["name"] for one in every}
