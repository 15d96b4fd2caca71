"""Whatever is wrong ends in a clear sentence: what, where, what to do.

Through the command line, as people type it: the right exit code, no traceback, no
secret, nothing lost and nothing half-written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import SAM, Town, is_update, mutations, town
from twins.messages import Reply, Request
from twins.salesforce import Field
from twins.server import Served

ADA = "ada.lind@nordwind.example"
WRONG = "a-secret-that-is-wrong"
NOWHERE = "http://127.0.0.1:9"
PORTAL_ID = "LEADBRIDGE_HUBSPOT__PORTAL_ID"
BASE_URL, TOKEN = "LEADBRIDGE_HUBSPOT__BASE_URL", "LEADBRIDGE_HUBSPOT__ACCESS_TOKEN"
LOGIN_URL, CLIENT_SECRET = "LEADBRIDGE_SALESFORCE__LOGIN_URL", "LEADBRIDGE_SALESFORCE__CLIENT_SECRET"
INSTANCE_URL = "LEADBRIDGE_SALESFORCE__INSTANCE_URL"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """An empty town; its bridge may write."""
    with town(tmp_path) as made:
        made.configure(mode="write")
        yield made


def _ada_asks(here: Town, leadbridge: Leadbridge, **more: str) -> None:
    """The bridge has been live for a moment when Ada asks for a call."""
    assert leadbridge("run", "--once", settings=here.settings()).code == 0
    here.clock.advance(60)
    told = {
        "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM), **more,
    }  # fmt: skip
    here.world.hubspot.submit_form(ADA, "Request a call", told, here.clock.now())


def _edit(here: Town, file: str, old: str, new: str) -> None:
    path = here.config / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _ends_in_a_sentence(here: Town, ended: Ended, code: int, *words: str) -> None:
    """One sentence with these words; nothing was written; nothing is told that must not be."""
    assert (ended.code, ended.out) == (code, "")
    assert len([line for line in ended.err.splitlines() if line.startswith("•")]) == 1
    assert ended.err.count("\n") == 1
    assert [word for word in words if word not in ended.err] == []
    _is_discreet(here, ended)
    assert here.written() == []
    assert mutations(here.world) == {}


def _is_discreet(here: Town, ended: Ended) -> None:
    told = ended.out + ended.err
    assert "Traceback" not in told
    secrets = [here.world.settings()[name] for name in (TOKEN, CLIENT_SECRET)]
    assert [secret for secret in (*secrets, WRONG) if secret in told] == []


# ── the config ───────────────────────────────────────────────────────────────


def test_an_unknown_key_names_file_line_and_the_right_word(here: Town, leadbridge: Leadbridge) -> None:
    _edit(here, "bridge.yaml", "poll_s:", "pol_s:")

    ended = leadbridge("run", "--once", settings=here.settings())

    _ends_in_a_sentence(here, ended, 2, "bridge.yaml:36", "`pol_s`", "`poll_s`")
    assert not here.world.hubspot.calls
    assert not here.world.salesforce.calls


def test_a_field_that_the_portal_lacks_is_named_with_the_nearest_one(
    here: Town, leadbridge: Leadbridge
) -> None:
    _edit(here, "fields/person.yaml", "hubspot: jobtitle,", "hubspot: jobtitel,")

    ended = leadbridge("run", "--once", settings=here.settings())

    _ends_in_a_sentence(here, ended, 2, "fields/person.yaml:24", "`jobtitel`", "`jobtitle`")


def test_a_status_field_is_refused_in_a_mapping_file(here: Town, leadbridge: Leadbridge) -> None:
    _edit(here, "fields/person.yaml", "hubspot: jobtitle,", "hubspot: hs_lead_status,")

    ended = leadbridge("check", "--offline", settings=here.settings())

    _ends_in_a_sentence(here, ended, 2, "fields/person.yaml:24", "`hs_lead_status`", "lifecycle.yaml")
    assert not here.world.hubspot.calls


def test_check_names_a_line_whose_type_does_not_fit_its_fields_and_the_bridge_goes_on(
    here: Town, leadbridge: Leadbridge
) -> None:
    _edit(here, "fields/person.yaml", "salesforce: LastName,    as: text", "salesforce: LastName, as: number")

    ended = leadbridge("check", "--schemas-only", settings=here.settings())

    words = ("fields/person.yaml:23", "`as: number`", "`lastname` of hubspot contact", "Write `as: text`")
    _ends_in_a_sentence(here, ended, 4, *words)
    assert leadbridge("run", "--once", settings=here.settings()).code == 0


def test_a_lifecycle_with_a_trap_is_refused(here: Town, leadbridge: Leadbridge) -> None:
    _edit(
        here, "lifecycle.yaml", "to: nurturing, who: [bridge], guards: [delay_over]", "to: new, who: [bridge]"
    )

    ended = leadbridge("run", "--once", settings=here.settings())

    assert ended.code == 2
    assert "lifecycle.yaml" in ended.err
    _is_discreet(here, ended)
    assert here.written() == []


def test_every_mistake_is_told_in_one_look(here: Town, leadbridge: Leadbridge) -> None:
    _edit(here, "bridge.yaml", "poll_s:", "pol_s:")
    _edit(here, "fields/person.yaml", "rule: two_way", "rule: both_ways")

    ended = leadbridge("check", "--offline", settings=here.settings())

    assert ended.code == 2
    assert [line[:10] for line in ended.err.splitlines()] == ["• bridge.y", "• fields/p"]


def test_a_missing_config_folder_says_how_to_write_one(here: Town, leadbridge: Leadbridge) -> None:
    ended = leadbridge("run", "--once", "--config", "nowhere", settings=here.settings())

    _ends_in_a_sentence(here, ended, 2, "nowhere: There is no config folder here.", "leadbridge init DIR")


# ── credentials and addresses ────────────────────────────────────────────────


def test_a_missing_credential_is_named(here: Town, leadbridge: Leadbridge) -> None:
    lacking = {name: value for name, value in here.settings().items() if name != TOKEN}

    ended = leadbridge("run", "--once", settings=lacking)

    _ends_in_a_sentence(here, ended, 2, TOKEN, "is missing", "set it in the environment or in .env")
    assert not here.world.hubspot.calls


@pytest.mark.parametrize("command", [("run", "--once"), ("plan",), ("check",), ("backfill",)])
def test_a_token_of_another_portal_is_refused_before_anything_is_written(
    here: Town, leadbridge: Leadbridge, command: tuple[str, ...]
) -> None:
    portal, before = here.world.hubspot.portal.portal_id, mutations(here.world)

    ended = leadbridge(*command, settings=here.settings() | {PORTAL_ID: "4815162"})

    _ends_in_a_sentence(here, ended, 2, f"{PORTAL_ID} is 4815162", f"{TOKEN} belongs to portal {portal}")
    assert mutations(here.world) == before
    assert not (here.state / "leadbridge.db").exists()


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_a_token_of_the_portal_that_is_named_is_asked_for_it_once(
    here: Town, leadbridge: Leadbridge, version: str
) -> None:
    named = {PORTAL_ID: str(here.world.hubspot.portal.portal_id), "LEADBRIDGE_HUBSPOT__API_VERSION": version}

    ended = leadbridge("check", "--schemas-only", settings=here.settings() | named)

    assert ended.code == 0
    assert sum(n for (_, path), n in here.world.hubspot.calls.items() if "account-info" in path) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"LEADBRIDGE_HUBSPOT__TOKEN": WRONG}, ["LEADBRIDGE_HUBSPOT__TOKEN", "did you mean", TOKEN]),
        ({"LEADBRIDGE_HTTP__PORT": "99999"}, ["LEADBRIDGE_HTTP__PORT", "65535"]),
        ({BASE_URL: "http://api.hubapi.com"}, [BASE_URL, "https://"]),
        ({BASE_URL: f"https://user:{WRONG}@api.hubapi.com"}, [BASE_URL, "without user"]),
        ({"LEADBRIDGE_SECRETS_DIR": "nowhere"}, ["LEADBRIDGE_SECRETS_DIR", "not there"]),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    here: Town, leadbridge: Leadbridge, wrong: dict[str, str], words: list[str]
) -> None:
    ended = leadbridge("run", "--once", settings=here.settings() | wrong)

    _ends_in_a_sentence(here, ended, 2, *words)
    assert not here.world.hubspot.calls


@pytest.mark.parametrize(
    ("away", "words"),
    [
        ({BASE_URL: NOWHERE}, ["HubSpot cannot be reached", "127.0.0.1", BASE_URL]),
        ({LOGIN_URL: NOWHERE, INSTANCE_URL: NOWHERE}, ["Salesforce cannot be reached", "127.0.0.1"]),
        ({TOKEN: WRONG}, ["HubSpot", TOKEN]),
        ({CLIENT_SECRET: WRONG}, ["Salesforce refused the sign-in", "LEADBRIDGE_SALESFORCE__CLIENT_ID"]),
    ],
)
def test_a_vendor_that_is_away_or_shuts_the_door_is_named(
    here: Town, leadbridge: Leadbridge, away: dict[str, str], words: list[str]
) -> None:
    ended = leadbridge("run", "--once", settings=here.settings() | away)

    _ends_in_a_sentence(here, ended, 1, *words)


def _page(request: Request) -> Reply:
    return Reply(200, {"Content-Type": "text/html"}, b"<html><body>Welcome to the hotel wifi</body></html>")


def test_a_page_instead_of_hubspots_answer_is_told(here: Town, leadbridge: Leadbridge) -> None:
    with Served(here.world.hubspot, here.world.now, before=_page) as hotel:
        ended = leadbridge("run", "--once", settings=here.settings() | {BASE_URL: hotel.url})

    _ends_in_a_sentence(here, ended, 1, "text/html instead of JSON", BASE_URL, "proxy")


def test_a_page_instead_of_salesforces_answer_is_told(here: Town, leadbridge: Leadbridge) -> None:
    with Served(here.world.salesforce, here.world.now, before=_page) as hotel:
        away = {LOGIN_URL: hotel.url, INSTANCE_URL: hotel.url}
        ended = leadbridge("run", "--once", settings=here.settings() | away)

    _ends_in_a_sentence(here, ended, 1, "text/html instead of JSON", LOGIN_URL, "proxy")


@pytest.mark.parametrize(
    "answered", [_page, lambda request: Reply(502, {"Content-Type": "text/html"}, b"<html>")]
)
def test_a_page_in_the_middle_of_writing_loses_nothing(here: Town, leadbridge: Leadbridge, answered) -> None:
    _ada_asks(here, leadbridge)

    def before(request: Request) -> Reply | None:
        is_write = is_update(request) or "/batch/up" in request.path
        return answered(request) if is_write else None

    with (
        Served(here.world.salesforce, here.world.now, before=before) as sales,
        Served(here.world.hubspot, here.world.now, before=before) as hubspot,
    ):
        away = {LOGIN_URL: sales.url, INSTANCE_URL: sales.url, BASE_URL: hubspot.url}
        ended = leadbridge("run", "--once", settings=here.settings() | away)
    assert ended.code in (1, 4)
    assert here.world.salesforce.records("Lead") == []
    _is_discreet(here, ended)

    here.clock.advance(60)
    leadbridge("run", "--once", settings=here.settings())

    assert here.sales("Lead", ADA)["Leadbridge_Stage__c"] == "handed_over"
    assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
    assert len(here.world.salesforce.records("Task")) == 1


# ── rows that Salesforce refuses ─────────────────────────────────────────────


def test_a_row_that_salesforce_refuses_is_a_problem_and_nothing_is_half_written(
    here: Town, leadbridge: Leadbridge
) -> None:
    field = Field(name="Region__c", type="string", label="Region", length=20, required=True)
    here.world.salesforce.add_fields("Lead", [field])
    _ada_asks(here, leadbridge)

    ended = leadbridge("run", "--once", settings=here.settings())

    assert ended.code == 4
    _is_discreet(here, ended)
    [told] = leadbridge("problems", "list", "--json", settings=here.settings()).json
    assert told["ref"].startswith(("hubspot:contact:", "salesforce:lead"))
    assert "Region__c" in told["text"]
    assert told["remedy"]
    assert here.world.salesforce.records("Lead") == []
    assert here.world.salesforce.records("Task") == []
    assert here.contact(ADA).get("leadbridge_stage") != "handed_over"

    here.world.salesforce.add_fields("Lead", [replace(field, required=False)])
    here.market(ADA, jobtitle="Head of Operations")
    ended = leadbridge("run", "--once", settings=here.settings())

    assert (ended.code, ended.err) == (0, "")
    assert here.sales("Lead", ADA)["Leadbridge_Stage__c"] == "handed_over"
    assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
    assert leadbridge("problems", "list", settings=here.settings()).code == 0


def test_a_value_that_a_restricted_picklist_refuses_is_left_out_and_told(
    here: Town, leadbridge: Leadbridge
) -> None:
    lead = here.world.salesforce.org.kinds["Lead"]
    lead.add([replace(lead.fields["Salutation"], restricted=True, choices=("Mr.", "Ms."))])
    _ada_asks(here, leadbridge, salutation="Empress", jobtitle="Head of Operations")

    ended = leadbridge("run", "--once", settings=here.settings())

    assert ended.code == 4
    _is_discreet(here, ended)
    [told] = leadbridge("problems", "list", "--json", settings=here.settings()).json
    assert told["field"] == "Salutation"
    assert told["text"]
    assert told["remedy"]
    assert here.sales("Lead", ADA)["Salutation"] is None
    assert here.sales("Lead", ADA)["Title"] == "Head of Operations"
    assert here.contact(ADA)["salutation"] == "Empress"
    assert here.contact(ADA)["leadbridge_stage"] == "handed_over"


# ── arguments, and a second daemon ───────────────────────────────────────────


def test_a_second_daemon_is_told_who_is_running(here: Town, leadbridge: Leadbridge) -> None:
    here.run("write")

    ended = leadbridge("run", "--once", settings=here.settings())

    _ends_in_a_sentence(here, ended, 1, "This bridge is served by", "stop that one")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backfill", "--pair", "campaign"], ["--pair", "person, company, deal"]),
        (["why", "nonsense"], ["nonsense", "hubspot:contact:501"]),
        (["timeline", "hubspot:contact:99"], ["hubspot:contact:99"]),
        (["why", "hubspot:contact:99", "email"], ["hubspot:contact:99"]),
        (["demo", "--once", "--data", "nowhere"], ["nowhere", "is not a folder"]),
        (["twins", "--data", "nowhere"], ["nowhere", "is not a folder"]),
        (["twins", "--people", "0", "--port", "65536"], ["--port", "65536"]),
        (["notify", "test", "sales"], ["'sales'", "It is empty: add a line", "LEADBRIDGE_NOTIFY__SALES"]),
        (["init", "."], ["is not empty"]),
        (["init", "kept/config"], ["kept/config cannot be written"]),
        (["check", "--offline", "--diagram", "nowhere/x.svg"], ["nowhere/x.svg cannot be written"]),
        (["plan", "--out", "nowhere/p.json"], ["nowhere/p.json cannot be written"]),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(
    here: Town, leadbridge: Leadbridge, arguments: list[str], words: list[str], tmp_path: Path
) -> None:
    (tmp_path / "shell" / "kept").touch()

    ended = leadbridge(*arguments, settings=here.settings())

    assert ended.code == 2
    assert [line for line in ended.err.splitlines() if not line.startswith("•")] == []
    assert [word for word in words if word not in ended.err] == []
    _is_discreet(here, ended)
    assert here.written() == []


@pytest.mark.parametrize(
    "arguments",
    [["demo", "--people", "many"], ["demo", "--people", "-3"], ["nonsense"], ["run", "--twice"], ["why"]],
)
def test_what_is_no_command_at_all_ends_with_its_usage(
    here: Town, leadbridge: Leadbridge, arguments: list[str]
) -> None:
    ended = leadbridge(*arguments, settings=here.settings())

    assert ended.code == 2
    assert "Usage" in ended.err
    _is_discreet(here, ended)


def test_a_certificate_authority_that_is_not_there_is_named(here: Town, leadbridge: Leadbridge) -> None:
    ended = leadbridge("check", settings=here.settings() | {"LEADBRIDGE_CA_FILE": "nowhere.pem"})

    _ends_in_a_sentence(here, ended, 2, "LEADBRIDGE_CA_FILE", "nowhere.pem", "no readable PEM certificate")
