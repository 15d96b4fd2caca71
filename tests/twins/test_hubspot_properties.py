"""Property definitions and their groups on HubSpot's wire: what may be made, changed and taken away."""

from __future__ import annotations

import json

import pytest

ROOT = "/crm/properties/2026-09/contacts"
PLAN = {"name": "plan", "label": "Plan", "type": "string", "fieldType": "text", "groupName": "leadbridge"}
COLOURS = [
    {"label": "Red", "value": "red", "displayOrder": 1, "hidden": False},
    {"label": "Blue", "value": "blue", "displayOrder": 0, "hidden": True},
]
COLOUR = {**PLAN, "name": "colour", "type": "enumeration", "fieldType": "select", "options": COLOURS}


def make(desk, **changes):
    return desk.call("POST", ROOT, {**PLAN, **changes})


def read(desk, name, more=""):
    return desk.call("GET", f"{ROOT}/{name}{more}")


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_a_new_property_can_be_written_at_once(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    made = make(desk, description="What they pay for", displayOrder=3, formField=True)

    ada = desk.contact(email="ada@example.com", plan="gold")
    shown = read(desk, "plan").json()
    assert (made.status, made.headers["Location"]) == (201, f"{ROOT}/plan")
    assert (shown["description"], shown["displayOrder"], shown["formField"]) == ("What they pay for", 3, True)
    assert (shown["hubspotDefined"], shown["modificationMetadata"]["archivable"]) == (False, True)
    assert desk.twin.record("contacts", ada)["plan"] == "gold"


@pytest.mark.fact("POST /crm/properties/{kind}")
@pytest.mark.parametrize("missing", ["name", "label", "type", "fieldType", "groupName"])
def test_a_property_needs_its_five_fields(desk, missing):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    reply = make(desk, **{missing: None})

    assert reply.status == 400
    assert f"Some required fields were not set: [{missing}]" in reply.json()["message"]


@pytest.mark.fact("POST /crm/properties/{kind}")
@pytest.mark.parametrize(
    ("type_", "field"),
    [("string", "select"), ("number", "text"), ("date", "text"), ("enumeration", "text"), ("bool", "text")],
)
def test_a_type_goes_with_its_own_field_types_only(desk, type_, field):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    assert make(desk, type=type_, fieldType=field, options=COLOURS).status == 400
    assert read(desk, "plan").status == 404


@pytest.mark.fact("POST /crm/properties/{kind}")
@pytest.mark.parametrize("changes", [{"type": "money"}, {"options": 7}, {"options": ["a"]}, {"label": {}}])
def test_a_property_of_the_wrong_shape_is_a_400(desk, changes):
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    assert make(desk, **changes).status == 400


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_the_name_of_a_property_is_taken_once(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: seen in live runs."""
    make(desk)

    reply = make(desk, label="Another")

    told = reply.json()
    assert (reply.status, told["category"]) == (409, "OBJECT_ALREADY_EXISTS")
    assert told["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"
    assert read(desk, "plan").json()["label"] == "Plan"


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_a_property_stands_in_a_group_that_is_there(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    assert make(desk, groupName="nowhere").status == 400


@pytest.mark.fact("POST /crm/properties/{kind}", switch="upper_case_property_name")
def test_a_capital_in_a_new_name_is_lowered_or_refused(desk_with):
    """[U] From memory: names are lower case; which of the two happens to others is a switch."""
    kind, strict = desk_with(), desk_with()
    strict.twin.flip(upper_case_property_name="refused")

    assert make(kind, name="Plan").json()["name"] == "plan"
    assert make(strict, name="Plan").status == 400
    assert make(kind, name="my plan").status == 400


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_a_choice_needs_options_and_a_boolean_exactly_two(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: INVALID_BOOLEAN_OPTION was seen."""
    yes_no = [{"label": "Yes", "value": "true"}, {"label": "No", "value": "false"}]

    bare = make(desk, type="enumeration", fieldType="select")
    wrong = make(desk, type="bool", fieldType="booleancheckbox")
    right = make(desk, type="bool", fieldType="booleancheckbox", options=yes_no)

    assert (bare.status, wrong.status, right.status) == (400, 400, 201)
    assert wrong.json()["subCategory"] == "PropertyValidationError.INVALID_BOOLEAN_OPTION"


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_options_keep_their_places_and_what_is_hidden(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.call("POST", ROOT, COLOUR)

    options = read(desk, "colour").json()["options"]

    assert [(one["value"], one["displayOrder"], one["hidden"]) for one in options] == [
        ("blue", 0, True),
        ("red", 1, False),
    ]


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_the_same_option_twice_is_a_400(desk):
    """[U] From memory: values and labels of options are unique."""
    assert desk.call("POST", ROOT, {**COLOUR, "options": [COLOURS[0], COLOURS[0]]}).status == 400


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_an_object_has_ten_unique_properties_at_most(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    rows = desk.call("GET", ROOT).json()["results"]
    standing = sum(row["hasUniqueValue"] for row in rows)

    made = [make(desk, name=f"key{n}", hasUniqueValue=True).status for n in range(11 - standing)]

    assert made == [201] * (10 - standing) + [400]


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_a_new_unique_property_names_records(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    make(desk, hasUniqueValue=True)
    ada = desk.contact(email="ada@example.com", plan="one")

    second = desk.post("contacts", {"properties": {"email": "bob@example.com", "plan": "one"}})

    assert desk.get("contacts/one?idProperty=plan").json()["id"] == ada
    assert (second.status, f"{ada} already has that value" in second.json()["message"]) == (400, True)


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_a_formula_makes_a_property_read_only(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: it is calculation_equation then."""
    made = make(desk, type="number", fieldType="number", calculationFormula="num_conversion_events * 2")

    write = desk.post("contacts", {"properties": {"email": "ada@example.com", "plan": "2"}})
    assert (made.json()["fieldType"], made.json()["calculated"]) == ("calculation_equation", True)
    assert write.json()["errors"][0]["code"] == "READ_ONLY_VALUE"


@pytest.mark.fact("PATCH /crm/properties/{kind}/{name}")
def test_a_patch_of_options_replaces_the_whole_list(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.call("POST", ROOT, COLOUR)

    desk.call("PATCH", f"{ROOT}/colour", {"label": "Hue"})
    kept = [one["value"] for one in read(desk, "colour").json()["options"]]
    desk.call("PATCH", f"{ROOT}/colour", {"options": [{"label": "Green", "value": "green"}]})

    assert kept == ["blue", "red"]
    assert [one["value"] for one in read(desk, "colour").json()["options"]] == ["green"]
    refused = desk.post("contacts", {"properties": {"email": "ada@example.com", "colour": "red"}})
    assert refused.json()["errors"][0]["code"] == "INVALID_OPTION"


@pytest.mark.fact("PATCH /crm/properties/{kind}/{name}", switch="removed_option_stays")
@pytest.mark.parametrize(("stays", "left"), [(True, "red"), (False, None)])
def test_a_removed_option_stays_on_records_or_is_cleared(desk, stays, left):
    """[U] From memory: the record keeps it; the other behaviour is a switch."""
    desk.twin.flip(removed_option_stays=stays)
    desk.call("POST", ROOT, COLOUR)
    ada = desk.contact(email="ada@example.com", colour="red")

    reply = desk.call("PATCH", f"{ROOT}/colour", {"options": [COLOURS[1]]})

    assert reply.status == 200
    assert desk.twin.record("contacts", ada).get("colour") == left
    assert desk.write(ada, city="Lima").status == 200


@pytest.mark.fact("PATCH /crm/properties/{kind}/{name}")
def test_uniqueness_and_name_are_ignored_in_a_patch(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: 200, value kept."""
    make(desk)

    reply = desk.call("PATCH", f"{ROOT}/plan", {"hasUniqueValue": True, "name": "other", "label": "Level"})

    assert (reply.status, reply.json()["label"]) == (200, "Level")
    assert (reply.json()["name"], reply.json()["hasUniqueValue"]) == ("plan", False)


@pytest.mark.fact("PATCH /crm/properties/{kind}/{name}")
def test_of_hubspots_own_properties_only_options_change(desk):
    """[U] ``modificationMetadata`` says so; the words of the refusal were never seen."""
    status = f"{ROOT}/hs_lead_status"
    options = [*read(desk, "hs_lead_status").json()["options"], {"label": "Recycled", "value": "RECYCLED"}]

    assert desk.call("PATCH", status, {"label": "Our status"}).status == 400
    assert desk.call("PATCH", status, {"options": options}).status == 200
    assert desk.call("PATCH", f"{ROOT}/hs_email_optout", {"options": options}).status == 400
    assert desk.contact(email="ada@example.com", hs_lead_status="RECYCLED")


@pytest.mark.fact("DELETE /crm/properties/{kind}/{name}")
def test_an_archived_property_is_shown_only_as_archived(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: 204, then 404 without archived."""
    make(desk)
    ada = desk.contact(email="ada@example.com", plan="gold")

    gone = desk.call("DELETE", f"{ROOT}/plan")

    assert (gone.status, read(desk, "plan").status) == (204, 404)
    assert read(desk, "plan", "?archived=true").json()["archived"]
    archived = desk.call("GET", f"{ROOT}?archived=True").json()["results"]
    assert [one["name"] for one in archived] == ["plan"]
    assert "plan" not in desk.get(f"contacts/{ada}?properties=plan").json()["properties"]
    assert desk.write(ada, plan="tin").status == 400
    assert desk.call("DELETE", f"{ROOT}/plan").status == 404


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_the_name_of_an_archived_property_brings_its_values_back(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: with the definition that was posted."""
    make(desk, hasUniqueValue=True)
    ada = desk.contact(email="ada@example.com", plan="gold")
    desk.call("DELETE", f"{ROOT}/plan")

    again = make(desk, label="Plan again", hasUniqueValue=True)

    assert (again.status, again.json()["label"]) == (201, "Plan again")
    assert desk.twin.record("contacts", ada)["plan"] == "gold"
    assert desk.get("contacts/gold?idProperty=plan").json()["id"] == ada
    assert desk.call("GET", f"{ROOT}?archived=true").json()["results"] == []


@pytest.mark.fact("DELETE /crm/properties/{kind}/{name}")
def test_hubspots_own_property_cannot_be_deleted(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    assert desk.call("DELETE", f"{ROOT}/email").status == 400
    assert read(desk, "email").status == 200


@pytest.mark.fact("DELETE /crm/properties/{kind}/{name}")
def test_a_property_in_use_cannot_be_deleted(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: CANNOT_DELETE_PROPERTY_IN_USE."""
    make(desk, type="number", fieldType="number")
    make(desk, name="twice", type="number", fieldType="number", calculationFormula="plan * 2")

    told = desk.call("DELETE", f"{ROOT}/plan").json()

    assert told["subCategory"] == "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    assert told["context"]["usageCount"] == ["1"]
    assert told["errors"][0]["context"]["parentName"] == ["twice"]


@pytest.mark.fact("POST /crm/properties/{kind}/batch/read")
def test_unknown_names_of_a_batch_read_are_told_in_a_207(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    reply = desk.call("POST", f"{ROOT}/batch/read", {"inputs": [{"name": "email"}, {"name": "nothing"}]})

    assert reply.status == 207
    assert [one["name"] for one in reply.json()["results"]] == ["email"]
    assert reply.json()["errors"][0]["category"] == "OBJECT_NOT_FOUND"


@pytest.mark.fact("POST /crm/properties/{kind}/batch/create")
def test_a_batch_create_makes_what_it_can(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide: 201, or 207 with errors."""
    good = desk.call("POST", f"{ROOT}/batch/create", {"inputs": [PLAN]})
    mixed = desk.call("POST", f"{ROOT}/batch/create", {"inputs": [COLOUR, PLAN]})

    assert (good.status, mixed.status) == (201, 207)
    assert [one["name"] for one in mixed.json()["results"]] == ["colour"]
    assert mixed.json()["numErrors"] == 1


@pytest.mark.fact("POST /crm/properties/{kind}/batch/archive")
def test_a_batch_archive_is_a_204(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    desk.call("POST", f"{ROOT}/batch/create", {"inputs": [PLAN, COLOUR]})

    reply = desk.call("POST", f"{ROOT}/batch/archive", {"inputs": [{"name": "plan"}, {"name": "colour"}]})

    assert reply.status == 204
    assert not any(desk.twin.has_property("contacts", name) for name in ("plan", "colour"))


@pytest.mark.fact("POST /crm/properties/{kind}/groups")
def test_a_group_is_made_changed_and_read(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide"""
    made = desk.call("POST", f"{ROOT}/groups", {"name": "ours", "label": "Ours", "displayOrder": 2})
    again = desk.call("POST", f"{ROOT}/groups", {"name": "ours", "label": "Ours"})
    desk.call("PATCH", f"{ROOT}/groups/ours", {"label": "All ours", "name": "theirs"})

    group = desk.call("GET", f"{ROOT}/groups/ours").json()
    assert (made.status, again.status) == (201, 409)
    assert group == {"name": "ours", "label": "All ours", "displayOrder": 2, "archived": False}
    assert make(desk, groupName="ours").status == 201


@pytest.mark.fact("DELETE /crm/properties/{kind}/groups/{name}")
def test_a_group_with_properties_stays_and_the_refusal_is_nested(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: the body stands in ``message``."""
    desk.call("POST", f"{ROOT}/groups", {"name": "ours", "label": "Ours"})
    make(desk, groupName="ours")

    refused = desk.call("DELETE", f"{ROOT}/groups/ours")
    desk.call("DELETE", f"{ROOT}/plan")
    gone = desk.call("DELETE", f"{ROOT}/groups/ours")

    inner = json.loads(refused.json()["message"])
    assert (refused.status, "category" in refused.json()) == (400, False)
    assert inner["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    assert gone.status == 204
    names = [one["name"] for one in desk.call("GET", f"{ROOT}/groups").json()["results"]]
    assert "ours" not in names
    assert desk.call("GET", f"{ROOT}/groups/ours").status == 404


@pytest.mark.fact("POST /crm/properties/{kind}")
def test_a_restored_property_needs_a_group_that_is_still_there(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: "group does not exist"."""
    desk.call("POST", f"{ROOT}/groups", {"name": "ours", "label": "Ours"})
    make(desk, groupName="ours")
    desk.call("DELETE", f"{ROOT}/plan")
    desk.call("DELETE", f"{ROOT}/groups/ours")

    assert make(desk, groupName="ours").status == 400
    assert make(desk).status == 201
