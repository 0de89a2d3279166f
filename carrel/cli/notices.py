"""What a person should know of a turn beside the answer, in one sentence each."""

from typing import TYPE_CHECKING

from carrel.cli.output import counted
from carrel.text import one_line

if TYPE_CHECKING:  # named only
    from carrel.agent.events import Event


WARNING = "!"
"""What begins a sentence that nobody should miss."""


def notice(event: "Event") -> str | None:
    """Return what to tell the person about an event; None where there is nothing to tell."""
    from carrel.agent.events import Archived, MemoryChanged, PromptCut

    match event:
        case MemoryChanged(event=change):
            return f"✎ {change.ref}: {change.op} {one_line(_difference(change.before, change.after), 80)}"
        case PromptCut(sent=sent, read=read, fix=fix):
            return (
                f"{WARNING} The server read only {read} of about {sent} tokens: it cut the prompt, and the agent "
                f"did not see all of its memory. {fix}"
            )
        case Archived(characters=size, pieces=pieces):
            return f"That is long ({size} characters): it is kept whole, and in {counted(pieces, 'piece')} to search."
        case _:
            return None


def _difference(before: str | None, after: str | None) -> str:
    """Return what is new in a text that grew, else the whole of it."""
    new, old = after or before or "", before or ""
    return new.removeprefix(old).strip() if after and new.startswith(old) else new
