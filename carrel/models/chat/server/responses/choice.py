"""Tell which of the two APIs a model is asked by, where that is not set. Pure."""

import re

from carrel.network import is_openai

_REASONING = re.compile(r"(?:^|[:/])(?:o\d|gpt-(?:[5-9]|\d\d)|codex)(?![^:/]*-chat)")
"""The names of OpenAI's models that reason, of which the newer ones take no tools on Chat Completions."""


def wants_responses(base_url: str, model: str) -> bool:
    """Return whether a model is asked by the Responses API while nothing else is known: OpenAI's own that reason."""
    return is_openai(base_url) and bool(_REASONING.search(model.lower()))
