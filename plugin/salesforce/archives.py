"""What is sent to an org: an archive that installs or removes, the same bytes for the same parts. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from lxml import etree

from plugin.salesforce.comparing import Org, is_ours
from plugin.salesforce.elements import XMLNS, root
from plugin.salesforce.parts import Part
from plugin.salesforce.rendering import API_VERSION, mdapi, zipped

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
