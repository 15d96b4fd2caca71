"""The formula language: one line a fact, given → then.

Functions: https://help.salesforce.com/s/articleView?id=platform.customize_functions.htm
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.formula import Context, FormulaError, Type, compile_formula
from plugin.formula.patterns import Pattern

TYPES: dict[str, Type] = {
    "Name": "text", "Company": "text", "Email": "text", "Owner.Name": "text", "OwnerId": "text",
    "Amount": "number", "Round": "number", "IsWon": "boolean", "CloseDate": "date", "Due": "datetime",
    "Stage": "picklist", "Reason": "picklist", "Topics": "choices",
}  # fmt: skip
RECORD: dict[str, Any] = {
    "Name": "Ada Lovelace", "Email": "ada@example.com", "Owner.Name": "Sam Seller", "OwnerId": "005x",
    "Amount": 12.5, "IsWon": True, "CloseDate": "2026-12-31", "Due": "2026-11-23T14:00:00.000+0000",
    "Stage": "working", "Topics": "tea;engines",
}  # fmt: skip
NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


def value(text: str, record: dict[str, Any] | None = None, **more: Any) -> Any:
    prior = more.pop("prior", None)
    context = Context(**{"now": NOW, **more})
    return compile_formula(text, TYPES.get).evaluate(RECORD if record is None else record, prior, context)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("2 ^ 3 ^ 2", Decimal(64)),
        ("10 - 2 - 3", Decimal(5)),
        ("-3 + 5", Decimal(2)),
        ("2 * -3", Decimal(-6)),
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 4", Decimal("0.25")),
        ('"a" & "b" & "c"', "abc"),
        ('"a" + "b"', "ab"),
        ("1 < 2 && 2 < 3 || FALSE", True),
        ("TRUE || FALSE && FALSE", True),
        ("!FALSE && !(1 = 2)", True),
        ("1 = 1 = TRUE", True),
        ("3 >= 3 && 3 <= 3 && 3 <> 4 && 3 != 4 && 3 == 3", True),
        ("/* why */ TRUE", True),
        (r'"a \"quoted\" \\ word"', 'a "quoted" \\ word'),
        (r"'it\'s'", "it's"),
        ("true AND(TRUE)", None),
    ],
)
def test_operators_bind_and_join(text: str, wanted: Any) -> None:
    if wanted is None:
        with pytest.raises(FormulaError, match="Extra AND"):
            value(text)
    else:
        assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("LEN(Name)", Decimal(12)),
        ("LEN(Company)", Decimal(0)),
        ('LEFT(Name, 3) & "|" & RIGHT(Name, 4) & "|" & MID(Name, 5, 2)', "Ada|lace|Lo"),
        ("LEFT(Name, 0) & RIGHT(Name, 0) & RIGHT(Name, -1)", ""),
        ('FIND("Love", Name)', Decimal(5)),
        ('FIND("a", Name, 5)', Decimal(10)),
        ('FIND("z", Name)', Decimal(0)),
        ('CONTAINS(Name, "Love")', True),
        ('CONTAINS(Name, "love")', False),
        ('CONTAINS("|new>working|won|", "|" & TEXT(PRIORVALUE(Stage)) & ">")', False),
        ('BEGINS(Name, "Ada")', True),
        ('SUBSTITUTE(Name, "a", "o")', "Ado Loveloce"),
        ('TRIM("  x ") & UPPER("ab") & LOWER("CD")', "xABcd"),
        ('LPAD("7", 3, "0") & RPAD("ab", 1)', "007a"),
        ('VALUE("12.50")', Decimal("12.50")),
        ("VALUE(Company)", None),
        ('ISNUMBER("12.5") && !ISNUMBER("12,5") && !ISNUMBER("")', True),
        ("ABS(-2) + MAX(1, 3, 2) - MIN(4, 5)", Decimal(1)),
        ("ROUND(2.5, 0)", Decimal(3)),
        ("ROUND(-2.5, 0)", Decimal(-3)),
        ("ROUND(1234.567, -2)", Decimal(1200)),
        ("FLOOR(2.7)", Decimal(2)),
        ("FLOOR(-2.7)", Decimal(-2)),
        ("CEILING(2.1)", Decimal(3)),
        ("CEILING(-2.1)", Decimal(-3)),
        ("MFLOOR(-2.1) + MCEILING(-2.9)", Decimal(-5)),
        ("MOD(7, 3)", Decimal(1)),
        ("MOD(-7, 3)", Decimal(-1)),
        ('HYPERLINK("https://example.com", "here")', "https://example.com"),
    ],
)
def test_functions_of_text_and_numbers(text: str, wanted: Any) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("DATE(2026, 2, 28) + 1", date(2026, 3, 1)),
        ("CloseDate - DATE(2026, 12, 1)", Decimal(30)),
        ("YEAR(CloseDate) * 10000 + MONTH(CloseDate) * 100 + DAY(CloseDate)", Decimal(20261231)),
        ("WEEKDAY(DATE(2026, 11, 22))", Decimal(1)),
        ("ADDMONTHS(DATE(2026, 1, 31), 1)", date(2026, 2, 28)),
        ("ADDMONTHS(DATE(2026, 2, 28), 1)", date(2026, 3, 31)),
        ("NOW() - Due > 0.39 && NOW() - Due < 0.4", True),
        ("Due + 0.5", datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        ('DATEVALUE("2026-11-21")', date(2026, 11, 21)),
        ('DATETIMEVALUE("2026-11-21 10:00:00") < NOW()', True),
        ("TODAY()", date(2026, 11, 23)),
        ("CloseDate > TODAY()", True),
        ('TEXT(CloseDate) & " " & TEXT(Due)', "2026-12-31 2026-11-23 14:00:00Z"),
        ('TEXT(Amount) & "|" & TEXT(1.50) & "|" & TEXT(100)', "12.5|1.5|100"),
    ],
)
def test_functions_of_days_and_moments(text: str, wanted: Any) -> None:
    assert value(text) == wanted


def test_today_is_the_users_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert value("TODAY()", zone=berlin) == date(2026, 11, 24)
    assert value("DATEVALUE(NOW())", zone=berlin) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ISBLANK(Company) && ISBLANK(Round) && ISBLANK(NULL) && NOT(ISBLANK(Name))", True),
        ("ISNULL(Round)", True),
        ("ISNULL(Company)", False),
        ('Company = ""', True),
        ("Company = NULL", True),
        ('Company <> "x"', True),
        ("Round = 0", False),
        ("Round < 1 || Round > -1 || Round <= 0 || Round >= 0", False),
        ("Round + 1", None),
        ("ABS(Round)", None),
        ("MAX(1, Round)", None),
        ("BLANKVALUE(Round, 3) + NULLVALUE(Round, 4)", Decimal(7)),
        ('BLANKVALUE(Company, "none")', "none"),
        ('NULLVALUE(Company, "none")', ""),
        ('"<" & Company & ">"', "<>"),
        ("LEN(BLANKVALUE(NULL, Company))", Decimal(0)),
        ("IsWon", True),
        ("ISBLANK(Topics)", False),
        ("TEXT(Reason)", ""),
        ('ISPICKVAL(Reason, "")', True),
        ("IF(Round > 1, 1, 2)", Decimal(2)),
    ],
)
def test_blanks(text: str, wanted: Any) -> None:
    assert value(text) == wanted


def test_an_unchecked_checkbox_is_false_never_blank() -> None:
    assert value("IsWon", {}) is False
    assert value("ISBLANK(IsWon)", {}) is False


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('ISPICKVAL(Stage, "working")', True),
        ('ISPICKVAL(Stage, "Working")', False),
        ('TEXT(Stage) = "working"', True),
        ('CASE(Stage, "new", 1, "working", 2, 0)', Decimal(2)),
        ('CASE(Reason, "a", 1, 9)', Decimal(9)),
        ('CASE(MONTH(CloseDate), 1, "Jan", 12, "Dec", "?")', "Dec"),
        ('INCLUDES(Topics, "tea")', True),
        ('INCLUDES(Topics, "te")', False),
    ],
)
def test_picklists(text: str, wanted: Any) -> None:
    assert value(text) == wanted


def test_what_was_is_told_from_what_is() -> None:
    prior = {**RECORD, "Stage": "new", "Amount": None}

    assert value("ISCHANGED(Stage) && ISCHANGED(Amount) && NOT(ISCHANGED(Name))", prior=prior)
    assert value('ISPICKVAL(PRIORVALUE(Stage), "new") && ISPICKVAL(Stage, "working")', prior=prior)
    assert value("PRIORVALUE(Amount)", prior=prior) is None
    assert not value("ISNEW()", prior=prior)


def test_a_new_record_has_changed_nothing_and_was_what_it_is() -> None:
    """https://help.salesforce.com/s/articleView?id=platform.customize_functions_priorvalue.htm"""
    assert value("ISNEW() && NOT(ISCHANGED(Stage))", is_new=True)
    assert value('ISPICKVAL(PRIORVALUE(Stage), "working")', is_new=True)


def test_a_blank_that_stays_blank_has_not_changed() -> None:
    assert not value("ISCHANGED(Company) || ISCHANGED(Round)", {"Company": ""}, prior={"Company": None})


def test_who_saves_is_known() -> None:
    who = {
        "permissions": frozenset({"Leadbridge_Sync"}), "user": {"Id": "005x", "IsActive": True},
        "profile": {"Name": "Sales"},
    }  # fmt: skip

    assert value('$Permission.Leadbridge_Sync && $User.Id = OwnerId && $Profile.Name = "Sales"', **who)
    assert value("$User.IsActive", **who)
    assert not value("$Permission.Leadbridge_Sync")


def test_a_parents_field_has_its_path() -> None:
    formula = compile_formula('BEGINS(Owner.Name, "Sam") && $Permission.X && Amount > 1', TYPES.get)

    assert formula.evaluate({"Owner.Name": "Sam", "Amount": 2}, None, Context(permissions=frozenset("X")))
    assert (formula.fields, formula.permissions) == (("Owner.Name", "Amount"), ("X",))


def test_conditions_behind_a_decisive_one_are_not_looked_at() -> None:
    assert value("OR(TRUE, 1 / 0 = 1)")
    assert not value("AND(FALSE, 1 / 0 = 1)")
    assert value("IF(TRUE, 1, 1 / 0)") == 1


@pytest.mark.parametrize(
    ("text", "says", "at"),
    [
        ("", "The formula is empty", 0),
        ("1 +", "ends where a value is expected", 3),
        ("AND(TRUE", "Missing ')'", 8),
        ("TRUE)", "Extra )", 4),
        ("AND(TRUE,,TRUE)", "Found , where a value is expected", 9),
        ('"open', "no closing quote", 0),
        ("/* open", "no end", 0),
        ("1 ? 2", "Found '?'", 2),
        ("FOO(1)", "Unknown function FOO. Check spelling", 0),
        ("Nope = 1", "Field Nope does not exist. Check spelling", 0),
        ("$Setup.X = 1", "only $Permission, $User and $Profile are known", 0),
        ("LEFT(Name)", "function 'LEFT()'. Expected 2, received 1", 0),
        ("NOT(TRUE, TRUE)", "function 'NOT()'. Expected 1, received 2", 0),
        ("NOW(1)", "Expected 0, received 1", 0),
        ("LEN(Amount)", "function 'LEN()'. Expected Text, received Number", 4),
        ("AND(TRUE, Name)", "function 'AND()'. Expected Boolean, received Text", 0),
        ("Name = 1", "operator '='. Expected Text, received Number", 5),
        ("CloseDate > Due", "operator '>'. Expected Date, received DateTime", 10),
        ('Name > "a"', "operator '>'. Expected Number, Date, DateTime, received Text", 5),
        ('Amount & "x"', "operator '&'. Expected Text, received Number", 7),
        ("Name * 2", "operator '*'. Expected Number, received Text", 5),
        ("-Name", "operator '-'. Expected Number, received Text", 0),
        ('Stage = "working"', "Field Stage is a picklist field. Picklist fields are only supported", 0),
        ("ISBLANK(Stage)", "Field Stage is a picklist field", 8),
        ('CONTAINS(Topics, "x")', "Field Topics is a multi-select picklist field", 9),
        ('ISPICKVAL(Name, "x")', "Expected Picklist, received Text", 10),
        ("ISPICKVAL(Stage, Name)", "only accepts a text in quotes as second parameter", 17),
        ("TEXT(Name)", "Expected Number, Date, DateTime, Picklist, received Text", 5),
        ("ISCHANGED(1)", "only accepts a field as parameter", 10),
        ("PRIORVALUE(Owner.Name)", "only accepts a field of the record itself", 11),
        ('CASE(Stage, "a", 1)', "Expected 4, received 3", 0),
        ('CASE(Stage, "a", 1, "b", 2)', "Expected an even number", 0),
        ('CASE(Amount, "a", 1, 2)', "Expected Number, received Text", 13),
        ('IF(TRUE, 1, "x")', "Expected Number, received Text", 12),
        ('MAX("a", "b")', "Expected Number, received Text", 4),
        ('REGEX(Name, "(a")', "a ( has no )", 12),
        ("!" * 100 + "TRUE", "nested too deeply", 64),
        ("(" * 3000 + "1" + ")" * 800, "nested too deeply", 64),
        ("1+" * 2000 + "1", "Maximum length is 3,900 characters", 3900),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, says: str, at: int) -> None:
    with pytest.raises(FormulaError) as wrong:
        compile_formula(text, TYPES.get)

    assert says in str(wrong.value)
    assert wrong.value.at == at


def test_a_rule_must_be_true_or_false() -> None:
    with pytest.raises(FormulaError, match=r"data type \(Text\), incompatible .* \(true or false\)"):
        compile_formula("Name", TYPES.get, returns="boolean")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 / Amount", "division by zero"),
        ("10 ^ 999999 ^ 9999", "cannot be worked out"),
        ('VALUE("twelve")', "VALUE() cannot read 'twelve' as a number"),
        ("DATE(2026, 2, 30)", "no day of the calendar"),
        ('DATEVALUE("soon")', "write YYYY-MM-DD"),
        ("MOD(1, Amount)", "divide by zero"),
    ],
)
def test_a_value_that_cannot_be_worked_out_is_said(text: str, says: str) -> None:
    formula = compile_formula(text, TYPES.get)

    with pytest.raises(FormulaError) as wrong:
        formula.evaluate({"Amount": 0})

    assert says in str(wrong.value)


def test_a_long_chain_is_no_deep_one() -> None:
    assert value("1" + "+1" * 900) == 901
    assert value("TRUE" + " && TRUE" * 400)


def test_without_a_list_of_fields_types_are_found_out_as_values_come() -> None:
    formula = compile_formula(
        'AND(ISPICKVAL(Stage__c, "won"), Amount__c > 10, Note__c = "", LEN(Note__c) = 0)'
    )

    assert formula.evaluate({"Stage__c": "won", "Amount__c": 11, "Note__c": None})
    assert not formula.evaluate({"Stage__c": "won", "Amount__c": None})
    with pytest.raises(FormulaError, match="cannot compare these values"):
        formula.evaluate({"Stage__c": "won", "Amount__c": "eleven"})


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        (r"[0-9]{5}(-[0-9]{4})?", "12345-6789", True),
        (r"[0-9]{5}(-[0-9]{4})?", "12345-67", False),
        (r"\d{3}", "12", False),
        (r"a|bc", "bc", True),
        (r"^ab$", "ab", True),
        (r"a.c", "abcd", False),
        (r"(?:ab)+", "ababab", True),
        (r"(a*)*", "aaaa", True),
        (r"", "", True),
        (r"\w+@\w+\.(com|org)", "ada@example.org", True),
        (r"[^a-c\d]{2,}", "xyz", True),
        (r"[^a-c\d]{2,}", "xy1", False),
        (r"[]a]+", "]a", True),
        (r"[a\-z]+", "a-z", True),
        (r"\p{Alpha}\P{Digit}", "ax", True),
        (r"x{0,2}y", "xxy", True),
        (r"x{2}", "xxx", False),
        (r"\\\.", "\\.", True),
        (r"[\s\S]*", "two\nlines", True),
        (r".*", "two\nlines", False),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str, wanted: bool) -> None:
    escaped = pattern.replace("\\", "\\\\")

    assert value(f'REGEX(Name, "{escaped}")', {"Name": text}) is wanted


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?=a)", "look-around"), (r"(a)\1", "not supported"), ("*a", "nothing stands before"), ("a**", "repetition"),
        ("[a", "ends too soon"), ("a)", "has no ("), ("a{2,1}", "counts backwards"), ("a{x}", "no count"),
        ("((a{99}){99}){99}", "repeats too much"), ("a++", "possessive"), ("[z-a]", "empty range"), ("a^b", "ends only"),
        ("(" * 40 + "a" + ")" * 40, "nested too deeply"), ("a" * 501, "more than 500"),
    ],
)  # fmt: skip
def test_a_pattern_that_cannot_be_followed_is_refused(pattern: str, says: str) -> None:
    escaped = pattern.replace("\\", "\\\\")

    with pytest.raises(FormulaError, match="REGEX") as wrong:
        compile_formula(f'REGEX(Name, "{escaped}")', TYPES.get)

    assert says in str(wrong.value)


def test_no_pattern_can_make_a_save_hang() -> None:
    """Backtracking would need more steps than there are atoms."""
    assert not value('REGEX(Name, "(a|a|a)*(a*)*(a+)+b")', {"Name": "a" * 2000})


WORDS = [
    *TYPES, "TRUE", "NULL", "0", "1.5", "99999999", '"a"', '""', "'2026-11-21'", "(", ")", ",", "+", "-", "*", "/",
    "^", "&", "=", "<>", "<", "&&", "||", "!", "NOW()", "TODAY()", "$User.Id", "$Permission.X", "AND(", "OR(", "NOT(",
    "IF(", "CASE(", "ISPICKVAL(Stage,", "TEXT(", "ISBLANK(", "ISCHANGED(", "PRIORVALUE(", "LEN(", "LEFT(", "MID(",
    "FIND(", "VALUE(", "DATE(", "DATEVALUE(", "DATETIMEVALUE(", "YEAR(", "ROUND(", "MOD(", "ADDMONTHS(", "LPAD(",
    "REGEX(", "MAX(", "BLANKVALUE(", "INCLUDES(Topics,",
]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12), st.booleans())
def test_whatever_is_written_is_a_value_or_a_sentence(words: list[str], typed: bool) -> None:
    text = " ".join(words)
    text += ")" * max(0, text.count("(") - text.count(")"))

    with suppress(FormulaError):
        compile_formula(text, TYPES.get if typed else None).evaluate(
            RECORD, {**RECORD, "Amount": 0}, Context()
        )


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab(|)*+?{1,2}[^-]\\d.$", max_size=14), st.text(alphabet="ab1", max_size=8))
def test_a_pattern_means_what_python_means_by_it(pattern: str, text: str) -> None:
    try:
        matches = Pattern(pattern).matches(text)
    except ValueError:
        return
    try:
        same = re.compile(pattern, re.ASCII)
    except (re.error, FutureWarning):
        return
    assert matches is (same.fullmatch(text) is not None)
