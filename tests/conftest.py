"""What holds for every test of the house."""

from hypothesis import settings

# A busy machine is no failure: generated examples are counted, never timed.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
