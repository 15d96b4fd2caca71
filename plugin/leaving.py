"""Who stands in what an install would switch off: stages and reasons that the lifecycle no longer has. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from mappings.agreement import Agreement
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.migrating import stranded
from plugin.hubspot.comparing import Portal
from plugin.hubspot.scopes import COUNTS
from plugin.salesforce.comparing import REASONS, STAGES, Org
from plugin.salesforce.rules import STAGE


def kept_from_going(agreement: Agreement, org: Org | None, portal: Portal | None) -> Iterator[str]:
    """Why a stage cannot go yet: people stand in it, in either system, or nobody can count them."""
    lifecycle = agreement.lifecycle
    if org is not None:
        yield from _held(lifecycle, org.people, "Salesforce")
        yield from _unseen(org, org.offered(STAGES) - set(lifecycle.stages))
    if portal is not None:
        yield from _held(lifecycle, portal.people, "HubSpot")
        if portal.unseen:
            yield (
                f"{', '.join(portal.unseen)} is no stage any more, and whether contacts stand in it cannot be counted:"
                f" the admin's token of HubSpot lacks {COUNTS}. Add it to its scopes, then again."
            )


def will_move(agreement: Agreement, org: Org | None, portal: Portal | None) -> Iterator[str]:
    """Whom the bridge will move when it takes a lifecycle without their stage: so many, from where to where."""
    sides = (
        (org.people if org is not None else {}, "Salesforce"),
        (portal.people if portal is not None else {}, "HubSpot"),
    )
    for people, where in sides:
        if left := _left(agreement.lifecycle, people):
            shown = ", ".join(
                f"{stage} → {_where_to(agreement.lifecycle, stage)} ({n:,})"
                for stage, n in sorted(left.items())
            )
            yield (
                f"{_people_stand(left, where)}: {shown}. The bridge moves them when it takes this config; an install of"
                " it is your word for that."
            )
    if org is not None and org.offered(STAGES) - set(agreement.lifecycle.stages) and _stages_unseen(org):
        yield (
            "Whom the bridge will move in Salesforce was not counted: the admin's user does not see"
            f" {' and '.join(_stages_unseen(org))}."
        )
    if portal is not None and portal.unseen:
        yield f"Whom the bridge will move in HubSpot was not counted: the admin's token lacks {COUNTS}."


def reasons_kept(agreement: Agreement, org: Org | None, portal: Portal | None) -> Iterator[str]:
    """What becomes of records that hold a reason which goes: it is counted before it is switched off."""
    known = agreement.lifecycle.reasons_by_name
    if org is not None:
        going = sorted(org.offered(REASONS) - set(known))
        yield from _still_hold("Salesforce", {one: org.reasons.get(one, 0) for one in going})
        if going and (fields := [one for one in org.unseen if not one.endswith(STAGE)]):
            yield _uncounted("Salesforce", going, f"the admin's user does not see {' and '.join(fields)}")
    if portal is not None:
        yield from _still_hold("HubSpot", portal.reasons)
        if portal.unseen_reasons:
            yield _uncounted("HubSpot", portal.unseen_reasons, f"the admin's token lacks {COUNTS}")


def _left(lifecycle: Lifecycle, people: Mapping[str, int]) -> dict[str, int]:
    return {stage: n for stage, n in people.items() if n and stage not in lifecycle.stages_by_name}


def _held(lifecycle: Lifecycle, people: Mapping[str, int], where: str) -> Iterator[str]:
    """They would stand in a value that nobody may write."""
    if left := _left(lifecycle, people):
        unsaid = stranded(lifecycle, left)
        shown = ", ".join(
            f"{stage} ({n:,})" if stage in unsaid else f"{stage} → {_where_to(lifecycle, stage)} ({n:,})"
            for stage, n in sorted(left.items())
        )
        first = "`leadbridge plugin install --widen`"
        if unsaid:
            who = "they" if len(unsaid) == len(left) else f"those in {', '.join(sorted(unsaid))}"
            first = f"Say under `migrations` in lifecycle.yaml where {who} go; {first}"
        yield (
            f"{_people_stand(left, where)}: {shown}. {first}; restart the bridge, which moves them; then"
            " `leadbridge plugin install`."
        )


def _people_stand(left: Mapping[str, int], where: str) -> str:
    many = sum(left.values())
    if many == 1:
        return f"1 person in {where} stands in a stage that is no more"
    return f"{many:,} people in {where} stand in stages that are no more"


def _stages_unseen(org: Org) -> list[str]:
    return [one for one in org.unseen if one.endswith(STAGE)]


def _unseen(org: Org, going: Collection[str]) -> Iterator[str]:
    fields = _stages_unseen(org)
    if going and fields:
        yield (
            f"{', '.join(sorted(going))} is no stage any more, and whether people stand in it cannot be counted: the"
            f" admin's user does not see {' and '.join(fields)}. Assign the permission set Leadbridge_Sales_User to"
            " that user, then again."
        )
    if going and org.narrow:
        yield (
            f"{', '.join(sorted(going))} is no stage any more, and not all who may stand in it can be counted: the"
            f" admin's user may not see every record of {' and '.join(org.narrow)}. Give it “View All Records” there, or"
            " “View All Data”, then again."
        )


def _where_to(lifecycle: Lifecycle, stage: str) -> str:
    ways = [way.to for migration in lifecycle.migrations for way in migration.stages.get(stage, ())]
    return " or ".join(dict.fromkeys(ways)) or "nobody says where: write it under `migrations`"


def _still_hold(where: str, held: Mapping[str, int]) -> Iterator[str]:
    if shown := ", ".join(f"{reason} ({n:,})" for reason, n in sorted(held.items()) if n):
        yield (
            f"Reasons that go still stand in {where}: {shown}. They stay readable there; nobody can choose them any"
            " more, and leadbridge cannot write them to another record. Give these records another reason first, or"
            " keep the reason in lifecycle.yaml."
        )


def _uncounted(where: str, going: Iterable[str], why: str) -> str:
    return f"How often reasons that go ({', '.join(going)}) still stand in {where} was not counted: {why}."
