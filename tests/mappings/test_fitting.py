"""A line whose type does not fit its fields is named, and the bridge goes on; what only may fit needs a field that vouches."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import get_args

import pytest

from mappings.documents.fields import FieldsDocument, LineShape
from mappings.documents.reading import Mistake, parse
from mappings.fields import Known
from mappings.lines import misfits


@cache
def parsed(line: str) -> FieldsDocument:
    document, mistakes = parse(FieldsDocument, f"lines:\n  - {{{line}}}\n", "fields/person.yaml")
    assert document is not None, mistakes
    return document


def told(line: str, hubspot: str, salesforce: str, contact: str | None = None) -> list[Mistake]:
    """What is told of one line over fields of these types; *contact* is the Contact's, if it is another."""
    known = {
        ("hubspot", "contact"): {"x": Known(hubspot)},
        ("salesforce", "lead"): {"X": Known(salesforce)},
        ("salesforce", "contact"): {"X": Known(contact or salesforce)},
    }
    return misfits("person", parsed(line), known)  # type: ignore[arg-type]


def found(line: str, hubspot: str, salesforce: str, *, contact: str | None = None) -> list[str]:
    return [str(one) for one in told(line, hubspot, salesforce, contact)]


def line(as_: str, rule: str = "two_way", more: str = "") -> str:
    return f"hubspot: x, salesforce: X, as: {as_}, rule: {rule}{more}"


@pytest.mark.parametrize(
    ("as_", "hubspot", "salesforce", "message"),
    [
        ("number", "string", "string", "`as: number` does not fit `x` of hubspot contact (string) and `X` of salesforce lead (string) and `X` of salesforce contact (string). Write `as: text`, or name fields of numbers."),
        ("number", "number", "boolean", "`as: number` does not fit `X` of salesforce lead (boolean) and `X` of salesforce contact (boolean). Name fields of numbers."),
        ("number", "date", "double", "`as: number` does not fit `x` of hubspot contact (date). Name a field of numbers."),
        ("money", "enumeration", "picklist", "Write `as: choice`, or name fields of amounts."),
        ("boolean", "number", "double", "Write `as: number`, or name fields of true or false."),
        ("date", "string", "textarea", "Write `as: text`, or name fields of days."),
        ("date", "datetime", "datetime", "Write `as: datetime`, or name fields of days."),
        ("datetime", "date", "datetime", "`as: datetime` does not fit `x` of hubspot contact (date)."),
        ("email", "bool", "email", "`as: email` does not fit `x` of hubspot contact (bool)."),
        ("owner", "date", "reference", "`as: owner` does not fit `x` of hubspot contact (date)."),
        ("text", "string", "double", "`as: text` does not fit `X` of salesforce lead (double) and `X` of salesforce contact (double). Write `as: number`, or name fields of text."),
        ("text", "datetime", "date", "Write `as: date`, or name fields of text."),
        ("datetime", "datetime", "date", "Write `as: date`, or name fields of moments."),
        ("number", "string", "picklist", "Write `as: text` or `as: choice`, or name fields of numbers."),
        ("number", "string", "boolean", "Write `as: boolean`, or name fields of numbers."),
        ("phone", "number", "phone", "`as: phone` does not fit `x` of hubspot contact (number). Name a field of text."),
    ],
)  # fmt: skip
def test_a_type_that_does_not_fit_is_told_with_its_line_and_what_to_write(as_, hubspot, salesforce, message):
    [said] = found(line(as_), hubspot, salesforce)

    assert said.startswith("fields/person.yaml:2: ")
    assert message in said


@pytest.mark.parametrize(
    ("as_", "hubspot", "salesforce"),
    [
        ("text", "string", "textarea"), ("text", "enumeration", "string"), ("text", "number", "double"),
        ("text", "string", "picklist"), ("choice", "string", "picklist"), ("choices", "enumeration", "multipicklist"),
        ("email", "string", "email"), ("phone", "phone_number", "phone"), ("url", "string", "url"),
        ("country", "string", "picklist"), ("owner", "enumeration", "reference"), ("owner", "number", "string"),
        ("number", "number", "percent"), ("number", "string", "int"), ("number", "enumeration", "double"),
        ("money", "number", "currency"), ("boolean", "bool", "boolean"), ("boolean", "enumeration", "boolean"),
        ("boolean", "string", "boolean"), ("date", "date", "date"), ("date", "datetime", "date"),
        ("date", "string", "date"), ("datetime", "datetime", "datetime"), ("datetime", "string", "datetime"),
        ("number", "json", "string"), ("number", "string", "anyType"),
    ],
)  # fmt: skip
def test_nothing_is_told_of_a_type_that_fits_or_that_a_field_vouches_for(as_, hubspot, salesforce):
    assert found(line(as_), hubspot, salesforce) == []


def test_a_number_is_spelled_out_one_way_and_a_value_map_says_it_both_ways():
    assert found(line("text", "always_hubspot"), "number", "string") == []
    assert found(line("text", "always_salesforce"), "number", "string") != []
    assert found(line("choice", more=', values: {yes: "true", no: "false"}'), "enumeration", "boolean") == []


def test_a_telephone_number_is_read_from_a_field_of_numbers_that_is_never_written():
    assert found(line("phone", "always_hubspot"), "number", "phone") == []
    assert found(line("phone", "always_salesforce"), "phone_number", "double") == []
    assert found(line("phone", "write_once", ", to: salesforce"), "number", "phone") == []
    assert found(line("phone", "always_salesforce"), "number", "phone") != []
    assert found(line("phone", "write_once", ", to: hubspot"), "number", "phone") != []
    assert found(line("phone", "always_hubspot"), "date", "phone") != []
    assert found(line("email", "always_hubspot"), "number", "email") != []


HUBSPOT = ("string", "phone_number", "enumeration", "number", "bool", "date", "datetime", "json")
SALESFORCE = (
    "string", "textarea", "encryptedstring", "email", "phone", "url", "combobox", "id", "reference", "picklist",
    "multipicklist", "double", "int", "long", "currency", "percent", "boolean", "date", "datetime", "anyType",
)  # fmt: skip
ONE_OF_EACH_SORT = ("string", "picklist", "double", "boolean", "date", "datetime")
LEADS_AND_CONTACTS = (*((one, one) for one in SALESFORCE), *product(ONE_OF_EACH_SORT, repeat=2))
TYPES = get_args(LineShape.model_fields["as_"].annotation)
WAYS = (
    ("two_way", ""), ("always_hubspot", ""), ("always_salesforce", ""), ("prefer_salesforce_unless_blank", ""),
    ("prefer_hubspot_unless_blank", ""), ("write_once", ", to: hubspot"), ("write_once", ", to: salesforce"),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "more"), WAYS)
def test_who_writes_the_type_that_is_proposed_is_told_nothing_more(rule, more):
    proposals = 0
    for as_, hubspot, (lead, contact) in product(TYPES, HUBSPOT, LEADS_AND_CONTACTS):
        for said in told(line(as_, rule, more), hubspot, lead, contact):
            for proposed in re.findall(r"`as: (\w+)`", said.remedy):
                proposals += 1
                again = told(line(proposed, rule, more), hubspot, lead, contact)
                assert again == [], (as_, hubspot, lead, contact)

    assert proposals > 100


def test_days_that_hubspot_keeps_as_moments_are_proposed_as_days():
    [said] = told(line("text", "always_salesforce"), "datetime", "date")

    assert said.remedy == "Write `as: date`, or name a field of text."


def test_a_lead_that_holds_numbers_vouches_for_the_others():
    assert found(line("number"), "string", "double", contact="string") == []


def test_what_does_not_travel_and_what_is_not_described_is_not_judged():
    assert found(line("number", "dont_sync"), "string", "string") == []
    assert found("hubspot: x, salesforce: Y, as: number, rule: two_way", "string", "string") == []
