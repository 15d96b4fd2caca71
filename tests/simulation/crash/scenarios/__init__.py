"""Small lives in which a process may die anywhere."""

from tests.simulation.crash.scenarios import ends, fields, marketing, ops, sales
from tests.simulation.crash.scenarios.registry import SCENARIOS, Command, Meanwhile, Step, asks

__all__ = ["SCENARIOS", "Command", "Meanwhile", "Step", "asks", "ends", "fields", "marketing", "ops", "sales"]
