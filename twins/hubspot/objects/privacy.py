"""People who have themselves deleted for good.

https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/gdpr/gdpr-delete-contact and, for who may
come back, https://knowledge.hubspot.com/privacy-and-consent/how-do-i-perform-a-gdpr-delete-in-hubspot
"""

from __future__ import annotations

from twins.hubspot.associations.joining import Hand, dissociate
from twins.hubspot.errors import not_found, not_unique
from twins.hubspot.objects.single import pen_of
from twins.hubspot.records.drafting import Pen
from twins.hubspot.records.naming import found, is_id
from twins.hubspot.shelves.rows import Row, Shelf, claims
from twins.hubspot.times import to_datetime
from twins.hubspot.wire.bodies import needs, text
from twins.hubspot.wire.call import Answer, Call


def gdpr_delete(call: Call) -> Answer:
    """POST an id, or an address with ``idProperty: email``: 204. An unknown address is blocked all the same."""
    shelf, body = call.shelf, call.json()
    needs(body, "objectId")
    key, by = text(body, "objectId"), text(body, "idProperty")
    if shelf.kind.name != "contacts":
        raise not_found()
    if by not in ("", "email"):
        raise not_unique(shelf.kind.type_id)
    row = found(shelf, key, by) or _archived(shelf, key, by)
    if row is not None:
        erase(pen_of(call), row)
    elif by:
        shelf.blocked.add(key.strip().lower())
    else:
        raise not_found()
    return Answer(204, None)


def erase(pen: Pen, row: Row) -> None:
    """A contact goes for good, with its history and joins, living or deleted; its addresses are blocked."""
    portal, shelf, kind = pen.portal, pen.shelf, pen.shelf.kind.name
    shelf.blocked.update(claims("email", row.values))
    _part_from_all(pen, row.id)
    if row.id in shelf.rows:
        shelf.remove(row)
    shelf.archived.pop(row.id, None)
    portal.log.add(
        to_datetime(pen.at),
        "hubspot",
        kind,
        str(row.id),
        [("erased", None, "true")],
        actor=pen.writer.actor,
        user=pen.writer.user,
        request_id=pen.request_id,
    )
    # Both come, in any order: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide
    portal.publish("privacyDeletion", kind, row.id, pen.at, pen.writer)
    portal.publish("deletion", kind, row.id, pen.at, pen.writer)


def _archived(shelf: Shelf, key: str, by: str) -> Row | None:
    if not by:
        gone = shelf.archived.get(int(key)) if is_id(key) else None
        return gone.row if gone else None
    address = key.strip().lower()
    rows = (gone.row for gone in shelf.archived.values())
    return next((row for row in rows if address in claims("email", row.values)), None)


def _part_from_all(pen: Pen, id_: int) -> None:
    hand = Hand(pen.writer, pen.at, pen.request_id)
    for ends, by_id in list(pen.portal.links.items()):
        if ends[0] == pen.shelf.kind.name:
            for other in list(by_id.get(id_, ())):
                dissociate(pen.portal, ends, (id_, other), None, hand)
