"""Whether what is installed is still what the config says: found differences, in words. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, Literal, Protocol

from mappings.agreement import Agreement
from mappings.values import Side
from plugin.diff import Change, touched
from plugin.salesforce.generating import bundle
from plugin.salesforce.objects import OBJECTS
from plugin.salesforce.parts import FieldRight, ObjectRight, PermissionSet
from plugin.salesforce.rights import INTEGRATION
from plugin.salesforce.rules import PERMISSION

State = Literal["installed", "absent", "drifted"]
LICENCE: Final = "SalesforceAPIIntegrationPsl"
# Of so many fields alike a person is told one by one.
FEW: Final = 3
_UNSEEN: Final = (
    "leadbridge's user does not see {}. Assign the permission set Leadbridge_Integration to it, or give the set access to"
    " the {}."
)
_UNEDITABLE: Final = (
    "leadbridge's user may not edit {}. Give the permission set Leadbridge_Integration edit access to the {}."
)
_KINDS: Mapping[str, str] = {name: kind for kind, name in OBJECTS.items()}


class Seen(Protocol):
    """A field as a user sees it."""

    @property
    def updateable(self) -> bool: ...


def state_of(changes: Iterable[Change]) -> State:
    """Absent when nothing of ours is there."""
    told = list(changes)
    if not touched(told):
        return "installed"
    return "absent" if all(one.verb == "create" for one in told) else "drifted"


def drifted(changes: Iterable[Change], *, stopped: bool = False) -> Iterator[str]:
    """One sentence for each component that is not as it should be; what all is missing is told in one.

    *stopped*: an install would be stopped, by what is told elsewhere.
    """
    told = list(changes)
    remedy = "`leadbridge plugin install` {}" + (
        ", when what stops it now (see above) is mended." if stopped else "."
    )
    if state_of(told) == "absent":
        yield f"Nothing of leadbridge is installed: {remedy.format('brings all')}"
        return
    missing: dict[Side, list[str]] = defaultdict(list)
    for one in touched(told):
        if one.verb == "create":
            missing[one.side].append(one.called or f"{one.type} {one.name}")
        elif one.verb == "conflict":
            yield f"{one.spoken}: {one.why}."
        else:
            yield f"{one.spoken}: {one.why}. {remedy.format('sets it right')}"
    for side, names in missing.items():
        yield f"{side}: {', '.join(names)}: missing. {remedy.format('brings them')}"


def daemons_rights(agreement: Agreement) -> tuple[FieldRight, ...]:
    """What the daemon's own user must see and edit; of leadbridge's own fields none where they are not installed."""
    rights = _integration(agreement)
    lacking = agreement.own.lacking
    return tuple(one for one in rights.fields if one.field.partition(".")[2] not in lacking)


def _integration(agreement: Agreement) -> PermissionSet:
    [rights] = [
        part for part in bundle(agreement) if isinstance(part, PermissionSet) and part.name == INTEGRATION
    ]
    return rights


def lacking_rights(
    wanted: Iterable[FieldRight], seen: Mapping[tuple[Side, str], Mapping[str, Seen]]
) -> Iterator[str]:
    """What the daemon's own user does not see or may not edit, of what its permission set should give it."""
    for right in wanted:
        object_, _, name = right.field.partition(".")
        fields = seen.get(("salesforce", _KINDS.get(object_, "")))
        if fields is None:
            continue
        name = name.removesuffix("Address") + "Street" if name.endswith("Address") else name
        if name not in fields:
            yield f"salesforce {right.field}: {_UNSEEN.format('it', 'field')}"
        elif right.editable and not fields[name].updateable:
            yield f"salesforce {right.field}: {_UNEDITABLE.format('it', 'field')}"


def in_few_lines(findings: Iterable[str]) -> Iterator[str]:
    """The findings for a person to read: many fields that lack the same right are one line, with how many they are."""
    groups: dict[str, list[str]] = defaultdict(list)
    alike = {said.format("it", "field"): said for said in (_UNSEEN, _UNEDITABLE)}
    for one in findings:
        said = one.partition(": ")[2]
        groups[said if said in alike else one].append(one)
    for said, ones in groups.items():
        if len(ones) <= FEW:
            yield from ones
        else:
            first, more = ones[0].partition(": ")[0], len(ones) - 1
            yield f"{first} and {more} other fields (`--json` names them): {alike[said].format('them', 'fields')}"


def sets_of_daemon(
    user: str, sets: Mapping[str, Collection[str]], licences: Collection[str]
) -> Iterator[str]:
    """What is wrong with the permission sets that leadbridge's user has, each with its powers over the whole org.

    Without its permission set licence a user of the licence “Salesforce Integration” can be given no set that opens
    records (https://goravseth.com/salesforce-integration-user); others need none.
    """
    if INTEGRATION not in sets:
        first = "" if LICENCE in licences else (
            " Where its user licence is “Salesforce Integration”, give it the permission set licence “Salesforce API"
            f" Integration” ({LICENCE}) first, which it does not have."
        )  # fmt: skip
        yield (
            f"salesforce user {user}: leadbridge's user does not have the permission set {INTEGRATION}: assign it"
            f" (Setup > Permission Sets > {INTEGRATION} > Manage Assignments), or a group that it is in.{first}"
        )
    for name, powers in sorted(sets.items()):
        if powers:
            yield (
                f"salesforce user {user}: {name} gives leadbridge's user {', '.join(sorted(powers))}, which it does"
                " not need: take it away."
            )


def rights_beyond(
    user: str, agreement: Agreement, held: Mapping[tuple[str, str], Collection[str]]
) -> Iterator[str]:
    """What leadbridge's user may do with records (by set and object) beyond what its own permission set gives it."""
    wanted = {one.object: one for one in _integration(agreement).objects}
    for (name, object_), rights in sorted(held.items()):
        need = wanted.get(object_, ObjectRight(object=object_))
        given = {
            "Create": need.create, "Edit": need.edit, "Delete": need.delete,
            "ViewAllRecords": need.view_all, "ModifyAllRecords": need.modify_all,
        }  # fmt: skip
        if more := sorted(right for right in rights if not given.get(right, False)):
            yield (
                f"salesforce user {user}: {name} gives leadbridge's user {', '.join(more)} on {object_}, which it does"
                " not need: take it away."
            )


def exempt(user: str, holders: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Whoever but leadbridge's *user* no rule refuses anything, with the permission set that is the reason."""
    for other, name in holders:
        if other != user:
            yield (
                f"salesforce user {other}: {name} exempts this user from every rule of leadbridge (custom permission"
                f" {PERMISSION}), which is for leadbridge's user alone: take it away."
            )
