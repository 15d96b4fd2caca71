"""The log is one line a fact, and holds no secret."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import structlog

from sync.logs import start_logging


@pytest.fixture(autouse=True)
def restored_logging():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def written():
    """Start logging as asked and give what was written as lines."""
    stream = io.StringIO()

    def start(shape="json", level="info", **more):
        start_logging(shape, level, stream=stream, **more)
        return lambda: [line for line in stream.getvalue().splitlines() if line]

    return start


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_elsewhere_than_on_a_terminal_each_line_is_json(written):
    lines = written("auto")

    structlog.get_logger().info("change settled", ref="hubspot:contact:501", effects=2)

    (line,) = [json.loads(line) for line in lines()]
    assert (line["event"], line["ref"], line["effects"], line["level"]) == (
        "change settled",
        "hubspot:contact:501",
        2,
        "info",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])


def test_on_a_terminal_it_is_for_a_person():
    terminal = Terminal()
    start_logging("auto", stream=terminal)

    structlog.get_logger().info("change settled", ref="hubspot:contact:501")

    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(terminal.getvalue())
    assert "change settled" in terminal.getvalue()


def test_less_important_lines_than_the_level_are_left_out(written):
    lines = written(level="warning")

    structlog.get_logger().info("change settled")

    assert lines() == []


@pytest.mark.parametrize("shape", ["json", "pretty"])
@pytest.mark.parametrize(
    "name", ["urllib3.connectionpool", "hubspot.crm.contacts", "uvicorn.access", "sqlalchemy.engine"]
)
def test_vendor_libraries_do_not_tell_every_request(written, shape, name):
    vendor = logging.getLogger(name)
    vendor.setLevel(logging.DEBUG)
    lines = written(shape, "debug")

    vendor.info("GET /contacts?email=ada@example.com")

    assert lines() == []


def test_other_libraries_and_warnings_come_out_in_the_same_shape(written):
    lines = written()

    logging.getLogger("another").error("failed for %s", "hubspot:contact:501")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("soon gone", UserWarning, stacklevel=1)

    events = [json.loads(line)["event"] for line in lines()]
    assert events[0] == "failed for hubspot:contact:501"
    assert "soon gone" in events[1]


SECRETS = {
    "Authorization: Bearer abc.DEF-123456": "abc.DEF",
    "authorization=Basic dHdpbi1jbGllbnQ6c2VjcmV0": "dHdpbi1j",
    "pat-eu1-12345678-aaaa-bbbb-cccc-1234567890ab": "12345678-aaaa",
    "00Dxx0000001gPF!AQEAQCanaryCanaryCanary": "Canary",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl": "eyJ",
    "-----BEGIN PRIVATE KEY-----\nMIICanary\n-----END PRIVATE KEY-----": "MIIC",
    "the-canary-that-ops-set": "canary",
}


@pytest.mark.parametrize("shape", ["json", "pretty"])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_never_reaches_the_log(written, shape, secret):
    lines = written(shape, secrets=["the-canary-that-ops-set"])
    told = structlog.get_logger()

    told.info("signed in", answer=secret, parts={"deep": [secret]}, error=ValueError(secret))
    logging.getLogger("another").error("said %s", secret)
    try:
        raise RuntimeError(secret)
    except RuntimeError:
        told.exception("pass failed")
        logging.getLogger("another").exception("pass failed")

    text = "\n".join(lines())
    assert "***" in text
    assert SECRETS[secret] not in text


@pytest.mark.parametrize("key", ["token", "client_secret", "Authorization", "password", "cookie"])
def test_what_is_called_a_secret_is_blotted_out(written, key):
    lines = written()

    structlog.get_logger().info("signed in", **{key: "canary"})

    assert json.loads(lines()[0])[key] == "***"


@pytest.mark.parametrize("shape", ["json", "pretty"])
def test_a_name_cannot_forge_a_line_or_colour_the_terminal(written, shape):
    lines = written(shape)

    structlog.get_logger().info("change settled", field="a\nlevel=error \x1b[2J forged")

    assert len(lines()) == 1
    assert "\x1b[2J" not in lines()[0]


@pytest.mark.parametrize("shape", ["json", "pretty"])
def test_an_error_of_ours_comes_with_its_traceback(written, shape):
    lines = written(shape)

    try:
        raise RuntimeError("bug")
    except RuntimeError:
        structlog.get_logger().exception("pass failed")

    assert "RuntimeError: bug" in "\n".join(lines())


_TALKS = """
import structlog
from sync.logs import start_logging
start_logging("json", "info")
log = structlog.get_logger()
for number in range(5000):
    log.info("pass finished", number=number, filling="x" * 100)
print("went on", flush=True)
"""


@pytest.mark.fault("F50")
@pytest.mark.parametrize("sink", ["blocked", "closed", "full"])
def test_a_log_that_nobody_takes_stops_nothing(sink: str) -> None:
    reader, writer = os.pipe()
    if sink == "closed":
        os.close(reader)
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", _TALKS], stdout=subprocess.PIPE, stderr=full if sink == "full" else writer,
            timeout=20, check=False, text=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
    finally:
        os.close(writer)
        os.close(full)
        if sink != "closed":
            os.close(reader)

    assert (ended.stdout, ended.returncode) == ("went on\n", 0)
