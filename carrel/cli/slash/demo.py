"""/demo: a story of two sessions, a month apart, in a memory of its own."""

from typing import TYPE_CHECKING

from carrel.cli.slash.command import ChatContext, SlashCommand

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent

DAYS = 30
FIRST = ("My sister is called Marie and she lives in Lyon.", "I am allergic to peanuts.", "I moved from Bonn to Porto.")
LATER = ("What is my sister called?", "What am I allergic to?", "Where do I live?")
"""What the user says on the first day, and after DAYS days."""


def _play(chat: ChatContext, argument: str) -> None:
    """Play the story with the built-in model, in a temporary home whose clock can be moved."""
    from datetime import timedelta

    from carrel.bootstrap import Carrel
    from carrel.clock import FrozenClock
    from carrel.processes import temporary_folder

    now = chat.agent.memory.now()
    clock = FrozenClock(now - timedelta(days=DAYS))
    chat.screen.print("A story of two sessions, with the built-in model. Nothing of it enters your memory.", indent=2)
    with temporary_folder("carrel-demo-") as home, Carrel.open(home, "offline", "none", clock) as carrel:
        agent = carrel.agent("demo")
        _play_session(chat, agent, f"{DAYS} days ago", FIRST)
        clock.advance(days=DAYS)
        _play_session(chat, agent, "Today, in a new session", LATER)
    chat.screen.print("That was the demo. Now tell me something of yourself.", "dim")


def _play_session(chat: ChatContext, agent: "Agent", when: str, lines: tuple[str, ...]) -> None:
    chat.screen.print(f"\n{when}:", "dim")
    session = agent.session()
    for text in lines:
        chat.screen.print(f"> {text}")
        chat.run_turn(session.stream(text))
    session.close()


COMMANDS = (SlashCommand("demo", "watch a story of two sessions, a month apart", _play),)
