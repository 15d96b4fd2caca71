"""The plugin's validation rules in force: sellers make legal moves only, the bridge may do all."""

from __future__ import annotations

from mappings.lifecycle.machine import Lifecycle
from plugin.salesforce.rules import PERMISSION, rules
from twins.world import World


def hold_sellers(world: World, lifecycle: Lifecycle) -> None:
    """Switch the rules on for Leads and Contacts."""
    org = world.salesforce
    org.add_custom_permission(PERMISSION)
    org.permit(org.integration_user, PERMISSION)
    for kind in ("Lead", "Contact"):
        for rule in rules(lifecycle, kind):
            org.add_rule(kind, rule.name, rule.formula, rule.message, rule.at)
