"""CSV as Bulk 2.0 reads and writes it.

UTF-8, a header of API names, the delimiter and line ending that the job names; a line that cannot be
read is that row's error (https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


class Unreadable(Exception):
    """The whole upload cannot be read: the job fails with this message."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as sent; *cells* is None when the line itself is wrong."""

    text: str
    cells: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and the rows under it."""

    header: tuple[str, ...]
    lines: list[Line]


def read(body: bytes, delimiter: str, ending: str) -> Sheet:
    """The rows of *body*; raises `Unreadable`."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("InvalidBatch : The 'body' is not UTF-8") from None
    records = list(_records(text, ending))
    if not records:
        raise Unreadable("InvalidBatch : The 'body' is empty")
    sign = DELIMITERS[delimiter]
    header = _cells(records[0], sign)
    if header is None or not all(header):
        raise Unreadable("InvalidBatch : Failed to parse header of CSV")
    if len({name.lower() for name in header}) < len(header):
        raise Unreadable("InvalidBatch : Duplicate column in header")
    return Sheet(header, [_line(record, sign, len(header)) for record in records[1:]])


def write(rows: Iterable[Sequence[str]], delimiter: str, ending: str) -> str:
    """*rows* with every cell in quotes."""
    sign, end = DELIMITERS[delimiter], LINE_ENDINGS[ending]
    return "".join(sign.join('"' + cell.replace('"', '""') + '"' for cell in cells) + end for cells in rows)


def _line(record: str, sign: str, width: int) -> Line:
    cells = _cells(record, sign)
    return Line(record, cells if cells is not None and len(cells) == width else None)


def _cells(record: str, sign: str) -> tuple[str, ...] | None:
    """The cells of one row; None when a quote stands where none may, also beside a space."""
    if '"' in record and _sound(sign).fullmatch(record) is None:
        return None
    try:
        return tuple(next(csv.reader([record], delimiter=sign)))
    except csv.Error:  # a cell beyond any field's length
        return None


def _sound(sign: str) -> re.Pattern[str]:
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(sign)}]*)'
    return re.compile(rf"{cell}(?:{re.escape(sign)}{cell})*")


def _records(text: str, ending: str) -> Iterator[str]:
    """Rows without their end; a line break inside quotes belongs to its row, empty lines to none."""
    held: list[str] = []
    is_open = False
    *ended, last = text.split("\n")
    for line in ended:
        held.append(line)
        is_open ^= bool(line.count('"') % 2)
        if is_open:
            continue
        record = "\n".join(held)
        held = []
        if record.endswith("\r") != (ending == "CRLF") and record:
            said = f"LineEnding is invalid on user data. Current LineEnding setting is {ending}"
            raise Unreadable(f"ClientInputError : {said}")
        if record.strip("\r"):
            yield record.removesuffix("\r") if ending == "CRLF" else record
    record = "\n".join([*held, last])
    if record:
        yield record
