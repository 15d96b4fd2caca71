"""Signing in with OAuth: an installed app trades its code or refresh token for a short-lived access token.

https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from twins.hubspot.access.keys import LIFETIME_S, Installed
from twins.hubspot.errors import bad_grant, not_found, wrong_content_type
from twins.hubspot.times import to_ms
from twins.hubspot.wire.bodies import text
from twins.hubspot.wire.call import Answer, Call

FORM = "application/x-www-form-urlencoded"
# https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
V1_ENDS = to_ms(datetime(2027, 2, 16, tzinfo=UTC))


def token(call: Call) -> Answer:
    """A code or a refresh token gives an access token for 30 minutes; the refresh token stays the same."""
    given = _given(call)
    app = _app(call, given)
    match given.get("grant_type"):
        case "refresh_token":
            if given.get("refresh_token") != app.refresh_token:
                raise bad_grant("BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        case "authorization_code":
            _check_code(call, given, app)
        case _:
            raise bad_grant("BAD_GRANT_TYPE", "missing or unknown grant type")
    return Answer(200, _granted(call, app, call.portal.keys.fetch(app, call.at)))


def introspect(call: Call) -> Answer:
    """Whether a token is good, and for what."""
    given = _given(call)
    app = _app(call, given)
    return Answer(200, _seen(call, app, given.get("token", "")))


def private_app(call: Call) -> Answer:
    """What the token of a private app may do, told to whoever holds it; of other tokens it knows nothing.

    https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview; a token that may do everything is
    no such token, for none was ever granted all scopes by name.
    """
    key = call.portal.keys.tokens.get(text(call.json(), "tokenKey"))
    if key is None or key.is_oauth or key.scopes is None:
        raise not_found()
    told = {
        "userId": call.portal.owners[0].user_id,
        "hubId": call.portal.portal_id,
        "appId": call.portal.app_id,
    }
    return Answer(200, {**told, "scopes": sorted(key.scopes)})


def access_token(call: Call) -> Answer:
    """What version 1 tells of an access token, to whoever holds it."""
    _check_v1(call)
    name = call.params["token"]
    key = call.portal.keys.tokens.get(name)
    app = next(
        (one for one in call.portal.keys.apps.values() if key and key.app == f"app-{one.app_id}"), None
    )
    if key is None or app is None or key.expires_at is None or call.at >= key.expires_at:
        raise not_found()
    left = (key.expires_at - call.at) // 1000
    return Answer(200, {"token": name, **_whose(call, app), "expires_in": left, "token_type": "access"})


def refresh_token(call: Call) -> Answer:
    """What version 1 tells of a refresh token."""
    _check_v1(call)
    app = _by_refresh_token(call)
    return Answer(200, {"token": app.refresh_token, **_whose(call, app), "token_type": "refresh"})


def forget(call: Call) -> Answer:
    """Deleting a refresh token: the app is still installed, but can fetch no access token any more."""
    _check_v1(call)
    app = _by_refresh_token(call)
    del call.portal.keys.apps[app.client_id]
    return Answer(204, None)


def _given(call: Call) -> dict[str, str]:
    """The form in the body; version 1 takes the same names in the query too."""
    _check_v1(call)
    kind = call.request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise wrong_content_type(415, kind)
    form = parse_qs(call.request.body.decode("utf-8", "replace"), keep_blank_values=True)
    in_query = call.request.query if call.version == "v1" else {}
    return {name: values[0] for name, values in {**in_query, **form}.items()}


def _check_v1(call: Call) -> None:
    if call.version == "v1" and call.portal.switches.oauth_v1_ends and call.at >= V1_ENDS:
        raise not_found()


def _app(call: Call, given: dict[str, str]) -> Installed:
    app = call.portal.keys.apps.get(given.get("client_id", ""))
    if app is None:
        raise bad_grant("BAD_CLIENT_ID", "missing or unknown client id")
    if given.get("client_secret") != app.client_secret:
        raise bad_grant("BAD_CLIENT_SECRET", "missing or invalid client secret")
    return app


def _check_code(call: Call, given: dict[str, str], app: Installed) -> None:
    if given.get("code") != app.code:
        raise bad_grant("BAD_AUTH_CODE", "missing or unknown auth code")
    if call.at >= app.code_expires_at:
        raise bad_grant("EXPIRED_AUTH_CODE", "auth code is expired")
    if given.get("redirect_uri") != app.redirect_uri:
        raise bad_grant(
            "MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect uri does not match auth code redirect uri"
        )


def _granted(call: Call, app: Installed, access: str) -> dict[str, Any]:
    told = {
        "token_type": "bearer",
        "refresh_token": app.refresh_token,
        "access_token": access,
        "expires_in": LIFETIME_S,
    }
    if call.version == "v1":
        return told
    more = {"hub_id": call.portal.portal_id, "scopes": _names(app), "user_id": app.user_id}
    return {**told, **more}


def _seen(call: Call, app: Installed, name: str) -> dict[str, Any]:
    if name == app.refresh_token:
        return {"active": True, "token_use": "refresh_token", **_whose(call, app)}
    key = call.portal.keys.tokens.get(name)
    if key is None or key.app != f"app-{app.app_id}" or key.expires_at is None or call.at >= key.expires_at:
        return {"active": False}
    left = (key.expires_at - call.at) // 1000
    return {"active": True, "token_use": "access_token", **_whose(call, app), "expires_in": left}


def _whose(call: Call, app: Installed) -> dict[str, Any]:
    user = next((one.email for one in call.portal.owners if one.user_id == app.user_id), "")
    return {
        "user": user,
        "hub_domain": f"{call.portal.portal_id}.hubspot.example",
        "scopes": _names(app),
        "hub_id": call.portal.portal_id,
        "client_id": app.client_id,
        "app_id": app.app_id,
        "user_id": app.user_id,
    }


def _names(app: Installed) -> list[str]:
    return sorted(app.scopes or ())


def _by_refresh_token(call: Call) -> Installed:
    for app in call.portal.keys.apps.values():
        if app.refresh_token == call.params["token"]:
            return app
    raise not_found()
