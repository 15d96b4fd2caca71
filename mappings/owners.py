"""Who is given whom: the owner rules of bridge.yaml, compiled, and whose turn it is.

Pure: the same rules, people, loads and moment give the same owner. A hand-off that was
given counts at once, so that a batch is shared out like a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from mappings.conditions import Condition, Unclear, compile_condition
from mappings.directory import Directory
from mappings.documents.owners import OwnerRuleShape, OwnersShape
from mappings.documents.reading import Mistake, nearest, suggestion
from mappings.hours import BusinessHours

_FILE: Final = "bridge.yaml"
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """Those of whom *when* holds go to one of *give_to* (Salesforce e-mails, small letters)."""

    give_to: tuple[str, ...]
    when: Condition | None = None
    by: Literal["round_robin", "fewest_open"] = "round_robin"
    most_open: int | None = None
    in_hours: bool = False


@dataclass(frozen=True, slots=True)
class Owners:
    """Exceptions to "same e-mail, same person" (HubSpot → Salesforce), who is given whom, and who takes the rest.

    *lines* of bridge.yaml name the addresses of the rules, and the queue.
    """

    table: Mapping[str, str]
    fallback_queue: str | None = None
    rules: tuple[OwnerRule, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """What an owner has: *open* people, and *turn*, the place of the newest hand-off among all (0: none yet)."""

    open: int = 0
    turn: int = 0


Loads = Mapping[str, Load]


@dataclass(frozen=True, slots=True)
class Giving:
    """The rules at one moment, and what everybody has by now (Salesforce user → load)."""

    rules: Sequence[OwnerRule]
    directory: Directory
    hours: BusinessHours
    now: datetime
    loads: Loads = field(default_factory=dict)

    def offered(self, contact: Mapping[str, Any]) -> str | None:
        """The user whose turn it is with this contact, by the first rule that fits and has somebody free."""
        for rule in self.rules:
            if rule.when is None or rule.when.holds(contact, self.now):
                free = [user for user in self._users(rule) if self._is_free(user, rule)]
                if free:
                    return min(free, key=lambda user: self._order(user, rule))  # the first of equals
        return None

    def after(self, user: str) -> Giving:
        """The same once *user* was given one more."""
        newest = max((load.turn for load in self.loads.values()), default=0)
        more = Load(self._load(user).open + 1, newest + 1)
        return replace(self, loads={**self.loads, user: more})

    def _users(self, rule: OwnerRule) -> Iterator[str]:
        for email in rule.give_to:
            user = self.directory.id("salesforce", email)
            if user is not None:
                yield user

    def _is_free(self, user: str, rule: OwnerRule) -> bool:
        if rule.most_open is not None and self._load(user).open >= rule.most_open:
            return False
        return not rule.in_hours or self._is_at_work(user)

    def _is_at_work(self, user: str) -> bool:
        """The next minute is working time in the user's own calendar."""
        hours = self.hours.of(self.directory.countries.get(user))
        return hours.between(self.now, self.now + _MINUTE) == _MINUTE

    def _order(self, user: str, rule: OwnerRule) -> tuple[int, ...]:
        load = self._load(user)
        return (load.turn,) if rule.by == "round_robin" else (load.open, load.turn)

    def _load(self, user: str) -> Load:
        return self.loads.get(user, Load())


def users_of(rules: Iterable[OwnerRule], directory: Directory) -> list[str]:
    """Every user whom one of the rules may give somebody to."""
    found = (directory.id("salesforce", email) for rule in rules for email in rule.give_to)
    return list(dict.fromkeys(user for user in found if user is not None))


def findings(owners: Owners, directory: Directory, queue: str | None) -> list[Mistake]:
    """What the org lacks of what bridge.yaml names: addresses that get nothing, and the fallback queue."""
    known = sorted({email.lower() for email in directory.salesforce.values()})
    addresses = dict.fromkeys(email for rule in owners.rules for email in rule.give_to)
    found = [
        Mistake(_FILE, owners.lines.get(email, 0), *_unknown(email, known, directory))
        for email in addresses
        if directory.id("salesforce", email) is None
    ]
    name = owners.fallback_queue
    if name is not None and queue is None:
        text = f"`owners.fallback_queue`: {name} is no queue of Salesforce."
        remedy = "Name a queue by its developer name, or make this one."
        found.append(Mistake(_FILE, owners.lines.get(name, 0), text, remedy))
    return found


def _unknown(email: str, known: Sequence[str], directory: Directory) -> tuple[str, str]:
    """What is wrong with an address that no active user has, or more than one, and what to do."""
    said = f"`owners.rules`: {email}"
    if email not in known:
        near = nearest(email, known)
        remedy = f"Did you mean {near}?" if near else "Name somebody by the address in Salesforce."
        return f"{said} is no user of Salesforce.", remedy
    users = [id_ for id_, its in directory.salesforce.items() if its.lower() == email]
    if sum(id_ not in directory.inactive for id_ in users) > 1:
        return f"{said} is the address of several active users.", "Let one of them have it."
    return f"{said} is inactive in Salesforce.", "Make the user active, or name somebody else."


def compile_owners(shape: OwnersShape) -> Owners:
    """The owners that a sound *shape* describes."""
    lines = {
        email.lower(): rule.line_of("give_to", place)
        for rule in reversed(shape.rules)
        for place, email in enumerate(rule.give_to)
    }
    if shape.fallback_queue is not None:
        lines[shape.fallback_queue] = shape.line_of("fallback_queue")
    return Owners(dict(shape.table), shape.fallback_queue, tuple(map(_compiled, shape.rules)), lines)


def _compiled(shape: OwnerRuleShape) -> OwnerRule:
    return OwnerRule(
        give_to=tuple(email.lower() for email in shape.give_to),
        when=compile_condition(shape.when) if shape.when is not None else None,
        by=shape.by,
        most_open=shape.most_open,
        in_hours=shape.in_hours,
    )


def owner_mistakes(shape: OwnersShape) -> Iterator[Mistake]:
    """Everything that is wrong with the rules, the names of fields apart."""
    for rule in shape.rules:
        folded = [email.lower() for email in rule.give_to]
        for place, email in enumerate(folded):
            if email in folded[:place]:
                text = f"`{email}` stands twice in `give_to`."
                yield rule.mistake(text, "Name everybody once: each has one turn.", "give_to", place)
        if rule.when is None:
            continue
        try:
            compile_condition(rule.when)
        except Unclear as unclear:
            text = f"`when` is not a condition: {unclear.text}."
            yield rule.mistake(text, "Example: `when: {is: {country: Germany}}`.", "when", *unclear.path)


def unknown_fields(shape: OwnersShape, properties: Sequence[str]) -> Iterator[Mistake]:
    """Properties that a rule asks for and the contacts of HubSpot do not have."""
    for rule in shape.rules:
        for name in sorted(_asked(rule) - set(properties)):
            text = f"HubSpot's contacts have no property `{name}`."
            yield rule.mistake(text, suggestion(name, properties), "when")


def _asked(rule: OwnerRuleShape) -> frozenset[str]:
    """The properties that a rule looks at; what is no condition is told as such."""
    try:
        return compile_condition(rule.when).names if rule.when is not None else frozenset()
    except Unclear:
        return frozenset()
