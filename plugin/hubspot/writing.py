"""Reads what a portal holds of leadbridge, and carries out the steps of a plan there, one call each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from connectors.errors import Refused
from connectors.hubspot.administering import Administration
from plugin.hubspot.comparing import REASONS, TELLS_VERSION, Portal, Raw, Step, going, is_ours, obsolete
from plugin.hubspot.generating import SEGMENTS
from plugin.hubspot.parts import GROUP, Group, Part, Property, Segment
from plugin.marker import Marker


def look(portal: Administration, parts: Sequence[Part]) -> Portal:
    """What stands there under the names of *parts*, and segments of whatever lifecycle."""
    kinds = [part.kind for part in parts if isinstance(part, Group)]
    segments = {name: portal.segment("contact", name) for name in SEGMENTS}
    properties = {(kind, name): one for kind in kinds for name, one in portal.properties(kind).items()}
    people, unseen = _counted(portal, parts, properties, (TELLS_VERSION,))
    reasons, unseen_reasons = _counted(portal, parts, properties, REASONS)
    return Portal(
        groups={(kind, name): one for kind in kinds for name, one in portal.groups(kind).items()},
        properties=properties,
        segments={name: one for name, one in segments.items() if one is not None},
        people=people,
        reasons=reasons,
        unseen=unseen,
        unseen_reasons=unseen_reasons,
    )


def _counted(
    portal: Administration,
    parts: Sequence[Part],
    found: Mapping[tuple[str, str], Raw],
    names: Collection[str],
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """How many records hold each value of these properties that is to go, and the values that the token may not count."""
    counted: Counter[str] = Counter()
    unseen: list[str] = []
    for part in parts:
        if not isinstance(part, Property) or part.name not in names:
            continue
        for value in going(part, found.get((part.kind, part.name), {})):
            try:
                counted[value] += portal.holders(part.kind, part.name, value)
            except Refused as why:
                if "MISSING_SCOPES" not in {fault.code for fault in why.faults}:
                    raise
                unseen.append(value)
    return counted, tuple(dict.fromkeys(unseen))


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
