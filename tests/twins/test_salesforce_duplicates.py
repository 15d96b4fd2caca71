"""What a duplicate rule does to a save.

https://help.salesforce.com/s/articleView?id=sales.duplicate_rules_map_of_reference.htm
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.twins.office import Office
from twins.salesforce import RowRefused

MAIL = "ada@example.com"
ADA = {"LastName": "Lovelace", "Company": "Engines", "Email": MAIL}


def watched(action: Any, *against: str, **switches: Any) -> tuple[Office, str]:
    """An office with a duplicate rule, and a lead that is there already."""
    office = Office(**switches)
    first = office.lead(Email=MAIL)
    office.twin.add_duplicate_rule("Lead", action, against=against)
    return office, first


@pytest.mark.fact("POST /sobjects/{kind}", switch="duplicate_result_key")
@pytest.mark.parametrize("key", ["duplicateResut", "duplicateResult"])
def test_a_duplicate_is_refused_with_the_records_it_duplicates(key: str) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm; [M] the key's spelling"""
    office, first = watched("block", duplicate_result_key=key)

    reply = office.call("POST", "/sobjects/Lead", {**ADA, "Email": "ADA@example.com"})

    assert reply.status == 400
    (error,) = reply.json()
    assert (error["errorCode"], error["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
    told = error[key]
    assert (told["allowSave"], told["duplicateRuleEntityType"]) == (False, "Lead")
    (matched,) = told["matchResults"]
    assert (matched["entityType"], matched["size"], matched["success"]) == ("Lead", 1, True)
    assert matched["matchRecords"][0]["record"]["Id"] == first


@pytest.mark.fact("POST /composite/sobjects")
def test_collections_tell_no_duplicate_result() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm"""
    office, _ = watched("block")

    (error,) = office.collection("POST", ADA)[0]["errors"]

    assert error == {
        "statusCode": "DUPLICATES_DETECTED",
        "message": "Use one of these records?",
        "fields": [],
    }


@pytest.mark.fact("POST /sobjects/{kind}")
@pytest.mark.parametrize(("action", "status"), [("alert", 201), ("block", 400)])
def test_allow_save_passes_an_alert_and_no_block(action: str, status: int) -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm"""
    office, _ = watched(action)

    without = office.call("POST", "/sobjects/Lead", ADA)
    reply = office.call("POST", "/sobjects/Lead", ADA, Sforce_Duplicate_Rule_Header="allowSave=true")

    assert without.status == 400
    assert without.json()[0]["duplicateResut"]["allowSave"] is (action == "alert")
    assert reply.status == status


@pytest.mark.fact("POST /composite/sobjects")
def test_allow_save_counts_for_collections() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm"""
    office, _ = watched("alert")
    body = {"records": [{"attributes": {"type": "Lead"}, **ADA}]}

    header = "allowSave=true; runAsCurrentUser=true"
    reply = office.call("POST", "/composite/sobjects", body, Sforce_Duplicate_Rule_Header=header)

    assert reply.json()[0]["success"]


@pytest.mark.fact("POST /sobjects/{kind}")
def test_record_details_are_told_on_demand() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm"""
    office, first = watched("block")

    header = {"Sforce_Duplicate_Rule_Header": "includeRecordDetails=true"}
    short = office.call("POST", "/sobjects/Lead", ADA).json()[0]["duplicateResut"]
    whole = office.call("POST", "/sobjects/Lead", ADA, **header).json()[0]["duplicateResut"]

    records = [told["matchResults"][0]["matchRecords"][0]["record"] for told in (short, whole)]
    assert set(records[0]) == {"attributes", "Id"}
    assert (records[1]["Id"], records[1]["Name"], records[1]["Email"]) == (first, "Lovelace", MAIL)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_a_rule_may_look_through_another_kind() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.duplicate_rules_standard_lead_rule.htm"""
    office = Office()
    contact = office.contact(Email=MAIL)
    office.twin.add_duplicate_rule("Lead", "block", against=("Lead", "Contact"))

    (error,) = office.call("POST", "/sobjects/Lead", ADA).json()

    (matched,) = error["duplicateResut"]["matchResults"]
    assert (matched["entityType"], matched["matchRecords"][0]["record"]["Id"]) == ("Contact", contact)
    assert office.collection("POST", {"LastName": "L", "Email": MAIL}, kind="Contact")[0]["success"]


@pytest.mark.fact("PATCH /sobjects/{kind}/{id}")
def test_an_edit_is_judged_when_it_touches_the_e_mail() -> None:
    """[M] other edits of a duplicate pass"""
    office, first = watched("block")
    second = office.lead(Email="ada@example.org")

    other = office.call("PATCH", f"/sobjects/Lead/{second}", {"City": "Berlin"})
    mail = office.call("PATCH", f"/sobjects/Lead/{second}", {"Email": MAIL})
    own = office.call("PATCH", f"/sobjects/Lead/{first}", {"Email": "Ada@Example.com"})

    assert (other.status, mail.status, own.status) == (204, 400, 204)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_deleted_and_converted_records_match_no_more() -> None:
    """[M] that converted leads do not"""
    office, first = watched("block")
    office.twin.delete("Lead", first, office.sam, office.now)
    second = office.call("POST", "/sobjects/Lead", ADA).json()["id"]
    office.twin.convert_lead(second, office.sam, office.now)

    assert office.call("POST", "/sobjects/Lead", ADA).status == 201


@pytest.mark.fact("POST /composite/sobjects", switch="duplicates_within_a_call")
@pytest.mark.parametrize("within", [False, True])
def test_records_of_one_call_are_compared_with_each_other_or_not(within: bool) -> None:
    """[M]"""
    office = Office(duplicates_within_a_call=within)
    office.twin.add_duplicate_rule("Lead", "block")

    results = office.collection("POST", ADA, ADA)

    assert [one["success"] for one in results] == [True, not within]
    assert not office.collection("POST", ADA)[0]["success"]


@pytest.mark.fact("at the screen")
def test_a_seller_is_stopped_by_a_duplicate_rule_until_it_is_switched_off() -> None:
    """https://help.salesforce.com/s/articleView?id=sales.managing_duplicates_overview.htm"""
    office, _ = watched("block")
    with pytest.raises(RowRefused, match="Use one of these"):
        office.twin.create("Lead", ADA, office.sam, office.now)

    office.twin.remove_duplicate_rules("Lead")

    assert office.twin.create("Lead", ADA, office.sam, office.now)


@pytest.mark.fact("POST /sobjects/{kind}")
def test_validation_rules_speak_before_duplicate_rules() -> None:
    """https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_order_of_execution.htm"""
    office, _ = watched("block")
    office.twin.add_rule("Lead", "Needs_City", "ISBLANK(City)", "Give a city.")

    codes = [one["errorCode"] for one in office.call("POST", "/sobjects/Lead", ADA).json()]

    assert codes == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
