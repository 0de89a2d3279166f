"""Whatever a model writes round its calls and thoughts: calls are executed, thoughts are not the answer, code stays."""

from pathlib import Path

import pytest

from carrel.agent.events import Answer, Event, TextDelta, TextDiscarded, Thought
from carrel.bootstrap import Carrel
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import say
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.protocols import Reply
from carrel.testing.call_dialects import CALL_DIALECTS
from carrel.testing.fake_server import FakeServer

pytestmark = pytest.mark.network

FACT = 'Ada wrote "Tea at five" for {Bo}; 茶。'
LEAD = "Let me note that."
STREAMED = pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
SECRET = "The vault is green."
THOUGHTS = {
    "tag": f"<think>{SECRET}</think>\n\nYes.",
    "only closed": f"{SECRET}\n</think>\n\nYes.",
    "thinking": f"<thinking>{SECRET}</thinking>Yes.",
    "thought": f"<thought>\n{SECRET}\n</thought>\nYes.",
    "reasoning": f"<reasoning>{SECRET}</reasoning> Yes.",
    "harmony": f"<|channel|>analysis<|message|>{SECRET}<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
    "harmony without marks": f"analysis{SECRET}assistantfinalYes.",
    "mistral": f"[THINK]{SECRET}[/THINK]Yes.",
    "kimi": f"◁think▷{SECRET}◁/think▷Yes.",
    "command r": f"<|START_THINKING|>{SECRET}<|END_THINKING|><|START_RESPONSE|>Yes.<|END_RESPONSE|>",
}
SHOWN = {
    "thought in a block": "Write:\n```xml\n<think>\nplan\n</think>\n```\nlike that.",
    "thought in code": "The tag `<think>` opens and `</think>` closes a thought.",
    "call of another tool": '```json\n{"name": "get_weather", "arguments": {"city": "Bonn"}}\n```',
    "json": 'Your data:\n```json\n{"name": "Ada", "town": "Bonn"}\n```',
    "tag": "In HTML, <b>bold</b> and a < b are written so.",
}


class Talk:
    """A turn with a server that plays replies, and what came of it."""

    def __init__(self, home: Path, replies: list[str], streamed: bool, contract: str = "native") -> None:
        self.events: list[Event] = []
        with FakeServer(list(map(say, replies))) as server:
            can = Capabilities(streaming=None if streamed else False)
            model = OpenAIChat("any", server.url, capabilities=can)
            with Carrel.open(home, model, "none", flags={"contract": contract}) as carrel:
                ada = carrel.agent("ada")
                for event in ada.session().stream("Hello there"):
                    self.events.append(event)
                self.recall = [(message.role, message.text) for message in ada.recall.latest(10)]
                self.passages = [passage.text for passage in ada.archival.latest(10)]
                self.found = ada.recall.search("vault green").hits
            self.requests = server.requests

    @property
    def answer(self) -> str:
        """What the user is answered."""
        last = self.events[-1]
        assert isinstance(last, Answer)
        return last.text

    @property
    def shown(self) -> str:
        """What stands on the screen at the end."""
        shown = ""
        for event in self.events:
            if isinstance(event, TextDiscarded):
                shown = ""
            shown += event.text if isinstance(event, TextDelta) else ""
        return shown


@STREAMED
@pytest.mark.parametrize("dialect", CALL_DIALECTS)
def test_a_call_as_text_is_executed(home: Path, dialect: str, streamed: bool) -> None:
    """In every dialect it is executed once, and neither shown, nor stored as said, nor sent back as text."""
    written = f"{LEAD}\n{CALL_DIALECTS[dialect]('archival_insert', {'text': FACT})}"
    talk = Talk(home, [written, "Noted."], streamed)
    assert (talk.answer, talk.shown) == ("Noted.", f"{LEAD}Noted.")
    assert talk.passages == [FACT]
    assert [text for role, text in talk.recall if role == "assistant"] == [LEAD, "Noted."]
    sent = talk.requests[1]["messages"][-2]
    assert (sent["content"], sent["tool_calls"][0]["function"]["name"]) == (LEAD, "archival_insert")


@STREAMED
@pytest.mark.parametrize("kind", THOUGHTS)
def test_a_thought_is_not_the_answer(home: Path, kind: str, streamed: bool) -> None:
    """In every dialect it is told apart, and neither shown as the answer nor stored nor found."""
    talk = Talk(home, [THOUGHTS[kind]], streamed)
    assert (talk.answer.strip(), talk.shown.strip()) == ("Yes.", "Yes.")
    assert "".join(event.text for event in talk.events if isinstance(event, Thought)).strip() == SECRET
    assert [text.strip() for role, text in talk.recall if role == "assistant"] == ["Yes."]
    assert not talk.found


@STREAMED
@pytest.mark.parametrize("kind", SHOWN)
def test_markup_that_is_only_shown_stays(home: Path, kind: str, streamed: bool) -> None:
    """Code that shows markup, and JSON that calls nothing, are the answer as they were written."""
    talk = Talk(home, [SHOWN[kind]], streamed)
    assert (talk.answer, talk.shown) == (SHOWN[kind], SHOWN[kind])


def test_a_call_as_text_counts_in_the_closing_request_too(home: Path) -> None:
    """Where no call can be made any more, what looks like one is still not the answer."""
    written = CALL_DIALECTS["hermes"]("archival_insert", {"text": FACT})
    replies = [Reply(AssistantMessage(written)) for _ in range(5)]
    with FakeServer([*replies, f"Done. {written}"]) as server:
        model = OpenAIChat("any", server.url)
        with Carrel.open(home, model, "none", flags={"contract": "native"}) as carrel:
            answer = carrel.agent("ada").session().send("Hello there")
    assert (answer.text, answer.stopped) == ("Done.", "same call")
