"""What happened, and the message that tells it: pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from mappings.notifications import Notification, filled

MOST_LINES: Final = 30
LONGEST_LINE: Final = 300
NOTHING: Final = "–"
# What a chat program or a mail reader would take for more than text.
_NO_TEXT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MARKUP: Final = str.maketrans({"<": "‹", ">": "›", "*": "∗", "`": "'", "[": "(", "]": ")"})


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it leaves."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened. *stage* is the stage entered, or ``late``, ``problem``, ``brake``.

    Nobody's own data: a record is named by its address, an owner by the name of the user.
    """

    stage: str
    came_from: str = ""
    reason: str = ""
    owner: str = ""
    due: datetime | None = None
    link: str = ""
    amount: tuple[Decimal, str] | None = None


def message(told: Notification, news: Sequence[News], bridge: str, zone: ZoneInfo) -> Message:
    """Everything of *news* in one message; lines that say the same stand there once, counted."""
    if told.digest == "wins":
        return _wins(news, bridge)
    counted = Counter(_line(told.text, one, bridge, zone, "\0") for one in news)
    lines = [line.replace("\0", str(count)) for line, count in counted.items()]
    kinds = Counter(_words(one.stage) for one in news)
    title = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return Message(f"leadbridge {bridge}: {title}", _text(lines))


def trial(name: str, bridge: str) -> Message:
    """The message with which somebody tries an address."""
    return Message(
        f"leadbridge {bridge}: a trial", f"Whoever reads this is told what leadbridge tells `{name}`."
    )


def _wins(news: Sequence[News], bridge: str) -> Message:
    by_owner: dict[str, list[News]] = defaultdict(list)
    for one in news:
        by_owner[_safe(one.owner)].append(one)
    ranked = sorted(by_owner.items(), key=lambda each: (-len(each[1]), each[0]))
    lines = [f"{owner}: {len(won)}{_sums(won)}" for owner, won in ranked]
    lines += [f"{_safe(one.link)}, owner {_safe(one.owner)}{_sums([one])}" for one in news]
    people = "1 person" if len(news) == 1 else f"{len(news)} people"
    return Message(f"leadbridge {bridge}: {people} won{_sums(news)}", _text(lines))


def _sums(news: Iterable[News]) -> str:
    """Amounts by currency; they are never converted."""
    sums: Counter[str] = Counter()
    for one in news:
        if one.amount is not None:
            sums[one.amount[1]] += one.amount[0]  # type: ignore[assignment]
    return "".join(f", {amount:,.2f} {currency}" for currency, amount in sorted(sums.items()))


def _line(text: str, one: News, bridge: str, zone: ZoneInfo, count: str) -> str:
    due = f"{one.due.astimezone(zone):%a %d %b %H:%M}" if one.due else ""
    values = {
        "stage": _words(one.stage), "came_from": _words(one.came_from), "reason": _words(one.reason),
        "owner": one.owner, "due": due, "link": one.link, "bridge": bridge,
    }  # fmt: skip
    line = filled(text, {name: _safe(value) for name, value in values.items()} | {"count": count})
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _text(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"… and {more} more lines"] if more > 0 else [])])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _safe(value: str) -> str:
    """*value* as text that means nothing else to whatever shows it; an address of ours keeps its signs."""
    plain = _NO_TEXT.sub(" ", value).strip()
    return (plain if plain.startswith("https://") else plain.translate(_MARKUP)) or NOTHING
