"""Components as trees that can be compared: the wanted one's element, and what the org answered. Pure.

A tree maps a name to its values, each a text or a further tree. What an org adds by itself, its order, white
space and the marker in a description make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from plugin.marker import unmarked

Tree = Mapping[str, tuple[Any, ...]]
# The name by which the values of a list are told apart; all but the first two are what a permission set grants.
KEYS: Final[Mapping[str, str]] = {
    "customValue": "fullName",
    "value": "fullName",
    "applicationVisibilities": "application",
    "classAccesses": "apexClass",
    "customMetadataTypeAccesses": "name",
    "customPermissions": "name",
    "customSettingAccesses": "name",
    "emailRoutingAddressAccesses": "name",
    "externalCredentialPrincipalAccesses": "externalCredentialPrincipal",
    "externalDataSourceAccesses": "externalDataSource",
    "fieldPermissions": "field",
    "flowAccesses": "flow",
    "objectPermissions": "object",
    "pageAccesses": "apexPage",
    "recordTypeVisibilities": "recordType",
    "tabSettings": "tab",
    "userPermissions": "name",
}
_VALUES: Final = ("customValue", "value")
# What a permission set can open besides, and none of leadbridge's does.
OPENED: Final = tuple(
    name
    for name in KEYS
    if name not in (*_VALUES, "customPermissions", "fieldPermissions", "objectPermissions", "userPermissions")
)
_GVS: Final = "__gvs"  # appended to a global value set's name since API 57
_RIGHTS: Final = "PermissionSet"
_NOTHING: Final = frozenset({"false", "None"})


@dataclass(frozen=True, slots=True)
class Difference:
    """An element that is not as it should be, or one value of it, *key*: both as they are *wanted* and *found*."""

    name: str
    key: str = ""
    wanted: Any = None
    found: Any = None

    @property
    def is_besides(self) -> bool:
        """There is more than is wanted, and nothing less."""
        return bool(self.key) and self.wanted is None


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


def rights_in(tree: Tree, key: str) -> frozenset[str]:
    """What one entry of a permission set allows, as the names of its elements; none where it opens nothing."""
    return frozenset(
        name for name in tree if name != KEYS[key] and text_in(tree, name) not in (*_NOTHING, "")
    )


def differences(type_: str, wanted: Tree, found: Tree) -> list[Difference]:
    """What *found* does not say as *wanted* does; empty when they agree."""
    names = [name for name in wanted if name != "fullName"]
    if type_ == _RIGHTS:
        names += [name for name in KEYS if name in found and name not in wanted]
    return [one for name in names for one in _differ(name, wanted.get(name, ()), found.get(name, ()))]


def _differ(name: str, wanted: Sequence[Any], found: Sequence[Any]) -> Iterator[Difference]:
    if name in KEYS and all(isinstance(one, Mapping) for one in (*wanted, *found)):
        yield from _keyed(name, wanted, found)
        return
    ours, theirs = [one for one in wanted if _says(one)], [one for one in found if _says(one)]
    if len(ours) != len(theirs) or not all(
        _same(name, one, other) for one, other in zip(ours, theirs, strict=True)
    ):
        yield Difference(name, wanted=tuple(ours), found=tuple(theirs))


def _keyed(name: str, wanted: Sequence[Tree], found: Sequence[Tree]) -> Iterator[Difference]:
    key = KEYS[name]
    ours = {text_in(one, key): one for one in wanted if _counts(name, one)}
    off = {text_in(one, key) for one in wanted} - set(ours)
    theirs = {text_in(one, key): one for one in found if _counts(name, one)}
    for one, said in ours.items():
        if one not in theirs or not _agree(name, said, theirs[one]):
            yield Difference(name, one, said, theirs.get(one))
    for one, said in theirs.items():
        if one not in ours:
            yield Difference(name, one, _retired(said) if one in off else None, said)


def _agree(name: str, wanted: Tree, found: Tree) -> bool:
    if name not in _VALUES:
        return rights_in(wanted, name) == rights_in(found, name)
    said = {"isActive": ("true",), **wanted}
    return all(_same(inner, value, found.get(inner, _default(inner))) for inner, value in said.items())


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
    if name in _VALUES:
        return text_in(one, "isActive") != "false"
    return bool(rights_in(one, name))


def _retired(value: Tree) -> Tree:
    return {**value, "isActive": ("false",)}


def _default(inner: str) -> tuple[str, ...]:
    return ("true",) if inner == "isActive" else ()
