"""Who is the same person or company: order of the signs, ties, and the independence of order."""

import random

import pytest

from mappings.documents import parse
from mappings.documents.broken import Broken
from mappings.documents.matching import MatchingDocument
from mappings.matching import (
    Ambiguous,
    Match,
    Matching,
    choose_company,
    choose_contact,
    choose_person,
    compile_matching,
    creates_contact,
    domain_of,
    is_free_mail,
    person_questions,
)

ADA = {"email": "Ada@Example.com "}
L1, L2 = "00Q000000000001AAA", "00Q000000000002AAA"
C1, C2 = "003000000000001AAA", "003000000000002AAA"
EMAIL = {"Email": "ada@example.com"}
KEY = {"Leadbridge_HubSpot_Id__c": "501"}


@pytest.mark.parametrize(
    ("contact", "leads", "contacts", "chosen"),
    [
        pytest.param(ADA, {}, {}, None, id="nobody"),
        pytest.param(ADA, {L1: EMAIL}, {}, ("lead", L1), id="e-mail of a lead"),
        pytest.param(ADA, {}, {C1: EMAIL}, ("contact", C1), id="e-mail of a contact"),
        pytest.param(ADA, {L1: EMAIL}, {C1: EMAIL}, ("contact", C1), id="the contact goes before the lead"),
        pytest.param(ADA, {L1: EMAIL, L2: EMAIL}, {}, {L1, L2}, id="two leads"),
        pytest.param(ADA, {L1: EMAIL}, {C1: EMAIL, C2: EMAIL}, {C1, C2}, id="two contacts"),
        pytest.param(ADA, {L1: EMAIL | {"IsConverted": True}}, {}, None, id="a converted lead is nobody"),
        pytest.param(ADA, {L1: KEY}, {C1: EMAIL}, ("lead", L1), id="our key goes before e-mail"),
        pytest.param(ADA, {L1: KEY}, {C1: KEY}, {L1, C1}, id="our key on two records"),
        pytest.param(ADA | {"leadbridge_key": L1}, {L1: {}}, {}, ("lead", L1), id="our key in HubSpot"),
        pytest.param(ADA | {"leadbridge_key": L1[:15]}, {L1: {}}, {}, ("lead", L1), id="an id of 15 characters"),
        pytest.param(ADA | {"salesforcecontactid": C1}, {L1: EMAIL}, {C1: {}}, ("contact", C1), id="HubSpot's id"),
        pytest.param(
            ADA | {"salesforcecontactid": C1, "salesforceleadid": L1}, {L1: {}}, {C1: {}}, ("contact", C1),
            id="HubSpot's contact id goes before its lead id",
        ),
        pytest.param(
            ADA, {L1: EMAIL | {"Leadbridge_HubSpot_Id__c": "999"}}, {}, {L1}, id="somebody else's lead",
        ),
        pytest.param({"email": ""}, {L1: {"Email": ""}}, {}, None, id="two blanks are not the same"),
    ],
)  # fmt: skip
def test_the_person_of_a_contact(contact, leads, contacts, chosen):
    match = choose_person("501", contact, leads, contacts)

    if isinstance(chosen, set):
        assert isinstance(match, Ambiguous)
        assert set(match.ids) == chosen
        assert match.how
    elif chosen is None:
        assert match is None
    else:
        assert isinstance(match, Match)
        assert (match.kind, match.id) == chosen


def test_a_lead_beside_the_contact_is_reported():
    match = choose_person("501", ADA, {L1: EMAIL}, {C1: EMAIL})

    assert match == Match("contact", C1, "the same e-mail", (L1,))


@pytest.mark.parametrize("seed", range(100))
def test_the_order_of_candidates_does_not_matter(seed):
    people = {f"00Q00000000000{n}AAA": EMAIL if n % 3 else {"Email": "bob@example.com"} for n in range(9)}
    one = people | {"00Q000000000099AAA": KEY}
    for candidates in (people, one):
        shuffled = list(candidates.items())
        random.Random(seed).shuffle(shuffled)

        assert choose_person("501", ADA, dict(shuffled), {}) == choose_person("501", ADA, candidates, {})


@pytest.mark.parametrize(
    ("record", "contacts", "chosen"),
    [
        (EMAIL, {}, None),
        (EMAIL, {"501": ADA}, "501"),
        (EMAIL, {"501": ADA, "502": ADA}, {"501", "502"}),
        (EMAIL | KEY, {"501": {}, "502": ADA}, "501"),
        (EMAIL | KEY, {"502": ADA}, None),
        (EMAIL, {"501": ADA, "502": {"leadbridge_key": L1}}, "502"),
        (EMAIL, {"501": ADA | {"leadbridge_key": L2}}, None),
        (EMAIL, {"501": ADA, "502": {"salesforceleadid": L1}}, "502"),
        (EMAIL | {"IsConverted": True}, {"501": ADA}, None),
        ({"Email": None}, {"501": {"email": ""}}, None),
    ],
)
def test_the_contact_of_a_lead(record, contacts, chosen):
    match = choose_contact("lead", L1, record, contacts)

    if isinstance(chosen, set):
        assert isinstance(match, Ambiguous)
        assert set(match.ids) == chosen
    else:
        assert (match.id if isinstance(match, Match) else match) == chosen


ACCOUNT = "001000000000001AAA"


@pytest.mark.parametrize(
    ("website", "companies", "chosen"),
    [
        ("https://www.Engines.example/about", {"9": {"domain": "engines.example"}}, "9"),
        (
            "engines.example",
            {"9": {"domain": "engines.example"}, "8": {"domain": "engines.example"}},
            {"8", "9"},
        ),
        ("engines.example", {"9": {"domain": "engines.example"}, "8": {"leadbridge_key": ACCOUNT}}, "8"),
        ("engines.example", {"9": {"domain": "engines.example"}, "8": {"salesforceaccountid": ACCOUNT}}, "8"),
        (
            "engines.example",
            {"9": {"domain": "engines.example", "leadbridge_key": "001000000000009AAA"}},
            None,
        ),
        ("gmail.com", {"9": {"domain": "gmail.com"}}, None),
        (None, {"9": {"domain": ""}}, None),
        ("engines.example", {"9": {"website": "http://engines.example"}}, "9"),
    ],
)
def test_the_company_of_an_account(website, companies, chosen):
    match = choose_company(ACCOUNT, {"Website": website}, companies)

    if isinstance(chosen, set):
        assert isinstance(match, Ambiguous)
        assert set(match.ids) == chosen
    else:
        assert (match.id if isinstance(match, Match) else match) == chosen


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.example.com/a?b#c", "example.com"),
        ("http://EXAMPLE.com:8080", "example.com"),
        ("example.co.uk/", "example.co.uk"),
        ("ada@Example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("localhost", None),
        ("n/a", None),
        ("", None),
        ("not a site . com", None),
        ("http://[::1", None),
        ("@", None),
    ],
)
def test_the_domain_of_an_address(text, domain):
    assert domain_of(text) == domain


def test_mailboxes_for_everybody_say_nothing_of_a_company():
    assert is_free_mail("GMail.com")
    assert is_free_mail("web.de")
    assert not is_free_mail("example.com")


def test_a_contact_is_made_when_the_domain_is_exactly_one_accounts():
    assert [creates_contact(["a"] * n) for n in range(3)] == [False, True, False]


def test_what_to_look_for_in_salesforce_is_key_ids_and_email_in_both_kinds():
    questions = person_questions("501", ADA | {"leadbridge_key": L1, "salesforcecontactid": C1})

    assert questions.lead == {
        "Leadbridge_HubSpot_Id__c": ("501",),
        "Email": ("Ada@Example.com",),
        "Id": (L1,),
    }
    assert questions.contact["Id"] == (C1,)
    assert "Email" not in person_questions("501", {"email": " "}).lead


def test_ops_choose_the_signs():
    strict = Matching(person=("our_key",), company=("our_key",))

    assert choose_person("501", ADA, {L1: EMAIL}, {}, strict) is None
    assert choose_person("501", ADA, {L1: KEY}, {}, strict) == Match("lead", L1, "leadbridge's key")


def compiled(text):
    document, mistakes = parse(MatchingDocument, text, "matching.yaml")
    assert document is not None, mistakes
    return compile_matching(document)


def test_the_signs_are_read_from_the_file():
    assert compiled("person: {same_if: [our_key, email]}").person == ("our_key", "email")


@pytest.mark.parametrize(
    ("signs", "says"),
    [("[email, our_key]", "`our_key` must come first"), ("[our_key, email, email]", "stands here twice")],
)
def test_signs_by_which_a_link_could_be_lost_are_refused(signs, says):
    with pytest.raises(Broken, match=says):
        compiled(f"person:\n  same_if: {signs}")
