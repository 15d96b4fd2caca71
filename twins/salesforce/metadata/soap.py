"""/services/Soap/m/{version}: components are read and listed.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_readMetadata.htm,
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listmetadata.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_describe.htm
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from twins.messages import Reply, Request
from twins.salesforce.access.limits import Limits
from twins.salesforce.access.sessions import Sessions
from twins.salesforce.errors import Rejected
from twins.salesforce.metadata import conversions
from twins.salesforce.metadata.deployments import NO_RIGHT
from twins.salesforce.metadata.shelf import SHELVES
from twins.salesforce.metadata.types import OBJECT, OBJECT_SUFFIX, TYPES, WITHIN
from twins.salesforce.metadata.value_sets import SUFFIX
from twins.salesforce.org.state import BIRTH, Org
from twins.salesforce.soap.envelope import XML, Fault, faulted, read
from twins.salesforce.trees import Element, grown, plain, printed

_SPACE = "http://soap.sforce.com/2006/04/metadata"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    f'xmlns="{_SPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
_MOST_READ, _MOST_LISTED = 10, 3


class MetadataSoap:
    """Answers envelopes of the Metadata API."""

    def __init__(self, org: Org, sessions: Sessions, limits: Limits) -> None:
        self._org, self._sessions, self._limits = org, sessions, limits
        self._operations: dict[str, Callable[[Element, int], str]] = {
            "readMetadata": self._read,
            "listMetadata": self._list,
            "describeMetadata": self._describe,
        }

    def answer(self, request: Request, version: int, now: datetime) -> tuple[str, Reply]:
        """The name of the operation, as `calls` counts it, and the reply; a refusal is a fault with HTTP 500."""
        name = "soap"
        try:
            if "soapaction" not in request.headers:
                raise Fault("soapenv:Client", "SOAPAction HTTP header missing")
            envelope = read(request.body)
            body = envelope.first("Body")
            operation = body.children[0] if body and body.children else Element("nothing")
            name = f"metadata/{operation.name}"
            self._check(envelope, now)
            run = self._operations.get(operation.name)
            if run is None:
                said = f"No operation available for request {{{_SPACE}}}{operation.name}"
                raise Fault("soapenv:Client", said)
            return name, _answered(operation.name, run(operation, version))
        except Fault as fault:
            return name, faulted(fault)

    def _check(self, envelope: Element, now: datetime) -> None:
        header = envelope.first("Header")
        session = header.first("SessionHeader") if header else None
        try:
            user = self._sessions.user((session.value("sessionId") if session else None) or "", now)
            self._limits.spend(now)
        except Rejected as no:
            said = "Invalid Session ID found in SessionHeader: Illegal Session"
            raise Fault(no.code, said if no.status == 401 else no.message) from None
        if not self._org.rights.may_administer(user):
            raise Fault("INSUFFICIENT_ACCESS", NO_RIGHT)

    # ── operations ───────────────────────────────────────────────────────────

    def _read(self, operation: Element, version: int) -> str:
        """One record per name; what is not there is a record that is nil
        (https://github.com/certinia/apex-mdapi/issues/142).
        """
        type_ = operation.value("type") or ""
        names = list(operation.values("fullNames"))
        if type_ not in SHELVES and type_ != conversions.TYPE:
            raise Fault("INVALID_TYPE", f"the twin does not know the type {type_}")
        if len(names) > _MOST_READ:
            said = f"record limit reached. cannot submit more than {_MOST_READ} records in this operation"
            raise Fault("EXCEEDED_ID_LIMIT", said)
        records = (self._record(type_, name, version) for name in names)
        return f"<result>{''.join(records)}</result>"

    def _record(self, type_: str, name: str, version: int) -> str:
        if type_ == conversions.TYPE:
            tree = conversions.read(self._org, name)
        else:
            tree = SHELVES[type_].read(self._org, name, version)
        if tree is None:
            return '<records xsi:nil="true"/>'
        inside = "".join(
            f"<fullName>{plain(name)}</fullName>" if one.name == "fullName" else printed(one)
            for one in tree.children
        )
        return f'<records xsi:type="{type_}">{inside}</records>'

    def _list(self, operation: Element, version: int) -> str:
        queries = operation.all("queries")
        if len(queries) > _MOST_LISTED:
            said = (
                f"Cannot specify more than {_MOST_LISTED} ListMetadataQuery objects"  # [M] code and wording
            )
            raise Fault("EXCEEDED_MAX_TYPES_LIMIT", said)
        found = []
        for query in queries:
            type_ = query.value("type") or ""
            if type_ not in SHELVES:
                raise Fault("INVALID_TYPE", f"INVALID_TYPE: Unknown type:{type_}")
            found += [self._listed(type_, name) for name in SHELVES[type_].names(self._org)]
        return "".join(found)

    def _listed(self, type_: str, name: str) -> str:
        of, stored = TYPES[type_], self._org.installed.parts.get((type_, name))
        by = stored.changed_by if stored else self._org.integration_user
        made_by = stored.made_by if stored else self._org.integration_user
        users = self._org.tables["User"].rows
        stem = name.partition(".")[0] if of.within else name
        appended = type_ == "GlobalValueSet" and self._org.switches.value_set_suffix == "appended"
        told = {
            "createdById": made_by,
            "createdByName": users[made_by]["Name"],
            "createdDate": stored.made_at if stored else BIRTH,
            "fileName": f"{of.folder}/{stem}.{of.suffix}",
            "fullName": name + SUFFIX if appended else name,
            "id": stored.id if stored else "",
            "lastModifiedById": by,
            "lastModifiedByName": users[by]["Name"],
            "lastModifiedDate": stored.changed_at if stored else BIRTH,
            "manageableState": "unmanaged",
            "type": type_,
        }
        return printed(grown("result", told))

    def _describe(self, _: Element, __: int) -> str:
        """The types that the twin knows."""
        own = [
            {
                "directoryName": one.folder,
                "inFolder": False,
                "metaFile": False,
                "suffix": one.suffix,
                "xmlName": name,
            }
            for name, one in TYPES.items()
            if not one.within
        ]
        of_objects = {
            "childXmlNames": [one.name for one in WITHIN.values()], "directoryName": "objects",
            "inFolder": False, "metaFile": False, "suffix": OBJECT_SUFFIX, "xmlName": OBJECT,
        }  # fmt: skip
        told = {
            "metadataObjects": [*own, of_objects],
            "organizationNamespace": "",
            "partialSaveAllowed": True,
            "testRequired": False,
        }
        return printed(grown("result", told))


def _answered(name: str, results: str) -> Reply:
    text = (
        f"{_HEAD}<soapenv:Body><{name}Response>{results}</{name}Response></soapenv:Body></soapenv:Envelope>"
    )
    return Reply(200, XML, text.encode())
