"""The promises of `connectors.base.Connector`, kept alike by a dict and by both vendors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.records import Cursor, Find, Record, Ref, Watch, Write
from tests.contract import worlds
from tests.contract.worlds import START, World

EARLIER = Cursor(START - timedelta(days=1))


@pytest.fixture(params=["memory", "salesforce", "hubspot"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with getattr(worlds, request.param)() as world:
        yield world


def watch(world: World, cursor: Cursor = EARLIER) -> Watch:
    return Watch(world.kind, world.fields, cursor)


def listed(world: World, cursor: Cursor = EARLIER) -> list[Record]:
    """All changes since *cursor*, page by page."""
    found: list[Record] = []
    place: Cursor | None = cursor
    while place:
        [page] = world.connector.changes([watch(world, place)])
        found += page.records
        place = page.next
    return found


def update(world: World, id_: str, name: str = "w", **values: object) -> Write:
    return Write(name, world.connector.side, world.kind, "update", world.called(values), ref_id=id_)


def upsert(world: World, key: str, name: str = "w", **values: object) -> Write:
    pair = (world.names["key"], key)
    values_ = {**world.born_with, **world.called(values)}
    return Write(name, world.connector.side, world.kind, "upsert", values_, key=pair)


def now_in(world: World, id_: str, name: str) -> object:
    [record] = world.connector.fetch(world.kind, [id_], world.fields)
    return record.values[world.names[name]]


class TestEveryConnector:
    def test_describes_the_fields_of_a_kind(self, world: World) -> None:
        schema = world.connector.describe([world.kind])[world.kind]

        assert set(world.fields) <= schema.fields.keys()

    def test_tells_what_changed_at_or_after_the_cursor(self, world: World) -> None:
        world.put(email="a@example.com", surname="Adams")
        world.clock.advance(60)
        late = world.clock.now()
        kept = world.put(email="b@example.com", surname="Brown")

        found = listed(world, Cursor(late))

        assert [record.ref.id for record in found] == [kept]
        assert found[0].modified_at >= late
        assert found[0].values[world.names["surname"]] == "Brown"

    def test_tells_changes_in_the_order_of_their_time(self, world: World) -> None:
        first = world.put(email="a@example.com", surname="Adams")
        world.clock.advance(60)
        second = world.put(email="b@example.com", surname="Brown")
        world.clock.advance(60)
        world.edit(first, words="edited")

        assert [record.ref.id for record in listed(world)] == [second, first]

    def test_a_cursor_with_an_id_leaves_out_what_stands_before_it(self, world: World) -> None:
        one, two = sorted(world.put(email=f"{x}@example.com", surname=x) for x in ("adams", "brown"))
        stamp = listed(world)[0].modified_at

        assert [record.ref.id for record in listed(world, Cursor(stamp, two))] == [two]
        assert {record.ref.id for record in listed(world, Cursor(stamp, one))} == {one, two}

    def test_no_record_is_lost_between_pages(self, world: World) -> None:
        ids = []
        for number in range(450):
            ids.append(world.put(email=f"p{number}@example.com", surname=f"P{number}"))
            world.clock.advance(1 if number % 3 == 0 else 0)
        world.clock.advance(3600)

        assert {record.ref.id for record in listed(world)} == set(ids)

    def test_no_record_is_lost_among_hundreds_that_changed_at_once(self, world: World) -> None:
        ids = [world.put(email=f"p{number}@example.com", surname=f"P{number}") for number in range(450)]
        young = {record.ref.id for record in listed(world)}
        world.clock.advance(3600)
        old = [record.ref.id for record in listed(world)]

        assert young == set(ids)
        assert set(old) == set(ids)

    def test_a_page_carries_the_vendors_own_time(self, world: World) -> None:
        world.clock.advance(77)

        [page] = world.connector.changes([watch(world)])

        assert page.as_of == world.clock.now()
        assert page.next is None

    def test_each_watch_gets_its_page(self, world: World) -> None:
        world.put(email="a@example.com", surname="Adams")

        pages = world.connector.changes([watch(world, Cursor(START + timedelta(days=1))), watch(world)])

        assert [len(page.records) for page in pages] == [0, 1]

    def test_everything_is_read_once_page_by_page(self, world: World) -> None:
        ids = [world.put(email=f"p{number}@example.com", surname=f"P{number}") for number in range(250)]

        found, after = [], ""
        while True:
            page = world.connector.everything(world.kind, world.fields, after)
            found += [record.ref.id for record in page.records]
            if page.next is None:
                break
            after = page.next.id

        assert sorted(found) == sorted(ids)

    def test_reads_by_id_and_leaves_out_what_is_not_there(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        found = world.connector.fetch(world.kind, [id_, world.unknown_id], world.fields)

        assert [record.ref for record in found] == [Ref(world.connector.side, world.kind, id_)]
        assert world.connector.fetch(world.kind, [], world.fields) == []

    def test_an_empty_field_is_seen_as_empty(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        assert now_in(world, id_, "words") is None

    def test_finds_by_value_whatever_its_case(self, world: World) -> None:
        id_ = world.put(email="anna.adams@example.com", surname="Adams")
        world.put(email="b@example.com", surname="Brown")
        email, surname = world.names["email"], world.names["surname"]

        answers = world.connector.find(
            [
                Find(world.kind, {email: ("ANNA.Adams@example.com", "none@example.com")}, world.fields),
                Find(world.kind, {email: ("none@example.com",)}, world.fields),
                Find(world.kind, {email: ("b@example.com",), surname: ("Adams",)}, world.fields),
            ]
        )

        assert [[record.ref.id for record in records] for records in answers[:2]] == [[id_], []]
        assert len(answers[2]) == 2

    def test_finds_a_part_of_a_text_where_asked_to(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams", words="https www.acme.example home")
        world.put(email="b@example.com", surname="Brown", words="another")

        [found] = world.connector.find(
            [Find(world.kind, {world.names["words"]: ("acme.example",)}, world.fields, contains=True)]
        )

        assert [record.ref.id for record in found] == [id_]

    def test_an_update_stands_and_its_receipt_shows_it(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        [receipt] = world.connector.write(
            [update(world, id_, words="hello")], read_back={world.kind: world.fields}
        )

        assert (receipt.outcome, receipt.ref) == ("done", Ref(world.connector.side, world.kind, id_))
        assert receipt.record is not None
        assert receipt.record.values[world.names["words"]] == "hello"
        assert now_in(world, id_, "words") == "hello"

    def test_nothing_clears_a_field(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams", words="hello")

        world.connector.write([update(world, id_, words=None)], read_back={})

        assert now_in(world, id_, "words") in (None, "")

    def test_an_upsert_creates_once_and_finds_it_again(self, world: World) -> None:
        [first] = world.connector.write([upsert(world, "k-1", surname="Adams")], read_back={})
        [second] = world.connector.write([upsert(world, "k-1", surname="Brown")], read_back={})

        assert (first.outcome, first.created) == ("done", True)
        assert (second.outcome, second.created, second.ref) == ("done", False, first.ref)
        assert len(listed(world)) == 1

    def test_one_bad_row_never_blocks_its_batch(self, world: World) -> None:
        ids = [world.put(email=f"p{number}@example.com", surname=f"P{number}") for number in range(5)]
        writes = [update(world, id_, name=id_, words="hello") for id_ in ids]
        bad = Write("bad", world.connector.side, world.kind, "update", {"no_such": "x"}, ref_id=ids[2])

        receipts = world.connector.write([*writes[:2], bad, *writes[3:]], read_back={})

        assert [receipt.write_id for receipt in receipts] == [ids[0], ids[1], "bad", ids[3], ids[4]]
        assert [receipt.outcome for receipt in receipts] == ["done", "done", "refused", "done", "done"]
        assert "no_such" in receipts[2].faults[0].fields
        assert now_in(world, ids[4], "words") == "hello"

    def test_a_record_that_is_not_there_is_never_done(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        missing, good = world.connector.write(
            [update(world, world.unknown_id, "m", words="x"), update(world, id_, "g", words="y")],
            read_back={},
        )

        assert missing.outcome in ("gone", "refused")
        assert good.outcome == "done"

    def test_many_rows_get_their_own_receipts(self, world: World) -> None:
        ids = [world.put(email=f"p{number}@example.com", surname=f"P{number}") for number in range(230)]
        writes = [update(world, id_, name=id_, words=f"for {id_}") for id_ in reversed(ids)]

        receipts = world.connector.write(writes, read_back={})

        assert [receipt.write_id for receipt in receipts] == list(reversed(ids))
        assert {receipt.outcome for receipt in receipts} == {"done"}
        assert all(receipt.ref and receipt.ref.id == receipt.write_id for receipt in receipts)
        assert now_in(world, ids[7], "words") == f"for {ids[7]}"

    def test_two_writes_to_one_record_happen_in_their_order(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        receipts = world.connector.write(
            [update(world, id_, "1", words="first"), update(world, id_, "2", words="second")], read_back={}
        )

        assert [receipt.outcome for receipt in receipts] == ["done", "done"]
        assert now_in(world, id_, "words") == "second"

    def test_a_note_is_created(self, world: World) -> None:
        kind, body = world.note
        extra = {"hs_timestamp": "2026-03-02T09:00:00Z"} if kind == "note" and body != "body" else {}
        writes = [
            Write(name, world.connector.side, kind, "create", {body: name, **extra})
            for name in ("one", "two")
        ]

        receipts = world.connector.write(writes, read_back={kind: (body,)})

        assert [(receipt.outcome, receipt.created) for receipt in receipts] == [("done", True)] * 2
        assert [receipt.record.values[body] for receipt in receipts if receipt.record] == ["one", "two"]

    def test_no_writes_are_no_receipts(self, world: World) -> None:
        assert world.connector.write([], read_back={}) == []

    def test_calls_are_counted_by_purpose(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        world.connector.changes([watch(world)])
        world.connector.fetch(world.kind, [id_], world.fields)
        world.connector.write([update(world, id_, words="x")], read_back={})
        counted = world.connector.calls

        assert (counted["poll"], counted["gather"], counted["write"]) == (1, 1, 1)

    def test_who_must_not_write_any_more_is_stopped_before_the_call_leaves(self, world: World) -> None:
        id_ = world.put(email="a@example.com", surname="Adams")

        def stopped() -> None:
            raise PermissionError("the lease is lost")

        world.connector.before_write(stopped)
        with pytest.raises(PermissionError):
            world.connector.write([update(world, id_, words="x")], read_back={})

        assert world.connector.calls.get("write", 0) == 0
        assert now_in(world, id_, "words") != "x"
