"""Pipelines and their stages: what a portal is born with, and the one place that knows them all.

https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from twins.hubspot.times import read_ms

BORN = read_ms("2024-01-01T00:00:00Z")
_DEALS = {
    "appointmentscheduled": ("Appointment Scheduled", "0.2"),
    "qualifiedtobuy": ("Qualified To Buy", "0.4"),
    "presentationscheduled": ("Presentation Scheduled", "0.6"),
    "decisionmakerboughtin": ("Decision Maker Bought-In", "0.8"),
    "contractsent": ("Contract Sent", "0.9"),
    "closedwon": ("Closed Won", "1.0"),
    "closedlost": ("Closed Lost", "0.0"),
}
# The ids of the five stages stand in many code bases; that of the pipeline is from memory.
_LEADS = {
    "new-stage-id": ("New", "NEW"),
    "attempting-stage-id": ("Attempting", "IN_PROGRESS"),
    "connected-stage-id": ("Connected", "IN_PROGRESS"),
    "qualified-stage-id": ("Qualified", "QUALIFIED"),
    "unqualified-stage-id": ("Disqualified", "UNQUALIFIED"),
}
_TICKETS = {
    "1": ("New", "OPEN"),
    "2": ("Waiting on contact", "OPEN"),
    "3": ("Waiting on us", "OPEN"),
    "4": ("Closed", "CLOSED"),
}


class StageProperties(NamedTuple):
    """The two properties of a kind that name a record's pipeline and its stage there."""

    pipeline: str
    stage: str


STAGE_PROPERTIES = {
    "deals": StageProperties("pipeline", "dealstage"),
    "leads": StageProperties("hs_pipeline", "hs_pipeline_stage"),
    "tickets": StageProperties("hs_pipeline", "hs_pipeline_stage"),
}


@dataclass(slots=True, kw_only=True)
class Stage:
    """One stage; *metadata* are texts, as on the wire."""

    id: str
    label: str
    order: int
    metadata: dict[str, str]
    created: int = BORN
    updated: int = BORN

    @property
    def probability(self) -> str | None:
        """How likely a deal in this stage is won; None for other kinds."""
        return self.metadata.get("probability")

    @property
    def is_closed(self) -> bool:
        """Whether records in this stage are done: a deal won or lost, a ticket closed."""
        return self.metadata.get("isClosed") == "true" or self.metadata.get("ticketState") == "CLOSED"


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """One pipeline with its stages by id."""

    id: str
    label: str
    order: int
    stages: dict[str, Stage]
    created: int = BORN
    updated: int = BORN

    def in_order(self) -> list[Stage]:
        """The stages as people see them."""
        return sorted(self.stages.values(), key=lambda one: (one.order, one.label))


def _fresh() -> dict[str, dict[str, Pipeline]]:
    deals = {
        id_: (label, {"isClosed": "true" if chance in ("0.0", "1.0") else "false", "probability": chance})
        for id_, (label, chance) in _DEALS.items()
    }
    leads = {id_: (label, {"leadState": state}) for id_, (label, state) in _LEADS.items()}
    tickets = {
        id_: (label, {"isClosed": "true" if state == "CLOSED" else "false", "ticketState": state})
        for id_, (label, state) in _TICKETS.items()
    }
    return {
        "deals": {"default": _pipeline("default", "Sales Pipeline", deals)},
        "leads": {"lead-pipeline-id": _pipeline("lead-pipeline-id", "Lead pipeline", leads)},
        "tickets": {"0": _pipeline("0", "Support Pipeline", tickets)},
    }


def _pipeline(id_: str, label: str, stages: dict[str, tuple[str, dict[str, str]]]) -> Pipeline:
    made = {
        stage: Stage(id=stage, label=said, order=place, metadata=metadata)
        for place, (stage, (said, metadata)) in enumerate(stages.items())
    }
    return Pipeline(id=id_, label=label, order=0, stages=made)


@dataclass(slots=True)
class Pipelines:
    """All pipelines of a portal: by kind, then by id; *given* counts the ids that HubSpot chose."""

    by_kind: dict[str, dict[str, Pipeline]] = field(default_factory=_fresh)
    given: int = 0

    def of(self, kind: str) -> dict[str, Pipeline]:
        """The pipelines of one kind by id."""
        return self.by_kind.get(kind, {})

    def stage(self, kind: str, pipeline: str | None, stage: str | None) -> Stage | None:
        """One stage of one pipeline, None when it stands nowhere there."""
        found = self.of(kind).get(pipeline or "")
        return found.stages.get(stage or "") if found else None

    def stages(self, kind: str) -> Iterator[tuple[Pipeline, Stage]]:
        """Every stage of one kind with its pipeline, in order."""
        for pipeline in self.of(kind).values():
            for stage in pipeline.in_order():
                yield pipeline, stage

    def first(self, kind: str) -> Pipeline:
        """The pipeline that a record gets when nobody names one."""
        return next(iter(self.of(kind).values()))
