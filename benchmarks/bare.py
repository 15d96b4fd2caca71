"""The vendors' bare clients doing the least that the same work needs: read from one side, write to the other.

No base, no merge, no ledger, no look at what stands there: the floor beneath any bridge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from hubspot.crm.objects import ApiClient, Configuration
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from benchmarks.people import EDITED, kind_of

HUBSPOT_ROWS: Final = 100
SALESFORCE_ROWS: Final = 200
_READ: Final = (
    "email", "salutation", "firstname", "lastname", "jobtitle", "phone", "mobilephone", "company", "website",
    "address", "city", "state", "zip", "country", "hubspot_owner_id", "fax", "message", "language",
    "hs_email_optout", "lastmodifieddate",
)  # fmt: skip


class Plain(HTTPAdapter):
    """The library insists on https; a twin on this machine speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        request.url = str(request.url).replace("https://", "http://", 1)
        return super().send(request, *args, **more)


def from_hubspot_to_salesforce(
    settings: Mapping[str, str], in_hubspot: Sequence[str], in_salesforce: Sequence[str]
) -> None:
    """Read twenty properties of these contacts, write five fields of each to Salesforce."""
    hubspot, salesforce = _hubspot(settings), _salesforce(settings)
    for start in range(0, len(in_hubspot), SALESFORCE_ROWS):
        rows = [
            row
            for at in (start, start + HUBSPOT_ROWS)
            for row in _read(hubspot, in_hubspot[at : at + HUBSPOT_ROWS])
        ]
        ids = in_salesforce[start : start + SALESFORCE_ROWS]
        found = {row["id"]: row["properties"] for row in rows}
        pairs = zip(in_hubspot[start : start + SALESFORCE_ROWS], ids, strict=True)
        _patch(salesforce, [_salesforce_row(theirs, found[ours]) for ours, theirs in pairs])


def _read(client: ApiClient, ids: Sequence[str]) -> list[Any]:
    body = {"properties": list(_READ), "inputs": [{"id": id_} for id_ in ids]}
    return list(_called(client, "/crm/v3/objects/contacts/batch/read", body)["results"]) if ids else []


def _salesforce_row(id_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    values = {theirs: properties[ours] for ours, theirs in EDITED.items()}
    return {"attributes": {"type": kind_of(id_)}, "id": id_, **values}


def _patch(client: Salesforce, rows: list[dict[str, Any]]) -> None:
    rows.sort(key=lambda row: str(row["attributes"]["type"]))
    answers: Any = client.restful(
        "composite/sobjects", method="PATCH", json={"allOrNone": False, "records": rows}
    )
    if not all(answer["success"] for answer in answers):
        raise ValueError("Salesforce's twin refused a row of the bare client")


def _called(client: ApiClient, path: str, body: Any) -> Any:
    answer = client.call_api(
        path,
        "POST",
        header_params={"Content-Type": "application/json", "Accept-Encoding": "gzip"},
        body=body,
        auth_settings=["oauth2"],
        _preload_content=False,
    )
    return json.loads(answer.data)


def _hubspot(settings: Mapping[str, str]) -> ApiClient:
    configuration = Configuration()
    configuration.host = settings["LEADBRIDGE_HUBSPOT__BASE_URL"]
    configuration.access_token = settings["LEADBRIDGE_HUBSPOT__ACCESS_TOKEN"]
    return ApiClient(configuration)


def _salesforce(settings: Mapping[str, str]) -> Salesforce:
    url = settings["LEADBRIDGE_SALESFORCE__INSTANCE_URL"]
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Plain())
    secret = (settings["LEADBRIDGE_SALESFORCE__CLIENT_ID"], settings["LEADBRIDGE_SALESFORCE__CLIENT_SECRET"])
    told = session.post(
        f"{url}/services/oauth2/token", data={"grant_type": "client_credentials"}, auth=secret
    )
    return Salesforce(session_id=told.json()["access_token"], instance=urlsplit(url).netloc, session=session)
