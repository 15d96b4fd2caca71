"""What can go wrong with a vendor, in the bridge's own words.

::

    ConnectorError
    ├── Transient(retry_after_s)     try again later
    │   └── OverBudget(until)        the quota is eaten; later, and not before
    ├── Unknown                      sent, the answer was lost: look before retrying
    ├── Stale                        changed since it was read: plan again
    ├── Refused(faults)              the vendor will not: a problem for a person
    ├── Gone(merged_into)            deleted, merged or converted
    └── SignInFailed                 stop that side

The vendor libraries' own errors never leave `connectors`.
"""

from __future__ import annotations

from datetime import datetime

from connectors.records import Fault, Ref


class ConnectorError(Exception):
    """A vendor could not be spoken to; the side, the call and the remedy are in the text."""


class Transient(ConnectorError):
    """The vendor is busy or unreachable; the same call may succeed later."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OverBudget(Transient):
    """The vendor's call quota is used up; nothing is sent before *until*."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class Unknown(ConnectorError):
    """The call was sent and its answer was lost; look before sending it again."""


class Stale(ConnectorError):
    """The record changed since it was read; plan again."""


class Refused(ConnectorError):
    """The vendor refused the call; a person must act."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class Gone(ConnectorError):
    """The record is deleted, merged or converted."""

    def __init__(self, message: str, merged_into: Ref | None = None) -> None:
        super().__init__(message)
        self.merged_into = merged_into


class SignInFailed(ConnectorError):
    """The credentials were refused; check the LEADBRIDGE_ settings of that side."""
