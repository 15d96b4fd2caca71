"""Associations on HubSpot's wire: types and directions, primary ones, labels, limits, and what follows."""

from __future__ import annotations

import pytest

V4 = "/crm/v4/associations/contacts/companies"
DATED = "/crm/associations/2026-09/contacts/companies"
SAM = "sam.seller@example.com"


def kind(type_id, category="HUBSPOT_DEFINED"):
    return {"associationCategory": category, "associationTypeId": type_id}


def pair_of(here, there, *types):
    row = {"from": {"id": here}, "to": {"id": there}}
    return {**row, "types": list(types)} if types else row


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com")


@pytest.fixture
def acme(desk):
    return desk.twin.create("companies", {"name": "Acme"}, SAM, desk.now)


@pytest.fixture
def beta(desk):
    return desk.twin.create("companies", {"name": "Beta"}, SAM, desk.now)


def types(desk, ada, there="companies", here="contacts"):
    """Type ids by joined record; those that people made are below zero."""
    reply = desk.call("GET", f"/crm/v4/objects/{here}/{ada}/associations/{there}")
    return {
        str(one["toObjectId"]): {
            each["typeId"] * (-1 if each["category"] == "USER_DEFINED" else 1)
            for each in one["associationTypes"]
        }
        for one in reply.json()["results"]
    }


def create(desk, *inputs, root=V4):
    return desk.call("POST", f"{root}/batch/create", {"inputs": list(inputs)})


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_created_association_tells_its_ends_as_numbers(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    reply = create(desk, pair_of(ada, acme, kind(1)))

    (row,) = reply.json()["results"]
    assert reply.status == 201
    assert row == {
        "fromObjectTypeId": "0-1",
        "fromObjectId": int(ada),
        "toObjectTypeId": "0-2",
        "toObjectId": int(acme),
        "labels": ["Primary"],
    }


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_the_dated_batch_create_answers_200(desk, ada, acme):
    """https://github.com/HubSpot/HubSpot-public-api-spec-collection"""
    assert create(desk, pair_of(ada, acme, kind(279)), root=DATED).status == 200


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_primary_association_comes_with_the_plain_one(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    create(desk, pair_of(ada, acme, kind(1)))

    assert types(desk, ada) == {acme: {1, 279}}
    assert types(desk, acme, "contacts", "companies") == {ada: {2, 280}}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_second_primary_company_takes_the_place_of_the_first(desk, ada, acme, beta):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    create(desk, pair_of(ada, acme, kind(1)))

    create(desk, pair_of(ada, beta, kind(1)))

    assert types(desk, ada) == {acme: {279}, beta: {1, 279}}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_company_is_the_primary_one_of_many_contacts(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    bob = desk.contact(email="bob@example.com")

    create(desk, pair_of(ada, acme, kind(1)), pair_of(bob, acme, kind(1)))

    assert types(desk, acme, "contacts", "companies") == {ada: {2, 280}, bob: {2, 280}}


@pytest.mark.fact(
    "POST /crm/associations/{kind}/{to}/batch/associate/default", switch="first_company_is_primary"
)
@pytest.mark.parametrize(("is_primary", "found"), [(True, {1, 279}), (False, {279})])
def test_the_first_company_becomes_the_primary_one(desk, ada, acme, beta, is_primary, found):
    """[U] From memory: the account's setting; the other behaviour is a switch."""
    desk.twin.flip(first_company_is_primary=is_primary)

    desk.call("POST", f"{V4}/batch/associate/default", {"inputs": [pair_of(ada, acme), pair_of(ada, beta)]})

    assert types(desk, ada) == {acme: found, beta: {279}}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_type_of_the_other_direction_is_refused(desk, ada, acme):
    """Seen in traffic: ``invalid from object type … expected: …``, https://developers.hubspot.com/docs/api-reference/error-handling"""
    wrong = create(desk, pair_of(ada, acme, kind(280)))
    unknown = create(desk, pair_of(ada, acme, kind(99_999)))

    said = "invalid from object type 0-1 for associations to be created. expected: 0-2"
    assert (wrong.status, wrong.json()["message"]) == (400, said)
    assert unknown.status == 400
    assert types(desk, ada) == {}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
@pytest.mark.parametrize(
    "row",
    [
        {"from": {"id": "1"}, "to": {"id": "2"}},
        {"from": {"id": "1"}, "types": []},
        {"from": "1", "to": "2", "types": []},
        {"from": {"id": "1"}, "to": {"id": "2"}, "types": [{}]},
        {"from": {"id": "1"}, "to": {"id": "2"}, "types": "primary"},
        {"from": {"id": "1"}, "to": {"id": "2"}, "types": [kind("primary")]},
    ],
)
def test_an_association_without_its_fields_is_a_400(desk, row):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/307"""
    assert create(desk, row).status == 400


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_missing_record_is_told_and_the_others_are_joined(desk, ada, acme):
    """[U] A 207 with the one error for all missing ids."""
    reply = create(desk, pair_of(ada, acme, kind(279)), pair_of(ada, "999", kind(279)))

    assert (reply.status, reply.json()["numErrors"]) == (207, 1)
    assert reply.json()["errors"][0]["context"]["ids"] == ["999"]
    assert [*types(desk, ada)] == [acme]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/read")
@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_batch_reads_1000_and_creates_2000_at_most(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    replies = [
        desk.call("POST", f"{V4}/batch/read", {"inputs": [{"id": ada}] * 1001}),
        desk.call("POST", f"{V4}/batch/associate/default", {"inputs": [pair_of(ada, acme)] * 2001}),
        create(desk, *[pair_of(ada, acme, kind(279))] * 2001),
    ]

    assert [one.status for one in replies] == [400, 400, 400]
    assert desk.call("POST", f"{V4}/batch/read", {"inputs": [{"id": ada}] * 1000}).status == 207


@pytest.mark.fact("GET /crm/objects/{kind}/{id}/associations/{to}")
def test_the_associations_of_one_record_come_in_pages(desk, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(5)], desk.now).ids
    for id_ in ids:
        desk.twin.associate("contacts", id_, "companies", acme)

    seen, after = [], ""
    for _ in range(3):
        path = f"/crm/objects/2026-09/companies/{acme}/associations/contacts?limit=2{after}"
        body = desk.call("GET", path).json()
        seen.append([str(one["toObjectId"]) for one in body["results"]])
        after = f"&after={body['paging']['next']['after']}" if "paging" in body else ""

    assert seen == [ids[:2], ids[2:4], ids[4:]]
    assert after == ""


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/read")
def test_a_batch_read_of_many_associations_has_a_next_page(desk, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide: ``after`` in the input."""
    ids = desk.twin.load("contacts", [{"lastname": f"L{n}"} for n in range(501)], desk.now).ids
    for id_ in ids:
        desk.twin.associate("contacts", id_, "companies", acme)
    path = "/crm/v4/associations/companies/contacts/batch/read"

    (first,) = desk.call("POST", path, {"inputs": [{"id": acme}]}).json()["results"]
    after = first["paging"]["next"]["after"]
    (second,) = desk.call("POST", path, {"inputs": [{"id": acme, "after": after}]}).json()["results"]

    assert (len(first["to"]), [str(one["toObjectId"]) for one in second["to"]]) == (500, [ids[-1]])
    assert "paging" not in second


@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/{to}/{id}")
def test_a_put_of_labels_replaces_those_that_were_there(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    create(desk, pair_of(ada, acme, kind(1)))
    path = f"/crm/v4/objects/contacts/{ada}/associations/companies/{acme}"

    reply = desk.call("PUT", path, [kind(279)])

    assert (reply.status, reply.json()["labels"]) == (201, [])
    assert types(desk, ada) == {acme: {279}}
    assert types(desk, acme, "contacts", "companies") == {ada: {280}}


@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/{to}/{id}")
def test_a_put_to_a_missing_record_names_it(desk, ada):
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/646"""
    reply = desk.call("PUT", f"/crm/v4/objects/contacts/{ada}/associations/companies/77", [kind(279)])

    assert (reply.status, reply.json()["message"]) == (400, "One or more associations are invalid")
    assert reply.json()["context"]["INVALID_OBJECT_IDS"] == ["COMPANY=77 is not valid"]


@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/{to}/{id}")
@pytest.mark.parametrize("body", [None, {}, "contact_to_company", [7]])
def test_a_put_of_labels_takes_a_list_of_specs(desk, ada, acme, body):
    """https://github.com/HubSpot/hubspot-api-php/issues/227"""
    path = f"/crm/v4/objects/contacts/{ada}/associations/companies/{acme}"

    assert desk.call("PUT", path, body).status == 400


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}/associations/{to}/{id}")
def test_parting_strangers_is_a_204(desk, ada):
    """[U] Idempotent, from memory."""
    root = f"/crm/v4/objects/contacts/{ada}/associations/companies"

    assert [desk.call("DELETE", f"{root}/{other}").status for other in ("77", "x")] == [204, 204]


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/archive")
def test_a_batch_archive_parts_one_from_many(desk, ada, acme, beta):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    create(desk, pair_of(ada, acme, kind(1)), pair_of(ada, beta, kind(279)))

    inputs = [{"from": {"id": ada}, "to": [{"id": acme}, {"id": beta}, {"id": "77"}]}]
    reply = desk.call("POST", f"{V4}/batch/archive", {"inputs": inputs})

    assert (reply.status, types(desk, ada)) == (204, {})
    assert desk.twin.associated("companies", acme, "contacts") == []


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/labels/archive")
def test_an_archived_label_leaves_the_plain_association(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    create(desk, pair_of(ada, acme, kind(1)))

    reply = desk.call("POST", f"{V4}/batch/labels/archive", {"inputs": [pair_of(ada, acme, kind(1))]})

    assert (reply.status, types(desk, ada)) == (204, {acme: {279}})


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/labels")
def test_a_label_is_a_pair_of_types_with_a_side_each(desk, ada, acme):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-schema/guide"""
    body = {"label": "Decision maker", "inverseLabel": "Decides for", "name": "decision_maker"}

    made = desk.call("POST", f"{V4}/labels", body)

    here, there = made.json()["results"]
    assert (made.status, here["category"]) == (200, "USER_DEFINED")
    assert (here["label"], there["label"]) == ("Decision maker", "Decides for")
    create(desk, pair_of(ada, acme, kind(here["typeId"], "USER_DEFINED")))
    assert types(desk, ada) == {acme: {279, -here["typeId"]}}
    assert types(desk, acme, "contacts", "companies") == {ada: {280, -there["typeId"]}}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/labels")
@pytest.mark.parametrize("body", [{"label": "X"}, {"name": "x"}, {"label": "Again", "name": "known"}])
def test_a_label_needs_a_name_of_its_own(desk, body):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: the name is unique."""
    desk.call("POST", f"{V4}/labels", {"label": "Known", "name": "known"})

    assert desk.call("POST", f"{V4}/labels", body).status == 400


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/labels")
def test_two_kinds_have_fifty_labels_at_most(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: HTTP 437."""
    replies = [
        desk.call("POST", f"{V4}/labels", {"label": f"L{n}", "name": f"l{n}"}).status for n in range(51)
    ]

    assert replies == [200] * 50 + [437]


@pytest.mark.fact("PUT /crm/associations/{kind}/{to}/labels")
def test_a_label_gets_other_words_on_both_sides(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    made = desk.call("POST", f"{V4}/labels", {"label": "Boss", "name": "boss"}).json()["results"]
    number = made[0]["typeId"]

    reply = desk.call("PUT", f"{V4}/labels", {"associationTypeId": number, "label": "Chief"})

    back = desk.call("GET", "/crm/v4/associations/companies/contacts/labels").json()["results"]
    assert reply.status == 204
    assert "Chief" in {one["label"] for one in back}
    assert desk.call("PUT", f"{V4}/labels", {"associationTypeId": 279, "label": "Main"}).status == 400
    assert desk.call("PUT", f"{V4}/labels", {"associationTypeId": 777, "label": "Main"}).status == 404


@pytest.mark.fact("DELETE /crm/associations/{kind}/{to}/labels/{id}")
def test_a_deleted_label_goes_from_both_sides_and_from_records(desk, ada, acme):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    made = desk.call("POST", f"{V4}/labels", {"label": "Boss", "name": "boss"}).json()["results"]
    create(desk, pair_of(ada, acme, kind(made[0]["typeId"], "USER_DEFINED")))

    reply = desk.call("DELETE", f"{V4}/labels/{made[0]['typeId']}")

    back = desk.call("GET", "/crm/v4/associations/companies/contacts/labels").json()["results"]
    assert (reply.status, types(desk, ada)) == (204, {acme: {279}})
    assert "Boss" not in {one["label"] for one in back}


@pytest.mark.fact("POST /crm/associations/definitions/configurations/{kind}/{to}/batch/create")
def test_a_limit_caps_how_many_records_one_is_joined_to(desk, ada, acme, beta):
    """https://developers.hubspot.com/changelog/introducing-custom-association-limits-for-associations-api"""
    root = "/crm/v4/associations/definitions/configurations/contacts/companies"
    cap = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}

    desk.call("POST", f"{root}/batch/create", {"inputs": [cap]})
    first = create(desk, pair_of(ada, acme, kind(279)))
    second = create(desk, pair_of(ada, beta, kind(279)))
    told = desk.call("GET", root).json()["results"]
    desk.call("POST", f"{root}/batch/purge", {"inputs": [cap]})
    third = create(desk, pair_of(ada, beta, kind(279)))

    assert (first.status, second.status, third.status) == (201, 400, 201)
    assert [one["userEnforcedMaxToObjectIds"] for one in told] == [1]


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_a_record_shows_its_associations_by_their_old_names(desk, ada, acme, beta):
    """Captured traffic: the plain type of a pair with a primary one is ``…_unlabeled``; https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    create(desk, pair_of(ada, acme, kind(1)), pair_of(ada, beta, kind(279)))

    told = desk.get(f"contacts/{ada}?associations=companies").json()["associations"]["companies"]["results"]

    assert sorted((one["id"], one["type"]) for one in told) == [
        (acme, "contact_to_company"),
        (acme, "contact_to_company_unlabeled"),
        (beta, "contact_to_company_unlabeled"),
    ]


@pytest.fixture
def lead(desk, ada):
    """A lead about a contact."""
    to = [{"to": {"id": ada}, "types": [kind(578)]}]
    made = desk.post("leads", {"properties": {"hs_lead_name": "Ada"}, "associations": to})
    return made.json()["id"]


@pytest.mark.fact("POST /crm/objects/{kind}")
def test_a_lead_is_joined_to_its_primary_contact(desk, ada, lead):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    assert types(desk, lead, "contacts", "leads") == {ada: {578, 608}}
    assert types(desk, ada, "leads") == {lead: {609}}


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}/associations/{to}/{id}")
@pytest.mark.parametrize("way", ["one", "batch", "label", "other end"])
def test_a_lead_dies_with_its_last_primary_association(desk, ada, lead, way):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    root = "/crm/v4/associations/leads/contacts/batch"
    match way:
        case "one":
            desk.call("DELETE", f"/crm/v4/objects/leads/{lead}/associations/contacts/{ada}")
        case "batch":
            inputs = [{"from": {"id": lead}, "to": [{"id": ada}]}]
            desk.call("POST", f"{root}/archive", {"inputs": inputs})
        case "label":
            desk.call("POST", f"{root}/labels/archive", {"inputs": [pair_of(lead, ada, kind(578))]})
        case _:
            desk.call("DELETE", f"/crm/v4/objects/contacts/{ada}/associations/leads/{lead}")

    assert desk.get(f"leads/{lead}").status == 404


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}/associations/{to}/{id}")
def test_a_lead_lives_on_with_another_primary(desk, ada, acme, lead):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    create(desk, pair_of(lead, acme, kind(580)), root="/crm/v4/associations/leads/companies")

    desk.call("DELETE", f"/crm/v4/objects/leads/{lead}/associations/contacts/{ada}")

    assert desk.get(f"leads/{lead}").status == 200


@pytest.mark.fact("PUT /crm/objects/{kind}/{id}/associations/default/{to}/{id}")
def test_an_association_change_does_not_move_the_modified_time(desk, ada, acme):
    """[U] From memory: why only webhooks or a sweep can see association changes."""
    before = [desk.twin.record("contacts", ada), desk.twin.record("companies", acme)]
    path = f"/crm/v4/objects/contacts/{ada}/associations"

    desk.call("PUT", f"{path}/default/companies/{acme}")
    desk.call("DELETE", f"{path}/companies/{acme}")

    assert [desk.twin.record("contacts", ada), desk.twin.record("companies", acme)] == before


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/read")
@pytest.mark.parametrize("ends", ["notes/notes", "contacts/line_items", "line_items/leads"])
def test_kinds_that_cannot_be_joined_are_a_400(desk, ends):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide"""
    assert desk.call("POST", f"/crm/v4/associations/{ends}/batch/read", {"inputs": []}).status == 400


@pytest.mark.fact("GET /crm/associations/{kind}/{to}/labels")
@pytest.mark.parametrize(
    ("ends", "ids"),
    [
        ("contacts/companies", {279, 1}),
        ("companies/contacts", {280, 2}),
        ("deals/contacts", {3}),
        ("contacts/deals", {4}),
        ("deals/companies", {341, 5}),
        ("companies/deals", {342, 6}),
        ("leads/contacts", {608, 578}),
        ("contacts/leads", {609}),
        ("leads/companies", {610, 580}),
        ("companies/leads", {611}),
        ("leads/deals", {1037, 582}),
        ("deals/leads", {1038, 583}),
        ("deals/line_items", {19}),
        ("line_items/deals", {20}),
        ("contacts/tasks", {203}),
        ("contacts/notes", {201}),
        ("contacts/calls", {193}),
        ("contacts/emails", {197}),
        ("contacts/meetings", {199}),
        ("deals/tasks", {215}),
        ("deals/notes", {213}),
        ("tasks/contacts", {204}),
        ("tasks/companies", {192}),
        ("tasks/deals", {216}),
        ("tasks/leads", {647}),
        ("notes/contacts", {202}),
        ("notes/companies", {190}),
        ("notes/deals", {214}),
        ("notes/leads", {855}),
        ("contacts/contacts", {449}),
        ("companies/companies", {450, 13, 14}),
    ],
)
def test_every_pair_has_the_documented_type_ids(desk, ends, ids):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide"""
    rows = desk.call("GET", f"/crm/associations/2026-09/{ends}/labels").json()["results"]

    assert {one["typeId"] for one in rows} == ids
    assert {one["category"] for one in rows} == {"HUBSPOT_DEFINED"}


@pytest.mark.fact("POST /crm/associations/{kind}/{to}/batch/create")
def test_a_parent_company_sees_its_child(desk, acme, beta):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide"""
    create(desk, pair_of(acme, beta, kind(13)), root="/crm/v4/associations/companies/companies")

    assert types(desk, acme, "companies", "companies") == {beta: {13, 450}}
    assert types(desk, beta, "companies", "companies") == {acme: {14, 450}}
