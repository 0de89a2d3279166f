"""The offline model: stores what it is told and quotes what it finds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.messages import ToolSchema, UserMessage
from carrel.models.chat.offline import INTRODUCTION, NOTHING_FOUND, OfflineModel
from carrel.protocols import Reply, Request, TextPiece


@pytest.fixture
def carrel(home: Path, clock: FrozenClock) -> Iterator[Carrel]:
    """A home with the offline model."""
    with Carrel.open(home, "offline", "none", clock) as opened:
        yield opened


def asked(text: str, *tools: str) -> Reply:
    """Return the first reply to a message, with these tools."""
    schemas = tuple(ToolSchema(name, "") for name in tools)
    *pieces, reply = OfflineModel().stream(Request((UserMessage(text),), schemas))
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)) == reply.message.text
    return reply


def test_the_calls_are_those_that_a_message_asks_for() -> None:
    """Facts are stored in one call, a question searches both tiers, and nothing that is not offered is called."""
    text = "I keep bees. My hives are blue. What do I keep?"
    reply = asked(text, "core_memory_append", "recall_search", "archival_search")
    made = [(call.name, json.loads(call.arguments)) for call in reply.message.calls]
    assert made == [
        ("core_memory_append", {"label": "human", "content": "I keep bees.\nMy hives are blue."}),
        ("recall_search", {"query": text}),
        ("archival_search", {"query": text}),
    ]
    assert len({call.id for call in reply.message.calls}) == 3
    assert asked(text).message.calls == ()


@pytest.mark.parametrize(
    ("fact", "question"),
    [
        ("I'm allergic to peanuts.", "What am I allergic to?"),
        ("My sister Bea lives in Lisbon.", "Where does my sister live?"),
        ("我对花生过敏。", "我对什么过敏？"),
        ("我的猫叫豆腐。", "我的猫叫什么名字？"),
    ],
)
def test_a_fact_is_stored_and_quoted_with_its_date(
    carrel: Carrel, clock: FrozenClock, fact: str, question: str
) -> None:
    """What was told in one session is in core memory, and is quoted in another with the day when it was told."""
    ada = carrel.agent("ada")
    assert ada.session().send(fact).text == "Noted."
    assert ada.core["human"].value == fact
    clock.advance(days=3)
    assert ada.session().send(question).text == f'From my memory, 2026-01-05, user: "{fact}"'


@pytest.mark.parametrize("question", ["What is my shoe size?", "埃菲尔铁塔在哪里？"])
def test_it_says_when_it_finds_nothing(carrel: Carrel, question: str) -> None:
    """A question about what was never said is answered by saying so."""
    ada = carrel.agent("ada")
    ada.session().send("I live in Oslo.")
    assert ada.session().send(question).text == NOTHING_FOUND


def test_it_quotes_neither_itself_nor_questions(carrel: Carrel) -> None:
    """However often it is asked, only what the user stated is quoted, once."""
    chat = carrel.agent("ada").session()
    chat.send("My bicycle is green. Is yours?")
    for _ in range(3):
        answer = chat.send("What colour is my bicycle?")
        assert answer.text.startswith("From my memory, ")
        assert answer.text.endswith(': "My bicycle is green."')
        assert answer.text.count("bicycle") == 1


def test_words_side_by_side_count_more(carrel: Carrel) -> None:
    """Of lines that hold the same words, the one that holds them side by side is quoted first."""
    ada = carrel.agent("ada")
    ada.archival.insert("The support team has a group of chairs in the reading corner.")
    ada.archival.insert("Bo leads the reading support group.")
    text = ada.session().send("Who leads the reading support group?").text
    assert text == 'From my memory, 2026-01-05, archival: "Bo leads the reading support group."'


def test_what_does_not_fit_a_full_block_goes_to_archival(home: Path, clock: FrozenClock) -> None:
    """Where core memory is full, the fact is stored in archival memory and found there."""
    with Carrel.open(home, "offline", "none", clock, flags={"limit_human": 20}) as carrel:
        ada = carrel.agent("ada")
        answer = ada.session().send("I was born in Trondheim.")
        assert answer.text == "Noted."
        assert [passage.text for passage in ada.archival.latest(9)] == ["I was born in Trondheim."]
        assert ada.core["human"].value == ""


def test_a_long_statement_goes_to_archival(carrel: Carrel) -> None:
    """A statement too long for core memory is a passage."""
    ada = carrel.agent("ada")
    long = "I grew up " + "between the river and the old mill " * 6 + "in Telemark."
    ada.session().send(long)
    assert [passage.text for passage in ada.archival.latest(9)] == [long]
    assert ada.core["human"].value == ""


def test_small_talk_is_answered_honestly(carrel: Carrel) -> None:
    """What neither tells nor asks is answered by what this model is."""
    assert carrel.agent("ada").session().send("Good morning!").text == INTRODUCTION
