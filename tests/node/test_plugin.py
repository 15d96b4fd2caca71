"""Second oracles for the plugin: another interpreter of formulas, and Salesforce's own reader of projects."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest
from lxml import etree

from mappings.lifecycle.definition import Installing
from plugin.proof import Edge, Given, is_legal
from plugin.salesforce import bundle, mdapi, source
from plugin.salesforce.elements import XMLNS
from sync.bootstrap import read_agreement, shipped_config

STAGE, REASON = "Leadbridge_Stage__c", "Leadbridge_Reason__c"
COMMENT = "Leadbridge_Sales_Comment__c"
GIVENS = (
    Given(),
    Given("", "no_need"),
    Given("", "other"),
    Given("", "other", "", "said"),
    Given("no_need", ""),
)


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(shipped_config())


def in_form(agreement, form):
    lifecycle = replace(agreement.lifecycle, installing=Installing(form, ("warming",)))
    return replace(agreement, lifecycle=lifecycle)


@pytest.mark.parametrize(
    ("form", "object_"), [("per_stage", "Contact"), ("per_stage", "Lead"), ("compact", "Lead")]
)
def test_another_interpreter_of_formulas_refuses_what_the_lifecycle_forbids(
    every_check_holds, agreement, form, object_, tmp_path
):
    agreement = in_form(agreement, form)
    told = tmp_path / "rules.json"
    told.write_text(json.dumps({
        "rules": rules_in(mdapi(bundle(agreement))[f"objects/{object_}.object"]),
        "types": {STAGE: "picklist", REASON: "picklist", COMMENT: "text"},
        "cases": list(cases(agreement.lifecycle, object_)),
    }))  # fmt: skip

    every_check_holds("rules.mjs", str(told))


def rules_in(text):
    names = ("fullName", "errorConditionFormula")
    rules = etree.fromstring(text).iter(f"{{{XMLNS}}}validationRules")
    return dict(tuple(one.findtext(f"{{{XMLNS}}}{name}") for name in names) for one in rules)


def cases(lifecycle, object_):
    """Every edge that a person may ask for, with each of the givens; the bridge is exempt on a few."""
    stages = ("", *lifecycle.stages, *lifecycle.installing.retired)
    edges = [Edge("seller", prior, stage) for prior, stage in product((None, *stages), stages)]
    edges += [Edge("bridge", prior, "won") for prior in (None, *stages)]
    for edge, given in product(edges, GIVENS):
        before = {STAGE: edge.prior or "", REASON: given.prior_reason, COMMENT: given.prior_comment}
        first = edge.prior is None
        yield {
            "now": {STAGE: edge.next, REASON: given.reason, COMMENT: given.comment},
            "before": before,
            "isNew": first,
            "may": edge.who == "bridge",
            "legal": is_legal(
                lifecycle,
                object_,
                edge,
                replace(given, prior_reason="", prior_comment="") if first else given,
            ),
            "told": f"{edge} {given}",
        }


def test_salesforces_own_library_converts_the_exported_project(every_check_holds, agreement, tmp_path):
    parts = bundle(agreement)
    for path, text in source(parts).items():
        file = tmp_path / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    names = defaultdict(list)
    for part in parts:
        names[part.type].append(part.full_name)
    (tmp_path / "names.json").write_text(json.dumps({type_: sorted(found) for type_, found in names.items()}))

    every_check_holds("source.mjs", *(str(tmp_path / name) for name in ("project", "made", "names.json")))

    converted, deployed = tmp_path / "made" / "made", mdapi(parts)
    found = {path.relative_to(converted).as_posix() for path in converted.rglob("*") if path.is_file()}
    assert found == set(deployed)
    for path in found - {"package.xml"}:
        assert told(converted.joinpath(path).read_bytes()) == told(deployed[path]), path


def told(text):
    """What a file says, whatever the order of its parts."""

    def inside(element):
        return (etree.QName(element).localname, (element.text or "").strip(), sorted(map(inside, element)))

    return inside(etree.fromstring(text))
