"""The marker by which leadbridge knows again what it brought: it ends every description.

``[leadbridge 1.0.0 lifecycle 3 0a1b2c3d]``: the plugin's version, the lifecycle's version, and the first
eight letters of the fingerprint of its stages, moves and reasons. What bears none is somebody else's.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final, Self

from mappings.lifecycle.machine import Lifecycle

VERSION: Final = "1.0.0"
_FORM: Final = re.compile(r"\[leadbridge (\d+\.\d+\.\d+) lifecycle (\d+) ([0-9a-f]{8})\]\s*$")


@dataclass(frozen=True, slots=True)
class Marker:
    """Which plugin installed a component, for which lifecycle."""

    version: str
    lifecycle: int
    sha: str

    def __str__(self) -> str:
        return f"[leadbridge {self.version} lifecycle {self.lifecycle} {self.sha}]"

    @classmethod
    def of(cls, lifecycle: Lifecycle) -> Self:
        """The marker of what this plugin installs for *lifecycle*."""
        return cls(VERSION, lifecycle.version, fingerprint(lifecycle))

    @classmethod
    def found_in(cls, description: str | None) -> Self | None:
        """The marker that ends *description*, or None: then it is somebody else's."""
        found = _FORM.search(description or "")
        return cls(found[1], int(found[2]), found[3]) if found else None

    @property
    def order(self) -> tuple[int, ...]:
        """By which a newer plugin is told from an older one."""
        return tuple(int(part) for part in self.version.split("."))

    def ends(self, text: str) -> str:
        """A description: *text*, then this marker."""
        return f"{text} {self}"


def unmarked(description: str | None) -> str:
    """*description* without its marker."""
    return _FORM.sub("", description or "").strip()


def fingerprint(lifecycle: Lifecycle) -> str:
    """Eight letters that change when a stage, a move or a reason does: then `version` must rise."""
    said = {
        "stages": [[stage.name, stage.owner, stage.closed, stage.rests] for stage in lifecycle.stages_by_name.values()],
        "moves": [
            [move.came_from, move.to, sorted(move.who), move.guards, move.bridge_guards, sorted(move.needs), sorted(move.override)]
            for move in lifecycle.moves
        ],
        "reasons": [
            [reason.name, sorted(reason.where), reason.delay_days, reason.final, reason.comment, sorted(reason.who)]
            for reason in lifecycle.reasons_by_name.values()
        ],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()[:8]
