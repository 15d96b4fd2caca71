"""What uses a property, so that it cannot be deleted: formulas of other properties and segments.

Captured in live runs: https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from twins.hubspot.errors import Refused
from twins.hubspot.portal import Portal
from twins.hubspot.shelves.rows import Shelf


def check_unused(portal: Portal, shelf: Shelf, name: str) -> None:
    """Refuse when something names the property; the body lists every use."""
    uses = list(_uses(portal, shelf, name))
    if not uses:
        return
    raise Refused(
        400,
        f"Property: {name} of object type {shelf.kind.type_id} is currently used in {len(uses)} places and cannot be deleted",
        subCategory="PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE",
        context={"usageCount": [str(len(uses))]},
        errors=[
            {
                "message": f"{name} is used by {parent}",
                "subCategory": "PropertyValidationError.PROPERTY_USAGE",
                "context": {"parentType": [type_], "parentName": [parent]},
            }
            for type_, parent in uses
        ],
    )


def _uses(portal: Portal, shelf: Shelf, name: str) -> Iterator[tuple[str, str]]:
    for one in shelf.schema.values():
        if name in re.split(r"\W+", str(one.told.get("calculationFormula", ""))):
            yield "PROPERTY", one.name
    for segment in portal.segments.standing():
        if segment.kind == shelf.kind.name and name in _named(segment.branch):
            yield "INBOUNDDB_LISTS", str(segment.id)


def _named(branch: Any) -> set[str]:
    """The properties that a filter branch of a segment names."""
    if isinstance(branch, dict):
        own = {str(branch["property"])} if "property" in branch else set()
        return own.union(*map(_named, branch.values()))
    return set().union(*map(_named, branch)) if isinstance(branch, list) else set()
