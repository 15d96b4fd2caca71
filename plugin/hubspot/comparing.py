"""The HubSpot part against what stands in the portal: what to write, as data. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from plugin.diff import MINE, Change, Verb
from plugin.hubspot.parts import GROUP, Group, Part, Property, Segment
from plugin.hubspot.wording import called, told
from plugin.marker import Marker, unmarked

Raw = Mapping[str, Any]
# The marker of this property says which lifecycle is installed; elsewhere a marker of before makes no difference.
TELLS_VERSION: Final = "leadbridge_stage"
REASONS: Final = ("leadbridge_reason", "leadbridge_lost_reason")
PREFIX: Final = "leadbridge_"


@dataclass(frozen=True, slots=True)
class Portal:
    """What stands in a portal: per kind its groups and properties by name, and segments by name, as the wire says.

    *people* and *reasons* are how many contacts hold each stage and reason that is to go; *unseen* and *unseen_reasons*
    are those that the admin's token may not count.
    """

    groups: Mapping[tuple[str, str], Raw] = field(default_factory=dict)
    properties: Mapping[tuple[str, str], Raw] = field(default_factory=dict)
    segments: Mapping[str, Raw] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    unseen_reasons: tuple[str, ...] = ()

    def marker(self) -> Marker | None:
        """Which plugin and lifecycle are installed."""
        tells = self.properties.get(("contact", TELLS_VERSION), {})
        return Marker.found_in(str(tells.get("description") or ""))


@dataclass(frozen=True, slots=True)
class Step:
    """One writing call: create, change or delete one part, with the body that is sent."""

    part: Part
    op: Literal["create", "change", "delete"]
    body: Raw
    id: str = ""


def going(part: Property, found: Raw) -> tuple[str, ...]:
    """The options of *found* that people can choose today and *part* no longer has."""
    options = found.get("options") or ()
    return tuple(
        str(one["value"])
        for one in options
        if not one.get("hidden") and str(one["value"]) not in part.options
    )


def compared(
    wanted: Sequence[Part], found: Portal, *, widen: bool = False
) -> tuple[tuple[Change, ...], tuple[Step, ...]]:
    """What there is to say of each part, and the calls that make it so; a conflict has no call.

    With *widen* nothing is taken away: options and segments that are wanted no more stay as they are.
    """
    changes: list[Change] = []
    steps: list[Step] = []
    for part in wanted:
        change, step = _about(part, found, widen)
        changes.append(change)
        steps += [step] if step is not None else []
    for part in () if widen else obsolete(wanted, found):
        changes.append(
            Change(
                "hubspot", "Segment", part.place, "retire", "it is deleted: the lifecycle no longer has it"
            )
        )
        steps.append(Step(part, "delete", {}, str(found.segments[part.name].get("listId") or "")))
    return tuple(changes), tuple(steps)


def obsolete(wanted: Sequence[Part], found: Portal) -> tuple[Segment, ...]:
    """The segments that a lifecycle of before brought and that are wanted no more."""
    names = {part.name for part in wanted if isinstance(part, Segment)}
    return tuple(
        Segment(name, one.get("filterBranch") or {})
        for name, one in found.segments.items()
        if name not in names and is_ours(one)
    )


def is_ours(segment: Raw) -> bool:
    """A segment bears no marker: whoever made it, one whose filters ask for none of our properties is not ours."""
    return segment.get("processingType") == "DYNAMIC" and _asks_ours(segment.get("filterBranch"))


def _asks_ours(branch: Any) -> bool:
    if not isinstance(branch, Mapping):
        return False
    asked = (str(one.get("property") or "") for one in branch.get("filters") or ())
    return any(one.startswith(PREFIX) for one in asked) or any(
        map(_asks_ours, branch.get("filterBranches") or ())
    )


def _about(part: Part, found: Portal, widen: bool) -> tuple[Change, Step | None]:
    match part:
        case Group():
            there = found.groups.get((part.kind, part.name))
            return (
                _said(part, "unchanged") if there else _made(part, {"name": part.name, "label": part.label})
            )
        case Property():
            standing = found.properties.get((part.kind, part.name))
            return _property(part, standing, widen) if standing else _made(part, body_of(part))
        case Segment():
            segment = found.segments.get(part.name)
            return _segment(part, segment) if segment else _made(part, segment_body(part))


def body_of(part: Property) -> dict[str, Any]:
    """What creates the property."""
    body = {
        "name": part.name,
        "label": part.label,
        "type": part.type,
        "fieldType": part.field_type,
        "groupName": GROUP,
        "description": part.description,
        "options": _options(part, (), widen=False),
    }
    return {**body, "hasUniqueValue": True} if part.unique else body


def segment_body(part: Segment) -> dict[str, Any]:
    """What creates the segment; only contacts are in it."""
    return {
        "name": part.name,
        "objectTypeId": "0-1",
        "processingType": "DYNAMIC",
        "filterBranch": part.branch,
    }


def _property(part: Property, found: Raw, widen: bool) -> tuple[Change, Step | None]:
    if Marker.found_in(str(found.get("description") or "")) is None:
        return _said(part, "conflict", MINE)
    if found.get("type") != part.type:
        why = f"it is of type {found.get('type')}, not {part.type}, which HubSpot does not change in place"
        return _said(part, "conflict", why)
    if bool(found.get("hasUniqueValue")) is not part.unique:
        return _said(part, "conflict", "whether its values are unique cannot be changed: delete it first")
    shown: Callable[[str], str] = str if part.name == TELLS_VERSION else unmarked
    wanted = {
        "label": part.label,
        "fieldType": part.field_type,
        "groupName": GROUP,
        "description": shown(part.description),
    }
    standing = {**found, "description": shown(str(found.get("description") or ""))}
    differs: dict[str, Any] = {name: value for name, value in wanted.items() if standing.get(name) != value}
    options = _options(part, found.get("options") or (), widen=widen)
    retired, added = _options_moved(found.get("options") or (), options)
    if [_shown(one) for one in found.get("options") or ()] != [_shown(one) for one in options]:
        differs["options"] = options
    if not differs:
        return _said(part, "unchanged")
    body = {**differs, "description": part.description}
    version = unmarked(part.description) == unmarked(str(found.get("description") or ""))
    why = told(differs, added, retired, version=version)
    return _changed(part, body, why, "retire" if retired and not added and len(differs) == 1 else "update")


def _options(part: Property, found: Sequence[Raw], *, widen: bool) -> list[dict[str, Any]]:
    """The options in order; one that stands there and is wanted no more stays, hidden, with whoever holds it."""
    wanted = [(value, label, False) for value, label in part.options.items()]
    kept = [
        (str(one["value"]), str(one["label"]), not widen or bool(one.get("hidden")))
        for one in found
        if str(one["value"]) not in part.options
    ]
    return [
        {"value": value, "label": label, "displayOrder": place, "hidden": hidden}
        for place, (value, label, hidden) in enumerate([*wanted, *kept])
    ]


def _options_moved(found: Sequence[Raw], options: Sequence[Raw]) -> tuple[list[str], list[str]]:
    hidden = {str(one["value"]): bool(one.get("hidden")) for one in found}
    retired = [one["value"] for one in options if one["hidden"] and not hidden.get(one["value"], True)]
    added = [one["value"] for one in options if not one["hidden"] and hidden.get(one["value"], True)]
    return retired, added


def _shown(option: Raw) -> tuple[str, str, bool]:
    return str(option["value"]), str(option["label"]), bool(option.get("hidden"))


def _segment(part: Segment, found: Raw) -> tuple[Change, Step | None]:
    if found.get("processingType") != "DYNAMIC":
        return _said(
            part, "conflict", "a segment of this name is not filled by HubSpot itself: rename or delete it"
        )
    if not is_ours(found):
        return _said(
            part,
            "conflict",
            "somebody else made it, for it asks for nothing of leadbridge's: rename or delete it",
        )
    if holds(found.get("filterBranch"), part.branch):
        return _said(part, "unchanged")
    return _changed(
        part, {"filterBranch": part.branch}, "its filters", "update", str(found.get("listId") or "")
    )


def holds(found: Any, wanted: Any) -> bool:
    """Whether *found* says everything that *wanted* says; what HubSpot adds by itself does not count."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            holds(found.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return len(found or ()) == len(wanted) and all(map(holds, found or (), wanted))
    return str(found).lower() == str(wanted).lower()


def _said(part: Part, verb: Verb, why: str = "") -> tuple[Change, None]:
    return Change("hubspot", type(part).__name__, part.place, verb, why, called(part)), None


def _made(part: Part, body: Raw) -> tuple[Change, Step]:
    return Change("hubspot", type(part).__name__, part.place, "create", called=called(part)), Step(
        part, "create", body
    )


def _changed(part: Part, body: Raw, why: str, verb: Verb, id_: str = "") -> tuple[Change, Step]:
    return Change("hubspot", type(part).__name__, part.place, verb, why, called(part)), Step(
        part, "change", body, id_
    )
