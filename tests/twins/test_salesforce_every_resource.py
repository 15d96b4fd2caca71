"""simple-salesforce reaches every resource that the twin has, in its model style and in its raw one.

Over real HTTP; a resource that is added to the twin and not asked here fails these tests.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce import Salesforce

from tests.twins.office import Office
from tests.twins.wired import Line, wired
from twins.salesforce.bulk import jobs
from twins.salesforce.rest import routes

ADA = {"LastName": "Lovelace", "Company": "Engines Ltd"}
KEY = "Leadbridge_HubSpot_Id__c"
MASTER = "012000000000000AAA"
BASE = "/services/data/v66.0"
# One path of each resource; `methods` asks the twin which methods it has.
PATHS = (
    "", "query", "queryAll", "query/0r8-200", "search", "parameterizedSearch", "limits", "limits/recordCount",
    "composite", "composite/batch", "composite/graph", "composite/tree/Lead", "composite/sobjects",
    "composite/sobjects/Lead", f"composite/sobjects/Lead/{KEY}", "sobjects", "sobjects/Lead",
    "sobjects/Lead/describe", "sobjects/Lead/describe/layouts", "sobjects/Lead/updated", "sobjects/Lead/deleted",
    "sobjects/Lead/00Q5g0000000001EAA", f"sobjects/Lead/{KEY}/7", "jobs/ingest", "jobs/ingest/750",
    "jobs/ingest/750/batches", "jobs/ingest/750/successfulResults", "jobs/query", "jobs/query/750",
    "jobs/query/750/results", "tooling/query",
)  # fmt: skip
# What the library has no method for; its raw style reaches it.
NO_METHOD_FOR = {
    ("GET", "resources"), ("POST", "parameterizedSearch"), ("GET", "parameterizedSearch"),
    ("GET", "limits/recordCount"), ("POST", "composite"), ("POST", "composite/batch"), ("POST", "composite/graph"),
    ("POST", "composite/tree"), ("POST", "composite/sobjects"), ("PATCH", "composite/sobjects"),
    ("DELETE", "composite/sobjects"), ("POST", "composite/sobjects/retrieve"),
    ("GET", "composite/sobjects/retrieve"), ("PATCH", "composite/sobjects/upsert"), ("DELETE", "sobjects/key"),
    ("GET", "jobs/ingest"), ("DELETE", "jobs/ingest/job"), ("GET", "jobs/query"), ("DELETE", "jobs/query/job"),
    ("PATCH", "jobs/query/job"),
}  # fmt: skip


def methods(line: Line) -> set[tuple[str, str]]:
    """Every method of every resource that stands in `PATHS`."""
    found = (line.office.twin._routes.resource(tuple(filter(None, path.split("/")))) for path in PATHS)
    return {(method, name) for name, resource in found for method in resource}


def names_in(source: Any) -> Iterable[str]:
    """The names that the routes in *source* give to resources: what stands first in a pair they return."""
    for node in ast.walk(ast.parse(inspect.getsource(source))):
        if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Tuple):
            continue
        first = node.value.elts[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
        elif isinstance(first, ast.JoinedStr):
            end = "".join(part.value for part in first.values[2:] if isinstance(part, ast.Constant))
            yield from (f"jobs/{way}{end}" for way in ("ingest", "query"))
        elif isinstance(first, ast.Name):
            yield from {"query": ("query", "queryAll"), "search": ("search", "parameterizedSearch")}[
                "search" if "search" in ast.unparse(node) else "query"
            ]


def below_data(line: Line) -> set[tuple[str, str]]:
    """What was asked under /services/data."""
    outside = {"token", "versions", "userinfo", "identity"}
    return {(method, name) for method, name in line.office.twin.calls if name not in outside}


@pytest.mark.fact("{any} {anything}")
def test_every_resource_of_the_routes_is_asked_here() -> None:
    """https://github.com/simple-salesforce/simple-salesforce"""
    with wired() as line:
        asked = {name for _, name in methods(line)}

    assert asked == {*names_in(routes), *names_in(jobs.Jobs.resource.__globals__["Jobs"])}


@pytest.mark.fact("{any} {anything}")
def test_the_model_style_reaches_all_that_the_library_has_a_method_for(tmp_path: Any) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, README"""
    with wired() as line:
        sf = line.client()

        _rows(line, sf)
        _queries(line, sf)
        _bulk(sf, str(tmp_path))

        assert below_data(line) == methods(line) - NO_METHOD_FOR


def _rows(line: Line, sf: Salesforce) -> None:
    lead = sf.Lead.create(ADA)["id"]
    sf.Lead.update(lead, {"City": "Bonn"})
    sf.Lead.upsert(f"{KEY}/7", ADA)
    assert sf.Lead.get(lead)["City"] == "Bonn"
    assert sf.Lead.get_by_custom_id(KEY, "7")["LastName"] == "Lovelace"
    sf.Lead.delete(lead)
    start, end = line.office.now - timedelta(hours=1), line.office.now + timedelta(minutes=2)
    line.office.later(minutes=5)
    assert [one["id"] for one in sf.Lead.deleted(start, end)["deletedRecords"]] == [lead]
    assert len(sf.Lead.updated(start, end)["ids"]) == 1
    assert sf.describe()["sobjects"]
    assert sf.Lead.describe()["fields"]
    assert sf.Lead.metadata()["objectDescribe"]
    assert sf.Lead.describe_layout(MASTER)["detailLayoutSections"]


def _queries(line: Line, sf: Salesforce) -> None:
    rows = [{"LastName": f"Lead {n}", "Company": "x"} for n in range(250)]
    line.office.twin.load("Lead", rows, line.office.now)
    small = {"Sforce-Query-Options": "batchSize=200"}
    assert len(sf.query_all("SELECT Id FROM Lead", headers=small)["records"]) == 251
    assert sf.query("SELECT Id FROM Lead", include_deleted=True)["totalSize"] == 252
    assert len(sf.search("FIND {Lovelace} RETURNING Lead")["searchRecords"]) == 1
    assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
    assert sf.is_sandbox() is False
    rules = sf.toolingexecute("query", params={"q": "SELECT Id FROM ValidationRule"})
    assert rules["totalSize"] == 0


def _bulk(sf: Salesforce, folder: str) -> None:
    (done,) = sf.bulk2.Contact.insert(records=[{"LastName": "Ada"}], wait=0)
    assert "Ada" in sf.bulk2.Contact.get_successful_records(done["job_id"])
    assert len(list(sf.bulk2.Contact.query("SELECT Id, LastName FROM Contact", wait=0))) == 1
    assert sf.bulk2.Contact.download("SELECT Id FROM Contact", folder, wait=0)[0]["number_of_records"] == 1


@pytest.mark.fact("{any} {anything}")
def test_the_raw_style_reaches_every_method_of_every_resource() -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/api.py: restful"""
    with wired(Office(bulk_seconds=50.0)) as line:
        sf = line.client()
        kind = {"attributes": {"type": "Lead"}}

        _raw_rows(line, sf)
        lead = _post(sf, "composite/sobjects", {"records": [{**kind, **ADA}]})[0]["id"]
        sf.restful(
            "composite/sobjects", method="PATCH", json={"records": [{**kind, "id": lead, "City": "x"}]}
        )
        keyed = {"records": [{**kind, **ADA, KEY: "9"}]}
        sf.restful(f"composite/sobjects/Lead/{KEY}", method="PATCH", json=keyed)
        assert _post(sf, "composite/sobjects/Lead", {"ids": [lead], "fields": ["City"]})[0]["City"] == "x"
        sf.restful("composite/sobjects/Lead", {"ids": lead, "fields": "City"})
        sf.restful("composite/sobjects", {"ids": lead}, method="DELETE")
        _raw_composites(sf)
        _raw_jobs(line, sf)

        assert below_data(line) == methods(line)


def _post(sf: Salesforce, path: str, body: Any) -> Any:
    return sf.restful(path, method="POST", json=body)


def _raw_rows(line: Line, sf: Salesforce) -> None:
    for path in ("", "limits", "limits/recordCount", "sobjects", "sobjects/Lead", "sobjects/Lead/describe"):
        assert sf.restful(path)
    lead = _post(sf, "sobjects/Lead", ADA)["id"]
    sf.restful(f"sobjects/Lead/{lead}", method="PATCH", json={"City": "Bonn"})
    assert sf.restful(f"sobjects/Lead/{lead}")["City"] == "Bonn"
    sf.restful(f"sobjects/Lead/{lead}", method="DELETE")
    sf.restful(f"sobjects/Lead/{KEY}/7", method="PATCH", json=ADA)
    assert sf.restful(f"sobjects/Lead/{KEY}/7")[KEY] == "7"
    sf.restful(f"sobjects/Lead/{KEY}/7", method="DELETE")
    span = {"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T09:30:00Z"}
    assert len(sf.restful("sobjects/Lead/deleted", span)["deletedRecords"]) == 2
    assert sf.restful("sobjects/Lead/updated", span)["ids"] == []
    assert sf.restful("sobjects/Lead/describe/layouts")["layouts"]
    line.office.twin.load("Lead", [ADA for _ in range(201)], line.office.now)
    small = {"Sforce-Query-Options": "batchSize=200"}
    page = sf.restful("query", {"q": "SELECT Id FROM Lead"}, headers=small)
    assert len(sf.restful("query/" + page["nextRecordsUrl"].rpartition("/")[2])["records"]) == 1
    assert sf.restful("queryAll", {"q": "SELECT Id FROM Lead"})["totalSize"] == 203
    assert sf.restful("tooling/query", {"q": "SELECT COUNT() FROM ValidationRule"})["totalSize"] == 0
    assert sf.restful("search", {"q": "FIND {Lovelace}"})["searchRecords"]
    assert sf.restful("parameterizedSearch", {"q": "Lovelace", "sobject": "Lead"})["searchRecords"]
    assert _post(sf, "parameterizedSearch", {"q": "Lovelace", "sobjects": [{"name": "Lead"}]})[
        "searchRecords"
    ]


def _raw_composites(sf: Salesforce) -> None:
    part = {"method": "POST", "url": f"{BASE}/sobjects/Lead", "referenceId": "a", "body": ADA}
    assert (
        _post(sf, "composite", {"compositeRequest": [part]})["compositeResponse"][0]["httpStatusCode"] == 201
    )
    graph = {"graphs": [{"graphId": "1", "compositeRequest": [part]}]}
    assert _post(sf, "composite/graph", graph)["graphs"][0]["isSuccessful"] is True
    batch = {"batchRequests": [{"method": "GET", "url": "v66.0/limits"}]}
    assert _post(sf, "composite/batch", batch)["hasErrors"] is False
    leaf = {"attributes": {"type": "Lead", "referenceId": "t"}, **ADA}
    assert _post(sf, "composite/tree/Lead", {"records": [leaf]})["hasErrors"] is False


def _raw_jobs(line: Line, sf: Salesforce) -> None:
    job = _post(sf, "jobs/ingest", {"operation": "insert", "object": "Contact"})["id"]
    csv = {"Content-Type": "text/csv"}
    sf._call_salesforce(
        "PUT", sf.base_url + f"jobs/ingest/{job}/batches", data="LastName\nAda\n", headers=csv
    )
    sf.restful(f"jobs/ingest/{job}", method="PATCH", json={"state": "UploadComplete"})
    line.office.later(minutes=1)
    assert sf.restful(f"jobs/ingest/{job}")["state"] == "JobComplete"
    for results in ("successfulResults", "failedResults", "unprocessedRecords"):
        assert sf._call_salesforce("GET", sf.base_url + f"jobs/ingest/{job}/{results}").status_code == 200
    assert [one["id"] for one in sf.restful("jobs/ingest")["records"]] == [job]
    sf.restful(f"jobs/ingest/{job}", method="DELETE")
    asked = {"operation": "query", "query": "SELECT Id FROM Contact"}
    given_up = _post(sf, "jobs/query", asked)["id"]
    assert (
        sf.restful(f"jobs/query/{given_up}", method="PATCH", json={"state": "Aborted"})["state"] == "Aborted"
    )
    first = _post(sf, "jobs/query", asked)["id"]
    line.office.later(minutes=1)
    assert sf.restful(f"jobs/query/{first}")["state"] == "JobComplete"
    found = sf._call_salesforce("GET", sf.base_url + f"jobs/query/{first}/results")
    assert found.headers["Sforce-NumberOfRecords"] == "1"
    assert len(sf.restful("jobs/query")["records"]) == 2
    sf.restful(f"jobs/query/{first}", method="DELETE")


@pytest.mark.fact("GET /id/{org}/{user}")
@pytest.mark.fact("GET /services/data")
@pytest.mark.fact("GET /services/oauth2/userinfo")
def test_the_raw_session_reaches_what_stands_outside_the_versions() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm"""
    with wired() as line:
        sf = line.client()
        host, bearer = "https://acme.my.salesforce.com", {"Authorization": f"Bearer {sf.session_id}"}

        where = sf.restful("")["identity"]
        told = line.session.get(host + "/" + where.split("/", 3)[3], headers=bearer).json()
        versions = line.session.get(host + "/services/data").json()

        assert told["user_id"] == sf.oauth2("userinfo")["user_id"] == line.office.twin.integration_user
        assert versions[-1]["version"] == "68.0"
        outside = set(line.office.twin.calls) - below_data(line)
        assert outside == {("POST", "token"), ("GET", "versions"), ("GET", "userinfo"), ("GET", "identity")}


@pytest.mark.fact("POST /services/oauth2/token")
def test_the_client_signs_in_by_assertion_with_a_private_key() -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/login.py: exp goes as text"""
    key = rsa.generate_private_key(65537, 2048)
    encoding = serialization.Encoding.PEM
    public = key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    way = {"username": "sam.seller@example.com", "consumer_key": "twin-client", "privatekey": private}

    office = Office(certificate=public.decode())
    office.now -= timedelta(days=3650)  # the library reads the machine's clock

    with wired(office) as line:
        made = line.client(**way).Lead.create(ADA)["id"]

        assert line.office.twin.record(made)["CreatedById"] == line.office.sam


@pytest.mark.fact("SOAP login", switch="soap_login")
def test_the_client_signs_in_by_password_and_organization() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm"""
    with wired(Office(soap_login=True)) as line:
        way = {"username": "leadbridge@example.com", "password": "twin-password"}

        sf = line.client(**way, organizationId=line.office.twin.org.id, version="64.0")

        assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
