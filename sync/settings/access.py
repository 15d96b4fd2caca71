"""How somebody signs in to the two vendors: the bridge, or an admin who is not the bridge."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

PREFIX = "LEADBRIDGE_"


def is_loopback(host: str) -> bool:
    """Say whether *host* can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _vendor_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("must be an address such as https://example.my.salesforce.com")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise ValueError("must be scheme and host only, without user, path or query")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must begin with https:// (http:// is accepted for this machine only)")
    return text.rstrip("/")


Address = Annotated[str, AfterValidator(_vendor_address)]


class Group(BaseModel):
    """Settings that belong together; a name that is none of them is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SalesforceAccess(Group):
    """How to sign in to Salesforce: one of three ways."""

    login_url: Address = Field(
        "https://login.salesforce.com",
        description="Where tokens come from; client credentials need the org's own My Domain address.",
        examples=["https://example.my.salesforce.com"],
    )
    instance_url: Address | None = Field(
        None,
        description="The org's address; needed with a given access token only.",
        examples=["https://example.my.salesforce.com"],
    )
    client_id: str | None = Field(None, description="Consumer key of the connected app.", examples=["3MVG9…"])
    client_secret: SecretStr | None = Field(
        None, description="Consumer secret, for client credentials.", examples=["…"]
    )
    username: str | None = Field(
        None, description="Integration user, for JWT bearer.", examples=["bridge@example.com"]
    )
    private_key_file: Path | None = Field(
        None, description="PEM key of the app's certificate, for JWT bearer.", examples=["salesforce.pem"]
    )
    access_token: SecretStr | None = Field(
        None, description="A token made elsewhere; the daemon cannot renew it.", examples=["00D…!AQ…"]
    )
    api_version: str = Field(
        "66.0", pattern=r"^\d{2,3}\.0$", description="Salesforce API version.", examples=["66.0"]
    )

    def missing(self, group: str = "SALESFORCE") -> tuple[str, ...]:
        """Name what the chosen way to sign in still lacks; empty when it is complete. *group* is how it is called."""
        if self.access_token:
            return () if self.instance_url else (lacks(f"{group}__INSTANCE_URL", "the org's address"),)
        lacking = [] if self.client_id else [lacks(f"{group}__CLIENT_ID", "the app's consumer key")]
        if self.username or self.private_key_file:
            if not self.username:
                lacking.append(lacks(f"{group}__USERNAME", "the integration user of the JWT bearer way"))
            if not self.private_key_file:
                lacking.append(lacks(f"{group}__PRIVATE_KEY_FILE", "the PEM file of the JWT bearer way"))
        elif not self.client_secret:
            lacking.append(lacks(f"{group}__CLIENT_SECRET", "the app's consumer secret"))
        return tuple(lacking)

    @property
    def credentials(self) -> tuple[object, ...]:
        """What it signs in with."""
        return (self.access_token, self.client_id, self.username, self.client_secret)


class HubSpotAccess(Group):
    """How to sign in to HubSpot: one token."""

    access_token: SecretStr | None = Field(
        None,
        description="Service key, static-token app or legacy private-app token.",
        examples=["pat-eu1-…"],
    )
    base_url: Address = Field(
        "https://api.hubapi.com", description="HubSpot's address.", examples=["https://api.hubapi.com"]
    )
    portal_id: int | None = Field(
        None, description="The portal that the token must belong to.", examples=[4815162]
    )
    api_version: Literal["2026-09", "2026-03", "v3"] = Field(
        "2026-09", description="HubSpot API version.", examples=["2026-03"]
    )

    def missing(self, group: str = "HUBSPOT") -> tuple[str, ...]:
        """Name what is lacking to sign in; empty when it is complete. *group* is how it is called."""
        return () if self.access_token else (lacks(f"{group}__ACCESS_TOKEN", "the service key or app token"),)

    @property
    def credentials(self) -> tuple[object, ...]:
        """What it signs in with."""
        return (self.access_token,)


class AdminAccess(Group):
    """How an admin signs in, who may change what both systems are made of: read by `plugin` commands only."""

    salesforce: SalesforceAccess = Field(default_factory=SalesforceAccess)
    hubspot: HubSpotAccess = Field(default_factory=HubSpotAccess)


def not_an_admin(
    admin: SalesforceAccess | HubSpotAccess, daemon: SalesforceAccess | HubSpotAccess, side: str
) -> tuple[str, ...]:
    """Why *admin* cannot sign in to *side*, or is the daemon; empty when all is well."""
    if any(admin.credentials) and admin.credentials == daemon.credentials:
        said = (
            f"{PREFIX}ADMIN__{side}__… holds the daemon's own credentials; `plugin` needs an admin's, because"
            " the daemon must not be able to change fields. Nothing was contacted."
        )
        return (said,)
    lacking = admin.missing(f"ADMIN__{side}")
    if lacking and side == "SALESFORCE" and not any(admin.credentials):
        name = f"ADMIN__{side}__ACCESS_TOKEN"
        lacking = (
            lacks(
                name,
                "an admin's access token, with the org's address in …INSTANCE_URL (or an app of your own)",
            ),
        )
    if lacking and not daemon.missing(side):
        return (
            *lacking,
            f"{PREFIX}{side}__… is the daemon's and is never used to install anything.",
        )
    return lacking


def lacks(name: str, what: str) -> str:
    """The sentence for a setting that is missing."""
    return f"{PREFIX}{name} is missing ({what}); set it in the environment or in .env."
