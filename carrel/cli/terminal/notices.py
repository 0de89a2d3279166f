"""What the user should know about a turn besides the answer, in one sentence each."""

from typing import TYPE_CHECKING

from carrel.cli.terminal.output import count_noun

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import Answer, ContractChosen, Event


ENDINGS = {
    "length": '(cut off at the limit of its length: say "go on", or raise reply_tokens)',
    "content_filter": "(cut off by the server's filter)",
    "other": "(the server gave a reason for the end of the reply that Carrel does not know: it may not be whole)",
}
WARNING = "!"
"""The first character of a notice that is printed even into a pipe."""


def format_notice(event: "Event") -> str | None:
    """Return what to tell the user about an event; None if there is nothing to tell."""
    from carrel.agent.events import ContractChosen, PasteArchived, PromptTruncated, QueueFlushed

    match event:
        case PromptTruncated(sent=sent, read=read, fix=fix):
            return (
                f"{WARNING} The server read only {read} of {sent} tokens and more: it cut the prompt, and the agent "
                f"did not see all of its memory. {fix}"
            )
        case ContractChosen():
            return _format_contract(event)
        case PasteArchived(characters=size, pieces=pieces):
            return f"✎ kept what you pasted: {size} characters, in {count_noun(pieces, 'piece')} that can be searched"
        case QueueFlushed(messages=messages):
            return (
                f"⇣ the context was full: {count_noun(messages, 'message')} left it and can be searched in memory; "
                "a summary took their place"
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


def format_retry(reason: str, wait: float) -> str:
    """Say that the request is repeated, and when."""
    return f"({reason} Asking again{f' in {wait:.0f} s' if wait >= 2 else ''}.)"


def format_ending(answer: "Answer") -> str:
    """Say why an answer was cut off; empty if it was not."""
    if answer.stopped:
        return f"(the turn was stopped at the limit of its {answer.stopped})"
    return ENDINGS.get(answer.finish, "")
