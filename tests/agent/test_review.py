"""A review takes only replies that can be taken: what was cut off, empty or said without tools reviews nothing."""

from pathlib import Path

import pytest

from carrel.agent.review import AS_TEXT, CUT, EMPTY, FILTERED
from carrel.bootstrap import Carrel
from carrel.errors import ModelFailed, NotConfigured
from carrel.models.chat.scripted import Item, ScriptedAnswer, ScriptedModel, call, say
from carrel.protocols import Reply
from carrel.rendering.notices import render_review_note
from carrel.testing.fake_server import FakeServer
from tests.reviewing import consolidated, kept, talked

FACT = call("archival_insert", text="A fact.")
AS_CALL = '<tool_call>{"name": "archival_insert", "arguments": {"text": "A fact."}}</tool_call>'
USELESS = [
    (Reply(FACT, None, "length"), CUT, "Raise 'reply_tokens' and 'window'"),
    (Reply(say("Let me"), None, "length"), CUT, "Raise 'reply_tokens' and 'window'"),
    (Reply(FACT, None, "content_filter"), FILTERED, "Use another model"),
    (say(""), EMPTY, "Use another model"),
    (say(" "), EMPTY, "Use another model"),
    (say(AS_CALL), AS_TEXT, "Start the server with its tool parser"),
]


@pytest.mark.parametrize(("useless", "wrong", "remedy"), USELESS)
def test_a_reply_that_cannot_be_taken_reviews_nothing(
    home: Path, useless: ScriptedAnswer, wrong: str, remedy: str
) -> None:
    """The model is told once what is wrong; where that does not help the run fails, and all is left as it was."""
    talked(home, ["One.", "Two."])
    model = ScriptedModel([useless, useless, say("Done.")])
    failed = pytest.raises(ModelFailed, match=f"gave no usable reply to a review: it {wrong}. {remedy}")
    with Carrel.open(home, model, "none") as carrel, failed:
        list(carrel.agent("ada").consolidate())
    first, second = ([message.text for message in request.messages] for request in model.requests)
    assert second == [*first[:-1], f"{first[-1]}\n\nNote: {render_review_note(wrong)}"]
    assert kept(home) == ([], 2)


@pytest.mark.parametrize(("useless", "wrong", "_remedy"), USELESS)
def test_a_note_to_the_model_suffices(home: Path, useless: ScriptedAnswer, wrong: str, _remedy: str) -> None:
    """What can be taken after it is, also behind a call; the note is said once, and roles alternate throughout."""
    talked(home, ["One.", "Two."])
    script = [
        call("recall_search", query="one"),
        useless,
        call("archival_insert", text="Whole."),
        useless,
        say("Done."),
    ]
    reviewed, _, model = consolidated(home, script)
    assert [item.calls for item in reviewed] == [(("recall_search", True), ("archival_insert", True))]
    notes = [sum(wrong in message.text for message in request.messages) for request in model.requests]
    assert notes == [0, 0, 1, 0, 1]
    assert all(wrong in model.requests[n].messages[-1].text for n in (2, 4))
    _, before, after, *_ = (request.max_tokens or 0 for request in model.requests)
    assert (after > 2 * before) == (wrong == CUT), "What was cut off gets all the room that there is."
    assert [message.role for message in model.requests[-1].messages] == ["system", "user", *["assistant", "tool"] * 2]
    assert kept(home) == (["Whole."], 0)


def test_a_last_reply_that_cannot_be_taken_reviews_nothing(home: Path) -> None:
    """That no request is left to ask once more makes no review of it."""
    talked(home, ["One."])
    searches: list[Item] = [call("recall_search", query="one")] * 5
    with pytest.raises(ModelFailed, match="it was empty"):
        consolidated(home, [*searches, say("")])
    assert kept(home) == ([], 1)


@pytest.mark.network
def test_a_server_without_tools_reviews_nothing(home: Path) -> None:
    """The user is told, whether that shows at the first request or was known before; all is left to review."""
    talked(home, ["One."])
    with FakeServer(lambda request: "Done.", lacks=["tools"]) as server:
        flags = {"base_url": server.url, "model": "any"}
        for _ in range(2):
            refused = pytest.raises(NotConfigured, match=r"'any' calls no tools, which a review needs\. Set")
            with Carrel.open(home, None, "none", flags=flags) as carrel, refused:
                list(carrel.agent("ada").consolidate())
            assert len(server.requests) == 2, "Asked with tools and without, and never again."
    assert kept(home) == ([], 1)
