"""What may happen to a call on its way: the bridge waits, looks, and goes on; nothing is lost or doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connector
from connectors.errors import Transient
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.records import Ref
from connectors.retry import ATTEMPTS
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from connectors.wire import Limits
from tests.scenarios.struck import ADA, Struck
from tests.scenarios.town import SAM, Town, is_update, town
from twins.messages import Request

pytestmark = pytest.mark.usefixtures("discreet")
SIDES = ("hubspot", "salesforce")
CAP_S = 60.0
WRITES = {"hubspot": {"path": "/batch/update"}, "salesforce": {"says": '"PATCH"'}}
POLLS = {"hubspot": {"path": "/search"}, "salesforce": {"path": "/composite"}}
LOST_AFTER = (
    "cut_after", "silence_after", "cut_body", "gateway_timeout_after", "bad_gateway_after", "truncated", "empty",
    "wrong_type", "bad_gzip", "null_results",
)  # fmt: skip
NO_ANSWER = ("html", "truncated", "empty", "null_results", "wrong_type", "bad_gzip", "cut_body")
AWAY = (
    "refused", "dns", "tls", "cut_before", "server_error", "bad_gateway", "unavailable", "gateway_timeout", "locked",
)  # fmt: skip


# ── limits ───────────────────────────────────────────────────────────────────


@pytest.mark.fault("F01")
@pytest.mark.parametrize("asked", ["", "7", "86400", "-5", "Thu, 26 Nov 2026 08:00:00 GMT", "soon"])
def test_a_burst_of_429_is_waited_out_within_the_cap_whatever_retry_after_says(
    ada: Struck, asked: str
) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next("too_many", times=3, side=side, retry_after=asked)
    before = ada.clock.now()

    ada.settle()

    assert (ada.clock.now() - before).total_seconds() < 60 + 6 * CAP_S + 5
    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F01")
@pytest.mark.parametrize("side", SIDES)
def test_a_side_that_refuses_every_call_for_a_day_in_advance_is_asked_again_within_minutes(
    ada: Struck, side: str
) -> None:
    after = ada.edit()
    before = ada.clock.now()
    ada.world.faults.rate("too_many", 1.0, side=side, retry_after="86400")
    ada.live(1)
    ada.world.faults.clear()
    ada.live(2)

    assert ada.clock.now() - before < timedelta(minutes=30)
    ada.assert_both_arrived_once(after)


@pytest.mark.fault("F01")
@pytest.mark.parametrize("busy", SIDES)
def test_while_one_side_takes_no_writes_the_other_one_still_gets_its_own(ada: Struck, busy: str) -> None:
    after = ada.edit()
    ada.world.faults.rate("too_many", 1.0, side=busy, **WRITES[busy])
    ada.live(4)

    assert (ada.title_arrived, ada.phone_arrived) == (busy == "hubspot", busy == "salesforce")

    ada.world.faults.clear()
    ada.live(4)
    ada.assert_both_arrived_once(after)


@pytest.mark.fault("F02")
@pytest.mark.parametrize("side", SIDES)
def test_an_eaten_day_is_left_alone_but_for_a_look_now_and_then_and_ends_by_itself(
    ada: Struck, side: str
) -> None:
    after = ada.edit()
    ada.world.faults.rate("daily_limit", 1.0, side=side)
    ada.live(62)

    assert 0 < ada.world.faults.struck.total() <= 6
    assert ada.daemon.trouble is not None

    ada.world.faults.clear()
    ada.live(17)
    assert ada.daemon.trouble is None
    ada.assert_both_arrived_once(after)


@pytest.mark.fault("F02")
@pytest.mark.parametrize("eaten", SIDES)
def test_where_one_side_takes_no_more_writes_today_the_other_one_gets_what_is_its_own(
    ada: Struck, eaten: str
) -> None:
    after = ada.edit()
    ada.world.faults.rate("daily_limit", 1.0, side=eaten, **WRITES[eaten])
    ada.live(10)

    assert (ada.title_arrived, ada.phone_arrived) == (eaten == "hubspot", eaten == "salesforce")

    ada.world.faults.clear()
    ada.live(30)
    ada.assert_both_arrived_once(after)


# ── signing in ───────────────────────────────────────────────────────────────


@pytest.mark.fault("F03")
@pytest.mark.parametrize("where", [POLLS, WRITES])
def test_a_token_refused_once_anywhere_is_overcome_and_each_write_happens_once(
    ada: Struck, where: dict[str, dict[str, str]]
) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next("expired", side=side, **where[side])

    ada.live(4)

    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F04")
@pytest.mark.parametrize("side", SIDES)
def test_a_revoked_access_is_said_asked_for_once_a_minute_and_recovers_alone(ada: Struck, side: str) -> None:
    after = ada.edit()
    tried: list[str] = []

    def before(request: Request) -> None:
        if side == "hubspot" or request.path.endswith("/token"):
            tried.append(request.path)

    ada.world.wires[side].before = before  # type: ignore[index]
    if side == "salesforce":
        ada.world.salesforce.expire_tokens()
        ada.world.faults.rate(
            "refusal",
            1.0,
            side=side,
            path="/oauth2/token",
            status=400,
            code="invalid_grant",
            message="expired",
        )
    else:
        ada.world.faults.rate("expired", 1.0, side=side)
    ada.live(30)

    polled_at_once = {"hubspot": 3, "salesforce": 1}[side]
    assert 0 < len(tried) <= 31 * polled_at_once
    assert ada.daemon.trouble is not None
    assert f"LEADBRIDGE_{side.upper()}__" in ada.daemon.trouble

    ada.world.faults.clear()
    ada.live(4)

    assert ada.daemon.trouble is None
    ada.assert_both_arrived_once(after)


# ── lost on the way ──────────────────────────────────────────────────────────


@pytest.mark.fault("F05")
def test_a_write_cut_before_it_arrived_has_exactly_one_effect(ada: Struck) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next("cut_before", side=side, **WRITES[side])

    ada.live(4)

    assert ada.world.faults.struck.total() == 2
    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F06")
@pytest.mark.parametrize("fault", LOST_AFTER)
def test_a_write_whose_answer_was_lost_has_exactly_one_effect(ada: Struck, fault: str) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next(fault, side=side, **WRITES[side])

    ada.live(4)

    assert ada.world.faults.struck.total() == 2
    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F07")
@pytest.mark.parametrize("delay_s", [5, 20])
@pytest.mark.parametrize("fault", ["late_commit", "late_commit_504"])
def test_a_write_that_is_committed_after_the_client_gave_up_has_exactly_one_effect(
    ada: Struck, fault: str, delay_s: int
) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next(fault, side=side, delay_s=delay_s, **WRITES[side])

    ada.live(4)

    assert ada.world.faults.struck.total() == 2
    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


# ── batches ──────────────────────────────────────────────────────────────────


@pytest.mark.fault("F08")
@pytest.mark.parametrize(
    ("side", "fault"),
    [(side, fault) for side in SIDES for fault in ("shuffled", "lost_rows")],
)
def test_results_in_another_order_or_too_few_reach_nobody_elses_record(
    crowd: Struck, side: str, fault: str
) -> None:
    linked = {row.get("leadbridge_key"): row for row in crowd.world.hubspot.records("contacts")}
    people = [row for key, row in linked.items() if key][:20]
    after = len(crowd.world.log)
    for number, one in enumerate(people):
        crowd.market(one["email"], jobtitle=f"Buyer {number}")
        crowd.sell(_sales_of(crowd, one), _kind_of(crowd, one), MobilePhone=f"+46 70 000 00 {number:02}")
    crowd.world.faults.next(fault, side=side, **WRITES[side])

    crowd.live(4)

    assert crowd.world.faults.struck.total() == 1
    for number, one in enumerate(people):
        assert _sales_of(crowd, one)["Title"] == f"Buyer {number}"
        assert crowd.contact(one["email"])["mobilephone"].replace(" ", "") == f"+467000000{number:02}"
    assert [field for field, times in crowd.fields_written(after).items() if times > 1] == []


@pytest.mark.fault("F08")
@pytest.mark.invariant("I7")
@pytest.mark.parametrize("own_fields", [True, False])
def test_two_who_are_handed_over_in_one_call_are_never_taken_for_each_other(
    tmp_path: Path, own_fields: bool
) -> None:
    with town(tmp_path, in_process=True, own_fields=own_fields) as here:
        here.run()
        here.settle()
        for name in ("ada", "ben", "cem"):
            told = {"firstname": name, "lastname": name, "company": f"{name} AB", "country": "Sweden"}
            owned = {**told, "hubspot_owner_id": here.owner(SAM)}
            here.world.hubspot.submit_form(
                f"{name}@{name}.example", "Request a call", owned, here.clock.now()
            )
        here.world.faults.rate("shuffled", 1.0, side="salesforce")
        for _ in range(3):
            here.settle()

        leads = here.world.salesforce.records("Lead")
        assert [one["Email"] for one in leads] == [
            f"{one['LastName']}@{one['LastName']}.example" for one in leads
        ]
        links = here.bridge.store.links(
            "person", [Ref("salesforce", "lead", str(one["Id"])) for one in leads]
        )
        assert {ref.id: link.hubspot.id for ref, link in links.items() if link.hubspot} == {
            one["Id"]: here.contact(str(one["Email"]))["hs_object_id"] for one in leads
        }
        assert len(leads) == 3


@pytest.mark.fault("F08", "F29")
@pytest.mark.parametrize("refusal", ["UNABLE_TO_LOCK_ROW", "FIELD_CUSTOM_VALIDATION_EXCEPTION"])
def test_each_owner_gets_one_task_though_one_was_not_made_and_the_answers_come_in_another_order(
    tmp_path: Path, refusal: str
) -> None:
    with town(tmp_path, in_process=True) as here:
        here.run()
        here.settle()
        names = ("ada", "ben", "cem", "dia")
        for name in names:
            told = {"firstname": name, "lastname": name, "company": f"{name} AB", "country": "Sweden"}
            owned = {**told, "hubspot_owner_id": here.owner(SAM)}
            here.world.hubspot.submit_form(
                f"{name}@{name}.example", "Request a call", owned, here.clock.now()
            )
        here.world.faults.rate("shuffled", 1.0, side="salesforce")
        here.world.salesforce.refuse_next("Task", refusal, "not now")
        for _ in range(4):
            here.settle()

        tasks = Counter(str(one["WhoId"]) for one in here.world.salesforce.records("Task"))
        leads = [str(here.sales("Lead", f"{name}@{name}.example")["Id"]) for name in names]
        assert tasks == dict.fromkeys(leads, 1)
        assert here.problems() == []


def _kind_of(here: Struck, contact: dict[str, str]) -> str:
    return "Lead" if here.world.salesforce.record(contact["leadbridge_key"]).get("Status") else "Contact"


def _sales_of(here: Struck, contact: dict[str, str]) -> dict[str, object]:
    return here.world.salesforce.record(contact["leadbridge_key"])


# ── answers that are none ────────────────────────────────────────────────────


@pytest.mark.fault("F10")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("fault", NO_ANSWER)
def test_a_200_that_is_no_answer_moves_no_cursor_and_deletes_nothing(
    ada: Struck, side: str, fault: str
) -> None:
    ada.settle()
    cursors, links = ada.cursors(), ada.bridge.store.links("person", [])
    after = ada.edit()
    ada.world.faults.rate(fault, 1.0, side=side)
    ada.live(4)

    assert {key: at for key, at in ada.cursors().items() if key[0] == side} == {
        key: at for key, at in cursors.items() if key[0] == side
    }
    assert ada.bridge.store.links("person", []) == links
    assert [problem.code for problem in ada.problems() if problem.code != "write_waits"] == []
    assert ada.daemon.trouble is not None

    ada.world.faults.clear()
    ada.live(4)
    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F11")
@pytest.mark.parametrize("side", SIDES)
def test_a_redirected_write_is_told_and_never_becomes_another_call(ada: Struck, side: str) -> None:
    after = ada.edit()
    seen: list[str] = []

    def before(request: Request) -> None:
        if is_update(request):
            seen.append(request.method)
        assert "login.example.com" not in request.path

    ada.world.wires[side].before = before  # type: ignore[index]
    ada.world.faults.next("redirect", side=side, **WRITES[side])
    ada.bridge.engine.run_pass()

    assert [problem.code for problem in ada.problems()] == ["write_refused"]
    assert "REDIRECT" in ada.problems()[0].text

    ada.market(ADA, city="Lund")
    ada.sell(ada.lead, Street="Storgatan 1")
    ada.live(4)
    ada.assert_both_arrived_once(after)
    assert set(seen) == {"POST"}


@pytest.mark.fault("F12")
@pytest.mark.parametrize("fault", AWAY)
def test_a_vendor_that_is_away_is_tried_again_within_its_attempts_until_it_is_back(
    ada: Struck, fault: str
) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next(fault, times=12, side=side)

    ada.live(9)

    assert ada.world.faults.struck.total() == 24
    ada.assert_both_arrived_once(after)
    assert ada.daemon.trouble is None
    ada.assert_quiet()


# ── real sockets: what drips, what never ends ────────────────────────────────


@pytest.fixture
def wary(empty_town: Town) -> Iterator[tuple[Town, dict[str, Connector]]]:
    """Both connectors over HTTP, with little patience and room for one megabyte."""
    told = empty_town.world.settings()
    more: dict[str, Any] = {
        "clock_now": empty_town.clock.now,
        "sleep": empty_town.clock.advance,
        "limits": Limits(connect_s=1, read_s=0.2, deadline_s=0.3, body_bytes=1 << 20),
    }
    urls = empty_town.world.urls
    salesforce = SalesforceSettings(
        login_url=urls["salesforce"],
        instance_url=urls["salesforce"],
        client_id=told["LEADBRIDGE_SALESFORCE__CLIENT_ID"],
        client_secret=told["LEADBRIDGE_SALESFORCE__CLIENT_SECRET"],
    )
    hubspot = HubSpotSettings(access_token=told["LEADBRIDGE_HUBSPOT__ACCESS_TOKEN"], base_url=urls["hubspot"])
    made: dict[str, Connector] = {
        "hubspot": HubSpotConnector(hubspot, **more),
        "salesforce": SalesforceConnector(salesforce, **more),
    }
    yield empty_town, made
    for one in made.values():
        one.close()


@pytest.mark.fault("F13")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("slow", {"pace_s": 0.05}),
        ("slow", {"pace_s": 0.5}),
        ("silence_after", {"seconds": 0.5}),
        ("huge", {"megabytes": 2}),
        ("gzip_bomb", {"megabytes": 8}),
    ],
)
def test_what_drips_keeps_silent_or_never_ends_is_given_up_at_the_deadline_and_tells_nothing_false(
    wary: tuple[Town, dict[str, Connector]], side: str, fault: str, options: dict[str, float]
) -> None:
    here, connectors = wary
    kind = {"hubspot": "contact", "salesforce": "lead"}[side]
    assert connectors[side].everything(kind, (), "").records == ()
    here.world.faults.rate(fault, 1.0, side=side, **options)
    started = time.monotonic()

    with pytest.raises(Transient):
        connectors[side].everything(kind, (), "")

    attempts = here.world.faults.struck.total()
    assert attempts == ATTEMPTS
    assert time.monotonic() - started < attempts * 1.0

    here.world.faults.clear()
    assert connectors[side].everything(kind, (), "").records == ()


@pytest.mark.fault("F52")
def test_fields_that_nobody_knows_are_ignored_in_every_answer(ada: Struck) -> None:
    after = ada.edit()
    ada.world.faults.rate("extra_fields", 1.0)

    ada.live(4)

    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F52")
@pytest.mark.parametrize("where", [POLLS, WRITES])
def test_an_error_of_an_unknown_shape_is_told_and_gone_with_the_next_change(
    ada: Struck, where: dict[str, dict[str, str]]
) -> None:
    after = ada.edit()
    for side in SIDES:
        ada.world.faults.next("new_error", side=side, **where[side])

    ada.live(4)
    ada.market(ADA, city="Lund")
    ada.sell(ada.lead, Street="Storgatan 1")
    ada.live(4)

    ada.assert_both_arrived_once(after)
    ada.assert_quiet()


@pytest.mark.fault("F52")
def test_a_value_that_nobody_knows_is_no_crash_and_the_record_goes_on(ada: Struck) -> None:
    after = ada.edit()
    ada.world.faults.rate("new_values", 1.0, side="salesforce", field="Status", value="Brand New")
    ada.world.faults.rate("new_values", 1.0, side="hubspot", field="hs_lead_status", value="BRAND_NEW")

    ada.live(4)

    assert (ada.title_arrived, ada.phone_arrived) == (True, True)
    assert "internal_error" not in [problem.code for problem in ada.problems()]
    ada.world.faults.clear()
    ada.live(4)
    ada.assert_both_arrived_once(after)
