"""What an admin does in a portal: read and write property groups, properties and segments.

For an admin's commands only; the bridge itself never changes what a portal is made of.
https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.errors import Refused, Transient
from connectors.hubspot.client import HubSpotClient
from connectors.hubspot.kinds import is_id, object_of, property_name

_NOT_THERE: Final = frozenset({"OBJECT_NOT_FOUND", "HTTP_404"})
Raw = Mapping[str, Any]


class Administration:
    """One portal, as an admin's token shows it."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client, self._paths = client, client.paths

    def groups(self, kind: str) -> dict[str, Raw]:
        """The property groups of *kind* by name."""
        return self._named(self._paths.groups(object_of(kind).name))

    def properties(self, kind: str) -> dict[str, Raw]:
        """The properties of *kind* by name, hidden options too."""
        return self._named(self._paths.properties(object_of(kind).name))

    def holders(self, kind: str, name: str, value: str) -> int:
        """How many live records of *kind* hold *value* in the property *name*."""
        equals = {"propertyName": property_name(name), "operator": "EQ", "value": value}
        body = {"filterGroups": [{"filters": [equals]}], "properties": [], "limit": 1}
        path = self._paths.search(object_of(kind).name)
        answer = self._client.read("POST", path, "describe", body).body
        total = answer.get("total") if isinstance(answer, dict) else None
        if not isinstance(total, int):
            raise Transient("HubSpot answered POST " + path + " without a total.")
        return total

    def segment(self, kind: str, name: str) -> Raw | None:
        """The segment of *kind* with this name and its filters; None when there is none."""
        path = self._paths.segment_named(object_of(kind).type_id, name)
        try:
            body = self._client.read("GET", path, "describe", query=[("includeFilters", "true")]).body
        except Refused as refused:
            if any(one.code in _NOT_THERE for one in refused.faults):
                return None
            raise
        found = body.get("list") if isinstance(body, dict) else None
        if not isinstance(found, dict):
            raise Transient("HubSpot answered GET " + path + " without a list.")
        return found

    def create_group(self, kind: str, body: Raw) -> None:
        self._write("POST", self._paths.groups(object_of(kind).name), body)

    def create_property(self, kind: str, body: Raw) -> None:
        self._write("POST", self._paths.properties(object_of(kind).name), body)

    def change_property(self, kind: str, name: str, body: Raw) -> None:
        self._write("PATCH", self._one(kind, name), body)

    def create_segment(self, body: Raw) -> None:
        self._write("POST", self._paths.segments(), body)

    def refilter_segment(self, id_: str, body: Raw) -> None:
        """Other filters: who no longer fits goes out of the segment."""
        self._write("PUT", self._paths.segments() + "/" + _id(id_) + "/update-list-filters", body)

    def delete_segment(self, id_: str) -> None:
        """Whoever was in it stays; people can restore it for 90 days."""
        self._write("DELETE", self._paths.segments() + "/" + _id(id_), None)

    def archive_property(self, kind: str, name: str) -> None:
        """Delete a property with all that stands in it."""
        self._write("DELETE", self._one(kind, name), None)

    def archive_group(self, kind: str, name: str) -> None:
        """Delete an empty group."""
        path = self._paths.groups(object_of(kind).name) + "/" + property_name(name)
        self._write("DELETE", path, None)

    def _one(self, kind: str, name: str) -> str:
        return self._paths.properties(object_of(kind).name) + "/" + property_name(name)

    def _write(self, method: str, path: str, body: Raw | None) -> None:
        """Never repeated when its answer was lost: who installs again writes only what is not there."""
        try:
            self._client.retry.call(lambda: self._client.once(method, path, "write", body), lost_too=False)
        except Refused as refused:
            # nobody's data stands in a definition, so HubSpot's own words may be told
            words = " ".join(one.message for one in refused.faults if one.message)
            raise Refused(
                f"{refused} HubSpot says: {words}" if words else str(refused), refused.faults
            ) from None

    def _named(self, path: str) -> dict[str, Raw]:
        body = self._client.read("GET", path, "describe").body
        results = body.get("results") if isinstance(body, dict) else None
        if not isinstance(results, list):
            raise Transient("HubSpot answered GET " + path + " without a list of results.")
        return {str(one["name"]): one for one in results}


def _id(id_: str) -> str:
    if not is_id(id_):
        raise Refused("The id of a segment must be a number.")
    return id_
