"""What stands otherwise in a portal, in people's words: labels first, the names of the API in brackets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from plugin.hubspot.parts import Part, Property

_ELEMENTS: Final[Mapping[str, str]] = {
    "label": "its label differs",
    "fieldType": "how it is filled in differs",
    "groupName": "it stands in another group",
    "description": "its description differs",
    "options": "labels or order of its options differ",
}
_KINDS: Final[Mapping[str, str]] = {"contact": "contacts", "company": "companies", "deal": "deals"}


def called(part: Part) -> str:
    """What people call the part, such as ``property “Stage” of contacts (contact.leadbridge_stage)``."""
    if isinstance(part, Property):
        return f"property “{part.label}” of {_KINDS.get(part.kind, part.kind)} ({part.place})"
    return part.place


def told(differs: Iterable[str], added: Sequence[str], hidden: Sequence[str], *, version: bool) -> str:
    """What differs, in one line; *differs* are names of the API; *version*: a description differs by its marker alone."""
    names = [name for name in sorted(differs) if name != "options" or not (added or hidden)]
    said = [
        "version" if version and name == "description" else _ELEMENTS.get(name, f"its {name} differs")
        for name in names
    ]
    lacks = [f"it lacks {_options(added)}"] if added else []
    shows = [f"it shows {_options(hidden)} (an install hides that)"] if hidden else []
    return "; ".join([*said, *lacks, *shows])


def _options(names: Sequence[str]) -> str:
    return f"the option{'s' if len(names) > 1 else ''} {', '.join(names)}"
