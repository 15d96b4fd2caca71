"""What may be wrong with a record, its owner or its fields: the rest of it travels, its neighbours too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.struck import ADA, Struck, struck
from tests.scenarios.town import MIA, SAM, SARA

pytestmark = pytest.mark.usefixtures("discreet")
BEN = "ben.okafor@sydvind.example"
POISON = {
    "nul": "a\0b",
    "right to left": "\u202egnp.exe",
    "zero width": "An\u200bna\ufeff",
    "emoji": "👩‍🚀" * 20,
    "four bytes": "𝔄𝔡𝔞 𠜎",
    "not available": "#N/A",
    "formula": '=HYPERLINK("http://x","y")',
    "plus": "+1+1",
    "at": "@SUM(A1)",
    "quotes": 'a,"b"";\n c\r\nd',
    "soql": "' OR Name LIKE '%",
    "path": "../../../services/data?x=1#",
    "markup": "<script>alert(1)</script>",
}


@pytest.fixture
def here(tmp_path: Path):
    """A town of one's own, because its systems are changed."""
    with struck(tmp_path) as made:
        yield made


# ── owners ───────────────────────────────────────────────────────────────────


@pytest.mark.fault("F26")
@pytest.mark.parametrize("who", ["a stranger to HubSpot", "archived in HubSpot", "inactive in Salesforce"])
def test_an_owner_whom_the_other_side_does_not_know_holds_only_the_owner(here: Struck, who: str) -> None:
    if who == "a stranger to HubSpot":
        owner = here.world.salesforce.add_user("Nora", "New", "nora.new@example.com")
    else:
        owner = here.user(SARA)
    if who == "archived in HubSpot":
        here.world.hubspot.deactivate_owner(SARA)
    here.sell(here.lead, OwnerId=owner)
    if who == "inactive in Salesforce":
        here.world.salesforce.deactivate(owner, here.clock.now())
    after = here.edit()
    here.live(3)

    assert here.title_arrived
    assert here.phone_arrived
    assert here.lead["OwnerId"] == owner
    owners = [(one.kind, one.new) for one in here.written(after) if one.field == "OwnerId"]
    assert owners == ([] if who == "inactive in Salesforce" else [("Task", owner)])
    if who != "inactive in Salesforce":
        assert here.contact(ADA)["hubspot_owner_id"] == here.owner(SAM)


# ── fields and choices that go ───────────────────────────────────────────────


@pytest.mark.fault("F27")
def test_a_choice_that_was_taken_off_the_list_holds_only_its_field(here: Struck) -> None:
    lead = here.world.salesforce.org.kinds["Lead"]
    lead.add([replace(lead.fields["Salutation"], restricted=True, choices=("Mr.", "Ms."))])
    here.market(ADA, salutation="Empress")
    after = here.edit()
    here.bridge.engine.run_pass()

    code = "field_refused"
    assert [(one.code, one.field) for one in here.problems()] == [(code, "Salutation")]
    here.market(ADA, salutation="Ms.")
    here.live(2)
    assert here.lead["Salutation"] == "Ms."
    here.assert_both_arrived_once(after)


@pytest.mark.fault("F28")
@pytest.mark.parametrize("right", ["read", "edit"])
def test_a_field_that_the_bridge_may_no_longer_see_or_edit_is_never_emptied_and_holds_nobody(
    here: Struck, right: str
) -> None:
    here.market(ADA, city="Lund")
    here.live(2)
    assert here.lead["City"] == "Lund"
    us = here.bridge.connectors["salesforce"].whoami()
    here.world.salesforce.restrict(str(us), "Lead", "City", **{right: False})
    here.market(ADA, city="Ystad")
    after = here.edit()
    here.live(4)

    assert here.lead["City"] == "Lund"
    assert here.contact(ADA)["city"] == "Ystad"
    here.assert_both_arrived_once(after)
    if right == "read":
        assert "City" in str(here.daemon.config_trouble)


# ── refusals ─────────────────────────────────────────────────────────────────


@pytest.mark.fault("F29")
def test_a_locked_row_waits_and_goes_through_once_it_is_free(ada: Struck) -> None:
    after = ada.edit()
    ada.world.salesforce.refuse_next(
        "Lead", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", times=7, id=str(ada.lead["Id"])
    )
    ada.live(5)

    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F30")
@pytest.mark.parametrize("action", ["block", "alert"])
def test_a_duplicate_rule_doubles_nobody_and_is_told_if_it_blocks(here: Struck, action: str) -> None:
    here.world.salesforce.add_duplicate_rule("Lead", action)  # type: ignore[arg-type]
    twin = {"LastName": "Lind", "Company": "Nordwind AB", "Email": "ada@home.example"}
    here.world.salesforce.create("Lead", twin, here.user(SAM), here.clock.now())
    after = here.edit()
    contact = here.contact(ADA)["hs_object_id"]
    changed = {"email": "ada@home.example"}
    here.world.hubspot.update("contacts", contact, changed, MIA, here.clock.now())
    here.live(3)

    assert here.world.hubspot.record("contacts", contact)["phone"].replace(" ", "") == here.phone.replace(
        " ", ""
    )
    assert [one.code for one in here.problems()] == (["write_refused"] if action == "block" else [])
    assert len(here.world.salesforce.records("Lead")) == 2
    assert {field: n for field, n in here.fields_written(after).items() if n > 1} == {}


@pytest.mark.fault("F30")
def test_an_address_that_another_contact_holds_waits_for_a_person_with_hubspots_word(here: Struck) -> None:
    here.world.hubspot.create("contacts", {"email": BEN, "lastname": "Okafor"}, MIA, here.clock.now())
    after = here.edit()
    here.sell(here.lead, Email=BEN)
    here.live(3)

    assert here.sales("Lead", BEN)["Title"] == here.title
    assert here.phone_arrived
    assert here.contact(ADA)["email"] == ADA
    assert len(here.world.hubspot.records("contacts")) == 2
    assert "email" in [one.field for one in here.problems()]
    assert {field: n for field, n in here.fields_written(after).items() if n > 1} == {}


@pytest.mark.fault("F30")
def test_a_validation_rule_holds_the_record_and_lets_it_go_once_it_is_met(here: Struck) -> None:
    here.world.salesforce.add_rule("Lead", "NoEngines", 'BEGINS(Title, "Head")', "No heads, please")
    here.market(ADA, jobtitle="Head of Engines")
    here.live(3)

    assert [one.code for one in here.problems()] == ["write_refused"]
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in here.problems()[0].text

    here.market(ADA, jobtitle="Chief")
    here.live(2)
    assert here.lead["Title"] == "Chief"
    here.assert_quiet()


# ── spelling ─────────────────────────────────────────────────────────────────


@pytest.mark.fault("F32")
@pytest.mark.parametrize(
    ("property_", "spelt", "field", "respelt"),
    [
        ("phone", "+46 8 123 456 78", "Phone", "0046 (8) 12345678"),
        ("email", ADA, "Email", ADA.upper()),
        ("jobtitle", "Buyer", "Title", "  Buyer "),
        ("address", "Wall 1\nBack", "Street", "Wall 1\r\nBack"),
        ("city", "Malm\u00f6", "City", "Malmo\u0308"),
        ("country", "Sweden", "Country", "SE"),
    ],
)
def test_another_spelling_of_the_same_value_is_written_by_nobody(
    ada: Struck, property_: str, spelt: str, field: str, respelt: str
) -> None:
    if property_ != "email":
        ada.market(ADA, **{property_: spelt})
    ada.live(3)
    before = len(ada.world.log)
    ada.sell(ada.sales("Lead", ADA), **{field: respelt})

    ada.live(4)

    assert ada.written(before) == []
    assert ada.problems() == []


# ── poison ───────────────────────────────────────────────────────────────────


@pytest.mark.fault("F44", "F45", "F46")
@pytest.mark.parametrize("name", POISON)
def test_whatever_stands_in_a_text_travels_byte_for_byte_or_is_held_and_no_neighbour_suffers(
    ada: Struck, name: str
) -> None:
    value = POISON[name]
    ada.clock.advance(7200)  # one field may be written only so often a day
    after = ada.edit()
    ada.market(ADA, city=value)
    ada.live(3)

    assert ada.title_arrived
    assert ada.phone_arrived
    told = [one for one in ada.problems() if "city" in str(one.field).lower()]
    if not told:
        assert ada.lead["City"].replace("\r\n", "\n").strip() == value.replace("\r\n", "\n").strip()
    assert {field: n for field, n in ada.fields_written(after).items() if n > 1} == {}

    ada.market(ADA, city=f"Lund {ada.edits}")
    ada.live(2)
    assert ada.lead["City"] == f"Lund {ada.edits}"
    ada.assert_quiet()


@pytest.mark.fault("F44")
def test_a_text_that_is_longer_than_the_other_side_takes_is_held_whole_and_said(ada: Struck) -> None:
    after = ada.edit()
    ada.market(ADA, firstname="A" * 32_000)
    ada.live(3)

    assert ada.lead["FirstName"] == "Ada"
    [problem] = ada.problems()
    assert "firstname" in str(problem.field)
    assert "40" in problem.text
    ada.assert_both_arrived_once(after)
    ada.market(ADA, firstname="Ada")
    ada.live(2)


@pytest.mark.fault("F46")
@pytest.mark.parametrize(
    "email", ["o'brien@nordwind.example", "a%_b@nordwind.example", "x+y&z=1@nordwind.example"]
)
def test_an_address_full_of_signs_finds_its_own_record_and_no_other(here: Struck, email: str) -> None:
    lead = {"LastName": "Sign", "Company": "Nordwind", "Email": email}
    id_ = here.world.salesforce.create("Lead", lead, here.user(SAM), here.clock.now())
    contact = here.world.hubspot.create(
        "contacts", {"email": email, "lastname": "Sign"}, MIA, here.clock.now()
    )
    here.live(3)

    assert here.world.hubspot.record("contacts", contact)["leadbridge_key"] == id_
    assert here.world.salesforce.record(id_)["Leadbridge_HubSpot_Id__c"] == contact


# ── addresses ────────────────────────────────────────────────────────────────


@pytest.mark.fault("F44")
@pytest.mark.fault("F46")
@pytest.mark.invariant("I14")
@pytest.mark.parametrize("name", ["leadbridge_key", "salesforceleadid", "salesforcecontactid"])
@pytest.mark.parametrize("typed", ["00Qhello", "003 or so", "00Q5g0000000001eaa", "00Q000000000099AAA"])
def test_an_id_of_salesforce_that_somebody_typed_and_that_is_none_stops_nobody(
    ada: Struck, name: str, typed: str
) -> None:
    ada.world.hubspot.submit_form(BEN, "Newsletter", {"firstname": "Ben"}, ada.clock.now())
    ada.live(1)
    ada.market(BEN, **{name: typed})
    ada.edit()
    ada.live(3)

    assert ada.title_arrived
    assert ada.phone_arrived
    assert not [one.text for one in ada.problems() if typed in one.text]


@pytest.mark.fault("F44")
@pytest.mark.invariant("I14")
@pytest.mark.parametrize("typed", ["9" * 20, "9223372036854775808", "٣", "hello"])
def test_an_id_of_hubspot_that_somebody_typed_and_that_is_none_stops_nobody(ada: Struck, typed: str) -> None:
    alone = {"LastName": "Okafor", "Company": "Sydvind", "Email": BEN, "Leadbridge_HubSpot_Id__c": typed}
    ada.world.salesforce.create("Lead", alone, ada.user(SAM), ada.clock.now())
    ada.edit()
    ada.live(3)

    assert ada.title_arrived
    assert ada.phone_arrived


@pytest.mark.fault("F47")
def test_an_address_that_went_to_another_person_joins_nobody_to_the_wrong_record(here: Struck) -> None:
    old = here.contact(ADA)["hs_object_id"]
    here.sell(here.lead, Email="ada@home.example")
    here.live(3)
    here.clock.advance(60)
    other = here.world.hubspot.create("contacts", {"email": ADA, "lastname": "Novak"}, MIA, here.clock.now())
    here.live(3)

    lead = here.sales("Lead", "ada@home.example")
    assert (lead["Leadbridge_HubSpot_Id__c"], lead["LastName"]) == (old, "Lind")
    assert here.world.hubspot.record("contacts", other)["lastname"] == "Novak"
    assert not here.world.hubspot.record("contacts", other).get("leadbridge_key")


@pytest.mark.fault("F47")
def test_records_without_an_address_are_never_joined_by_it(here: Struck) -> None:
    here.world.hubspot.create("contacts", {"lastname": "Nobody"}, MIA, here.clock.now())
    here.world.salesforce.create(
        "Lead", {"LastName": "Noone", "Company": "None"}, here.user(SAM), here.clock.now()
    )
    before = len(here.world.log)
    here.live(3)

    assert [
        one for one in here.written(before) if "key" in one.field.lower() or "HubSpot_Id" in one.field
    ] == []
    assert here.problems() == []


# ── vendors that change our values ───────────────────────────────────────────


@pytest.mark.fault("F31")
def test_an_automation_that_rewrites_our_value_is_not_fought(here: Struck) -> None:
    contact = here.contact(ADA)["hs_object_id"]
    here.sell(here.lead, Title="chief")
    for _ in range(8):
        here.live(1)
        if here.contact(ADA)["jobtitle"] == "chief":
            here.world.hubspot.automate("contacts", contact, {"jobtitle": "CHIEF"}, here.clock.now())
    before = len(here.world.log)
    here.live(4)

    ours = here.fields_written()
    assert ours["hubspot", contact, "jobtitle"] <= 2  # our write, and at most one more
    assert here.lead["Title"] == here.contact(ADA)["jobtitle"] == "CHIEF"  # then theirs is what both agree on
    assert here.written(before) == []
    assert here.problems() == []
