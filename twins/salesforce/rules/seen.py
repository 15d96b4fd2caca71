"""An org as one user sees it."""

from __future__ import annotations

from typing import Any

from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Kind


class Seen(Org):
    """The same rows and rules; kinds and fields that the user may not see are not there."""

    def __init__(
        self, whole: Org, kinds: dict[str, Kind]
    ) -> None:  # no super: it shares all that *whole* has
        self._whole = whole
        self.kinds = kinds
        self.lower = {name.lower(): kind for name, kind in kinds.items()}

    @property
    def whole(self) -> Org:
        return self._whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def seen_by(org: Org, user: str) -> Org:
    """The org as *user* sees it: *org* itself for everybody whom nothing restricts."""
    whole = org.whole
    if not whole.rights.restricted(user):
        return whole
    kept = whole.views.get(user)
    if kept is None or kept[0] != whole.rights.version:
        kept = (whole.rights.version, Seen(whole, whole.rights.kinds(user, whole.kinds)))
        whole.views[user] = kept
    return kept[1]
