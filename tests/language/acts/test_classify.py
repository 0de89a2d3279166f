"""What sentences do, in five languages: a table of sentences, each with its act."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.language.acts.classify import asks_advice, classify, is_first_person, read
from carrel.language.acts.vocabulary import Act, Ask
from carrel.language.languages import LANGUAGES, Language
from carrel.language.sentences import sentences

Row = tuple[Language, str, str, str, str]


def rows() -> list[Row]:
    """Return the table: language, act, what is asked for, topic, sentence."""
    lines = (Path(__file__).parent / "sentences.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]  # type: ignore[misc]


@pytest.mark.parametrize(("language", "act", "ask", "topic", "text"), rows())
def test_a_sentence_does_what_the_table_says(language: Language, act: str, ask: str, topic: str, text: str) -> None:
    """The act, what a question asks for, and what it is about."""
    said = classify(text, language)
    assert (said.act, said.ask or "") == (act, ask)
    assert topic in (said.topic, said.states.rstrip("."))


def test_the_table_holds_every_act() -> None:
    """Every act and every kind of question has a sentence, and every language more than fifteen."""
    table = rows()
    assert {row[1] for row in table} == set(Act)
    assert {row[2] for row in table} - {""} == set(Ask) - {Ask.HOW_LONG}
    assert all(sum(row[0] == language for row in table) > 15 for language in LANGUAGES)


def test_each_sentence_of_a_message_is_read() -> None:
    """A greeting, a fact and a question in one message are three acts, in one language."""
    said = read("Hello! My dog is called Rex. What is my cat called?")
    assert [(one.act, one.language) for one in said] == [
        (Act.GREETING, "en"),
        (Act.STATEMENT, "en"),
        (Act.QUESTION, "en"),
    ]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Abito a Roma.", Act.STATEMENT),
        ("Dove abito?", Act.QUESTION),
        ("私は東京に住んでいます。", Act.STATEMENT),
        ("私はどこに住んでいますか？", Act.QUESTION),
        ("Я живу в Москве.", Act.STATEMENT),
        ("Где я живу?", Act.QUESTION),
    ],
)
def test_other_languages_are_read_by_their_marks(text: str, act: Act) -> None:
    """A question mark asks, everything else states."""
    assert [one.act for one in read(text)] == [act]


def test_who_is_spoken_of() -> None:
    """A sentence about the speaker holds a word for them."""
    assert is_first_person("I'm tired", "en")
    assert is_first_person("Mein Hund bellt", "de")
    assert is_first_person("我累了", "zh")
    assert not is_first_person("The imp ate it", "en")


@settings(deadline=None)  # the first example compiles the tables
@given(st.text(max_size=100), st.sampled_from(LANGUAGES))
def test_any_text_has_an_act(text: str, language: Language) -> None:
    """Nothing makes it fail, and each sentence is read once, without a "well," before it."""
    said, found = sentences(text), read(text, language)
    assert len(found) == len(said)
    assert all(whole.endswith(one.text[1:]) for one, whole in zip(found, said, strict=True))


@pytest.mark.parametrize(
    ("language", "text", "stated"),
    [
        ("en", "Actually, the appointment is at 10:30.", "The appointment is at 10:30."),
        ("de", "Übrigens, ich mag Tee.", "Ich mag Tee."),
        ("zh", "对了，我喜欢茶。", "我喜欢茶。"),
        ("en", "Also, I like tea.", "Also, I like tea."),
        ("en", "So I went home.", "So I went home."),
        ("en", "I like tea, actually.", "I like tea, actually."),
    ],
)
def test_a_statement_is_kept_without_its_opener(language: Language, text: str, stated: str) -> None:
    """ "Actually," goes; "also" says something."""
    assert [said.text for said in read(text, language)] == [stated]


@pytest.mark.parametrize(
    ("language", "text", "advice"),
    [
        ("en", "Should I take penicillin?", True),
        ("en", "So can I eat nuts?", True),
        ("en", "Do I eat nuts?", False),
        ("de", "Darf ich Nüsse essen?", True),
        ("fr", "Puis-je manger des noix ?", True),
        ("es", "¿Puedo comer nueces?", True),
        ("zh", "我可以吃花生吗？", True),
        ("zh", "我吃花生吗？", False),
    ],
)
def test_some_questions_ask_for_advice(language: Language, text: str, advice: bool) -> None:
    """They begin with "should I" and the like."""
    assert asks_advice(text, language) is advice
