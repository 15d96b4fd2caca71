"""What Salesforce says when it will not: to a whole request, or to one row of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Rejected(Exception):
    """A whole request is answered with an error, or with several: those of *also* stand behind it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] = (),
        *,
        also: Sequence[Rejected] = (),
        more: Mapping[str, Any] = _NOTHING,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, tuple(fields)
        self.also, self.more = tuple(also), more

    @property
    def body(self) -> list[dict[str, Any]] | None:
        """A JSON list, also for one error
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm).
        """
        if not self.code:
            return None
        said: dict[str, Any] = {**self.more, "message": self.message, "errorCode": self.code}
        first = {**said, "fields": list(self.fields)} if self.fields else said
        return [first, *(error for one in self.also for error in one.body or ())]


class RowRefused(Exception):
    """One row is refused; its neighbours are not touched.

    *also* are further reasons; *more* is told to a request for this row only, whose answer has *status*.
    """

    def __init__(
        self,
        code: str,
        message: str,
        fields: Sequence[str] = (),
        *,
        also: Sequence[RowRefused] = (),
        more: Mapping[str, Any] = _NOTHING,
        status: int = 0,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, tuple(fields)
        self.also, self.more = tuple(also), more
        self.status = status or (404 if code in ("ENTITY_IS_DELETED", "NOT_FOUND") else 400)

    @property
    def in_batch(self) -> dict[str, Any]:
        """Its place in a Collections answer: no id, and ``statusCode`` where single rows say ``errorCode``
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm).
        """
        errors = [
            {"statusCode": one.code, "message": one.message, "fields": list(one.fields)}
            for one in (self, *self.also)
        ]
        return {"success": False, "errors": errors}

    @property
    def alone(self) -> Rejected:
        """The answer to a request for this row only."""
        also = [one.alone for one in self.also]
        return Rejected(self.status, self.code, self.message, self.fields, also=also, more=self.more)


def not_found() -> Rejected:
    """No such address."""
    return Rejected(404, "NOT_FOUND", "The requested resource does not exist")


def unparsable(message: str) -> Rejected:
    """The JSON cannot be read, or a value has the wrong JSON type: the whole request falls."""
    return Rejected(400, "JSON_PARSER_ERROR", message)
