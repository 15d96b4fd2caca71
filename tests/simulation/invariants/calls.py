"""The bridge asks little, never too soon, and goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import ceil
from typing import Final

from connectors.records import Cursor, Side
from tests.simulation.evidence import Attempt, Evidence, Violation
from tests.simulation.invariants.past import Past
from tests.simulation.invariants.registry import invariant

IDLE: Final[Mapping[Side, int]] = {"salesforce": 1, "hubspot": 3}
BATCH: Final = 100
# A batch and its followers: at most five rounds of three kinds, each with the look back after its writes. The longest
# way: whoever was converted names the person, who asks for the account and the opportunity; these make a company and a
# deal, which ask for the person again, to be joined; and the person's opportunities are looked at once more.
PER_BATCH: Final = 40 + 4 * 3
FIXED: Final = 60
# What a backfill or a sweep lists is there, changed or not: the page, both sides of it, and who is asked for by it.
PER_PAGE: Final = 6
PER_FAULT: Final = 12
ATTEMPTS: Final = 5
CAP_S: Final = 60.0
LONGEST: Final = timedelta(minutes=30)


@invariant(
    "I10",
    "An idle pass costs one Salesforce and three HubSpot calls; any other grows with what changed, not with what there is.",
)
def i10_bounded_calls(seen: Evidence, past: Past) -> Iterator[Violation]:
    before = 0
    for place, one in enumerate(seen.passes):
        spent: dict[Side, int] = defaultdict(int)
        for (side, _), count in one.calls.items():
            spent[side] += count
        if place >= seen.quiet_from and not one.faults and not one.written:
            for side, most in IDLE.items():
                if spent[side] > most:
                    yield Violation(
                        "I10", f"the idle pass {one.id} asked {side} {spent[side]} times", (f"pass {one.id}",)
                    )
        touched = {(commit.side, commit.id) for commit in seen.log[before : one.log_after]}
        most = (
            FIXED
            + PER_BATCH * ceil(max(1, len(touched)) / BATCH)
            + PER_PAGE * one.pages
            + PER_FAULT * one.faults
        )
        if sum(spent.values()) > most:
            yield Violation(
                "I10",
                f"pass {one.id} asked {sum(spent.values())} times for {len(touched)} records that changed",
                (f"pass {one.id}",),
            )
        if one.ended:
            before = one.log_before


@invariant(
    "I11", "A cursor never goes back, and never comes nearer to the vendor's present than the overlap."
)
def i11_cursor(seen: Evidence, past: Past) -> Iterator[Violation]:
    stood: dict[tuple[str, str], Cursor] = {}
    lost = list(seen.losses)
    for one in seen.passes:
        while lost and lost[0] <= one.finished:
            lost.pop(0)
            stood.clear()
        for place, cursor in one.cursors.items():
            known = stood.get(place)
            if known is not None and (cursor.at, cursor.id) < (known.at, known.id):
                yield Violation(
                    "I11", f"the cursor of {' '.join(place)} went back in pass {one.id}", (f"pass {one.id}",)
                )
            overlap = timedelta(seconds=seen.agreement.bridge.overlap_s[place[0]])
            if cursor.at > one.finished - overlap:
                yield Violation(
                    "I11",
                    f"the cursor of {' '.join(place)} stands {one.finished - cursor.at} before the present in pass "
                    f"{one.id}, nearer than the overlap",
                    (f"pass {one.id}",),
                )
            stood[place] = cursor


@invariant(
    "I15", "One call is tried at most five times in a row, and never before the vendor said that it may."
)
def i15_attempts(seen: Evidence, past: Past) -> Iterator[Violation]:
    failed: dict[tuple[str, str, str, str], list[Attempt]] = defaultdict(list)
    shut: dict[str, Attempt] = {}
    for one in seen.attempts:
        yield from _too_soon(one, shut)
        key = (one.side, one.method, one.path, one.said)
        if not _is_failure(one):
            failed[key].clear()
            continue
        if failed[key] and one.at - failed[key][-1].at > timedelta(seconds=CAP_S + 30):
            failed[key].clear()
        if any(
            seen_.began <= one.at and failed[key] and failed[key][-1].at < seen_.began
            for seen_ in seen.passes
        ):
            failed[key].clear()
        failed[key].append(one)
        if len(failed[key]) > ATTEMPTS:
            yield Violation(
                "I15", f"{one.method} {one.path} was tried {len(failed[key])} times in a row", (one.side,)
            )


def _is_failure(one: Attempt) -> bool:
    return one.status in (0, 423, 429, 477) or one.status >= 500


def _too_soon(one: Attempt, shut: dict[str, Attempt]) -> Iterator[Violation]:
    said = shut.get(one.side)
    if said is not None and said.reply_after is not None and said.path == one.path:
        waits = timedelta(seconds=min(CAP_S, max(0.0, said.reply_after)))
        if one.at < said.at + waits:
            yield Violation(
                "I15",
                f"{one.method} {one.path} came {one.at - said.at} after the vendor asked for {waits}",
                (one.side,),
            )
    if one.status in (429, 503) and one.reply_after is not None:
        shut[one.side] = one
    elif one.path == (said.path if said else None):
        shut.pop(one.side, None)


@invariant(
    "I22", "No pass takes longer than its waits are capped to, and every pass that was not killed ends."
)
def i22_liveness(seen: Evidence, past: Past) -> Iterator[Violation]:
    for one in seen.passes:
        if one.finished - one.began > LONGEST:
            yield Violation("I22", f"pass {one.id} took {one.finished - one.began}", (f"pass {one.id}",))
        if not one.ended and not any(one.began <= at <= one.finished for at in seen.crashes):
            yield Violation("I22", f"pass {one.id} never ended, and nobody killed it", (f"pass {one.id}",))
