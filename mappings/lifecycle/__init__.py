"""The shared lead-status lifecycle: words, the compiled machine, judging, reading, showing."""

from mappings.lifecycle.clocks import left as time_left
from mappings.lifecycle.compiling import compile_lifecycle
from mappings.lifecycle.decide import decide
from mappings.lifecycle.machine import Lifecycle
from mappings.lifecycle.phrases import left as left_standing
from mappings.lifecycle.projections import edited, project
from mappings.lifecycle.readiness import wants_hand_over
from mappings.lifecycle.readings import read_requests
from mappings.lifecycle.words import (
    Actor,
    Late,
    Opportunity,
    Outcome,
    Projection,
    Request,
    Round,
    Situation,
    Standing,
    Step,
    Tell,
)

__all__ = [
    "Actor",
    "Late",
    "Lifecycle",
    "Opportunity",
    "Outcome",
    "Projection",
    "Request",
    "Round",
    "Situation",
    "Standing",
    "Step",
    "Tell",
    "compile_lifecycle",
    "decide",
    "edited",
    "left_standing",
    "project",
    "read_requests",
    "time_left",
    "wants_hand_over",
]
