"""What leaves the house: the wheel, the image, the locks, and nothing of the machine it was built on."""

from __future__ import annotations

import re
import zipfile

import pytest
from hatchling.builders.wheel import WheelBuilder

# Written in pieces, so that this file does not find itself.
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|Users|home/\w+)/" + r"[a-z]")
INDEX = re.compile(
    r"index" + r"-url\s*[= ]\s*\w|https?://[^\s\"']+/simple(?:/|[\s\"']|$)|find" + r"-links\s*[= ]\s*[/\w]"
)


@pytest.fixture(scope="module")
def wheel(house, tmp_path_factory):
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(house)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


def test_wheel_carries_the_whole_config_folder(wheel, house):
    shipped = {file.relative_to(house / "config") for file in (house / "config").rglob("*") if file.is_file()}

    assert {f"sync/shipped/{file}" for file in shipped} <= set(wheel)
    assert "sync/shipped/.env.example" in wheel


@pytest.mark.parametrize("folder", ["sync/web/templates", "sync/web/static", "sync/store/migrations"])
def test_wheel_carries_what_is_not_python(wheel, house, folder):
    files = {str(file.relative_to(house)) for file in (house / folder).rglob("*") if file.is_file()}

    assert {file for file in files if "__pycache__" not in file} <= set(wheel)


def test_wheel_carries_nothing_but_the_product(wheel):
    rooms = {name.split("/")[0] for name in wheel}

    assert {room for room in rooms if not room.endswith(".dist-info")} == {
        "connectors", "mappings", "plugin", "sync", "twins",
    }  # fmt: skip


@pytest.mark.parametrize("pattern", [MACHINE, INDEX], ids=["machine path", "package index"])
def test_no_file_names_the_machine_or_an_index(house, tracked, pattern):
    found = []
    for file in tracked:
        try:
            text = (house / file).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file}: {match.group()}" for match in pattern.finditer(text)]

    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_every_locked_package_has_a_version_and_hashes(house, lock):
    text = (house / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip()]

    assert entries != []
    assert [
        line for line in entries if not re.match(r"[\w.-]+==\S+.* --hash=sha256:[0-9a-f]{64}", line)
    ] == []


def test_the_daemons_packages_are_the_same_in_both_locks(house):
    runtime, dev = (
        set(re.findall(r"^([\w.-]+==\S+)", (house / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )

    assert runtime - dev == set()


def test_image_runs_without_root_and_without_a_shell(house):
    steps = (house / "Dockerfile").read_text(encoding="utf-8")
    final = steps[steps.rindex("\nFROM ") :]

    assert re.search(r"^USER \d+:\d+$", final, re.MULTILINE)
    assert re.findall(r"^VOLUME (.*)$", final, re.MULTILINE) == ['["/state"]']
    assert re.search(r'^ENTRYPOINT \["leadbridge"\]$', final, re.MULTILINE)
    assert re.search(r'^HEALTHCHECK .*\\\n  CMD \["python", "-c", ".*/healthz', final, re.MULTILINE)
    assert "ADD " not in steps
    assert "--require-hashes" in steps
