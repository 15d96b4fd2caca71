"""SEC-20: which addresses may be called at all."""

from __future__ import annotations

import re

import pytest

from connectors.errors import Refused
from connectors.hosts import Hosts
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from connectors.salesforce.client import VENDOR_HOSTS
from sync.clock import SystemClock

CLOCK = SystemClock()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://salesforce.com.evil.example",
        "https://evil.example/.salesforce.com",
        "https://acme.my.salesforce.com@evil.example",
        "https://user:secret@acme.my.salesforce.com",
        "https://acme.my.salesforce.com:8443",
        "http://acme.my.salesforce.com",
        "https://203.0.113.7",
        "https://[2001:db8::1]",
        "https://127.0.0.1",
        "http://127.0.0.1:9999",
        "https://аcme.my.salesforce.com",
        "https://acme.my.salesforce.com\\@evil.example",
        "https://acme.my.salesforce.com:99999",
        "file:///etc/passwd",
        "https://",
        "",
    ],
)
def test_a_foreign_address_is_refused(url: str) -> None:
    hosts = Hosts({"LOGIN_URL": "https://login.salesforce.com"}, VENDOR_HOSTS)

    with pytest.raises(Refused):
        hosts.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://login.salesforce.com/services/oauth2/token",
        "https://acme.my.salesforce.com",
        "https://acme--test.sandbox.my.salesforce.com/services/data",
        "http://localhost:8181/x",
        "https://crm.proxy.example/x",
    ],
)
def test_the_vendors_hosts_and_configured_addresses_may_be_called(url: str) -> None:
    configured = {"LOGIN_URL": "http://localhost:8181", "INSTANCE_URL": "https://crm.proxy.example"}

    assert Hosts(configured, VENDOR_HOSTS).check(url) == url


def test_plain_http_is_for_loopback_only() -> None:
    settings = SalesforceSettings(login_url="http://acme.my.salesforce.com")

    with pytest.raises(Refused, match="LEADBRIDGE_SALESFORCE__LOGIN_URL must start with https"):
        SalesforceConnector(settings, clock_now=CLOCK.now, sleep=CLOCK.wait)
    with pytest.raises(Refused, match="LEADBRIDGE_HUBSPOT__BASE_URL must start with https"):
        HubSpotConnector(
            HubSpotSettings(base_url="http://api.hubapi.com"), clock_now=CLOCK.now, sleep=CLOCK.wait
        )


def test_the_vendors_pattern_is_matched_whole() -> None:
    hosts = Hosts({}, re.compile(r"api\.hubapi\.com"))

    with pytest.raises(Refused):
        hosts.check("https://api.hubapi.com.evil.example")
