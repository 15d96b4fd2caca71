"""What is needed to sign in to one Salesforce org."""

from __future__ import annotations

from dataclasses import dataclass, field

PREFIX = "LEADBRIDGE_SALESFORCE__"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceSettings:
    """Client credentials (id, secret), JWT bearer (id, user name, key) or a given access token."""

    login_url: str | None = None
    instance_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = None
    private_key: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    api_version: str = "66.0"
    ca_file: str | None = None
    proxy_url: str | None = field(default=None, repr=False)
