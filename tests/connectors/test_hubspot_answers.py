"""HubSpot's odd answers to reading calls, and each trap of its client library: one test each."""

from __future__ import annotations

import ast
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import connectors.hubspot
from connectors.errors import OverBudget, Refused, SignInFailed, Transient
from connectors.hubspot import HubSpotConnector, HubSpotSettings
from connectors.hubspot.rows import moment
from connectors.records import Cursor, Find, Watch, Write
from sync.clock import VirtualClock
from tests.connectors.answers import Between, hang_up, html, raw, told
from tests.contract.worlds import START, World, hubspot
from twins.messages import Reply

FOLDER = Path(connectors.hubspot.__file__).parent
READ = "/contacts/batch/read"
SEARCH = "/contacts/search"
ROW = {
    "id": "1",
    "properties": {"lastmodifieddate": "2026-03-02T09:00:00Z"},
    "createdAt": "2026-03-02T09:00:00Z",
}


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with hubspot(between) as world:
        yield world


def fetch(world: World) -> object:
    return world.connector.fetch("contact", ["1"], ["email"])


def limited(policy: str, **headers: str) -> Reply:
    return told(
        429,
        {"status": "error", "errorType": "RATE_LIMIT", "policyName": policy, "message": "limit"},
        **headers,
    )


@pytest.mark.fault("F01")
class TestLibraryTraps:
    def test_one_connection_serves_many_calls(self, world: World, between: Between) -> None:
        addresses = set()
        between.next("never", hang_up)
        for _ in range(12):
            fetch(world)
            addresses |= {
                thread.ident for thread in threading.enumerate() if "process_request" in thread.name
            }

        assert len(between.seen) == 12
        assert len(addresses) == 1  # the twin keeps one thread a connection

    def test_log_levels_are_left_as_they_were(self) -> None:
        levels = {name: logging.getLogger(name).level for name in ("urllib3", "hubspot.crm.objects")}
        try:
            for name in levels:
                logging.getLogger(name).setLevel(logging.DEBUG)
            clock = VirtualClock(START)
            HubSpotConnector(HubSpotSettings(), clock_now=clock.now, sleep=clock.advance).close()

            assert all(logging.getLogger(name).level == logging.DEBUG for name in levels)
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)

    @pytest.mark.parametrize("status", [429, 503, 413])
    def test_the_library_neither_sleeps_nor_repeats(
        self, world: World, between: Between, status: int
    ) -> None:
        between.next("/objects/", *[told(status, {}, Retry_After="7")] * 5)

        with pytest.raises((Transient, Refused)):
            world.connector.everything("contact", ())

        assert len(between.seen) == world.connector.calls["backfill"]
        assert len(between.seen) == (1 if status == 413 else 5)

    def test_a_body_that_is_not_utf8_is_no_crash(self, world: World, between: Between) -> None:
        between.next(READ, *[raw(b"\xff\xfe broken \x00", 400)])

        with pytest.raises(Refused, match="HTTP_400"):
            fetch(world)

    @pytest.mark.parametrize(
        "odd",
        [
            html(),
            raw(b""),
            raw(b'{"results": ['),
            raw(b'{"results": null}'),
            raw(b"[]"),
            raw(b"null"),
            raw(b'{"results": []}', content_type="text/plain"),
            raw(b'{"results": [{"id": "1"}]}'),
            told(200, {"results": [{**ROW, "properties": {"lastmodifieddate": "soon"}}]}),
        ],
    )
    def test_a_200_that_is_no_answer_is_never_an_empty_result(
        self, world: World, between: Between, odd: Reply
    ) -> None:
        between.next(READ, *[odd] * 5)

        with pytest.raises(Transient, match=r"HubSpot|batch/read"):
            fetch(world)

    def test_answers_come_compressed(self, world: World, between: Between) -> None:
        fetch(world)

        assert between.seen[0].headers["accept-encoding"] == "gzip"

    def test_no_threads_are_left_behind(self, world: World) -> None:
        ids = [world.put(email=f"p{n}@example.com", surname="P") for n in range(500)]
        before = {thread for thread in threading.enumerate() if thread.name.startswith("hubspot")}

        for _ in range(5):
            world.connector.fetch("contact", ids, ["email"])

        mine = {thread for thread in threading.enumerate() if thread.name.startswith("hubspot")} - before
        assert len(mine) <= 4

    def test_a_long_list_of_properties_does_not_make_a_long_address(
        self, world: World, between: Between
    ) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")
        names = [
            *world.fields,
            *(f"custom_property_number_{number}_with_a_long_name" for number in range(120)),
        ]

        page = world.connector.everything("contact", names)

        assert [record.ref.id for record in page.records] == [id_]
        assert page.records[0].values["lastname"] == "Adams"
        assert "properties" not in between.seen[0].query

    def test_the_library_is_only_used_as_raw_transport(self) -> None:
        names = {
            alias.name
            for file in FOLDER.glob("*.py")
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hubspot")
            for alias in node.names
        }

        assert names == {"ApiClient", "Configuration", "ApiException"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (limited("DAILY"), OverBudget),
        (limited("TEN_SECONDLY_ROLLING"), Transient),
        (limited("SECONDLY"), Transient),
        (told(401, {"category": "INVALID_AUTHENTICATION", "message": "x"}), SignInFailed),
        (told(404, {"message": "resource not found"}), Refused),
        (told(414, {}), Refused),
        (told(423, {}), Transient),
        (told(477, {}, Retry_After="7"), Transient),
        (told(500, {"message": "x"}), Transient),
        (html(502), Transient),
        (html(503), Transient),
        (html(504), Transient),
        (html(524), Transient),
        (told(418, {}), Refused),
    ],
)
def test_each_answer_has_its_meaning(
    world: World, between: Between, reply: Reply, kind: type[Exception]
) -> None:
    between.next(READ, *[reply] * 5)

    with pytest.raises(kind) as caught:
        fetch(world)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("reply", "pause_s"),
    [
        (limited("TEN_SECONDLY_ROLLING"), 10),
        (limited("TEN_SECONDLY_ROLLING", Retry_After="3"), 3),
        (limited("SECONDLY"), 1),
        (told(423, {}), 2),
        (told(477, {}, Retry_After="86400"), 60),
        (limited("SECONDLY", Retry_After="Mon, 02 Mar 2026 09:00:40 GMT"), 40),
    ],
)
def test_the_pause_fits_the_policy(world: World, between: Between, reply: Reply, pause_s: float) -> None:
    between.next(READ, reply)

    fetch(world)

    assert timedelta(seconds=pause_s) <= world.clock.now() - START < timedelta(seconds=pause_s + 1)


def test_an_eaten_day_stops_all_calls_for_a_while(world: World, between: Between) -> None:
    between.next(READ, limited("DAILY"))

    for _ in range(3):
        with pytest.raises(OverBudget):
            fetch(world)
    assert len(between.seen) == 1

    world.clock.advance(901)
    assert fetch(world) == []


def test_a_refused_token_is_told_and_not_hammered() -> None:
    with hubspot(access_token="wrong") as world:
        for _ in range(3):
            with pytest.raises(SignInFailed, match="LEADBRIDGE_HUBSPOT__ACCESS_TOKEN"):
                fetch(world)
        assert world.connector.calls == {"gather": 1}


def test_a_missing_token_is_told_before_anything_is_sent(between: Between) -> None:
    with (
        hubspot(between, access_token=None) as world,
        pytest.raises(SignInFailed, match="set LEADBRIDGE_HUBSPOT__ACCESS_TOKEN"),
    ):
        fetch(world)
    assert between.seen == []


def test_missing_scopes_are_named(world: World, between: Between) -> None:
    scopes = {"requiredGranularScopes": ["crm.objects.contacts.read"]}
    between.next(
        READ, told(403, {"category": "MISSING_SCOPES", "message": "x", "errors": [{"context": scopes}]})
    )

    with pytest.raises(Refused, match=r"MISSING_SCOPES; scopes crm\.objects\.contacts\.read"):
        fetch(world)


@pytest.mark.parametrize("reply", [told(403, {"category": "MISSING_SCOPES"}), told(404, {}), told(200, [])])
def test_a_portal_that_hubspot_does_not_tell_is_unknown(world: World, between: Between, reply: Reply) -> None:
    between.next("/details", reply)

    assert isinstance(world.connector, HubSpotConnector)
    assert world.connector.portal_id() is None


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_told_and_never_followed(world: World, between: Between, status: int) -> None:
    between.next(READ, told(status, {}, Location="https://evil.example/"))

    with pytest.raises(Refused, match=r"REDIRECT.*LEADBRIDGE_HUBSPOT__BASE_URL"):
        fetch(world)
    assert len(between.seen) == 1


def test_an_unreachable_host_is_named_with_its_setting() -> None:
    clock = VirtualClock(START)
    settings = HubSpotSettings(access_token="t", base_url="http://127.0.0.1:9")
    gone = HubSpotConnector(settings, clock_now=clock.now, sleep=clock.advance)

    with pytest.raises(Transient, match=r"cannot be reached at 127\.0\.0\.1.*LEADBRIDGE_HUBSPOT__BASE_URL"):
        gone.fetch("contact", ["1"], [])
    assert gone.calls == {"gather": 5}
    gone.close()


@pytest.mark.parametrize("odd", [html(), html(502), hang_up, raw(b"")])
def test_a_read_that_failed_once_is_asked_again(world: World, between: Between, odd: Reply) -> None:
    id_ = world.put(email="a@example.com", surname="Adams")
    between.next(READ, odd, odd)

    assert [row.ref.id for row in world.connector.fetch("contact", [id_], ["email"])] == [id_]
    assert world.connector.calls == {"gather": 3}


def test_a_207_with_another_error_is_never_read_as_missing(world: World, between: Between) -> None:
    error = {"status": "error", "category": "SOMETHING_ELSE", "message": "x", "context": {"ids": ["1"]}}
    between.next(READ, told(207, {"results": [], "errors": [error], "numErrors": 1}))

    with pytest.raises(Refused, match=r"not carry out POST .* in full"):
        fetch(world)


def test_errors_hold_neither_tokens_nor_values_of_people(world: World, between: Between) -> None:
    message = 'Property values were not valid: [{"error":"INVALID_EMAIL","message":"canary","name":"email"}]'
    between.next(SEARCH, told(400, {"category": "VALIDATION_ERROR", "message": message}))

    with pytest.raises(Refused, match="INVALID_EMAIL; properties email") as caught:
        world.connector.find([Find("contact", {"lastname": ("canary",)}, ())])
    assert "canary" not in str(caught.value)
    assert "twin-token" not in str(caught.value)


def test_the_days_allowance_is_learned(world: World) -> None:
    fetch(world)

    assert world.connector.allowance is not None
    assert world.connector.allowance.limit - world.connector.allowance.remaining == 1


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("2026-09", "/crm/objects/2026-09/contacts/batch/read"),
        ("2026-03", "/crm/objects/2026-03/contacts/batch/read"),
        ("v3", "/crm/v3/objects/contacts/batch/read"),
    ],
)
def test_each_version_has_its_paths(between: Between, version: str, path: str) -> None:
    with hubspot(between, api_version=version) as world:
        id_ = world.put(email="a@example.com", surname="Adams")
        assert len(world.connector.fetch("contact", [id_], [])) == 1
        assert world.connector.describe(["contact"])["contact"].fields["email"].unique in (True, False)
        assert world.connector.everything("owner", ()).records

    assert between.seen[0].path == path


def test_an_unknown_version_is_told() -> None:
    clock = VirtualClock(START)

    with pytest.raises(Refused, match="LEADBRIDGE_HUBSPOT__API_VERSION"):
        HubSpotConnector(HubSpotSettings(api_version="../x"), clock_now=clock.now, sleep=clock.advance)


@pytest.mark.parametrize("id_", ["", "x", "../1", "1/2", "1?x=1", "１", "1\n"])
def test_what_is_no_id_never_reaches_the_wire(world: World, between: Between, id_: str) -> None:
    assert world.connector.fetch("contact", [id_], []) == []
    assert between.seen == []


def test_an_odd_property_name_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="property name"):
        world.connector.fetch("contact", ["1"], ["a&b=c"])


def test_an_unknown_kind_is_told(world: World) -> None:
    with pytest.raises(Refused, match="no kind 'contakt'"):
        world.connector.describe(["contakt"])


def test_history_comes_newest_first_with_its_authors(world: World, between: Between) -> None:
    owner = world.people.twin.owners[0]
    id_ = world.put(email="a@example.com", surname="Adams")
    world.clock.advance(60)
    world.people.twin.update("contacts", id_, {"jobtitle": "CEO"}, owner.user_id, world.clock.now())
    world.clock.advance(60)
    world.connector.write(
        [Write("w", "hubspot", "contact", "update", {"jobtitle": "CTO"}, ref_id=id_)], read_back={}
    )

    [record] = world.connector.fetch("contact", [id_], ["email"], history=["jobtitle"])
    ours, theirs = record.history["jobtitle"]

    assert (ours.value, ours.source, ours.by) == ("CTO", "INTEGRATION", str(world.people.twin.portal.app_id))
    assert (theirs.value, theirs.source, theirs.by) == ("CEO", "CRM_UI", str(owner.user_id))
    assert theirs.at == START + timedelta(seconds=60)


def test_the_recycle_bin_shows_what_an_archived_contact_had_and_nothing_of_living_ones(world: World) -> None:
    archived, living = (world.put(email=f"{name}@example.com", surname="Adams") for name in ("a", "b"))
    owner = world.people.twin.owners[0]
    world.people.twin.archive("contacts", archived, owner.user_id, world.clock.now())

    found = world.connector.deleted("contact", [archived, living, "nonsense"], ["email"])

    assert [(one.ref.id, one.values["email"]) for one in found] == [(archived, "a@example.com")]


def test_histories_are_read_fifty_at_a_time(world: World, between: Between) -> None:
    ids = [world.put(email=f"p{n}@example.com", surname="P") for n in range(101)]

    assert len(world.connector.fetch("contact", ids, ["email"], history=["lastname"])) == 101
    assert len(world.connector.fetch("contact", ids, ["email"])) == 101
    assert sorted(len(json.loads(request.body)["inputs"]) for request in between.seen) == [1, 1, 50, 50, 100]


def test_owners_in_use_come_first_then_the_archived(world: World, between: Between) -> None:
    first = world.connector.everything("owner", ())
    assert first.next is not None
    second = world.connector.everything("owner", (), first.next.id)

    emails = {record.values["email"] for record in first.records}
    assert {owner.email for owner in world.people.twin.owners} == emails
    assert all(isinstance(record.values["archived"], bool) for record in first.records)
    assert (second.records, second.next) == ((), None)
    assert world.connector.calls == {"describe": 2}


def test_unique_values_are_read_not_searched(world: World, between: Between) -> None:
    ids = [world.put(email=f"p{n}@example.com", surname="P", key=f"k{n}") for n in range(3)]

    by_email, by_key = world.connector.find(
        [
            Find("contact", {"email": ("p0@example.com", "p1@example.com")}, ("lastname",)),
            Find("contact", {"leadbridge_key": ("k2",)}, ()),
        ]
    )

    assert {record.ref.id for record in by_email} == set(ids[:2])
    assert [record.ref.id for record in by_key] == [ids[2]]
    assert {request.path for request in between.seen} == {"/crm/objects/2026-09" + READ}


def test_searches_for_many_values_stay_short(world: World, between: Between) -> None:
    id_ = world.put(email="a@example.com", surname="Name-199")
    wanted = tuple(f"Name-{number}" for number in range(200))

    [found] = world.connector.find([Find("contact", {"lastname": wanted}, world.fields)])

    assert [record.ref.id for record in found] == [id_]
    assert all(len(request.body) <= 3000 for request in between.seen)


def test_many_properties_do_not_make_a_search_too_long(world: World, between: Between) -> None:
    ids = [world.put(email=f"p{n}@example.com", surname="P") for n in range(3)]
    names = (*world.fields, *(f"custom_property_number_{number}_with_a_long_name" for number in range(80)))

    [page] = world.connector.changes([Watch("contact", names, Cursor(START - timedelta(days=1)))])

    assert {record.ref.id for record in page.records} == set(ids)
    assert {record.values["lastname"] for record in page.records} == {"P"}
    assert all(len(request.body) <= 3000 for request in between.to(SEARCH))


def test_times_come_with_milliseconds_without_and_as_a_number(world: World, between: Between) -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    assert {
        moment(text) for text in ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000Z", "1772442000000")
    } == {at}
