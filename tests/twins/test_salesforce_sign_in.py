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
from twins.messages import Reply, Request

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def sign_in(office: Office, basic: str = "", **form: str) -> Reply:
    headers = {"Host": "org.example.com", "Content-Type": "application/x-www-form-urlencoded"}
    if basic:
        headers["Authorization"] = f"Basic {base64.b64encode(basic.encode()).decode()}"
    body = urlencode(form).encode()
    return office.twin.handle(Request.to("POST", "/services/oauth2/token", headers, body), office.now)


@pytest.mark.fact("POST /services/oauth2/token")
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


@pytest.mark.fact("POST /services/oauth2/token")
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


@pytest.mark.fact("POST /services/oauth2/token")
def test_a_signed_assertion_is_a_sign_in_even_with_exp_as_text(key: rsa.RSAPrivateKey) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/login.py sends exp as a string"""
    office = certified(key)

    granted = sign_in(office, grant_type=JWT_GRANT, assertion=assertion(key, office))

    assert granted.status == 200
    assert granted.json()["access_token"]


@pytest.mark.fact("POST /services/oauth2/token")
@pytest.mark.parametrize(
    ("claims", "error", "said"),
    [
        ({"exp": "1000"}, "invalid_grant", "expired authorization code"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": ["1000"]}, "invalid_grant", "invalid assertion"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
        ({"iss": "another"}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://test.salesforce.com"}, "invalid_grant", "audience is invalid"),
        ({"aud": "login.salesforce.com"}, "invalid_grant", "audience is invalid"),
        ({"aud": ["https://login.salesforce.com"]}, "invalid_grant", "audience is invalid"),
        ({"aud": None}, "invalid_grant", "audience is invalid"),
    ],
)
def test_an_assertion_that_says_something_wrong_is_told_what(
    key: rsa.RSAPrivateKey, claims: dict[str, Any], error: str, said: str
) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm"""
    office = certified(key)

    reply = sign_in(office, grant_type=JWT_GRANT, assertion=assertion(key, office, **claims))

    assert reply.status == 400
    assert reply.json() == {"error": error, "error_description": said}


@pytest.mark.fact("POST /services/oauth2/token")
def test_an_assertion_signed_with_another_key_is_invalid(key: rsa.RSAPrivateKey) -> None:
    """https://github.com/frankkessler/salesforce-laravel-oauth2-rest/issues/68"""
    office = certified(key)
    other = rsa.generate_private_key(65537, 2048)

    replies = [
        sign_in(office, grant_type=JWT_GRANT, assertion=text)
        for text in (assertion(other, office), "a.b.c", "nonsense", "")
    ]

    assert {reply.json()["error_description"] for reply in replies} == {"invalid assertion"}


@pytest.mark.fact("POST /services/oauth2/token")
@pytest.mark.parametrize("exp", [str, int, float])
def test_exp_may_be_a_number_or_text(key: rsa.RSAPrivateKey, exp: Any) -> None:
    """https://github.com/simple-salesforce/simple-salesforce, simple_salesforce/login.py sends exp as a string"""
    office = certified(key)
    at = exp(int((office.now + timedelta(minutes=3)).timestamp()))

    assert sign_in(office, grant_type=JWT_GRANT, assertion=assertion(key, office, exp=at)).status == 200


@pytest.mark.fact("POST /services/oauth2/token", switch="sandbox")
@pytest.mark.parametrize(
    ("sandbox", "host", "status"), [(True, "test", 200), (True, "login", 400), (False, "login", 200)]
)
def test_a_sandbox_is_its_own_audience(key: rsa.RSAPrivateKey, sandbox: bool, host: str, status: int) -> None:
    """https://github.com/forcedotcom/cli/issues/3325"""
    office = certified(key)
    office.twin.flip(sandbox=sandbox)

    text = assertion(key, office, aud=f"https://{host}.salesforce.com")

    assert sign_in(office, grant_type=JWT_GRANT, assertion=text).status == status


@pytest.mark.fact("POST /services/oauth2/token")
def test_an_assertion_acts_as_the_user_it_names_unless_that_user_left(key: rsa.RSAPrivateKey) -> None:
    """[M] the error of a user who left; https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm"""
    office = certified(key)
    text = assertion(key, office, sub="Sam.Seller@example.com")
    office.token = sign_in(office, grant_type=JWT_GRANT, assertion=text).json()["access_token"]

    who = office.call("GET", "/services/oauth2/userinfo").json()["user_id"]
    office.twin.deactivate(office.sam, office.now)

    assert who == office.sam
    assert sign_in(office, grant_type=JWT_GRANT, assertion=text).json()["error"] == "inactive_user"
    assert office.call("GET", "/limits").status == 401


@pytest.mark.fact("POST /services/oauth2/token")
@pytest.mark.parametrize("host", ["login.salesforce.com", "test.salesforce.com"])
def test_client_credentials_work_on_my_domain_only(host: str) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm"""
    office = Office()
    headers = {"Host": host, "Authorization": "Basic dHdpbi1jbGllbnQ6dHdpbi1zZWNyZXQ="}
    request = Request.to("POST", "/services/oauth2/token", headers, b"grant_type=client_credentials")

    reply = office.twin.handle(request, office.now)

    assert reply.json() == {
        "error": "invalid_grant",
        "error_description": "request not supported on this domain",
    }


@pytest.mark.fact("POST /services/oauth2/token")
def test_tokens_are_asked_by_post(key: rsa.RSAPrivateKey) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm"""
    office = Office()

    reply = office.call("GET", "/services/oauth2/token")

    assert (reply.status, reply.json()["error"]) == (400, "invalid_request")


@pytest.mark.fact("POST /services/oauth2/token", switch="password_flow")
@pytest.mark.parametrize(
    ("allowed", "form", "error"),
    [
        (True, {}, ""),
        (True, {"password": "twin-passwordSECURITYTOKEN"}, ""),
        (True, {"password": "wrong"}, "invalid_grant"),
        (True, {"username": "nobody@example.com"}, "invalid_grant"),
        (True, {"client_secret": "wrong"}, "invalid_client_id"),
        (False, {}, "invalid_grant"),
    ],
)
def test_the_password_flow_needs_leave_app_user_and_password(
    allowed: bool, form: dict[str, str], error: str
) -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_username_password_flow.htm"""
    office = Office(password_flow=allowed)
    good = {
        "client_id": "twin-client", "client_secret": "twin-secret",
        "username": "leadbridge@example.com", "password": "twin-password",
    }  # fmt: skip

    reply = sign_in(office, grant_type="password", **{**good, **form})

    assert reply.json().get("error", "") == error
    assert reply.status == (400 if error else 200)


@pytest.mark.fact("POST /services/oauth2/token", switch="logins_per_hour")
@pytest.mark.parametrize(("most", "statuses"), [(2, [200, 200, 400]), (3600, [200, 200, 200])])
def test_too_many_sign_ins_in_an_hour_are_refused(most: int, statuses: list[int]) -> None:
    """[M] number, code and wording of the login rate"""
    office = Office(logins_per_hour=most)

    tries = [
        sign_in(office, "twin-client:twin-secret", grant_type="client_credentials").status for _ in range(3)
    ]
    office.later(hours=1)

    assert tries == statuses
    assert sign_in(office, "twin-client:twin-secret", grant_type="client_credentials").status == 200


@pytest.mark.fact("GET /limits", switch="session_minutes")
@pytest.mark.parametrize(
    ("minutes", "pauses", "statuses"),
    [
        (120, [119], [200]),
        (120, [121], [401]),
        (120, [70, 70, 70], [200, 200, 200]),
        (120, [30, 100], [200, 401]),
        (15, [16], [401]),
    ],
)
def test_a_session_ends_by_time_and_only_activity_in_its_second_half_prolongs_it(
    minutes: int, pauses: list[int], statuses: list[int]
) -> None:
    """https://salesforce.stackexchange.com/questions/228678/is-session-duration-guaranteed"""
    office = Office(session_minutes=minutes)
    office.token = sign_in(office, "twin-client:twin-secret", grant_type="client_credentials").json()[
        "access_token"
    ]

    seen = []
    for pause in pauses:
        office.later(minutes=pause)
        seen.append(office.call("GET", "/limits").status)

    assert seen == statuses


@pytest.mark.fact("GET /limits")
def test_a_browsers_session_is_not_valid_for_rest() -> None:
    """https://github.com/jsforce/jsforce/issues/1301"""
    office = Office()
    office.token = office.twin.token_for(office.sam, api=False)

    reply = office.call("GET", "/limits")

    assert reply.status == 401
    assert reply.json() == [
        {
            "message": "This session is not valid for use with the REST API",
            "errorCode": "INVALID_SESSION_ID",
        }
    ]


@pytest.mark.fact("GET /limits")
def test_tokens_of_one_user_can_end_while_others_go_on() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_revoke_token.htm"""
    office = Office()
    sams = office.twin.token_for(office.sam)

    office.twin.expire_tokens(office.sam)
    own = office.call("GET", "/limits").status
    office.token = sams

    assert (own, office.call("GET", "/limits").status) == (200, 401)


@pytest.mark.fact("GET /limits", switch="api_enabled")
@pytest.mark.parametrize(("enabled", "status"), [(True, 200), (False, 403)])
def test_an_edition_without_the_api_says_so(enabled: bool, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office(api_enabled=enabled)

    reply = office.call("GET", "/limits")

    assert reply.status == status
    if not enabled:
        assert reply.json()[0]["errorCode"] == "API_DISABLED_FOR_ORG"


@pytest.mark.fact("GET /limits")
@pytest.mark.parametrize("token", ["", "wrong", "00D5g0000000001!AQwrong"])
def test_an_unknown_token_is_an_invalid_session(token: str) -> None:
    """https://github.com/restforce/restforce, spec/fixtures/expired_session_response.json"""
    office = Office()
    office.token = token

    reply = office.call("GET", "/limits")

    assert reply.status == 401
    assert reply.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@pytest.mark.fact("GET /limits")
def test_an_expired_token_stays_invalid_and_a_new_one_works() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    office.twin.expire_tokens()
    old = office.call("GET", "/limits").status
    office.token = office.twin.token_for(office.sam)

    assert (old, office.call("GET", "/limits").status) == (401, 200)


@pytest.mark.fact("GET /limits")
def test_every_answer_tells_how_many_calls_are_used() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm"""
    office = Office()

    good = office.call("GET", "/limits")
    bad = office.call("GET", "/query?q=nonsense")

    assert good.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert bad.headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    assert good.json()["DailyApiRequests"] == {"Max": 100000, "Remaining": 99999}


@pytest.mark.fact("GET /limits")
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


@pytest.mark.fact("POST /composite")
def test_a_composite_counts_as_one_call() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()

    office.composite(("GET", "/query?q=SELECT+Id+FROM+Lead"), ("GET", "/query?q=SELECT+Id+FROM+Contact"))

    assert office.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    assert office.twin.calls == {("POST", "composite"): 1, ("GET", "limits"): 1}
    assert office.twin.parts == {("GET", "query"): 2}


@pytest.mark.fact("GET /{anything}")
@pytest.mark.parametrize(
    "path", ["/nonsense", "/sobjects/Laed/describe", "/sobjects/Lead/a/b/c", "/services/nothing"]
)
def test_an_unknown_address_is_not_found(path: str) -> None:
    """https://github.com/restforce/restforce, spec/fixtures/sobject/query_error_response.json and neighbours"""
    office = Office()

    reply = office.call("GET", path)

    assert reply.status == 404
    assert reply.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


@pytest.mark.fact("PUT /limits")
def test_a_method_that_a_resource_does_not_have_is_not_allowed() -> None:
    """https://salesforce.stackexchange.com/questions/13294"""
    office = Office()

    reply = office.call("PUT", "/limits")

    assert reply.status == 405
    assert reply.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"


@pytest.mark.fact("GET /services/data/{version}")
@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("v68.0", 200),
        ("v66.0", 200),
        ("v31.0", 200),
        ("v30.0", 410),
        ("v20.0", 410),
        ("v99.0", 404),
        ("v66", 404),
    ],
)
def test_old_versions_are_gone_and_future_ones_unknown(version: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm"""
    office = Office()

    assert office.call("GET", f"/services/data/{version}/limits").status == status


@pytest.mark.fact("GET /services/data")
def test_the_versions_are_listed_without_a_token() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm"""
    office = Office()
    office.token = ""

    versions = office.call("GET", "/services/data").json()

    assert {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"} in versions


@pytest.mark.fact("GET //services/data")
def test_doubled_and_trailing_slashes_are_forgiven() -> None:
    """[M] An instance URL with a trailing slash makes simple-salesforce ask for //services: https://github.com/simple-salesforce/simple-salesforce"""
    office = Office()
    headers = {"Authorization": f"Bearer {office.token}"}
    request = Request.to("GET", "//services/data/v66.0/limits/", headers)

    assert office.twin.handle(request, office.now).status == 200


@pytest.mark.fact("GET /services/oauth2/userinfo")
def test_userinfo_answers_a_bad_token_with_one_word() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm"""
    office = Office()
    office.token = "wrong"

    reply = office.call("GET", "/services/oauth2/userinfo")

    assert (reply.status, reply.body) == (403, b"Bad_OAuth_Token")


@pytest.mark.fact("GET /services/oauth2/userinfo")
def test_userinfo_says_whose_token_it_is() -> None:
    """https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm"""
    office = Office()

    who = office.call("GET", "/services/oauth2/userinfo").json()

    assert who["user_id"] == office.twin.integration_user
    assert who["preferred_username"] == "leadbridge@example.com"
