"""Parts → the files that Salesforce reads: for people (source) and for the deploy (Metadata API).

Bytes depend on nothing but the parts: names are sorted, lines end with LF, no clock is looked at.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from plugin.salesforce.elements import XMLNS, element, root
from plugin.salesforce.parts import CustomField, ListView, Part, ValidationRule

__all__ = ["API_VERSION", "element", "mdapi", "source", "zipped"]

API_VERSION: Final = "63.0"
Files = dict[str, bytes]
# Folder, ending, and the element under which an object holds it.
_HELD: Final[Mapping[str, tuple[str, str, str]]] = {
    "CustomField": ("fields", "field", "fields"),
    "ListView": ("listViews", "listView", "listViews"),
    "ValidationRule": ("validationRules", "validationRule", "validationRules"),
}
_ALONE: Final[Mapping[str, tuple[str, str]]] = {
    "CustomPermission": ("customPermissions", "customPermission"),
    "GlobalValueSet": ("globalValueSets", "globalValueSet"),
    "PermissionSet": ("permissionsets", "permissionset"),
    "QuickAction": ("quickActions", "quickAction"),
}
_FOLDER: Final = "force-app/main/default"
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def source(parts: Iterable[Part]) -> Files:
    """One file per part, laid out as Salesforce's own tools expect, with ``sfdx-project.json``."""
    project = {
        "packageDirectories": [{"path": "force-app", "default": True}],
        "name": "leadbridge",
        "namespace": "",
        "sourceApiVersion": API_VERSION,
    }
    files = {"sfdx-project.json": (json.dumps(project, indent=2) + "\n").encode()}
    for part in parts:
        files[f"{_FOLDER}/{_source_path(part)}-meta.xml"] = _text(element(part, named=part.type in _HELD))
    return dict(sorted(files.items()))


def mdapi(parts: Iterable[Part]) -> Files:
    """What is deployed: fields, rules and list views merged into their objects, and ``package.xml``.

    An object's file holds nothing but these children: its own settings would be deployed, too.
    """
    parts = tuple(parts)
    held: dict[str, list[CustomField | ListView | ValidationRule]] = defaultdict(list)
    files = {"package.xml": _text(_package(parts))}
    for part in parts:
        if isinstance(part, CustomField | ListView | ValidationRule):
            held[part.object].append(part)
        else:
            folder, ending = _ALONE[part.type]
            files[f"{folder}/{part.full_name}.{ending}"] = _text(element(part))
    for name, children in held.items():
        files[f"objects/{name}.object"] = _text(_object(children))
    return dict(sorted(files.items()))


def bundle_id(files: Mapping[str, bytes]) -> str:
    """Eight letters by which a bundle is known again: two of the same bytes have the same."""
    return hashlib.sha256(zipped(files)).hexdigest()[:8]


def zipped(files: Mapping[str, bytes]) -> bytes:
    """*files* as a zip, the same bytes whenever and wherever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o644 << 16,
            )
            archive.writestr(entry, files[name])
    return made.getvalue()


def _source_path(part: Part) -> str:
    if isinstance(part, CustomField | ListView | ValidationRule):
        folder, ending, _ = _HELD[part.type]
        return f"objects/{part.object}/{folder}/{part.name}.{ending}"
    folder, ending = _ALONE[part.type]
    return f"{folder}/{part.full_name}.{ending}"


def _object(children: Iterable[Part]) -> etree._Element:
    made = root("CustomObject")
    for part in sorted(children, key=lambda part: (_HELD[part.type][2], part.full_name)):
        made.append(element(part, tag=_HELD[part.type][2], named=True))
    return made


def _package(parts: Iterable[Part]) -> etree._Element:
    members = defaultdict(list)
    for part in parts:
        members[part.type].append(part.full_name)
    made = root("Package")
    for type_, names in sorted(members.items()):
        types = etree.SubElement(made, f"{{{XMLNS}}}types")
        for name in sorted(names):
            etree.SubElement(types, f"{{{XMLNS}}}members").text = name
        etree.SubElement(types, f"{{{XMLNS}}}name").text = type_
    etree.SubElement(made, f"{{{XMLNS}}}version").text = API_VERSION
    return made


def _text(made: etree._Element) -> bytes:
    etree.indent(made, space="    ")
    body: bytes = etree.tostring(made, encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
