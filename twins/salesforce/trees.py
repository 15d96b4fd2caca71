"""XML as a tree of names and texts; a document type or an entity of its own is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, NoReturn
from xml.parsers import expat

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Unreadable(ValueError):
    """The document is no XML that anybody would take; *line* counts from 1."""

    def __init__(self, says: str, line: int = 1) -> None:
        super().__init__(says)
        self.line = line


@dataclass(slots=True)
class Element:
    """One element by its name without prefix, its text, what is in it, and the line it begins in."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)
    line: int = field(default=0, compare=False)

    def all(self, name: str) -> list[Element]:
        """The children of this name."""
        return [one for one in self.children if one.name == name]

    def first(self, name: str) -> Element | None:
        """The first child of this name."""
        return next(iter(self.all(name)), None)

    def value(self, name: str) -> str | None:
        """The text of the first child of this name; None when it is blank or not there."""
        found = self.first(name)
        return (found.text.strip() or None) if found else None

    def is_true(self, name: str) -> bool:
        """Whether the child of this name says true."""
        return self.value(name) in ("true", "1")

    def values(self, name: str) -> Iterator[str]:
        """The texts of all children of this name."""
        return (one.text.strip() for one in self.all(name))


def grown(name: str, children: dict[str, Any] | None = None, text: str = "") -> Element:
    """An element with *children*: texts, truths, numbers, trees, dicts of these, lists of these; None is left out."""
    whole = Element(name, text)
    for child, value in (children or {}).items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                whole.children.append(grown(child, one))
            elif one is not None:
                said = str(one).lower() if isinstance(one, bool) else str(one)
                whole.children.append(Element(child, said))
    return whole


def parsed(body: bytes) -> Element:
    """The only element of the document *body*; raises `Unreadable`."""
    root = Element("")
    open_ = [root]
    parser = expat.ParserCreate()

    def start(name: str, _: dict[str, str]) -> None:
        began = Element(name.rpartition(":")[2], line=parser.CurrentLineNumber)
        open_[-1].children.append(began)
        open_.append(began)

    def text(data: str) -> None:
        open_[-1].text += data

    def refuse(*_: Any) -> NoReturn:
        raise Unreadable("DOCTYPE is not allowed", parser.CurrentLineNumber)

    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _name: open_.pop()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as wrong:
        raise Unreadable(f"The document is not well-formed: {wrong}", wrong.lineno) from None
    return root.children[0]


def printed(element: Element) -> str:
    """*element* as XML without indents; an element with children shows no text of its own."""
    inside = "".join(map(printed, element.children)) if element.children else plain(element.text)
    return f"<{element.name}>{inside}</{element.name}>"


def plain(text: str) -> str:
    """*text* as it may stand in XML."""
    return escape(_UNPRINTABLE.sub("", text), quote=False)
