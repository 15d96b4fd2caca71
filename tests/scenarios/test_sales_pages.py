"""Both teams look at the same list: who waits for sales, and whom sales gave back, why and from where."""

from __future__ import annotations

from datetime import timedelta

from sync.report.handoffs import hand_offs, rejections
from sync.report.views import story_of
from tests.scenarios.town import SAM, SARA, berlin, town

ADA, BEN = "ada@nordwind.example", "ben@nordwind.example"


def _asks(here, email, source, owner=SAM):
    told = {
        "firstname": "A", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(owner), "hs_analytics_source": source,
    }  # fmt: skip
    here.world.hubspot.submit_form(email, "Request a call", told, here.clock.now())


def _with_sales(here):
    bridge = here.bridge
    engine = bridge.engine
    return hand_offs(
        bridge.store, here.agreement.lifecycle, here.clock.now(), engine.name_of, engine.countries()
    )


def _given_back(here):
    return rejections(here.bridge.store, here.clock.now(), here.bridge.engine.name_of)


def test_a_hand_off_waits_with_its_owner_until_sales_acts_and_a_rejection_says_why_and_whence(tmp_path):
    with town(tmp_path) as here:
        here.run()
        here.settle("2026-11-23 10:00")
        _asks(here, ADA, "PAID_SEARCH")
        here.settle("2026-11-23 10:01")
        _asks(here, BEN, "ORGANIC_SEARCH", SARA)
        here.settle("2026-11-23 11:00")

        first, second = _with_sales(here)
        assert (first.owner, second.owner) == ("Sam Seller", "Sara Santos")
        assert (first.stage, first.due_at) == ("handed_over", berlin("2026-11-23 14:01"))
        assert timedelta(hours=2, minutes=50) < first.left < timedelta(hours=3, minutes=2)
        assert not first.is_late

        here.clock.set(berlin("2026-11-23 16:01"))
        assert [one.is_late for one in _with_sales(here)] == [True, True]

        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_budget")
        here.settle()

        assert [one.owner for one in _with_sales(here)] == ["Sara Santos"]
        [rejected] = _given_back(here)
        assert (rejected.reason, rejected.source, rejected.who) == ("no_budget", "PAID_SEARCH", "Sam Seller")
        assert str(rejected.ref) == f"hubspot:contact:{here.contact(ADA)['hs_object_id']}"

        here.clock.advance(600)
        here.sell(here.sales("Lead", ADA), Leadbridge_Reason__c="bad_timing")
        here.settle()
        [corrected] = _given_back(here)
        assert (corrected.reason, corrected.at) == ("bad_timing", rejected.at)
        [said] = [one for one in story_of(here.bridge.store, rejected.ref) if one.what == "corrected"]
        assert (said.old, said.new, said.who, said.is_of_the_story) == (
            "no_budget", "bad_timing", here.user(SAM), True,
        )  # fmt: skip


def test_each_rejection_of_a_disputed_hand_off_keeps_the_reason_that_it_had_in_the_end(tmp_path):
    with town(tmp_path) as here:
        here.run()
        here.settle("2026-11-23 10:00")
        _asks(here, ADA, "PAID_SEARCH")
        here.settle("2026-11-23 11:00")
        reasons = ("not_ready", "no_budget", "no_need")

        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c=reasons[0])
        here.settle()
        said = {"leadbridge_stage": "handed_over", "leadbridge_sales_comment": "She asked again."}
        here.market(ADA, **said)
        here.settle()
        here.settle()
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c=reasons[1])
        here.settle()
        here.sell(here.sales("Lead", ADA), Leadbridge_Reason__c=reasons[2])
        here.settle()

        assert [one.reason for one in _given_back(here)] == [reasons[2], reasons[0]]


def test_a_corrected_reason_stays_corrected_once_marketing_disputes_the_rejection(tmp_path):
    with town(tmp_path) as here:
        here.run()
        here.settle("2026-11-23 10:00")
        _asks(here, ADA, "PAID_SEARCH")
        here.settle("2026-11-23 11:00")
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="not_ready")
        here.settle()
        here.sell(here.sales("Lead", ADA), Leadbridge_Reason__c="no_budget")
        here.settle()
        disputes = {"leadbridge_stage": "handed_over", "leadbridge_sales_comment": "She has the money."}
        here.market(ADA, **disputes)
        here.settle()
        here.settle()

        assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
        assert [one.reason for one in _given_back(here)] == ["no_budget"]


def test_a_reason_corrected_in_the_same_look_as_the_dispute_is_kept_too(tmp_path):
    with town(tmp_path) as here:
        here.run()
        here.settle("2026-11-23 10:00")
        _asks(here, ADA, "PAID_SEARCH")
        here.settle("2026-11-23 11:00")
        here.sell(here.sales("Lead", ADA), Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="not_ready")
        here.settle()
        here.sell(here.sales("Lead", ADA), Leadbridge_Reason__c="no_budget")
        disputes = {"leadbridge_stage": "handed_over", "leadbridge_sales_comment": "She has the money."}
        here.market(ADA, **disputes)
        here.settle()
        here.settle()

        assert here.contact(ADA)["leadbridge_stage"] == "handed_over"
        assert [one.reason for one in _given_back(here)] == ["no_budget"]


def test_the_page_counts_by_the_owner_s_holidays_as_the_clock_does(tmp_path):
    with town(tmp_path) as here:
        here.world.salesforce.tell_of(here.user(SAM), here.clock.now(), Country="United States")
        here.run()
        here.settle("2026-11-25 14:59")
        _asks(here, ADA, "PAID_SEARCH")
        here.settle("2026-11-25 15:00")

        [waits] = _with_sales(here)

        # Thanksgiving is no working day of Sam's: two hours are left today, two on Friday.
        assert waits.due_at == berlin("2026-11-27 11:00")
        assert timedelta(hours=3, minutes=58) < waits.left <= timedelta(hours=4)
