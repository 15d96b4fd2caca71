"""What clients in the wild spell in their own way, and Salesforce takes all the same."""

from __future__ import annotations

import re

import pytest

from tests.twins.office import Office

SOAP = "/services/Soap/u/66.0"


@pytest.fixture
def office():
    return Office()


def said(office, operation):
    """The answer to one SOAP call of the integration user."""
    envelope = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soapenv:Header xmlns="urn:partner.soap.sforce.com"><SessionHeader><sessionId>{office.token}</sessionId>'
        f'</SessionHeader></soapenv:Header><soapenv:Body xmlns="urn:partner.soap.sforce.com">{operation}'
        "</soapenv:Body></soapenv:Envelope>"
    )
    reply = office.call("POST", SOAP, envelope.encode(), SOAPAction='""', Content_Type="text/xml")
    return reply.body.decode()


@pytest.mark.fact("GET /jobs/ingest/{id}/unprocessedrecords")
@pytest.mark.parametrize("spelling", ["unprocessedrecords", "unprocessedRecords"])
def test_unprocessed_records_are_spelled_in_either_way(office, spelling):
    """https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_unprocessed_results.htm
    has it in lower case, as jsforce asks; simple-salesforce asks with a capital R.
    """
    job = office.call("POST", "/jobs/ingest", {"object": "Lead", "operation": "insert"}).json()["id"]
    office.call("PATCH", f"/jobs/ingest/{job}", {"state": "Aborted"})

    assert office.call("GET", f"/jobs/ingest/{job}/{spelling}").status == 200


@pytest.mark.fact("POST /services/Soap/u/{version} merge")
@pytest.mark.parametrize("element", ["request", "mergeRequest", "mergeRequests"])
def test_a_merge_request_may_have_any_of_three_names(office, element):
    """The WSDL says request; jsforce's mergeRequests works too (https://github.com/jsforce/jsforce/issues/950)."""
    winner, loser = office.lead(), office.lead()
    merge = f"<masterRecord><type>Lead</type><Id>{winner}</Id></masterRecord>"
    merge += f"<recordToMergeIds>{loser}</recordToMergeIds>"

    answer = said(office, f"<merge><{element}>{merge}</{element}></merge>")

    assert "<success>true</success>" in answer
    assert office.query("SELECT COUNT() FROM Lead")["totalSize"] == 1


@pytest.mark.fact("POST /services/Soap/u/{version} getServerTimestamp")
def test_a_moment_in_soap_ends_with_z(office):
    """XML knows no offset without a colon:
    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm
    """
    answer = said(office, "<getServerTimestamp/>")

    assert re.search(r"<timestamp>2026-11-23T\d\d:\d\d:\d\d\.000Z</timestamp>", answer)
