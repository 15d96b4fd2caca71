"""The shape of the YAML files that ops edit: one pydantic shape a file, strict and explained."""

from mappings.documents.reading import Mistake, Shape, parse

__all__ = ["Mistake", "Shape", "parse"]
