"""Values that the definition needs and a field does not offer: one problem for ops, and the word at each refusal.

Part of station 5 (apply). The record is not to blame, and mending it mends nothing: an admin adds the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from connectors.records import Fault, Ref
from mappings.documents.tree import Mistake
from mappings.lifecycle.fields import LISTED
from sync.model import Problem, Put
from sync.store import Store

VALUE_MISSING: Final = "value_missing"
ADD_IT: Final = "run `leadbridge plugin install`, or let an admin add the value to the field; then `leadbridge problems retry`"
_FIELDS: Final = Ref("hubspot", "fields", "lifecycle.yaml")
# HubSpot's word, then Salesforce's, for a value that is not on the list of a closed field.
_NOT_ON_THE_LIST: Final = frozenset({"INVALID_OPTION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"})


def not_offered(put: Put, faults: Sequence[Fault]) -> str | None:
    """The one field of ours whose list lacks the value that was written; None where it was refused for more than that."""
    if not faults or not all(fault.code in _NOT_ON_THE_LIST and fault.fields for fault in faults):
        return None
    named = {name for fault in faults for name in fault.fields}
    return named.pop() if len(named) == 1 and named <= LISTED & put.write.values.keys() else None


def value_missing(put: Put, subject: Ref, name: str) -> Problem:
    """The problem that comes of such a refusal."""
    write = put.write
    return Problem(
        code=VALUE_MISSING,
        subject=subject,
        field=name,
        text=f"the field {name} of {write.side} {write.kind} does not offer “{write.values[name]}”, so it was refused",
        remedy=ADD_IT,
    )


def say_lacking(store: Store, findings: Sequence[Mistake], now: datetime) -> None:
    """One problem says what both systems' fields lack; it is over once nothing is missing."""
    if not findings:
        store.close_problems(_FIELDS, at=now)
        return
    text = " ".join(str(one) for one in findings)
    remedy = "add the values to the fields (`leadbridge plugin install` adds those of leadbridge's own), or mend lifecycle.yaml"
    store.open_problems([Problem(VALUE_MISSING, _FIELDS, text, remedy)], now)
