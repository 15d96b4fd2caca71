"""The lifecycle stage goes forward only; what an earlier stage meets is a switch.

Success, and nothing changed: https://integrate.hubspot.com/t/1333
"""

from __future__ import annotations

from collections.abc import Iterable

from twins.hubspot.errors import Invalid, invalid_values
from twins.hubspot.portal import Portal
from twins.hubspot.shelves.history import past
from twins.hubspot.shelves.rows import Row, Shelf, Writer

STAGE = "lifecyclestage"
# A person at the screen may pick any stage; apps, forms and workflows only go forward (unverified for forms).
_MAY_GO_BACK = frozenset({"CRM_UI", "IMPORT"})


def is_ignored(portal: Portal, shelf: Shelf, row: Row, new: str | None, writer: Writer) -> bool:
    """Whether a stage that an app writes is silently dropped; Refused where the switch says so.

    Whether a cleared stage is forgotten, so that any may follow, is a switch.
    """
    now = row.values.get(STAGE)
    if now is None and not portal.switches.cleared_stage_is_free:
        now = next((one.value for one in past(row, STAGE) if one.value), None)
    if writer.source in _MAY_GO_BACK or not goes_back(shelf, now, new):
        return False
    match portal.switches.backward_stage:
        case "accept":
            return False
        case "refuse":
            said = f"{now} cannot be set back to {new}"
            raise invalid_values(portal.portal_id, [Invalid(STAGE, "INVALID_LIFECYCLE_STAGE", said)])
    return True


def goes_back(shelf: Shelf, now: str | None, new: str | None) -> bool:
    """Whether *new* stands before *now*; from nothing, and to nothing, is no way back."""
    if now is None or new is None:
        return False
    order = _order(shelf)
    return order.get(new, -1) < order.get(now, -1)


def furthest(shelf: Shelf, stages: Iterable[str | None]) -> str | None:
    """The stage that is furthest down the funnel."""
    order = _order(shelf)
    return max((stage for stage in stages if stage), key=lambda stage: order.get(stage, -1), default=None)


def _order(shelf: Shelf) -> dict[str, int]:
    return {stage: place for place, stage in enumerate(shelf.schema[STAGE].options)}
