"""Leads of HubSpot's twin: born with a name and a person or company, and never without one."""

from __future__ import annotations

import pytest

MIA = "mia.marketer@example.com"


@pytest.fixture
def ada(desk):
    return desk.contact(email="ada@example.com")


def about(id_, type_id=578):
    """What a lead is about."""
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    return [{"to": {"id": id_}, "types": types}]


def lead(desk, id_, type_id=578, **properties):
    """The answer to a new lead."""
    named = {"hs_lead_name": "Ada", **properties}
    return desk.post("leads", {"properties": named, "associations": about(id_, type_id)})


@pytest.mark.fact("POST /crm/objects/leads")
def test_lead_stands_in_the_first_stage_of_its_pipeline(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    record = desk.twin.record("leads", lead(desk, ada).json()["id"])

    assert (record["hs_pipeline"], record["hs_pipeline_stage"]) == ("lead-pipeline-id", "new-stage-id")
    assert desk.twin.associated("contacts", ada, "leads") == [record["hs_object_id"]]


@pytest.mark.fact("POST /crm/objects/leads")
def test_lead_may_be_about_a_company(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]

    assert lead(desk, company, 580).status == 201


@pytest.mark.fact("POST /crm/objects/leads")
@pytest.mark.parametrize("associations", [None, [], "none", [{}], [{"to": {"id": "1"}, "types": "578"}]])
def test_lead_without_a_primary_contact_or_company_is_not_made(desk, ada, associations):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    body = {"properties": {"hs_lead_name": "Ada"}, "associations": associations}

    assert desk.post("leads", body).status == 400
    assert lead(desk, ada, 608).status == 400
    assert lead(desk, "999").status == 400
    assert desk.twin.records("leads") == []


@pytest.mark.fact("POST /crm/objects/leads")
def test_lead_needs_its_name(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    reply = lead(desk, ada, hs_lead_name="")

    assert (reply.status, reply.json()["context"]) == (400, {"properties": ["hs_lead_name"]})


@pytest.mark.fact("POST /crm/objects/{kind}/batch/create")
def test_leads_come_in_batches_too(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    one = {"properties": {"hs_lead_name": "Ada"}, "associations": about(ada)}

    made = desk.post("leads/batch/create", {"inputs": [one]})
    bare = desk.post("leads/batch/create", {"inputs": [one, {"properties": {"hs_lead_name": "Bob"}}]})

    assert (made.status, bare.status, len(desk.twin.records("leads"))) == (201, 400, 1)


@pytest.mark.fact("POST /crm/objects/{kind}/batch/update")
def test_lead_moves_through_its_stages_by_id(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    id_ = lead(desk, ada).json()["id"]

    moved = desk.write(id_, "leads", hs_pipeline_stage="unqualified-stage-id", hs_lead_label="COLD")
    label = desk.write(id_, "leads", hs_pipeline_stage="Qualified")

    assert (moved.status, label.status) == (200, 400)
    assert desk.twin.record("leads", id_)["hs_pipeline_stage"] == "unqualified-stage-id"


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}/associations/{to}/{other}")
def test_lead_dies_with_its_last_primary_association(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    id_ = lead(desk, ada).json()["id"]

    desk.call("DELETE", f"/crm/objects/2026-09/leads/{id_}/associations/contacts/{ada}")

    assert desk.get(f"leads/{id_}").status == 404
    assert desk.get(f"leads/{id_}?archived=true").status == 200


@pytest.mark.fact("DELETE /crm/objects/{kind}/{id}/associations/{to}/{other}")
def test_lead_with_a_primary_company_outlives_its_contact(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    company = desk.post("companies", {"properties": {"name": "Acme"}}).json()["id"]
    body = {"properties": {"hs_lead_name": "Ada"}, "associations": about(ada) + about(company, 580)}
    id_ = desk.post("leads", body).json()["id"]

    desk.call("DELETE", f"/crm/objects/2026-09/leads/{id_}/associations/contacts/{ada}")

    assert desk.get(f"leads/{id_}").status == 200


@pytest.mark.fact("at the screen")
def test_lead_whose_contact_is_taken_away_at_the_screen_dies(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide"""
    id_ = lead(desk, ada).json()["id"]

    desk.twin.part("contacts", ada, "leads", id_, MIA, desk.now)

    assert desk.get(f"leads/{id_}").status == 404


@pytest.mark.fact("POST /crm/objects/contacts/gdpr-delete")
def test_lead_of_a_person_deleted_for_good_dies(desk, ada):
    """[U] The last primary association went."""
    id_ = lead(desk, ada).json()["id"]

    desk.post("contacts/gdpr-delete", {"objectId": ada})

    assert desk.get(f"leads/{id_}").status == 404


@pytest.mark.fact("POST /crm/objects/leads", switch="has_leads")
def test_account_without_sales_hub_has_no_leads(desk, ada):
    """[U] 403, as for a scope nobody could grant."""
    desk.twin.flip(has_leads=False)

    assert lead(desk, ada).status == 403
    assert desk.get("leads").status == 403
    assert desk.get("contacts").status == 200


@pytest.mark.fact("GET /crm/objects/{kind}")
def test_leads_answer_under_their_type_id(desk, ada):
    """https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm"""
    id_ = lead(desk, ada).json()["id"]

    assert [one["id"] for one in desk.get("0-136").json()["results"]] == [id_]
