"""The webhooks of HubSpot's twin: subscriptions, events, POSTs, retries, signatures and disorder."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hubspot.utils.signature import Signature

from twins.hubspot.settings.webhooks import DEVELOPER_KEY
from twins.hubspot.webhooks import signature
from twins.hubspot.webhooks.subscriptions import Wish
from twins.messages import Reply
from twins.server import Served

URL = "https://bridge.example/hubspot"
SECRET = "twin-webhook-secret"
EMAIL = Wish("contact.propertyChange", "email")
CITY = Wish("contact.propertyChange", "city")
BORN = Wish("contact.creation")


def due(desk):
    return desk.twin.webhooks.due(desk.now)


def events(desk):
    """All events that are due now, taken by the app."""
    taken = due(desk)
    for one in taken:
        desk.twin.webhooks.answered(one, 204, desk.now)
    return [event for one in taken for event in one.events()]


def publish(desk, event, id_=1, *, kind="contacts", writer=None, **more):
    """Something happened in the portal."""
    portal = desk.twin.portal
    at = int(desk.now.timestamp() * 1000)
    portal.publish(event, kind, id_, at, writer or portal.daemon, **more)


def configure(desk, method, path, body=None, *, key=DEVELOPER_KEY, app=1_160_452, version="v3"):
    return desk.call(method, f"/webhooks/{version}/{app}/{path}?hapikey={key}", body)


@pytest.mark.fact("POST to the app: contact.propertyChange", switch="webhook_type_field")
def test_a_property_change_is_told_as_captured_traffic_shows_it(desk):
    """[U] The documentation says eventType, captured traffic subscriptionType."""
    app = desk.twin.subscribe(desk.now, URL, EMAIL)
    ada = desk.contact(email="ada@example.com", city="Lima")

    (event,) = events(desk)

    assert event == {
        "eventId": event["eventId"],
        "subscriptionId": next(iter(app.subscriptions)),
        "portalId": 25_912_345,
        "appId": 1_160_452,
        "occurredAt": int(desk.now.timestamp() * 1000),
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": int(ada),
        "propertyName": "email",
        "propertyValue": "ada@example.com",
        "changeSource": "INTEGRATION",
        "sourceId": "1160452",
    }


@pytest.mark.fact("POST to the app: contact.propertyChange", switch="webhook_type_field")
@pytest.mark.parametrize("field", ["subscriptionType", "eventType", "subscriptionType+eventType"])
def test_the_type_stands_under_either_name(desk, field):
    """[U] The documentation says eventType, captured traffic subscriptionType."""
    desk.twin.flip(webhook_type_field=field)
    desk.twin.subscribe(desk.now, URL, BORN)
    desk.contact(email="ada@example.com")

    (event,) = events(desk)

    assert {name for name in event if name in ("subscriptionType", "eventType")} == set(field.split("+"))


@pytest.mark.fact("POST to the app: contact.propertyChange")
def test_only_the_subscribed_property_is_told(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: one subscription a property."""
    desk.twin.subscribe(desk.now, URL, CITY)
    ada = desk.contact(email="ada@example.com")
    desk.write(ada, phone="1")
    desk.write(ada, city="Lima")
    desk.write(ada, city="Lima")

    assert [(one["propertyName"], one["propertyValue"]) for one in events(desk)] == [("city", "Lima")]


@pytest.mark.fact("POST to the app: contact.propertyChange")
def test_the_apps_own_write_comes_back_with_its_id_and_a_persons_with_hers(desk):
    """[U] Captured payloads: changeSource INTEGRATION with the app id, CRM_UI with userId:…"""
    desk.twin.subscribe(desk.now, URL, CITY)
    ada = desk.contact(email="ada@example.com", city="Lima")
    sam = next(one for one in desk.twin.owners if one.email == "sam.seller@example.com")
    desk.twin.update("contacts", ada, {"city": "Quito"}, sam.email, desk.now)

    own, hers = events(desk)

    assert (own["changeSource"], own["sourceId"]) == ("INTEGRATION", "1160452")
    assert (hers["changeSource"], hers["sourceId"]) == ("CRM_UI", f"userId:{sam.user_id}")


@pytest.mark.fact("POST to the app: contact.propertyChange")
def test_a_cleared_property_is_told_with_an_empty_value(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    ada = desk.contact(email="ada@example.com", city="Lima")
    desk.twin.subscribe(desk.now, URL, CITY)
    desk.write(ada, city="")

    assert [one["propertyValue"] for one in events(desk)] == [""]


@pytest.mark.fact("POST to the app: contact.creation")
@pytest.mark.fact("POST to the app: contact.deletion")
def test_creation_and_deletion_carry_a_change_flag(desk):
    """[U] changeFlag CREATED and DELETED in captured payloads."""
    desk.twin.subscribe(desk.now, URL, BORN, Wish("contact.deletion"))
    ada = desk.contact(email="ada@example.com")
    desk.call("DELETE", f"/crm/v3/objects/contacts/{ada}")

    told = [(one["subscriptionType"], one["changeFlag"], one["objectId"]) for one in events(desk)]

    assert told == [("contact.creation", "CREATED", int(ada)), ("contact.deletion", "DELETED", int(ada))]


@pytest.mark.fact("POST to the app: object.creation")
def test_generic_subscriptions_tell_the_object_type_id(desk):
    """https://developers.hubspot.com/docs/apps/legacy-apps/public-apps/create-generic-webhook-subscriptions"""
    desk.twin.subscribe(desk.now, URL, Wish("object.creation", kind="0-1"))
    desk.contact(email="ada@example.com")

    (event,) = events(desk)

    assert (event["subscriptionType"], event["objectTypeId"]) == ("object.creation", "0-1")


@pytest.mark.fact("POST to the app: contact.merge")
def test_a_merge_tells_winner_losers_and_the_new_record(desk):
    """https://developers.hubspot.com/changelog/new-subscription-types-for-webhooks"""
    desk.twin.subscribe(desk.now, URL, Wish("contact.merge"))
    ada = desk.contact(email="ada@example.com")
    double = desk.contact(email="ada@example.org", city="Lima")
    merge = {"primaryObjectId": ada, "objectIdToMerge": double}
    survivor = int(desk.post("contacts/merge", merge).json()["id"])

    (event,) = events(desk)

    told = [event[name] for name in ("primaryObjectId", "mergedObjectIds", "newObjectId", "objectId")]
    assert told == [int(ada), [int(double)], survivor, survivor]
    assert event["numberOfPropertiesMoved"] >= 1


@pytest.mark.fact("POST to the app: contact.associationChange")
def test_an_association_change_is_two_events_one_from_each_end(desk):
    """https://developers.hubspot.com/changelog/new-subscription-types-for-webhooks"""
    wishes = (Wish("contact.associationChange"), Wish("company.associationChange"))
    desk.twin.subscribe(desk.now, URL, *wishes)
    ada = int(desk.contact(email="ada@example.com"))
    acme = int(desk.twin.create("companies", {"name": "Acme"}, "sam.seller@example.com", desk.now))
    desk.call("PUT", f"/crm/v4/objects/contacts/{ada}/associations/default/companies/{acme}")

    told = {
        (one["associationType"], one["fromObjectId"], one["toObjectId"], one["isPrimaryAssociation"])
        for one in events(desk)
    }

    # The first company is the primary one, and a primary association comes with the plain one.
    assert told == {
        ("CONTACT_TO_COMPANY", ada, acme, True),
        ("CONTACT_TO_COMPANY", ada, acme, False),
        ("COMPANY_TO_CONTACT", acme, ada, True),
        ("COMPANY_TO_CONTACT", acme, ada, False),
    }


@pytest.mark.fact("POST to the app: contact.associationChange")
def test_a_removed_association_says_so_and_has_no_object_id(desk):
    """https://developers.hubspot.com/changelog/new-subscription-types-for-webhooks"""
    desk.twin.subscribe(desk.now, URL, Wish("object.associationChange", kind="contacts"))
    publish(desk, "associationChange", 1, to_kind="companies", to=2, type=279, removed=True, primary=False)

    (event,) = events(desk)

    assert (event["associationRemoved"], "objectId" in event) == (True, False)
    assert (event["fromObjectTypeId"], event["toObjectTypeId"]) == ("0-1", "0-2")
    assert (event["associationCategory"], event["associationTypeId"]) == ("HUBSPOT_DEFINED", 279)


@pytest.mark.fact("POST to the app: contact.privacyDeletion")
def test_a_privacy_deletion_is_a_deletion_too(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, Wish("contact.privacyDeletion"), Wish("contact.deletion"))
    ada = int(desk.contact(email="ada@example.com"))

    desk.post("contacts/gdpr-delete", {"objectId": str(ada)})

    deletion, privacy = sorted(events(desk), key=lambda one: one["subscriptionType"])
    told = [(one["subscriptionType"], one["objectId"]) for one in (deletion, privacy)]
    assert told == [("contact.deletion", ada), ("contact.privacyDeletion", ada)]
    assert (deletion["changeFlag"], "changeFlag" in privacy, "changeSource" in privacy) == (
        "DELETED",
        False,
        False,
    )


@pytest.mark.fact("POST to the app: contact.restore")
def test_a_restored_record_is_told(desk):
    """https://developers.hubspot.com/changelog/new-subscription-types-for-webhooks"""
    desk.twin.subscribe(desk.now, URL, Wish("contact.restore"))
    ada = desk.contact(email="ada@example.com")
    desk.call("DELETE", f"/crm/v3/objects/contacts/{ada}")
    desk.twin.restore("contacts", ada, "sam.seller@example.com", desk.now)

    assert [one["objectId"] for one in events(desk)] == [int(ada)]


@pytest.mark.fact("POST to the app: contact.creation")
def test_two_subscriptions_share_the_id_of_one_event(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: eventId is not unique."""
    desk.twin.subscribe(desk.now, URL, BORN, Wish("object.creation", kind="contact"))
    desk.contact(email="ada@example.com")

    first, second = events(desk)

    assert first["eventId"] == second["eventId"]
    assert first["subscriptionId"] != second["subscriptionId"]


@pytest.mark.fact("POST to the app", switch="webhook_batch")
def test_a_post_has_at_most_a_hundred_events(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, BORN)
    for n in range(250):
        publish(desk, "creation", n)

    assert [len(one.events()) for one in due(desk)] == [100, 100, 50]


@pytest.mark.fact("POST to the app", switch="webhook_batch")
def test_posts_can_be_smaller(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: "under 100"."""
    desk.twin.flip(webhook_batch=2)
    desk.twin.subscribe(desk.now, URL, BORN)
    for n in range(3):
        publish(desk, "creation", n)

    assert [len(one.events()) for one in due(desk)] == [2, 1]


@pytest.mark.fact("POST to the app")
def test_ten_posts_are_on_their_way_at_a_time(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.flip(webhook_batch=1)
    desk.twin.subscribe(desk.now, URL, BORN)
    for n in range(15):
        publish(desk, "creation", n)

    first = due(desk)
    meanwhile = due(desk)
    for one in first[:4]:
        desk.twin.webhooks.answered(one, 200, desk.now)

    assert (len(first), len(meanwhile), len(due(desk))) == (10, 0, 4)


@pytest.mark.fact("POST to the app")
@pytest.mark.parametrize("status", [None, 301, 400, 404, 500, 503])
def test_anything_but_success_is_tried_ten_times_more_within_a_day(desk, status):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, BORN)
    born = desk.now
    publish(desk, "creation", 1)

    attempts = []
    while desk.twin.webhooks.waiting:
        for one in due(desk):
            attempts.append((desk.now - born, one.events()[0]["attemptNumber"]))
            desk.twin.webhooks.answered(one, status, desk.now)
        desk.later(minutes=1)

    assert [number for _, number in attempts] == list(range(11))
    assert timedelta(hours=20) < attempts[-1][0] <= timedelta(hours=24)
    assert len(desk.twin.webhooks.given_up) == 1


@pytest.mark.fact("POST to the app")
def test_an_answer_after_five_seconds_is_none(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, BORN)
    publish(desk, "creation", 1)
    (first,) = due(desk)

    desk.later(seconds=5)
    desk.twin.webhooks.answered(first, 200, desk.now)
    desk.later(minutes=2)
    (again,) = due(desk)
    desk.twin.webhooks.answered(again, 200, desk.now)

    assert (first.attempt, again.attempt, again.id) == (0, 1, first.id)
    assert again.events()[0]["eventId"] == first.events()[0]["eventId"]
    assert desk.twin.webhooks.waiting == 0


@pytest.mark.fact("POST to the app")
def test_who_never_answers_is_asked_again(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, BORN)
    publish(desk, "creation", 1)
    due(desk)

    desk.later(minutes=2)

    assert [one.attempt for one in due(desk)] == [1]
    assert desk.twin.webhooks.waiting == 1


@pytest.mark.fact("POST to the app", switch="webhook_lose_every")
def test_events_can_get_lost(desk):
    """[U] HubSpot gives up after ten retries; nothing promises that it always begins."""
    desk.twin.flip(webhook_lose_every=3)
    desk.twin.subscribe(desk.now, URL, BORN)
    for n in range(1, 7):
        publish(desk, "creation", n)

    assert [one["objectId"] for one in events(desk)] == [1, 2, 4, 5]


@pytest.mark.fact("POST to the app", switch="webhook_double_every")
def test_events_can_come_twice(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: possible duplicates."""
    desk.twin.flip(webhook_double_every=2)
    desk.twin.subscribe(desk.now, URL, BORN)
    for n in (1, 2):
        publish(desk, "creation", n)

    one, two, again = events(desk)

    assert (one["objectId"], two) == (1, again)


@pytest.mark.fact("POST to the app", switch="webhook_newest_first")
def test_events_can_come_out_of_order(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: no order is promised."""
    desk.twin.flip(webhook_newest_first=True)
    desk.twin.subscribe(desk.now, URL, BORN)
    for n in (1, 2, 3):
        publish(desk, "creation", n)

    assert [one["objectId"] for one in events(desk)] == [3, 2, 1]


@pytest.mark.fact("POST to the app", switch="webhook_delay_ms")
def test_events_can_come_late(desk):
    """[U] How long after a change HubSpot posts."""
    desk.twin.flip(webhook_delay_ms=30_000)
    desk.twin.subscribe(desk.now, URL, BORN)
    publish(desk, "creation", 1)

    at_once = due(desk)
    desk.later(seconds=30)

    assert (at_once, len(due(desk))) == ([], 1)


@pytest.mark.fact("POST to the app", switch="webhook_signature_version")
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_signatures_satisfy_hubspots_own_helper(desk, version):
    """https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation"""
    desk.twin.flip(webhook_signature_version=version)
    desk.twin.subscribe(desk.now, URL, BORN)
    publish(desk, "creation", 1)

    (one,) = due(desk)

    told = one.headers
    assert (told["X-HubSpot-Signature-Version"], told["Content-Type"]) == (version, "application/json")
    body = one.body.decode()
    assert Signature.is_valid(
        signature=told["X-HubSpot-Signature"],
        client_secret=SECRET,
        request_body=body,
        http_uri=URL,
        http_method="POST",
        signature_version=version,
    )
    stamp = told["X-HubSpot-Request-Timestamp"]
    assert int(stamp) == int(desk.now.timestamp() * 1000)
    assert told["X-HubSpot-Signature-v3"] == signature.v3(SECRET, "POST", URL, body, stamp)


@pytest.mark.fact("POST to the app")
def test_version_3_of_the_signature_agrees_with_hubspots_own_helper():
    """https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation"""
    stamp = str(4_000_000_000_000)  # the helper takes a stamp of the future and refuses an old one

    signed = signature.v3(SECRET, "POST", URL, "[1]", stamp)

    valid = Signature.is_valid(
        signature=signed,
        client_secret=SECRET,
        request_body="[1]",
        http_uri=URL,
        http_method="POST",
        signature_version="v3",
        timestamp=stamp,
    )
    assert valid


@pytest.mark.fact("POST to the app")
def test_the_address_is_signed_with_twelve_characters_decoded():
    """https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation"""
    written = "https://x.example/a%3Ab%2Fc%3fd?e=%40%21%24%27%28%29%2A%2C%3B%20"

    assert signature.plain(written) == "https://x.example/a:b/c?d?e=@!$'()*,;%20"


@pytest.mark.fact("PUT /webhooks/{app}/settings", switch="webhook_settings_lag_ms")
def test_new_settings_may_take_five_minutes(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: cached for up to five minutes."""
    desk.twin.flip(webhook_settings_lag_ms=300_000)
    desk.twin.subscribe(desk.now, URL, BORN, is_public=True)
    publish(desk, "creation", 1)
    desk.later(minutes=5)
    publish(desk, "creation", 2)
    body = {"targetUrl": "https://new.example/x", "throttling": {"maxConcurrentRequests": 5}}
    assert configure(desk, "PUT", "settings", body).status == 200

    (old,) = due(desk)
    desk.later(minutes=5)
    publish(desk, "creation", 3)
    new = due(desk)[-1]

    assert (old.url, [one["objectId"] for one in old.events()]) == (URL, [2])
    assert new.url == "https://new.example/x"


@pytest.mark.fact("POST /webhooks/{app}/subscriptions")
@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_a_public_apps_subscriptions_are_made_by_the_api(desk, version):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, is_public=True)
    wish = {"eventType": "contact.propertyChange", "propertyName": "city", "active": True}

    made = configure(desk, "POST", "subscriptions", wish, version=version)
    listed = configure(desk, "GET", "subscriptions", version=version).json()["results"]
    read = configure(desk, "GET", f"subscriptions/{made.json()['id']}", version=version).json()

    assert (made.status, listed) == (201, [made.json()])
    assert (read["eventType"], read["propertyName"], read["active"]) == (
        "contact.propertyChange",
        "city",
        True,
    )


@pytest.mark.fact("PATCH /webhooks/{app}/subscriptions/{subscription}")
@pytest.mark.fact("POST /webhooks/{app}/subscriptions/batch/update")
def test_a_subscription_is_paused_until_it_is_activated(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: active defaults to false."""
    desk.twin.subscribe(desk.now, URL, is_public=True)
    made = configure(desk, "POST", "subscriptions", {"eventType": "contact.creation"}).json()
    publish(desk, "creation", 1)
    configure(desk, "PATCH", f"subscriptions/{made['id']}", {"active": True})
    publish(desk, "creation", 2)
    inputs = [{"id": int(made["id"]), "active": False}]
    batch = configure(desk, "POST", "subscriptions/batch/update", {"inputs": inputs})
    publish(desk, "creation", 3)

    assert made["active"] is False
    assert batch.json()["results"][0]["active"] is False
    assert [one["objectId"] for one in events(desk)] == [2]


@pytest.mark.fact("DELETE /webhooks/{app}/subscriptions/{subscription}")
def test_a_deleted_subscription_tells_nothing(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    app = desk.twin.subscribe(desk.now, URL, BORN, is_public=True)
    number = next(iter(app.subscriptions))

    gone = configure(desk, "DELETE", f"subscriptions/{number}")
    publish(desk, "creation", 1)

    assert (gone.status, configure(desk, "GET", f"subscriptions/{number}").status) == (204, 404)
    assert events(desk) == []


@pytest.mark.fact("PUT /webhooks/{app}/settings")
def test_the_target_must_be_https(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, "", BORN, is_public=True)
    unset = configure(desk, "GET", "settings")

    plain = configure(desk, "PUT", "settings", {"targetUrl": "http://x.example", "throttling": {}})
    good = configure(desk, "PUT", "settings", {"targetUrl": URL, "throttling": {"period": "SECONDLY"}})
    read = configure(desk, "GET", "settings").json()
    gone = configure(desk, "DELETE", "settings")

    assert (unset.status, plain.status, good.status, gone.status) == (404, 400, 200, 204)
    assert (read["targetUrl"], read["throttling"]["maxConcurrentRequests"]) == (URL, 10)
    publish(desk, "creation", 1)
    assert events(desk) == []


@pytest.mark.fact("POST /webhooks/{app}/subscriptions")
@pytest.mark.parametrize(
    "wish",
    [
        {"eventType": "contact.propertyChange"},
        {"eventType": "contact.propertyChange", "propertyName": "hs_lastmodifieddate"},
        {"eventType": "contact.propertyChange", "propertyName": "num_unique_conversion_events"},
        {"eventType": "contact.birthday"},
        {"eventType": "unicorn.creation"},
        {"eventType": "task.creation"},
        {"eventType": "company.privacyDeletion"},
        {"eventType": "object.privacyDeletion", "objectTypeId": "0-1"},
        {"eventType": "object.creation"},
    ],
)
def test_what_cannot_be_subscribed_to_is_a_400(desk, wish):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, is_public=True)

    assert configure(desk, "POST", "subscriptions", wish).status == 400


@pytest.mark.fact("POST /webhooks/{app}/subscriptions")
def test_an_app_has_at_most_a_thousand_subscriptions(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    wishes = (Wish("contact.propertyChange", f"p{n}") for n in range(1000))
    desk.twin.subscribe(desk.now, URL, *wishes, is_public=True)

    assert configure(desk, "POST", "subscriptions", {"eventType": "contact.creation"}).status == 400


@pytest.mark.fact("GET /webhooks/{app}/subscriptions")
def test_only_a_developer_key_opens_a_public_apps_settings(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    desk.twin.subscribe(desk.now, URL, BORN, is_public=True)
    desk.twin.subscribe(desk.now, URL, BORN, app_id=77)

    wrong = configure(desk, "GET", "subscriptions", key="wrong").status
    of_a_static_app = configure(desk, "GET", "subscriptions", app=77).status

    assert (wrong, of_a_static_app) == (401, 404)


@pytest.mark.fact("POST to the app")
def test_webhooks_are_no_api_calls(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide: they do not count."""
    desk.twin.subscribe(desk.now, URL, BORN)
    ada = desk.contact(email="ada@example.com")
    events(desk)

    assert desk.get(f"contacts/{ada}").headers["X-HubSpot-RateLimit-Daily-Remaining"] == "624998"


class Bridge:
    """An app that writes down what is posted to it."""

    def __init__(self, status: int = 204) -> None:
        self.status, self.taken = status, []

    def handle(self, request, now):
        self.taken.append(request)
        return Reply(self.status)


@pytest.mark.fact("POST to the app")
def test_events_are_really_posted_over_the_network(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    bridge = Bridge()
    with Served(bridge, lambda: desk.now) as served:
        desk.twin.subscribe(desk.now, f"{served.url}/hooks?x=1", BORN)
        ada = desk.contact(email="ada@example.com")

        posted = desk.twin.webhooks.deliver(desk.now)

    (request,) = bridge.taken
    assert (posted, desk.twin.webhooks.waiting) == (1, 0)
    assert (request.method, request.path) == ("POST", "/hooks")
    assert [one["objectId"] for one in json.loads(request.body)] == [int(ada)]
    stamp = request.headers["x-hubspot-request-timestamp"]
    wanted = signature.v3(SECRET, "POST", f"{served.url}/hooks?x=1", request.body.decode(), stamp)
    assert request.headers["x-hubspot-signature-v3"] == wanted


@pytest.mark.fact("POST to the app")
def test_an_app_that_is_not_there_is_tried_again(desk):
    """https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide"""
    with Served(Bridge(), lambda: desk.now) as gone:
        url = gone.url
    desk.twin.subscribe(desk.now, url, BORN)
    publish(desk, "creation", 1)

    desk.twin.webhooks.deliver(desk.now)

    assert desk.twin.webhooks.waiting == 1
