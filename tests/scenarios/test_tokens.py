"""A token ends while a batch is being written: one new sign-in, and only what is unfinished goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.town import is_update, town
from twins.log import Commit
from twins.messages import Request

_MOMENT = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+(Z|\+0000)")


def _lived(
    folder: Path, counts: Callable[[Request], bool] | None = None, place: int = 0
) -> tuple[list[Commit], int]:
    """What the bridge wrote on its first morning among 500 people, and how often it signed in to Salesforce.

    All tokens end just before Salesforce sees the request that is *place* among those that it *counts*.
    """
    with town(folder, people=500) as here:
        seen = 0

        def before(request: Request) -> None:
            nonlocal seen
            if counts is None or not counts(request):
                return
            seen += 1
            if seen == place:
                here.world.salesforce.expire_tokens()
                seen += 1  # the same request comes again

        if counts:
            here.world.wires["salesforce"].before = before
        here.run()
        for _ in range(4):
            here.settle()
        assert seen > place or not counts
        return here.written(), here.world.salesforce.calls["POST", "token"]


def _told(commits: list[Commit]) -> list[str]:
    """What was written, but for moments: a renewed call takes its time."""
    said = (str((one.side, one.kind, one.id, one.field, one.old, one.new)) for one in commits)
    return sorted(_MOMENT.sub("moment", one) for one in said)


def _asks(request: Request) -> bool:
    return request.path.endswith("/composite") and not is_update(request)


@pytest.mark.fault("F03")
@pytest.mark.parametrize(("counts", "place"), [(is_update, 2), (_asks, 20)])
def test_a_token_that_ends_in_mid_batch_is_renewed_once_and_nothing_is_written_twice_or_lost(
    tmp_path: Path, counts: Callable[[Request], bool], place: int
) -> None:
    whole, once = _lived(tmp_path / "whole")

    written, twice = _lived(tmp_path / "ended", counts, place)

    assert len(whole) > 1000
    assert _told(written) == _told(whole)
    assert (once, twice) == (1, 2)
