"""What ships is what the default tables say, line by line, and it works unedited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mappings.agreement import compile_agreement
from mappings.documents.tree import Node, read_tree
from plugin.components import components
from sync.settings import setting_names

CONFIG = Path(__file__).parents[2] / "config"
TEXTS = {str(path.relative_to(CONFIG)): path.read_text() for path in CONFIG.rglob("*.yaml")}
AGREEMENT = compile_agreement(TEXTS)

TWO_WAY = ("two_way", "salesforce", "protect", "salesforce")
PREFER = ("prefer_salesforce_unless_blank", "salesforce", "protect", "salesforce")
ALWAYS = "always_salesforce"
# HubSpot, Lead/Account/Opportunity, Contact, type, (rule, conflict where it matters, blank, first)
LINES = {
    "person": [
        ("email", "Email", "Email", "email", ("two_way", "ask", "protect", "fill")),
        ("salutation", "Salutation", "Salutation", "text", TWO_WAY),
        ("firstname", "FirstName", "FirstName", "text", TWO_WAY),
        ("lastname", "LastName", "LastName", "text", TWO_WAY),
        ("jobtitle", "Title", "Title", "text", TWO_WAY),
        ("phone", "Phone", "Phone", "phone", TWO_WAY),
        ("mobilephone", "MobilePhone", "MobilePhone", "phone", TWO_WAY),
        ("company", "Company", "", "text", PREFER),
        ("website", "Website", "", "url", ("prefer_salesforce_unless_blank", "salesforce", "protect", "fill")),
        ("address", "Street", "MailingStreet", "text", TWO_WAY),
        ("city", "City", "MailingCity", "text", TWO_WAY),
        ("state", "State", "MailingState", "text", TWO_WAY),
        ("zip", "PostalCode", "MailingPostalCode", "text", TWO_WAY),
        ("country", "Country", "MailingCountry", "country", TWO_WAY),
        ("hubspot_owner_id", "OwnerId", "OwnerId", "owner", (ALWAYS, None, "ignore", "salesforce")),
        ("hs_email_optout", "HasOptedOutOfEmail", "HasOptedOutOfEmail", "boolean", ("always_hubspot", None, "ignore", "hubspot")),
        ("leadbridge_sales_optout", "HasOptedOutOfEmail", "HasOptedOutOfEmail", "boolean", (ALWAYS, None, "ignore", "salesforce")),
        ("leadbridge_do_not_call", "DoNotCall", "DoNotCall", "boolean", (ALWAYS, None, "ignore", "salesforce")),
        ("leadbridge_sales_rating", "Leadbridge_Sales_Rating__c", "Leadbridge_Sales_Rating__c", "choice", (ALWAYS, None, "ignore", "salesforce")),
        ("hs_analytics_source", "LeadSource", "LeadSource", "choice", ("write_once", None, "ignore", "fill")),
    ],
    "company": [
        ("name", "Name", "", "text", PREFER),
        ("domain", "Website", "", "url", ("write_once", None, "ignore", "fill")),
        ("phone", "Phone", "", "phone", PREFER),
        ("address", "BillingStreet", "", "text", PREFER),
        ("city", "BillingCity", "", "text", PREFER),
        ("state", "BillingState", "", "text", PREFER),
        ("zip", "BillingPostalCode", "", "text", PREFER),
        ("country", "BillingCountry", "", "country", PREFER),
        ("numberofemployees", "NumberOfEmployees", "", "number", PREFER),
        ("annualrevenue", "AnnualRevenue + CurrencyIsoCode", "", "money", PREFER),
        ("hubspot_owner_id", "OwnerId", "", "owner", (ALWAYS, None, "ignore", "salesforce")),
    ],
    "deal": [
        ("dealname", "Name", "", "text", (ALWAYS, None, "protect", "salesforce")),
        ("amount + deal_currency_code", "Amount + CurrencyIsoCode", "", "money", (ALWAYS, None, "clear", "salesforce")),
        ("closedate", "CloseDate", "", "date", (ALWAYS, None, "protect", "salesforce")),
        ("pipeline + dealstage", "StageName", "", "choice", (ALWAYS, None, "protect", "salesforce")),
        ("closed_lost_reason", "Leadbridge_Loss_Reason__c", "", "choice", (ALWAYS, None, "clear", "salesforce")),
        ("dealtype", "Type", "", "choice", (ALWAYS, None, "ignore", "salesforce")),
        ("hubspot_owner_id", "OwnerId", "", "owner", (ALWAYS, None, "ignore", "salesforce")),
    ],
}  # fmt: skip


def described(line, pair):
    conflict = line.conflict if line.rule in ("two_way", "prefer_salesforce_unless_blank") else None
    first, second = (*pair.salesforce_kinds, "")[:2]
    return (
        " + ".join(line.fields("hubspot", pair.hubspot_kind)),
        " + ".join(line.fields("salesforce", first)),
        " + ".join(line.fields("salesforce", second)),
        line.type,
        (line.rule, conflict, line.blank, line.first),
    )


@pytest.mark.parametrize("name", LINES)
def test_the_shipped_lines_are_the_default_lines(name):
    pair = AGREEMENT.pairs[name]

    assert [described(line, pair) for line in pair.lines] == LINES[name]


def test_the_further_keys_of_the_shipped_lines():
    lines = {line.name: line for pair in AGREEMENT.pairs.values() for line in pair.lines}

    assert {name for name, line in lines.items() if line.if_required == "(unknown)"} == {
        "person.lastname",
        "person.company",
    }
    assert {name for name, line in lines.items() if line.only} == {
        "person.hs_email_optout",
        "person.leadbridge_sales_optout",
    }
    assert {name: line.to for name, line in lines.items() if line.rule == "write_once"} == {
        "person.hs_analytics_source": "salesforce",
        "company.domain": "hubspot",
    }


STAGES = {
    "Prospecting": "appointmentscheduled",
    "Qualification": "qualifiedtobuy",
    "Needs Analysis": "presentationscheduled",
    "Value Proposition": "presentationscheduled",
    "Id. Decision Makers": "decisionmakerboughtin",
    "Perception Analysis": "decisionmakerboughtin",
    "Proposal/Price Quote": "contractsent",
    "Negotiation/Review": "contractsent",
    "Closed Won": "closedwon",
    "Closed Lost": "closedlost",
}


@pytest.mark.parametrize(("theirs", "ours"), STAGES.items())
def test_every_stage_of_a_fresh_org_is_a_stage_of_a_fresh_portal(theirs, ours, nobody):
    line = next(line for line in AGREEMENT.pairs["deal"].lines if line.name == "deal.pipeline+dealstage")

    value = line.read("salesforce", "opportunity", {"StageName": theirs}, nobody)

    assert line.render("hubspot", "deal", value, nobody) == {"pipeline": "default", "dealstage": ours}


def test_a_new_bridge_only_looks():
    bridge = AGREEMENT.bridge

    assert bridge.mode == "observe"
    assert (bridge.time_zone, bridge.currency, bridge.latest_tie) == ("Europe/Berlin", "EUR", "salesforce")
    assert (bridge.poll_s, bridge.overlap_s) == (60, {"salesforce": 300, "hubspot": 120})
    assert bridge.settle_s == 60
    assert bridge.rollout.new_records_per_hour == 500
    assert bridge.rollout.sample is None
    assert bridge.rollout.condition is None


def test_no_shipped_line_needs_a_tie_breaker():
    assert all(line.conflict != "latest" for pair in AGREEMENT.pairs.values() for line in pair.lines)


def keys(node: Node, path: str = ""):
    for key, child in node.children.items():
        yield f"{path}.{key}" if isinstance(key, str) else path
        yield from keys(child, f"{path}.{key}" if isinstance(key, str) else path)


def test_what_comes_later_is_not_in_the_shipped_files():
    shipped = " ".join(keys(read_tree(TEXTS["bridge.yaml"], "bridge.yaml")))

    for later in ("gather_window_s",):
        assert later not in shipped


def test_the_env_example_names_every_setting_and_holds_no_secret():
    text = (CONFIG / ".env.example").read_text()

    named = dict(re.findall(r"^# (LEADBRIDGE_[\w<>]+)=(.*)$", text, re.MULTILINE))

    assert set(named) == set(setting_names())
    assert all(line.startswith("#") for line in text.splitlines() if line)
    assert all(not named[name] for name in named if re.search("TOKEN|SECRET|KEY|CLIENT|USERNAME", name))


def test_the_ops_guide_names_every_field_that_both_systems_need() -> None:
    guide = (CONFIG.parent / "docs" / "ops-guide.md").read_text("utf-8")

    ours = {component.name for component in components(("new",), ("other",))}

    assert {name for name in ours if f"`{name}`" not in guide} == set()
