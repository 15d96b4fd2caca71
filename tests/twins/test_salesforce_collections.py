"""Many rows a call: Collections and composite."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.twins.office import Office


@pytest.mark.fact("POST /composite/sobjects")
def test_each_row_has_its_own_fate_and_the_request_is_200() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office = Office()
    good, bad = {"LastName": "Ada", "Company": "x"}, {"LastName": "Bob"}

    made, refused = office.collection("POST", good, bad)

    assert made == {"id": office.twin.records("Lead")[0]["Id"], "success": True, "errors": []}
    assert refused == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Company]",
                "fields": ["Company"],
            }
        ],
    }


@pytest.mark.fact("POST /composite/sobjects")
def test_all_or_none_rolls_the_innocent_back() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office = Office()

    rolled_back, refused = office.collection(
        "POST", {"LastName": "Ada", "Company": "x"}, {"LastName": "Bob"}, allOrNone=True
    )

    assert rolled_back["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert refused["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert office.twin.records("Lead") == []
    assert len(office.log) == 0


@pytest.mark.fact("PATCH /composite/sobjects")
def test_all_or_none_puts_updated_rows_back() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm"""
    office = Office()
    lead = office.lead(City="Bonn", Email="ada@example.com")
    before = office.twin.record(lead)

    office.collection(
        "PATCH", {"id": lead, "Email": "new@example.com"}, {"id": lead, "Email": "nonsense"}, allOrNone=True
    )

    assert office.twin.record(lead) == before
    assert office.values("SELECT Id FROM Lead WHERE Email = 'ada@example.com'") == [lead]
    assert office.values("SELECT Id FROM Lead WHERE Email = 'new@example.com'") == []


@pytest.mark.fact("PATCH /composite/sobjects")
@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"id": "00Q5g00000000zzEAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"id": "0035g0000000001AAA"}, "MALFORMED_ID"),
        ({"id": "nonsense"}, "MALFORMED_ID"),
        ({}, "MISSING_ARGUMENT"),
    ],
)
def test_an_update_of_nothing_is_refused(record: dict[str, Any], code: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    assert office.refusal("PATCH", **record)["statusCode"] == code


@pytest.mark.fact("PATCH /composite/sobjects")
def test_a_deleted_row_says_so() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    lead = office.lead()
    office.twin.delete("Lead", lead, office.sam, office.later(seconds=1))

    assert office.refusal("PATCH", id=lead, City="x")["statusCode"] == "ENTITY_IS_DELETED"


@pytest.mark.fact("POST /composite/sobjects")
def test_more_than_200_rows_are_refused_whole() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm"""
    office = Office()
    records = [{"attributes": {"type": "Lead"}, "LastName": "Ada", "Company": "x"}] * 201

    reply = office.call("POST", "/composite/sobjects", {"records": records})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    assert office.twin.records("Lead") == []


@pytest.mark.fact("POST /composite/sobjects")
def test_more_than_ten_runs_of_kinds_are_refused_whole() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office = Office()
    pair = [
        {"attributes": {"type": "Contact"}, "LastName": "Ada"},
        {"attributes": {"type": "Account"}, "Name": "Engines"},
    ]

    five_pairs = office.call("POST", "/composite/sobjects", {"records": pair * 5})
    six_pairs = office.call("POST", "/composite/sobjects", {"records": pair * 6})

    assert five_pairs.status == 200
    assert six_pairs.status == 400
    assert "Cannot have more than 10 chunks in a single operation" in six_pairs.json()[0]["message"]


@pytest.mark.fact("POST /composite/sobjects")
def test_an_unknown_kind_is_one_rows_trouble() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    assert office.refusal(kind="Laed", LastName="x")["statusCode"] == "INVALID_TYPE"


def upsert(office: Office, kind: str, field: str, *records: dict[str, Any]) -> Any:
    whole = [{"attributes": {"type": kind}, **record} for record in records]
    return office.call("PATCH", f"/composite/sobjects/{kind}/{field}", {"records": whole}).json()


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_upsert_says_what_it_created() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm"""
    office = Office()
    old = office.lead(Leadbridge_HubSpot_Id__c="1")

    updated, created = upsert(
        office,
        "Lead",
        "Leadbridge_HubSpot_Id__c",
        {"Leadbridge_HubSpot_Id__c": "1", "City": "Bonn"},
        {"Leadbridge_HubSpot_Id__c": "2", "LastName": "Bob", "Company": "x"},
    )

    assert (updated["id"], updated["created"]) == (old, False)
    assert created["created"] is True
    assert office.twin.record(old)["City"] == "Bonn"


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_upsert_twice_is_one_row() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm"""
    office = Office()
    row = {"Leadbridge_HubSpot_Id__c": "2", "LastName": "Bob", "Company": "x"}

    upsert(office, "Lead", "Leadbridge_HubSpot_Id__c", row)
    upsert(office, "Lead", "leadbridge_hubspot_id__c", row)

    assert len(office.twin.records("Lead")) == 1


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_upserts_of_one_key_at_the_same_time_are_one_row() -> None:
    """A unique index serialises writers: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_upsert_patch.htm"""
    office = Office()
    row = {"Leadbridge_HubSpot_Id__c": "2", "LastName": "Bob", "Company": "x"}
    threads = [
        threading.Thread(target=upsert, args=(office, "Lead", "Leadbridge_HubSpot_Id__c", row))
        for _ in range(20)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(office.twin.records("Lead")) == 1


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_two_rows_with_one_key_in_one_upsert_are_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()
    row = {"Leadbridge_HubSpot_Id__c": "2", "LastName": "Bob", "Company": "x"}

    answers = upsert(office, "Lead", "Leadbridge_HubSpot_Id__c", row, row)

    assert [answer["errors"][0]["statusCode"] for answer in answers] == ["DUPLICATE_VALUE"] * 2
    assert office.twin.records("Lead") == []


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_upsert_works_on_email_too_and_refuses_several_hits() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI: PATCH composite/sobjects/Contact/Email"""
    office = Office()
    office.contact(Email="ada@example.com")
    office.contact(Email="bob@example.com")
    office.contact(Email="bob@example.com")

    ada, bob = upsert(
        office, "Contact", "Email", {"Email": "ADA@example.com", "Title": "x"}, {"Email": "bob@example.com"}
    )

    assert ada["created"] is False
    assert bob["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_upsert_on_a_field_that_is_no_key_is_refused_whole() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm"""
    office = Office()

    assert upsert(office, "Lead", "City", {"City": "Bonn"})[0]["errorCode"] == "INVALID_FIELD"


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_upsert_on_a_blank_id_creates() -> None:
    """Recorded in https://github.com/SFDO-Tooling/CumulusCI: PATCH composite/sobjects/Contact/Id"""
    office = Office()

    (created,) = upsert(office, "Contact", "Id", {"Id": None, "LastName": "Ada"})

    assert created["created"] is True


@pytest.mark.fact("POST /composite/sobjects/{kind}")
def test_retrieve_answers_in_the_order_of_ids_and_null_for_the_missing() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve_post.htm"""
    office = Office()
    ada, bob = office.lead(LastName="Ada"), office.lead(LastName="Bob")

    asked = {"ids": [bob, "00Q5g00000000zzEAA", "nonsense", ada], "fields": ["LastName", "title"]}
    rows = office.call("POST", "/composite/sobjects/Lead", asked).json()
    by_address = office.call("GET", f"/composite/sobjects/Lead?ids={ada}&fields=Id,LastName").json()

    assert [row and row["LastName"] for row in rows] == ["Bob", None, None, "Ada"]
    assert set(rows[0]) == {"attributes", "LastName", "Title", "Id"}
    assert by_address[0]["LastName"] == "Ada"


@pytest.mark.fact("POST /composite/sobjects/{kind}")
@pytest.mark.parametrize(("count", "status"), [(2000, 200), (2001, 400)])
def test_retrieve_takes_2000_ids(count: int, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve_post.htm"""
    office = Office()

    asked = {"ids": [office.lead()] * count, "fields": ["Id"]}

    assert office.call("POST", "/composite/sobjects/Lead", asked).status == status


@pytest.mark.fact("POST /composite/sobjects/{kind}")
@pytest.mark.parametrize("field", ["Nope", "Owner.Name"])
def test_retrieve_of_an_unknown_field_is_refused_whole(field: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve_post.htm"""
    office = Office()

    reply = office.call("POST", "/composite/sobjects/Lead", {"ids": [office.lead()], "fields": [field]})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


@pytest.mark.fact("DELETE /composite/sobjects")
def test_a_collection_deletes_by_ids_in_the_address() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_delete.htm"""
    office = Office()
    ada, bob = office.lead(LastName="Ada"), office.lead(LastName="Bob")

    answers = office.call("DELETE", f"/composite/sobjects?ids={ada},{ada}&allOrNone=false").json()

    assert [answer["success"] for answer in answers] == [True, False]
    assert [lead["Id"] for lead in office.twin.records("Lead")] == [bob]


@pytest.mark.fact("POST /composite")
def test_a_composite_answers_every_part_by_its_reference() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()
    office.lead(LastName="Ada")

    first, second, third = office.composite(
        ("GET", "/query?q=SELECT+LastName+FROM+Lead"),
        ("GET", "/query?q=SELECT+Nope+FROM+Lead"),
        ("POST", "/sobjects/Account", {"Name": "Engines"}),
    )["compositeResponse"]

    assert (first["httpStatusCode"], first["referenceId"]) == (200, "part0")
    assert first["body"]["records"][0]["LastName"] == "Ada"
    assert (second["httpStatusCode"], second["body"][0]["errorCode"]) == (400, "INVALID_FIELD")
    assert (third["httpStatusCode"], third["body"]["success"]) == (201, True)


@pytest.mark.fact("POST /composite")
def test_a_part_may_use_what_an_earlier_one_answered() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()

    office.composite(
        ("POST", "/sobjects/Account", {"Name": "Engines"}),
        ("POST", "/sobjects/Contact", {"LastName": "Ada", "AccountId": "@{part0.id}"}),
        ("PATCH", "/sobjects/Contact/@{part1.id}", {"Title": "Countess"}),
    )

    (contact,) = office.twin.records("Contact")
    assert contact["AccountId"] == office.twin.records("Account")[0]["Id"]
    assert contact["Title"] == "Countess"


@pytest.mark.fact("POST /composite")
def test_a_part_that_hangs_on_a_failed_one_is_halted() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()

    _, halted = office.composite(
        ("POST", "/sobjects/Account", {}),
        ("POST", "/sobjects/Contact", {"LastName": "Ada", "AccountId": "@{part0.id}"}),
    )["compositeResponse"]

    assert (halted["httpStatusCode"], halted["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert office.twin.records("Contact") == []


@pytest.mark.fact("POST /composite")
@pytest.mark.parametrize(
    ("path", "count", "works"),
    [
        ("/query?q=SELECT+Id+FROM+Lead", 5, True),
        ("/query?q=SELECT+Id+FROM+Lead", 6, False),
        ("/composite/sobjects/Lead?ids=00Q5g0000000001EAA&fields=Id", 6, False),
        ("/limits", 25, True),
        ("/limits", 26, False),
    ],
)
def test_a_composite_has_25_parts_of_which_five_may_be_heavy(path: str, count: int, works: bool) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()

    answer = office.composite(*[("GET", path)] * count)

    assert ("compositeResponse" in answer) is works


@pytest.mark.fact("POST /composite")
def test_a_collection_inside_a_composite_writes() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()
    records = [
        {"attributes": {"type": "Lead"}, "LastName": "Ada", "Company": "x"},
        {"attributes": {"type": "Lead"}},
    ]

    (part,) = office.composite(("POST", "/composite/sobjects", {"records": records}))["compositeResponse"]

    assert part["httpStatusCode"] == 200
    assert [row["success"] for row in part["body"]] == [True, False]


@pytest.mark.fact("POST /composite")
def test_a_composite_inside_a_composite_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm"""
    office = Office()

    (part,) = office.composite(("POST", "/composite", {"compositeRequest": []}))["compositeResponse"]

    assert part["httpStatusCode"] == 400


@pytest.mark.fact("GET /limits/recordCount")
def test_counts_of_rows_are_cheap() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_record_count.htm"""
    office = Office()
    office.lead()

    counts = office.call("GET", "/limits/recordCount?sObjects=Lead,Contact").json()

    assert counts == {"sObjects": [{"count": 1, "name": "Lead"}]}


@pytest.mark.fact("POST /composite/sobjects")
def test_setup_objects_and_others_are_not_written_in_one_call() -> None:
    """[M] the code; https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office = Office()
    lead, user = (
        {"attributes": {"type": "Lead"}, "LastName": "Ada", "Company": "x"},
        {"attributes": {"type": "User"}},
    )

    reply = office.call("POST", "/composite/sobjects", {"records": [lead, user]})

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "MIXED_DML_OPERATION")
    assert office.twin.records("Lead") == []


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}", switch="repeated_key")
@pytest.mark.parametrize(("rule", "fates"), [("all", [False, False]), ("later", [True, False])])
def test_one_key_twice_refuses_all_of_its_rows_or_the_later_ones(rule: str, fates: list[bool]) -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office(repeated_key=rule)
    row = {"Leadbridge_HubSpot_Id__c": "2", "LastName": "Bob", "Company": "x"}

    answers = upsert(
        office, "Lead", "Leadbridge_HubSpot_Id__c", row, {**row, "Leadbridge_HubSpot_Id__c": " 2 "}
    )

    assert [answer["success"] for answer in answers] == fates
    assert len(office.twin.records("Lead")) == sum(fates)


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_an_upsert_reads_its_key_in_any_case_of_its_name() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm"""
    office = Office()
    old = office.lead(Leadbridge_HubSpot_Id__c="1")

    (answer,) = upsert(
        office, "Lead", "LEADBRIDGE_HUBSPOT_ID__C", {"leadbridge_hubspot_id__c": "1", "City": "Bonn"}
    )

    assert (answer["id"], answer["created"]) == (old, False)


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
@pytest.mark.parametrize("value", [None, "", "  ", [], {}, True])
def test_an_upsert_without_its_key_is_a_missing_argument(value: Any) -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    (answer,) = upsert(
        office, "Lead", "Leadbridge_HubSpot_Id__c", {"Leadbridge_HubSpot_Id__c": value, "LastName": "x"}
    )

    assert answer["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    assert office.twin.records("Lead") == []


@pytest.mark.fact("PATCH /composite/sobjects/{kind}/{field}")
def test_an_upsert_takes_rows_of_its_own_kind_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm"""
    office = Office()
    record = {"attributes": {"type": "Contact"}, "Leadbridge_HubSpot_Id__c": "1", "LastName": "x"}

    answer = office.call("PATCH", "/composite/sobjects/Lead/Leadbridge_HubSpot_Id__c", {"records": [record]})

    assert answer.json()[0]["errors"][0]["statusCode"] == "INVALID_TYPE"


@pytest.mark.fact("DELETE /composite/sobjects")
@pytest.mark.parametrize(("all_or_none", "left"), [("true", 1), ("false", 0), ("TRUE", 1)])
def test_a_delete_of_many_may_be_all_or_none(all_or_none: str, left: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_delete.htm"""
    office = Office()
    lead = office.lead()

    answers = office.call("DELETE", f"/composite/sobjects?ids={lead},nonsense&allOrNone={all_or_none}").json()

    assert [answer["success"] for answer in answers] == [not left, False]
    assert answers[1]["errors"][0]["statusCode"] == "MALFORMED_ID"
    assert len(office.twin.records("Lead")) == left


@pytest.mark.fact("DELETE /composite/sobjects")
@pytest.mark.parametrize("count", [0, 201])
def test_a_delete_names_one_to_200_ids(count: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_delete.htm"""
    office = Office()

    ids = ",".join(["00Q5g00000000zzEAA"] * count)

    assert office.call("DELETE", f"/composite/sobjects?ids={ids}").status == 400


@pytest.mark.fact("GET /composite/sobjects/{kind}")
def test_a_retrieve_by_address_answers_null_for_deleted_and_missing_rows() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve.htm"""
    office = Office()
    ada, gone = office.lead(), office.lead()
    office.twin.delete("Lead", gone, office.sam, office.later(seconds=1))

    rows = office.call("GET", f"/composite/sobjects/lead?ids={gone},{ada[:15]},x&fields=lastname").json()

    assert [row and row["LastName"] for row in rows] == [None, "Lovelace", None]
    assert office.call("GET", "/composite/sobjects/Lead?fields=Id").status == 400
    assert office.call("GET", f"/composite/sobjects/Lead?ids={ada}").status == 400


@pytest.mark.fact("POST /composite/sobjects")
@pytest.mark.parametrize(
    "body",
    [{}, {"records": []}, {"records": None}, {"records": {}}, {"records": ["x"]}, {"records": [None]}, []],
)
def test_a_collection_without_a_list_of_records_is_refused_whole(body: Any) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    office = Office()

    for method, path in (("POST", ""), ("PATCH", ""), ("PATCH", "/Lead/Id")):
        assert office.call(method, f"/composite/sobjects{path}", body).status == 400
