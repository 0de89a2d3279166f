"""What the user should know about a turn besides the answer, in one sentence each."""

from typing import TYPE_CHECKING

from carrel.cli.terminal.output import count_noun
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import ContractChosen, Event


WARNING = "!"
"""The first character of a notice that is printed even into a pipe."""


def format_notice(event: "Event") -> str | None:
    """Return what to tell the user about an event; None if there is nothing to tell."""
    from carrel.agent.events import ContractChosen, MemoryChanged, PasteArchived, PromptTruncated

    match event:
        case MemoryChanged(event=change):
            return f"✎ {change.ref}: {change.op} {one_line(_appended(change.before, change.after), 80)}"
        case PromptTruncated(sent=sent, read=read, fix=fix):
            return (
                f"{WARNING} The server read only {read} of {sent} tokens and more: it cut the prompt, and the agent "
                f"did not see all of its memory. {fix}"
            )
        case ContractChosen():
            return _format_contract(event)
        case PasteArchived(characters=size, pieces=pieces):
            return (
                f"That is long ({size} characters): it is kept whole, and in {count_noun(pieces, 'piece')} to search."
            )
        case _:
            return None


def _format_contract(chosen: "ContractChosen") -> str:
    """Say how a model is asked to act from now on, and why."""
    from carrel.agent.ladder.rungs import DESCRIPTIONS

    what = next(text for rung, text in DESCRIPTIONS.items() if rung == chosen.contract)
    cost = f"{count_noun(chosen.requests, 'short request')}, {chosen.tokens} tokens"
    if chosen.before:
        return f"{WARNING} The model did not keep to the contract '{chosen.before}'; from now on it {what} ({cost})."
    mark = "" if chosen.contract == "native" else f"{WARNING} "
    return f"{mark}The model {what}: found out once by {cost}."


def _appended(before: str | None, after: str | None) -> str:
    """Return what was appended to a text, or the whole new text if it was replaced."""
    new, old = after or before or "", before or ""
    return new.removeprefix(old).strip() if after and new.startswith(old) else new
