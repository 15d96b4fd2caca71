"""Draw numbers as SVG on the server: no script in the page, no browser here."""

from __future__ import annotations

import threading
from collections.abc import Sequence

Bars = tuple[tuple[str, int], ...]

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
_INK, _BAR = "#1c2733", "#2f6f8f"


class FunnelChart:
    """Keeps the last drawing: as long as no number moves, nothing is drawn again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bars: Bars | None = None
        self._svg = ""

    def svg(self, bars: Sequence[tuple[str, int]]) -> str:
        """One bar a stage, in the given order, with its number at its end."""
        wanted = tuple(bars)
        with self._lock:
            if wanted != self._bars:
                self._svg, self._bars = draw(wanted), wanted
            return self._svg


def draw(bars: Bars) -> str:
    """The bars as an SVG that a phone shows at its natural size."""
    # Half a second and 100 MB: only for who looks at the page.
    import altair as alt
    import vl_convert

    rows = [{"stage": label, "people": people} for label, people in bars]
    most = max((people for _, people in bars), default=0)
    # Vega measures with its own font; the widest one that a browser may take needs 8 px a letter.
    room = min(160, 8 * max((len(label) for label, _ in bars), default=0))
    stage = alt.Y(
        "stage:N",
        sort=None,
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=160, labelPadding=8, minExtent=room),
    )
    # A fifth of the width stays free for the number behind the longest bar.
    length = alt.X("people:Q", axis=None, scale=alt.Scale(domain=[0, max(1, most) * 1.25], nice=False))
    chart = alt.Chart(alt.InlineData(values=rows)).encode(x=length, y=stage)
    numbers = chart.mark_text(align="left", dx=5, fontSize=13, color=_INK).encode(
        text=alt.Text("people:Q", format=",d")
    )
    drawn = (
        (chart.mark_bar(color=_BAR, cornerRadiusEnd=3) + numbers)
        .properties(width=220, height={"step": 26}, background="transparent")
        .configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(labelColor=_INK, labelFontSize=13)
    )
    return str(vl_convert.vegalite_to_svg(drawn.to_json()))
