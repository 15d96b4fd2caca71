"""Put the records around a person into the plain words that the lifecycle understands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connectors.records import Record, Side
from mappings.lifecycle import Actor, Opportunity, Situation
from mappings.matching import domain_of
from sync.model import Facts, Sent
from sync.plan.terms import Terms

USER_PREFIX: Final = "005"
_A_DAY: Final = timedelta(days=1)


def situation(facts: Facts, terms: Terms, person: Record | None, now: datetime) -> Situation:
    """All that the lifecycle may look at for this person."""
    contact = facts.hubspot
    values = person.values if person is not None else None
    newest = max(
        (
            one.created_at
            for one in (contact, facts.converted or person)
            if one is not None and one.created_at
        ),
        default=None,
    )
    held = _activities(facts, terms, person)
    return Situation(
        hubspot=contact.values if contact is not None else None,
        salesforce=values,
        salesforce_kind=person.ref.kind if person is not None else None,
        owner_is_user=bool(values) and str((values or {}).get("OwnerId") or "").startswith(USER_PREFIX),
        hand_over_owner=hand_over_owner(facts, terms, person),
        opportunities=opportunities(facts, person, terms) if person is not None else None,
        converted_opportunity=facts.converted.values.get("ConvertedOpportunityId")
        if facts.converted
        else None,
        owner_activity_at=max((at for at in held if at <= now), default=None),
        owner_meets_at=min((at for at in held if at > now), default=None),
        created_at=newest,
        sales_created=_made_by_a_seller(facts, terms, person),
        bridge_created=_made_by_us(facts.converted or person, terms),
        adopted_before=terms.live_since,
        countries=terms.directory.countries,
        authors=_authors(facts, terms, person) if facts.standing is None else {},
    )


def _authors(facts: Facts, terms: Terms, person: Record | None) -> dict[Side, tuple[Actor, str, datetime]]:
    """Who gave a new record its stage: by HubSpot's history, in Salesforce who made it where nobody else edited it since."""
    actor = terms.agreement.bridge.teams.actor
    found: dict[Side, tuple[Actor, str, datetime]] = {}
    contact = facts.hubspot
    given = contact.history.get("leadbridge_stage", ())[:1] if contact is not None else ()
    for step in given:
        if contact and step.by is not None and step.value == contact.values.get("leadbridge_stage"):
            found["hubspot"] = (actor("hubspot", step.by), step.by, step.at)
    sent = facts.sent
    if contact and sent is not None and sent.at is not None and _shows(contact, sent):
        found["hubspot"] = ("bridge", sent.by, sent.at)
    by = person.modified_by if person is not None else None
    is_its_maker = person is not None and by == person.values.get("CreatedById")
    if person is not None and by is not None and is_its_maker and by != terms.us.get("salesforce"):
        found["salesforce"] = (actor("salesforce", by), by, person.modified_at)
    return found


def _shows(contact: Record, sent: Sent) -> bool:
    """Whether the contact stands as a process that died was about to show it."""
    values = contact.values
    at = moment(values.get("leadbridge_stage_changed_at"))
    return (values.get("leadbridge_stage"), at) == (sent.stage, sent.at)


def opportunities(facts: Facts, person: Record | None, terms: Terms) -> tuple[Opportunity, ...]:
    """The opportunities in which the person has a role, oldest first; never those of somebody with the same address."""
    own = (one for one in facts.opportunities if person and one.values["ContactId"] == person.ref.id)
    lifecycle = terms.agreement.lifecycle
    found = {
        one.id: one for one in (_opportunity(role, lifecycle.reason_name("opportunity")) for role in own)
    }
    return tuple(
        sorted(found.values(), key=lambda one: (one.created_at or datetime.max.replace(tzinfo=UTC), one.id))
    )


def _opportunity(role: Record, loss_field: str | None) -> Opportunity:
    """Read an opportunity through its contact role: parents stand under dotted names; *loss_field* says why it was lost."""
    seen = role.values
    amount = seen.get("Opportunity.Amount")
    closes = seen.get("Opportunity.CloseDate")
    return Opportunity(
        id=str(seen["OpportunityId"]),
        is_closed=bool(seen.get("Opportunity.IsClosed")),
        is_won=bool(seen.get("Opportunity.IsWon")),
        amount=Decimal(str(amount)) if amount is not None else None,
        currency=seen.get("Opportunity.CurrencyIsoCode"),
        close_date=date.fromisoformat(closes) if closes else None,
        created_at=moment(seen.get("Opportunity.CreatedDate")),
        changed_at=moment(seen.get("Opportunity.LastModifiedDate")),
        stage_name=seen.get("Opportunity.StageName"),
        loss_reason=seen.get(f"Opportunity.{loss_field}"),
    )


def moment(raw: Any) -> datetime | None:
    """A vendor's timestamp as an aware moment."""
    return datetime.fromisoformat(raw) if raw else None


def _activities(facts: Facts, terms: Terms, person: Record | None) -> list[datetime]:
    """When each activity of the owner is over; what our own user made or completed never counts."""
    us = terms.us.get("salesforce")
    owner = person.values.get("OwnerId") if person is not None else None
    return [
        over
        for activity in facts.activities
        if activity.values.get("OwnerId") == owner
        and us not in (activity.values.get("CreatedById"), activity.modified_by)
        and (over := _over_at(activity, terms)) is not None
    ]


def _over_at(activity: Record, terms: Terms) -> datetime | None:
    """A Task is over once it is completed, an Event when it ends: it may be planned for a day to come."""
    values = activity.values
    if activity.ref.kind != "event":
        done_at = moment(values.get("CompletedDateTime")) or activity.modified_at
        return done_at if values.get("IsClosed") else None
    starts, ends = moment(values.get("StartDateTime")), moment(values.get("EndDateTime"))
    if starts is None or not values.get("IsAllDayEvent"):
        return ends or starts or activity.created_at
    # Days without a time are given as midnight in UTC, whatever the zone:
    # https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
    return max(ends or starts, starts + _A_DAY).replace(tzinfo=terms.agreement.bridge.zone)


def _made_by_a_seller(facts: Facts, terms: Terms, person: Record | None) -> bool:
    """The Salesforce record was made by hand, after the bridge went live."""
    record = facts.converted or person
    if record is None or record.created_at is None or terms.live_since is None:
        return False
    return record.created_at >= terms.live_since and not _made_by_us(record, terms)


def _made_by_us(record: Record | None, terms: Terms) -> bool:
    us = terms.us.get("salesforce")
    return record is not None and us is not None and record.values.get("CreatedById") == us


def hand_over_owner(facts: Facts, terms: Terms, person: Record | None) -> str | None:
    """Who takes the hand-off: the record's own user, who has the turn, the contact's owner, the account's, else the queue."""
    owner = person.values.get("OwnerId") if person is not None else None
    if owner and str(owner).startswith(USER_PREFIX) and owner not in terms.directory.inactive:
        return str(owner)
    found = facts.offered or _by_hubspot_owner(facts, terms) or _by_account(facts, terms)
    return found or terms.fallback_queue


def _by_hubspot_owner(facts: Facts, terms: Terms) -> str | None:
    owner = facts.hubspot.values.get("hubspot_owner_id") if facts.hubspot else None
    email = terms.directory.canonical("hubspot", owner) if owner else None
    return terms.directory.id("salesforce", email) if email else None


def _by_account(facts: Facts, terms: Terms) -> str | None:
    owners = {
        str(account.values["OwnerId"])
        for account in facts.accounts
        if account.values.get("OwnerId") not in terms.directory.inactive and account.values.get("OwnerId")
    }
    return owners.pop() if len(owners) == 1 else None


def accounts_of_domain(facts: Facts) -> list[Record]:
    """The Accounts whose website has the domain of the contact's e-mail."""
    email = facts.hubspot.values.get("email") if facts.hubspot else None
    domain = domain_of(str(email)) if email else None
    return [
        one for one in facts.accounts if domain and domain_of(str(one.values.get("Website") or "")) == domain
    ]
