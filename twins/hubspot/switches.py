"""What differs between portals, or what nobody could verify about HubSpot."""

from __future__ import annotations

from dataclasses import dataclass

from twins.switches import switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One line a switch; both behaviours of each are tested."""

    null_clears: bool = switch("a null in a write empties the property; else it is ignored", default=False)
    search_lag_ms: int = switch("so young a change is not found by search, in milliseconds", default=0)
    first_company_is_primary: bool = switch(
        "the first company joined to a record is its primary one", default=True
    )
