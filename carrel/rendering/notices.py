"""What the agent is told besides the conversation: notices, events of the MemGPT paper, errors of calls. Pure.

A notice is one line that says what happened and what to do now. It is part of the tail.
"""

import re
from collections.abc import Mapping, Sequence

from carrel.messages import canonical
from carrel.text import clip

RESUMED = "The program stopped in the middle of this turn. Continue where you left off."
REPLY_EMPTY = "Your reply was empty. Answer the user, or call a tool."
CALL_AS_TEXT = "You called a tool that does not exist; nothing was executed. Call one that does, or answer in words."
REPLY_TRUNCATED = "Your reply was cut off at its limit, and its calls were not executed. Ask for less at once."

SAVE_NOW = (
    "Your context is nearly full; the oldest messages leave view soon. Save what matters now with core_memory_append "
    "or archival_insert."
)

_ANSWER_NOW = "Answer the user now with what you know; no tool can be called."
LIMIT_REACHED: Mapping[str, str] = {
    "steps": f"You have used all the steps of this turn. {_ANSWER_NOW}",
    "tokens": f"You have used all the tokens of this turn. {_ANSWER_NOW}",
    "session": f"You have used all the tokens of this session. {_ANSWER_NOW}",
    "time": f"You have used all the time of this turn. {_ANSWER_NOW}",
    "same call": f"You made the same call again and again. {_ANSWER_NOW}",
    "cut": f"Your calls were too long again and were not executed. {_ANSWER_NOW}",
}
"""What the closing request says, by the limit that the turn has reached."""

CALL_FAILED = "Function call failed, returning control"
HEARTBEAT_REQUESTED = "Function called using request_heartbeat=true, returning control"
NOTHING_SENT = "You have said nothing to the user yet: call send_message."

MIN_ERROR = 400
"""Characters that an error may always take, because it says how to do better."""

MIN_MESSAGE = 80
"""Characters of an error's message that are kept, however long its remedy is."""

_OUTDATED = re.compile(r"Block '(.+)' has changed since you last wrote it; its current value is above\.")


def render_too_many_calls(limit: int, made: int) -> str:
    """Say that only the first calls of a reply were executed."""
    return f"Only the first {limit} of your {made} calls were executed: call again for the rest."


def render_outdated_blocks(labels: Sequence[str]) -> str:
    """Say that blocks no longer hold what the results of the agent's own edits show."""
    named = "', '".join(labels)
    return f"Block '{named}' has changed since you last wrote it; its current value is above."


def parse_outdated_blocks(notice: str) -> list[str]:
    """Return the labels of the blocks that a notice calls outdated; none for any other notice."""
    match = _OUTDATED.fullmatch(notice)
    return match[1].split("', '") if match else []


def render_event(kind: str, **fields: str) -> str:
    """Return an event of the MemGPT paper's contract (arXiv 2310.08560): a login, a heartbeat, an alert."""
    return canonical({"type": kind, **fields})


def render_error(message: str, remedy: str, room: int) -> str:
    """Return an error as the result of a call; where it is longer than `room` characters its message is cut first."""
    kept = clip(message, max(MIN_MESSAGE, room - len(remedy) - len("Error:  ")))
    return clip(f"Error: {kept} {remedy}".strip(), max(room, MIN_ERROR))


def render_repeated_call(name: str, times: int) -> str:
    """Refuse a call that was made too often."""
    return f"Error: {name} was called {times} times like this. Try another way, or answer."


def render_consent_needed(name: str) -> str:
    """Refuse a call that only the user can allow, where nobody can be asked."""
    return f"Error: {name} needs the user's consent, and nobody can be asked here. Tell the user."


def render_consent_refused(name: str) -> str:
    """Refuse a call that the user did not allow."""
    return f"Error: The user did not allow {name}. Do not call it again like this."


def render_review_note(wrong: str) -> str:
    """Say what was wrong with the last reply to a review of memory, such as "was empty"."""
    return f'Your last reply {wrong}. Use the calling interface, a few calls at a time, or answer "Done."'
