"""Records as search's index still has them: what changed a few moments ago is not there yet.

https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide ("may take a few moments")
"""

from __future__ import annotations

from twins.hubspot.shelves.by_time import END_OF_TIME, Span, place
from twins.hubspot.shelves.rows import Row, Shelf


def formers(shelf: Shelf, until: int) -> list[Row]:
    """Copies of the records that changed at *until* or later, as they were before; the new ones are left out."""
    young = shelf.by_time.ids(Span(place(until), place(END_OF_TIME)))
    return [_as_it_was(shelf.rows[id_], until) for id_ in young if shelf.rows[id_].created < until]


def _as_it_was(row: Row, until: int) -> Row:
    kept = [entry for entry in row.undo or () if entry[0] < until]
    former = Row(row.id, row.created, kept[-1][0] if kept else row.created, row.born)
    former.values, former.undo = dict(row.values), kept or None
    for at, _, before in reversed(row.undo or ()):
        if at < until:
            break
        for name, value in before.items():
            if value is None:
                former.values.pop(name, None)
            else:
                former.values[name] = value
    return former
