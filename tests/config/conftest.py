from __future__ import annotations

import pytest

from mappings.fields import Directory


@pytest.fixture
def nobody() -> Directory:
    """A directory without anybody in it."""
    return Directory()
