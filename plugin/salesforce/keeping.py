"""What an admin set on leadbridge's components and leadbridge never writes: an install leaves it as it stands. Pure.

A deployed component replaces the one that is there, with what its file does not say.
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listview.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from plugin.salesforce.comparing import Org, key_of
from plugin.salesforce.parts import CustomField, ListView, Part
from plugin.salesforce.trees import Tree

# Whether a field's past is kept, what its data is called by who guards it, and who sees a list view.
_OF_FIELDS: Final = (
    "businessOwnerGroup", "businessOwnerUser", "businessStatus", "complianceGroup", "securityClassification",
    "trackFeedHistory", "trackHistory", "trackTrending",
)  # fmt: skip
_OF_VIEWS: Final = ("sharedTo",)


def keeping(parts: Sequence[Part], found: Org) -> tuple[Part, ...]:
    """*parts* with the tracking and the classification of their fields and who their list views are shared with."""
    return tuple(_kept(part, found.components.get(key_of(part.type, part.full_name), {})) for part in parts)


def _kept(part: Part, found: Tree) -> Part:
    match part:
        case CustomField():
            return replace(part, kept=tuple(_those(found, _OF_FIELDS)))
        case ListView():
            return replace(part, kept=tuple(_those(found, _OF_VIEWS)))
        case _:
            return part


def _those(found: Tree, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What is switched off is as good as not said."""
    return ((name, one) for name in names for one in found.get(name, ()) if one not in ("", "false"))
