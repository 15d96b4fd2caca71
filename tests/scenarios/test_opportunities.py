"""What becomes of a person whose opportunity changes under them."""

from __future__ import annotations

from pathlib import Path

from sync.demo import ADA, staged
from sync.demo.story import SAM


def test_a_person_who_lost_the_role_in_an_opportunity_is_worked_on_again(tmp_path: Path) -> None:
    with staged(tmp_path / "state", people=0, data=None) as stage:
        stage.daemon.settle()
        for scene in stage.story.scenes:
            stage.show(scene)
            if "converts" in scene.what:
                break
        salesforce, sam = stage.world.salesforce, stage.world.salesforce.user(SAM)
        [role] = salesforce.records("OpportunityContactRole")

        salesforce.delete("OpportunityContactRole", role["Id"], sam, stage.clock.now())
        salesforce.update(
            "Opportunity", role["OpportunityId"], {"Name": "Another buyer"}, sam, stage.clock.now()
        )
        stage.settle()

        contact = stage.world.hubspot.contact(ADA) or ""
        assert stage.world.hubspot.record("contacts", contact)["leadbridge_stage"] == "working"
        assert stage.settle() == 0
