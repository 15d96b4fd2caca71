"""What is installed in Salesforce: the right components, the same bytes, nothing of the customer's."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from mappings.agreement import Broken, compile_agreement
from mappings.lifecycle.definition import Move
from plugin.marker import Marker
from plugin.salesforce import bundle, mdapi, source, zipped
from plugin.salesforce.elements import XMLNS
from sync.folder import read_agreement
from tests.twins.deploying import Admin

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
INSTALLED = {
    "CustomField", "CustomPermission", "GlobalValueSet", "ListView", "PermissionSet", "QuickAction", "ValidationRule",
}  # fmt: skip


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(ROOT / "config")


def test_only_additive_types_are_installed(agreement):
    package = etree.fromstring(mdapi(bundle(agreement))["package.xml"])

    assert {one.text for one in package.iter(f"{{{XMLNS}}}name")} == INSTALLED
    assert package.findtext(f"{{{XMLNS}}}version") == "63.0"


def test_objects_hold_nothing_but_fields_views_and_rules(agreement):
    for path, text in mdapi(bundle(agreement)).items():
        if path.startswith("objects/"):
            tags = {etree.QName(child).localname for child in etree.fromstring(text)}
            assert tags <= {"fields", "listViews", "validationRules"}, path


def test_the_shipped_lifecycle_gives_every_component_of_release_one(agreement):
    assert Counter(part.type for part in bundle(agreement)) == {
        "GlobalValueSet": 2,
        "CustomField": 27,
        "ValidationRule": 30,
        "CustomPermission": 1,
        "PermissionSet": 2,
        "QuickAction": 6,
        "ListView": 8,
    }


def test_every_description_ends_with_the_marker(agreement):
    marker = Marker.of(agreement.lifecycle)

    for part in bundle(agreement):
        if part.type != "ListView":
            assert Marker.found_in(part.description) == marker, part.full_name


MAKES = """
import hashlib
from pathlib import Path
from mappings.agreement import compile_agreement
from plugin.salesforce import bundle, mdapi, source, zipped
config = Path("config")
texts = {path.relative_to(config).as_posix(): path.read_text("utf-8") for path in config.rglob("*.yaml")}
parts = bundle(compile_agreement(texts))
print(hashlib.sha256(zipped(mdapi(parts))).hexdigest(), hashlib.sha256(zipped(source(parts))).hexdigest())
"""


def test_two_processes_make_the_same_bytes():
    def made(seed: str) -> str:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run([sys.executable, "-c", MAKES], cwd=ROOT, env=env, capture_output=True, text=True, check=True)  # fmt: skip
        return ran.stdout

    assert made("1") == made("4242")


def test_both_renderings_say_the_same(agreement):
    parts = bundle(agreement)
    merged = {}
    for path, text in mdapi(parts).items():
        root = etree.fromstring(text)
        if path.startswith("objects/"):
            name = Path(path).stem
            merged |= {f"{name}.{one.findtext(f'{{{XMLNS}}}fullName')}": _inside(one) for one in root}
        elif path != "package.xml":
            merged[Path(path).name.rpartition(".")[0]] = _inside(root)
    apart = {}
    for path, text in source(parts).items():
        if not path.endswith("-meta.xml"):
            continue
        root, name = etree.fromstring(text), Path(path).name.removesuffix("-meta.xml").rpartition(".")[0]
        folder = Path(path).parent.parent.name
        apart[f"{folder}.{name}" if "/objects/" in path else name] = _inside(root)

    assert apart == merged


def _inside(element):
    return [(etree.QName(one).localname, (one.text or "").strip(), _inside(one)) for one in element]


def test_a_zip_is_read_back_as_it_was_written(agreement):
    files = mdapi(bundle(agreement))

    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_the_twin_takes_the_whole_deploy_and_changes_nothing_the_second_time(agreement):
    admin, archive = Admin(), zipped(mdapi(bundle(agreement)))

    first, second = admin.result(archive), admin.result(archive)

    assert (first["status"], first["numberComponentsDeployed"]) == ("Succeeded", 76)
    assert first["details"]["componentFailures"] == []
    assert [one["fullName"] for one in second["details"]["componentSuccesses"] if one["changed"]] == [
        "package.xml"
    ]


def texts(**changed: str) -> dict[str, str]:
    """The shipped config; in lifecycle.yaml these words are replaced."""
    found = {path.relative_to(CONFIG).as_posix(): path.read_text("utf-8") for path in CONFIG.rglob("*.yaml")}
    for old, new in changed.items():
        assert f"{old}:" in found["lifecycle.yaml"]
        found["lifecycle.yaml"] = re.sub(
            rf"^( *{old}:).*$", rf"\1 {new}", found["lifecycle.yaml"], flags=re.MULTILINE
        )
    return found


def test_a_stage_that_was_migrated_away_stays_in_the_list_inactive_and_nobody_moves_out_of_it():
    moved = texts(
        version="2\nmigrations: [{version: 2, stages: {warming: nurturing}}]", retired_stages="[asleep]"
    )
    parts = bundle(compile_agreement(moved))

    files = mdapi(parts)
    values = etree.fromstring(files["globalValueSets/Leadbridge_Stage.globalValueSet"])
    inactive = [
        one.findtext(f"{{{XMLNS}}}fullName")
        for one in values.iter(f"{{{XMLNS}}}customValue")
        if one.findtext(f"{{{XMLNS}}}isActive") == "false"
    ]
    [rule] = [part for part in parts if part.full_name == "Lead.Leadbridge_From_Retired"]
    assert inactive == ["warming", "asleep"]
    assert 'OR(ISPICKVAL(PRIORVALUE(Leadbridge_Stage__c), "warming"), ISPICKVAL(' in rule.formula


def test_a_stage_of_the_lifecycle_cannot_be_retired():
    with pytest.raises(
        Broken, match=r"lifecycle\.yaml:\d+: `won` is a stage of this lifecycle, and cannot be retired\."
    ):
        compile_agreement(texts(retired_stages="[asleep, won]"))


def test_compact_rules_are_three_on_an_object():
    parts = bundle(compile_agreement(texts(rules="compact")))

    assert [part.full_name for part in parts if part.type == "ValidationRule"] == [
        f"{object_}.Leadbridge_{name}"
        for object_ in ("Contact", "Lead")
        for name in ("Comment_Required", "Moves", "Reason_Required")
    ]


def test_an_org_may_be_left_without_rules():
    parts = bundle(compile_agreement(texts(rules="none")))

    assert {part.type for part in parts if part.type in ("ValidationRule", "QuickAction")} == {"QuickAction"}


def test_no_rule_of_a_contact_says_how_it_comes_by_its_first_stage(agreement):
    names = {object_: {part.name for part in bundle(agreement) if part.type == "ValidationRule" and part.object == object_}
             for object_ in ("Lead", "Contact")}  # fmt: skip

    assert names["Lead"] - names["Contact"] == {"Leadbridge_Initial", "Leadbridge_From_Blank"}
    assert names["Contact"] < names["Lead"]


def asked(agreement, *moves: Move, action: str = "Lead.Leadbridge_Reject") -> dict[str, str]:
    """What an action shows, in a lifecycle whose only moves to that action's stage are these."""
    others = tuple(one for one in agreement.lifecycle.moves if one.to != "rejected")
    lifecycle = replace(agreement.lifecycle, moves=(*others, *moves))
    [found] = [part for part in bundle(replace(agreement, lifecycle=lifecycle)) if part.full_name == action]
    return dict(found.asks)


def test_a_button_asks_for_what_any_of_its_moves_needs_and_insists_where_each_of_them_does(agreement):
    def move(came_from: str, *needs: str, who: str = "seller") -> Move:
        return Move(came_from, "rejected", frozenset({who}), needs=frozenset(needs))

    reason, comment = "Leadbridge_Reason__c", "Leadbridge_Sales_Comment__c"
    with_, without = move("working", "reason", "comment"), move("accepted")

    assert asked(agreement, with_, without) == {reason: "Edit", comment: "Edit"}
    assert asked(agreement, without, with_) == {reason: "Edit", comment: "Edit"}
    assert asked(agreement, with_, move("accepted", "reason")) == {reason: "Required", comment: "Edit"}
    assert asked(agreement, with_) == {reason: "Required", comment: "Required"}
    assert asked(agreement, without) == {comment: "Edit"}
    marketers = move("accepted", "reason", who="marketer")
    assert asked(agreement, without, marketers) == {comment: "Edit"}


def test_sellers_get_no_button_for_a_stage_that_they_cannot_enter(agreement):
    lifecycle = agreement.lifecycle
    moves = tuple(move for move in lifecycle.moves if move.to != "recycled" or "seller" not in move.who)

    parts = bundle(replace(agreement, lifecycle=replace(lifecycle, moves=moves)))

    assert [part.name for part in parts if part.type == "QuickAction" and part.object == "Lead"] == [
        "Leadbridge_Accept",
        "Leadbridge_Reject",
    ]
