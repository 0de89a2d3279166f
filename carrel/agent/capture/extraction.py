"""Ask a model what a message tells of its speaker, by one request that a schema holds to a list of sentences."""

import json
import re
from collections.abc import Sequence

from carrel.agent.calling.action_reader import BLOCK
from carrel.messages import SystemMessage, Usage, UserMessage
from carrel.protocols import ChatModel, Reply, Request
from carrel.text import clean_text

MAX_FACTS = 5
MAX_TOKENS = 200
MAX_FACT = 300
"""Characters of one fact."""

MIN_GROUNDED = 0.5
"""The share of a fact's words that the message must hold: small models add what was never said."""

SCHEMA = {
    "type": "object",
    "properties": {"facts": {"type": "array", "items": {"type": "string"}, "maxItems": MAX_FACTS}},
    "required": ["facts"],
    "additionalProperties": False,
}
_INSTRUCTIONS = "You keep notes about a user."
_QUESTION = (
    'The user said: "{said}"\nPut each lasting fact about the user or their life that this states into a short '
    "sentence in their language that keeps every name and number, as JSON. No facts, if it only asks, greets, thanks "
    "or jokes."
)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]{3,}|\d+")


def extract_facts(model: ChatModel, message: str) -> tuple[list[str], Usage]:
    """Return what a message tells of its speaker, and the tokens that this took.

    Raises:
        OperatorError, DoesNotFit: the model does not answer.
    """
    question = _QUESTION.format(said=message)
    request = Request((SystemMessage(_INSTRUCTIONS), UserMessage(question)), (), MAX_TOKENS, schema=SCHEMA)
    reply = next((item for item in model.stream(request) if isinstance(item, Reply)), None)
    if reply is None:
        return [], Usage()
    facts = [fact for fact in _facts(reply.message.text) if _is_grounded(fact, message)]
    return facts, reply.usage or Usage(calls=1)


def _facts(text: str) -> Sequence[str]:
    block = BLOCK.fullmatch(text)
    try:
        found = json.loads(block[1] if block else text)
    except ValueError:
        return ()
    given = found.get("facts") if isinstance(found, dict) else None
    if not isinstance(given, list):
        return ()
    facts = (clean_text(item, MAX_FACT).strip() for item in given[:MAX_FACTS] if isinstance(item, str))
    return [fact for fact in facts if fact]


def _is_grounded(fact: str, message: str) -> bool:
    said = set(_WORD.findall(message.casefold()))
    words = set(_WORD.findall(fact.casefold()))
    held = sum(any(word[:4] == other[:4] for other in said) for word in words)
    return held >= MIN_GROUNDED * max(1, len(words))
