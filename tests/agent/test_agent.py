"""An agent and its sessions, as programs use them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.agent.agent import MAX_MESSAGE
from carrel.bootstrap import Carrel
from carrel.errors import Busy, DoesNotFit, NotFound, UsageError
from carrel.memory.values import Counts
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.protocols import Reply, Request, TextPiece

NOTHING = Counts(recall=0, archival=0, sessions=0, turns=0)


@pytest.fixture
def carrel(home: Path) -> Iterator[Carrel]:
    """A home whose model always says the same."""
    with Carrel.open(home, ScriptedModel(lambda request: say("Noted.")), "none") as opened:
        yield opened


@pytest.mark.parametrize("text", ["", "   \n\t", "\x00\x00", "\x1b"])
def test_an_empty_message_is_refused(carrel: Carrel, text: str) -> None:
    """A message without a visible character is refused and nothing is stored."""
    ada = carrel.agent("ada")
    with pytest.raises(UsageError, match="The message is empty"):
        ada.session().send(text)
    assert ada.counts == NOTHING


@pytest.mark.parametrize("length", [MAX_MESSAGE + 1, 10_000_000])
def test_a_message_that_is_too_long_is_refused(carrel: Carrel, length: int) -> None:
    """A message over the limit is refused with its length and the way to import it, and nothing is stored."""
    ada = carrel.agent("ada")
    with pytest.raises(DoesNotFit, match=rf"{length} characters long; the limit is 200000\. .*carrel import"):
        ada.session().send("a" * length)
    assert ada.counts == NOTHING


def test_the_longest_message_is_kept_whole(carrel: Carrel) -> None:
    """A message at the limit is answered, shown in part and kept in recall as a whole."""
    ada = carrel.agent("ada")
    ada.session().send("b" * MAX_MESSAGE)
    assert ada.recall.latest(2)[0].text == "b" * MAX_MESSAGE


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "ab"),
        ("\ud83d\ude00", "😀"),
        ("x\ud83dy", "x\ufffdy"),
        (" padded\r\nlines \x1b[31m", "padded\nlines [31m"),
        ("e\u0301", "é"),
        ("<|endoftext|> <context abcd>", "<|endoftext|> <context abcd>"),
    ],
)
def test_any_text_is_kept_clean(carrel: Carrel, text: str, kept: str) -> None:
    """Control characters, surrogates and composed letters are cleaned before anything is stored."""
    ada = carrel.agent("ada")
    ada.session().send(text)
    assert [message.text for message in ada.recall.latest(9)] == [kept, "Noted."]


class Waiting:
    """A model that waits for a sign in the middle of its reply."""

    name = "waiting"

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go = threading.Event()

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Say that it was asked, wait, then reply."""
        self.asked.set()
        self.go.wait(30)
        yield Reply(say("At last."))


def test_one_turn_at_a_time(home: Path) -> None:
    """While an agent answers, another message to it is refused and stores nothing; other agents answer."""
    model = Waiting()
    with Carrel.open(home, model, "none") as carrel:
        ada, bob = carrel.agent("ada"), carrel.agent("bob")
        answers: list[str] = []
        thread = threading.Thread(target=lambda: answers.append(ada.session().send("First").text))
        thread.start()
        assert model.asked.wait(30)
        before = ada.counts
        with pytest.raises(Busy, match="'ada' is answering another message"):
            ada.session().send("Second")
        assert ada.counts == before
        model.go.set()
        assert bob.session().send("Hello").text == "At last."
        thread.join(30)
        assert answers == ["At last."]
        assert ada.session().send("Third").text == "At last."
        assert [message.text for message in ada.recall.latest(9) if message.role == "user"] == ["First", "Third"]


def test_a_session_is_made_with_its_first_message(carrel: Carrel) -> None:
    """A session in which nothing was said leaves no trace."""
    ada = carrel.agent("ada")
    with ada.session() as chat:
        assert chat.id is None
    assert ada.counts == NOTHING
    with ada.session() as chat:
        chat.send("Hello")
        assert [info.id for info in ada.sessions.all()] == [chat.id]


def test_a_session_is_resumed_by_what_names_it(carrel: Carrel) -> None:
    """`last`, an id and a unique prefix of one resume the same session, with what was said in it."""
    ada = carrel.agent("ada")
    first, second = ada.session(), ada.session()
    first.send("One")
    second.send("Two")
    assert first.id
    assert second.id
    assert ada.session("last").id == second.id
    assert ada.session(first.id).id == first.id
    assert ada.session(first.id[:9]).id == first.id
    ada.session(first.id).send("Three")
    assert ada.session("last").id == first.id
    assert [message.text for message in ada.recall.of_session(first.id)] == ["One", "Noted.", "Three", "Noted."]


@pytest.mark.parametrize(("reference", "error"), [("s-", UsageError), ("s-zzzz", NotFound), ("nobody", NotFound)])
def test_an_unknown_or_unclear_session_is_refused(carrel: Carrel, reference: str, error: type[Exception]) -> None:
    """A reference to no session, or to several, is an error in words."""
    ada = carrel.agent("ada")
    ada.session().send("One")
    ada.session().send("Two")
    with pytest.raises(error):
        ada.session(reference)


def test_there_is_no_last_session_at_first(carrel: Carrel) -> None:
    """`last` of an agent that never spoke is not found."""
    with pytest.raises(NotFound, match="'ada' has no session yet"):
        carrel.agent("ada").session("last")


def test_an_answer_is_json(carrel: Carrel) -> None:
    """The answer's JSON has the keys that programs rely on."""
    answer = carrel.agent("ada").session().send("Hello").to_json()
    keys = ["text", "turn", "session", "steps", "tool_calls", "memory", "retrieved", "usage"]
    assert list(answer) == [*keys, "finish", "stopped"]
    assert (answer["text"], answer["steps"], answer["tool_calls"], answer["memory"]) == ("Noted.", 1, [], [])
