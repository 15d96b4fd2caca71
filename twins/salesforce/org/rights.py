"""Who may see and do what: profiles, permission sets, custom permissions.

A user sees the org as a `Seen` one: kinds and fields that are not granted are not there
(https://help.salesforce.com/s/articleView?id=platform.admin_fls.htm). Who is not restricted sees the org itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from twins.salesforce.org.closing import BELONGS, OBJECT_RIGHTS, seen
from twins.salesforce.schema.kinds import Kind

ADMIN = "System Administrator"
_BY_USER_PERMISSION = {
    ("EditTask", "Task"): "rcud", ("EditTask", "Event"): "r", ("EditEvent", "Event"): "rcud",
    ("EditEvent", "Task"): "r", ("ActivitiesAccess", "Task"): "r", ("ActivitiesAccess", "Event"): "r",
}  # fmt: skip
_MAY_ADMINISTER = frozenset({"ModifyMetadata", "ModifyAllData"})


@dataclass(slots=True)
class Grants:
    """What a permission set allows: letters of ``rcud`` per kind, ``r`` or ``re`` per field, permissions.

    A kind may also have ``v`` (view all records), ``m`` (modify all) and ``f`` (every field is read); *system* are user
    permissions by name.
    """

    objects: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    permissions: frozenset[str] = frozenset()
    system: frozenset[str] = frozenset()


@dataclass(slots=True)
class Profile:
    """What a user may do without any set: everything but what was taken away, or next to nothing."""

    name: str = "Standard User"
    everything: bool = True
    taken: dict[str, str] = field(default_factory=dict)
    closed: dict[str, dict[str, str]] = field(default_factory=dict)

    def access(self, kind: Kind) -> str:
        """The letters of ``rcud`` for a kind."""
        if not kind.access:
            return "r"  # users, statuses and other lists are there for all
        if not self.everything:
            return ""
        return "".join(letter for letter in OBJECT_RIGHTS if letter not in self.taken.get(kind.name, ""))

    def field_access(self, kind: Kind, name: str) -> str:
        """``re``, ``r`` or "" for a field."""
        return self.closed.get(kind.name, {}).get(name, "re" if self.everything or not kind.access else "")


class Rights:
    """The profiles, sets and custom permissions of an org; *version* counts the changes."""

    def __init__(self) -> None:
        self.custom_permissions: set[str] = set()
        self.admins: set[str] = set()
        self.unopened: dict[str, frozenset[str]] = {}
        self.version = 0
        self._sets: dict[str, Grants] = {}
        self._profiles: dict[str, Profile] = {}
        self._assigned: dict[str, dict[str, None]] = {}
        self._own: dict[str, set[str]] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self._joined: dict[str, set[str]] = {}

    def restricted(self, user: str) -> bool:
        """Whether *user* sees less than the whole org."""
        return user in self._profiles or bool(self.unopened)

    def close_to_all(self, kind: str, field_: str) -> None:
        """Let no profile see a field, so that permission sets alone open it."""
        self.unopened[kind] = self.unopened.get(kind, frozenset()) | {field_}
        self.version += 1

    def profile(self, user: str) -> Profile:
        """The profile of *user*, to be changed."""
        self.version += 1
        return self._profiles.setdefault(user, Profile())

    def profile_name(self, user: str) -> str:
        """What ``$Profile.Name`` is for *user*."""
        if user in self.admins:
            return ADMIN
        found = self._profiles.get(user)
        return found.name if found else Profile().name

    @property
    def unbound_admins(self) -> list[str]:
        """The administrators whose profile was not made one of next to nothing."""
        return sorted(user for user in self.admins if self._profiles.get(user, Profile()).everything)

    def define(self, name: str, grants: Grants) -> None:
        """Make or replace a permission set; its custom permissions exist from now on."""
        self._sets[name] = grants
        self.custom_permissions |= grants.permissions
        self.version += 1

    def drop(self, name: str) -> None:
        """Forget a permission set that nobody has; raises KeyError where there is none of this name."""
        del self._sets[name]
        self.groups = {one: tuple(each for each in sets if each != name) for one, sets in self.groups.items()}
        self.version += 1

    def forget_field(self, kind: str, field_: str) -> None:
        """Take a deleted field out of all permission sets."""
        self.unopened[kind] = self.unopened.get(kind, frozenset()) - {field_}
        for name, one in self._sets.items():
            kept = {each: letters for each, letters in one.fields.get(kind, {}).items() if each != field_}
            self._sets[name] = replace(one, fields={**one.fields, kind: kept})

    def forget_permission(self, permission: str) -> None:
        """Take a deleted custom permission out of all permission sets."""
        for name, one in self._sets.items():
            self._sets[name] = replace(one, permissions=one.permissions - {permission})

    def grants(self, name: str) -> Grants | None:
        """What a permission set allows; None where there is none of this name."""
        return self._sets.get(name)

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of all permission sets."""
        return tuple(self._sets)

    def holders(self, name: str) -> list[str]:
        """The users to whom a permission set itself was given."""
        return [user for user, names in self._assigned.items() if name in names]

    def group(self, name: str, sets: Iterable[str]) -> None:
        """Make or replace a group of permission sets; raises KeyError where there is no such set."""
        members = tuple(sets)
        for one in members:
            if one not in self._sets:
                raise KeyError(one)
        self.groups[name] = members
        self.version += 1

    def join(self, user: str, group: str) -> None:
        """Give *user* all sets of a group; raises KeyError when there is none of this name."""
        if group not in self.groups:
            raise KeyError(group)
        self._joined.setdefault(user, set()).add(group)
        self.version += 1

    def members(self, group: str) -> list[str]:
        """The users to whom a group was given."""
        return sorted(user for user, groups in self._joined.items() if group in groups)

    def may_administer(self, user: str) -> bool:
        """Whether *user* may use the Metadata API: Modify Metadata or Modify All Data
        (https://help.salesforce.com/s/articleView?id=platform.meta_modify_metadata_perm.htm).
        """
        return user in self.admins or any(one.system & _MAY_ADMINISTER for one in self._of(user))

    def views_setup(self, user: str) -> bool:
        """Whether *user* has View Setup and Configuration, as every profile but the smallest ones has."""
        profile = self._profiles.get(user)
        return (
            profile is None
            or profile.everything
            or self.may_administer(user)
            or any("ViewSetup" in one.system for one in self._of(user))
        )

    def copy(self) -> Rights:
        """The same rights, to go back to; profiles are shared, for no deployment changes them."""
        kept = Rights()
        kept.custom_permissions, kept.admins = set(self.custom_permissions), set(self.admins)
        kept.unopened = dict(self.unopened)
        kept._sets, kept._profiles, kept._own = dict(self._sets), self._profiles, self._own
        kept._assigned = {user: dict(names) for user, names in self._assigned.items()}
        kept.groups, kept._joined = dict(self.groups), {user: set(one) for user, one in self._joined.items()}
        return kept

    def become(self, kept: Rights) -> None:
        """Take over the sets, assignments and custom permissions of *kept*."""
        self._sets, self._assigned = kept._sets, kept._assigned
        self.groups, self._joined = kept.groups, kept._joined
        self.custom_permissions, self.admins = kept.custom_permissions, kept.admins
        self.unopened = kept.unopened
        self.version += 1

    def assign(self, user: str, name: str) -> None:
        """Give *user* a set; raises KeyError when there is none of this name."""
        if name not in self._sets:
            raise KeyError(name)
        self._assigned.setdefault(user, {})[name] = None
        self.version += 1

    def unassign(self, user: str, name: str) -> None:
        """Take a set from *user*; raises KeyError when the user does not have it."""
        del self._assigned[user][name]
        self.version += 1

    def permit(self, user: str, permissions: Iterable[str]) -> None:
        """Give *user* custom permissions directly."""
        names = set(permissions)
        self.custom_permissions |= names
        self._own.setdefault(user, set()).update(names)

    def permissions(self, user: str) -> frozenset[str]:
        """The custom permissions of *user*."""
        found = set(self._own.get(user, ()))
        for one in self._of(user):
            found |= one.permissions
        return frozenset(found)

    def kinds(self, user: str, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        """*kinds* as *user* sees them."""
        profile, sets = self._profiles.get(user) or Profile(), self._of(user)
        access = {name: _joined([profile.access(kind), *(_granted(one, name) for one in sets)])
                  for name, kind in kinds.items()}  # fmt: skip
        readable = {name for name, letters in access.items() if "r" in letters}
        return {
            name: seen(kind, access[name], self._field_rights(profile, sets, kind), readable)
            for name, kind in kinds.items()
            if name in readable
        }

    def _field_rights(self, profile: Profile, sets: list[Grants], kind: Kind) -> Callable[[str], str]:
        unopened = self.unopened.get(kind.name, frozenset())
        granted = [grants.fields.get(kind.name, {}) for grants in sets]
        every = "r" if any("f" in grants.objects.get(kind.name, "") for grants in sets) else ""

        def rights(name: str) -> str:
            own = "" if name in unopened else profile.field_access(kind, name)
            return own + every + "".join(one.get(name, "") for one in granted)

        return rights

    def _of(self, user: str) -> list[Grants]:
        """What *user* was given, set by set and by groups
        (https://help.salesforce.com/s/articleView?id=platform.perm_set_groups.htm).
        """
        names = dict.fromkeys(self._assigned.get(user, ()))
        for group in sorted(self._joined.get(user, ())):
            names |= dict.fromkeys(self.groups[group])
        return [self._sets[name] for name in names]


def _granted(grants: Grants, kind: str) -> str:
    """The letters for a kind: its own, those of what it belongs to, those of a user permission; [M] the last.

    https://help.salesforce.com/s/articleView?id=platform.users_profiles_object_perms.htm
    """
    letters = grants.objects.get(kind, "")
    above = grants.objects.get(BELONGS.get(kind, ""), "")
    letters += ("r" if "r" in above else "") + ("cud" if "u" in above else "")
    letters += "".join(_BY_USER_PERMISSION.get((one, kind), "") for one in grants.system)
    return letters + (
        "rcud" if "ModifyAllData" in grants.system else "r" if "ViewAllData" in grants.system else ""
    )


def _joined(letters: Iterable[str]) -> str:
    found = set().union(*letters)
    return "".join(letter for letter in OBJECT_RIGHTS if letter in found)
