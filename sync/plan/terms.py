"""What planning is allowed to know besides the facts: the agreement, who is who, since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.records import Side
from mappings.agreement import Agreement
from mappings.directory import Directory


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one pass.

    *us* is the user id under which the bridge itself writes on each side, where known;
    *live_since* the bridge's first moment in write mode (None while it only observes);
    *fallback_queue* the Salesforce id of the queue that takes hand-offs without an owner.
    """

    agreement: Agreement
    directory: Directory
    live_since: datetime | None = None
    us: Mapping[Side, str | None] = field(default_factory=dict)
    fallback_queue: str | None = None
