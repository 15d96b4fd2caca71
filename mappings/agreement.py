"""Put the ops files together: documents and known fields → one `Agreement`, or all mistakes at once.

Read before the road begins; every station is handed the agreement and nothing else
of the config folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from mappings.bridge import Bridge, compile_bridge, unknown_in_rollout
from mappings.documents.bridge import BridgeDocument
from mappings.documents.broken import Broken
from mappings.documents.fields import FieldsDocument
from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.matching import MatchingDocument
from mappings.documents.outcomes import OutcomesDocument
from mappings.documents.reading import Mistake, Shape, parse, suggestion
from mappings.lifecycle.compiling import compile_lifecycle
from mappings.lifecycle.covering import uncovered, unknown_properties, unknown_reason_fields, unsaid_reasons
from mappings.lifecycle.machine import Lifecycle
from mappings.lines import compile_lines, misfits
from mappings.matching import Matching, compile_matching
from mappings.notifications import unknown_happenings
from mappings.outcomes import Outcomes, compile_outcomes
from mappings.own_fields import INSTALLED, OwnFields
from mappings.owners import unknown_fields
from mappings.pairs import PAIRS, PairLines
from mappings.values import Side
from mappings.vendor import Described

__all__ = ["Agreement", "Bridge", "Broken", "Mistake", "PairLines", "bridge_alone", "compile_agreement"]

S = TypeVar("S", bound=Shape)
C = TypeVar("C")


@dataclass(frozen=True)
class Agreement:
    """What the two teams agreed on: all of the config folder, compiled and sound.

    *checked* says that the mapping lines were held against the vendors' own
    description of their fields, *findings* what that shows and does not stop the bridge: *unoffered* are values
    that a field lacks. *own* says which of leadbridge's own fields are there.
    """

    bridge: Bridge
    lifecycle: Lifecycle
    matching: Matching
    outcomes: Outcomes
    pairs: Mapping[str, PairLines]
    checked: bool = False
    own: OwnFields = INSTALLED
    findings: tuple[Mistake, ...] = ()
    unoffered: tuple[Mistake, ...] = ()

    def fields(self, side: Side, kind: str) -> tuple[str, ...]:
        """Every field of *kind* on *side* that a mapping line reads."""
        return self._fields.get((side, kind), ())

    @cached_property
    def _fields(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], dict[str, None]] = {}
        for pair in self.pairs.values():
            for line in pair.lines:
                for place, end in line.ends.items():
                    found.setdefault(place, {}).update(dict.fromkeys(end.fields))
        return {place: tuple(names) for place, names in found.items()}


def compile_agreement(
    texts: Mapping[str, str], known: Described | None = None, own: OwnFields = INSTALLED
) -> Agreement:
    """The agreement in these files (path → text); raise `Broken` with every mistake in them.

    *known* is what the vendors say about their fields, by side and kind. Without it the
    lines are taken at their word, and a currency field that they name is taken to be there.
    What of leadbridge's *own* fields is not there is left out of the lines and of the lifecycle.
    """
    reading = _Reading(texts, own.lacking)
    bridge = reading.bridge()
    lifecycle = reading.compiled(
        "lifecycle.yaml",
        LifecycleDocument,
        lambda it: reading.lifecycle(it, bridge),
    )
    reading.hold_against(lifecycle, known)
    matching = reading.compiled("matching.yaml", MatchingDocument, compile_matching)
    outcomes = reading.compiled("outcomes.yaml", OutcomesDocument, compile_outcomes)
    pairs = {pair: reading.lines(pair, bridge, known) for pair in PAIRS}
    reading.refuse_strangers()
    if reading.mistakes or lifecycle is None or matching is None or outcomes is None:
        raise Broken(reading.mistakes)
    findings, unoffered = tuple(reading.findings), tuple(reading.unoffered)
    return Agreement(
        bridge, lifecycle, matching, outcomes, pairs, known is not None, own, findings, unoffered
    )


def bridge_alone(texts: Mapping[str, str]) -> Bridge | None:
    """What bridge.yaml says, however broken the other files are; None where it cannot be used itself."""
    return _Reading(texts, frozenset()).compiled("bridge.yaml", BridgeDocument, compile_bridge)


class _Reading:
    """The files on their way to an agreement; goes on after a mistake, so that all are told at once."""

    def __init__(self, texts: Mapping[str, str], lacking: frozenset[str]) -> None:
        self.texts, self.lacking = texts, lacking
        self.mistakes: list[Mistake] = []
        self.findings: list[Mistake] = []
        self.unoffered: list[Mistake] = []
        self.bridge_document: BridgeDocument | None = None
        self.lifecycle_document: LifecycleDocument | None = None

    def document(self, file: str, shape: type[S]) -> S | None:
        if file not in self.texts:
            remedy = "Take the shipped one: `leadbridge init DIR` writes it."
            self.mistakes.append(Mistake(file, 1, "This file is missing.", remedy))
            return None
        document, mistakes = parse(shape, self.texts[file], file)
        self.mistakes += mistakes
        return document

    def compiled(self, file: str, shape: type[S], compile_: Callable[[S], C]) -> C | None:
        document = self.document(file, shape)
        if document is None:
            return None
        try:
            return compile_(document)
        except Broken as broken:
            self.mistakes += broken.mistakes
            return None

    def bridge(self) -> Bridge:
        """The bridge; where bridge.yaml is broken a plain one, so that the other files are read all the same."""
        bridge = self.compiled("bridge.yaml", BridgeDocument, self._compiled_bridge)
        return bridge or compile_bridge(BridgeDocument(time_zone="UTC", currency="EUR"))

    def lifecycle(self, document: LifecycleDocument, bridge: Bridge) -> Lifecycle:
        """The lifecycle; its document is kept, to be held against the fields."""
        self.lifecycle_document = document
        return compile_lifecycle(document, bridge.business_hours, lacking=self.lacking)

    def hold_against(self, lifecycle: Lifecycle | None, known: Described | None) -> None:
        """Whether the stages and fields that bridge.yaml names are there, and what lifecycle.yaml needs of them."""
        document = self.bridge_document
        if document is not None and lifecycle is not None:
            self.mistakes += unknown_happenings(document.notifications, tuple(lifecycle.stages))
        properties = (known or {}).get(("hubspot", "contact"))
        if document is not None and properties is not None:
            self.mistakes += unknown_fields(document.owners, tuple(properties))
            self.mistakes += unknown_in_rollout(document, tuple(properties))
        if self.lifecycle_document is not None and lifecycle is not None and known is not None:
            spared = lifecycle.signals.names | self.lacking
            self.mistakes += unknown_properties(self.lifecycle_document, known, spared)
            if lifecycle.reason_field is not None:
                self.mistakes += unknown_reason_fields(self.lifecycle_document, known)
                self.findings += unsaid_reasons(self.lifecycle_document, known)
            self.unoffered += uncovered(self.lifecycle_document, known)
            self.findings += self.unoffered

    def lines(self, pair: str, bridge: Bridge, known: Described | None) -> PairLines:
        file = f"fields/{pair}.yaml"
        document = self.document(file, FieldsDocument) or FieldsDocument(lines=[])
        lines, mistakes = compile_lines(pair, file, document, bridge, known, self.lacking)
        self.mistakes += mistakes
        if known is not None:
            self.findings += misfits(pair, document, known, self.lacking)
        return lines

    def _compiled_bridge(self, document: BridgeDocument) -> Bridge:
        self.bridge_document = document
        return compile_bridge(document)

    def refuse_strangers(self) -> None:
        ours = (*FILES, *(f"fields/{pair}.yaml" for pair in PAIRS))
        for file in self.texts:
            if file.endswith((".yaml", ".yml")) and file not in ours and not file.startswith("examples/"):
                text = "No part of the bridge reads this file."
                self.mistakes.append(Mistake(file, 1, text, suggestion(file, ours)))


FILES = ("bridge.yaml", "lifecycle.yaml", "matching.yaml", "outcomes.yaml")
