"""How answers of queries come: in pages, behind locators, late; and what is too long to ask."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office


def people(*names: str) -> Office:
    office = Office()
    for name in names:
        office.lead(LastName=name, Email=f"{name.lower()}@example.com")
    return office


def crowd(people: int, **switches: Any) -> Office:
    office = Office(**switches)
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(people)], office.now)
    return office


def family(*contacts: int) -> Office:
    """An account for each number, with as many contacts."""
    office = Office()
    for account, number in enumerate(contacts):
        key = office.made("Account", Name=f"A{account}")
        rows = [{"LastName": f"C{n:04}", "AccountId": key} for n in range(number)]
        office.twin.load("Contact", rows, office.now)
    return office


SMALL = {"Sforce_Query_Options": "batchSize=200"}


@pytest.mark.fact("GET /query")
def test_a_long_answer_comes_in_pages_of_two_thousand() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm"""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(4500)], office.now)

    pages = [office.query("SELECT LastName FROM Lead")]
    while not pages[-1]["done"]:
        pages.append(office.call("GET", pages[-1]["nextRecordsUrl"]).json())

    assert [len(page["records"]) for page in pages] == [2000, 2000, 500]
    assert {page["totalSize"] for page in pages} == {4500}
    assert "nextRecordsUrl" not in pages[-1]
    assert len({row["LastName"] for page in pages for row in page["records"]}) == 4500


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize(
    ("asked", "rows"), [("batchSize=250", 250), ("batchSize=1", 200), ("batchSize=9999", 450)]
)
def test_the_page_size_may_be_between_200_and_2000(asked: str, rows: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm"""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(450)], office.now)

    page = office.query("SELECT Id FROM Lead", Sforce_Query_Options=asked)

    assert len(page["records"]) == rows


@pytest.mark.fact("GET /query/{locator}")
def test_a_locator_is_good_for_two_days() -> None:
    """https://help.salesforce.com/s/articleView?id=000004410"""
    office = Office()
    office.twin.load("Lead", [{"LastName": "L", "Company": "x"}] * 201, office.now)
    page = office.query("SELECT Id FROM Lead", Sforce_Query_Options="batchSize=200")

    office.later(days=2, minutes=1)
    reply = office.call("GET", page["nextRecordsUrl"])

    assert reply.status == 400
    assert reply.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


@pytest.mark.fact("POST /composite")
def test_a_query_of_more_than_100000_characters_is_refused() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm"""
    office = Office()
    long = "','".join("x" * 100 for _ in range(1000))

    reply = office.composite(("GET", f"/query?q=SELECT+Id+FROM+Lead+WHERE+City+IN+('{long}')"))

    assert reply["compositeResponse"][0]["httpStatusCode"] == 400


@pytest.mark.fact("GET /query")
def test_a_long_query_does_not_fit_into_an_address() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve.htm"""
    office = Office()
    long = "','".join("x" * 100 for _ in range(200))

    assert office.call("GET", f"/query?q=SELECT+Id+FROM+Lead+WHERE+City+IN+('{long}')").status == 414


@pytest.mark.fact("GET /query", switch="long_address")
@pytest.mark.parametrize("status", [414, 431])
def test_what_is_too_long_is_refused_in_html(status: int) -> None:
    """[M] by the server in front of the API, as an address or as a header that is too long."""
    office = Office(long_address=status)
    long = "','".join("x" * 100 for _ in range(200))

    reply = office.call("GET", f"/query?q=SELECT+Id+FROM+Lead+WHERE+City+IN+('{long}')")

    assert reply.status == status
    assert reply.headers["Content-Type"].startswith("text/html")
    assert reply.body.startswith(b"<html>")


@pytest.mark.fact("{any} {anything}", switch="long_address")
def test_no_address_may_be_long_whatever_it_asks_and_it_costs_no_call() -> None:
    """[M] https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve.htm"""
    office = Office()
    lead = office.lead()

    some = office.call("GET", f"/composite/sobjects/Lead?fields=Id&ids={','.join([lead] * 700)}")
    many = office.call("GET", f"/composite/sobjects/Lead?fields=Id&ids={','.join([lead] * 900)}")
    key = office.call("GET", f"/sobjects/Lead/Leadbridge_HubSpot_Id__c/{'x' * 17_000}")

    assert [one.status for one in (some, many, key)] == [200, 414, 414]
    assert office.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"


@pytest.mark.fact("GET /queryAll")
def test_deleted_rows_are_seen_by_query_all_only() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm"""
    office = people("Ada", "Bob")
    office.twin.delete("Lead", office.twin.records("Lead")[0]["Id"], office.sam, office.later(seconds=1))

    everything = office.call("GET", "/queryAll?q=SELECT+LastName,IsDeleted+FROM+Lead+ORDER+BY+Id").json()[
        "records"
    ]

    assert office.values("SELECT LastName FROM Lead") == ["Bob"]
    assert [(row["LastName"], row["IsDeleted"]) for row in everything] == [("Ada", True), ("Bob", False)]


@pytest.mark.fact("GET /query")
def test_a_keyset_walk_sees_every_row_once_though_all_share_a_stamp() -> None:
    """Whole seconds: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm"""
    office = Office()
    office.twin.load("Lead", [{"LastName": f"L{n}", "Company": "x"} for n in range(50)], office.now)
    seen: list[str] = []
    where = "SystemModstamp >= 2026-01-01T00:00:00Z"

    while page := office.rows(
        f"SELECT Id, SystemModstamp FROM Lead WHERE {where} ORDER BY SystemModstamp, Id LIMIT 7"
    ):
        seen += [row["Id"] for row in page]
        stamp, last = page[-1]["SystemModstamp"], page[-1]["Id"]
        where = f"((SystemModstamp = {stamp} AND Id > '{last}') OR SystemModstamp > {stamp}) AND IsConverted = false"

    assert len(seen) == len(set(seen)) == 50


@pytest.mark.fact("GET /query")
def test_an_edited_row_moves_to_the_end_of_the_order_of_changes() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm"""
    office = people("Ada", "Bob", "Cem")
    first = office.twin.records("Lead")[0]["Id"]

    office.twin.update("Lead", first, {"City": "Bonn"}, office.sam, office.later(minutes=1))

    order = "ORDER BY SystemModstamp, Id"
    assert office.values(f"SELECT LastName FROM Lead {order}") == ["Bob", "Cem", "Ada"]
    assert office.values(
        f"SELECT LastName FROM Lead WHERE SystemModstamp >= 2026-11-23T09:01:00Z {order}"
    ) == ["Ada"]


@pytest.mark.fact("GET /query")
@pytest.mark.parametrize("path", ["/query?q=", "/query/?q=", "/queryAll/?q="])
def test_a_slash_after_query_changes_nothing(path: str) -> None:
    """simple-salesforce asks so: https://github.com/simple-salesforce/simple-salesforce/blob/master/simple_salesforce/api.py"""
    assert people("Ada").call("GET", f"{path}SELECT+Id+FROM+Lead").json()["totalSize"] == 1


@pytest.mark.fact("GET /query")
def test_no_query_is_a_malformed_query() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm"""
    reply = Office().call("GET", "/query")

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")


@pytest.mark.fact("GET /query/{locator}")
@pytest.mark.parametrize("locator", ["nonsense", "0r8000000000000AAA-2000", "-", "0r8000000000000AAA-x"])
def test_a_locator_that_nobody_gave_is_invalid(locator: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"""
    reply = Office().call("GET", f"/query/{locator}")

    assert (reply.status, reply.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.fact("GET /query/{locator}")
def test_a_locator_names_the_row_that_the_next_page_begins_with() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query_more_results.htm"""
    office = crowd(450)

    page = office.query("SELECT Id FROM Lead", **SMALL)

    assert page["nextRecordsUrl"].startswith("/services/data/v66.0/query/0r8")
    assert page["nextRecordsUrl"].endswith("-200")


@pytest.mark.fact("GET /query/{locator}")
def test_a_page_that_got_lost_can_be_asked_for_again() -> None:
    """[M] a locator is a place, not a step."""
    office = crowd(450)
    page = office.query("SELECT Id FROM Lead", **SMALL)

    once, again = (office.call("GET", page["nextRecordsUrl"], **SMALL).json() for _ in range(2))

    assert [row["Id"] for row in once["records"]] == [row["Id"] for row in again["records"]]


@pytest.mark.fact("GET /query/{locator}")
def test_a_locator_is_the_users_own() -> None:
    """[M] another user's is unknown."""
    office = crowd(450)
    page = office.query("SELECT Id FROM Lead", **SMALL)

    office.token = office.twin.token_for(office.sam)

    assert office.call("GET", page["nextRecordsUrl"]).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


@pytest.mark.fact("GET /query/{locator}", switch="open_cursors")
@pytest.mark.parametrize(("kept", "status"), [(10, 400), (11, 200)])
def test_the_oldest_of_too_many_locators_is_let_go(kept: int, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm"""
    office = crowd(201, open_cursors=kept)

    pages = [office.query("SELECT Id FROM Lead", **SMALL) for _ in range(11)]

    assert office.call("GET", pages[0]["nextRecordsUrl"]).status == status
    assert office.call("GET", pages[-1]["nextRecordsUrl"]).status == 200


@pytest.mark.fact("GET /query")
def test_children_count_towards_the_size_of_a_page() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_queryoptions.htm"""
    office = family(99, 99, 99)

    page = office.query("SELECT Name, (SELECT Id FROM Contacts) FROM Account ORDER BY Name", **SMALL)
    rest = office.call("GET", page["nextRecordsUrl"], **SMALL).json()

    assert (page["totalSize"], page["done"]) == (3, False)
    assert [row["Name"] for row in page["records"]] == ["A0", "A1"]
    assert [row["Name"] for row in rest["records"]] == ["A2"]
    assert rest["done"] is True


@pytest.mark.fact("GET /query/{locator}")
def test_children_that_do_not_fit_wait_behind_a_locator_of_their_own() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query_more_results.htm"""
    office = family(450)

    page = office.query(
        "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account", **SMALL
    )
    inner = page["records"][0]["Contacts"]
    seen = [row["LastName"] for row in inner["records"]]
    assert (inner["totalSize"], inner["done"]) == (450, False)
    while not inner["done"]:
        inner = office.call("GET", inner["nextRecordsUrl"], **SMALL).json()
        seen += [row["LastName"] for row in inner["records"]]

    assert seen == [f"C{n:04}" for n in range(450)]


@pytest.mark.fact("GET /query")
def test_groups_must_fit_into_one_page() -> None:
    """https://github.com/SalesforceLabs/OrgCheck/issues/46"""
    office = crowd(201)

    error = office.query("SELECT LastName, COUNT(Id) FROM Lead GROUP BY LastName", **SMALL)
    fits = office.query("SELECT LastName, COUNT(Id) FROM Lead GROUP BY LastName LIMIT 200", **SMALL)

    assert error["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert "does not support queryMore()" in error["message"]
    assert fits["totalSize"] == 200


# ── query lag ────────────────────────────────────────────────────────────────


@pytest.mark.fact("GET /query", switch="query_lag_ms")
@pytest.mark.parametrize(("lag", "names"), [(0, ["Ada"]), (3000, [])])
def test_a_new_row_is_seen_by_a_query_only_after_the_lag(lag: int, names: list[str]) -> None:
    """[M] seen in the field: a query may run on what was a moment ago."""
    office = Office(query_lag_ms=lag)
    lead = office.lead(LastName="Ada")

    assert office.values("SELECT LastName FROM Lead") == names
    assert office.call("GET", f"/sobjects/Lead/{lead}").json()["LastName"] == "Ada"
    office.later(seconds=3)
    assert office.values("SELECT LastName FROM Lead") == ["Ada"]


@pytest.mark.fact("GET /query", switch="query_lag_ms")
@pytest.mark.parametrize("order", ["", "ORDER BY SystemModstamp, Id"])
def test_a_changed_row_is_seen_as_it_was_until_the_lag_is_over(order: str) -> None:
    """[M] seen in the field: a query may run on what was a moment ago."""
    office = Office(query_lag_ms=3000)
    first, second = office.lead(LastName="Ada", Email="old@example.com"), office.lead(LastName="Bob")
    office.later(seconds=10)
    office.call("PATCH", f"/sobjects/Lead/{first}", {"LastName": "Eve", "Email": "new@example.com"})

    assert office.values(f"SELECT LastName FROM Lead {order}") in (["Ada", "Bob"], ["Bob", "Ada"])
    assert office.values("SELECT LastName FROM Lead WHERE Email = 'old@example.com'") == ["Ada"]
    office.later(seconds=3)
    assert office.values("SELECT LastName FROM Lead WHERE Email = 'old@example.com'") == []
    assert office.values("SELECT LastName FROM Lead WHERE Email = 'new@example.com'") == ["Eve"]
    assert second in office.values("SELECT Id FROM Lead")


@pytest.mark.fact("GET /query", switch="query_lag_ms")
def test_a_deleted_row_is_seen_by_a_query_until_the_lag_is_over() -> None:
    """[M] seen in the field: a query may run on what was a moment ago."""
    office = Office(query_lag_ms=3000)
    lead = office.lead(LastName="Ada")
    office.later(seconds=10)
    office.call("DELETE", f"/sobjects/Lead/{lead}")

    assert office.values("SELECT LastName FROM Lead") == ["Ada"]
    office.later(seconds=3)
    assert office.values("SELECT LastName FROM Lead") == []


@pytest.mark.fact("GET /query", switch="query_lag_ms")
def test_a_refused_transaction_leaves_no_trace_in_a_late_query() -> None:
    """[M] seen in the field: a query may run on what was a moment ago."""
    office = Office(query_lag_ms=3000)
    lead = office.lead(LastName="Ada")
    office.later(seconds=10)
    office.collection(
        "PATCH", {"id": lead, "LastName": "Eve"}, {"id": lead[:-1], "LastName": "x"}, allOrNone=True
    )

    assert office.values("SELECT LastName FROM Lead") == ["Ada"]
    office.later(seconds=5)
    assert office.values("SELECT LastName FROM Lead") == ["Ada"]
