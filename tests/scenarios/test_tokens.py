"""A token ends while a batch is being written: one new sign-in, and only what is unfinished goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.town import town
from twins.log import Commit
from twins.messages import Request

_MOMENT = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+(Z|\+0000)")


def _lived(folder: Path, path: str = "", place: int = 0) -> tuple[list[Commit], int]:
    """What the bridge wrote on its first morning among 500 people, and how often it signed in to Salesforce.

    All tokens end just before Salesforce sees the request that is *place* among those to *path*.
    """
    with town(folder, people=500) as here:
        seen = 0

        def before(request: Request) -> None:
            nonlocal seen
            seen += bool(path) and request.path.endswith(path)
            if seen == place and request.path.endswith(path):
                here.world.salesforce.expire_tokens()
                seen += 1  # the same request comes again

        if path:
            here.world.wires["salesforce"].before = before
        here.run()
        for _ in range(4):
            here.settle()
        assert seen > place or not path
        return here.written(), here.world.salesforce.calls["POST", "token"]


def _told(commits: list[Commit]) -> list[str]:
    """What was written, but for moments: a renewed call takes its time."""
    said = (str((one.side, one.kind, one.id, one.field, one.old, one.new)) for one in commits)
    return sorted(_MOMENT.sub("moment", one) for one in said)


@pytest.mark.fault("F03")
@pytest.mark.parametrize(("path", "place"), [("/composite/sobjects", 2), ("/composite", 20)])
def test_a_token_that_ends_in_mid_batch_is_renewed_once_and_nothing_is_written_twice_or_lost(
    tmp_path: Path, path: str, place: int
) -> None:
    whole, once = _lived(tmp_path / "whole")

    written, twice = _lived(tmp_path / "ended", path, place)

    assert len(whole) > 1000
    assert _told(written) == _told(whole)
    assert (once, twice) == (1, 2)
