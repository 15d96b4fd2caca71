from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.records import Ref
from sync.model import Base, Link
from sync.store import LinkClash, Store

HUBSPOT = [Ref("hubspot", "contact", str(number)) for number in range(4)]
SALESFORCE = [Ref("salesforce", "lead", str(number)) for number in range(4)]
EVERY = [*HUBSPOT, *SALESFORCE]

links = st.builds(
    Link,
    st.none() | st.integers(1, 12),
    st.just("person"),
    st.none() | st.sampled_from(HUBSPOT),
    st.none() | st.sampled_from(SALESFORCE),
).filter(lambda link: link.hubspot is not None or link.salesforce is not None)


@given(st.lists(st.lists(links, min_size=1, max_size=5), max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_record_never_stands_in_two_links(batches: list[list[Link]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder), "main") as store:
        for batch in batches:
            before = store.links("person", EVERY)
            kept = remembered(store, batch)

            stands = store.links("person", EVERY)
            assert_one_to_one(stands)
            assert set(store.bases(range(1, 200))) == {link.id for link in stands.values()}
            if kept:
                assert_last_word_holds(batch[-1], kept[-1], stands)
            else:
                assert stands == before


def remembered(store: Store, batch: list[Link]) -> list[Link]:
    try:
        return store.remember([(link, Base(), None, None) for link in batch])
    except LinkClash:
        return []


def assert_one_to_one(stands: dict[Ref, Link]) -> None:
    by_number = {link.id: link for link in stands.values()}
    held = [ref for link in by_number.values() for ref in (link.hubspot, link.salesforce) if ref]
    assert sorted(held) == sorted(stands)


def assert_last_word_holds(wanted: Link, kept: Link, stands: dict[Ref, Link]) -> None:
    for ref in (wanted.hubspot, wanted.salesforce):
        if ref is not None:
            assert stands[ref] == kept
