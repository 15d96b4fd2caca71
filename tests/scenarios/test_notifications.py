"""People are told what happened: from the bridge between both systems, to an address that answers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest

from sync.cli.notifying import notifier_of
from sync.notify import Message, Post
from tests.scenarios.conftest import Leadbridge
from tests.scenarios.town import SAM, Town
from tests.sync.notify.answering import Hook, hook, mailbox, silence

ADA = "ada.lind@nordwind.example"
TOLD = """
notifications:
  - {to: sales, on: [handed_over, rejected], text: "{stage} from {came_from}, {reason}: {link}, {owner}, {due}"}
  - {to: ops, on: [problem]}
"""


@pytest.fixture
def a_hook() -> Iterator[Hook]:
    with hook() as made:
        yield made


def tell(here: Town, said: str = TOLD) -> None:
    """Ops say who is told what."""
    rules = here.config / "bridge.yaml"
    rules.write_text(rules.read_text("utf-8").replace("\nnotifications: []\n", said), "utf-8")


def ask_for_a_call(here: Town) -> None:
    told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
    owned = {**told, "hubspot_owner_id": here.owner(SAM)}
    here.world.hubspot.submit_form(ADA, "Request a call", owned, here.clock.now())


def addresses(here: Town, **given: str) -> dict[str, str]:
    told = {f"LEADBRIDGE_NOTIFY__{name.upper()}": address for name, address in given.items()}
    portal = str(here.world.hubspot.portal.portal_id)
    return here.settings() | {"LEADBRIDGE_HUBSPOT__PORTAL_ID": portal, **told}


def test_sales_are_told_who_was_handed_over_and_nobodys_own_data(
    empty_town: Town, leadbridge: Leadbridge, a_hook: Hook
) -> None:
    here = empty_town
    here.configure("write")
    tell(here)
    told = addresses(here, sales=a_hook.url, ops=a_hook.url)
    assert leadbridge("run", "--once", settings=told).code == 0
    ask_for_a_call(here)
    here.clock.advance(120)

    ended = leadbridge("run", "--once", settings=told)

    lead = here.sales("Lead", ADA)
    [(_, body)] = a_hook.posted
    assert ended.code == 0
    assert body["title"] == "leadbridge main: 1 handed over"
    said = body["message"]
    assert said.startswith("handed over from qualified, –: ")
    assert f"/{lead['Id']}, Sam Seller, Mon 23 Nov " in said
    assert [word for word in ("Ada", "Lind", "nordwind", "Nordwind", "sam.seller") if word in str(body)] == []
    assert [word for word in (a_hook.url, ADA) if word in ended.err + ended.out] == []


def test_an_address_that_hangs_holds_up_no_pass(empty_town: Town) -> None:
    here, called = empty_town, threading.Event()
    tell(here)
    here.run()
    here.settle()
    ask_for_a_call(here)
    notifier = notifier_of(here.bridge)

    def send(address: str, message: Message) -> str | None:
        called.set()
        return Post()(address, message)

    with silence() as address:
        notifier._send, notifier._addresses = send, {"sales": address, "ops": address}
        with notifier.turning(0.01):
            for _ in range(3):
                here.settle()
            assert called.wait(20)
            here.market(ADA, jobtitle="Head of Engines")
            here.settle()
            title = here.sales("Lead", ADA)["Title"]
            is_still_out = any(one.name == "notify" for one in threading.enumerate())

    assert (title, is_still_out) == ("Head of Engines", True)


def test_an_address_that_fails_is_seen_by_ops_and_the_sync_goes_on(
    empty_town: Town, leadbridge: Leadbridge, a_hook: Hook
) -> None:
    here = empty_town
    here.configure("write")
    tell(here)
    told = addresses(here, sales="json://127.0.0.1:1/", ops=a_hook.url)
    leadbridge("run", "--once", settings=told)
    ask_for_a_call(here)
    here.clock.advance(120)
    leadbridge("run", "--once", settings=told)

    listed = leadbridge("problems", "list", settings=told)
    retried = leadbridge("problems", "retry", "1", settings=told)
    here.clock.advance(120)
    again = leadbridge("run", "--once", settings=told | {"LEADBRIDGE_NOTIFY__SALES": a_hook.url})

    assert here.sales("Lead", ADA)
    assert "notifier_failed" in listed.out
    assert (retried.code, "is about no record" in retried.err) == (2, True)
    assert ["notifier failed" in a_hook.texts[0], "handed over" in a_hook.texts[1]] == [True, True]
    assert (again.code, leadbridge("problems", "list", settings=told).code) == (0, 0)


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        ({}, "LEADBRIDGE_NOTIFY__SALES is missing"),
        ({"sales": "gopher://example.com/x"}, "SALES does not begin with a scheme that is known here"),
        ({"sales": "msteams://a/b/c/d"}, "that Microsoft has switched off; make a workflow in Teams"),
        ({"sales": "json://hooks.example.com/x"}, "SALES would be sent in the clear"),
        ({"sales": "http://hooks.example.com/x"}, "SALES would be sent in the clear"),
        ({"sales": "jsons://example.com/?verify=no"}, "SALES says `verify`, which cannot be set here"),
        ({"sales": "slack://canary"}, "SALES cannot be read as an address of its kind"),
        ({"sales": "https://"}, "SALES names no host"),
        (
            {"sales": "https://example.com", "slaes": "https://canary.example"},
            "did you mean LEADBRIDGE_NOTIFY__SALES?",
        ),
    ],
)
def test_check_finds_an_address_that_would_not_do_and_sends_nothing(
    given: dict[str, str], finding: str, empty_town: Town, leadbridge: Leadbridge
) -> None:
    here = empty_town
    tell(here, "\nnotifications: [{to: sales, on: [won]}]\n")

    ended = leadbridge("check", "--offline", settings=addresses(here, **given))

    assert (ended.code, ended.err.count("•")) == (4, 1)
    assert finding in ended.err
    assert "canary" not in ended.err


def test_an_address_is_tried_out_by_one_command(
    empty_town: Town, leadbridge: Leadbridge, a_hook: Hook
) -> None:
    here = empty_town
    tell(here)
    with mailbox() as a_mailbox:
        told = addresses(here, sales=a_hook.url, ops=a_mailbox.url)

        accepted = [leadbridge("notify", "test", name, settings=told).code for name in ("sales", "ops")]
        a_hook.status = 500
        refused = leadbridge("notify", "test", "sales", settings=told)
        unknown = leadbridge("notify", "test", "slaes", settings=told)

    assert accepted == [0, 0]
    assert a_mailbox.mails[0]["Subject"] == "leadbridge main: a trial"
    assert (refused.code, "did not accept the message: it answered 500" in refused.err) == (1, True)
    assert (unknown.code, "Did you mean `sales`?" in unknown.err) == (2, True)


def test_who_is_told_what_is_listed(empty_town: Town, leadbridge: Leadbridge, a_hook: Hook) -> None:
    here = empty_town
    tell(here)

    ended = leadbridge("notify", "list", settings=addresses(here, sales=a_hook.url))

    assert ended.code == 4
    assert "sales  handed_over, rejected  every 15 minutes at most  last told: never" in ended.out
    assert re.search(
        r"bridge\.yaml:\d+: `ops` is to be told, but LEADBRIDGE_NOTIFY__OPS is missing", ended.err
    )


@pytest.mark.parametrize("command", [("check", "--offline"), ("notify", "list"), ("notify", "test", "sales")])
@pytest.mark.parametrize("given", [{}, {"sales": "gopher://example.com/x"}])
def test_an_address_that_would_not_do_ends_every_command_alike(
    command: tuple[str, ...], given: dict[str, str], empty_town: Town, leadbridge: Leadbridge
) -> None:
    tell(empty_town, "\nnotifications: [{to: sales, on: [won]}]\n")

    ended = leadbridge(*command, settings=addresses(empty_town, **given))

    assert (ended.code, "LEADBRIDGE_NOTIFY__SALES" in ended.err) == (4, True)
