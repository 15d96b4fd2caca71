"""The shape of the YAML files that ops edit: one pydantic shape a file, strict and explained."""

from mappings.documents.reading import Mistake, Shape, parse
from mappings.documents.schema import schemas

__all__ = ["Mistake", "Shape", "parse", "schemas"]
