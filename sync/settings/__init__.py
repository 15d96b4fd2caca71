"""Secrets and addresses, as the environment, `.env` and secret files say."""

from sync.settings.access import PREFIX, AdminAccess, HubSpotAccess, SalesforceAccess
from sync.settings.environment import (
    Http,
    Settings,
    UnusableSettings,
    described_settings,
    read_settings,
    setting_names,
    shipped_config,
)

__all__ = [
    "PREFIX",
    "AdminAccess",
    "Http",
    "HubSpotAccess",
    "SalesforceAccess",
    "Settings",
    "UnusableSettings",
    "described_settings",
    "read_settings",
    "setting_names",
    "shipped_config",
]
