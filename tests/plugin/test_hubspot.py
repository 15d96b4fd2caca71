"""The HubSpot part on the twin: installed once, found again, merged with what people did to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import Refused
from connectors.hubspot import HubSpotSettings
from connectors.hubspot.administering import Administration
from connectors.hubspot.client import HubSpotClient
from mappings.agreement import Agreement
from plugin.diff import Change, counted, touched
from plugin.hubspot import scopes
from plugin.hubspot.comparing import compared
from plugin.hubspot.generating import bundle
from plugin.hubspot.parts import Part, Property
from plugin.hubspot.writing import carry_out, look, removable, remove
from sync.bootstrap import read_agreement, shipped_config
from sync.clock import VirtualClock
from tests.contract.worlds import START
from twins.hubspot import TOKEN
from twins.world import URLS, World

MIA = "mia.marketer@example.com"


class Desk:
    """A fresh portal without leadbridge, and an admin at it."""

    def __init__(self, agreement: Agreement) -> None:
        self.clock = VirtualClock(START)
        lifecycle = agreement.lifecycle
        self.world = World(
            self.clock.now, tuple(lifecycle.stages), tuple(lifecycle.reasons), people=0, own_fields=False
        )
        settings = HubSpotSettings(access_token=TOKEN, base_url=URLS["hubspot"])
        client = HubSpotClient(settings, self.clock.now, self.clock.advance)
        self.client, self.admin = client, Administration(client)

    @property
    def written(self) -> int:
        return self.client.meter.calls.get("write", 0)

    def plan(self, parts: tuple[Part, ...], *, widen: bool = False) -> tuple[Change, ...]:
        return compared(parts, look(self.admin, parts), widen=widen)[0]

    def install(self, parts: tuple[Part, ...], *, widen: bool = False) -> list[str]:
        done: list[str] = []
        _, steps = compared(parts, look(self.admin, parts), widen=widen)
        carry_out(self.admin, steps, lambda part: done.append(part.place))
        return done

    def members(self, name: str) -> int:
        found = self.admin.segment("contact", name)
        assert found is not None
        return int(found["size"])


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_agreement(shipped_config())


@pytest.fixture
def desk(agreement: Agreement) -> Iterator[Desk]:
    desk = Desk(agreement)
    with desk.world.in_process(desk.clock.advance):
        yield desk
    desk.client.close()


def with_stages(agreement: Agreement, *gone: str, version: int = 2) -> Agreement:
    stages = {name: one for name, one in agreement.lifecycle.stages_by_name.items() if name not in gone}
    return replace(agreement, lifecycle=replace(agreement.lifecycle, stages_by_name=stages, version=version))


def test_a_second_install_plans_nothing_and_writes_nothing(desk: Desk, agreement: Agreement) -> None:
    parts = bundle(agreement)

    first = desk.install(parts)
    before = desk.written
    second = desk.install(parts)

    assert len(first) == len(parts) == before
    assert second == []
    assert desk.written == before
    assert counted(desk.plan(parts)) == {"unchanged": len(parts)}


def test_what_is_installed_is_what_the_bridge_needs(desk: Desk, agreement: Agreement) -> None:
    desk.install(bundle(agreement))

    for one in desk.world.own_fields:
        if one.side == "hubspot":
            for kind in one.kinds:
                standing = desk.admin.properties(kind)[one.name]
                assert standing["hasUniqueValue"] is one.unique
                if one.choices:
                    assert [each["value"] for each in standing["options"]] == list(one.choices)


def test_a_property_that_somebody_made_by_hand_is_a_conflict_and_is_left_alone(
    desk: Desk, agreement: Agreement
) -> None:
    desk.world.install(["leadbridge_reason"])

    [conflict] = [one for one in desk.plan(bundle(agreement)) if one.verb == "conflict"]

    assert conflict.name == "contact.leadbridge_reason"
    assert "rename or delete it" in conflict.why


def test_a_mark_at_the_end_of_the_description_gives_a_property_to_leadbridge(
    desk: Desk, agreement: Agreement
) -> None:
    desk.world.install(["leadbridge_round"])
    desk.admin.change_property(
        "contact", "leadbridge_round", {"description": "Ours. [leadbridge 0.0.0 lifecycle 0 00000000]"}
    )

    changes = {one.name: one.verb for one in desk.plan(bundle(agreement))}

    assert changes["contact.leadbridge_round"] == "update"
    assert "conflict" not in changes.values()


def test_a_stage_that_is_no_more_is_hidden_and_never_dropped(desk: Desk, agreement: Agreement) -> None:
    desk.install(bundle(agreement))
    fewer = bundle(with_stages(agreement, "disqualified"))

    widened = desk.install(fewer, widen=True)
    options = {
        one["value"]: one["hidden"] for one in desk.admin.properties("contact")["leadbridge_stage"]["options"]
    }
    [narrow] = touched(desk.plan(fewer))
    desk.install(fewer)
    hidden = {
        one["value"]: one["hidden"] for one in desk.admin.properties("contact")["leadbridge_stage"]["options"]
    }

    assert widened == ["contact.leadbridge_stage"]
    assert options["disqualified"] is False
    assert (narrow.verb, narrow.why) == ("retire", "it shows the option disqualified (an install hides that)")
    assert hidden["disqualified"] is True
    assert touched(desk.plan(fewer)) == []


def test_what_a_marketer_changed_in_a_property_is_told_in_words(desk: Desk, agreement: Agreement) -> None:
    desk.install(bundle(agreement))
    [stage] = [
        one for one in bundle(agreement) if isinstance(one, Property) and one.name == "leadbridge_stage"
    ]
    edits = {"label": "Phase", "fieldType": "radio", "groupName": "contactinformation"}

    desk.admin.change_property("contact", stage.name, edits)

    [change] = touched(desk.plan(bundle(agreement)))
    assert change.spoken == f"hubspot property “{stage.label}” of contacts (contact.leadbridge_stage)"
    assert change.why == "how it is filled in differs; it stands in another group; its label differs"


def test_a_marketers_own_option_is_hidden_and_kept(desk: Desk, agreement: Agreement) -> None:
    parts = bundle(agreement)
    desk.install(parts)
    options = desk.admin.properties("contact")["leadbridge_sales_rating"]["options"]
    more = [*options, {"label": "Superb", "value": "superb", "displayOrder": 9, "hidden": False}]
    desk.admin.change_property("contact", "leadbridge_sales_rating", {"options": more})

    [change] = touched(desk.plan(parts))

    assert (change.name, change.why) == (
        "contact.leadbridge_sales_rating",
        "it shows the option superb (an install hides that)",
    )


def test_an_edited_segment_is_set_right(desk: Desk, agreement: Agreement) -> None:
    parts = bundle(agreement)
    desk.install(parts)
    segment = desk.admin.segment("contact", "leadbridge: sales opt-outs")
    other = next(one for one in parts if one.place == "segment “leadbridge: recycled leads”")
    desk.admin.refilter_segment(segment["listId"], {"filterBranch": other.branch})

    assert [(one.name, one.verb) for one in touched(desk.plan(parts))] == [
        ("segment “leadbridge: sales opt-outs”", "update")
    ]
    desk.install(parts)
    assert touched(desk.plan(parts)) == []


def test_a_segment_that_somebody_made_by_hand_is_a_conflict_and_is_left_alone(
    desk: Desk, agreement: Agreement
) -> None:
    parts = bundle(agreement)
    asks = {
        "filterType": "PROPERTY",
        "property": "email",
        "operation": {
            "operationType": "ALL_PROPERTY",
            "operator": "IS_KNOWN",
            "includeObjectsWithNoValueSet": False,
        },
    }
    branch = {
        "filterBranchType": "OR",
        "filterBranches": [{"filterBranchType": "AND", "filterBranches": [], "filters": [asks]}],
        "filters": [],
    }
    body = {"name": "leadbridge: recycled leads", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    desk.admin.create_segment({**body, "filterBranch": branch})

    [conflict] = [one for one in desk.plan(parts) if one.verb == "conflict"]
    gone = removable(parts, look(desk.admin, parts), data=True)
    later = touched(desk.plan(bundle(with_stages(agreement, "recycled"))))

    assert conflict.name == "segment “leadbridge: recycled leads”"
    assert "rename or delete it" in conflict.why
    assert gone == ()
    assert conflict.name not in {one.name for one in later}


def test_the_segment_of_a_stage_that_is_no_more_is_deleted_and_an_uninstall_takes_it(
    desk: Desk, agreement: Agreement
) -> None:
    desk.install(bundle(agreement))
    fewer, name = bundle(with_stages(agreement, "recycled")), "segment “leadbridge: recycled leads”"

    gone = [part.place for part in removable(fewer, look(desk.admin, fewer), data=False)]
    widened = {one.name: one.verb for one in desk.plan(fewer, widen=True)}
    planned = {one.name: (one.verb, one.why) for one in desk.plan(fewer)}
    desk.install(fewer)

    assert name in gone
    assert name not in widened
    assert planned[name] == ("retire", "it is deleted: the lifecycle no longer has it")
    assert desk.admin.segment("contact", "leadbridge: recycled leads") is None
    assert touched(desk.plan(fewer)) == []


def test_segments_are_filled_by_what_the_bridge_writes(desk: Desk, agreement: Agreement) -> None:
    desk.install(bundle(agreement))
    hubspot, now = desk.world.hubspot, desk.clock.now
    moment = (now() - timedelta(days=3)).isoformat()
    people = (
        {"leadbridge_outcome": "won"},
        {"leadbridge_outcome": "won", "leadbridge_case_study": "done"},
        {"leadbridge_stage": "recycled"},
        {"leadbridge_stage": "rejected", "leadbridge_stage_changed_at": moment},
        {"leadbridge_stage": "handed_over", "leadbridge_sla_breached": "true"},
        {"leadbridge_stage": "handed_over", "leadbridge_sales_optout": "true"},
    )
    for place, person in enumerate(people):
        hubspot.create("contacts", {"email": f"p{place}@example.com", **person}, MIA, now())
    sizes = {
        name: desk.members(f"leadbridge: {name}")
        for name in (
            "won customers for case studies", "recycled leads", "rejected in the last 30 days",
            "handed over and late", "sales opt-outs",
        )
    }  # fmt: skip
    desk.clock.advance(40 * 86_400)

    assert set(sizes.values()) == {1}
    assert desk.members("leadbridge: rejected in the last 30 days") == 0


def test_uninstall_takes_the_segments_and_with_data_the_properties(desk: Desk, agreement: Agreement) -> None:
    parts = bundle(agreement)
    desk.install(parts)
    found = look(desk.admin, parts)
    gone: list[str] = []
    remove(desk.admin, removable(parts, found, data=False), found, lambda part: gone.append(part.place))

    assert len(gone) == 5
    assert "leadbridge_stage" in desk.admin.properties("contact")

    found = look(desk.admin, parts)
    remove(desk.admin, removable(parts, found, data=True), found, lambda part: None)
    assert "leadbridge_stage" not in desk.admin.properties("contact")
    assert "leadbridge" not in desk.admin.groups("contact")


def test_what_hubspot_says_against_a_property_is_told(desk: Desk) -> None:
    with pytest.raises(Refused, match=r"HubSpot says: .*Property group leadbridge does not exist"):
        desk.admin.create_property(
            "contact",
            {"name": "x", "label": "X", "type": "string", "fieldType": "text", "groupName": "leadbridge"},
        )


def test_the_scopes_that_are_printed_are_enough_to_install(desk: Desk, agreement: Agreement) -> None:
    parts = bundle(agreement)
    desk.world.hubspot.portal.keys.narrow(TOKEN, frozenset(scopes.admins(parts)))

    assert len(desk.install(parts)) == len(parts)


def test_the_daemons_scopes_follow_from_the_pairs(agreement: Agreement) -> None:
    assert scopes.daemons(agreement) == (
        "crm.objects.companies.read",
        "crm.objects.companies.write",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.deals.read",
        "crm.objects.deals.write",
        "crm.objects.owners.read",
    )
