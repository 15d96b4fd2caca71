"""HubSpot's twin: one portal in memory, true on the wire for what the bridge uses."""

from twins.hubspot.errors import Refusal, Refused
from twins.hubspot.objects.doors import Loaded
from twins.hubspot.schema.fresh import Owner
from twins.hubspot.schema.properties import Group, Property
from twins.hubspot.switches import Switches
from twins.hubspot.twin import TOKEN, HubSpotTwin

__all__ = ["TOKEN", "Group", "HubSpotTwin", "Loaded", "Owner", "Property", "Refusal", "Refused", "Switches"]
