"""`carrel context`: the main context of any turn, exactly as it was sent."""

import difflib
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import format_iso, format_local, print_json, print_line, print_table
from carrel.cli.terminal.pictures import gauge
from carrel.errors import NotFound
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.journal.request_log import SentRequest

app = typer.Typer(help="Show the main context of any turn, exactly as it was sent.", no_args_is_help=True)

Turn = Annotated[str, typer.Argument(metavar="TURN", help="The turn's id, a unique prefix of it, or last.")]
Step = Annotated[int | None, typer.Option("--step", min=1, help="The step; without it the turn's last.")]


@app.command("show")
def show_context(
    turn: Turn = "last",
    step: Step = None,
    agent_name: AgentName = "default",
    tools: Annotated[bool, typer.Option("--tools", help="Print the tools' schemas too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what the model was sent, message by message."""
    with open_home_without_indexer() as carrel:
        sent = carrel.agent(agent_name, make=False).memory.request_log.find(turn, step)
    if as_json:
        print_json("context.show", {**_describe(sent), **_parse_bodies(sent)})
        return
    print_line(terminal_text(_format_title(sent)))
    for text in _format_lines(sent, tools):
        print_line(text)


@app.command("tokens")
def print_tokens(
    turn: Turn = "last", step: Step = None, agent_name: AgentName = "default", as_json: AsJson = False
) -> None:
    """Print how many tokens each part of a context takes."""
    from carrel.agent.context.breakdown import count_parts

    with open_home_without_indexer() as carrel:
        memory = carrel.agent(agent_name, make=False).memory
        sent = memory.request_log.find(turn, step)
        account = count_parts(sent, memory.counter)
        budget = carrel.budget
    data = {
        **_describe(sent),
        "window": budget.window,
        "reserve": budget.reserve,
        "account": account,
        "counted": sent.counted,
        "reported": sent.reported,
        "cached": sent.cached,
    }
    if as_json:
        print_json("context.tokens", data)
        return
    whole = {**account, "reply (kept free)": budget.reserve}
    print_line(terminal_text(_format_title(sent)))
    if sys.stdout.isatty():
        for line in gauge(list(whole.items()), budget.window):
            print_line(terminal_text(line))
    print_table(
        ("part", "tokens", "of the window"), [(name, n, f"{n / budget.window:.1%}") for name, n in whole.items()]
    )
    report = f"the server read {sent.reported}" if sent.reported else "the server reported nothing"
    cached = f", {sent.cached} of them from its cache" if sent.cached else ""
    print_line(f"{sent.counted} tokens by Carrel's count, window {budget.window}; {report}{cached}.")


@app.command("diff")
def compare_contexts(
    turn: Turn = "last",
    other: Annotated[str | None, typer.Argument(metavar="[TURN]", help="A later turn to compare it with.")] = None,
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Print what changed between two contexts: two turns, or a turn's last request and the one before it."""
    from carrel.agent.context.breakdown import count_unchanged_bytes

    with open_home_without_indexer() as carrel:
        log = carrel.agent(agent_name, make=False).memory.request_log
        new = log.find(turn if other is None else other)
        old = log.previous(new) if other is None else log.find(turn)
    if old is None:
        raise NotFound(f"Before turn '{new.turn}', step {new.step}, nothing was sent.", "See carrel context show.")
    same, whole = count_unchanged_bytes(old.parts, new.parts)
    before, after = _format_lines(old, True), _format_lines(new, True)
    names = [f"{sent.turn}, step {sent.step}" for sent in (old, new)]
    changes = list(difflib.unified_diff(before, after, names[0], names[1], lineterm="", n=1))
    if as_json:
        data = {"from": _describe(old), "to": _describe(new), "unchanged_bytes": same, "bytes": whole, "diff": changes}
        print_json("context.diff", data)
        return
    for text in changes:
        print_line(text)
    print_line(f"{same} of {whole} bytes, {same / whole:.1%}, are unchanged at the beginning.")


def _describe(sent: "SentRequest") -> dict[str, Any]:
    return {
        "turn": sent.turn,
        "step": sent.step,
        "session": sent.session,
        "at": format_iso(sent.at),
        "model": sent.model,
    }


def _parse_bodies(sent: "SentRequest") -> dict[str, Any]:
    bodies = [json.loads(part) for part in sent.parts]
    return {
        "messages": [body for body in bodies if "role" in body],
        "tools": [body for body in bodies if "function" in body],
        **{name: body[name] for body in bodies for name in ("response_format",) if name in body},
    }


def _format_title(sent: "SentRequest") -> str:
    return f"turn {sent.turn}, step {sent.step} · session {sent.session} · {format_local(sent.at)} · model {sent.model}"


def _format_lines(sent: "SentRequest", tools: bool) -> list[str]:
    """Return a context as lines that are safe to show in a terminal."""
    bodies = _parse_bodies(sent)
    lines: list[str] = []
    for body in bodies["messages"]:
        lines += [f"── {body['role']}", *body["content"].splitlines()]
        lines += [
            f"→ {call['function']['name']} {call['function']['arguments']}" for call in body.get("tool_calls", ())
        ]
    names = ", ".join(body["function"]["name"] for body in bodies["tools"]) or "none"
    lines.append(f"── tools: {names}")
    if tools:
        lines += [json.dumps(body["function"], ensure_ascii=False) for body in bodies["tools"]]
    if "response_format" in bodies:
        lines.append(f"── schema: {json.dumps(bodies['response_format'], ensure_ascii=False)}")
    return [terminal_text(text) for text in lines]
