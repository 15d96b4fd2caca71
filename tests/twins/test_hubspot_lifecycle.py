"""The lifecycle stage of HubSpot's twin: forward only, cleared and set, stamped, and moved by HubSpot itself."""

from __future__ import annotations

import pytest

from twins.hubspot import Refused

MIA = "mia.marketer@example.com"


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com", lifecyclestage="salesqualifiedlead")


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="backward_stage")
def test_earlier_stage_is_silently_ignored(desk, ada):
    """https://integrate.hubspot.com/t/1333: success, and nothing changed."""
    before = desk.twin.record("contacts", ada)

    reply = desk.write(ada, lifecyclestage="lead")

    assert reply.status == 200
    assert reply.json()["results"][0]["properties"]["lifecyclestage"] == "salesqualifiedlead"
    assert desk.twin.record("contacts", ada) == before
    assert len(desk.twin.history("contacts", ada, "lifecyclestage")) == 1


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_later_stage_is_taken(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    desk.write(ada, lifecyclestage="customer")

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "customer"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_company_follows_the_same_rule(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    id_ = desk.post("companies", {"properties": {"name": "Acme", "lifecyclestage": "customer"}}).json()["id"]

    desk.write(id_, "companies", lifecyclestage="lead")

    assert desk.twin.record("companies", id_)["lifecyclestage"] == "customer"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_other_properties_of_the_same_write_are_taken(desk, ada):
    """https://integrate.hubspot.com/t/1333: the ignored stage does not make the call fail."""
    desk.write(ada, lifecyclestage="lead", city="Lima")

    assert desk.twin.record("contacts", ada)["city"] == "Lima"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_lead_status_has_no_order(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    desk.write(ada, hs_lead_status="OPEN_DEAL")
    desk.write(ada, hs_lead_status="NEW")

    assert desk.twin.record("contacts", ada)["hs_lead_status"] == "NEW"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_entering_a_stage_is_stamped(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    desk.write(ada, lifecyclestage="customer")

    record = desk.twin.record("contacts", ada)
    assert record["hs_lifecyclestage_salesqualifiedlead_date"] == record["createdate"]
    assert record["hs_lifecyclestage_customer_date"] == record["lastmodifieddate"]


@pytest.mark.fact("at the screen")
def test_person_at_the_screen_may_pick_any_stage(desk, ada):
    """[U] HubSpot's help says that people may move a stage back by hand."""
    desk.twin.update("contacts", ada, {"lifecyclestage": "lead"}, MIA, desk.now)

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "lead"


@pytest.mark.fact("at the screen")
def test_form_makes_a_contact_once_and_notes_every_conversion(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide"""
    first = desk.twin.submit_form("ada@example.com", "Contact us", {"lastname": "Lovelace"}, desk.now)
    again = desk.twin.submit_form("Ada@example.com", "Request a demo", {}, desk.later(days=1))

    record = desk.twin.record("contacts", first)
    assert first == again
    assert record["first_conversion_event_name"] == "Contact us"
    assert record["recent_conversion_event_name"] == "Request a demo"
    assert record["recent_conversion_date"] == "2026-11-24T09:00:00Z"
    assert record["num_conversion_events"] == "2"
    newest = desk.twin.history("contacts", first, "recent_conversion_event_name")[0]
    assert (newest["sourceType"], newest["sourceLabel"]) == ("FORM", "Request a demo")


@pytest.mark.fact("at the screen")
def test_hubspot_itself_may_set_what_nobody_else_may(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide: scores and analytics are read-only."""
    desk.twin.automate("contacts", ada, {"hubspotscore": "60", "hs_email_optout": "true"}, desk.now)

    assert desk.twin.record("contacts", ada)["hubspotscore"] == "60"
    with pytest.raises(Refused):
        desk.twin.update("contacts", ada, {"hubspotscore": "70"}, MIA, desk.now)
    assert desk.twin.record("contacts", ada)["hubspotscore"] == "60"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="backward_stage")
def test_a_portal_may_take_an_earlier_stage(desk, ada):
    """[U] Should HubSpot ever give the rule up."""
    desk.twin.flip(backward_stage="accept")

    desk.write(ada, lifecyclestage="lead")

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "lead"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="backward_stage")
def test_a_portal_may_refuse_an_earlier_stage(desk, ada):
    """[U] Should HubSpot ever say so instead of keeping silent."""
    desk.twin.flip(backward_stage="refuse")

    reply = desk.write(ada, lifecyclestage="lead", city="Lima")

    assert (reply.status, reply.json()["category"]) == (400, "VALIDATION_ERROR")
    assert reply.json()["errors"][0]["context"] == {"propertyName": ["lifecyclestage"]}
    assert "city" not in desk.twin.record("contacts", ada)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_other_is_the_last_stage(desk, ada):
    """https://knowledge.hubspot.com/articles/kcs_article/contacts/how-does-sync-company-lifecycle-stage-to-contacts-setting-work"""
    desk.write(ada, lifecyclestage="other")
    desk.write(ada, lifecyclestage="evangelist")

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "other"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_from_no_stage_every_stage_may_be_entered(desk):
    """[U] A contact without a stage takes any."""
    (ada,) = desk.twin.load("contacts", [{"email": "ada@example.com"}], desk.now).ids

    desk.write(ada, lifecyclestage="subscriber")

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "subscriber"


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_clear_and_set_within_one_batch_are_refused_as_the_same_record_twice(desk, ada):
    """https://integrate.hubspot.com/t/1333: the batch endpoint keeps no order, so it takes two requests."""
    inputs = [{"id": ada, "properties": {"lifecyclestage": stage}} for stage in ("", "lead")]

    assert desk.post("contacts/batch/update", {"inputs": inputs}).status == 400
    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "salesqualifiedlead"


@pytest.mark.fact("at the screen")
def test_workflow_goes_forward_only(desk, ada):
    """[U] Only people and imports may go back."""
    desk.twin.automate("contacts", ada, {"lifecyclestage": "lead"}, desk.now)

    assert desk.twin.record("contacts", ada)["lifecyclestage"] == "salesqualifiedlead"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="clear_takes_stamps")
@pytest.mark.parametrize("takes", [True, False])
def test_clearing_the_stage_empties_its_stamps(desk, ada, takes):
    """[U] The stamps are those of the way that led to the present stage."""
    desk.twin.flip(clear_takes_stamps=takes)
    desk.write(ada, lifecyclestage="")
    desk.write(ada, lifecyclestage="lead")

    record = desk.twin.record("contacts", ada)
    assert "hs_lifecyclestage_lead_date" in record
    assert ("hs_lifecyclestage_salesqualifiedlead_date" in record) is not takes


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
@pytest.mark.parametrize(
    "name", ["hs_lifecyclestage_lead_date", "hs_v2_date_entered_lead", "hs_v2_latest_time_in_lead"]
)
def test_stamps_of_stages_cannot_be_written(desk, ada, name):
    """https://knowledge.hubspot.com/properties/stage-calculated-properties"""
    reply = desk.write(ada, **{name: "2020-01-01T00:00:00Z"})

    assert reply.json()["errors"][0]["code"] == "READ_ONLY_VALUE"


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_stages_tell_when_they_were_entered_and_left_and_for_how_long(desk, ada):
    """https://knowledge.hubspot.com/properties/stage-calculated-properties"""
    born = desk.twin.record("contacts", ada)["createdate"]
    desk.later(hours=1)
    desk.write(ada, lifecyclestage="customer")

    record = desk.twin.record("contacts", ada)
    assert record["hs_v2_date_entered_salesqualifiedlead"] == born
    assert record["hs_v2_date_exited_salesqualifiedlead"] == record["lastmodifieddate"]
    assert record["hs_v2_latest_time_in_salesqualifiedlead"] == str(3_601_000)
    assert record["hs_v2_date_entered_customer"] == record["lastmodifieddate"]
    assert "hs_v2_latest_time_in_customer" not in record


@pytest.mark.fact("GET /crm/objects/{kind}/{id}")
def test_stages_of_a_deal_are_timed_too(desk):
    """https://knowledge.hubspot.com/properties/stage-calculated-properties"""
    id_ = desk.post("deals", {"properties": {"dealname": "Big", "dealstage": "contractsent"}}).json()["id"]
    desk.write(id_, "deals", dealstage="closedwon")

    record = desk.twin.record("deals", id_)
    assert record["hs_v2_date_entered_contractsent"] == record["createdate"]
    assert record["hs_v2_date_entered_closedwon"] == record["hs_lastmodifieddate"]


@pytest.mark.fact("GET /crm/objects/{kind}/{id}", switch="stage_entered_dates")
def test_a_portal_may_keep_no_stage_times(desk, ada):
    """[U] The names of these properties were seen in clients only."""
    desk.twin.flip(stage_entered_dates=False)

    assert "hs_v2_date_entered_salesqualifiedlead" not in desk.twin.record("contacts", ada)


def joined_deal(desk, *, stage="qualifiedtobuy"):
    """A contact and a company that are leads, and a new deal of both."""
    contact = desk.contact(email="bob@example.com", lifecyclestage="lead")
    company = desk.post("companies", {"properties": {"name": "Acme", "lifecyclestage": "lead"}}).json()["id"]
    to = [
        {
            "to": {"id": other},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
        }
        for other, type_id in ((contact, 3), (company, 341))
    ]
    body = {"properties": {"dealname": "Big", "dealstage": stage}, "associations": to}
    return contact, company, desk.post("deals", body).json()["id"]


def stages(desk, contact, company):
    return (
        desk.twin.record("contacts", contact)["lifecyclestage"],
        desk.twin.record("companies", company)["lifecyclestage"],
    )


@pytest.mark.fact("POST /crm/objects/{kind}", switch="deals_move_stages")
@pytest.mark.parametrize(("moves", "stage"), [(False, "lead"), (True, "opportunity")])
def test_a_new_deal_makes_its_contacts_and_companies_opportunities_where_the_account_says_so(
    desk, moves, stage
):
    """https://knowledge.hubspot.com/crm-setup/manage-how-lifecycle-stages-sync-between-objects"""
    desk.twin.flip(deals_move_stages=moves)

    contact, company, _ = joined_deal(desk)

    assert stages(desk, contact, company) == (stage, stage)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="deals_move_stages")
def test_a_won_deal_makes_customers_and_a_lost_one_moves_nobody(desk):
    """https://knowledge.hubspot.com/crm-setup/manage-how-lifecycle-stages-sync-between-objects"""
    desk.twin.flip(deals_move_stages=True)
    contact, company, deal = joined_deal(desk)

    desk.write(deal, "deals", dealstage="closedlost")
    lost = stages(desk, contact, company)
    desk.write(deal, "deals", dealstage="closedwon")

    assert lost == ("opportunity", "opportunity")
    assert stages(desk, contact, company) == ("customer", "customer")
    assert desk.log.writes("automation", kind="contacts")[-1].new == "customer"


@pytest.mark.fact("POST /crm/objects/{kind}", switch="deals_move_stages")
def test_a_new_deal_never_sets_a_customer_back(desk):
    """https://knowledge.hubspot.com/crm-setup/manage-how-lifecycle-stages-sync-between-objects"""
    desk.twin.flip(deals_move_stages=True)
    contact, company, _ = joined_deal(desk, stage="closedwon")
    won = stages(desk, contact, company)

    to = [
        {"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]}
    ]
    desk.post("deals", {"properties": {"dealname": "Next", "dealstage": "contractsent"}, "associations": to})

    assert won == stages(desk, contact, company) == ("customer", "customer")


@pytest.mark.fact("POST /crm/objects/{kind}", switch="backward_stage")
@pytest.mark.parametrize("backward", ["ignore", "accept", "refuse"])
def test_a_new_deal_leaves_a_customer_alone_whatever_an_app_may_do(desk, backward):
    """https://knowledge.hubspot.com/crm-setup/manage-how-lifecycle-stages-sync-between-objects"""
    desk.twin.flip(deals_move_stages=True, backward_stage=backward)
    contact, company, _ = joined_deal(desk, stage="closedwon")

    to = [
        {"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]}
    ]
    made = desk.post("deals", {"properties": {"dealname": "Next"}, "associations": to})

    assert made.status == 201
    assert stages(desk, contact, company) == ("customer", "customer")


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update", switch="companies_move_contacts")
@pytest.mark.parametrize(("moves", "stage"), [(False, "lead"), (True, "opportunity")])
def test_a_company_moves_the_contacts_whose_primary_company_it_is(desk, moves, stage):
    """https://knowledge.hubspot.com/crm-setup/manage-how-lifecycle-stages-sync-between-objects"""
    desk.twin.flip(companies_move_contacts=moves)
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    behind = desk.contact(email="bob@example.com", lifecyclestage="lead")
    ahead = desk.contact(email="eve@example.com", lifecyclestage="customer")
    for one in (behind, ahead):
        desk.twin.associate("contacts", one, "companies", company)

    desk.write(company, "companies", lifecyclestage="opportunity")

    assert desk.twin.record("contacts", behind)["lifecyclestage"] == stage
    assert desk.twin.record("contacts", ahead)["lifecyclestage"] == "customer"
