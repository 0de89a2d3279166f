"""What a question asks for: terms, people, days, and how its subject would say it."""

from datetime import datetime

import pytest

from carrel.memory.search.question import Day, days_in, read_question

NOW = datetime.fromisoformat("2026-08-20T12:00:00+02:00")

PEOPLE = ("Ann Lee", "Will", "May", "李雪", "user")


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        ("When did Ann go to Porto?", {"Ann Lee"}, "When did I go to Porto?"),
        ("What is Ann Lee's dog called?", {"Ann Lee"}, "What is my dog called?"),
        ("What will Will do?", {"Will"}, "What will I do?"),
        ("Where may May be?", {"May"}, "Where may I be?"),
        ("Who may go in may?", set(), "Who may go in may?"),
        ("李雪喜欢什么？", {"李雪"}, "我喜欢什么？"),
        ("What did Bob say?", set(), "What did Bob say?"),
    ],
)
def test_people(text: str, names: set[str], told: str) -> None:
    """A speaker's name becomes the first person in what is embedded; a word that only looks like a name does not."""
    question = read_question(text, PEOPLE, NOW)

    assert (set(question.names), question.text_to_embed) == (names, told)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("When did I move?", "user"),
        ("What did you tell me about boats?", "assistant"),
        ("你还记得我的生日吗", "user"),
        ("你推荐给我的书是什么", "assistant"),
        ("When was the fair?", None),
        ("What did Ann tell me?", None),
    ],
)
def test_role(text: str, role: str | None) -> None:
    """Without a name, "did I" is about the user and "did you tell me" about the assistant."""
    assert read_question(text, PEOPLE, NOW).role == role


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 3 June", [(0, 6, 3)]),
        ("on June 3rd, 2025", [(2025, 6, 3)]),
        ("in May 2024", [(2024, 5, 0)]),
        ("it may rain", []),
        ("2025-11-02", [(2025, 11, 2)]),
        ("on the 31st of December", [(0, 12, 31)]),
        ("5月2日去了博物馆", [(0, 5, 2)]),
        ("2023年5月", [(2023, 5, 0)]),
        ("yesterday", [(2026, 8, 19)]),
        ("two weeks ago", [(2026, 8, 6)]),
        ("3 days ago", [(2026, 8, 17)]),
        ("三天前", [(2026, 8, 17)]),
        ("last December", [(0, 12, 0), (2025, 12, 0)]),
        ("nothing of the kind", []),
        ("13/45/99 and 2025-77-99", []),
    ],
)
def test_days(text: str, days: list[Day]) -> None:
    """Dates are read as people write them, relative ones from the clock."""
    assert list(days_in(text, NOW)) == days


def test_terms_leave_out_names_and_dates() -> None:
    """What is counted in rows is the subject: no names of speakers, no words of a date, no grammar."""
    question = read_question("What did Ann paint on 3 June?", PEOPLE, NOW)

    assert (question.words, question.terms) == (("ann", "paint", "3", "june"), ("paint",))


def test_question_of_names_alone_keeps_them() -> None:
    """A question that is nothing but a name looks for the name."""
    assert read_question("Ann", PEOPLE, NOW).terms == ("ann",)
