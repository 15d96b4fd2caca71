"""The sample as Salesforce has it: accounts, contacts, leads in every status, opportunities of two years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from twins.sample.dirt import Cells, phone_formats
from twins.sample.words import Company, Outcome, Past, Person, filled, iso

STAGES: Mapping[Outcome, tuple[str, ...]] = {
    "open": (
        "Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Id. Decision Makers",
        "Perception Analysis", "Proposal/Price Quote", "Negotiation/Review",
    ),
    "won": ("Closed Won",),
    "lost": ("Closed Lost",),
}  # fmt: skip
WARES = ("Pilot", "Extension", "Renewal", "Maintenance", "Framework contract", "First order")
GUESTS = 0.5
CONVERTED = "Closed - Converted"
LEAD_SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other", "")
WEBSITES = ("https://www.{0}/", "https://{0}", "www.{0}", "{0}", "HTTP://WWW.{0}")
LEAD_NAMES = {
    "salutation": "Salutation", "firstname": "FirstName", "lastname": "LastName", "jobtitle": "Title",
    "email": "Email", "phone": "Phone", "mobilephone": "MobilePhone", "company": "Company", "website": "Website",
    "address": "Street", "city": "City", "state": "State", "zip": "PostalCode", "country": "Country",
}  # fmt: skip
CONTACT_NAMES = {
    "salutation": "Salutation", "firstname": "FirstName", "lastname": "LastName", "jobtitle": "Title",
    "email": "Email", "phone": "Phone", "mobilephone": "MobilePhone", "address": "MailingStreet",
    "city": "MailingCity", "state": "MailingState", "zip": "MailingPostalCode", "country": "MailingCountry",
}  # fmt: skip


def account_rows(companies: Sequence[Company], past: Past) -> Iterator[dict[str, str]]:
    """One row for each company that Salesforce knows; a few have a second account with the same domain."""
    for company in companies:
        if company.where not in ("both", "salesforce"):
            continue
        first = _account(company, past)
        yield first
        if past.random.random() < 0.03:
            yield {**first, "Id": f"{first['Id']}-b", "Name": f"{company.name} ({company.town.name} II)"}


def _account(company: Company, past: Past) -> dict[str, str]:
    random, changed = past.random, past.after(company.land, company.created_at)
    return filled(
        {
            "Id": account_label(company),
            "Name": company.name,
            "Website": random.choice(WEBSITES).format(company.domain),
            "Phone": random.choice(phone_formats(company.phone, company.land.trunk)),
            "BillingStreet": company.street,
            "BillingCity": company.town.name,
            "BillingState": company.town.region,
            "BillingPostalCode": company.post_code,
            "BillingCountry": random.choice(company.land.spellings),
            "NumberOfEmployees": str(company.employees),
            "AnnualRevenue": str(company.revenue) if random.random() < 0.7 else "",
            "CurrencyIsoCode": company.land.currency,
            "OwnerId": company.seller,
            "CreatedDate": iso(company.created_at),
            "LastModifiedDate": iso(changed),
            "SystemModstamp": iso(changed),
        }
    )


def account_label(company: Company) -> str:
    """What other rows call the account of *company*."""
    return f"account-{company.number}"


def lead_row(person: Person, cells: Cells, past: Past, queue: str) -> dict[str, str]:
    """The row of one unconverted lead, whose plain fields are *cells*."""
    values = {LEAD_NAMES[name]: value for name, value in cells.items() if name in LEAD_NAMES}
    values["Company"] = values.get("Company", "").strip() or f"{person.given.latin} {person.family.latin}"
    owner = queue if person.fate.queued else person.seller
    return _person_row(values, person, past, {"Status": person.fate.lead_status, "OwnerId": owner}, "lead")


def contact_row(person: Person, company: Company, cells: Cells, past: Past) -> dict[str, str]:
    """The row of one contact of the account of *company*, whose plain fields are *cells*."""
    values = {CONTACT_NAMES[name]: value for name, value in cells.items() if name in CONTACT_NAMES}
    more = {"AccountId": account_label(company), "OwnerId": person.seller}
    return _person_row(values, person, past, more, "contact")


def converted_row(person: Person, company: Company, cells: Cells, past: Past) -> dict[str, str]:
    """The lead that a contact with an opportunity once was; it points to what it became."""
    born = person.created_at - timedelta(days=past.random.randint(3, 60))
    row = lead_row(person, cells, past, "")
    return row | {
        "Status": CONVERTED,
        "IsConverted": "true",
        "ConvertedDate": f"{person.created_at:%Y-%m-%d}",
        "ConvertedAccountId": account_label(company),
        "ConvertedContactId": f"contact-{person.number}",
        "ConvertedOpportunityId": opportunity_label(person, 1),
        "OwnerId": person.seller,
        "CreatedDate": iso(born),
        "LastModifiedDate": iso(person.created_at),
        "SystemModstamp": iso(person.created_at),
    }


def opportunity_label(person: Person, number: int) -> str:
    """What other rows call the opportunity that is the *number*-th of this person."""
    return f"opportunity-{person.number}-{number}"


def _person_row(
    values: Mapping[str, str], person: Person, past: Past, more: Mapping[str, str], what: str
) -> dict[str, str]:
    random = past.random
    changed = iso(past.after(person.land, person.created_at, newest_days=0))
    return filled(
        {
            "Id": f"{what}-{person.number}",
            **values,
            **more,
            "LeadSource": random.choice(LEAD_SOURCES),
            "HasOptedOutOfEmail": "true" if random.random() < 0.03 else "",
            "DoNotCall": "true" if random.random() < 0.03 else "",
            "CreatedDate": iso(person.created_at),
            "LastModifiedDate": changed,
            "SystemModstamp": changed,
        }
    )


def opportunity_rows(people: Sequence[Person], past: Past) -> Iterator[dict[str, str]]:
    """The past and the running business of every contact, some of it with a colleague at the table."""
    colleagues: dict[tuple[int, tuple[Outcome, ...]], list[Person]] = defaultdict(list)
    for person in people:
        if person.company and person.fate.outcomes:
            colleagues[person.company.number, person.fate.outcomes].append(person)
    for person in people:
        if person.company is None:
            continue
        table = [one for one in colleagues[person.company.number, person.fate.outcomes] if one is not person]
        for number, outcome in enumerate(person.fate.outcomes, start=1):
            guest = past.random.choice(table) if table and past.random.random() < GUESTS else None
            row = _opportunity(person, person.company, outcome, guest, past)
            yield {"Id": opportunity_label(person, number), **row}


def _opportunity(
    person: Person, company: Company, outcome: Outcome, guest: Person | None, past: Past
) -> dict[str, str]:
    random = past.random
    made = past.after(company.land, person.created_at)
    close, changed = _close(outcome, made, company, past)
    roles = [f"contact-{one.number}" for one in (person, guest) if one]
    return filled(
        {
            "AccountId": account_label(company),
            "Name": f"{company.name[:80]} {random.choice(WARES)} {close:%Y-%m}",
            "StageName": random.choice(STAGES[outcome]),
            "Amount": str(int(random.lognormvariate(9.6, 0.9)) // 100 * 100 + 100)
            if random.random() < 0.93
            else "",
            "CurrencyIsoCode": company.land.currency,
            "CloseDate": f"{close:%Y-%m-%d}",
            "Type": random.choice(("New Customer", "Existing Customer - Upgrade", "")),
            "LeadSource": random.choice(LEAD_SOURCES),
            "OwnerId": person.seller,
            "ContactId": ";".join(roles),
            "CreatedDate": iso(made),
            "LastModifiedDate": iso(changed),
            "SystemModstamp": iso(changed),
        }
    )


def _close(outcome: Outcome, made: datetime, company: Company, past: Past) -> tuple[datetime, datetime]:
    """The day the opportunity closes or is hoped to close, and its last change."""
    if outcome == "open":
        days = past.random.randint(-15, 150)
        return past.today + timedelta(days=days), past.after(company.land, made, newest_days=0)
    closed = past.after(company.land, made)
    return closed, closed
