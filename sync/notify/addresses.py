"""Where notifications go: which addresses may be used, said in sentences that never show one."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from mappings.notifications import Notification
from sync.notify.post import target_of

SETTING: Final = "LEADBRIDGE_NOTIFY__"
_SEE: Final = "docs/ops-guide.md says how each is spelled"
_KNOWN: Final = ("mailtos", "mailto", "slack", "workflows", "workflow", "https", "jsons", "json")
_USE: Final = "use mailtos://, mailto://, slack://, workflows:// (Teams) or https://"
# What would take away the check of certificates, follow a detour, or read a file of this machine.
_REFUSED: Final = frozenset(
    {"verify", "redirect", "template", "pgp", "pgpkey", "pgpmode", "attach", "retry", "wait", "rto", "cto"}
)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def findings(told: Iterable[Notification], addresses: Mapping[str, str]) -> Iterator[str]:
    """What keeps somebody from being told: a sentence for each name, and for each address that nobody uses."""
    names: dict[str, int] = {}
    for one in told:
        names.setdefault(one.to, one.line)
    for name, line in names.items():
        address = addresses.get(name)
        if mistake := mistake_of(name, address):
            yield f"bridge.yaml:{line}: {mistake}" if address is None else mistake
        elif address is not None and target_of(address) is None:
            yield f"{SETTING}{name.upper()} cannot be read as an address of its kind; {_SEE}."
    for name in sorted(addresses.keys() - names.keys()):
        near = difflib.get_close_matches(name, list(names), n=1)
        meant = f"did you mean {SETTING}{near[0].upper()}?" if near else "add it, or remove the setting."
        yield f"{SETTING}{name.upper()} is an address that no `to` in bridge.yaml names; {meant}"


def mistake_of(name: str, address: str | None) -> str | None:
    """Why nobody can be told at this address; None when somebody can."""
    setting = f"{SETTING}{name.upper()}"
    if address is None:
        return (
            f"`{name}` is to be told, but {setting} is missing; set it in the environment or in .env, "
            "or remove the line from bridge.yaml."
        )
    if why := _why_not(address):
        return f"{setting} {why}."
    return None


def _why_not(address: str) -> str | None:
    found = _SCHEME.match(address)
    scheme = found.group(1).lower() if found else ""
    if scheme == "msteams":
        return "is of a kind that Microsoft has switched off; make a workflow in Teams, and use its https:// address"
    if scheme == "http":
        return "would be sent in the clear: use https://"
    if scheme not in _KNOWN:
        return f"does not begin with a scheme that is known here: {_USE}"
    try:
        parts = urlsplit(address)
        host, options = parts.hostname, {key.lower() for key, _ in parse_qsl(parts.query)}
    except ValueError:
        return "is no address"
    if not host:
        return "names no host"
    if refused := sorted(options & _REFUSED):
        return f"says `{refused[0]}`, which cannot be set here; remove it"
    if scheme == "json" and not _is_loopback(host):
        return "would be sent in the clear: json:// is for this machine only; use https://"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
