"""The objects of a fresh org, with their real lengths, requirements and picklists.

Flags and lengths as recorded describes show them
(https://github.com/SFDO-Tooling/CumulusCI, cumulusci/tests/shared_cassettes) and the object reference
(https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.components import Component, components
from twins.salesforce.schema import around, campaigning, past, permitting, selling
from twins.salesforce.schema.declared import choice
from twins.salesforce.schema.kinds import Field, Kind

_TYPES: dict[str, Any] = {
    "choice": "picklist", "text": "string", "long_text": "textarea", "number": "double",
    "boolean": "boolean", "datetime": "datetime", "date": "date", "url": "url",
}  # fmt: skip
_KINDS = {"lead": "Lead", "contact": "Contact", "account": "Account", "opportunity": "Opportunity"}


def fresh_org(stages: Sequence[str], reasons: Sequence[str], currencies: Sequence[str]) -> dict[str, Kind]:
    """Every kind by its API name, leadbridge's own fields included.

    With *currencies* the first is the corporate one, and records with money name theirs.
    """
    kinds = [
        *(
            selling.lead(),
            selling.contact(),
            selling.account(),
            selling.opportunity(),
            selling.contact_role(),
        ),
        *(around.task(), around.event(), around.user(), around.group(), around.organization()),
        *(around.lead_status(), around.opportunity_stage(), selling.product_line(), around.record_type()),
        *(*campaigning.kinds(), *past.kinds(), *permitting.kinds()),
    ]
    org = {kind.name: kind for kind in kinds}
    for component in components(stages, reasons):
        if component.side == "salesforce":
            for kind in component.kinds:
                org[_KINDS[kind]].add([custom(component)])
    if currencies:
        for name in ("Lead", "Contact", "Account", "Opportunity"):
            org[name].add([choice("CurrencyIsoCode", currencies, restricted=True, default=currencies[0])])
    return org


def custom(component: Component) -> Field:
    """A component of ours as a field; our picklists are restricted, unlike the standard ones."""
    is_choice = component.type == "choice"
    return Field(
        name=component.name,
        type=_TYPES[component.type],
        label=component.label,
        length=255 if is_choice else component.length or 0,
        digits=(component.length or 18, 0),
        choices=component.choices,
        restricted=is_choice,
        unique=component.unique,
        external_id=component.external_id,
        id_lookup=component.external_id,
    )
