"""At each message the memory is asked once, before the model is."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.agent.context.page_in import RecalledPage, VisibleContext, page_in
from carrel.agent.events import Answer, ContextCompiled, QueueFlushed
from carrel.agent.window.budget import Budget
from carrel.bootstrap import Carrel
from carrel.memory.values import StoredMessage
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.models.tokens.estimator import Estimator
from carrel.rendering.prompt import split_tail

COUNTER = Estimator()


@pytest.fixture
def ada(home: Path) -> Iterator[Agent]:
    """An agent that remembers walnuts, in English and Chinese, short and long."""
    with Carrel.open(home, ScriptedModel(lambda request: say("Noted.")), "none") as carrel:
        agent = carrel.agent("ada")
        for n in range(8):
            agent.archival.insert(f"Walnut {n} fell" + " and rolled far away" * (n * 8))
        agent.archival.insert("我喜欢核桃。" * 200)
        yield agent


def paged(ada: Agent, text: str, visible: set[str], window: int) -> RecalledPage:
    """Ask for what is relevant to a message."""
    asked = StoredMessage(10**9, "m-asked", "user", text, datetime(2026, 1, 5, tzinfo=UTC), "s-1", COUNTER.count(text))
    return page_in(ada.memory, asked, VisibleContext(frozenset(visible)), Budget(window, 1024), COUNTER)


@pytest.mark.parametrize("window", [2000, 8000, 32_000])
@pytest.mark.parametrize("text", ["Where are the walnuts? walnut", "我喜欢核桃吗？"])
def test_what_is_recalled_keeps_to_its_budget(ada: Agent, window: int, text: str) -> None:
    """The recalled lines take at most their share of the window, and something always fits."""
    page = paged(ada, text, set(), window)
    assert page.lines
    assert sum(COUNTER.count(line) + 2 for line in page.lines) <= Budget(window, 1024).recalled
    assert len(page.lines) == len(page.hits)


def test_what_is_on_main_context_is_not_recalled(ada: Agent) -> None:
    """A memory that stands in the queue is offered with the reason why it is left out, and not shown twice."""
    chat = ada.session()
    chat.send("My walnut tree is old.")
    (message,) = ada.recall.search("walnut tree").hits
    page = paged(ada, "walnut tree", {message.id}, 8000)
    reasons = {item.hit.id: (item.shown, item.reason) for item in page.offered}
    assert reasons[message.id] == (False, "already in main context")
    assert message.id not in {hit.id for hit in page.hits}
    assert not any(message.id in line for line in page.lines)


def test_every_offer_has_its_reason(ada: Agent) -> None:
    """What is taken has no reason, what is left out has one of three, best first."""
    offered = paged(ada, "walnut", set(), 2000).offered
    assert [item.reason is None for item in offered] == [item.shown for item in offered]
    reasons = {item.reason for item in offered}
    assert reasons <= {None, "already in main context", "not relevant enough", "over the budget"}
    assert "over the budget" in reasons
    scores = [item.hit.score for item in offered]
    assert scores == sorted(scores, reverse=True)


def test_what_was_recalled_is_recorded(ada: Agent) -> None:
    """The memories that stood in the context of a turn can be asked for afterwards."""
    answer = ada.session().send("walnut")
    assert ada.memory.retrievals.shown_in(answer.turn) == [hit.id for hit in answer.retrieved]
    assert len(answer.retrieved) > 1


@pytest.mark.parametrize("text", ["...", "?!", "🎉", "—"])
def test_a_message_without_words_recalls_nothing(ada: Agent, text: str) -> None:
    """Signs alone are no question."""
    assert paged(ada, text, set(), 8000) == RecalledPage()


@pytest.mark.slow
@pytest.mark.parametrize("filler", range(4))
def test_a_fact_that_a_flush_takes_out_of_main_context_is_recalled(home: Path, filler: int) -> None:
    """Where the message's own turn flushes the queue, what was in main context before is recalled, and recorded."""
    model = ScriptedModel(lambda request: say("I see."))
    with Carrel.open(home, model, "none", flags={"window": 2000}) as carrel:
        chat = carrel.agent("ada").session()
        fact = "The hangar code of the zeppelin is 7714."
        chat.send(fact)
        room = 10_000
        for n in itertools.count():
            if room < 16:
                break
            seen = list(chat.stream(f"Rain {n}" + " o" * filler))
            sizes = [event.tokens for event in seen if isinstance(event, ContextCompiled)]
            room = Budget(2000, 1024).prompt - sum(sizes[-1].values()) + sizes[-1]["recalled"]
        seen = list(chat.stream("What is the hangar code of the zeppelin? I have to know it now."))
        assert any(isinstance(event, QueueFlushed) for event in seen)
        sent = model.requests[-1].messages
        answer = seen[-1]
        assert isinstance(answer, Answer)
        assert fact not in "".join(message.text for message in sent[1:-1])
        assert fact in sent[-1].text
        assert fact in [hit.text for hit in answer.retrieved]
        recorded = carrel.agent("ada").memory.retrievals.shown_in(answer.turn)
        assert recorded == [hit.id for hit in answer.retrieved]


def test_what_is_truncated_in_main_context_is_recalled_where_it_matters(home: Path) -> None:
    """The end of a long message is not in main context: the part of it that the question is about is recalled."""
    long = "Let me tell you. " + "The weather in Bergen was fine and mild. " * 200 + "The safe's PIN is 7741."
    model = ScriptedModel([say(long), say("It is 7741.")])
    with Carrel.open(home, model, "none", flags={"window": 4000}) as carrel:
        chat = carrel.agent("ada").session()
        chat.send("What do you know?")
        chat.send("What is the PIN of the safe?")
        tail = split_tail(model.requests[-1].messages[-1].text)[1]
    assert "The safe's PIN is 7741." in tail


@pytest.mark.parametrize(
    ("fact", "question"),
    [
        ("Der Schlüssel liegt in der Hauptstraße.", "HAUPTSTRASSE"),
        ("钥匙在臺灣。", "台湾"),
        ("المفتاح عند مُحَمَّد.", "محمد"),
    ],
)
def test_a_long_text_is_shown_where_its_words_are_in_any_spelling(ada: Agent, fact: str, question: str) -> None:
    """Not only where they are written as the question writes them."""
    ada.archival.insert("The weather in Bergen was fine and mild. " * 200 + fact)
    (line,) = paged(ada, question, set(), 8000).lines
    assert fact in line


def test_what_stands_in_core_memory_is_not_recalled(home: Path) -> None:
    """A fact that the head shows already takes no room at the tail."""
    model = ScriptedModel(lambda request: say("Noted."))
    with Carrel.open(home, model, "none") as carrel:
        ada = carrel.agent("ada")
        ada.core.append("human", "Ann is allergic to walnuts.")
        ada.archival.insert("Ann is allergic to walnuts.")
        ada.archival.insert("Walnuts make Ann sneeze, said her allergic brother.")
        answer = ada.session().send("Is Ann allergic to walnuts?")
    assert [hit.text for hit in answer.retrieved] == ["Walnuts make Ann sneeze, said her allergic brother."]


def test_what_was_sent_is_not_recalled(home: Path) -> None:
    """What the agent said by a call stands in the queue as the call's argument, and can be read there."""
    model = ScriptedModel([call("send_message", message='Your boat is called "Walnut".')] * 2)
    with Carrel.open(home, model, "none", flags={"contract": "memgpt"}) as carrel:
        chat = carrel.agent("ada").session()
        chat.send("What is my boat called?")
        answer = chat.send("My boat is called Walnut, is it?")
    assert answer.retrieved == ()
