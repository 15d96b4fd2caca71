"""A person asks to be forgotten: nothing in the state folder names them, and they are left alone until lifted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.records import Ref, Write
from sync.model import Plan, Put
from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import SAM, Town, town

ADA = "ada.lind@nordwind.example"
SECOND = "ada.private@mail.example"
BEN = "ben.berg@ostwind.example"
WORDS = (ADA, SECOND, "+46 8 555 77 11", "+46855577 11", "Lindqvist", "Head of Wind")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """Ada and Ben are in Sam's hands; Ada was converted into a Contact with a business, and has two addresses."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        for email, name, company in ((ADA, "Lindqvist", "Nordwind AB"), (BEN, "Berg", "Ostwind AB")):
            told = {"lastname": name, "country": "Sweden", "company": company, "phone": "+46 8 555 77 11"}
            owned = {**told, "hubspot_owner_id": made.owner(SAM)}
            made.world.hubspot.submit_form(email, "Request a call", owned, made.clock.now())
        made.settle()
        made.market(ADA, jobtitle="Head of Wind", hs_additional_emails=SECOND)
        made.settle()
        made.world.salesforce.convert_lead(
            str(made.sales("Lead", ADA)["Id"]), made.user(SAM), made.clock.now(), "Windmills"
        )
        made.settle()
        made.settle()
        made.settle()
        yield made


def _erase(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch, *more: str, email: str = ADA
) -> Ended:
    here.stop()
    monkeypatch.setattr("sys.stdin", io.StringIO(email + "\n"))
    return leadbridge("erase", "-", "--json", *more, settings=here.settings())


def _ids(here: Town) -> list[str]:
    leads = [row for row in here.world.salesforce.records("Lead") if row["Email"] == ADA]
    contacts = [row for row in here.world.salesforce.records("Contact") if row["Email"] == ADA]
    return [str(row["Id"])[:15] for row in (*leads, *contacts)] + [
        f"hubspot:contact:{here.contact(ADA)['hs_object_id']}"
    ]


def _hits(here: Town, words: list[str]) -> list[tuple[str, str]]:
    return [
        (path.name, word)
        for path in here.state.rglob("*")
        if path.is_file()
        for word in words
        if word.lower().encode() in path.read_bytes().lower()
    ]


@pytest.mark.goal("G-S2")
@pytest.mark.invariant("I19")
def test_after_an_erasure_no_byte_of_the_state_folder_names_the_person(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [*WORDS, *_ids(here)]
    assert {word for _, word in _hits(here, known)} >= {ADA, "Head of Wind", *_ids(here)}

    ended = _erase(here, leadbridge, monkeypatch)

    assert (ended.code, ended.json["left"]) == (0, [])
    assert ended.json["records"] == 3
    assert ended.json["links"] >= 1
    others = [word for word in known if word != "+46 8 555 77 11"]
    assert _hits(here, others) == []
    assert _hits(here, [BEN]) != []


@pytest.mark.goal("G-S2")
@pytest.mark.invariant("I19")
def test_the_chain_still_verifies_after_an_erasure(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    _erase(here, leadbridge, monkeypatch)

    ended = leadbridge("state", "verify", "--json", settings=here.settings())

    assert (ended.code, ended.json["findings"]) == (0, [])


@pytest.mark.invariant("I19")
def test_who_was_erased_is_never_taken_in_again_by_either_side(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [ADA, SECOND, *_ids(here)]
    _erase(here, leadbridge, monkeypatch)
    before = len(here.written())

    here.run()
    here.market(ADA, jobtitle="Chief of Wind", phone="+46 8 111 11 11")
    here.sell(here.sales("Contact", ADA), "Contact", Phone="+46 8 222 22 22")
    here.world.hubspot.submit_form(SECOND, "Request a demo", {"country": "Sweden"}, here.clock.now())
    here.settle()
    here.settle()

    assert here.written()[before:] == []
    here.stop()
    assert _hits(here, known) == []


@pytest.mark.invariant("I19")
def test_everybody_else_is_bridged_as_before(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    _erase(here, leadbridge, monkeypatch)

    here.run()
    here.market(BEN, jobtitle="Captain")
    here.settle()

    assert here.sales("Lead", BEN)["Title"] == "Captain"


@pytest.mark.fault("F51")
def test_what_was_queued_for_the_person_is_never_sent(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = Ref("hubspot", "contact", here.contact(ADA)["hs_object_id"])
    person = here.sales("Contact", ADA)
    queued = Write("q1", "salesforce", "contact", "update", {"Title": "Queued"}, str(person["Id"]))
    here.bridge.store.record(
        1, [Plan(contact, "person", (), (Put(queued),))], here.clock.now(), observed=False
    )

    ended = _erase(here, leadbridge, monkeypatch)
    here.run()
    here.settle()

    assert ended.json["writes"] == 1
    assert here.bridge.store.unsettled() == []
    assert here.sales("Contact", ADA)["Title"] != "Queued"


@pytest.mark.goal("G-S2")
def test_a_lifted_person_is_bridged_again(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    _erase(here, leadbridge, monkeypatch)

    ended = _erase(here, leadbridge, monkeypatch, "--lift")
    here.run()
    here.settle()
    here.settle()
    here.market(ADA, jobtitle="Chief of Wind")
    here.settle()

    assert (ended.code, ended.json) == (0, {"lifted": True, "found": 1})
    assert here.sales("Contact", ADA)["Title"] == "Chief of Wind"


@pytest.mark.goal("G-S2")
@pytest.mark.invariant("I19")
def test_in_a_store_that_is_built_anew_the_person_stays_erased(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    _erase(here, leadbridge, monkeypatch)

    ended = leadbridge("state", "rebuild", "--anyway", settings=here.settings())
    here.run()
    here.market(ADA, jobtitle="Chief of Wind")
    here.settle()

    assert ended.code == 0
    assert here.sales("Contact", ADA)["Title"] == "Head of Wind"


def test_a_copy_that_still_names_the_person_is_pointed_out(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    leadbridge("state", "backup", str(here.state / "old.db"), settings=here.settings())

    ended = _erase(here, leadbridge, monkeypatch)

    assert (ended.code, ended.json["left"]) == (4, [str(here.state / "old.db")])


@pytest.mark.parametrize("said", ["", "nobody", "two words@x"])
def test_what_is_no_address_is_refused(
    here: Town, leadbridge: Leadbridge, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    ended = _erase(here, leadbridge, monkeypatch, email=said)

    told = "There is no e-mail address on standard input: echo ADDRESS | leadbridge erase -"
    assert (ended.code, ended.json) == (2, {"errors": [told], "exit": 2})
    assert told in ended.err


def test_an_address_on_the_command_line_is_refused(here: Town, leadbridge: Leadbridge) -> None:
    ended = leadbridge("erase", ADA, settings=here.settings())

    assert ended.code == 2
    assert ADA not in ended.err
