"""What HubSpot said it took and did not: a stage that was to go back, read back as it was before.

Part of station 5 (apply). Pure. Such a write was not carried out, whatever its status: it counts as the
vendor's word against the field, so that it is told, and set aside instead of sent for ever.
"""

from __future__ import annotations

from typing import Final

from connectors.batches import stands
from connectors.records import Fault, Receipt
from sync.model import Plan, Problem, Put

NOT_TAKEN: Final = "NOT_TAKEN"
BY_HAND: Final = (
    "set the value by hand in HubSpot, where people may pick any; if HubSpot or a workflow of yours never lets it"
    " go back, choose `policy: high_water` in lifecycle.yaml"
)


def not_taken(put: Put, receipt: Receipt) -> Fault | None:
    """The projections that the write left as they were read, though it was answered as done."""
    if receipt.outcome != "done" or receipt.record is None or put.read is None:
        return None
    there, stood = receipt.record.values, put.read.values
    names = tuple(
        name
        for name, value in put.write.values.items()
        if is_projection(put, name)
        and name in there
        and not stands({name: value}, there)
        and stands({name: stood.get(name)}, there)
    )
    return Fault(NOT_TAKEN, "The write was answered as done, and the value stayed.", names) if names else None


def is_projection(put: Put, name: str) -> bool:
    """The field is no mapping line's: it shows the stage, and is a line of its own."""
    return put.lines.get(name) == name


def way_out(line: str | None, usual: str) -> str:
    """What a person can do where the vendor, or something in it, does not let the field *line* be written."""
    return BY_HAND if line == "lifecyclestage" else usual


def left_as_it_was(plan: Plan, put: Put, name: str) -> Problem:
    """The problem that comes of it."""
    wanted = put.cleared.get(name, put.write.values[name])
    return Problem(
        code="write_not_kept",
        subject=plan.subject,
        field=name,
        text=f"{put.write.side} answered that it took {name} of {put.write.kind}, and left it as it was: it is to"
        f" show {f'“{wanted}”' if wanted else 'nothing'}",
        remedy=way_out(name, "find the rule that keeps the value; the next change tries again"),
    )
