"""/services/oauth2/userinfo: who the token belongs to.

https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from twins.salesforce.access.token import SignIn
from twins.salesforce.errors import Rejected
from twins.salesforce.org.state import Org
from twins.wire import Reply, Request, json_reply


def userinfo(org: Org, sign_in: SignIn, request: Request, instance_url: str, now: datetime) -> Reply:
    """Who calls; a bad token is 403 with one word here, not 401 with a list."""
    try:
        user = sign_in.user_of(request, now)
    except Rejected:
        return Reply(403, {"Content-Type": "text/html;charset=UTF-8"}, b"Bad_OAuth_Token")
    return json_reply(200, _about(org, user, instance_url))


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
        "urls": {"rest": f"{instance_url}/services/data/v{{version}}/"},
    }
