"""Owners: ``id`` owns records, ``userId`` signs edits; who was deactivated is archived.

https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twins.hubspot.errors import not_found
from twins.hubspot.portal import Portal
from twins.hubspot.schema.fresh import Owner
from twins.hubspot.wire.call import Answer, Call
from twins.hubspot.wire.pages import page

_BORN = "2024-01-01T00:00:00Z"
FIRST_NEW_ID, FIRST_NEW_USER = 710_101, 47_812_101


def list_all(call: Call) -> Answer:
    """One page of owners, or those with one address; archived ones only when they are asked for."""
    limit, email = call.number("limit", 100, 500), call.request.first("email").lower()
    start, is_archived = call.number("after", 0, 1 << 31), call.is_true("archived")
    owners = call.portal.former_owners if is_archived else call.portal.owners
    found = [one for one in owners if email in ("", one.email.lower())]
    more = str(start + limit) if start + limit < len(found) else None
    shown = [_shown(one, is_archived=is_archived) for one in found[start : start + limit]]
    return Answer(200, page(shown, more))


def read_one(call: Call) -> Answer:
    """One owner by id, or by user id with ``idProperty=userId``."""
    wanted, by_user = call.params["id"], call.request.first("idProperty") == "userId"
    is_archived = call.is_true("archived")
    for one in call.portal.former_owners if is_archived else call.portal.owners:
        if wanted == (str(one.user_id) if by_user else one.id):
            return Answer(200, _shown(one, is_archived=is_archived))
    raise not_found()


def add(portal: Portal, owner: Owner) -> Owner:
    """Somebody joins the account; an id that is empty, and a person's user id of 0, are given."""
    count = len(portal.owners) + len(portal.former_owners)
    is_person = owner.type == "PERSON"
    owner = replace(
        owner,
        id=owner.id or str(FIRST_NEW_ID + count),
        user_id=owner.user_id or (FIRST_NEW_USER + count if is_person else 0),
    )
    portal.settle_owners((*portal.owners, owner), portal.former_owners)
    return owner


def deactivate(portal: Portal, who: str) -> None:
    """Somebody leaves the account, by owner id or address; what they own stays theirs."""
    gone = next((one for one in portal.owners if who in (one.id, one.email)), None)
    if gone is None:
        raise KeyError(f"no owner {who} in this portal")
    portal.settle_owners(
        tuple(one for one in portal.owners if one is not gone), (*portal.former_owners, gone)
    )


def _shown(one: Owner, *, is_archived: bool) -> dict[str, Any]:
    """An archived owner has no user id, but the one that includes inactive users."""
    user = one.user_id or None
    shown = {
        "id": one.id,
        "email": one.email or None,
        "type": one.type,
        "firstName": one.first_name,
        "lastName": one.last_name,
        "userId": None if is_archived else user,
        "userIdIncludingInactive": user,
        "createdAt": _BORN,
        "updatedAt": _BORN,
        "archived": is_archived,
    }
    teams = [{"id": id_, "name": name, "primary": place == 0} for place, (id_, name) in enumerate(one.teams)]
    return {**shown, "teams": teams} if teams else shown
