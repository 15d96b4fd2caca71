"""Whether what leadbridge brings to both systems is there, and still as the config says: pure, over the fields as the
vendors describe them to the bridge's own users.

That is less than an admin sees: rules, lists, segments and permission sets are looked at by `plugin check`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from connectors.records import Field
from mappings.agreement import Agreement
from mappings.own_fields import OwnFields
from mappings.values import Side
from plugin.checking import daemons_rights, lacking_rights
from plugin.components import Component, components
from plugin.hubspot.comparing import TELLS_VERSION
from plugin.hubspot.parts import TYPES
from plugin.marker import Marker
from plugin.salesforce.parts import FieldRight

Described = Mapping[tuple[Side, str], Mapping[str, Field]]
# https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/field_types.htm
_TYPES: Final[Mapping[Side, Mapping[str, str]]] = {
    "hubspot": {name: type_ for name, (type_, _) in TYPES.items()},
    "salesforce": {
        "choice": "picklist", "text": "string", "long_text": "textarea", "url": "url", "number": "double",
        "boolean": "boolean", "datetime": "datetime", "date": "date",
    },
}  # fmt: skip


def probe(known: Mapping[tuple[Side, str], Collection[str]]) -> OwnFields:
    """All of leadbridge's own fields are there, none is, or some are missing: *known* is what the signed-in users see."""
    wanted = [
        (component.side, kind, component.name)
        for component in components((), ())
        for kind in component.kinds
        if (component.side, kind) in known
    ]
    missing = tuple(one for one in wanted if one[2] not in known[one[0], one[1]])
    if not missing:
        return OwnFields()
    return OwnFields("absent" if len(missing) == len(wanted) else "partial", missing)


def noticed(agreement: Agreement, known: Described) -> OwnFields:
    """The agreement's own fields with what they tell of the install: its marker, and what differs from the config.

    Fields that bear no marker were not installed by leadbridge: nothing is said of them.
    """
    tells = known.get(("hubspot", "contact"), {}).get(TELLS_VERSION)
    there = Marker.found_in(tells.description) if tells is not None else None
    if there is None or agreement.own.missing:
        return agreement.own
    if there.lifecycle > agreement.lifecycle.version:
        return OwnFields("drifted", marker=str(there), drift=(_ahead(there, agreement),))
    drift = (
        *_version(there, Marker.of(agreement.lifecycle)),
        *_shapes(agreement, known),
        *lacking_rights(_of_own_fields(agreement), known),
    )
    return OwnFields("drifted" if drift else "installed", marker=str(there), drift=drift)


def _of_own_fields(agreement: Agreement) -> Iterator[FieldRight]:
    ours = {one.name for one in components((), ()) if one.side == "salesforce"}
    return (right for right in daemons_rights(agreement) if right.field.partition(".")[2] in ours)


def _ahead(there: Marker, agreement: Agreement) -> str:
    return (
        f"Version {there.lifecycle} of the lifecycle is installed already, and this bridge still goes by version"
        f" {agreement.lifecycle.version}: give it the new lifecycle.yaml."
    )


def _version(there: Marker, wanted: Marker) -> Iterator[str]:
    if there != wanted:
        yield (
            f"hubspot holds what leadbridge {there.version} brings for version {there.lifecycle} of the lifecycle"
            f" ({there.sha}), and the config asks for {wanted.version} with version {wanted.lifecycle} ({wanted.sha})."
        )


def _shapes(agreement: Agreement, known: Described) -> Iterator[str]:
    lifecycle = agreement.lifecycle
    for one in components(lifecycle.stages, lifecycle.reasons):
        for kind in one.kinds:
            if (one.side, kind) in known:
                yield from _shape(one, kind, known[one.side, kind][one.name])


def _shape(wanted: Component, kind: str, found: Field) -> Iterator[str]:
    where = f"{wanted.side} {kind} {wanted.name}"
    type_ = _TYPES[wanted.side][wanted.type]
    if found.type != type_:
        yield f"{where} is of type {found.type}, not {type_}."
    if found.unique is not wanted.unique:
        yield f"{where} takes {'each value once' if found.unique else 'the same value twice'}."
    if wanted.type == "choice":
        if lacking := [value for value in wanted.choices if value not in found.choices]:
            yield f"{where} does not offer {', '.join(lacking)}."
        if more := [value for value in found.choices if value not in wanted.choices]:
            yield f"{where} offers {', '.join(more)}, which the lifecycle does not have."
