"""One compiled mapping line: what it reads, what it writes, what it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappings.bridge import compile_bridge
from mappings.documents.bridge import BridgeDocument
from mappings.documents.fields import FieldsDocument
from mappings.documents.reading import parse
from mappings.fields import Directory, FieldLine, Known, Unreadable, Unrenderable
from mappings.lines import compile_lines
from mappings.values import ABSENT, Money, same

BRIDGE = compile_bridge(BridgeDocument(time_zone="Europe/Berlin", currency="EUR"))
NOBODY = Directory()
KINDS = {"person": ("contact", "lead"), "company": ("company", "account"), "deal": ("deal", "opportunity")}


def lines(text: str, pair: str = "person", known=None) -> tuple[FieldLine, ...]:
    document, mistakes = parse(FieldsDocument, "lines:\n" + text, f"fields/{pair}.yaml")
    assert document is not None, mistakes
    compiled, mistakes = compile_lines(pair, f"fields/{pair}.yaml", document, BRIDGE, known)
    assert not mistakes, [str(mistake) for mistake in mistakes]
    return compiled.lines


@cache
def line_of(text: str, pair: str) -> FieldLine:
    """A line that property tests ask for again and again."""
    return line(text, pair)


def line(text: str, pair: str = "person", known=None) -> FieldLine:
    (only,) = lines(f"  - {{{text}}}", pair, known)
    return only


STREET = "hubspot: address, salesforce: {lead: Street, contact: MailingStreet}, rule: two_way"
AMOUNT = (
    "hubspot: amount + deal_currency_code, salesforce: Amount + CurrencyIsoCode, as: money,"
    " rule: always_salesforce, blank: clear"
)
STAGE = """
  - hubspot: pipeline + dealstage
    salesforce: StageName
    as: choice
    rule: always_salesforce
    values:
      default / contractsent: [Proposal/Price Quote, Negotiation/Review]
      default / closedwon: Closed Won
"""


def test_a_line_touches_the_fields_of_each_kind():
    street = line(STREET)

    assert street.fields("hubspot", "contact") == ("address",)
    assert street.fields("salesforce", "lead") == ("Street",)
    assert street.fields("salesforce", "contact") == ("MailingStreet",)


def test_a_line_that_a_kind_has_not_is_absent_there():
    company = line("hubspot: company, salesforce: {lead: Company}, rule: two_way")

    assert company.fields("salesforce", "contact") == ()
    assert company.read("salesforce", "contact", {"Company": "Acme"}, NOBODY) is ABSENT
    assert company.render("salesforce", "contact", "Acme", NOBODY) == {}


@pytest.mark.parametrize("blank", [None, "", "  ", "\r\n"])
def test_null_and_empty_are_blank_and_unseen_is_absent(blank):
    street = line(STREET)

    assert street.read("hubspot", "contact", {"address": blank}, NOBODY) is None
    assert street.read("salesforce", "lead", {"Street": blank}, NOBODY) is None
    assert street.read("hubspot", "contact", {}, NOBODY) is ABSENT


def test_each_side_is_cleared_in_its_own_way():
    street = line(STREET)

    assert street.render("hubspot", "contact", None, NOBODY) == {"address": ""}
    assert street.render("salesforce", "contact", None, NOBODY) == {"MailingStreet": None}


@pytest.mark.parametrize(
    ("rule", "sides"),
    [
        ("two_way", {"hubspot", "salesforce"}),
        ("always_salesforce", {"hubspot"}),
        ("always_hubspot", {"salesforce"}),
        ("prefer_salesforce_unless_blank", {"hubspot", "salesforce"}),
        ("prefer_hubspot_unless_blank", {"hubspot", "salesforce"}),
        ("write_once, to: hubspot", {"hubspot"}),
        ("write_once, to: salesforce", {"salesforce"}),
        ("dont_sync", set()),
    ],
)
def test_the_rule_says_which_sides_may_be_written(rule, sides):
    one = line(f"hubspot: city, salesforce: City, rule: {rule}")

    assert {side for side in ("hubspot", "salesforce") if one.writes(side)} == sides


# back(forth(x)) == canonical(x), for every type

texts = st.text(st.characters(codec="utf-8"), max_size=40)
numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3)
words = st.text("abc xyz", min_size=1, max_size=8)
moments = st.integers(10**9, 7 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC).isoformat())
RAWS = {
    "text": texts,
    "email": texts | st.emails(),
    "phone": texts | st.from_regex(r"\+49 ?\d{3,5}[ -]?\d{4,6}", fullmatch=True),
    "number": numbers.map(str) | st.integers(-(10**12), 10**12),
    "date": st.dates().map(date.isoformat),
    "datetime": moments,
    "boolean": st.sampled_from((True, False, "true", "false")),
    "choice": words,
    "choices": st.lists(words).map(";".join),
    "country": texts | st.sampled_from(("Germany", "DE", "Deutschland", "USA", "日本")),
    "url": texts | st.sampled_from(("https://Acme.com/", "acme.com")),
}


@pytest.mark.parametrize("type_", sorted(RAWS))
@pytest.mark.parametrize("back", ["hubspot", "salesforce"])
@given(draws=st.data())
def test_what_is_written_reads_back_as_the_same_value(type_, back, draws):
    name = "FirstName" if back == "salesforce" else "firstname"
    one = line_of(f"hubspot: firstname, salesforce: FirstName, as: {type_}, rule: two_way", "person")
    value = one.read("hubspot", "contact", {"firstname": draws.draw(RAWS[type_])}, NOBODY)
    assume(value is not None)

    written = one.render(back, KINDS["person"][back == "salesforce"], value, NOBODY)

    assert same(one.read(back, KINDS["person"][back == "salesforce"], written, NOBODY), value)
    assert set(written) == {name}


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)))
def test_a_close_date_stays_the_same_day_on_both_sides(day):
    closes = line_of(
        "hubspot: closedate, salesforce: CloseDate, as: date, through: midnight, rule: two_way", "deal"
    )

    for side, kind in (("hubspot", "deal"), ("salesforce", "opportunity")):
        assert closes.read(side, kind, closes.render(side, kind, day, NOBODY), NOBODY) == day


@given(numbers, st.sampled_from(("EUR", "USD", "JPY")))
def test_an_amount_keeps_its_currency(amount, currency):
    line_ = line_of(AMOUNT, "deal")
    raw = {"Amount": float(amount), "CurrencyIsoCode": currency}
    value = line_.read("salesforce", "opportunity", raw, NOBODY)

    written = line_.render("hubspot", "deal", value, NOBODY)

    assert written["deal_currency_code"] == currency
    assert same(line_.read("hubspot", "deal", written, NOBODY), value)


# money


def test_an_amount_without_a_currency_is_in_the_bridges():
    amount = line(AMOUNT, "deal")

    assert amount.read(
        "hubspot", "deal", {"amount": "24000.00", "deal_currency_code": None}, NOBODY
    ) == Money(Decimal(24000), "EUR")


def test_a_blank_amount_is_blank_whatever_its_currency():
    amount = line(AMOUNT, "deal")

    assert (
        amount.read("salesforce", "opportunity", {"Amount": None, "CurrencyIsoCode": "EUR"}, NOBODY) is None
    )
    assert amount.render("hubspot", "deal", None, NOBODY) == {"amount": ""}
    assert amount.read("salesforce", "opportunity", {"Amount": 5}, NOBODY) is ABSENT


def test_an_org_with_one_currency_is_not_asked_for_it():
    known = {("salesforce", "opportunity"): {"Amount": Known("currency")}}

    amount = line(AMOUNT, "deal", known)

    assert amount.fields("salesforce", "opportunity") == ("Amount",)
    assert amount.read("salesforce", "opportunity", {"Amount": 5}, NOBODY) == Money(Decimal(5), "EUR")


def test_an_amount_is_never_put_under_another_currency():
    revenue = line(
        "hubspot: annualrevenue, salesforce: AnnualRevenue + CurrencyIsoCode, as: money, rule: two_way",
        "company",
    )
    dollars, euros = Money(Decimal(5), "USD"), Money(Decimal(5), "EUR")
    account = {"AnnualRevenue": None, "CurrencyIsoCode": "USD"}

    with pytest.raises(Unrenderable, match="in USD, the field in EUR"):
        revenue.render("hubspot", "company", dollars, NOBODY)
    with pytest.raises(Unrenderable, match="in EUR, the field in USD"):
        revenue.render("salesforce", "account", euros, NOBODY, account)
    assert revenue.render("salesforce", "account", dollars, NOBODY, account) == {"AnnualRevenue": 5}


# value maps


def test_several_words_of_salesforce_are_one_stage_in_hubspot():
    (stage,) = lines(STAGE, "deal")

    value = stage.read("salesforce", "opportunity", {"StageName": "Negotiation/Review"}, NOBODY)

    assert value == "default / contractsent"
    assert stage.render("hubspot", "deal", value, NOBODY) == {
        "pipeline": "default",
        "dealstage": "contractsent",
    }
    assert (
        stage.read("hubspot", "deal", {"pipeline": "default", "dealstage": "contractsent"}, NOBODY) == value
    )


def test_a_stage_that_is_not_mapped_is_held_and_named():
    (stage,) = lines(STAGE, "deal")

    with pytest.raises(
        Unreadable, match="Salesforce opportunity StageName: `Stalled` is not in the value map"
    ) as trouble:
        stage.read("salesforce", "opportunity", {"StageName": "Stalled"}, NOBODY)

    assert "fields/deal.yaml:3" in trouble.value.remedy


def test_what_stands_on_the_written_side_is_always_readable():
    (stage,) = lines(STAGE, "deal")

    seen = stage.read("hubspot", "deal", {"pipeline": "renewals", "dealstage": "77"}, NOBODY)

    assert seen == "renewals / 77"


def test_the_fallback_takes_every_other_word():
    origin = line(
        "hubspot: hs_analytics_source, salesforce: LeadSource, as: choice, rule: write_once, to: salesforce,"
        " values: {OFFLINE: Other}, fallback: Web"
    )

    def written(raw):
        value = origin.read("hubspot", "contact", {"hs_analytics_source": raw}, NOBODY)
        return origin.render("salesforce", "lead", value, NOBODY)

    assert written("OFFLINE") == {"LeadSource": "Other"}
    assert written("PAID_SEARCH") == {"LeadSource": "Web"}
    assert origin.read("hubspot", "contact", {"hs_analytics_source": None}, NOBODY) is None


@given(st.sampled_from(("a", "b")))
def test_a_two_way_map_comes_back_as_it_went(word):
    both = line("hubspot: x, salesforce: X, as: choice, rule: two_way, values: {a: One, b: Two}")

    value = both.read("hubspot", "contact", {"x": word}, NOBODY)

    assert both.read("salesforce", "lead", both.render("salesforce", "lead", value, NOBODY), NOBODY) == value
    assert both.render("hubspot", "contact", value, NOBODY) == {"x": word}


def test_several_choices_are_mapped_one_by_one():
    topics = line("hubspot: x, salesforce: X, as: choices, rule: two_way, values: {a: One, b: Two}")

    value = topics.read("salesforce", "lead", {"X": "Two;One"}, NOBODY)

    assert value == ("a", "b")
    assert topics.render("salesforce", "lead", value, NOBODY) == {"X": "One;Two"}


def test_a_choice_that_hubspot_has_not_is_held():
    known = {("hubspot", "contact"): {"x": Known("enumeration", choices=("a", "b"))}}
    one = line("hubspot: x, salesforce: X, as: choice, rule: two_way", known=known)

    with pytest.raises(Unrenderable, match="`c` is not one of the field's choices"):
        one.render("hubspot", "contact", "c", NOBODY)


# owners

DIRECTORY = Directory(
    hubspot={"1": "sam@example.com", "2": "ada@example.com", "3": "old@example.com"},
    salesforce={
        "005A": "Sam.Smith@example.com",
        "005B": "ada@example.com",
        "005C": "twin@example.com",
        "005D": "twin@example.com",
    },
    table={"sam@example.com": "sam.smith@example.com"},
    inactive=frozenset({"3"}),
)
OWNER = "hubspot: hubspot_owner_id, salesforce: OwnerId, as: owner, rule: always_salesforce, blank: ignore"


@pytest.mark.parametrize(("salesforce", "hubspot"), [("005A", "1"), ("005B", "2")])
def test_an_owner_is_the_same_person_on_both_sides(salesforce, hubspot):
    owner = line(OWNER)

    value = owner.read("salesforce", "lead", {"OwnerId": salesforce}, DIRECTORY)

    assert owner.read("hubspot", "contact", {"hubspot_owner_id": hubspot}, DIRECTORY) == value
    assert owner.render("hubspot", "contact", value, DIRECTORY) == {"hubspot_owner_id": hubspot}


def test_a_queue_is_nobody():
    assert line(OWNER).read("salesforce", "lead", {"OwnerId": "00G000000000001"}, DIRECTORY) is None


@pytest.mark.parametrize("owner_id", ["005C", "005Z"])
def test_an_owner_who_is_nobody_on_the_other_side_is_held_with_advice(owner_id):
    owner = line(OWNER)
    value = owner.read("salesforce", "lead", {"OwnerId": owner_id}, DIRECTORY)

    with pytest.raises(Unrenderable) as trouble:
        owner.render("hubspot", "contact", value, DIRECTORY)

    assert "owners.table" in trouble.value.remedy


def test_of_two_users_with_one_address_none_is_guessed():
    assert DIRECTORY.id("salesforce", "twin@example.com") is None
    assert DIRECTORY.id("hubspot", "old@example.com") is None
    assert DIRECTORY.canonical("hubspot", "3") == "old@example.com"


def test_the_unknown_owner_of_a_side_stays_as_it_is_there():
    owner = line(OWNER)
    value = owner.read("hubspot", "contact", {"hubspot_owner_id": "99"}, DIRECTORY)

    assert value is not None
    assert owner.render("hubspot", "contact", value, DIRECTORY) == {"hubspot_owner_id": "99"}


# nothing is cut, dropped or lifted


def test_an_opt_out_is_never_lifted():
    optout = line(
        "hubspot: hs_email_optout, salesforce: HasOptedOutOfEmail, as: boolean, only: true, rule: always_hubspot, blank: ignore"
    )

    added, *others = (True, False, None)
    assert optout.render("salesforce", "lead", added, NOBODY) == {"HasOptedOutOfEmail": True}
    for lifted in others:
        with pytest.raises(Unrenderable, match="only ever writes true"):
            optout.render("salesforce", "lead", lifted, NOBODY)


def test_a_value_longer_than_the_field_is_held_and_its_length_is_named():
    known = {("salesforce", "lead"): {"City": Known(length=40)}}
    city = line("hubspot: city, salesforce: {lead: City}, rule: two_way", known=known)

    with pytest.raises(Unrenderable, match="has 41 characters; the field holds 40"):
        city.render("salesforce", "lead", "x" * 41, NOBODY)
    assert city.render("salesforce", "lead", "x" * 40, NOBODY) == {"City": "x" * 40}


def test_a_line_that_may_cut_compares_only_what_both_sides_hold():
    known = {("salesforce", "lead"): {"City": Known(length=5)}}
    city = line("hubspot: city, salesforce: {lead: City}, rule: two_way, if_too_long: cut", known=known)

    value = city.read("hubspot", "contact", {"city": "Berlin Mitte"}, NOBODY)

    assert city.render("salesforce", "lead", value, NOBODY) == {"City": "Berli"}
    assert same(city.read("salesforce", "lead", {"City": "Berli"}, NOBODY), value)


def test_a_country_is_written_by_its_english_name():
    country = line("hubspot: country, salesforce: Country, as: country, rule: two_way")

    value = country.read("hubspot", "contact", {"country": "Deutschland"}, NOBODY)

    assert same(country.read("salesforce", "lead", {"Country": "DE"}, NOBODY), value)
    assert country.render("salesforce", "lead", value, NOBODY) == {"Country": "Germany"}


def test_a_value_that_cannot_be_read_names_its_field_and_its_line():
    heads = line(
        "hubspot: numberofemployees, salesforce: NumberOfEmployees, as: number, rule: two_way", "company"
    )

    with pytest.raises(Unreadable, match=r"^HubSpot company numberofemployees: ") as trouble:
        heads.read("hubspot", "company", {"numberofemployees": "many"}, NOBODY)

    assert "fields/company.yaml:2" in trouble.value.remedy


# names and fingerprints


def test_lines_that_share_a_field_have_names_of_their_own():
    names = [
        one.name
        for one in lines(
            "  - {hubspot: a, salesforce: A, rule: two_way}\n"
            "  - {hubspot: b, salesforce: B, rule: always_salesforce}\n"
            "  - {hubspot: b, salesforce: C, rule: always_hubspot}\n"
        )
    ]

    assert names == ["person.a", "person.b>B", "person.b>C"]


@pytest.mark.parametrize(
    "other",
    [
        "hubspot: b, salesforce: A, as: choice, rule: two_way, values: {x: X}",
        "hubspot: a, salesforce: B, as: choice, rule: two_way, values: {x: X}",
        "hubspot: a, salesforce: A, as: choices, rule: two_way, values: {x: X}",
        "hubspot: a, salesforce: A, as: choice, rule: two_way, values: {x: Y}",
        "hubspot: a, salesforce: A, as: choice, rule: two_way, through: lower, values: {x: X}",
    ],
)
def test_another_name_type_transform_or_map_is_another_fingerprint(other):
    assert line(other).fingerprint != line(CHOICE).fingerprint


@pytest.mark.parametrize("more", ["conflict: latest", "blank: clear", "first: hubspot", "verify: true"])
def test_another_policy_is_the_same_fingerprint(more):
    assert line(f"{CHOICE}, {more}").fingerprint == line(CHOICE).fingerprint


CHOICE = "hubspot: a, salesforce: A, as: choice, rule: two_way, values: {x: X}"
