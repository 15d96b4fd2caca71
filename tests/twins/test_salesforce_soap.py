"""SOAP: sign-in by password, conversions, merges and the recycle bin, in small XML."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pytest

from tests.twins.office import Office
from twins.messages import Reply, Request

CONVERTED = "<convertedStatus>Closed - Converted</convertedStatus>"


def soap(
    office: Office, body: str, *, version: str = "66.0", session: str | None = None, **headers: str
) -> Reply:
    token = escape(office.token if session is None else session)
    text = f"""<?xml version="1.0" encoding="utf-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:partner.soap.sforce.com">
<soapenv:Header><urn:SessionHeader><urn:sessionId>{token}</urn:sessionId></urn:SessionHeader></soapenv:Header>
<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"""
    return raw(office, text.encode(), version=version, **headers)


def raw(office: Office, body: bytes, *, version: str = "66.0", **headers: str) -> Reply:
    sent = {"Content-Type": "text/xml", "SOAPAction": '""', "Host": "org.example.com", **headers}
    request = Request.to("POST", f"/services/Soap/u/{version}", sent, body)
    return office.twin.handle(request, office.later(seconds=1))


def told(reply: Reply, name: str) -> list[str]:
    return re.findall(rf"<(?:sf:)?{name}>([^<]*)</(?:sf:)?{name}>", reply.body.decode())


def login(office: Office, password: str = "twin-password", version: str = "64.0") -> Reply:
    user = "<urn:username>leadbridge@example.com</urn:username>"
    return soap(
        office, f"<urn:login>{user}<urn:password>{password}</urn:password></urn:login>", version=version
    )


def conversion(lead: str, more: str = CONVERTED) -> str:
    return f"<urn:convertLead><urn:leadConverts><leadId>{lead}</leadId>{more}</urn:leadConverts></urn:convertLead>"


# ── sign-in ──────────────────────────────────────────────────────────────────


@pytest.mark.fact("SOAP login", switch="soap_login")
@pytest.mark.parametrize(
    ("allowed", "version", "code"),
    [(True, "64.0", ""), (False, "64.0", "INVALID_OPERATION"), (True, "65.0", "UNSUPPORTED_API_VERSION")],
)
def test_login_is_for_old_versions_in_orgs_that_allow_it(allowed: bool, version: str, code: str) -> None:
    """[M] the codes; https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm"""
    office = Office(soap_login=allowed)

    reply = login(office, version=version)

    assert told(reply, "exceptionCode") == ([code] if code else [])
    assert reply.status == (500 if code else 200)
    if not code:
        (office.token,) = told(reply, "sessionId")
        assert office.call("GET", "/limits").status == 200
        assert told(reply, "serverUrl")[0].startswith("http://org.example.com/services/Soap/u/64.0/00D")


@pytest.mark.fact("SOAP login")
def test_a_wrong_password_is_an_invalid_login() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm"""
    office = Office(soap_login=True)

    reply = login(office, "wrong")

    assert (reply.status, told(reply, "exceptionCode")) == (500, ["INVALID_LOGIN"])
    assert told(reply, "exceptionMessage") == [
        "Invalid username, password, security token; or user locked out."
    ]


@pytest.mark.fact("SOAP login", switch="logins_per_hour")
def test_too_many_logins_are_a_fault() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm"""
    office = Office(soap_login=True, logins_per_hour=1)
    login(office)

    assert told(login(office), "exceptionCode") == ["LOGIN_RATE_EXCEEDED"]


@pytest.mark.fact("SOAP getServerTimestamp")
def test_an_oauth_session_is_good_for_soap_at_any_version() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_header_sessionheader.htm"""
    office = Office()

    replies = [soap(office, "<urn:getServerTimestamp/>", version=version) for version in ("59.0", "66.0")]

    assert [reply.status for reply in replies] == [200, 200]
    assert told(replies[0], "timestamp")[0].startswith("2026-11-23T09:")


@pytest.mark.fact("SOAP getServerTimestamp")
@pytest.mark.parametrize("session", ["", "nonsense"])
def test_without_a_session_soap_answers_a_fault(session: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm"""
    office = Office()

    reply = soap(office, "<urn:getServerTimestamp/>", session=session)

    assert (reply.status, told(reply, "exceptionCode")) == (500, ["INVALID_SESSION_ID"])
    assert told(reply, "faultcode") == ["sf:INVALID_SESSION_ID"]


@pytest.mark.fact("SOAP getServerTimestamp")
def test_soap_calls_count_like_any_other() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_header_limitinfoheader.htm"""
    office = Office(calls_per_day=1)

    first = soap(office, "<urn:getServerTimestamp/>")
    second = soap(office, "<urn:getServerTimestamp/>")

    assert (told(first, "current"), told(first, "limit")) == (["1"], ["1"])
    assert told(second, "exceptionCode") == ["REQUEST_LIMIT_EXCEEDED"]


# ── what only SOAP can do ────────────────────────────────────────────────────


@pytest.mark.fact("SOAP convertLead")
def test_convert_lead_answers_the_three_ids() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    lead = office.lead()

    reply = soap(office, conversion(lead, CONVERTED + "<opportunityName>Engine &amp; Co</opportunityName>"))

    row = office.twin.record(lead)
    assert (reply.status, told(reply, "success"), told(reply, "leadId")) == (200, ["true"], [lead])
    assert told(reply, "accountId") == [row["ConvertedAccountId"]]
    assert told(reply, "contactId") == [row["ConvertedContactId"]]
    assert told(reply, "opportunityId") == [row["ConvertedOpportunityId"]]
    assert office.twin.record(row["ConvertedOpportunityId"])["Name"] == "Engine & Co"


@pytest.mark.fact("SOAP convertLead")
def test_convert_lead_may_do_without_an_opportunity() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()

    reply = soap(
        office, conversion(office.lead(), CONVERTED + "<doNotCreateOpportunity>true</doNotCreateOpportunity>")
    )

    assert told(reply, "success") == ["true"]
    assert '<opportunityId xsi:nil="true"/>' in reply.body.decode()
    assert office.twin.records("Opportunity") == []


@pytest.mark.fact("SOAP convertLead")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("", "INVALID_STATUS"),
        ("<convertedStatus>Open - Not Contacted</convertedStatus>", "INVALID_STATUS"),
        (CONVERTED + "<accountId>0015g00000000zzAAA</accountId>", "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_a_conversion_that_fails_says_why_and_changes_nothing(more: str, code: str) -> None:
    """[M] the codes; https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    lead = office.lead()
    before = len(office.log)

    reply = soap(office, conversion(lead, more))

    assert (reply.status, told(reply, "success"), told(reply, "statusCode")) == (200, ["false"], [code])
    assert office.twin.record(lead)["IsConverted"] is False
    assert len(office.log) == before


@pytest.mark.fact("SOAP convertLead")
def test_each_conversion_of_a_call_has_its_own_fate() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm"""
    office = Office()
    one = "<urn:leadConverts><leadId>{}</leadId>" + CONVERTED + "</urn:leadConverts>"

    reply = soap(
        office, f"<urn:convertLead>{one.format('nonsense')}{one.format(office.lead())}</urn:convertLead>"
    )

    assert told(reply, "success") == ["false", "true"]


@pytest.mark.fact("SOAP merge")
def test_merge_keeps_the_master_with_the_chosen_values() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()
    winner, loser = office.lead(City="Bonn", Street="Main 1"), office.lead(City="Köln")
    master = f"<masterRecord><type>Lead</type><Id>{winner}</Id><City>Köln</City>"
    master += "<fieldsToNull>Street</fieldsToNull></masterRecord>"

    reply = soap(
        office,
        f"<urn:merge><request>{master}<recordToMergeIds>{loser}</recordToMergeIds></request></urn:merge>",
    )

    row, gone = office.twin.record(winner), office.twin.record(loser)
    assert (told(reply, "success"), told(reply, "mergedRecordIds")) == (["true"], [loser])
    assert (row["City"], row["Street"]) == ("Köln", None)
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (True, winner)


@pytest.mark.fact("SOAP merge")
@pytest.mark.parametrize("kind", ["Laed", "Task", ""])
def test_only_some_kinds_merge(kind: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm"""
    office = Office()

    reply = soap(
        office, f"<urn:merge><request><masterRecord><type>{kind}</type></masterRecord></request></urn:merge>"
    )

    assert (reply.status, told(reply, "success")) == (200, ["false"])


@pytest.mark.fact("SOAP undelete")
@pytest.mark.fact("SOAP emptyRecycleBin")
def test_undelete_brings_back_and_empty_recycle_bin_does_away() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm"""
    office = Office()
    back, gone, live = office.lead(), office.lead(), office.lead()
    for lead in (back, gone):
        office.twin.delete("Lead", lead, office.sam, office.later(seconds=1))

    undeleted = soap(office, f"<urn:undelete><ids>{back}</ids><ids>{live}</ids><ids>x</ids></urn:undelete>")
    emptied = soap(office, f"<urn:emptyRecycleBin><ids>{gone}</ids><ids>{live}</ids></urn:emptyRecycleBin>")

    assert told(undeleted, "success") == ["true", "false", "false"]
    assert told(emptied, "success") == ["true", "false"]
    assert [one["Id"] for one in office.twin.records("Lead", deleted=True)] == [back, live]


@pytest.mark.fact("SOAP undelete")
def test_a_soap_call_has_at_most_200_rows() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm"""
    office = Office()

    reply = soap(office, f"<urn:undelete>{'<ids>x</ids>' * 201}</urn:undelete>")

    assert told(reply, "exceptionCode") == ["EXCEEDED_ID_LIMIT"]


# ── envelopes ────────────────────────────────────────────────────────────────


@pytest.mark.fact("SOAP {anything}")
def test_an_unknown_operation_is_a_fault() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm"""
    office = Office()

    reply = soap(office, "<urn:fly/>")

    assert reply.status == 500
    assert told(reply, "faultstring") == [
        "No operation available for request {urn:partner.soap.sforce.com}fly"
    ]


@pytest.mark.fact("SOAP {anything}")
@pytest.mark.parametrize(
    "body",
    [
        b"", b"nonsense", b"<a>", b"<a/>", b"<Envelope/>", b"<Envelope><Body/></Envelope>", b"\xff\xfe<\x00a\x00",
        b'<!DOCTYPE a [<!ENTITY x "y">]><Envelope><Body>&x;</Body></Envelope>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><Envelope><Body/></Envelope>'.encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_envelope_or_brings_a_document_type_is_a_fault(body: bytes) -> None:
    """https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383492"""
    office = Office()

    reply = raw(office, body)

    assert reply.status == 500
    assert "Fault" in reply.body.decode()


@pytest.mark.fact("SOAP {anything}")
def test_a_request_names_its_action_in_a_header() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_intro.htm"""
    office = Office()
    request = Request.to("POST", "/services/Soap/u/66.0", {"Content-Type": "text/xml"}, b"<Envelope/>")

    reply = office.twin.handle(request, office.now)

    assert told(reply, "faultstring") == ["SOAPAction HTTP header missing"]


@pytest.mark.fact("SOAP convertLead")
def test_messages_are_escaped_in_xml() -> None:
    """https://www.w3.org/TR/xml/#syntax"""
    office = Office()

    reply: Any = soap(office, conversion('&lt;x&gt; &amp; "y"'))

    assert "&lt;x&gt; &amp;" in reply.body.decode()
    assert told(reply, "success") == ["false"]
