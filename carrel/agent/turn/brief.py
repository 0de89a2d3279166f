"""The contracts below the native one: actions that follow a schema, calls in text, no calls.

As under the native one, text without a call is the reply; but a small model does not know when to stop calling.
"""

from carrel.agent.calling.action import ACTION_FORMAT
from carrel.agent.calling.text import NO_CALLS_FORMAT, TEXT_FORMAT
from carrel.agent.turn.contract import Contract
from carrel.agent.turn.native import NativeTurn
from carrel.agent.window.prompt_set import (
    ACTION_ALL_PROMPTS,
    ACTION_PROMPTS,
    NO_CALLS_PROMPTS,
    TEXT_ALL_PROMPTS,
    TEXT_PROMPTS,
)

MAX_SEARCHES = 2
"""Calls in a turn with the core tools after which the reply is asked for: a small model goes on with the same words."""


class BriefTurn(NativeTurn):
    """A turn in which tools are offered only until a call is repeated."""

    @property
    def may_call(self) -> bool:
        """Whether the next request offers tools."""
        return max(self._turn.totals.calls.values(), default=0) < 2


class SearchTurn(BriefTurn):
    """A turn with the core tools: of a search or two, then the reply."""

    @property
    def may_call(self) -> bool:
        """Whether the next request offers tools."""
        return super().may_call and sum(self._turn.totals.calls.values()) < MAX_SEARCHES


ACTION = Contract(ACTION_PROMPTS, SearchTurn, ACTION_FORMAT, "core")
ACTION_ALL = Contract(ACTION_ALL_PROMPTS, BriefTurn, ACTION_FORMAT)
TEXT = Contract(TEXT_PROMPTS, SearchTurn, TEXT_FORMAT, "core")
TEXT_ALL = Contract(TEXT_ALL_PROMPTS, BriefTurn, TEXT_FORMAT)
NO_CALLS = Contract(NO_CALLS_PROMPTS, SearchTurn, NO_CALLS_FORMAT, "core")
