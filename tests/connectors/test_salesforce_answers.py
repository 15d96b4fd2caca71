"""Salesforce's odd answers to reading calls, one trap a test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
import responses

from connectors.errors import Gone, OverBudget, Refused, SignInFailed, Stale, Transient
from connectors.records import Cursor, Find, Watch
from connectors.salesforce import SalesforceConnector, SalesforceSettings
from connectors.wire import Limits
from sync.clock import VirtualClock
from tests.connectors.answers import Between, cut_short, hang_up, html, raw, told
from tests.contract.worlds import START, World, salesforce
from twins.messages import Reply

RETRIEVE = "composite/sobjects/Lead"
URL = "https://acme.my.salesforce.com"
LEADS = URL + "/services/data/v66.0/" + RETRIEVE
ID = "00Q000000000099EAA"
ROW = {
    "attributes": {"type": "Lead"}, "Id": ID, "SystemModstamp": "2026-03-02T09:00:00.000+0000",
    "CreatedDate": None, "LastModifiedById": None, "LastName": None,
}  # fmt: skip


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with salesforce(between) as world:
        yield world


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as net:
        yield net


def connector(clock: VirtualClock | None = None, limits: Limits | None = None) -> SalesforceConnector:
    clock = clock or VirtualClock(START)
    settings = SalesforceSettings(access_token="t", instance_url=URL)
    return SalesforceConnector(settings, clock_now=clock.now, sleep=clock.advance, limits=limits)


def fetch(it: SalesforceConnector) -> object:
    return it.fetch("lead", [ID], ["LastName"])


def error(code: str, message: str = "", *fields: str) -> list[dict[str, object]]:
    return [{"errorCode": code, "message": message, "fields": list(fields)}]


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", OverBudget),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            Transient,
        ),
        (403, "INSUFFICIENT_ACCESS", "", Refused),
        (403, "API_DISABLED_FOR_ORG", "", Refused),
        (503, "SERVER_UNAVAILABLE", "", Transient),
        (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", Transient),
        (400, "QUERY_TIMEOUT", "", Transient),
        (400, "REQUEST_RUNNING_TOO_LONG", "", Transient),
        (500, "UNKNOWN_EXCEPTION", "", Transient),
        (400, "INVALID_FIELD", "", Refused),
        (400, "A_CODE_NOBODY_KNOWS", "", Refused),
        (404, "NOT_FOUND", "", Refused),
        (404, "ENTITY_IS_DELETED", "", Gone),
        (412, "PRECONDITION_FAILED", "", Stale),
        (401, "INVALID_AUTH_HEADER", "", SignInFailed),
        (410, "UNSUPPORTED_API_VERSION", "", Refused),
    ],
)
def test_the_code_says_what_an_answer_means_not_its_status(
    net: responses.RequestsMock, status: int, code: str, message: str, kind: type[Exception]
) -> None:
    net.post(LEADS, json=error(code, message), status=status)

    with pytest.raises(kind) as caught:
        fetch(connector())
    assert type(caught.value) is kind or kind is Refused
    assert code in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, Transient),
        (500, Transient),
        (502, Transient),
        (503, Transient),
        (504, Transient),
        (405, Refused),
    ],
)
def test_a_proxys_page_is_judged_by_its_status(
    net: responses.RequestsMock, status: int, kind: type[Exception]
) -> None:
    net.post(LEADS, body="<html>sorry</html>", status=status, content_type="text/html")

    with pytest.raises(kind, match=f"HTTP_{status}"):
        fetch(connector())


def test_an_eaten_quota_stops_all_calls_until_it_frees(net: responses.RequestsMock) -> None:
    net.post(LEADS, json=error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), status=403)
    clock = VirtualClock(START)
    eaten = connector(clock)

    for _ in range(4):
        with pytest.raises(OverBudget):
            fetch(eaten)
    assert len(net.calls) == 1

    clock.advance(timedelta(minutes=16).total_seconds())
    with pytest.raises(OverBudget):
        fetch(eaten)
    assert len(net.calls) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(net: responses.RequestsMock, status: int) -> None:
    net.post(LEADS, status=status, headers={"Location": "https://evil.example/"})

    with pytest.raises(Refused, match=r"REDIRECT.*LEADBRIDGE_SALESFORCE__INSTANCE_URL"):
        fetch(connector())
    assert len(net.calls) == 1


def test_every_call_has_a_time_limit(net: responses.RequestsMock) -> None:
    net.post(LEADS, json=[ROW])

    fetch(connector(limits=Limits(connect_s=3, read_s=7)))

    assert net.calls[0].request.req_kwargs["timeout"] == (3, 7)
    assert net.calls[0].request.req_kwargs["verify"] is True


@pytest.mark.parametrize(
    "odd",
    [
        html(),
        raw(b""),
        raw(b'[{"Id": '),
        raw(b"[]", content_type="text/plain"),
        raw(b"null"),
        raw(b'{"records": null}'),
    ],
)
def test_a_200_that_is_no_answer_is_told_after_retries(world: World, between: Between, odd: Reply) -> None:
    between.next(RETRIEVE, *[odd] * 5)

    with pytest.raises(Transient, match=r"Salesforce|composite/sobjects/Lead"):
        fetch(world.connector)


@pytest.mark.parametrize("odd", [html(), raw(b""), html(503), hang_up])
def test_a_read_that_failed_once_is_asked_again(world: World, between: Between, odd: Reply) -> None:
    id_ = world.put(email="a@example.com", surname="Adams")
    between.next(RETRIEVE, odd, odd)

    assert [row.ref.id for row in world.connector.fetch("lead", [id_], ["LastName"])] == [id_]
    assert world.connector.calls["gather"] == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"compositeResponse": None},
        {"compositeResponse": []},
        {"compositeResponse": [{"httpStatusCode": 200, "body": None}]},
        {"compositeResponse": [{"httpStatusCode": 200, "body": {"records": None}}]},
        {"compositeResponse": ["?"]},
    ],
)
def test_a_composite_without_rows_is_never_read_as_no_change(
    world: World, between: Between, body: object
) -> None:
    between.next("composite", *[told(200, body)] * 5)

    with pytest.raises(Transient, match="Salesforce answered"):
        world.connector.changes([Watch("lead", ("LastName",), Cursor(START))])


def test_one_bad_query_of_a_composite_is_told(world: World) -> None:
    with pytest.raises(Refused, match=r"INVALID_FIELD.*No_Such__c") as caught:
        world.connector.changes([Watch("lead", ("No_Such__c",), Cursor(START))])
    assert caught.value.faults[0].fields == ("No_Such__c",)


def test_an_unreachable_host_is_named_with_its_setting() -> None:
    clock = VirtualClock(START)
    settings = SalesforceSettings(access_token="t", instance_url="http://127.0.0.1:9")
    gone = SalesforceConnector(settings, clock_now=clock.now, sleep=clock.advance)

    with pytest.raises(
        Transient, match=r"cannot be reached at 127\.0\.0\.1.*LEADBRIDGE_SALESFORCE__INSTANCE_URL"
    ):
        fetch(gone)
    assert gone.calls == {"gather": 5}
    gone.close()


def test_no_name_is_a_host_that_cannot_be_reached(net: responses.RequestsMock) -> None:
    net.post(LEADS, body=requests.ConnectTimeout())

    with pytest.raises(Transient, match=r"cannot be reached at acme\.my\.salesforce\.com"):
        fetch(connector())


def test_errors_hold_neither_tokens_nor_values_of_people(net: responses.RequestsMock) -> None:
    composite = URL + "/services/data/v66.0/composite"
    net.post(composite, json=error("MALFORMED_QUERY", "canary@example.com is odd"), status=400)

    with pytest.raises(Refused) as caught:
        connector().find([Find("lead", {"Email": ("canary@example.com",)}, ())])
    assert "canary" not in str(caught.value)
    assert "Bearer" not in str(caught.value)


def test_usage_is_learned_from_every_call(net: responses.RequestsMock) -> None:
    usage = "api-usage=25/5000; per-app-api-usage=17/250(appName=x)"
    net.post(LEADS, json=[ROW], headers={"Sforce-Limit-Info": usage})
    counted = connector()

    fetch(counted)

    assert counted.allowance is not None
    assert (counted.allowance.limit, counted.allowance.remaining) == (5000, 4975)


def test_numbers_dates_and_parents_keep_their_shape(world: World) -> None:
    world.put(email="a@example.com", surname="Adams")

    [[record]] = world.connector.find(
        [Find("lead", {"Email": ("a@example.com",)}, ("Owner.Name", "HasOptedOutOfEmail"))]
    )

    assert record.values["HasOptedOutOfEmail"] is False
    assert isinstance(record.values["Owner.Name"], str)
    assert record.created_at == record.modified_at == START
    assert record.modified_by == world.people.seller


def test_missing_records_come_as_null_and_are_left_out(net: responses.RequestsMock) -> None:
    id_ = "003000000000099AAA"
    net.post(LEADS.replace("Lead", "Contact"), json=[None, {**ROW, "Id": id_}])

    [record] = connector().fetch("contact", [id_, "003000000000098AAA"], ["LastName"])

    assert (record.ref.id, record.values["LastName"], record.created_at) == (id_, None, None)


def test_a_converted_lead_is_read_out_of_the_recycle_bin_and_another_one_is_not(world: World) -> None:
    converted, deleted = (world.put(email=f"{name}@example.com", surname="Adams") for name in ("a", "b"))
    org, seller, now = world.people.twin, world.people.seller, world.clock.now()
    _, contact, _ = org.convert_lead(converted, seller, now)
    for lead in (converted, deleted):
        org.delete("Lead", lead, seller, now)

    found = world.connector.fetch("lead", [converted, deleted], ("ConvertedContactId", "Email"))

    assert [one.values["ConvertedContactId"] for one in found] == [contact]
    assert [one.ref.id for one in world.connector.fates("lead", [converted, deleted])] == [deleted]


def test_the_recycle_bin_shows_what_a_deleted_record_had_and_nothing_of_living_ones(world: World) -> None:
    deleted, living = (world.put(email=f"{name}@example.com", surname="Adams") for name in ("a", "b"))
    world.people.twin.delete("Lead", deleted, world.people.seller, world.clock.now())

    found = world.connector.deleted("lead", [deleted, living, "nonsense"], ("Email",))

    assert [(one.ref.id, one.values["Email"]) for one in found] == [(deleted, "a@example.com")]


@pytest.mark.parametrize("with_the_bin", [True, False])
def test_the_recycle_bin_answers_only_where_it_is_asked(world: World, with_the_bin: bool) -> None:
    deleted, living = (world.put(email=f"{name}@example.com", surname="Adams") for name in ("a", "b"))
    world.people.twin.delete("Lead", deleted, world.people.seller, world.clock.now())
    wanted = {"Email": ("a@example.com", "b@example.com")}

    bare, binned = world.connector.find(
        [Find("lead", wanted, ("Email",)), Find("lead", wanted, ("Email",), deleted=with_the_bin)]
    )

    assert [one.ref.id for one in bare] == [living]
    assert {one.ref.id for one in binned} == ({deleted, living} if with_the_bin else {living})


def test_a_row_without_a_time_is_no_record(net: responses.RequestsMock) -> None:
    net.post(LEADS, json=[{"Id": ID, "SystemModstamp": "soon"}])

    with pytest.raises(Transient, match="without a readable Id or time"):
        fetch(connector())


def test_short_ids_are_read_and_compared_as_long_ones(world: World) -> None:
    id_ = world.put(email="a@example.com", surname="Adams")

    assert [row.ref.id for row in world.connector.fetch("lead", [id_[:15], id_], [])] == [id_]


@pytest.mark.parametrize(
    "id_", ["", "1", "../Contact/003", "https://evil.example/", "//evil/..", "00Q?x=1", ID + "\n"]
)
def test_what_is_no_id_never_reaches_the_wire(id_: str) -> None:
    assert connector().fetch("lead", [id_], ["LastName"]) == []


def test_five_kinds_are_polled_in_one_call(world: World) -> None:
    kinds = ("lead", "contact", "account", "opportunity", "opportunity_contact_role")

    pages = world.connector.changes([Watch(kind, (), Cursor(START)) for kind in kinds])

    assert [page.kind for page in pages] == list(kinds)
    assert world.connector.calls["poll"] == 1


def test_a_thousand_addresses_are_looked_up_in_one_call(world: World) -> None:
    wanted = tuple(f"person{number}@example.com" for number in range(1000))
    for number in (0, 500, 999):
        world.put(email=f"person{number}@example.com", surname="Person")

    [found] = world.connector.find([Find("lead", {"Email": wanted}, ("Email",))])

    assert len(found) == 3
    assert world.connector.calls["find"] == 1


def test_more_answers_than_a_page_are_all_found(world: World) -> None:
    rows = [{"LastName": "Many", "Company": "Acme", "Email": f"m{n}@example.com"} for n in range(2500)]
    world.people.twin.load("Lead", rows, world.clock.now())

    [found] = world.connector.find([Find("lead", {"LastName": ("Many",)}, ())])
    [page] = world.connector.changes([Watch("lead", (), Cursor(START))])
    [rest] = world.connector.changes([Watch("lead", (), page.next or Cursor(START))])

    assert len({row.ref.id for row in found}) == 2500
    assert len(page.records) == 2000
    assert {row.ref.id for row in (*page.records, *rest.records)} == {row.ref.id for row in found}


@pytest.mark.fault("F10", "F24")
@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_look_into_the_recycle_bin_that_is_cut_short_is_gone_on_with(
    world: World, between: Between, rows: int
) -> None:
    ids = [world.people.put("lead", {"LastName": f"Gone {n}", "Company": "Acme"}) for n in range(5)]
    for id_ in ids:
        world.people.twin.delete("Lead", id_, world.people.seller, world.clock.now())
    cut = cut_short(world.people.twin, world.clock.now, rows)
    between.next("/composite", *[cut] * 5)

    assert [one.ref.id for one in world.connector.fates("lead", ids)] == ids


@pytest.mark.fault("F10", "F25")
def test_converted_leads_are_all_found_in_the_recycle_bin_though_the_answer_is_cut_short(
    world: World, between: Between
) -> None:
    people = [
        world.people.put("lead", {"LastName": f"Bin {n}", "Company": "Acme", "Email": f"bin{n}@example.com"})
        for n in range(3)
    ]
    for id_ in people:
        world.people.twin.convert_lead(id_, world.people.seller, world.clock.now())
        world.people.twin.delete("Lead", id_, world.people.seller, world.clock.now())
    between.next("composite/sobjects", lambda request: None)
    between.next("/composite", *[cut_short(world.people.twin, world.clock.now, 1)] * 3)

    assert {one.ref.id for one in world.connector.fetch("lead", people, ["LastName"])} == set(people)


def test_owners_are_users_and_queues(world: World) -> None:
    users = world.connector.everything("user", ("Email", "IsActive"))
    queues = world.connector.everything("queue", ("Name",))

    assert {record.ref.id for record in users.records} == {user["Id"] for user in world.people.twin.users}
    assert [record.values["Type"] for record in world.connector.everything("queue", ("Type",)).records] == [
        "Queue"
    ]
    assert [record.ref.id for record in queues.records] == [world.people.twin.queue]


def test_an_unknown_kind_is_told() -> None:
    with pytest.raises(Refused, match="no kind 'laed'"):
        connector().describe(["laed"])
