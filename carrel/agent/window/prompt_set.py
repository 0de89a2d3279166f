"""How an agent is told to speak: the texts that differ between the native contract and the MemGPT paper's. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contract:
    """The prompts' names, for full and small windows, and how the agent is told that a flush is near."""

    prompt: str
    lean_prompt: str
    pressure: str


SAVE = (
    "Your context is nearly full; the oldest messages leave view soon. Save what matters now with core_memory_append "
    "or archival_insert."
)

NATIVE = Contract("system", "system_lean", SAVE)
"""Text is the reply, a tool call means "go on"."""

MEMGPT = Contract("memgpt", "memgpt_lean", f'{{"type": "system_alert", "message": "{SAVE}"}}')
"""Text is an inner thought, send_message is the reply, request_heartbeat means "go on" (arXiv 2310.08560)."""
