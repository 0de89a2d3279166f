"""Give the agent a tool of your own: a typed function with a docstring."""

from carrel import Carrel, ScriptedModel, tool
from carrel.models.chat.scripted import call, say


@tool
def boil_eggs(count: int, soft: bool = False) -> str:
    """Boil eggs.

    Args:
        count: how many
    """
    return f"{count} eggs, {'soft' if soft else 'hard'}."


model = ScriptedModel([call("boil_eggs", count=3, soft=True), say("Your three eggs are ready.")])

with Carrel.open(model=model, tools=(boil_eggs,)) as carrel, carrel.agent("cook").session() as chat:
    answer = chat.send("Three soft eggs, please.")
    print([item.name for item in answer.tool_calls], answer.text)
