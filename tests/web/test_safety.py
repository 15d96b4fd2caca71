"""What the pages refuse, and what they never let through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

READ, ADMIN = "reader-token-0123456789", "admin-token-0123456789"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "' onx='",
)


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def dangers(page):
    found = Elements(page).found
    return [
        (tag, attributes)
        for tag, attributes in found
        if tag in ("script", "style", "iframe", "object", "embed", "img")
        or any(name.startswith("on") or name == "style" for name in attributes)
        or (attributes.get("href") or "/").lower().startswith("javascript")
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("word", ["who", "what", "why", "field", "old", "new"])
def test_what_a_lead_wrote_is_shown_as_text_only(browser_of, views, hostile, word):
    views.say(**{word: hostile})
    browser = browser_of()

    for page in (browser.get("/").text, browser.get("/person?ref=ada@example.com").text):
        assert dangers(page) == []
        assert "49" not in re.findall(r"<ins>(.*?)</ins>", page)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_was_asked_is_shown_as_text_only(browser_of, hostile):
    page = browser_of().get("/person", params={"ref": hostile}).text

    assert dangers(page) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_stage_name_cannot_leave_the_chart(browser_of, views, hostile):
    views.people = {hostile: 1}

    assert dangers(browser_of().get("/").text) == []


@pytest.mark.parametrize(
    "path", ["/", "/person", "/healthz", "/static/leadbridge.css", "/nothing", "/sign-in"]
)
def test_every_answer_keeps_the_browser_strict(browser_of, path):
    headers = browser_of().get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert (headers.get("cache-control") == "no-store") is (not path.startswith("/static/"))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "localhost.evil.example", "", "[::2]:80"]
)
def test_a_foreign_host_name_sees_nothing(browser_of, host):
    answer = browser_of().get("/", headers={"host": host})

    assert answer.status_code == 400
    assert "1,200" not in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:9", "127.0.0.1:8080", "[::1]:8080", "[::1]", "bridge.example"]
)
def test_own_host_names_are_answered(browser_of, host):
    assert browser_of(hosts=("Bridge.example",)).get("/", headers={"host": host}).status_code == 200


def test_a_probe_may_come_under_any_name(browser_of):
    assert browser_of(tokens=(READ,)).get("/healthz", headers={"host": "10.1.2.3:8080"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/person?ref=ada@example.com", "/nothing"])
def test_without_a_token_nothing_is_shown_but_the_form(browser_of, path):
    answer = browser_of(tokens=(READ, ADMIN)).get(path)

    assert answer.status_code == 401
    assert '<form method="post" action="/sign-in"' in answer.text
    assert "Sam" not in answer.text


def test_a_program_is_told_to_bring_a_bearer_token(browser_of):
    answer = browser_of(tokens=(READ,)).get("/", headers={"accept": "*/*"})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {READ}", 200),
        (f"bearer {ADMIN}", 200),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        (f"Basic {READ}", 401),
        ("Bearer é", 401),
    ],
)
def test_a_bearer_token_opens_the_pages(browser_of, header, status):
    browser = browser_of(tokens=(READ, ADMIN))

    assert browser.get("/", headers={"authorization": header.encode()}).status_code == status


def test_signing_in_opens_a_session_that_scripts_and_other_sites_cannot_use(browser_of):
    browser = browser_of(tokens=(READ,))

    answer = browser.post("/sign-in", data={"token": READ})

    cookie = answer.headers["set-cookie"].lower()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert READ not in cookie
    assert browser.get("/").status_code == 200


def test_the_cookie_is_secure_behind_https(browser_of):
    browser = browser_of(tokens=(READ,))

    answer = browser.post("/sign-in", data={"token": READ}, headers={"x-forwarded-proto": "https"})

    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("token", ["", "wrong", READ[:-1], READ + "x"])
def test_a_wrong_token_opens_nothing(browser_of, token):
    browser = browser_of(tokens=(READ,))

    answer = browser.post("/sign-in", data={"token": token})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert browser.get("/").status_code == 401


def test_an_empty_token_opens_nothing_where_none_is_set(browser_of):
    answer = browser_of().post("/sign-in", data={"token": ""})

    assert "set-cookie" not in answer.headers


def test_a_session_ends_after_twelve_hours(browser_of, clock):
    browser = browser_of(tokens=(READ,))
    browser.post("/sign-in", data={"token": READ})

    clock.advance(12 * 3600 + 1)

    assert browser.get("/").status_code == 401


def test_a_form_from_another_site_is_refused(browser_of):
    browser = browser_of(tokens=(READ,))

    answer = browser.post("/sign-in", data={"token": READ}, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403


def test_signing_out_needs_the_forms_own_token_and_ends_the_session(browser_of):
    browser = browser_of(tokens=(READ,))
    browser.post("/sign-in", data={"token": READ})
    brought = re.search(r'name="form_token" value="(\w+)"', browser.get("/").text)[1]

    forged = browser.post("/sign-out", data={"form_token": "0" * 64})
    still_in = browser.get("/").status_code
    cookie = browser.cookies["leadbridge_session"]
    left = browser.post("/sign-out", data={"form_token": brought})
    browser.cookies.set("leadbridge_session", cookie)

    assert (forged.status_code, still_in) == (403, 200)
    assert left.status_code == 303
    assert browser.get("/").status_code == 401


def test_a_huge_form_is_refused_unread(browser_of):
    answer = browser_of(tokens=(READ,)).post("/sign-in", data={"token": "x" * 9000})

    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_only_show(browser_of, method):
    assert browser_of().request(method, "/").status_code == 405


@pytest.mark.parametrize(
    "path", ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static/%2e%2e%2f%2e%2e%2fsettings.py"]
)
def test_static_files_stay_in_their_folder(browser_of, path):
    assert browser_of().get(path).status_code == 404
