"""Settings come from three places, and a wrong one earns one clear sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sync.settings import (
    Settings,
    UnusableSettings,
    described_settings,
    read_settings,
    setting_names,
    shipped_config,
)

COMPLETE = {
    "LEADBRIDGE_HUBSPOT__ACCESS_TOKEN": "pat-eu1-canary-secret",
    "LEADBRIDGE_SALESFORCE__CLIENT_ID": "key",
    "LEADBRIDGE_SALESFORCE__CLIENT_SECRET": "canary-secret",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in os.environ:
        if name.startswith("LEADBRIDGE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def given(monkeypatch):
    """Put settings into the environment."""

    def put(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

    return put


def sentences_of(error):
    return "\n".join(error.value.sentences)


def test_nothing_set_gives_the_defaults_of_the_guide():
    settings = read_settings()

    assert (settings.config, settings.state) == (Path("config"), Path("state"))
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert (settings.hubspot.base_url, settings.hubspot.api_version) == ("https://api.hubapi.com", "2026-09")
    assert settings.salesforce.api_version == "66.0"
    assert (settings.log.format, settings.log.level) == ("auto", "info")


def test_environment_wins_over_dotenv_and_dotenv_over_secret_files(given, tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("log__level", "log__format", "hubspot__access_token"):
        (secrets / f"leadbridge_{name}").write_text(
            {"log__level": "error", "log__format": "json"}.get(name, "file")
        )
    Path(".env").write_text("LEADBRIDGE_LOG__LEVEL=warning\nLEADBRIDGE_LOG__FORMAT=pretty\nOTHER=ignored\n")
    given(LEADBRIDGE_SECRETS_DIR=str(secrets), LEADBRIDGE_LOG__LEVEL="debug")

    settings = read_settings()

    assert (settings.log.level, settings.log.format) == ("debug", "pretty")
    assert settings.hubspot.access_token.get_secret_value() == "file"


def test_empty_means_not_set(given):
    given(LEADBRIDGE_HUBSPOT__PORTAL_ID="", LEADBRIDGE_HUBSPOT__ACCESS_TOKEN="")

    assert read_settings().hubspot.portal_id is None
    assert read_settings().hubspot.missing() != ()


def test_a_list_is_json(given):
    given(LEADBRIDGE_HTTP__HOSTS='["bridge.example.com"]')

    assert read_settings().http.hosts == ("bridge.example.com",)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LEADBRIDGE_HTTP__HOSTS", "bridge.example.com", "must be a JSON list"),
        ("LEADBRIDGE_HTTP__PORT", "http", "LEADBRIDGE_HTTP__PORT is wrong: Input should be a valid integer"),
        ("LEADBRIDGE_HTTP__PORT", "70000", "LEADBRIDGE_HTTP__PORT"),
        ("LEADBRIDGE_HTTP__ADMIN_TOKEN", "canary", "LEADBRIDGE_HTTP__ADMIN_TOKEN must have at least 16"),
        ("LEADBRIDGE_HUBSPOT__ACESS_TOKEN", "x", "did you mean LEADBRIDGE_HUBSPOT__ACCESS_TOKEN?"),
        ("LEADBRIDGE_HUBSPOT__API_VERSION", "v1", "LEADBRIDGE_HUBSPOT__API_VERSION"),
        ("LEADBRIDGE_SALESFORCE__API_VERSION", "66", "LEADBRIDGE_SALESFORCE__API_VERSION"),
        ("LEADBRIDGE_STATES", "x", "did you mean LEADBRIDGE_STATE?"),
        ("LEADBRIDGE_SECRETS_DIR", "nowhere", "LEADBRIDGE_SECRETS_DIR names a folder that is not there"),
        ("LEADBRIDGE_PROXY_URL", "socks5://x", "LEADBRIDGE_PROXY_URL"),
    ],
)
def test_a_wrong_setting_earns_one_sentence_that_names_it(given, name, value, says):
    given(**{name: value})

    with pytest.raises(UnusableSettings) as error:
        read_settings()

    assert len(error.value.sentences) == 1
    assert says in error.value.sentences[0]
    assert "canary" not in sentences_of(error)


def test_all_wrong_settings_are_named_at_once(given):
    given(LEADBRIDGE_HTTP__PORT="x", LEADBRIDGE_LOG__LEVEL="loud")

    with pytest.raises(UnusableSettings) as error:
        read_settings()

    assert len(error.value.sentences) == 2


def test_an_unknown_secret_file_is_named(given, tmp_path):
    (tmp_path / "leadbridge_hubspot__acess_token").write_text("canary")
    given(LEADBRIDGE_SECRETS_DIR=str(tmp_path))

    with pytest.raises(UnusableSettings, match="LEADBRIDGE_HUBSPOT__ACESS_TOKEN"):
        read_settings()


def test_what_kubernetes_adds_for_a_service_of_our_name_is_left_alone(given):
    given(LEADBRIDGE_PORT="tcp://10.0.0.1:80", LEADBRIDGE_SERVICE_HOST="10.0.0.1", LEADBRIDGE_PORT_80_TCP="x")

    assert read_settings().http.port == 8080


@pytest.mark.parametrize(
    "address",
    [
        "http://api.hubapi.com",
        "http://localhost.evil.example",
        "ftp://api.hubapi.com",
        "api.hubapi.com",
        "https://user:canary@api.hubapi.com",
        "https://api.hubapi.com/path",
        "https://",
    ],
)
@pytest.mark.parametrize("name", ["HUBSPOT__BASE_URL", "SALESFORCE__LOGIN_URL", "SALESFORCE__INSTANCE_URL"])
def test_a_vendor_address_is_https_and_a_host_only(given, name, address):
    given(**{f"LEADBRIDGE_{name}": address})

    with pytest.raises(UnusableSettings, match=f"LEADBRIDGE_{name} must be") as error:
        read_settings()

    assert "canary" not in sentences_of(error)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9000", "http://localhost:9000/", "http://[::1]:9000"])
def test_plain_http_is_accepted_on_this_machine(given, address):
    given(LEADBRIDGE_HUBSPOT__BASE_URL=address)

    assert read_settings().hubspot.base_url == address.rstrip("/")


@pytest.mark.parametrize("lost", COMPLETE)
def test_a_missing_credential_is_one_sentence_naming_its_setting(given, lost):
    given(**{name: value for name, value in COMPLETE.items() if name != lost})

    with pytest.raises(UnusableSettings) as error:
        read_settings().require_credentials()

    assert len(error.value.sentences) == 1
    assert error.value.sentences[0].startswith(f"{lost} is missing")
    assert "canary" not in sentences_of(error)


@pytest.mark.parametrize(
    ("salesforce", "lacks"),
    [
        ({"CLIENT_ID": "k", "CLIENT_SECRET": "s"}, ()),
        ({"CLIENT_ID": "k", "USERNAME": "u", "PRIVATE_KEY_FILE": "k.pem"}, ()),
        ({"ACCESS_TOKEN": "t", "INSTANCE_URL": "https://x.my.salesforce.com"}, ()),
        ({"ACCESS_TOKEN": "t"}, ("INSTANCE_URL",)),
        ({"CLIENT_ID": "k", "USERNAME": "u"}, ("PRIVATE_KEY_FILE",)),
        ({"CLIENT_ID": "k", "PRIVATE_KEY_FILE": "k.pem"}, ("USERNAME",)),
        ({}, ("CLIENT_ID", "CLIENT_SECRET")),
    ],
)
def test_salesforce_is_signed_in_to_in_one_of_three_ways(given, salesforce, lacks):
    given(**{f"LEADBRIDGE_SALESFORCE__{name}": value for name, value in salesforce.items()})

    missing = read_settings().salesforce.missing()

    assert [sentence.split()[0] for sentence in missing] == [
        f"LEADBRIDGE_SALESFORCE__{name}" for name in lacks
    ]


ADMIN = {
    "LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN": "pat-eu1-admin",
    "LEADBRIDGE_ADMIN__SALESFORCE__CLIENT_ID": "admin-key",
    "LEADBRIDGE_ADMIN__SALESFORCE__CLIENT_SECRET": "admin-secret",
}
BOTH = ("hubspot", "salesforce")


def test_an_admin_signs_in_with_credentials_of_their_own(given):
    given(**COMPLETE, **ADMIN)

    read_settings().require_admin(BOTH)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN": "pat-eu1-canary-secret"}, "ADMIN__HUBSPOT__… holds the daemon's"),
        (
            {
                "LEADBRIDGE_ADMIN__SALESFORCE__CLIENT_ID": "key",
                "LEADBRIDGE_ADMIN__SALESFORCE__CLIENT_SECRET": "canary-secret",
            },
            "ADMIN__SALESFORCE__… holds the daemon's",
        ),
        ({"LEADBRIDGE_ADMIN__SALESFORCE__CLIENT_SECRET": ""}, "LEADBRIDGE_ADMIN__SALESFORCE__CLIENT_SECRET is missing"),
        ({"LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN": ""}, "HUBSPOT__… is the daemon's and is never used"),
    ],
)  # fmt: skip
def test_the_daemons_credentials_are_no_admins(given, wrong, says):
    given(**{**COMPLETE, **ADMIN, **wrong})

    with pytest.raises(UnusableSettings) as error:
        read_settings().require_admin(BOTH)

    assert says in sentences_of(error)
    assert "canary" not in sentences_of(error)


def test_an_admin_of_one_system_is_asked_for_that_one_only(given):
    given(**COMPLETE, LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN="pat-eu1-admin")

    read_settings().require_admin(["hubspot"])


def test_secrets_stay_out_of_what_is_printed(given):
    given(**COMPLETE, LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN="pat-eu1-canary-admin")

    assert "canary" not in repr(read_settings())
    assert "canary" not in str(read_settings().model_dump())


def test_every_setting_is_described_and_has_an_example():
    undescribed = [n for n, field in described_settings() if not field.description or not field.examples]

    assert undescribed == []


def test_the_shipped_example_names_every_setting_and_sets_none():
    text = (shipped_config() / ".env.example").read_text()

    assert [name for name in setting_names() if f"# {name}=" not in text] == []
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []


def test_every_line_of_the_shipped_example_may_be_uncommented(given):
    lines = (shipped_config() / ".env.example").read_text().splitlines()
    entries = dict(line[2:].split("=", 1) for line in lines if line.startswith("# LEADBRIDGE_"))
    del entries["LEADBRIDGE_SECRETS_DIR"]
    given(**entries)

    assert read_settings() == Settings()


def test_addresses_of_notifications_come_by_name_from_all_three_places(given, tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "LEADBRIDGE_NOTIFY__OPS").write_text("mailtos://ops.example.com\n")
    (tmp_path / ".env").write_text("LEADBRIDGE_NOTIFY__TEAM=https://team.example.com\n")
    given(LEADBRIDGE_SECRETS_DIR=str(secrets), LEADBRIDGE_NOTIFY__SALES_EU="https://sales.example.com")

    settings = read_settings()

    assert sorted(settings.notify) == ["ops", "sales_eu", "team"]
    assert settings.notify["ops"].get_secret_value().strip() == "mailtos://ops.example.com"
    assert "example" not in repr(settings.notify)


@pytest.mark.parametrize(
    "name",
    ["LEADBRIDGE_NOTIFY", "LEADBRIDGE_NOTIFY__", "LEADBRIDGE_NOTIFI__SALES", "LEADBRIDGE_NOTIFY__A__B"],
)
def test_a_misspelt_name_of_an_address_is_refused(given, name):
    given(**{name: "https://example.com"})

    with pytest.raises(UnusableSettings, match=f"{name} is not a setting"):
        read_settings()
