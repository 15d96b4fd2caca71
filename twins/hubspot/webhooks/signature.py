"""How HubSpot signs what it sends, in all three versions.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from __future__ import annotations

import base64
import hashlib
import hmac

# HubSpot signs the address with these characters plain, however they were written.
_PLAIN = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}


def headers(secret: str, url: str, body: str, at: int, version: str) -> dict[str, str]:
    """The signature headers of one POST at *at* milliseconds; *version* is the one of the old header."""
    old = v1(secret, body) if version == "v1" else v2(secret, "POST", url, body)
    return {
        "X-HubSpot-Signature": old,
        "X-HubSpot-Signature-Version": version,
        "X-HubSpot-Signature-v3": v3(secret, "POST", url, body, str(at)),
        "X-HubSpot-Request-Timestamp": str(at),
    }


def v1(secret: str, body: str) -> str:
    """SHA-256 of secret and body, in hex."""
    return hashlib.sha256((secret + body).encode()).hexdigest()


def v2(secret: str, method: str, url: str, body: str) -> str:
    """SHA-256 of secret, method, address and body, in hex."""
    return hashlib.sha256((secret + method + url + body).encode()).hexdigest()


def v3(secret: str, method: str, url: str, body: str, timestamp: str) -> str:
    """HMAC-SHA256 under the secret of method, address, body and timestamp, in base64."""
    told = f"{method}{plain(url)}{body}{timestamp}".encode()
    return base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()


def plain(url: str) -> str:
    """The address with the twelve characters that HubSpot decodes before it signs."""
    for written, meant in _PLAIN.items():
        url = url.replace(written, meant).replace(written.lower(), meant)
    return url
