"""OAuth of HubSpot's twin: codes, refresh tokens, and access tokens that last half an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from twins.messages import Request

NEW, OLD = "/oauth/2026-03/token", "/oauth/v1/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def app(desk):
    return desk.twin.install(desk.now, scopes=["crm.objects.contacts.read", "oauth"])


def ask(desk, app, path=NEW, **more):
    """The token endpoint's answer to this app's refresh token; *more* changes the form."""
    form = {
        "grant_type": "refresh_token",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "refresh_token": app.refresh_token,
        **more,
    }
    return desk.twin.handle(Request.to("POST", path, FORM, urlencode(form).encode()), desk.later(seconds=1))


@pytest.mark.fact("POST /oauth/token")
def test_a_refresh_token_gives_an_access_token_for_thirty_minutes(desk, app):
    """https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide"""
    granted = ask(desk, app)

    told = granted.json()
    assert (granted.status, told["expires_in"], told["token_type"]) == (200, 1800, "bearer")
    assert told["refresh_token"] == app.refresh_token
    assert told["hub_id"] == desk.twin.portal.portal_id
    assert desk.call("GET", "/crm/v3/objects/contacts", token=told["access_token"]).status == 200


@pytest.mark.fact("GET /crm/objects/{kind}", switch="expired_token")
def test_an_access_token_expires_by_the_clock_with_its_own_category(desk, app):
    """https://github.com/airbytehq/airbyte/issues/74726"""
    token = ask(desk, app).json()["access_token"]
    desk.later(seconds=1798)
    last = desk.call("GET", "/crm/v3/objects/contacts", token=token)

    expired = desk.call("GET", "/crm/v3/objects/contacts", token=token)
    desk.later(hours=5)
    long_ago = desk.call("GET", "/crm/v3/objects/contacts", token=token)

    assert (last.status, expired.status) == (200, 401)
    assert expired.json()["category"] == "EXPIRED_AUTHENTICATION"
    assert expired.json()["message"] == "The OAuth token used to make this call expired 0 second(s) ago."
    assert expired.json()["context"] == {"expire time": ["2026-11-23T09:30:01Z"]}
    assert long_ago.json()["message"].endswith("expired 5 hour(s) ago.")


@pytest.mark.fact("GET /crm/objects/{kind}", switch="expired_token")
def test_an_expired_token_may_look_like_an_unknown_one(desk, app):
    """[U] Which of the two categories every endpoint gives."""
    desk.twin.flip(expired_token="INVALID_AUTHENTICATION")
    token = ask(desk, app).json()["access_token"]
    desk.later(minutes=31)

    refusal = desk.call("GET", "/crm/v3/objects/contacts", token=token)

    assert (refusal.status, refusal.json()["category"]) == (401, "INVALID_AUTHENTICATION")


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_a_static_token_never_expires(desk):
    """https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"""
    desk.later(days=400)

    assert desk.get("contacts").status == 200


@pytest.mark.fact("POST /oauth/token")
def test_a_code_is_traded_once_its_client_and_address_agree(desk, app):
    """https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide"""
    code = {"grant_type": "authorization_code", "code": app.code}

    good = ask(desk, app, **code, redirect_uri=app.redirect_uri)
    elsewhere = ask(desk, app, **code, redirect_uri="https://evil.example")
    desk.later(minutes=10)
    late = ask(desk, app, **code, redirect_uri=app.redirect_uri)

    assert good.json()["refresh_token"] == app.refresh_token
    assert (elsewhere.status, late.status) == (400, 400)
    assert late.json()["status"] == "EXPIRED_AUTH_CODE"


@pytest.mark.fact("POST /oauth/token")
@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"refresh_token": "stolen"}, "BAD_REFRESH_TOKEN"),
        ({"client_id": "nobody"}, "BAD_CLIENT_ID"),
        ({"client_secret": "guess"}, "BAD_CLIENT_SECRET"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
        ({"grant_type": "authorization_code", "code": "guess"}, "BAD_AUTH_CODE"),
    ],
)
def test_a_wrong_credential_is_a_400_whose_status_says_which(desk, app, wrong, status):
    """https://github.com/HGData/mk-node-hubspot/issues/64"""
    refusal = ask(desk, app, **wrong)

    assert (refusal.status, refusal.json()["status"]) == (400, status)


@pytest.mark.fact("POST /oauth/token")
def test_credentials_in_the_query_count_only_in_version_1(desk, app):
    """https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide: in the body, to stay out of logs."""
    form = urlencode(
        {
            "grant_type": "refresh_token",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "refresh_token": app.refresh_token,
        }
    )

    old = desk.twin.handle(Request.to("POST", f"{OLD}?{form}", FORM), desk.now)
    new = desk.twin.handle(Request.to("POST", f"{NEW}?{form}", FORM), desk.now)

    assert (old.status, new.status) == (200, 400)


@pytest.mark.fact("POST /oauth/token", switch="oauth_v1_ends")
@pytest.mark.parametrize(("ends", "status"), [(True, 404), (False, 200)])
def test_version_1_ends_on_16_february_2027(desk, app, ends, status):
    """https://developers.hubspot.com/changelog/v1-oauth-api-deprecation"""
    desk.twin.flip(oauth_v1_ends=ends)
    before = ask(desk, app, OLD).status
    desk.now = datetime(2027, 2, 16, tzinfo=UTC)

    assert (before, ask(desk, app, OLD).status, ask(desk, app, NEW).status) == (200, status, 200)


@pytest.mark.fact("POST /oauth/token")
def test_a_json_body_is_no_form(desk, app):
    """[U] The status; the endpoint is documented for forms only."""
    headers = {"Content-Type": "application/json"}

    refusal = desk.twin.handle(Request.to("POST", NEW, headers, b"{}"), desk.now)

    assert refusal.status == 415


@pytest.mark.fact("POST /oauth/token/introspect")
def test_a_token_can_be_looked_into(desk, app):
    """https://developers.hubspot.com/docs/api-reference/2026-03/authentication/oauth-tokens/token-introspect"""
    access = ask(desk, app).json()["access_token"]

    good = ask(desk, app, f"{NEW}/introspect", token=access).json()
    refresh = ask(desk, app, f"{NEW}/introspect", token=app.refresh_token).json()
    desk.later(minutes=31)
    gone = ask(desk, app, f"{NEW}/introspect", token=access).json()

    assert (good["active"], good["token_use"]) == (True, "access_token")
    assert good["scopes"] == ["crm.objects.contacts.read", "oauth"]
    assert refresh["token_use"] == "refresh_token"
    assert gone == {"active": False}


@pytest.mark.fact("POST /oauth/private-apps/get/access-token-info")
def test_who_holds_a_private_apps_token_is_told_its_scopes(desk):
    """https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"""
    path = "/oauth/v2/private-apps/get/access-token-info"
    desk.twin.grant("pat-narrow", ["crm.objects.contacts.read"])

    told = desk.call("POST", path, {"tokenKey": "pat-narrow"}).json()
    unknown = desk.call("POST", path, {"tokenKey": "pat-nobody"})

    assert (told["hubId"], told["scopes"]) == (desk.twin.portal.portal_id, ["crm.objects.contacts.read"])
    assert unknown.status == 404


@pytest.mark.fact("GET /oauth/access-tokens/{token}")
@pytest.mark.fact("GET /oauth/refresh-tokens/{token}")
def test_version_1_tells_whose_token_it_is(desk, app):
    """https://developers.hubspot.com/docs/reference/api/app-management/oauth"""
    access = ask(desk, app).json()["access_token"]

    told = desk.call("GET", f"/oauth/v1/access-tokens/{access}").json()
    refresh = desk.call("GET", f"/oauth/v1/refresh-tokens/{app.refresh_token}").json()

    assert (told["hub_id"], told["app_id"]) == (desk.twin.portal.portal_id, app.app_id)
    assert (told["token_type"], refresh["token_type"]) == ("access", "refresh")
    assert told["expires_in"] == 1799


@pytest.mark.fact("DELETE /oauth/refresh-tokens/{token}")
def test_a_deleted_refresh_token_gives_nothing_any_more(desk, app):
    """https://developers.hubspot.com/docs/reference/api/app-management/oauth"""
    access = ask(desk, app).json()["access_token"]

    gone = desk.call("DELETE", f"/oauth/v1/refresh-tokens/{app.refresh_token}")

    assert gone.status == 204
    assert ask(desk, app).status == 400
    assert desk.call("GET", "/crm/v3/objects/contacts", token=access).status == 200


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_an_oauth_apps_writes_carry_its_scopes_and_its_id(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide (propertiesWithHistory)"""
    app = desk.twin.install(desk.now - timedelta(minutes=1), scopes=["crm.objects.contacts.write"])
    access = ask(desk, app).json()["access_token"]

    made = desk.post("contacts", {"properties": {"email": "ada@example.com"}}, token=access)

    newest = desk.twin.history("contacts", made.json()["id"], "email")[0]
    assert (newest["sourceType"], newest["sourceId"]) == ("INTEGRATION", str(app.app_id))
