"""Whether what leadbridge brings to both systems is there: pure, over the fields as the vendors describe them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mappings.own_fields import OwnFields
from mappings.values import Side
from plugin.components import components


def probe(known: Mapping[tuple[Side, str], Collection[str]]) -> OwnFields:
    """All of leadbridge's own fields are there, none is, or some are missing: *known* is what the signed-in users see."""
    wanted = [
        (component.side, kind, component.name)
        for component in components((), ())
        for kind in component.kinds
        if (component.side, kind) in known
    ]
    missing = tuple(one for one in wanted if one[2] not in known[one[0], one[1]])
    if not missing:
        return OwnFields()
    return OwnFields("absent" if len(missing) == len(wanted) else "partial", missing)
