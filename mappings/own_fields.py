"""Which of the fields that leadbridge brings are there: all (installed, or drifted from the config), none (standard mode), or some.

Data that everything else is filtered by: a field that is not there is neither asked for nor written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from mappings.values import Side

State = Literal["installed", "absent", "partial", "drifted"]


@dataclass(frozen=True)
class OwnFields:
    """What a look at both systems found; *missing* names side, kind and field.

    *marker* says what was installed for which lifecycle, where it can be seen, *drift* how that differs from the config.
    """

    state: State = "installed"
    missing: tuple[tuple[Side, str, str], ...] = ()
    marker: str = ""
    drift: tuple[str, ...] = ()

    @cached_property
    def lacking(self) -> frozenset[str]:
        """The names that are missing anywhere; no name stands on both sides."""
        return frozenset(name for _, _, name in self.missing)


INSTALLED = OwnFields()

IN_WORDS: Final[Mapping[State, str]] = {
    "installed": "leadbridge's own fields are installed",
    "absent": "standard mode: leadbridge's own fields are not installed, the stage is kept here, identity is the e-mail",
    "drifted": "leadbridge's own fields are installed, and no longer as the config says",
    "partial": "leadbridge's own fields are half installed: nothing is written",
}
