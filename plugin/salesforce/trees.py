"""Components as trees that can be compared: the wanted one's element, and what the org answered. Pure.

A tree maps a name to its values, each a text or a further tree. What an org adds by itself, its order, white
space and the marker in a description make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lxml import etree

from plugin.marker import unmarked

Tree = Mapping[str, tuple[Any, ...]]
# The name by which the values of a list are told apart.
KEYS: Final[Mapping[str, str]] = {
    "customValue": "fullName",
    "value": "fullName",
    "fieldPermissions": "field",
    "objectPermissions": "object",
    "customPermissions": "name",
    "userPermissions": "name",
}
_GVS: Final = "__gvs"  # appended to a global value set's name since API 57
_RIGHTS: Final = "PermissionSet"


def tree_of(element: etree._Element) -> Tree:
    """The children of *element*."""
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(etree.QName(child).localname, []).append(
            tree_of(child) if len(child) else child.text or ""
        )
    return {name: tuple(values) for name, values in found.items()}


def text_in(tree: Tree, name: str) -> str:
    """The first text under *name*, or none."""
    return next((one for one in tree.get(name, ()) if isinstance(one, str)), "")


def differences(type_: str, wanted: Tree, found: Tree) -> list[str]:
    """What *found* does not say as *wanted* does, in words; empty when they agree."""
    names = [name for name in wanted if name != "fullName"]
    if type_ == _RIGHTS:
        names += [name for name in KEYS if name in found and name not in wanted]
    return [one for name in names for one in _differ(name, wanted.get(name, ()), found.get(name, ()))]


def _differ(name: str, wanted: Sequence[Any], found: Sequence[Any]) -> Iterator[str]:
    if name in KEYS and all(isinstance(one, Mapping) for one in (*wanted, *found)):
        yield from _keyed(name, wanted, found)
        return
    ours, theirs = [one for one in wanted if _says(one)], [one for one in found if _says(one)]
    if len(ours) != len(theirs) or not all(
        _same(name, one, other) for one, other in zip(ours, theirs, strict=True)
    ):
        yield name


def _keyed(name: str, wanted: Sequence[Tree], found: Sequence[Tree]) -> Iterator[str]:
    key = KEYS[name]
    ours = {text_in(one, key): one for one in wanted}
    theirs = {text_in(one, key): one for one in found if _counts(name, one)}
    for one, said in ours.items():
        if one not in theirs:
            if _counts(name, said):
                yield f"{_word(name)} {one} is missing"
        elif any(
            not _same(inner, value, theirs[one].get(inner, _default(inner)))
            for inner, value in {**_defaults(name), **said}.items()
        ):
            yield f"{_word(name)} {one} differs"
    yield from (f"{_word(name)} {one} is there besides" for one in theirs if one not in ours)


def _same(name: str, wanted: Any, found: Any) -> bool:
    if isinstance(wanted, tuple):
        return not list(_differ(name, wanted, found if isinstance(found, tuple) else (found,)))
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and not any(
            True for inner, value in wanted.items() for _ in _differ(inner, value, found.get(inner, ()))
        )
    return isinstance(found, str) and _plain(name, wanted) == _plain(name, found)


def _plain(name: str, text: str) -> str:
    said = unmarked(text) if name == "description" else text
    return " ".join(said.removesuffix(_GVS).split())


def _says(value: Any) -> bool:
    return bool(value) and (isinstance(value, str) or any(map(_says_all, value.values())))


def _says_all(values: tuple[Any, ...]) -> bool:
    return any(map(_says, values))


def _counts(name: str, one: Tree) -> bool:
    """A value that is switched off, or a right that grants nothing, is as good as none."""
    if name in ("customValue", "value"):
        return text_in(one, "isActive") != "false"
    return any(value == ("true",) for value in one.values())


def _defaults(name: str) -> Tree:
    return {"isActive": ("true",)} if name in ("customValue", "value") else {}


def _default(inner: str) -> tuple[str, ...]:
    return ("true",) if inner == "isActive" else ()


def _word(name: str) -> str:
    return {"customValue": "value"}.get(name, name.removesuffix("s"))
