"""The JSON Schema of every config file, for editors that complete and check while ops type."""

from __future__ import annotations

from typing import Any, Final

from mappings.documents.bridge import BridgeDocument
from mappings.documents.fields import FieldsDocument
from mappings.documents.lifecycle import LifecycleDocument
from mappings.documents.matching import MatchingDocument
from mappings.documents.outcomes import OutcomesDocument
from mappings.documents.reading import Shape

SHAPES: Final[dict[str, type[Shape]]] = {
    "bridge.yaml": BridgeDocument,
    "lifecycle.yaml": LifecycleDocument,
    "matching.yaml": MatchingDocument,
    "outcomes.yaml": OutcomesDocument,
    "fields/*.yaml": FieldsDocument,
}


def schemas() -> dict[str, dict[str, Any]]:
    """One JSON Schema (draft 2020-12) a file; `fields/*.yaml` share theirs."""
    return {
        file: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **shape.model_json_schema(by_alias=True),
        }
        for file, shape in SHAPES.items()
    }
