"""What a session was about: its title, and where it was left."""

from collections.abc import Sequence
from dataclasses import dataclass

from carrel.agent.prompts import prompt
from carrel.language.intentions import find_intentions, is_intention
from carrel.language.sentences import plain, sentences
from carrel.memory.values import TITLE, StoredMessage
from carrel.messages import SystemMessage, UserMessage
from carrel.protocols import Reply, Request, StreamingModel
from carrel.replies import read_stream
from carrel.text import clean_text, one_line

MIN_WORDS = 3
"""A statement of fewer words, such as a greeting, says nothing of what a session was about."""

READ_MESSAGES = 12
READ_CHARACTERS = 400
"""What a model reads to find a title: so many messages of a session, so many characters of each."""

TITLE_TOKENS = 400
"""What a model may take for a title; one that thinks takes most of it for its thoughts."""

_MARKS = " \"'“”«»„*#`"
"""What models put around a title."""


@dataclass(frozen=True, slots=True)
class Recap:
    """Where a session was left, in the user's own words; a part is empty where nothing was said of it."""

    about: str = ""
    """The last thing that the user stated."""
    open: str = ""
    """The last thing that is still to be done."""


def recap(messages: Sequence[StoredMessage]) -> Recap:
    """Return where the user left a session with these messages."""
    said = [message.text for message in messages if message.role == "user"]
    stated = [sentence for text in said for sentence in sentences(text) if _is_statement(sentence)]
    intended = [sentence for text in said for sentence in find_intentions(text)]
    return Recap(*(one_line(plain(found[-1]), TITLE * 2) if found else "" for found in (stated, intended)))


def _is_statement(sentence: str) -> bool:
    if sentence.endswith(("?", "？")) or is_intention(sentence):
        return False
    return len(sentence.split()) >= MIN_WORDS or (not sentence.isascii() and len(sentence) > 2 * MIN_WORDS)


def suggest_title(model: StreamingModel, messages: Sequence[StoredMessage]) -> str:
    """Ask a language model for the title of a session with these messages; empty where it finds none.

    Raises:
        OperatorError: the model failed.
    """
    said = [message for message in messages if message.role in ("user", "assistant") and message.text]
    lines = [f"{message.role}: {one_line(message.text, READ_CHARACTERS)}" for message in said[:READ_MESSAGES]]
    request = Request((SystemMessage(prompt("title")), UserMessage("\n".join(lines))), max_tokens=TITLE_TOKENS)
    for item in read_stream(model.stream(request), request):
        if isinstance(item, Reply):
            first = next(iter(clean_text(item.message.text).strip().splitlines()), "")
            return one_line(first.strip(_MARKS), TITLE)
    return ""
