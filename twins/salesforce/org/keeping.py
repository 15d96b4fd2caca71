"""An org as it was a moment ago, to go back to when a deployment is not to leave anything behind."""

from __future__ import annotations

from twins.salesforce.org.setup import Rules
from twins.salesforce.org.state import Org


class Kept:
    """Fields, rows, rules, rights and components of an org; rows are kept by reference, for they never change."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._fields = {name: dict(kind.fields) for name, kind in org.kinds.items()}
        self._tables = dict(org.tables)
        self._rules = {
            name: Rules(dict(rules.by_name), dict(rules.readers)) for name, rules in org.rules.items()
        }
        self._rights = org.rights.copy()
        self._installed = org.installed.copy()
        self._changed = dict(org.changed)

    def bring_back(self) -> None:
        """Make the org what it was."""
        org = self._org
        for name, fields in self._fields.items():
            kind = org.kinds[name]
            if kind.fields != fields:
                kind.drop(list(kind.fields))
                kind.add(fields.values())
                org.tables[name] = self._tables[name]
                org.learn_rules(kind)
        org.rules.clear()
        org.rules.update(self._rules)
        org.rights.become(self._rights)
        org.installed = self._installed
        org.changed.clear()
        org.changed.update(self._changed)
