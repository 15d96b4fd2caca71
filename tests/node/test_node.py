"""The vendors' own Node clients, unmodified, find the twins to be what they expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sent_queries import KEPT, SentQueries, queries, shape
from twins.messages import Request

HERE = Path(__file__).parent
CORPUS = HERE.parent / "twins" / "soql_corpus.json"
OURS = {"Sforce-Call-Options": "client=leadbridge"}


@pytest.mark.parametrize("script", ["salesforce", "calls", "bulk", "soap"])
def test_jsforce_works_against_salesforces_twin(every_check_holds, salesforce, script):
    every_check_holds(f"{script}.mjs", json.dumps(salesforce))


@pytest.mark.parametrize("script", ["hubspot", "hubspot_account", "hubspot_life"])
def test_hubspots_own_client_works_against_hubspots_twin(every_check_holds, hubspot, script):
    every_check_holds(f"{script}.mjs", json.dumps(hubspot))


def test_salesforces_own_grammar_judges_our_soql_as_we_do(every_check_holds):
    sent = sorted(KEPT.glob("*.jsonl"))

    every_check_holds("soql.mjs", str(CORPUS), "--", *map(str, sent))


def test_queries_of_one_shape_are_kept_once(tmp_path):
    sent, file = SentQueries(), tmp_path / "deep" / "alone.jsonl"
    asked = "/services/data/v66.0/query?q=SELECT+Id+FROM+Lead+WHERE+Email+IN+('{}')+AND+SystemModstamp+>+{}"
    sent.see(Request.to("GET", asked.format("O\\'Neil", "2026-11-23T09:00:00Z"), OURS))
    sent.see(Request.to("GET", asked.format("Byron','it\\'s", "2026-11-23T10:30:00.000%2B01:00"), OURS))
    sent.see(Request.to("GET", asked.format("d", "2026-11-23"), {}))

    sent.write(file)

    first = "SELECT Id FROM Lead WHERE Email IN ('O\\'Neil') AND SystemModstamp > 2026-11-23T09:00:00Z"
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == [first]


def test_queries_travel_in_a_composite_too():
    parts = [
        {"url": "/services/data/v66.0/query?q=SELECT%20Id%20FROM%20Lead"},
        {"url": "/services/data/v66.0/queryAll/?q=SELECT%20Id%20FROM%20Task"},
        {"url": "/services/data/v66.0/sobjects/Lead/00Q000000000001AAA"},
    ]
    request = Request.to(
        "POST", "/services/data/v66.0/composite", OURS, json.dumps({"compositeRequest": parts}).encode()
    )

    assert list(queries(request)) == ["SELECT Id FROM Lead", "SELECT Id FROM Task"]


def test_a_shape_keeps_names_and_escapes_and_drops_values():
    soql = "SELECT F1__c FROM Lead WHERE A = 'it\\'s' AND B IN ('a', 'b\\\\') AND C > -1.5 AND D = LAST_N_DAYS:30"

    assert shape(soql) == (
        "SELECT F1__c FROM Lead WHERE A = 'x\\'' AND B IN ('x\\\\') AND C > -1 AND D = LAST_N_DAYS:1"
    )
