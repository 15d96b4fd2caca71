"""The words of a message: counted, cut to a length that people read, and never more than text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mappings.notifications import Notification
from sync.notify.wording import LONGEST_LINE, MOST_LINES, News, message

BERLIN = ZoneInfo("Europe/Berlin")


def told(text: str) -> Notification:
    return Notification("sales", frozenset({"won"}), text, timedelta(minutes=15))


def test_lines_that_say_the_same_stand_there_once_and_are_counted() -> None:
    news = [News("won", owner="Sam"), News("won", owner="Ada"), News("won", owner="Sam")]

    assert (
        message(told("{count} {stage} by {owner}"), news, "main", BERLIN).text == "2 won by Sam\n1 won by Ada"
    )


def test_a_deadline_is_told_in_the_bridges_zone_and_what_is_not_known_is_a_dash() -> None:
    news = [News("handed_over", due=datetime(2026, 11, 23, 13, 1, tzinfo=UTC))]

    said = message(told("{bridge}: {stage} {due} {came_from} {reason} {owner}"), news, "main", BERLIN)

    assert said.text == "main: handed over Mon 23 Nov 14:01 – – –"
    assert said.title == "leadbridge main: 1 handed over"


def test_a_long_message_ends_with_how_much_more_there_is() -> None:
    news = [News("won", owner=f"{number} " + "x" * 500) for number in range(MOST_LINES + 7)]

    lines = message(told("{owner}"), news, "main", BERLIN).text.splitlines()

    assert (len(lines), lines[-1]) == (MOST_LINES + 1, "… and 7 more lines")
    assert max(map(len, lines)) == LONGEST_LINE


def test_what_stands_in_a_system_is_text_and_no_instruction_to_a_chat_program() -> None:
    news = [News("won", owner="<!channel> *Sam*\n`rm`\u202e [x](https://evil.example)")]

    assert message(told("{owner}"), news, "main", BERLIN).text == (
        "‹!channel› ∗Sam∗ 'rm'  (x)(https://evil.example)"
    )


def test_a_value_is_never_read_as_a_placeholder() -> None:
    news = [News("won", owner="{link} {count} \0", link="https://example.com/1")]

    assert message(told("{owner} {count}"), news, "main", BERLIN).text == "{link} {count} – 1".replace(
        " –", ""
    )
