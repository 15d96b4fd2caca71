"""Several requests in one: composite, batch, tree, graph."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import BASE, Office

ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."


def part(name: str, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    asked = {"referenceId": name, "method": method, "url": BASE + path}
    return (
        asked | ({"body": body} if body is not None else {}) | ({"httpHeaders": headers} if headers else {})
    )


def composite(office: Office, *parts: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    answer = office.call("POST", "/composite", {"compositeRequest": list(parts), **more})
    assert answer.status == 200, answer.json()
    replies: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return replies


# ── composite ────────────────────────────────────────────────────────────────


@pytest.mark.fact("POST /composite")
def test_with_all_or_none_one_failure_halts_all_and_keeps_nothing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_subrequest_result.htm"""
    office = Office()

    before, culprit, after = composite(
        office,
        part("a", "POST", "/sobjects/Account", {"Name": "Engines"}),
        part("b", "POST", "/sobjects/Contact", {"FirstName": "Ada"}),
        part("c", "GET", "/limits"),
        allOrNone=True,
    )

    halted = [{"errorCode": "PROCESSING_HALTED", "message": ROLLED_BACK}]
    assert [(one["httpStatusCode"], one["body"]) for one in (before, after)] == [(400, halted)] * 2
    assert culprit["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert office.twin.records("Account") == []
    assert len(office.log) == 0


@pytest.mark.fact("POST /composite")
def test_with_all_or_none_and_no_failure_all_stands_in_one_transaction() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm"""
    office = Office()

    replies = composite(
        office,
        part("a", "POST", "/sobjects/Account", {"Name": "Engines"}),
        part("b", "POST", "/sobjects/Contact", {"LastName": "Ada", "AccountId": "@{a.id}"}),
        part("q", "GET", "/query?q=SELECT+Id+FROM+Contact+WHERE+AccountId='@{a.id}'"),
        allOrNone=True,
    )

    assert [one["httpStatusCode"] for one in replies] == [201, 201, 200]
    assert replies[2]["body"]["records"][0]["Id"] == office.twin.records("Contact")[0]["Id"]
    assert {commit.request_id for commit in office.log} == {"salesforce-1"}


@pytest.mark.fact("POST /composite")
@pytest.mark.parametrize(("outer", "accounts"), [(True, 0), (False, 1)])
def test_all_or_none_outside_overrides_that_of_a_collection_inside(outer: bool, accounts: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_allornone.htm"""
    office = Office()
    records = [{"attributes": {"type": "Account"}, "Name": "Engines"}, {"attributes": {"type": "Account"}}]

    rows, contact = composite(
        office,
        part("rows", "POST", "/composite/sobjects", {"allOrNone": False, "records": records}),
        part("contact", "POST", "/sobjects/Contact", {"LastName": "Ada"}),
        allOrNone=outer,
    )

    assert [row["success"] for row in rows["body"]] == [not outer, False]
    assert contact["httpStatusCode"] == (400 if outer else 201)
    assert len(office.twin.records("Account")) == accounts


@pytest.mark.fact("POST /composite")
def test_without_all_or_none_a_failure_leaves_the_others() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm"""
    office = Office()

    replies = composite(
        office,
        part("a", "POST", "/sobjects/Account", {}),
        part("b", "POST", "/sobjects/Account", {"Name": "Engines"}),
    )

    assert [one["httpStatusCode"] for one in replies] == [400, 201]
    assert len(office.twin.records("Account")) == 1


@pytest.mark.fact("POST /composite")
def test_a_part_has_headers_of_its_own() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI: httpHeaders in a subrequest"""
    office = Office()
    lead = office.lead()

    stale, fine = composite(
        office,
        part(
            "a",
            "PATCH",
            f"/sobjects/Lead/{lead}",
            {"City": "Bonn"},
            **{"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
        ),
        part("b", "PATCH", f"/sobjects/Lead/{lead}", {"Street": "Main 1"}),
    )

    assert (stale["httpStatusCode"], fine["httpStatusCode"]) == (412, 204)
    assert office.twin.record(lead)["City"] is None
    assert fine["body"] is None


@pytest.mark.fact("POST /composite")
def test_a_reference_may_reach_into_lists() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm"""
    office = Office()
    lead = office.lead()

    found, changed = composite(
        office,
        part("q", "GET", "/query?q=SELECT+Id+FROM+Lead"),
        part(
            "u",
            "PATCH",
            "/sobjects/Lead/@{q.records[0].Id}",
            {"Description": "one of @{q.totalSize}, @{q.done}"},
        ),
    )

    assert (found["httpStatusCode"], changed["httpStatusCode"]) == (200, 204)
    assert office.twin.record(lead)["Description"] == "one of 1, true"


@pytest.mark.fact("POST /composite")
@pytest.mark.parametrize("reference", ["@{a.nope}", "@{nobody.id}", "@{a.errors[3]}", "@{a.id.x}"])
def test_a_reference_to_nothing_halts_its_part(reference: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm"""
    office = Office()

    _, halted = composite(
        office,
        part("a", "POST", "/sobjects/Account", {"Name": "Engines"}),
        part("b", "POST", "/sobjects/Contact", {"LastName": reference}),
    )

    assert (halted["httpStatusCode"], halted["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert office.twin.records("Contact") == []


@pytest.mark.fact("POST /composite")
@pytest.mark.parametrize(
    "asked",
    [
        {}, [], {"compositeRequest": []}, {"compositeRequest": {}}, {"compositeRequest": ["x"]},
        {"compositeRequest": [{"method": "GET", "url": BASE + "/limits"}]},
        {"compositeRequest": [{"method": "GET", "referenceId": "a"}]},
        {"compositeRequest": [{"url": BASE + "/limits", "referenceId": "a"}]},
        {"compositeRequest": [{"method": 1, "url": BASE + "/limits", "referenceId": "a"}]},
        {"compositeRequest": [{"method": "FLY", "url": BASE + "/limits", "referenceId": "a"}]},
        {"compositeRequest": [{"method": "GET", "url": BASE + "/limits", "referenceId": "a b"}]},
        {"compositeRequest": [{"method": "GET", "url": BASE + "/limits", "referenceId": "a"}] * 2},
    ],
)  # fmt: skip
def test_a_composite_without_sound_parts_is_refused_whole(asked: Any) -> None:
    """https://developer.salesforce.com/blogs/tech-pubs/2017/02/handle-errors-with-composite-resources.html"""
    office = Office()

    refused = office.call("POST", "/composite", asked)

    assert refused.status == 400
    assert refused.json()[0]["errorCode"]


@pytest.mark.fact("POST /composite")
@pytest.mark.parametrize(
    "url",
    [
        "/services/data/v65.0/limits", "/limits", "nonsense", f"{BASE}/composite", f"{BASE}/composite/batch",
        f"{BASE}/composite/tree/Lead", f"{BASE}/composite/graph", f"{BASE}/jobs/ingest", "https://example.com/x",
    ],
)  # fmt: skip
def test_a_part_is_a_plain_resource_of_the_same_version(url: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/requests_composite.htm"""
    office = Office()

    (reply,) = composite(office, {"referenceId": "a", "method": "GET", "url": url})

    assert reply["httpStatusCode"] == 400


@pytest.mark.fact("POST /composite")
def test_a_part_on_a_wrong_address_or_method_fails_alone() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_subrequest_result.htm"""
    office = Office()

    replies = composite(
        office,
        part("a", "GET", "/sobjects/Laed/describe"),
        part("b", "PUT", "/limits"),
        part("c", "GET", "/limits"),
    )

    assert [one["httpStatusCode"] for one in replies] == [404, 405, 200]


# ── batch ────────────────────────────────────────────────────────────────────


def batch(office: Office, *wanted: tuple[str, str] | tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    requests = [
        {"method": one[0], "url": one[1]} | ({"richInput": one[2]} if len(one) > 2 else {}) for one in wanted
    ]
    answer = office.call("POST", "/composite/batch", {"batchRequests": requests, **more})
    assert answer.status == 200, answer.json()
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.fact("POST /composite/batch")
def test_a_batch_answers_each_part_by_status_and_result() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.258.0.api_rest.meta/api_rest/requests_composite_batch.htm"""
    office = Office()
    lead = office.lead()

    told = batch(
        office,
        ("PATCH", f"v66.0/sobjects/Lead/{lead}", {"City": "Bonn"}),
        ("GET", f"v65.0/sobjects/Lead/{lead}?fields=City"),
        ("GET", "/services/data/v66.0/sobjects/Lead/00Q5g00000000zzEAA"),
    )

    assert told["hasErrors"] is True
    assert [one["statusCode"] for one in told["results"]] == [204, 200, 404]
    assert told["results"][0]["result"] is None
    assert told["results"][1]["result"]["City"] == "Bonn"
    assert "/v65.0/" in told["results"][1]["result"]["attributes"]["url"]


@pytest.mark.fact("POST /composite/batch")
@pytest.mark.parametrize(("halts", "statuses"), [(True, [404, 412, 412]), (False, [404, 200, 204])])
def test_a_batch_halts_only_when_it_is_told_to(halts: bool, statuses: list[int]) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.258.0.api_rest.meta/api_rest/requests_composite_batch.htm"""
    office = Office()
    lead = office.lead()

    told = batch(
        office,
        ("GET", "v66.0/sobjects/Nope/describe"),
        ("GET", "v66.0/limits"),
        ("DELETE", f"v66.0/sobjects/Lead/{lead}"),
        haltOnError=halts,
    )

    assert [one["statusCode"] for one in told["results"]] == statuses
    assert len(office.twin.records("Lead")) == halts
    if halts:
        assert told["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


@pytest.mark.fact("POST /composite/batch")
def test_each_part_of_a_batch_counts_as_a_call() -> None:
    """https://www.infallibletechie.com/2021/01/batch-request-in-salesforce.html"""
    office = Office(calls_per_day=4)

    batch(office, *[("GET", "v66.0/limits")] * 3)
    told = batch(office, *[("GET", "v66.0/sobjects")] * 2)

    assert [one["statusCode"] for one in told["results"]] == [200, 403]
    assert told["results"][1]["result"][0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


@pytest.mark.fact("POST /composite/batch")
@pytest.mark.parametrize(
    "asked",
    [
        {}, {"batchRequests": []}, {"batchRequests": "x"}, {"batchRequests": ["x"]},
        {"batchRequests": [{"method": "GET"}]}, {"batchRequests": [{"method": "GET", "url": "limits"}]},
        {"batchRequests": [{"method": "FLY", "url": "v66.0/limits"}]},
        {"batchRequests": [{"method": "GET", "url": "v67.0/limits"}]},
        {"batchRequests": [{"method": "POST", "url": "v66.0/composite", "richInput": {}}]},
        {"batchRequests": [{"method": "GET", "url": "v66.0/limits"}] * 26},
    ],
)  # fmt: skip
def test_a_batch_has_at_most_25_sound_parts_of_no_newer_version(asked: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.258.0.api_rest.meta/api_rest/requests_composite_batch.htm"""
    office = Office()

    assert office.call("POST", "/composite/batch", asked).status == 400


# ── tree ─────────────────────────────────────────────────────────────────────


def leaf(kind: str, name: str, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": name}, **values}


@pytest.mark.fact("POST /composite/tree/{kind}")
def test_a_tree_creates_parents_and_children() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.214.0.api_rest.meta/api_rest/responses_composite_sobject_tree.htm"""
    office = Office()
    contacts = {"records": [leaf("Contact", "c1", LastName="Ada"), leaf("Contact", "c2", LastName="Bob")]}

    answer = office.call(
        "POST",
        "/composite/tree/Account",
        {"records": [leaf("Account", "a", Name="Engines", Contacts=contacts)]},
    )

    told = {one["referenceId"]: one["id"] for one in answer.json()["results"]}
    assert (answer.status, answer.json()["hasErrors"]) == (201, False)
    assert list(told) == ["a", "c1", "c2"]
    assert {one["AccountId"] for one in office.twin.records("Contact")} == {told["a"]}


@pytest.mark.fact("POST /composite/tree/{kind}")
def test_a_tree_with_a_bad_leaf_names_it_and_keeps_nothing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.214.0.api_rest.meta/api_rest/responses_composite_sobject_tree.htm"""
    office = Office()
    contacts = {"records": [leaf("Contact", "c1", LastName="Ada", Email="nonsense")]}

    answer = office.call(
        "POST",
        "/composite/tree/Account",
        {"records": [leaf("Account", "a", Name="Engines", Contacts=contacts)]},
    )

    (culprit,) = answer.json()["results"]
    assert (answer.status, answer.json()["hasErrors"]) == (400, True)
    assert culprit["referenceId"] == "c1"
    assert culprit["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS"
    assert office.twin.records("Account") == []


@pytest.mark.fact("POST /composite/tree/{kind}")
@pytest.mark.parametrize(
    "records",
    [
        [], "x", ["x"], [{"Name": "Engines"}], [leaf("Lead", "a")], [leaf("Laed", "a")], [leaf("Account", "")],
        [leaf("Account", "a", Name="x"), leaf("Account", "a", Name="y")],
        [leaf("Account", f"a{n}", Name="x") for n in range(201)],
        [leaf("Account", "a", Name="x", Contacts={"records": "x"})],
    ],
)  # fmt: skip
def test_a_tree_has_at_most_200_sound_records(records: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobject_tree.htm"""
    office = Office()

    assert office.call("POST", "/composite/tree/Account", {"records": records}).status == 400
    assert office.twin.records("Account") == []


# ── graph ────────────────────────────────────────────────────────────────────


def graphs(office: Office, *wanted: list[dict[str, Any]]) -> Any:
    told = [{"graphId": str(place), "compositeRequest": parts} for place, parts in enumerate(wanted)]
    return office.call("POST", "/composite/graph", {"graphs": told})


@pytest.mark.fact("POST /composite/graph")
def test_each_graph_stands_or_falls_by_itself() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm"""
    office = Office()
    account = part("a", "POST", "/sobjects/Account", {"Name": "Engines"})

    answer = graphs(
        office,
        [account, part("c", "POST", "/sobjects/Contact", {"LastName": "Ada", "AccountId": "@{a.id}"})],
        [account, part("c", "POST", "/sobjects/Contact", {"FirstName": "Bob", "AccountId": "@{a.id}"})],
    ).json()["graphs"]

    assert [(one["graphId"], one["isSuccessful"]) for one in answer] == [("0", True), ("1", False)]
    codes = [one["httpStatusCode"] for one in answer[1]["graphResponse"]["compositeResponse"]]
    assert codes == [400, 400]
    assert len(office.twin.records("Account")) == len(office.twin.records("Contact")) == 1


@pytest.mark.fact("POST /composite/graph")
def test_the_nodes_of_a_graph_may_come_in_any_order() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.258.0.api_rest.meta/api_rest/using_resources_composite_graph.htm"""
    office = Office()

    answer = graphs(
        office,
        [
            part("c", "POST", "/sobjects/Contact", {"LastName": "Ada", "AccountId": "@{a.id}"}),
            part("a", "POST", "/sobjects/Account", {"Name": "Engines"}),
        ],
    ).json()["graphs"]

    assert answer[0]["isSuccessful"] is True
    assert office.twin.records("Contact")[0]["AccountId"] == office.twin.records("Account")[0]["Id"]


@pytest.mark.fact("POST /composite/graph")
def test_after_14_failed_graphs_the_rest_is_not_tried() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.250.0.api_rest.meta/api_rest/resources_composite_graph_limits.htm"""
    office = Office()
    bad, good = (
        part("a", "POST", "/sobjects/Account", {}),
        part("a", "POST", "/sobjects/Account", {"Name": "x"}),
    )

    answer = graphs(office, *[[bad]] * 14, [good]).json()["graphs"]

    assert [one["isSuccessful"] for one in answer] == [False] * 15
    assert office.twin.records("Account") == []


def chain(length: int) -> list[dict[str, Any]]:
    first = part("n0", "POST", "/sobjects/Account", {"Name": "0"})
    return [first] + [
        part(f"n{n}", "POST", "/sobjects/Account", {"Name": f"@{{n{n - 1}.id}}"}) for n in range(1, length)
    ]


@pytest.mark.fact("POST /composite/graph")
@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ([chain(15)], 200), ([chain(16)], 400),
        ([[part(f"n{n}", "POST", "/sobjects/Account", {"Name": "x"}) for n in range(500)]], 200),
        ([[part(f"n{n}", "POST", "/sobjects/Account", {"Name": "x"}) for n in range(501)]], 400),
        ([[part("a", "POST", "/sobjects/Account", {"Name": "x"})]] * 76, 400),
        ([[part("a", "GET", "/query?q=SELECT+Id+FROM+Lead")]], 400),
        ([[part("a", "POST", "/sobjects/Account", {"Name": "@{b.id}"}), part("b", "POST", "/sobjects/Account", {"Name": "@{a.id}"})]], 400),
        ([[]], 400), ([], 400),
    ],
)  # fmt: skip
def test_graphs_have_limits_of_number_nodes_and_depth(wanted: Any, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.250.0.api_rest.meta/api_rest/resources_composite_graph_limits.htm"""
    office = Office()

    assert graphs(office, *wanted).status == status


@pytest.mark.fact("POST /composite/graph")
def test_a_graph_counts_as_one_call() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.248.0.api_rest.meta/api_rest/resources_composite_graph.htm"""
    office = Office()

    graphs(office, chain(3))

    assert office.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"
