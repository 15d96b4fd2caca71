"""People's own CSV files, read into rows: every header known, every oddity said in one sentence.

``DIR/hubspot/{contacts,companies,deals}.csv`` and ``DIR/salesforce/{Account,Contact,
Lead,Opportunity}.csv``, each may be absent. Knows nothing of the twins but the names
of their fields, which are handed in; `twins.load` takes it from here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from twins.tables import LABELS, LINKS, SHELVES, Refused, Row, Shelf, Tables

Known = Mapping[Shelf, Iterable[str]]


class Unusable(ValueError):
    """The folder cannot be read as CSV files of the two vendors; *mistakes* says every reason."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(slots=True)
class Folder:
    """What stands in a folder: *tables* to be loaded, and the rows that could not even be read."""

    tables: Tables = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


def read_folder(folder: Path, known: Known) -> Folder:
    """The rows of every CSV file in *folder*; raises Unusable with all mistakes of all files at once."""
    found, mistakes = Folder(), _strangers(folder)
    for shelf in SHELVES:
        path = folder / shelf.side / f"{shelf.kind}.csv"
        if not path.is_file():
            continue
        try:
            _read(path, shelf, known[shelf], found)
        except Unusable as failure:
            mistakes.extend(failure.mistakes)
    if not mistakes and not found.tables:
        mistakes.append(f"{folder} holds none of the files {', '.join(map(str, SHELVES))}")
    if mistakes:
        raise Unusable(mistakes)
    return found


def write_folder(folder: Path, tables: Tables) -> None:
    """Write *tables* as the CSV files that `read_folder` reads: a start for one's own."""
    for shelf, rows in tables.items():
        path = folder / shelf.side / f"{shelf.kind}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        header = list(dict.fromkeys(name for row in rows for name in row.values))
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, header, restval="")
            writer.writeheader()
            writer.writerows(row.values for row in rows)


def _strangers(folder: Path) -> list[str]:
    """A sentence for each CSV file under a name that nobody would look for."""
    if not folder.is_dir():
        raise Unusable([f"{folder} is not a folder: give one with hubspot/ and salesforce/ in it"])
    wanted = {str(shelf) for shelf in SHELVES}
    there = sorted(path.relative_to(folder).as_posix() for path in folder.glob("**/*.csv"))
    return [
        f"{folder / name} is not read under this name{_nearest(name, wanted)}"
        for name in there
        if name not in wanted
    ]


def _nearest(name: str, wanted: Iterable[str]) -> str:
    by_lower = {one.lower(): one for one in wanted}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.4)
    return (
        f": did you mean {by_lower[near[0]]}?"
        if near
        else f"; known are {', '.join(sorted(by_lower.values()))}"
    )


def _read(path: Path, shelf: Shelf, known: Iterable[str], found: Folder) -> None:
    # utf-8-sig: spreadsheets put a byte-order mark in front of the first header.
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            _read_lines(csv.reader(text, strict=True), path, shelf, known, found)
    except UnicodeDecodeError as failure:
        raise Unusable([f"{path} is not UTF-8 (byte {failure.start}): save it as CSV UTF-8"]) from None
    except csv.Error as failure:
        raise Unusable([f"{path} is not CSV as RFC 4180 has it: {failure}"]) from None


def _read_lines(
    reader: Iterator[list[str]], path: Path, shelf: Shelf, known: Iterable[str], found: Folder
) -> None:
    header = [name.strip() for name in next(reader, [])]
    _check_header(header, path, [*known, *LINKS[shelf], LABELS[shelf.side]])
    rows = found.tables.setdefault(shelf, [])
    line = 1
    for cells in reader:
        first, line = line + 1, getattr(reader, "line_num", line + 1)
        if len(cells) > len(header):
            found.refused.append(Refused(shelf, first, f"{len(cells)} cells for {len(header)} columns"))
        elif any(cell.strip() for cell in cells):
            rows.append(Row(shelf, first, dict(zip(header, cells, strict=False))))


def _check_header(header: Sequence[str], path: Path, known: Sequence[str]) -> None:
    if not any(header):
        raise Unusable([f"{path} has no header line"])
    mistakes = [
        f"{path}, column {place}: {name or 'a header without a name'} is not a field{_nearest_field(name, known)}"
        for place, name in enumerate(header, start=1)
        if name not in known
    ]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    mistakes += [f"{path}: the column {name} stands there twice" for name in twice]
    if mistakes:
        raise Unusable(mistakes)


def _nearest_field(name: str, known: Sequence[str]) -> str:
    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return f": did you mean {by_lower[near[0]]}?" if near else "; leave the column out"
