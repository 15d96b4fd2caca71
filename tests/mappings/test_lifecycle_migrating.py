"""Who stands where after the definition has changed, and which migrations are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mappings.documents import parse
from mappings.documents.broken import Broken
from mappings.documents.lifecycle import LifecycleDocument
from mappings.lifecycle import compile_lifecycle, decide
from mappings.lifecycle.migrating import stranded
from mappings.lifecycle.words import Request
from tests.mappings.test_lifecycle_decide import ENTERED, NOW, QUIET, situation, standing

GOES = "\nmigrations:\n"


@pytest.fixture
def changed(hours, shipped_text):
    """The shipped lifecycle at version 3, with these migrations."""

    def made(*migrations):
        text = shipped_text.replace("version: 1 ", "version: 3 ", 1) + GOES + "".join(migrations)
        document, found = parse(LifecycleDocument, text, "lifecycle.yaml")
        assert document is not None, found
        return compile_lifecycle(document, hours)

    return made


def _stands(lifecycle, stage, *requests, **more):
    around = situation(hubspot=dict(QUIET, **more), salesforce=None)
    return decide(lifecycle, replace(standing(stage), joined=None), requests, around, NOW)


def test_a_renamed_stage_is_left_by_one_step_of_the_bridge(changed):
    outcome = _stands(changed("  - {version: 2, stages: {warming: nurturing}}\n"), "warming")

    assert outcome.standing.stage == "nurturing"
    [step] = outcome.steps
    assert (step.came_from, step.to, step.actor, step.verdict) == (
        "warming",
        "nurturing",
        "bridge",
        "migrated",
    )
    assert "version 3" in step.why


def test_its_clock_starts_when_the_person_moves(changed):
    lifecycle = changed("  - {version: 2, stages: {chasing: working}}\n")

    outcome = decide(lifecycle, standing("chasing"), [], situation(), NOW)

    assert outcome.standing.since == NOW > ENTERED
    assert outcome.standing.due_at == lifecycle.hours.add_days(NOW, 10)


def test_a_split_stage_is_left_by_the_first_way_that_fits(changed):
    ways = "  - {version: 2, stages: {warming: [{when: {is: {country: SE}}, to: nurturing}, {to: new}]}}\n"

    assert _stands(changed(ways), "warming", country="SE").standing.stage == "nurturing"
    assert _stands(changed(ways), "warming").standing.stage == "new"


def test_a_split_may_ask_how_long_ago_something_was(changed):
    ways = "  - {version: 2, stages: {warming: [{when: {within_days: {seen_at: 7}}, to: nurturing}, {to: new}]}}\n"
    lately, long_ago = ((NOW - timedelta(days=days)).isoformat() for days in (3, 30))

    assert _stands(changed(ways), "warming", seen_at=lately).standing.stage == "nurturing"
    assert _stands(changed(ways), "warming", seen_at=long_ago).standing.stage == "new"


def test_a_stage_that_was_renamed_twice_is_followed_to_the_end(changed):
    twice = "  - {version: 2, stages: {warming: caring}}\n  - {version: 3, stages: {caring: nurturing}}\n"

    assert _stands(changed(twice), "warming").standing.stage == "nurturing"


def test_a_name_that_means_something_else_now_moves_only_who_had_it_in_the_old_sense(changed):
    swapped = changed("  - {version: 3, stages: {nurturing: recycled}}\n")
    new = replace(standing("nurturing"), words=3, joined=None)

    assert _stands(swapped, "nurturing").standing.stage == "recycled"
    assert (
        decide(swapped, new, [], situation(hubspot=QUIET, salesforce=None), NOW).standing.stage == "nurturing"
    )


def test_a_migration_that_somebody_has_behind_him_is_not_made_again_by_a_later_version(changed):
    lifecycle = changed(
        "  - {version: 2, stages: {nurturing: recycled}}\n",
        "  - {version: 3, stages: {warming: nurturing}}\n",
    )
    around = situation(hubspot=QUIET, salesforce=None)
    stages = [
        decide(
            lifecycle, replace(standing("nurturing"), words=words, joined=None), [], around, NOW
        ).standing.stage
        for words in (1, 2, 3)
    ]

    assert stages == ["recycled", "nurturing", "nurturing"]


def test_a_migration_that_is_written_down_late_moves_who_was_left_behind(changed):
    lifecycle = changed("  - {version: 3, stages: {warming: nurturing}}\n")
    left = replace(standing("warming"), words=3, joined=None)

    outcome = decide(lifecycle, left, [], situation(hubspot=QUIET, salesforce=None), NOW)

    assert outcome.standing.stage == "nurturing"


def test_it_happens_once(changed):
    lifecycle = changed("  - {version: 3, stages: {nurturing: recycled}}\n")
    first = _stands(lifecycle, "nurturing").standing

    again = decide(lifecycle, first, [], situation(hubspot=QUIET, salesforce=None), NOW)

    assert again.steps == ()
    assert again.standing == first


def test_who_asks_for_a_stage_by_its_old_name_gets_the_new_one(changed):
    lifecycle = changed("  - {version: 2, stages: {warming: nurturing}}\n")
    asks = Request("warming", "marketer", "7", NOW, "hubspot")

    outcome = _stands(lifecycle, "new", asks)

    assert outcome.standing.stage == "nurturing"
    assert [step.verdict for step in outcome.steps] == ["legal"]


def test_who_stands_in_a_stage_that_nobody_speaks_of_is_counted(changed):
    lifecycle = changed("  - {version: 2, stages: {warming: nurturing}}\n")

    assert stranded(lifecycle, {"new": 4, "warming": 3, "parked": 2}) == {"parked": 2}


@pytest.mark.parametrize(
    ("migration", "says"),
    [
        ("  - {version: 9, stages: {warming: nurturing}}\n", "version 9 cannot stand here"),
        ("  - {version: 2, stages: {warming: nuturing}}\n", "`nuturing` is not a stage"),
        ("  - {version: 2, stages: {warming: [{when: {is: {a: b}}, to: new}]}}\n", "must have no `when`"),
        ("  - {version: 2, stages: {warming: [{to: new}, {to: nurturing}]}}\n", "must have no `when`"),
        ("  - {version: 2, stages: {warming: []}}\n", "must have no `when`"),
        ("  - {version: 2, stages: {warming: [{when: {iss: {a: b}}, to: new}, {to: new}]}}\n", "cannot be understood"),
    ],
)  # fmt: skip
def test_a_migration_that_leaves_somebody_nowhere_is_refused(changed, migration, says):
    with pytest.raises(Broken) as refused:
        changed(migration)

    assert says in refused.value.mistakes[0].text
