"""One line a piece of work, to standard error: pretty on a terminal, JSON elsewhere.

Events are constant words, values stand beside them as keys. Keys, ids, names of
fields, counts and times are logged; the value of a field never is. What looks
like a secret is blotted out all the same, wherever it stands.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, TextIO

import structlog

Format = Literal["auto", "pretty", "json"]
Level = Literal["debug", "info", "warning", "error"]

BLOT = "***"
KEPT_LINES = 1000
STUCK_AFTER_S = 1.0

# These tell every request, some with its address and body.
_NOISY = ("alembic", "hubspot", "requests", "simple_salesforce", "sqlalchemy", "urllib3", "uvicorn")

_SECRET_KEY = re.compile(r"(?i)token|secret|password|passphrase|authorization|cookie|private_key|assertion")
_SECRET_TEXT = re.compile(
    r"(?i)\bbearer\s+[\w.~+/!=-]{8,}"  # an Authorization header
    r"|\bbasic\s+[a-z0-9+/]{8,}={0,2}"
    r"|\b00D[a-zA-Z0-9]{12,15}![\w.]+"  # a Salesforce session
    r"|\bpat-[a-z]{2}\d-[\w-]{8,}"  # a HubSpot token
    r"|\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]+)?"  # a JWT
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)",
    re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def start_logging(
    format: Format = "auto",  # noqa: A002 - the setting's own name
    level: Level = "info",
    *,
    secrets: Sequence[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line to *stream* (standard error); *secrets* never appear in one."""
    out = stream or sys.stderr
    pretty = format == "pretty" or (format == "auto" and out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _Redaction(secrets),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _route_everything(_formatter(shared, pretty), out, level.upper())


def _formatter(shared: list[structlog.typing.Processor], pretty: bool) -> logging.Formatter:
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if pretty
        else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _route_everything(formatter: logging.Formatter, out: TextIO, level: str) -> None:
    handler = _Unhindered(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in {*_NOISY, *logging.root.manager.loggerDict}:
        if name.partition(".")[0] in _NOISY:
            logger = logging.getLogger(name)
            logger.handlers = []
            logger.propagate = True
            logger.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


class _Unhindered(logging.Handler):
    """Writes each line before it returns, unless nobody takes it: then it waits a second once and goes on.

    While the sink is stuck the newest lines are kept; how many were lost is said when it takes lines again.
    """

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out
        self._lines: deque[str] = deque()
        self._lost = 0
        self._due = threading.Semaphore(0)
        self._free = threading.Event()
        self._free.set()
        self._writer: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Hand the line to the thread that may be kept waiting."""
        line = self.format(record)
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="log", daemon=True)
            self._writer.start()
        if len(self._lines) >= KEPT_LINES:
            with suppress(IndexError):
                self._lines.popleft()
                self._lost += 1
        was_free = self._free.is_set()
        self._free.clear()
        self._lines.append(line)
        self._due.release()
        if was_free:
            self._free.wait(STUCK_AFTER_S)

    def _write(self) -> None:
        while True:
            self._due.acquire()
            with suppress(IndexError):
                self._put(self._lines.popleft())
            if not self._lines:
                self._free.set()

    def _put(self, line: str) -> None:
        lost, self._lost = self._lost, 0
        with suppress(OSError, ValueError):  # nobody listens any more: there is nowhere to say so
            if lost:
                self._out.write(f'{{"event": "log lines lost", "lines": {lost}}}\n')
            self._out.write(line + "\n")
            self._out.flush()


class _Redaction:
    """Blots secrets out of keys and texts, and makes one line of what has several."""

    def __init__(self, secrets: Sequence[str]) -> None:
        # The longest first: one secret may begin with another.
        self._secrets = sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True)

    def __call__(
        self, logger: Any, name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {
            key: value if key.startswith("_") else self._clean(key, value) for key, value in event.items()
        }

    def _clean(self, key: str, value: Any) -> Any:
        if _SECRET_KEY.search(key) and isinstance(value, str | bytes):
            return BLOT
        match value:
            case str():
                return self._blot(value, keep_lines=key in ("exception", "stack"))
            case bool() | int() | float() | None:
                return value
            case dict():
                return {str(k): self._clean(str(k), v) for k, v in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._clean(key, each) for each in value]
            case _:
                return self._blot(str(value), keep_lines=False)

    def _blot(self, text: str, *, keep_lines: bool) -> str:
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        text = _SECRET_TEXT.sub(BLOT, text)
        return text if keep_lines else _CONTROL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
