"""The agreement → every component that is installed in Salesforce, in a fixed order.

Additive only: never a layout, profile, page, standard value set, setting or connected app, since a deploy of
these replaces what the customer made.
"""

from __future__ import annotations

from mappings.agreement import Agreement
from plugin.marker import Marker
from plugin.salesforce.fields import custom_fields, own, value_sets
from plugin.salesforce.objects import PEOPLE
from plugin.salesforce.parts import TYPES, CustomPermission, Part
from plugin.salesforce.rights import permission_sets
from plugin.salesforce.rules import PERMISSION, rules
from plugin.salesforce.screens import list_views, quick_actions


def bundle(agreement: Agreement) -> tuple[Part, ...]:
    """Every component, sorted by type and name; the same agreement gives the same parts.

    *agreement* is the one that the config folder says, with all own fields (not one read in standard mode).
    """
    lifecycle = agreement.lifecycle
    parts: tuple[Part, ...] = (
        *value_sets(lifecycle),
        *custom_fields(lifecycle),
        *(rule for object_ in PEOPLE for rule in rules(lifecycle, object_)),
        CustomPermission(
            name=PERMISSION,
            label="leadbridge: exempt from its rules",
            description=Marker.of(lifecycle).ends("leadbridge's own user is judged by its own lifecycle."),
        ),
        *permission_sets(agreement, own(lifecycle)),
        *quick_actions(lifecycle),
        *list_views(lifecycle),
    )
    return tuple(sorted(parts, key=lambda part: (TYPES.index(type(part)), part.full_name)))
