"""What an org has of components that admins and deployments make: the trees they were last saved as.

What a component does stands elsewhere (kinds, rules, rights); its tree holds the words that only readers see.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from twins.salesforce.trees import Element

Named = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """One component: its tree, its id, who made it and who changed it last, and when."""

    tree: Element
    id: str
    made_by: str
    made_at: str
    changed_by: str
    changed_at: str


@dataclass(slots=True)
class Installed:
    """Components by type and full name; *bound* are the picklists (kind, field) that take a global value set."""

    parts: dict[Named, Stored] = field(default_factory=dict)
    bound: dict[tuple[str, str], str] = field(default_factory=dict)

    def tree(self, type_: str, name: str) -> Element | None:
        """The tree of a component; None where there is none, or nobody ever wrote one down."""
        found = self.parts.get((type_, name))
        return found.tree if found else None

    def names(self, type_: str) -> list[str]:
        """The full names of all components of a type that have a tree, sorted."""
        return sorted(name for one, name in self.parts if one == type_)

    def copy(self) -> Installed:
        """The same components, to go back to."""
        return Installed(dict(self.parts), dict(self.bound))
