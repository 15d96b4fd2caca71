"""Writing to HubSpot: partial batches, bad rows, lost answers, and replies in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.hubspot.faults import existing_id
from connectors.records import Ref, Write
from tests.connectors.answers import Between, Odd, after_commit, hang_up, html, told
from tests.contract.worlds import World, hubspot
from twins.messages import Reply, Request

UPDATE, UPSERT, CREATE = "batch/update", "batch/upsert", "batch/create"
STAMP = {"lastmodifieddate": "2026-03-02T09:00:00Z"}
TIMES = {"createdAt": "2026-03-02T09:00:00Z", "updatedAt": "2026-03-02T09:00:00Z"}


@pytest.fixture
def between() -> Between:
    return Between()


@pytest.fixture
def world(between: Between) -> Iterator[World]:
    with hubspot(between) as world:
        yield world


def update(id_: str, name: str = "w", **values: object) -> Write:
    return Write(name, "hubspot", "contact", "update", values, ref_id=id_)


def upsert(key: str, name: str = "w", **values: object) -> Write:
    return Write(name, "hubspot", "contact", "upsert", values, key=("leadbridge_key", key))


def note(name: str, *others: Ref) -> Write:
    values = {"hs_note_body": f"about {name}", "hs_timestamp": "2026-03-02T09:00:00Z"}
    return Write(name, "hubspot", "note", "create", values, associations=others)


def contacts(world: World, count: int) -> list[str]:
    return [world.put(email=f"p{number}@example.com", surname="P") for number in range(count)]


def value(world: World, id_: str, name: str) -> object:
    return world.people.twin.record("contacts", id_).get(name)


def changed(change: Any, world: World) -> Odd:
    """The vendor carries it out and *change* garbles its reply."""

    def odd(request: Request) -> Reply:
        reply = world.people.twin.handle(request, world.clock.now())
        body = json.loads(reply.body)
        change(body)
        return told(reply.status, body)

    return odd


@pytest.mark.fault("F08")
def test_results_in_another_order_reach_their_rows(world: World, between: Between) -> None:
    ids = contacts(world, 20)
    between.next(UPDATE, changed(lambda body: body["results"].reverse(), world))

    receipts = world.connector.write([update(id_, f"w{id_}", jobtitle=id_) for id_ in ids], read_back={})

    assert [receipt.ref.id for receipt in receipts if receipt.ref] == ids
    assert [receipt.record.values["jobtitle"] for receipt in receipts if receipt.record] == ids


def test_new_records_in_another_order_reach_their_rows(world: World, between: Between) -> None:
    between.next(UPSERT, changed(lambda body: body["results"].reverse(), world))

    receipts = world.connector.write(
        [upsert(f"k{n}", f"w{n}", lastname=f"L{n}") for n in range(5)], read_back={}
    )

    assert all(receipt.created for receipt in receipts)
    assert [value(world, receipt.ref.id, "leadbridge_key") for receipt in receipts if receipt.ref] == [
        f"k{n}" for n in range(5)
    ]


def test_a_result_that_is_missing_is_looked_up(world: World, between: Between) -> None:
    ids = contacts(world, 3)
    between.next(UPDATE, changed(lambda body: body["results"].pop(1), world))

    receipts = world.connector.write([update(id_, id_, jobtitle="x") for id_ in ids], read_back={})

    assert [receipt.outcome for receipt in receipts] == ["done"] * 3
    assert world.connector.calls == {"write": 1, "read_back": 1}


def test_a_merged_record_that_is_left_out_without_a_word_is_gone(world: World, between: Between) -> None:
    ids = contacts(world, 2)
    body = {
        "status": "COMPLETE",
        "results": [{"id": ids[0], "properties": {**STAMP, "jobtitle": "x"}, **TIMES}],
    }
    survivor = {"id": "777", "properties": STAMP, **TIMES}
    between.next(UPDATE, told(200, body))
    between.next("batch/read", told(200, {"status": "COMPLETE", "results": [survivor]}))

    kept, merged = world.connector.write([update(id_, id_, jobtitle="x") for id_ in ids], read_back={})

    assert (kept.outcome, merged.outcome) == ("done", "gone")


def test_a_merged_record_that_answers_under_its_survivors_id_is_written(
    world: World, between: Between
) -> None:
    """HubSpot may follow a merged id by itself: then the answer names the survivor, whom nobody asked for."""
    ids = contacts(world, 2)
    rows = [
        {"id": id_, "properties": {**STAMP, "jobtitle": title}, **TIMES}
        for id_, title in (("777", "y"), (ids[0], "x"))
    ]
    between.next(UPDATE, told(200, {"status": "COMPLETE", "results": rows}))

    kept, merged = world.connector.write(
        [update(ids[0], ids[0], jobtitle="x"), update(ids[1], ids[1], jobtitle="y")], read_back={}
    )

    assert (kept.outcome, merged.outcome) == ("done", "done")
    assert merged.ref == Ref("hubspot", "contact", "777")


def test_an_unknown_record_is_gone_and_harms_nobody(world: World) -> None:
    [id_] = contacts(world, 1)

    gone, done = world.connector.write(
        [update("999999", "g", jobtitle="x"), update(id_, "d", jobtitle="x")], read_back={}
    )

    assert (gone.outcome, gone.faults[0].code, done.outcome) == ("gone", "OBJECT_NOT_FOUND", "done")


@pytest.mark.fault("F09")
def test_a_batch_refused_for_one_row_is_halved_until_it_stands_alone(world: World) -> None:
    ids = contacts(world, 64)
    writes = [
        update(id_, id_, leadbridge_stage="nonsense" if place == 40 else "new")
        for place, id_ in enumerate(ids)
    ]

    receipts = world.connector.write(writes, read_back={})

    bad = receipts.pop(40)
    assert {receipt.outcome for receipt in receipts} == {"done"}
    assert (bad.outcome, bad.faults[0].code, bad.faults[0].fields) == (
        "refused", "INVALID_OPTION", ("leadbridge_stage",),
    )  # fmt: skip
    assert world.connector.calls["write"] <= 2 * 6 + 1


def test_all_bad_properties_of_a_row_are_named(world: World) -> None:
    [id_] = contacts(world, 1)

    [receipt] = world.connector.write(
        [update(id_, email="no address", leadbridge_stage="x", jobtitle="y")], read_back={}
    )

    assert {name for fault in receipt.faults for name in fault.fields} == {"email", "leadbridge_stage"}
    assert value(world, id_, "jobtitle") is None


@pytest.mark.parametrize(
    "body",
    [
        {
            "message": "x",
            "errors": [{"message": "m", "code": "INVALID_EMAIL", "context": {"propertyName": ["email"]}}],
        },
        {
            "message": 'Property values were not valid: [{"error":"INVALID_EMAIL","name":"email","message":"m"}]'
        },
    ],
)
def test_names_are_found_wherever_hubspot_puts_them(
    world: World, between: Between, body: dict[str, Any]
) -> None:
    between.next(UPDATE, told(400, {"status": "error", "category": "VALIDATION_ERROR", **body}))

    [receipt] = world.connector.write([update("1", email="x")], read_back={})

    assert [(fault.code, fault.fields) for fault in receipt.faults] == [("INVALID_EMAIL", ("email",))]


@pytest.mark.parametrize("message", ["Property values were not valid: [oops", "", "plain words"])
def test_an_unreadable_refusal_is_still_one(world: World, between: Between, message: str) -> None:
    between.next(UPDATE, told(400, {"message": message}))

    [receipt] = world.connector.write([update("1", email="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("refused", "HTTP_400")


def test_an_address_that_another_contact_holds_is_a_conflict(world: World) -> None:
    one, two = contacts(world, 2)

    [receipt] = world.connector.write([update(two, email="p0@example.com")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("refused", "CONFLICT")
    assert existing_id(receipt.faults[0].message) == one


@pytest.mark.parametrize(
    ("message", "id_"),
    [
        ("Contact already exists. Existing ID: 123", "123"),
        (
            "… propertyName=email, value=a@b.c} on 552148386511. 552239500007 already has that value.",
            "552239500007",
        ),
        ("something else", None),
    ],
)
def test_of_two_ids_the_owner_is_the_second(message: str, id_: str | None) -> None:
    assert existing_id(message) == id_


@pytest.mark.parametrize("then", [hang_up, lambda _: html(502), lambda _: html(524), lambda _: html(200)])
def test_an_update_whose_answer_was_lost_is_looked_up_not_sent_again(
    world: World, between: Between, then: Odd
) -> None:
    [id_] = contacts(world, 1)
    between.next(UPDATE, after_commit(world.people.twin, world.clock.now, then))

    [receipt] = world.connector.write([update(id_, jobtitle="x")], read_back={"contact": ("lastname",)})

    assert (receipt.outcome, receipt.record and receipt.record.values["lastname"]) == ("done", "P")
    assert world.connector.calls == {"write": 1, "read_back": 1}


def test_an_upsert_whose_answer_was_lost_is_found_by_its_key(world: World, between: Between) -> None:
    between.next(UPSERT, after_commit(world.people.twin, world.clock.now))

    [receipt] = world.connector.write([upsert("K-1", lastname="Adams")], read_back={})

    assert receipt.outcome == "done"
    assert len(world.people.twin.records("contacts")) == 1


def test_a_write_that_never_arrived_is_unknown_and_leaves_a_later_edit_alone(
    world: World, between: Between
) -> None:
    [id_] = contacts(world, 1)
    between.next(UPDATE, hang_up)

    [receipt] = world.connector.write([update(id_, jobtitle="x")], read_back={})

    assert receipt.outcome == "unknown"
    assert value(world, id_, "jobtitle") is None


def test_what_is_still_unseen_stays_unknown(world: World, between: Between) -> None:
    [id_] = contacts(world, 1)
    between.next(UPDATE, hang_up)
    between.next("batch/read", *[html(502)] * 5)

    [receipt] = world.connector.write([update(id_, jobtitle="x")], read_back={})

    assert receipt.outcome == "unknown"


def test_a_note_whose_answer_was_lost_is_never_sent_again(world: World, between: Between) -> None:
    [id_] = contacts(world, 1)
    between.next(CREATE, after_commit(world.people.twin, world.clock.now))

    [receipt] = world.connector.write([note("n", Ref("hubspot", "contact", id_))], read_back={})

    assert receipt.outcome == "unknown"
    assert len(world.people.twin.records("notes")) == 1


def test_a_note_that_surely_did_not_arrive_is_sent_again(world: World, between: Between) -> None:
    between.next(CREATE, told(429, {"policyName": "TEN_SECONDLY_ROLLING"}))

    [receipt] = world.connector.write([note("n")], read_back={})

    assert (receipt.outcome, receipt.created) == ("done", True)
    assert len(world.people.twin.records("notes")) == 1


def test_a_note_stands_on_its_contact(world: World) -> None:
    one, two = contacts(world, 2)

    receipts = world.connector.write(
        [note("a", Ref("hubspot", "contact", one)), note("b", Ref("hubspot", "contact", two))], read_back={}
    )

    for receipt, id_ in zip(receipts, (one, two), strict=True):
        assert receipt.ref is not None
        assert world.people.twin.associated("contacts", id_, "notes") == [receipt.ref.id]
        assert (
            f"about {receipt.write_id}" == world.people.twin.record("notes", receipt.ref.id)["hs_note_body"]
        )


@pytest.mark.parametrize(
    ("kind", "values", "other", "joined"),
    [
        ("note", {"hs_timestamp": "2026-03-02T09:00:00Z"}, "contact", [202]),
        ("note", {"hs_timestamp": "2026-03-02T09:00:00Z"}, "company", [190]),
        ("note", {"hs_timestamp": "2026-03-02T09:00:00Z"}, "deal", [214]),
        ("deal", {"dealname": "Big"}, "contact", [3]),
        ("deal", {"dealname": "Big"}, "company", [341]),
        ("contact", {"lastname": "Li"}, "company", [279]),
        ("contact", {"lastname": "Li"}, "deal", [4]),
        ("company", {"name": "Ab"}, "contact", [280]),
        ("company", {"name": "Ab"}, "deal", [342]),
    ],
)
def test_every_kind_is_joined_at_birth_by_a_type_of_its_own(
    world: World, kind: str, values: dict[str, str], other: str, joined: list[int]
) -> None:
    twin, plural = world.people.twin, {"company": "companies"}
    born = {"contact": {"lastname": "Old"}, "company": {"name": "Old"}, "deal": {"dealname": "Old"}}[other]
    there, here = plural.get(other, f"{other}s"), plural.get(kind, f"{kind}s")
    old = twin.create(there, born, twin.owners[0].user_id, world.clock.now())
    write = Write("w", "hubspot", kind, "create", values, associations=(Ref("hubspot", other, old),))

    [receipt] = world.connector.write([write], read_back={})

    assert (receipt.outcome, receipt.ref is not None) == ("done", True)
    assert receipt.ref is not None
    assert sorted(twin.portal.links[here, there][int(receipt.ref.id)][int(old)]) == joined


def test_one_bad_note_never_blocks_the_others(world: World) -> None:
    bad = Write("bad", "hubspot", "note", "create", {"hs_note_body": "x", "hs_timestamp": "soon"})

    receipts = world.connector.write([note("a"), bad, note("b")], read_back={})

    assert [receipt.outcome for receipt in receipts] == ["done", "refused", "done"]


def test_records_are_joined_a_thousand_a_call(world: World) -> None:
    ids = contacts(world, 3)
    company = world.people.twin.create(
        "companies", {"name": "Acme"}, world.people.twin.owners[0].user_id, world.clock.now()
    )
    joins = [
        Write(
            id_,
            "hubspot",
            "contact",
            "associate",
            ref_id=id_,
            associations=(Ref("hubspot", "company", company),),
        )
        for id_ in ids
    ]

    again = world.connector.write(joins, read_back={})
    receipts = world.connector.write(joins, read_back={})

    assert [receipt.outcome for receipt in (*receipts, *again)] == ["done"] * 6
    assert {world.people.twin.associated("contacts", id_, "companies")[0] for id_ in ids} == {company}
    assert world.connector.calls["write"] == 2


def test_one_join_to_nothing_never_blocks_the_others(world: World) -> None:
    [id_] = contacts(world, 1)
    company = world.people.twin.create(
        "companies", {"name": "Acme"}, world.people.twin.owners[0].user_id, world.clock.now()
    )
    joins = [
        Write(
            other,
            "hubspot",
            "contact",
            "associate",
            ref_id=id_,
            associations=(Ref("hubspot", "company", other),),
        )
        for other in (company, "999999", "no-id")
    ]

    receipts = world.connector.write(joins, read_back={})

    assert receipts[0].outcome == "done"
    assert "done" not in {receipts[1].outcome, receipts[2].outcome}
    assert world.people.twin.associated("contacts", id_, "companies") == [company]


@pytest.mark.parametrize(
    ("reply", "outcome", "code"),
    [
        (html(503), "waiting", "BUSY"),
        (told(429, {"policyName": "DAILY"}), "waiting", "OVER_BUDGET"),
        (told(401, {"category": "INVALID_AUTHENTICATION"}), "waiting", "SIGN_IN_FAILED"),
        (told(403, {"category": "MISSING_SCOPES", "message": "x"}), "refused", "MISSING_SCOPES"),
        (
            told(409, {"message": "Contact already exists. Existing ID: 1", "category": "CONFLICT"}),
            "refused",
            "CONFLICT",
        ),
    ],
)
def test_each_refusal_has_its_receipt(
    world: World, between: Between, reply: Reply, outcome: str, code: str
) -> None:
    between.next(UPDATE, *[reply] * 5)

    [receipt] = world.connector.write([update("1", jobtitle="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == (outcome, code)


def test_after_a_refused_token_nothing_more_is_sent(world: World, between: Between) -> None:
    between.next(UPDATE, told(401, {"category": "INVALID_AUTHENTICATION"}))
    writes = [update("1", "1", jobtitle="x"), update("1", "2", jobtitle="y"), upsert("k", "3", lastname="z")]

    receipts = world.connector.write(writes, read_back={})

    assert [receipt.outcome for receipt in receipts] == ["waiting"] * 3
    assert len(between.seen) == 1


def test_a_lifecycle_stage_that_would_go_back_is_seen_unchanged(world: World) -> None:
    [id_] = contacts(world, 1)
    world.connector.write([update(id_, lifecyclestage="customer")], read_back={})

    [receipt] = world.connector.write([update(id_, lifecyclestage="lead")], read_back={})

    assert receipt.outcome == "done"
    assert receipt.record is not None
    assert receipt.record.values["lifecyclestage"] == "customer"


def test_values_travel_as_text(world: World, between: Between) -> None:
    [id_] = contacts(world, 1)

    world.connector.write(
        [update(id_, leadbridge_round=2, leadbridge_do_not_call=True, jobtitle=None)], read_back={}
    )

    [row] = json.loads(between.to(UPDATE)[0].body)["inputs"]
    assert row["properties"] == {"leadbridge_round": "2", "leadbridge_do_not_call": "true", "jobtitle": ""}
    assert value(world, id_, "leadbridge_round") == "2"


def test_a_thousand_rows_go_in_ten_calls(world: World) -> None:
    ids = contacts(world, 1000)

    receipts = world.connector.write([update(id_, id_, jobtitle="x") for id_ in ids], read_back={})

    assert [receipt.write_id for receipt in receipts] == ids
    assert world.connector.calls == {"write": 10}


@pytest.mark.parametrize("id_", ["", "../1", "1?x=1", "x"])
def test_what_is_no_id_is_refused_without_a_call(world: World, between: Between, id_: str) -> None:
    [receipt] = world.connector.write([update(id_, jobtitle="x")], read_back={})

    assert (receipt.outcome, receipt.faults[0].code) == ("refused", "MALFORMED_ID")
    assert between.seen == []


def test_half_a_character_stops_only_its_own_row(world: World) -> None:
    one, two = contacts(world, 2)

    bad, good = world.connector.write(
        [update(one, "b", jobtitle="\ud83d"), update(two, "g", jobtitle="😀 مرحبا \u200b")], read_back={}
    )

    assert (bad.outcome, bad.faults[0].fields) == ("refused", ("jobtitle",))
    assert good.outcome == "done"


@pytest.mark.parametrize(
    "write",
    [
        Write("x", "hubspot", "contact", "upsert", {}),
        Write(
            "x",
            "hubspot",
            "contact",
            "upsert",
            {},
            key=("leadbridge_key", "k"),
            associations=(Ref("hubspot", "company", "1"),),
        ),
        Write("x", "hubspot", "contact", "create", {}, associations=(Ref("hubspot", "contact", "1"),)),
        Write("x", "hubspot", "contact", "update", {"Bad Name": "x"}, ref_id="1"),
        Write("x", "hubspot", "laed", "update", {}, ref_id="1"),
        Write("x", "hubspot", "note", "create", {}, associations=(Ref("hubspot", "owner", "1"),)),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_without_a_call(
    world: World, between: Between, write: Write
) -> None:
    [receipt] = world.connector.write([write], read_back={})

    assert receipt.outcome == "refused"
    assert between.seen == []
