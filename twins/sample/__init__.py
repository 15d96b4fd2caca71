"""The sample company that ships: about 2,000 people with a past, made from a seed.

Pure: the same seed, moment, size and owners give the same rows. `twins.load` puts
them into the twins; `people` streams any number of plain people for benchmarks.
"""

from twins.sample.company import sample
from twins.sample.crowd import Twosome, people

__all__ = ["Twosome", "people", "sample"]
