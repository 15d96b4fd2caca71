"""What is made from the config is looked at before anybody is asked to take it: lint, schema, proof."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.agreement import Agreement
from mappings.documents.broken import Broken
from mappings.documents.tree import Mistake
from plugin.lint import mistakes
from plugin.proof import prove
from plugin.salesforce.generating import bundle
from plugin.salesforce.parts import Part
from plugin.salesforce.rendering import mdapi
from plugin.xsd import misshapen

_SHOWN = 5
_OURS = "This is a fault of leadbridge itself: install nothing, and report it."


def sound_parts(agreement: Agreement) -> tuple[Part, ...]:
    """The Salesforce part, proved to say what the lifecycle says; raises `Broken` with everything that is wrong."""
    parts = bundle(agreement)
    if found := (*mistakes(parts), *_unproved(agreement, parts)):
        raise Broken(found)
    return parts


def _unproved(agreement: Agreement, parts: Sequence[Part]) -> tuple[Mistake, ...]:
    files = mdapi(parts)
    said = misshapen(files) or tuple(map(str, prove(agreement.lifecycle, files).wrong))[:_SHOWN]
    return tuple(Mistake("lifecycle.yaml", 0, f"{one}.", _OURS) for one in said)
