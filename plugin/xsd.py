"""Are the files that would be deployed of the shape that Salesforce's own schema says?

The schema is the one inside the Metadata API's WSDL. It knows every element, its order and every fixed word; it
does not know lengths, references and formulas: those are looked at by `plugin.lint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Final

from lxml import etree

from connectors.salesforce.wsdl import metadata_wsdl

_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_TYPES: Final = "http://soap.sforce.com/2006/04/metadata"
_STANDS_ALONE: Final = ("tns:Metadata", "tns:MetadataWithContent")


def misshapen(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """What the schema says against *files* (path → text), as ``path:line: sentence``; JSON is left out."""
    return tuple(
        f"{path}:{line}: {text}"
        for path, body in files.items()
        if not path.endswith(".json")
        for line, text in _against(body)
    )


def _against(body: bytes) -> list[tuple[int, str]]:
    try:
        root = etree.fromstring(body)
    except etree.XMLSyntaxError as error:
        return [(error.lineno or 1, f"this is no XML: {error.msg}")]
    schema = _schema()
    if schema.validate(root):
        return []
    return [(one.line, one.message.replace(f"{{{_TYPES}}}", "")) for one in schema.error_log]


@cache
def _schema() -> etree.XMLSchema:
    """The WSDL's schema, with a root element for every type that is a file of its own."""
    found = etree.fromstring(metadata_wsdl()).find(f".//{{{_XSD}}}schema")
    made = etree.Element(
        f"{{{_XSD}}}schema", nsmap={"xsd": _XSD, "tns": _TYPES},
        targetNamespace=_TYPES, elementFormDefault="qualified",
    )  # fmt: skip
    for child in found:
        made.append(deepcopy(child))
    for type_ in found.iter(f"{{{_XSD}}}complexType"):
        extends = type_.find(f".//{{{_XSD}}}extension")
        name = type_.get("name")
        if name == "Package" or (extends is not None and extends.get("base") in _STANDS_ALONE):
            etree.SubElement(made, f"{{{_XSD}}}element", name=name, type=f"tns:{name}")
    return etree.XMLSchema(made)
