"""What a person said about a record while a pass had it in hand stands, whatever that pass came to.

Part of station 6. Words are said by other processes, each in one transaction; a pass knows by their
count that one was said, and only then looks which of its units it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors.records import Ref
from sync.apply import Memory
from sync.model import Base, Plan, Remember, Setback
from sync.store import Store
from sync.trying import Trying


def heard_of_bases(
    store: Store, plans: Sequence[Plan], memories: Sequence[Memory]
) -> tuple[list[Memory], list[Ref]]:
    """The memories without the lines that were agreed on since these plans were made, and whose these are."""
    made = {
        effect.looked.id: (plan.subject, effect.before)
        for plan in plans
        for effect in plan.effects
        if isinstance(effect, Remember) and effect.looked.id is not None
    }
    stand = store.bases(made)
    kept: list[Memory] = []
    concerned: list[Ref] = []
    for link, base, *more in memories:
        subject, before = made.get(link.id or 0, (None, base))
        after = _kept(base, before, stand.get(link.id or 0, before))
        kept.append((link, after, *more))
        if subject is not None and after is not base:
            concerned.append(subject)
    return kept, concerned


def _kept(base: Base, before: Base, stands: Base) -> Base:
    """The new base with every line as it stands by now, where that is not what the plan was made on."""
    names = before.agreed.keys() | stands.agreed.keys()
    said = {name for name in names if before.agreed.get(name) != stands.agreed.get(name)}
    if not said:
        return base
    agreed = {name: one for name, one in base.agreed.items() if name not in said}
    agreed.update({name: one for name, one in stands.agreed.items() if name in said})
    apart = {name: both for name, both in base.apart.items() if name not in said}
    return replace(base, agreed=agreed, apart=apart)


def heard_of_setbacks(store: Store, trying: Trying) -> tuple[list[Setback], list[Ref]]:
    """The refusals as they count after somebody let them be tried anew, and whose these are."""
    stand = {(one.target, one.field) for one in store.setbacks({target for target, _ in trying.known})}
    anew = {key: one.subject for key, one in trying.known.items() if key not in stand}
    again = [replace(one, times=1) if (one.target, one.field) in anew else one for one in trying.again]
    return again, list(dict.fromkeys(anew.values()))
