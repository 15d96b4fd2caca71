"""Where Salesforce's own description of its metadata is: it comes with the client library."""

from __future__ import annotations

from importlib.resources import files


def metadata_wsdl() -> bytes:
    """The WSDL of the Metadata API, version 63.0, as simple-salesforce ships it."""
    return files("simple_salesforce").joinpath("metadata.wsdl").read_bytes()
