"""The front door: what is looked at before any resource is asked.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import replace
from urllib.parse import quote_plus

from twins.messages import Reply, Request
from twins.salesforce.errors import Rejected, not_found, unparsable
from twins.salesforce.switches import Switches

NEWEST = 68
_SEASONS = ("Spring", "Summer", "Winter")
_LONGEST_ADDRESS = 16_000
_VERSION = re.compile(r"v(\d+)\.0")
JSON_BODY, CSV_BODY, FORM_BODY = "application/json", "text/csv", "multipart/form-data"


def parts_of(request: Request, switches: Switches) -> tuple[str, ...]:
    """The parts of the path; doubled and trailing slashes are forgiven, other case where the org forgives it."""
    parts = tuple(request.segments)
    if switches.paths_ignore_case and parts and parts[0].lower() == "services":
        return (*(part.lower() for part in parts[:3]), *parts[3:])
    return parts


def version_number(text: str) -> int:
    """The version; 7 to 30 are retired, newer ones than this org's are unknown
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm).
    """
    match = _VERSION.fullmatch(text)
    number = int(match.group(1)) if match else 0
    if 7 <= number <= 30:
        raise Rejected(410, "UNSUPPORTED_API_VERSION", f"API version {text[1:]} is retired")
    if not 31 <= number <= NEWEST:
        raise not_found()
    return number


def versions() -> list[dict[str, str]]:
    """What GET /services/data lists."""
    numbers = range(31, NEWEST + 1)
    return [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in numbers
    ]


def _label(number: int) -> str:
    """Three releases a year: 66 is Spring '26, 67 Summer '26, 68 Winter '27."""
    years, season = divmod(number - 33, 3)
    return f"{_SEASONS[season]} '{15 + years + (season == 2)}"


def too_long(request: Request, switches: Switches) -> Reply | None:
    """[M] An address of over 16 KB, or its header line, is refused before the API sees it: a page of HTML."""
    said = [request.path, *request.query, *(one for values in request.query.values() for one in values)]
    if sum(map(len, said)) <= _LONGEST_ADDRESS // 12:  # a character takes up to twelve in an address
        return None
    if sum(len(quote_plus(one)) + 1 for one in said) <= _LONGEST_ADDRESS:
        return None
    status = switches.long_address
    name = {414: "URI Too Long", 431: "Request Header Fields Too Large"}[status]
    page = f"<html><head><title>Error {status} {name}</title></head><body><h1>{name}</h1></body></html>"
    return Reply(status, {"Content-Type": "text/html;charset=iso-8859-1"}, page.encode())


def readable(request: Request, wanted: str = JSON_BODY) -> Request:
    """*request* with a plain body; raises `Rejected` for a type that the resource does not read (415)."""
    if not request.body:
        return request
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given and given != wanted:
        said = f"Content-Type header specified in HTTP request is not supported: {given}"
        raise Rejected(415, "UNSUPPORTED_MEDIA_TYPE", said)
    return unzipped(request)


def unzipped(request: Request) -> Request:
    """*request* with its body as it was before gzip
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_compression.htm).
    """
    if request.headers.get("content-encoding", "").strip().lower() != "gzip":
        return request
    try:
        return replace(request, body=gzip.decompress(request.body))
    except (OSError, EOFError, zlib.error):
        raise unparsable("The body is not gzip, as its Content-Encoding says") from None
