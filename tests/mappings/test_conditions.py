"""The little language of guards: what holds, what is refused and how, and what hostile texts cost."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.conditions import Unclear, compile_condition, is_like

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def holds(document, **subject) -> bool:
    return compile_condition(document).holds(subject, NOW)


@pytest.mark.parametrize(
    ("document", "value", "answer"),
    [
        ({"is": {"x": "DE"}}, "DE", True),
        ({"is": {"x": "DE"}}, "AT", False),
        ({"is": {"x": "DE"}}, None, False),
        ({"is": {"x": True}}, "true", True),
        ({"is": {"x": True}}, True, True),
        ({"is": {"x": True}}, "", False),
        ({"is": {"x": False}}, "false", True),
        ({"is": {"x": 1}}, "1.0", True),
        ({"in": {"x": ["DE", "AT"]}}, "AT", True),
        ({"in": {"x": ["DE", "AT"]}}, "CH", False),
        ({"at_least": {"x": 50}}, "50", True),
        ({"at_least": {"x": 50}}, "49.9", False),
        ({"at_least": {"x": 50}}, "many", False),
        ({"at_least": {"x": 50}}, None, False),
        ({"blank": "x"}, None, True),
        ({"blank": "x"}, "  ", True),
        ({"blank": "x"}, "0", False),
        ({"not": {"blank": "x"}}, "a", True),
        ({"contains": {"x": "demo"}}, "Request a DEMO now", True),
        ({"contains": {"x": ["call", "demo"]}}, "a call", True),
        ({"contains": {"x": "demo"}}, None, False),
        ({"matches": {"x": "?*@?*.?*"}}, "ada@example.com", True),
        ({"matches": {"x": "?*@?*.?*"}}, "ada@example", False),
        ({"matches": {"x": "?*@?*.?*"}}, "@example.com", False),
        ({"matches": {"x": "+49*"}}, "+49 30 1", True),
        ({"matches": {"x": "a.c"}}, "abc", False),
        ({"older_than": {"x": "30 days"}}, "2026-10-23T09:00:00Z", True),
        ({"older_than": {"x": "30 days"}}, "2026-11-20T09:00:00Z", False),
        ({"older_than": {"x": "4 hours"}}, "2026-11-23T04:00:00Z", True),
        ({"older_than": {"x": "30 days"}}, None, False),
        ({"within_days": {"x": 30}}, "2026-11-01T00:00:00.000+0000", True),
        ({"within_days": {"x": 30}}, "2026-10-01", False),
        ({"within_days": {"x": 30}}, str(int((NOW - timedelta(days=1)).timestamp() * 1000)), True),
        ({"within_days": {"x": 30}}, "soon", False),
        ({"all": [{"is": {"x": "a"}}, {"not": {"blank": "x"}}]}, "a", True),
        ({"all": [{"is": {"x": "a"}}, {"blank": "x"}]}, "a", False),
        ({"any": [{"is": {"x": "b"}}, {"is": {"x": "a"}}]}, "a", True),
        ({"any": [{"is": {"x": "b"}}, {"is": {"x": "c"}}]}, "a", False),
    ],
)
def test_a_condition_holds_or_not(document, value, answer):
    assert holds(document, x=value) is answer


def test_a_field_that_was_not_seen_counts_as_blank():
    assert holds({"blank": "x"})
    assert not holds({"is": {"x": "a"}})


def test_a_condition_names_the_fields_it_looks_at():
    condition = compile_condition({"all": [{"not": {"blank": "a"}}, {"any": [{"is": {"b": 1}}]}]})

    assert condition.names == {"a", "b"}


@pytest.mark.parametrize(
    ("document", "path", "says"),
    [
        ({"iss": {"x": 1}}, (), "did you mean 'is'"),
        ({"atleast": {"x": 1}}, (), "did you mean 'at_least'"),
        ({"match": {"x": "a"}}, (), "did you mean 'matches'"),
        ({"changed": "x"}, (), "there is no predicate 'changed'"),
        ({"eval": "1"}, (), "there is no predicate 'eval'"),
        ("blank", (), "one predicate"),
        (None, (), "one predicate"),
        ({}, (), "one predicate"),
        ({"blank": "a", "is": {"x": 1}}, (), "one predicate"),
        ({"all": {}}, ("all",), "a list of conditions"),
        ({"any": []}, ("any",), "a list of conditions"),
        ({"all": [{"blank": "a"}, {"nope": 1}]}, ("all", 1), "there is no predicate"),
        ({"not": ["x"]}, ("not",), "one predicate"),
        ({"is": "x"}, ("is",), "one field and a value"),
        ({"is": {"x": None}}, ("is", "x"), "for blank say"),
        ({"is": {"x": ["a"]}}, ("is", "x"), "one value"),
        ({"in": {"x": "DE"}}, ("in", "x"), "a list of values"),
        ({"at_least": {"x": "50"}}, ("at_least", "x"), "a number"),
        ({"at_least": {"x": True}}, ("at_least", "x"), "a number"),
        ({"contains": {"x": 5}}, ("contains", "x"), "a text"),
        ({"contains": {"x": ""}}, ("contains", "x"), "a text"),
        ({"older_than": {"x": 30}}, ("older_than", "x"), "`30 days`"),
        ({"older_than": {"x": "30 moons"}}, ("older_than", "x"), "`30 days`"),
        ({"within_days": {"x": "30"}}, ("within_days", "x"), "a whole number"),
        ({"within_days": {"x": 10**9}}, ("within_days", "x"), "a whole number"),
        ({"blank": ["a", "b"]}, ("blank",), "named by text"),
        ({"blank": {"x": 1}}, ("blank",), "named by text"),
        ({"matches": {"x": "(a+)+$"}}, ("matches", "x"), "only * (any text) and ?"),
        ({"matches": {"x": "^a"}}, ("matches", "x"), "only * (any text) and ?"),
        ({"matches": {"x": "[a-z]*"}}, ("matches", "x"), "only * (any text) and ?"),
        ({"matches": {"x": "a\\d"}}, ("matches", "x"), "only * (any text) and ?"),
        ({"matches": {"x": "a|b"}}, ("matches", "x"), "only * (any text) and ?"),
        ({"matches": {"x": "*" * 201}}, ("matches", "x"), "1 to 200 characters"),
        ({"matches": {"x": ""}}, ("matches", "x"), "1 to 200 characters"),
    ],
)
def test_an_unclear_condition_is_refused_with_the_place_and_the_right_word(document, path, says):
    with pytest.raises(Unclear) as error:
        compile_condition(document)

    assert says in error.value.text
    assert error.value.path == path


def test_conditions_nested_without_end_are_refused():
    deep = {"blank": "x"}
    for _ in range(500):
        deep = {"not": deep}

    with pytest.raises(Unclear, match="deep"):
        compile_condition(deep)


def test_a_condition_with_thousands_of_parts_is_refused():
    with pytest.raises(Unclear, match="200 predicates"):
        compile_condition({"all": [{"blank": "x"}] * 5000})


@pytest.mark.parametrize(
    "text", ["__import__('os')", "{{7*7}}", "'; DROP TABLE", "${HOME}", "lambda: 1", "a" * 10_000]
)
def test_hostile_texts_are_only_compared(text):
    assert holds({"is": {"x": text}}, x=text)
    assert not holds({"is": {"x": text}}, x="49")


def test_a_pattern_that_would_blow_up_a_regex_is_answered_at_once():
    pattern = "a*" * 90 + "b"
    began = time.process_time()

    assert not is_like("a" * 5_000, pattern)
    assert time.process_time() - began < 5


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=8))
def test_patterns_mean_what_a_naive_reading_says(pattern, text):
    assert is_like(text, pattern) == _naive(text, pattern)


def _naive(text, pattern):
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_naive(text[place:], pattern[1:]) for place in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _naive(text[1:], pattern[1:])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["all", "any", "not", "is", "in", "blank", "matches", "x", "at_least"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_document_is_compiled_or_refused(document):
    try:
        condition = compile_condition(document)
    except Unclear:
        return
    assert condition.holds({"x": "1"}, NOW) in (True, False)


def test_a_condition_is_shown_as_what_it_says_so_that_two_processes_agree() -> None:
    said = {"all": [{"is": {"country": "DE"}}, {"not": {"blank": "email"}}]}

    shown = repr(compile_condition(said))

    assert shown == repr(compile_condition(said))
    assert "0x" not in shown
