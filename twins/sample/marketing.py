"""The sample as HubSpot has it: companies, contacts with what marketing knows of them, a few deals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twins.sample.dirt import Cells, international
from twins.sample.words import Company, Past, Person, filled, iso

FORMS = (
    "Newsletter",
    "Price list download",
    "Webinar sign-up",
    "Contact us",
    "Request a demo",
    "Trade show booth",
)
ORIGINS = (
    "ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "SOCIAL_MEDIA", "REFERRALS", "DIRECT_TRAFFIC", "OFFLINE",
)  # fmt: skip
DEAL_STAGES = ("appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon", "closedlost")


def company_rows(companies: Sequence[Company], past: Past) -> Iterator[dict[str, str]]:
    """One row for each company that HubSpot knows."""
    for company in companies:
        if company.where not in ("both", "hubspot"):
            continue
        random, changed = past.random, past.after(company.land, company.created_at)
        yield filled(
            {
                "hs_object_id": f"company-{company.number}",
                "name": company.name if random.random() < 0.9 else company.name.upper(),
                "domain": company.domain,
                "phone": international(company.phone) if random.random() < 0.7 else "",
                "address": company.street,
                "city": company.town.name,
                "state": company.town.region,
                "zip": company.post_code,
                "country": random.choice(company.land.spellings),
                "numberofemployees": str(company.employees) if random.random() < 0.8 else "",
                "annualrevenue": str(company.revenue) if random.random() < 0.5 else "",
                "hubspot_owner_id": company.seller if random.random() < 0.5 else "",
                "lifecyclestage": "lead",
                "createdate": iso(company.created_at),
                "hs_lastmodifieddate": iso(changed),
            }
        )


def contact_row(person: Person, cells: Cells, past: Past) -> dict[str, str]:
    """The row of one person in HubSpot, whose plain fields are *cells*."""
    random, company = past.random, person.company
    changed = past.after(person.land, person.created_at, newest_days=0)
    owned = random.random() < (0.6 if person.fate.where == "both" else 0.2)
    known_company = company if company and company.where in ("both", "hubspot") else None
    return filled(
        {
            "hs_object_id": f"person-{person.number}",
            **cells,
            "hubspot_owner_id": person.seller if owned else "",
            "hs_lead_status": random.choice(person.fate.status),
            "hs_email_optout": "true" if random.random() < 0.04 else "",
            "associations.company": f"company-{known_company.number}" if known_company else "",
            **_engagement(person, past),
            "createdate": iso(person.created_at),
            "lastmodifieddate": iso(changed),
        }
    ) | {"lifecyclestage": random.choice(person.fate.shown)}


def _engagement(person: Person, past: Past) -> dict[str, str]:
    """What the person did on our pages and in our mails; a third never did anything."""
    random = past.random
    cells = {"hs_analytics_source": random.choice(ORIGINS)}
    if random.random() < 0.35:
        return cells
    seen = past.after(person.land, person.created_at)
    cells["hs_analytics_last_visit_timestamp"] = iso(seen)
    cells["hubspotscore"] = str(random.randrange(0, 90, 5))
    if random.random() < 0.5:
        cells["hs_email_last_click_date"] = iso(past.after(person.land, person.created_at))
    if random.random() < 0.5:
        cells["recent_conversion_event_name"] = random.choice(FORMS)
        cells["recent_conversion_date"] = iso(past.after(person.land, person.created_at))
    return cells


def deal_rows(people: Sequence[Person], past: Past) -> Iterator[dict[str, str]]:
    """A deal for each person only in HubSpot who buys there: marketing's own web shop."""
    buyers = [
        person for person in people if person.fate.where == "hubspot" and person.fate.shown[0] == "customer"
    ]
    for number, person in enumerate(buyers, start=1):
        random, made = past.random, past.after(person.land, person.created_at)
        closed = past.after(person.land, made)
        company = person.company
        known_company = company if company and company.where in ("both", "hubspot") else None
        yield filled(
            {
                "hs_object_id": f"deal-{number}",
                "dealname": f"Web shop {number:04}",
                "pipeline": "default",
                "dealstage": random.choice(DEAL_STAGES),
                "amount": f"{random.randrange(90, 4000)}.{random.choice(('00', '50', '95'))}",
                "deal_currency_code": "EUR",
                "closedate": iso(closed),
                "dealtype": "newbusiness",
                "associations.contact": f"person-{person.number}",
                "associations.company": f"company-{known_company.number}" if known_company else "",
                "createdate": iso(made),
                "hs_lastmodifieddate": iso(closed),
            }
        )
