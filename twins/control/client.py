"""A small client for the control of a world, for tests and scripts in another process or container."""

from __future__ import annotations

from typing import Any

import requests


class Refused(Exception):
    """The control did not do it; the message says why."""


class Remote:
    """One world behind the address of its control; *ca_file* where it speaks https with its own authority."""

    def __init__(self, url: str, *, ca_file: str | None = None, timeout_s: float = 30.0) -> None:
        self._url, self._timeout_s = url.rstrip("/"), timeout_s
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True

    def overview(self) -> dict[str, Any]:
        """The moment, both addresses, the number of commits, and what can be asked."""
        return self._ask("GET", "/")

    def log(self, *, after: int = 0, **which: str) -> list[dict[str, Any]]:
        """The commits above number *after*; *which*: side, actor, kind."""
        commits: list[dict[str, Any]] = self._ask("GET", "/log", params={"after": after, **which})["commits"]
        return commits

    def calls(self) -> dict[str, dict[str, int]]:
        """How often each address was called, by side."""
        return self._ask("GET", "/calls")

    def switches(self) -> dict[str, list[dict[str, Any]]]:
        """Every switch of both sides."""
        return self._ask("GET", "/switches")

    def flip(self, side: str, **changes: Any) -> None:
        """Turn switches of one side; raises Refused."""
        self._ask("PATCH", "/switches", json={side: changes})

    def fault(self, name: str, **how: Any) -> None:
        """Let a fault strike: *how* is times and skip, or share; side, method, path; the fault's options."""
        self._ask("POST", "/faults", json={"name": name, **how})

    def faults(self) -> dict[str, Any]:
        """The rules now, what has struck, the catalogue."""
        return self._ask("GET", "/faults")

    def mend(self) -> None:
        """Let both wires be sound again."""
        self._ask("DELETE", "/faults")

    def advance(self, seconds: float) -> str:
        """Let time pass; the new moment."""
        return str(self._ask("POST", "/clock", json={"advance_s": seconds})["now"])

    def act(self, side: str, do: str, **given: Any) -> Any:
        """Somebody does something at the screen; raises Refused with the vendor's words."""
        return self._ask("POST", "/act", json={"side": side, "do": do, "with": given})["answer"]

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self._session.request(method, self._url + path, timeout=self._timeout_s, **more)
        body: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            raise Refused(body.get("error", f"HTTP {answer.status_code}"))
        return body
