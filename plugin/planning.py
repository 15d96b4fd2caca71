"""The plan of an install: what is wanted of both systems, against what they hold, and what stands in the way. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from mappings.agreement import Agreement
from plugin import hubspot, leaving, salesforce
from plugin.diff import Change, touched
from plugin.hubspot.comparing import Portal, Step
from plugin.marker import Marker
from plugin.salesforce.archives import archive
from plugin.salesforce.comparing import Org, installed
from plugin.salesforce.keeping import keeping
from plugin.salesforce.rights import grantable
from plugin.salesforce.widening import widened

# https://help.salesforce.com/s/articleView?id=xcloud.overview_limits_starter.htm
FEWEST_RULES: Final = 20


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing is installed: the config is *wrong*, or a person must *decide*."""

    how: Literal["wrong", "decide"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an install does: *changes* in words, *deploys* for Salesforce (None: nothing), *steps* for HubSpot."""

    marker: Marker
    changes: tuple[Change, ...]
    deploys: bytes | None = None
    steps: tuple[Step, ...] = ()
    stops: tuple[Stop, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not touched(self.changes)


def planned(
    agreement: Agreement,
    org: Org | None,
    portal: Portal | None,
    *,
    widen: bool = False,
    allow_downgrade: bool = False,
) -> Plan:
    """The plan for the sides that were looked at; with *widen* nothing is taken from anybody."""
    marker = Marker.of(agreement.lifecycle)
    changes: tuple[Change, ...] = ()
    deploys: bytes | None = None
    steps: tuple[Step, ...] = ()
    stops: tuple[Stop, ...] = ()
    notes: tuple[str, ...] = ()
    if org is not None:
        parts = keeping(grantable(salesforce.bundle(agreement), org.open), org)
        parts = widened(parts, org) if widen else parts
        changes = salesforce.compared(parts, org)
        changes = _adding(changes) if widen else changes
        gone = [(one.type, one.name) for one in changes if _is_deleted(one)]
        deploys = archive(parts, gone) if touched(changes) else None
        stops += _versions(marker, installed(org), "Salesforce", allow_downgrade)
        is_compact = agreement.lifecycle.installing.rules == "compact"
        notes = (*_notes(parts, org, is_compact), *_record_types(org))
    if portal is not None:
        found, steps = hubspot.compared(hubspot.bundle(agreement), portal, widen=widen)
        changes += found
        stops += _versions(marker, portal.marker(), "HubSpot", allow_downgrade)
    if widen:
        notes += tuple(leaving.will_move(agreement, org, portal))
    else:
        stops += tuple(Stop("decide", text) for text in leaving.kept_from_going(agreement, org, portal))
        notes += tuple(leaving.reasons_kept(agreement, org, portal))
    stops += _conflicts(changes)
    return Plan(marker=marker, changes=changes, deploys=deploys, steps=steps, stops=stops, notes=notes)  # fmt: skip


def _is_deleted(one: Change) -> bool:
    return one.verb == "retire" and one.why.startswith("it is deleted")


def _adding(changes: Sequence[Change]) -> tuple[Change, ...]:
    """What is left of *changes* when nothing is deleted, nor any value or right taken."""
    kept = (one for one in changes if not _is_deleted(one))
    return tuple(replace(one, verb="update") if one.verb == "retire" else one for one in kept)


def _conflicts(changes: Sequence[Change]) -> tuple[Stop, ...]:
    return tuple(
        Stop("decide", f"{one.spoken}: {one.why}.") for one in changes if one.verb == "conflict"
    )  # fmt: skip


def _versions(marker: Marker, there: Marker | None, where: str, allow_downgrade: bool) -> tuple[Stop, ...]:
    if there is None:
        return ()
    if there.order > marker.order or there.lifecycle > marker.lifecycle:
        stop = Stop(
            "decide",
            f"{where} holds plugin {there.version} with lifecycle {there.lifecycle}, which is newer than"
            f" plugin {marker.version} with lifecycle {marker.lifecycle}: use the newer leadbridge and config,"
            " or say --allow-downgrade.",
        )
        return () if allow_downgrade else (stop,)
    if there.lifecycle == marker.lifecycle and there.sha != marker.sha:
        return (
            Stop(
                "wrong",
                f"lifecycle.yaml: stages, moves or reasons changed since version {there.lifecycle} was installed"
                f" in {where}: raise `version` to {there.lifecycle + 1}. Nothing was installed.",
            ),
        )
    return ()


def _notes(parts: Sequence[salesforce.Part], org: Org, is_compact: bool) -> tuple[str, ...]:
    """How many rules the objects get beside their own, where that may be too many, and what needs fewer."""
    ours = Counter(part.full_name.partition(".")[0] for part in parts if part.type == "ValidationRule")
    remedy = (
        "Where that is too many, switch off rules of its own that nobody needs."
        if is_compact
        else "`plugin: {rules: compact}` in lifecycle.yaml needs one for all moves."
    )
    return tuple(
        f"{object_} has {org.rules[object_]} active validation rules of its own and gets {n}: the smallest editions allow"
        f" {FEWEST_RULES} (others 100 and more). {remedy}"
        for object_, n in sorted(ours.items())
        if org.rules.get(object_, 0) + n > FEWEST_RULES and org.rules.get(object_, 0)
    )


def _record_types(org: Org) -> tuple[str, ...]:
    """What no deployment of ours does: a record type offers no new value by itself.

    https://salesforcedictionary.com/how-to/master-picklist
    """
    return tuple(
        f"{object_} has active record types ({n}): none offers a new value by itself. Add those of Stage, Reason and Sales"
        f" rating to each (Setup > Object Manager > {object_} > Record Types > the type > Picklists), again after each new"
        " stage or reason."
        for object_, n in sorted(org.record_types.items())
    )
