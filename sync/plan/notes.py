"""What is told to people: the task of a hand-off, and notes on the record, once each.

A note to a person is a note on the contact in HubSpot and a completed task on the
record in Salesforce. Neither has a unique key, so each ends with a signature by
which it is found again when the answer to its creation was lost; a task that says
two things ends with a signature of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.records import Record, Ref, Write
from mappings.lifecycle import Late, Standing, Tell
from mappings.lifecycle.phrases import LATE
from sync.model import Put
from sync.plan.draft import Draft
from sync.plan.situation import USER_PREFIX

HAND_OFF: Final = "hand-off"
_SUBJECTS: Final[Mapping[str, str]] = {
    "illegal": "leadbridge put the stage right",
    "left": "The stage stays as it is",
    "asked": "Please give what is missing",
    "lost_reason": "Why was it lost?",
}
_EVIDENCE: Final[Mapping[str, str]] = {
    "recent_conversion_event_name": "last form",
    "recent_conversion_date": "filled in at",
    "hs_email_last_click_date": "last click in a mail",
    "hs_analytics_last_visit_timestamp": "last visit",
    "hubspotscore": "score",
    "hs_analytics_source": "first came by",
}


def hand_off_task(draft: Draft, person: Record | None, due: Mapping[str, Late]) -> str | None:
    """One task for each owner of a hand-over says what was handed over, why, and until when to accept.

    Whoever is given it by this plan, None where nobody is; what is *due* to be told to the owner is told by it.
    """
    standing = draft.standing
    if person is None or standing is None or standing.stage != "handed_over":
        return None
    of_round = _of_round(standing)
    owner = str(draft.written("salesforce").get("OwnerId") or person.values.get("OwnerId") or "")
    key = f"{of_round}{owner}{' disputed' if standing.disputed else ''}"
    if _is_older(standing) and not any(one.startswith(of_round) for one in draft.told):
        draft.told[key] = _today(draft)
    is_at_work = owner.startswith(USER_PREFIX) and owner not in draft.terms.directory.inactive
    if is_at_work and not _is_told(draft, standing, key):
        for one in [one for one in draft.told if not one.startswith(of_round) and one.startswith(HAND_OFF)]:
            del draft.told[one]
        _hand_off(draft, person, standing, key, owner, due.get(owner))
        return owner
    return None


def was_handed_on(draft: Draft, standing: Standing, owner: str) -> bool:
    """As this store meets the person: somebody else than *owner* was asked to accept the same hand-off before."""
    if draft.facts.standing is not None:
        return False
    of_round = _of_round(standing)
    asked = {key.removeprefix(of_round).split()[0] for key in draft.told if key.startswith(of_round)}
    return bool(asked - {owner})


def _of_round(standing: Standing) -> str:
    return f"{HAND_OFF} {standing.round} "


def _hand_off(
    draft: Draft, person: Record, standing: Standing, key: str, owner: str, late: Late | None
) -> None:
    due = _local(draft, standing.due_at)
    by = f"{', overdue since' if standing.is_late else ' by'} {due:%a %d %b %H:%M}" if due else ""
    values = {
        "OwnerId": owner,
        "Status": "Not Started",
        "ActivityDate": max(due.date().isoformat(), _today(draft)) if due else None,
    }
    keys = (key,) if late is None else (_alone(draft, late), key)
    _task(
        draft, person, *keys, subject=f"Accept or reject{by}", text=_reasons(draft, standing), values=values
    )


def late_task(draft: Draft, person: Record, late: Late, reader: str, text: str) -> None:
    """One task a mark and start of the clock; what was said of earlier starts need not be known any more."""
    if late.key in draft.told:
        return
    values = {"OwnerId": reader, "Status": "Not Started", "ActivityDate": _today(draft)}
    _task(draft, person, _alone(draft, late), subject=late.subject, text=text, values=values)
    draft.decide("told", late.subject, side="salesforce")


def _alone(draft: Draft, late: Late) -> str:
    """The key of what is *late*; what was told of other starts of the clock is forgotten."""
    for key in [key for key in draft.told if key.startswith(f"{LATE} ") and not _is_of(key, late.key)]:
        del draft.told[key]
    return late.key


def _is_of(key: str, other: str) -> bool:
    """Both are about one start of the clock."""
    return key.split()[1:3] + key.split()[-1:] == other.split()[1:3] + other.split()[-1:]


def tell(draft: Draft, message: Tell, contact: Record, person: Record | None) -> None:
    """Write a note on the record of the side where the edit was made: once a day."""
    key = f"{message.key} {message.side}"
    today = _today(draft)
    if draft.told.get(key) == today:
        return
    if message.side == "salesforce" and person is not None:
        values = {"Status": "Completed", "ActivityDate": today, **_owed(draft, message)}
        _task(draft, person, key, subject=_SUBJECTS[message.key], text=message.text, values=values)
    else:
        _note(draft, contact, key, message.text)
    draft.decide("told", message.text, side=message.side)


def _owed(draft: Draft, message: Tell) -> dict[str, Any]:
    """Why a deal was lost is a task for the owner; everything else is only to be read."""
    owner = draft.standing.owner if draft.standing else None
    if message.key != "lost_reason" or owner is None or not owner.startswith(USER_PREFIX):
        return {}
    return {"Status": "Not Started", "OwnerId": owner}


def signature(subject: Ref, key: str) -> str:
    """The last line of everything the bridge writes to people."""
    return f"leadbridge · {subject} · {key}"


def signed(subject: Ref, text: object) -> dict[str, str]:
    """The keys, each with its day, of our signatures about *subject* with which *text* ends."""
    found: dict[str, str] = {}
    start = signature(subject, "")
    for line in reversed(str(text or "").replace("<br>", "\n").splitlines()):
        if not line.startswith(start):
            break
        key, _, day = line.removeprefix(start).rpartition(" ")
        found[key] = day
    return dict(reversed(found.items()))


def noted(told: Mapping[str, str]) -> dict[str, str]:
    """Of what people were *told*, by key, what notes on the contact say."""
    return {key: day for key, day in told.items() if key.endswith(" hubspot")}


def newest(*told: Mapping[str, str]) -> dict[str, str]:
    """What people were told in one of these, each key with its newest day."""
    days = sorted((day, key) for one in told for key, day in one.items())
    return {key: day for day, key in days}


def _is_told(draft: Draft, standing: Standing, key: str) -> bool:
    """A store that met the person later does not know whether the hand-over was a dispute."""
    return any(one == key or (_is_older(standing) and one.startswith(key)) for one in draft.told)


def _is_older(standing: Standing) -> bool:
    """Handed over before this store met the person: whoever had the record then was told then."""
    return (
        standing.adopted_at is not None and (standing.handed_over_at or standing.since) < standing.adopted_at
    )


def _reasons(draft: Draft, standing: Standing) -> str:
    """Why this person, and what marketing did: the evidence that stands on the contact."""
    values: Mapping[str, Any] = draft.facts.hubspot.values if draft.facts.hubspot else {}
    lines = [f"{label}: {values[name]}" for name, label in _EVIDENCE.items() if values.get(name)]
    head = f"Sales-ready by definition {standing.definition_version}, round {standing.round}."
    disputed = [f"Marketing disputes the rejection: {standing.comment}"] if standing.disputed else []
    return "\n".join([head, *disputed, *lines])


def _task(
    draft: Draft, person: Record, *keys: str, subject: str, text: str, values: Mapping[str, Any]
) -> None:
    """A task that tells what *keys* say; it is found again by the last of them."""
    signatures = "\n".join(signature(draft.subject, f"{key} {_today(draft)}") for key in keys)
    written = {
        "WhoId": person.ref.id,
        "Subject": subject,
        "Description": f"{text}\n\n{signatures}",
        **values,
    }
    id_ = draft.write_id(keys[-1])
    _put(draft, Write(id=id_, side="salesforce", kind="task", op="create", values=written), *keys)


def _note(draft: Draft, contact: Record, key: str, text: str) -> None:
    values = {
        "hs_timestamp": draft.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "hs_note_body": f"{text}<br><br>{signature(draft.subject, f'{key} {_today(draft)}')}",
    }
    write = Write(
        id=draft.write_id(key),
        side="hubspot",
        kind="note",
        op="create",
        values=values,
        associations=(contact.ref,),
    )
    _put(draft, write, key)


def _put(draft: Draft, write: Write, *keys: str) -> None:
    draft.put(Put(write, marks=keys))
    draft.told.update(dict.fromkeys(keys, _today(draft)))


def _today(draft: Draft) -> str:
    moment = _local(draft, draft.now)
    return (moment or draft.now).date().isoformat()


def _local(draft: Draft, at: datetime | None) -> datetime | None:
    return at.astimezone(ZoneInfo(draft.terms.agreement.bridge.time_zone)) if at else None
