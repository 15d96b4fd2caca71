"""The pool under hubspot-api-client: no redirect, a deadline for the whole answer, a limit to its size.

Stands where the library keeps its own pool, which has none of the three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3

from connectors.wire import Limits, read_to_end


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer read to its end, in the shape the library expects."""

    status: int
    reason: str | None
    headers: urllib3.HTTPHeaderDict
    data: bytes

    def getheaders(self) -> urllib3.HTTPHeaderDict:
        """The library's name for the headers."""
        return self.headers


class Pool:
    """Reads every answer whole before the library sees it."""

    def __init__(self, pool: urllib3.PoolManager, limits: Limits) -> None:
        self._pool, self._limits = pool, limits

    def request(self, method: str, url: str, **more: Any) -> Whole:
        more.update(preload_content=False, redirect=False)
        answer = self._pool.request(method, url, **more)
        where = method + " " + urlsplit(url).path
        raw = read_to_end(answer, self._limits, where)
        # the library decodes the body of an error without mercy
        data = raw if answer.status < 300 else raw.decode(errors="replace").encode()
        return Whole(answer.status, answer.reason, answer.headers, data)

    def clear(self) -> None:
        self._pool.clear()
