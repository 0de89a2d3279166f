"""/model, /tools and /doctor: what the agent works with, and whether it works."""

from carrel.cli.doctor import SIGNS, check_all
from carrel.cli.models import chat_models
from carrel.cli.options import split_model
from carrel.cli.slash.command import ChatContext, NextChat, SlashCommand
from carrel.errors import UsageError
from carrel.language.sentences import sentences


def _model(chat: ChatContext, argument: str) -> None:
    if not argument:
        _print_models(chat)
        return
    if chat.private:
        raise UsageError("A private session keeps its model.", "Leave it with /new, and choose another one there.")
    _check_model(chat, argument)
    if chat.session.id is None:
        chat.end(NextChat(model=argument))
    else:
        chat.end(NextChat(session=chat.session.id, model=argument))


def _check_model(chat: ChatContext, name: str) -> None:
    """Raise NotConfigured where the model has no server and no key."""
    from carrel import config
    from carrel.bootstrap import create_server_model

    model, url = split_model(name)
    flags = {"model": model, **({"base_url": url} if url else {})}
    created = create_server_model(config.load(chat.carrel.config.home, flags).settings)
    if created is not None:
        created.close()


def _print_models(chat: ChatContext) -> None:
    model = chat.carrel.model
    chat.screen.print(f"{model.name}{f' at {model.base_url}' if model.base_url else ''}")
    others = [row for row in chat_models(chat.carrel.config) if row["name"] != model.name]
    for row in others:
        chat.screen.print(f"  {row['name']}@{row['url']}  ({row['found']})", indent=4)
    chat.screen.print("Type /model NAME@URL to use another one, or /model offline.")


def _print_tools(chat: ChatContext, argument: str) -> None:
    toolbox = chat.carrel.start_tools()
    for schema in toolbox.schemas:
        first = next(iter(sentences(schema.description)), "")
        asks = "  (asks you first)" if toolbox.approval(schema.name) == "ask" else ""
        chat.screen.print(f"  {schema.name}: {first}{asks}", indent=4)


def _print_findings(chat: ChatContext, argument: str) -> None:
    for finding in check_all():
        chat.screen.print(f"{SIGNS[finding.state]} {finding.subject}: {finding.text}", indent=2)


COMMANDS = (
    SlashCommand("model", "show the models, or go on with another one", _model, "[NAME[@URL]]"),
    SlashCommand("tools", "list the tools that the model may call", _print_tools),
    SlashCommand("doctor", "check what works and what does not", _print_findings),
)
