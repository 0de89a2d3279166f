"""/context, /summary, /compact and /cost: what the model is sent, and what that takes."""

from carrel.cli.slash.command import ChatContext, SlashCommand
from carrel.cli.terminal.output import count_noun
from carrel.cli.terminal.pictures import gauge
from carrel.errors import NotFound

GAUGE_CELLS = 60
FRAME_CELLS = 2
"""What stands around a gauge."""


def _session(chat: ChatContext) -> str:
    """Return the id of the session. Raise NotFound where nothing was said yet."""
    if chat.session.id is None:
        raise NotFound("This session has no message yet.", "Say something first.")
    return chat.session.id


def _print_context(chat: ChatContext, argument: str) -> None:
    from carrel.agent.context.breakdown import count_parts

    memory, budget = chat.agent.memory, chat.carrel.budget
    sent = memory.request_log.find(argument or memory.request_log.last_turn(_session(chat)))
    parts = {**count_parts(sent, memory.counter), "reply (kept free)": budget.reserve}
    for line in gauge(list(parts.items()), budget.window, min(GAUGE_CELLS, chat.screen.columns - FRAME_CELLS)):
        chat.screen.print(line)
    rows = [(name, tokens, f"{tokens / budget.window:.0%}") for name, tokens in parts.items() if tokens]
    chat.screen.print_table(("part", "tokens", "of the window"), rows)
    chat.screen.print(f"{sent.counted} tokens were sent; the window has {budget.window}.")


def _print_summary(chat: ChatContext, argument: str) -> None:
    summary = chat.agent.memory.queue.summary(_session(chat))
    chat.screen.print(summary or "There is no summary yet: all that was said is in main context.")


def _compact(chat: ChatContext, argument: str) -> None:
    """Replace all but the last exchange in main context by a summary."""
    _session(chat)
    flushed = chat.session.compact()
    if flushed is None:
        chat.screen.print("There is nothing to compact: main context has one exchange only.")
        return
    freed = f"{count_noun(flushed.messages, 'message')}, {flushed.tokens} tokens"
    chat.screen.print(f"{freed}, became a summary (/summary shows it). They stay in memory.", indent=2)


def _print_cost(chat: ChatContext, argument: str) -> None:
    usage = chat.agent.memory.steps.session_usage(_session(chat))
    cached = f", {usage.cached} of them from the server's cache" if usage.cached else ""
    sent = f"{usage.prompt} tokens sent{cached}, {usage.completion} received"
    chat.screen.print(f"This session: {count_noun(usage.calls, 'request')}, {sent}.", indent=2)
    limit = chat.carrel.config.settings.max_session_tokens
    if limit:
        chat.screen.print(f"It may take {limit} (max_session_tokens).")


COMMANDS = (
    SlashCommand("context", "show what each part of main context takes", _print_context, "[TURN]"),
    SlashCommand("summary", "show the summary of what has left main context", _print_summary),
    SlashCommand("compact", "make room: replace all but the last exchange by a summary", _compact),
    SlashCommand("cost", "count the tokens of this session", _print_cost),
)
