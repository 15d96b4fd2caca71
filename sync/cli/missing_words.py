"""Choices, stages and pipelines that a config names and fresh twins lack: an admin would have made them.

Where a config has words of its own for a picklist of Salesforce and no fallback, the fresh org's other ones are
taken off the list: a company that renamed its stages has only those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from mappings.agreement import Agreement
from mappings.fields import FieldLine
from mappings.lifecycle.definition import Shown
from mappings.wordmaps import WordMap
from twins.hubspot.schema.stages import STAGE_PROPERTIES, Pipeline, Stage
from twins.world import World

_HOW_LIKELY: Final = {(True, True): "1.0", (True, False): "0.0", (False, False): "0.5"}


def add_missing_words(world: World, agreement: Agreement, plurals: dict[str, str]) -> Iterator[str]:
    """Create the choices that value maps and the lifecycle name; one sentence each on what became of a field."""
    for pair in agreement.pairs.values():
        for line in pair.lines:
            if line.words is None:
                continue
            for kind in pair.salesforce_kinds:
                yield from _salesforce(world, kind.capitalize(), line, line.words)
            yield from _hubspot(world, plurals[pair.hubspot_kind], line, line.words, pair.hubspot_kind)
    lifecycle = agreement.lifecycle
    for name, shown in (
        ("lifecyclestage", lifecycle.lifecyclestage),
        ("hs_lead_status", lifecycle.hs_lead_status),
    ):
        yield from _options(world, "contacts", name, _shown(shown))
    yield from _statuses(world, _shown(lifecycle.lead_status))


def _shown(shown: Shown) -> list[str]:
    cells = [word for words in shown.cells.values() for word in words or () if word]
    return list(dict.fromkeys((*shown.order, *cells)))


def _salesforce(world: World, api_name: str, line: FieldLine, words: WordMap) -> Iterator[str]:
    kind = world.salesforce.org.kinds[api_name]
    for name in line.fields("salesforce", api_name.lower()):
        field, named = kind.fields[name], words.words("salesforce")
        fresh = [word for word in named if word not in field.choices]
        if not field.choices or not fresh:
            continue
        rest = () if words.fallback else field.choices  # with a fallback the map need not name them all
        gone = tuple(word for word in rest if word not in named)
        choices = (*(word for word in field.choices if word not in gone), *fresh)
        world.salesforce.org.change_field(
            kind, replace(field, choices=choices, inactive=(*field.inactive, *gone))
        )
        if (api_name, name) == ("Opportunity", "StageName"):
            _stages(world, fresh, gone, words)
        off = f"; off the list: {', '.join(gone)}" if gone else ""
        yield f"Salesforce {api_name}.{name}: {', '.join(fresh)}{off}"


def _stages(world: World, fresh: list[str], gone: tuple[str, ...], words: WordMap) -> None:
    """A stage of one's own is as the value map's stage of HubSpot: closed, won, or open.

    Where HubSpot's is one's own, too, the stages that came stand for those that went, counted from the end of
    both lists, where the closed ones are.
    """
    org = world.salesforce.org
    came = [
        word for word in reversed(words.words("salesforce")) if word in fresh
    ]  # a map is compiled backwards
    instead = dict(zip(reversed(came), reversed(gone), strict=False))
    for name in came:
        known = world.hubspot.portal.pipelines.stage("deals", *_parted(_other(words, name)))
        if known is None and name in instead:
            org.stages[name] = org.stages[instead[name]]
        else:
            org.stages[name] = _like(float(known.probability or 0.5) if known else 0.5)
        probability, forecast, closed, won = org.stages[name]
        org.bear(
            "OpportunityStage", MasterLabel=name, ApiName=name, SortOrder=len(org.stages), IsActive=True,
            IsClosed=closed, IsWon=won, ForecastCategory=forecast, ForecastCategoryName=forecast,
            DefaultProbability=probability,
        )  # fmt: skip
    for name in gone:
        world.salesforce.set_stage_active(name, world.now(), active=False)


def _like(chance: float) -> tuple[int, str, bool, bool]:
    closed, won = chance in (0.0, 1.0), chance == 1.0
    return round(chance * 100), "Pipeline" if not closed else "Closed" if won else "Omitted", closed, won


def _other(words: WordMap, theirs: str) -> str:
    """HubSpot's word for one of Salesforce; blank where the map has none."""
    if words.canonical == "hubspot":
        return words.into.get(theirs, "")
    return next((ours for ours, word in words.into.items() if word == theirs), "")


def _parted(word: str) -> tuple[str, str]:
    pipeline, _, stage = word.partition(" / ")
    return pipeline, stage


def _hubspot(world: World, plural: str, line: FieldLine, words: WordMap, hubspot_kind: str) -> Iterator[str]:
    names = line.fields("hubspot", hubspot_kind)
    if len(names) == 1:
        yield from _options(world, plural, names[0], words.words("hubspot"))
    elif plural in STAGE_PROPERTIES and names == STAGE_PROPERTIES[plural]:
        for word in words.words("hubspot"):
            pipeline, stage = _parted(word)
            if stage and world.hubspot.portal.pipelines.stage(plural, pipeline, stage) is None:
                _add_stage(world, plural, pipeline, stage, _outcome(world, words, word))
                yield f"HubSpot {plural}: stage {stage} of the pipeline {pipeline}"


def _outcome(world: World, words: WordMap, word: str) -> tuple[bool, bool]:
    """Whether Salesforce's stages behind HubSpot's *word* are all closed, and all won."""
    theirs = [one for one in words.words("salesforce") if _other(words, one) == word]
    known = [world.salesforce.org.stages[one][2:] for one in theirs if one in world.salesforce.org.stages]
    closed = bool(known) and all(one[0] for one in known)
    return closed, closed and all(one[1] for one in known)


def _add_stage(world: World, plural: str, pipeline: str, stage: str, outcome: tuple[bool, bool]) -> None:
    names, known = STAGE_PROPERTIES[plural], world.hubspot.portal.pipelines.of(plural)
    if pipeline not in known:
        known[pipeline] = Pipeline(id=pipeline, label=pipeline, order=len(known), stages={})
        list(_options(world, plural, names.pipeline, [pipeline]))
    stages = known[pipeline].stages
    metadata = {"isClosed": str(outcome[0]).lower(), "probability": _HOW_LIKELY[outcome]}
    stages[stage] = Stage(id=stage, label=stage, order=len(stages), metadata=metadata)
    list(_options(world, plural, names.stage, [stage]))


def _options(world: World, plural: str, name: str, words: Iterable[str]) -> Iterator[str]:
    prop = world.hubspot.portal.shelves[plural].schema[name]
    fresh = {word: word for word in words if word not in prop.options}
    if prop.type == "enumeration" and prop.options and fresh:
        world.hubspot.add_property(plural, replace(prop, options={**prop.options, **fresh}))
        yield f"HubSpot {plural}.{name}: {', '.join(fresh)}"


def _statuses(world: World, words: list[str]) -> Iterator[str]:
    kind = world.salesforce.org.kinds["Lead"]
    field = kind.fields["Status"]
    fresh = tuple(word for word in words if word not in field.choices)
    if fresh:
        world.salesforce.org.change_field(kind, replace(field, choices=(*field.choices, *fresh)))
        for word in fresh:
            world.salesforce.add_lead_status(word, world.now())
        yield f"Salesforce Lead.Status: {', '.join(fresh)}"
