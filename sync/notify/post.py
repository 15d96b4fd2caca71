"""Send one message to one address: a process of its own, which may be stopped at any moment.

Reads a letter as JSON from standard input, says on standard output whether the address
accepted it. It runs as a script and imports nothing of leadbridge: what the library and a
slow address cost stays out of the bridge.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

_STATUS = re.compile(r"error=(\d{3})\b")


def main() -> None:
    """Send the letter on standard input."""
    letter = json.load(sys.stdin)
    signal.alarm(letter["seconds"])  # whoever started this may be gone: then nobody else ends it
    with ExitStack() as kept:
        if letter.get("ca_file"):
            folder = kept.enter_context(tempfile.TemporaryDirectory())
            _trust(letter["ca_file"], Path(folder) / "ca.pem")
        why = sent(letter["address"], letter["title"], letter["text"])
    json.dump({"why": why}, sys.stdout)


def sent(address: str, title: str, text: str) -> str | None:
    """Why the address did not accept the message; None when it did."""
    heard = _Heard()
    target = target_of(address, heard)
    if target is None:
        return "its address cannot be read; see docs/ops-guide.md for how each is spelled"
    if target.notify(body=text, title=title, notify_type="info", body_format="text"):
        return None
    return (
        f"it answered {heard.status}" if heard.status else "it could not be reached, or refused the message"
    )


def target_of(address: str, heard: logging.Handler | None = None) -> Any:
    """What the library makes of an address; None when it can make nothing of it.

    What it logs meanwhile may hold parts of the address: only *heard* hears it.
    """
    logger = logging.getLogger("apprise")
    logger.handlers, logger.propagate = [heard or logging.NullHandler()], False
    logger.setLevel(logging.WARNING)  # an answer's status is one, however quiet the rest is
    from apprise import AppriseAsset
    from apprise.plugins.custom_json import NotifyJSON
    from apprise.plugins.email import NotifyEmail
    from apprise.plugins.slack import NotifySlack
    from apprise.plugins.workflows import NotifyWorkflows

    asset = AppriseAsset(
        app_id="leadbridge", app_desc="leadbridge", app_url="", async_mode=False, http_redirects=False,
        storage_mode="memory", pgp_autogen=False, pem_autogen=False, allow_templates=False,
    )  # fmt: skip
    plugins: dict[str, Any] = {
        "mailto": NotifyEmail, "mailtos": NotifyEmail, "slack": NotifySlack, "json": NotifyJSON,
        "jsons": NotifyJSON, "workflow": NotifyWorkflows, "workflows": NotifyWorkflows,
    }  # fmt: skip
    scheme = address.partition(":")[0].lower()
    if scheme == "https":
        native = plugins["slack"].parse_native_url(address) or plugins["workflow"].parse_native_url(address)
        plugin = plugins[native["schema"] if native else "jsons"]
        said = native or _hook(address, plugin)
    else:
        plugin = plugins[scheme]
        said = plugin.parse_url(address)
    if not said:
        return None
    try:
        target = plugin(**{**said, "include_image": False}, asset=asset)
    except TypeError:  # the library's word for an address that lacks something
        return None
    return target if _is_safe(target) else None


def _hook(address: str, plugin: Any) -> dict[str, Any]:
    """Somebody's own https address: its query is sent on as it stands, none of it is an option of the library."""
    parts = urlsplit(address)
    said = plugin.parse_url(urlunsplit(parts._replace(scheme="jsons", query="", fragment="")))
    return {**said, "params": parse_qs(parts.query, keep_blank_values=True)} if said else {}


def _is_safe(target: Any) -> bool:
    """However an address is spelled: nobody is believed without a certificate, and no mail goes in the clear by it."""
    is_clear_mail = target.secure and getattr(target, "secure_mode", None) == "insecure"
    return bool(target.verify_certificate) and not is_clear_mail


def _trust(ca_file: str, bundle: Path) -> None:
    import certifi

    bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + Path(ca_file).read_bytes())
    os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = str(bundle)


class _Heard(logging.Handler):
    """Takes the status out of what the library logs; nothing else of it goes anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.status: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the status of an answer, if the line holds one."""
        if found := _STATUS.search(record.getMessage()):
            self.status = found.group(1)


if __name__ == "__main__":
    main()
