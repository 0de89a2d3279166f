"""What the user changes while the model thinks is not undone by what the model says."""

from collections.abc import Callable

import pytest

from carrel.agent.agent import Agent
from carrel.models.chat.scripted import ScriptedAnswer, ScriptedModel, call, calls, say
from carrel.protocols import Request

Open = Callable[..., Agent]
OLD, NEW = "Lives in Oslo.", "Lives in Bergen. 对花生过敏。"
ANEW = call("core_memory_rethink", label="human", value="Lives in Oslo; cat Tofu.")
ADD = call("core_memory_append", label="human", content="Cat Tofu.")


@pytest.mark.parametrize(
    ("made", "after", "told"),
    [
        (ANEW, NEW, [False]),
        (calls(ADD, ANEW), f"{NEW}\nCat Tofu.", [True, False]),
        (call("core_memory_replace", label="human", old=OLD, new="Lives in Rome."), NEW, [False]),
    ],
)
def test_a_block_is_not_written_by_what_it_held_before(
    opened: Open, made: ScriptedAnswer, after: str, told: list[bool]
) -> None:
    """An edit that rests on an older block is refused and says what the block holds; the next request shows it too."""
    requests: list[Request] = []

    def reply(request: Request) -> ScriptedAnswer:
        requests.append(request)
        if len(requests) > 1:
            return say("Done.")
        ada.core.rethink("human", NEW)
        return made

    ada = opened(ScriptedModel(reply))
    ada.core.rethink("human", OLD)
    ada.session().send("I have a cat called Tofu.")

    results = [message for message in requests[1].messages if message.role == "tool"]
    assert [result.ok for result in results] == told
    assert NEW in results[-1].text
    assert ada.core["human"].value == after


def test_the_agent_may_write_anew_what_it_has_read(opened: Open) -> None:
    """Its own edits, in this reply or an earlier one, are no reason to refuse; nor is what stood in the request."""
    again = call("core_memory_rethink", label="human", value="Cat Tofu, from Oslo.")
    ada = opened(ScriptedModel([calls(ADD, ANEW), again, say("Done."), ANEW, say("Done.")]))
    chat = ada.session()
    chat.send("I have a cat called Tofu.")
    assert ada.core["human"].value == "Cat Tofu, from Oslo."
    ada.core.rethink("human", NEW)
    chat.send("Tofu is black.")
    assert ada.core["human"].value == "Lives in Oslo; cat Tofu."
