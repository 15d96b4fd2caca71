"""A fresh org and a fresh portal on one clock, and an admin of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.hubspot import HubSpotSettings
from connectors.hubspot.admin import HubSpotAdmin
from connectors.salesforce import SalesforceSettings
from connectors.salesforce.admin import SalesforceAdmin
from mappings.agreement import Agreement
from plugin.installing import install, look
from plugin.planning import Plan
from plugin.salesforce.archives import archive
from plugin.salesforce.parts import Part
from sync.clock import VirtualClock
from tests.contract.worlds import START
from twins.world import URLS, World


class Office:
    """What an admin sees and does; *told* are the steps of the last install."""

    def __init__(self, agreement: Agreement, world: World, clock: VirtualClock) -> None:
        self.agreement, self.world, self.clock = agreement, world, clock
        self.told: list[str] = []
        keys = world.admin_settings()
        self.salesforce = SalesforceAdmin(
            SalesforceSettings(
                access_token=keys["LEADBRIDGE_ADMIN__SALESFORCE__ACCESS_TOKEN"], instance_url=URLS["salesforce"]
            ),
            clock_now=clock.now,
            sleep=clock.advance,
        )  # fmt: skip
        self.hubspot = HubSpotAdmin(
            HubSpotSettings(
                access_token=keys["LEADBRIDGE_ADMIN__HUBSPOT__ACCESS_TOKEN"], base_url=URLS["hubspot"]
            ),
            clock_now=clock.now,
            sleep=clock.advance,
        )

    @property
    def written(self) -> int:
        return sum(one.calls.get("write", 0) for one in (self.salesforce, self.hubspot))

    def plan(self, agreement: Agreement | None = None, *, widen: bool = False) -> Plan:
        return look(agreement or self.agreement, self.salesforce, self.hubspot, widen=widen)

    def install(self, agreement: Agreement | None = None, *, widen: bool = False) -> Plan:
        """Install what *agreement* wants; the plan that was carried out."""
        plan = self.plan(agreement, widen=widen)
        install(plan, self.salesforce, self.hubspot, lambda what, done, total: self.told.append(what))
        return plan

    def deploy(self, *parts: Part, gone: Iterable[tuple[str, str]] = ()) -> None:
        """Somebody else deploys these parts, or deletes what is named."""
        id_ = self.salesforce.deployer.start(archive(parts, gone), check_only=False)
        for seen in self.salesforce.deployer.watch(id_):
            assert seen.success or not seen.done, seen.failures


@contextmanager
def office(agreement: Agreement) -> Iterator[Office]:
    """Both systems without leadbridge, answering in process."""
    clock, lifecycle = VirtualClock(START), agreement.lifecycle
    world = World(clock.now, tuple(lifecycle.stages), tuple(lifecycle.reasons), people=0, own_fields=False)
    with world.in_process(clock.advance):
        made = Office(agreement, world, clock)
        yield made
        made.salesforce.close()
        made.hubspot.close()


def without_reasons(agreement: Agreement, *gone: str, version: int = 2) -> Agreement:
    """The agreement of a later version, in which these reasons are no more."""
    lifecycle = agreement.lifecycle
    reasons = {name: one for name, one in lifecycle.reasons_by_name.items() if name not in gone}
    return replace(agreement, lifecycle=replace(lifecycle, reasons_by_name=reasons, version=version))


def without(agreement: Agreement, *gone: str, version: int = 2) -> Agreement:
    """The agreement of a later version, in which these stages are no more."""
    lifecycle = agreement.lifecycle
    stages = {name: one for name, one in lifecycle.stages_by_name.items() if name not in gone}
    moves = tuple(one for one in lifecycle.moves if one.to not in gone and one.came_from not in gone)
    return replace(
        agreement, lifecycle=replace(lifecycle, stages_by_name=stages, moves=moves, version=version)
    )
