"""What Salesforce says when it will not: to a whole request, or to one row of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Rejected(Exception):
    """A whole request is answered with an error."""

    def __init__(self, status: int, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, tuple(fields)

    @property
    def body(self) -> list[dict[str, Any]]:
        """A JSON list, also for one error
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm).
        """
        said: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [{**said, "fields": list(self.fields)} if self.fields else said]


class RowRefused(Exception):
    """One row is refused; its neighbours are not touched."""

    def __init__(self, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, tuple(fields)

    @property
    def in_batch(self) -> dict[str, Any]:
        """Its place in a Collections answer: no id, and ``statusCode`` where single rows say ``errorCode``
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm).
        """
        error = {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}
        return {"success": False, "errors": [error]}

    @property
    def alone(self) -> Rejected:
        """The answer to a request for this row only."""
        status = 404 if self.code in ("ENTITY_IS_DELETED", "NOT_FOUND") else 400
        return Rejected(status, self.code, self.message, self.fields)


def not_found() -> Rejected:
    """No such address."""
    return Rejected(404, "NOT_FOUND", "The requested resource does not exist")


def unparsable(message: str) -> Rejected:
    """The JSON cannot be read, or a value has the wrong JSON type: the whole request falls."""
    return Rejected(400, "JSON_PARSER_ERROR", message)
