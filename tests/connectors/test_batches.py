"""Batches, and comparing what was sent with what stands there."""

from __future__ import annotations

import pytest

from connectors.batches import layers, stands, unsendable
from connectors.errors import Unknown
from connectors.receipts import BadRows, Receipts, sift
from connectors.records import Fault, Receipt, Write


def rows(count: int) -> list[Write]:
    return [Write(str(n), "hubspot", "contact", "update", {"name": n}, ref_id=str(n)) for n in range(count)]


@pytest.mark.parametrize(
    ("sent", "there"),
    [
        (None, None),
        ("", None),
        (None, ""),
        ("5", 5.0),
        ("5.10", 5.1),
        (True, "true"),
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000+0000"),
        ("a\nb", "a\r\nb"),
        (" a ", "a"),
    ],
)
def test_the_same_value_is_seen_in_another_spelling(sent: object, there: object) -> None:
    assert stands({"x": sent}, {"x": there})


@pytest.mark.parametrize(("sent", "there"), [("a", "b"), ("a", None), (None, "a"), ("5", "6"), ("a", "A")])
def test_another_value_is_another_value(sent: object, there: object) -> None:
    assert not stands({"x": sent}, {"x": there})


def test_a_key_stands_once_in_a_layer() -> None:
    assert list(layers(["a1", "b1", "a2", "a3"], lambda row: row[0])) == [["a1", "b1"], ["a2"], ["a3"]]


@pytest.mark.fault("F44")
def test_half_a_character_cannot_be_sent() -> None:
    assert unsendable({"a": "fine 😀", "b": "\ud83d", "c": "nul \0", "d": 5}) == ("b", "c")


@pytest.mark.parametrize("bad", [set(), {"0"}, {"63"}, {"7", "8"}, {"1", "30", "62"}])
def test_bad_rows_are_found_by_halving(bad: set[str]) -> None:
    calls = []

    def send(some: object) -> Receipts:
        calls.append(some)
        if any(row.id in bad for row in some):
            raise BadRows("no", (Fault("INVALID", "no"),))
        return {row.id: Receipt(row.id, "done") for row in some}

    receipts = sift(rows(64), send, frozenset())

    assert {id_ for id_, receipt in receipts.items() if receipt.outcome == "refused"} == bad
    assert len(receipts) == 64
    assert len(calls) <= 1 + 2 * 6 * len(bad)


def test_a_field_that_nobody_may_write_is_not_searched_for() -> None:
    calls = []

    def send(some: object) -> Receipts:
        calls.append(some)
        raise BadRows("no", (Fault("READ_ONLY", "no", ("name",)),))

    receipts = sift(rows(64), send, frozenset({"READ_ONLY"}))

    assert {receipt.outcome for receipt in receipts.values()} == {"refused"}
    assert len(calls) == 1


def test_a_batch_whose_answer_was_lost_is_unknown_row_by_row() -> None:
    def send(some: object) -> Receipts:
        raise Unknown("lost")

    assert {receipt.outcome for receipt in sift(rows(3), send, frozenset()).values()} == {"unknown"}
