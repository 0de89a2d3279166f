"""The tools that edit core memory."""

from dataclasses import replace

import pytest

from carrel.tools.tool import ToolContext
from tests.tools.memory.calling import full_outcome, outcome, run


def test_append_shows_the_whole_block(context: ToolContext) -> None:
    """An append answers with the block's new text and size, and is the agent's doing in this turn."""
    text = "Block 'human' now holds (24 of 60 characters):\nName: Ada\nLikes: walnuts"
    assert run(context, "core_memory_append", label="human", content="Name: Ada").ok
    assert outcome(context, "core_memory_append", label="human", content=" Likes: walnuts\n") == (True, text)
    (_, event) = context.memory.turns.changes(context.turn)
    assert (event.actor, event.op, event.after) == ("agent", "append", "Name: Ada\nLikes: walnuts")


def test_replace_puts_new_text_in_place_of_old(context: ToolContext) -> None:
    """A replacement changes what stands once; empty new text deletes it."""
    run(context, "core_memory_append", label="human", content="Name: Ada\nLikes: walnuts")
    text = "Block 'human' now holds (23 of 60 characters):\nName: Ada\nLikes: pecans"
    assert outcome(context, "core_memory_replace", label="human", old="walnuts", new="pecans") == (True, text)
    run(context, "core_memory_replace", label="human", old="\nLikes: pecans", new="")
    assert context.memory.core["human"].value == "Name: Ada"


def test_an_edit_tells_the_turn_what_the_model_knows(context: ToolContext) -> None:
    """Where the model had read the block as it was, it knows from the result what the block holds; else it does not."""
    read = replace(context, core={"human": ""})
    outcome = full_outcome(read, "core_memory_append", label="human", content="Name: Ada")
    assert outcome.core == {"human": "Name: Ada"}
    assert full_outcome(read, "core_memory_append", label="human", content="Likes: walnuts").core == {}


def test_rethink_writes_the_block_anew(context: ToolContext) -> None:
    """A rethink puts a whole new text in the block's place."""
    run(context, "core_memory_append", label="human", content="Name: Ada")
    text = "Block 'human' now holds (10 of 60 characters):\nAda, nurse"
    assert outcome(context, "core_memory_rethink", label="human", value="Ada, nurse") == (True, text)


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        (
            "core_memory_append",
            {"label": "human", "content": "x" * 61},
            "Error: Block 'human' is full: 71 of 60 characters. "
            "Shorten it with core_memory_replace or raise limits.human.",
        ),
        (
            "core_memory_rethink",
            {"label": "human", "value": "x" * 61},
            "Error: Block 'human' is full: 61 of 60 characters. "
            "Shorten it with core_memory_replace or raise limits.human.",
        ),
        (
            "core_memory_append",
            {"label": "user", "content": "x"},
            "Error: Block 'user' does not exist. There is: persona, human.",
        ),
        (
            "core_memory_replace",
            {"label": "human", "old": "Name: Adam", "new": "x"},
            "Error: 'Name: Adam' does not occur in block 'human'. Nearest line: Name: Ada",
        ),
        (
            "core_memory_replace",
            {"label": "human", "old": "a", "new": "x"},
            "Error: 'a' occurs 2 times in block 'human'. Quote more of the text around it.",
        ),
        (
            "core_memory_replace",
            {"label": "human", "old": "", "new": "x"},
            "Error: The text to replace is empty. Block 'human' holds: Name: Ada",
        ),
    ],
)
def test_an_edit_that_cannot_be_done_changes_nothing(
    context: ToolContext, name: str, arguments: dict[str, str], text: str
) -> None:
    """A refused edit of core memory says why and what to do, and the block stays as it was."""
    context.memory.core.append("human", "Name: Ada")
    assert outcome(context, name, **arguments) == (False, text)
    assert context.memory.core["human"].value == "Name: Ada"
    assert context.memory.turns.changes(context.turn) == []
