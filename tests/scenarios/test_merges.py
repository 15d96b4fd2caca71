"""Two records become one on either side: the link follows the survivor, and nobody is doubled, lost or guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.records import Ref
from sync.model import Link
from tests.scenarios.test_deletes import ADA, ask_for_a_call, codes, comes_to_rest, contacts, leads, lift
from tests.scenarios.town import MIA, SAM, Town, town

BEN = "ben.okafor@nordwind.example"
CEM = "cem.kaya@nordwind.example"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """An empty town whose bridge writes."""
    with town(tmp_path, in_process=True) as made:
        made.run()
        made.settle()
        yield made


def hand_over(here: Town, *emails: str) -> None:
    for email in emails:
        ask_for_a_call(here, email)
    here.settle()


def merge_contacts(here: Town, primary: str, other: str) -> str:
    return here.world.hubspot.merge("contacts", primary, other, MIA, here.clock.now())


def merge_leads(here: Town, winner: str, *losers: str) -> None:
    here.world.salesforce.merge("Lead", winner, losers, here.user(SAM), here.clock.now())


def id_of(here: Town, email: str) -> str:
    return here.contact(email)["hs_object_id"]


def lead_of(here: Town, email: str) -> str:
    return str(here.sales("Lead", email)["Id"])


def link_of(here: Town, contact: str) -> Link | None:
    ref = Ref("hubspot", "contact", contact)
    return here.bridge.store.links("person", [ref]).get(ref)


def linked_lead(here: Town, contact: str) -> str | None:
    link = link_of(here, contact)
    return link.salesforce.id if link and link.salesforce else None


def in_hubspot(here: Town, email: str, **more: str) -> str:
    """A marketer enters somebody who asks for nothing."""
    told = {"email": email, "lastname": "Lind", **more}
    return here.world.hubspot.create("contacts", told, MIA, here.clock.now())


@pytest.mark.goal("G-I5")
@pytest.mark.fault("F23")
@pytest.mark.parametrize("makes_new", [True, False])
@pytest.mark.parametrize("id_is_found", [True, False])
@pytest.mark.parametrize("linked_is_primary", [True, False])
def test_a_merged_contact_keeps_its_lead(
    here: Town, makes_new: bool, id_is_found: bool, linked_is_primary: bool
) -> None:
    here.world.hubspot.flip(merge_makes_new_record=makes_new, merged_id_is_found=id_is_found)
    hand_over(here, ADA)
    lead, ada, twin = lead_of(here, ADA), id_of(here, ADA), in_hubspot(here, "a.lind@nordwind.example")
    here.settle()

    left = merge_contacts(here, *((ada, twin) if linked_is_primary else (twin, ada)))
    comes_to_rest(here)

    # the address of the primary one stays: if that is not the Lead's, a person decides
    expected = [] if linked_is_primary else ["person.email"]
    assert [problem.field for problem in here.problems()] == expected
    assert (len(leads(here)), len(contacts(here))) == (1, 1)
    assert linked_lead(here, left) == lead
    assert leads(here)[0]["Leadbridge_HubSpot_Id__c"] == left
    assert contacts(here)[0]["leadbridge_stage"] == "handed_over"
    here.sell(leads(here)[0], Title="Still one")
    here.settle()
    assert contacts(here)[0]["jobtitle"] == "Still one"


@pytest.mark.goal("G-I5")
@pytest.mark.fault("F12")
@pytest.mark.fault("F23")
@pytest.mark.parametrize("primary", [ADA, BEN])
@pytest.mark.parametrize("away", ["hubspot", "salesforce"])
def test_both_name_each_other_after_a_merge_although_one_vendor_was_away_when_their_keys_were_rewritten(
    here: Town, primary: str, away: str
) -> None:
    hand_over(here, ADA, BEN)
    ids = {email: id_of(here, email) for email in (ADA, BEN)}
    bens = here.sales("Lead", BEN)
    left = merge_contacts(here, ids.pop(primary), *ids.values())
    here.sell(bens, Title="Of him the bridge looks at the link first")
    where = {"path": "/batch/update"} if away == "hubspot" else {"says": '"PATCH"'}
    here.world.faults.rate("bad_gateway", 1.0, side=away, **where)
    here.settle()
    here.world.faults.clear()
    comes_to_rest(here, after=6)

    [contact] = contacts(here)
    lead = linked_lead(here, left)
    assert contact["leadbridge_key"] == lead
    assert [one["Id"] for one in leads(here) if one["Leadbridge_HubSpot_Id__c"] == left] == [lead]
    assert "several_candidates" in codes(here)


@pytest.mark.goal("G-I5")
@pytest.mark.fault("F24")
def test_whom_a_merge_left_over_is_told_by_a_new_store_when_the_other_one_is_deleted_and_linked_once_it_is_lifted(
    here: Town,
) -> None:
    hand_over(here, ADA, BEN)
    left = merge_contacts(here, id_of(here, ADA), id_of(here, BEN))
    here.forget()
    here.run()
    comes_to_rest(here, after=6)
    linked = str(linked_lead(here, left))
    here.world.salesforce.delete("Lead", linked, here.user(SAM), here.clock.now())
    comes_to_rest(here)
    [left_over] = leads(here)
    here.sell(left_over, Title="Who is this?")
    comes_to_rest(here)

    assert "several_candidates" in codes(here)
    assert any(f"state lift salesforce:lead:{linked}" in one.remedy for one in here.problems())
    lift(here, f"salesforce:lead:{linked}")
    comes_to_rest(here)
    assert linked_lead(here, left) == left_over["Id"]
    assert contacts(here)[0]["jobtitle"] == "Who is this?"


@pytest.mark.goal("G-I5")
@pytest.mark.fault("F23")
def test_a_merged_lead_leads_to_its_winner_and_is_not_made_again(here: Town) -> None:
    hand_over(here, ADA)
    ada, loser = id_of(here, ADA), lead_of(here, ADA)
    told = {"LastName": "Lind", "Company": "Nordwind", "Email": "a.lind@nordwind.example"}
    winner = here.world.salesforce.create("Lead", told, here.user(SAM), here.clock.now())
    here.settle()

    merge_leads(here, winner, loser)
    comes_to_rest(here)

    assert (len(leads(here)), linked_lead(here, ada)) == (1, winner)
    assert leads(here)[0]["Leadbridge_HubSpot_Id__c"] == ada
    assert contacts(here)[0]["leadbridge_key"] == winner
    link = link_of(here, ada)
    assert link is not None
    assert link.how == "merged"


@pytest.mark.goal("G-I5")
def test_a_chain_of_three_merges_is_followed_to_its_end_even_if_seen_at_once(here: Town) -> None:
    hand_over(here, ADA)
    ada, first = id_of(here, ADA), lead_of(here, ADA)
    others = [
        here.world.salesforce.create(
            "Lead", {"LastName": "Lind", "Company": "Nordwind"}, here.user(SAM), here.clock.now()
        )
        for _ in range(2)
    ]
    here.settle()
    merge_leads(here, others[0], first)
    merge_leads(here, others[1], others[0])
    contacts_ = [in_hubspot(here, f"a{place}@nordwind.example") for place in range(2)]
    left = merge_contacts(here, contacts_[0], ada)
    left = merge_contacts(here, contacts_[1], left)
    comes_to_rest(here)

    assert (len(leads(here)), len(contacts(here))) == (1, 1)
    assert linked_lead(here, left) == others[1]
    assert codes(here) in ([], ["conflict"])


@pytest.mark.goal("G-I5")
def test_two_linked_contacts_that_merge_leave_an_orphan_for_a_person_and_no_guess(here: Town) -> None:
    hand_over(here, ADA, BEN)
    ada, ben = id_of(here, ADA), id_of(here, BEN)
    kept, orphan = lead_of(here, ADA), lead_of(here, BEN)

    left = merge_contacts(here, ada, ben)
    comes_to_rest(here)

    assert linked_lead(here, left) == kept
    [problem] = here.problems()
    assert problem.code == "several_candidates"
    assert f"salesforce:lead:{orphan}" in problem.text
    assert f"salesforce:lead:{kept}" in problem.remedy

    merge_leads(here, kept, orphan)
    comes_to_rest(here)
    assert (codes(here), linked_lead(here, left), len(leads(here))) == ([], kept, 1)


@pytest.mark.goal("G-I5")
@pytest.mark.invariant("I7")
@pytest.mark.parametrize("id_is_found", [True, False])
def test_two_linked_contacts_that_merge_while_the_store_is_lost_leave_the_same_orphan(
    here: Town, id_is_found: bool
) -> None:
    here.world.hubspot.flip(merged_id_is_found=id_is_found)
    hand_over(here, ADA, BEN)
    kept, orphan = lead_of(here, ADA), lead_of(here, BEN)
    here.forget()
    left = merge_contacts(here, id_of(here, ADA), id_of(here, BEN))
    here.run()
    comes_to_rest(here)

    assert linked_lead(here, left) == kept
    assert here.sales("Lead", ADA)["Leadbridge_HubSpot_Id__c"] == left
    [problem] = here.problems()
    assert (problem.code, str(problem.subject)) == ("several_candidates", f"salesforce:lead:{orphan}")
    assert f"salesforce:lead:{kept}" in problem.text

    merge_leads(here, kept, orphan)
    comes_to_rest(here)
    assert (codes(here), linked_lead(here, left), len(leads(here))) == ([], kept, 1)


@pytest.mark.goal("G-I5")
@pytest.mark.fault("F23", "F40")
def test_a_contact_that_took_in_a_linked_one_while_the_store_was_lost_keeps_its_lead(here: Town) -> None:
    hand_over(here, ADA)
    lead, ada = lead_of(here, ADA), id_of(here, ADA)
    here.forget()
    left = merge_contacts(here, in_hubspot(here, BEN), ada)
    here.world.hubspot.update("contacts", left, {"leadbridge_key": ""}, MIA, here.clock.now())
    ask_for_a_call(here, BEN)
    here.run()
    comes_to_rest(here)

    assert (linked_lead(here, left), len(leads(here)), codes(here)) == (lead, 1, ["conflict"])


@pytest.mark.goal("G-I5")
def test_two_linked_leads_that_merge_leave_an_orphan_for_a_person_and_no_guess(here: Town) -> None:
    hand_over(here, ADA, BEN)
    ada, ben = id_of(here, ADA), id_of(here, BEN)
    kept, loser = lead_of(here, ADA), lead_of(here, BEN)

    merge_leads(here, kept, loser)
    ask_for_a_call(here, BEN)
    comes_to_rest(here)

    assert (linked_lead(here, ada), len(leads(here))) == (kept, 1)
    assert codes(here) == ["several_candidates"]

    left = merge_contacts(here, ada, ben)
    comes_to_rest(here)
    assert (codes(here), linked_lead(here, left), len(leads(here))) == ([], kept, 1)


@pytest.mark.goal("G-I5")
@pytest.mark.invariant("I7")
def test_a_lead_that_lost_its_contact_and_took_in_another_lead_names_the_contact_it_is_linked_to(
    here: Town,
) -> None:
    hand_over(here, ADA, BEN, CEM)
    orphan, loser, cem = lead_of(here, BEN), lead_of(here, CEM), id_of(here, CEM)
    left = merge_contacts(here, id_of(here, ADA), id_of(here, BEN))
    comes_to_rest(here)
    here.forget()
    here.run()
    comes_to_rest(here)

    merge_leads(here, orphan, loser)
    comes_to_rest(here)

    assert linked_lead(here, cem) == orphan
    assert {row["Id"]: row["Leadbridge_HubSpot_Id__c"] for row in leads(here)} == {
        orphan: cem,
        linked_lead(here, left): left,
    }


@pytest.mark.goal("G-I5")
@pytest.mark.invariant("I7")
@pytest.mark.parametrize("at_once", [True, False])
def test_a_contact_that_was_merged_after_its_lead_was_deleted_rests_under_the_survivors_name(
    here: Town, at_once: bool
) -> None:
    hand_over(here, ADA)
    ada, lead, twin = id_of(here, ADA), lead_of(here, ADA), in_hubspot(here, "a.lind@nordwind.example")
    here.settle()
    here.world.salesforce.delete("Lead", lead, here.user(SAM), here.clock.now())
    if not at_once:
        comes_to_rest(here)

    left = merge_contacts(here, twin, ada)
    comes_to_rest(here)

    assert (linked_lead(here, left), len(leads(here))) == (lead, 0)
    assert left == ada or linked_lead(here, ada) is None

    here.world.salesforce.undelete("Lead", lead, here.user(SAM), here.clock.now())
    comes_to_rest(here)
    here.sell(leads(here)[0], Title="Still one")
    comes_to_rest(here)
    assert (linked_lead(here, left), contacts(here)[0]["jobtitle"]) == (lead, "Still one")


@pytest.mark.goal("G-I5")
@pytest.mark.invariant("I7")
def test_of_two_who_became_one_on_both_sides_one_link_is_left(here: Town) -> None:
    hand_over(here, ADA, BEN)
    ada, ben = id_of(here, ADA), id_of(here, BEN)
    merge_leads(here, lead_of(here, ADA), lead_of(here, BEN))
    comes_to_rest(here)

    merge_contacts(here, ada, ben)
    comes_to_rest(here)

    assert (linked_lead(here, ada), linked_lead(here, ben)) == (None, None)


@pytest.mark.goal("G-I5")
def test_merges_on_both_sides_in_opposite_directions_meet(here: Town) -> None:
    hand_over(here, ADA, BEN)
    ada, ben = id_of(here, ADA), id_of(here, BEN)
    of_ada, of_ben = lead_of(here, ADA), lead_of(here, BEN)
    here.world.hubspot.flip(merge_makes_new_record=False)

    merge_contacts(here, ada, ben)
    merge_leads(here, of_ben, of_ada)
    comes_to_rest(here)

    assert (linked_lead(here, ada), len(leads(here))) == (of_ben, 1)
    assert contacts(here)[0]["leadbridge_key"] == of_ben
    assert set(codes(here)) <= {"conflict"}


@pytest.mark.goal("G-I5")
def test_a_lost_store_finds_the_survivor_of_a_merge(here: Town) -> None:
    hand_over(here, ADA)
    ada, loser = id_of(here, ADA), lead_of(here, ADA)
    here.stop()
    winner = here.world.salesforce.create(
        "Lead", {"LastName": "Lind", "Company": "Nordwind"}, here.user(SAM), here.clock.now()
    )
    merge_leads(here, winner, loser)
    here.forget()
    here.run()
    ask_for_a_call(here, ADA)
    comes_to_rest(here)

    assert (len(leads(here)), linked_lead(here, ada)) == (1, winner)


@pytest.mark.goal("G-I4")
def test_a_lead_that_became_a_contact_that_was_merged_is_followed_to_the_end(here: Town) -> None:
    hand_over(here, ADA)
    ada, lead = id_of(here, ADA), lead_of(here, ADA)
    seller, now = here.user(SAM), here.clock.now()
    account, contact, _ = here.world.salesforce.convert_lead(lead, seller, now, opportunity_name="First")
    winner = here.world.salesforce.create("Contact", {"LastName": "Lind", "AccountId": account}, seller, now)
    here.world.salesforce.merge("Contact", winner, [contact], seller, here.clock.now())
    comes_to_rest(here)

    link = link_of(here, ada)
    assert link is not None
    assert link.salesforce == Ref("salesforce", "contact", winner)
    assert link.how == "lead was converted"
    assert here.contact(ADA)["leadbridge_outcome"] == "open"


@pytest.mark.goal("G-I5")
@pytest.mark.invariant("I6")
@pytest.mark.parametrize("makes_new", [True, False])
def test_what_a_marketer_was_told_of_a_contact_that_day_is_not_told_again_once_another_is_merged_into_it(
    here: Town, makes_new: bool
) -> None:
    here.world.hubspot.flip(merge_makes_new_record=makes_new)
    hand_over(here, ADA)
    twin = in_hubspot(here, CEM)
    here.settle()
    here.market(CEM, leadbridge_stage="won")
    comes_to_rest(here)
    assert len(notes(here)) == 1
    merge_contacts(here, twin, id_of(here, ADA))
    comes_to_rest(here)

    here.market(CEM, leadbridge_stage="won")
    comes_to_rest(here)

    assert here.contact(CEM)["leadbridge_stage"] == "handed_over"
    assert len(notes(here)) == 1


def notes(here: Town) -> list[str]:
    """What the bridge wrote to marketers about stages."""
    return [one["hs_note_body"] for one in here.world.hubspot.records("notes")]
