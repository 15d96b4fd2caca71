"""Secrets and addresses: what the environment says, checked before anything is contacted.

Read by `sync.cli`, `sync.bootstrap` and `sync.connecting` only; everyone else is handed values.
Order: environment, then `.env` in the working directory, then files in
`LEADBRIDGE_SECRETS_DIR`. What ops decide about the two teams stands in the
config folder, never here.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import ssl
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from sync.settings.access import (
    PREFIX,
    AdminAccess,
    Group,
    HubSpotAccess,
    SalesforceAccess,
    not_an_admin,
)

SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
NOTIFY = f"{PREFIX}NOTIFY__<NAME>"

# Kubernetes puts these into every container beside a service that is called leadbridge:
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_NOT_OURS = re.compile(r"LEADBRIDGE_(SERVICE_(HOST|PORT)|PORT)(_.*)?")

_ADDRESS = re.compile(rf"{PREFIX}NOTIFY__[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


class UnusableSettings(Exception):
    """The settings cannot be used; each sentence names one setting and says what to do."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


def _token(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 16:
        raise ValueError("must have at least 16 characters; make one with `openssl rand -hex 24`")
    return secret


def _json_list(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise ValueError('must be a JSON list such as ["bridge.example.com"]') from None


Token = Annotated[SecretStr, AfterValidator(_token)]


class Http(Group):
    """Where the dashboard listens and who may look."""

    host: str = Field(
        "127.0.0.1",
        description="Address to listen on; a public one needs the admin token.",
        examples=["0.0.0.0"],  # noqa: S104 - an example
    )
    port: int = Field(8080, ge=0, le=65535, description="Port of the dashboard.", examples=[8080])
    hosts: Annotated[tuple[str, ...], BeforeValidator(_json_list)] = Field(
        (),
        description="Names under which people open the dashboard, beside those of this machine (JSON list).",
        examples=['["bridge.example.com"]'],
    )
    admin_token: Token | None = Field(
        None,
        description="Opens every page and presses the buttons on it.",
        examples=["an-admin-token-of-your-own"],
    )
    read_token: Token | None = Field(
        None, description="Opens pages that only show.", examples=["a-reader-token-of-your-own"]
    )


class Log(Group):
    """How the log is written (to standard error)."""

    format: Literal["auto", "pretty", "json"] = Field(
        "auto", description="auto: pretty on a terminal, JSON elsewhere.", examples=["json"]
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important thing that is told.", examples=["debug"]
    )


class Settings(BaseSettings):
    """Every setting of the environment; make it with `read_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        enable_decoding=False,
        env_ignore_empty=True,
        extra="ignore",  # a .env may serve other programs too; names of ours are checked beforehand
        frozen=True,
        hide_input_in_errors=True,
    )

    config: Path = Field(Path("config"), description="The config folder.", examples=["config"])
    state: Path = Field(
        Path("state"), description="Folder of the embedded database, lock and caches.", examples=["state"]
    )
    hash_key: SecretStr | None = Field(
        None,
        description="Key of the ledger's chain and of hashed personal values; made at the first start when unset.",
        examples=["a-long-random-text-of-your-own"],
    )
    salesforce: SalesforceAccess = Field(default_factory=SalesforceAccess)
    hubspot: HubSpotAccess = Field(default_factory=HubSpotAccess)
    admin: AdminAccess = Field(default_factory=AdminAccess)
    http: Http = Field(default_factory=Http)
    log: Log = Field(default_factory=Log)
    ca_file: Path | None = Field(
        None, description="Further certificate authority (PEM), beside the usual ones.", examples=["ca.pem"]
    )
    proxy_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+/?$",
        description="Proxy for vendor calls; the environment's own is not trusted.",
        examples=["http://proxy.example.com:3128"],
    )

    notify: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="An address for notifications, by the name that `notifications` in bridge.yaml calls it by.",
        examples=["mailtos://user:password@mail.example.com?to=sales@example.com"],
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let secret files be named like the settings, one value a file."""
        folder = getattr(file_secret_settings, "secrets_dir", None)
        if folder is None:
            return init_settings, env_settings, dotenv_settings
        files = NestedSecretsSettingsSource(file_secret_settings, secrets_nested_delimiter="__")
        return init_settings, env_settings, dotenv_settings, files

    def missing(self) -> tuple[str, ...]:
        """One sentence for each credential that is lacking before a vendor can be contacted."""
        return self.hubspot.missing() + self.salesforce.missing() + unreadable_authority(self.ca_file)

    def require_credentials(self) -> None:
        """Raise `UnusableSettings` unless both systems can be signed in to."""
        if lacking := self.missing():
            raise UnusableSettings(lacking)

    def require_admin(self, sides: Collection[str]) -> None:
        """Raise `UnusableSettings` unless an admin, who is not the daemon, can be signed in to *sides*."""
        found = unreadable_authority(self.ca_file)
        if "salesforce" in sides:
            found += not_an_admin(self.admin.salesforce, self.salesforce, "SALESFORCE")
        if "hubspot" in sides:
            found += not_an_admin(self.admin.hubspot, self.hubspot, "HUBSPOT")
        if found:
            raise UnusableSettings(found)


def unreadable_authority(ca_file: Path | None) -> tuple[str, ...]:
    """Why the further authority cannot be used; empty where it can, or there is none."""
    if ca_file is None:
        return ()
    try:
        ssl.create_default_context(cafile=ca_file)
    except OSError:
        return (
            f"{PREFIX}CA_FILE names {ca_file}, which is no readable PEM certificate; correct or unset it.",
        )
    return ()


def read_settings(dotenv: Path = Path(".env")) -> Settings:
    """Read the settings; raise `UnusableSettings` with one sentence for each that is wrong."""
    entries = dotenv_values(dotenv) if dotenv.is_file() else {}
    folder = os.environ.get(SECRETS_DIR) or entries.get(SECRETS_DIR)
    if folder and not Path(folder).is_dir():
        raise UnusableSettings([f"{SECRETS_DIR} names a folder that is not there; correct or unset it."])
    files = (file.name for file in Path(folder).iterdir()) if folder else ()
    if unknown := list(_unknown({*os.environ, *entries, *files})):
        raise UnusableSettings(unknown)
    try:
        return Settings(_env_file=dotenv, _secrets_dir=folder)
    except ValidationError as error:
        raise UnusableSettings([_sentence(e) for e in error.errors(include_input=False)]) from None


def shipped_config() -> Path:
    """The folder of config files that `init` writes: packed with the code, or the checkout's own."""
    packed = Path(__file__).parents[1] / "shipped"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "config"


def setting_names() -> tuple[str, ...]:
    """The name of every setting, in the order in which people read about them."""
    return (*(name for name, _ in described_settings()), SECRETS_DIR)


def described_settings() -> Iterator[tuple[str, Any]]:
    """Every setting's name with its pydantic field (description, default, example)."""
    return _described(Settings, PREFIX)


def _described(group: type[BaseModel], before: str) -> Iterator[tuple[str, Any]]:
    for name, field in group.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Group):
            yield from _described(inner, f"{before}{name}__".upper())
        else:
            yield NOTIFY if name == "notify" else f"{before}{name}".upper(), field


def _unknown(names: Iterable[str]) -> Iterator[str]:
    known = setting_names()
    for name in sorted({name.upper() for name in names}):
        if not name.startswith(PREFIX) or name in known or _NOT_OURS.fullmatch(name):
            continue
        if _ADDRESS.fullmatch(name):
            continue
        near = difflib.get_close_matches(name[len(PREFIX) :], [k[len(PREFIX) :] for k in known], n=1)
        yield f"{name} is not a setting; " + (f"did you mean {PREFIX}{near[0]}?" if near else "remove it.")


def _sentence(error: Any) -> str:
    name = PREFIX + "__".join(str(part) for part in error["loc"] if not isinstance(part, int)).upper()
    said = error["msg"].removeprefix("Value error, ")
    return f"{name} {said if said.startswith('must') else 'is wrong: ' + said}."
