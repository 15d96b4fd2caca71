"""What a deployment says of each of its components: a DeployMessage.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deployresult.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class PartRefused(Exception):
    """A component is refused, in the vendor's words; *line* of its file, 0 where it has none."""

    def __init__(self, says: str, line: int = 0) -> None:
        super().__init__(says)
        self.says, self.line = says, line


class NotThere(PartRefused):
    """A component that is to be deleted does not exist: a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One component of a deployment and what became of it."""

    type: str
    name: str
    file: str
    created: bool = False
    changed: bool = False
    deleted: bool = False
    problem: str | None = None
    warning: bool = False
    line: int = 0
    id: str | None = None

    @property
    def manifest(self) -> bool:
        """Whether it is about a list of components, not one of them."""
        return not self.type

    def told(self, at: str, *, success: bool) -> dict[str, Any]:
        """Its JSON, with all the keys that REST has."""
        kind = "Warning" if self.warning else "Error"
        return {
            "changed": self.changed,
            "columnNumber": 1 if self.line else None,
            "componentType": self.type,
            "created": self.created,
            "createdDate": at,
            "deleted": self.deleted,
            "fileName": self.file,
            "forPackageManifestFile": self.manifest,
            "fullName": self.name,
            "id": self.id,
            "knownPackagingProblem": False,
            "lineNumber": self.line or None,
            "problem": self.problem,
            "problemType": kind if self.problem else None,
            "requiresProductionTestRun": False,
            "success": success,
            "warning": self.warning,
        }
