"""Each broken file earns exactly one good message: file, line, what is wrong, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.agreement import Broken, compile_agreement
from mappings.fields import Known
from mappings.own_fields import OwnFields

CONFIG = Path(__file__).parents[2] / "config"
TEXTS = {str(path.relative_to(CONFIG)): path.read_text() for path in CONFIG.rglob("*.yaml")}
HOLDS = {"number": "double", "money": "currency", "date": "date", "boolean": "boolean"}
TYPES = {
    end.fields[0]: HOLDS.get(line.type, "string")
    for pair in compile_agreement(TEXTS).pairs.values()
    for line in pair.lines
    for end in line.ends.values()
}
KNOWN = {
    (side, kind): {
        name: Known(TYPES.get(name, "string")) for name in compile_agreement(TEXTS).fields(side, kind)
    }
    for side, kind in (
        ("hubspot", "contact"), ("hubspot", "company"), ("hubspot", "deal"), ("salesforce", "lead"),
        ("salesforce", "contact"), ("salesforce", "account"), ("salesforce", "opportunity"),
    )
}  # fmt: skip


def said(file: str, old: str, new: str, known=None) -> str:
    """The one message about the shipped files after an edit of the first *old*."""
    assert old in TEXTS[file]
    with pytest.raises(Broken) as broken:
        compile_agreement({**TEXTS, file: TEXTS[file].replace(old, new, 1)}, known)
    (mistake,) = broken.value.mistakes
    return str(mistake)


def at(file: str, text: str) -> str:
    """file:line of the first line with *text*."""
    return f"{file}:{1 + TEXTS[file][: TEXTS[file].index(text)].count(chr(10))}:"


PERSON, COMPANY, DEAL, BRIDGE = "fields/person.yaml", "fields/company.yaml", "fields/deal.yaml", "bridge.yaml"
JOB = "- {hubspot: jobtitle,"
TITLE = "salesforce: Title,       as: text,  rule: two_way"


@pytest.mark.parametrize(
    ("file", "old", "new", "line_with", "message"),
    [
        (BRIDGE, "poll_s:", "pol_s:", "poll_s:", "`pol_s` is not a key here. Did you mean `poll_s`?"),
        (BRIDGE, "poll_s:", "fuses: {}\npoll_s:", "poll_s:", "`fuses` is not a key here. Use one of"),
        (BRIDGE, "poll_s: ", "mode: observe\npoll_s: ", "poll_s:", "`mode` stands here twice (first on line 7). Keep one"),
        (BRIDGE, "\nmode: observe", "\nmode: observ", "mode: observe  ", "`observ` is not a word that `mode` knows. Did you mean `observe`?"),
        (BRIDGE, "Europe/Berlin ", "Europe/Berln ", "time_zone:", "`Europe/Berln` is not a time zone. Did you mean `Europe/Berlin`?"),
        (BRIDGE, "currency: EUR", "currency: EUU", "currency:", "`EUU` is not a currency. Did you mean"),
        (BRIDGE, "currency: EUR", "currency: euro", "currency:", "`currency` is not spelled as it must be. It means:"),
        (BRIDGE, "poll_s: 60", "poll_s: soon", "poll_s:", "`poll_s` must be a whole number. It means: Seconds between"),
        (BRIDGE, "  people: all", "  people: some", "  people:", "`some` is not a word that `people` knows. It means: `all`; a condition"),
        (BRIDGE, "  people: all", "  people: {sample: 0}", "  people:", "`sample` takes a number of people. Example: `{sample: 100}`."),
        (BRIDGE, "  people: all", "  people: {at_leest: {a: 1}}", "  people:", "`people` is not a condition: there is no predicate 'at_leest'; did you mean 'at_least'?"),
        (BRIDGE, 'end: "17:00"', 'end: "08:00"', "end:", "The day ends before it starts."),
        (BRIDGE, "holidays: []", "holidays: [AT, DE-BX]", "holidays:", "The public holidays of `DE-BX` are not known. Did you mean `DE-BB`? There are"),
        (BRIDGE, "holidays: []", "holidays: [Austria]", "holidays:", "The public holidays of `Austria` are not known. Did you mean `AT`? A country is two letters"),
        (BRIDGE, "closed: []", "closed: [{from: 2026-12-24, to: 2026-12-23}]", "closed:", "These days end before they begin, or are more than a year."),
        (BRIDGE, "closed: []", "closed: [{from: Christmas, to: 2026-12-27}]", "closed:", "`from`"),
        (BRIDGE, 'start: "09:00"', 'start: "9 am"', "start:", "`start` is not spelled as it must be. It means: Opening time. Example: `start: 09:00`."),
        (BRIDGE, "  rules: []", "  rules: [{give_to: [sam]}]", "  rules: []", "`give_to[0]` is not spelled as it must be."),
        (BRIDGE, "  rules: []", "  rules: [{give_to: []}]", "  rules: []", "`give_to` must not be empty."),
        (BRIDGE, "  rules: []", "  rules: [{give_to: [a@x.de], bye: round_robin}]", "  rules: []", "`bye` is not a key here. Did you mean `by`?"),
        (BRIDGE, "  rules: []", "  rules: [{give_to: [a@x.de], by: roundrobin}]", "  rules: []", "`roundrobin` is not a word that `by` knows. Did you mean `round_robin`?"),
        (BRIDGE, "  rules: []", "  rules: [{give_to: [a@x.de, A@x.de]}]", "  rules: []", "`a@x.de` stands twice in `give_to`."),
        (BRIDGE, "  rules: []", "  rules: [{when: {iss: {country: DE}}, give_to: [a@x.de]}]", "  rules: []", "`when` is not a condition: there is no predicate 'iss'; did you mean 'is'?"),
        (BRIDGE, "notifications: []", "notifications: [{to: sales, on: [handedover]}]", "notifications: []", "`handedover` is nothing that can be told: no stage, and none of `late`, `problem`, `brake`. Did you mean `handed_over`?"),
        (BRIDGE, "notifications: []", 'notifications: [{to: sales, on: [won], text: "{onwer} won"}]', "notifications: []", "`{onwer}` stands for nothing. Did you mean `owner`?"),
        (BRIDGE, "notifications: []", 'notifications: [{to: sales, on: [won], text: "{owner.__class__}"}]', "notifications: []", "`{owner.__class__}` stands for nothing."),
        (BRIDGE, "notifications: []", 'notifications: [{to: sales, on: [won], text: "{owner!r}"}]', "notifications: []", "`text` cannot be read: `{owner}` takes nothing beside its name. Write a brace"),
        (BRIDGE, "notifications: []", 'notifications: [{to: sales, on: [won], text: "{owner"}]', "notifications: []", "`text` cannot be read: expected '}' before end of string. Write a brace"),
        (BRIDGE, "notifications: []", "notifications: [{to: sales, on: [won]}, {to: sales, on: [late]}]", "notifications: []", "`sales` is told in more than one place. Let one of them be all;"),
        (BRIDGE, "notifications: []", "notifications: [{to: sales}]", "notifications: []", "`sales` is told of nothing. Name what of in `on`, or a `digest`."),
        (BRIDGE, "notifications: []", "notifications: [{to: sales, on: [won], digest: wins}]", "notifications: []", "A digest has words of its own."),
        (BRIDGE, "notifications: []", "notifications: [{to: sales, digest: winz}]", "notifications: []", "`winz` is not a word that `digest` knows. Did you mean `wins`?"),
        (BRIDGE, "notifications: []", "notifications: [{to: sales, on: [won], every: soon}]", "notifications: []", "`every` is not spelled as it must be. It means: At most one message in so long."),
        (BRIDGE, "notifications: []", 'notifications: [{to: "mailto:x@example.com", on: [won]}]', "notifications: []", "`to` is not spelled as it must be."),
        (PERSON, JOB, "- {hubspt: jobtitle,", JOB, "`hubspt` is not a key here. Did you mean `hubspot`?"),
        (PERSON, TITLE, TITLE.replace("two_way", "twoway"), TITLE, "`twoway` is not a word that `rule` knows. Did you mean `two_way`?"),
        (PERSON, TITLE, TITLE.replace("text", "txt"), TITLE, "`txt` is not a word that `as` knows. Did you mean `text`?"),
        (PERSON, TITLE, TITLE.replace("rule: two_way, ", "").replace(",  rule: two_way", ""), TITLE, "`rule` is missing in lines[4] (jobtitle). It means: Which way values travel."),
        (PERSON, TITLE, TITLE.replace("Title,", "Title, salesforce: Name,"), TITLE, "`salesforce` stands here twice"),
        (PERSON, TITLE, TITLE.replace("Title", "{leed: Title}"), TITLE, "`leed` is not a kind of this pair. Did you mean `lead`?"),
        (PERSON, JOB, "- {hubspot: lifecyclestage,", JOB, "`lifecyclestage` of hubspot contact belongs to the lifecycle. Remove this line;"),
        (PERSON, JOB, "- {hubspot: hs_lead_status,", JOB, "`hs_lead_status` of hubspot contact belongs to the lifecycle."),
        (PERSON, JOB, "- {hubspot: leadbridge_stage,", JOB, "`leadbridge_stage` of hubspot contact belongs to the lifecycle."),
        (PERSON, TITLE, TITLE.replace("Title", "Status"), TITLE, "`Status` of salesforce lead belongs to the lifecycle."),
        (PERSON, TITLE, TITLE.replace("Title", "Leadbridge_Stage__c"), TITLE, "`Leadbridge_Stage__c` of salesforce lead belongs to the lifecycle."),
        (DEAL, "as: choice\n    rule: always_salesforce", "as: choice\n    rule: always_hubspot", "salesforce: StageName", "`StageName` of salesforce opportunity belongs to the lifecycle."),
        (PERSON, TITLE, TITLE.replace("Title", "LastName"), TITLE, "`LastName` of salesforce lead is written by this line and by line 23. Let one"),
        (PERSON, JOB, "- {hubspot: firstname,", JOB, "`firstname` of hubspot contact is written by this line and by line 22. Let one"),
        (PERSON, "only: true, rule: always_hubspot,    blank: ignore", "only: false, rule: always_hubspot, blank: ignore", "hs_email_optout", "`only: false` would lift opt-outs."),
        (PERSON, "only: true, rule: always_hubspot", "only: true, rule: two_way", "hs_email_optout", "`only` is for one-way lines of true and false."),
        (PERSON, "    to: salesforce\n", "    to: sales\n", "    to: salesforce\n", "`sales` is not a word that `to` knows. Did you mean `salesforce`?"),
        (COMPANY, "rule: write_once, to: hubspot", "rule: write_once", "through: domain", "`write_once` does not say which side it fills. Add"),
        (COMPANY, "through: domain", "through: domian", "through: domain", "`domian` is not a word that `through` knows. Did you mean `domain`?"),
        (COMPANY, "through: domain", "through: midnight", "through: domain", "`midnight` does not fit `as: url`. Use it with `as: date`."),
        (DEAL, "default / closedwon:  ", "closedwon:  ", "default / closedwon:", "`closedwon` does not name 2 values. Write `pipeline / dealstage`."),
        (DEAL, "Closed Lost\n", "Closed Won\n", "default / closedlost:", "This value map has two meanings: `Closed Won` of Salesforce is both `default / closedwon` and `default / closedlost` in HubSpot. Map each"),
        (DEAL, "default / closedwon:             Closed Won", "default / closedwon: 5", "default / closedwon:", "`default / closedwon` must be text (put it in quotes)."),
    ],
)  # fmt: skip
def test_a_broken_file_earns_one_message(file, old, new, line_with, message):
    text = said(file, old, new)

    assert text.startswith(at(file, line_with)), text
    assert message in text


TWO_WAY_MAP = "salesforce: Title, as: choice, rule: two_way"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("values: {a: One, b: One}", "`One` of Salesforce is both `a` and `b` in HubSpot"),
        ("values: {a: [One, Two]}", "`a` of HubSpot would be written to Salesforce as `One` and `Two`"),
        (
            "values: {a: One}, fallback: Two",
            "A `fallback` cannot be read backwards, and this line goes both ways.",
        ),
    ],
)
def test_a_two_way_map_must_be_clear_both_ways(values, message):
    text = said(PERSON, TITLE, f"{TWO_WAY_MAP}, {values}")

    assert text.startswith(at(PERSON, TITLE))
    assert message in text


def with_known(side, kind, **fields):
    return {**KNOWN, (side, kind): {**KNOWN[side, kind], **fields}}


def test_the_shipped_files_fit_the_fields_they_name():
    assert compile_agreement(TEXTS, KNOWN).checked


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (PERSON, "salesforce: Title,", "salesforce: Titel,", "`Titel` is not a field of salesforce lead. Did you mean"),
        (PERSON, "hubspot: jobtitle,", "hubspot: jobtitel,", "`jobtitel` is not a field of hubspot contact. Did you mean `jobtitle`?"),
        (PERSON, "contact: MailingCity}", "contact: MailingCty}", "`MailingCty` is not a field of salesforce contact. Did you mean `MailingCity`?"),
    ],
)  # fmt: skip
def test_an_unknown_field_is_answered_with_the_nearest(file, old, new, message):
    known = {
        place: {**fields, "Title": Known()} if "LastName" in fields else fields
        for place, fields in KNOWN.items()
    }
    edited = {**TEXTS, file: TEXTS[file].replace(old, new, 1)}

    with pytest.raises(Broken) as broken:
        compile_agreement(edited, known)

    assert message in str(broken.value.mistakes[0])
    assert len({mistake.line for mistake in broken.value.mistakes}) == 1


def test_a_field_that_nobody_may_write_is_refused():
    frozen = Known(createable=False, updateable=False)

    text = said(PERSON, "jobtitle", "jobtitle", with_known("hubspot", "contact", jobtitle=frozen))

    assert "`jobtitle` of hubspot contact cannot be written. Choose a rule that never writes hubspot" in text


def test_an_amount_is_not_read_without_its_currency():
    text = said(DEAL, "Amount + CurrencyIsoCode", "Amount", KNOWN)

    assert (
        "`Amount` of salesforce opportunity has its currency in `CurrencyIsoCode`. Write `Amount + Curr"
        in text
    )


def test_a_map_that_forgets_a_choice_is_refused():
    stages = Known("picklist", choices=("Prospecting", "Closed Won", "Stalled", "Frozen"))

    text = said(DEAL, "StageName", "StageName", with_known("salesforce", "opportunity", StageName=stages))

    assert text.startswith(at(DEAL, "values:"))
    assert (
        "The value map says nothing about `Stalled`, `Frozen` of salesforce. Add them to `values`, or give"
        in text
    )


def test_a_map_that_writes_what_is_no_choice_is_refused():
    stages = (
        "appointmentscheduled",
        "qualifiedtobuy",
        "presentationscheduled",
        "decisionmakerboughtin",
        "contractsent",
        "closedwon",
        "lostdeal",
    )

    text = said(
        DEAL,
        "StageName",
        "StageName",
        with_known("hubspot", "deal", dealstage=Known("enumeration", choices=stages)),
    )

    assert text.startswith(at(DEAL, "default / closedlost:"))
    assert "`closedlost` is not a choice of hubspot. Did you mean `closedwon`?" in text


@pytest.mark.parametrize("file", sorted(TEXTS))
def test_a_missing_file_is_missed(file):
    with pytest.raises(Broken) as broken:
        compile_agreement({name: text for name, text in TEXTS.items() if name != file})

    (mistake,) = broken.value.mistakes
    assert str(mistake).startswith(f"{file}:1: This file is missing.")


def test_a_file_that_nobody_reads_is_told():
    with pytest.raises(
        Broken,
        match=r"fields/compny.yaml:1: No part of the bridge reads this file. Did you mean `fields/company.yaml`",
    ):
        compile_agreement({**TEXTS, "fields/compny.yaml": "lines: []"})


def test_what_is_wrong_in_several_files_is_told_at_once():
    with pytest.raises(Broken) as broken:
        compile_agreement({**TEXTS, BRIDGE: "name: x", PERSON: "lines: [{}]", "lifecycle.yaml": "["})

    assert {mistake.file for mistake in broken.value.mistakes} == {BRIDGE, PERSON, "lifecycle.yaml"}


def test_a_property_that_an_owner_rule_asks_for_in_vain_is_named() -> None:
    rule = "  rules: [{when: {is: {contry: Germany}}, give_to: [a@x.de]}]"

    text = said(BRIDGE, "  rules: []", rule, KNOWN)

    assert text.startswith(at(BRIDGE, "  rules: []"))
    assert "HubSpot's contacts have no property `contry`. Did you mean `country`?" in text


CLOCK = "      within: 4 hours\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("lifecycle.yaml", "        - not: {blank: country}", "        - not: {blank: contry}", "    when:\n"),
        ("lifecycle.yaml", CLOCK, f"{CLOCK}      segments: [{{when: {{is: {{contry: DE}}}}, within: 2 hours}}]\n", CLOCK),
        ("lifecycle.yaml", CLOCK, f"{CLOCK}      pauses: {{when: {{not: {{blank: contry}}}}}}\n", CLOCK),
        ("bridge.yaml", "  people: all", "  people: {is: {contry: Germany}}", "  people: all"),
    ],
    ids=["a guard", "a segment", "a pause", "the roll-out"],
)  # fmt: skip
def test_a_property_that_a_condition_asks_for_in_vain_is_named(
    file: str, old: str, new: str, line: str
) -> None:
    text = said(file, old, new, KNOWN)

    found, _, sentence = text.partition(": ")
    assert sentence.startswith("HubSpot's contacts have no property `contry`. Did you mean `country`?")
    first = int(at(file, line).split(":")[1])
    assert int(found.split(":")[1]) - first in range(3)


def test_signals_and_own_fields_that_are_not_there_are_not_asked_of_the_portal() -> None:
    own = OwnFields("absent", (("hubspot", "contact", "leadbridge_sales_optout"),))
    there = {name: one for name, one in KNOWN["hubspot", "contact"].items() if name != own.missing[0][2]}

    assert compile_agreement(TEXTS, {**KNOWN, ("hubspot", "contact"): there}, own).findings == ()


def offering(side: str, kind: str, name: str, *values: str):
    """All fields; this one offers nothing but these values."""
    return {**KNOWN, (side, kind): {**KNOWN[side, kind], name: Known("enumeration", choices=values)}}


STAGES, REASONS = (
    tuple(names)
    for names in (compile_agreement(TEXTS).lifecycle.stages, compile_agreement(TEXTS).lifecycle.reasons)
)


@pytest.mark.parametrize(
    ("side", "kind", "name", "wanted"),
    [
        ("hubspot", "contact", "leadbridge_stage", STAGES),
        ("hubspot", "contact", "leadbridge_reason", REASONS),
        ("hubspot", "contact", "leadbridge_lost_reason", REASONS),
        ("salesforce", "lead", "Leadbridge_Stage__c", STAGES),
        ("salesforce", "contact", "Leadbridge_Stage__c", STAGES),
        ("salesforce", "contact", "Leadbridge_Reason__c", REASONS),
        ("salesforce", "opportunity", "Leadbridge_Loss_Reason__c", REASONS),
    ],
)
def test_values_that_a_field_of_ours_does_not_offer_are_a_finding(
    side: str, kind: str, name: str, wanted: tuple[str, ...]
) -> None:
    whole = compile_agreement(TEXTS, offering(side, kind, name, *wanted))
    [found] = compile_agreement(TEXTS, offering(side, kind, name, *wanted[1:-1])).findings

    assert whole.findings == ()
    for part in (
        f"`{name}` of {side} {kind}",
        f"`{wanted[0]}`",
        f"`{wanted[-1]}`",
        "leadbridge plugin install",
    ):
        assert part in str(found)
    assert f"`{wanted[1]}`" not in str(found)
    assert str(found).startswith("lifecycle.yaml:")


@pytest.mark.parametrize(
    ("place", "offered", "said"),
    [
        (("hubspot", "contact", "hs_lead_status"), ["NEW", "OPEN", "IN_PROGRESS", "CONNECTED", "ATTEMPTED_TO_CONTACT", "UNQUALIFIED", "BAD_TIMING", "OPEN_DEALS"],
         "`hs_lead_status` shows `OPEN_DEAL` for the stage `opportunity`, which `hs_lead_status` of hubspot contact does not offer. Did you mean `OPEN_DEALS`?"),
        (("hubspot", "contact", "lifecyclestage"), ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customers"],
         "`lifecyclestage` shows `customer` for the stage `won`"),
        (("salesforce", "lead", "Status"), ["Open - Not Contacted", "Working", "Closed - Not Converted", "Closed - Converted"],
         "`lead_status` shows `Working - Contacted` for the stage `working`"),
    ],
)  # fmt: skip
def test_a_value_shown_that_the_field_does_not_offer_is_a_finding(place, offered, said) -> None:
    found = list(map(str, compile_agreement(TEXTS, offering(*place, *offered)).findings))

    assert said in found[0]
    if place[2] == "Status":
        assert [one for one in found if "No record can have `Working - Contacted`" in one]


LIFECYCLE = "lifecycle.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("      within: 4 hours", "      within: 4 business days", "`within` is not spelled as it must be. It means: The time until the deadline: a number and `hours` or `days`, both of business time."),
        ("      within: 4 hours\n", "", "`within` is missing. It means: The time until the deadline: a number and `hours` or `days`"),
        ("delay: 30 days", "delay: 2 weeks", "`delay` is not spelled as it must be. It means: Calendar days until the person goes back to nurture: a number and `days`."),
        ("grace: 10 days", "grace: 10", "`grace` must be text (put it in quotes). It means: Business days until an adopted person's first deadline: a number and `days`."),
    ],
)  # fmt: skip
def test_a_span_that_is_not_understood_is_answered_with_the_units_that_are(
    old: str, new: str, message: str
) -> None:
    assert message in said(LIFECYCLE, old, new)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (LIFECYCLE, "  - {from: start, to: new, who: [bridge], guards", "  - {from: start, to: new, guards",
         "`who` is missing in moves[1] (start → new). It means: Who may make it"),
        (LIFECYCLE, "late: [{at: 50, do: remind}", "late: [soon",
         "`late[0]` must be `key: value` pairs. It means: What is done before and after the deadline"),
        (BRIDGE, "holidays: []", "holidays: [AT, 5]", "`holidays[1]` must be text (put it in quotes). It means: Whose public holidays"),
    ],
)  # fmt: skip
def test_a_member_of_a_list_is_named_by_its_place_and_what_it_is(
    file: str, old: str, new: str, message: str
) -> None:
    assert message in said(file, old, new)


def test_what_would_be_followed_must_have_a_place_in_the_order_or_stand_apart() -> None:
    text = said(LIFECYCLE, "      recycled: lead\n", "      recycled: laed\n")

    assert "is `laed`, which stands neither in `order` nor under `leave_alone`: it may be misspelt." in text


READINGS = "\n# The two edits of Lead.Status"


@pytest.mark.parametrize(
    ("said_of_it", "message"),
    [
        ("{says: {Money: no_budget}}", "No field is named. Name one of `lead`, `contact`, `opportunity`."),
        (
            "{lead: Why__c, says: {Money: no_budgets}}",
            "`no_budgets` is not a reason. Did you mean `no_budget`?",
        ),
        ("{lead: Why__c, says: {Money: price}}", "A seller cannot give the reason `price` at rejected."),
        (
            "{opportunity: Why__c, says: {Money: unknown}}",
            "A seller cannot give the reason `unknown` at lost.",
        ),
    ],
)
def test_a_reason_field_that_says_nothing_sound_is_refused(said_of_it: str, message: str) -> None:
    text = said("lifecycle.yaml", READINGS, f"\nreason_field: {said_of_it}{READINGS}")

    assert message in text


def test_what_would_be_followed_is_held_against_the_field_once_it_is_followed() -> None:
    known = offering("hubspot", "contact", "lifecyclestage", "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")  # fmt: skip
    follows = {
        **TEXTS,
        "lifecycle.yaml": TEXTS["lifecycle.yaml"].replace("policy: high_water", "policy: follow"),
    }

    [found] = compile_agreement(follows, known).findings

    assert "`lifecyclestage` shows `other` for the stage `disqualified`" in str(found)
    assert compile_agreement(TEXTS, known).findings == ()


OWN_REASON = "\nreason_field:\n  lead: Rejection__c\n  contact: Rejection__c\n  says: {Price: no_budget}"


def with_reasons(offered: dict[str, tuple[str, ...]]):
    """The lifecycle with a field of the company's own for reasons, and what each kind's field offers."""
    known = dict(KNOWN)
    for kind, values in offered.items():
        field = {"Rejection__c": Known("picklist", choices=values)} if values else {"Rejecton__c": Known()}
        known["salesforce", kind] = {**KNOWN["salesforce", kind], **field}
    own = OwnFields("absent", (("salesforce", "lead", "Leadbridge_Reason__c"),))
    return compile_agreement({**TEXTS, "lifecycle.yaml": with_own_reason()}, known, own)


def with_own_reason() -> str:
    return TEXTS["lifecycle.yaml"].replace(READINGS, OWN_REASON + READINGS, 1)


def test_a_field_for_reasons_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(Broken) as broken:
        with_reasons({"lead": (), "contact": ("Price",)})

    [mistake] = broken.value.mistakes
    assert mistake.text == "`Rejection__c` is not a field of salesforce lead."
    assert mistake.remedy == "Did you mean `Rejecton__c`?"


def test_words_for_reasons_that_nobody_has_named_are_a_finding() -> None:
    [found] = with_reasons({"lead": ("Price", "Timing", "Other"), "contact": ("Price",)}).findings

    assert found.text == (
        "Lead.Rejection__c offers `Timing`, `Other`, which `says` does not name: each counts as `unknown`."
    )
    assert found.remedy == "Say which reason each of them means."
    assert with_own_reason().splitlines()[found.line - 1].startswith("  says:")
    assert with_reasons({"lead": ("Price",), "contact": ("Price",)}).findings == ()
