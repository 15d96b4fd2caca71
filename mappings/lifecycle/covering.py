"""lifecycle.yaml held against the fields of both systems: properties that conditions name, values that stages need.

A property that is not there would make its condition hold for the wrong people, so it is a mistake. A value that a
field does not offer is a finding: an admin adds it, and until then the writes of it are refused one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mappings.conditions import Unclear, compile_condition
from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.reading import Shape, suggestion
from mappings.documents.tree import Mistake
from mappings.lifecycle import fields
from mappings.lifecycle.showing import BLANK, UNCHANGED
from mappings.values import Side
from mappings.vendor import Described

_CONTACT: Final = ("hubspot", "contact")
_SHOWN: Final[Mapping[str, tuple[Side, str, str]]] = {
    "lifecyclestage": ("hubspot", "contact", "lifecyclestage"),
    "hs_lead_status": ("hubspot", "contact", "hs_lead_status"),
    "lead_status": ("salesforce", "lead", "Status"),
}
_OWN: Final[tuple[tuple[str, Side, str, str], ...]] = (
    ("stages", "hubspot", "contact", fields.STAGE["hubspot"]),
    ("reasons", "hubspot", "contact", fields.REASON["hubspot"]),
    ("reasons", "hubspot", "contact", fields.LOST_REASON["hubspot"]),
    ("stages", "salesforce", "lead", fields.STAGE["salesforce"]),
    ("stages", "salesforce", "contact", fields.STAGE["salesforce"]),
    ("reasons", "salesforce", "lead", fields.REASON["salesforce"]),
    ("reasons", "salesforce", "contact", fields.REASON["salesforce"]),
    ("reasons", "salesforce", "opportunity", fields.LOST_REASON["salesforce"]),
)
ADD_THEM: Final = "Run `leadbridge plugin install`, or let an admin add them to the field: until then what needs them is refused."


def unknown_properties(
    document: LifecycleDocument, known: Described, spared: frozenset[str]
) -> Iterator[Mistake]:
    """Properties that a condition names and HubSpot's contacts lack; *spared* are signals, and own fields that are not there."""
    properties = tuple(known.get(_CONTACT, ()))
    if not properties:
        return
    for shape, when in _conditions(document):
        for name in sorted(_names(when) - spared - set(properties)):
            text = f"HubSpot's contacts have no property `{name}`."
            yield shape.mistake(text, suggestion(name, properties), "when")


def _conditions(document: LifecycleDocument) -> Iterator[tuple[Shape, dict[str, Any]]]:
    yield from ((guard, guard.when) for guard in document.guards.values())
    for stage in document.stages.values():
        if stage.clock is not None:
            yield from ((segment, segment.when) for segment in stage.clock.segments)
            yield from ((one, one.when) for one in (stage.clock.pauses,) if one is not None)
    for migration in document.migrations:
        for ways in migration.stages.values():
            for way in () if isinstance(ways, str) else ways:
                if way.when is not None:
                    yield way, way.when


def unknown_reason_fields(document: LifecycleDocument, known: Described) -> Iterator[Mistake]:
    """Fields in which reasons are to be found, and which Salesforce does not have, or does not show us."""
    for kind, name in _reason_fields(document):
        there = known.get(("salesforce", kind))
        if there is not None and name not in there and document.reason_field is not None:
            text = f"`{name}` is not a field of salesforce {kind}."
            yield document.reason_field.mistake(text, suggestion(name, tuple(there)), kind)


def _reason_fields(document: LifecycleDocument) -> Iterator[tuple[str, str]]:
    for kind in ("lead", "contact", "opportunity"):
        if name := getattr(document.reason_field, kind, None):
            yield kind, name


def _names(when: dict[str, Any]) -> frozenset[str]:
    """The properties that a condition looks at; what is no condition is told as such."""
    try:
        return compile_condition(when).names
    except Unclear:
        return frozenset()


def uncovered(document: LifecycleDocument, known: Described) -> Iterator[Mistake]:
    """Values that the lifecycle writes or looks for, and that the field does not offer."""
    for key, side, kind, name in _OWN:
        offered = _offered(known, side, kind, name)
        missing = [value for value in getattr(document, key) if offered and value not in offered]
        if missing:
            listed = ", ".join(f"`{value}`" for value in missing)
            text = f"The field `{name}` of {side} {kind} does not offer these {key}: {listed}."
            yield document.mistake(text, ADD_THEM, key, missing[0])
    for name in _SHOWN:
        yield from _not_shown(document, name, _offered(known, *_SHOWN[name]))
    yield from _not_met(document, known)


def _offered(known: Described, side: Side, kind: str, name: str) -> tuple[str, ...]:
    """The values of a field that has a list of them; none of one that is not there, or takes any text."""
    described = known.get((side, kind), {}).get(name)
    return described.choices if described is not None else ()


def _not_shown(document: LifecycleDocument, name: str, offered: Sequence[str]) -> Iterator[Mistake]:
    side, kind, field = _SHOWN[name]
    shape = getattr(document.projections, name)
    for key in ("shows", "follow") if getattr(shape, "policy", None) == "follow" else ("shows",):
        for stage, said in getattr(shape, key).items():
            for value in [said] if isinstance(said, str) else said:
                if offered and value not in (BLANK, UNCHANGED, *offered):
                    text = f"`{name}` shows `{value}` for the stage `{stage}`, which `{field}` of {side} {kind} does not offer."
                    yield shape.mistake(text, suggestion(value, offered), key, stage)


def _not_met(document: LifecycleDocument, known: Described) -> Iterator[Mistake]:
    """Values of the status fields by which people ask, or are adopted, and that nobody can have."""
    statuses, shown = _offered(known, *_SHOWN["lead_status"]), _offered(known, *_SHOWN["lifecyclestage"])
    asked: list[tuple[Shape, str, Sequence[str], tuple[str, ...]]] = [
        *((one, one.shows, statuses, ("shows",)) for one in document.readings),
        *((one, one.status, statuses, ("status",)) for one in document.adoption.leads),
        *((document.adoption, one, shown, ("lifecyclestage", one)) for one in document.adoption.lifecyclestage),
    ]  # fmt: skip
    for shape, value, offered, path in asked:
        if offered and value not in (BLANK, *offered):
            field = "Lead.Status" if offered is statuses else "lifecyclestage"
            yield shape.mistake(
                f"No record can have `{value}`: {field} does not offer it.",
                suggestion(value, offered),
                *path,
            )


def unsaid_reasons(document: LifecycleDocument, known: Described) -> Iterator[Mistake]:
    """Words that sellers may choose in the field of their own, and whose reason nobody has named."""
    shape = document.reason_field
    for kind, name in _reason_fields(document):
        offered = _offered(known, "salesforce", kind, name)
        if shape is None or not offered:
            continue
        unsaid = [word for word in offered if word not in shape.says]
        if unsaid:
            listed = ", ".join(f"`{word}`" for word in unsaid)
            text = f"{kind.capitalize()}.{name} offers {listed}, which `says` does not name: each counts as `unknown`."
            yield shape.mistake(text, "Say which reason each of them means.", "says")
