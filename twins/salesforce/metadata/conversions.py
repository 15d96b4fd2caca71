"""The settings of lead conversion: read, never deployed here.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_leadconvertsettings.htm
"""

from __future__ import annotations

from twins.salesforce.org.mapping import TARGETS, mapped
from twins.salesforce.org.state import Org
from twins.salesforce.trees import Element, grown

TYPE = NAME = "LeadConvertSettings"


def read(org: Org, name: str) -> Element | None:
    """What is mapped to which object; None for any other name than the only one. [M] the name of the only one"""
    if name != NAME or not org.switches.lead_mapping_readable:
        return None
    maps = [(target, mapped(org, target)) for target in TARGETS]
    told = [
        {
            "inputObject": "Lead",
            "mappingFields": [{"inputField": one, "outputField": fields[one]} for one in sorted(fields)],
            "outputObject": target,
        }
        for target, fields in maps
        if fields
    ]
    shown = {
        "fullName": NAME,
        "allowOwnerChange": False,
        "objectMapping": told,
        "opportunityCreationOptions": "VisibleOptional",
    }
    return grown(TYPE, shown)
