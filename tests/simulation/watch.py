"""An onlooker at both wires: it notes every request, and lets things happen between two of them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from connectors.records import Side
from connectors.retry import retry_after_s
from sync.clock import Clock
from tests.simulation.evidence import Attempt
from tests.simulation.seams import Killed
from twins.messages import Request
from twins.wire import Delivery
from twins.world import World

_ID: Final = re.compile(r"/(?:\d+|[a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})(?=/|$)")
_VERSION: Final = re.compile(r"^/services/data/v[\d.]+/")
_SIGN_IN: Final = ("/services/oauth2/", "/oauth/")
# A page of all records of one kind, as a backfill or a sweep asks for it.
_PAGES: Final[dict[Side, re.Pattern[str]]] = {
    "hubspot": re.compile(r"^GET /crm/objects/[^/]+/[a-z]+ "),
    "salesforce": re.compile(r"FROM%20\w+%20(WHERE%20%28Id%20%3E%20[^%]+%29%20)?ORDER%20BY%20Id%20LIMIT"),
}
_ANSWERED: Final = ("whole", "drip")


class Watch:
    """Notes what goes over the wires of *world*; *at_step* are things that happen at the n-th step from now.

    A step is a request that is about to be sent, an answer that is about to come back, or a commit of the store.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock
        self.attempts: list[Attempt] = []
        self.calls: Counter[tuple[Side, str]] = Counter()
        self.pages = 0
        self.at_step: dict[int, Callable[[], object]] = {}
        self.dies_at: int | None = None
        self._steps = 0
        for side, wire in world.wires.items():
            wire.carry = partial(self._carried, side, wire.carry)  # type: ignore[method-assign]

    def begin(self) -> None:
        """A pass begins: steps, calls and pages are counted from here."""
        self._steps = self.pages = 0
        self.calls = Counter()

    def step(self, *_: Any) -> None:
        """One step further: somebody acts, or the process dies here."""
        self._steps += 1
        deed = self.at_step.pop(self._steps, None)
        if deed is not None:
            deed()
        if self.dies_at is not None:
            self.dies_at -= 1
            if self.dies_at <= 0:
                self.dies_at = None
                raise Killed

    @property
    def struck(self) -> int:
        """How many faults have struck so far."""
        return sum(self._world.faults.struck.values())

    def _carried(self, side: Side, carry: Callable[[Request], Delivery], request: Request) -> Delivery:
        self.step()
        at, log = self._clock.now(), self._world.log
        before = len(log)
        delivery = carry(request)
        answered = delivery.how in _ANSWERED
        wrote = log.writes(actor="daemon", side=side, after=before) if len(log) > before else ()
        headers = {name.lower(): value for name, value in delivery.reply.headers.items()} if answered else {}
        self.attempts.append(
            Attempt(
                at,
                side,
                request.method,
                request.path,
                delivery.reply.status if answered else 0,
                wrote[-1].request_id if wrote else "",
                retry_after_s(headers.get("retry-after"), at),
                hashlib.blake2b(
                    repr(sorted(request.query.items())).encode() + request.body, digest_size=8
                ).hexdigest(),
                before,
            )
        )
        if not request.path.startswith(_SIGN_IN):
            self.calls[side, f"{request.method} {_ID.sub('/*', _VERSION.sub('/', request.path))}"] += 1
        self.pages += _is_page(side, request)
        self.step()
        return delivery


def _is_page(side: Side, request: Request) -> bool:
    said = f"{request.method} {request.path} {request.body.decode(errors='replace')}"
    return _PAGES[side].search(said) is not None
