"""Turns are listed newest first, page by page, and each knows its neighbours."""

from carrel.memory.forgetting.selection import Selection
from carrel.memory.inspection.turn_pages import TurnLine, TurnPlace, list_turns, locate_turn
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.messages import AssistantMessage


def take_turn(memory: Memory, session: str, text: str, *replies: str) -> str:
    """Make a turn with a step for each reply, of ten tokens more each, and return its id."""
    turn, _ = memory.turns.begin(session, text, "toy")
    for number, reply in enumerate(replies, 1):
        memory.steps.add(session, NewStep(turn, number, [], 10 * number, "toy", AssistantMessage(reply), "stop"))
    memory.turns.end(turn, "complete" if replies else "failed", None if replies else "No answer.")
    return turn


def test_a_line_says_what_was_said(memory: Memory) -> None:
    """Of each turn the user's message, the last reply, the steps and the tokens of the last request are listed."""
    session = memory.sessions.start()
    turn = take_turn(memory, session, "你好", "Let me see.", "Hello.")
    page = list_turns(memory)
    now = memory.now()
    assert page.turns == (TurnLine(turn, session, "complete", "toy", now, None, "你好", "Hello.", 2, 20),)
    assert page.older is None


def test_pages_follow_one_another(memory: Memory, other: Memory) -> None:
    """The pages together hold every turn of the agent once, the newest first, and no other agent's."""
    session = memory.sessions.start()
    made = [take_turn(memory, session, f"message {number}", "Yes.") for number in range(7)]
    take_turn(other, other.sessions.start(), "mine", "Yes.")
    found: list[str] = []
    place = None
    for _ in range(3):
        page = list_turns(memory, place, limit=3)
        found += [line.id for line in page.turns]
        place = page.older
    assert (found, place) == (made[::-1], None)


def test_a_turn_without_an_answer_is_listed_and_passed_over(memory: Memory) -> None:
    """It has no step and no tokens; the neighbours of a turn are those in which the model was asked."""
    session = memory.sessions.start()
    first = take_turn(memory, session, "one", "Yes.")
    failed = take_turn(memory, session, "two")
    last = take_turn(memory, session, "three", "Well.", "Yes.")
    line = list_turns(memory).turns[1]
    assert (line.id, line.state, line.error, line.steps, line.tokens) == (failed, "failed", "No answer.", 0, 0)
    assert locate_turn(memory, first) == TurnPlace(None, last, (1,))
    assert locate_turn(memory, last) == TurnPlace(first, None, (1, 2))


def test_what_was_forgotten_is_not_listed(memory: Memory) -> None:
    """A message in the bin is left out of the line of its turn."""
    turn = take_turn(memory, memory.sessions.start(), "The code is 4711.", "Noted.")
    memory.forgetting.forget(_selection(memory, turn))
    assert [(line.message, line.reply) for line in list_turns(memory).turns] == [("", "Noted.")]


def _selection(memory: Memory, turn: str) -> Selection:
    return Selection((memory.recall.of_turn(turn)[0].id,))
