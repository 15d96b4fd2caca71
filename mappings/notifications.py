"""Who is told what, compiled: which happenings, in which words, and when the next message is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from string import Formatter
from typing import Final, Literal
from zoneinfo import ZoneInfo

from mappings.documents.notifications import NotificationShape
from mappings.documents.reading import Mistake, suggestion
from mappings.hours import WEEKDAYS

PLACEHOLDERS: Final = ("stage", "came_from", "reason", "owner", "due", "link", "count", "bridge")
BESIDE_STAGES: Final = ("late", "problem", "brake")
WON: Final = "won"
TEXT: Final = "{stage} ({reason}): {link}, owner {owner}, due {due}"


@dataclass(frozen=True, slots=True)
class Notification:
    """What one address is told: what happened of *on*, at most once in *every*; or a digest each week.

    *line* is where bridge.yaml says so.
    """

    to: str
    on: frozenset[str]
    text: str
    every: timedelta
    digest: Literal["wins"] | None = None
    weekday: int = 0
    time: time = time(9)
    line: int = 0

    @property
    def key(self) -> str:
        """The name under which it is remembered how far this was told."""
        return f"{self.to}:{self.digest or 'news'}"

    def is_due(self, told_at: datetime, now: datetime, zone: ZoneInfo) -> bool:
        """Whether a message may leave *now*, the last one having left at *told_at*."""
        if self.digest is None:
            return now - told_at >= self.every
        return told_at < self._last_hour(now, zone)

    def _last_hour(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The latest moment up to *now* at which the digest was to be sent."""
        local = now.astimezone(zone)
        day = local.date() - timedelta(days=(local.weekday() - self.weekday) % 7)
        at = datetime.combine(day, self.time, zone)
        return at if at <= now else datetime.combine(day - timedelta(days=7), self.time, zone)


def compile_notifications(shapes: Sequence[NotificationShape]) -> tuple[Notification, ...]:
    """The notifications that sound *shapes* describe."""
    return tuple(_compiled(shape) for shape in shapes)


def notification_mistakes(shapes: Sequence[NotificationShape]) -> Iterator[Mistake]:
    """Everything that is wrong with them, the names of stages apart."""
    keys = Counter((shape.to, shape.digest) for shape in shapes)
    for shape in shapes:
        if keys[shape.to, shape.digest] > 1:
            keys[shape.to, shape.digest] = 0
            remedy = "Let one of them be all; for another text take another name, with an address of its own."
            yield shape.mistake(f"`{shape.to}` is told in more than one place.", remedy, "to")
        if shape.digest is None and not shape.on:
            yield shape.mistake(
                f"`{shape.to}` is told of nothing.", "Name what of in `on`, or a `digest`.", "to"
            )
        if shape.digest is not None and (shape.on or shape.text is not None):
            yield shape.mistake(
                "A digest has words of its own.", "Remove `on` and `text`, or `digest`.", "digest"
            )
        yield from _wrong_places(shape)


def unknown_happenings(shapes: Sequence[NotificationShape], stages: Sequence[str]) -> Iterator[Mistake]:
    """Words in `on` that are neither a stage nor anything else that happens."""
    known = (*stages, *BESIDE_STAGES)
    for shape in shapes:
        for place, word in enumerate(shape.on):
            if word not in known:
                text = (
                    f"`{word}` is nothing that can be told: no stage, and none of `late`, `problem`, `brake`."
                )
                yield shape.mistake(text, suggestion(word, known), "on", place)
        if shape.digest == "wins" and WON not in stages:
            yield shape.mistake(
                f"There is no stage `{WON}`.", "Remove the digest, or name the stage so.", "digest"
            )


def filled(text: str, values: Mapping[str, str]) -> str:
    """*text* with what stands for its placeholders."""
    return text.format_map(values)


def names_in(text: str) -> list[str]:
    """The placeholders that stand in *text*; raise ValueError when a brace is left open."""
    found = []
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None:
            if form or conversion:
                raise ValueError(f"`{{{name}}}` takes nothing beside its name")
            found.append(name)
    return found


def _wrong_places(shape: NotificationShape) -> Iterator[Mistake]:
    try:
        names = names_in(shape.text or "")
    except ValueError as error:
        remedy = "Write a brace that shall stay as `{{` or `}}`."
        yield shape.mistake(f"`text` cannot be read: {str(error).lower()}.", remedy, "text")
        return
    for name in names:
        if name not in PLACEHOLDERS:
            yield shape.mistake(f"`{{{name}}}` stands for nothing.", suggestion(name, PLACEHOLDERS), "text")


def _compiled(shape: NotificationShape) -> Notification:
    day, _, at = shape.at.partition(" ")
    return Notification(
        to=shape.to,
        on=frozenset((WON,) if shape.digest else shape.on),
        text=shape.text or TEXT,
        every=_span(shape.every),
        digest=shape.digest,
        weekday=WEEKDAYS.index(day.lower()),
        time=time.fromisoformat(at),
        line=shape.line_of("to"),
    )


def _span(text: str) -> timedelta:
    count, _, unit = text.partition(" ")
    return timedelta(**{unit.rstrip("s") + "s": int(count)})
