"""An ops person tries a config of their own on the twins: init, twins, check, run --once, problems list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.cli.endings import BadArgument
from sync.cli.trying import serve_twins
from twins.control import Remote

# One line of each type, none of which a fresh portal or org has.
OWN_LINES = """
  - {hubspot: favourite_tea, salesforce: Tea__c, as: text, rule: two_way, conflict: latest}
  - {hubspot: second_email, salesforce: Second_Email__c, as: email, rule: two_way, conflict: latest}
  - {hubspot: fax_line, salesforce: Fax_Line__c, as: phone, rule: two_way, conflict: latest}
  - {hubspot: blog, salesforce: Blog__c, as: url, rule: two_way, conflict: latest}
  - {hubspot: cups, salesforce: Cups__c, as: number, rule: two_way, conflict: latest}
  - {hubspot: born_on, salesforce: Born_On__c, as: date, rule: two_way, conflict: latest}
  - {hubspot: met_at, salesforce: Met_At__c, as: datetime, rule: two_way, conflict: latest}
  - {hubspot: likes_tea, salesforce: Likes_Tea__c, as: boolean, rule: two_way, conflict: latest, first: hubspot}
  - {hubspot: size, salesforce: Size__c, as: choice, rule: two_way, conflict: latest, values: {small: S, large: L}}
  - {hubspot: colours, salesforce: Colours__c, as: choices, rule: two_way, conflict: latest, values: {red: Red, blue: Blue}}
  - {hubspot: birth_country, salesforce: Birth_Country__c, as: country, rule: two_way, conflict: latest}
  - {hubspot: second_owner, salesforce: Second_Owner__c, as: owner, rule: two_way, conflict: latest}
  - {hubspot: budget + budget_currency, salesforce: Budget__c + CurrencyIsoCode, as: money, rule: two_way, conflict: latest}
"""


def leadbridge(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sync", *words], env=environment(folder, more), text=True, capture_output=True,
        timeout=120, check=False,
    )  # fmt: skip


def environment(folder: Path, more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADBRIDGE_")}
    ours = {"LEADBRIDGE_CONFIG": str(folder / "config"), "LEADBRIDGE_STATE": str(folder / "state")}
    return {**kept, **ours, **more}


@contextmanager
def twins(folder: Path, *words: str) -> Iterator[dict[str, Any]]:
    """The twins in a process of their own; what they said as they began to serve."""
    command = [sys.executable, "-m", "sync", "twins", "--port", "0", "--people", "40", "--json", *words]
    with subprocess.Popen(command, env=environment(folder, {}), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield json.loads(_object(running.stdout))
        finally:
            running.terminate()
    assert running.returncode == 0


def _object(lines: Any) -> str:
    """The first JSON object that is printed."""
    text = ""
    for line in lines:
        text += line
        try:
            json.loads(text)
        except ValueError:
            continue
        return text
    raise AssertionError(f"no JSON was printed: {text}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert leadbridge(tmp_path, "init", str(tmp_path / "config")).returncode == 0
    lines = tmp_path / "config" / "fields" / "person.yaml"
    lines.write_text(lines.read_text("utf-8").rstrip() + "\n" + OWN_LINES, "utf-8")
    rules = tmp_path / "config" / "bridge.yaml"
    rules.write_text(rules.read_text("utf-8").replace("mode: observe", "mode: write", 1), "utf-8")
    return tmp_path


def test_ones_own_config_is_tried_with_four_commands(folder: Path) -> None:
    with twins(folder) as said:
        checked = leadbridge(folder, "check", "--json", **said["settings"])
        ran = leadbridge(folder, "run", "--once", "--json", **said["settings"])
        listed = leadbridge(folder, "problems", "list", "--json", **said["settings"])
        remote = Remote(said["urls"]["control"])
        written = remote.log(actor="daemon")
        remote.close()

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert ran.returncode in (0, 4), ran.stderr  # 4: the sample company has duplicates for a person to judge
    assert listed.returncode == ran.returncode
    assert len(written) > 100
    assert (folder / "state" / "twins.env").read_text("utf-8").count("export LEADBRIDGE_") == len(
        said["settings"]
    )


def test_fields_that_a_fresh_portal_lacks_become_what_the_line_says(folder: Path) -> None:
    with twins(folder) as said:
        added = set(said["added"])

    assert {
        "HubSpot contacts.favourite_tea (string)",
        "HubSpot contacts.cups (number)",
        "HubSpot contacts.born_on (date)",
        "HubSpot contacts.met_at (datetime)",
        "HubSpot contacts.likes_tea (bool: true, false)",
        "HubSpot contacts.size (enumeration: large, small)",
        "HubSpot contacts.colours (enumeration: blue, red)",
        "HubSpot contacts.second_owner (enumeration)",
        "HubSpot contacts.budget (number)",
        "HubSpot contacts.budget_currency (string)",
        "Salesforce Lead.Tea__c (string)",
        "Salesforce Lead.Second_Email__c (email)",
        "Salesforce Contact.Cups__c (double)",
        "Salesforce Lead.Size__c (picklist: L, S)",
        "Salesforce Lead.Colours__c (multipicklist: Blue, Red)",
    } <= added


def test_a_value_of_every_type_reaches_the_other_side(folder: Path) -> None:
    values = {
        "email": "tea@nordwind.example", "firstname": "Tea", "lastname": "Drinker", "company": "Nordwind",
        "favourite_tea": "Earl Grey", "second_email": "tea2@nordwind.example", "fax_line": "+49 30 901820",
        "blog": "https://tea.example", "cups": "2.5", "born_on": "1990-02-03", "met_at": "2026-11-20T09:30:00Z",
        "likes_tea": "true", "size": "large", "colours": "blue;red", "birth_country": "Germany",
    }  # fmt: skip

    with twins(folder) as said:
        remote = Remote(said["urls"]["control"])
        id_ = remote.act(
            "hubspot", "create", kind="contacts", properties=values, by="mia.marketer@example.com"
        )
        sam = remote.act("salesforce", "user", email="sam.seller@example.com")
        lead = remote.act(
            "salesforce", "create", api_name="Lead", by=sam,
            values={"LastName": "Drinker", "Company": "Nordwind", "Email": values["email"]},
        )  # fmt: skip
        leadbridge(folder, "run", "--once", **said["settings"])
        row = remote.act("salesforce", "record", row_id=lead)
        contact = remote.act("hubspot", "record", kind="contacts", id_=id_)
        remote.close()

    assert (row["Tea__c"], row["Cups__c"], row["Born_On__c"], row["Likes_Tea__c"]) == (
        "Earl Grey", 2.5, "1990-02-03", True,
    )  # fmt: skip
    assert row["Met_At__c"].startswith("2026-11-20T09:30:00")
    assert (row["Size__c"], set(row["Colours__c"].split(";"))) == ("L", {"Red", "Blue"})
    assert row["Birth_Country__c"] in ("Germany", "DE")
    assert contact["leadbridge_key"] == lead


def test_twins_for_another_container_speak_https_with_an_authority_of_their_own(folder: Path) -> None:
    with twins(folder, "--host", "localhost") as said:
        assert said["settings"]["LEADBRIDGE_HUBSPOT__BASE_URL"].startswith("https://localhost:")
        ran = leadbridge(folder, "run", "--once", **said["settings"])
        trusting = {**said["settings"], "LEADBRIDGE_CA_FILE": ""}
        refused = leadbridge(folder, "check", **trusting)

    assert ran.returncode in (0, 4), ran.stderr
    assert refused.returncode == 1
    assert "its certificate is not trusted" in refused.stdout + refused.stderr


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def test_a_company_with_stages_and_statuses_of_its_own_tries_them(folder: Path) -> None:
    edit(
        folder / "config" / "fields" / "deal.yaml",
        ("default / contractsent: ", "emea / offer: "),
        ("Proposal/Price Quote", "Angebot"),
        ("default / closedwon:             Closed Won", "emea / signed: Gewonnen"),
    )
    edit(
        folder / "config" / "lifecycle.yaml",
        ("Working - Contacted", "In Arbeit"),
        ("CONNECTED, ATTEMPTED_TO_CONTACT", "TALKING, ATTEMPTED_TO_CONTACT"),
        ("salesqualifiedlead", "our_sql"),
    )

    with twins(folder) as said:
        checked = leadbridge(folder, "check", **said["settings"])
        ran = leadbridge(folder, "run", "--once", **said["settings"])
        listed = json.loads(leadbridge(folder, "problems", "list", "--json", **said["settings"]).stdout)
        remote = Remote(said["urls"]["control"])
        deals = remote.act("salesforce", "records", api_name="Opportunity")
        remote.close()

    assert {one["StageName"] for one in deals if one["IsWon"]} == {"Gewonnen"}
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert ran.returncode in (0, 4), ran.stderr
    assert {one["code"] for one in listed} <= {"several_candidates"}
    assert {
        "HubSpot deals: stage offer of the pipeline emea",
        "HubSpot deals: stage signed of the pipeline emea",
        "HubSpot contacts.lifecyclestage: our_sql",
        "HubSpot contacts.hs_lead_status: TALKING",
        "Salesforce Lead.Status: In Arbeit",
    } <= set(said["added"])


def test_ones_own_rows_may_have_the_fields_that_the_config_names(folder: Path) -> None:
    rows = folder / "rows" / "hubspot"
    rows.mkdir(parents=True)
    (rows / "contacts.csv").write_text("email,lastname,favourite_tea\nada@navy.example,Ada,Assam\n", "utf-8")

    with twins(folder, "--data", str(folder / "rows")) as said:
        remote = Remote(said["urls"]["control"])
        contacts = remote.act("hubspot", "records", kind="contacts")
        remote.close()

    assert [one["favourite_tea"] for one in contacts] == ["Assam"]
    assert said["refused"] == []


def test_twins_started_anew_are_met_anew(folder: Path) -> None:
    codes = []
    for _ in range(2):
        with twins(folder) as said:
            leadbridge(folder, "run", "--once", **said["settings"])
            listed = leadbridge(folder, "problems", "list", "--json", **said["settings"])
            codes.append(sorted(one["code"] for one in json.loads(listed.stdout)))

    assert codes[0] == codes[1]
    assert not (folder / "state" / "leadbridge.db").exists()  # a real bridge's state is none of the twins'


@pytest.mark.parametrize("host", ["0.0.0.0", "a..b", "-twins", "a b", "the_twins", "x" * 64, "::1"])
def test_a_host_that_no_container_can_have_is_refused(host: str) -> None:
    with pytest.raises(BadArgument, match="name the host as other containers do"):
        serve_twins(config=None, people=0, data=None, port=0, host=host, json=False)


def test_a_state_that_cannot_be_written_is_said(folder: Path) -> None:
    (folder / "taken").write_text("", "utf-8")

    ended = leadbridge(folder, "twins", "--people", "0", LEADBRIDGE_STATE=str(folder / "taken"))

    assert ended.returncode == 2
    assert "where nothing can be written" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
