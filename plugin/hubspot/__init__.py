"""What leadbridge brings to HubSpot: a property group, properties and segments."""
