"""Any history of edits and events: nobody in sales without owner and deadline, no move outside the table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings.lifecycle import Opportunity, Request, Situation, decide, project

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
STAGES = (
    "new", "nurturing", "qualified", "handed_over", "accepted", "working",
    "opportunity", "won", "lost", "rejected", "recycled", "disqualified",
)  # fmt: skip
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from(["marketer", "seller"]), st.sampled_from(STAGES)),
        st.tuples(st.just("status"), st.sampled_from(["working", "rejected"])),
        st.tuples(st.just("reason"), st.sampled_from([None, "no_need", "duplicate", "other", "unknown"])),
        st.tuples(st.just("form")),
        st.tuples(st.just("call")),
        st.tuples(st.just("opportunity"), st.sampled_from(["open", "won", "lost", "gone"])),
        st.tuples(st.just("owner"), st.sampled_from([None, "005"])),
        st.tuples(st.just("wait"), st.integers(1, 100)),
        st.tuples(st.just("wait"), st.integers(100, 3000)),
    ),
    min_size=1,
    max_size=25,
)


class Life:
    """One person, both records, and what happens to them."""

    def __init__(self, lifecycle, adopted):
        self.lifecycle, self.now, self.standing = lifecycle, START, None
        self.hubspot = lifecycle.blank("hubspot", "contact") | {
            "email": "ada@example.com", "lastname": "L", "company": "E", "country": "GB",
        }  # fmt: skip
        self.salesforce = None
        self.around = Situation(
            owner_is_user=True,
            opportunities=(),
            adopted_before=START + timedelta(days=1 if adopted else -1),
            created_at=START,
        )
        self.asked = []

    def happen(self, what, *more):
        getattr(self, f"_{what}")(*more)
        self.turn()

    def _edit(self, actor, to):
        side = "hubspot" if actor == "marketer" else "salesforce"
        self._ask(to, actor, side, "stage")

    def _status(self, to):
        self._ask(to, "seller", "salesforce", "status")

    def _ask(self, to, actor, side, source):
        if side == "salesforce" and self.salesforce is None:
            return
        reason = (self.salesforce or {}).get("Leadbridge_Reason__c")
        if source == "status":
            shows = {"working": "Working - Contacted", "rejected": "Closed - Not Converted"}
            self.salesforce["Status"] = shows[to]
            if self.standing is None or self.standing.stage not in ("handed_over", "accepted"):
                return
        self.asked = [Request(to, actor, "user", self.now, side, source, reason, "a comment")]

    def _reason(self, reason):
        if self.salesforce is not None:
            self.salesforce["Leadbridge_Reason__c"] = reason

    def _form(self):
        moment = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.hubspot |= {"recent_conversion_event_name": "Contact us", "recent_conversion_date": moment}

    def _call(self):
        self.around = replace(self.around, owner_activity_at=self.now)

    def _opportunity(self, state):
        if state == "gone":
            found = ()
        else:
            known = self.around.opportunities
            number = known[0].id if known else f"006-{self.now.isoformat()}"
            created = known[0].created_at if known else self.now
            found = (
                Opportunity(
                    number, state != "open", state == "won", created_at=created, close_date=date(2027, 1, 4)
                ),
            )
        self.around = replace(self.around, opportunities=found)

    def _owner(self, owner):
        self.around = replace(self.around, hand_over_owner=owner)

    def _wait(self, hours):
        self.now += timedelta(hours=hours)

    def turn(self):
        self.now += timedelta(minutes=1)
        self.around = replace(
            self.around,
            hubspot=self.hubspot,
            salesforce=self.salesforce,
            salesforce_kind="lead" if self.salesforce is not None else None,
        )
        outcome = decide(self.lifecycle, self.standing, self.asked, self.around, self.now)
        self.asked, self.standing = [], outcome.standing
        if outcome.hands_over and self.salesforce is None:
            self.salesforce = self.lifecycle.blank("salesforce", "lead") | {"Id": "00Q", "OwnerId": "005"}
        shown = project(self.lifecycle, self.standing, self.hubspot, self.salesforce, "lead")
        self.hubspot |= shown.hubspot
        if self.salesforce is not None:
            self.salesforce |= shown.salesforce
        return outcome


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(adopted=st.booleans(), events=EVENTS)
def test_every_history_keeps_the_promises(lifecycle, adopted, events):
    life = Life(lifecycle, adopted)
    life.turn()
    for event in events:
        life.happen(*event)
        again = decide(
            lifecycle, life.standing, [], replace(life.around, salesforce=life.salesforce), life.now
        )

        _nobody_in_sales_is_alone(lifecycle, life.standing)
        _rounds_are_in_order(life.standing)
        assert life.standing.wakes_at is None or life.standing.wakes_at > life.now
        assert again.steps == again.tells == ()


def _nobody_in_sales_is_alone(lifecycle, standing):
    if lifecycle.stage(standing.stage).is_open_for_sales:
        assert standing.owner
        assert standing.due_at


def _rounds_are_in_order(standing):
    rounds = standing.rounds
    assert [one.number for one in rounds] == list(range(1, standing.round + 1))
    assert all(one.ended_at is not None for one in rounds[:-1])
    in_round = standing.stage in ("qualified", "handed_over", "accepted", "working", "opportunity")
    assert bool(rounds and rounds[-1].ended_at is None) is in_round


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(adopted=st.booleans(), events=EVENTS)
def test_every_step_that_was_made_is_a_move_of_the_table(lifecycle, adopted, events):
    life = Life(lifecycle, adopted)
    life.turn()
    for event in events:
        before = life.standing.stage
        getattr(life, f"_{event[0]}")(*event[1:])
        outcome = life.turn()
        made = [step for step in outcome.steps if step.verdict in ("legal", "implied")]

        for step in made:
            assert step.came_from == before
            assert lifecycle.move(step.came_from, step.to, step.actor)
            before = step.to
        assert life.standing.stage == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_after_a_lost_store_everybody_stands_where_he_stood(lifecycle, events):
    life = Life(lifecycle, adopted=False)
    life.turn()
    for event in events:
        life.happen(*event)
    before, fields = life.standing, (dict(life.hubspot), dict(life.salesforce or {}))

    life.standing = None
    life.around = replace(life.around, adopted_before=life.now + timedelta(days=1), opportunities=None)
    outcome = decide(
        lifecycle, None, [], replace(life.around, hubspot=life.hubspot, salesforce=life.salesforce), life.now
    )

    moved = [step for step in outcome.steps if step.verdict != "adopted"]
    if not moved and before.asked is None:
        assert outcome.standing.stage == before.stage
        shown = project(lifecycle, outcome.standing, fields[0], fields[1] or None, "lead")
        assert shown.is_empty
