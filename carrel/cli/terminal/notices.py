"""What the user should know about a turn besides the answer, in one sentence each."""

from typing import TYPE_CHECKING

from carrel.cli.terminal.output import count_noun
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import Event


WARNING = "!"
"""The first character of a notice that is printed even into a pipe."""


def format_notice(event: "Event") -> str | None:
    """Return what to tell the user about an event; None if there is nothing to tell."""
    from carrel.agent.events import MemoryChanged, PasteArchived, PromptTruncated

    match event:
        case MemoryChanged(event=change):
            return f"✎ {change.ref}: {change.op} {one_line(_appended(change.before, change.after), 80)}"
        case PromptTruncated(sent=sent, read=read, fix=fix):
            return (
                f"{WARNING} The server read only {read} of {sent} tokens and more: it cut the prompt, and the agent "
                f"did not see all of its memory. {fix}"
            )
        case PasteArchived(characters=size, pieces=pieces):
            return (
                f"That is long ({size} characters): it is kept whole, and in {count_noun(pieces, 'piece')} to search."
            )
        case _:
            return None


def _appended(before: str | None, after: str | None) -> str:
    """Return what was appended to a text, or the whole new text if it was replaced."""
    new, old = after or before or "", before or ""
    return new.removeprefix(old).strip() if after and new.startswith(old) else new
