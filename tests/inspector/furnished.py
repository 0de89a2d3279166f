"""A home with something for every tab: turns with calls and flushes, an import, changes, and a full bin."""

import re
from pathlib import Path

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.memory.values import Cause, NewMessage
from carrel.messages import AssistantMessage, ToolResult, UserMessage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Embedder, Request

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)> \x1b[31mred \u202egnp.exe </script>"
"""Markup, a terminal's escape and a turn of direction, as somebody may plant them in any field."""
PLACES = "Lisbon, Porto, Rome, Paris, Oslo, Kyoto, Lima, Quito, Bergen, Cork".split(", ")


def furnish(home: Path, embedder: "Embedder | str" = "none", turns: int = 12) -> Carrel:
    """Open a home, and fill the agents `default` and `ada`."""
    clock = FrozenClock("2026-01-05T09:00:00+01:00")
    opened = Carrel.open(home, ScriptedModel(_answer), embedder, clock, flags={"window": 3000})
    agent = opened.agent()
    agent.recall.load(_imported(clock))
    chat = agent.session()
    for number in range(turns):
        clock.advance(hours=7)
        chat.send(f"On day {number} I was in {PLACES[number % len(PLACES)]}. {'It rained all afternoon. ' * 12}")
    agent.core.append("human", "Prefers tea to coffee.\n喜欢喝茶。", Cause("user"))
    agent.archival.insert(HOSTILE, tags=[HOSTILE], cause=Cause("user"))
    gone = agent.archival.insert("The code of the gate is 4711.").passage
    agent.forget(gone.id)
    agent.forget("human:1")
    opened.agent("ada").recall.load([NewMessage("user", HOSTILE, clock.now(), HOSTILE, HOSTILE)])
    opened.store.embed_now()
    return opened


def _answer(request: Request) -> AssistantMessage:
    """Return a summary where no tools are offered; else calls for a new message, and a reply to their results."""
    if not request.tools:
        return say("The user told where they were, day by day, and that it rained.")
    said = [message.text for message in request.messages if isinstance(message, UserMessage)][-1]
    number, place = re.search(r"On day (\d+) I was in (\w+)", said).groups()  # type: ignore[union-attr]
    if isinstance(request.messages[-1], ToolResult):
        return say(f"Noted: {place}. Take an umbrella.")
    if int(number) % 3:
        return call("recall_search", query=f"{place} rain")
    edit = call("core_memory_append", label="human", content=f"Was in {place}.")
    store = call("archival_insert", text=f"On day {number} the user was in {place}.", tags=["travel"])
    return calls(edit, store)


def _imported(clock: FrozenClock) -> list[NewMessage]:
    lines = [
        ("user", "I moved to Lisbon in March and found work at the marine institute."),
        ("assistant", "Congratulations! How is the sea?"),
        ("user", "Cold. I study how seahorses keep their balance."),
        ("assistant", "Then you spend your days among the calmest animals there are."),
        ("user", "我对花生过敏。"),
    ]
    return [NewMessage(role, text, clock.now(), "Ben", "spring") for role, text in lines]  # type: ignore[arg-type]
