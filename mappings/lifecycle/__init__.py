"""The shared lead-status lifecycle: words, the compiled machine, judging, reading, showing."""

from mappings.lifecycle.words import (
    Actor,
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
    "Opportunity",
    "Outcome",
    "Projection",
    "Request",
    "Round",
    "Situation",
    "Standing",
    "Step",
    "Tell",
]
