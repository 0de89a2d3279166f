"""/multiline, /reasoning, /theme and /clear: how the chat looks and how messages are typed."""

from carrel.cli.slash.command import ChatContext, SlashCommand, candidates
from carrel.cli.terminal.input.reader import Candidate
from carrel.errors import UsageError

SWITCH = "[on|off]"


def _switch(argument: str, now: bool) -> bool:
    """Return whether something is on from now on: what was typed, or else the contrary of what it is."""
    choice = argument.lower()
    if choice not in {"", "on", "off"}:
        raise UsageError(f"'{argument}' is neither on nor off.", "Type on, off or nothing.")
    return not now if not choice else choice == "on"


def _complete_switch(chat: ChatContext, typed: str) -> list[Candidate]:
    return candidates(typed, ("on", ""), ("off", ""))


def _set_multiline(chat: ChatContext, argument: str) -> None:
    chat.reader.multiline = _switch(argument, chat.reader.multiline)
    sends, breaks = ("Alt-Enter", "Enter") if chat.reader.multiline else ("Enter", "Alt-Enter")
    chat.screen.print(f"{sends} sends the message, {breaks} begins a new line.")


def _set_reasoning(chat: ChatContext, argument: str) -> None:
    chat.screen.show_thoughts = _switch(argument, chat.screen.show_thoughts)
    chat.screen.print(f"What the model thinks is {'shown' if chat.screen.show_thoughts else 'hidden'}.")


def _clear(chat: ChatContext, argument: str) -> None:
    chat.screen.clear()


COMMANDS = (
    SlashCommand(
        "multiline",
        "let Enter begin a new line, or send",
        _set_multiline,
        SWITCH,
        (),
        _complete_switch,
    ),
    SlashCommand("reasoning", "show or hide what the model thinks", _set_reasoning, SWITCH, (), _complete_switch),
    SlashCommand("clear", "clear the screen; the session goes on", _clear),
)
