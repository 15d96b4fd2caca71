"""What Salesforce would refuse is found before it is asked: by its own schema, and by our lint where that is blind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mappings.lifecycle.definition import Installing, Move, Stage
from mappings.lifecycle.machine import Lifecycle
from plugin.lint import mistakes
from plugin.salesforce import Part, bundle, mdapi, source
from plugin.salesforce.parts import (
    CustomField,
    CustomPermission,
    FieldRight,
    ListView,
    PermissionSet,
    QuickAction,
    ValidationRule,
    ValueSet,
)
from plugin.xsd import misshapen
from sync.bootstrap import read_agreement, shipped_config
from tests.plugin import book


@pytest.fixture(scope="module")
def agreement():
    return read_agreement(shipped_config())


@pytest.fixture(scope="module")
def parts(agreement):
    return bundle(agreement)


def test_what_is_made_is_what_the_book_says():
    assert book.made() == book.kept(), (
        "Meant? Then `python -m tests.plugin.book` writes it anew; read its diff."
    )


@pytest.mark.parametrize("form", ["per_stage", "compact"])
@pytest.mark.parametrize("rendering", [mdapi, source])
def test_every_file_has_the_shape_of_salesforces_own_schema(agreement, form, rendering):
    lifecycle = replace(agreement.lifecycle, installing=Installing(form, ("warming",)))

    assert misshapen(rendering(bundle(replace(agreement, lifecycle=lifecycle)))) == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<type>Picklist</type>", "<type>Picklst</type>", "'Picklst'"),
        ("<active>true</active>", "", "This element is not expected. Expected is ( active )"),
        ("<filterScope>Everything</filterScope>", "<filterScope>All</filterScope>", "'All'"),
        ("<active>true</active>", "<active>yes</active>", "'yes'"),
        ("<precision>4</precision>", "<precision>four</precision>", "'four'"),
        ("<label>Round</label>", "<labels>Round</labels>", "labels"),
        ("</CustomObject>", "<sharingModel>Private</sharingModel></CustomObject>", "sharingModel"),
        ("</CustomObject>", "", "this is no XML"),
    ],
)
def test_a_file_of_another_shape_is_named_with_its_line(parts, old, new, says):
    text = mdapi(parts)["objects/Lead.object"].decode()
    assert old in text

    found = misshapen({"objects/Lead.object": text.replace(old, new, 1).encode()})

    assert found
    assert found[0].startswith("objects/Lead.object:")
    assert says in "\n".join(found)


@pytest.mark.parametrize("form", ["per_stage", "compact"])
def test_nothing_is_found_in_what_ships(agreement, form):
    lifecycle = replace(agreement.lifecycle, installing=Installing(form, ("warming",)))

    assert mistakes(bundle(replace(agreement, lifecycle=lifecycle))) == ()


def changed(parts: tuple[Part, ...], kind: type[Part], change: Callable[..., Part]) -> list[Part]:
    """The first part of that type changed, the others as they are."""
    first = next(part for part in parts if isinstance(part, kind))
    return [change(part) if part is first else part for part in parts]


LONG = "Leadbridge_" + "x" * 30


@pytest.mark.parametrize(
    ("kind", "change", "says"),
    [
        (CustomField, lambda p: replace(p, name=f"{LONG}__c"), "has a name of 41 characters; Salesforce takes 40"),
        (CustomField, lambda p: replace(p, name="Leadbridge__Stage__c"), "has a name that Salesforce or leadbridge"),
        (CustomField, lambda p: replace(p, name="Stage__c"), "has a name that Salesforce or leadbridge"),
        (CustomField, lambda p: replace(p, label="x" * 41), "has a label of 41 characters"),
        (CustomField, lambda p: replace(p, description="Mine."), "bears no marker of leadbridge"),
        (CustomField, lambda p: replace(p, description="x" * 256 + p.description), "has a description of"),
        (CustomField, lambda p: replace(p, kind="Text", length=None), "has the length None"),
        (CustomField, lambda p: replace(p, kind="Text", length=256), "has the length 256"),
        (CustomField, lambda p: replace(p, kind="LongTextArea", length=255), "has the length 255"),
        (CustomField, lambda p: replace(p, kind="Picklist", value_set="", choices=()), "has no values"),
        (CustomField, lambda p: replace(p, kind="Picklist", value_set="Leadbridge_Other"), "which is not installed"),
        (CustomField, lambda p: replace(p, kind="Checkbox", unique=True), "cannot be unique"),
        (ValueSet, lambda p: replace(p, choices=p.choices * 100), "1,600 values; Salesforce takes 1,000"),
        (ValueSet, lambda p: replace(p, choices=(*p.choices, p.choices[0])), "2 values of the name"),
        (ValueSet, lambda p: replace(p, choices=()), "no value that can be chosen"),
        (ValidationRule, lambda p: replace(p, message="x" * 256), "has a message of 256 characters"),
        (ValidationRule, lambda p: replace(p, message=""), "has a message of 0 characters"),
        (ValidationRule, lambda p: replace(p, formula=f"AND({p.formula}, {'TRUE, ' * 600}TRUE)"), "characters; 3,500"),
        (ValidationRule, lambda p: replace(p, formula="ISNEW("), "cannot be understood"),
        (ValidationRule, lambda p: replace(p, formula="Leadbridge_Nothing__c"), "Field Leadbridge_Nothing__c does not"),
        (ValidationRule, lambda p: replace(p, formula="Leadbridge_Round__c"), "incompatible with expected data type"),
        (ValidationRule, lambda p: replace(p, formula="$Permission.Mine"), "asks for the permission `Mine`"),
        (ValidationRule, lambda p: replace(p, at="Leadbridge_Nothing__c"), "names the field `Contact.Leadbridge_Nothing__c`"),
        (CustomPermission, lambda p: replace(p, name="Leadbridge_Other"), "grants `Leadbridge_Sync`, which is not"),
        (PermissionSet, lambda p: replace(p, user_permissions=("ModifyAllData",)), "which leadbridge must never have"),
        (PermissionSet, lambda p: replace(p, fields=(FieldRight(field="Lead.Leadbridge_X__c"),)), "names the field"),
        (QuickAction, lambda p: replace(p, sets=(("Leadbridge_Stage__c", "nowhere"),)), "names `nowhere`"),
        (QuickAction, lambda p: replace(p, asks=(("Leadbridge_X__c", "Edit"),)), "names the field"),
        (ListView, lambda p: replace(p, columns=("Leadbridge_X__c",)), "names the field"),
        (ListView, lambda p: replace(p, value="nowhere"), "names `nowhere`"),
    ],
)  # fmt: skip
def test_what_the_schema_does_not_see_is_found(parts, kind, change, says):
    found = mistakes(changed(parts, kind, change))

    assert says in "\n".join(map(str, found))
    assert all(one.remedy for one in found)


def with_stage(lifecycle: Lifecycle, name: str) -> Lifecycle:
    """The lifecycle with one more stage, from and to which sellers may go."""
    stages = {**lifecycle.stages_by_name, name: Stage(name, "sales", "")}
    moves = (
        *lifecycle.moves,
        Move("working", name, frozenset({"seller"})),
        Move(name, "won", frozenset({"seller"})),
    )
    return replace(lifecycle, stages_by_name=stages, moves=moves)


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("waiting_for_their_own_it_dep", "has a name of 44 characters; Salesforce takes 40"),
        ("blank", "2 components would be the ValidationRule Lead.Leadbridge_From_Blank and"),
    ],
)
def test_a_stage_whose_rule_cannot_be_named_is_refused_unless_rules_are_compact(agreement, stage, says):
    lifecycle = with_stage(agreement.lifecycle, stage)

    found = mistakes(bundle(replace(agreement, lifecycle=lifecycle)))
    compact = replace(lifecycle, installing=Installing("compact"))

    assert says in str(found[0])
    assert "rules: compact" in found[0].remedy
    assert mistakes(bundle(replace(agreement, lifecycle=compact))) == ()


def test_a_message_that_would_be_too_long_ends_with_whole_words(agreement):
    lifecycle = agreement.lifecycle
    names = [f"a_stage_of_many_words_number_{number}" for number in range(12)]
    for name in names:
        lifecycle = with_stage(lifecycle, name)

    rules = [
        part for part in bundle(replace(agreement, lifecycle=lifecycle)) if isinstance(part, ValidationRule)
    ]
    message = next(rule.message for rule in rules if rule.name == "Leadbridge_From_working")

    assert len(message) <= 255
    assert message.startswith(
        "From Working sales can go to Opportunity, Rejected, Recycled, A stage of many words"
    )
    assert message.endswith("…")
