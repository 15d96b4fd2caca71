"""Compute what to do about one unit: a linked pair, or a record alone.

Station 3 of the road: takes Facts from `gather`, hands a Plan to `engine`.
Pure: the same facts, terms and moment give the same plan.
"""

from sync.plan.compare import differences
from sync.plan.terms import Terms
from sync.plan.units import plan

__all__ = ["Terms", "differences", "plan"]
