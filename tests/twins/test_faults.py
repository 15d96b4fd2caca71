"""What breaks on the line, seen by the transports of both client libraries, over sockets and in process.

The faults and what a bridge must make of each: Salesforce's client speaks through requests, HubSpot's through
urllib3; both are used here as the libraries use them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import urllib3

from sync.clock import VirtualClock
from twins.faults import CATALOGUE, Faults
from twins.hubspot import TOKEN, errors
from twins.messages import Request
from twins.spoilt import instead
from twins.world import World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STAGES, REASONS = ("new", "won"), ("other",)
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
ADA = {"inputs": [{"properties": {"email": f"ada{n}@example.com"}} for n in range(4)]}

Ask = Callable[..., Any]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture(params=["over HTTP", "in process"])
def world(request: pytest.FixtureRequest, clock: VirtualClock) -> Iterator[World]:
    world = World(clock.now, STAGES, REASONS, people=0, move=clock.set)
    with ExitStack() as stack:
        way = world.serve() if request.param == "over HTTP" else world.in_process(clock.advance)
        yield stack.enter_context(way)
        assert world.failures == []


@pytest.fixture(params=["requests", "urllib3"])
def ask(request: pytest.FixtureRequest, world: World) -> Iterator[Ask]:
    """Make four contacts in one call; answers (status, body) or raises what the transport raises."""
    where, body = f"{world.urls['hubspot']}/crm/objects/2026-09/contacts/batch/create", json.dumps(ADA)
    if request.param == "requests":
        with requests.Session() as session:
            session.trust_env = False
            yield lambda read_s=0.2: _requests(session, where, body, read_s)
    else:
        pool = urllib3.PoolManager(retries=urllib3.Retry(0, redirect=0, raise_on_status=False))
        yield lambda read_s=0.2: _urllib3(pool, where, body, read_s)
        pool.clear()


def _requests(session: requests.Session, where: str, body: str, read_s: float) -> tuple[int, bytes]:
    answer = session.post(
        where, data=body, headers=HEADERS, timeout=(3, read_s), allow_redirects=False, stream=True
    )
    return answer.status_code, b"".join(answer.iter_content(1 << 16))


def _urllib3(pool: urllib3.PoolManager, where: str, body: str, read_s: float) -> tuple[int, bytes]:
    timeout = urllib3.Timeout(3, read_s)
    answer = pool.request("POST", where, body=body, headers=HEADERS, timeout=timeout, redirect=False)
    return answer.status, answer.data


def made(world: World) -> int:
    return len(world.hubspot.records("contacts"))


CUT = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError)


@pytest.mark.parametrize("name", ["refused", "dns", "tls", "cut_before"])
def test_what_never_arrived_changed_nothing(world: World, ask: Ask, name: str) -> None:
    world.faults.next(name)

    with pytest.raises(CUT):
        ask()

    assert made(world) == 0
    assert ask()[0] == 201


def test_what_was_cut_after_the_commit_stands(world: World, ask: Ask) -> None:
    world.faults.next("cut_after")

    with pytest.raises(CUT):
        ask()

    assert made(world) == 4


@pytest.mark.parametrize(("name", "stands"), [("silence", 0), ("silence_after", 4)])
def test_a_silent_vendor_runs_into_the_clients_own_limit(
    world: World, ask: Ask, name: str, stands: int
) -> None:
    world.faults.next(name)

    with pytest.raises((requests.Timeout, urllib3.exceptions.HTTPError), match=r"[Tt]imed out"):
        ask()

    assert made(world) == stands


def test_a_late_commit_comes_later_and_bears_the_moment_of_its_beginning(
    world: World, ask: Ask, clock: VirtualClock
) -> None:
    world.faults.next("late_commit", delay_s=300)
    with pytest.raises((requests.Timeout, urllib3.exceptions.HTTPError)):
        ask()
    assert made(world) == 0

    clock.advance(301)
    world.wires["hubspot"].catch_up()

    assert made(world) == 4
    assert {commit.at for commit in world.log} == {NOON}


@pytest.mark.parametrize("name", ["late_commit_504", "gateway_timeout", "gateway_timeout_after"])
def test_a_gateway_that_gave_up_says_nothing_of_the_commit(
    world: World, ask: Ask, clock: VirtualClock, name: str
) -> None:
    world.faults.next(name)

    status, body = ask()

    assert status in (504, 524)
    assert b"<html>" in body
    assert made(world) == (4 if name == "gateway_timeout_after" else 0)
    clock.advance(6)
    world.wires["hubspot"].catch_up()
    assert made(world) == (0 if name == "gateway_timeout" else 4)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("too_many", 429),
        ("daily_limit", 429),
        ("search_limit", 429),
        ("expired", 401),
        ("locked", 423),
        ("moving", 477),
        ("server_error", 500),
        ("bad_gateway", 502),
        ("unavailable", 503),
        ("redirect", 302),
        ("html", 200),
        ("new_error", 418),
    ],
)
def test_an_answer_in_the_vendors_place_commits_nothing(
    world: World, ask: Ask, name: str, status: int
) -> None:
    world.faults.next(name)

    assert ask()[0] == status
    assert made(world) == 0


def test_a_429_names_its_policy_and_may_say_when_to_come_back(world: World, ask: Ask) -> None:
    """https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"""
    world.faults.next("too_many", retry_after="7")

    delivery = world.wires["hubspot"].carry(Request.to("POST", "/crm/objects/2026-09/contacts/batch/create"))

    assert delivery.reply.headers["Retry-After"] == "7"
    assert delivery.reply.json()["policyName"] == "TEN_SECONDLY_ROLLING"


@pytest.mark.parametrize("status", [521, 522, 526])
def test_hubspots_edge_answers_with_a_page_of_its_own(world: World, ask: Ask, status: int) -> None:
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    world.faults.next("bad_gateway", status=status)

    assert ask() == (status, ask_again(world))


def ask_again(world: World) -> bytes:
    """The page of a proxy that fails."""
    world.faults.next("bad_gateway")
    return world.wires["hubspot"].carry(SEARCH).reply.body


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("too_many", errors.over_limit("TEN_SECONDLY_ROLLING", "ten_secondly_rolling", "app-1", 0)),
        ("search_limit", errors.over_limit("SECONDLY", "secondly", "app-1", 0)),
        ("daily_limit", errors.over_limit("DAILY", "daily", "app-1", 0)),
        ("expired", errors.expired_token(60, "2026-01-01T00:00:00Z")),
        ("locked", errors.locked("contacts")),
        ("moving", errors.migrating(30)),
    ],
)
def test_a_fault_speaks_as_the_twin_itself_does(name: str, own: errors.Refused) -> None:
    faults = Faults()
    faults.next(name)
    struck = faults.pick("hubspot", SEARCH)
    assert struck is not None

    told = instead("hubspot", struck, SEARCH)

    assert (told.status, told.json() | {"correlationId": ""}) == (own.status, own.body(""))
    assert told.headers.get("Retry-After") == own.headers.get("Retry-After")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


SPOILT: dict[str, Callable[[bytes], bool]] = {
    "truncated": lambda body: len(body) > 0 and not _is_json(body),
    "empty": lambda body: body == b"",
    "null_results": lambda body: json.loads(body)["results"] is None,
    "wrong_type": lambda body: len(json.loads(body)["results"]) == 4,
    "lost_rows": lambda body: len(json.loads(body)["results"]) == 2,
    "shuffled": lambda body: json.loads(body)["results"][0]["properties"]["email"] == "ada3@example.com",
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_answer_that_is_spoilt_stands_for_a_commit(world: World, ask: Ask, name: str) -> None:
    world.faults.next(name)

    status, body = ask()

    assert status == 201
    assert made(world) == 4
    assert SPOILT[name](body)


def test_a_body_that_breaks_off_is_an_error(world: World, ask: Ask) -> None:
    world.faults.next("cut_body", keep=0.5)

    with pytest.raises(CUT):
        ask()

    assert made(world) == 4


def test_a_body_that_is_no_gzip_is_an_error(world: World, ask: Ask) -> None:
    world.faults.next("bad_gzip")

    with pytest.raises((requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError)):
        ask()


@pytest.mark.parametrize("name", ["gzip_bomb", "huge"])
def test_a_huge_body_arrives_whole_where_nobody_stops_it(world: World, ask: Ask, name: str) -> None:
    world.faults.next(name, megabytes=2)

    assert len(ask(5.0)[1]) > 2 << 20


def test_a_slow_body_comes_byte_by_byte(world: World, ask: Ask, clock: VirtualClock) -> None:
    world.faults.next("slow", pace_s=0.0001)

    status, body = ask(5.0)

    assert (status, len(json.loads(body)["results"])) == (201, 4)


def test_every_fault_of_the_catalogue_is_tried_here() -> None:
    tried = {
        "refused", "dns", "tls", "cut_before", "cut_after", "silence", "silence_after", "late_commit",
        "late_commit_504", "slow", "cut_body", "too_many", "daily_limit", "search_limit", "expired", "locked",
        "moving", "server_error", "bad_gateway", "unavailable", "gateway_timeout", "redirect", "html",
        "new_error", "gateway_timeout_after", "bad_gateway_after", "truncated", "empty", "null_results",
        "wrong_type", "bad_gzip", "gzip_bomb", "huge", "shuffled", "lost_rows", "extra_fields", "new_values",
        "refusal",
    }  # fmt: skip

    assert tried == set(CATALOGUE)


def test_unknown_fields_are_added_to_every_row(world: World, ask: Ask) -> None:
    world.faults.next("extra_fields")

    body = json.loads(ask()[1])

    assert all("brandNewField" in row for row in body["results"])
    assert "brandNewField" in body


def test_a_field_of_every_row_may_have_a_value_that_nobody_knows(world: World, ask: Ask) -> None:
    world.faults.next("new_values", field="email", value="brand new")

    rows = json.loads(ask()[1])["results"]

    assert {row["properties"]["email"] for row in rows} == {"brand new"}
    assert made(world) == 4


def test_an_error_may_be_named(world: World, ask: Ask) -> None:
    world.faults.next("refusal", status=409, code="CONFLICT", message="Somebody was faster")

    status, body = ask()

    assert status == 409
    assert (json.loads(body)["category"], json.loads(body)["message"]) == ("CONFLICT", "Somebody was faster")
    assert made(world) == 0


def test_a_proxy_may_fail_after_the_commit(world: World, ask: Ask) -> None:
    world.faults.next("bad_gateway_after")

    assert ask()[0] == 502
    assert made(world) == 4


# ── whom it strikes ──────────────────────────────────────────────────────────

SEARCH = Request.to("POST", "/crm/v3/objects/contacts/search", body=b"{}")


def test_a_script_strikes_the_nth_request_that_fits() -> None:
    faults = Faults()
    faults.next("cut_after", times=2, skip=1, side="hubspot", path="/search")

    struck = [faults.pick("hubspot", SEARCH) is not None for _ in range(5)]

    assert struck == [False, True, True, False, False]
    assert faults.struck == {("hubspot", "cut_after"): 2}


def test_a_rule_for_one_side_leaves_the_other_alone() -> None:
    faults = Faults()
    faults.rate("cut_after", 1.0, side="salesforce")

    assert faults.pick("hubspot", SEARCH) is None
    assert faults.pick("salesforce", SEARCH) is not None


def test_a_rate_is_near_its_share_and_the_same_for_the_same_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.rate("cut_before", 0.2)
        return [faults.pick("hubspot", SEARCH) is not None for _ in range(2000)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 320 < sum(strikes(1)) < 480


def test_a_rate_does_not_depend_on_the_order_of_the_requests() -> None:
    requests_ = [Request.to("GET", f"/crm/v3/objects/contacts/{n}") for n in range(200)]

    def strikes(order: list[Request]) -> set[str]:
        faults = Faults(7)
        faults.rate("cut_before", 0.3)
        return {one.path for one in order if faults.pick("hubspot", one)}

    assert strikes(requests_) == strikes(requests_[::-1])


@pytest.mark.parametrize(
    ("name", "how", "said"),
    [
        ("cut", {}, "no fault 'cut'"),
        ("cut_after", {"seconds": 1}, "cut_after has no options, not 'seconds'"),
        ("late_commit", {"delay": 1}, "late_commit knows seconds, delay_s, not 'delay'"),
    ],
)
def test_a_fault_that_is_not_there_is_said(name: str, how: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Faults().next(name, **how)


@pytest.mark.parametrize("share", [1.5, -0.1, float("nan"), float("inf"), True, "0.5", None])
def test_a_share_is_a_share(share: Any) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Faults().rate("cut_after", share)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("cut_after", {"times": 0}),
        ("cut_after", {"times": -1}),
        ("cut_after", {"times": 1.5}),
        ("cut_after", {"times": True}),
        ("cut_after", {"times": None}),
        ("cut_after", {"skip": -1}),
        ("cut_after", {"skip": "2"}),
        ("cut_after", {"side": "elsewhere"}),
        ("cut_after", {"method": 5}),
        ("cut_after", {"path": None}),
        ("silence", {"seconds": -1}),
        ("silence", {"seconds": float("nan")}),
        ("silence", {"seconds": float("inf")}),
        ("silence", {"seconds": "long"}),
        ("silence", {"seconds": None}),
        ("slow", {"pace_s": -1}),
        ("late_commit", {"delay_s": 1e300}),
        ("late_commit_504", {"delay_s": -5}),
        ("gzip_bomb", {"megabytes": -1}),
        ("huge", {"megabytes": 10**9}),
        ("lost_rows", {"keep": -1}),
        ("cut_body", {"keep": 9}),
        ("too_many", {"retry_after": "7\r\nSet-Cookie: a"}),
        ("too_many", {"retry_after": ["7"]}),
        ("redirect", {"to": "https://\u2603.example"}),
        ("redirect", {"to": None}),
        ("refusal", {"status": 99}),
        ("refusal", {"status": "400"}),
    ],
)
def test_an_option_that_no_line_can_bear_is_refused_and_strikes_nobody(
    name: str, how: dict[str, Any]
) -> None:
    faults = Faults()

    with pytest.raises(ValueError, match=r"not|cannot"):
        faults.next(name, **how)

    assert faults.rules == []
