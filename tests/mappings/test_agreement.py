"""The files together: one agreement, and what it knows of its fields."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import jsonschema
import pytest

from mappings.agreement import Broken, compile_agreement
from mappings.documents import Shape, schemas
from mappings.documents.schema import SHAPES
from mappings.documents.tree import read_tree
from mappings.fields import Known

CONFIG = Path(__file__).parents[2] / "config"
TEXTS = {str(path.relative_to(CONFIG)): path.read_text() for path in CONFIG.rglob("*.yaml")}


def with_bridge(old: str, new: str):
    text = TEXTS["bridge.yaml"]
    assert old in text
    return compile_agreement({**TEXTS, "bridge.yaml": text.replace(old, new, 1)}).bridge


def test_the_agreement_names_every_field_that_lines_read():
    agreement = compile_agreement(TEXTS)

    assert {"Email", "Street", "Company", "OwnerId"} <= set(agreement.fields("salesforce", "lead"))
    assert "Company" not in agreement.fields("salesforce", "contact")
    assert {"amount", "deal_currency_code", "pipeline", "dealstage"} <= set(
        agreement.fields("hubspot", "deal")
    )
    assert agreement.fields("salesforce", "task") == ()
    assert len(agreement.fields("salesforce", "lead")) == len(set(agreement.fields("salesforce", "lead")))


def test_every_line_has_a_name_of_its_own():
    names = [line.name for pair in compile_agreement(TEXTS).pairs.values() for line in pair.lines]

    assert len(names) == len(set(names))


def test_the_same_files_give_the_same_fingerprints():
    first, second = (compile_agreement(TEXTS).pairs["person"].lines for _ in range(2))

    assert [line.fingerprint for line in first] == [line.fingerprint for line in second]


def test_the_order_of_files_does_not_matter():
    assert compile_agreement(dict(reversed(TEXTS.items()))).pairs == compile_agreement(TEXTS).pairs


def test_fields_that_the_vendors_have_not_described_are_not_judged():
    known = {
        ("hubspot", "contact"): {
            name: Known() for name in compile_agreement(TEXTS).fields("hubspot", "contact")
        }
    }

    assert compile_agreement(TEXTS, known).checked
    assert not compile_agreement(TEXTS).checked


def test_an_org_with_one_currency_keeps_its_amounts_in_the_bridges():
    plain = compile_agreement(TEXTS)
    fields = {
        name: Known() for name in plain.fields("salesforce", "opportunity") if name != "CurrencyIsoCode"
    }

    checked = compile_agreement(TEXTS, {("salesforce", "opportunity"): fields})

    assert "CurrencyIsoCode" in plain.fields("salesforce", "opportunity")
    assert "CurrencyIsoCode" not in checked.fields("salesforce", "opportunity")


@pytest.mark.parametrize(
    ("people", "sample", "names"),
    [("all", None, None), ("{sample: 100}", 100, None), ("{is: {country: Germany}}", None, {"country"})],
)
def test_the_rollout_says_who_is_bridged(people, sample, names):
    rollout = with_bridge("people: all ", f"people: {people} ").rollout

    assert rollout.sample == sample
    assert (rollout.condition.names if rollout.condition else None) == names


def test_business_hours_are_in_the_bridges_zone():
    hours = with_bridge('start: "09:00"', 'start: "08:30"').business_hours

    assert (hours.zone.key, hours.start, hours.end) == ("Europe/Berlin", time(8, 30), time(17))
    assert hours.days == frozenset(range(5))


def test_who_edits_where_says_whom_they_act_for():
    teams = with_bridge("marketing: [] ", "marketing: [005M] ").teams

    assert teams.actor("hubspot", "77") == "marketer"
    assert teams.actor("salesforce", "005S") == "seller"
    assert teams.actor("salesforce", "005M") == "marketer"
    assert teams.actor("hubspot", "005M") == "marketer"


def test_broken_files_are_shown_one_line_a_mistake():
    with pytest.raises(Broken) as broken:
        compile_agreement({**TEXTS, "bridge.yaml": "mood: write"})

    assert "bridge.yaml:1: `mood` is not a key here. Did you mean `mode`?" in str(broken.value).splitlines()


@pytest.mark.parametrize("file", sorted(TEXTS))
def test_the_published_schema_accepts_what_ships(file):
    schema = schemas()["fields/*.yaml" if file.startswith("fields/") else file]

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(read_tree(TEXTS[file], file).value, schema)


def shapes(shape=Shape):
    for below in shape.__subclasses__():
        yield below
        yield from shapes(below)


@pytest.mark.parametrize("shape", sorted(set(shapes()), key=str), ids=lambda shape: shape.__name__)
def test_every_setting_has_a_description_and_an_example(shape):
    if not shape.__module__.startswith("mappings."):
        return
    for name, field in shape.model_fields.items():
        assert field.description, name
        assert field.examples, name


def test_every_file_has_a_schema():
    assert set(schemas()) == set(SHAPES)
