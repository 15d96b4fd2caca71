"""Whatever somebody changes of what the plugin brought, `plugin check` ends with 4 and names it; an install sets it right."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from connectors.records import Side
from plugin.salesforce import bundle
from plugin.salesforce.archives import archive
from plugin.salesforce.parts import Part
from tests.plugin.offices import Office
from tests.scenarios.conftest import Ended, Leadbridge
from tests.scenarios.town import Town, town

STAGE: Final = "Leadbridge_Stage__c"
SUMMARY: Final = "Leadbridge_Marketing_Summary__c"
PROPERTY: Final = "leadbridge_stage"
SEGMENT: Final = "leadbridge: recycled leads"


@dataclass(frozen=True)
class Admins:
    """Somebody who may change both systems, beside whoever runs the commands."""

    here: Town
    office: Office

    def part(self, name: str) -> Any:
        [found] = [one for one in bundle(self.here.agreement) if one.full_name == name]
        return found

    def edit_a_rule(self) -> None:
        self.office.deploy(replace(self.part("Lead.Leadbridge_From_working"), formula="false"))

    def switch_a_rule_off(self) -> None:
        off = _with(self.part("Lead.Leadbridge_From_working"), b"<active>true<", b"<active>false<")
        self.deploy(off)

    def take_a_value_out(self) -> None:
        self.here.world.salesforce.deactivate_value("Lead", STAGE, "recycled")

    def take_a_right(self) -> None:
        self.here.world.salesforce.change_permission_set("Leadbridge_Integration", f"Lead.{STAGE}", "r")

    def delete_a_field(self) -> None:
        self.here.world.salesforce.map_lead_field(SUMMARY)  # what is mapped for conversion cannot be deleted
        self.office.deploy(gone=[("CustomField", f"Lead.{SUMMARY}")])

    def rename_a_property(self) -> None:
        self.office.hubspot.portal.change_property("contact", PROPERTY, {"label": "Funnel step"})

    def archive_a_property(self) -> None:
        self.office.hubspot.portal.archive_property("contact", "leadbridge_round")

    def drop_an_option(self) -> None:
        options = self.office.hubspot.portal.properties("contact")[PROPERTY]["options"]
        kept = [one for one in options if one["value"] != "recycled"]
        self.office.hubspot.portal.change_property("contact", PROPERTY, {"options": kept})

    def delete_a_segment(self) -> None:
        found = self.office.hubspot.portal.segment("contact", SEGMENT)
        assert found is not None
        self.office.hubspot.portal.delete_segment(str(found["listId"]))

    def deploy(self, zipped: bytes) -> None:
        id_ = self.office.salesforce.deployer.start(zipped, check_only=False)
        for seen in self.office.salesforce.deployer.watch(id_):
            assert seen.success or not seen.done, seen.failures


def _with(part: Part, old: bytes, new: bytes) -> bytes:
    """The deployment of *part* with other bytes in its file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive((part,), ()))) as there, zipfile.ZipFile(made, "w") as changed:
        texts = {name: there.read(name) for name in there.namelist()}
        assert any(old in text for text in texts.values())
        for name, text in texts.items():
            changed.writestr(name, text.replace(old, new))
    return made.getvalue()


@pytest.fixture(scope="module")
def admins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admins]:
    with town(tmp_path_factory.mktemp("town"), own_fields=False, in_process=True) as here:
        office = Office(here.agreement, here.world, here.clock)
        office.install()
        twin = here.world.salesforce
        twin.assign_permission_set(twin.integration_user, "Leadbridge_Integration")
        yield Admins(here, office)
        office.salesforce.close()
        office.hubspot.close()


@pytest.mark.parametrize(
    ("edit", "side", "named"),
    [
        (Admins.edit_a_rule, "salesforce", "(Lead.Leadbridge_From_working): its formula differs."),
        (Admins.switch_a_rule_off, "salesforce", "(Lead.Leadbridge_From_working): it is switched off."),
        (Admins.take_a_value_out, "salesforce", "the value “Recycled” (recycled) is missing."),
        (Admins.take_a_right, "salesforce", f"it lacks edit on Stage of Lead (Lead.{STAGE})."),
        (Admins.delete_a_field, "salesforce", f"(Lead.{SUMMARY}): missing."),
        (Admins.rename_a_property, "hubspot", f"(contact.{PROPERTY}): its label differs."),
        (Admins.archive_a_property, "hubspot", "(contact.leadbridge_round): missing."),
        (Admins.drop_an_option, "hubspot", f"(contact.{PROPERTY}): it lacks the option recycled."),
        (Admins.delete_a_segment, "hubspot", f"segment “{SEGMENT}”: missing."),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_what_somebody_changed_is_named_ends_with_4_and_is_set_right_by_an_install(
    admins: Admins, leadbridge: Leadbridge, edit: Callable[[Admins], None], side: Side, named: str
) -> None:
    settings = admins.here.settings() | admins.here.world.admin_settings()

    def check() -> Ended:
        return leadbridge("plugin", "check", "--only", side, settings=settings)

    edit(admins)
    changed = check()
    admins.office.install()
    after = check()

    assert changed.code == 4
    assert named in changed.err
    assert "`leadbridge plugin install`" in changed.err
    assert after.code == 0, after.err
