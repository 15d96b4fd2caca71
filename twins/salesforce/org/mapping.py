"""Which Lead fields a conversion carries over, as an admin maps them (Setup > Lead > Map Lead Fields).

https://help.salesforce.com/s/articleView?id=sales.customize_mapleads.htm
"""

from __future__ import annotations

from twins.salesforce.org.state import Org

TARGETS = ("Account", "Contact", "Opportunity")


def mapped(org: Org, target: str) -> dict[str, str]:
    """Custom fields of the Lead, and the field of *target* that each one fills; as the switch says until one is mapped."""
    lead, there = org.kinds["Lead"].fields, org.kinds[target].fields
    if org.lead_mapping is not None:
        said = {name: to for (of, name), to in org.lead_mapping.items() if of == target}
    elif target == "Contact" and org.switches.map_custom_fields:
        said = {name: name for name, field in lead.items() if field.custom}
    else:
        said = {}
    return {name: to for name, to in said.items() if name in lead and to in there}


def map_field(org: Org, field: str, target: str, to: str | None) -> None:
    """Let a conversion carry a custom field of the Lead to the field *to* of *target*, or (None) to none.

    Raises ValueError for what is no custom field on both sides.
    """
    names = [(org.kinds["Lead"], field), *([(org.kind(target), to)] if to else [])]
    for kind, name in names:
        if name not in kind.fields or not kind.fields[name].custom:
            raise ValueError(f"{kind.name}.{name} is no custom field")
    if org.lead_mapping is None:
        org.lead_mapping = {(of, name): there for of in TARGETS for name, there in mapped(org, of).items()}
    org.lead_mapping.pop((target, field), None)
    if to:
        org.lead_mapping[target, field] = to
