"""Hand a message to a process that sends it, and stop that process when it takes too long."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from sync.notify.wording import Message

TIMEOUT_S: Final = 30.0
_KEPT: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR")
_SCRIPT: Final = Path(__file__).with_name("post.py")


class Send(Protocol):
    """Sends a message to an address."""

    def __call__(self, address: str, message: Message) -> str | None:
        """Why the address did not accept the message; None when it did."""


class Post:
    """Sends through apprise, over *proxy_url* where there is one; trusts *ca_file* beside the public authorities."""

    def __init__(
        self, ca_file: str | None = None, proxy_url: str | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._ca_file = ca_file
        self._environment = {**_kept(os.environ), **_proxy(proxy_url)}
        self._timeout_s = timeout_s

    def __call__(self, address: str, message: Message) -> str | None:
        """Why the address did not accept the message in time; None when it did."""
        letter = {
            "address": address, "title": message.title, "text": message.text, "ca_file": self._ca_file,
            "seconds": math.ceil(self._timeout_s) + 1,
        }  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - our own script, no shell
                [sys.executable, "-P", str(_SCRIPT)],
                input=json.dumps(letter).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback could show the address
                env=self._environment,
                timeout=self._timeout_s,
                start_new_session=True,  # a person's Ctrl-C is for the bridge
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"it did not answer within {self._timeout_s:g} seconds"
        except OSError as error:
            return f"no process could be started to send it ({type(error).__name__})"
        try:
            return str(why) if (why := json.loads(done.stdout)["why"]) else None
        except (ValueError, KeyError):
            return "sending it failed in leadbridge itself; report this"


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    """The machine's proxies and passwords are not trusted."""
    return {name: environment[name] for name in _KEPT if name in environment} | {"NETRC": os.devnull}


def _proxy(url: str | None) -> dict[str, str]:
    if url is None:
        return {}
    return {"http_proxy": url, "https_proxy": url, "no_proxy": "localhost,127.0.0.1,::1"}
