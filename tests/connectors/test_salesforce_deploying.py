"""The deploy client against odd answers: what it sends, how long it waits, what it says."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import responses

from connectors.errors import Refused, SignInFailed, Unknown
from connectors.salesforce import SalesforceSettings
from connectors.salesforce.client import SalesforceClient
from connectors.salesforce.metadata import LIMIT_S, Deployer, Failure, StillRunning
from sync.clock import VirtualClock
from tests.contract.worlds import START

URL = "https://acme.my.salesforce.com"
DEPLOYMENTS = f"{URL}/services/data/v66.0/metadata/deployRequest"
ID = "0Af5g00000XyZ1aCAF"
TOKEN = "canary-token-of-an-admin"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def deployer(clock: VirtualClock) -> Deployer:
    settings = SalesforceSettings(access_token=TOKEN, instance_url=URL)
    client = SalesforceClient(settings, clock.now, clock.advance)
    return Deployer(client)


@pytest.fixture
def net():
    with responses.RequestsMock() as net:
        yield net


def told(status: str, **more: Any) -> dict[str, Any]:
    done = status in ("Succeeded", "Failed", "Canceled")
    result = {"status": status, "done": done, "success": status == "Succeeded", **more}
    return {"id": ID, "deployResult": result}


def test_a_deployment_is_sent_as_options_and_zip_and_names_no_test_level(net, deployer):
    net.post(DEPLOYMENTS, json=told("Pending"), status=201)

    assert deployer.start(b"PK-the-bytes", check_only=True) == ID

    sent = net.calls[0].request
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b"PK-the-bytes" in sent.body
    options = json.loads(sent.body[sent.body.index(b"{") : sent.body.index(b"}}") + 2])["deployOptions"]
    assert options["checkOnly"] is True
    assert options["rollbackOnError"] is True
    assert "testLevel" not in options
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"


def test_it_is_watched_until_it_is_done(net, deployer, clock):
    for status in ("Pending", "InProgress"):
        net.get(f"{DEPLOYMENTS}/{ID}", json=told(status, numberComponentsTotal=9, numberComponentsDeployed=4))
    net.get(
        f"{DEPLOYMENTS}/{ID}", json=told("Succeeded", numberComponentsTotal=9, numberComponentsDeployed=9)
    )

    seen = list(deployer.watch(ID))

    assert [one.status for one in seen] == ["Pending", "InProgress", "Succeeded"]
    assert (seen[-1].deployed, seen[-1].total, seen[-1].success) == (9, 9, True)
    assert (clock.now() - START).total_seconds() == 5.0  # 2 and 3 seconds


def test_what_failed_is_told_by_file_and_problem(net, deployer):
    rows = [{"fileName": "objects/Lead.object", "fullName": "Lead.X__c", "problem": "Formula is too long"}]
    net.get(f"{DEPLOYMENTS}/{ID}", json=told("Failed", details={"componentFailures": rows}))

    [seen] = deployer.watch(ID)

    assert not seen.success
    assert seen.failures == (Failure("objects/Lead.object", "Lead.X__c", "Formula is too long"),)
    assert str(seen.failures[0]) == "objects/Lead.object: Formula is too long"


def test_one_failure_may_come_without_a_list(net, deployer):
    row = {"fileName": "", "fullName": "Leadbridge_Stage", "problem": "name taken"}
    net.get(f"{DEPLOYMENTS}/{ID}", json=told("Failed", details={"componentFailures": row}))

    [seen] = deployer.watch(ID)

    assert [str(one) for one in seen.failures] == ["Leadbridge_Stage: name taken"]


def test_a_look_that_is_lost_is_no_end_of_the_deployment(net, deployer):
    for _ in range(7):
        net.get(f"{DEPLOYMENTS}/{ID}", body="<html>", status=502)
    net.get(f"{DEPLOYMENTS}/{ID}", json=told("Succeeded"))

    assert [one.status for one in deployer.watch(ID)] == ["Succeeded"]


def test_after_ten_minutes_it_is_left_running_and_named(net, deployer, clock):
    net.get(f"{DEPLOYMENTS}/{ID}", json=told("InProgress"))

    with pytest.raises(StillRunning, match=f"{ID} goes on in Salesforce"):
        list(deployer.watch(ID))

    assert LIMIT_S <= (clock.now() - START).total_seconds() <= LIMIT_S + 15


def test_who_stops_waiting_is_told_that_it_goes_on(net, deployer, monkeypatch):
    net.get(f"{DEPLOYMENTS}/{ID}", json=told("InProgress"))

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deployer._client, "sleep", interrupted)

    with pytest.raises(StillRunning, match=f"{ID} goes on in Salesforce .you stopped waiting"):
        list(deployer.watch(ID))


def test_a_start_whose_answer_is_lost_is_never_sent_again(net, deployer):
    net.post(DEPLOYMENTS, body="<html>", status=502)

    with pytest.raises(Unknown, match="Setup > Deployment Status"):
        deployer.start(b"PK", check_only=False)

    assert len(net.calls) == 1


def test_an_expired_token_is_told(net, deployer):
    net.post(DEPLOYMENTS, json=[{"errorCode": "INVALID_SESSION_ID", "message": "expired"}], status=401)

    with pytest.raises(SignInFailed, match="ACCESS_TOKEN: give a fresh one"):
        deployer.start(b"PK", check_only=False)


def test_nothing_but_an_id_reaches_the_address(deployer):
    with pytest.raises(Refused, match="15 or 18 letters"):
        deployer.look("../sobjects/Lead")


def test_the_token_is_in_no_log_and_no_message(net, deployer, caplog):
    caplog.set_level(logging.DEBUG)
    net.post(DEPLOYMENTS, json=told("Pending"), status=201)
    net.get(f"{DEPLOYMENTS}/{ID}", json=[{"errorCode": "NOT_FOUND", "message": TOKEN}], status=404)

    deployer.start(b"PK", check_only=False)
    with pytest.raises(Refused) as refused:
        list(deployer.watch(ID))

    assert TOKEN not in str(refused.value)
    assert TOKEN not in caplog.text
