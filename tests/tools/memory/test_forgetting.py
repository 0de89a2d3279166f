"""`memory_forget`: the agent forgets what the user wants forgotten, and asks first."""

from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.memory.forgetting import memory_forget
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import Toolbox
from tests.tools.memory.calling import outcome


def test_the_user_is_asked_first() -> None:
    """The tool needs approval unless the settings say otherwise."""
    assert (memory_forget.approval, memory_forget.effect) == ("ask", "memory")
    assert Toolbox([memory_forget]).approval("memory_forget") == "ask"


def test_a_small_window_goes_without() -> None:
    """Where schemas have little room, the tool is left out; a call of it is executed all the same."""
    toolbox = Toolbox(MEMORY_TOOLS)
    names = [[schema.name for schema in schemas] for schemas in (toolbox.schemas, toolbox.lean_schemas)]
    assert [name for name in names[0] if name not in names[1]] == ["memory_forget"]
    assert toolbox.effect("memory_forget") == "memory"


def test_it_forgets_by_words_and_ids(context: ToolContext) -> None:
    """What was forgotten is counted and not found any more; the result says how it is restored."""
    kept = context.memory.archival.insert("My password is hunter2.").passage
    context.memory.archival.insert("Ada lives in Oslo.")
    context.memory.core.append("human", "My password is hunter2.")
    ok, said = outcome(context, "memory_forget", text="password hunter2")
    assert ok
    assert said.startswith("Forgotten: 1 × line of core memory, 1 × passage. The user can restore it with carrel ")
    assert context.memory.search.find("hunter2", ("archival",)).total == 0
    assert kept.id in context.memory.forgetting.restore(kept.id)
    assert "1 × passage" in outcome(context, "memory_forget", ids=[kept.id])[1]


def test_words_that_stand_everywhere_are_refused(context: ToolContext) -> None:
    """A query that means everything is no request to forget everything."""
    for block in context.memory.core.all():
        context.memory.core.rethink(block.label, "")
    for number in range(3):
        context.memory.archival.insert(f"Hello {number}.")
    ok, said = outcome(context, "memory_forget", text="hello")
    assert (ok, "stands in everything" in said) == (False, True)
    assert context.memory.archival.count() == 3
