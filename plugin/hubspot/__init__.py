"""What leadbridge brings to HubSpot: a property group, properties and segments."""

from plugin.hubspot.comparing import compared
from plugin.hubspot.generating import bundle

__all__ = ["bundle", "compared"]
