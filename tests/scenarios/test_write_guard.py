"""Nobody's edit between the bridge's read and its write is overwritten in silence, in whichever system they sit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from connectors.records import Receipt, Side, Write
from sync.apply import apply
from sync.model import Plan
from tests.scenarios.struck import ADA, Struck, struck
from tests.scenarios.town import MIA, is_update
from twins.messages import Request

SAMS: Final = "Sam's own title"
MIAS: Final = "Mia's own title"
Outcome = Literal["waiting", "stale", "unknown"]
LINE: Final = "person.jobtitle"


@contextmanager
def between(here: Struck, side: Side, act: Callable[[], None], *, s: float = 2) -> Iterator[list[Request]]:
    """*act* happens once, *s* seconds after the bridge has read and right before its update reaches *side*."""
    met: list[Request] = []

    def before(request: Request) -> None:
        if not met and is_update(request):
            met.append(request)
            here.clock.advance(s)
            act()
            here.clock.advance(s)

    here.world.wires[side].before = before
    yield met
    here.world.wires[side].before = None
    assert met


def told(here: Struck, field: str = LINE) -> list[tuple[str, Any, Any]]:
    """What the ledger decided about one line."""
    entries = here.bridge.store.entries(None, 500)
    return [
        (one.decision.what, one.decision.old, one.decision.new)
        for one in entries
        if one.decision.field == field and one.kind == "decided"
    ]


def both(here: Struck) -> tuple[Any, Any]:
    return here.contact(ADA)["jobtitle"], here.lead["Title"]


def settle(here: Struck) -> None:
    for _ in range(4):
        here.settle()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Struck]:
    with struck(tmp_path) as made:
        yield made


def ruled(here: Struck, conflict: str) -> None:
    """Ops let *conflict* decide the title from now on."""
    lines = here.config / "fields" / "person.yaml"
    text = lines.read_text("utf-8")
    start = text.index("{hubspot: jobtitle,")
    end = text.index("}", start)
    line = text[start:end].replace("conflict: salesforce", f"conflict: {conflict}")
    lines.write_text(text[:start] + line + text[end:], "utf-8")
    here.run()
    settle(here)


@pytest.mark.goal("G-C9")
@pytest.mark.fault("F34")
@pytest.mark.parametrize(("conflict", "stands"), [("salesforce", SAMS), ("hubspot", "From Mia")])
def test_a_seller_edits_the_very_field_before_the_write_and_the_rule_says_whose_title_it_is(
    here: Struck, conflict: str, stands: str
) -> None:
    ruled(here, conflict)
    here.market(ADA, jobtitle="From Mia")

    with between(here, "salesforce", lambda: here.sell(here.lead, Title=SAMS)):
        settle(here)

    assert both(here) == (stands, stands)
    assert {"From Mia", SAMS} <= values(told(here))
    here.assert_quiet()


@pytest.mark.fault("F34")
@pytest.mark.parametrize(("conflict", "stands"), [("salesforce", SAMS), ("hubspot", "From Mia")])
def test_a_seller_edits_one_of_so_many_that_they_go_in_one_collection_and_the_rule_holds(
    here: Struck, monkeypatch: pytest.MonkeyPatch, conflict: str, stands: str
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    ruled(here, conflict)
    here.market(ADA, jobtitle="From Mia")

    with between(here, "salesforce", lambda: here.sell(here.lead, Title=SAMS)):
        settle(here)

    assert both(here) == (stands, stands)
    assert {"From Mia", SAMS} <= values(told(here))
    here.assert_quiet()


@pytest.mark.goal("G-C9")
@pytest.mark.fault("F34")
@pytest.mark.parametrize(
    ("conflict", "stands"), [("salesforce", "From Sam"), ("hubspot", MIAS), ("latest", "From Sam")]
)
def test_a_marketer_edits_the_very_field_before_the_write_and_the_rule_says_whose_title_it_is(
    here: Struck, conflict: str, stands: str
) -> None:
    ruled(here, conflict)
    here.sell(here.lead, Title="From Sam")

    with between(here, "hubspot", lambda: here.market(ADA, jobtitle=MIAS)):
        settle(here)

    assert both(here) == (stands, stands)
    assert {"From Sam", MIAS} <= values(told(here))
    assert "conflict" in {what for what, _, _ in told(here)}
    here.assert_quiet()


@pytest.mark.fault("F34")
@pytest.mark.parametrize("side", ["hubspot", "salesforce"])
def test_where_a_person_must_choose_neither_title_is_overwritten(here: Struck, side: Side) -> None:
    ruled(here, "ask")

    if side == "hubspot":
        here.sell(here.lead, Title=SAMS)
        with between(here, side, lambda: here.market(ADA, jobtitle=MIAS)):
            settle(here)
    else:
        here.market(ADA, jobtitle=MIAS)
        with between(here, side, lambda: here.sell(here.lead, Title=SAMS)):
            settle(here)

    assert both(here) == (MIAS, SAMS)
    assert [one.code for one in here.problems()] == ["conflict"]


@pytest.mark.fault("F34")
def test_a_seller_who_edits_within_the_second_of_the_look_is_seen_all_the_same(here: Struck) -> None:
    here.sell(here.lead, City="Lund")
    here.market(ADA, jobtitle="From Mia")
    here.clock.set(here.clock.now().replace(microsecond=0) + timedelta(seconds=60))
    here.sell(here.lead, City="Malmö")

    with between(here, "salesforce", lambda: here.sell(here.lead, Title=SAMS), s=0):
        here.daemon.settle()
    settle(here)

    assert both(here) == (SAMS, SAMS)
    assert {"From Mia", SAMS} <= values(told(here))


@pytest.mark.fault("F34")
def test_a_marketer_who_types_the_same_is_in_no_conflict(here: Struck) -> None:
    here.sell(here.lead, Title=SAMS)

    with between(here, "hubspot", lambda: here.market(ADA, jobtitle=SAMS)):
        settle(here)

    assert both(here) == (SAMS, SAMS)
    assert {what for what, _, _ in told(here)} == {"field"}


def values(entries: list[tuple[str, Any, Any]]) -> set[Any]:
    return {value for _, old, new in entries for value in (old, new)}


def stages(here: Struck) -> tuple[Any, Any]:
    return here.contact(ADA)["leadbridge_stage"], here.lead["Leadbridge_Stage__c"]


def judged(here: Struck, to: str) -> list[tuple[str, str | None]]:
    """How the lifecycle judged the requests for one stage, and whose they were."""
    return [
        (one.decision.what, one.decision.by)
        for one in here.decided("moved", "reverted")
        if one.decision.new == to
    ]


def bridge_wrote(here: Struck, value: str) -> list[str]:
    """The fields to which the bridge gave this value, however shortly."""
    return [one.field for one in here.written(0) if one.new == value]


def mia(here: Struck) -> str:
    return next(str(one.user_id) for one in here.world.hubspot.owners if one.email == MIA)


@pytest.mark.fault("F34")
def test_a_stage_that_a_marketer_asks_for_before_the_write_is_a_request(here: Struck) -> None:
    here.sell(here.lead, Leadbridge_Stage__c="accepted")
    settle(here)
    here.sell(here.lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_contact")
    asks = {"leadbridge_stage": "handed_over", "leadbridge_sales_comment": "She called us today."}

    with between(here, "hubspot", lambda: here.market(ADA, **asks)):
        settle(here)

    assert stages(here) == ("handed_over", "handed_over")
    assert judged(here, "handed_over")[-1] == ("moved", mia(here))
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_a_stage_that_nobody_may_ask_for_is_told_although_a_write_hid_it_and_is_never_written(
    here: Struck,
) -> None:
    here.sell(here.lead, Leadbridge_Stage__c="accepted")

    with between(here, "hubspot", lambda: here.market(ADA, leadbridge_stage="won")):
        settle(here)

    assert stages(here) == ("accepted", "accepted")
    assert bridge_wrote(here, "won") == []
    assert judged(here, "won") == [("reverted", mia(here))]
    assert ("conflict", "won", "accepted") in told(here, "leadbridge_stage")
    assert [one for one in here.world.hubspot.records("notes") if "to won" in one["hs_note_body"]]
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_every_stage_that_was_asked_for_under_one_write_is_judged_in_its_order(here: Struck) -> None:
    here.sell(here.lead, Leadbridge_Stage__c="accepted")
    settle(here)
    here.sell(here.lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_contact")

    def both_at_once() -> None:
        here.market(ADA, leadbridge_stage="won")
        here.clock.advance(1)
        here.market(ADA, leadbridge_stage="recycled")

    with between(here, "hubspot", both_at_once):
        settle(here)

    assert judged(here, "won") == [("reverted", mia(here))]
    assert judged(here, "recycled") == [("moved", mia(here))]
    assert bridge_wrote(here, "won") == []
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_what_is_asked_for_again_before_the_next_look_is_judged_after_what_was_hidden(here: Struck) -> None:
    here.sell(here.lead, Leadbridge_Stage__c="accepted")
    with between(here, "hubspot", lambda: here.market(ADA, leadbridge_stage="won")):
        here.clock.advance(60)
        here.bridge.engine.run_pass()

    here.clock.advance(1)
    here.market(ADA, leadbridge_stage="lost")
    settle(here)

    assert stages(here) == ("accepted", "accepted")
    assert [judged(here, stage) for stage in ("won", "lost")] == [[("reverted", mia(here))]] * 2
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_a_stage_that_a_seller_asks_for_in_one_of_so_many_that_they_go_in_one_collection_is_a_request(
    here: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    here.market(ADA, leadbridge_stage="nurturing", leadbridge_sales_comment="Not yet.")

    with between(here, "salesforce", lambda: here.sell(here.lead, Leadbridge_Stage__c="working")):
        settle(here)

    assert stages(here) == ("working", "working")
    assert [what for what, _ in judged(here, "working")] == ["moved"]
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_a_stage_that_a_seller_may_not_ask_for_is_told_although_a_collection_hid_it(
    here: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    here.market(ADA, leadbridge_stage="nurturing", leadbridge_sales_comment="Not yet.")

    with between(here, "salesforce", lambda: here.sell(here.lead, Leadbridge_Stage__c="recycled")):
        settle(here)

    assert stages(here) == ("nurturing", "nurturing")
    assert bridge_wrote(here, "recycled") == []
    assert [what for what, _ in judged(here, "recycled")] == ["reverted"]
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_a_status_that_asks_for_a_stage_is_judged_although_a_collection_hid_it(
    here: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    here.sell(here.lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_contact")
    settle(here)
    here.market(ADA, leadbridge_stage="handed_over", leadbridge_sales_comment="She called us today.")

    with between(here, "salesforce", lambda: here.sell(here.lead, Status="Working - Contacted")):
        settle(here)

    assert stages(here) == ("working", "working")
    assert [what for what, _ in judged(here, "working")] == ["moved"]
    here.assert_quiet()


@pytest.mark.fault("F34")
@pytest.mark.parametrize(
    ("field", "first", "typed"), [("hs_lead_status", "OPEN_DEAL", "NEW"), ("leadbridge_round", "5", "7")]
)
def test_a_marketers_edit_of_what_the_bridge_alone_shows_is_kept_in_the_ledger(
    here: Struck, field: str, first: str, typed: str
) -> None:
    shown = here.contact(ADA)[field]
    here.market(ADA, **{field: first})

    with between(here, "hubspot", lambda: here.market(ADA, **{field: typed})):
        settle(here)

    [kept] = [one.decision for one in here.decided("conflict") if one.decision.field == field]
    assert (kept.old, kept.new, kept.by) == (typed, shown, mia(here))
    assert here.contact(ADA)[field] == shown
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_a_lifecycle_stage_that_was_typed_under_a_write_is_kept_in_the_ledger(here: Struck) -> None:
    here.sell(here.lead, Leadbridge_Stage__c="accepted")

    with between(here, "hubspot", lambda: here.market(ADA, lifecyclestage="subscriber")):
        settle(here)

    assert here.contact(ADA)["lifecyclestage"] == "salesqualifiedlead"
    assert ("conflict", "subscriber", "salesqualifiedlead") in told(here, "lifecyclestage")
    here.assert_quiet()


@pytest.mark.fault("F34")
def test_a_sellers_edit_of_a_status_that_asks_for_nothing_is_kept_in_the_ledger(
    here: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    here.sell(here.lead, Leadbridge_Stage__c="working")
    settle(here)
    shown, typed = "Working - Contacted", "Closed - Not Converted"
    here.sell(here.lead, Status="Open - Not Contacted")

    with between(here, "salesforce", lambda: here.sell(here.lead, Status=typed)):
        settle(here)

    assert here.lead["Status"] == shown
    assert ("conflict", typed, shown) in told(here, "Status")
    here.assert_quiet()


@pytest.fixture
def many(here: Struck, monkeypatch: pytest.MonkeyPatch) -> Struck:
    """So many are written to HubSpot at once that nobody looks behind it in the same pass."""
    monkeypatch.setattr("connectors.hubspot.guarding.BATCH_WITH_HISTORY", 0)
    return here


@pytest.mark.goal("G-C9")
@pytest.mark.fault("F34")
@pytest.mark.parametrize(("conflict", "stands"), [("salesforce", "From Sam"), ("hubspot", MIAS)])
def test_under_one_of_many_writes_a_marketers_edit_is_found_by_the_next_pass(
    many: Struck, conflict: str, stands: str
) -> None:
    ruled(many, conflict)
    many.sell(many.lead, Title="From Sam")

    with between(many, "hubspot", lambda: many.market(ADA, jobtitle=MIAS)):
        settle(many)

    assert both(many) == (stands, stands)
    assert {"From Sam", MIAS} <= values(told(many))
    assert "conflict" in {what for what, _, _ in told(many)}
    many.assert_quiet()
    assert many.bridge.store.unlooked(10) == []


@pytest.mark.fault("F34")
def test_under_one_of_many_writes_a_person_still_chooses(many: Struck) -> None:
    ruled(many, "ask")
    many.sell(many.lead, Title="From Sam")

    with between(many, "hubspot", lambda: many.market(ADA, jobtitle=MIAS)):
        settle(many)

    assert both(many) == (MIAS, "From Sam")
    assert [one.code for one in many.problems()] == ["conflict"]


@pytest.mark.fault("F34")
def test_under_one_of_many_writes_a_stage_is_a_request_all_the_same(many: Struck) -> None:
    many.sell(many.lead, Leadbridge_Stage__c="accepted")

    with between(many, "hubspot", lambda: many.market(ADA, leadbridge_stage="won")):
        settle(many)

    assert stages(many) == ("accepted", "accepted")
    assert judged(many, "won") == [("reverted", mia(many))]
    assert bridge_wrote(many, "won") == []
    many.assert_quiet()


@pytest.mark.fault("F34")
def test_under_one_of_many_writes_an_edit_of_a_projection_is_kept_in_the_ledger(many: Struck) -> None:
    many.sell(many.lead, Leadbridge_Stage__c="accepted")

    with between(many, "hubspot", lambda: many.market(ADA, hs_lead_status="UNQUALIFIED")):
        settle(many)

    shown = many.contact(ADA)["hs_lead_status"]
    assert ("conflict", "UNQUALIFIED", shown) in told(many, "hs_lead_status")
    many.assert_quiet()


@pytest.mark.fault("F34")
def test_what_was_edited_again_before_the_look_stands_and_the_ledger_keeps_what_was_under_the_write(
    many: Struck,
) -> None:
    ruled(many, "hubspot")
    many.sell(many.lead, Title="From Sam")
    with between(many, "hubspot", lambda: many.market(ADA, jobtitle=MIAS)):
        many.clock.advance(60)
        many.bridge.engine.run_pass()

    many.market(ADA, jobtitle="At last")
    settle(many)

    assert both(many) == ("At last", "At last")
    assert MIAS in values(told(many))
    many.assert_quiet()


class Died(BaseException):
    """The process is killed."""


@pytest.mark.fault("F34")
@pytest.mark.parametrize(("conflict", "stands"), [("salesforce", "From Sam"), ("hubspot", MIAS)])
def test_a_process_that_dies_after_its_write_leaves_the_look_to_the_next_one(
    here: Struck, monkeypatch: pytest.MonkeyPatch, conflict: str, stands: str
) -> None:
    ruled(here, conflict)
    here.sell(here.lead, Title="From Sam")

    def die(*_: Any) -> Any:
        raise Died

    with between(here, "hubspot", lambda: here.market(ADA, jobtitle=MIAS)), monkeypatch.context() as patched:
        patched.setattr("connectors.hubspot.writing.looked_back", die)
        with pytest.raises(Died):
            here.settle()
    assert here.contact(ADA)["jobtitle"] == "From Sam"
    here.run()
    settle(here)

    assert both(here) == (stands, stands)
    assert {"From Sam", MIAS} <= values(told(here))
    here.assert_quiet()


@pytest.mark.fault("F34")
@pytest.mark.fault("F37")
@pytest.mark.parametrize(
    "moment",
    [
        "connectors.hubspot.writing.looked_back",
        "sync.settling.remember",
        "sync.engine.Engine._remember_progress",
    ],
)
@pytest.mark.parametrize(
    ("asked", "stands", "what"), [("won", "rejected", "reverted"), ("recycled", "recycled", "moved")]
)
def test_a_request_that_a_write_hid_is_judged_once_wherever_the_process_dies(
    here: Struck, monkeypatch: pytest.MonkeyPatch, moment: str, asked: str, stands: str, what: str
) -> None:
    here.sell(here.lead, Leadbridge_Stage__c="accepted")
    settle(here)
    here.sell(here.lead, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="no_contact")

    def die(*_: Any, **__: Any) -> Any:
        if met:
            raise Died

    with (
        between(here, "hubspot", lambda: here.market(ADA, leadbridge_stage=asked)) as met,
        monkeypatch.context() as patched,
    ):
        patched.setattr(moment, die)
        with pytest.raises(Died):
            here.settle()
    here.run()
    settle(here)

    assert stages(here) == (stands, stands)
    assert judged(here, asked) == [(what, mia(here))]
    assert what == "moved" or bridge_wrote(here, asked) == []
    here.assert_quiet()


@pytest.mark.fault("F34", "F37")
@pytest.mark.invariant("I3", "I12")
@pytest.mark.parametrize(
    ("side", "conflict"),
    [("salesforce", "salesforce"), ("hubspot", "hubspot")],
    ids=["a seller", "a marketer"],
)
def test_what_somebody_typed_is_put_back_by_the_next_process_when_this_one_dies_before_it_is_sent(
    here: Struck, monkeypatch: pytest.MonkeyPatch, side: Side, conflict: str
) -> None:
    ruled(here, conflict)
    typed = _edited_under_a_write_of_a_process_that_dies(here, side, monkeypatch)
    here.run()
    settle(here)

    assert both(here) == (typed, typed)
    assert here.bridge.store.unsettled() == []
    here.assert_quiet()


@pytest.mark.fault("F34", "F37")
@pytest.mark.invariant("I3", "I12")
def test_what_was_edited_again_before_it_is_put_back_stays_and_the_ledger_says_so(
    here: Struck, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled(here, "salesforce")
    _edited_under_a_write_of_a_process_that_dies(here, "salesforce", monkeypatch)
    here.sell(here.lead, Title="At last")
    here.run()
    settle(here)

    assert both(here) == ("At last", "At last")
    [said] = [one for one in here.bridge.store.entries(None, 500) if "EDITED_AGAIN" in one.decision.why]
    assert said.decision.new == {"Title": SAMS}
    assert here.bridge.store.unsettled() == []
    here.assert_quiet()


@pytest.mark.fault("F01", "F34")
@pytest.mark.invariant("I3")
@pytest.mark.parametrize("outcome", ["waiting", "stale", "unknown"])
def test_what_could_not_be_put_back_at_once_is_put_back_later(
    here: Struck, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)
    ruled(here, "salesforce")
    here.market(ADA, jobtitle="From Mia")
    connector = here.bridge.engine.connectors["salesforce"]
    write = connector.write

    def busy(writes: Sequence[Write], **more: Any) -> list[Receipt]:
        sent = [one for one in writes if not one.owed]
        done = {one.write_id: one for one in (write(sent, **more) if sent else [])}
        return [done.get(one.id) or Receipt(one.id, outcome) for one in writes]

    with (
        between(here, "salesforce", lambda: here.sell(here.lead, Title=SAMS)),
        monkeypatch.context() as patched,
    ):
        patched.setattr(connector, "write", busy)
        here.settle()
    assert here.lead["Title"] == "From Mia"
    settle(here)

    assert both(here) == (SAMS, SAMS)
    assert here.bridge.store.unsettled() == []
    here.assert_quiet()


def _edited_under_a_write_of_a_process_that_dies(
    here: Struck, side: Side, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Somebody types right before a write; the process dies between recording what it puts back and sending it."""
    monkeypatch.setattr("connectors.salesforce.guarding.ONE_BY_ONE", 0)

    def die(connectors: Any, plans: Sequence[Plan], *more: Any) -> Any:
        if any(put.write.owed for plan in plans for put in plan.puts):
            raise Died
        return apply(connectors, plans, *more)

    typed = SAMS if side == "salesforce" else MIAS
    if side == "salesforce":
        here.market(ADA, jobtitle="From Mia")
    else:
        here.sell(here.lead, Title="From Sam")

    def act() -> None:
        if side == "salesforce":
            here.sell(here.lead, Title=typed)
        else:
            here.market(ADA, jobtitle=typed)

    with between(here, side, act), monkeypatch.context() as patched:
        patched.setattr("sync.settling.apply", die)
        with pytest.raises(Died):
            here.settle()
    assert typed not in both(here)
    return typed
