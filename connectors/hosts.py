"""Which addresses a connector may speak to.

The lowest gate of the wire: every call passes it before a byte is sent, also the
address that a sign-in's answer names. https only; plain http for loopback alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from connectors.errors import Refused

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_ADDRESS = re.compile(r"[\d.]+|.*:.*")
_PORTS = {"https": 443, "http": 80}

Origin = tuple[str, str, int]


class Hosts:
    """Lets a call pass to a configured address or to a host of the vendor's own, to nobody else."""

    def __init__(self, configured: Mapping[str, str | None], vendor: re.Pattern[str]) -> None:
        self._vendor = vendor
        self._settings = {_origin(url, name): name for name, url in configured.items() if url}

    def check(self, url: str) -> str:
        """Give *url* back when it may be called; raise Refused otherwise."""
        origin = _origin(url, "an address that the vendor named")
        if origin not in self._settings and not self._is_vendors(origin):
            raise Refused(f"{origin[1]} is not an address this bridge may call; nothing was sent to it.")
        return url

    def is_plain(self, netloc: str) -> bool:
        """Whether *netloc* was configured as plain http on this machine."""
        parts = urlsplit("http://" + netloc)
        return ("http", parts.hostname or "", parts.port or 80) in self._settings

    def setting(self, url: str) -> str:
        """The name of the setting behind *url*, for a sentence to ops; of an address that a vendor named, the first."""
        parts = urlsplit(url)
        if self.is_plain(parts.netloc):
            url = f"http://{parts.netloc}"  # the library knows https only
        return self._settings.get(_origin(url, "address"), next(iter(self._settings.values()), "the address"))

    def _is_vendors(self, origin: Origin) -> bool:
        scheme, host, port = origin
        return scheme == "https" and port == 443 and self._vendor.fullmatch(host) is not None


def _origin(url: str, setting: str) -> Origin:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(
            f"{setting} is not a web address; write it like https://acme.my.salesforce.com."
        ) from None
    host = (parts.hostname or "").lower()
    if not _is_sound(parts, host):
        raise Refused(
            f"{setting} must be a plain https address: no user, no odd characters in the host name."
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise Refused(f"{setting} must start with https:// (plain http is for this machine only).")
    return parts.scheme, host, port or _PORTS[parts.scheme]


def _is_sound(parts: SplitResult, host: str) -> bool:
    named = _NAME.fullmatch(host) is not None and not _ADDRESS.fullmatch(host)
    return parts.scheme in _PORTS and "@" not in parts.netloc and (named or host in LOOPBACK)
