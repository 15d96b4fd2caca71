"""Steps between two looks: judged by HubSpot's history, implied by the plugin's rules, or else told as unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sync.report.views import story_of
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import MIA, SAM, Town, town

ADA = "ada.lind@nordwind.example"
STAGE = "Leadbridge_Stage__c"
UNSEEN = "steps before it since the last look, if any, were unseen"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, in_process=True) as made:
        yield made


def unheld(here: Town) -> None:
    """Ops say that no rule holds sellers."""
    rules = here.config / "lifecycle.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("\n  rules: per_stage\n", "\n  rules: none\n"), "utf-8")


def handed_over(here: Town) -> dict[str, Any]:
    """The Lead of somebody who asked for a call."""
    here.run()
    here.settle()
    told = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
    asked = {**told, "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(ADA, "Request a call", asked, here.clock.now())
    here.settle()
    return here.sales("Lead", ADA)


def sells(here: Town, *stages: str) -> None:
    lead = here.sales("Lead", ADA)
    for stage in stages:
        here.sell(lead, **{STAGE: stage})
        here.clock.advance(2)


def story(here: Town) -> Sequence[tuple[str, str | None, str]]:
    """What the page of one person says about moves since the hand-off."""
    ref = here.bridge.contact_with(ADA)
    assert ref is not None
    lines = [one for one in story_of(here.bridge.store, ref) if one.field == "stage"]
    said = [(one.what, one.new, one.why) for one in lines]
    return said[[new for _, new, _ in said].index("handed_over") + 1 :]


@pytest.mark.goal("G-L6")
def test_where_rules_hold_sellers_a_jump_is_the_way_to_it_and_its_middle_is_implied(here: Town) -> None:
    handed_over(here)

    sells(here, "accepted", "working")
    here.settle()

    assert [(what, new) for what, new, _ in story(here)] == [("moved", "accepted"), ("moved", "working")]
    assert story(here)[0][2].startswith("implied: ")
    assert not any("unseen" in why for _, _, why in story(here))


@pytest.mark.goal("G-L6")
@pytest.mark.parametrize("looks_between", [True, False])
def test_where_no_rule_holds_them_the_end_may_depend_on_when_the_bridge_looks_and_it_says_so(
    here: Town, leadbridge: Leadbridge, looks_between: bool
) -> None:
    unheld(here)
    handed_over(here)

    sells(here, "accepted")
    if looks_between:
        here.settle()
    sells(here, "working")
    here.settle()

    assert here.sales("Lead", ADA)[STAGE] == ("working" if looks_between else "handed_over")
    assert here.contact(ADA)["leadbridge_stage"] == ("working" if looks_between else "handed_over")
    assert story(here)[-1][0] == ("moved" if looks_between else "reverted")
    assert UNSEEN in story(here)[-1][2]
    checked = leadbridge("check", "--offline", settings=here.settings())
    assert "where people stand in the end may depend on `poll_s`" in " ".join(checked.out.split())


@pytest.mark.goal("G-L6")
def test_hubspots_history_gives_every_step_and_where_it_lacks_that_is_said(here: Town) -> None:
    handed_over(here)

    here.market(ADA, leadbridge_stage="nurturing", leadbridge_sales_comment="a mistake")
    here.clock.advance(2)
    here.market(ADA, by=SAM, leadbridge_stage="disqualified", leadbridge_reason="duplicate")
    here.settle()
    seen = [(new, why) for _, new, why in story(here)]
    here.world.hubspot.flip(history_kept_contacts=1)
    here.market(ADA, by=MIA, leadbridge_stage="nurturing", leadbridge_sales_comment="one person after all")
    here.settle()

    assert [new for new, _ in seen] == ["nurturing", "disqualified"]
    assert not any("unseen" in why for _, why in seen)
    assert story(here)[-1][1] == "nurturing"
    assert UNSEEN in story(here)[-1][2]


@pytest.mark.goal("G-L6")
def test_in_standard_mode_the_middle_of_what_a_status_asks_for_is_unseen(tmp_path: Path) -> None:
    with town(tmp_path, own_fields=False, in_process=True) as here:
        lead = handed_over(here)

        here.sell(lead, Status="Working - Contacted")
        here.settle()

        [accepted, working] = story(here)
        assert accepted[:2] == ("moved", "accepted")
        assert accepted[2].startswith("unseen: ")
        assert working[:2] == ("moved", "working")
        assert UNSEEN in working[2]
