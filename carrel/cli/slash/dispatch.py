"""Run what was typed after a slash."""

from collections.abc import Iterable, Sequence

from carrel.cli.slash import registry
from carrel.cli.slash.command import ChatContext, SlashCommand
from carrel.cli.terminal.input.reader import Candidate, CommandHelp, Complete
from carrel.errors import CarrelError


def is_command(text: str) -> bool:
    """Return whether a text is a slash command; two slashes begin a message that starts with one."""
    return text.startswith("/") and not text.startswith("//")


def message_of(text: str) -> str:
    """Return the message that a text stands for, which is no slash command."""
    return text.removeprefix("/") if text.startswith("//") else text


def run_command(chat: ChatContext, text: str) -> None:
    """Run a slash command. One that is unknown is never sent to the model; one that fails does not end the chat."""
    name, argument = [*text[1:].split(maxsplit=1), "", ""][:2]
    command = registry.find(name)
    if command is None:
        near = registry.nearest(name)
        hint = f"Did you mean /{near.name}?" if near else "See /help."
        chat.screen.print(f"'/{name}' is not a command. {hint}")
        return
    try:
        command.run(chat, argument)
    except CarrelError as error:
        chat.screen.print_error(error)


def command_help(running: Sequence[ChatContext]) -> list[CommandHelp]:
    """Return what the line editor knows of each command; `running` holds the chat, once there is one."""
    return [CommandHelp(command.name, command.about, _completer(command, running)) for command in registry.COMMANDS]


def _completer(command: SlashCommand, running: Sequence[ChatContext]) -> Complete:
    def complete(typed: str) -> Iterable[Candidate]:
        return command.complete(running[-1], typed) if running else ()

    return complete
