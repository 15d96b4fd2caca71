"""What an edit asks for: our own stage field, and the two readings of Lead.Status.

Level, not edge: a value is a request when it is neither what was last known to
stand there nor what the person's standing says. In HubSpot the property's history
gives every step; in Salesforce there is only the value as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from mappings import raw
from mappings.lifecycle import fields
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.words import Actor, Raw, Request, Side, Source, Standing

History = Sequence[tuple[Any, datetime, str | None, bool]]
ActorOf = Callable[[Side, str | None], Actor]


def by_side(side: Side, _user: str | None) -> Actor:
    """Who edits in HubSpot is a marketer, who edits in Salesforce a seller."""
    return "marketer" if side == "hubspot" else "seller"


def read_requests(
    lifecycle: Lifecycle,
    standing: Standing | None,
    side: Side,
    kind: str,
    shown: Raw,
    values: Raw,
    history: History,
    modified_at: datetime,
    modified_by: str | None,
    is_bridge: bool,
    *,
    since: datetime | None = None,
    actor_of: ActorOf = by_side,
) -> list[Request]:
    """What people ask for on this side, oldest first.

    *shown* are the values last known to stand there, as the record was at *since*; *history* that of the
    stage field, newest first: (value, at, user, whether the bridge wrote it).
    """
    if standing is None or (side, kind) not in _READ:
        return []
    sight = _Sight(lifecycle, standing, side, kind, shown, values, modified_at, modified_by, since, actor_of)
    if sight.is_converted:
        return sight.conversion() or sight.stage_before_conversion(history, is_bridge)
    if sight.stage_is_edited():
        return sight.stage_requests(history, is_bridge)
    if sight.stage_came_back(history):
        return sight.stage_requests(history, is_bridge)
    return sight.status_requests(is_bridge) if kind == "lead" else []


_READ = frozenset({("hubspot", "contact"), ("salesforce", "lead"), ("salesforce", "contact")})


class _Sight:
    """One record of one side, seen by somebody who knows the standing."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        standing: Standing,
        side: Side,
        kind: str,
        shown: Raw,
        values: Raw,
        modified_at: datetime,
        modified_by: str | None,
        since: datetime | None,
        actor_of: ActorOf,
    ) -> None:
        self.lifecycle, self.standing, self.side, self.kind = lifecycle, standing, side, kind
        self.shown, self.values = shown, values
        self.modified_at, self.modified_by, self.actor_of = modified_at, modified_by, actor_of
        self.since = since
        self.field = fields.STAGE[side]

    @property
    def is_converted(self) -> bool:
        return self.kind == "lead" and raw.truth(self.values.get("IsConverted"))

    def stage_before_conversion(self, history: History, is_bridge: bool) -> list[Request]:
        """Nobody edits a converted Lead: a stage that is new on it was asked for before, and stands where the conversion asks for none."""
        is_new = not raw.truth(self.shown.get("IsConverted")) and self.stage_is_edited()
        return self.stage_requests(history, is_bridge) if is_new else []

    def conversion(self) -> list[Request]:
        """A conversion is read once; with an opportunity it asks for that, else it shows work."""
        if raw.truth(self.shown.get("IsConverted")):
            return []
        has_opportunity = not raw.is_blank(self.values.get("ConvertedOpportunityId"))
        if not has_opportunity and self.standing.stage not in ("handed_over", "accepted"):
            return []
        return [self._request("opportunity" if has_opportunity else "working", "conversion")]

    def stage_is_edited(self) -> bool:
        if self.field not in self.values:
            return False
        now = raw.text(self.values[self.field])
        known = raw.text(self.shown.get(self.field))
        if now in (known, self.standing.stage) or self.standing.flagged == (self.side, now or ""):
            return False
        return not self._is_fresh_contact() and (
            now is not None or self.kind != "contact" or self.side == "hubspot"
        )

    def stage_came_back(self, history: History) -> bool:
        """It stands where the bridge has the person, but was left at another stage, and came here by more than one step."""
        now, known = raw.text(self.values.get(self.field)), raw.text(self.shown.get(self.field))
        came_back = now == self.standing.stage and self.field in self.shown and known != now
        return came_back and bool(history) and len(self._new(history)) > 1

    def _is_fresh_contact(self) -> bool:
        """A Contact that a Lead has just become shows whatever the admin's field mapping carried over."""
        was_lead = (self.standing.joined or "").startswith("lead:")
        return self.kind == "contact" and self.side == "salesforce" and was_lead

    def stage_requests(self, history: History, is_bridge: bool) -> list[Request]:
        now = raw.text(self.values[self.field])
        steps = self._new(history) if history and raw.text(history[0][0]) == now else []
        if not steps:
            return [self._request(now or "", "stage", is_bridge=is_bridge, unseen=self._is_blind)]
        last, is_cut = len(steps) - 1, self._is_cut(steps, history)
        return [
            self._request(
                raw.text(value) or "", "stage", at, user, wrote_bridge,
                is_last=place == last, unseen=is_cut and place == 0,
            )
            for place, (value, at, user, wrote_bridge) in enumerate(steps)
        ]  # fmt: skip

    def _is_cut(self, steps: History, history: History) -> bool:
        """The history ends before it comes to what was known: HubSpot keeps so many values of a property."""
        known = raw.text(self.shown.get(self.field))
        return known is not None and len(steps) == len(history) and not steps[0][3]

    @property
    def _is_blind(self) -> bool:
        """Nothing tells what stood there since the last look: no history, and no rules that hold sellers."""
        return self.side == "hubspot" or not self.lifecycle.holds_sellers

    def _new(self, history: History) -> list[tuple[Any, datetime, str | None, bool]]:
        """The steps since the last look, else since the value last known; none before the bridge's own last write."""
        known = raw.text(self.shown.get(self.field))
        fresh = self._fresh(history, known)
        new: list[tuple[Any, datetime, str | None, bool]] = []
        for step in history if fresh is None else history[:fresh]:
            if new and (step[3] or (fresh is None and raw.text(step[0]) == known)):
                break
            new.append(step)
            if step[3]:
                break
        return new[::-1]

    def _fresh(self, history: History, known: str | None) -> int | None:
        """How many steps are younger than the last look; None where the history does not say what stood there then."""
        if self.since is None:
            return None
        young = sum(at > self.since for _, at, _, _ in history)
        if not 0 < young < len(history) or raw.text(history[young][0]) != known:
            return None
        return young

    def status_requests(self, is_bridge: bool) -> list[Request]:
        status = raw.text(self.values.get("Status"))
        for reading in self.lifecycle.readings:
            if self.standing.stage not in reading.stages or reading.shows != status:
                continue
            is_new = "Status" not in self.shown or raw.text(self.shown["Status"]) != status
            if is_new or self.standing.asked == reading.asks_for:
                user = None if is_bridge else self.modified_by
                unseen = not self.lifecycle.holds_sellers
                return [self._request(reading.asks_for, "status", user=user, user_known=True, unseen=unseen)]
        return []

    def _request(
        self,
        to: str,
        source: Source,
        at: datetime | None = None,
        user: str | None = None,
        is_bridge: bool = False,
        *,
        is_last: bool = True,
        user_known: bool = False,
        unseen: bool = False,
    ) -> Request:
        by = user if at is not None or user_known else self.modified_by
        return Request(
            to=to,
            actor="bridge" if is_bridge else self.actor_of(self.side, by),
            user=by,
            at=at or self.modified_at,
            side=self.side,
            source=source,
            reason=self._given(fields.REASON) if is_last or self.side == "salesforce" else None,
            comment=self._given(fields.COMMENT),
            unseen=unseen and not is_bridge,
        )

    def _given(self, names: dict[str, str]) -> str | None:
        """What stands in the field; in HubSpot, where the bridge shows it, only what somebody has changed."""
        if self.side == "salesforce" and names is fields.REASON:
            return self.lifecycle.reason_meant(self.lifecycle.reason_word(self.kind, self.values))
        name = names[self.side]
        given = raw.text(self.values.get(name))
        if self.side == "salesforce":
            return given
        standing = self.standing.reason if names is fields.REASON else self.standing.comment
        return None if raw.same(given, standing) or raw.same(given, self.shown.get(name)) else given
