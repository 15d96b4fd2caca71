"""Which definition of the lifecycle the bridge ran last: it may not change behind its number.

Every round keeps the number of the definition by which it was judged. So a number means one definition, and
rises when stages, moves, guards or reasons change; clocks and what fields show may change under the same one.
"""

from __future__ import annotations

import hashlib
from typing import Final

from mappings.documents.tree import Mistake
from mappings.lifecycle import Lifecycle
from plugin.marker import fingerprint
from sync.store import Store

DEFINITION: Final = "definition"
# Raised when something else is fingerprinted: what an older leadbridge kept is not compared then.
_FORM: Final = "1"


def keep_definition(store: Store, lifecycle: Lifecycle) -> None:
    """Remember the number and the fingerprint of what the bridge goes by while it writes."""
    said = f"{lifecycle.version} {_fingerprint(lifecycle)}"
    if store.fact(DEFINITION) != said:
        store.set_fact(DEFINITION, said)


def last_version(store: Store) -> int:
    """The number of the definition by which the bridge wrote last; 0 before it ever wrote."""
    return int((store.fact(DEFINITION) or "").partition(" ")[0] or 0)


def changed_unseen(store: Store, lifecycle: Lifecycle) -> Mistake | None:
    """Why *lifecycle* cannot follow the definition that the bridge wrote by last, told where its `version` stands."""
    last, stood = last_version(store), (store.fact(DEFINITION) or "").partition(" ")[2]
    if last > lifecycle.version:
        text = f"`version` is {lifecycle.version}, but the bridge last wrote by version {last}."
        remedy = f"Write `version: {last + 1}`, or put version {last} of the file back."
        return Mistake("lifecycle.yaml", lifecycle.line, text, remedy)
    is_comparable = last == lifecycle.version and stood.startswith(f"{_FORM}:")
    if not is_comparable or stood == _fingerprint(lifecycle):
        return None
    text = f"Stages, moves, guards or reasons have changed since the bridge last wrote, and `version` is {last} still."
    remedy = (
        f"Write `version: {lifecycle.version + 1}`: every round keeps the version by which it was judged."
        " Or put them back as they were."
    )
    return Mistake("lifecycle.yaml", lifecycle.line, text, remedy)


def _fingerprint(lifecycle: Lifecycle) -> str:
    guards = sorted((name, guard.condition.said) for name, guard in lifecycle.guards.items())
    sha = hashlib.sha256(f"{fingerprint(lifecycle)} {guards!r}".encode()).hexdigest()[:16]
    return f"{_FORM}:{sha}"
