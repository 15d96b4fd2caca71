"""Messages really leave: through the library, in a process of its own, to servers that answer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.notify import Message, Post
from sync.notify.post import sent, target_of
from tests.sync.notify.answering import Hook, Mailbox, hook, mailbox, silence

NEWS = Message("leadbridge main: 1 won", "won: https://example.my.salesforce.com/00Q1, owner Sam Seller")


@pytest.fixture
def a_hook() -> Iterator[Hook]:
    with hook() as made:
        yield made


@pytest.fixture
def a_mailbox() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


def test_a_message_goes_to_a_hook_as_json(a_hook: Hook) -> None:
    why = Post()(a_hook.url, NEWS)

    [(path, body)] = a_hook.posted
    assert (why, path, body["title"], body["message"]) == (None, "/hook", NEWS.title, NEWS.text)


def test_a_message_goes_out_by_mail(a_mailbox: Mailbox) -> None:
    why = Post()(a_mailbox.url, NEWS)

    [mail] = a_mailbox.mails
    body = mail.get_body(("plain",))
    assert why is None
    assert body is not None
    assert (mail["Subject"], body.get_content().strip()) == (NEWS.title, NEWS.text)
    assert ("bridge@example.com" in mail["From"], a_mailbox.to) == (True, [["sales@example.com"]])


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_a_refusal_is_told_with_the_answer_and_never_with_the_address(a_hook: Hook, status: int) -> None:
    a_hook.status, a_hook.location = status, "http://127.0.0.1:1/"

    why = sent(a_hook.url, NEWS.title, NEWS.text)

    assert why == f"it answered {status}"


def test_a_mail_server_that_refuses_has_not_accepted(a_mailbox: Mailbox) -> None:
    a_mailbox.refuses = True

    assert sent(a_mailbox.url, NEWS.title, NEWS.text) == "it could not be reached, or refused the message"
    assert a_mailbox.mails == []


def test_who_never_answers_is_given_up_with_its_process() -> None:
    with silence() as address:
        why = Post(timeout_s=1.5)(address, NEWS)

    assert why == "it did not answer within 1.5 seconds"


def test_proxies_and_passwords_of_the_machine_are_not_taken(
    a_hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert Post()(a_hook.url, NEWS) is None


SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
TEAMS = (
    "https://prod-1.westeurope.logic.azure.com:443/workflows/abcd/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=xyz"
)


@pytest.mark.parametrize(
    ("address", "library_calls_it"),
    [
        (SLACK, "slack"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        (TEAMS, "workflow"),
        ("workflows://prod-1.westeurope.logic.azure.com:443/abcd/xyz", "workflow"),
        ("https://example.com/hook?token=1", "jsons"),
        ("jsons://example.com/hook", "jsons"),
        ("mailtos://u:p@mail.example.com?to=a@example.com", "mailtos"),
    ],
)
def test_addresses_as_slack_and_teams_give_them_are_understood(address: str, library_calls_it: str) -> None:
    target = target_of(address)

    assert target.url().partition(":")[0] == library_calls_it
    assert (target.verify_certificate, target.redirects) == (True, False)


@pytest.mark.parametrize("address", ["slack://nothing", "mailto://", "workflows://example.com"])
def test_an_address_that_lacks_something_is_no_target(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert target_of(address) is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "query", ["?x=1;verify=no", "?x=1&amp;verify=no", "?verify+=no", "#?verify=no", "?verify=no&redirect=yes"]
)
@pytest.mark.parametrize("scheme", ["https", "jsons"])
def test_no_spelling_switches_off_who_is_believed(scheme: str, query: str) -> None:
    target = target_of(f"{scheme}://hook.example.com/a{query}")

    assert target is None or (target.verify_certificate, target.redirects) == (True, False)


def test_no_mail_goes_in_the_clear_by_its_address() -> None:
    assert target_of("mailtos://ops:secret@mail.example.com?to=ops@example.com&mode=insecure") is None


def test_a_hook_of_ones_own_is_asked_with_its_whole_query(
    a_hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_round(monkeypatch, a_hook.url.replace("json:", "http:"))

    assert sent("https://example.com/a?token=x%2Fy&method=GET&tag=1&tag=2&empty=", "t", "m") is None
    [(path, body)] = a_hook.posted
    assert path == "/hook?token=x%2Fy&method=GET&tag=1&tag=2&empty="
    assert body["message"] == "m"


def turn_round(monkeypatch: pytest.MonkeyPatch, here: str) -> None:
    """Only the host is turned round, below the library: its own call goes to a server that answers."""
    import requests

    real = requests.Session.request

    def turned(self, method, url, **more):  # type: ignore[no-untyped-def]
        return real(self, method, here, **{**more, "verify": False})

    monkeypatch.setattr(requests.Session, "request", turned)


@pytest.mark.parametrize("address", [SLACK, TEAMS])
def test_slack_and_teams_are_sent_what_they_take(
    address: str, a_hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_round(monkeypatch, a_hook.url.replace("json:", "http:"))

    assert sent(address, NEWS.title, NEWS.text) is None
    [(_, body)] = a_hook.posted
    assert "00Q1" in str(body)
    assert "github" not in str(body)


def test_the_bridge_itself_never_loads_the_library() -> None:
    code = "import sys, sync.notify; sys.exit('apprise' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
