"""/memory, /search, /remember, /forget, /pin and /review: what the agent remembers, and how it is corrected."""

from collections import Counter
from typing import TYPE_CHECKING

from carrel.cli.slash.command import ChatContext, SlashCommand, candidates
from carrel.cli.terminal.input.reader import Candidate
from carrel.cli.terminal.output import count_noun, format_local
from carrel.errors import UsageError
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.memory.forgetting.cascade import Cascade

FOUND = 5
"""Memories that a search prints, and that /forget lists before it asks."""

LINE = 100
"""Characters of a memory in a list."""

UNPIN = "off"


def _print_memory(chat: ChatContext, argument: str) -> None:
    if argument:
        _print_one(chat, argument)
        return
    for block in chat.agent.core.all():
        pinned = ", pinned" if block.read_only else ""
        chat.screen.print(f"[{block.label}, {len(block.value)} of {block.limit} characters{pinned}]")
        chat.screen.print(block.value or "(empty)")
    counts = chat.agent.counts
    messages, passages = count_noun(counts.recall, "message"), count_noun(counts.archival, "passage")
    chat.screen.print(f"{messages} in recall, {passages} in archival")


def _print_one(chat: ChatContext, reference: str) -> None:
    """Print a block, a passage or a message in full."""
    agent = chat.agent
    block = next((block for block in agent.core.all() if block.label == reference), None)
    if block is not None:
        chat.screen.print(block.value or "(empty)")
        return
    found = agent.memory.forgetting.find_id(reference)
    if found.startswith("m-"):
        message = agent.recall.get(found)
        who = message.speaker or {"user": "you", "assistant": agent.name}.get(message.role, message.role)
        chat.screen.print(f"{found} · {format_local(message.at)} · {who} · session {message.session}", "dim")
        chat.screen.print(message.text)
        return
    passage = agent.archival.get(found)
    origin = passage.source or passage.document or passage.origin
    chat.screen.print(f"{found} · {format_local(passage.at)} · {origin} · {passage.state}", "dim")
    chat.screen.print(passage.text)


def _search(chat: ChatContext, argument: str) -> None:
    found = chat.agent.memory.search.find(argument, ("recall", "archival"), limit=FOUND)
    for hit in found.hits:
        who = hit.speaker or hit.role or hit.tier
        chat.screen.print(f"  {hit.id}  {format_local(hit.at)}  {who}: {one_line(hit.text, LINE)}", indent=4)
    chat.screen.print(f"{found.total} found." if found.total else "Nothing found.")


def _refuse_in_private(chat: ChatContext) -> None:
    """Raise UsageError in a private session: what is changed in it would be gone with it."""
    if chat.private:
        raise UsageError("A private session changes nothing that is remembered.", "Leave it with /new first.")


def _remember(chat: ChatContext, argument: str) -> None:
    from carrel.memory.values import Cause

    _refuse_in_private(chat)
    if not argument:
        raise UsageError("Nothing to remember was given.", "Type /remember and the fact.")
    stored = chat.agent.archival.insert(argument, cause=Cause("user"))
    chat.agent.memory.notify()
    known = "" if stored.is_new else " already"
    chat.screen.print(f"✎ remembered{known}: {one_line(stored.passage.text, LINE)}  ({stored.passage.id})", indent=2)


def _forget(chat: ChatContext, argument: str) -> None:
    from carrel.memory.forgetting.selection import parse_selection
    from carrel.memory.values import Cause

    _refuse_in_private(chat)
    forgetting, session = chat.agent.memory.forgetting, chat.session.id
    last = chat.agent.memory.turns.last(session) if session else None
    selection = parse_selection(argument, last.id if last else None)
    cascade = forgetting.find(selection)
    _list_items(chat, cascade)
    number = len(cascade.all)
    if (number > 1 or forgetting.is_everything(selection)) and not chat.confirm(f"Forget {_these(number)}?"):
        chat.screen.print("Nothing was forgotten.")
        return
    report = forgetting.forget(selection, Cause("user"))
    chat.screen.print(f"Forgotten. For 30 days carrel memory restore {report.key} brings it back.", indent=2)


def _list_items(chat: ChatContext, cascade: "Cascade") -> None:
    for item in cascade.all[:FOUND]:
        chat.screen.print(f"  {item.ref}  {one_line(item.text, LINE)}", indent=4)
    if len(cascade.all) > FOUND:
        chat.screen.print(f"  … and {len(cascade.all) - FOUND} more")


def _these(number: int) -> str:
    return "it" if number == 1 else f"these {number} memories"


def _pin(chat: ChatContext, argument: str) -> None:
    from carrel.memory.values import Cause

    _refuse_in_private(chat)
    reference, option = [*argument.split(maxsplit=1), "", ""][:2]
    if not reference:
        raise UsageError("Nothing to pin was given.", "Type /pin and a block's name or a passage's id.")
    if option.lower() not in {"", UNPIN}:
        raise UsageError(f"'{option}' is not '{UNPIN}'.", f"Type /pin ID, or /pin ID {UNPIN}.")
    pinned = not option
    agent = chat.agent
    if any(block.label == reference for block in agent.core.all()):
        key = agent.core.pin(reference, pinned, Cause("user")).label
    else:
        found = agent.memory.forgetting.find_id(reference)
        if not found.startswith("p-"):
            raise UsageError(f"'{found}' is a message, which nobody changes.", "Pin a block or a passage.")
        key = agent.archival.pin(found, pinned, Cause("user")).id
    can = "may not change or delete it" if pinned else "may change it again"
    chat.screen.print(f"{'Pinned' if pinned else 'Unpinned'} {key}: the agent {can}.")


def _complete_pin(chat: ChatContext, typed: str) -> list[Candidate]:
    blocks = ((block.label, block.description) for block in chat.agent.core.all())
    passages = ((passage.id, one_line(passage.text, LINE)) for passage in chat.agent.archival.latest(20))
    return candidates(typed, *blocks, *passages)


def _review(chat: ChatContext, argument: str) -> None:
    """Review what was said since the last time and put memory in order."""
    _refuse_in_private(chat)
    for reviewed in chat.agent.consolidate():
        done = Counter(name for name, ok in reviewed.calls if ok)
        changes = ", ".join(f"{number} × {name}" for name, number in done.items()) or "nothing to do"
        chat.screen.print(f"{count_noun(reviewed.messages, 'message')} reviewed: {changes}", indent=2)
    left = chat.agent.memory.review_cursor.count_unreviewed()
    rest = f"{count_noun(left, 'message')} left; /review goes on." if left else "All that was said has been reviewed."
    chat.screen.print(rest)


COMMANDS = (
    SlashCommand("memory", "show core memory and how much is remembered, or one memory in full", _print_memory, "[ID]"),
    SlashCommand("search", "search all that was said and stored", _search, "WORDS"),
    SlashCommand("remember", "store a fact", _remember, "TEXT"),
    SlashCommand("forget", "forget what the last turn showed, or memories by words or ids", _forget, "[WORDS|ID...]"),
    SlashCommand(
        "pin", "protect a block or passage from the agent's changes", _pin, f"ID [{UNPIN}]", (), _complete_pin
    ),
    SlashCommand("review", "go through what was said since the last review, and put memory in order", _review),
)
