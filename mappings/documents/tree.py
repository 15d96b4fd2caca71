"""Read the text of a YAML file into a tree that remembers its lines.

The safe subset only: YAML 1.2 core values, no tags, no anchors or aliases, one
document, no key twice, at most 1 MiB and 32 levels deep. Nothing is ever
constructed but text, numbers, true/false, null, lists and mappings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_DIGITS = 30

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a config file: where, what, and what to do; line 0 is the whole of it."""

    file: str
    line: int
    text: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.text} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a file with its line; *children* are the nodes of a mapping or list by key or place."""

    value: Any
    line: int
    children: dict[str | int, Node]

    def at(self, *path: str | int) -> Node:
        """The node at *path*, or the nearest one above it that is there."""
        node = self
        for part in path:
            if part not in node.children:
                return node
            node = node.children[part]
        return node


class Unsafe(Exception):
    """The text is not the plain YAML that config files may hold."""

    def __init__(self, line: int, text: str, remedy: str) -> None:
        super().__init__(text)
        self.line, self.text, self.remedy = line, text, remedy


def read_tree(text: str, file: str) -> Node | Mistake:
    """The tree of a YAML text, or the one mistake that stops it from being read."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return Mistake(
            file, 1, "This file is larger than 1 MiB.", "Split it or remove what is not configuration."
        )
    try:
        return _document(YAML(typ="safe", pure=True).parse(text))
    except Unsafe as error:
        return Mistake(file, error.line, error.text, error.remedy)
    except YAMLError as error:
        return Mistake(file, _line_of(error, text), *_explained(error))


def _line_of(error: YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return int(mark.line) + 1
    return text.count("\n", 0, getattr(error, "position", 0)) + 1


def _explained(error: YAMLError) -> tuple[str, str]:
    if hasattr(error, "character"):
        return "This line holds a character that YAML does not allow.", "Remove the invisible character."
    problem = getattr(error, "problem", None) or "it cannot be read"
    return (
        f"This is not YAML: {problem}.",
        "Check indentation, quotes and brackets here and on the line above.",
    )


def _document(events: Iterator[Event]) -> Node:
    root: Node | None = None
    for event in events:
        if isinstance(event, DocumentStartEvent) and root is not None:
            raise Unsafe(_line(event), "A second document starts here (`---`).", "Keep one document a file.")
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
            root = _node(event, events, 1)
    return root if root is not None else Node({}, 1, {})


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _node(event: Event, events: Iterator[Event], depth: int) -> Node:
    _refuse_tricks(event, depth)
    match event:
        case ScalarEvent():
            return Node(_scalar(event), _line(event), {})
        case SequenceStartEvent():
            return _sequence(event, events, depth)
        case _:
            return _mapping(event, events, depth)


def _refuse_tricks(event: Event, depth: int) -> None:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        raise Unsafe(
            _line(event), "Anchors and aliases (`&`, `*`) are not read.", "Write the value out in full."
        )
    tag = getattr(event, "ctag", None)
    if tag is not None and str(tag) not in ("None", "!"):
        raise Unsafe(_line(event), f"The tag `{tag}` is not read.", "Write a plain value without `!`.")
    if depth > MAX_DEPTH:
        raise Unsafe(_line(event), f"This is nested deeper than {MAX_DEPTH} levels.", "Write it flatter.")


def _scalar(event: ScalarEvent) -> str | int | float | bool | None:
    text: str = event.value
    if event.style not in (None, "") or (event.tag == "!" and not event.implicit[0]):
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return bool(_TRUE.fullmatch(text))
    if len(text) > MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _sequence(start: Event, events: Iterator[Event], depth: int) -> Node:
    children: dict[str | int, Node] = {}
    for event in events:
        if isinstance(event, SequenceEndEvent):
            break
        children[len(children)] = _node(event, events, depth + 1)
    return Node([child.value for child in children.values()], _line(start), children)


def _mapping(start: Event, events: Iterator[Event], depth: int) -> Node:
    children: dict[str | int, Node] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        key = _key(event, children, depth)
        child = _node(next(events), events, depth + 1)
        children[key] = Node(child.value, _line(event), child.children)
    return Node({key: child.value for key, child in children.items()}, _line(start), children)


def _key(event: Event, seen: dict[str | int, Node], depth: int) -> str:
    _refuse_tricks(event, depth)
    if not isinstance(event, ScalarEvent):
        raise Unsafe(_line(event), "A key must be one word, not a list or mapping.", "Write `key: value`.")
    key: str = event.value
    if key == "<<":
        raise Unsafe(_line(event), "Merge keys (`<<`) are not read.", "Write the keys out in full.")
    if key in seen:
        text = f"`{key}` stands here twice (first on line {seen[key].line})."
        raise Unsafe(_line(event), text, "Keep one of the two.")
    return key
