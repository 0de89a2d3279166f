"""What a person should know of a turn beside the answer, in one sentence each."""

from typing import TYPE_CHECKING

from carrel.cli.output import counted

if TYPE_CHECKING:  # named only
    from carrel.agent.events import Event


def notice(event: "Event") -> str | None:
    """Return what to tell the person about an event; None where there is nothing to tell."""
    from carrel.agent.events import Archived, PromptCut

    match event:
        case PromptCut(sent=sent, read=read, fix=fix):
            return (
                f"! The server read only {read} of about {sent} tokens: it cut the prompt, and the agent did not see "
                f"all of its memory. {fix}"
            )
        case Archived(characters=size, pieces=pieces):
            return f"That is long ({size} characters): it is kept whole, and in {counted(pieces, 'piece')} to search."
        case _:
            return None
