"""One deployment: every component is tried, and all of it stays or nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from twins.salesforce.metadata.messages import Message, NotThere, PartRefused
from twins.salesforce.metadata.package import Named, Package, Part
from twins.salesforce.metadata.shelf import SHELVES, save, types_in_order
from twins.salesforce.metadata.site import Site
from twins.salesforce.metadata.types import OBJECT
from twins.salesforce.org.keeping import Kept


@dataclass(slots=True)
class Outcome:
    """What a deployment says of its components; *kept* whether it changed the org."""

    passed: list[Message] = field(default_factory=list)
    failed: list[Message] = field(default_factory=list)
    kept: bool = False


def deploy(
    site: Site, package: Package, *, check_only: bool, rolls_back: bool, ignores_warnings: bool
) -> Outcome:
    """Save and delete what *package* says, in the order of what refers to what."""
    outcome = Outcome(failed=list(package.wrong))
    before = Kept(site.org)
    outcome.passed += [Message(type="", name=name, file=name, changed=True) for name in package.manifests]
    _delete_all(site, package.before, outcome)
    order = types_in_order()
    doomed = {} if check_only else _taken(site.org.script.doomed)
    for part in sorted(package.parts, key=lambda part: (order.index(part.type.name), part.name)):
        _save(site, part, outcome, doomed.get(part.name, ""))
    _delete_all(site, package.after, outcome)
    if not ignores_warnings:
        outcome.failed += [message for message in outcome.passed if message.warning]
        outcome.passed = [message for message in outcome.passed if not message.warning]
    outcome.kept = not check_only and not (outcome.failed and rolls_back)
    if not outcome.kept:
        before.bring_back()
    return outcome


def _taken(doomed: dict[str, str]) -> dict[str, str]:
    """What a person scripted, which happens once."""
    taken = dict(doomed)
    doomed.clear()
    return taken


def _save(site: Site, part: Part, outcome: Outcome, doomed: str) -> None:
    type_, name = part.type.name, part.name
    kept = Kept(site.org)
    old = SHELVES[type_].read(site.org, name, 0)
    try:
        if doomed:
            raise PartRefused(doomed)
        save(site, part.type, name, part.tree)
    except PartRefused as wrong:
        kept.bring_back()
        line = wrong.line or part.tree.line
        outcome.failed.append(Message(type=type_, name=name, file=part.file, problem=wrong.says, line=line))
        return
    new = SHELVES[type_].read(site.org, name, 0)
    stored = site.org.installed.parts.get((type_, name))
    outcome.passed.append(
        Message(
            type=type_, name=name, file=part.file, created=old is None, changed=old != new,
            id=stored.id if stored else None,
        )
    )  # fmt: skip


def _delete_all(site: Site, doomed: Sequence[tuple[str, Named]], outcome: Outcome) -> None:
    order = [*reversed(types_in_order()), OBJECT]
    for file, (type_, name) in sorted(doomed, key=lambda one: (order.index(one[1][0]), one[1][1])):
        try:
            if type_ == OBJECT:
                raise PartRefused(f"the twin does not delete the object {name}")
            SHELVES[type_].drop(site, name)
        except NotThere as missing:
            said = Message(type=type_, name=name, file=file, problem=missing.says, warning=True)
            outcome.passed.append(said)
        except PartRefused as wrong:
            outcome.failed.append(Message(type=type_, name=name, file=file, problem=wrong.says))
        else:
            outcome.passed.append(Message(type=type_, name=name, file=file, deleted=True, changed=True))
