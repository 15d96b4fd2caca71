"""The sweep finds what looking for changes cannot see, puts it right, and says so in a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.records import Cursor, Ref
from sync.intake import POLLED
from sync.model import Link
from sync.sweep import Certificate
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import MIA, Town, town


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    """A company of 120 whose bridge has come to rest."""
    with town(tmp_path, people=120, in_process=True) as made:
        made.run()
        made.daemon.settle()
        made.settle()
        made.settle()
        yield made


def _people(here: Town) -> list[Link]:
    links = here.bridge.store.links_after("person", 0, 1000)
    return [link for link in links if link.hubspot and link.salesforce]


def _edit_unseen(here: Town, links: list[Link], title: str) -> None:
    """Edits that no poll will ever show: the first half in HubSpot, the rest in Salesforce, all behind the cursors."""
    for place, link in enumerate(links):
        assert link.hubspot
        assert link.salesforce
        if place < len(links) // 2:
            values = {"jobtitle": f"{title} {place}"}
            here.world.hubspot.update("contacts", link.hubspot.id, values, MIA, here.clock.now())
        else:
            kind = link.salesforce.kind.capitalize()
            row = {"Id": link.salesforce.id}
            here.sell(row, kind, Title=f"{title} {place}")
    far = here.clock.now() + timedelta(days=1)
    for side, kinds in POLLED.items():
        for kind in kinds:
            here.bridge.store.move_cursor(side, kind, Cursor(far))


def _sweep(here: Town) -> Certificate:
    here.bridge.engine.sweep.begin(here.clock.now())
    here.settle()
    here.settle()
    certificate = here.bridge.engine.sweep.last()
    assert certificate is not None
    assert not here.bridge.engine.sweep.is_under_way()
    return certificate


@pytest.mark.goal("G-P6")
def test_where_nothing_drifted_nothing_is_found_or_written(here: Town) -> None:
    before = len(here.written())

    certificate = _sweep(here)

    assert {reason for reason in certificate.found if reason not in ("rule", "problem")} == set()
    assert here.written()[before:] == []
    assert certificate.compared == certificate.links > 30


@pytest.mark.goal("G-P6")
def test_thirty_seven_drifts_that_no_poll_shows_are_found_and_none_else(here: Town) -> None:
    drifted = _people(here)[:37]
    assert len(drifted) == 37
    _edit_unseen(here, drifted, "Drifted")
    here.settle()
    assert not [one for one in here.written() if "Drifted" in str(one.new)]

    certificate = _sweep(here)

    found = [one for one in here.bridge.store.differences(certificate.number) if one.reason == "repaired"]
    assert sorted(one.subject for one in found) == sorted(str(link.hubspot) for link in drifted)
    assert {one.field for one in found} == {"person.jobtitle"} or len({one.field for one in found}) == 1
    assert certificate.found["repaired"] == 37
    assert len([one for one in here.written() if "Drifted" in str(one.new)]) == 37


@pytest.mark.goal("G-C11")
def test_an_association_that_somebody_cut_without_a_trace_is_made_again(here: Town) -> None:
    hubspot, store = here.world.hubspot, here.bridge.store
    links = {link.id: link for link in store.links_after("person", 0, 1000) if link.id is not None}
    number, base = next((number, base) for number, base in store.bases(links).items() if base.joined)
    person, company = links[number].hubspot, Ref.parse(base.joined[0])
    assert person
    hubspot.part("contacts", person.id, "companies", company.id, MIA, here.clock.now())
    here.settle()
    assert company.id not in hubspot.associated("contacts", person.id, "companies")

    certificate = _sweep(here)

    assert company.id in hubspot.associated("contacts", person.id, "companies")
    assert certificate.found["repaired"] == 1


def test_a_sweep_that_is_stopped_goes_on_where_it_was(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.sweep.LINKS_A_BATCH", 7)
    _edit_unseen(here, _people(here)[:10], "Drifted")
    here.bridge.engine.sweep.begin(here.clock.now())
    here.bridge.engine.run_pass()
    assert here.bridge.engine.sweep.is_under_way()

    here.run()
    here.settle()

    certificate = here.bridge.engine.sweep.last()
    assert certificate is not None
    assert (certificate.found["repaired"], certificate.compared) == (10, certificate.links)


def test_a_bridge_that_observes_finds_and_writes_nothing(here: Town, leadbridge: Leadbridge) -> None:
    _edit_unseen(here, _people(here)[:4], "Drifted")
    before = len(here.written())
    here.stop()
    here.configure("observe")

    ended = leadbridge("sweep", "--json", settings=here.settings())

    assert ended.code == 4
    assert ended.json["found"]["observed"] == 4
    assert here.written()[before:] == []


def test_who_is_observed_every_night_is_entered_once_and_again_when_something_is_new(here: Town) -> None:
    drifted = _people(here)[:4]
    _edit_unseen(here, drifted, "Drifted")
    here.run(mode="observe")
    _sweep(here)
    known = len(here.bridge.store.entries(None, 100_000))

    _sweep(here)
    assert len(here.bridge.store.entries(None, 100_000)) == known

    _edit_unseen(here, drifted[:1], "Drifted again")
    _sweep(here)
    assert len(here.bridge.store.entries(None, 100_000)) == known + 1


def test_the_certificate_is_a_table_for_people(here: Town, leadbridge: Leadbridge) -> None:
    _edit_unseen(here, _people(here)[:2], "Drifted")
    here.stop()

    ended = leadbridge("sweep", settings=here.settings())

    assert "repaired" in ended.out
    assert " links compared, " in ended.out


def test_the_daemon_sweeps_every_night(here: Town) -> None:
    turn = here.daemon._pass_and_pause
    turn()
    assert here.bridge.engine.sweep.last() is None

    for night in (1, 2):
        here.clock.advance(86_400)
        while turn() == 0:
            pass
        certificate = here.bridge.engine.sweep.last()
        assert certificate is not None
        assert certificate.number == night


def test_no_sweep_begins_where_ops_switched_it_off(here: Town) -> None:
    for _ in range(3):
        here.bridge.engine.sweep.begin_if_due(here.clock.now(), None, here.agreement.bridge.zone)
        here.clock.advance(86_400)

    assert not here.bridge.engine.sweep.is_under_way()
