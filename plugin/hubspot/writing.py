"""Reads what a portal holds of leadbridge, and carries out the steps of a plan there, one call each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from connectors.errors import Refused
from connectors.hubspot.administering import Administration
from plugin.hubspot.comparing import TELLS_VERSION, Portal, Raw, Step, going, is_ours, obsolete
from plugin.hubspot.generating import SEGMENTS
from plugin.hubspot.parts import GROUP, Group, Part, Property, Segment
from plugin.marker import Marker


def look(portal: Administration, parts: Sequence[Part]) -> Portal:
    """What stands there under the names of *parts*, and segments of whatever lifecycle."""
    kinds = [part.kind for part in parts if isinstance(part, Group)]
    segments = {name: portal.segment("contact", name) for name in SEGMENTS}
    properties = {(kind, name): one for kind in kinds for name, one in portal.properties(kind).items()}
    people, unseen = _people(portal, parts, properties)
    return Portal(
        groups={(kind, name): one for kind in kinds for name, one in portal.groups(kind).items()},
        properties=properties,
        segments={name: one for name, one in segments.items() if one is not None},
        people=people,
        unseen=unseen,
    )


def _people(
    portal: Administration, parts: Sequence[Part], found: Mapping[tuple[str, str], Raw]
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """How many contacts stand in each stage that is to go, and the stages that the token may not count."""
    counted: dict[str, int] = {}
    unseen: list[str] = []
    for part in parts:
        if not isinstance(part, Property) or part.name != TELLS_VERSION:
            continue
        for stage in going(part, found.get((part.kind, part.name), {})):
            try:
                counted[stage] = portal.holders(part.kind, part.name, stage)
            except Refused as why:
                if "MISSING_SCOPES" not in {fault.code for fault in why.faults}:
                    raise
                unseen.append(stage)
    return counted, tuple(unseen)


def carry_out(portal: Administration, steps: Iterable[Step], told: Callable[[Part], None]) -> None:
    """One writing call a step, in order; what was written stays when a later one fails."""
    for step in steps:
        match step.part, step.op:
            case Group(kind=kind), _:
                portal.create_group(kind, step.body)
            case Property(kind=kind), "create":
                portal.create_property(kind, step.body)
            case Property(kind=kind, name=name), _:
                portal.change_property(kind, name, step.body)
            case Segment(), "create":
                portal.create_segment(step.body)
            case Segment(), "delete":
                portal.delete_segment(step.id)
            case Segment(), _:
                portal.refilter_segment(step.id, step.body)
        told(step.part)


def removable(parts: Sequence[Part], found: Portal, *, data: bool) -> tuple[Part, ...]:
    """What an uninstall deletes, in the order in which HubSpot lets go: segments; properties and groups with *data*."""
    standing = [
        part
        for part in parts
        if isinstance(part, Segment) and part.name in found.segments and is_ours(found.segments[part.name])
    ]
    segments = [*standing, *obsolete(parts, found)]
    if not data:
        return tuple(segments)
    properties = [
        part
        for part in parts
        if isinstance(part, Property)
        and Marker.found_in(str(found.properties.get((part.kind, part.name), {}).get("description") or ""))
    ]
    groups = [part for part in parts if isinstance(part, Group) and (part.kind, GROUP) in found.groups]
    return (*segments, *properties, *groups)


def remove(
    portal: Administration, parts: Iterable[Part], found: Portal, told: Callable[[Part], None]
) -> None:
    """Delete *parts*: a segment can be restored for 90 days, a property takes its values with it."""
    for part in parts:
        match part:
            case Segment(name=name):
                portal.delete_segment(str(found.segments[name]["listId"]))
            case Property(kind=kind, name=name):
                portal.archive_property(kind, name)
            case Group(kind=kind, name=name):
                portal.archive_group(kind, name)
        told(part)
