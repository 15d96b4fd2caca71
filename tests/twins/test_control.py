"""The control of a world: on its own port, through its own client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from sync.clock import VirtualClock
from twins.clock import MovableClock
from twins.control import Refused, Remote
from twins.world import World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STAGES, REASONS = ("new", "won"), ("other",)


@pytest.fixture
def world() -> Iterator[World]:
    clock = VirtualClock(NOON)
    with World(clock.now, STAGES, REASONS, people=0, move=clock.set).serve() as world:
        yield world
        assert world.failures == []


@pytest.fixture
def remote(world: World) -> Iterator[Remote]:
    remote = Remote(world.urls["control"])
    yield remote
    remote.close()


def test_people_act_through_the_doors_of_each_side(world: World, remote: Remote) -> None:
    sam = world.salesforce.sellers[0]

    lead = remote.act(
        "salesforce", "create", api_name="Lead", values={"LastName": "Ada", "Company": "X"}, by=sam
    )
    ada = remote.act("hubspot", "submit_form", email="ada@example.com", form="Trial", properties={})

    assert world.salesforce.record(lead)["LastName"] == "Ada"
    assert world.hubspot.record("contacts", ada)["email"] == "ada@example.com"


def test_an_admins_doors_are_open_too_and_tell_what_is_installed(world: World, remote: Remote) -> None:
    rule = {"api_name": "Lead", "name": "Ours", "formula": "ISBLANK(LastName)", "message": "A name, please."}

    remote.act("salesforce", "add_rule", **rule)

    installed = {(one["type"], one["name"]) for one in remote.act("salesforce", "components")}
    assert {("ValidationRule", "Lead.Ours"), ("CustomField", "Lead.Leadbridge_Stage__c")} <= installed


def test_the_commit_log_tells_who_did_what_after_a_number(world: World, remote: Remote) -> None:
    mia = world.hubspot.owners[0].user_id
    remote.act("hubspot", "create", kind="contacts", properties={"email": "ada@example.com"}, by=mia)
    seen = len(world.log)

    remote.act("hubspot", "create", kind="contacts", properties={"email": "bob@example.com"}, by=mia)

    fresh = remote.log(after=seen, side="hubspot", actor="human")
    assert "bob@example.com" in [one["new"] for one in fresh]
    assert "ada@example.com" not in [one["new"] for one in fresh]
    assert fresh[-1]["seq"] == len(world.log)
    assert remote.log(side="salesforce") == []


def test_time_passes_when_it_is_told_to(world: World, remote: Remote) -> None:
    assert remote.advance(3600) == "2026-11-23T13:00:00+00:00"
    assert world.now() == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_a_switch_is_turned_on_one_side(world: World, remote: Remote) -> None:
    remote.flip("hubspot", null_clears=True)

    now = {one["name"]: one["value"] for one in remote.switches()["hubspot"]}
    assert now["null_clears"] is True
    assert world.hubspot.switches.null_clears is True


def test_a_fault_strikes_the_vendor_and_not_the_control(world: World, remote: Remote) -> None:
    remote.fault("server_error", times=1, side="hubspot")

    with requests.Session() as session:
        where = world.urls["hubspot"] + "/crm/v3/owners"
        assert [session.get(where, timeout=5).status_code for _ in range(2)] == [500, 401]
    assert remote.faults()["struck"] == [{"side": "hubspot", "name": "server_error", "times": 1}]
    remote.fault("cut_before", share=1.0)
    remote.mend()
    assert remote.faults()["rules"] == []


def test_calls_are_counted_by_address(world: World, remote: Remote) -> None:
    with requests.Session() as session:
        session.get(world.urls["salesforce"] + "/services/data", timeout=5)

    assert remote.calls()["salesforce"] == {"GET versions": 1}


def test_the_overview_names_everything_there_is(world: World, remote: Remote) -> None:
    told = remote.overview()

    assert set(told["urls"]) == {"salesforce", "hubspot", "control"}
    assert {"create", "convert_lead"} <= set(told["doors"]["salesforce"])
    assert "submit_form" in told["doors"]["hubspot"]
    assert "POST /act" in told["api"]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (("elsewhere", "create", {}), "side is salesforce or hubspot"),
        (("hubspot", "burn", {}), "There is no door 'burn'; there are: "),
        (("hubspot", "_shelf", {"kind": "contacts"}), "There is no door '_shelf'"),
        (("hubspot", "create", {}), "TypeError"),
        (
            ("salesforce", "create", {"api_name": "Lead", "values": {}, "by": "x"}),
            "Required fields are missing",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    remote: Remote, act: tuple[str, str, dict[str, Any]], said: str
) -> None:
    side, door, given = act

    with pytest.raises(Refused, match=said):
        remote.act(side, door, **given)


def test_a_web_page_cannot_steer_the_control_by_a_plain_form(world: World) -> None:
    with requests.Session() as session:
        answer = session.post(world.urls["control"] + "/clock", data='{"advance_s": 60}', timeout=5)

    assert answer.status_code == 415
    assert world.now() == NOON


def test_a_world_on_the_machines_own_time_says_that_it_cannot_be_moved() -> None:
    with World(lambda: NOON, STAGES, REASONS, people=0).serve() as world:
        remote = Remote(world.urls["control"])
        with pytest.raises(Refused, match="clock that nobody can move"):
            remote.advance(1)
        remote.close()


def test_a_movable_clock_goes_with_the_machine_and_ahead_of_it_but_never_back() -> None:
    real = VirtualClock(NOON)
    clock = MovableClock(real.now)

    clock.set(datetime(2026, 11, 24, 12, tzinfo=UTC))
    real.advance(60)
    clock.set(NOON)

    assert clock.now() == datetime(2026, 11, 24, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("GET", "/log?after=x", None, 400),
        ("POST", "/clock", b'{"set": "noon"}', 400),
        ("POST", "/clock", b'{"set": "2026-12-01T08:00:00"}', 400),
        ("POST", "/clock", b'{"advance_s": -1}', 400),
        ("POST", "/clock", b"nonsense", 400),
        ("PATCH", "/switches", b'{"hubspot": {"nul_clears": true}}', 422),
        ("PATCH", "/switches", b'{"hubspot": 7}', 422),
        ("POST", "/faults", b'{"name": "nonsense"}', 422),
        ("POST", "/faults", b'{"name": "cut_after", "share": "much"}', 422),
        ("POST", "/clock", b"[" * 100_000, 400),
        ("POST", "/clock", b'{"advance_s": true}', 400),
        ("POST", "/clock", b'{"advance_s": NaN}', 400),
        ("POST", "/clock", b'{"advance_s": Infinity}', 400),
        ("POST", "/clock", b'{"advance_s": 1e308}', 400),
        ("POST", "/clock", b'{"set": "9999-12-31T23:59:59Z"}', 422),
        ("POST", "/clock", b'{"set": "9999-12-31T23:59:59-14:00"}', 400),
        ("POST", "/clock", b'{"set": "0001-01-01T00:00:00+14:00"}', 400),
        ("GET", "/log?after=%C2%B2", None, 400),
        ("GET", "/log?after=" + "9" * 5000, None, 400),
        ("PATCH", "/switches", b'{"hubspot": {"null_clears": true}, "elsewhere": {}}', 400),
        ("POST", "/faults", b'{"name": ["cut_after"]}', 422),
        ("POST", "/faults", b'{"name": "cut_after", "share": NaN}', 422),
        ("POST", "/faults", b'{"name": "cut_after", "times": 0}', 422),
        ("POST", "/faults", b'{"name": "silence", "seconds": -1}', 422),
        ("POST", "/act", b'{"side": "hubspot", "do": [], "with": {}}', 404),
        ("POST", "/act", b'{"side": ["hubspot"], "do": "create"}', 400),
        ("POST", "/act", b'{"side": "hubspot", "do": "create", "with": [1]}', 400),
        ("POST", "/act", b'{"side": "hubspot", "do": "create", "with": {"now": "noon"}}', 400),
    ],
)
def test_bad_input_to_the_control_is_answered_with_a_sentence_and_changes_nothing(
    world: World, method: str, path: str, body: bytes | None, status: int
) -> None:
    with requests.Session() as session:
        headers = {"Content-Type": "application/json"}
        answer = session.request(method, world.urls["control"] + path, data=body, headers=headers, timeout=5)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert (world.now(), world.faults.rules, len(world.log)) == (NOON, [], 0)
    assert world.hubspot.switches.null_clears is False


def test_somebody_may_act_at_a_moment_that_is_said(world: World, remote: Remote) -> None:
    remote.act(
        "salesforce", "create", api_name="Lead", values={"LastName": "Ada", "Company": "X"},
        by=world.salesforce.sellers[0], now="2026-11-23T12:30:00Z",
    )  # fmt: skip

    assert {commit.at for commit in world.log} == {datetime(2026, 11, 23, 12, 30, tzinfo=UTC)}
