"""/metadata/deployRequest: a zip is taken, waits, runs and is asked how it went.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy_checkstatus.htm
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from twins.salesforce.access.call import Answer, Call, Resource, parsed
from twins.salesforce.errors import Rejected, not_found, unparsable
from twins.salesforce.metadata.messages import Message
from twins.salesforce.metadata.package import BadZip, Package, opened
from twins.salesforce.metadata.running import Outcome, deploy
from twins.salesforce.metadata.site import Site
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.state import Org
from twins.salesforce.platform import permission_rows
from twins.salesforce.schema.moments import stamp

NO_RIGHT = "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
_USUAL: Mapping[str, Any] = {
    "allowMissingFiles": False, "autoUpdatePackage": False, "checkOnly": False, "ignoreWarnings": False,
    "performRetrieve": False, "purgeOnDelete": False, "rollbackOnError": False, "runTests": None,
    "singlePackage": False, "testLevel": None,
}  # fmt: skip
_LEVELS = (None, "NoTestRun", "RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg")
_DONE = ("Succeeded", "SucceededPartial", "Failed", "Canceled")
_QUEUED_SECONDS = 1.0


@dataclass(slots=True)
class Deployment:
    """One deployment from its request to its end."""

    id: str
    options: Mapping[str, Any]
    zip: bytes
    by: str
    asked_at: datetime
    due: datetime
    status: str = "Pending"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    error: tuple[str, str] | None = None
    canceled_by: str | None = None


class Deployments:
    """All deployments of an org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._all: dict[str, Deployment] = {}

    @property
    def all(self) -> tuple[Deployment, ...]:
        """Every deployment, the oldest first."""
        return tuple(self._all.values())

    def run(self, now: datetime) -> None:
        """Do all that is due by *now*; the twin asks before it answers anything."""
        for one in self._all.values():
            if one.status == "Pending" and now >= one.asked_at + timedelta(seconds=_QUEUED_SECONDS):
                one.status, one.started_at = "InProgress", one.asked_at + timedelta(seconds=_QUEUED_SECONDS)
            if one.status == "InProgress" and now >= one.due:
                self._finish(one)
            if one.status == "Canceling":
                one.status, one.ended_at = "Canceled", now

    def resource(self, below: tuple[str, ...]) -> tuple[str, Resource]:
        """What stands under /metadata; raises `Rejected` with 404."""
        match below:
            case ("deployRequest",):
                return "metadata/deployRequest", {"POST": self._ask}
            case ("deployRequest", _):
                return "metadata/deployRequest/id", {"GET": self._show, "PATCH": self._cancel}
        raise not_found()

    # ── the wire ─────────────────────────────────────────────────────────────

    def _ask(self, call: Call) -> Answer:
        """POST: 201 and the id by which it is asked for."""
        self._check_right(call)
        json_part, zip_part = _form(call)
        options = _options(json_part)
        seconds = max(call.org.switches.deploy_seconds, _QUEUED_SECONDS)
        one = Deployment(
            call.org.ids.new("0Af"), options, zip_part, call.user, call.now,
            call.now + timedelta(seconds=seconds),
        )  # fmt: skip
        self._all[one.id] = one
        told = {
            "id": one.id, "validatedDeployRequestId": None, "url": self._url(call, one),
            "deployOptions": dict(options), "deployResult": None,
        }  # fmt: skip
        return Answer(201, told)

    def _show(self, call: Call) -> Answer:
        """GET: how it went so far; with ``includeDetails=true`` what became of every component."""
        self._check_right(call)
        one = self._one(call)
        details = call.first("includeDetails").lower() == "true"
        return Answer(200, self._told(call, one, details=details))

    def _cancel(self, call: Call) -> Answer:
        """PATCH ``{"deployResult": {"status": "Canceling"}}``: 202 while it can still be stopped
        (https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy_cancel.htm).
        """
        self._check_right(call)
        one = self._one(call)
        asked = call.values().get("deployResult")
        if not isinstance(asked, dict) or asked.get("status") != "Canceling":
            raise unparsable("deployResult.status must be Canceling")
        if one.status in _DONE:
            said = f"Deployment already completed: {one.status}"  # [M] code and wording
            raise Rejected(400, "INVALID_ID_FIELD", said)
        one.status, one.canceled_by = "Canceling", call.user
        return Answer(202, self._told(call, one, details=False))

    # ── the work ─────────────────────────────────────────────────────────────

    def _finish(self, one: Deployment) -> None:
        one.ended_at = one.due
        try:
            package = self._opened(one)
        except BadZip as wrong:
            one.status = "Failed"
            one.error = ("UNKNOWN_EXCEPTION", f"Not a valid zip file: {wrong}")  # [M] code and wording
            return
        site = Site(self._org, one.by, stamp(one.due))
        one.outcome = deploy(
            site, package,
            check_only=one.options["checkOnly"], rolls_back=one.options["rollbackOnError"],
            ignores_warnings=one.options["ignoreWarnings"],
        )  # fmt: skip
        permission_rows.write(self._org)
        if not one.outcome.failed:
            one.status = "Succeeded"
        else:
            partial = one.outcome.kept and any(not message.manifest for message in one.outcome.passed)
            one.status = "SucceededPartial" if partial else "Failed"

    @staticmethod
    def _opened(one: Deployment) -> Package:
        return opened(
            one.zip, single=one.options["singlePackage"], missing_allowed=one.options["allowMissingFiles"]
        )

    def _one(self, call: Call) -> Deployment:
        found = self._all.get(canonical_id(call.parts[2]) or "")
        if found is None:
            raise not_found()
        return found

    def _check_right(self, call: Call) -> None:
        if not self._org.rights.may_administer(call.user):
            raise Rejected(403, "INSUFFICIENT_ACCESS", NO_RIGHT)

    @staticmethod
    def _url(call: Call, one: Deployment) -> str:
        return f"{call.host}{call.base}/metadata/deployRequest/{one.id}"

    def _told(self, call: Call, one: Deployment, *, details: bool) -> dict[str, Any]:
        users = self._org.tables["User"].rows
        result: dict[str, Any] = {
            "id": one.id,
            "status": one.status,
            "done": one.status in _DONE,
            "success": one.status == "Succeeded",
            **{name: one.options[name] for name in ("checkOnly", "ignoreWarnings", "rollbackOnError")},
            **_counts(one.outcome),
            "createdBy": one.by,
            "createdByName": users[one.by]["Name"],
            "createdDate": stamp(one.asked_at),
            "startDate": stamp(one.started_at) if one.started_at else None,
            "completedDate": stamp(one.ended_at) if one.ended_at else None,
            "lastModifiedDate": stamp(one.ended_at or one.started_at or one.asked_at),
            "canceledBy": one.canceled_by,
            "canceledByName": users[one.canceled_by]["Name"] if one.canceled_by else None,
            "errorStatusCode": one.error[0] if one.error else None,
            "errorMessage": one.error[1] if one.error else None,
            "stateDetail": None,
            "runTestsEnabled": False,
        }
        if details:
            result["details"] = _details(one)
        whole = {"id": one.id, "validatedDeployRequestId": None, "url": self._url(call, one)}
        return {**whole, "deployResult": result, "deployOptions": dict(one.options)}


def _form(call: Call) -> tuple[Any, bytes]:
    """The JSON and the zip of a multipart body; raises `Rejected`. [M] the wordings"""
    fields: dict[str, bytes] = {}

    def on_field(one: Any) -> None:
        fields[(one.field_name or b"").decode("latin-1")] = one.value or b""

    def on_file(one: Any) -> None:
        one.file_object.seek(0)
        fields[(one.field_name or b"").decode("latin-1")] = one.file_object.read()
        one.close()

    kind = call.headers.get("content-type", "")
    try:
        parse_form({"Content-Type": kind.encode()}, io.BytesIO(call.body), on_field, on_file)
    except (FormParserError, ValueError) as wrong:
        raise Rejected(400, "INVALID_MULTIPART_REQUEST", str(wrong)) from None
    if "json" not in fields:
        raise Rejected(400, "INVALID_MULTIPART_REQUEST", "Multipart message must include a non-binary part")
    if "file" not in fields:
        raise Rejected(400, "INVALID_MULTIPART_REQUEST", "Multipart message must include a binary part")
    return parsed(fields["json"]), fields["file"]


def _options(json_part: Any) -> Mapping[str, Any]:
    given = json_part.get("deployOptions") if isinstance(json_part, dict) else None
    if not isinstance(given, dict):
        raise unparsable("deployOptions is required")
    unknown = sorted(set(given) - {*_USUAL, "runAllTests"})
    if unknown:
        raise unparsable(f'Unrecognized field "{unknown[0]}" at [line:1, column:1]')
    whole = {**_USUAL, **given}
    wrong = [name for name, usual in _USUAL.items() if usual is False and not isinstance(whole[name], bool)]
    if wrong or whole["testLevel"] not in _LEVELS:
        name = wrong[0] if wrong else "testLevel"
        raise unparsable(f"Cannot deserialize {name} from {whole[name]!r} at [line:1, column:1]")
    return whole


def _counts(outcome: Outcome | None) -> dict[str, int]:
    passed = [one for one in outcome.passed if not one.manifest] if outcome else []
    failed = outcome.failed if outcome else []
    return {
        "numberComponentsDeployed": len(passed),
        "numberComponentErrors": len(failed),
        "numberComponentsTotal": len(passed) + len(failed),
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "numberTestErrors": 0,
    }


def _details(one: Deployment) -> dict[str, Any]:
    at = stamp(one.ended_at or one.asked_at)

    def told(messages: list[Message], *, success: bool) -> list[dict[str, Any]]:
        return [message.told(at, success=success) for message in messages]

    passed = told(one.outcome.passed, success=True) if one.outcome else []
    failed = told(one.outcome.failed, success=False) if one.outcome else []
    tests = {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0, "successes": [], "failures": []}
    return {
        "allComponentMessages": [*passed, *failed],
        "componentSuccesses": passed,
        "componentFailures": failed,
        "retrieveResult": None,
        "runTestResult": tests,
    }
