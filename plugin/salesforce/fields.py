"""The value sets and fields: what `plugin.components` lists, in Salesforce's own types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mappings.lifecycle.machine import Lifecycle
from plugin.components import Component, components
from plugin.marker import Marker
from plugin.salesforce.labels import label
from plugin.salesforce.objects import OBJECTS
from plugin.salesforce.parts import Choice, CustomField, FieldType, ValueSet

_TYPES: Final[Mapping[str, FieldType]] = {
    "choice": "Picklist", "text": "Text", "long_text": "LongTextArea", "number": "Number",
    "boolean": "Checkbox", "datetime": "DateTime", "date": "Date", "url": "Url",
}  # fmt: skip
STAGES: Final = "Leadbridge_Stage"
REASONS: Final = "Leadbridge_Reason"
_SHARED: Final[Mapping[str, str]] = {
    "Leadbridge_Stage__c": STAGES, "Leadbridge_Reason__c": REASONS, "Leadbridge_Loss_Reason__c": REASONS,
}  # fmt: skip
_MEANS: Final[Mapping[str, str]] = {
    "Leadbridge_Stage__c": "Where the person stands in the lifecycle that marketing and sales share.",
    "Leadbridge_Reason__c": "Why sales gave the person back.",
    "Leadbridge_Sales_Rating__c": "What sales thinks of an accepted lead.",
    "Leadbridge_Sales_Comment__c": "What sales tells marketing.",
    "Leadbridge_Stage_Changed_At__c": "Since when the person stands in the stage.",
    "Leadbridge_Handed_Over_At__c": "When marketing handed the person over.",
    "Leadbridge_SLA_Due_At__c": "By when something must happen, in business hours.",
    "Leadbridge_SLA_Breached__c": "The deadline is over.",
    "Leadbridge_Round__c": "Which trip through the funnel this is.",
    "Leadbridge_HubSpot_Id__c": "The contact in HubSpot that is the same person.",
    "Leadbridge_HubSpot_URL__c": "The contact's page in HubSpot.",
    "Leadbridge_Marketing_Summary__c": "What marketing did before the hand-over.",
    "Leadbridge_Source_Campaign__c": "The campaign by which marketing met the person.",
    "Leadbridge_Loss_Reason__c": "Why the opportunity was lost.",
}


def value_sets(lifecycle: Lifecycle) -> tuple[ValueSet, ...]:
    """Stages, the retired ones inactive, and reasons: always all of them, since Salesforce would switch off the rest
    (https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_globalvalueset.htm).
    """
    marker = Marker.of(lifecycle)
    gone = lifecycle.installing.retired
    stages = (*_choices(lifecycle.stages), *(Choice(one, label(one), active=False) for one in gone))
    return (
        ValueSet(
            name=REASONS,
            label="leadbridge: reasons",
            description=marker.ends("Why a person was given back, or an opportunity lost."),
            choices=_choices(lifecycle.reasons),
        ),
        ValueSet(
            name=STAGES,
            label="leadbridge: stages",
            description=marker.ends("The stages of the shared lifecycle."),
            choices=stages,
        ),
    )


def own(lifecycle: Lifecycle) -> tuple[Component, ...]:
    """Leadbridge's own fields in Salesforce."""
    every = components(lifecycle.stages, lifecycle.reasons)
    return tuple(one for one in every if one.side == "salesforce")


def custom_fields(lifecycle: Lifecycle) -> tuple[CustomField, ...]:
    """Every own field on every object that has it."""
    marker = Marker.of(lifecycle)
    return tuple(_field(one, OBJECTS[kind], marker) for one in own(lifecycle) for kind in one.kinds)


def _field(one: Component, object_: str, marker: Marker) -> CustomField:
    shared = _SHARED.get(one.name, "")
    means = _MEANS[one.name]
    return CustomField(
        object=object_,
        name=one.name,
        label=one.label,
        description=marker.ends(means),
        help=means,
        kind=_TYPES[one.type],
        length=one.length if one.type in ("text", "long_text", "number") else None,
        unique=one.unique,
        external_id=one.external_id,
        value_set=shared,
        choices=() if shared else _choices(one.choices),
    )


def _choices(names: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, label(name)) for name in names)
