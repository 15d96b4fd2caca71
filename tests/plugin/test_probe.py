"""The probe: all of leadbridge's own fields, none, or some."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.records import Field
from plugin.components import components
from plugin.marker import Marker
from plugin.probe import noticed, probe
from sync.bootstrap import read_agreement, shipped_config

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


TYPES = {
    ("hubspot", "choice"): "enumeration", ("hubspot", "text"): "string", ("hubspot", "number"): "number",
    ("hubspot", "boolean"): "bool", ("hubspot", "datetime"): "datetime", ("hubspot", "date"): "date",
    ("salesforce", "choice"): "picklist", ("salesforce", "text"): "string", ("salesforce", "number"): "double",
    ("salesforce", "boolean"): "boolean", ("salesforce", "datetime"): "datetime", ("salesforce", "url"): "url",
    ("salesforce", "long_text"): "textarea",
}  # fmt: skip


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(shipped_config())


@pytest.fixture
def known(agreement):
    """Both systems as a right install of the shipped lifecycle leaves them."""
    lifecycle = agreement.lifecycle
    found = {(side, kind): {} for side, kinds in KINDS.items() for kind in kinds}
    for one in components(lifecycle.stages, lifecycle.reasons):
        for kind in one.kinds:
            found[one.side, kind][one.name] = Field(
                one.name, TYPES[one.side, one.type], unique=one.unique, choices=one.choices,
                description=f"{one.label}. {Marker.of(lifecycle)}" if one.side == "hubspot" else "",
            )  # fmt: skip
    return found


def test_what_was_installed_and_is_still_so_bears_its_mark(agreement, known):
    found = noticed(agreement, known)

    assert (found.state, found.drift) == ("installed", ())
    assert found.marker == str(Marker.of(agreement.lifecycle))


@pytest.mark.parametrize(
    ("side", "kind", "name", "change", "says"),
    [
        ("salesforce", "lead", "Leadbridge_Round__c", {"type": "string"}, "is of type string, not double."),
        ("salesforce", "contact", "Leadbridge_HubSpot_Id__c", {"unique": False}, "takes the same value twice."),
        ("hubspot", "contact", "leadbridge_stage", {"choices": ("new",)}, "does not offer nurturing, qualified"),
        ("hubspot", "contact", "leadbridge_sales_rating", {"choices": ("good", "fair", "poor", "odd")},
         "offers odd, which the lifecycle does not have."),
        ("salesforce", "lead", "Leadbridge_Stage__c", {"updateable": False}, "leadbridge's user may not edit it"),
        ("hubspot", "contact", "leadbridge_stage", {"description": "x [leadbridge 1.0.0 lifecycle 7 0a1b2c3d]"},
         "Version 7 of the lifecycle is installed already, and this bridge still goes by version 1"),
    ],
)  # fmt: skip
def test_what_is_no_longer_as_the_config_says_is_drift(agreement, known, side, kind, name, change, says):
    known[side, kind][name] = replace(known[side, kind][name], **change)

    found = noticed(agreement, known)

    assert found.state == "drifted"
    [sentence] = found.drift
    assert says in sentence


def test_of_fields_that_leadbridge_did_not_install_nothing_is_said(agreement, known):
    stage = known["hubspot", "contact"]["leadbridge_stage"]
    known["hubspot", "contact"]["leadbridge_stage"] = replace(stage, description="Ours.", choices=())

    assert noticed(agreement, known) == agreement.own
