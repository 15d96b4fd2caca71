"""A small bundle of components, and a short way to deploy it to Salesforce's twin."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from requests import Request

from tests.twins.office import BASE, Office
from twins.messages import Reply

SPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
STAGE = """<fields><fullName>Leadbridge_Stage__c</fullName><description>d [leadbridge]</description>
<label>Stage</label><type>Picklist</type><valueSet><restricted>true</restricted>
<valueSetName>Leadbridge_Stage</valueSetName></valueSet></fields>"""
REASON = """<fields><fullName>Leadbridge_Reason__c</fullName><label>Reason</label><length>255</length>
<type>Text</type></fields>"""
KEY = """<fields><fullName>Leadbridge_HubSpot_Id__c</fullName><externalId>true</externalId><label>HubSpot id</label>
<length>50</length><type>Text</type><unique>true</unique></fields>"""
RULE = """<validationRules><fullName>Leadbridge_From_handed_over</fullName><active>true</active>
<errorConditionFormula>AND(NOT($Permission.Leadbridge_Sync), NOT(ISNEW()), ISCHANGED(Leadbridge_Stage__c),
ISPICKVAL(PRIORVALUE(Leadbridge_Stage__c), &quot;handed_over&quot;),
NOT(OR(ISPICKVAL(Leadbridge_Stage__c, &quot;accepted&quot;), ISPICKVAL(Leadbridge_Stage__c, &quot;rejected&quot;))))
</errorConditionFormula><errorDisplayField>Leadbridge_Stage__c</errorDisplayField>
<errorMessage>From handed over a lead goes to accepted or rejected.</errorMessage></validationRules>"""
VIEW = """<listViews><fullName>Leadbridge_Handed_Over</fullName><columns>FULL_NAME</columns>
<columns>Leadbridge_Stage__c</columns><filterScope>Everything</filterScope>
<filters><field>Leadbridge_Stage__c</field><operation>equals</operation><value>handed_over</value></filters>
<label>Handed over</label></listViews>"""
STAGES = ("new", "handed_over", "accepted", "rejected")
SYNC = f"<CustomPermission {SPACE}><isLicensed>false</isLicensed><label>Leadbridge sync</label></CustomPermission>"
INTEGRATION = f"""<PermissionSet {SPACE}>
<customPermissions><enabled>true</enabled><name>Leadbridge_Sync</name></customPermissions>
<fieldPermissions><editable>true</editable><field>Lead.Leadbridge_Stage__c</field><readable>true</readable></fieldPermissions>
<fieldPermissions><editable>true</editable><field>Lead.Email</field><readable>true</readable></fieldPermissions>
<label>Leadbridge Integration</label>
<objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>true</allowEdit>
<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>Lead</object>
<viewAllRecords>true</viewAllRecords></objectPermissions>
<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions></PermissionSet>"""
REJECT = f"""<QuickAction {SPACE}><fieldOverrides><field>Leadbridge_Stage__c</field>
<literalValue>rejected</literalValue></fieldOverrides><label>Reject</label>
<optionsCreateFeedItem>false</optionsCreateFeedItem><quickActionLayout>
<layoutSectionStyle>OneColumn</layoutSectionStyle><quickActionLayoutColumns><quickActionLayoutItems>
<field>Leadbridge_Reason__c</field><uiBehavior>Required</uiBehavior></quickActionLayoutItems>
</quickActionLayoutColumns></quickActionLayout><type>Update</type></QuickAction>"""


def value_set(*values: str) -> str:
    """A global value set of these values."""
    rows = "".join(
        f"<customValue><fullName>{one}</fullName><default>false</default><label>{one}</label></customValue>"
        for one in values
    )
    return f"<GlobalValueSet {SPACE}>{rows}<masterLabel>Stage</masterLabel><sorted>false</sorted></GlobalValueSet>"


def lead(*parts: str) -> str:
    """The file of the object Lead with these fields, rules and list views in it."""
    return f"<CustomObject {SPACE}>{''.join(parts)}</CustomObject>"


def bundle(**instead: str | None) -> dict[str, str]:
    """The whole bundle; a part of another text *instead* of a file (by its name before the dot), None without it."""
    files = {
        "customPermissions/Leadbridge_Sync.customPermission": SYNC,
        "globalValueSets/Leadbridge_Stage.globalValueSet": value_set(*STAGES),
        "objects/Lead.object": lead(STAGE, REASON, KEY, RULE, VIEW),
        "permissionsets/Leadbridge_Integration.permissionset": INTEGRATION,
        "quickActions/Lead.Leadbridge_Reject.quickAction": REJECT,
    }
    known = {path.rpartition("/")[2].rpartition(".")[0].replace(".", "_"): path for path in files}
    for name, text in instead.items():
        path = known[name]
        if text is None:
            del files[path]
        else:
            files[path] = text
    return files


MEMBERS = {
    "CustomPermission": ["Leadbridge_Sync"],
    "GlobalValueSet": ["Leadbridge_Stage"],
    "CustomObject": ["Lead"],
    "PermissionSet": ["Leadbridge_Integration"],
    "QuickAction": ["Lead.Leadbridge_Reject"],
}


def manifest(members: dict[str, list[str]]) -> str:
    """A package.xml, or a list of what is to be deleted."""
    rows = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names)}<name>{type_}</name></types>"
        for type_, names in members.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Package {SPACE}>{rows}<version>63.0</version></Package>'


def zipped(files: dict[str, str]) -> bytes:
    """The files as a zip."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return whole.getvalue()


def packed(files: dict[str, str] | None = None, members: dict[str, list[str]] | None = None) -> bytes:
    """A bundle with its package.xml as a zip."""
    return zipped(
        {
            "package.xml": manifest(MEMBERS if members is None else members),
            **(bundle() if files is None else files),
        }
    )


def form(body: bytes, **options: Any) -> tuple[bytes, str]:
    """The multipart body that the library of `requests` makes of a zip and its options, and its content type."""
    whole = {"rollbackOnError": True, "singlePackage": True, **options}
    prepared = Request(
        "POST",
        "http://twin/",
        files={
            "json": (None, json.dumps({"deployOptions": whole}), "application/json"),
            "file": ("deploy.zip", body, "application/zip"),
        },
    ).prepare()
    assert isinstance(prepared.body, bytes)
    return prepared.body, prepared.headers["Content-Type"]


class Admin:
    """An office in which nobody made leadbridge's fields yet, and its administrator.

    Everybody sees what is deployed, unless the switch of the office says otherwise.
    """

    def __init__(self, office: Office | None = None, *, fresh: bool = True) -> None:
        self.office = office or Office(deployed_fields_are_hidden=False)
        self.twin = self.office.twin
        if fresh:
            for kind in self.twin.org.kinds.values():
                own = [name for name in kind.fields if name.startswith("Leadbridge_")]
                if own:
                    self.twin.drop_fields(kind.name, own)
        self.daemon_token = self.office.token
        self.office.token = self.token = self.twin.token_for(self.twin.admin())

    def post(self, body: bytes, **options: Any) -> Reply:
        """Ask for a deployment of a zip."""
        whole, kind = form(body, **options)
        return self.office.call("POST", f"{BASE}/metadata/deployRequest", whole, Content_Type=kind)

    def result(self, body: bytes, **options: Any) -> dict[str, Any]:
        """Deploy a zip and wait for its end; the whole deployResult with its details."""
        reply = self.post(body, **options)
        assert reply.status == 201, reply.json()
        self.office.later(seconds=10)
        return self.status(reply.json()["id"])

    def status(self, id_: str) -> dict[str, Any]:
        """How a deployment stands, with details."""
        found: dict[str, Any] = self.office.call(
            "GET", f"/metadata/deployRequest/{id_}?includeDetails=true"
        ).json()["deployResult"]
        return found

    def install(self, files: dict[str, str] | None = None) -> None:
        """Deploy the bundle; it must succeed."""
        done = self.result(packed(files))
        assert done["status"] == "Succeeded", done["details"]["componentFailures"]

    def problems(self, files: dict[str, str], **options: Any) -> list[tuple[str, str, str]]:
        """(file, component, problem) of a deployment that fails and leaves nothing behind."""
        done = self.result(packed(files, options.pop("members", None)), **options)
        assert done["status"] == "Failed"
        return [
            (one["fileName"], one["fullName"], one["problem"]) for one in done["details"]["componentFailures"]
        ]

    def remove(self, members: dict[str, list[str]], **options: Any) -> dict[str, Any]:
        """Deploy a list of what is to be deleted."""
        files = {"package.xml": manifest({}), "destructiveChanges.xml": manifest(members)}
        return self.result(zipped(files), **options)
