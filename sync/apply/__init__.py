"""Stations 5 and 6 of the road: carry out plans, and say what shall be remembered."""

from sync.apply.agreeing import taken_back
from sync.apply.applied import Applied, Memory
from sync.apply.applying import apply

__all__ = ["Applied", "Memory", "apply", "taken_back"]
