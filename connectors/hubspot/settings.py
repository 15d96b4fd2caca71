"""What is needed to sign in to one HubSpot portal."""

from __future__ import annotations

from dataclasses import dataclass, field

PREFIX = "LEADBRIDGE_HUBSPOT__"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotSettings:
    """A static token (service key, static-token app or legacy private app) and where to send it."""

    access_token: str | None = field(default=None, repr=False)
    base_url: str = "https://api.hubapi.com"
    api_version: str = "2026-09"
    portal_id: str | None = None
    ca_file: str | None = None
    proxy_url: str | None = field(default=None, repr=False)
