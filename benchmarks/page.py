"""Words around the figures: the page that people read. Counts and ratios first, a machine's own figures last."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.measure import Measured
from benchmarks.twins import Twins

WORK: Final = ("first meeting", "first echo", "change in HubSpot", "its echo", "change in Salesforce")
_HEAD: Final = """# Benchmarks

Written by `make bench`. Calls and ratios are the same on every machine, or nearly; microseconds and
seconds are those of the machine that ran it and only show proportions. What is promised about calls is
also a test: `tests/scenarios/test_calls.py`.
"""
_TWINS: Final = "\n## The twins\n"
_STAGE: Final = """Over HTTP, twenty fields a record, twins in a process of their own. Records a second of that
process's own processor time are what one core does."""
_SETTING: Final = """
## What is measured
Linked people, half of them Leads and half Contacts in Salesforce, with twenty mapped fields each (the
shipped lines and three more). Both vendors are twins in a process of their own, reached over HTTP through the
vendors' client libraries; the processor time is that of the bridge's process alone.

- *first meeting*: every record of both sides is met, matched by e-mail, compared and linked; stage and keys are written to both sides.
- *change in HubSpot*, *change in Salesforce*: five of the twenty fields of every person are edited on one
  side; they are read, merged against the base, entered into the ledger, written to the other side in batches, read back and remembered.
- *echo*: the pass after it, which sees the bridge's own writes again and writes nothing.
- *bare*: simple-salesforce and hubspot-api-client alone do the least that the change in HubSpot needs:
  read twenty properties of the same people, 100 a call, and write the same five fields of each to Salesforce, 200 a call. No base,
  no merge, no ledger, no read-back, no store.
"""
_REST: Final = """
## How to repeat
`make bench`, or `.venv/bin/python -m benchmarks --sizes 1000,10000` for a shorter run; `--out -` leaves this
page alone. Nothing else should run on the machine: processor time suffers from neighbours too.

## What is not measured
The vendors' own speed and limits (a twin answers at once; HubSpot's search allows 5 calls a second), the
network, TLS, PostgreSQL as the store, webhooks, millions of people. Wall time contains the twins' work.
"""


def page(measured: Sequence[Measured], where: str) -> str:
    """The whole page as Markdown."""
    parts = [
        _HEAD,
        _calls(measured),
        _ratios(measured),
        _memory(measured),
        _SETTING,
        _machine(measured, where),
        _REST,
    ]
    return "".join(parts)


def parts(text: str) -> tuple[str, str]:
    """A page's part about the bridge and its part about the twins."""
    bridge, found, twins = text.partition(_TWINS)
    return bridge, found + twins


def twins_page(twins: Twins, where: str) -> str:
    """The part about the twins as Markdown."""
    speeds = [
        (one.what, one.batch, f"{one.per_core_s:,.0f}", f"{one.per_wall_s:,.0f}") for one in twins.speeds
    ]
    crowds = [
        (one.what, f"{one.records:,}", f"{one.megabytes:,.0f}", f"{one.records / one.load_s:,.0f}")
        for one in twins.crowds
    ]
    return "".join(
        [
            _TWINS,
            f"{_STAGE} {where}.\n\n",
            _table(("batch", "records a call", "records/s on one core", "records/s by the clock"), speeds),
            "\nA load is one entry of the commit log, and a record's history begins with its first edit.\n\n",
            _table(("crowd", "records", "MB of the process at most", "loaded per second"), crowds),
        ]
    )


def slope(measured: Sequence[Measured], what: str) -> float | None:
    """How processor time grows with size on a log-log scale: 1.0 is in proportion."""
    first, last = measured[0], measured[-1]
    if first.size == last.size:
        return None
    ratio = last.work[what].cpu_s / first.work[what].cpu_s
    return math.log(ratio) / math.log(last.size / first.size)


def _calls(measured: Sequence[Measured]) -> str:
    rows = [
        (f"{one.size:,}", what, f"{figures.writes:,}", figures.hubspot_calls, figures.salesforce_calls)
        for one in measured
        for what in WORK
        for figures in [one.work[what]]
    ]
    head = ("people", "work", "records written", "HubSpot calls", "Salesforce calls")
    return (
        "\n## Calls\nCounted by the twins, until nothing is left to do (all passes, polls included).\n\n"
        + _table(head, rows)
    )


def _ratios(measured: Sequence[Measured]) -> str:
    rows = [
        (
            what,
            *(f"{one.cpu_us(what) / one.cpu_us('bare'):.1f}" for one in measured),
            _shown(slope(measured, what)),
        )
        for what in WORK
    ]
    head = ("work", *(f"{one.size:,} people" for one in measured), "log-log slope")
    said = "\n## Processor time per person, as a multiple of the bare clients'\nThe slope is 1.00 where time grows in proportion to size.\n\n"
    return said + _table(head, rows)


def _memory(measured: Sequence[Measured]) -> str:
    rows = [
        (f"{one.size:,}", f"{one.idle_mb:.0f}", f"{one.peak_mb:.0f}", f"{one.store_mb * 1e3 / one.size:.1f}")
        for one in measured
    ]
    head = ("people", "MB before the first record", "MB at most", "kB in the store per person")
    return "\n## Memory of the bridge's process\n" + _table(head, rows)


def _machine(measured: Sequence[Measured], where: str) -> str:
    rows = [
        (f"{one.size:,}", what, f"{one.cpu_us(what):.0f}", f"{one.size / figures.wall_s:,.0f}")
        for one in measured
        for what in (*WORK, "bare")
        for figures in [one.work[what]]
    ]
    head = ("people", "work", "processor µs per person", "people per second")
    return f"\n## On one machine\n{where}.\n\n" + _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}"
