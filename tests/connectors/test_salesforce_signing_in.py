"""Signing in to Salesforce: every flow, one sign-in for all threads, and the traps of a dead session."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from urllib.parse import parse_qs

import jwt
import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.errors import Refused, SignInFailed, Transient
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from sync.clock import VirtualClock
from tests.connectors.answers import Between, html, told
from tests.contract.worlds import START, World, salesforce

LOGIN = "https://acme.my.salesforce.com"
TOKEN = LOGIN + "/services/oauth2/token"
USERINFO = LOGIN + "/services/oauth2/userinfo"
ENDED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
USER = "0055g0000000001AAA"


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with salesforce(between) as world:
        yield world


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as net:
        yield net


def connector(clock: VirtualClock | None = None, **settings: str) -> SalesforceConnector:
    clock = clock or VirtualClock(START)
    given = {"login_url": LOGIN, "client_id": "id", "client_secret": "hush", **settings}
    return SalesforceConnector(SalesforceSettings(**given), clock_now=clock.now, sleep=clock.advance)


def granted(net: responses.RequestsMock, token: str = "t-1", instance: str = LOGIN) -> None:
    net.post(TOKEN, json={"access_token": token, "instance_url": instance})


def test_client_credentials_go_in_the_authorization_header(net: responses.RequestsMock) -> None:
    granted(net)
    net.get(USERINFO, json={"user_id": USER})

    assert connector().whoami() == USER

    sign_in = net.calls[0].request
    assert sign_in.headers["Authorization"] == "Basic " + base64.b64encode(b"id:hush").decode()
    assert sign_in.body == "grant_type=client_credentials"
    assert net.calls[1].request.headers["Authorization"] == "Bearer t-1"


def test_a_jwt_bearer_is_signed_for_the_login_address(net: responses.RequestsMock) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    granted(net)
    net.get(USERINFO, json={"user_id": USER})

    connector(client_secret="", private_key=pem, username="run.as@example.com").whoami()

    form = parse_qs(str(net.calls[0].request.body))
    claims = jwt.decode(
        form["assertion"][0], key.public_key(), ["RS256"], audience=LOGIN, options={"verify_exp": False}
    )
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert (claims["iss"], claims["sub"]) == ("id", "run.as@example.com")
    assert datetime.fromtimestamp(claims["exp"], UTC) > START


def test_a_given_token_needs_no_sign_in(net: responses.RequestsMock) -> None:
    net.get(USERINFO, json={"user_id": USER})
    given = connector(
        login_url="", client_id="", client_secret="", access_token="given", instance_url=LOGIN + "/"
    )

    assert given.whoami() == USER
    assert given.calls == {"sign_in": 1}  # userinfo itself


def test_a_trailing_slash_does_not_double(net: responses.RequestsMock) -> None:
    granted(net, instance=LOGIN + "/")
    net.get(USERINFO, json={"user_id": USER})

    connector(login_url=LOGIN + "/").whoami()

    assert [call.request.url for call in net.calls] == [TOKEN, USERINFO]


def test_constant_headers_survive_a_refreshed_session(world: World, between: Between) -> None:
    world.connector.describe(["lead"])
    id_ = world.put(email="a@example.com", surname="Adams")
    world.people.twin.expire_tokens()
    between.seen.clear()

    world.connector.changes([])
    world.connector.fetch("lead", [id_], ["LastName"])

    first, sign_in, again = between.seen
    assert "oauth2/token" in sign_in.path
    for request in (first, again):
        assert request.headers["sforce-auto-assign"] == "FALSE"
        assert request.headers["sforce-call-options"] == "client=leadbridge"
        assert "allowSave=true" in request.headers["sforce-duplicate-rule-header"]


def test_an_ended_session_is_renewed_once_and_then_told(net: responses.RequestsMock) -> None:
    granted(net)
    net.get(USERINFO, json=ENDED, status=401)

    with pytest.raises(SignInFailed):
        connector().whoami()

    assert len(net.calls) == 4  # no storm: two sign-ins, two calls


def test_a_token_that_was_given_cannot_be_renewed(net: responses.RequestsMock) -> None:
    net.get(USERINFO, json=ENDED, status=401)

    with pytest.raises(SignInFailed, match="LEADBRIDGE_SALESFORCE__ACCESS_TOKEN"):
        connector(client_id="", client_secret="", access_token="given", instance_url=LOGIN).whoami()


@pytest.mark.parametrize("body", ["{}", "[]", "<html>", "", '{"error": "x"}'])
def test_an_unreadable_401_is_still_a_failed_sign_in(net: responses.RequestsMock, body: str) -> None:
    granted(net)
    net.get(USERINFO, body=body, status=401)

    with pytest.raises(SignInFailed):
        connector().whoami()


def test_many_threads_that_meet_an_ended_session_sign_in_once(world: World, between: Between) -> None:
    world.connector.describe(["lead"])
    world.people.twin.expire_tokens()
    together = Barrier(8)

    def fetch(_: int) -> int:
        together.wait(10)
        return len(world.connector.fetch("lead", ["00Q000000000099EAA"], ["LastName"]))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fetch, range(8))) == [0] * 8

    assert len(between.to("oauth2/token")) == 2
    assert world.connector.calls["sign_in"] == 2


def test_a_refused_sign_in_says_what_to_check_and_is_not_hammered(net: responses.RequestsMock) -> None:
    net.post(TOKEN, json={"error": "invalid_grant", "error_description": "no such secret"}, status=400)
    clock = VirtualClock(START)
    shut = connector(clock)

    for _ in range(5):
        with pytest.raises(SignInFailed, match=r"invalid_grant.*LEADBRIDGE_SALESFORCE__CLIENT_ID"):
            shut.whoami()
    assert len(net.calls) == 1

    clock.advance(61)
    with pytest.raises(SignInFailed):
        shut.whoami()
    assert len(net.calls) == 2


@pytest.mark.parametrize(
    "settings",
    [
        {"client_id": "", "client_secret": ""},
        {"client_secret": "", "private_key": "not a key", "username": "u"},
        {"login_url": ""},
        {"client_id": "", "client_secret": "", "access_token": "given"},
    ],
)
def test_missing_credentials_are_told_before_anything_is_sent(settings: dict[str, str]) -> None:
    with pytest.raises(SignInFailed, match="LEADBRIDGE_SALESFORCE__"):
        connector(**settings).whoami()


def test_a_sign_in_page_in_place_of_a_token_is_told_after_retries(world: World, between: Between) -> None:
    between.next("oauth2/token", *[html()] * 5)

    with pytest.raises(Transient, match="text/html instead of JSON: check LEADBRIDGE_SALESFORCE__LOGIN_URL"):
        world.connector.whoami()
    assert len(between.seen) == 5


@pytest.mark.parametrize(
    "body", [{}, {"access_token": "x"}, {"access_token": None, "instance_url": LOGIN}, []]
)
def test_a_sign_in_without_a_token_is_told(net: responses.RequestsMock, body: object) -> None:
    net.post(TOKEN, json=body)

    with pytest.raises(Transient, match="without a token"):
        connector().whoami()


@pytest.mark.parametrize(
    "address", ["https://evil.example", "https://10.0.0.1", "https://x@acme.my.salesforce.com"]
)
def test_a_foreign_instance_url_gets_no_byte(net: responses.RequestsMock, address: str) -> None:
    granted(net, instance=address)

    with pytest.raises((Refused, SignInFailed)):
        connector().whoami()
    assert len(net.calls) == 1


def test_a_session_that_moved_is_followed_to_its_new_address(net: responses.RequestsMock) -> None:
    granted(net)
    net.post(TOKEN, json={"access_token": "t-2", "instance_url": "https://moved.my.salesforce.com"})
    net.get(USERINFO, json=ENDED, status=401)
    net.get("https://moved.my.salesforce.com/services/oauth2/userinfo", json={"user_id": USER})

    assert connector().whoami() == USER
    assert net.calls[-1].request.headers["Authorization"] == "Bearer t-2"


def test_a_netrc_entry_does_not_replace_the_token(
    net: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    granted(net)
    net.get(USERINFO, json={"user_id": USER})

    connector().whoami()

    assert net.calls[1].request.headers["Authorization"] == "Bearer t-1"


def test_secrets_stand_in_no_representation() -> None:
    settings = SalesforceSettings(
        client_secret="canary", private_key="canary", access_token="canary", proxy_url="canary"
    )

    assert "canary" not in repr(settings)


def test_who_writes_is_told_with_the_long_id(net: responses.RequestsMock) -> None:
    granted(net)
    net.get(USERINFO, json={"user_id": USER[:15]})

    assert connector().whoami() == USER


def test_a_busy_sign_in_is_tried_again(world: World, between: Between) -> None:
    between.next("oauth2/token", told(503, [{"errorCode": "SERVER_UNAVAILABLE", "message": ""}]))

    assert world.connector.whoami() == USER
