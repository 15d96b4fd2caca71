"""What differs between orgs, or what nobody could verify about Salesforce."""

from __future__ import annotations

from dataclasses import dataclass

from twins.switches import switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One line a switch; both behaviours of each are tested."""

    map_custom_fields: bool = switch(
        "a conversion carries leadbridge's Lead fields to the Contact", default=True
    )
