"""What can go wrong between a client and a vendor, and which requests it strikes.

A fault strikes by script (the next n requests that fit) or by rate. The rate is drawn from the seed and the
request itself, so that the order in which threads ask changes nothing.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, NamedTuple, get_args

from twins.log import Side
from twins.messages import Request

# instead: the vendor never sees the request; after: it commits, and the answer suffers;
# late: it commits some seconds after the client was let down.
When = Literal["instead", "after", "late"]
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the catalogue: what happens, when, and the options it knows with their defaults."""

    says: str
    when: When
    options: Options = field(default_factory=dict)


CATALOGUE: dict[str, Fault] = {
    # the wire
    "refused": Fault("nobody listens", "instead"),
    "dns": Fault("the name leads nowhere", "instead"),
    "tls": Fault("the certificate is not trusted", "instead"),
    "cut_before": Fault("the connection breaks before the vendor saw the request", "instead"),
    "cut_after": Fault("the vendor commits, then the connection breaks", "after"),
    "silence": Fault("the request never arrives and nothing is answered", "instead", {"seconds": 60.0}),
    "silence_after": Fault("the vendor commits and answers nothing", "after", {"seconds": 60.0}),
    "late_commit": Fault(
        "nothing is answered; the commit comes later, stamped with its beginning",
        "late",
        {"seconds": 60.0, "delay_s": 5.0},
    ),
    "late_commit_504": Fault("a 504 at once; the commit comes later", "late", {"delay_s": 5.0}),
    "slow": Fault("headers at once, then the body byte by byte", "after", {"pace_s": 1.0}),
    "cut_body": Fault("the vendor commits; the answer breaks off in its body", "after", {"keep": 0.5}),
    # answers in place of the vendor's
    "too_many": Fault("429 of the ten-second window, or Salesforce's concurrent limit", "instead", {"retry_after": ""}),
    "daily_limit": Fault("the day's calls are used up", "instead", {"retry_after": ""}),
    "search_limit": Fault("429 of HubSpot's search", "instead", {"retry_after": ""}),
    "expired": Fault("401: the token is no longer good", "instead"),
    "locked": Fault("HubSpot's 423, or Salesforce's UNABLE_TO_LOCK_ROW", "instead"),
    "moving": Fault("HubSpot's 477: the account moves to another data centre", "instead", {"retry_after": "30"}),
    "server_error": Fault("500 with the vendor's own body", "instead"),
    "bad_gateway": Fault("502 with a proxy's HTML page; 521 to 526 are such, too", "instead", {"status": 502}),
    "unavailable": Fault("503 with the vendor's own body", "instead", {"retry_after": ""}),
    "gateway_timeout": Fault("504 before the vendor saw the request", "instead"),
    "refusal": Fault("an error that you name, in the vendor's own shape", "instead", {"status": 400, "code": "QUERY_TIMEOUT", "message": "Your query request was running for too long."}),
    "redirect": Fault("302 to another address", "instead", {"to": "https://login.example.com/"}),
    "html": Fault("200 with a login page", "instead"),
    "new_error": Fault("an error of a shape that nobody has seen", "instead"),
    # the vendor's answer, spoilt
    "gateway_timeout_after": Fault("the vendor commits, a 504 is answered (524 at HubSpot)", "after"),
    "bad_gateway_after": Fault("the vendor commits, a proxy answers 502", "after"),
    "truncated": Fault("the vendor commits; half of its JSON comes, well framed", "after"),
    "empty": Fault("the vendor commits; its answer has no body", "after"),
    "null_results": Fault("the vendor commits; the list in its answer is null", "after"),
    "wrong_type": Fault("the vendor commits; its JSON is called text/html", "after"),
    "bad_gzip": Fault("the vendor commits; what is called gzip is none", "after"),
    "gzip_bomb": Fault("the vendor commits; a small body unpacks to a huge one", "after", {"megabytes": 80}),
    "huge": Fault("the vendor commits; its answer is padded to many megabytes", "after", {"megabytes": 80}),
    "shuffled": Fault("the vendor commits; its rows come in another order", "after"),
    "lost_rows": Fault("the vendor commits; some rows are missing in its answer", "after", {"keep": 0.5}),
    "extra_fields": Fault("the vendor commits; its answer has fields that nobody knows", "after"),
    "new_values": Fault("the vendor commits; a field of every row has a value that nobody knows", "after", {"field": "Status", "value": "Brand New"}),
}  # fmt: skip


# What an option may be at most: a day's silence, a year's delay, a gigabyte, the whole.
_MOST: Options = {
    "seconds": 86_400, "delay_s": 31_536_000, "pace_s": 3_600, "megabytes": 1_024, "keep": 1,
}  # fmt: skip
_IN_HEADERS = ("retry_after", "to")


class Struck(NamedTuple):
    """A fault that strikes one request, with its options."""

    name: str
    fault: Fault
    options: Options


_PLACE: Final = ("side", "method", "path", "says")


@dataclass(slots=True)
class Rule:
    """Which requests a fault strikes; *times* is None for a rate. A blank *method*, *path* or *says* fits all."""

    name: str
    side: Side | None = None
    method: str = ""
    path: str = ""
    says: str = ""
    share: float = 0.0
    times: int | None = None
    skip: int = 0
    options: Options = field(default_factory=dict)

    def fits(self, side: Side, request: Request) -> bool:
        """Whether it looks at this request at all; *path* may stand anywhere in the address, *says* in the body."""
        return (
            self.side in (None, side)
            and self.method in ("", request.method)
            and (not self.path or self.path in request.path)
            and (not self.says or self.says.encode() in request.body)
        )


class Faults:
    """The switchboard of both wires: rules on, rules off, and what has struck so far."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.rules: list[Rule] = []
        self.struck: Counter[tuple[Side, str]] = Counter()
        self._seen: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def next(self, name: str, *, times: int = 1, skip: int = 0, **where: Any) -> None:
        """Strike the next *times* requests that fit, after letting *skip* of them pass; raises ValueError.

        *where*: side, method, path (part of the address), says (part of the body); anything else is an option of the fault.
        """
        _count("times", times, 1)
        _count("skip", skip, 0)
        self._add(name, where, times=times, skip=skip)

    def rate(self, name: str, share: float, **where: Any) -> None:
        """Strike this share (0 to 1) of the requests that fit; raises ValueError."""
        self._add(name, where, share=_number("a share", share, 1))

    def clear(self) -> None:
        """Let every line be sound again."""
        with self._lock:
            self.rules.clear()

    def pick(self, side: Side, request: Request) -> Struck | None:
        """The fault that strikes this request, if one does; scripts count down here."""
        if not self.rules:
            return None
        with self._lock:
            for rule in self.rules:
                if rule.fits(side, request) and self._strikes(rule, side, request):
                    self.struck[side, rule.name] += 1
                    fault = CATALOGUE[rule.name]
                    return Struck(rule.name, fault, {**fault.options, **rule.options})
        return None

    def _add(self, name: str, where: dict[str, Any], **how: Any) -> None:
        if name not in CATALOGUE:
            raise ValueError(f"no fault {name!r}; there are: {', '.join(CATALOGUE)}")
        place: dict[str, Any] = {key: where.pop(key) for key in _PLACE if key in where}
        options = {option: _fitting(name, option, value) for option, value in where.items()}
        rule = Rule(name, **_placed(place), **how, options=options)
        with self._lock:
            self.rules.append(rule)

    def _strikes(self, rule: Rule, side: Side, request: Request) -> bool:
        if rule.times is None:
            return self._chance(rule.name, side, request) < rule.share
        if rule.skip:
            rule.skip -= 1
            return False
        if rule.times <= 1:
            self.rules.remove(rule)
        rule.times -= 1
        return True

    def _chance(self, name: str, side: Side, request: Request) -> float:
        """A number from 0 to 1 that the seed, the request and how often it came before decide."""
        said = f"{self.seed}|{name}|{side}|{request.method}|{request.path}|{sorted(request.query.items())}|"
        print_ = hashlib.blake2b(said.encode() + request.body, digest_size=8).digest()
        self._seen[print_] += 1
        again = hashlib.blake2b(print_ + self._seen[print_].to_bytes(4, "big"), digest_size=8).digest()
        return int.from_bytes(again, "big") / 2**64


def _placed(place: dict[str, Any]) -> dict[str, Any]:
    if place.get("side") not in (None, *get_args(Side)):
        raise ValueError(f"side is {' or '.join(get_args(Side))}, not {place['side']!r}")
    for key in ("method", "path", "says"):
        if type(place.get(key, "")) is not str:
            raise ValueError(f"{key} is a text, not {place[key]!r}")
    return place


def _count(what: str, number: Any, least: int, most: int = 1_000_000_000) -> None:
    if type(number) is not int or not least <= number <= most:
        raise ValueError(f"{what} is a whole number from {least}, not {number!r}")


def _fitting(name: str, option: str, value: Any) -> Any:
    """*value*, if the fault has such an option and can bear it; raises ValueError."""
    known = CATALOGUE[name].options
    if option not in known:
        said = f"knows {', '.join(known)}" if known else "has no options"
        raise ValueError(f"{name} {said}, not {option!r}")
    if option in _MOST:
        return _number(option, value, _MOST[option])
    if option == "status":
        _count(option, value, 200, 599)
    if option in _IN_HEADERS and (type(value) not in (str, int) or not str(value).isascii()):
        raise ValueError(f"{option} stands in a header, which cannot say {value!r}")
    if option in _IN_HEADERS and not str(value or " ").isprintable():
        raise ValueError(f"{option} stands in one line of a header, not {value!r}")
    return value


def _number(what: str, value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"{what} is a number between 0 and {most}, not {value!r}")
    return value


def told(faults: Faults) -> dict[str, Any]:
    """The rules now, what has struck, and the whole catalogue, for people and machines."""
    rules = [
        {name: getattr(rule, name) for name in ("name", *_PLACE, "share", "times", "skip")}
        | {"options": dict(rule.options)}
        for rule in map(replace, faults.rules)
    ]
    struck = [{"side": side, "name": name, "times": times} for (side, name), times in faults.struck.items()]
    known = {
        name: {"says": one.says, "when": one.when, "options": dict(one.options)}
        for name, one in CATALOGUE.items()
    }
    return {"rules": rules, "struck": struck, "catalogue": known}
