"""Owners: ``id`` owns records, ``userId`` signs edits.

https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide
"""

from __future__ import annotations

from typing import Any

from twins.hubspot.call import Answer, Call
from twins.hubspot.errors import not_found
from twins.hubspot.fresh import Owner
from twins.hubspot.reading import page

_BORN = "2024-01-01T00:00:00Z"


def list_all(call: Call) -> Answer:
    """One page of owners, or those with one address."""
    limit, email = call.number("limit", 100, 500), call.request.first("email").lower()
    start = call.number("after", 0, 1 << 31)
    owners = () if call.is_true("archived") else call.portal.owners
    found = [one for one in owners if email in ("", one.email)]
    more = str(start + limit) if start + limit < len(found) else None
    return Answer(200, page([_shown(one) for one in found[start : start + limit]], more))


def read_one(call: Call) -> Answer:
    """One owner by id, or by user id with ``idProperty=userId``."""
    wanted, by_user = call.params["id"], call.request.first("idProperty") == "userId"
    for one in call.portal.owners:
        if wanted == (str(one.user_id) if by_user else one.id):
            return Answer(200, _shown(one))
    raise not_found()


def _shown(one: Owner) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "type": "PERSON",
        "firstName": one.first_name,
        "lastName": one.last_name,
        "userId": one.user_id,
        "userIdIncludingInactive": one.user_id,
        "createdAt": _BORN,
        "updatedAt": _BORN,
        "archived": False,
    }
