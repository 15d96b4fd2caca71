"""The lifecycle as a picture: every stage a box, every legal move an arrow, for the dashboard and the team's wiki.

Stages stand in the order of the funnel from top to bottom. What goes down the funnel runs on the
right, what comes back runs on the left; each arrow has a track of its own, the shorter the nearer,
so that no two lie upon each other. The colour says who may make the move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from mappings.lifecycle.definition import START, Move, Stage
from mappings.lifecycle.machine import Lifecycle

Where = Literal["left", "right"]

_WIDTH: Final = 190
_PORT: Final = 11
_LEAST: Final = 44
_GAP: Final = 16
_TRACK: Final = 13
_CORNER: Final = 6
_MARGIN: Final = 14
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
_NAME: Final = 'class="name" font-size="14" font-weight="600" text-anchor="middle"'
_QUIET: Final = 'font-size="11" fill="#5a6672"'
_TEAM: Final = {"marketing": ("#fdf3e4", "#b7791f"), "sales": ("#e6f0f6", "#2f6f8f")}
_WHO: Final = {"marketer": "#b7791f", "seller": "#2f6f8f", "bridge": "#7a8794", "several": "#5b4b8a"}
_LEGEND: Final = (
    ("marketer", "a marketer"),
    ("seller", "a seller"),
    ("bridge", "the bridge"),
    ("several", "several of them"),
)


@dataclass(slots=True)
class _Box:
    """One stage on the page; *ports* are the moves that touch it on either side, from top to bottom."""

    name: str
    top: float = 0.0
    height: float = _LEAST

    def port(self, moves: Sequence[_Arrow], arrow: _Arrow) -> float:
        return self.top + self.height * (moves.index(arrow) + 1) / (len(moves) + 1)


@dataclass(frozen=True, slots=True)
class _Arrow:
    """One move between two rows of the page."""

    move: Move
    row: int
    to_row: int

    @property
    def side(self) -> Where:
        return "right" if self.to_row > self.row else "left"

    @property
    def span(self) -> int:
        return abs(self.to_row - self.row)

    @property
    def who(self) -> str:
        return next(iter(self.move.who)) if len(self.move.who) == 1 else "several"


def diagram(lifecycle: Lifecycle, people: Mapping[str, int] | None = None) -> str:
    """The lifecycle as one SVG picture; with *people* each stage says how many stand in it now."""
    names = [START, *lifecycle.stages]
    rows = {name: row for row, name in enumerate(names)}
    arrows = [_Arrow(move, rows[move.came_from], rows[move.to]) for move in lifecycle.moves]
    ports = {(name, side): _ports(arrows, row, side) for name, row in rows.items() for side in _SIDES}
    boxes = _placed(names, ports)
    tracks: dict[Where, dict[_Arrow, int]] = {side: _tracks(arrows, boxes, ports, side) for side in _SIDES}
    left = _MARGIN + _TRACK * (1 + max(tracks["left"].values(), default=0)) + _CORNER
    width = left + _WIDTH + _TRACK * (1 + max(tracks["right"].values(), default=0)) + _CORNER + _MARGIN
    bottom = boxes[-1].top + boxes[-1].height
    drawn = [
        *(_line(arrow, boxes, ports, tracks[arrow.side][arrow], left) for arrow in arrows),
        *(_stage(lifecycle, box, left, people) for box in boxes),
        *_legend(left, bottom + 26),
    ]
    return _page(lifecycle, max(width, left + 4 * 118), bottom + 50, drawn)


_SIDES: Final[tuple[Where, Where]] = ("left", "right")


def _ports(arrows: Iterable[_Arrow], row: int, side: Where) -> list[_Arrow]:
    """The arrows that touch a row's box on one side, from top to bottom, ordered so that none crosses there."""
    above = [one for one in arrows if one.side == side and max(one.row, one.to_row) == row]
    below = [one for one in arrows if one.side == side and min(one.row, one.to_row) == row]
    return [*sorted(above, key=lambda one: one.span), *sorted(below, key=lambda one: -one.span)]


def _placed(names: Sequence[str], ports: Mapping[tuple[str, Where], Sequence[_Arrow]]) -> list[_Box]:
    boxes, top = [], float(_MARGIN)
    for name in names:
        most = max(len(ports[name, side]) for side in _SIDES)
        height = float(max(_LEAST, _PORT * (most + 1)))
        boxes.append(_Box(name, top, height))
        top += height + _GAP
    return boxes


def _tracks(
    arrows: Iterable[_Arrow],
    boxes: Sequence[_Box],
    ports: Mapping[tuple[str, Where], Sequence[_Arrow]],
    side: Where,
) -> dict[_Arrow, int]:
    """A track for each arrow of one side: the nearest that no arrow of the same height uses."""
    taken: list[list[tuple[float, float]]] = []
    found: dict[_Arrow, int] = {}
    for arrow in sorted((one for one in arrows if one.side == side), key=lambda one: (one.span, one.row)):
        begins, ends = sorted(_heights(arrow, boxes, ports))
        free = (
            number
            for number, track in enumerate(taken)
            if all(ends + 2 < first or last + 2 < begins for first, last in track)
        )
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((begins, ends))
        found[arrow] = number
    return found


def _heights(
    arrow: _Arrow, boxes: Sequence[_Box], ports: Mapping[tuple[str, Where], Sequence[_Arrow]]
) -> tuple[float, float]:
    begins, ends = boxes[arrow.row], boxes[arrow.to_row]
    return (
        begins.port(ports[begins.name, arrow.side], arrow),
        ends.port(ports[ends.name, arrow.side], arrow),
    )


def _line(
    arrow: _Arrow,
    boxes: Sequence[_Box],
    ports: Mapping[tuple[str, Where], Sequence[_Arrow]],
    track: int,
    left: float,
) -> str:
    begins, ends = _heights(arrow, boxes, ports)
    edge, out = (left + _WIDTH, 1) if arrow.side == "right" else (left, -1)
    far = edge + out * (_CORNER + _TRACK * (track + 1))
    down = 1 if ends > begins else -1
    bend, turn = far - out * _CORNER, down * _CORNER
    path = (
        f"M{edge:g} {begins:g}H{bend:g}Q{far:g} {begins:g} {far:g} {begins + turn:g}"
        f"V{ends - turn:g}Q{far:g} {ends:g} {bend:g} {ends:g}H{edge + out * 5:g}"
    )
    who = ", ".join(sorted(arrow.move.who, reverse=True))
    needs = f"; needs {' and '.join(sorted(arrow.move.needs))}" if arrow.move.needs else ""
    says = f": {arrow.move.says}" if arrow.move.says else ""
    told = escape(f"{arrow.move.came_from} → {arrow.move.to} ({who}){says}{needs}")
    return f'<path class="move" d="{path}" {_stroke(arrow.who)}><title>{told}</title></path>'


def _stroke(who: str) -> str:
    return f'fill="none" stroke="{_WHO[who]}" stroke-width="1.5" marker-end="url(#head-{who})"'


def _stage(lifecycle: Lifecycle, box: _Box, left: float, people: Mapping[str, int] | None) -> str:
    middle = box.top + box.height / 2
    if box.name == START:
        return (
            f'<rect x="{left:g}" y="{box.top:g}" width="{_WIDTH}" height="{box.height:g}" rx="{box.height / 2:g}" fill="#1c2733"/>'
            f'<text x="{left + _WIDTH / 2:g}" y="{middle + 5:g}" {_NAME} fill="#fff">start</text>'
        )
    stage = lifecycle.stage(box.name)
    fill, line = _TEAM[stage.owner]
    count = "" if people is None else f" · {people.get(box.name, 0):,}"
    return (
        f'<g><title>{escape(stage.means)}</title><rect x="{left:g}" y="{box.top:g}" width="{_WIDTH}" height="{box.height:g}"'
        f' rx="7" fill="{fill}" stroke="{line}" stroke-width="{3 if stage.closed else 1.4}"/>'
        f'<text x="{left + _WIDTH / 2:g}" y="{middle - 3:g}" {_NAME} fill="#1c2733">{escape(box.name)}{count}</text>'
        f'<text x="{left + _WIDTH / 2:g}" y="{middle + 13:g}" {_QUIET} text-anchor="middle">{escape(_beneath(stage))}</text></g>'
    )


def _beneath(stage: Stage) -> str:
    if stage.clock is None:
        return f"{stage.owner}, {'closed' if stage.closed else 'rests' if stage.rests else 'no clock'}"
    clock = stage.clock
    span = f"{clock.within.hours} h" if clock.within.hours is not None else f"{clock.within.days} d"
    return f"{stage.owner}, {span}" + (f" until {clock.until}" if clock.until else "")


def _legend(left: float, top: float) -> list[str]:
    return [
        f'<path class="move" d="M{left + 118 * place:g} {top:g}h22" {_stroke(who)}/>'
        f'<text x="{left + 118 * place + 30:g}" y="{top + 4:g}" {_QUIET}>{words}</text>'
        for place, (who, words) in enumerate(_LEGEND)
    ]


def _page(lifecycle: Lifecycle, width: float, height: float, drawn: Sequence[str]) -> str:
    heads = "".join(
        f'<marker id="head-{who}" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        for who, colour in _WHO.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        f' role="img" font-family="{_FONT}"><title>The shared lifecycle, version {lifecycle.version}</title>'
        f"<defs>{heads}</defs>{''.join(drawn)}</svg>\n"
    )
