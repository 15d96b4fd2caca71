"""Who may press, what pressing does, and that nobody else's page can press for them."""

from __future__ import annotations

import re

import pytest

from sync.model import Brake

READ, ADMIN = "a-reader-token", "an-admin-token"
FORMS = re.compile(r'action="([^"]+)"><input type="hidden" name="form_token" value="(\w+)"')
STANDING = Brake("updates", "person", 700, "would update 700 person records in one pass", id=3)
PAUSED = Brake("pause", None, 0, "a person paused the bridge", id=4)


def _forms(browser):
    """The forms of the page, by address, with their tokens."""
    return dict(FORMS.findall(browser.get("/").text))


def _signed_in(browser_of, token):
    browser = browser_of(tokens=(READ,), admins=(ADMIN,))
    browser.post("/sign-in", data={"token": token})
    return browser


def test_an_admin_releases_a_brake_and_is_shown_the_funnel_again(browser_of, views):
    views.standing = [STANDING]
    browser = _signed_in(browser_of, ADMIN)

    answer = browser.post("/brakes/3/release", data={"form_token": _forms(browser)["/brakes/3/release"]})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert views.pressed == ["release 3"]


def test_an_admin_pauses_and_resumes(browser_of, views):
    browser = _signed_in(browser_of, ADMIN)

    assert "/resume" not in _forms(browser)
    browser.post("/pause", data={"form_token": _forms(browser)["/pause"]})
    views.standing = [PAUSED]
    assert "/pause" not in _forms(browser)
    browser.post("/resume", data={"form_token": _forms(browser)["/resume"]})

    assert views.pressed == ["pause", "resume"]


def test_on_this_machine_without_tokens_everybody_presses(browser_of, views):
    browser = browser_of()

    answer = browser.post("/pause", data={"form_token": _forms(browser)["/pause"]})

    assert (answer.status_code, views.pressed) == (303, ["pause"])


def test_a_program_presses_with_the_admins_token_and_no_form(browser_of, views):
    browser = browser_of(tokens=(READ,), admins=(ADMIN,))

    answer = browser.post("/pause", headers={"authorization": f"Bearer {ADMIN}"})

    assert (answer.status_code, views.pressed) == (303, ["pause"])


def test_who_may_only_look_sees_no_button_and_presses_none(browser_of, views):
    views.standing = [STANDING]
    browser = _signed_in(browser_of, READ)

    assert _forms(browser) == {}
    answers = [browser.post(path) for path in ("/pause", "/resume", "/brakes/3/release")]
    shown = browser_of(tokens=(READ,), admins=(ADMIN,)).post(
        "/pause", headers={"authorization": f"Bearer {READ}"}
    )

    assert [one.status_code for one in (*answers, shown)] == [403] * 4
    assert views.pressed == []


@pytest.mark.parametrize("path", ["/pause", "/resume", "/brakes/3/release"])
def test_a_stranger_presses_nothing(browser_of, views, path):
    assert browser_of(tokens=(READ,), admins=(ADMIN,)).post(path).status_code == 401
    assert views.pressed == []


@pytest.mark.parametrize("tokens", [{}, {"admins": (ADMIN,)}])
def test_a_form_of_another_site_or_for_another_button_is_refused(browser_of, views, tokens):
    views.standing = [STANDING]
    browser = browser_of(**tokens)
    browser.post("/sign-in", data={"token": ADMIN})
    forms = _forms(browser)

    forged = browser.post("/pause", data={"form_token": "0" * 64})
    other = browser.post("/brakes/3/release", data={"form_token": forms["/pause"]})
    abroad = browser.post(
        "/pause", data={"form_token": forms["/pause"]}, headers={"sec-fetch-site": "cross-site"}
    )

    assert [one.status_code for one in (forged, other, abroad)] == [403] * 3
    assert views.pressed == []


def test_the_token_of_a_form_is_another_one_for_each_process(browser_of):
    assert _forms(browser_of())["/pause"] != _forms(browser_of())["/pause"]


def test_a_brake_that_went_meanwhile_is_told_in_a_sentence(browser_of, views):
    views.standing = [STANDING]
    browser = browser_of()
    token = _forms(browser)["/brakes/3/release"]
    views.standing = []

    answer = browser.post("/brakes/3/release", data={"form_token": token})

    assert (answer.status_code, "No brake #3 stands any more." in answer.text) == (410, True)
