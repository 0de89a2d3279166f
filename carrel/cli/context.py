"""`carrel context`: the main context of any turn, exactly as it was sent."""

import difflib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.output import iso, line, local, print_json, table
from carrel.errors import NotFound
from carrel.text import terminal_text

if TYPE_CHECKING:  # named only
    from carrel.memory.journal.request_log import Sent

app = typer.Typer(help="Show the main context of any turn, exactly as it was sent.", no_args_is_help=True)

Turn = Annotated[str, typer.Argument(metavar="TURN", help="The turn's id, a unique prefix of it, or last.")]
Step = Annotated[int | None, typer.Option("--step", min=1, help="The step; without it the turn's last.")]


@app.command("show")
def show(
    turn: Turn = "last",
    step: Step = None,
    agent: AgentName = "default",
    tools: Annotated[bool, typer.Option("--tools", help="Print the tools' schemas too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what the model was sent, message by message."""
    with open_home() as desk:
        sent = desk.agent(agent, make=False).memory.windows.sent(turn, step)
    if as_json:
        print_json("context.show", {**_about(sent), **_bodies(sent)})
        return
    line(terminal_text(_title(sent)))
    for text in _lines(sent, tools):
        line(text)


@app.command("tokens")
def tokens(turn: Turn = "last", step: Step = None, agent: AgentName = "default", as_json: AsJson = False) -> None:
    """Print how many tokens each part of a context takes."""
    from carrel.agent.context.breakdown import account_of

    with open_home() as desk:
        memory = desk.agent(agent, make=False).memory
        sent = memory.windows.sent(turn, step)
        account = account_of(sent, memory.scope.counter)
        budget = desk.budget
    data = {
        **_about(sent),
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
    line(terminal_text(_title(sent)))
    table(("part", "tokens", "of the window"), [(name, n, f"{n / budget.window:.1%}") for name, n in whole.items()])
    said = f"the server read {sent.reported}" if sent.reported else "the server reported nothing"
    cached = f", {sent.cached} of them from its cache" if sent.cached else ""
    line(f"{sent.counted} tokens by Carrel's count, window {budget.window}; {said}{cached}.")


@app.command("diff")
def diff(
    turn: Turn = "last",
    other: Annotated[str | None, typer.Argument(metavar="[TURN]", help="A later turn to compare it with.")] = None,
    agent: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Print what changed between two contexts; with one turn, from the request before to that turn's last."""
    from carrel.agent.context.breakdown import unchanged

    with open_home() as desk:
        windows = desk.agent(agent, make=False).memory.windows
        new = windows.sent(turn if other is None else other)
        old = windows.before(new) if other is None else windows.sent(turn)
    if old is None:
        raise NotFound(f"Before turn '{new.turn}', step {new.step}, nothing was sent.", "See carrel context show.")
    same, whole = unchanged(old.parts, new.parts)
    before, after = _lines(old, True), _lines(new, True)
    names = [f"{sent.turn}, step {sent.step}" for sent in (old, new)]
    changes = list(difflib.unified_diff(before, after, names[0], names[1], lineterm="", n=1))
    if as_json:
        data = {"from": _about(old), "to": _about(new), "unchanged_bytes": same, "bytes": whole, "diff": changes}
        print_json("context.diff", data)
        return
    for text in changes:
        line(text)
    line(f"{same} of {whole} bytes, {same / whole:.1%}, stand unchanged at the beginning.")


def _about(sent: "Sent") -> dict[str, Any]:
    return {"turn": sent.turn, "step": sent.step, "session": sent.session, "at": iso(sent.at), "model": sent.model}


def _bodies(sent: "Sent") -> dict[str, Any]:
    bodies = [json.loads(part) for part in sent.parts]
    return {
        "messages": [body for body in bodies if "role" in body],
        "tools": [body for body in bodies if "role" not in body],
    }


def _title(sent: "Sent") -> str:
    return f"turn {sent.turn}, step {sent.step} · session {sent.session} · {local(sent.at)} · model {sent.model}"


def _lines(sent: "Sent", tools: bool) -> list[str]:
    """Return a context as lines that a terminal may show."""
    found = _bodies(sent)
    lines: list[str] = []
    for body in found["messages"]:
        lines += [f"── {body['role']}", *body["content"].splitlines()]
        lines += [
            f"→ {call['function']['name']} {call['function']['arguments']}" for call in body.get("tool_calls", ())
        ]
    names = ", ".join(body["function"]["name"] for body in found["tools"]) or "none"
    lines.append(f"── tools: {names}")
    if tools:
        lines += [json.dumps(body["function"], ensure_ascii=False) for body in found["tools"]]
    return [terminal_text(text) for text in lines]
