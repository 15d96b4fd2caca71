"""What leadbridge brought to both systems, as the bridge knows it: whether it is still as it should be, and who
installed it last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog

from connectors.records import Ref, Side
from mappings.own_fields import OwnFields
from plugin.marker import Marker
from sync.model import Problem
from sync.store import Store

OWN_FIELDS: Final = "own_fields"
DRIFTED: Final = "plugin_drifted"
_INSTALLS: Final = "installs"
_PLUGIN: Final = Ref("hubspot", "fields", "plugin")
_REMEDY: Final = "`leadbridge plugin check` shows all of it to an admin; `leadbridge plugin install` with the newest lifecycle.yaml sets it right"
log = structlog.get_logger(__name__)


def say_own(store: Store, own: OwnFields, now: datetime) -> None:
    """Keep which of leadbridge's own fields are there; one problem says how they differ from the config while they do."""
    store.set_fact(OWN_FIELDS, own.state)
    if not own.drift:
        store.close_problems(_PLUGIN, at=now)
        return
    log.warning("plugin drifted", plugin=own.marker, differences=len(own.drift))
    store.open_problems([Problem(DRIFTED, _PLUGIN, " ".join(own.drift), _REMEDY)], now)


def keep_install(
    store: Store,
    sides: Iterable[Side],
    marker: Marker,
    bundle: str,
    now: datetime,
    *,
    by: str | None,
    widened: bool = False,
    removed: bool = False,
) -> None:
    """Remember for each of *sides* what was installed (or taken out) last, when, and by which user of Salesforce."""
    told = {
        "version": marker.version,
        "lifecycle": marker.lifecycle,
        "sha": marker.sha,
        "bundle": bundle,
        "at": now.isoformat(),
        "by": by,
        "widened": widened,
        "removed": removed,
    }
    known: dict[str, Any] = {**last_installs(store), **{side: told for side in sides}}  # noqa: C420 - a key's type
    store.set_fact(_INSTALLS, msgspec.json.encode(known).decode())


def last_installs(store: Store) -> Mapping[str, Mapping[str, Any]]:
    """What `plugin install` or `uninstall` did last from this machine's state folder, by side."""
    said = store.fact(_INSTALLS)
    found: Mapping[str, Mapping[str, Any]] = msgspec.json.decode(said) if said else {}
    return found


def installed_for(store: Store, side: Side) -> Marker | None:
    """The marker of what was installed last on *side*, as far as its trace tells; None when it was taken out, or left none."""
    told = last_installs(store).get(side)
    if told is None or told["removed"]:
        return None
    return Marker(told["version"], told["lifecycle"], told["sha"])
