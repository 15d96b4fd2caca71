"""Signing in to the twin: tokens, sessions, versions, the day's calls."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.twins.office import Office
from twins.wire import Reply, Request

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def sign_in(office: Office, basic: str = "", **form: str) -> Reply:
    headers = {"Host": "org.example.com", "Content-Type": "application/x-www-form-urlencoded"}
    if basic:
        headers["Authorization"] = f"Basic {base64.b64encode(basic.encode()).decode()}"
    body = urlencode(form).encode()
    return office.twin.handle(Request.to("POST", "/services/oauth2/token", headers, body), office.now)


@pytest.mark.parametrize(
    ("basic", "form"),
    [("twin-client:twin-secret", {}), ("", {"client_id": "twin-client", "client_secret": "twin-secret"})],
)
def test_client_credentials_act_as_the_integration_user(basic: str, form: dict[str, str]) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm"""
    office = Office()

    granted = sign_in(office, basic, grant_type="client_credentials", **form).json()
    office.token = granted["access_token"]
    lead = office.collection("POST", {"LastName": "Ada", "Company": "x"})[0]["id"]

    assert granted["token_type"] == "Bearer"
    assert granted["instance_url"] == "http://org.example.com"
    assert granted["issued_at"] == str(int((office.now - timedelta(seconds=1)).timestamp() * 1000))
    assert "refresh_token" not in granted
    assert office.twin.record(lead)["CreatedById"] == office.twin.integration_user


@pytest.mark.parametrize(
    ("basic", "form", "error"),
    [
        ("twin-client:wrong", {"grant_type": "client_credentials"}, "invalid_client"),
        ("", {"grant_type": "client_credentials"}, "invalid_client"),
        ("twin-client:twin-secret", {"grant_type": "device"}, "unsupported_grant_type"),
        ("twin-client:twin-secret", {"grant_type": "password"}, "invalid_grant"),
        ("another:twin-secret", {"grant_type": "client_credentials"}, "invalid_client_id"),
        ("", {"grant_type": JWT_GRANT, "assertion": "a.b.c"}, "invalid_grant"),
    ],
)
def test_a_refused_sign_in_is_400_with_an_object(basic: str, form: dict[str, str], error: str) -> None:
    """https://github.com/restforce/restforce, spec/fixtures/auth_error_response.json"""
    office = Office()

    reply = sign_in(office, basic, **form)

    assert reply.status == 400
    assert reply.json()["error"] == error
    assert reply.json()["error_description"]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def assertion(key: rsa.RSAPrivateKey, office: Office, **claims: Any) -> str:
    exp = str(int((office.now + timedelta(minutes=3)).timestamp()))
    said = {
        "iss": "twin-client",
        "sub": "leadbridge@example.com",
        "aud": "https://login.salesforce.com",
        "exp": exp,
    }
    parts = [{"alg": "RS256", "typ": "JWT"}, {**said, **claims}]
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(text.encode(), key)
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def certified(key: rsa.RSAPrivateKey) -> Office:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return Office(certificate=key.public_key().public_bytes(serialization.Encoding.PEM, form).decode())


def test_a_signed_assertion_is_a_sign_in_even_with_exp_as_text(key: rsa.RSAPrivateKey) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/login.py sends exp as a string"""
    office = certified(key)

    granted = sign_in(office, grant_type=JWT_GRANT, assertion=assertion(key, office))

    assert granted.status == 200
    assert granted.json()["access_token"]


@pytest.mark.parametrize(
    "claims", [{"exp": "1000"}, {"iss": "another"}, {"sub": "nobody@example.com"}, {"exp": "soon"}]
)
def test_an_assertion_that_says_something_wrong_is_no_sign_in(
    key: rsa.RSAPrivateKey, claims: dict[str, str]
) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm"""
    office = certified(key)

    reply = sign_in(office, grant_type=JWT_GRANT, assertion=assertion(key, office, **claims))

    assert (reply.status, reply.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("token", ["", "wrong", "00D5g0000000001!AQwrong"])
def test_an_unknown_token_is_an_invalid_session(token: str) -> None:
    """https://github.com/restforce/restforce, spec/fixtures/expired_session_response.json"""
    office = Office()
    office.token = token

    reply = office.call("GET", "/limits")

    assert reply.status == 401
    assert reply.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_an_expired_token_stays_invalid_and_a_new_one_works() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    office.twin.expire_tokens()
    old = office.call("GET", "/limits").status
    office.token = office.twin.token_for(office.sam)

    assert (old, office.call("GET", "/limits").status) == (401, 200)


def test_every_answer_tells_how_many_calls_are_used() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"""
    office = Office()

    good = office.call("GET", "/limits")
    bad = office.call("GET", "/query?q=nonsense")

    assert good.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert bad.headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    assert good.json()["DailyApiRequests"] == {"Max": 100000, "Remaining": 99999}


def test_a_used_up_day_is_403_until_24_hours_have_passed() -> None:
    """https://github.com/SalesforceLabs/OrgCheck/issues/181"""
    office = Office(calls_per_day=2)
    office.call("GET", "/limits")
    office.call("GET", "/limits")

    refused = office.call("GET", "/limits")
    office.later(hours=24)
    later = office.call("GET", "/limits")

    assert refused.status == 403
    assert refused.json() == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    assert later.status == 200


def test_a_composite_counts_as_one_call() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()

    office.composite(("GET", "/query?q=SELECT+Id+FROM+Lead"), ("GET", "/query?q=SELECT+Id+FROM+Contact"))

    assert office.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    assert office.twin.calls == {("POST", "composite"): 1, ("GET", "limits"): 1}
    assert office.twin.parts == {("GET", "query"): 2}


@pytest.mark.parametrize(
    "path", ["/nonsense", "/sobjects/Laed/describe", "/sobjects/Lead/a/b/c", "/services/nothing"]
)
def test_an_unknown_address_is_not_found(path: str) -> None:
    """https://github.com/restforce/restforce, spec/fixtures/sobject/query_error_response.json and neighbours"""
    office = Office()

    reply = office.call("GET", path)

    assert reply.status == 404
    assert reply.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def test_a_method_that_a_resource_does_not_have_is_not_allowed() -> None:
    """https://salesforce.stackexchange.com/questions/13294"""
    office = Office()

    reply = office.call("PUT", "/limits")

    assert reply.status == 405
    assert reply.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("version", "status"), [("v66.0", 200), ("v59.0", 200), ("v30.0", 410), ("v99.0", 404)]
)
def test_old_versions_are_gone_and_future_ones_unknown(version: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm"""
    office = Office()

    assert office.call("GET", f"/services/data/{version}/limits").status == status


def test_the_versions_are_listed_without_a_token() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm"""
    office = Office()
    office.token = ""

    versions = office.call("GET", "/services/data").json()

    assert {"label": "API 66", "url": "/services/data/v66.0", "version": "66.0"} in versions


def test_doubled_and_trailing_slashes_are_forgiven() -> None:
    """An instance URL with a trailing slash makes simple-salesforce ask for //services."""
    office = Office()
    headers = {"Authorization": f"Bearer {office.token}"}
    request = Request.to("GET", "//services/data/v66.0/limits/", headers)

    assert office.twin.handle(request, office.now).status == 200


def test_userinfo_answers_a_bad_token_with_one_word() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm"""
    office = Office()
    office.token = "wrong"

    reply = office.call("GET", "/services/oauth2/userinfo")

    assert (reply.status, reply.body) == (403, b"Bad_OAuth_Token")


def test_userinfo_says_whose_token_it_is() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm"""
    office = Office()

    who = office.call("GET", "/services/oauth2/userinfo").json()

    assert who["user_id"] == office.twin.integration_user
    assert who["preferred_username"] == "leadbridge@example.com"
