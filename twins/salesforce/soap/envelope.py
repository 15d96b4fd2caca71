"""XML in and out: envelopes, faults; a document type or an entity of its own is refused.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from twins.messages import Reply
from twins.salesforce.trees import Element, Unreadable, parsed, plain

Tree = Mapping[str, Any]
XML = {"Content-Type": "text/xml; charset=utf-8"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


class Fault(Exception):
    """The whole SOAP call is refused."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def read(body: bytes) -> Element:
    """The envelope in *body*; raises `Fault`."""
    try:
        envelope = parsed(body)
    except Unreadable as wrong:
        raise Fault("soapenv:Client", str(wrong)) from None
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
    said = plain(f"{fault.code}: {fault.message}" if own else fault.message)
    detail = f'<detail><sf:UnexpectedErrorFault {_XSI} xsi:type="sf:UnexpectedErrorFault"><sf:exceptionCode>'
    detail += (
        f"{fault.code}</sf:exceptionCode><sf:exceptionMessage>{plain(fault.message)}</sf:exceptionMessage>"
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
    return f"<{name}>{plain(str(value).lower() if isinstance(value, bool) else str(value))}</{name}>"
