"""Both twins, the daemon between them and scripted people: the bridge as anybody can see it work."""

from sync.demo.stage import Stage, contact_of, keep_running, staged, until_interrupted
from sync.demo.story import ADA, BEN, Scene, Story

__all__ = [
    "ADA",
    "BEN",
    "Scene",
    "Stage",
    "Story",
    "contact_of",
    "keep_running",
    "staged",
    "until_interrupted",
]
