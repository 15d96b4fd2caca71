"""How many calls a set of plans would take."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from sync.model import Plan

# Rows a call: sObject Collections take 200, HubSpot's CRM batches 100.
ROWS_PER_CALL: Final[Mapping[str, int]] = {"salesforce": 200, "hubspot": 100}


def forecast(plans: Iterable[Plan]) -> dict[str, int]:
    """Writing calls by side, were these plans carried out in full batches."""
    rows = Counter((put.write.side, put.write.kind, put.write.op) for plan in plans for put in plan.puts)
    calls = dict.fromkeys(ROWS_PER_CALL, 0)
    for (side, _, _), n in rows.items():
        calls[side] += math.ceil(n / ROWS_PER_CALL[side])
    return calls
