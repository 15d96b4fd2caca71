"""What a person sees and clicks."""

from __future__ import annotations

from playwright.sync_api import expect


def test_a_person_opens_the_funnel_and_follows_one_decision_to_its_story(page, dashboard_of):
    page.goto(dashboard_of())

    expect(page).to_have_title("The funnel now · leadbridge")
    expect(page.get_by_role("row", name="Nurturing 1,612")).to_be_visible()
    expect(page.locator("figure svg")).to_be_visible()
    assert page.locator("figure svg text").filter(has_text="1,612").count() == 1

    page.get_by_role("link", name="hubspot:contact:501").first.click()

    expect(page.get_by_role("heading", name="hubspot:contact:501")).to_be_visible()
    expect(page.get_by_text("asked for a call; definition 1")).to_be_visible()
    assert page.complaints == []


def test_a_person_asks_for_one_story_by_e_mail(page, dashboard_of):
    page.goto(dashboard_of())

    page.get_by_label("One person's story").fill("ada@example.com")
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".story li")).to_have_count(2)
    assert page.complaints == []


def test_a_stranger_gets_a_sentence(page, dashboard_of):
    page.goto(f"{dashboard_of()}/person?ref=nobody@example.com")

    expect(page.get_by_text("The bridge knows nobody under this")).to_be_visible()


def test_nothing_is_wider_than_the_screen(page, dashboard_of):
    url = dashboard_of()
    for path in ("/", "/person?ref=ada@example.com", "/hand-offs", "/rejections", "/lifecycle", "/sign-in"):
        page.goto(url + path)

        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= page.viewport_size["width"]


def test_the_chart_can_be_read_where_it_is_shown(page, dashboard_of):
    page.goto(dashboard_of())

    frame = page.locator("figure").bounding_box()
    boxes = [text.bounding_box() for text in page.locator("figure svg text").all()]

    assert len(boxes) == 24
    assert min(box["height"] for box in boxes) >= 12
    assert min(box["x"] for box in boxes) >= frame["x"]
    assert max(box["x"] + box["width"] for box in boxes) <= frame["x"] + frame["width"]


def test_what_a_lead_wrote_is_text_to_the_browser(page, dashboard_of):
    page.goto(dashboard_of())

    expect(page.get_by_text("<script>document.title='stolen'</script>").first).to_be_visible()
    expect(page).to_have_title("The funnel now · leadbridge")


def test_a_reader_signs_in_looks_and_signs_out(page, dashboard_of):
    page.goto(dashboard_of("a-token-of-some-length"))
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.get_by_label("Token").fill("a-token-of-some-length")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The funnel now")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_admin_releases_a_brake_pauses_and_resumes(page, dashboard_of):
    page.goto(dashboard_of(admins=("an-admin-token-of-some-length",)) + "/sign-in")
    page.get_by_label("Token").fill("an-admin-token-of-some-length")
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("button", name="Release #3, once").click()
    expect(page.get_by_role("heading", name="The funnel now")).to_be_visible()
    expect(page.get_by_text("would update 700 person records")).to_have_count(0)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("a person paused the bridge")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("a person paused the bridge")).to_have_count(0)
    assert page.complaints == []


def test_a_reader_sees_what_waits_and_no_button_for_it(page, dashboard_of):
    page.goto(dashboard_of("a-token-of-some-length", admins=("an-admin-token-of-some-length",)))
    page.get_by_label("Token").fill("a-token-of-some-length")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("would update 700 person records")).to_be_visible()
    expect(page.get_by_role("button", name="Release")).to_have_count(0)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
