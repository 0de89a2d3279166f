"""Answers in which older versions stored calls or thoughts are cleaned, and nothing else is changed."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.bootstrap import Carrel
from carrel.memory.db.schema import messages, summaries
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.testing.call_dialects import CALL_DIALECTS
from tests.cli.harness import carrel

CALL = CALL_DIALECTS["json block"]("core_memory_append", {"label": "human", "content": "Keeps zebras."})
OTHER = '```json\n{"name": "Ada", "pets": "zebras"}\n```'
ANSWERS = [f"Let me note the badgers.\n{CALL}", CALL, OTHER]


@pytest.fixture
def poisoned(home: Path) -> Path:
    """A home with a conversation as an older version stored it: two answers are calls, a summary quotes one."""
    with Carrel.open(home, ScriptedModel([say(str(n)) for n in range(3)]), "none") as client:
        ada = client.agent("ada")
        with ada.session() as chat:
            for text in ("I keep zebras.", "And?", "Show my data."):
                chat.send(text)
            session = str(chat.id)
        ada.memory.queue.evict(session, None, ada.recall.latest(9)[:1], f"It was said:\n{CALL}")
        with ada.memory.scope.database.write() as connection:
            for n, text in enumerate(ANSWERS):
                connection.execute(sa.update(messages).where(messages.c.text == str(n)).values(text=text))
    return home


def test_calls_are_taken_out_of_answers(poisoned: Path) -> None:
    """Check tells of them, the repair leaves what was said beside them, and JSON that calls nothing stays."""
    before = carrel("db", "check", "--json")
    assert (before.code, before.data["text_calls"], before.data["sound"]) == (1, 3, False)
    assert "3 answers hold a call as text: run carrel db check --repair" in carrel("db", "check").out
    repaired = carrel("db", "check", "--repair", "--json")
    assert (repaired.code, repaired.data["cleaned"], repaired.data["text_calls"]) == (0, 3, 0)
    assert carrel("db", "check", "--repair").out == "All is well.\n"
    with Carrel.open(poisoned, "offline", "none") as client:
        ada = client.agent("ada")
        said = [message.text for message in ada.recall.latest(9) if message.role == "assistant"]
        assert sorted(said) == sorted(["Let me note the badgers.", "", OTHER])
        with ada.memory.scope.read() as connection:
            assert connection.scalars(sa.select(summaries.c.text)).all() == ["It was said:"]


def test_cleaned_answers_are_neither_sent_nor_found(poisoned: Path) -> None:
    """An answer that was nothing but a call leaves main context; the rest of the other is found by its words."""
    carrel("db", "check", "--repair")
    model = ScriptedModel([say("Hello.")])
    with Carrel.open(poisoned, model, "none") as client:
        ada = client.agent("ada")
        assert [hit.text for hit in ada.recall.search("badgers").hits] == ["Let me note the badgers."]
        assert [hit.role for hit in ada.recall.search("core_memory_append").hits] == []
        ada.session("last").send("Hi.")
    sent = [message.text for message in model.requests[0].messages]
    assert not any("core_memory_append" in text and "Keeps zebras" in text for text in sent)
    assert all(sent)


THOUGHTS = [
    "<think>They love badgers.</think>\n\nBadgers are shy.",
    "They want zebras, I guess.</think>Zebras are striped.",
    "<thinking>Nothing to say.</thinking>",
    "◁think▷Hm.◁/think▷Here.",
    "```html\n<think>shown</think>\n```",
    "The tag `<think>` opens a thought.",
]
SAID = ["Badgers are shy.", "Zebras are striped.", "", "Here.", *THOUGHTS[4:]]


@pytest.fixture
def thoughtful(home: Path) -> Path:
    """A home with a conversation whose answers were stored with thoughts."""
    with Carrel.open(home, ScriptedModel([say(f"No. {n}") for n in range(len(THOUGHTS))]), "none") as client:
        ada = client.agent("ada")
        with ada.session() as chat:
            for number in range(len(THOUGHTS)):
                chat.send(f"Question {number} about <think>me</think>?")
            session = str(chat.id)
        ada.memory.queue.evict(session, None, ada.recall.latest(99)[:1], "<think>What was it?</think>Not much.")
        with ada.memory.scope.database.write() as connection:
            for n, text in enumerate(THOUGHTS):
                connection.execute(sa.update(messages).where(messages.c.text == f"No. {n}").values(text=text))
    return home


def test_thoughts_are_taken_out_of_answers(thoughtful: Path) -> None:
    """Also those that only close; a tag that an answer shows or names stays, and so does what the user said."""
    before = carrel("db", "check", "--json")
    assert (before.code, before.data["thoughts"], before.data["sound"]) == (1, 5, False)
    assert "5 answers hold thoughts: run carrel db check --repair" in carrel("db", "check").out
    repaired = carrel("db", "check", "--repair")
    assert repaired.out == "Thoughts were taken out of the text of 5 answers.\nAll is well.\n"
    assert carrel("db", "check", "--repair", "--json").data["cleaned"] == 0
    with Carrel.open(thoughtful, "offline", "none") as client:
        ada = client.agent("ada")
        found = ada.recall.latest(99)
        assert sorted(message.text for message in found if message.role == "assistant") == sorted(SAID)
        assert all("<think>" in message.text for message in found if message.role == "user")
        assert ada.recall.search("badgers").total == 1
        with ada.memory.scope.read() as connection:
            assert connection.scalars(sa.select(summaries.c.text)).all() == ["Not much."]
