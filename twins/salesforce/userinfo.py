"""/services/oauth2/userinfo: who the token belongs to.

https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm
"""

from __future__ import annotations

from typing import Any

from twins.salesforce.org import Org


def userinfo(org: Org, user: str, instance_url: str) -> dict[str, Any]:
    """What the endpoint says about *user*."""
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
