"""Every failure that another product is known for has a scenario of its name."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

SCENARIOS = Path(__file__).parents[1] / "scenarios"
KNOWN = (
    "hopping_twin", "orphan_after_filter", "silent_204", "summed_score_merge", "relabelled_currency", "flip_flop",
    "revived_delete", "timeout_after_commit", "same_timestamp_10k", "cursor_after_processing", "id_only_dedupe",
    "no_next_page", "semicolon_eater", "two_users_one_contact", "time_zone_freeze", "bulk_falls_back_row_by_row",
    "email_change_new_lead", "mass_switch_on",
)  # fmt: skip


def test_every_failure_that_others_are_known_for_has_one_scenario_of_its_name() -> None:
    found = Counter(
        node.name.removeprefix("test_")
        for path in SCENARIOS.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )

    assert {name: found[name] for name in KNOWN} == dict.fromkeys(KNOWN, 1)
