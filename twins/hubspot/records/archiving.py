"""Deleted records: they can be listed, read and restored for 90 days.

https://knowledge.hubspot.com/records/restore-deleted-records
"""

from __future__ import annotations

from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal
from twins.hubspot.shelves.rows import Archived, Row, Shelf, Writer, claims
from twins.hubspot.times import DAY_MS, to_datetime

KEPT_MS = 90 * DAY_MS


def archive(portal: Portal, shelf: Shelf, row: Row, writer: Writer, at: int, request_id: str = "") -> None:
    """One record goes: no list, search or read finds it any more, unless it asks for archived ones."""
    shelf.remove(row)
    shelf.archived[row.id] = Archived(row, at)
    _tell(portal, shelf, row.id, ("archived", None, "true"), writer, at, request_id)
    portal.publish("deletion", shelf.kind.name, row.id, at, writer)


def restore(portal: Portal, shelf: Shelf, id_: int, writer: Writer, at: int) -> None:
    """A deleted record stands again, joined as before; Refused when it is too late or its address is taken."""
    gone = restorable(shelf, at).get(id_)
    if gone is None:
        raise Refused(404, f"{shelf.kind.singular} {id_} cannot be restored")
    for name, index in shelf.unique.items():
        for value in claims(name, gone.row.values):
            if value in index:
                raise Refused(400, f"{value} belongs to {shelf.kind.singular} {index[value]} now")
    del shelf.archived[id_]
    shelf.put_back(gone.row)
    shelf.touch(gone.row, at)
    _tell(portal, shelf, id_, ("archived", "true", None), writer, at, "")
    portal.publish("restore", shelf.kind.name, id_, at, writer)


def restorable(shelf: Shelf, at: int) -> dict[int, Archived]:
    """The deleted records that are not yet gone for good."""
    return {id_: gone for id_, gone in shelf.archived.items() if gone.at + KEPT_MS > at}


def _tell(
    portal: Portal,
    shelf: Shelf,
    id_: int,
    change: tuple[str, str | None, str | None],
    writer: Writer,
    at: int,
    request_id: str,
) -> None:
    kind = shelf.kind.name
    portal.log.add(
        to_datetime(at),
        "hubspot",
        kind,
        str(id_),
        [change],
        actor=writer.actor,
        user=writer.user,
        request_id=request_id,
    )
