"""Writing to Salesforce: partial failures, lost answers, and what a success flag does not prove."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from connectors.records import Ref, Write
from tests.connectors.answers import Between, after_commit, hang_up, html, told
from tests.contract.worlds import World, salesforce
from twins.messages import Reply, Request

COLLECTIONS = "composite/sobjects"
BUSY = {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}]}


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with salesforce(between) as world:
        world.connector.whoami()
        yield world


def update(id_: str, name: str = "w", **values: object) -> Write:
    return Write(name, "salesforce", "lead", "update", values, ref_id=id_)


def upsert(key: str, name: str = "w", **values: object) -> Write:
    given = {"LastName": "Adams", "Company": "Acme", **values}
    return Write(name, "salesforce", "lead", "upsert", given, key=("Leadbridge_HubSpot_Id__c", key))


def lead(world: World, **values: object) -> str:
    return world.people.put("lead", {"LastName": "Adams", "Company": "Acme", **values})


def row(world: World, id_: str) -> dict[str, object]:
    return world.people.twin.record(id_)


def failing(code: str, *fields: str, message: str = "no") -> Reply:
    errors = [{"statusCode": code, "message": message, "fields": list(fields)}]
    return told(200, [{"success": False, "errors": errors}])


def test_kinds_travel_together_and_come_back_in_their_order(world: World) -> None:
    leads = [lead(world) for _ in range(3)]
    account = world.people.twin.create("Account", {"Name": "Acme"}, world.people.seller, world.clock.now())
    writes = [update(id_, id_, Title="x") for id_ in leads]
    writes.insert(1, Write("a", "salesforce", "account", "update", {"Name": "New"}, ref_id=account))

    receipts = world.connector.write(writes, read_back={"account": ("Name",)})

    assert [receipt.write_id for receipt in receipts] == [leads[0], "a", leads[1], leads[2]]
    assert {receipt.outcome for receipt in receipts} == {"done"}
    assert receipts[1].record is not None
    assert receipts[1].record.values["Name"] == "New"
    assert world.connector.calls == {"sign_in": 2, "write": 1, "read_back": 2}


def test_a_thousand_rows_go_in_five_calls_and_are_read_back_in_one(world: World) -> None:
    ids = [lead(world) for _ in range(1000)]

    receipts = world.connector.write(
        [update(id_, id_, Title="x") for id_ in ids], read_back={"lead": ("Title",)}
    )

    assert {receipt.record.values["Title"] for receipt in receipts if receipt.record} == {"x"}
    assert (world.connector.calls["write"], world.connector.calls["read_back"]) == (5, 1)


def test_a_row_names_the_fields_it_was_refused_for(world: World) -> None:
    good, bad = lead(world), lead(world)

    done, refused = world.connector.write(
        [update(good, "g", Title="x"), update(bad, "b", Email="not an address")], read_back={}
    )

    assert done.outcome == "done"
    assert (refused.outcome, refused.faults[0].code) == ("refused", "INVALID_EMAIL_ADDRESS")
    assert refused.faults[0].fields == ("Email",)


def test_a_converted_lead_is_gone(world: World) -> None:
    id_ = lead(world)
    world.people.twin.convert_lead(id_, world.people.seller, world.clock.now())

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("gone", "CANNOT_UPDATE_CONVERTED_LEAD")
    assert receipt.ref == Ref("salesforce", "lead", id_)


def test_a_deleted_record_is_gone(world: World) -> None:
    id_ = lead(world)
    world.people.twin.delete("Lead", id_, world.people.seller, world.clock.now())

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("gone", "ENTITY_IS_DELETED")


def test_a_locked_row_alone_is_sent_again(world: World, between: Between) -> None:
    ids = [lead(world), lead(world)]

    def first_locked(request: Request) -> Reply:
        rows = json.loads(request.body)["records"]
        assert len(rows) == 2
        return told(200, [BUSY, {"id": ids[1], "success": True, "errors": []}])

    between.next(COLLECTIONS, first_locked)

    receipts = world.connector.write([update(id_, id_, Title="x") for id_ in ids], read_back={})

    assert [receipt.outcome for receipt in receipts] == ["done", "done"]
    sent = [
        json.loads(request.body)["records"]
        for request in between.to(COLLECTIONS)
        if request.method == "PATCH"
    ]
    assert [len(rows) for rows in sent] == [2, 1]
    assert row(world, ids[0])["Title"] == "x"


def test_a_row_that_stays_locked_waits(world: World, between: Between) -> None:
    id_ = lead(world)
    between.next(COLLECTIONS, *[told(200, [BUSY])] * 5)

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("waiting", "UNABLE_TO_LOCK_ROW")
    assert world.connector.calls["write"] == 5


@pytest.mark.parametrize("then", [hang_up, lambda _: html(502), lambda _: html(504), lambda _: html(200)])
def test_an_update_whose_answer_was_lost_is_looked_up_not_sent_again(
    world: World, between: Between, then: object
) -> None:
    id_ = lead(world)
    between.next(COLLECTIONS, after_commit(world.people.twin, world.clock.now, then))

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={"lead": ("LastName",)})

    assert receipt.outcome == "done"
    assert receipt.record is not None
    assert receipt.record.values["LastName"] == "Adams"
    assert world.connector.calls["write"] == 1


def test_an_upsert_whose_answer_was_lost_is_found_by_its_key(world: World, between: Between) -> None:
    between.next(COLLECTIONS, after_commit(world.people.twin, world.clock.now))

    [receipt] = world.connector.write([upsert("501", Title="x")], read_back={})

    [there] = world.people.twin.records("Lead")
    assert (receipt.outcome, receipt.ref) == ("done", Ref("salesforce", "lead", str(there["Id"])))


def test_an_update_that_never_arrived_is_unknown_and_leaves_a_later_edit_alone(
    world: World, between: Between
) -> None:
    id_ = lead(world)
    between.next(COLLECTIONS, hang_up)

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert receipt.outcome == "unknown"
    assert row(world, id_)["Title"] is None
    assert receipt.record is not None


def test_a_task_whose_answer_was_lost_is_never_sent_again(world: World, between: Between) -> None:
    id_ = lead(world)
    between.next(COLLECTIONS, after_commit(world.people.twin, world.clock.now))
    task = Write(
        "t", "salesforce", "task", "create", {"Subject": "Call", "WhoId": id_, "Status": "Completed"}
    )

    [receipt] = world.connector.write([task], read_back={})

    assert receipt.outcome == "unknown"
    assert len(world.people.twin.records("Task")) == 1


def test_a_task_that_surely_did_not_arrive_is_sent_again(world: World, between: Between) -> None:
    between.next(COLLECTIONS, told(503, [{"errorCode": "SERVER_UNAVAILABLE", "message": ""}]))
    task = Write("t", "salesforce", "task", "create", {"Subject": "Call", "Status": "Completed"})

    [receipt] = world.connector.write([task], read_back={})

    assert (receipt.outcome, receipt.created) == ("done", True)
    assert len(world.people.twin.records("Task")) == 1


@pytest.mark.fault("F08")
def test_fewer_results_than_rows_are_matched_with_nobody(world: World, between: Between) -> None:
    ids = [lead(world), lead(world)]
    between.next(COLLECTIONS, told(200, [{"id": ids[0], "success": True, "errors": []}]))

    receipts = world.connector.write([update(id_, id_, Title="x") for id_ in ids], read_back={})

    assert [receipt.outcome for receipt in receipts] == ["unknown", "unknown"]


@pytest.mark.fault("F09")
def test_a_call_refused_for_one_row_is_halved_until_it_stands_alone(world: World, between: Between) -> None:
    ids = [lead(world) for _ in range(8)]

    def garbled(request: Request) -> Reply | None:
        if ids[5] in request.body.decode() and request.method == "PATCH":
            between.next(COLLECTIONS, garbled)
            return told(400, [{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize"}])
        between.next(COLLECTIONS, garbled)
        return None

    between.next(COLLECTIONS, garbled)

    receipts = world.connector.write([update(id_, id_, Title="x") for id_ in ids], read_back={})

    assert [receipt.outcome for receipt in receipts] == ["done"] * 5 + ["refused"] + ["done"] * 2
    assert world.connector.calls["write"] == 7


def test_nobody_may_write_a_field_costs_no_halving(world: World, between: Between) -> None:
    ids = [lead(world) for _ in range(8)]
    between.next(
        COLLECTIONS,
        told(
            400, [{"errorCode": "INVALID_FIELD", "message": "No such column 'X__c' on sobject of type Lead"}]
        ),
    )
    writes = [
        update(id_, id_, Title="x", **({"X__c": 1} if place < 4 else {})) for place, id_ in enumerate(ids)
    ]

    receipts = world.connector.write(writes, read_back={})

    assert [receipt.outcome for receipt in receipts] == ["refused"] * 4 + ["done"] * 4
    assert receipts[0].faults[0].fields == ("X__c",)
    assert world.connector.calls["write"] == 2


@pytest.mark.parametrize(
    ("reply", "outcome", "code"),
    [
        (html(503), "waiting", "BUSY"),
        (
            told(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests"}]),
            "waiting",
            "OVER_BUDGET",
        ),
        (told(403, [{"errorCode": "INSUFFICIENT_ACCESS", "message": ""}]), "refused", "INSUFFICIENT_ACCESS"),
        (failing("DUPLICATES_DETECTED"), "refused", "DUPLICATES_DETECTED"),
        (failing("ALL_OR_NONE_OPERATION_ROLLED_BACK"), "waiting", "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
        (
            failing("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Title"),
            "refused",
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        ),
    ],
)
def test_each_refusal_has_its_receipt(
    world: World, between: Between, reply: Reply, outcome: str, code: str
) -> None:
    id_ = lead(world)
    between.next(COLLECTIONS, *[reply] * 5)

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == (outcome, code)


def test_a_failed_read_back_leaves_the_receipt_done(world: World, between: Between) -> None:
    id_ = lead(world)
    between.next(COLLECTIONS, lambda _: None, *[html(503)] * 5)

    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert (receipt.outcome, receipt.record) == ("done", None)


@pytest.mark.parametrize("id_", ["../Contact/003", "https://evil.example/", "", "00Q?a=b"])
def test_what_is_no_id_is_refused_without_a_call(world: World, id_: str) -> None:
    [receipt] = world.connector.write([update(id_, Title="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("refused", "MALFORMED_ID")
    assert "write" not in world.connector.calls


def test_a_key_with_odd_characters_travels_in_the_body(world: World) -> None:
    [receipt] = world.connector.write([upsert("../x?a=b#c d@x.inc")], read_back={})

    assert receipt.outcome == "done"
    assert [there["Leadbridge_HubSpot_Id__c"] for there in world.people.twin.records("Lead")] == [
        "../x?a=b#c d@x.inc"
    ]


def test_half_a_character_stops_only_its_own_row(world: World) -> None:
    ids = [lead(world), lead(world)]

    bad, good = world.connector.write(
        [update(ids[0], "b", Title="\ud83d"), update(ids[1], "g", Title="😀 مرحبا \u200b")], read_back={}
    )

    assert (bad.outcome, bad.faults[0].fields) == ("refused", ("Title",))
    assert good.outcome == "done"


def test_two_rows_with_one_key_never_share_a_call(world: World) -> None:
    first, second = world.connector.write(
        [upsert("501", "1", Title="a"), upsert("501", "2", Title="b")], read_back={}
    )

    assert (first.outcome, second.outcome, second.ref) == ("done", "done", first.ref)
    assert (first.created, second.created) == (True, False)
    assert len(world.people.twin.records("Lead")) == 1


def test_a_misspelt_field_name_stops_only_its_own_row(world: World) -> None:
    id_ = lead(world)
    bad = Write("b", "salesforce", "lead", "upsert", {}, key=("No Name", "x"))

    refused, done = world.connector.write([bad, update(id_, "g", Title="x")], read_back={})

    assert (refused.outcome, done.outcome) == ("refused", "done")


def test_joining_is_not_salesforces_way(world: World) -> None:
    [receipt] = world.connector.write(
        [Write("j", "salesforce", "lead", "associate", ref_id="x")], read_back={}
    )

    assert receipt.faults[0].code == "NOT_SUPPORTED"


@pytest.mark.fault("F30")
@pytest.mark.parametrize("how", ["15", "unknown"])
def test_a_taken_value_names_its_field_and_its_holder_but_never_the_key_that_a_row_is_found_by(
    world: World, how: str
) -> None:
    world.people.twin.flip(duplicate_value_names=how, upsert_race_ms=3000)
    holder, other = lead(world, Leadbridge_HubSpot_Id__c="7"), lead(world)

    [receipt] = world.connector.write([update(other, Title="x", Leadbridge_HubSpot_Id__c="7")], read_back={})
    [fault] = receipt.faults
    assert (fault.code, fault.fields, fault.taken) == (
        "DUPLICATE_VALUE",
        ("Leadbridge_HubSpot_Id__c",),
        True,
    )
    assert fault.holder == (holder[:15] if how == "15" else None)

    world.connector.write([upsert("8", "first", Leadbridge_HubSpot_Id__c="8")], read_back={})
    [late] = world.connector.write([upsert("8", "late", Leadbridge_HubSpot_Id__c="8")], read_back={})
    assert [(one.taken, one.fields) for one in late.faults] == [(True, ())]


@pytest.mark.fault("F30")
@pytest.mark.parametrize(
    ("said", "holder"),
    [
        ("doppelter Wert gefunden: <unknown> dupliziert den Wert in Datensatz mit ID: <unknown>", None),
        ("duplicate value found: <unknown> duplicates value on record with id: <unknown>.", None),
        (
            "duplicate value found: Leadbridge_HubSpot_Id__c duplicates value on record with id: 00Q000000000099.",
            "00Q000000000099",
        ),
    ],
    ids=["in German", "nobody may see it", "with a full stop"],
)
def test_a_taken_value_is_known_by_its_code_in_whatever_words_it_is_told(
    world: World, between: Between, said: str, holder: str | None
) -> None:
    between.next(COLLECTIONS, failing("DUPLICATE_VALUE", message=said))

    [receipt] = world.connector.write(
        [update(lead(world), Title="x", Leadbridge_HubSpot_Id__c="7")], read_back={}
    )

    [fault] = receipt.faults
    assert (fault.taken, fault.fields, fault.holder) == (True, ("Leadbridge_HubSpot_Id__c",), holder)


@pytest.mark.fault("F08", "F29")
@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 2, 3, 0), (2, 0, 3, 1), (0, 1, 2, 3)])
def test_new_rows_of_which_one_was_refused_are_told_apart_by_what_they_hold(
    world: World, between: Between, order: tuple[int, ...]
) -> None:
    people = [lead(world) for _ in range(4)]
    writes = [
        Write(
            f"w{n}",
            "salesforce",
            "task",
            "create",
            {"Subject": "Call", "WhoId": id_, "ActivityDate": "2026-03-04"},
        )
        for n, id_ in enumerate(people)
    ]

    def mixed(request: Request) -> Reply:
        world.people.twin.refuse_next("Task", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no")
        reply = world.people.twin.handle(request, world.clock.now())
        rows = reply.json()
        return told(200, [rows[place] for place in order])

    between.next(COLLECTIONS, mixed)
    receipts = world.connector.write(writes, read_back={})

    assert [one.outcome for one in receipts] == ["refused", "done", "done", "done"]
    for receipt, person in list(zip(receipts, people, strict=True))[1:]:
        assert receipt.ref is not None
        assert row(world, receipt.ref.id)["WhoId"] == person


@pytest.mark.fault("F08")
def test_new_rows_that_cannot_be_looked_at_are_told_apart_by_their_place(
    world: World, between: Between
) -> None:
    people = [lead(world) for _ in range(2)]
    writes = [
        Write(f"w{n}", "salesforce", "task", "create", {"Subject": "Call", "WhoId": id_})
        for n, id_ in enumerate(people)
    ]
    world.people.twin.refuse_next("Task", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no")
    between.next(COLLECTIONS + "/Task", *[html(500)] * 9)

    receipts = world.connector.write(writes, read_back={})

    assert [one.outcome for one in receipts] == ["refused", "done"]
