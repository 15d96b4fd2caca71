"""XML in and out: envelopes, faults; a document type or an entity of its own is refused.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from xml.parsers import expat

from twins.messages import Reply

Tree = Mapping[str, Any]
XML = {"Content-Type": "text/xml; charset=utf-8"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Fault(Exception):
    """The whole SOAP call is refused."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(slots=True)
class Element:
    """One element by its name without prefix, its text, and what is in it."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

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


def read(body: bytes) -> Element:
    """The envelope in *body*; raises `Fault`."""
    root = Element("")
    open_ = [root]

    def start(name: str, _: dict[str, str]) -> None:
        open_[-1].children.append(Element(name.rpartition(":")[2]))
        open_.append(open_[-1].children[-1])

    def text(data_: str) -> None:
        open_[-1].text += data_

    def refuse(*_: Any) -> None:
        raise Fault("soapenv:Client", "DOCTYPE is not allowed")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _name: open_.pop()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as wrong:
        raise Fault("soapenv:Client", f"The document is not well-formed: {wrong}") from None
    envelope = root.children[0]
    if envelope.name != "Envelope" or envelope.first("Body") is None:
        raise Fault("soapenv:Client", "Envelope and Body are required")
    return envelope


def answered(name: str, results: Iterable[Tree], limit: tuple[int, int]) -> Reply:
    """The answer to the operation *name*; *limit* are the calls used and allowed."""
    used, most = limit
    header = f"<LimitInfoHeader><limitInfo><current>{used}</current><limit>{most}</limit>"
    header += "<type>API REQUESTS</type></limitInfo></LimitInfoHeader>"
    body = "".join(f"<result>{_written(result)}</result>" for result in results)
    text = f'{_HEAD} xmlns="urn:partner.soap.sforce.com" {_XSI}><soapenv:Header>{header}</soapenv:Header>'
    text += f"<soapenv:Body><{name}Response>{body}</{name}Response></soapenv:Body></soapenv:Envelope>"
    return Reply(200, XML, text.encode())


def faulted(fault: Fault) -> Reply:
    """HTTP 500, as SOAP faults are; the vendor's code stands in the detail."""
    own = not fault.code.startswith("soapenv:")
    code = f"sf:{fault.code}" if own else fault.code
    said = _plain(f"{fault.code}: {fault.message}" if own else fault.message)
    detail = f'<detail><sf:UnexpectedErrorFault {_XSI} xsi:type="sf:UnexpectedErrorFault"><sf:exceptionCode>'
    detail += (
        f"{fault.code}</sf:exceptionCode><sf:exceptionMessage>{_plain(fault.message)}</sf:exceptionMessage>"
    )
    detail += "</sf:UnexpectedErrorFault></detail>"
    text = (
        f'{_HEAD} xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault><faultcode>{code}'
    )
    text += f"</faultcode><faultstring>{said}</faultstring>{detail if own else ''}</soapenv:Fault>"
    return Reply(500, XML, f"{text}</soapenv:Body></soapenv:Envelope>".encode())


def _written(tree: Tree) -> str:
    return "".join(_one(name, value) for name, value in tree.items())


def _one(name: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return "".join(_one(name, one) for one in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_written(value)}</{name}>"
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    return f"<{name}>{_plain(str(value).lower() if isinstance(value, bool) else str(value))}</{name}>"


def _plain(text: str) -> str:
    return escape(_UNPRINTABLE.sub("", text), quote=False)
