"""The named transforms are typed, pure and stable."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import forms
from mappings.transforms import TRANSFORMS, Form, domain

BERLIN = ZoneInfo("Europe/Berlin")
texts = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.acme.com/about?x=1", "acme.com"),
        ("http://acme.com", "acme.com"),
        ("ACME.com/", "acme.com"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("https://user@acme.com:8443/", "acme.com"),
        ("https://shop.acme.com", "shop.acme.com"),
        ("www.com", "www.com"),
        ("none yet", "none yet"),
        ("acme", "acme"),
    ],
)
def test_the_domain_of_an_address(address, expected):
    assert domain(address) == expected


@given(texts)
def test_a_domain_is_its_own_domain(text):
    assert domain(domain(text)) == domain(text)


@pytest.mark.parametrize("name", ["domain", "lower", "upper"])
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
@given(text=texts)
def test_what_went_through_goes_through_unchanged(name, side, text):
    form = TRANSFORMS[name].change(Form(forms.text, forms.spelled), side, BERLIN)

    once = form.read(text)

    assert once is None or form.read(form.write(once)) == once


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)))
def test_midnight_is_hubspots_way_to_keep_a_date(day):
    plain = Form(forms.day, forms.spelled)
    hubspot = TRANSFORMS["midnight"].change(plain, "hubspot", BERLIN)
    salesforce = TRANSFORMS["midnight"].change(plain, "salesforce", BERLIN)

    assert hubspot.read(hubspot.write(day)) == day == salesforce.read(salesforce.write(day))
    assert hubspot.write(date(2026, 11, 21)) == "2026-11-20T23:00:00Z"
    assert salesforce.write(date(2026, 11, 21)) == "2026-11-21"


def test_every_transform_says_what_it_does():
    assert all(transform.promise and transform.types for transform in TRANSFORMS.values())
