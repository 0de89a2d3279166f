"""What the offline model says when all is done."""

import pytest

from carrel.language.facts.current import same_words
from carrel.language.phrases.tables import phrases_of
from carrel.models.offline.plan import plan
from carrel.models.offline.reply import MAX_SUMMARY, reply
from tests.models.offline.turns import situation

ENGLISH = phrases_of("en")


def said(text: str, human: str = "", **given: object) -> str:
    """Return the reply to a message."""
    found = situation(text, human, **given)
    return reply(found, plan(found, same_words), same_words)


@pytest.mark.parametrize(
    ("text", "human", "answer"),
    [
        ("I keep bees.", "", ENGLISH.noted),
        ("I keep bees.", "I keep bees. [2026-11-01]", ENGLISH.noted),
        ("I live in Ulm.", "I live in Bonn. [2026-11-01]", 'Noted. It replaces "I live in Bonn".'),
        ("I live in Bonn.", "I live in Bonn. [2026-11-01]", ENGLISH.known),
        ("That's wrong.", "", ENGLISH.what_is_right),
        ("Forget my shoe size.", "", 'I found nothing to forget about "my shoe size".'),
        ("你好", "", phrases_of("zh").greeting),
        (
            "Wer bist du?",
            "",
            "\n".join([phrases_of("de").who_i_am, *(f"- {line}" for line in phrases_of("de").what_to_type)]),
        ),
    ],
)
def test_a_message_has_its_reply(text: str, human: str, answer: str) -> None:
    """What was done, in the language of the message."""
    assert said(text, human) == answer


def test_a_message_that_tells_and_asks_has_both_answers() -> None:
    """In this order, apart."""
    assert said("I keep bees. What do I keep?").split("\n\n") == [ENGLISH.noted, 'Bees. — you, today: "I keep bees."']


def test_a_summary_holds_what_was_stated() -> None:
    """The last so many sentences, and how many came before; questions not."""
    earlier = tuple(f"I saw bird {n}." for n in range(MAX_SUMMARY + 3))
    lines = said("Summarise our conversation.", earlier=(*earlier, "What is that?")).splitlines()
    assert lines[0] == ENGLISH.summary_head
    assert lines[1:] == [ENGLISH.more.format(count=3), *(f"- {text}" for text in earlier[3:])]


def test_what_was_just_said_is_quoted() -> None:
    """The message before."""
    assert said("What did I just say?", earlier=("One.", "Two.")) == 'You said: "Two."'
