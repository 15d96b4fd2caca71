"""The marker tells what is ours, which plugin made it, and whether the lifecycle has changed since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mappings.lifecycle.definition import Installing
from mappings.lifecycle.machine import Lifecycle
from plugin.marker import VERSION, Marker, fingerprint
from sync.bootstrap import read_agreement, shipped_config


@pytest.fixture(scope="module")
def lifecycle():
    return read_agreement(shipped_config()).lifecycle


def test_a_marker_is_read_back_from_the_end_of_a_description(lifecycle):
    marker = Marker.of(lifecycle)

    assert Marker.found_in(marker.ends("Why it was lost.")) == marker
    assert str(marker) == f"[leadbridge {VERSION} lifecycle 1 {marker.sha}]"


@pytest.mark.parametrize(
    "description",
    [
        None, "", "Mine.", "[leadbridge]", "[leadbridge 1.0.0]", "[leadbridge 1.0 lifecycle 1 0a1b2c3d]",
        "[leadbridge 1.0.0 lifecycle 1 0a1b2c3d] and mine", "[leadbridge 1.0.0 lifecycle 1 0A1B2C3D]",
    ],
)  # fmt: skip
def test_whatever_else_stands_there_is_somebody_elses(description):
    assert Marker.found_in(description) is None


def test_a_newer_plugin_is_told_from_an_older_one():
    versions = ["1.9.0", "1.10.0", "0.12.3", "1.9.1"]

    ordered = sorted((Marker(version, 1, "0a1b2c3d") for version in versions), key=lambda one: one.order)

    assert [one.version for one in ordered] == ["0.12.3", "1.9.0", "1.9.1", "1.10.0"]


def with_a_seller_more(lifecycle: Lifecycle) -> Lifecycle:
    first = lifecycle.moves[1]
    return replace(
        lifecycle,
        moves=(lifecycle.moves[0], replace(first, who=first.who | {"seller"}), *lifecycle.moves[2:]),
    )


def with_a_comment_more(lifecycle: Lifecycle) -> Lifecycle:
    reasons = {
        **lifecycle.reasons_by_name,
        "price": replace(lifecycle.reasons_by_name["price"], comment=True),
    }
    return replace(lifecycle, reasons_by_name=reasons)


def without_a_clock(lifecycle: Lifecycle) -> Lifecycle:
    stages = {**lifecycle.stages_by_name, "lost": replace(lifecycle.stages_by_name["lost"], clock=None)}
    return replace(lifecycle, stages_by_name=stages)


def with_compact_rules(lifecycle: Lifecycle) -> Lifecycle:
    return replace(lifecycle, installing=Installing("compact"))


@pytest.mark.parametrize(
    ("change", "is_another"),
    [
        (with_a_seller_more, True),
        (with_a_comment_more, True),
        (without_a_clock, False),
        (with_compact_rules, False),
        (lambda lifecycle: replace(lifecycle, version=2), False),
    ],
)
def test_the_fingerprint_is_that_of_stages_moves_and_reasons(lifecycle, change, is_another):
    assert (fingerprint(change(lifecycle)) != fingerprint(lifecycle)) is is_another
