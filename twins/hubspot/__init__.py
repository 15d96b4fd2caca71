"""HubSpot's twin: one portal in memory, true on the wire for what the bridge uses."""

from twins.hubspot.doors import Loaded
from twins.hubspot.errors import Refusal, Refused
from twins.hubspot.fresh import Owner
from twins.hubspot.schema import Group, Property
from twins.hubspot.switches import Switches
from twins.hubspot.twin import TOKEN, HubSpotTwin

__all__ = ["TOKEN", "Group", "HubSpotTwin", "Loaded", "Owner", "Property", "Refusal", "Refused", "Switches"]
