"""Whatever is sent to a twin, it answers as its vendor could: thousands of requests made of half-right parts.

Each example is a fresh twin with a few records and ten requests, some of them meant well.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twins.hubspot import TOKEN, HubSpotTwin
from twins.log import CommitLog
from twins.messages import Reply, Request
from twins.salesforce import SalesforceTwin

STAGES, REASONS = ("new", "won"), ("other",)
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
A_HUNDRED_TIMES_TEN = settings(
    max_examples=270,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

# ── half-right parts ─────────────────────────────────────────────────────────

ODD = st.sampled_from(
    [
        None, True, False, 0, -1, 1.5, 10**30, "", " ", "x", "ü😀", "\x00", "a" * 300, "2026-11-23", "1e400", "true",
        "2026-11-23T09:00:00Z", "ada@example.com", "not@an@email", "101000000001", "101000000002", "-5", "%2e%2e",
        "00Q5g0000000001EAA", "0035g0000000001AAA", "0015g0000000001AAA", "005", "00Q5g0000000001", "Lead", "contacts",
        "LastName", "email", "Email", "lead", "marketingqualifiedlead", "'; DROP", "@{part0.id}", "leadbridge_key",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "inputs", "properties", "id", "idProperty", "filterGroups", "filters", "propertyName", "operator", "value",
        "values", "highValue", "sorts", "direction", "limit", "after", "query", "associations", "types", "to", "from",
        "associationTypeId", "associationCategory", "objectWriteTraceId", "propertiesWithHistory", "email", "lastname",
        "records", "attributes", "type", "allOrNone", "Id", "LastName", "Company", "Email", "Status", "OwnerId", "ids",
        "fields", "compositeRequest", "batchRequests", "method", "url", "referenceId", "body", "httpHeaders", "object",
        "operation", "state", "externalIdFieldName", "contentType", "lineEnding", "columnDelimiter", "name", "label",
        "options", "groupName", "fieldType", "primaryObjectId", "objectIdToMerge", "objectId", "lifecyclestage",
        "processingType", "objectTypeId", "filterBranch", "recordIdsToAdd", "stages", "metadata", "displayOrder",
        "graphs", "graphId", "eventType", "active", "richInput", "binaryParts", "Leadbridge_HubSpot_Id__c",
    ]
)  # fmt: skip
JSON_ = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)
OBJECT = st.dictionaries(NAMES, JSON_, max_size=5)
BYTES = st.sampled_from(
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"7", b'"x"', b"{}", b"a,b\n1,2\n", b"<a/>", b"[" * 999]
)
JUNK = st.sampled_from(
    ["nothing", "999", "x y", "a%2Fb", "..", "%00", "email", "default", "batch", "labels", "1"]
)
HUBSPOT_TYPE = st.sampled_from(["contacts", "contacts", "companies", "deals", "0-1", "notes", "leads"])
HUBSPOT_ID = st.sampled_from(
    [
        "101000000001",
        "101000000002",
        "default",
        "closedwon",
        "ada@example.com",
        "firstname",
        "1",
        "contactinformation",
    ]
)
SALESFORCE_TYPE = st.sampled_from(["Lead", "Lead", "Contact", "Account", "lead", "Task", "LeadHistory"])
SALESFORCE_ID = st.sampled_from(
    [
        "00Q5g0000000001EAA",
        "00Q5g0000000099AAA",
        "Leadbridge_HubSpot_Id__c",
        "Email",
        "Id",
        "7505g0000000001AAA",
        "updated",
    ]
)
METHOD = st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"])
RARELY = st.sampled_from([False] * 11 + [True])
QUERY = st.dictionaries(
    st.sampled_from(
        [
            "limit", "after", "properties", "propertiesWithHistory", "archived", "idProperty", "associations", "email",
            "q", "start", "end", "fields", "ids", "allOrNone", "sObjects", "maxRecords", "locator", "includeFilters",
        ]
    ),
    ODD.map(str),
    max_size=3,
)  # fmt: skip
SOQL = st.lists(
    st.sampled_from(
        [
            "SELECT", "Id", "Name", ",", "FROM", "Lead", "Contact", "WHERE", "=", "'x'", "AND", "OR", "NOT", "(", ")",
            "IN", "LIKE", "COUNT()", "ORDER BY", "LIMIT", "1", "Account.Name", "GROUP BY", "HAVING", "TODAY", "null",
            "LAST_N_DAYS:3", "2026-11-23T09:00:00Z", "(SELECT Id FROM Tasks)", "FIELDS(ALL)", "TYPEOF", "\\", "'", "ü",
        ]
    ),
    max_size=14,
).map(" ".join)  # fmt: skip


def body(good: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    return st.one_of(good.map(_bytes), OBJECT.map(_bytes), JSON_.map(_bytes), BYTES)


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


# ── HubSpot ──────────────────────────────────────────────────────────────────

HUBSPOT_DOORS = {
    "/crm/v3/objects/{}": "GET POST", "/crm/objects/2026-09/{}": "GET POST", "/crm/v3/objects/{}/{}": "GET PATCH DELETE",
    "/crm/v3/objects/{}/batch/read": "POST", "/crm/objects/2026-09/{}/batch/create": "POST",
    "/crm/v3/objects/{}/batch/update": "POST", "/crm/v3/objects/{}/batch/upsert": "POST",
    "/crm/v3/objects/{}/batch/archive": "POST", "/crm/v3/objects/{}/search": "POST", "/crm/v3/objects/{}/merge": "POST",
    "/crm/v3/objects/contacts/gdpr-delete": "POST", "/crm/v4/objects/{}/{}/associations/{}": "GET",
    "/crm/v4/objects/{}/{}/associations/{}/{}": "PUT DELETE",
    "/crm/v4/objects/{}/{}/associations/default/{}/{}": "PUT", "/crm/v4/associations/{}/{}/batch/read": "POST",
    "/crm/v4/associations/{}/{}/batch/create": "POST", "/crm/v4/associations/{}/{}/batch/archive": "POST",
    "/crm/v4/associations/{}/{}/labels": "GET POST PUT", "/crm/v3/properties/{}": "GET POST",
    "/crm/v3/properties/{}/{}": "GET PATCH DELETE", "/crm/v3/properties/{}/groups": "GET POST",
    "/crm/v3/properties/{}/batch/create": "POST", "/crm/v3/properties/{}/batch/read": "POST",
    "/crm/v3/pipelines/{}": "GET POST", "/crm/v3/pipelines/{}/{}": "GET PATCH PUT DELETE",
    "/crm/v3/pipelines/{}/{}/stages": "GET POST", "/crm/v3/pipelines/{}/{}/stages/{}": "GET PATCH DELETE",
    "/crm/v3/owners": "GET", "/crm/v3/owners/{}": "GET", "/crm/v3/lists": "GET POST", "/crm/v3/lists/{}": "GET DELETE",
    "/crm/v3/lists/{}/memberships": "GET DELETE", "/crm/v3/lists/{}/memberships/add": "PUT",
    "/crm/v3/lists/search": "POST", "/marketing/v3/campaigns": "GET POST", "/marketing/v3/campaigns/{}": "GET PATCH",
    "/account-info/v3/details": "GET", "/account-info/v3/api-usage/daily/private-apps": "GET",
    "/oauth/2026-03/token": "POST", "/oauth/v1/token": "POST", "/{}/{}": "GET", "/": "GET",
    "/webhooks/v3/{}/subscriptions": "GET POST", "/webhooks/v3/{}/settings": "GET PUT",
    "/form-integrations/v1/submissions/forms/{}": "GET", "/crm/2026-03/{}/{}": "GET",
    "/crm/v9/objects/contacts": "GET", "/communication-preferences/v3/status/email/{}": "GET",
}  # fmt: skip
MEANT_WELL = st.sampled_from(
    [
        {"properties": {"email": "new@example.com"}},
        {"properties": {"email": "ada@example.com"}},
        {"properties": {"dealname": "Engine", "dealstage": "closedwon", "amount": "5"}},
        {"inputs": [{"id": "101000000001"}, {"id": "999"}]},
        {"inputs": [{"id": "101000000001", "properties": {"firstname": "Ada"}}]},
        {"inputs": [{"id": "new@example.com", "idProperty": "email", "properties": {"lastname": "L"}}]},
        {"inputs": [{"properties": {"email": "a@example.com"}}, {"properties": {"email": "b@example.com"}}]},
        {"filterGroups": [], "limit": 10},
        {"name": "own", "label": "Own", "type": "string", "fieldType": "text", "groupName": "contactinformation"},
        {"name": "Segment", "objectTypeId": "0-1", "processingType": "MANUAL"},
        {"label": "New", "displayOrder": 0, "stages": [{"label": "A", "displayOrder": 0, "metadata": {"probability": "0.5"}}]},
        {"primaryObjectId": "101000000001", "objectIdToMerge": "101000000002"},
        {"objectId": "101000000001"},
        ["101000000001"],
    ]
)  # fmt: skip
HUBSPOT_GOOD = st.one_of(
    MEANT_WELL,
    MEANT_WELL,
    st.fixed_dictionaries({"properties": st.dictionaries(NAMES, ODD, max_size=4)}),
    st.fixed_dictionaries({"inputs": st.lists(OBJECT, max_size=4)}),
    st.fixed_dictionaries(
        {
            "inputs": st.lists(
                st.fixed_dictionaries({"id": ODD, "properties": st.dictionaries(NAMES, ODD, max_size=3)})
            )
        }
    ),
    st.fixed_dictionaries(
        {
            "filterGroups": st.lists(
                st.fixed_dictionaries(
                    {
                        "filters": st.lists(
                            st.fixed_dictionaries(
                                {
                                    "propertyName": NAMES,
                                    "operator": st.sampled_from(
                                        [
                                            "EQ",
                                            "IN",
                                            "BETWEEN",
                                            "GTE",
                                            "HAS_PROPERTY",
                                            "CONTAINS_TOKEN",
                                            "ODD",
                                            "LT",
                                        ]
                                    ),
                                    "value": ODD,
                                    "values": st.lists(ODD, max_size=3),
                                    "highValue": ODD,
                                }
                            ),
                            max_size=3,
                        )
                    }
                ),
                max_size=3,
            ),
            "limit": ODD,
            "after": ODD,
        }
    ),
)
HUBSPOT_KEYS = {
    "status", "message", "correlationId", "category", "subCategory", "context", "errors", "links", "errorType",
    "policyName", "groupName", "requestId",
}  # fmt: skip
HUBSPOT_STATUSES = {200, 201, 202, 204, 207, 400, 401, 403, 404, 405, 409, 414, 415, 423, 429}


def hubspot(path: str, method: str, query: dict[str, str], sent: bytes, wrong_token: bool) -> Request:
    token = "nobody's" if wrong_token else TOKEN
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return _request(method, path, query, headers, sent)


def check_hubspot(request: Request, reply: Reply) -> str:
    assert reply.status in HUBSPOT_STATUSES, reply
    if not reply.body:
        assert reply.status == 204 or request.method == "HEAD", reply
        return str(reply.status)
    said = json.loads(reply.body)
    if reply.status < 400:
        assert isinstance(said, dict | list), said
        return str(reply.status)
    if request.path.startswith("/oauth"):
        return "oauth"
    assert said["status"] == "error", said
    assert isinstance(said["message"], str), said
    assert set(said) <= HUBSPOT_KEYS, said
    assert "Traceback" not in said["message"]
    return f"{reply.status} {said.get('category')}"


# ── Salesforce ───────────────────────────────────────────────────────────────

SALESFORCE_DOORS = {
    "/sobjects": "GET", "/sobjects/{}": "GET POST", "/sobjects/{}/{}": "GET PATCH DELETE",
    "/sobjects/{}/{}/{}": "GET PATCH DELETE", "/sobjects/{}/describe": "GET", "/query": "GET", "/queryAll": "GET",
    "/query/{}": "GET", "/limits": "GET", "/limits/recordCount": "GET", "/composite": "POST",
    "/composite/batch": "POST", "/composite/graph": "POST", "/composite/tree/{}": "POST",
    "/composite/sobjects": "POST PATCH DELETE", "/composite/sobjects/{}": "GET POST",
    "/composite/sobjects/{}/{}": "PATCH", "/jobs/ingest": "GET POST", "/jobs/ingest/{}": "GET PATCH DELETE",
    "/jobs/ingest/{}/batches": "PUT", "/jobs/ingest/{}/successfulResults": "GET", "/jobs/query": "GET POST",
    "/jobs/query/{}": "GET PATCH DELETE", "/jobs/query/{}/results": "GET", "/search": "GET",
    "/parameterizedSearch": "GET POST", "/{}": "GET", "/{}/{}": "GET", "": "GET", "/sobjects/{}/updated": "GET",
    "/sobjects/{}/deleted": "GET",
}  # fmt: skip
RECORD = st.dictionaries(
    st.sampled_from(
        ["LastName", "Company", "Email", "Status", "Id", "id", "Nope", "OwnerId", "Leadbridge_Round__c"]
    ),
    ODD | OBJECT,
    max_size=5,
).map(lambda values: {"attributes": {"type": "Lead"}, **values})
WELL_MEANT = st.sampled_from(
    [
        {"LastName": "Ada", "Company": "X", "Email": "ada@example.com"},
        {"LastName": "Ada", "Email": "nonsense"},
        {"LastName": "Bob", "Company": "X", "Leadbridge_HubSpot_Id__c": "7"},
        {"allOrNone": True, "records": [{"attributes": {"type": "Lead"}, "id": "00Q5g0000000001EAA", "Title": "CTO"}]},
        {"records": [{"attributes": {"type": "Lead"}, "LastName": "Ada", "Company": "X", "Leadbridge_HubSpot_Id__c": "7"}]},
        {"ids": ["00Q5g0000000001EAA", "00Q5g0000000099AAA"], "fields": ["Id", "LastName"]},
        {"object": "Lead", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"},
        {"operation": "query", "query": "SELECT Id FROM Lead"},
        {"state": "UploadComplete"},
    ]
)  # fmt: skip
GOOD_SOQL = st.sampled_from(
    [
        "SELECT Id, Name FROM Lead", "SELECT COUNT() FROM Contact", "SELECT Id FROM Lead WHERE Nope = 1",
        "SELECT Id FROM Nothing", "SELECT Status, COUNT(Id) FROM Lead GROUP BY Status", "SELECT Id FROM Lead LIMIT x",
        "SELECT Id, (SELECT Id FROM Tasks) FROM Lead", "SELECT Id FROM Lead WHERE CreatedDate = 'x'",
    ]
)  # fmt: skip
SALESFORCE_GOOD = st.one_of(
    WELL_MEANT,
    WELL_MEANT,
    RECORD,
    st.fixed_dictionaries({"records": st.lists(RECORD | JSON_, max_size=4), "allOrNone": ODD}),
    st.fixed_dictionaries({"ids": st.lists(ODD, max_size=4), "fields": st.lists(NAMES, max_size=4)}),
    st.fixed_dictionaries(
        {
            "allOrNone": ODD,
            "compositeRequest": st.lists(
                st.fixed_dictionaries(
                    {
                        "method": st.sampled_from(["GET", "POST", "PATCH", "DELETE", "ODD"]),
                        "url": st.sampled_from(
                            [
                                "/services/data/v66.0/sobjects/Lead", "/services/data/v66.0/query?q=SELECT+Id+FROM+Lead",
                                "/services/data/v66.0/sobjects/Lead/@{part0.id}", "nonsense", "/services/data/v99.0/limits",
                                "/services/data/v66.0/composite", "/services/data/v66.0/limits",
                            ]
                        ),
                        "referenceId": st.sampled_from(["part0", "part1", "", "1bad"]),
                        "body": RECORD | JSON_,
                    }
                ),
                max_size=4,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "object": st.sampled_from(["Lead", "Nope", "Contact"]),
            "operation": st.sampled_from(["insert", "upsert", "update", "delete", "query", "odd"]),
            "externalIdFieldName": NAMES,
            "query": SOQL,
        }
    ),
)  # fmt: skip
SALESFORCE_STATUSES = {
    200,
    201,
    202,
    204,
    300,
    304,
    400,
    401,
    403,
    404,
    405,
    409,
    410,
    412,
    413,
    414,
    415,
    431,
}
CODE = re.compile(r"[A-Z][A-Z0-9_]+")


def salesforce(path: str, method: str, query: dict[str, str], sent: bytes, token: str) -> Request:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return _request(method, f"/services/data/v66.0{path}", query, headers, sent)


def check_salesforce(request: Request, reply: Reply) -> str:
    assert reply.status in SALESFORCE_STATUSES, reply
    if not reply.body or reply.status < 400:
        return str(reply.status)
    said = json.loads(reply.body)
    assert isinstance(said, list), said
    assert said, reply
    for one in said:
        assert CODE.fullmatch(one["errorCode"]), one
        assert isinstance(one["message"], str), one
        assert "Traceback" not in one["message"]
    return f"{reply.status} {said[0]['errorCode']}"


# ── the tests ────────────────────────────────────────────────────────────────


def _request(method: str, path: str, query: dict[str, str], headers: dict[str, str], sent: bytes) -> Request:
    lower = {name.lower(): value for name, value in headers.items()}
    return Request(method, path, {name: [value] for name, value in query.items()}, lower, sent)


def asked(
    doors: dict[str, str], types: st.SearchStrategy[str], ids: st.SearchStrategy[str]
) -> st.SearchStrategy[tuple[str, str]]:
    """Path and method: mostly ones that there are."""
    parts = st.tuples(types, ids, types, ids)
    odd = st.tuples(types | JUNK, ids | JUNK, types | JUNK, ids | JUNK)
    meant = [(path, method) for path, methods in doors.items() for method in methods.split()]
    return st.tuples(st.sampled_from(meant), parts | parts | odd, RARELY, METHOD).map(
        lambda drawn: (drawn[0][0].format(*drawn[1]), drawn[3] if drawn[2] else drawn[0][1])
    )


SEEN: dict[str, Counter[str]] = {"hubspot": Counter(), "salesforce": Counter()}


@A_HUNDRED_TIMES_TEN
@given(
    st.lists(
        st.tuples(asked(HUBSPOT_DOORS, HUBSPOT_TYPE, HUBSPOT_ID), QUERY, body(HUBSPOT_GOOD), RARELY),
        min_size=10,
        max_size=10,
    )
)
def hubspot_requests(sent: list[tuple[tuple[str, str], dict[str, str], bytes, bool]]) -> None:
    twin = HubSpotTwin(CommitLog(), STAGES, REASONS)
    for email in ("ada@example.com", "bob@example.com"):
        twin.create("contacts", {"email": email}, twin.owners[0].user_id, MORNING)
    for place, ((path, method), query, raw, wrong_token) in enumerate(sent):
        request = hubspot(path, method, query, raw, wrong_token)
        reply = twin.handle(request, MORNING + timedelta(seconds=place))
        SEEN["hubspot"][check_hubspot(request, reply)] += 1


@A_HUNDRED_TIMES_TEN
@given(
    st.lists(
        st.tuples(
            asked(SALESFORCE_DOORS, SALESFORCE_TYPE, SALESFORCE_ID),
            st.one_of(QUERY, (SOQL | GOOD_SOQL).map(lambda q: {"q": q})),
            body(SALESFORCE_GOOD),
        ),
        min_size=10,
        max_size=10,
    )
)
def salesforce_requests(sent: list[tuple[tuple[str, str], dict[str, str], bytes]]) -> None:
    twin = SalesforceTwin(CommitLog(), STAGES, REASONS)
    token = twin.token_for(twin.integration_user)
    twin.create("Lead", {"LastName": "Ada", "Company": "X"}, twin.sellers[0], MORNING)
    for place, ((path, method), query, raw) in enumerate(sent):
        request = salesforce(path, method, query, raw, token)
        reply = twin.handle(request, MORNING + timedelta(seconds=place))
        SEEN["salesforce"][check_salesforce(request, reply)] += 1


@pytest.mark.parametrize(
    ("side", "send", "kinds"), [("hubspot", hubspot_requests, 12), ("salesforce", salesforce_requests, 15)]
)
def test_no_request_gets_an_answer_that_the_vendor_does_not_give(
    side: str, send: Callable[[], None], kinds: int
) -> None:
    send()

    assert SEEN[side].total() >= 2_600
    assert len(SEEN[side]) >= kinds, SEEN[side]  # the requests reach further than the front door
    assert SEEN[side]["200"] + SEEN[side]["201"] > 100
