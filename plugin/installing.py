"""Carries a plan out: Salesforce validates and then takes the same bytes, and only then HubSpot is written.

A deployment is all or nothing; what was written to HubSpot before a lost answer is found again by the next install.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from connectors.errors import ConnectorError, Refused, Unknown
from connectors.hubspot.admin import HubSpotAdmin
from connectors.records import Side
from connectors.salesforce.admin import SalesforceAdmin
from connectors.salesforce.metadata import Deployment, Failure, StillRunning
from mappings.agreement import Agreement
from plugin import hubspot
from plugin.hubspot import scopes
from plugin.hubspot.parts import Part
from plugin.hubspot.writing import carry_out
from plugin.hubspot.writing import look as look_at_portal
from plugin.planning import Plan, planned
from plugin.salesforce.looking import look as look_at_org

# What is done, how far, of how many
Told = Callable[[str, int, int], None]
# Of which side all was done
Done = Callable[[Side], None]
_REMEDIES: Final[Mapping[str, str]] = {
    "insufficient": "the admin's user needs “Modify Metadata Through Metadata API Functions” and “Customize Application”",
    "rules": "switch off rules that nobody needs; the fewest come with `plugin: {rules: compact}` in lifecycle.yaml",
    "lock": "somebody else changes the org just now: try again",
    "admin operation": "somebody else changes the org just now: try again",
    "limit": "the org's edition allows no more of them: delete what nobody needs, or ask Salesforce for more",
    "maximum": "the org's edition allows no more of them: delete what nobody needs, or ask Salesforce for more",
    "assigned": "take the permission set from its users first (Setup > Permission Sets > Manage Assignments)",
    "referenced": "something of the org's own uses it: Setup > the field or set > Where is this used?",
    "duplicate": "a component of this name is there already: rename or delete it",
}


_RESUME: Final = "To go on: the same command with `--resume {id}`."


class DeployFailed(Exception):
    """Salesforce did not take the components, and nothing of them was carried out; a sentence for each."""

    def __init__(self, deployment: Deployment) -> None:
        said = [_sentence(one) for one in deployment.failures] or [
            f"Salesforce ended the deployment {deployment.id} as {deployment.status}. {deployment.message}".rstrip()
        ]
        self.sentences = (*said, "Nothing was changed.")
        super().__init__("\n".join(self.sentences))


def look(
    agreement: Agreement,
    org: SalesforceAdmin | None,
    portal: HubSpotAdmin | None,
    *,
    widen: bool = False,
    allow_downgrade: bool = False,
) -> Plan:
    """The plan for the sides that are handed in, by what they hold now."""
    return planned(
        agreement,
        look_at_org(org) if org is not None else None,
        look_at_portal(portal.portal, hubspot.bundle(agreement)) if portal is not None else None,
        widen=widen,
        allow_downgrade=allow_downgrade,
    )


def _unkept(_: Side) -> None:
    """Of a side that is done nothing is kept."""


def install(
    plan: Plan, org: SalesforceAdmin | None, portal: HubSpotAdmin | None, told: Told, done: Done = _unkept
) -> None:
    """Carry *plan* out, and say of each side when it is *done*.

    Raises `DeployFailed`, `StillRunning`, or what the vendor said and what stands by then.
    Nothing is begun with a token of which HubSpot tells that it may not write all the parts.
    """
    if portal is not None and plan.steps:
        require_scopes((one.part for one in plan.steps), portal)
    if org is not None and plan.deploys is not None:
        with left_running(_RESUME):
            deploy(org, plan.deploys, told)
        done("salesforce")
    if portal is not None and plan.steps:
        before, many = "Salesforce has its whole part, and " if plan.deploys else "", len(plan.steps)

        def stands(written: int) -> str:
            return (
                f"{before}HubSpot has {written} of the {many} parts that it lacked: mend this, then"
                " `leadbridge plugin install` brings the rest."
            )

        with part_by_part(told, many, stands) as reached:
            carry_out(portal.portal, plan.steps, reached)
        done("hubspot")


def require_scopes(parts: Iterable[Part], portal: HubSpotAdmin) -> None:
    """Raise `Refused` for a token of which HubSpot tells that it may not write all of *parts*."""
    if missing := scopes.unwritable(parts, portal.scopes()):
        raise Refused(
            f"HubSpot: the admin's token lacks {', '.join(missing)}: add them to its scopes. Nothing was changed."
        )


@contextmanager
def part_by_part(told: Told, many: int, stands: Callable[[int], str]) -> Iterator[Callable[[Part], None]]:
    """Hand out what is called after each of *many* parts; an error on the way is told with what *stands* by then."""
    done: list[Part] = []

    def reached(part: Part) -> None:
        done.append(part)
        told(f"HubSpot: {part.place}", len(done), many)

    try:
        yield reached
    except ConnectorError as error:
        error.args = (f"{error} {stands(len(done))}",)
        raise


@contextmanager
def left_running(how: str) -> Iterator[None]:
    """Whoever stops waiting for a deployment, or lost the answer to it, is told *how* to go on; *{id}* is its id."""
    try:
        yield
    except (StillRunning, Unknown) as error:
        error.args = (f"{error} {how.format(id=getattr(error, 'id', 'ID'))}",)
        raise


def deploy(org: SalesforceAdmin, archive: bytes, told: Told) -> None:
    """Let Salesforce validate *archive*, then take the same bytes."""
    for check_only in (True, False):
        id_ = org.deployer.start(archive, check_only=check_only)
        follow(org, id_, told, "validating" if check_only else "deploying")


def follow(org: SalesforceAdmin, id_: str, told: Told, what: str = "deploying") -> bool:
    """Watch a deployment to its end: whether the org is changed; raises `DeployFailed` when it did not succeed."""
    seen: Deployment | None = None
    for seen in org.deployer.watch(id_):
        told(f"Salesforce: {what} ({seen.id})", seen.deployed, seen.total)
        if seen.done and not seen.success:
            raise DeployFailed(seen)
    return seen is not None and not seen.only_checked


def go_on(org: SalesforceAdmin, id_: str, told: Told) -> bool:
    """Watch a deployment that was left: whether the org is changed, or it was only validated.

    Raises `Refused` with a sentence for an id that Salesforce does not know.
    """
    try:
        with left_running(_RESUME):
            return follow(org, id_, told, "going on")
    except Refused as error:
        raise Refused(
            f"Salesforce shows no deployment {id_} to this user: take the id that the interrupted install printed, or"
            f" leave --resume out, to plan anew. ({error})",
            error.faults,
        ) from None


def _sentence(failure: Failure) -> str:
    return f"{failure}{''.join(f'; {one}' for one in _remedy(failure.problem))}."


def _remedy(problem: str) -> Iterator[str]:
    with suppress(StopIteration):
        yield next(remedy for word, remedy in _REMEDIES.items() if word in problem.lower())
