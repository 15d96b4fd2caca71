"""The official Python client drives every endpoint of Salesforce's twin, in its model style and in its raw one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce, format_soql
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceOperationError,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.twins.office import Office
from tests.twins.wired import Line, wired

ADA = {"LastName": "Lovelace", "Company": "Engines Ltd"}
KEY = "Leadbridge_HubSpot_Id__c"


@pytest.fixture
def line() -> Iterator[Line]:
    with wired() as line:
        yield line


@pytest.fixture
def sf(line: Line) -> Salesforce:
    return line.client()


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# ── one row ──────────────────────────────────────────────────────────────────


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_the_client_creates_a_row_and_reads_it(line: Line, sf: Salesforce) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, README: Record Management"""
    made = sf.Lead.create({**ADA, "Email": "ada@example.com"})

    lead = sf.Lead.get(made["id"])
    few = sf.Lead.get(made["id"], params={"fields": "Id,Email"})

    assert made == {"id": made["id"], "success": True, "errors": []}
    assert line.office.twin.record(made["id"])["Email"] == "ada@example.com"
    assert lead["attributes"] == {"type": "Lead", "url": f"/services/data/v66.0/sobjects/Lead/{made['id']}"}
    assert set(few) == {"attributes", "Id", "Email"}


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
@pytest.mark.fact("DELETE /sobjects/{kind}/{id}")
def test_the_client_updates_and_deletes_with_204(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_update_fields.htm"""
    lead = line.office.lead()

    updated = sf.Lead.update(lead, {"City": "Bonn"})
    raw = sf.Lead.update(lead, {"City": "Köln"}, raw_response=True)
    city = line.office.twin.record(lead)["City"]
    deleted = sf.Lead.delete(lead)

    assert (updated, raw.status_code, raw.content, deleted) == (204, 204, b"", 204)
    assert city == "Köln"
    assert line.office.twin.records("Lead") == []


@pytest.mark.fact("PATCH /sobjects/{kind}/{field}/{value}")
@pytest.mark.fact("GET /sobjects/{kind}/{field}/{value}")
def test_the_client_upserts_by_a_key_201_then_200(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    created = sf.Lead.upsert(f"{KEY}/501", ADA)
    updated = sf.Lead.upsert(f"{KEY}/501", {"City": "Bonn"}, raw_response=True)

    assert (created, updated.status_code) == (201, 200)
    assert updated.json()["created"] is False
    assert sf.Lead.get_by_custom_id(KEY, "501")["City"] == "Bonn"


@pytest.mark.fact("GET /sobjects/{kind}/deleted")
@pytest.mark.fact("GET /sobjects/{kind}/updated")
def test_the_client_asks_what_was_deleted_and_updated(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm"""
    kept, gone = sf.Lead.create(ADA)["id"], sf.Lead.create(ADA)["id"]
    sf.Lead.delete(gone)
    start, end = line.office.now - timedelta(hours=1), line.office.now + timedelta(minutes=2)
    line.office.later(minutes=5)

    deleted = sf.Lead.deleted(start, end)
    updated = sf.Lead.updated(start, end)

    assert [one["id"] for one in deleted["deletedRecords"]] == [gone]
    assert kept in updated["ids"]


@pytest.mark.fact("GET /sobjects")
@pytest.mark.fact("GET /sobjects/{kind}")
@pytest.mark.fact("GET /sobjects/{kind}/describe")
def test_the_client_describes_the_org_and_a_kind(sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm"""
    names = [kind["name"] for kind in sf.describe()["sobjects"]]
    fields = {field["name"]: field for field in sf.Lead.describe()["fields"]}

    assert {"Lead", "Contact", "Account", "Opportunity"} <= set(names)
    assert fields["Email"]["idLookup"] is True
    assert sf.Lead.metadata()["objectDescribe"]["keyPrefix"] == "00Q"


# ── queries ──────────────────────────────────────────────────────────────────


@pytest.mark.fact("GET /query")
@pytest.mark.fact("GET /query/{locator}")
def test_the_client_pages_through_a_query(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm"""
    rows = [{"LastName": f"Lead {n}", "Company": "x"} for n in range(450)]
    line.office.twin.load("Lead", rows, line.office.now)
    small = {"Sforce-Query-Options": "batchSize=200"}

    first = sf.query("SELECT Id FROM Lead ORDER BY Id", headers=small)
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True, headers=small)
    again = sf.query_more(first["nextRecordsUrl"].rpartition("/")[2], headers=small)
    everything = sf.query_all("SELECT Id FROM Lead ORDER BY Id", headers=small)
    one_by_one = list(sf.query_all_iter("SELECT Id FROM Lead ORDER BY Id", headers=small))

    assert (first["totalSize"], first["done"], len(first["records"])) == (450, False, 200)
    assert second["records"][0] == again["records"][0]
    assert len(everything["records"]) == len(one_by_one) == 450
    assert len({row["Id"] for row in one_by_one}) == 450


@pytest.mark.fact("GET /queryAll")
def test_the_client_sees_the_recycle_bin_when_it_asks(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm"""
    sf.Lead.delete(line.office.lead())
    soql = "SELECT Id, IsDeleted FROM Lead"

    assert sf.query(soql)["records"] == []
    assert [row["IsDeleted"] for row in sf.query(soql, include_deleted=True)["records"]] == [True]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("name", ["O'Brien", 'Bob "the" Builder', "back\\slash", "plus + & % #", "Zoë"])
def test_a_name_with_signs_of_every_kind_is_found(line: Line, sf: Salesforce, name: str) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/format.py"""
    lead = line.office.lead(LastName=name)

    found = sf.query(format_soql("SELECT Id FROM Lead WHERE LastName = {}", name))

    assert [row["Id"] for row in found["records"]] == [lead]


@pytest.mark.fact("GET /search")
@pytest.mark.fact("GET /parameterizedSearch")
def test_the_client_searches(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_search.htm"""
    lead = line.office.lead(Email="ada@example.com")

    found = sf.quick_search("Lovelace")
    precise = sf.search("FIND {ada@example.com} IN EMAIL FIELDS RETURNING Lead(Id, LastName), Contact")
    asked = sf.restful("parameterizedSearch", {"q": "Lovelace", "sobject": "Lead", "Lead.fields": "Id"})

    assert [row["Id"] for row in found["searchRecords"]] == [lead]
    assert [row["LastName"] for row in precise["searchRecords"]] == ["Lovelace"]
    assert [row["Id"] for row in asked["searchRecords"]] == [lead]


# ── many rows ────────────────────────────────────────────────────────────────


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.fact("PATCH /composite/sobjects")
@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
@pytest.mark.fact("POST /composite/sobjects/{kind}")
@pytest.mark.fact("GET /composite/sobjects/{kind}")
@pytest.mark.fact("DELETE /composite/sobjects")
def test_the_client_sends_collections_raw(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm"""
    kind = {"attributes": {"type": "Lead"}}
    path = "composite/sobjects"

    made = sf.restful(path, method="POST", json={"records": [{**kind, **ADA}, kind]})
    lead = made[0]["id"]
    changed = sf.restful(path, method="PATCH", json={"records": [{**kind, "id": lead, "City": "Bonn"}]})
    keyed = sf.restful(f"{path}/Lead/{KEY}", method="PATCH", json={"records": [{**kind, **ADA, KEY: "7"}]})
    read = sf.restful(f"{path}/Lead", method="POST", json={"ids": [lead, "nonsense"], "fields": ["City"]})
    got = sf.restful(f"{path}/Lead", {"ids": lead, "fields": "City"})
    gone = sf.restful(path, {"ids": f"{lead},{keyed[0]['id']}", "allOrNone": "false"}, method="DELETE")

    assert [row["success"] for row in made] == [True, False]
    assert changed[0] == {"id": lead, "success": True, "errors": []}
    assert keyed[0]["created"] is True
    assert (read[0]["City"], read[1], got[0]["City"]) == ("Bonn", None, "Bonn")
    assert [row["success"] for row in gone] == [True, True]
    assert line.office.twin.records("Lead") == []


@pytest.mark.fact("POST /composite")
@pytest.mark.fact("POST /composite/batch")
@pytest.mark.fact("POST /composite/tree/{kind}")
@pytest.mark.fact("POST /composite/graph")
def test_the_client_sends_every_composite_raw(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/using_composite_resources.htm"""
    root = "/services/data/v66.0/sobjects"
    account = {"method": "POST", "url": f"{root}/Account", "referenceId": "a", "body": {"Name": "Engines"}}
    contact = {
        "method": "POST", "url": f"{root}/Contact", "referenceId": "c",
        "body": {"LastName": "Ada", "AccountId": "@{a.id}"},
    }  # fmt: skip
    attributes = {"type": "Account", "referenceId": "t1"}

    composite = sf.restful("composite", method="POST", json={"compositeRequest": [account, contact]})
    batch = sf.restful(
        "composite/batch", method="POST", json={"batchRequests": [{"method": "GET", "url": "v66.0/limits"}]}
    )
    tree = sf.restful(
        "composite/tree/Account", method="POST", json={"records": [{"attributes": attributes, "Name": "T"}]}
    )
    graph = sf.restful(
        "composite/graph",
        method="POST",
        json={"graphs": [{"graphId": "1", "compositeRequest": [account, contact]}]},
    )

    assert [part["httpStatusCode"] for part in composite["compositeResponse"]] == [201, 201]
    assert batch["hasErrors"] is False
    assert tree["results"][0]["referenceId"] == "t1"
    assert graph["graphs"][0]["isSuccessful"] is True
    assert len(line.office.twin.records("Account")) == 3
    assert {one["AccountId"] for one in line.office.twin.records("Contact")} <= {
        one["Id"] for one in line.office.twin.records("Account")
    }


# ── Bulk 2.0 ─────────────────────────────────────────────────────────────────


@pytest.mark.fact("POST /jobs/ingest")
@pytest.mark.fact("PUT /jobs/ingest/{id}/batches")
@pytest.mark.fact("PATCH /jobs/ingest/{id}")
@pytest.mark.fact("GET /jobs/ingest/{id}")
@pytest.mark.fact("GET /jobs/ingest/{id}/successfulResults")
@pytest.mark.fact("GET /jobs/ingest/{id}/failedResults")
@pytest.mark.fact("GET /jobs/ingest/{id}/unprocessedRecords")
def test_the_client_inserts_in_bulk_and_reads_each_fate(line: Line, sf: Salesforce) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, README: Using Bulk 2.0"""
    rows = [{**ADA, "City": "Bonn"}, {"LastName": "Nobody", "Company": "", "City": ""}]

    (done,) = sf.bulk2.Lead.insert(records=rows, wait=0)
    good = table(sf.bulk2.Lead.get_successful_records(done["job_id"]))
    bad = table(sf.bulk2.Lead.get_failed_records(done["job_id"]))
    left = table(sf.bulk2.Lead.get_unprocessed_records(done["job_id"]))

    assert {k: done[k] for k in done if k != "job_id"} == {
        "numberRecordsFailed": 1, "numberRecordsProcessed": 2, "numberRecordsTotal": 2,
    }  # fmt: skip
    assert [line.office.twin.record(row["sf__Id"])["City"] for row in good] == ["Bonn"]
    assert bad[0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert left == []


@pytest.mark.fact("POST /jobs/ingest")
def test_the_client_updates_upserts_and_deletes_in_bulk(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm"""
    lead, other = line.office.lead(City="Bonn"), line.office.lead()

    sf.bulk2.Lead.update(records=[{"Id": lead, "City": "#N/A"}], wait=0)
    sf.bulk2.Lead.upsert(records=[{**ADA, KEY: "7"}], external_id_field=KEY, wait=0)
    sf.bulk2.Lead.delete(records=[{"Id": other}], wait=0)

    leads = line.office.twin.records("Lead")
    assert line.office.twin.record(lead)["City"] is None
    assert [one[KEY] for one in leads] == [None, "7"]


@pytest.mark.fact("POST /jobs/ingest", switch="bulk_hard_delete")
def test_hard_delete_needs_a_permission() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm"""
    with wired() as line:
        lead = line.office.lead()
        with pytest.raises(SalesforceMalformedRequest) as refused:
            line.client().bulk2.Lead.hard_delete(records=[{"Id": lead}], wait=0)
        line.office.twin.flip(bulk_hard_delete=True)
        line.client().bulk2.Lead.hard_delete(records=[{"Id": lead}], wait=0)

        assert refused.value.content[0]["errorCode"] == "FEATURENOTENABLED"
        assert line.office.twin.records("Lead", deleted=True) == []


@pytest.mark.fact("POST /jobs/query")
@pytest.mark.fact("GET /jobs/query/{id}")
@pytest.mark.fact("GET /jobs/query/{id}/results")
def test_the_client_queries_in_bulk_page_by_page(line: Line, sf: Salesforce, tmp_path: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm"""
    for number in range(5):
        line.office.lead(LastName=f"Lead {number}")
    sf.Lead.delete(line.office.lead(LastName="Gone"))
    soql = "SELECT Id, LastName, Owner.Name FROM Lead ORDER BY Id"

    pages = list(sf.bulk2.Lead.query(soql, max_records=2, wait=0))
    everything = list(sf.bulk2.Lead.query_all(soql, wait=0))
    files = sf.bulk2.Lead.download(soql, str(tmp_path), wait=0)

    assert [len(table(page)) for page in pages] == [2, 2, 1]
    assert table(pages[2])[0]["LastName"] == "Lead 4"
    assert set(table(pages[0])[0]) == {"Id", "LastName", "Owner.Name"}
    assert [row["LastName"] for row in table(everything[0])][-1] == "Gone"
    assert [one["number_of_records"] for one in files] == [5]


@pytest.mark.fact("GET /jobs/ingest/{id}")
def test_a_failed_job_is_an_operation_error(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-job-states.html"""
    with pytest.raises(SalesforceOperationError, match="Field name not found : Nope"):
        sf.bulk2.Lead.insert(records=[{**ADA, "Nope": "x"}], wait=0)

    assert line.office.twin.records("Lead") == []


# ── exceptions ───────────────────────────────────────────────────────────────


@pytest.mark.fact("GET /sobjects/{kind}/{field}/{value}")
def test_300_is_more_than_one_record_with_their_addresses(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    bobs = [line.office.contact(Email="bob@example.com") for _ in range(2)]

    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        sf.Contact.get_by_custom_id("Email", "bob@example.com")

    assert several.value.content == [f"/services/data/v66.0/sobjects/Contact/{bob}" for bob in bobs]


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_400_is_malformed_and_404_not_found(line: Line, sf: Salesforce) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/util.py"""
    with pytest.raises(SalesforceMalformedRequest) as malformed:
        sf.Lead.create({"LastName": "Ada"})
    with pytest.raises(SalesforceResourceNotFound) as missing:
        sf.Lead.get("00Q5g00000000zzEAA")
    with pytest.raises(SalesforceResourceNotFound):
        sf.Laed.describe()

    assert malformed.value.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert missing.value.content[0]["errorCode"] == "NOT_FOUND"


@pytest.mark.fact("GET /limits")
def test_403_is_a_refused_request() -> None:
    """https://github.com/SalesforceLabs/OrgCheck/issues/181"""
    with wired(Office(calls_per_day=1)) as line:
        sf = line.client()
        sf.limits()
        with pytest.raises(SalesforceRefusedRequest) as refused:
            sf.Lead.describe()

    assert refused.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


@pytest.mark.fact("PUT /limits")
@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_405_410_412_and_415_are_general_errors(line: Line, sf: Salesforce) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/util.py"""
    lead = line.office.lead()
    long_ago = {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}

    with pytest.raises(SalesforceGeneralError) as method:
        sf.restful("limits", method="PUT")
    with pytest.raises(SalesforceGeneralError) as version:
        line.client(session_id=line.office.token, instance="x.my.salesforce.com", version="30.0").limits()
    with pytest.raises(SalesforceGeneralError) as stale:
        sf.Lead.update(lead, {"City": "Bonn"}, headers=long_ago)
    with pytest.raises(SalesforceGeneralError) as media:
        sf.restful("sobjects/Lead", method="POST", data="x=1", headers={"Content-Type": "text/plain"})

    assert [one.value.status for one in (method, version, stale, media)] == [405, 410, 412, 415]


@pytest.mark.fact("GET /sobjects/{kind}/{id}")
def test_a_given_session_that_ended_is_an_expired_session(line: Line) -> None:
    """https://github.com/restforce/restforce, spec/fixtures/expired_session_response.json"""
    sf = line.client(session_id=line.office.token, instance="acme.my.salesforce.com")
    line.office.twin.expire_tokens()

    with pytest.raises(SalesforceExpiredSession):
        sf.limits()


@pytest.mark.fact("GET /limits")
def test_the_client_signs_in_again_by_itself_when_its_session_ends(line: Line, sf: Salesforce) -> None:
    """https://github.com/simple-salesforce/simple-salesforce/issues/804"""
    line.office.twin.expire_tokens()

    assert sf.limits()["DailyApiRequests"]["Max"] == 100_000
    assert line.office.twin.calls["POST", "token"] == 2


# ── signing in, usage, the raw session ───────────────────────────────────────


@pytest.mark.fact("POST /services/oauth2/token")
def test_a_wrong_secret_fails_the_sign_in(line: Line) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm"""
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid client credentials"):
        line.client(consumer_key="twin-client", consumer_secret="wrong", domain="acme.my")


@pytest.mark.fact("POST /services/oauth2/token", switch="password_flow")
def test_the_username_password_flow_works_only_where_it_is_allowed(line: Line) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_username_password_flow.htm"""
    way = {
        "username": "leadbridge@example.com", "password": "twin-password",
        "consumer_key": "twin-client", "consumer_secret": "twin-secret",
    }  # fmt: skip

    with pytest.raises(SalesforceAuthenticationFailed, match="authentication failure"):
        line.client(**way)
    line.office.twin.flip(password_flow=True)

    assert line.client(**way).limits()["DailyApiRequests"]["Max"] == 100_000


@pytest.mark.fact("SOAP login", switch="soap_login")
@pytest.mark.parametrize(
    ("version", "allowed", "works"), [("64.0", True, True), ("64.0", False, False), ("65.0", True, False)]
)
def test_soap_login_works_below_65_where_the_org_allows_it(version: str, allowed: bool, works: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm"""
    way = {"username": "leadbridge@example.com", "password": "twin-password", "security_token": "abc"}
    with wired(Office(soap_login=allowed)) as line:
        if not works:
            with pytest.raises(SalesforceAuthenticationFailed):
                line.client(**way, version=version)
            return

        sf = line.client(**way, version=version)

        assert sf.Lead.create(ADA)["success"] is True


@pytest.mark.fact("GET /services/oauth2/userinfo")
def test_the_client_asks_who_it_is(line: Line, sf: Salesforce) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm"""
    assert sf.oauth2("userinfo")["user_id"] == line.office.twin.integration_user


@pytest.mark.fact("GET /limits", switch="per_app_usage")
def test_the_client_reads_the_usage_of_org_and_app(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"""
    sf.limits()
    plain = dict(sf.api_usage)
    line.office.twin.flip(per_app_usage=True)
    sf.limits()

    assert plain["api-usage"] == (1, 100_000)
    assert sf.api_usage["per-app-api-usage"] == (2, 100_000, "twin-client")


@pytest.mark.fact("GET /limits/recordCount")
def test_the_client_counts_rows(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_record_count.htm"""
    line.office.lead()

    counted = sf.restful("limits/recordCount", {"sObjects": "Lead"})

    assert counted == {"sObjects": [{"count": 1, "name": "Lead"}]}


@pytest.mark.fact("GET /")
def test_the_raw_session_reaches_everything(line: Line, sf: Salesforce) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_discoveryresource.htm"""
    named = sf._call_salesforce("GET", sf.base_url).json()
    versions = line.session.get("https://acme.my.salesforce.com/services/data").json()
    head: requests.Response = sf._call_salesforce("HEAD", sf.base_url + "limits")

    assert named["sobjects"] == "/services/data/v66.0/sobjects"
    assert "66.0" in [one["version"] for one in versions]
    assert (head.status_code, head.content) == (200, b"")
