"""The first time a person is seen: adopted where he stood before the bridge, or started.

Nobody is handed over, reminded or counted late because the bridge was switched on: an adopted person has a
grace period, and only an engagement after adoption counts. Who bears leadbridge's own deadline of the stage,
from a store that is lost or an install of before, keeps it, and what fell due since is done at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from mappings import raw
from mappings.lifecycle import clocks, fields, following
from mappings.lifecycle.definition import START, Move
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.migrating import renamed
from mappings.lifecycle.words import Actor, Opportunity, Request, Round, Side, Situation, Standing, Step

A_SECOND: Final = timedelta(seconds=1)  # what a vendor's stamp may leave out
_BORN: Final = ("qualified", "handed_over")  # how the bridge comes to make a record in Salesforce


def is_adopted(situation: Situation) -> bool:
    """Whether the person was there before the bridge first wrote; who is of unknown age was."""
    if situation.created_at is None or situation.adopted_before is None:
        return True
    return situation.created_at < situation.adopted_before


def adopt(lifecycle: Lifecycle, situation: Situation, now: datetime) -> tuple[Standing, Step]:
    """The standing of a person who was there before, and the step that tells why."""
    kept = kept_stage(lifecycle, situation, now)
    if kept is not None:
        standing, why = _kept(lifecycle, kept, situation, now), "this stage stood in leadbridge's own field"
    else:
        standing, why = _found(lifecycle, situation, now)
    return standing, _step(standing, now, why)


def adopt_from_sales(
    lifecycle: Lifecycle, situation: Situation, now: datetime
) -> tuple[Standing, Step] | None:
    """The standing of somebody new in HubSpot whom sales had in hand before the bridge; else None.

    What he did in HubSpot is news: it counts since the bridge went live, not since now.
    """
    live, made_at = situation.adopted_before, raw.moment((situation.salesforce or {}).get("CreatedDate"))
    if live is None or made_at is None or made_at >= live:
        return None
    standing, why = _found(lifecycle, situation, now)
    if lifecycle.stage(standing.stage).owner != "sales" or why.startswith("lifecyclestage"):
        return None
    standing = replace(standing, engaged_after=live)
    return standing, _step(standing, now, f"sales knew the person first: {why}")


def start(lifecycle: Lifecycle, move: Move, situation: Situation, now: datetime) -> tuple[Standing, Step]:
    """The standing of a person who came after the bridge, by one of the start moves."""
    at = min(situation.created_at or now, now)
    is_seller = "seller" in move.who
    owner = raw.text((situation.salesforce or {}).get("OwnerId")) if is_seller else None
    standing = Standing(
        stage=move.to,
        since=at,
        definition_version=lifecycle.version,
        owner=owner,
        changed_by=owner if is_seller else "bridge",
    )
    if lifecycle.stage(move.to).is_in_round:
        standing = replace(standing, round=1, rounds=(Round(1, at, lifecycle.version),))
    side: Side = "salesforce" if is_seller else "hubspot"
    actor = "seller" if is_seller else "bridge"
    return standing, Step(START, move.to, actor, owner, at, side, "started", move.says)  # type: ignore[arg-type]


def asked_at_birth(lifecycle: Lifecycle, standing: Standing, situation: Situation) -> list[Request]:
    """Stages that people gave to a new record: requests like any other.

    A record that the bridge made was handed over when it was made, although nobody remembers:
    that stage is nobody's request, and what stands there now was asked for after it. Nor is what the bridge
    itself showed on a contact before its process died.
    """
    found: list[tuple[Side, str | None]] = [
        ("hubspot", _own_stage(lifecycle, "hubspot", situation, standing.since)),
        ("salesforce", _own_stage(lifecycle, "salesforce", situation, standing.since)),
    ]
    requests: list[Request] = []
    for side, stage in found:
        given_by, *_ = situation.authors.get(side, (None,))
        if stage is None or stage == standing.stage or given_by == "bridge":
            continue
        if side == "salesforce" and situation.bridge_created:
            requests += [Request(one, "bridge", None, standing.since, side) for one in _BORN]
        if stage not in _BORN or side == "hubspot" or not situation.bridge_created:
            requests.append(_asked(side, stage, standing, situation))
    return requests


def _asked(side: Side, stage: str, standing: Standing, situation: Situation) -> Request:
    actor: Actor = "marketer" if side == "hubspot" else "seller"
    told = situation.authors.get(side, (actor, None, standing.since))
    return Request(
        to=stage,
        actor=told[0],
        user=told[1],
        at=max(told[2], standing.since),
        side=side,
        reason=_text(side, fields.REASON, situation),
        comment=_text(side, fields.COMMENT, situation),
    )


def kept_stage(lifecycle: Lifecycle, situation: Situation, now: datetime) -> str | None:
    """The stage that stands in our own field; if the sides differ, Salesforce's if sales owns it."""
    ours = _own_stage(lifecycle, "hubspot", situation, now)
    theirs = _own_stage(lifecycle, "salesforce", situation, now)
    if theirs and (ours is None or lifecycle.stage(theirs).owner == "sales"):
        return theirs
    return ours


def _own_stage(lifecycle: Lifecycle, side: Side, situation: Situation, now: datetime) -> str | None:
    stage = _text(side, fields.STAGE, situation)
    if stage is not None and stage not in lifecycle.stages_by_name:
        stage = renamed(lifecycle, stage, situation, now)
    return stage if stage in lifecycle.stages_by_name else None


def _text(side: Side, names: dict[str, str], situation: Situation) -> str | None:
    values = situation.hubspot if side == "hubspot" else situation.salesforce
    return raw.text((values or {}).get(names[side]))


def _kept(lifecycle: Lifecycle, stage: str, situation: Situation, now: datetime) -> Standing:
    """The standing as our own fields on both sides tell it, so that nothing there is overwritten."""
    number = int(raw.number(_either(situation, "leadbridge_round", "Leadbridge_Round__c")) or 0)
    changed_at = _either(situation, "leadbridge_stage_changed_at", "Leadbridge_Stage_Changed_At__c")
    since = raw.moment(changed_at) or now
    seller_gave = fields.REASON["salesforce"] if _tells_reason(lifecycle, stage, situation, now) else None
    reason = raw.text(_either(situation, fields.REASON["hubspot"], seller_gave))
    version = raw.number(_either(situation, "leadbridge_definition_version", None)) or lifecycle.version
    handed = raw.moment(_either(situation, "leadbridge_handed_over_at", "Leadbridge_Handed_Over_At__c"))
    ended = _opportunity(stage, situation) if stage in ("won", "lost") else None
    standing = Standing(
        stage=stage,
        since=since,
        definition_version=int(version),
        reason=reason if reason in lifecycle.reasons_by_name else None,
        comment=raw.text(_either(situation, fields.COMMENT["hubspot"], None)),
        owner=_owner(lifecycle, stage, situation)
        or raw.text(_either(situation, "leadbridge_sales_owner", None)),
        handed_over_at=handed,
        accepted_at=raw.moment(_either(situation, "leadbridge_accepted_at", None)),
        opportunity=ended.id if ended else None,
        adopted_at=now,
        engaged_after=now,
        changed_by=raw.text(_either(situation, "leadbridge_stage_changed_by", None)) or "bridge",
    )
    due = raw.moment(_either(situation, "leadbridge_sla_due_at", "Leadbridge_SLA_Due_At__c"))
    standing = _with_round(
        lifecycle, standing, number or int(lifecycle.stage(stage).is_in_round), handed or since
    )
    if stage == "opportunity" and (running := following.kept(standing, situation)) is not None:
        standing = replace(standing, opportunity=running.id)
    if due is not None and _runs_on(lifecycle, standing, due, situation, now):
        return replace(standing, clock_from=since)
    return replace(standing, grace_until=due or _grace(lifecycle, now))


def _runs_on(
    lifecycle: Lifecycle, standing: Standing, due: datetime, situation: Situation, now: datetime
) -> bool:
    """Whether the deadline shown is the stage's own, no grace: what fell due while no store knew is done at last."""
    known = replace(standing, activity_at=situation.owner_activity_at)
    own = clocks.due_at(lifecycle, known, situation, now)
    return own is not None and abs(own - due) < A_SECOND


def _tells_reason(lifecycle: Lifecycle, stage: str, situation: Situation, now: datetime) -> bool:
    """Salesforce's reason is that of the stage; where none is given only while HubSpot shows nothing of ours yet."""
    is_half_shown = _own_stage(lifecycle, "hubspot", situation, now) is None
    here = lifecycle.stage(stage)
    return here.is_given_a_reason or (is_half_shown and here.is_with_marketing)


def _found(lifecycle: Lifecycle, situation: Situation, now: datetime) -> tuple[Standing, str]:
    stage, why, reason = _stage_found(lifecycle, situation)
    opportunity = _opportunity(stage, situation) if stage in ("opportunity", "won") else None
    since = now
    if stage == "won" and opportunity and opportunity.close_date:
        since = min(now, lifecycle.hours.closing(opportunity.close_date))
    standing = Standing(
        stage=stage,
        since=since,
        definition_version=lifecycle.version,
        reason=reason,
        owner=_owner(lifecycle, stage, situation),
        opportunity=opportunity.id if opportunity else None,
        adopted_at=now,
        engaged_after=now,
        changed_by="bridge",
        grace_until=_grace(lifecycle, now),
    )
    has_round = lifecycle.stage(stage).is_in_round or opportunity is not None
    return _with_round(lifecycle, standing, int(has_round), since), why


def _stage_found(lifecycle: Lifecycle, situation: Situation) -> tuple[str, str, str | None]:
    rules = lifecycle.adoption
    opportunity = following.adopted(situation)
    if opportunity is not None and not opportunity.is_closed:
        return rules.open_opportunity, "has an open opportunity", None
    if opportunity is not None:
        return rules.won_opportunity, "has a won opportunity and none open", None
    if _is_open_lead(situation):
        return _lead_found(lifecycle, situation)
    shown = raw.text((situation.hubspot or {}).get("lifecyclestage")) or ""
    stage = rules.lifecyclestage.get(shown, rules.otherwise)
    return stage, f"lifecyclestage was {shown or 'blank'}", None


def _is_open_lead(situation: Situation) -> bool:
    values = situation.salesforce
    return (
        values is not None
        and situation.salesforce_kind == "lead"
        and not raw.truth(values.get("IsConverted"))
    )


def _lead_found(lifecycle: Lifecycle, situation: Situation) -> tuple[str, str, str | None]:
    status = raw.text((situation.salesforce or {}).get("Status"))
    owner = "user" if situation.owner_is_user else "queue"
    why = f"Lead.Status was {status or 'blank'}, owned by a {owner}"
    for line in lifecycle.adoption.leads:
        if line.status == status and line.owner in ("any", owner):
            return line.stage, why, line.reason and _given(lifecycle, situation, line.reason)
    return lifecycle.adoption.otherwise, why, None


def _given(lifecycle: Lifecycle, situation: Situation, otherwise: str) -> str:
    """The reason that the seller gave on the record before the bridge came, where it is one of the list."""
    word = lifecycle.reason_word(situation.salesforce_kind, situation.salesforce)
    reason = lifecycle.reason(lifecycle.reason_meant(word))
    return reason.name if reason is not None else otherwise


def _with_round(lifecycle: Lifecycle, standing: Standing, number: int, started_at: datetime) -> Standing:
    if not number:
        return standing
    trip = Round(number, min(started_at, standing.since), standing.definition_version)
    if not lifecycle.stage(standing.stage).is_in_round:
        trip = replace(
            trip,
            ended_at=standing.since,
            end=standing.stage,
            reason=standing.reason,
            opportunity=standing.opportunity,
        )
    return replace(standing, round=number, rounds=(trip,))


def _opportunity(stage: str, situation: Situation) -> Opportunity | None:
    if stage not in ("opportunity", "won", "lost"):
        return None
    converted = situation.converted_opportunity
    made = next((one for one in situation.opportunities or () if one.id == converted), None)
    return made or following.adopted(situation, stage)


def _owner(lifecycle: Lifecycle, stage: str, situation: Situation) -> str | None:
    owner = raw.text((situation.salesforce or {}).get("OwnerId"))
    return owner if lifecycle.stage(stage).owner == "sales" else None


def _grace(lifecycle: Lifecycle, now: datetime) -> datetime:
    return lifecycle.hours.add_days(now, lifecycle.adoption.grace_days)


def _either(situation: Situation, hubspot: str | None, salesforce: str | None) -> Any:
    ours = (situation.hubspot or {}).get(hubspot) if hubspot else None
    if not raw.is_blank(ours):
        return ours
    return (situation.salesforce or {}).get(salesforce) if salesforce else None


def _step(standing: Standing, now: datetime, why: str) -> Step:
    return Step(START, standing.stage, "bridge", None, now, None, "adopted", why, standing.reason)
