"""Planted bugs: is the judge awake? `python -m tests.simulation.mutants` says after how many histories."""

from tests.simulation.mutants.planted import MUTANTS, Mutant, planted

__all__ = ["MUTANTS", "Mutant", "planted"]
