"""The shape of fields/<pair>.yaml: one mapping line after the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mappings.documents.reading import Shape

Address = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.]*( \+ [A-Za-z][A-Za-z0-9_.]*)*$")]
Words = Annotated[list[str], Field(min_length=1)]


class LineShape(Shape):
    """One mapping line: what corresponds to what, and who wins."""

    hubspot: Address = Field(
        description="The HubSpot property; several that are one value are joined by ` + `",
        examples=["firstname", "amount + deal_currency_code"],
    )
    salesforce: Address | dict[str, Address] = Field(
        description="The Salesforce field; where Lead and Contact differ (or one has none), each by name",
        examples=["FirstName", {"lead": "Street", "contact": "MailingStreet"}],
    )
    as_: Literal[
        "text",
        "email",
        "phone",
        "number",
        "money",
        "date",
        "datetime",
        "boolean",
        "choice",
        "choices",
        "owner",
        "country",
        "url",
    ] = Field(
        default="text",
        alias="as",
        description="The type; two spellings of one value are equal and are never rewritten",
        examples=["text"],
    )
    rule: Literal[
        "two_way",
        "always_salesforce",
        "always_hubspot",
        "prefer_salesforce_unless_blank",
        "prefer_hubspot_unless_blank",
        "write_once",
        "dont_sync",
    ] = Field(description="Which way values travel", examples=["two_way"])
    to: Literal["salesforce", "hubspot"] | None = Field(
        default=None, description="With `write_once`: the side that is filled", examples=["salesforce"]
    )
    conflict: Literal["latest", "salesforce", "hubspot", "ask"] = Field(
        default="ask",
        description="With `two_way`: who wins when both sides were edited; `ask` leaves it to a person",
        examples=["salesforce"],
    )
    blank: Literal["protect", "clear", "ignore"] = Field(
        default="protect",
        description=(
            "`protect`: a blank never travels and is filled again; `clear`: it travels like a value;"
            " `ignore`: it neither travels nor is filled"
        ),
        examples=["protect"],
    )
    first: Literal["fill", "salesforce", "hubspot"] = Field(
        default="fill",
        description="When both sides first meet: fill blanks and leave differences to a person, or one side wins",
        examples=["fill"],
    )
    values: dict[str, str | Words] = Field(
        default={},
        description=(
            "Value map, always `HubSpot word: Salesforce word`; several Salesforce words for one HubSpot word"
            " as a list (only if the line never writes Salesforce)"
        ),
        examples=[{"newbusiness": "New Customer"}],
    )
    fallback: str | None = Field(
        default=None,
        description="What is written for every value that is not in `values` (lines that write one side only)",
        examples=["Web"],
    )
    through: Literal["domain", "lower", "upper", "midnight"] | None = Field(
        default=None,
        description=(
            "A transform: `domain` (of a web address), `lower`, `upper`, `midnight` (HubSpot keeps the date as"
            " 00:00 in the bridge's time zone)"
        ),
        examples=["domain"],
    )
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None,
        description="With `phone`: the country of numbers without international prefix (left out: kept as they are)",
        examples=["DE"],
    )
    only: bool | None = Field(
        default=None, description="Only this value ever travels (for opt-outs: `true`)", examples=[True]
    )
    if_required: str | None = Field(
        default=None,
        description="Written when a record is made whose field must not be blank, and the value is",
        examples=["(unknown)"],
    )
    if_too_long: Literal["hold", "cut"] = Field(
        default="hold",
        description="A value longer than the field: `hold` it back and say so, or `cut` it",
        examples=["cut"],
    )
    verify: bool = Field(default=False, description="Read back after every write", examples=[True])


class FieldsDocument(Shape):
    """fields/<pair>.yaml."""

    lines: list[LineShape] = Field(
        description="The mapping lines of this pair",
        examples=[[{"hubspot": "firstname", "salesforce": "FirstName", "rule": "two_way"}]],
    )
