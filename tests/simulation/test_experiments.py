"""What must not matter does not: the same people live the same life under other circumstances, and the ends are compared."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from connectors.hubspot.connector import HubSpotConnector
from connectors.records import Receipt, Write
from connectors.salesforce.connector import SalesforceConnector
from sync.daemon import LEASE_S, Daemon
from sync.store import LeaseLost, LeaseTaken, Store
from sync.undo import undo
from tests.scenarios.town import MIA, SAM, Town, mutations, town
from tests.simulation.start import COLUMNS

SEEDS: Final = (1, 2)
PEOPLE: Final = 7
DAYS: Final = 3
_LIVES: Final[dict[int, Any]] = {}

Ends = dict[tuple[str, str], dict[str, Any]]


# ── a small life ─────────────────────────────────────────────────────────────


@contextmanager
def _settled(folder: Path, seed: int, *, order: int = 1, strangers: int = 0) -> Iterator[Town]:
    """People who were there before the bridge, mostly alike on both sides; *strangers* came before them and shift all ids."""
    folder.mkdir()
    with town(folder, in_process=True) as here:
        for number in range(strangers):
            at = here.clock.now()
            here.world.hubspot.create("contacts", {"email": f"s{number}@strange.example"}, MIA, at)
            here.world.salesforce.create(
                "Lead", {"LastName": f"S{number}", "Company": "Strange"}, here.user(SAM), at
            )
        for number in range(PEOPLE)[::order]:
            _person(here, random.Random(f"person {seed} {number}"), number)
        here.run()
        here.settle()
        yield here


def _person(here: Town, chance: random.Random, number: int) -> None:
    mine = {column[0]: chance.choice(column[3]) for column in COLUMNS if chance.random() < 0.6}
    theirs = {name: value for name, value in mine.items() if chance.random() < 0.8}
    lead = {column[1]: theirs[column[0]] for column in COLUMNS if column[0] in theirs}
    email, at = f"p{number}@p{number}.example", here.clock.now()
    here.world.hubspot.create("contacts", {"lastname": "Lind", **mine, "email": email}, MIA, at)
    if number % 3:
        row = {"LastName": "Lind", **lead, "Company": "Acme", "Email": email, "OwnerId": here.user(SAM)}
        here.world.salesforce.create("Lead", row, here.user(SAM), at)


def _lived(here: Town, seed: int, after_each: Callable[[Town], None] = lambda _: None) -> Ends:
    """Some days of edits on both sides, and how both sides stand at last."""
    chance = random.Random(f"edits {seed}")
    for _ in range(DAYS):
        for number in sorted(chance.sample(range(PEOPLE), 4)):
            _edit(here, chance, f"p{number}@p{number}.example")
        here.settle()
        after_each(here)
    here.settle()
    return _ends(here)


def _edit(here: Town, chance: random.Random, email: str) -> None:
    name, field, _, values = chance.choice(COLUMNS)
    value, in_sales = chance.choice(values), chance.random() < 0.5
    leads = [row for row in here.world.salesforce.records("Lead") if row["Email"] == email]
    if in_sales and leads:
        here.sell(leads[0], **{field: value})
    elif chance.random() < 0.3:
        here.market(email, leadbridge_stage=chance.choice(("nurturing", "qualified", "won")))
    else:
        here.market(email, **{name: value})


def _ends(here: Town) -> Ends:
    """Everybody by address: the fields that people fill in, and the stage; ids and moments are nobody's will."""
    contacts = {
        ("hubspot", str(row["email"])): {
            name: row.get(name) or None for name in ("leadbridge_stage", *(column[0] for column in COLUMNS))
        }
        for row in here.world.hubspot.records("contacts")
    }
    leads = {
        ("salesforce", str(row["Email"])): {name: row.get(name) for name in ("Leadbridge_Stage__c", *(column[1] for column in COLUMNS))}
        for row in here.world.salesforce.records("Lead")
    }  # fmt: skip
    return {**contacts, **leads}


def _as_ever(tmp_path: Path, seed: int) -> Ends:
    """The life that nothing happened to."""
    if seed not in _LIVES:
        with _settled(tmp_path / "as ever", seed) as here:
            _LIVES[seed] = _lived(here, seed)
    found: Ends = _LIVES[seed]
    return found


def _without_strangers(ends: Ends) -> Ends:
    return {
        key: values
        for key, values in ends.items()
        if key[1].endswith(tuple(f"p{n}.example" for n in range(PEOPLE)))
    }


# ── what must not matter ─────────────────────────────────────────────────────


def _shuffled(connector: type[Any], chance: random.Random) -> Callable[..., list[Receipt]]:
    right = connector.write

    def write(self: Any, writes: Sequence[Write], **more: Any) -> list[Receipt]:
        mixed = list(writes)
        chance.shuffle(mixed)
        return list(right(self, mixed, **more))

    return write


@pytest.mark.invariant("I23")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_writes_of_a_batch_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    expected = _as_ever(tmp_path, seed)
    for connector in (HubSpotConnector, SalesforceConnector):
        monkeypatch.setattr(connector, "write", _shuffled(connector, random.Random(seed)))

    with _settled(tmp_path / "shuffled", seed) as here:
        assert _lived(here, seed) == expected


@pytest.mark.invariant("I23")
@pytest.mark.parametrize("batch", [1, 3])
def test_the_size_of_a_batch_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    expected = _as_ever(tmp_path, 1)
    monkeypatch.setattr("sync.intake.BATCH", batch)
    monkeypatch.setattr("sync.lanes.BATCH", batch)

    with _settled(tmp_path / "small", 1) as here:
        assert _lived(here, 1) == expected


@pytest.mark.invariant("I23")
@pytest.mark.parametrize("seed", SEEDS)
def test_who_was_there_first_and_which_id_one_got_does_not_matter(tmp_path: Path, seed: int) -> None:
    expected = _as_ever(tmp_path, seed)

    with _settled(tmp_path / "other ids", seed, order=-1, strangers=3) as here:
        assert _without_strangers(_lived(here, seed)) == expected


@pytest.mark.invariant("I20")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_bridge_that_is_restarted_all_the_time_does_what_one_does_that_goes_on(
    tmp_path: Path, seed: int
) -> None:
    expected = _as_ever(tmp_path, seed)

    with _settled(tmp_path / "restarted", seed) as here:
        assert _lived(here, seed, after_each=Town.run) == expected


@pytest.mark.invariant("I16")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_store_that_is_lost_at_rest_is_built_anew_and_nothing_comes_out_otherwise(
    tmp_path: Path, seed: int
) -> None:
    expected = _as_ever(tmp_path, seed)

    def lost(here: Town) -> None:
        for _ in range(2):
            here.settle()
        before = len(here.world.log)
        here.forget()
        here.run()
        here.settle()
        assert here.written(before) == []

    with _settled(tmp_path / "lost", seed) as here:
        assert _lived(here, seed, after_each=lost) == expected


# ── dry run, undo, two daemons, poison ───────────────────────────────────────


@pytest.mark.invariant("I21")
@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_bridge_plans_that_only_looks_is_what_it_does_when_it_may_write(
    tmp_path: Path, seed: int
) -> None:
    with _settled(tmp_path / "looking", seed) as here:
        chance = random.Random(f"edits {seed}")
        here.settle()
        here.run("observe")
        for number in range(PEOPLE):
            _edit(here, chance, f"p{number}@p{number}.example")
        asked = mutations(here.world)

        here.settle()

        assert mutations(here.world) == asked
        planned = {_said(one) for one in here.bridge.store.entries(None, 10_000) if one.kind == "observed"}
        newest = max(one.pass_id for one in here.bridge.store.entries(None, 1))
        here.run("write")
        here.settle()
        done = {
            _said(one)
            for one in here.bridge.store.entries(None, 10_000)
            if one.kind == "decided" and one.pass_id > newest
        }
    assert planned
    assert planned <= done


def _said(entry: Any) -> tuple[Any, ...]:
    one = entry.decision
    moment = str(one.field).endswith(("_at", "_At__c"))
    return str(one.subject), one.what, one.field, one.side, None if moment else repr(one.new)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_undone_pass_leaves_both_sides_as_people_had_left_them(tmp_path: Path, seed: int) -> None:
    with _settled(tmp_path / "undone", seed) as here:
        here.settle()
        leads = {row["Email"] for row in here.world.salesforce.records("Lead")}
        for email in sorted(leads):
            here.market(email, jobtitle=f"Chief of {seed}")
        edited = _ends(here)
        done = [one for one in here.settle() if sum(one.written.values())]
        assert _ends(here) != edited
        assert len(done) == 1

        undone = undo(here.bridge.engine, done[0].id)

        assert undone.restored == len(leads)
        assert _ends(here) == edited
        here.settle()
        assert _ends(here) == edited


@pytest.mark.fault("F41")
@pytest.mark.invariant("I17")
def test_of_two_daemons_with_one_lease_one_works_and_the_other_writes_nothing(tmp_path: Path) -> None:
    with (
        _settled(tmp_path / "two", 1) as here,
        Store.open(here.state, here.agreement.bridge.name) as store,
    ):
        engine = here.bridge.engine
        engine.store, ours = store, engine.store
        with pytest.raises(LeaseTaken), Daemon(engine).writing():
            pass
        engine.store = ours
        ours._lock.release()  # the machine of the first one stands still, and its lease runs out
        here.clock.advance(LEASE_S + 1)
        store.take_lease("the second one", here.clock.now(), LEASE_S)
        here.market("p1@p1.example", jobtitle="Chief")
        before = len(here.world.log)

        with pytest.raises(LeaseLost):
            here.settle()

        assert here.written(before) == []


@pytest.mark.fault("F44")
@pytest.mark.invariant("I14")
def test_poison_among_the_others_delays_nobody(tmp_path: Path) -> None:
    lasted = [_passes_until_all_arrived(tmp_path / f"{poisoned}", poisoned) for poisoned in (0, 2)]

    assert lasted[1] <= lasted[0] + 1


def _passes_until_all_arrived(folder: Path, poisoned: int) -> int:
    """Who has a title that Salesforce cannot hold is refused; the others' titles arrive."""
    with _settled(folder, 1) as here:
        here.settle()
        emails = sorted(row["Email"] for row in here.world.salesforce.records("Lead"))
        for number, email in enumerate(emails):
            here.market(email, jobtitle="x" * 300 if number < poisoned else "Chief")
        arrived = partial(_have_title, here, emails[poisoned:])
        passes = 0
        while not arrived():
            passes += len(here.settle())
            assert passes < 20
        assert bool(here.problems()) == bool(poisoned)
        return passes


def _have_title(here: Town, emails: Sequence[str]) -> bool:
    return all(here.sales("Lead", email)["Title"] == "Chief" for email in emails)
