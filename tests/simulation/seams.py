"""What a history hands to the bridge in place of threads, and how its process dies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class Killed(BaseException):
    """The process died here: nothing after it happens, not even a `finally` that writes."""


def inline(_count: int, _name: str) -> Executor:
    """A pool without threads."""
    return Inline()


class Inline(Executor):
    """Does what is submitted at once, in the order of asking; who is killed takes the caller along."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asks for the result
            future.set_exception(error)
        return future
