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
    """The notice that the queue is about to be flushed."""


NATIVE_PROMPTS = PromptSet("system", "system_lean", SAVE_NOW)
MEMGPT_PROMPTS = PromptSet("memgpt", "memgpt_lean", render_event("system_alert", message=SAVE_NOW))
