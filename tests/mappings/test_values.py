"""Canonical values: what is equal, and that packing loses nothing."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import forms
from mappings.countries import atlas
from mappings.phones import phone
from mappings.values import ABSENT, Money, is_blank, pack, same, unpack

ZONES = ("Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "America/Havana", "UTC")
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=4)
moments = st.integers(10**6, 7 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))
values = st.one_of(
    st.none(),
    st.text(),
    st.booleans(),
    decimals,
    st.dates(),
    moments,
    st.builds(Money, decimals, st.sampled_from(("EUR", "USD"))),
    st.lists(st.text(min_size=1)).map(tuple),
    st.just(ABSENT),
)


@given(values)
def test_a_value_survives_packing_and_json(value):
    assert same(unpack(msgspec.json.decode(msgspec.json.encode(pack(value)))), value)


@given(values, values)
def test_same_is_symmetric_and_never_true_across_types(left, right):
    assert same(left, right) == same(right, left)
    if type(left) is not type(right):
        assert not same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, Decimal(1)),
        (None, ABSENT),
        ("1", Decimal(1)),
        (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_values_of_different_meaning_are_not_the_same(left, right):
    assert not same(left, right)


def test_absent_is_not_blank():
    assert is_blank(None)
    assert not is_blank(ABSENT)
    assert not any(is_blank(value) for value in (False, Decimal(0)))


@pytest.mark.parametrize(
    ("read", "spellings"),
    [
        (forms.text, ["Zoë", unicodedata.normalize("NFD", "Zoë"), "  Zoë \n"]),
        (forms.text, ["one\ntwo", "one\r\ntwo", "one\rtwo\r\n"]),
        (forms.email, ["ada@example.com", " Ada@Example.COM "]),
        (forms.number, ["10", 10, 10.0, "10.00", "1E+1", Decimal("10.000")]),
        (forms.number, [0, "-0", "0.00", -0.0]),
        (forms.boolean, ["true", True, "TRUE"]),
        (forms.boolean, ["false", False]),
        (forms.day, ["2026-11-21", 1795219200000, "1795219200000", date(2026, 11, 21)]),
        (
            forms.moment,
            [
                "2026-11-21T19:33:30.000+0000",
                "2026-11-21T19:33:30.123Z",
                "2026-11-21T20:33:30+01:00",
                "1795289610123",
                datetime(2026, 11, 21, 19, 33, 30, tzinfo=UTC),
            ],
        ),
        (forms.choices, ["a;b", "b;a", "b; a;b", ";a;b"]),
        (forms.url, ["https://acme.com", "HTTPS://Acme.com/", " https://acme.com "]),
        (
            phone,
            ["+49 30 1234567", "0049 30 1234567", "+49 (0)30 / 1234567", "+49-30-123 45 67", "+4930 1234567"],
        ),
        (phone, ["+1 415 555 2671 ext. 12", "+1-415-555-2671x12"]),
        (atlas().canonical, ["Germany", "DE", "de", "DEU", "Deutschland", "Allemagne", "germany "]),
        (
            atlas().canonical,
            ["US", "USA", "U.S.A.", "United States", "United States of America", "the United States"],
        ),
        (atlas().canonical, ["United Kingdom", "UK", "GB", "Great Britain", "Royaume-Uni"]),
    ],
)
def test_spellings_of_one_value_are_equal(read, spellings):
    first, *others = [read(one) for one in spellings]

    assert first is not None
    assert all(same(first, other) for other in others), [first, *others]


@pytest.mark.parametrize("text", ["030 1234567", "ask for Bob +49 30 1234567", "12", "unknown", "+49", "n/a"])
def test_a_number_that_is_not_certain_stays_as_it_is(text):
    assert phone(text) == text


def test_a_national_number_is_read_where_the_country_is_known():
    assert phone("030 1234567", "DE") == "+49301234567"
    assert phone("(415) 555-2671", "US") == "+14155552671"


@pytest.mark.parametrize("text", ["England", "Neverland", "Congo", "Korea", "Bavaria", "XX"])
def test_what_is_no_certain_country_stays_text(text):
    assert atlas().canonical(text) == text
    assert atlas().name(text) == text


@pytest.mark.parametrize("code", sorted(atlas().names))
def test_every_country_comes_back_by_the_name_that_is_written(code):
    assert atlas().canonical(atlas().name(code)) == code


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        (forms.number, "ten"),
        (forms.number, "NaN"),
        (forms.number, "1E+999999999"),
        (forms.number, True),
        (forms.boolean, "maybe"),
        (forms.day, "21.11.2026"),
        (forms.day, "2026-11-20T23:00:00Z"),
        (forms.moment, "2026-11-21"),
        (forms.moment, "2026-11-21T10:00:00"),
        (forms.moment, "soon"),
        (forms.currency, "Euro"),
        (forms.text, "half \ud800"),
        (forms.text, {"city": "Berlin"}),
    ],
)
def test_what_cannot_be_understood_says_why_and_what_to_do(read, raw):
    with pytest.raises(forms.Unreadable) as trouble:
        read(raw)

    assert trouble.value.why.endswith(".")
    assert trouble.value.remedy.endswith(".")


@given(st.text())
def test_reading_text_twice_changes_nothing(text):
    try:
        once = forms.text(text)
    except forms.Unreadable:
        return
    assert once is None or forms.text(once) == once


@pytest.mark.parametrize(
    "read", [forms.email, forms.url, phone, atlas().canonical, lambda raw: phone(raw, "DE")]
)
@given(text=st.text(st.characters(codec="utf-8"), max_size=30))
def test_reading_a_canonical_text_changes_nothing(read, text):
    once = read(text)
    assert once is None or read(once) == once


@given(st.text("+0123456789 ()-./x", min_size=5, max_size=25))
def test_reading_a_canonical_phone_changes_nothing(text):
    once = phone(text)
    assert once is None or phone(once) == once


@given(decimals)
def test_numbers_come_back_from_both_wires(value):
    canonical = forms.number(value)

    assert forms.number(forms.spelled(canonical)) == canonical
    try:
        raw = forms.json_value(canonical)
    except forms.Unrenderable:
        return
    assert forms.number(raw) == canonical


@given(moments, st.sampled_from(ZONES), st.integers(-12, 14))
def test_moments_come_back_whatever_zone_they_are_told_in(at, zone, hours):
    canonical = forms.moment(at)

    assert forms.moment(forms.iso(canonical)) == canonical
    assert forms.moment(canonical.astimezone(ZoneInfo(zone)).isoformat()) == canonical
    assert forms.moment(canonical.astimezone(timezone(timedelta(hours=hours))).isoformat()) == canonical


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)), st.sampled_from(ZONES))
def test_a_date_kept_as_midnight_stays_that_date_in_every_zone(day, zone):
    written = forms.iso(forms.midnight(ZoneInfo(zone), day))

    # Samoa skipped 30 December 2011: no moment of that day exists there.
    assert (zone, day) == ("Pacific/Apia", date(2011, 12, 30)) or forms.day_in(ZoneInfo(zone), written) == day
