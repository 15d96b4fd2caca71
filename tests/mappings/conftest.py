"""The shipped lifecycle, compiled once for all tests of this room."""

from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mappings.documents import parse
from mappings.documents.lifecycle import LifecycleDocument
from mappings.hours import BusinessHours
from mappings.lifecycle import Lifecycle, compile_lifecycle

BERLIN = ZoneInfo("Europe/Berlin")
SHIPPED = Path(__file__).parents[2] / "config" / "lifecycle.yaml"


@pytest.fixture(scope="session")
def hours() -> BusinessHours:
    return BusinessHours(zone=BERLIN, days=frozenset(range(5)), start=time(9), end=time(17))


@pytest.fixture(scope="session")
def shipped_text() -> str:
    return SHIPPED.read_text("utf-8")


@pytest.fixture(scope="session")
def lifecycle(hours: BusinessHours, shipped_text: str) -> Lifecycle:
    document, mistakes = parse(LifecycleDocument, shipped_text, "lifecycle.yaml")
    assert mistakes == []
    assert document is not None
    return compile_lifecycle(document, hours)
