"""Asks HubSpot what became of records: archived ones are read as such, a merged id leads to its survivor.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.batches import chunks
from connectors.errors import Refused
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.fetching import BATCH, read_batch
from connectors.hubspot.kinds import is_id, object_of
from connectors.hubspot.reading import find
from connectors.hubspot.rows import record
from connectors.records import Fate, Find, Record, Ref

_MERGED_IDS = "hs_merged_object_ids"
_UNKNOWN = frozenset({"HTTP_404", "OBJECT_NOT_FOUND"})


def fates(client: HubSpotClient, kind: str, ids: Sequence[str]) -> list[Fate]:
    """100 a call for what is in the bin; only what is neither there nor alive is asked for one by one."""
    wanted = list(dict.fromkeys(id_ for id_ in ids if is_id(id_)))
    found: dict[str, Fate] = {}
    for row in deleted(client, kind, wanted, (_MERGED_IDS,)):
        found[row.ref.id] = Fate(row.ref)
    rest = [id_ for id_ in wanted if id_ not in found]
    answers = client.side_by_side(lambda id_: _answered(client, kind, id_), rest)
    survivors = {id_: ref for id_, ref in zip(rest, answers, strict=True) if ref is not None}
    survivors |= _winners(client, kind, [id_ for id_ in rest if id_ not in survivors])
    found |= {id_: Fate(Ref("hubspot", kind, id_), ref) for id_, ref in survivors.items() if ref.id != id_}
    return list(found.values())


def deleted(client: HubSpotClient, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
    """Those of these records that lie in the recycle bin, 100 a call; of merged ones HubSpot shows nothing more."""
    wanted = list(dict.fromkeys(id_ for id_ in ids if is_id(id_)))
    return [
        row
        for some in chunks(wanted, BATCH)
        for row in read_batch(client, kind, some, fields, archived=True, purpose="gather")
    ]


def _answered(client: HubSpotClient, kind: str, id_: str) -> Ref | None:
    """The record that answers to this id, itself or the one it became part of; None when nothing answers."""
    path = client.paths.objects(object_of(kind).name) + "/" + id_
    try:
        answer = client.read("GET", path, "gather", query=(("properties", _MERGED_IDS),))
    except Refused as error:
        if any(fault.code in _UNKNOWN for fault in error.faults):
            return None
        raise
    return record(kind, answer.body).ref


def _winners(client: HubSpotClient, kind: str, ids: Sequence[str]) -> dict[str, Ref]:
    """Where a merged id does not lead on, the winner names it."""
    [rows] = find(client, [Find(kind, {_MERGED_IDS: tuple(ids)}, (_MERGED_IDS,), contains=True)])
    named = {id_: row.ref for row in rows for id_ in str(row.values.get(_MERGED_IDS) or "").split(";")}
    return {id_: named[id_] for id_ in ids if id_ in named}
