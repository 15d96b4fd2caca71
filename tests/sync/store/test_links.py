from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.records import Ref
from mappings.lifecycle import Standing
from sync.model import Base, Link
from sync.store import LinkClash, Store

ADA = Ref("hubspot", "contact", "501")
BOB = Ref("hubspot", "contact", "502")
LEAD = Ref("salesforce", "lead", "00Q000000000001AAA")
CONTACT = Ref("salesforce", "contact", "003000000000001AAA")


def person(hubspot: Ref | None = None, salesforce: Ref | None = None, **more: object) -> Link:
    return replace(Link(None, "person", hubspot, salesforce), **more)  # type: ignore[arg-type]


def keep(store: Store, *links: Link) -> list[Link]:
    return store.remember([(link, Base(), None, None) for link in links])


def test_a_link_is_found_by_either_side(store: Store, now: datetime) -> None:
    [link] = keep(store, person(ADA, LEAD, hubspot_modified_at=now, how="email"))

    assert link == Link(1, "person", ADA, LEAD, now, None, "email")
    assert store.links("person", [ADA, LEAD, BOB]) == {ADA: link, LEAD: link}
    assert store.link(1) == link
    assert store.link(2) is None


def test_a_pair_holds_its_own_links(store: Store) -> None:
    [link] = keep(store, person(ADA, LEAD))
    [other] = store.remember([(Link(None, "subscriber", ADA, LEAD), Base(), None, None)])

    assert store.links("person", [ADA]) == {ADA: link}
    assert store.links("subscriber", [ADA]) == {ADA: other}
    assert store.count_links("person") == (1, 1)


def test_many_links_are_asked_for_at_once(store: Store) -> None:
    refs = [Ref("hubspot", "contact", str(number)) for number in range(1_203)]
    kept = keep(store, *(person(ref) for ref in refs))

    assert store.links("person", refs) == dict(zip(refs, kept, strict=True))
    assert store.count_links("person") == (1_203, 0)
    assert [link.id for link in store.links_after("person", 1_200, 10)] == [1_201, 1_202, 1_203]


def test_two_lone_records_become_one_link(store: Store, now: datetime) -> None:
    hubspot, salesforce = keep(
        store, person(ADA, hubspot_modified_at=now), person(None, LEAD, salesforce_modified_at=now)
    )

    [joined] = keep(store, person(ADA, LEAD, how="email"))

    assert joined == Link(hubspot.id, "person", ADA, LEAD, now, now, "email")
    assert store.links("person", [ADA, LEAD]) == {ADA: joined, LEAD: joined}
    assert store.link(salesforce.id or 0) is None
    assert store.count_links("person") == (1, 1)


def test_the_standing_of_a_lone_record_goes_over_to_the_joined_link(store: Store, now: datetime) -> None:
    standing = Standing("working", now)
    [lead, *_] = store.remember(
        [(person(None, LEAD), Base(), standing, None), (person(ADA), Base(joined=("old",)), None, None)]
    )

    [joined] = store.remember([(person(ADA, LEAD, id=2), Base(joined=("new",)), None, None)])

    assert joined.id == 2
    assert store.standings([1, 2]) == {2: standing}
    assert store.bases([1, 2]) == {2: Base(joined=("new",))}
    assert store.link(lead.id or 0) is None


def test_links_join_within_one_batch_too(store: Store) -> None:
    links = keep(store, person(ADA), person(None, LEAD), person(ADA, LEAD))

    assert {link.id for link in links} == {1}
    assert store.links("person", [ADA, LEAD]) == {ADA: links[2], LEAD: links[2]}


def test_a_converted_leads_link_moves_to_the_contact_that_was_seen_alone(store: Store) -> None:
    [link, _] = keep(store, person(ADA, LEAD), person(None, CONTACT))

    [moved] = keep(store, replace(link, salesforce=CONTACT))

    assert moved == Link(1, "person", ADA, CONTACT)
    assert store.links("person", [ADA, CONTACT, LEAD]) == {ADA: moved, CONTACT: moved}


def test_links_may_pass_a_record_on_within_one_batch(store: Store) -> None:
    ada, bob = keep(store, person(ADA, LEAD), person(BOB))

    kept = keep(
        store, replace(bob, how="key"), replace(ada, salesforce=CONTACT), replace(bob, salesforce=LEAD)
    )

    assert store.links("person", [ADA, BOB]) == {ADA: kept[1], BOB: kept[2]}
    assert (kept[1].salesforce, kept[2].salesforce) == (CONTACT, LEAD)


def test_who_let_a_record_go_may_be_written_after_who_took_it(store: Store) -> None:
    ada, bob = keep(store, person(ADA, LEAD), person(BOB))
    moved = replace(ada, salesforce=CONTACT)

    kept = keep(store, moved, replace(bob, salesforce=LEAD), replace(moved, how="key"))

    assert store.links("person", [LEAD, CONTACT]) == {LEAD: kept[1], CONTACT: kept[2]}


def test_a_record_of_another_link_is_a_clash_that_names_both_and_writes_nothing(store: Store) -> None:
    [link] = keep(store, person(ADA, LEAD))

    with pytest.raises(LinkClash, match=f"{BOB} = {LEAD} is wanted, {ADA} = {LEAD} stands") as clash:
        keep(store, person(Ref("hubspot", "contact", "503")), person(BOB, LEAD))

    assert clash.value.clashes == ((person(BOB, LEAD), link),)
    assert store.count_links("person") == (1, 1)


def test_every_clash_of_a_batch_is_named_at_once(store: Store) -> None:
    keep(store, person(ADA, LEAD), person(BOB, CONTACT))

    with pytest.raises(LinkClash) as clash:
        keep(store, person(ADA, CONTACT), person(BOB, LEAD))

    assert [wanted for wanted, _ in clash.value.clashes] == [person(ADA, CONTACT), person(BOB, LEAD)]


def test_a_link_that_names_no_number_takes_nothing_away(store: Store, now: datetime) -> None:
    [link] = keep(store, person(ADA, LEAD, salesforce_modified_at=now, how="email"))

    [again] = keep(store, person(ADA, hubspot_modified_at=now))

    assert again == replace(link, hubspot_modified_at=now)


def test_a_link_that_names_its_number_may_let_a_record_go(store: Store) -> None:
    [link] = keep(store, person(ADA, LEAD))

    keep(store, replace(link, salesforce=None))

    assert store.links("person", [LEAD]) == {}


def test_a_number_that_was_joined_into_another_leads_to_it(store: Store) -> None:
    [_, stale] = keep(store, person(ADA), person(None, LEAD))
    keep(store, person(ADA, LEAD))

    [link] = keep(store, replace(stale, how="key"))

    assert link == Link(1, "person", ADA, LEAD, how="key")


def test_a_link_without_any_record_is_our_bug(store: Store) -> None:
    with pytest.raises(ValueError, match="must hold a record"):
        keep(store, person())


def test_a_record_is_known_in_the_state_it_was_last_looked_at(store: Store, now: datetime) -> None:
    keep(store, person(ADA, LEAD, hubspot_modified_at=now), person(BOB))

    assert store.seen("person", [ADA, LEAD, BOB]) == {ADA: now}


def test_looking_moves_a_stamp_forward_only(store: Store, now: datetime) -> None:
    later = now + timedelta(microseconds=1)
    keep(store, person(ADA, LEAD, hubspot_modified_at=now))

    store.look("person", [(ADA, later), (LEAD, later), (BOB, later)])
    store.look("person", [(ADA, now), (LEAD, now)])

    assert store.seen("person", [ADA, LEAD, BOB]) == {ADA: later, LEAD: later}


def test_the_longest_due_link_wakes_first(store: Store, now: datetime) -> None:
    hour = timedelta(hours=1)
    wakes = {ADA: now - hour, BOB: now - 2 * hour, Ref("hubspot", "contact", "503"): now + hour}
    store.remember([(person(ref), Base(), None, at) for ref, at in wakes.items()])

    assert [link.hubspot for link in store.waking(now, 10)] == [BOB, ADA]
    assert [link.hubspot for link in store.waking(now, 1)] == [BOB]

    store.remember([(person(BOB), Base(), None, None)])
    assert [link.hubspot for link in store.waking(now, 10)] == [ADA]
