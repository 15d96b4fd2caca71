"""Bring together all that planning may look at: both records as they are now, and what we know.

Station 2 of the road: takes keys from `intake`, hands Facts to `plan`. Reads in
batches: one store query and a few vendor calls for a whole batch of keys.
"""

from sync.gather.fields import watched_fields
from sync.gather.reader import Reader
from sync.gather.units import gather

__all__ = ["Reader", "gather", "watched_fields"]
