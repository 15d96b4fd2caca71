"""/services/oauth2/userinfo and /id/{org}/{user}: who the token belongs to, or who somebody is.

https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm and
https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from twins.messages import Reply, Request, json_reply
from twins.salesforce.access.token import SignIn
from twins.salesforce.errors import Rejected
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row


def userinfo(org: Org, sign_in: SignIn, request: Request, instance_url: str, now: datetime) -> Reply:
    """Who calls; a bad token is 403 with one word here, not 401 with a list."""
    try:
        user = sign_in.user_of(request, now)
    except Rejected:
        return _word(403, "Bad_OAuth_Token")
    return json_reply(200, _about(org, user, instance_url))


def identity(
    org: Org, sign_in: SignIn, request: Request, instance_url: str, now: datetime, asked: tuple[str, str]
) -> Reply:
    """Who the user *asked* for (org, user) is: the address that a token's answer calls ``id``; [M] the words."""
    try:
        caller = sign_in.user_of(request, now)
    except Rejected:
        had = "authorization" in request.headers
        return _word(403, "Bad_OAuth_Token" if had else "Missing_OAuth_Token")
    if canonical_id(asked[0]) != org.id:
        return _word(403, "Wrong_Org")
    row = org.tables["User"].rows.get(canonical_id(asked[1]) or "")
    if row is None:
        return _word(404, "Bad_Id")
    return json_reply(200, _identified(org, row, row["Id"] == caller, instance_url))


def _word(status: int, word: str) -> Reply:
    return Reply(status, {"Content-Type": "text/html;charset=UTF-8"}, word.encode())


def _identified(org: Org, row: Row, asserted: bool, instance_url: str) -> dict[str, Any]:
    return {
        "id": f"{instance_url}/id/{org.id}/{row['Id']}",
        "asserted_user": asserted,
        "user_id": row["Id"],
        "organization_id": org.id,
        "username": row["Username"],
        "nick_name": row["Alias"],
        "display_name": row["Name"],
        "email": row["Email"],
        "email_verified": True,
        "first_name": row.get("FirstName"),
        "last_name": row["LastName"],
        "timezone": row["TimeZoneSidKey"],
        "active": bool(row.get("IsActive")),
        "user_type": "STANDARD",
        "language": row["LanguageLocaleKey"],
        "locale": row["LanguageLocaleKey"],
        "last_modified_date": row["LastModifiedDate"],
        "urls": _urls(instance_url),
    }


def _urls(instance_url: str) -> dict[str, str]:
    rest = f"{instance_url}/services/data/v{{version}}/"
    more = {name: f"{rest}{name}/" for name in ("sobjects", "search", "query")}
    return {"rest": rest, **more, "partner": f"{instance_url}/services/Soap/u/{{version}}/"}


def _about(org: Org, user: str, instance_url: str) -> dict[str, Any]:
    row = org.tables["User"].rows[user]
    return {
        "sub": f"{instance_url}/id/{org.id}/{user}",
        "user_id": user,
        "organization_id": org.id,
        "preferred_username": row["Username"],
        "nickname": row["Alias"],
        "name": row["Name"],
        "email": row["Email"],
        "email_verified": True,
        "given_name": row.get("FirstName"),
        "family_name": row["LastName"],
        "zoneinfo": row["TimeZoneSidKey"],
        "active": bool(row.get("IsActive")),
        "user_type": "STANDARD",
        "language": row["LanguageLocaleKey"],
        "urls": _urls(instance_url),
    }
