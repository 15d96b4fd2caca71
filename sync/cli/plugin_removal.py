"""What `plugin uninstall` does: the data into CSV files first, then the deletions, Salesforce before HubSpot."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from connectors.base import Connector
from connectors.errors import Refused
from connectors.salesforce.admin import SalesforceAdmin
from mappings.agreement import Agreement
from plugin import hubspot
from plugin.components import components
from plugin.hubspot.scopes import unreadable
from plugin.hubspot.writing import look as look_at_portal
from plugin.hubspot.writing import removable as removable_in_portal
from plugin.hubspot.writing import remove
from plugin.installing import Done, Told, deploy, left_running, part_by_part, require_scopes
from plugin.salesforce.archives import archive, removable
from plugin.salesforce.looking import look as look_at_org
from plugin.salesforce.objects import OBJECTS
from sync.bootstrap import Admins
from sync.cli.asking import require_word
from sync.cli.endings import writing_to
from sync.cli.printing import say

_ID: Final = "id"
_AGAIN: Final = (
    "Look in Setup > Deployment Status; when it has ended, run `leadbridge plugin uninstall` again as you did (what was"
    " saved stays: name another folder for --save)."
)


def asks(kept: Path | None, json: bool, gone: Sequence[str]) -> None:
    """Ask for a person's word, who is told what goes and where people's data is *kept*; nobody with *json*."""
    question = f"Take these {len(gone)} components out?"
    if json:
        require_word(question, json=True)
    for one in gone:
        say(f"goes: {one}")
    if kept is not None:
        say(
            f"What stands in the fields is deleted for good; it is written to {kept} first, people's data among it."
        )
    require_word(question)


def asks_nobody(gone: Sequence[str]) -> None:
    """Whoever says --yes was asked."""


def removed(
    agreement: Agreement,
    ways: Admins,
    save: Path | None,
    told: Told,
    ask: Callable[[Sequence[str]], None],
    done: Done,
) -> dict[str, Any]:
    """Take out what leadbridge brought, after *ask* was told what; with *save* the fields, too, saved there first.

    It is said of each side when it is *done*.

    Nothing is begun with a token of which HubSpot tells that it may not delete all the parts.
    """
    data = save is not None
    org = look_at_org(ways.salesforce) if ways.salesforce is not None else None
    gone = removable(org, data=data) if org is not None else ()
    parts = hubspot.bundle(agreement)
    portal = look_at_portal(ways.hubspot.portal, parts) if ways.hubspot is not None else None
    ours = removable_in_portal(parts, portal, data=data) if portal is not None else ()
    said = [
        *(f"salesforce {type_} {name}" for type_, name in gone),
        *(f"hubspot {one.place}" for one in ours),
    ]
    if data and ways.salesforce is not None:
        _all_seen(ways.salesforce, gone)
        _none_mapped(ways.salesforce, gone)
    if ways.hubspot is not None:
        require_scopes(ours, ways.hubspot)
    if ways.hubspot is not None and data and (missing := unreadable(ours, ways.hubspot.scopes())):
        raise Refused(
            f"HubSpot: the admin's token lacks {', '.join(missing)}, so that not all can be saved: add them to its"
            " scopes. Nothing was removed."
        )
    if said:
        ask(said)
    saved = _saved(agreement, ways, save) if save is not None else []
    if ways.salesforce is not None and gone:
        with left_running(_AGAIN):
            deploy(ways.salesforce, archive((), gone), told)
        done("salesforce")
    if ways.hubspot is not None and portal is not None:
        before = "Salesforce's part is taken out, and " if gone else ""

        def stands(gone_there: int) -> str:
            return (
                f"{before}{gone_there} of HubSpot's {len(ours)} parts are: mend this, then `leadbridge plugin uninstall`"
                " takes out the rest."
            )

        with part_by_part(told, len(ours), stands) as reached:
            remove(ways.hubspot.portal, ours, portal, reached)
        if ours:
            done("hubspot")
    return {"removed": said, "saved": saved}


def _all_seen(org: SalesforceAdmin, gone: Sequence[tuple[str, str]]) -> None:
    """Raise `Refused` where the admin's user does not see a field, or all records of one, that would be deleted.

    What that user does not see could not be saved.
    """
    fields = [name.partition(".") for type_, name in gone if type_ == "CustomField"]
    kinds = {object_: kind for kind, object_ in OBJECTS.items()}
    seen = org.describe(sorted({kinds[object_] for object_, _, _ in fields}))
    unseen = [f"{object_}.{name}" for object_, _, name in fields if name not in seen[kinds[object_]].fields]
    if unseen:
        raise Refused(
            f"The admin's user does not see {', '.join(unseen)}, so that what stands there cannot be saved: give it"
            " read access to these fields by a permission set of your own (leadbridge's go, too, and only once nobody has"
            " them). Nothing was removed."
        )
    if narrow := org.narrow(sorted({object_ for object_, _, _ in fields})):
        raise Refused(
            f"The admin's user may not see every record of {', '.join(narrow)}, so that not all can be saved: give it"
            " “View All Records” there, or “View All Data”. Nothing was removed."
        )


def _none_mapped(org: SalesforceAdmin, gone: Sequence[tuple[str, str]]) -> None:
    """Raise `Refused` while lead conversion carries over a field that would be deleted: Salesforce does not delete it.

    Where the mapping cannot be read, Salesforce itself refuses.
    https://help.salesforce.com/s/articleView?id=sales.customize_mapleads_guidelines.htm
    """
    fields = {name for type_, name in gone if type_ == "CustomField"}
    pairs = ((f"Lead.{one}", there) for one, there in org.lead_mapping() or ())
    if mapped := sorted(fields.intersection(chain.from_iterable(pairs))):
        raise Refused(
            f"Lead conversion carries over {', '.join(mapped)}, and Salesforce deletes no mapped field: first take them"
            " out of the mapping (Setup > Object Manager > Lead > Fields & Relationships > Map Lead Fields). Nothing was"
            " removed."
        )


def _saved(agreement: Agreement, ways: Admins, folder: Path) -> list[str]:
    """One CSV file per kind with every record that holds anything of leadbridge's; all are in *folder*, or none is."""
    with writing_to(folder), _unfinished(folder) as unfinished:
        written = [
            _write(unfinished / f"{way.side}-{kind}.csv", way, kind, names)
            for way, kind, names in _held(agreement, ways)
        ]
    return [str(folder / name) for name in written]


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder in *folder* whose files move up at the end; where that is not reached, nothing stays that was not there.

    Beside *folder* nothing is made: it may be a mounted one, in a folder of somebody else's.
    """
    is_new = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix="unfinished-", dir=folder) as inside:
            yield Path(inside)
            for one in list(Path(inside).iterdir()):
                one.rename(folder / one.name)
    except BaseException:
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise


def _held(agreement: Agreement, ways: Admins) -> Iterator[tuple[Connector, str, list[str]]]:
    """The kinds of both sides that have fields of leadbridge's, and which."""
    every = components(tuple(agreement.lifecycle.stages), tuple(agreement.lifecycle.reasons))
    for way in (ways.salesforce, ways.hubspot):
        if way is None:
            continue
        ours = [one for one in every if one.side == way.side]
        for kind in dict.fromkeys(kind for one in ours for kind in one.kinds):
            known = way.describe([kind])[kind].fields
            if names := [one.name for one in ours if kind in one.kinds and one.name in known]:
                yield way, kind, names


def _write(place: Path, way: Connector, kind: str, names: Sequence[str]) -> str:
    place.touch(mode=0o600)
    with place.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([_ID, *names])
        rows.writerows(_rows(way, kind, names))
    return place.name


def _rows(way: Connector, kind: str, names: Sequence[str]) -> Iterator[list[str]]:
    after = ""
    while True:
        page = way.everything(kind, names, after)
        for one in page.records:
            values = [one.values.get(name) for name in names]
            if any(map(_holds, values)):
                yield [one.ref.id, *("" if value is None else str(value) for value in values)]
        if page.next is None:
            return
        after = page.next.id


def _holds(value: Any) -> bool:
    """Whether a field holds anything: a number does, 0 too; a box that nobody ticked does not."""
    return value is not None and value is not False and value not in ("", "false")
