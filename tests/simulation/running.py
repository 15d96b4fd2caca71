"""Many seeds on all cores, in processes that were forked from one that knows everything already."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from tests.simulation.asking import judging as asking
from tests.simulation.asking.mix import POLLS, TERMS, config_of
from tests.simulation.configs import CONFIGS
from tests.simulation.history import live
from tests.simulation.house import agreement_of, config_folder
from tests.simulation.judging import Judged, judge

JUDGES: Final[Mapping[str, Callable[[int], Judged]]] = {"everything": judge, "requests": asking.judge}
FAILED: Final = Path(__file__).parent / "seeds" / "failed.txt"
FAILED_REQUESTS: Final = FAILED.with_name("requests.txt")
OPEN: Final = FAILED.with_name("open.txt")
OPEN_REQUESTS: Final = FAILED.with_name("requests_open.txt")
_WARM: Final = -1
_A_PROCESS: Final = 250


def warm(about: str = "everything") -> None:
    """Pay once for what each history needs: imports, compiled configs, schemas, statements."""
    if about == "requests":
        for terms, poll, is_held in product(TERMS, POLLS, (True, False)):
            for own_fields in (True, False) if not is_held else (True,):
                name = config_of(terms, poll, is_held=is_held)
                agreement_of(config_folder(name), is_checked=True, own_fields=own_fields)
    else:
        for name in CONFIGS:
            agreement_of(config_folder(name), is_checked=False)
            for own_fields in (True, False):
                agreement_of(config_folder(name), is_checked=True, own_fields=own_fields)
    live(_WARM)
    gc.collect()
    gc.freeze()


def judged(seeds: Sequence[int], jobs: int, about: str = "everything") -> Iterator[Judged]:
    """Every seed judged, in the order in which they end."""
    one = JUDGES[about]
    if jobs == 1:
        yield from map(one, seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=_A_PROCESS) as pool:
        yield from pool.imap_unordered(one, seeds)


def traces(seeds: Iterable[int], hash_seed: int, about: str = "everything") -> dict[int, str]:
    """The traces of *seeds* as another process sees them, where the order of sets is another one."""
    told = ",".join(map(str, seeds))
    command = (sys.executable, "-m", "tests.simulation", "--about", about, "--traces", told)
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return {int(seed): trace for seed, trace in map(str.split, said.splitlines())}


def failed_before(about: str = "everything") -> list[int]:
    """Seeds that have failed once: they are lived first, for ever."""
    return _listed(_failed(about))


def _failed(about: str) -> Path:
    return FAILED_REQUESTS if about == "requests" else FAILED


def known_open(about: str = "everything") -> frozenset[int]:
    """Seeds that break a promise today, each with the promise: the list may only get shorter."""
    return frozenset(_listed(OPEN_REQUESTS if about == "requests" else OPEN))


def _listed(file: Path) -> list[int]:
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]


def keep(failed: Judged, about: str = "everything") -> None:
    """Remember a seed that failed, with what it failed on."""
    if failed.seed not in failed_before(about):
        FAILED.parent.mkdir(exist_ok=True)
        names = ", ".join(sorted({one.invariant for one in failed.violations}))
        with _failed(about).open("a", encoding="utf-8") as kept:
            kept.write(f"{failed.seed}  {names}\n")
