"""The demo as anybody can start it: it tells its story, ends by itself, and can be told again."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.records import Ref
from sync.cli.showing import in_words
from sync.demo import staged
from sync.demo.story import ADA, BEN, CLEO, MIA, SAM, SARA
from sync.model import Decision, Entry
from sync.report.views import line_of
from tests.scenarios.conftest import Ended, Leadbridge

PEOPLE = "60"


def _tells(leadbridge: Leadbridge, *more: str) -> Ended:
    ended = leadbridge("demo", "--once", "--people", PEOPLE, *more)
    assert (ended.code, ended.err) == (0, "")
    return ended


def test_the_demo_tells_its_story_twice_in_a_row_with_the_same_end(leadbridge: Leadbridge) -> None:
    first, second = _tells(leadbridge), _tells(leadbridge)

    assert first.out == second.out
    last = first.out.splitlines()[-1]
    assert re.fullmatch(r"Writes made by one more `run --once` on this world: 0", last)
    for part in (
        "Ada asks for a call",
        "Salesforce does not save it: From Handed over sales can go to Accepted or Rejected.",
        "Salesforce does not save it: Give a reason with Rejected or Recycled.",
        "qualified → handed_over",
        "working → rejected",
        "opportunity → won",
        "won stays, not handed_over",
        "leadbridge_won_amount 24000",
        "leadbridge_won_currency EUR",
        "leadbridge_reason not_ready",
    ):
        assert part in first.out, part


def test_the_demo_can_be_read_by_machines(leadbridge: Leadbridge) -> None:
    ended = _tells(leadbridge, "--json")

    told = ended.json
    assert ended.out.count("\n") == 1
    figures = {"people", "won", "rejected", "problems", "unexplained", "refused", "writes", "writes_after"}
    assert set(told) == figures
    assert told["unexplained"] == 0
    [won], [rejected] = told["won"], told["rejected"]
    assert (won["leadbridge_stage"], won["leadbridge_outcome"], won["lifecyclestage"]) == (
        "won",
        "won",
        "customer",
    )
    assert (won["leadbridge_won_amount"], won["leadbridge_won_currency"]) == ("24000", "EUR")
    assert (rejected["leadbridge_stage"], rejected["leadbridge_reason"]) == ("nurturing", "not_ready")
    assert told["writes_after"] == 0
    assert told["refused"] == []
    assert set(told["problems"]) <= {"several_candidates", "conflict"}
    assert min(told["writes"].values()) > 0
    assert sum(told["people"].values()) > 40


def test_the_demo_takes_ones_own_files_and_lists_the_rows_it_refused(
    leadbridge: Leadbridge, tmp_path: Path
) -> None:
    (tmp_path / "mine" / "hubspot").mkdir(parents=True)
    (tmp_path / "mine" / "salesforce").mkdir()
    (tmp_path / "mine" / "hubspot" / "contacts.csv").write_text(
        "email,firstname,lastname,company,country\n"
        "otto@ostsee.example,Otto,Oest,Ostsee GmbH,Germany\n"
        "not-an-address,Nele,Nord,Nord KG,Germany\n"
        ",,,Nobody Ltd,Germany\n",
        "utf-8",
    )
    (tmp_path / "mine" / "salesforce" / "Lead.csv").write_text(
        "LastName,FirstName,Company,Email,Status,OwnerId\n"
        "Oest,Otto,Ostsee GmbH,otto@ostsee.example,Working - Contacted,sam.seller@example.com\n"
        ",Nele,Nord KG,nele@nord.example,Open - Not Contacted,sam.seller@example.com\n",
        "utf-8",
    )

    ended = leadbridge("demo", "--once", "--data", str(tmp_path / "mine"))

    assert (ended.code, ended.err) == (0, "")
    assert "3 rows were refused:" in ended.out
    listed = ended.out.partition("3 rows were refused:")[2].splitlines()[1:4]
    for file, about in (("Lead", "LastName"), ("contacts", "not-an-address"), ("contacts", "firstname")):
        assert [line for line in listed if file in line and about in line], about
    assert ended.out.splitlines()[-1].endswith(": 0")

    told = leadbridge("demo", "--once", "--data", str(tmp_path / "mine"), "--json").json
    assert [line.strip() for line in listed] == told["refused"]


@pytest.mark.goal("G-H2", "G-H4", "G-L3")
def test_each_turn_of_the_story_stands_in_the_timeline_with_who_when_and_why(
    leadbridge: Leadbridge, tmp_path: Path
) -> None:
    state = tmp_path / "told"
    with staged(state, people=0, data=None) as made:
        made.daemon.settle()
        for scene in made.story.scenes:
            made.show(scene)
        ours = {"LEADBRIDGE_CONFIG": str(state / "config"), "LEADBRIDGE_STATE": str(state)}

        def timeline(email: str) -> list[str]:
            ended = leadbridge("timeline", email, "--json", settings={**made.world.settings(), **ours})
            assert ended.code == 0, ended.err
            keys = ("at", "who", "what", "old", "new", "why")
            return [" ".join(str(one[key]) for key in keys if one[key]) for one in ended.json]

        sam, sara = map(made.world.salesforce.user, (SAM, SARA))
        mia = next(one.user_id for one in made.world.hubspot.owners if one.email == MIA)
        ada, ben, cleo = timeline(ADA), timeline(BEN), timeline(CLEO)

    assert (
        _missed(
            ada,
            "2026-11-23T09:01:00Z bridge moved qualified handed_over",
            f"2026-11-23T10:20:00Z {sam} moved handed_over accepted",
            "bridge moved accepted working first activity of the owner",
            f"{sam} moved working rejected the stage was edited by sales (reason: bad_timing)",
            "bridge moved rejected recycled the reason has a delay",
            "bridge moved recycled nurturing the delay is over",
            "bridge moved nurturing qualified sales-ready",
            f"{sam} moved handed_over accepted implied: the Lead was converted",
            "bridge moved opportunity won",
            f"{mia} reverted won handed_over marketing may not move from won to handed over",
            "bridge told The stage was edited; this was put back",
        )
        == []
    )
    assert (
        _missed(
            ben,
            f"{sara} moved handed_over rejected the stage was edited by sales (reason: not_ready)",
            "bridge moved rejected recycled",
            "bridge moved recycled nurturing the delay is over",
        )
        == []
    )
    assert (
        _missed(
            cleo,
            "bridge late handed_over 50 50 % of the time until accepted is used up: the owner is reminded",
            "bridge late handed_over 100 100 % of the time until accepted is used up: the manager is told",
            "bridge late handed_over 300 300 % of the time until accepted is used up: the record goes to the queue",
            f"{sam} moved handed_over accepted",
            f"{sam} moved accepted rejected the stage was edited by sales (reason: wrong_segment)",
            "bridge moved rejected disqualified with a final reason",
        )
        == []
    )


@pytest.mark.parametrize(
    ("what", "old", "new", "said"),
    [
        ("moved", None, "new", "bridge: start → new   (so it is)"),
        ("reverted", "won", "handed_over", "bridge: won stays, not handed_over   (so it is)"),
        ("corrected", "not_ready", "no_need", "bridge: the reason is no_need, no longer not_ready   (so it is)"),
        ("late", "accepted", 50, "bridge: late at accepted   (so it is)"),
        ("linked", None, "salesforce:lead:1", "bridge: hubspot:contact:1 and salesforce:lead:1 belong together   (so it is)"),
        ("conflict", "a", "b", "bridge: two values for person.email   (so it is)"),
        ("deleted", "salesforce:lead:1", None, "bridge: salesforce:lead:1 is gone   (so it is)"),
        ("outcome", None, "won", "bridge: person.email = won on the contact in HubSpot"),
        ("told", None, None, "bridge writes a note in hubspot: so it is"),
        ("created", None, "lead", "bridge creates a lead in hubspot   (so it is)"),
    ],
)  # fmt: skip
def test_every_kind_of_entry_of_the_story_is_told_in_words(
    what: str, old: str | None, new: str | int | None, said: str
) -> None:
    at, about = datetime(2026, 11, 23, tzinfo=UTC), Ref("hubspot", "contact", "1")
    decision = Decision(what, "so it is", about, field="person.email", side="hubspot", old=old, new=new)
    entry = Entry(1, 1, "decided", about, None, decision, at)

    assert line_of(entry).is_of_the_story
    assert in_words(entry) == said


def _missed(lines: list[str], *said: str) -> list[str]:
    """What of this does not stand there, each in a line of its own, one after the other."""
    left = iter(lines)
    return [one for one in said if not any(one in line for line in left)]
