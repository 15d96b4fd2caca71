"""What is sent to an org: an archive that installs, widens or removes, the same bytes for the same parts. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from lxml import etree

from plugin.salesforce.comparing import Org, is_ours, key_of
from plugin.salesforce.elements import XMLNS, root
from plugin.salesforce.fields import STAGES
from plugin.salesforce.parts import Choice, Part, ValueSet
from plugin.salesforce.rendering import API_VERSION, mdapi, zipped
from plugin.salesforce.trees import text_in

# What may come before the daemon knows the new lifecycle: nothing that refuses anybody anything.
_WIDENS: Final = frozenset({"GlobalValueSet", "CustomField", "CustomPermission", "PermissionSet"})
# What an uninstall leaves unless people's data goes, too: the fields, their values, and what the fields' rules asked.
_DATA: Final = frozenset({"GlobalValueSet", "CustomField"})
Name = tuple[str, str]


def archive(parts: Sequence[Part], gone: Iterable[Name] = ()) -> bytes:
    """A zip that brings *parts* and deletes what is named by type and full name in *gone*."""
    files = mdapi(parts)
    if named := tuple(gone):
        # https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy_deleting_files.htm
        files["destructiveChanges.xml"] = _named(named)
    return zipped(files)


def widened(parts: Sequence[Part], found: Org) -> tuple[Part, ...]:
    """Only what adds: no rule, and every stage that stands in the org stays a value that may be written."""
    return tuple(_with_all(part, found) for part in parts if part.type in _WIDENS)


def _with_all(part: Part, found: Org) -> Part:
    if not isinstance(part, ValueSet) or part.name != STAGES:
        return part
    tree = found.components.get(key_of(part.type, part.full_name), {})
    active = {text_in(one, "fullName"): text_in(one, "label") for one in tree.get("customValue", ()) if text_in(one, "isActive") != "false"}  # fmt: skip
    kept = [replace(one, active=True) if one.name in active else one for one in part.choices]
    known = {one.name for one in kept}
    more = [Choice(name, label or name) for name, label in active.items() if name not in known]
    return replace(part, choices=(*kept, *more))


def removable(found: Org, *, data: bool) -> tuple[Name, ...]:
    """What an uninstall deletes of what stands there: all that is ours, of whatever lifecycle, and nothing else.

    Fields go with all that stands in them, and only with *data*.
    """
    return tuple(
        (key[0], found.names[key].removesuffix("__gvs"))
        for key, tree in sorted(found.components.items())
        if (data or key[0] not in _DATA) and is_ours(key, tree, found)
    )


def _named(names: Iterable[Name]) -> bytes:
    members = defaultdict(list)
    for type_, name in names:
        members[type_].append(name)
    made = root("Package")
    for type_, each in sorted(members.items()):
        types = etree.SubElement(made, f"{{{XMLNS}}}types")
        for name in sorted(each):
            etree.SubElement(types, f"{{{XMLNS}}}members").text = name
        etree.SubElement(types, f"{{{XMLNS}}}name").text = type_
    etree.SubElement(made, f"{{{XMLNS}}}version").text = API_VERSION
    etree.indent(made, space="    ")
    body: bytes = etree.tostring(made, encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
