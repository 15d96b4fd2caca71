"""The shipped lifecycle.yaml with one thing wrong, and every message about it: a name is misspelt, a line left out or added.

python -m tests.mappings.refusals        writes refusals.txt anew, to be read as a diff
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from mappings.documents import parse
from mappings.documents.broken import Broken
from mappings.documents.lifecycle import LifecycleDocument
from mappings.hours import BusinessHours
from mappings.lifecycle import compile_lifecycle

BOOK: Final = Path(__file__).with_name("refusals.txt")
SHIPPED: Final = Path(__file__).parents[2] / "config" / "lifecycle.yaml"
HOURS: Final = BusinessHours(ZoneInfo("Europe/Berlin"), frozenset(range(5)), time(9), time(17))
_LAST_MOVE: Final = "  - {from: disqualified, to: nurturing, who: [marketer], needs: [comment]}\n"
_ADDED: Final = (
    "migrations: [{version: 9, stages: {warming: nurturing}}]",
    "migrations: [{version: 1, stages: {warming: nurturing}}]",
    "migrations: [{version: 3, stages: {warming: nurturing}}, {version: 2, stages: {caring: nurturing}}]",
    "migrations: [{version: 2, stages: {warming: caring}}, {version: 3, stages: {caring: nurturing}}]",
    "migrations: [{version: 2, stages: {warming: nuturing}}]",
    "migrations: [{version: 2, stages: {warming: [{when: {is: {a: b}}, to: nuturing}, {to: new}]}}]",
    "migrations: [{version: 2, stages: {warming: [{when: {is: {a: b}}, to: new}]}}]",
    "migrations: [{version: 2, stages: {warming: [{to: new}, {to: nurturing}]}}]",
    "migrations: [{version: 2, stages: {warming: []}}]",
    "migrations: [{version: 2, stages: {warming: [{when: {iss: {a: b}}, to: new}, {to: new}]}}]",
    "reason_field: {says: {Price: price}}",
    "reason_field: {lead: Reason__c, says: {No budget: no_budget, Price: price, Who knows: unknown, Odd: odd}}",
    "reason_field: {contact: Reason__c, says: {Price: price}}",
    "reason_field: {opportunity: Reason__c, says: {Price: price, No contact: no_contact}}",
    "reason_field: {lead: Reason__c, opportunity: Reason__c, says: {Price: price, Nobody: unknown}}",
    "plugin: {retired_stages: [warming, won, caring, lost]}",
)
_GUARDS: Final = (
    "owner_found: {says: is mine, when: {is: {a: b}}}",
    "unasked: {says: is mine, when: {is: {a: b}}}",
)
_MOVES: Final = (
    "{from: [won, lost], to: qualified, who: [marketer]}",
    "{from: won, to: won, who: [marketer]}",
    "{from: won, to: qualified, who: [marketer], bridge_guards: [delayed]}",
    "{from: won, to: new, who: [marketer], override: [delay_ovr]}",
    "{from: [won, wonn], to: new, who: [marketer], guards: [delay_over, contctable]}",
    "{from: start, to: working, who: [bridge]}",
    "{from: start, to: accepted, who: [seller]}",
    "{from: start, to: accepted, who: [seller, bridge], guards: [made_by_seller]}",
    "{from: nurturing, to: accepted, who: [bridge], guards: [made_by_seller]}",
    "{from: nurturing, to: rejected, who: [marketer]}",
    "{from: [new, nurturing], to: accepted, who: [marketer]}",
)
_STAGES: Final = (
    ("parked: {owner: marketing}", ()),
    ("parked: {owner: marketing, closed: true}", ("{from: new, to: parked, who: [marketer]}",)),
    ("parked: {owner: marketing}", ("{from: new, to: parked, who: [marketer]}",)),
    ("parked: {owner: marketing}", ("{from: parked, to: nurturing, who: [marketer]}",)),
    ("parked: {owner: sales}", ("{from: accepted, to: parked, who: [seller]}", "{from: parked, to: working, who: [seller]}")),
    ("parked: {owner: sales, clock: {within: 3 days, late: [{at: 100, do: give_to_queue}]}}", ("{from: new, to: parked, who: [bridge]}", "{from: parked, to: working, who: [seller]}")),
    ("parked: {owner: sales, clock: {within: 3 days, pauses: {when: {iss: {a: b}}}}}", ("{from: accepted, to: parked, who: [seller]}",)),
    ("parked: {owner: marketing, clock: {within: 3 days, segments: [{when: {iss: {a: b}}, within: 1 day}], late: [{at: 50, do: remind}, {at: 50, do: tell_ops}]}}", ("{from: new, to: parked, who: [marketer]}", "{from: parked, to: nurturing, who: [marketer]}")),
    ("parked: {owner: marketing, rests: true}", ("{from: lost, to: parked, who: [bridge]}", "{from: rejected, to: parked, who: [bridge]}")),
)  # fmt: skip
_CELLS: Final = (
    ("won: customer", "won: [customer, customer]"),
    ("won: customer", "won: []"),
    ("won: customer", "won: [blank, customer]"),
    ("won: customer", "won: champion"),
    ("won: customer", "won: evangelist"),
    ("won: customer", "wonn: customer"),
    ("      recycled: lead\n", "      recycled: leed\n"),
    ("      recycled: lead\n", "      recycled: evangelist\n"),
    ("      recycled: lead\n", "      recycled: [lead, unchanged]\n"),
    ("      recycled: lead\n", "      recycled: blank\n"),
    ("      recycled: lead\n", "      recycled: unchanged\n"),
    ("[CONNECTED, ATTEMPTED_TO_CONTACT]", "[CONNECTED, unchanged]"),
    ("[CONNECTED, ATTEMPTED_TO_CONTACT]", "[]"),
    ("shows: Working - Contacted, asks_for", "shows: Open - Not Contacted, asks_for"),
    ("shows: Working - Contacted, asks_for: working", "shows: Working - Contacted, asks_for: won"),
)


def book() -> str:
    """Every edit with every message about it; an edit that no rule minds is told as well."""
    text = SHIPPED.read_text("utf-8")
    return "\n".join(
        line for title, edited in _edits(text) for line in (f"# {title}", *(f"    {one}" for one in messages(edited)))
    )  # fmt: skip


def messages(text: str) -> list[str]:
    """What is wrong with a lifecycle.yaml of this *text*."""
    document, mistakes = parse(LifecycleDocument, text, SHIPPED.name)
    if document is not None:
        try:
            compile_lifecycle(document, HOURS)
        except Broken as broken:
            mistakes = list(broken.mistakes)
    return [str(one) for one in mistakes] or ["sound"]


def _edits(text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines(keepends=True)
    said = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    for number in (number for number in said if not _PLAIN.search(lines[number])):
        yield f"without {lines[number].strip()}", "".join([*lines[:number], *lines[number + 1 :]])
    for number in said:
        words = [*_NAMES.finditer(lines[number].partition("#")[0].partition("says:")[0])]
        for word in dict.fromkeys((*words[:1], *words[-1:])):
            wrong = f"{lines[number][: word.end()]}x{lines[number][word.end() :]}"
            yield f"misspelt {wrong.strip()}", "".join([*lines[:number], wrong, *lines[number + 1 :]])
    newer = text.replace("version: 1 ", "version: 3 ", 1)
    yield from ((f"with {added}", f"{newer}\n{added}\n") for added in _ADDED)
    for guard in _GUARDS:
        yield f"with the guard {guard}", text.replace("\nguards:\n", f"\nguards:\n  {guard}\n", 1)
    yield from ((f"with the move {move}", _with_moves(text, move)) for move in _MOVES)
    for stage, moves in _STAGES:
        shown = text.replace("  new:\n    owner", f"  {stage}\n  new:\n    owner", 1)
        yield f"with the stage {stage}", _with_moves(shown, *moves)
        yield f"with the stage {stage}, which is shown", _with_moves(_shown(shown), *moves)
    last = "    means: not a lead for us\n    closed: true\n"
    assert last in text
    for stage, moves in _STAGES:
        yield (
            f"with the stage {stage} at the end",
            _with_moves(_shown(text.replace(last, f"{last}  {stage}\n", 1)), *moves),
        )
    follows = text.replace("    policy: high_water ", "    policy: follow ", 1)
    for old, new in _CELLS:
        assert old in text, old
        yield f"with {new.strip()}", text.replace(old, new, 1)
        yield f"with {new.strip()}, policy: follow", follows.replace(old, new, 1)


def _shown(text: str) -> str:
    """The lifecycle with a value for `parked` in each of the three fields."""
    for cell in ("      new: lead\n", "      new: blank\n", "      new: unchanged\n"):
        assert cell in text, cell
        text = text.replace(cell, cell + cell.replace("new", "parked"), 1)
    return text


def _with_moves(text: str, *moves: str) -> str:
    assert _LAST_MOVE in text
    return text.replace(_LAST_MOVE, _LAST_MOVE + "".join(f"  - {move}\n" for move in moves), 1)


_PLAIN: Final = re.compile(r":\s*(#.*)?$|^    (means|until|late): |^\s+- (not|is|matches): |delay:|final:")
_NAMES: Final = re.compile(
    r"\b(new|nurturing|qualified|handed_over|accepted|working|opportunity|won|lost|rejected|recycled|disqualified|start"
    r"|owner_found|contactable|delay_over|made_by_seller|unknown|no_contact)\b"
)


if __name__ == "__main__":
    BOOK.write_text(book() + "\n", "utf-8")
