"""What differs between the contracts in the prompts: instructions, and the warning before a flush. Pure."""

from dataclasses import dataclass

from carrel.rendering.notices import SAVE_NOW, render_event


@dataclass(frozen=True, slots=True)
class PromptSet:
    """The prompts of one contract, by name for `carrel.agent.prompts`."""

    instructions: str
    lean_instructions: str
    """For small windows."""
    pressure: str
    """The notice that the queue is about to be flushed; empty where the agent could do nothing about it."""


NATIVE_PROMPTS = PromptSet("system", "system_lean", SAVE_NOW)
NATIVE_CORE_PROMPTS = PromptSet("native_core", "native_core", "")
ACTION_PROMPTS = PromptSet("action", "action", "")
ACTION_ALL_PROMPTS = PromptSet("action_all", "action_all", SAVE_NOW)
TEXT_PROMPTS = PromptSet("text", "text", "")
TEXT_ALL_PROMPTS = PromptSet("text_all", "text_all", SAVE_NOW)
NO_CALLS_PROMPTS = PromptSet("no_calls", "no_calls", "")
MEMGPT_PROMPTS = PromptSet("memgpt", "memgpt_lean", render_event("system_alert", message=SAVE_NOW))
