"""Segments, which the API calls lists: made by hand or by filter, read, searched, changed and restored."""

from __future__ import annotations

import pytest

ROOT = "/crm/lists/2026-09"
HAND = {"name": "Invited", "objectTypeId": "0-1", "processingType": "MANUAL"}


def branch(*filters, more=()):
    """A root branch with one AND in it."""
    inner = {"filterBranchType": "AND", "filterBranches": list(more), "filters": list(filters)}
    return {"filterBranchType": "OR", "filterBranches": [inner], "filters": []}


def about(name, type_, operator, **more):
    return {
        "filterType": "PROPERTY",
        "property": name,
        "operation": {"operationType": type_, "operator": operator, **more},
    }


LIMA = branch(about("city", "STRING", "IS_EQUAL_TO", value="lima"))


def make(desk, **changes):
    return desk.call("POST", ROOT, {**HAND, **changes})


def made(desk, **changes):
    return make(desk, **changes).json()["list"]["listId"]


def members(desk, list_, more=""):
    body = desk.call("GET", f"{ROOT}/{list_}/memberships{more}").json()
    return [one["recordId"] for one in body["results"]]


@pytest.fixture
def people(desk):
    """Three contacts, two of them in Lima."""
    cities = {"ada": "Lima", "bob": "Rome", "cyd": "Lima"}
    return {name: desk.contact(email=f"{name}@example.com", city=city) for name, city in cities.items()}


@pytest.mark.fact("POST /crm/lists")
def test_a_list_made_by_hand_begins_empty(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    reply = make(desk)

    told = reply.json()["list"]
    assert (reply.status, told["processingType"], told["processingStatus"]) == (200, "MANUAL", "COMPLETE")
    assert (told["objectTypeId"], told["size"], told["listVersion"]) == ("0-1", 0, 1)
    assert isinstance(told["listId"], str)


@pytest.mark.fact("POST /crm/lists")
@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"objectTypeId": None},
        {"processingType": "AUTOMATIC"},
        {"processingType": "DYNAMIC"},
        {"processingType": "DYNAMIC", "filterBranch": []},
        {"filterBranch": {"filterBranchType": "AND", "filters": []}},
        {"filterBranch": {"filterBranchType": "OR", "filterBranches": []}},
        {"filterBranch": branch({"filterType": "WEATHER"})},
        {"filterBranch": branch(about("nothing", "STRING", "IS_EQUAL_TO", value="x"))},
        {"filterBranch": branch(about("city", "STRING", "SOUNDS_LIKE", value="x"))},
        {"filterBranch": branch(about("city", "STRING", "IS_EQUAL_TO"))},
        {"filterBranch": branch({"filterType": "PROPERTY", "property": "city"})},
        {"filterBranch": branch({"filterType": "IN_LIST", "listId": "77", "operator": "IN_LIST"})},
    ],
)
def test_a_list_that_cannot_be_understood_is_a_400(desk, changes):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters"""
    assert make(desk, **changes).status == 400


@pytest.mark.fact("POST /crm/lists")
def test_a_list_of_an_unknown_kind_names_its_error(desk):
    """https://github.com/singer-io/tap-hubspot/issues/299"""
    told = make(desk, objectTypeId="0-53").json()

    assert told["subCategory"] == "ListError.INVALID_OBJECT_TYPE_FOR_LIST"
    assert told["message"] == "The objectTypeId 0-53 provided for the list is not valid for this portal."


@pytest.mark.fact("POST /crm/lists")
def test_the_name_of_a_list_is_taken_once(desk):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/create-list"""
    make(desk)

    assert make(desk, name="INVITED").status == 400


@pytest.mark.fact("PUT /crm/lists/{list}/memberships/add")
def test_records_are_put_in_and_missing_ones_are_named(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk)

    reply = desk.call("PUT", f"{ROOT}/{list_}/memberships/add", [people["bob"], "77", "x"])

    assert reply.status == 200
    assert reply.json() == {
        "recordsIdsAdded": [people["bob"]],
        "recordIdsRemoved": [],
        "recordIdsMissing": ["77", "x"],
    }
    assert members(desk, list_) == [people["bob"]]


@pytest.mark.fact("PUT /crm/lists/{list}/memberships/remove")
@pytest.mark.fact("PUT /crm/lists/{list}/memberships/add-and-remove")
@pytest.mark.fact("DELETE /crm/lists/{list}/memberships")
def test_records_are_taken_out(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk)
    root = f"{ROOT}/{list_}/memberships"
    desk.call("PUT", f"{root}/add", [*people.values()])

    first = desk.call("PUT", f"{root}/remove", [people["ada"]]).json()
    change = {"recordIdsToAdd": [people["ada"]], "recordIdsToRemove": [people["bob"]]}
    second = desk.call("PUT", f"{root}/add-and-remove", change).json()
    left = members(desk, list_)
    cleared = desk.call("DELETE", root)

    assert first["recordIdsRemoved"] == [people["ada"]]
    assert (second["recordsIdsAdded"], second["recordIdsRemoved"]) == ([people["ada"]], [people["bob"]])
    assert left == [people["ada"], people["cyd"]]
    assert (cleared.status, members(desk, list_)) == (204, [])


@pytest.mark.fact("PUT /crm/lists/{list}/memberships/add-from/{list}")
def test_a_list_takes_over_the_members_of_another(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    lima, mine = made(desk, name="Lima", processingType="DYNAMIC", filterBranch=LIMA), made(desk)

    reply = desk.call("PUT", f"{ROOT}/{mine}/memberships/add-from/{lima}")

    assert (reply.status, members(desk, mine)) == (204, [people["ada"], people["cyd"]])
    companies = made(desk, name="Firms", objectTypeId="0-2")
    assert desk.call("PUT", f"{ROOT}/{companies}/memberships/add-from/{lima}").status == 400


@pytest.mark.fact("PUT /crm/lists/{list}/memberships/add")
@pytest.mark.parametrize("way", ["add", "remove", "add-and-remove", "add-from/1", ""])
def test_the_members_of_a_dynamic_list_cannot_be_written(desk, people, way):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk, processingType="DYNAMIC", filterBranch=LIMA)
    verb = "PUT" if way else "DELETE"
    body = {"recordIdsToAdd": [people["bob"]]} if "and" in way else [people["bob"]]

    reply = desk.call(verb, f"{ROOT}/{list_}/memberships/{way}".rstrip("/"), body)

    assert (reply.status, members(desk, list_)) == (400, [people["ada"], people["cyd"]])


@pytest.mark.fact("GET /crm/lists/{list}/memberships")
def test_a_dynamic_list_follows_its_records(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk, processingType="DYNAMIC", filterBranch=LIMA)
    before = members(desk, list_)

    desk.write(people["bob"], city="Lima")
    desk.write(people["ada"], city="Oslo")
    desk.twin.archive("contacts", people["cyd"], "sam.seller@example.com", desk.now)

    assert (before, members(desk, list_)) == ([people["ada"], people["cyd"]], [people["bob"]])


@pytest.mark.fact("GET /crm/lists/{list}/memberships", switch="list_lag_ms")
def test_a_dynamic_list_may_lag_behind(desk, people):
    """[U] Lists are worked out in the background: how long that takes is a switch."""
    list_ = made(desk, processingType="DYNAMIC", filterBranch=LIMA)
    desk.twin.flip(list_lag_ms=60_000)

    desk.write(people["bob"], city="Lima")
    at_once = members(desk, list_)
    desk.later(minutes=2)

    assert people["bob"] not in at_once
    assert people["bob"] in members(desk, list_)


@pytest.mark.fact("GET /crm/lists/{list}/memberships")
def test_a_snapshot_is_taken_once_and_then_kept_by_hand(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk, processingType="SNAPSHOT", filterBranch=LIMA)

    desk.write(people["ada"], city="Oslo")
    desk.call("PUT", f"{ROOT}/{list_}/memberships/add", [people["bob"]])

    assert members(desk, list_) == [*people.values()]


@pytest.mark.fact("GET /crm/lists/{list}/memberships")
@pytest.mark.fact("GET /crm/lists/{list}/memberships/join-order")
def test_members_come_in_pages_by_id_or_by_the_time_they_joined(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk)
    for name in ("cyd", "ada", "bob"):
        desk.call("PUT", f"{ROOT}/{list_}/memberships/add", [people[name]])

    first = desk.call("GET", f"{ROOT}/{list_}/memberships?limit=2").json()
    second = members(desk, list_, f"?limit=2&after={first['paging']['next']['after']}")
    joined = desk.call("GET", f"{ROOT}/{list_}/memberships/join-order").json()["results"]

    assert [one["recordId"] for one in first["results"]] + second == [*people.values()]
    assert [one["recordId"] for one in joined] == [people["cyd"], people["ada"], people["bob"]]
    stamps = [one["membershipTimestamp"] for one in joined]
    assert stamps == sorted(stamps)
    assert desk.call("GET", f"{ROOT}/{list_}/memberships?limit=251").status == 400


@pytest.mark.fact("GET /crm/lists/records/{kind}/{id}/memberships")
def test_a_record_tells_its_lists(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    lima = made(desk, name="Lima", processingType="DYNAMIC", filterBranch=LIMA)
    made(desk)

    told = desk.call("GET", f"{ROOT}/records/0-1/{people['ada']}/memberships").json()["results"]

    assert [one["listId"] for one in told] == [lima]


@pytest.mark.fact("GET /crm/lists/{list}")
@pytest.mark.fact("GET /crm/lists/object-type-id/{kind}/name/{name}")
def test_a_list_is_read_by_id_or_name_with_its_filters_on_demand(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk, name="In Lima", processingType="DYNAMIC", filterBranch=LIMA)

    plain = desk.call("GET", f"/crm/v3/lists/{list_}").json()["list"]
    full = desk.call("GET", f"/crm/v3/lists/{list_}?includeFilters=true").json()["list"]
    named = desk.call("GET", f"{ROOT}/object-type-id/0-1/name/in%20lima").json()["list"]

    assert (plain["size"], "filterBranch" in plain, full["filterBranch"]) == (2, False, LIMA)
    assert named == plain
    assert desk.call("GET", f"{ROOT}/77").status == 404
    assert desk.call("GET", f"{ROOT}/object-type-id/0-1/name/nothing").status == 404


@pytest.mark.fact("GET /crm/lists")
def test_several_lists_are_read_by_their_ids(desk):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    ids = [made(desk, name=f"List {n}") for n in range(3)]

    told = desk.call("GET", f"{ROOT}?listIds={ids[0]}&listIds={ids[2]}&listIds=77").json()["lists"]

    assert [one["listId"] for one in told] == [ids[0], ids[2]]


@pytest.mark.fact("POST /crm/lists/search")
def test_lists_are_found_by_a_part_of_their_name(desk):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    for n in range(3):
        made(desk, name=f"Webinar {n}")
    made(desk, name="Fair", processingType="SNAPSHOT")
    wanted = {"query": "webinar", "count": 2, "additionalProperties": ["hs_list_size"]}

    first = desk.call("POST", f"{ROOT}/search", wanted).json()
    second = desk.call("POST", f"{ROOT}/search", {**wanted, "offset": first["offset"]}).json()
    kinds = desk.call("POST", f"{ROOT}/search", {"processingTypes": ["SNAPSHOT"]}).json()

    assert (first["total"], first["hasMore"], second["hasMore"]) == (3, True, False)
    names = [one["name"] for one in (*first["lists"], *second["lists"])]
    assert names == ["Webinar 0", "Webinar 1", "Webinar 2"]
    assert first["lists"][0]["additionalProperties"] == {"hs_list_size": "0"}
    assert [one["name"] for one in kinds["lists"]] == ["Fair"]
    assert desk.call("POST", f"{ROOT}/search", {"count": 501}).status == 400


@pytest.mark.fact("PUT /crm/lists/{list}/update-list-name")
@pytest.mark.fact("PUT /crm/lists/{list}/update-list-filters")
def test_a_list_gets_another_name_and_other_filters(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_ = made(desk, processingType="DYNAMIC", filterBranch=LIMA)
    rome = branch(about("city", "STRING", "IS_EQUAL_TO", value="Rome"))

    renamed = desk.call("PUT", f"{ROOT}/{list_}/update-list-name?listName=Elsewhere").json()["updatedList"]
    changed = desk.call("PUT", f"{ROOT}/{list_}/update-list-filters", {"filterBranch": rome})

    assert (renamed["name"], changed.json()["updatedList"]["filterBranch"]) == ("Elsewhere", rome)
    assert members(desk, list_) == [people["bob"]]
    by_hand = made(desk, name="By hand")
    assert desk.call("PUT", f"{ROOT}/{by_hand}/update-list-filters", {"filterBranch": rome}).status == 400
    assert desk.call("PUT", f"{ROOT}/{by_hand}/update-list-name?listName=elsewhere").status == 400


@pytest.mark.fact("DELETE /crm/lists/{list}")
@pytest.mark.fact("PUT /crm/lists/{list}/restore")
def test_a_deleted_list_can_be_restored_for_ninety_days(desk, people):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide"""
    list_, lost = made(desk), made(desk, name="Lost")
    desk.call("PUT", f"{ROOT}/{list_}/memberships/add", [people["ada"]])

    gone = [desk.call("DELETE", f"{ROOT}/{one}").status for one in (list_, lost)]
    unseen = desk.call("GET", f"{ROOT}/{list_}").status
    back = desk.call("PUT", f"{ROOT}/{list_}/restore").status
    desk.later(days=91)

    assert (gone, unseen, back) == ([204, 204], 404, 204)
    assert members(desk, list_) == [people["ada"]]
    assert desk.call("PUT", f"{ROOT}/{lost}/restore").status == 404


@pytest.mark.fact("POST /crm/lists")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([about("city", "ALL_PROPERTY", "IS_KNOWN")], {"ada", "bob"}),
        ([about("city", "ALL_PROPERTY", "IS_UNKNOWN")], {"cyd"}),
        ([about("city", "STRING", "IS_NOT_EQUAL_TO", value="Lima")], {"bob"}),
        (
            [about("city", "STRING", "IS_NOT_EQUAL_TO", value="Lima", includeObjectsWithNoValueSet=True)],
            {"bob", "cyd"},
        ),
        ([about("city", "MULTISTRING", "IS_EQUAL_TO", values=["lima", "rome"])], {"ada", "bob"}),
        ([about("email", "STRING", "STARTS_WITH", value="ADA")], {"ada"}),
        ([about("email", "STRING", "ENDS_WITH", value=".org")], {"cyd"}),
        ([about("email", "STRING", "DOES_NOT_CONTAIN", value="example.com")], {"cyd"}),
        ([about("hs_lead_status", "ENUMERATION", "IS_ANY_OF", values=["NEW", "OPEN"])], {"ada"}),
        ([about("hs_lead_status", "ENUMERATION", "IS_NONE_OF", values=["NEW"])], {"bob"}),
        ([about("hs_email_optout", "BOOL", "IS_EQUAL_TO", value=True)], {"bob"}),
        ([about("hubspotscore", "NUMBER", "IS_GREATER_THAN", value=10)], {"cyd"}),
        ([about("hubspotscore", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=1, upperBound=10)], {"ada"}),
        (
            [
                about("city", "ALL_PROPERTY", "IS_KNOWN"),
                about("hubspotscore", "ALL_PROPERTY", "IS_KNOWN"),
            ],
            {"ada"},
        ),
    ],
)
def test_a_filter_finds_whom_it_describes(desk, filters, found):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters"""
    ids = {
        "ada": desk.contact(email="ada@example.com", city="Lima", hs_lead_status="NEW"),
        "bob": desk.contact(email="bob@example.com", city="Rome", hs_lead_status="CONNECTED"),
        "cyd": desk.contact(email="cyd@example.org"),
    }
    desk.twin.automate("contacts", ids["ada"], {"hubspotscore": "7"}, desk.now)
    desk.twin.automate("contacts", ids["bob"], {"hs_email_optout": "true"}, desk.now)
    desk.twin.automate("contacts", ids["cyd"], {"hubspotscore": "70"}, desk.now)

    list_ = made(desk, processingType="DYNAMIC", filterBranch=branch(*filters))

    assert set(members(desk, list_)) == {ids[name] for name in found}


@pytest.mark.fact("POST /crm/lists")
def test_a_filter_asks_for_days_that_move_with_the_clock(desk):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters"""
    point = {"timeType": "INDEXED", "timezoneSource": "CUSTOM", "zoneId": "Europe/Berlin"}
    last_week = about(
        "leadbridge_stage_changed_at",
        "TIME_RANGED",
        "IS_BETWEEN",
        lowerBoundTimePoint={**point, "indexReference": {"referenceType": "TODAY"}, "offset": {"days": -7}},
        upperBoundTimePoint={**point, "indexReference": {"referenceType": "NOW"}},
    )
    seen = desk.contact(email="ada@example.com", leadbridge_stage_changed_at="2026-11-18T09:00:00Z")
    desk.contact(email="bob@example.com", leadbridge_stage_changed_at="2026-11-15T09:00:00Z")
    list_ = made(desk, processingType="DYNAMIC", filterBranch=branch(last_week))

    assert members(desk, list_) == [seen]

    desk.later(days=3)

    assert members(desk, list_) == []


@pytest.mark.fact("POST /crm/lists")
def test_a_filter_asks_about_moments(desk):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters"""
    point = {"timeType": "DATE", "year": 2026, "month": 11, "day": 23, "zoneId": "Europe/Berlin"}
    old = desk.twin.load(
        "contacts", [{"lastname": "Old", "createdate": "2026-11-22T12:00:00Z"}], desk.now
    ).ids
    new = desk.contact(email="ada@example.com")

    late = about("createdate", "TIME_POINT", "IS_AFTER", timePoint=point, type="TIME_POINT")
    early = about("createdate", "TIME_POINT", "IS_BEFORE", timePoint=point, type="TIME_POINT")
    after = made(desk, name="After", processingType="DYNAMIC", filterBranch=branch(late))
    before = made(desk, name="Before", processingType="DYNAMIC", filterBranch=branch(early))

    assert (members(desk, after), members(desk, before)) == ([new], old)


@pytest.mark.fact("POST /crm/lists")
def test_a_filter_asks_about_lists_and_joined_records(desk, people):
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters"""
    invited = made(desk)
    desk.call("PUT", f"{ROOT}/{invited}/memberships/add", [people["ada"], people["bob"]])
    acme = desk.twin.create("companies", {"name": "Acme"}, "sam.seller@example.com", desk.now)
    desk.twin.associate("contacts", people["ada"], "companies", acme)
    at_acme = {
        "filterBranchType": "ASSOCIATION",
        "objectTypeId": "0-2",
        "operator": "IN_LIST",
        "associationTypeId": 279,
        "associationCategory": "HUBSPOT_DEFINED",
        "filters": [about("name", "STRING", "IS_EQUAL_TO", value="Acme")],
    }
    absent = {"filterType": "IN_LIST", "listId": invited, "operator": "NOT_IN_LIST"}

    joined = made(desk, name="At Acme", processingType="DYNAMIC", filterBranch=branch(more=[at_acme]))
    others = made(desk, name="Not invited", processingType="DYNAMIC", filterBranch=branch(absent))

    assert members(desk, joined) == [people["ada"]]
    assert members(desk, others) == [people["cyd"]]


@pytest.mark.fact("DELETE /crm/properties/{kind}/{name}")
def test_a_property_that_a_list_asks_for_cannot_be_deleted(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: parentType INBOUNDDB_LISTS."""
    shape = {"name": "plan", "label": "Plan", "type": "string", "fieldType": "text"}
    desk.call("POST", "/crm/v3/properties/contacts", {**shape, "groupName": "leadbridge"})
    gold = branch(about("plan", "STRING", "IS_EQUAL_TO", value="gold"))
    list_ = made(desk, processingType="DYNAMIC", filterBranch=gold)

    refused = desk.call("DELETE", "/crm/v3/properties/contacts/plan")
    desk.call("DELETE", f"{ROOT}/{list_}")

    use = refused.json()["errors"][0]["context"]
    assert (use["parentType"], use["parentName"]) == (["INBOUNDDB_LISTS"], [list_])
    assert desk.call("DELETE", "/crm/v3/properties/contacts/plan").status == 204
