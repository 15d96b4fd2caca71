"""What the tests of the road share: the shipped agreement, and a bridge over two dumb sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mappings.agreement import Agreement
from sync.bootstrap import read_agreement, shipped_config
from tests.sync.roads import Road, opened, writing


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "fault(*ids): the faults of the reliability page that a test holds against"
    )
    config.addinivalue_line(
        "markers", "invariant(*ids): the invariants of the reliability page that a test holds"
    )


@pytest.fixture(scope="session")
def shipped() -> Agreement:
    return read_agreement(shipped_config())


@pytest.fixture
def build(tmp_path: Path, shipped: Agreement) -> Iterator[Callable[..., Road]]:
    with ExitStack() as stack:

        def build_one(*, page: int = 1000, settled: bool = True, name: str = "state", **bridge: Any) -> Road:
            agreement = writing(shipped, **bridge)
            return stack.enter_context(opened(tmp_path / name, agreement, page=page, settled=settled))

        yield build_one


@pytest.fixture
def road(build: Callable[..., Road]) -> Road:
    return build()
