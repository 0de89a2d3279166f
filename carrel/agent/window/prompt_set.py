"""How an agent is told to speak: the texts that differ between the native contract and the MemGPT paper's. Pure."""

from dataclasses import dataclass

from carrel.rendering.notices import SAVE_NOW, event


@dataclass(frozen=True, slots=True)
class Contract:
    """The prompts' names, for full and small windows, and how the agent is told that a flush is near."""

    prompt: str
    lean_prompt: str
    pressure: str


NATIVE = Contract("system", "system_lean", SAVE_NOW)
"""Text is the reply, a tool call means "go on"."""

MEMGPT = Contract("memgpt", "memgpt_lean", event("system_alert", message=SAVE_NOW))
"""Text is an inner thought, send_message is the reply, request_heartbeat means "go on" (arXiv 2310.08560)."""
