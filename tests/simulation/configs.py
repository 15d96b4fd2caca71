"""Configs that histories are lived under: the shipped one, and what ops may well make of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sync.bootstrap import shipped_config
from sync.folder import read_texts

Texts = dict[str, str]
_FIELDS: Final = ("fields/person.yaml", "fields/company.yaml")


def _said(file: str, old: str, new: str) -> Callable[[Texts], None]:
    """Every *old* in a file becomes *new*; one that is not there is a mistake of this table."""

    def edit(texts: Texts) -> None:
        if re.search(old, texts[file], re.MULTILINE) is None:
            raise ValueError(f"{file} does not say {old!r}")
        texts[file] = re.sub(old, new, texts[file], flags=re.MULTILINE)

    return edit


def _fields(old: str, new: str) -> tuple[Callable[[Texts], None], ...]:
    return (_said(_FIELDS[0], old, new),)


_TWO_WAY: Final = r"rule: two_way, conflict: salesforce"
CONFIGS: Final[Mapping[str, tuple[Callable[[Texts], None], ...]]] = {
    "shipped": (),
    "hubspot_wins": _fields(_TWO_WAY, "rule: two_way, conflict: hubspot"),
    "latest_wins": _fields(_TWO_WAY, "rule: two_way, conflict: latest"),
    "latest_tie_hubspot": (
        *_fields(_TWO_WAY, "rule: two_way, conflict: latest"),
        _said("bridge.yaml", r"^latest_tie: salesforce", "latest_tie: hubspot"),
    ),
    "asks": _fields(_TWO_WAY, "rule: two_way, conflict: ask"),
    "clears": _fields(r"conflict: salesforce, blank: protect", "conflict: salesforce, blank: clear"),
    "ignores_blanks": _fields(r"conflict: salesforce, blank: protect", "conflict: salesforce, blank: ignore"),
    "fills_first": _fields(r"first: salesforce\}", "first: fill}"),
    "flags": (_said("lifecycle.yaml", r"^# illegal: revert", "illegal: flag"),),
    "accepts": (_said("lifecycle.yaml", r"^# illegal: revert", "illegal: accept"),),
    "polls_slowly": (_said("bridge.yaml", r"^poll_s: 60", "poll_s: 300"),),
    "few": (_said("bridge.yaml", r"^  people: all", "  people: {sample: 4}"),),
    "few_an_hour": (_said("bridge.yaml", r"new_records_per_hour: 500", "new_records_per_hour: 3"),),
    "queue": (_said("bridge.yaml", r"fallback_queue: null", "fallback_queue: Inbound_Leads"),),
}


# What is joined to them with a "+" where requests are all that people do.
_SELLERS: Final = "[sam.seller@example.com, sara.santos@example.com]"
TERMS: Final[Mapping[str, tuple[Callable[[Texts], None], ...]]] = {
    "unswept": (_said("bridge.yaml", r'^sweep: "02:00"', "sweep: null"),),
    "10s": (_said("bridge.yaml", r"^poll_s: 60", "poll_s: 10"),),
    "60s": (),
    "900s": (_said("bridge.yaml", r"^poll_s: 60", "poll_s: 900"),),
    "follow": (_said("lifecycle.yaml", r"^    policy: high_water ", "    policy: follow "),),
    "turns": (
        _said("bridge.yaml", r"^  rules: \[\]", f"  rules: [{{give_to: {_SELLERS}, most_open: 2}}]"),
        _said("bridge.yaml", r"fallback_queue: null", "fallback_queue: Incoming_Leads"),
    ),
    "fewest": (
        _said("bridge.yaml", r"^  rules: \[\]", f"  rules: [{{give_to: {_SELLERS}, by: fewest_open, in_hours: true}}]"),
    ),
    "unheld": (_said("lifecycle.yaml", r"^  rules: per_stage", "  rules: none"),),
    "falls_back": (_said("bridge.yaml", r"fallback_queue: null", "fallback_queue: Incoming_Leads"),),
}  # fmt: skip


def write(name: str, folder: Path) -> Path:
    """Put one of the `CONFIGS`, and the `TERMS` that are joined to it with a "+", into *folder*, in mode write."""
    texts, known = read_texts(shipped_config()), {**CONFIGS, **TERMS}
    edits = (edit for part in name.split("+") for edit in known[part])
    for edit in (_said("bridge.yaml", r"^mode: observe", "mode: write"), *edits):
        edit(texts)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder
