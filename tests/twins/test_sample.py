"""The sample company: the same for everybody, dirty as real life, and seen in every row of the adoption table."""

from __future__ import annotations

import re
import tracemalloc
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from twins.sample import people, sample
from twins.sample.dirt import phone_formats
from twins.sample.lands import lands
from twins.tables import (
    ACCOUNT,
    COMPANIES,
    CONTACT,
    CONTACTS,
    DEALS,
    LABELS,
    LEAD,
    LINKS,
    OPPORTUNITY,
    Tables,
)

TODAY = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))
SELLERS = ("sam@example.com", "sara@example.com", "tom@example.com")
STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")


def made(seed: int = 1, people_count: int = 2000) -> Tables:
    return sample(seed, today=TODAY, people_count=people_count, sellers=SELLERS, queue="New leads")


@pytest.fixture(scope="module")
def rows() -> Tables:
    return made()


def address(row: Mapping[str, str], name: str = "email") -> str:
    return row.get(name, "").strip().lower()


def contacts_by_address(rows: Tables) -> dict[str, Mapping[str, str]]:
    return {address(row.values): row.values for row in rows[CONTACTS]}


def test_same_seed_and_day_give_the_same_company() -> None:
    assert made() == made()
    assert made() != made(seed=2)


def test_sample_does_not_look_at_the_wall_clock() -> None:
    earlier = sample(
        1, today=TODAY - timedelta(days=700), people_count=50, sellers=SELLERS, queue="New leads"
    )

    newest = max(row.values["CreatedDate"] for row in earlier[LEAD])

    assert newest < (TODAY - timedelta(days=700)).astimezone(UTC).isoformat()


@pytest.mark.parametrize("count", [0, 1, 3, 40, 2000])
def test_company_has_as_many_people_as_asked_for(count: int) -> None:
    rows = made(people_count=count)

    numbers = {row.label.split("-")[1] for shelf in (CONTACT, LEAD, CONTACTS) for row in rows[shelf]}

    assert len(numbers) == count


def test_every_row_of_the_adoption_table_is_seen_on_both_sides(rows: Tables) -> None:
    marketed = contacts_by_address(rows)
    outcomes = defaultdict(set)
    for row in rows[OPPORTUNITY]:
        closed = row.values["StageName"].removeprefix("Closed ")
        for label in row.values["ContactId"].split(";"):
            outcomes[label].add(closed if closed in ("Won", "Lost") else "open")
    seen: Counter[str] = Counter()
    for row in rows[CONTACT]:
        side = "both" if address(row.values, "Email") in marketed else "only"
        kinds = outcomes[row.label]
        seen[f"{side} {'open' if 'open' in kinds else 'Won' if 'Won' in kinds else 'no win'}"] += 1
    for row in rows[LEAD]:
        side = "both" if address(row.values, "Email") in marketed else "only"
        if row.values["Status"] == "Closed - Converted":
            assert outcomes[row.values["ConvertedContactId"]]
        owner = "queue" if row.values["OwnerId"] == "New leads" else "user"
        seen[f"{side} {row.values['Status']} {owner}"] += 1

    for side, least in (("both", 50), ("only", 15)):
        for found in ("open", "Won", "no win"):
            assert seen[f"{side} {found}"] >= least
        for found in ("Open - Not Contacted user", "Open - Not Contacted queue", "Working - Contacted user"):
            assert seen[f"{side} {found}"] >= least
        assert seen[f"{side} Closed - Not Converted user"] >= least
        assert seen[f"{side} Closed - Converted user"] >= least


def test_people_only_in_hubspot_stand_in_every_lifecyclestage(rows: Tables) -> None:
    known = {address(row.values, "Email") for shelf in (LEAD, CONTACT) for row in rows[shelf]}

    alone = Counter(
        row.values["lifecyclestage"] for row in rows[CONTACTS] if address(row.values) not in known
    )

    assert set(alone) == {*STAGES, "evangelist", "other", ""}
    assert min(alone.values()) >= 10


def test_people_on_both_sides_are_equal_slightly_different_or_in_conflict(rows: Tables) -> None:
    marketed = contacts_by_address(rows)
    names = {
        "FirstName": "firstname",
        "LastName": "lastname",
        "Title": "jobtitle",
        "Phone": "phone",
        "City": "city",
    }
    kinds: Counter[str] = Counter()
    for row in rows[LEAD]:
        contact = marketed.get(address(row.values, "Email"))
        if contact is None:
            continue
        pairs = [(row.values.get(theirs, ""), contact.get(ours, "")) for theirs, ours in names.items()]
        if all(one == other for one, other in pairs):
            kinds["equal"] += 1
        elif all(bare(one) == bare(other) or "" in (one, other) for one, other in pairs):
            kinds["slightly different"] += 1
        else:
            kinds["in conflict"] += 1

    assert min(kinds["equal"], kinds["slightly different"], kinds["in conflict"]) > 60


def bare(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def test_names_stand_in_eight_scripts(rows: Tables) -> None:
    names = "".join(row.values["lastname"] + row.values["firstname"] for row in rows[CONTACTS])

    scripts = {unicodedata.name(sign).split()[0] for sign in names if sign.isalpha()}

    assert scripts >= {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "CJK", "KATAKANA", "HANGUL", "HEBREW"}
    assert any(ord(sign) > 127 for sign in names if unicodedata.name(sign).startswith("LATIN"))


def test_records_are_as_dirty_as_real_ones(rows: Tables) -> None:
    contacts = [row.values for row in rows[CONTACTS]]
    leads = [row.values for row in rows[LEAD]]
    shapes = {re.sub(r"\d+", "0", row.get("phone", "")) for row in contacts}
    everywhere = Counter(address(row, "Email") for row in leads if row.get("Email"))

    assert len(shapes) >= 10
    assert sum(count > 1 for count in everywhere.values()) >= 10
    assert any(row["email"] != row["email"].lower() for row in contacts)
    assert any(value != value.strip() for row in contacts for value in row.values())
    assert any(not row.get("jobtitle") for row in contacts)
    assert any(not row.get("Email") for row in leads)
    assert {"DE", "Germany"} <= {row.get("country") for row in contacts}


def test_hubspot_addresses_are_never_there_twice(rows: Tables) -> None:
    addresses = Counter(address(row.values) for row in rows[CONTACTS])

    assert max(addresses.values()) == 1


def test_every_address_is_reserved_for_examples(rows: Tables) -> None:
    found = {
        value.strip().lower().rpartition("@")[2]
        for shelf, name in ((CONTACTS, "email"), (LEAD, "Email"), (CONTACT, "Email"), (COMPANIES, "domain"))
        for row in rows[shelf]
        if (value := row.values.get(name))
    }

    assert all(re.fullmatch(r"example\.(com|org|net)|[a-z0-9.-]+\.example", domain) for domain in found)


def test_some_companies_exist_on_both_sides_and_some_on_one(rows: Tables) -> None:
    ours = {row.values["domain"] for row in rows[COMPANIES]}
    theirs = {
        re.sub(r"(?i)^(https?://)?(www\.)?|/$", "", row.values["Website"]).lower() for row in rows[ACCOUNT]
    }

    assert len(ours & theirs) > 100
    assert len(ours - theirs) > 20
    assert len(theirs - ours) > 20


def test_labels_point_to_rows_that_exist_and_are_unique(rows: Tables) -> None:
    labels = {shelf: [row.label for row in found if row.label] for shelf, found in rows.items()}

    for shelf, found in rows.items():
        assert len(set(labels[shelf])) == len(labels[shelf])
        for row in found:
            for name, other in LINKS[shelf].items():
                for label in filter(None, row.values.get(name, "").split(";")):
                    assert label in labels[other], f"{shelf} {row.values.get(LABELS[shelf.side])} {name}"


def test_the_past_reaches_back_two_years_and_never_ahead(rows: Tables) -> None:
    today = TODAY.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    moments = [
        value
        for found in rows.values()
        for row in found
        for name, value in row.values.items()
        if value.endswith("Z") and value[:2] == "20" and name != "closedate"
    ]

    assert max(moments) < today
    assert "2024-09" <= min(moments) < "2025-01"
    for row in rows[OPPORTUNITY]:
        assert row.values["CreatedDate"] <= row.values["LastModifiedDate"]
        if row.values["StageName"].startswith("Closed"):
            assert row.values["CreatedDate"][:10] <= row.values["CloseDate"] < today


def test_deals_carry_a_contact_and_a_currency(rows: Tables) -> None:
    assert len(rows[DEALS]) >= 20
    assert all(row.values["associations.contact"] and row.values["deal_currency_code"] for row in rows[DEALS])


def test_several_currencies_show_only_where_the_org_has_them() -> None:
    one = made()
    many = sample(
        1, today=TODAY, people_count=500, sellers=SELLERS, queue="New leads", several_currencies=True
    )

    assert not any("CurrencyIsoCode" in row.values for row in one[OPPORTUNITY])
    assert {row.values["CurrencyIsoCode"] for row in many[OPPORTUNITY]} >= {"EUR", "USD", "GBP"}


def test_telephone_numbers_of_every_country_can_be_dialled() -> None:
    for land in lands():
        for pattern in (land.landline, land.mobile):
            number = pattern.replace("#", "4")
            formats = phone_formats(number, land.trunk)

            assert len(set(formats)) == 10
            assert phonenumbers.is_valid_number(phonenumbers.parse(formats[0]))
            for written in formats:
                parsed = phonenumbers.parse(written, land.code)
                assert phonenumbers.format_number(parsed, 0).partition(" ext")[0] == formats[0], written


def test_crowd_has_one_address_a_person_and_equal_values_on_both_sides() -> None:
    crowd = list(people(2000, 7, today=TODAY))

    assert len({one.contact["email"] for one in crowd}) == 2000
    assert all(one.contact["lastname"] == one.lead["LastName"] for one in crowd)
    assert crowd[:500] == list(people(500, 7, today=TODAY))


def test_crowd_of_a_million_streams_in_flat_memory() -> None:
    crowd = people(1_000_000, 7, today=TODAY)
    next(crowd)

    tracemalloc.start()
    for _ in islice(crowd, 5_000):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_000_000
