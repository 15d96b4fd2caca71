"""The config folder: read, held against both systems' fields, and its edits taken into a running engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from connectors.errors import ConnectorError
from mappings.agreement import Agreement, compile_agreement
from mappings.documents.broken import Broken
from mappings.documents.reading import Mistake
from mappings.lifecycle.migrating import stranded
from mappings.own_fields import INSTALLED, OwnFields
from plugin.probe import Described, noticed, probe
from sync.clock import Clock
from sync.definition import changed_unseen
from sync.engine import Engine
from sync.gather import watched_fields
from sync.gather.fields import Fields
from sync.store import Store

LOOK_AGAIN: Final = timedelta(hours=1)
log = structlog.get_logger(__name__)


class HalfInstalled(Broken):
    """Some of leadbridge's own fields are there and some are not: a person must decide."""


class Edits:
    """Takes edits of the config folder, and of both systems' fields, into a running engine.

    A config that is broken, or that no longer fits the fields, keeps the last good version; a field that has
    gone is no longer asked for, so that it holds nobody else up, and what is not seen is never emptied.
    """

    def __init__(
        self, folder: Path, known: Described, engine: Engine, look: Callable[[], Described], clock: Clock
    ) -> None:
        self._folder, self._engine, self._look, self._clock = folder, engine, look, clock
        self._first = self._known = known
        self._looked_at = clock.now()
        self._taken = read_texts(folder)
        self._trouble: str | None = None

    def take(self, doubtful: bool = False) -> str | None:
        """Go by what stands there now; what is wrong with it, if it cannot be taken.

        The fields are looked at once an hour, and at once for an edit and when a vendor refused a call (*doubtful*).
        """
        texts = read_texts(self._folder)
        known = self._fields_now(doubtful or texts != self._taken)
        if texts == self._taken and known == self._known:
            return self._trouble
        what = (
            "the fields no longer fit the config"
            if texts == self._taken
            else "an edit of the config was not taken"
        )
        self._taken, self._known = texts, known
        mistakes = self._mistakes(texts, known)
        self._trouble = f"{what}; {mistakes}" if mistakes else None
        return self._trouble

    def _mistakes(self, texts: Mapping[str, str], known: Described) -> str | None:
        try:
            agreement = _agreed(texts, known)
            require_all_or_none(agreement)
            require_name(agreement, self._engine.agreement.bridge.name)
            require_a_place(agreement, self._engine.store)
        except Broken as broken:
            log.warning("config not taken", mistakes=[str(mistake) for mistake in broken.mistakes])
            self._engine.take(self._engine.agreement, self._still_there(known))
            return "; ".join(map(str, broken.mistakes))
        self._engine.take(agreement, fields_of(agreement, known))
        log.info(
            "config taken", files=len(texts), own_fields=agreement.own.state, plugin=agreement.own.marker
        )
        return None

    def _fields_now(self, doubtful: bool) -> Described:
        now = self._clock.now()
        if not doubtful and now - self._looked_at < LOOK_AGAIN:
            return self._known
        self._looked_at = now
        try:
            return self._look()
        except ConnectorError:
            return self._known  # the pass that follows says what is wrong with that side

    def _still_there(self, known: Described) -> Fields:
        """The fields to look at without those that have gone; leadbridge's own are asked for, come what may."""
        gone = {
            key: {name for name in self._first[key] if name not in known.get(key, {}) and not _is_ours(name)}
            for key in self._first
        }
        wanted = fields_of(self._engine.agreement, self._first)
        return {key: tuple(n for n in names if n not in gone.get(key, ())) for key, names in wanted.items()}


def read_agreement(folder: Path, known: Described | None = None) -> Agreement:
    """Compile the config folder; raise `Broken` with every mistake, its file, line and remedy."""
    if not folder.is_dir():
        remedy = "Write one with `leadbridge init DIR`, or name it with --config or LEADBRIDGE_CONFIG."
        raise Broken([Mistake(str(folder), 0, "There is no config folder here.", remedy)])
    texts = read_texts(folder)
    return compile_agreement(texts, None, INSTALLED) if known is None else _agreed(texts, known)


def _agreed(texts: Mapping[str, str], known: Described) -> Agreement:
    """The config held against the fields, and the fields that leadbridge brought against the config."""
    agreement = compile_agreement(texts, known, probe(known))
    own = noticed(agreement, known)
    return agreement if own == agreement.own else replace(agreement, own=own)


def read_texts(folder: Path) -> dict[str, str]:
    """Every YAML file below *folder*, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8", errors="replace")
        for path in sorted(folder.rglob("*.yaml"))
    }


def fields_of(agreement: Agreement, known: Described) -> Fields:
    """The fields to look at, in an org with the currencies that *known* shows."""
    return watched_fields(agreement, has_currency="CurrencyIsoCode" in known["salesforce", "opportunity"])


def require_name(agreement: Agreement, name: str) -> None:
    """Raise `Broken` when a running bridge was given another name: its store goes by it."""
    if agreement.bridge.name != name:
        remedy = (
            f"let it be {name!r} again; a bridge of another name is another bridge, with a store of its own"
        )
        text = f"`name` became {agreement.bridge.name!r} while the bridge {name!r} runs"
        raise Broken([Mistake("bridge.yaml", 0, text, remedy)])


def require_a_place(agreement: Agreement, store: Store) -> None:
    """Raise `Broken` when the definition changed behind its number, or has no place for where people stand."""
    changed = changed_unseen(store, agreement.lifecycle)
    if changed is not None:
        raise Broken([changed])
    found = stranded(agreement.lifecycle, store.people_by_stage())
    if found:
        shown = ", ".join(f"{stage} ({many:,})" for stage, many in sorted(found.items()))
        text = f"{sum(found.values()):,} people stand in stages that are no more: {shown}"
        remedy = "Say under `migrations` where they go, such as `{version: 2, stages: {old: new}}`, or keep the stage."
        raise Broken([Mistake("lifecycle.yaml", 0, text + ".", remedy)])


def require_all_or_none(agreement: Agreement) -> None:
    """Raise `HalfInstalled` when a bridge that writes finds some of leadbridge's own fields, and not all."""
    if agreement.own.state == "partial":
        missing = half_installed(agreement.own)
        if agreement.bridge.mode == "write":
            raise HalfInstalled([missing])
        log.warning("own fields half installed", missing=[" ".join(one) for one in agreement.own.missing])


def half_installed(own: OwnFields) -> Mistake:
    """What is missing, all of it, and what to do."""
    places: dict[str, list[str]] = defaultdict(list)
    for side, kind, name in own.missing:
        places[f"{side} {kind}"].append(name)
    shown = "; ".join(f"{place}: {', '.join(names)}" for place, names in places.items())
    text = f"Some of leadbridge's own fields are missing or hidden, so nothing is written. {shown}."
    remedy = (
        "`leadbridge plugin install` brings them; let leadbridge's user see them (docs/plugin-admin-guide.md);"
        " or remove all of them from both systems, for standard mode."
    )
    return Mistake("lifecycle.yaml", 0, text, remedy)


def _is_ours(name: str) -> bool:
    return name.lower().startswith("leadbridge")
