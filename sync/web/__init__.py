"""The dashboard: what the bridge did and where people stand, for a browser on a desk or a phone."""

from sync.web.dashboard import Dashboard
from sync.web.gate import Access
from sync.web.pages import Look
from sync.web.server import CannotServe, Served
from sync.web.views import Buttons, Views

__all__ = ["Access", "Buttons", "CannotServe", "Dashboard", "Look", "Served", "Views"]
