"""Deploys components to an org over REST: start, look again until it is done, go on with one by its id.

For an admin's commands only. Our own, because the library's deploy sends Python's words for true and false:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from urllib3.filepost import encode_multipart_formdata

from connectors.errors import ConnectorError, Refused, Transient, Unknown
from connectors.salesforce.client import Form, SalesforceClient
from connectors.salesforce.kinds import is_id

PATH: Final = "metadata/deployRequest"
FIRST_PAUSE_S, LONGEST_PAUSE_S, LIMIT_S = 2.0, 15.0, 600.0
# No testLevel: one that is named was refused in production, https://github.com/forcedotcom/cli/issues/1542
_OPTIONS: Final[Mapping[str, bool]] = {
    "rollbackOnError": True,
    "singlePackage": True,
    "ignoreWarnings": False,
    "allowMissingFiles": False,
    "purgeOnDelete": False,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What Salesforce said against one component."""

    file: str
    component: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file or self.component}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Deployment:
    """How a deployment stands: *deployed* of *total* components; *failures* once it is done.

    One that is *only_checked* changes nothing.
    """

    id: str
    status: str
    done: bool
    success: bool
    deployed: int
    total: int
    only_checked: bool = False
    failures: tuple[Failure, ...] = ()
    message: str = ""


class StillRunning(ConnectorError):
    """The deployment goes on in Salesforce, and nobody here waits for it any more."""

    def __init__(self, id_: str, why: str) -> None:
        super().__init__(f"The deployment {id_} goes on in Salesforce ({why}).")
        self.id = id_


class Deployer:
    """Sends archives of components to one org and tells what became of them."""

    def __init__(self, client: SalesforceClient) -> None:
        self._client = client

    def start(self, archive: bytes, *, check_only: bool) -> str:
        """Hand in a zip of components; the id of the deployment. Never sent twice: a lost answer raises Unknown."""
        options = {"deployOptions": {"checkOnly": check_only, **_OPTIONS}}
        parts = {
            "json": (None, msgspec.json.encode(options), "application/json"),
            "file": ("leadbridge.zip", archive, "application/zip"),
        }
        content, type_ = encode_multipart_formdata(parts)  # type: ignore[arg-type]
        try:
            body = self._client.once("POST", PATH, "write", Form(content, type_)).body
        except Unknown as error:
            raise Unknown(
                f"{error} Whether the deployment runs stands in Setup > Deployment Status."
            ) from None
        id_ = body.get("id") if isinstance(body, dict) else None
        if not is_id(id_):
            raise Unknown(f"Salesforce answered POST {PATH} without the id of the deployment.")
        return str(id_)

    def look(self, id_: str) -> Deployment:
        """How the deployment *id_* stands now."""
        if not is_id(id_):
            raise Refused(
                "The id of a deployment has 15 or 18 letters and digits, such as 0Af5g00000XyZ1aCAF."
            )
        path = f"{PATH}/{id_}?includeDetails=true"
        return _read(self._client.read("GET", path, "poll").body)

    def watch(self, id_: str) -> Iterator[Deployment]:
        """How it stands, again and again, until it is done; a lost answer is asked for again.

        Raises `StillRunning` after ten minutes, and when a person interrupts.
        """
        begun, pause = self._client.now(), FIRST_PAUSE_S
        while True:
            try:
                now = self.look(id_)
                yield now
                if now.done:
                    return
            except Transient:
                pass  # it runs there, whether or not anybody looks
            except KeyboardInterrupt:
                raise StillRunning(id_, "you stopped waiting") from None
            if (self._client.now() - begun).total_seconds() >= LIMIT_S:
                raise StillRunning(id_, "it was not done after 10 minutes")
            self._wait(id_, pause)
            pause = min(LONGEST_PAUSE_S, pause * 1.5)

    def _wait(self, id_: str, pause_s: float) -> None:
        try:
            self._client.sleep(pause_s)
        except KeyboardInterrupt:
            raise StillRunning(id_, "you stopped waiting") from None


def _read(body: Any) -> Deployment:
    told = body.get("deployResult") if isinstance(body, dict) else None
    if not isinstance(told, dict) or not is_id(body.get("id")):
        raise Transient(f"Salesforce answered GET {PATH} without a deployResult.")
    details = told.get("details") or {}
    return Deployment(
        id=body["id"],
        status=str(told.get("status") or "Pending"),
        done=bool(told.get("done")),
        success=bool(told.get("success")),
        deployed=int(told.get("numberComponentsDeployed") or 0),
        total=int(told.get("numberComponentsTotal") or 0),
        only_checked=bool(told.get("checkOnly")),
        failures=tuple(_failure(one) for one in _rows(details.get("componentFailures"))),
        message=str(told.get("errorMessage") or ""),
    )


def _failure(row: Mapping[str, Any]) -> Failure:
    return Failure(
        str(row.get("fileName") or ""), str(row.get("fullName") or ""), str(row.get("problem") or "unsaid")
    )


def _rows(told: Any) -> list[Mapping[str, Any]]:
    """A list of one is sometimes told as the one."""
    return [told] if isinstance(told, dict) else list(told or ())
