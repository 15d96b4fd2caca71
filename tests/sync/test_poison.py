"""One record that our own code fails on is set aside; its neighbours go on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest

from connectors.records import Record
from sync.logs import start_logging
from tests.sync.roads import Road


@pytest.mark.fault("F44")
def test_a_record_that_cannot_be_gathered_is_set_aside_and_its_neighbours_are_written(road: Road) -> None:
    start_logging("json", "error", stream=io.StringIO())
    people = [road.person(f"person{n}@example.com") for n in range(5)]
    road.settle()
    poison = people[2][0]
    read = road.hubspot.fetch

    def fetch(kind: str, ids: Sequence[str], *more: Any, **named: Any) -> list[Record]:
        if poison.id in ids:
            raise ValueError("a value that nobody has thought of")
        return read(kind, ids, *more, **named)

    road.hubspot.fetch = fetch  # type: ignore[method-assign]
    road.clock.advance(60)
    for _, lead in people:
        assert lead is not None
        road.salesforce.edit(lead, Title="Head of Tests")

    road.settle()

    titles = [road.hubspot.values(contact).get("jobtitle") for contact, _ in people]
    assert titles == ["Head of Tests", "Head of Tests", None, "Head of Tests", "Head of Tests"]
    assert road.codes() == ["internal_error"]
