"""Pipelines and stages on HubSpot's wire: ids, labels, places, metadata, and stages that are still needed."""

from __future__ import annotations

import pytest

ROOT = "/crm/pipelines/2026-09/deals"
STAGES = [
    {"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.5"}},
    {"label": "Won", "displayOrder": 1, "metadata": {"probability": 1}},
]
RENEWALS = {"label": "Renewals", "displayOrder": 1, "stages": STAGES}


def make(desk, **changes):
    return desk.call("POST", ROOT, {**RENEWALS, **changes})


def stages(desk, pipeline, root=ROOT):
    rows = desk.call("GET", f"{root}/{pipeline}/stages").json()["results"]
    return {row["label"]: row for row in rows}


@pytest.fixture
def renewals(desk):
    return make(desk).json()


@pytest.fixture
def deal(desk, renewals):
    """A deal that stands in the open stage of the second pipeline."""
    at = {"pipeline": renewals["id"], "dealstage": renewals["stages"][0]["id"]}
    return desk.post("deals", {"properties": {"dealname": "Acme", **at}}).json()["id"]


@pytest.mark.fact("GET /crm/pipelines/{kind}")
def test_deals_leads_and_tickets_have_pipelines(desk):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    found = {
        kind: [one["id"] for one in desk.call("GET", f"/crm/v3/pipelines/{kind}").json()["results"]]
        for kind in ("deals", "leads", "tickets", "contacts")
    }

    assert found == {"deals": ["default"], "leads": ["lead-pipeline-id"], "tickets": ["0"], "contacts": []}


@pytest.mark.fact("GET /crm/pipelines/{kind}")
def test_a_fresh_lead_pipeline_has_the_five_known_stages(desk):
    """[U] The stage ids stand in many code bases, the pipeline's is from memory."""
    (pipeline,) = desk.call("GET", "/crm/v3/pipelines/leads").json()["results"]

    assert [one["id"] for one in pipeline["stages"]] == [
        "new-stage-id",
        "attempting-stage-id",
        "connected-stage-id",
        "qualified-stage-id",
        "unqualified-stage-id",
    ]


@pytest.mark.fact("POST /crm/pipelines/{kind}")
def test_a_new_pipeline_and_its_stages_get_numbers(desk, renewals):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    ids = [renewals["id"], *(one["id"] for one in renewals["stages"])]

    assert all(one.isdigit() for one in ids)
    assert len(set(ids)) == 3
    assert len(desk.call("GET", ROOT).json()["results"]) == 2


@pytest.mark.fact("POST /crm/pipelines/{kind}")
def test_ids_that_the_caller_names_are_kept(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: honoured word for word."""
    stages_ = [{**STAGES[0], "stageId": "First.Step"}, STAGES[1]]

    made = make(desk, pipelineId="Our-Renewals", stages=stages_).json()
    again = make(desk, pipelineId="Our-Renewals", label="Other")
    taken = make(desk, label="Third", stages=stages_)

    assert (made["id"], made["stages"][0]["id"]) == ("Our-Renewals", "First.Step")
    assert (again.status, taken.status) == (400, 400)


@pytest.mark.fact("POST /crm/pipelines/{kind}")
def test_the_metadata_of_a_stage_are_texts_and_closed_follows_the_probability(desk, renewals):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    found = stages(desk, renewals["id"])

    assert found["Open"]["metadata"] == {"isClosed": "false", "probability": "0.5"}
    assert found["Won"]["metadata"] == {"isClosed": "true", "probability": "1.0"}


@pytest.mark.fact("POST /crm/pipelines/{kind}")
@pytest.mark.parametrize(
    "metadata", [{}, {"probability": "2"}, {"probability": -0.1}, {"probability": "much"}, [], "0.5"]
)
def test_a_deal_stage_needs_a_probability_between_none_and_one(desk, metadata):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    stage = {"label": "Open", "displayOrder": 0, "metadata": metadata}

    assert make(desk, stages=[stage]).status == 400
    assert len(desk.call("GET", ROOT).json()["results"]) == 1


@pytest.mark.fact("POST /crm/pipelines/{kind}")
@pytest.mark.parametrize(
    "changes", [{"stages": []}, {"label": None}, {"displayOrder": None}, {"displayOrder": "x"}, {"stages": 1}]
)
def test_a_pipeline_needs_label_place_and_a_stage(desk, changes):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    assert make(desk, **changes).status == 400


@pytest.mark.fact("POST /crm/pipelines/{kind}")
def test_pipelines_of_one_kind_have_different_labels(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: whatever their case."""
    assert make(desk, label="RENEWALS").status == 400
    elsewhere = {"label": "Renewals", "displayOrder": 1}
    closed = [{"label": "Done", "displayOrder": 0, "metadata": {"ticketState": "CLOSED"}}]
    assert desk.call("POST", "/crm/v3/pipelines/tickets", {**elsewhere, "stages": closed}).status == 201


@pytest.mark.fact("POST /crm/pipelines/{kind}/{id}/stages")
def test_stages_of_one_pipeline_have_different_labels(desk, renewals):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    stage = {"label": " open", "displayOrder": 5, "metadata": {"probability": "0.1"}}

    reply = desk.call("POST", f"{ROOT}/{renewals['id']}/stages", stage)

    assert (reply.status, reply.json()["subCategory"]) == (400, "PipelineError.STAGE_LABEL_EXISTS")


@pytest.mark.fact("POST /crm/pipelines/{kind}/{id}/stages")
def test_a_pipeline_has_a_hundred_stages_at_most_and_one_of_leads_thirty(desk, renewals):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""

    def fill(root, metadata, standing):
        replies = [
            desk.call("POST", root, {"label": f"S{n}", "displayOrder": n + 10, "metadata": metadata}).status
            for n in range(101)
        ]
        return replies.count(201) + standing

    assert fill(f"{ROOT}/{renewals['id']}/stages", {"probability": "0.1"}, 2) == 100
    assert fill("/crm/v3/pipelines/leads/lead-pipeline-id/stages", {}, 5) == 30


@pytest.mark.fact("POST /crm/pipelines/{kind}/{id}/stages")
def test_a_stage_at_a_taken_place_comes_after_and_all_are_counted_anew(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    stage = {"label": "Talk", "displayOrder": 0, "metadata": {"probability": "0.6"}}

    desk.call("POST", f"{ROOT}/{renewals['id']}/stages", stage)

    assert {label: row["displayOrder"] for label, row in stages(desk, renewals["id"]).items()} == {
        "Open": 0,
        "Talk": 1,
        "Won": 2,
    }
    assert desk.call("POST", f"{ROOT}/{renewals['id']}/stages", {**stage, "displayOrder": -1}).status == 400


@pytest.mark.fact("PATCH /crm/pipelines/{kind}/{id}/stages/{stage}")
def test_a_patch_of_a_stage_changes_only_what_is_sent(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    stage = f"{ROOT}/{renewals['id']}/stages/{renewals['stages'][0]['id']}"

    label = desk.call("PATCH", stage, {"metadata": {}, "label": "Begun"})
    chance = desk.call("PATCH", stage, {"metadata": {"probability": "0.7", "colour": "red"}})
    moved = desk.call("PATCH", stage, {"metadata": {}, "displayOrder": 1})

    after = desk.call("GET", stage).json()
    assert (label.status, chance.status, moved.status) == (200, 200, 200)
    assert (after["label"], after["metadata"]) == ("Begun", {"isClosed": "false", "probability": "0.7"})
    assert chance.json()["metadata"]["colour"] == "red"
    assert [*stages(desk, renewals["id"])] == ["Won", "Begun"]


@pytest.mark.fact("PATCH /crm/pipelines/{kind}/{id}/stages/{stage}")
def test_a_changed_probability_shows_on_its_deals(desk, renewals, deal):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    stage = f"{ROOT}/{renewals['id']}/stages/{renewals['stages'][0]['id']}"
    before = desk.twin.record("deals", deal)

    desk.call("PATCH", stage, {"metadata": {"probability": "0.0"}})

    after = desk.twin.record("deals", deal)
    assert (before["hs_is_closed"], before["hs_deal_stage_probability"]) == ("false", "0.5")
    assert (after["hs_is_closed_lost"], after["hs_deal_stage_probability"]) == ("true", "0.0")


@pytest.mark.fact("PUT /crm/pipelines/{kind}/{id}")
def test_a_put_keeps_named_stages_and_drops_the_others(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    kept = {**STAGES[1], "label": "Renewed", "stageId": renewals["stages"][1]["id"]}
    fresh = {"label": "Lost", "displayOrder": 2, "metadata": {"probability": "0"}}

    reply = desk.call("PUT", f"{ROOT}/{renewals['id']}", {**RENEWALS, "stages": [kept, fresh]})

    assert reply.status == 200
    found = stages(desk, renewals["id"])
    assert [*found] == ["Renewed", "Lost"]
    assert found["Renewed"]["id"] == renewals["stages"][1]["id"]


@pytest.mark.fact("PATCH /crm/pipelines/{kind}/{id}")
def test_a_pipeline_is_renamed_and_its_stages_are_touched(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    reply = desk.call("PATCH", f"{ROOT}/{renewals['id']}", {"label": "Second year"})

    told = reply.json()
    assert (reply.status, told["label"], told["displayOrder"]) == (200, "Second year", 1)
    assert {one["updatedAt"] for one in told["stages"]} == {told["updatedAt"]}
    assert desk.call("PATCH", f"{ROOT}/{renewals['id']}", {"archived": True}).status == 400


@pytest.mark.fact("DELETE /crm/pipelines/{kind}/{id}")
@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/crm/v3/pipelines/deals/{}?validateReferencesBeforeDelete=true", 400),
        ("/crm/v3/pipelines/deals/{}?validateDealStageUsagesBeforeDelete=True", 400),
        ("/crm/v3/pipelines/deals/{}", 204),
        ("/crm/pipelines/2026-03/deals/{}", 204),
        ("/crm/pipelines/2026-09/deals/{}?validateReferencesBeforeDelete=false", 400),
    ],
)
def test_a_pipeline_in_use_is_kept_when_asked_to_and_since_2026_09_always(desk, renewals, deal, url, status):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    reply = desk.call("DELETE", url.format(renewals["id"]))

    assert reply.status == status
    if status == 400:
        told = reply.json()
        assert told["subCategory"] == "PipelineError.STAGE_ID_IN_USE"
        assert told["context"]["objectIds"] == [f"[{deal}]"]


@pytest.mark.fact("DELETE /crm/pipelines/{kind}/{id}/stages/{stage}")
def test_a_stage_in_use_stays_until_its_deal_is_gone(desk, renewals, deal):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: the recycle bin does not count."""
    stage = f"{ROOT}/{renewals['id']}/stages/{renewals['stages'][0]['id']}"

    refused = desk.call("DELETE", stage)
    desk.twin.archive("deals", deal, "sam.seller@example.com", desk.now)
    gone = desk.call("DELETE", stage)

    assert (refused.status, gone.status) == (400, 204)
    assert [*stages(desk, renewals["id"])] == ["Won"]


@pytest.mark.fact("DELETE /crm/pipelines/{kind}/{id}/stages/{stage}")
def test_deleting_a_stage_that_stands_nowhere_is_a_204(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: also through the wrong pipeline."""
    stage = renewals["stages"][0]["id"]

    replies = [
        desk.call("DELETE", f"{ROOT}/{path}").status
        for path in (f"{renewals['id']}/stages/7", f"nothing/stages/{stage}", f"default/stages/{stage}")
    ]

    assert replies == [204, 204, 204]
    assert len(stages(desk, renewals["id"])) == 2


@pytest.mark.fact("DELETE /crm/pipelines/{kind}/{id}/stages/{stage}")
def test_the_last_stage_cannot_be_deleted(desk, renewals):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md"""
    ids = [one["id"] for one in renewals["stages"]]

    replies = [desk.call("DELETE", f"{ROOT}/{renewals['id']}/stages/{id_}").status for id_ in ids]

    assert replies == [204, 400]


@pytest.mark.fact("PATCH /crm/pipelines/{kind}/{id}/stages/{stage}")
def test_a_ticket_pipeline_keeps_a_closed_stage(desk):
    """https://github.com/scopiousdigital/kalup/blob/main/docs/hubspot.md: MISSING_CLOSED_STAGE."""
    stage = "/crm/v3/pipelines/tickets/0/stages/4"

    reopened = desk.call("PATCH", stage, {"metadata": {"ticketState": "OPEN"}})
    wrong = desk.call("PATCH", stage, {"metadata": {"ticketState": "open"}})

    assert reopened.json()["subCategory"] == "PipelineError.MISSING_CLOSED_STAGE"
    assert wrong.status == 400
    assert desk.call("GET", stage).json()["metadata"]["ticketState"] == "CLOSED"


@pytest.mark.fact("PATCH /crm/objects/{kind}/{id}", switch="stage_of_another_pipeline_is_refused")
@pytest.mark.parametrize(("is_refused", "status"), [(True, 400), (False, 200)])
def test_a_stage_of_another_pipeline_is_refused(desk, renewals, is_refused, status):
    """[U] From memory: a 400."""
    desk.twin.flip(stage_of_another_pipeline_is_refused=is_refused)
    first = {"dealname": "Acme", "pipeline": "default", "dealstage": "qualifiedtobuy"}
    deal = desk.post("deals", {"properties": first}).json()["id"]

    change = {"properties": {"dealstage": renewals["stages"][0]["id"]}}
    reply = desk.call("PATCH", f"/crm/objects/2026-09/deals/{deal}", change)

    assert reply.status == status


@pytest.mark.fact("GET /crm/properties/{kind}/{name}")
def test_the_stage_property_offers_the_stages_of_all_pipelines(desk, renewals):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    told = {
        name: {one["value"] for one in desk.call("GET", f"/crm/v3/properties/deals/{name}").json()["options"]}
        for name in ("pipeline", "dealstage")
    }

    assert told["pipeline"] == {"default", renewals["id"]}
    assert {"closedwon", *(one["id"] for one in renewals["stages"])} <= told["dealstage"]


@pytest.mark.fact("GET /crm/pipelines/{kind}/{id}")
@pytest.mark.parametrize("path", ["nothing", "nothing/stages", "default/stages/nothing"])
def test_an_unknown_pipeline_or_stage_is_a_404(desk, path):
    """https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide"""
    assert desk.call("GET", f"{ROOT}/{path}").status == 404
