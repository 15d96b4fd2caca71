"""The shape of matching.yaml: who is the same person and the same company, in which order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mappings.documents.reading import Shape

PersonSign = Literal["our_key", "id_of_hubspots_connector", "email"]
CompanySign = Literal["our_key", "id_of_hubspots_connector", "domain"]


class PersonMatchingShape(Shape):
    """How a HubSpot contact and a Lead or Contact are found to be one person."""

    same_if: list[PersonSign] = Field(
        description=(
            "The signs, in this order: the first with one hit decides, one with several sets the record aside."
            " `our_key` must come first. By `email` a Contact goes before an unconverted Lead"
        ),
        default=["our_key", "id_of_hubspots_connector", "email"],
        min_length=1,
        examples=[["our_key", "email"]],
    )


class CompanyMatchingShape(Shape):
    """How a HubSpot company and an Account are found to be one company."""

    same_if: list[CompanySign] = Field(
        description=(
            "The signs, in this order. `our_key` must come first. `domain` is that of the Account's Website;"
            " where it names none, that of its linked people's addresses"
        ),
        default=["our_key", "id_of_hubspots_connector", "domain"],
        min_length=1,
        examples=[["our_key", "domain"]],
    )


class MatchingDocument(Shape):
    """matching.yaml."""

    person: PersonMatchingShape = Field(
        description="Contact ↔ Lead or Contact",
        default_factory=PersonMatchingShape,
        examples=[{"same_if": ["our_key", "email"]}],
    )
    company: CompanyMatchingShape = Field(
        description="Company ↔ Account",
        default_factory=CompanyMatchingShape,
        examples=[{"same_if": ["our_key", "domain"]}],
    )
