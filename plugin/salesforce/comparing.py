"""The Salesforce part against what stands in the org: what to deploy and what stands in the way. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from plugin.diff import MINE, Change, Verb
from plugin.marker import Marker
from plugin.salesforce.elements import element
from plugin.salesforce.objects import PEOPLE
from plugin.salesforce.parts import Part
from plugin.salesforce.trees import Difference, Tree, differences, text_in, tree_of
from plugin.salesforce.wording import called, labels, told

Key = tuple[str, str]
PREFIX: Final = "leadbridge_"
# The marker of this value set says which lifecycle is installed; elsewhere a marker of before makes no difference.
STAGES: Final = "leadbridge_stage"
REASONS: Final = "leadbridge_reason"
TELLS_VERSION: Final = ("GlobalValueSet", STAGES)
_OURS_IF: Final = ("CustomPermission", "leadbridge_sync")
_VALUE_SET: Final = "GlobalValueSet"
# A list view bears no marker: only these names, one of any lifecycle's on an object of people, can be ours.
_VIEWS: Final = frozenset(
    f"{object_}.leadbridge_{name}".lower()
    for object_ in PEOPLE
    for name in ("handed_over", "sla_breached", "rejected", "recycled")
)
# What a lifecycle that changed may leave behind, and what is only configuration, so that it may be deleted.
_OBSOLETE: Final = frozenset({"ValidationRule", "QuickAction", "ListView"})


@dataclass(frozen=True, slots=True)
class Org:
    """What stands in an org: components of ours by type and lower-case name, and how full it is.

    *names* are their names as the org writes them, *rules* the active rules of others per object, *people* and *reasons*
    how many live records hold each stage and reason, as far as the admin sees: *unseen* are the fields that nobody opened,
    *narrow* the objects of which sharing may hide records from the admin.
    *open* are the fields of all objects (``Lead.Company``) that everybody sees, so that no set may grant them,
    *record_types* how many active ones the objects of people have.
    """

    components: Mapping[Key, Tree] = field(default_factory=dict)
    names: Mapping[Key, str] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    open: frozenset[str] = frozenset()
    record_types: Mapping[str, int] = field(default_factory=dict)

    def offered(self, value_set: str) -> frozenset[str]:
        """The values of a set that a record may be given today."""
        values = self.components.get(("GlobalValueSet", value_set), {}).get("customValue", ())
        return frozenset(text_in(one, "fullName") for one in values if text_in(one, "isActive") != "false")


def key_of(type_: str, name: str) -> Key:
    """By which a component is found: names do not mind case, and a value set's may end with ``__gvs``."""
    return type_, name.removesuffix("__gvs").lower()


def compared(wanted: Sequence[Part], found: Org) -> tuple[Change, ...]:
    """What there is to say of each part, and of what leadbridge once brought and is wanted no more."""
    ours, fields = {key_of(part.type, part.full_name) for part in wanted}, labels(wanted)
    return (*(_about(part, found, fields) for part in wanted), *_obsolete(found, ours))


def _about(part: Part, found: Org, fields: Mapping[str, str]) -> Change:
    key = key_of(part.type, part.full_name)
    standing = found.components.get(key)
    if standing is None:
        return _said(part, "create")
    if not is_ours(key, standing, found):
        return _said(part, "conflict", MINE)
    wanted = tree_of(element(part))
    if part.type == "CustomField" and (why := _unchangeable(wanted, standing)):
        return _said(part, "conflict", why)
    differs = differences(part.type, wanted, standing)
    markers = [text_in(tree, "description") for tree in (wanted, standing)]
    if key == TELLS_VERSION and Marker.found_in(markers[0]) != Marker.found_in(markers[1]):
        differs.append(Difference("version"))
    if not differs:
        return _said(part, "unchanged")
    return _said(part, "retire" if _only_retires(part, differs) else "update", told(differs, fields))


def _unchangeable(wanted: Tree, standing: Tree) -> str:
    """What no deployment changes in a field, and what to do; "" where all can be.

    A list of values is never changed for another: https://github.com/scolladon/sfdx-git-delta/issues/714.
    """
    types = [text_in(tree, "type") for tree in (wanted, standing)]
    if types[0] != types[1]:
        return f"it is of type {types[1]}, not {types[0]}: delete it first"
    lists = [_list_of_values(tree) for tree in (wanted, standing)]
    if lists[0] != lists[1]:
        there, ours = (one or "a list of its own" for one in reversed(lists))
        return f"it takes its values from {there}, not from {ours}: delete it first"
    return ""


def _list_of_values(field: Tree) -> str:
    return next((text_in(one, "valueSetName").removesuffix("__gvs") for one in field.get("valueSet", ())), "")


def _only_retires(part: Part, differs: Sequence[Difference]) -> bool:
    return part.type == _VALUE_SET and all(
        one.name == "version"
        or one.is_besides
        or (bool(one.key) and text_in(one.wanted, "isActive") == "false")
        for one in differs
    )


def is_ours(key: Key, standing: Tree, found: Org) -> bool:
    """Its description is marked; a list view, which has none, is ours by its very name where the custom permission is."""
    if key[0] != "ListView":
        return Marker.found_in(text_in(standing, "description")) is not None
    if key[1] not in _VIEWS:
        return False
    proof = found.components.get(_OURS_IF)
    return proof is not None and Marker.found_in(text_in(proof, "description")) is not None


def _obsolete(found: Org, wanted: Iterable[Key]) -> list[Change]:
    gone = {
        key: tree
        for key, tree in found.components.items()
        if key[0] in _OBSOLETE and key not in set(wanted) and is_ours(key, tree, found)
    }
    return [
        Change("salesforce", key[0], found.names.get(key, key[1]), "retire", "it is deleted: the lifecycle no longer has it")
        for key in sorted(gone)
    ]  # fmt: skip


def installed(found: Org) -> Marker | None:
    """The newest marker in the org."""
    markers = [Marker.found_in(text_in(tree, "description")) for tree in found.components.values()]
    return max(filter(None, markers), key=lambda marker: (marker.lifecycle, marker.order), default=None)


def _said(part: Part, verb: Verb, why: str = "") -> Change:
    return Change("salesforce", part.type, part.full_name, verb, why, called(part))
