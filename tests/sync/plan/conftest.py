from __future__ import annotations

import pytest

from mappings.agreement import Agreement
from tests.sync.plan.people import Planner


@pytest.fixture
def planner(shipped: Agreement) -> Planner:
    return Planner(shipped)
