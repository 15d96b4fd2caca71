"""How far the bridge may write: nothing, a sample of the people, or everybody.

Asked by the engine before a plan is recorded. Whatever is outside is observed only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Connector
from connectors.records import Find, Record, Ref, Side
from mappings.agreement import Agreement
from plugin.marker import Marker
from sync.apply import Memory
from sync.definition import keep_definition, last_version
from sync.installs import installed_for
from sync.intake import begin_backfill
from sync.model import Facts, Plan, Remember
from sync.store import Store

_LIVE_SINCE: Final = "live_since"
_SCOPE: Final = "scope"
_CREATED: Final = "created"
_HOUR: Final = timedelta(hours=1)
_STAGE: Final = "leadbridge_stage"
_OURS_ALONE: Final = "leadbridge_definition_version"  # of a contact; nobody asks for anything with it


class Rollout:
    """Mode and roll-out of one bridge."""

    def __init__(self, store: Store, agreement: Agreement, connectors: Mapping[Side, Connector]) -> None:
        self._store = store
        self._connectors = connectors
        self._agreement = agreement
        self._bridge = agreement.bridge
        self._is_kept = False
        self._known: int | None = None
        self._sampled: set[Ref] = set()
        self._awaited: set[Ref] | None = None

    def once_live(self) -> Rollout:
        """The same roll-out, as though ops had set `mode: write`."""
        bridge = replace(self._bridge, mode="write")
        return Rollout(self._store, replace(self._agreement, bridge=bridge), self._connectors)

    @property
    def may_write(self) -> bool:
        """Ops have set `mode: write`."""
        return self._bridge.mode == "write"

    @property
    def live_since(self) -> datetime | None:
        """The bridge's first moment in write mode: older records are adopted, not handed over."""
        found = self._store.fact(_LIVE_SINCE)
        return datetime.fromisoformat(found) if found else None

    @property
    def reaches_anew(self) -> bool:
        """People are still to be adopted, reached or moved: it never wrote, may write more, or the definition has changed."""
        stood = self._store.fact(_SCOPE)
        return self._store.fact(_LIVE_SINCE) is None or stood not in (self._scope(), self._scope_in_two())

    def knock_if_widened(self, now: datetime) -> None:
        """Knock for every key when the bridge is new, may write more, or a mapping line, the stages or our own fields have changed."""
        if self._is_kept:
            return
        if self.may_write and self._store.fact(_LIVE_SINCE) is None:
            self._store.set_fact(_LIVE_SINCE, now.isoformat())
        stood, scope = self._store.fact(_SCOPE), self._scope()
        if stood != scope:
            if stood != self._scope_in_two():
                begin_backfill(self._store, self._answered_by(stood, scope))
            self._store.set_fact(_SCOPE, scope)
        if self.may_write:
            keep_definition(self._store, self._agreement.lifecycle)
        self._is_kept = True  # nobody else writes these facts, and this roll-out stays as it is

    def _answered_by(self, stood: str | None, scope: str) -> str:
        """Whose word a backfill is: a person's, who let the bridge do more or installed the definition that moves people;
        what else changed is counted first.
        """
        if stood is None or not self.may_write:
            return "word"
        (reach, *lines), (was_reach, *was_lines) = scope.split(), stood.split()
        if reach != was_reach:
            return "word"
        return "word" if lines[0] == was_lines[0] and self._was_installed() else "lines"

    def _was_installed(self) -> bool:
        """An admin has installed this new definition in both systems, and neither lacks a stage of it.

        HubSpot shows the marker; Salesforce shows the bridge no description, so that its part is known by the trace that
        the install left in the store.
        """
        agreement, wanted = self._agreement, Marker.of(self._agreement.lifecycle)
        is_marked = agreement.own.marker == str(wanted) and installed_for(self._store, "salesforce") == wanted
        return is_marked and not agreement.unoffered and last_version(self._store) < wanted.lifecycle

    def _scope(self) -> str:
        """Mode and roll-out, then lines and what we lack, then migrations: which of them changed decides who answers for it."""
        return _digests(self._reach, repr([*self._lines, *self._lacking]), repr(self._migrations))

    def _scope_in_two(self) -> str:
        """The same as stores hold it that were last opened when migrations still counted among the lines."""
        return _digests(self._reach, repr([*self._lines, *self._migrations, *self._lacking]))

    @property
    def _reach(self) -> str:
        return repr((self._bridge.mode, self._bridge.rollout))

    @property
    def _lines(self) -> list[str]:
        return sorted(line.fingerprint for pair in self._agreement.pairs.values() for line in pair.lines)

    @property
    def _lacking(self) -> list[str]:
        return [repr(self._agreement.own)] if self._agreement.own.missing else []

    @property
    def _migrations(self) -> list[str]:
        return [repr(one) for one in self._agreement.lifecycle.migrations]

    def admits(self, facts: Facts, planned: Plan) -> bool:
        """What is *planned* for this unit may be written."""
        if not self.may_write:
            return False
        if self._bridge.rollout.sample is None and self._bridge.rollout.condition is None:
            return True
        if facts.pair != "person":
            return _is_linked(facts) or bool(facts.relatives)
        if facts.erased:
            return False
        if facts.standing is not None or facts.hubspot is None:
            return True  # a Salesforce person alone only points to its contact
        return self._admits_newcomer(facts.hubspot, planned)

    def _admits_newcomer(self, contact: Record, planned: Plan) -> bool:
        rollout = self._bridge.rollout
        if rollout.condition is not None and not rollout.condition.holds(contact.values, contact.modified_at):
            return False
        return rollout.sample is None or self._is_sampled(contact, planned, rollout.sample)

    def _is_sampled(self, contact: Record, planned: Plan, size: int) -> bool:
        """The first *size* people for whom there is something to write are the sample, however often they knock.

        Whom the bridge had shown, before it was killed or its store was lost, is one of them though all stands there;
        his place is kept until he is seen again.
        """
        if self._known is None:
            self._known = sum(self._store.people_by_stage().values())
        is_shown = bool(contact.values.get(_OURS_ALONE))
        places = size - self._known - len(self._sampled)
        if contact.ref not in self._sampled and (planned.puts or is_shown) and places > 0:
            if self._awaited is None:
                self._awaited = self._shown_before()
            self._awaited.discard(contact.ref)
            if is_shown or places > len(self._awaited):
                self._sampled.add(contact.ref)
        return contact.ref in self._sampled

    def _shown_before(self) -> set[Ref]:
        """The contacts that show that the bridge let them in, and of whom the store knows no standing."""
        if not self._agreement.own.lacking.isdisjoint((_STAGE, _OURS_ALONE)):
            return set()
        lifecycle = self._agreement.lifecycle
        stages = (*lifecycle.stages, *(old for one in lifecycle.migrations for old in one.stages))
        [found] = self._connectors["hubspot"].find([Find("contact", {_STAGE: stages}, (_OURS_ALONE,))])
        erased = self._store.erased()
        shown = [one.ref for one in found if one.values.get(_OURS_ALONE) and not erased.is_of(one)]
        links = self._store.links("person", shown)
        standings = self._store.standings(one.id for one in links.values() if one.id is not None)
        return {ref for ref in shown if ref not in links or links[ref].id not in standings}

    def within_the_hour(self, plans: Sequence[Plan], now: datetime) -> tuple[list[Plan], list[Plan]]:
        """Split off plans that would create more records than an hour may see; they wait."""
        creating = [plan for plan in plans if any(put.write.op == "upsert" for put in plan.puts)]
        if not creating:
            return list(plans), []
        recent = [at for at in self._created() if now - at < _HOUR]
        room = max(0, self._bridge.rollout.new_records_per_hour - len(recent))
        held = creating[room:]
        self._keep_created([*recent, *(now for _ in creating[:room])])
        return [plan for plan in plans if plan not in held], held

    def _created(self) -> list[datetime]:
        """When records were created of late; kept in the store, so that a restart does not start a new hour."""
        said = self._store.fact(_CREATED)
        return [datetime.fromisoformat(at) for at in json.loads(said)] if said else []

    def _keep_created(self, moments: Sequence[datetime]) -> None:
        self._store.set_fact(_CREATED, json.dumps([at.isoformat() for at in moments]))


def _is_linked(facts: Facts) -> bool:
    """It was let in before: what is only observed is never linked."""
    return facts.link.hubspot is not None and facts.link.salesforce is not None


def only_looked(plan: Plan) -> list[Memory]:
    """What is remembered of an observed unit: that it was looked at, nothing more; of an erased one not even that."""
    return [
        (effect.looked, effect.before, effect.stood, effect.wakes_at)
        for effect in plan.effects
        if isinstance(effect, Remember)
    ]


def _digests(*said: str) -> str:
    """One digest a part, so that what changed can be told from what did not."""
    return " ".join(hashlib.sha256(each.encode()).hexdigest() for each in said)
