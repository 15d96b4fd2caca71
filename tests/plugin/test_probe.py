"""The probe: all of leadbridge's own fields, none, or some."""

from __future__ import annotations

import pytest

from plugin.components import components
from plugin.probe import probe

KINDS = {
    "hubspot": ("contact", "company", "deal"),
    "salesforce": ("lead", "contact", "account", "opportunity"),
}
OWN = [(one.side, kind, one.name) for one in components((), ()) for kind in one.kinds]


def described(lacking=()):
    """What both systems describe, with all own fields but these places."""
    known = {(side, kind): {"createdate", "Id"} for side, kinds in KINDS.items() for kind in kinds}
    for side, kind, name in OWN:
        if (side, kind, name) not in lacking:
            known[side, kind].add(name)
    return known


def test_all_fields_are_installed():
    found = probe(described())

    assert (found.state, found.missing, found.lacking) == ("installed", (), frozenset())


def test_none_is_standard_mode():
    found = probe(described(OWN))

    assert found.state == "absent"
    assert set(found.missing) == set(OWN)


@pytest.mark.parametrize("place", OWN, ids=":".join)
def test_one_that_is_missing_is_partial_and_named_with_its_place(place):
    found = probe(described([place]))

    assert (found.state, found.missing) == ("partial", (place,))
    assert found.lacking == {place[2]}


@pytest.mark.parametrize("place", OWN, ids=":".join)
def test_one_alone_is_partial_too(place):
    found = probe(described([one for one in OWN if one != place]))

    assert found.state == "partial"
    assert place not in found.missing


@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_one_side_alone_is_half(side):
    assert probe(described([one for one in OWN if one[0] == side])).state == "partial"


def test_kinds_that_nobody_described_are_not_missed():
    known = {place: names for place, names in described().items() if place[1] != "deal"}

    assert probe(known).state == "installed"
