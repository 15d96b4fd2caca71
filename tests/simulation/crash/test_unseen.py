"""Who judges a life after its store was lost: what it finds, and what it lets pass because no bridge could do better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.erasure import erase, known_by
from sync.store import Store
from tests.scenarios.town import SAM, SARA
from tests.simulation.crash.place import Place, place, quick
from tests.simulation.crash.scenarios.registry import ADA, BEN, handed_over, lead, running
from tests.simulation.crash.unseen import overwritten, planned, said_by
from tests.simulation.seams import Killed
from twins.log import Commit
from twins.messages import Request
from twins.wire import Delivery


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """A town in which Ada is Sam's lead, as both systems show."""
    with quick(), place(tmp_path) as made:
        running(made)
        handed_over(made)
        yield made


def silent(here: Place, after: int) -> list[str]:
    """What the bridge wrote over after this commit, and its own ledger does not hold."""
    return list(overwritten(here.world, here.since(after), said_by(here.bridge.store)))


def as_ours(commit: Commit) -> Commit:
    """The same change, made by the bridge: a planted overwrite that no ledger knows."""
    return commit._replace(actor="daemon")


def last(here: Place, name: str) -> Commit:
    """The newest change of a field."""
    return next(one for one in reversed(here.world.log.writes()) if one.field == name)


@pytest.mark.fault("F40")
def test_an_owner_that_is_overwritten_stands_in_the_entry_of_the_write_as_hubspot_named_them(
    here: Place,
) -> None:
    here.forget()
    lost_at = len(here.world.log)
    here.sell(lead(here), OwnerId=here.user(SARA))

    here.open()
    here.rest()

    assert last(here, "hubspot_owner_id").old == here.owner(SAM)
    assert silent(here, lost_at) == []


def test_an_owner_that_is_overwritten_and_stands_nowhere_is_found(here: Place) -> None:
    before = len(here.world.log)
    here.sell(lead(here), OwnerId=here.user(SARA))
    here.rest()
    assert silent(here, before) == []

    here.forget()
    here.open()
    here.rest()

    assert silent(here, before) == [
        "contacts.hubspot_owner_id was overwritten, and the ledger does not hold what stood there"
    ]


def test_a_value_that_stood_in_another_field_does_not_speak_for_this_one(here: Place) -> None:
    here.sell(lead(here), OwnerId=here.user(SARA))
    here.rest()
    here.market(ADA, jobtitle=here.owner(SAM))
    here.market(ADA, jobtitle="Boss")
    planted = as_ours(last(here, "jobtitle"))

    assert planted.old == last(here, "hubspot_owner_id").old
    assert len(list(overwritten(here.world, [planted], said_by(here.bridge.store)))) == 1


def test_a_part_of_a_name_that_is_overwritten_is_found_and_the_name_that_salesforce_joins_is_no_second_loss(
    here: Place,
) -> None:
    here.sell(lead(here), FirstName="Adelheid")
    here.sell(lead(here), FirstName="Ada-Maria")
    planted = [as_ours(one) for one in here.world.log.writes()[-2:]]

    assert {one.field for one in planted} == {"FirstName", "Name"}
    assert list(overwritten(here.world, planted, said_by(here.bridge.store))) == [
        "Lead.FirstName was overwritten, and the ledger does not hold what stood there"
    ]


def test_what_a_write_under_way_replaces_stands_in_the_outbox_of_a_store_whose_process_died(
    here: Place,
) -> None:
    here.sell(lead(here), OwnerId=here.user(SARA))
    before, hubspot = len(here.world.log), here.world.wires["hubspot"]
    carry = hubspot.carry

    def carried(request: Request) -> Delivery:
        answer = carry(request)
        if here.since(before):
            raise Killed("its answer never came")
        return answer

    hubspot.carry = carried  # type: ignore[method-assign]
    here.clock.advance(60)
    with pytest.raises(Killed):
        here.daemon.settle()
    [written] = [one for one in here.since(before) if one.field == "hubspot_owner_id"]

    with Store.open(here.state, here.bridge.store.bridge) as lost:
        assert (written.old, list(overwritten(here.world, [written], said_by(lost)))) == (here.owner(SAM), [])


def test_the_ledger_need_not_hold_what_stood_with_who_was_erased_but_with_everybody_else(here: Place) -> None:
    handed_over(here, BEN, "Ben")
    before = len(here.world.log)
    for email in (ADA, BEN):
        here.sell(lead(here, email), OwnerId=here.user(SARA))
    here.rest()
    store, sides = here.bridge.store, here.bridge.connectors
    assert silent(here, before) == []

    erase(store, known_by(store, sides, ADA), here.clock.now())

    assert silent(here, before) == []
    here.forget()
    here.open()
    erase(here.bridge.store, known_by(here.bridge.store, sides, ADA), here.clock.now())
    here.rest()
    assert silent(here, before) == [
        "contacts.hubspot_owner_id was overwritten, and the ledger does not hold what stood there"
    ]


@pytest.mark.fault("F40")
def test_what_salesforce_refuses_stays_planned_and_everything_else_that_is_planned_at_rest_is_found(
    here: Place,
) -> None:
    here.world.salesforce.add_rule("Lead", "No_Boss", 'Title = "Boss"', "No bosses.", "Title")
    here.market(ADA, jobtitle="Boss")
    here.rest()
    assert list(planned(here)) == []

    here.market(ADA, city="Lund")

    assert list(planned(here)) == ["at rest, a write to salesforce lead is still planned: ['City', 'Title']"]


def test_a_write_of_which_the_bridge_only_says_that_it_is_refused_is_found(here: Place) -> None:
    here.world.salesforce.add_rule("Lead", "No_Boss", 'Title = "Boss"', "No bosses.", "Title")
    here.market(ADA, jobtitle="Boss")
    here.rest()

    here.market(ADA, jobtitle="Head of Engines")

    assert list(planned(here)) == ["at rest, a write to salesforce lead is still planned: ['Title']"]


def test_a_write_that_is_refused_and_of_which_nobody_was_told_is_found(here: Place) -> None:
    here.world.salesforce.add_rule("Lead", "No_Boss", 'Title = "Boss"', "No bosses.", "Title")

    here.market(ADA, jobtitle="Boss")

    assert list(planned(here)) == ["at rest, a write to salesforce lead is still planned: ['Title']"]
