"""Which part of a composite call each of its answers belongs to: by the name it was given, never by its place.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/responses_composite.htm
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

REFERENCE = "referenceId"


def named(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a call, each with a name of its own."""
    return [{**part, REFERENCE: f"p{place}"} for place, part in enumerate(parts)]


def replies(body: Any, count: int) -> list[dict[str, Any]] | None:
    """The answer of each of the *count* parts, in the order of the parts; None where one of them has none."""
    told = body.get("compositeResponse") if isinstance(body, dict) else None
    if not isinstance(told, list) or len(told) != count:
        return None
    found = {one.get(REFERENCE): one for one in told if isinstance(one, dict)}
    names = [f"p{place}" for place in range(count)]
    return [found[name] for name in names] if found.keys() >= set(names) else None
