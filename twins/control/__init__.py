"""The control of a world: an API on a port of its own, never on a vendor's, and a client for it."""

from twins.control.api import Control
from twins.control.client import Refused, Remote

__all__ = ["Control", "Refused", "Remote"]
