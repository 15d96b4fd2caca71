"""Every HubSpot path, for the dated versions and for the v3/v4 family that ends in 2027.

https://developers.hubspot.com/docs/api-reference/legacy/migration-guide
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from connectors.errors import Refused

_DATED = re.compile(r"20\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one API version: ``2026-09``, ``2026-03`` or ``v3`` (which takes v4 for associations)."""

    version: str

    def __post_init__(self) -> None:
        if self.version != "v3" and not _DATED.fullmatch(self.version):
            raise Refused("LEADBRIDGE_HUBSPOT__API_VERSION must be 2026-09, 2026-03 or v3.")

    def objects(self, name: str) -> str:
        """The list of one kind."""
        return self._of("objects") + "/" + name

    def batch(self, name: str, act: str) -> str:
        """*act* is read, create, update or upsert."""
        return self.objects(name) + "/batch/" + act

    def search(self, name: str) -> str:
        return self.objects(name) + "/search"

    def properties(self, name: str) -> str:
        return self._of("properties") + "/" + name

    def groups(self, name: str) -> str:
        """The property groups of one kind."""
        return self.properties(name) + "/groups"

    def segments(self) -> str:
        return self._of("lists")

    def segment_named(self, type_id: str, name: str) -> str:
        """One segment by its name."""
        return self.segments() + "/object-type-id/" + type_id + "/name/" + quote(name, safe="")

    def token(self) -> str:
        """What a private app's token may do; the same path in every version."""
        return "/oauth/v2/private-apps/get/access-token-info"

    def account(self) -> str:
        """Which account a token belongs to."""
        return f"/account-info/{self.version}/details"

    def owners(self) -> str:
        return self._of("owners")

    def associate(self, name: str, other: str) -> str:
        """Join many records by their default association."""
        root = "/crm/v4/associations" if self.version == "v3" else self._of("associations")
        return f"{root}/{name}/{other}/batch/associate/default"

    def associations(self, name: str, other: str) -> str:
        """Read with whom many records are associated."""
        root = "/crm/v4/associations" if self.version == "v3" else self._of("associations")
        return f"{root}/{name}/{other}/batch/read"

    def _of(self, family: str) -> str:
        return "/crm/v3/" + family if self.version == "v3" else "/crm/" + family + "/" + self.version
