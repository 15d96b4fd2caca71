"""What `leadbridge plugin` says to whoever changes his mind, names a wrong deployment, or is a machine."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from mappings.agreement import Agreement
from plugin import hubspot
from plugin.diff import Change
from plugin.hubspot import scopes
from plugin.marker import Marker
from plugin.planning import Plan
from sync.bootstrap import Admins, settings_from
from sync.cli.plugin_trace import Trace
from sync.cli.plugin_words import tell_installed
from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import Town, mutations, town

Plugin = Callable[..., Ended]
PORTAL_TOKEN = "LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN"


class Terminal(io.StringIO):
    """A person sits there and has typed this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Town]:
    """A town whose systems have never heard of leadbridge."""
    with town(tmp_path, own_fields=False, in_process=True) as here:
        yield here


@pytest.fixture
def keys(fresh: Town) -> dict[str, str]:
    """An admin's settings, the same for every command."""
    return fresh.settings() | fresh.world.admin_settings()


@pytest.fixture
def plugin(fresh: Town, keys: dict[str, str], leadbridge: Leadbridge) -> Plugin:
    def run(*words: str) -> Ended:
        return leadbridge("plugin", *words, settings=keys)

    return run


def narrowed(here: Town, keys: dict[str, str], agreement: Agreement, *gone: str) -> None:
    """The admin's token may do all that is printed, without *gone*."""
    held = [one for one in scopes.admins(hubspot.bundle(agreement)) if one not in gone]
    here.world.hubspot.grant(keys[PORTAL_TOKEN], held)


def test_a_no_changes_nothing_and_ends_as_a_decision_that_is_left_to_a_person(
    fresh: Town, plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    declined = plugin("install", "--only", "hubspot")
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    taken = plugin("install", "--only", "hubspot")

    assert declined.code == 3
    assert "You did not say yes: nothing was changed." in declined.err
    assert taken.code == 0, taken.err
    assert fresh.world.hubspot.has_property("contacts", "leadbridge_stage")


def test_a_deployment_that_the_org_does_not_know_is_told_in_a_sentence(plugin: Plugin) -> None:
    stopped = plugin("install", "--yes", "--resume", "0Af5g00000XyZ1aCAF")

    assert stopped.code == 1
    assert "Salesforce shows no deployment 0Af5g00000XyZ1aCAF to this user" in stopped.err
    assert "Traceback" not in stopped.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("plan", "--only", "marketo"), 2, "it must be salesforce or hubspot"),
        (("install", "--only", "hubspot"), 3, "say --yes"),
        (("uninstall", "--delete-data"), 2, "--delete-data needs --save DIR"),
        (("uninstall", "--delete-data", "--save", "/dev/null"), 2, "/dev/null cannot be written"),
        (("export", "--format", "zip", "x"), 2, "it must be sfdx or mdapi"),
        (("install", "--yes", "--resume", "nonsense"), 2, "15 or 18 letters"),
    ],
)
def test_a_machine_reads_on_standard_output_what_went_wrong(
    plugin: Plugin, words: tuple[str, ...], code: int, says: str
) -> None:
    ended = plugin(*words, "--json")

    [sentence] = ended.json["errors"]
    assert says in sentence
    assert ended.json["exit"] == ended.code == code
    assert says in ended.err


def test_a_machine_reads_what_stands_in_the_way_of_a_plan_and_how_it_ended(
    fresh: Town, plugin: Plugin
) -> None:
    fresh.world.install(["leadbridge_stage"])

    for words in (("plan",), ("install", "--yes")):
        ended = plugin(*words, "--only", "hubspot", "--json")

        assert ended.json["exit"] == ended.code == 3
        assert "somebody else made it" in ended.json["errors"][0]


def test_a_machine_reads_what_an_install_left_and_how_it_ended(
    fresh: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = Change("hubspot", "Property", "contacts.leadbridge_stage", "create")
    plan = Plan(marker=Marker.of(fresh.agreement.lifecycle), changes=(missing,))
    settings = settings_from(fresh.settings(), tmp_path, tmp_path, 0)
    trace = Trace(settings, fresh.agreement, Admins(None, None))

    with pytest.raises(typer.Exit) as ended:
        tell_installed(plan, plan, trace, json=True, widen=False)

    told = json.loads(capsys.readouterr().out)
    assert told["exit"] == ended.value.exit_code == 1
    assert told["errors"] == ["hubspot Property contacts.leadbridge_stage: missing"]


def test_an_uninstall_with_too_few_scopes_is_stopped_before_salesforce_is_touched(
    fresh: Town, plugin: Plugin, keys: dict[str, str]
) -> None:
    plugin("install", "--yes")
    before = mutations(fresh.world)
    narrowed(fresh, keys, fresh.agreement, "crm.lists.write")

    stopped = plugin("uninstall", "--yes")

    assert stopped.code == 1
    assert "lacks crm.lists.write: add them to its scopes. Nothing was changed." in stopped.err
    assert (
        mutations(fresh.world)["salesforce POST metadata/deployRequest"]
        == (before["salesforce POST metadata/deployRequest"])
    )


@pytest.mark.parametrize(
    ("word", "says", "not_"),
    [
        ("install", "To go on: the same command with `--resume 0Af", "uninstall"),
        ("uninstall", "run `leadbridge plugin uninstall` again", "--resume"),
    ],
)
def test_who_stops_waiting_is_told_how_to_go_on_with_what_was_begun(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch, word: str, says: str, not_: str
) -> None:
    if word == "uninstall":
        plugin("install", "--yes")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("connectors.salesforce.metadata.Deployer.look", interrupted)
    stopped = plugin(word, "--yes")

    assert stopped.code == 1
    assert "goes on in Salesforce (you stopped waiting)" in stopped.err
    assert says in stopped.err
    assert not_ not in stopped.err


def test_where_hubspot_fails_in_an_uninstall_it_is_told_what_stands(
    fresh: Town, plugin: Plugin, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin("install", "--yes")
    monkeypatch.setattr(  # as of service keys, of which HubSpot tells nothing
        "connectors.hubspot.connector.HubSpotConnector.scopes", lambda _: None
    )
    narrowed(fresh, keys, fresh.agreement, "crm.lists.write")

    stopped = plugin("uninstall", "--yes")
    narrowed(fresh, keys, fresh.agreement)
    rest = plugin("uninstall", "--yes", "--json")

    assert stopped.code == 1
    assert "Salesforce's part is taken out, and 0 of HubSpot's 5 parts are: mend this" in stopped.err
    assert [one.partition(" ")[0] for one in rest.json["removed"]] == ["hubspot"] * 5


def test_what_the_token_may_not_read_is_not_deleted_and_no_half_of_it_is_saved(
    fresh: Town, plugin: Plugin, keys: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin("install", "--yes", "--only", "hubspot")
    narrowed(fresh, keys, fresh.agreement)
    (tmp_path / "exports").mkdir()
    save = ("--delete-data", "--save", str(tmp_path / "exports" / "saved"))
    before = mutations(fresh.world)

    told = plugin("uninstall", "--only", "hubspot", "--yes", *save)
    monkeypatch.setattr(  # as of service keys, of which HubSpot tells nothing
        "connectors.hubspot.connector.HubSpotConnector.scopes", lambda _: None
    )
    silent = plugin("uninstall", "--only", "hubspot", "--yes", *save)
    left = list((tmp_path / "exports").iterdir())
    (tmp_path / "exports" / "saved").mkdir()
    empty = plugin("uninstall", "--only", "hubspot", "--yes", *save)
    left += (tmp_path / "exports" / "saved").iterdir()
    unchanged = mutations(fresh.world) == before
    more = ("crm.objects.companies.read", "crm.objects.deals.read")
    fresh.world.hubspot.grant(keys[PORTAL_TOKEN], [*scopes.admins(hubspot.bundle(fresh.agreement)), *more])
    wide = plugin("uninstall", "--only", "hubspot", "--yes", "--json", *save)

    assert (told.code, silent.code, empty.code) == (1, 1, 1)
    assert f"lacks {', '.join(more)}, so that not all can be saved" in told.err
    assert "crm.objects.companies.read" in silent.err
    assert left == []
    assert unchanged
    assert wide.code == 0, wide.err
    assert {Path(one).name for one in wide.json["saved"]} == {
        "hubspot-contact.csv", "hubspot-company.csv", "hubspot-deal.csv",
    }  # fmt: skip
    assert all(Path(one).is_file() for one in wide.json["saved"])


@pytest.mark.parametrize("named", ["itself", "here", "link"])
def test_an_empty_folder_that_stands_there_is_filled_in_its_place_and_nothing_is_made_beside_it(
    plugin: Plugin, tmp_path: Path, named: str
) -> None:
    shell = tmp_path / "shell"  # where commands are run
    saved = shell if named == "here" else tmp_path / "volumes" / "saved"
    saved.mkdir(parents=True, exist_ok=True)
    (tmp_path / "link").symlink_to(saved, target_is_directory=True)
    plugin("install", "--yes", "--only", "hubspot")
    os.utime(saved.parent, (0, 0))
    place = saved.stat().st_ino
    folder = {"itself": str(saved), "here": ".", "link": str(tmp_path / "link")}[named]
    out = plugin("uninstall", "--only", "hubspot", "--yes", "--delete-data", "--save", folder, "--json")

    assert out.code == 0, out.err
    assert sorted(saved.iterdir()) == [
        saved / f"hubspot-{kind}.csv" for kind in ("company", "contact", "deal")
    ]
    assert {(shell / one).resolve() for one in out.json["saved"]} == set(saved.iterdir())
    assert {one.stat().st_mode & 0o777 for one in saved.iterdir()} == {0o600}
    assert (saved.stat().st_ino, saved.parent.stat().st_mtime) == (place, 0)


OBJECTS = ("Lead", "Contact", "Opportunity")


def sees_our_fields(here: Town, letters: str) -> None:
    """An admin of little access who may do *letters* with these objects, and sees leadbridge's fields."""
    twin = here.world.salesforce
    kinds = twin.org.kinds
    every = {kind: [one for one in kinds[kind].fields if one.startswith("Leadbridge_")] for kind in OBJECTS}
    twin.give_minimum_access(twin.admin())
    twin.add_permission_set(
        "Ours",
        objects=dict.fromkeys((*OBJECTS, "Account"), letters),
        fields={kind: dict.fromkeys(names, "r") for kind, names in every.items()},
    )
    twin.assign_permission_set(twin.admin(), "Ours")


def unmap(here: Town) -> None:
    """The admin takes leadbridge's fields out of the mapping of lead conversion."""
    for name in here.world.salesforce.org.kinds["Lead"].fields:
        if name.startswith("Leadbridge_"):
            here.world.salesforce.map_lead_field(name)


def test_what_sharing_may_hide_from_the_admin_or_a_conversion_carries_over_is_not_deleted(
    fresh: Town, plugin: Plugin, tmp_path: Path
) -> None:
    plugin("install", "--yes", "--only", "salesforce")
    fields = fresh.world.salesforce.org.kinds["Lead"].fields
    words = ("uninstall", "--only", "salesforce", "--yes", "--delete-data", "--save", str(tmp_path / "saved"))

    sees_our_fields(fresh, "r")
    narrow, kept = plugin(*words), "Leadbridge_Stage__c" in fields
    saved = (tmp_path / "saved").exists()
    sees_our_fields(fresh, "rv")
    mapped = plugin(*words)
    unmap(fresh)
    wide = plugin(*words)

    assert narrow.code == 1
    assert (
        "may not see every record of Contact, Lead, Opportunity, so that not all can be saved" in narrow.err
    )
    assert "Nothing was removed." in narrow.err
    assert (kept, saved) == (True, False)
    assert mapped.code == 1
    assert "Lead conversion carries over Contact.Leadbridge_" in mapped.err
    assert "Lead.Leadbridge_Stage__c" in mapped.err
    assert "Map Lead Fields). Nothing was removed." in mapped.err
    assert wide.code == 0, wide.err
    assert "Leadbridge_Stage__c" not in fresh.world.salesforce.org.kinds["Lead"].fields


def trace(leadbridge: Leadbridge, here: Town, keys: dict[str, str]) -> dict[str, Any]:
    """What `leadbridge status` knows of the last installs, by side."""
    found: dict[str, Any] = leadbridge("status", "--json", settings=keys).json["installs"]
    return found


def test_what_was_done_is_kept_side_by_side_although_the_other_failed(
    fresh: Town,
    plugin: Plugin,
    keys: dict[str, str],
    leadbridge: Leadbridge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(  # as of service keys, of which HubSpot tells nothing
        "connectors.hubspot.connector.HubSpotConnector.scopes", lambda _: None
    )
    narrowed(fresh, keys, fresh.agreement, "crm.lists.write")
    before = trace(leadbridge, fresh, keys)  # and the store is there from now on
    half = plugin("install", "--yes")
    after_half = trace(leadbridge, fresh, keys)
    narrowed(fresh, keys, fresh.agreement)
    plugin("install", "--yes")
    whole = trace(leadbridge, fresh, keys)
    narrowed(fresh, keys, fresh.agreement, "crm.lists.write")
    plugin("uninstall", "--yes")
    out = trace(leadbridge, fresh, keys)

    assert before == {}
    assert half.code == 1
    assert set(after_half) == {"salesforce"}
    assert set(whole) == {"salesforce", "hubspot"}
    assert {side: one["removed"] for side, one in out.items()} == {"salesforce": True, "hubspot": False}


def test_a_deployment_that_was_left_and_gone_on_with_is_kept_unless_it_only_validated(
    fresh: Town, plugin: Plugin, keys: dict[str, str], leadbridge: Leadbridge, tmp_path: Path
) -> None:
    plugin("install", "--yes", "--only", "salesforce")
    validated, deployed = [one.id for one in fresh.world.salesforce.deployments.all]
    keys["LEADBRIDGE_STATE"] = str(tmp_path / "another-state")

    plugin("install", "--yes", "--only", "salesforce", "--resume", validated)
    nothing = trace(leadbridge, fresh, keys)
    plugin("install", "--yes", "--only", "salesforce", "--resume", deployed)

    assert nothing == {}
    assert set(trace(leadbridge, fresh, keys)) == {"salesforce"}


def test_where_no_trace_can_be_kept_it_is_said_and_the_install_stands(
    fresh: Town, plugin: Plugin, keys: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "leadbridge.db").write_text("no database")
    keys["LEADBRIDGE_STATE"] = str(tmp_path)

    installed = plugin("install", "--yes", "--only", "hubspot")

    assert installed.code == 0, installed.err
    assert "The part of hubspot is done; only that it is cannot be kept in" in installed.err
    assert fresh.world.hubspot.has_property("contacts", "leadbridge_stage")
